//! Writes: what people decide about an issue.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{codes, post};
use crate::args::{IssueId, ProjectName, ShortText};
use crate::error::Error;
use crate::json::JsonRef;
use crate::reply::{Fact, Reply};
use crate::request::{CachePolicy, Request};
use crate::tools::tool::{CallContext, Effect, Operation, Tool};

pub(super) const TOOLS: &[Tool] = &[Tool::of::<AddIssueTag>()];

/// Adds a tag to an issue, visible to the whole team; there is no way to remove it here. The first call only shows what
/// would be sent.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AddIssueTag {
    project: Option<ProjectName>,
    issue: IssueId,
    tag: ShortText,
}

/// Longer tags do not fit the console's column.
const LONGEST_TAG: usize = 64;

impl Operation for AddIssueTag {
    const NAME: &'static str = "crashsight_add_issue_tag";
    const PATH: &'static str = "addTag";
    const EFFECT: Effect = Effect::Write;

    fn request(&self, ctx: &CallContext<'_>) -> Result<Request, Error> {
        let target = ctx.target(self.project.as_ref())?;
        let length = self.tag.as_str().chars().count();
        if length > LONGEST_TAG {
            return Err(Error::invalid_arguments(format!(
                "tag: expected at most {LONGEST_TAG} characters, not {length}"
            )));
        }
        let body = json!({"issueId": self.issue.as_str(), "tagName": self.tag.as_str()});
        Ok(post(&target, Self::PATH, body).keep(CachePolicy::NoStore))
    }

    fn reply(&self, ctx: &CallContext<'_>, data: &Value) -> anyhow::Result<Reply> {
        let target = ctx.target(self.project.as_ref())?;
        let mut reply = Reply::titled([
            format!("Tag added to issue {}", self.issue.as_str()),
            target.label.clone(),
        ]);
        reply.facts([
            Fact::new(
                "tag",
                crate::reply::Cell::Data(self.tag.as_str().to_owned()),
            ),
            Fact::new(
                "tags now",
                codes::tags(JsonRef::of(data).get("tagInfoList")),
            ),
        ]);
        reply.next(ctx.next(
            "crashsight_get_issue",
            &target,
            json!({"issue": self.issue.as_str()}),
        ));
        Ok(reply)
    }
}
