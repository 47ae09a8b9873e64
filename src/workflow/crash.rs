//! One crash in full: the document, and its files from a second call when it brings none.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Workflow;
use crate::answer::Node;
use crate::args::{CrashId, ProjectName};
use crate::catalog::crashsight::crash_report::{self, Report};
use crate::catalog::crashsight::crashes::{CrashDocument, CrashFiles};
use crate::failure::Failure;
use crate::operation::CallContext;
use crate::reply::Reply;
use crate::run::Desk;

/// One crash report told in about 900 tokens: exception, device, state, the telling frames of the stack, threads, custom
/// keys, last log lines.
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
        let document = desk
            .send(CrashDocument { crash: &self.crash }.request(&target))
            .await?;
        let root = Node::of(&document.data);
        let (crash, detail) = (root.get("crashMap"), root.get("detailMap"));
        let mut reply = Reply::titled([
            format!("Crash {}", self.crash.as_str()),
            target.label.clone(),
        ]);
        reply.within(BUDGET);
        if !crash.exists() {
            reply.note("no crash with this id in this project");
            return Ok(reply);
        }
        let mut missing = None;
        let mut files = None;
        if detail.get("fileList").list().next().is_none() {
            match desk
                .send(CrashFiles { crash: &self.crash }.request(&target))
                .await
            {
                Ok(kept) => files = Some(kept),
                Err(failure) => missing = Some(failure),
            }
        }
        let nothing = Value::Null;
        let report = Report {
            crash,
            detail,
            more: files
                .as_ref()
                .map_or(Node::of(&nothing), |kept| Node::of(&kept.data)),
        };
        crash_report::tell_head(&mut reply, ctx, &target, &report);
        crash_report::tell_stack(&mut reply, &target, &report);
        crash_report::tell_files(&mut reply, &report);
        if let Some(failure) = missing {
            reply.note(format!("threads, logs and keys are missing: {failure}"));
        }
        if let Some(issue) = crash.get("issueId").text() {
            reply.next(ctx.next("crashsight_get_issue", &target, json!({"issue": issue})));
        }
        Ok(reply)
    }
}
