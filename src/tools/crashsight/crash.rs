//! One crash: its summary in a page, or any part of it in full.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::attachments::{self, Attachment};
use super::crash_document::Document;
use super::crash_report::{
    Contents, CrashPart, Report, ReportFacts, SECTION_ARGUMENT, Section, Sources, StackSummary,
    Wanted, show_contents, show_facts, show_missing_stack, show_part, show_stack,
};
use super::crash_stack::CrashStack;
use super::mistaken_id::{is_issue, may_be_unknown, note_crash_for_issue, note_unknown_crash};
use super::requests::{ATTACHMENTS, CRASH_DOC, CRASH_FILES, ISSUE_INFO, LAST_CRASH, console};
use super::symbols::missing::MissingSymbols;
use crate::args::{CrashId, IssueId, ProjectName, ShortText};
use crate::error::Error;
use crate::project::CrashSightApp;
use crate::reply::{Reply, Untrusted};
use crate::tools::context::CallContext;
use crate::tools::output::Output;
use crate::tools::tool::Tool;
use crate::upstream::api::Api;
use crate::upstream::large::read_sized;
use crash_digest::CrashText;
use crash_digest::log::{LineRange, Pattern};

/// A crash report, or the newest of an issue, in about 900 tokens: exception, device, state, the telling frames of the
/// stack, threads, custom keys, log lines that matter. Anything it leaves out: crashsight_read_crash.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetCrash {
    project: Option<ProjectName>,
    crash: Option<CrashId>,
    issue: Option<IssueId>,
}

/// A crash report in short.
#[derive(Serialize, JsonSchema)]
pub(crate) struct CrashSummary {
    /// Its id, where one was given or found.
    crash: Option<String>,
    /// Whether the service has such a crash; without one, all else is absent.
    found: bool,
    /// Its issue's page in the web console.
    console_url: Option<String>,
    report: Option<ReportFacts>,
    stack: Option<StackSummary>,
    missing_symbols: Option<MissingSymbols>,
    contents: Option<Contents>,
}

/// What a crash may cost by default.
const BUDGET: usize = 900;

/// What title, facts other than the exception, counts and next calls cost about, and threads and logs at least.
const FRAME: usize = 300;

impl CrashSummary {
    fn unknown(crash: Option<&CrashId>) -> Self {
        Self {
            crash: crash.map(|crash| crash.as_str().to_owned()),
            found: false,
            console_url: None,
            report: None,
            stack: None,
            missing_symbols: None,
            contents: None,
        }
    }

    /// Reads a report: each part is parsed once.
    fn read(document: &Document, app: &CrashSightApp, ctx: &CallContext, crash: &CrashId) -> Self {
        let site = &app.account.zone;
        let report = document.report(&app.source);
        let text = report.text();
        let stack = text.map(CrashText::stack).unwrap_or_default();
        let facts = ReportFacts::read(&report, &stack, site, &ctx.zone);
        let contents = Contents::read(&report, site);
        // Exception and keys survive whatever the stack costs.
        let dear = FRAME + facts.exception_cost() + contents.keys_cost();
        let summary = StackSummary::read(&report, &stack, BUDGET.saturating_sub(dear));
        let issue = facts.issue.as_ref().map(Untrusted::raw);
        let build = facts.build();
        Self {
            crash: Some(crash.as_str().to_owned()),
            found: true,
            console_url: issue.and_then(|issue| console(app, issue)),
            missing_symbols: MissingSymbols::read(&stack, report.rules(), app, build),
            report: Some(facts),
            stack: summary,
            contents: Some(contents),
        }
    }
}

impl Tool for GetCrash {
    const NAME: &'static str = "crashsight_get_crash";
    const UPSTREAM: &'static [&'static str] = &[CRASH_DOC, CRASH_FILES, ISSUE_INFO, LAST_CRASH];
    type Answer = CrashSummary;

    async fn answer(self, ctx: &CallContext, api: &Api<'_>) -> Result<Output<CrashSummary>, Error> {
        let (app, crash) = match (self.crash, &self.issue) {
            (Some(crash), _) => (ctx.app_of_page(self.project.as_ref(), crash.page())?, crash),
            (None, Some(issue)) => {
                let app = ctx.app_of_page(self.project.as_ref(), issue.page())?;
                match newest(api, &app, issue).await? {
                    Newest::Crash(crash) => (app, crash),
                    Newest::None(output) => return Ok(*output),
                }
            }
            (None, None) => {
                return Err(Error::invalid_arguments(
                    "give `crash`, or `issue` for its newest crash\n\
                     hint: crashsight_list_top_issues {} lists issues with their whole ids",
                ));
            }
        };
        let title = format!("Crash {}", crash.as_str());
        let Some(document) = fetch(api, &app, &crash, true).await? else {
            let mut output = Output::new(title, &app, CrashSummary::unknown(Some(&crash)));
            note_unknown_crash(&mut output, api, &app, crash.as_str()).await;
            return Ok(output);
        };
        let missing = document.missing.clone();
        let has_log = document.has_log_file();
        let (ctx, of_crash) = (ctx.clone(), crash.clone());
        let of_app = app.clone();
        let answer = read_sized(document.bytes(), move || {
            CrashSummary::read(&document, &of_app, &ctx, &of_crash)
        })
        .await?;
        let section = answer.contents.as_ref().and_then(Contents::next_section);
        let issue = answer
            .report
            .as_ref()
            .and_then(|report| report.issue.clone());
        let mut output = Output::new(title, &app, answer).max_tokens(BUDGET);
        if let Some(missing) = missing {
            output.note(missing);
        }
        if has_log {
            output.note("a log was uploaded with it: crashsight_get_crash_attachments");
        }
        let crash = crash.as_str();
        if let Some(section) = section {
            let arguments = json!({"crash": crash, "section": section});
            output.suggest("crashsight_read_crash", arguments);
        }
        if let Some(issue) = issue {
            output.suggest("crashsight_get_issue", json!({"issue": issue.raw()}));
        }
        Ok(output)
    }

    fn render(output: &Output<CrashSummary>, reply: &mut Reply) {
        let answer = &output.answer;
        let (Some(report), Some(contents)) = (&answer.report, &answer.contents) else {
            return;
        };
        show_facts(report, reply);
        match &answer.stack {
            Some(stack) => show_stack(stack, reply),
            None => show_missing_stack(reply),
        }
        if let Some(missing) = &answer.missing_symbols {
            missing.show(reply);
        }
        show_contents(contents, reply);
    }
}

/// The newest crash of an issue, or the answer that there is none.
enum Newest {
    Crash(CrashId),
    None(Box<Output<CrashSummary>>),
}

async fn newest(api: &Api<'_>, app: &CrashSightApp, issue: &IssueId) -> Result<Newest, Error> {
    let id = issue.as_str();
    let (found, refusal) = match CrashStack::newest_of(api, app, id).await {
        Ok(found) => (found, None),
        Err(error) if may_be_unknown(&error) => (None, Some(error)),
        Err(error) => return Err(error),
    };
    if let Some(crash) = found.and_then(|found| found.crash) {
        let crash = CrashId::parse(&crash).map_err(|problem| {
            Error::unexpected_response(anyhow::anyhow!("the newest crash: {problem}"))
        })?;
        return Ok(Newest::Crash(crash));
    }
    let title = format!("Newest crash of issue {id}");
    let mut output = Output::new(title, app, CrashSummary::unknown(None));
    let is_crash = note_crash_for_issue(&mut output, api, app, &CrashId::from(issue)).await;
    match refusal {
        Some(refusal) if !is_crash => return Err(refusal),
        None if !is_crash => output.note("no crash of this issue is stored"),
        _ => {}
    }
    Ok(Newest::None(Box::new(output)))
}

/// Fetches a report. A refusal stays one unless the id is an issue's.
async fn fetch(
    api: &Api<'_>,
    app: &CrashSightApp,
    crash: &CrashId,
    summary: bool,
) -> Result<Option<Document>, Error> {
    match Document::fetch(api, app, crash, summary).await {
        Err(error) if may_be_unknown(&error) => {
            if is_issue(api, app, crash.as_str()).await {
                return Ok(None);
            }
            Err(error)
        }
        fetched => fetched,
    }
}

/// Any part of a crash report in full: stack (default), threads, one thread, logs, one log, keys, device fields,
/// attachments, uploaded files, raw JSON. Slice with `lines` or find with `search`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadCrash {
    project: Option<ProjectName>,
    crash: CrashId,
    #[schemars(description = SECTION_ARGUMENT)]
    section: Option<ShortText>,
    /// 120..200 or last 50
    lines: Option<ShortText>,
    /// text or /regex/
    search: Option<ShortText>,
}

/// A part of a crash report.
#[derive(Serialize, JsonSchema)]
pub(crate) struct CrashSection {
    crash: String,
    /// Whether the service has a crash with this id; without one, there is no part.
    found: bool,
    part: Option<CrashPart>,
}

impl ReadCrash {
    fn section(&self) -> Result<Section, Error> {
        let section = self.section.as_ref().map_or("stack", ShortText::as_str);
        Section::parse(section).map_err(|problem| invalid("section", &problem))
    }

    fn wanted(&self) -> Result<Wanted, Error> {
        let lines = self.lines.as_ref().map(ShortText::as_str);
        let lines = lines.map(str::parse::<LineRange>).transpose();
        let search = self.search.as_ref().map(ShortText::as_str);
        let pattern = search.map(Pattern::parse).transpose();
        Ok(Wanted {
            lines: lines.map_err(|problem| invalid("lines", &problem))?,
            search: pattern.map_err(|problem| invalid("search", &problem))?,
            search_text: search.map(str::to_owned),
        })
    }
}

impl ReadCrash {
    /// Files that were uploaded with the report, which cost a call of their own, and what is wrong with them.
    async fn read_uploads(
        &self,
        api: &Api<'_>,
        app: &CrashSightApp,
        section: Section,
        wanted: Wanted,
    ) -> Result<(CrashPart, Vec<String>), Error> {
        let name = match &section {
            Section::File(which) if which.parse::<usize>().is_err() => Some(which.as_str()),
            _ => None,
        };
        let files = attachments::fetch_known(api, app, &self.crash, name).await?;
        let is_asked = |file: &&Attachment| match &section {
            Section::File(which) => file.is_called(which),
            _ => true,
        };
        let notes = files.iter().filter(is_asked);
        let notes = notes.filter_map(Attachment::note).collect();
        let source = app.source.clone();
        let bytes = files.iter().map(|file| file.file().text.len()).sum();
        let part = read_sized(bytes, move || {
            let uploads = files.iter().map(Attachment::file).collect();
            let report = Report::new(Sources::default(), &source).with_uploads(uploads);
            CrashPart::read(&report, &section, &wanted, &[])
        });
        Ok((part.await??, notes))
    }
}

fn invalid(argument: &str, problem: &str) -> Error {
    Error::invalid_arguments(format!("{argument}: {problem}"))
}

impl Tool for ReadCrash {
    const NAME: &'static str = "crashsight_read_crash";
    const UPSTREAM: &'static [&'static str] = &[CRASH_DOC, CRASH_FILES, ATTACHMENTS, ISSUE_INFO];
    type Answer = CrashSection;

    async fn answer(self, ctx: &CallContext, api: &Api<'_>) -> Result<Output<CrashSection>, Error> {
        let app = ctx.app_of_page(self.project.as_ref(), self.crash.page())?;
        let (section, wanted) = (self.section()?, self.wanted()?);
        let title = format!("Crash {}", self.crash.as_str());
        let crash = self.crash.as_str().to_owned();
        if matches!(section, Section::Files | Section::File(_)) {
            let (part, notes) = self.read_uploads(api, &app, section, wanted).await?;
            let answer = CrashSection {
                crash,
                found: true,
                part: Some(part),
            };
            let mut output = Output::new(title, &app, answer);
            output.meta.notes.extend(notes);
            return Ok(output);
        }
        let Some(document) = fetch(api, &app, &self.crash, false).await? else {
            let answer = CrashSection {
                crash,
                found: false,
                part: None,
            };
            let mut output = Output::new(title, &app, answer);
            note_unknown_crash(&mut output, api, &app, self.crash.as_str()).await;
            return Ok(output);
        };
        let missing = document.missing.clone();
        let source = app.source.clone();
        let part = read_sized(document.bytes(), move || {
            let report = document.report(&source);
            CrashPart::read(&report, &section, &wanted, &document.responses())
        });
        let answer = CrashSection {
            crash,
            found: true,
            part: Some(part.await??),
        };
        let mut output = Output::new(title, &app, answer);
        if let Some(missing) = missing {
            output.note(missing);
        }
        Ok(output)
    }

    fn render(output: &Output<CrashSection>, reply: &mut Reply) {
        if let Some(part) = &output.answer.part {
            show_part(part, reply);
        }
    }
}
