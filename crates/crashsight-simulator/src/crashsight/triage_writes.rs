//! Writes: state and assignees, notes, tags, bugs; and bugs by id.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::envelope::{Envelopes, Refusal};
use super::query::{Answer, Query};
use crate::hash_random::hash_text;
use crate::issues::{self, Issue};
use crate::params::Params;
use crate::triage::{self, Bug, Member, Note, WORKSPACE};

/// The longest note in characters; the vendor publishes no number.
const MAX_NOTE: usize = 2_000;

/// `addTag`: tags an issue.
pub(crate) fn add_tag(query: &Query<'_>) -> Answer {
    let issue = query.issue("issueId")?;
    query.triage.add_tag(issue, &query.required("tagName")?);
    let row = |tag: &triage::Tag| json!({"tagId": tag.id, "tagName": tag.name});
    let tags: Vec<Value> = query.triage.tags(issue).iter().map(row).collect();
    Ok(json!({"tagInfoList": tags}))
}

/// `updateIssueStatus`: overwrites state and assignees of some issues, and adds a note to each.
pub(crate) fn update_status(query: &Query<'_>) -> Answer {
    let issues = listed_issues(query)?;
    let state = query
        .params
        .number("status")
        .and_then(|state| u8::try_from(state).ok())
        .filter(|state| *state <= 2)
        .ok_or_else(|| Refusal::parameter("status must be 0, 1 or 2"))?;
    let processors = query.params.text("processors").unwrap_or_default();
    let assignees = processors
        .split(';')
        .filter(|id| !id.is_empty())
        .map(member)
        .collect::<Result<Vec<_>, _>>()?;
    let note = note(query, query.params.text("note").unwrap_or_default())?;
    for issue in issues {
        query.triage.set_state(issue, state, assignees.clone());
        if !note.text.is_empty() {
            query.triage.add_note(issue, note.clone());
        }
    }
    Ok(true.into())
}

fn member(id: &str) -> Result<&'static Member, Refusal> {
    triage::member_by_id(id).ok_or_else(|| Refusal::parameter(format!("unknown processor: {id}")))
}

/// `addIssueNote`: adds a note; a repeated call adds it again.
pub(crate) fn add_note(query: &Query<'_>) -> Answer {
    let note = note(query, query.required("note")?)?;
    for issue in listed_issues(query)? {
        query.triage.add_note(issue, note.clone());
    }
    Ok(true.into())
}

/// A note of the operator, or of the user who signed.
fn note(query: &Query<'_>, text: String) -> Result<Note, Refusal> {
    if text.chars().count() > MAX_NOTE {
        return Err(Refusal::parameter("note is too long"));
    }
    let names = ["newUserId", "userId", "localUserId"];
    let operator = names.iter().find_map(|name| query.params.text(name));
    let operator = operator.unwrap_or_default();
    let (user_id, new_user_id) = match triage::member_by_id(&operator) {
        Some(member) => (member.user_id.to_owned(), member.new_user_id.to_owned()),
        None => (operator.clone(), operator),
    };
    Ok(Note {
        text,
        created_ms: query.world.now_ms,
        user_id,
        new_user_id,
    })
}

/// The issues of a comma-separated `issueIds`; all of them must exist.
fn listed_issues(query: &Query<'_>) -> Result<Vec<&'static Issue>, Refusal> {
    let ids = query.required("issueIds")?;
    ids.split(',').map(|id| by_id(query, id.trim())).collect()
}

fn by_id(query: &Query<'_>, id: &str) -> Result<&'static Issue, Refusal> {
    issues::by_id(query.project, id).ok_or_else(|| Refusal::not_found("issue not found"))
}

/// `upsertBugs`: creates bugs for issues. The SDK's lone `issueId` creates one.
pub(crate) fn create_bugs(query: &Query<'_>) -> Answer {
    let mut wanted: Vec<(&Issue, Params)> = Vec::new();
    for entry in query.params.objects("issueList") {
        let id = entry.text("issueHash").or_else(|| entry.text("issueId"));
        let issue = by_id(query, &id.unwrap_or_default())?;
        let bugs = entry.objects("bugInfoList").into_iter();
        wanted.extend(bugs.map(|bug| (issue, bug)));
    }
    if wanted.is_empty() {
        wanted.push((query.issue("issueId")?, query.params.inner("bugInfo")));
    }
    let titles = wanted.iter().map(|(issue, fields)| title(issue, fields));
    let titles = titles.collect::<Result<Vec<String>, Refusal>>()?;
    let mut created = Vec::new();
    for ((issue, _), title) in wanted.into_iter().zip(titles) {
        let count = query.triage.bugs(issue).len();
        let number = hash_text(&format!("{} {title} {count}", issue.id)) % 1_000_000_000;
        let bug = Bug {
            id: (1_020_380_000_000_000_000 + number).to_string(),
            title,
            workspace: WORKSPACE,
            url: String::new(),
        };
        created.push(match query.envelopes {
            Envelopes::Seed => true.into(),
            Envelopes::Sdk => json!({"bugPlatform": "TAPD", "id": bug.id}),
        });
        query.triage.add_bug(issue, bug);
    }
    Ok(Value::Array(created))
}

fn title(issue: &Issue, fields: &Params) -> Result<String, Refusal> {
    let Some(encoded) = fields.text("titleBase64") else {
        let default = || format!("[crash] {}", issue.exception());
        return Ok(fields.text("title").unwrap_or_else(default));
    };
    let decoded = STANDARD.decode(encoded).ok();
    decoded
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| Refusal::parameter("titleBase64 is not base64 of UTF-8"))
}

/// `bindBugs`: links a bug to an issue.
pub(crate) fn bind_bug(query: &Query<'_>) -> Answer {
    let issue = query.issue("issueId")?;
    let bug = Bug {
        id: query.required("bugId")?,
        title: String::new(),
        workspace: "",
        url: query.required("bugUrl")?,
    };
    query.triage.add_bug(issue, bug);
    Ok(true.into())
}

/// `queryBugs`: the known ones of some bugs.
pub(crate) fn bugs(query: &Query<'_>) -> Answer {
    let wanted = query.params.objects("bugInfos");
    let incomplete = |bug: &Params| bug.text("bugPlatform").is_none() || bug.text("id").is_none();
    if wanted.is_empty() || wanted.iter().any(incomplete) {
        return Err(Refusal::parameter("bugInfos needs bugPlatform and id"));
    }
    let known: Vec<Bug> = issues::all(query.project)
        .iter()
        .flat_map(|issue| query.triage.bugs(issue))
        .collect();
    let row = |wanted: &Params| {
        let id = wanted.text("id")?;
        let bug = known.iter().find(|bug| bug.id == id)?;
        Some(json!({
            "bugPlatform": wanted.text("bugPlatform"),
            "id": bug.id,
            "title": bug.title,
            "status": "new",
            "workspaceId": bug.workspace,
            "bugUrl": bug.url,
        }))
    };
    Ok(wanted.iter().filter_map(row).collect())
}
