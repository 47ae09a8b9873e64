//! A new bug for an issue, in the tracker that the app is connected to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{not_read, not_seen};
use crate::args::{IssueId, LongText, ProjectName, ShortText};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::{Cell, Fact, Reply, Untrusted, inline};
use crate::request::Request;
use crate::secret::base64;
use crate::tools::context::CallContext;
use crate::tools::crashsight::issue::{IssueDetails, issue_now};
use crate::tools::crashsight::issue_parts::Bug;
use crate::tools::crashsight::requests::{ISSUE_INFO, console};
use crate::tools::crashsight::{codes, post};
use crate::tools::output::Output;
use crate::tools::tool::Tool;
use crate::upstream::api::Api;

/// Creates a bug for an issue in the connected tracker (TAPD) and links it; a second call creates a second bug. The first
/// call only shows what would be sent. `owner` and `reporter` are the tracker's user names.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddIssueBug {
    project: Option<ProjectName>,
    issue: IssueId,
    /// default: exception and place
    title: Option<ShortText>,
    description: Option<LongText<8_000>>,
    severity: Option<ShortText>,
    version: Option<ShortText>,
    owner: Option<ShortText>,
    reporter: Option<ShortText>,
}

/// A bug that was created.
#[derive(Serialize, JsonSchema)]
pub(crate) struct CreatedBug {
    issue: String,
    bug: Bug,
}

impl AddIssueBug {
    /// The title that was given, or what broke and where.
    fn title(&self, issue: &IssueDetails) -> String {
        if let Some(title) = &self.title {
            return title.as_str().to_owned();
        }
        let raw = |text: &Option<Untrusted>| text.as_ref().map(|text| text.raw().to_owned());
        let (exception, stack) = (raw(&issue.exception), raw(&issue.key_stack));
        let what = codes::what_and_where(exception.as_deref(), None, stack.as_deref());
        inline(&format!("[crash] {}", what.render()), 200)
    }

    /// The description that was given, with the address of the issue.
    fn description(&self, app: &CrashSightApp) -> String {
        let page = console(app, self.issue.as_str());
        let page = page.unwrap_or_else(|| format!("CrashSight issue {}", self.issue.as_str()));
        match &self.description {
            Some(text) => format!("{}\n\n{page}", text.as_str()),
            None => page,
        }
    }

    /// The form of the vendor's document: texts in Base64 inside a list of issues with their bugs. The SDK's own, a
    /// lone issue id, creates a bug without a text.
    fn request(&self, app: &CrashSightApp, title: &str, description: &str) -> Request {
        let mut bug = Map::new();
        for (field, value) in [
            ("status", json!("new")),
            ("titleBase64", json!(base64(title))),
            ("descriptionBase64", json!(base64(description))),
            ("includeAttachments", json!(false)),
            ("attachmentFilenameList", json!([])),
        ] {
            bug.insert(field.to_owned(), value);
        }
        for (field, value) in [
            ("reporter", &self.reporter),
            ("severity", &self.severity),
            ("versionReport", &self.version),
            ("currentOwner", &self.owner),
        ] {
            if let Some(value) = value {
                bug.insert(field.to_owned(), json!(value.as_str()));
            }
        }
        let issue = json!({"issueHash": self.issue.as_str(), "bugInfoList": [Value::Object(bug)]});
        post(app, Self::WRITES[0], json!({"issueList": [issue]}))
    }
}

/// The ids of bugs, in a line each.
pub(super) fn bug_ids(bugs: &[Bug]) -> Vec<String> {
    let ids = bugs.iter().filter_map(|bug| bug.id.as_ref());
    ids.map(|id| id.line(60)).collect()
}

/// A bug as facts.
pub(super) fn bug_fact(bug: &Bug, reply: &mut Reply) {
    let cell = |text: &Option<Untrusted>| text.clone().map_or(Cell::Missing, Cell::Untrusted);
    reply.facts([
        Fact::new("bug", cell(&bug.id)),
        Fact::new("", cell(&bug.title)),
        Fact::new("", cell(&bug.url)),
    ]);
}

impl Tool for AddIssueBug {
    const NAME: &'static str = "crashsight_add_issue_bug";
    const UPSTREAM: &'static [&'static str] = &["upsertBugs", ISSUE_INFO];
    const WRITES: &'static [&'static str] = &["upsertBugs"];
    const IDEMPOTENT: bool = false;
    const CHECK: &'static str = "look with crashsight_get_issue, and in the tracker,";
    type Answer = CreatedBug;

    async fn answer(self, ctx: &CallContext, api: &Api<'_>) -> Result<Output<CreatedBug>, Error> {
        let app = ctx.app_of_page(self.project.as_ref(), self.issue.page())?;
        let id = self.issue.as_str();
        let before = issue_now(api, &app, ctx, id).await?;
        let (title, description) = (self.title(&before), self.description(&app));
        let known = bug_ids(&before.bugs);
        let mut changes = vec![
            ("bug title", title.as_str().into()),
            ("description", description.as_str().into()),
        ];
        if !known.is_empty() {
            changes.push(("bugs already linked", known.join(", ").into()));
        }
        let sent = api
            .send(self.request(&app, &title, &description))
            .await
            .map_err(|error| error.with_changes(&changes))?;
        // Some answers name the bug, others only say yes.
        let created = JsonRef::new(&sent.data).only().get("id").label();
        let after = issue_now(api, &app, ctx, id).await.map_err(not_read)?;
        let is_new = |bug: &Bug| {
            let id = bug.id.as_ref();
            id.is_some_and(|id| match &created {
                Some(created) => id.raw() == created,
                None => !known.contains(&id.line(60)),
            })
        };
        let Some(bug) = after.bugs.into_iter().find(is_new) else {
            return Err(not_seen("read again, the issue has no new bug"));
        };
        let answer = CreatedBug {
            issue: id.to_owned(),
            bug,
        };
        let mut output = Output::new(format!("Bug created for issue {id}"), &app, answer);
        output.suggest("crashsight_get_issue", json!({"issue": id}));
        Ok(output)
    }

    fn render(output: &Output<CreatedBug>, reply: &mut Reply) {
        bug_fact(&output.answer.bug, reply);
    }
}
