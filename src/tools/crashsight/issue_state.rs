//! The state of an issue alone.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::codes::state_word;
use super::requests::{ISSUE_INFO, issue_info};
use crate::args::{IssueId, ProjectName};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::Reply;
use crate::request::Request;
use crate::tools::context::CallContext;
use crate::tools::crashsight::issue::GetIssue;
use crate::tools::output::Output;
use crate::tools::tool::{Query, Tool};

// A part of crashsight_get_issue, with the same arguments and without what that asks beside it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetIssueState {
    project: Option<ProjectName>,
    issue: IssueId,
}

/// Whether an issue is processed.
#[derive(Serialize, JsonSchema)]
pub(crate) struct IssueState {
    /// In words, where the code is known.
    pub(crate) state: Option<&'static str>,
}

impl Query for GetIssueState {
    const NAME: &'static str = <GetIssue as Tool>::NAME;
    const UPSTREAM: &'static str = ISSUE_INFO;
    type Scope = CrashSightApp;
    type Answer = IssueState;

    fn scope(&self, ctx: &CallContext) -> Result<CrashSightApp, Error> {
        ctx.app(self.project.as_ref())
    }

    fn request(&self, app: &CrashSightApp) -> Request {
        issue_info(app, self.issue.as_str())
    }

    fn parse(&self, app: &CrashSightApp, data: JsonRef<'_>) -> anyhow::Result<Output<IssueState>> {
        let code = data.only().any(&["status", "state"]).count();
        let state = code.and_then(state_word);
        Ok(Output::new("State", app, IssueState { state }))
    }

    fn render(_: &Output<IssueState>, _: &mut Reply) {}
}
