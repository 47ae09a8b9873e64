//! One crash: told in a page, or any part of it in full. The document, and its files from a second call
//! when it brings none.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Workflow;
use crate::answer::Node;
use crate::args::{CrashId, ProjectName, Word};
use crate::cache::Kept;
use crate::catalog::crashsight::crashes::{CrashDocument, CrashFiles};
use crate::catalog::crashsight::report::{Report, Section, Wanted};
use crate::failure::Failure;
use crate::operation::CallContext;
use crate::project::Target;
use crate::reply::Reply;
use crate::run::Desk;
use crash_digest::log::{Pattern, Span};

/// What came of a crash: the document, and its files where they came apart.
struct Document {
    body: Arc<Kept>,
    files: Option<Arc<Kept>>,
    /// Why the files did not come.
    missing: Option<Failure>,
}

impl Document {
    async fn ask(desk: &Desk<'_>, target: &Target, crash: &CrashId) -> Result<Self, Failure> {
        let body = desk.send(CrashDocument { crash }.request(target)).await?;
        let root = Node::of(&body.data);
        let (mut files, mut missing) = (None, None);
        let bare = root
            .get("detailMap")
            .get("fileList")
            .list()
            .next()
            .is_none();
        if bare && root.get("crashMap").exists() {
            match desk.send(CrashFiles { crash }.request(target)).await {
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
        let root = Node::of(&self.body.data);
        root.get("crashMap").exists().then(|| Report {
            crash: root.get("crashMap"),
            detail: root.get("detailMap"),
            more: self
                .files
                .as_ref()
                .map_or(Node::of(&Value::Null), |kept| Node::of(&kept.data)),
            launch: root.get("launchTime"),
        })
    }
}

/// One crash report in about 900 tokens: exception, device, state, the telling frames of the stack, threads, custom
/// keys, log lines that matter. Anything it leaves out: crashsight_read_crash.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GetCrash {
    project: Option<ProjectName>,
    crash: CrashId,
}

/// What a crash may cost by default.
const BUDGET: usize = 900;

impl Workflow for GetCrash {
    const NAME: &'static str = "crashsight_get_crash";
    const PATH: &'static str = "crashDoc, appDetailCrash";

    async fn answer(self, ctx: &CallContext<'_>, desk: &Desk<'_>) -> Result<Reply, Failure> {
        let target = ctx.target(self.project.as_ref())?;
        let document = Document::ask(desk, &target, &self.crash).await?;
        let mut reply = Reply::titled([
            format!("Crash {}", self.crash.as_str()),
            target.label.clone(),
        ]);
        reply.within(BUDGET);
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
pub(super) struct ReadCrash {
    project: Option<ProjectName>,
    crash: CrashId,
    /// stack, threads, thread:3, logs, log:0, keys, device, attachments, attachment:2, raw
    section: Option<Word>,
    /// 120..200 or last 50
    lines: Option<Word>,
    /// text or /regex/
    search: Option<Word>,
}

impl Workflow for ReadCrash {
    const NAME: &'static str = "crashsight_read_crash";
    const PATH: &'static str = "crashDoc, appDetailCrash";

    async fn answer(self, ctx: &CallContext<'_>, desk: &Desk<'_>) -> Result<Reply, Failure> {
        let target = ctx.target(self.project.as_ref())?;
        let named = |what: &str, problem: String| Failure::Arguments(format!("{what}: {problem}"));
        let section = self.section.as_ref().map_or("stack", Word::as_str);
        let section = Section::parse(section).map_err(|problem| named("section", problem))?;
        let lines = self
            .lines
            .as_ref()
            .map(|lines| lines.as_str().parse::<Span>())
            .transpose();
        let lines = lines.map_err(|problem| named("lines", problem))?;
        let search = self
            .search
            .as_ref()
            .map(|search| Pattern::parse(search.as_str()))
            .transpose();
        let search = search.map_err(|problem| named("search", problem))?;
        let document = Document::ask(desk, &target, &self.crash).await?;
        let mut reply = Reply::titled([
            format!("Crash {}", self.crash.as_str()),
            target.label.clone(),
        ]);
        let Some(report) = document.report() else {
            reply.note("no crash with this id in this project");
            return Ok(reply);
        };
        let came = desk.came();
        let raw: Vec<&Value> = came.iter().map(|(_, kept)| &kept.data).collect();
        let wanted = Wanted {
            lines,
            search: search.as_ref(),
            search_text: self.search.as_ref().map_or("", Word::as_str),
        };
        report.tell_section(&mut reply, &target, &section, &wanted, &raw)?;
        if let Some(failure) = &document.missing {
            reply.note(format!("threads, logs and keys are missing: {failure}"));
        }
        Ok(reply)
    }
}
