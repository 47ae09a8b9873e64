//! The link from an issue to a bug that exists.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::add_bug::{bug_fact, bug_ids};
use super::{not_read, not_seen};
use crate::args::{IssueId, ProjectName, ShortText, WebAddress};
use crate::error::Error;
use crate::project::CrashSightApp;
use crate::reply::{Reply, Untrusted};
use crate::tools::context::CallContext;
use crate::tools::crashsight::issue::{IssueDetails, issue_now};
use crate::tools::crashsight::issue_parts::Bug;
use crate::tools::crashsight::post;
use crate::tools::crashsight::requests::ISSUE_INFO;
use crate::tools::output::Output;
use crate::tools::tool::Tool;
use crate::upstream::api::Api;

/// Links a bug that exists in the tracker to an issue, for the whole team. The first call only shows what would be sent.
/// To create one: crashsight_add_issue_bug.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkIssueBug {
    project: Option<ProjectName>,
    issue: IssueId,
    bug: ShortText,
    /// the bug's web page: an id alone does not say which tracker it is of
    url: WebAddress,
}

/// A bug that is linked to an issue.
#[derive(Serialize, JsonSchema)]
pub(crate) struct LinkedBug {
    issue: String,
    /// False where it was linked already: nothing was sent.
    sent: bool,
    bug: Bug,
}

/// The bug of an issue that has this id.
fn linked(issue: IssueDetails, id: &str) -> Option<Bug> {
    let is = |bug: &Bug| bug.id.as_ref().map(Untrusted::raw) == Some(id);
    issue.bugs.into_iter().find(is)
}

impl LinkIssueBug {
    fn output(&self, app: &CrashSightApp, bug: Bug, sent: bool) -> Output<LinkedBug> {
        let issue = self.issue.as_str().to_owned();
        let title = if sent {
            format!("Bug linked to issue {issue}")
        } else {
            format!("Issue {issue} has this bug already, nothing was sent")
        };
        let next = json!({"issue": issue});
        let answer = LinkedBug { issue, sent, bug };
        let mut output = Output::new(title, app, answer);
        output.suggest("crashsight_get_issue", next);
        output
    }
}

impl Tool for LinkIssueBug {
    const NAME: &'static str = "crashsight_link_issue_bug";
    const UPSTREAM: &'static [&'static str] = &["bindBugs", ISSUE_INFO];
    const WRITES: &'static [&'static str] = &["bindBugs"];
    const CHECK: &'static str = "look with crashsight_get_issue";
    type Answer = LinkedBug;

    async fn answer(self, ctx: &CallContext, api: &Api<'_>) -> Result<Output<LinkedBug>, Error> {
        let app = ctx.app_of_page(self.project.as_ref(), self.issue.page())?;
        let (id, bug) = (self.issue.as_str(), self.bug.as_str());
        let before = issue_now(api, &app, ctx, id).await?;
        let others = bug_ids(&before.bugs);
        if let Some(bug) = linked(before, bug) {
            return Ok(self.output(&app, bug, false));
        }
        let mut changes = vec![("link", format!("{bug} {}", self.url.as_str()).into())];
        if !others.is_empty() {
            changes.push(("bugs already linked", others.join(", ").into()));
        }
        let body = json!({"issueId": id, "bugId": bug, "bugUrl": self.url.as_str()});
        api.send(post(&app, Self::WRITES[0], body))
            .await
            .map_err(|error| error.with_changes(&changes))?;
        let after = issue_now(api, &app, ctx, id).await.map_err(not_read)?;
        let Some(bug) = linked(after, bug) else {
            return Err(not_seen("read again, the issue does not have this bug"));
        };
        Ok(self.output(&app, bug, true))
    }

    fn render(output: &Output<LinkedBug>, reply: &mut Reply) {
        bug_fact(&output.answer.bug, reply);
    }
}
