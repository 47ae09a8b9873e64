//! State and assignees of an issue.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{OPERATOR, not_read, not_seen};
use crate::args::{IssueId, List, ProjectName, ShortText, Status};
use crate::error::Error;
use crate::project::CrashSightApp;
use crate::reply::{Cell, Fact, Reply, Untrusted};
use crate::request::Request;
use crate::tools::context::CallContext;
use crate::tools::crashsight::issue::{IssueDetails, issue_now};
use crate::tools::crashsight::members::{Members, Person, people_cell};
use crate::tools::crashsight::notes::{NoteText, count_notes};
use crate::tools::crashsight::post;
use crate::tools::crashsight::requests::ISSUE_INFO;
use crate::tools::output::Output;
use crate::tools::tool::Tool;
use crate::upstream::api::Api;

/// Sets the state of an issue for the whole team, with its assignees (members by name or id) and a note. Without
/// `assignees` those there stay; [] removes them. The first call only shows what would change.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateIssueStatus {
    project: Option<ProjectName>,
    issue: IssueId,
    state: Status,
    assignees: Option<List<ShortText>>,
    note: Option<NoteText>,
}

/// An issue after its state was set.
#[derive(Serialize, JsonSchema)]
pub(crate) struct StatusUpdate {
    issue: String,
    /// False where state and assignees were so already: nothing was sent.
    sent: bool,
    state: &'static str,
    state_code: i64,
    /// The state before, where its code is known.
    state_before: Option<&'static str>,
    assignees: Vec<Person>,
    note: Option<Untrusted>,
}

impl UpdateIssueStatus {
    fn request(&self, app: &CrashSightApp, assignees: &[Person]) -> Request {
        let ids: Vec<&str> = assignees.iter().map(Person::id).collect();
        let body = json!({
            "issueIds": self.issue.as_str(),
            "status": self.state.code(),
            // Replaces the assignees, also where it is empty.
            "processors": ids.join(";"),
            "note": self.note.as_ref().map_or("", NoteText::as_str),
        });
        post(app, Self::WRITES[0], body).with_stamps(OPERATOR)
    }

    /// What a reader is asked to agree to.
    fn changes(&self, before: &IssueDetails, after: &[Person]) -> Vec<(&'static str, Untrusted)> {
        let names = |people: &[Person]| match people {
            [] => "none".to_owned(),
            people => people
                .iter()
                .map(Person::line)
                .collect::<Vec<_>>()
                .join(", "),
        };
        let state = before.state.unwrap_or("unknown");
        let kept = if self.assignees.is_none() {
            " (kept)"
        } else {
            ""
        };
        let mut changes = vec![
            ("state", format!("{state} → {}", self.state.title()).into()),
            (
                "assignees",
                match (names(&before.assignees), names(after)) {
                    (one, other) if one == other => format!("{one}{kept}").into(),
                    (one, other) => format!("{one} → {other}").into(),
                },
            ),
        ];
        if let Some(note) = &self.note {
            changes.push(("note", note.as_str().into()));
        }
        changes
    }

    fn output(
        self,
        app: &CrashSightApp,
        before: &IssueDetails,
        people: Vec<Person>,
        sent: bool,
    ) -> Output<StatusUpdate> {
        let id = self.issue.as_str().to_owned();
        let title = if sent {
            format!("Issue {id} updated")
        } else {
            format!("Issue {id} has this state and these assignees already, nothing was sent")
        };
        let answer = StatusUpdate {
            issue: id.clone(),
            sent,
            state: self.state.title(),
            state_code: self.state.code(),
            state_before: before.state,
            assignees: people,
            note: self.note.map(|note| note.as_str().into()),
        };
        let mut output = Output::new(title, app, answer);
        output.suggest("crashsight_list_issue_notes", json!({"issue": id}));
        output
    }
}

impl Tool for UpdateIssueStatus {
    const NAME: &'static str = "crashsight_update_issue_status";
    const UPSTREAM: &'static [&'static str] = &[
        "updateIssueStatus",
        ISSUE_INFO,
        "getSelectorDatas",
        "noteList",
    ];
    const WRITES: &'static [&'static str] = &["updateIssueStatus"];
    // With a note, a second call adds a second note.
    const IDEMPOTENT: bool = false;
    const OVERWRITES: bool = true;
    const CHECK: &'static str = "look with crashsight_get_issue";
    type Answer = StatusUpdate;

    async fn answer(self, ctx: &CallContext, api: &Api<'_>) -> Result<Output<StatusUpdate>, Error> {
        let app = ctx.app_of_page(self.project.as_ref(), self.issue.page())?;
        let id = self.issue.as_str();
        let mut before = issue_now(api, &app, ctx, id).await?;
        let members = match &self.assignees {
            Some(named) if !named.is_empty() => Members::fetch(api, &app).await?,
            _ if before.assignees.is_empty() => Members::default(),
            // For names alone; without them the ids remain.
            _ => Members::fetch(api, &app).await.unwrap_or_default(),
        };
        members.name(&mut before.assignees);
        let assignees = match &self.assignees {
            None => before.assignees.clone(),
            Some(named) => members.resolve_all(named.texts())?,
        };
        let code = self.state.code();
        let shows = |issue: &IssueDetails| {
            issue.state_code == Some(code) && members.same(&issue.assignees, &assignees)
        };
        if shows(&before) && self.note.is_none() {
            return Ok(self.output(&app, &before, assignees, false));
        }
        let notes = match &self.note {
            Some(note) => count_notes(api, &app, id, note).await?,
            None => 0,
        };
        api.send(self.request(&app, &assignees))
            .await
            .map_err(|error| error.with_changes(&self.changes(&before, &assignees)))?;
        let after = issue_now(api, &app, ctx, id).await.map_err(not_read)?;
        if !shows(&after) {
            return Err(not_seen(
                "read again, the issue does not have this state and these assignees",
            ));
        }
        if let Some(note) = &self.note
            && count_notes(api, &app, id, note).await.map_err(not_read)? <= notes
        {
            return Err(not_seen(
                "state and assignees are set, and the note is not among the notes of the issue",
            ));
        }
        Ok(self.output(&app, &before, assignees, true))
    }

    fn render(output: &Output<StatusUpdate>, reply: &mut Reply) {
        let answer = &output.answer;
        let before = answer.state_before.filter(|before| *before != answer.state);
        reply.facts([
            Fact::new("state", Cell::text(answer.state)),
            Fact::new("before", before.map_or(Cell::Missing, Cell::text)),
        ]);
        let assignees = match people_cell(&answer.assignees) {
            Cell::Missing => Cell::text("none"),
            people => people,
        };
        reply.facts([Fact::new("assignees", assignees)]);
        let note = answer.note.clone();
        reply.facts([Fact::new(
            "note",
            note.map_or(Cell::Missing, Cell::Untrusted),
        )]);
    }
}
