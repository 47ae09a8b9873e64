//! What people wrote about an issue, and what they did to it.

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::app::GetAppOptions;
use super::members::{Person, name_people, people, people_cell};
use super::{codes, get, is_long, path};
use crate::args::{IssueId, Limit, LongText, ProjectName};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::{Block, Cell, Code, Reply, Table, Untrusted};
use crate::request::{CachePolicy, Request};
use crate::tools::context::CallContext;
use crate::tools::output::{Output, Time};
use crate::tools::tool::{Query, Tool};
use crate::upstream::api::Api;

/// Notes people left on an issue, newest first, with changes of its state and bug links.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListIssueNotes {
    project: Option<ProjectName>,
    issue: IssueId,
    #[serde(default)]
    limit: Limit<10, 100>,
}

/// The notes of an issue.
#[derive(Serialize, JsonSchema)]
pub(crate) struct IssueNotes {
    issue: String,
    /// Notes there are in all.
    note_count: usize,
    /// Newest first, as far as `limit` goes.
    notes: Vec<Note>,
}

/// A note, a change of state, or both.
#[derive(Serialize, JsonSchema)]
struct Note {
    id: Option<Untrusted>,
    written_at: Option<Time>,
    author: Option<Untrusted>,
    /// Both ids of the author.
    author_id: Option<Untrusted>,
    author_other_id: Option<Untrusted>,
    text: Option<Untrusted>,
    /// The state that the issue was set to; absent for a note alone.
    state: Option<&'static str>,
    state_code: Option<i64>,
    /// The people who it was given to.
    assignees: Vec<Person>,
    bug: Option<Untrusted>,
    bug_url: Option<Untrusted>,
    bug_workspace: Option<Untrusted>,
}

/// The state of a record that changes none (docs/vendor/crashsight.md §8).
pub(super) const NOTE_ALONE: i64 = 3;

/// The text of a note. The vendor publishes no length: this is what the console's column still shows whole.
pub(crate) type NoteText = LongText<2_000>;

pub(crate) struct Scope {
    app: CrashSightApp,
    zone: TimeZone,
}

impl Query for ListIssueNotes {
    const NAME: &'static str = "crashsight_list_issue_notes";
    const UPSTREAM: &'static str = "noteList";
    type Scope = Scope;
    type Answer = IssueNotes;

    fn scope(&self, ctx: &CallContext) -> Result<Scope, Error> {
        Ok(Scope {
            app: ctx.app_of_page(self.project.as_ref(), self.issue.page())?,
            zone: ctx.zone.clone(),
        })
    }

    fn request(&self, scope: &Scope) -> Request {
        request(&scope.app, self.issue.as_str())
    }

    fn parse(&self, scope: &Scope, data: JsonRef<'_>) -> anyhow::Result<Output<IssueNotes>> {
        let rows = data.rows()?;
        let said = rows.iter().filter(|row| row.says_something()).count();
        let read = |row: &JsonRef<'_>| Note::read(*row, scope);
        let mut notes: Vec<Note> = rows.iter().filter_map(read).collect();
        let unread = said.saturating_sub(notes.len());
        if notes.is_empty() && unread > 0 {
            anyhow::bail!("rows came that are no notes");
        }
        notes.sort_by_key(|note| std::cmp::Reverse(note.written_at.as_ref().map(|time| time.at)));
        let note_count = notes.len();
        notes.truncate(self.limit.rows());
        let answer = IssueNotes {
            issue: self.issue.as_str().to_owned(),
            note_count,
            notes,
        };
        let title = format!("Notes on issue {}", self.issue.as_str());
        let mut output = Output::new(title, &scope.app, answer);
        output.note_unrecognized(unread, "row");
        Ok(output)
    }

    fn render(output: &Output<IssueNotes>, reply: &mut Reply) {
        let IssueNotes {
            note_count, notes, ..
        } = &output.answer;
        let mut table = Table::new(&["when", "by", "note", "state", "assignees", "bug", "link"]);
        for note in notes {
            table.rows.push(vec![
                note.when(),
                cell(
                    note.author
                        .as_ref()
                        .or(note.author_other_id.as_ref())
                        .or(note.author_id.as_ref()),
                ),
                match &note.text {
                    Some(text) if is_long(text.raw()) => Cell::text("below"),
                    text => cell(text.as_ref()),
                },
                codes::state_cell(note.state_code.filter(|code| *code != NOTE_ALONE)),
                people_cell(&note.assignees),
                cell(note.bug.as_ref()),
                cell(note.bug_url.as_ref()),
            ]);
        }
        table.total = i64::try_from(*note_count).ok();
        table.cut = note_count - notes.len();
        table.rest = Some("a larger `limit` shows more".to_owned());
        table.narrower = Some("the issue's page in the web console shows them all");
        reply.table(table, "no notes on this issue");
        for note in notes {
            if let Some(text) = note.text.as_ref().filter(|text| is_long(text.raw())) {
                let caption = format!("note of {}", note.when().render());
                reply.push(4, Block::Code(Code::head(caption, text.raw())));
            }
        }
    }
}

// The notes with the names of their people. Described by the query's own doc comment, so it has none.
#[derive(Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct SignedNotes(ListIssueNotes);

impl Tool for SignedNotes {
    const NAME: &'static str = <ListIssueNotes as Query>::NAME;
    const UPSTREAM: &'static [&'static str] = &[
        <ListIssueNotes as Query>::UPSTREAM,
        <GetAppOptions as Query>::UPSTREAM,
    ];
    type Answer = IssueNotes;

    async fn answer(self, ctx: &CallContext, api: &Api<'_>) -> Result<Output<IssueNotes>, Error> {
        let app = self.0.scope(ctx)?.app;
        let mut output = self.0.answer(ctx, api).await?;
        let notes = &mut output.answer.notes;
        let mut authors: Vec<Vec<Person>> = notes.iter().map(Note::unnamed_author).collect();
        let assignees = notes.iter_mut().map(|note| &mut note.assignees);
        let left_out = name_people(api, &app, assignees.chain(&mut authors)).await;
        for (note, author) in notes.iter_mut().zip(authors) {
            let named = author.into_iter().next().and_then(Person::into_name);
            note.author = note.author.take().or(named);
        }
        output.meta.notes.extend(left_out);
        Ok(output)
    }

    fn render(output: &Output<IssueNotes>, reply: &mut Reply) {
        <ListIssueNotes as Query>::render(output, reply);
    }
}

/// The request for the notes of an issue.
fn request(app: &CrashSightApp, issue: &str) -> Request {
    let operation = <ListIssueNotes as Query>::UPSTREAM;
    let platform = app.platform.number();
    let path = format!(
        "{}/appId/{}/platformId/{platform}/issueId/{issue}",
        path(operation),
        app.id
    );
    let recommended =
        Request::get(app.account.name.clone(), operation, path).query("crashDataType", "undefined");
    let documented = get(app, operation)
        .query("platformId", platform.to_string())
        .query("issueId", issue)
        .query("crashDataType", "undefined");
    recommended.with_fallback(documented)
}

/// How many notes of an issue have this text now, never from the cache.
pub(super) async fn count_notes(
    api: &Api<'_>,
    app: &CrashSightApp,
    issue: &str,
    note: &NoteText,
) -> Result<usize, Error> {
    let response = api.send(request(app, issue).cache(CachePolicy::NoStore));
    let response = response.await?;
    let rows = JsonRef::new(&response.data).rows();
    let rows = rows.map_err(Error::unexpected_response)?;
    let texts = rows.iter().filter_map(|row| row.get("note").text());
    let same = |text: &&str| text.replace("\r\n", "\n").trim() == note.as_str();
    Ok(texts.filter(same).count())
}

impl Note {
    /// Reads a row; `None` where nothing is in it that a note has.
    fn read(row: JsonRef<'_>, scope: &Scope) -> Option<Self> {
        let fields = ["note", "createTime", "tapdId", "bugUrl", "processors"];
        if !fields.iter().any(|field| row.get(field).label().is_some()) {
            return None;
        }
        let state_code = row.get("issueStatus").count();
        Some(Self {
            id: row.get("noteId").untrusted(),
            written_at: Time::of(
                row.get("createTime").instant(&scope.app.account.zone),
                &scope.zone,
            ),
            author: row.get("userName").untrusted(),
            author_id: row.get("userId").untrusted(),
            author_other_id: row.get("newUserId").untrusted(),
            text: row.get("note").untrusted(),
            state: state_code.and_then(codes::state_word),
            state_code,
            assignees: people(row.any(&["processors", "processor"])),
            bug: row.get("tapdId").untrusted(),
            bug_url: row.get("bugUrl").untrusted(),
            bug_workspace: row.get("workspaceId").untrusted(),
        })
    }

    /// The author where only an id came.
    fn unnamed_author(&self) -> Vec<Person> {
        let id = self.author_id.as_ref().or(self.author_other_id.as_ref());
        let id = id.filter(|_| self.author.is_none());
        id.map(|id| Person::unnamed(id.raw().to_owned()))
            .into_iter()
            .collect()
    }

    fn when(&self) -> Cell {
        self.written_at.as_ref().map_or(Cell::Missing, Time::cell)
    }
}

fn cell(text: Option<&Untrusted>) -> Cell {
    text.map_or(Cell::Missing, |text| Cell::Untrusted(text.clone()))
}
