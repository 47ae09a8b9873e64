//! One crash: told in a page, or any part of it in full. The document, and its files from a second call
//! when it brings none.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::args::{CrashId, ProjectName, ShortText};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::Reply;
use crate::tools::CallContext;
use crate::tools::crashsight::crash_report::{Report, Section, Wanted};
use crate::tools::crashsight::crashes::{CrashDocument, CrashFiles};
use crate::tools::legacy::Workflow;
use crate::upstream::api::Api;
use crate::upstream::cache::CachedResponse;
use crash_digest::log::{LineRange, Pattern};

/// What came of a crash: the document, and its files where they came apart.
struct Document {
    body: Arc<CachedResponse>,
    files: Option<Arc<CachedResponse>>,
    /// Why the files did not come.
    missing: Option<Error>,
}

impl Document {
    async fn ask(api: &Api<'_>, target: &CrashSightApp, crash: &CrashId) -> Result<Self, Error> {
        let body = api.send(CrashDocument { crash }.request(target)).await?;
        let root = JsonRef::new(&body.data);
        let (mut files, mut missing) = (None, None);
        let bare = root
            .get("detailMap")
            .get("fileList")
            .list()
            .next()
            .is_none();
        if bare && root.get("crashMap").exists() {
            match api.send(CrashFiles { crash }.request(target)).await {
                Ok(kept) => files = Some(kept),
                Err(failure) => missing = Some(failure),
            }
        }
        Ok(Self {
            body,
            files,
            missing,
        })
    }

    /// `None` when the service knows no such crash.
    fn report(&self) -> Option<Report<'_>> {
        let root = JsonRef::new(&self.body.data);
        root.get("crashMap").exists().then(|| Report {
            crash: root.get("crashMap"),
            detail: root.get("detailMap"),
            more: self
                .files
                .as_ref()
                .map_or(JsonRef::new(&Value::Null), |kept| JsonRef::new(&kept.data)),
            launch: root.get("launchTime"),
        })
    }
}

/// One crash report in about 900 tokens: exception, device, state, the telling frames of the stack, threads, custom
/// keys, log lines that matter. Anything it leaves out: crashsight_read_crash.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetCrash {
    project: Option<ProjectName>,
    crash: CrashId,
}

/// What a crash may cost by default.
const BUDGET: usize = 900;

impl Workflow for GetCrash {
    const NAME: &'static str = "crashsight_get_crash";
    const UPSTREAM: &'static [&'static str] = &["crashDoc", "appDetailCrash"];

    async fn answer(self, ctx: &CallContext, api: &Api<'_>) -> Result<Reply, Error> {
        let target = ctx.app(self.project.as_ref())?;
        let document = Document::ask(api, &target, &self.crash).await?;
        let mut reply = Reply::with_title([
            format!("Crash {}", self.crash.as_str()),
            target.label.clone(),
        ]);
        reply.max_tokens(BUDGET);
        let Some(report) = document.report() else {
            reply.note("no crash with this id in this project");
            return Ok(reply);
        };
        report.tell_head(&mut reply, ctx, &target);
        report.tell_stack(&mut reply, &target);
        report.tell_files(&mut reply, &target);
        if let Some(failure) = &document.missing {
            reply.note(format!("threads, logs and keys are missing: {failure}"));
        }
        let crash = self.crash.as_str();
        let section = if report.threads().threads.len() > 1 {
            "threads"
        } else {
            "log:0"
        };
        if !report.logs().is_empty() || section == "threads" {
            reply.next(ctx.next(
                "crashsight_read_crash",
                &target,
                json!({"crash": crash, "section": section}),
            ));
        }
        if let Some(issue) = report.crash.get("issueId").text() {
            reply.next(ctx.next("crashsight_get_issue", &target, json!({"issue": issue})));
        }
        Ok(reply)
    }
}

/// Any part of a crash report in full: stack (default), threads, one thread, logs, one log, keys, device fields,
/// attachments, raw JSON. Slice with `lines` or find with `search`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadCrash {
    project: Option<ProjectName>,
    crash: CrashId,
    /// stack, threads, thread:3, logs, log:0, keys, device, attachments, attachment:2, raw
    section: Option<ShortText>,
    /// 120..200 or last 50
    lines: Option<ShortText>,
    /// text or /regex/
    search: Option<ShortText>,
}

impl Workflow for ReadCrash {
    const NAME: &'static str = "crashsight_read_crash";
    const UPSTREAM: &'static [&'static str] = &["crashDoc", "appDetailCrash"];

    async fn answer(self, ctx: &CallContext, api: &Api<'_>) -> Result<Reply, Error> {
        let target = ctx.app(self.project.as_ref())?;
        let named =
            |what: &str, problem: String| Error::InvalidArguments(format!("{what}: {problem}"));
        let section = self.section.as_ref().map_or("stack", ShortText::as_str);
        let section = Section::parse(section).map_err(|problem| named("section", problem))?;
        let lines = self
            .lines
            .as_ref()
            .map(|lines| lines.as_str().parse::<LineRange>())
            .transpose();
        let lines = lines.map_err(|problem| named("lines", problem))?;
        let search = self
            .search
            .as_ref()
            .map(|search| Pattern::parse(search.as_str()))
            .transpose();
        let search = search.map_err(|problem| named("search", problem))?;
        let document = Document::ask(api, &target, &self.crash).await?;
        let mut reply = Reply::with_title([
            format!("Crash {}", self.crash.as_str()),
            target.label.clone(),
        ]);
        let Some(report) = document.report() else {
            reply.note("no crash with this id in this project");
            return Ok(reply);
        };
        let log = api.call_log();
        let raw: Vec<&Value> = log
            .responses
            .iter()
            .map(|response| &response.data)
            .collect();
        let wanted = Wanted {
            lines,
            search: search.as_ref(),
            search_text: self.search.as_ref().map_or("", ShortText::as_str),
        };
        report.tell_section(&mut reply, &target, &section, &wanted, &raw)?;
        if let Some(failure) = &document.missing {
            reply.note(format!("threads, logs and keys are missing: {failure}"));
        }
        Ok(reply)
    }
}
