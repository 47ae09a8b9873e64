//! One issue, with the people on it by name: the issue, and the app's members when somebody is on it.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Workflow;
use crate::catalog::crashsight::app::GetAppOptions;
use crate::catalog::crashsight::issues::IssueInfo;
use crate::failure::Failure;
use crate::operation::{CallContext, Operation as _};
use crate::reply::Reply;
use crate::run::Desk;

/// One issue: exception, key frame, reports and devices in all, first and last report, versions it hits, state, who is on
/// it, tags, bugs. Then crashsight_get_last_crash for a stack.
#[derive(Deserialize, JsonSchema)]
#[serde(transparent)]
pub(super) struct GetIssue(IssueInfo);

impl Workflow for GetIssue {
    const NAME: &'static str = IssueInfo::NAME;
    const PATH: &'static str = "issueInfo, getSelectorDatas";

    async fn answer(self, ctx: &CallContext<'_>, desk: &Desk<'_>) -> Result<Reply, Failure> {
        let Self(question) = self;
        let kept = desk.ask(ctx, &question).await?;
        let mut names = Vec::new();
        if IssueInfo::has_handlers(&kept.data) {
            // Names are a courtesy: without them the ids stand.
            let options = desk.ask(ctx, &GetAppOptions::of(question.project())).await;
            names = options
                .map(|kept| GetAppOptions::member_names(&kept.data))
                .unwrap_or_default();
        }
        question
            .tell(ctx, &kept.data, &names)
            .map_err(Failure::unreadable)
    }
}
