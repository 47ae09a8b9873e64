//! A note on an issue.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{not_read, not_seen};
use crate::args::{IssueId, ProjectName};
use crate::error::Error;
use crate::reply::{Cell, Fact, Reply, Untrusted};
use crate::request::Stamp;
use crate::tools::context::CallContext;
use crate::tools::crashsight::issue::issue_now;
use crate::tools::crashsight::notes::{NOTE_ALONE, NoteText, count_notes};
use crate::tools::crashsight::post;
use crate::tools::crashsight::requests::ISSUE_INFO;
use crate::tools::output::Output;
use crate::tools::tool::Tool;
use crate::upstream::api::Api;

/// Adds a note to an issue, visible to the whole team; a second call adds it again. The first call only shows what would
/// be sent.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddIssueNote {
    project: Option<ProjectName>,
    issue: IssueId,
    note: NoteText,
}

/// A note that was added.
#[derive(Serialize, JsonSchema)]
pub(crate) struct AddedNote {
    issue: String,
    note: Untrusted,
    /// Notes with this very text on the issue, this one included.
    same_notes: usize,
}

impl Tool for AddIssueNote {
    const NAME: &'static str = "crashsight_add_issue_note";
    const UPSTREAM: &'static [&'static str] = &["addIssueNote", ISSUE_INFO, "noteList"];
    const WRITES: &'static [&'static str] = &["addIssueNote"];
    const IDEMPOTENT: bool = false;
    const CHECK: &'static str = "look with crashsight_list_issue_notes";
    type Answer = AddedNote;

    async fn answer(self, ctx: &CallContext, api: &Api<'_>) -> Result<Output<AddedNote>, Error> {
        const STAMPS: &[(&str, Stamp)] = &[
            ("createTime", Stamp::Time),
            ("userId", Stamp::User),
            ("newUserId", Stamp::User),
        ];
        let app = ctx.app_of_page(self.project.as_ref(), self.issue.page())?;
        let id = self.issue.as_str();
        // An issue that does not exist has no notes either.
        issue_now(api, &app, ctx, id).await?;
        let before = count_notes(api, &app, id, &self.note).await?;
        let body = json!({
            "issueIds": id,
            "issueStatus": NOTE_ALONE,
            "note": self.note.as_str(),
        });
        let mut changes = vec![("note", self.note.as_str().into())];
        if before > 0 {
            changes.push(("notes with this text already", before.to_string().into()));
        }
        api.send(post(&app, Self::WRITES[0], body).with_stamps(STAMPS))
            .await
            .map_err(|error| error.with_changes(&changes))?;
        let after = count_notes(api, &app, id, &self.note)
            .await
            .map_err(not_read)?;
        if after <= before {
            return Err(not_seen(
                "read again, the notes of the issue do not have it",
            ));
        }
        let answer = AddedNote {
            issue: id.to_owned(),
            note: self.note.as_str().into(),
            same_notes: after,
        };
        let mut output = Output::new(format!("Note added to issue {id}"), &app, answer);
        if after > 1 {
            output.note(format!("{after} notes on this issue have this text"));
        }
        output.suggest("crashsight_list_issue_notes", json!({"issue": id}));
        Ok(output)
    }

    fn render(output: &Output<AddedNote>, reply: &mut Reply) {
        let note = Cell::Untrusted(output.answer.note.clone());
        reply.facts([Fact::new("note", note)]);
    }
}
