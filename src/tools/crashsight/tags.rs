//! Tags of an issue.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::post;
use crate::args::{IssueId, ProjectName, ShortText};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::{Cell, Fact, Reply, Untrusted};
use crate::request::Request;
use crate::tools::context::CallContext;
use crate::tools::output::Output;
use crate::tools::tool::{Effect, Query};

/// Adds a tag to an issue, visible to the whole team; there is no way to remove it here. The first call only shows what
/// would be sent.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddIssueTag {
    project: Option<ProjectName>,
    issue: IssueId,
    tag: ShortText,
}

/// Longer tags do not fit the console's column.
const MAX_TAG_CHARS: usize = 64;

/// The tags of an issue after one was added.
#[derive(Serialize, JsonSchema)]
pub(crate) struct IssueTags {
    issue: String,
    added: Untrusted,
    tags: Vec<Untrusted>,
}

impl Query for AddIssueTag {
    const NAME: &'static str = "crashsight_add_issue_tag";
    const UPSTREAM: &'static str = "addTag";
    const EFFECT: Effect = Effect::Write;
    const CHECK: &'static str = "look with crashsight_get_issue";
    type Scope = CrashSightApp;
    type Answer = IssueTags;

    fn scope(&self, ctx: &CallContext) -> Result<CrashSightApp, Error> {
        let length = self.tag.as_str().chars().count();
        if length > MAX_TAG_CHARS {
            return Err(Error::invalid_arguments(format!(
                "tag: expected at most {MAX_TAG_CHARS} characters, not {length}"
            )));
        }
        ctx.app_of_page(self.project.as_ref(), self.issue.page())
    }

    fn request(&self, app: &CrashSightApp) -> Request {
        let body = json!({"issueId": self.issue.as_str(), "tagName": self.tag.as_str()});
        post(app, Self::UPSTREAM, body)
    }

    fn parse(&self, app: &CrashSightApp, data: JsonRef<'_>) -> anyhow::Result<Output<IssueTags>> {
        let tags: Vec<Untrusted> = data
            .get("tagInfoList")
            .list()
            .filter_map(|tag| tag.get("tagName").untrusted())
            .collect();
        // A write is done when its effect is seen.
        if !tags.iter().any(|tag| tag.raw() == self.tag.as_str()) {
            anyhow::bail!("the tag is not among the tags that the service returned");
        }
        let answer = IssueTags {
            issue: self.issue.as_str().to_owned(),
            added: self.tag.as_str().into(),
            tags,
        };
        let title = format!("Tag added to issue {}", self.issue.as_str());
        let mut output = Output::new(title, app, answer);
        output.suggest(
            "crashsight_get_issue",
            json!({"issue": self.issue.as_str()}),
        );
        Ok(output)
    }

    fn render(output: &Output<IssueTags>, reply: &mut Reply) {
        let IssueTags { added, tags, .. } = &output.answer;
        let tags: Vec<String> = tags.iter().map(|tag| tag.line(40)).collect();
        reply.facts([
            Fact::new("tag", Cell::Untrusted(added.clone())),
            Fact::new("tags now", Cell::from_untrusted(tags.join(", "))),
        ]);
    }
}
