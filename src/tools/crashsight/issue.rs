//! One issue, with the people on it by name: the issue, and the app's members when somebody is on it.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::error::Error;
use crate::reply::Reply;
use crate::tools::CallContext;
use crate::tools::crashsight::app::{GetAppOptions, options_request};
use crate::tools::crashsight::issues::IssueInfo;
use crate::tools::legacy::Operation;
use crate::tools::legacy::Workflow;
use crate::upstream::api::Api;

/// One issue: exception, key frame, reports and devices in all, first and last report, versions it hits, state, who is on
/// it, tags, bugs. Then crashsight_get_last_crash for a stack.
#[derive(Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct GetIssue(IssueInfo);

impl Workflow for GetIssue {
    const NAME: &'static str = IssueInfo::NAME;
    const UPSTREAM: &'static [&'static str] = &["issueInfo", "getSelectorDatas"];

    async fn answer(self, ctx: &CallContext, api: &Api<'_>) -> Result<Reply, Error> {
        let Self(question) = self;
        let kept = api.send(question.request(ctx)?).await?;
        let mut names = Vec::new();
        if IssueInfo::has_handlers(&kept.data) {
            // Names are a courtesy: without them the ids stand.
            let options = api
                .send(options_request(&ctx.app(question.project().as_ref())?))
                .await;
            names = options
                .map(|kept| GetAppOptions::member_names(&kept.data))
                .unwrap_or_default();
        }
        question
            .tell(ctx, &kept.data, &names)
            .map_err(Error::unexpected_response)
    }
}
