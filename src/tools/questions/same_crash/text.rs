//! The answer as text: where the crash is, then an issue a row.

use super::candidates::{Candidate, oldest};
use super::search::{By, Searched};
use super::verdict::{Evidence, Verdict};
use crate::reply::{Cell, Fact, Reply, Table, Untrusted};
use crate::tools::crashsight::codes;
use crate::tools::crashsight::members::people_cell;

/// Issues as text.
const MOST_ROWS: usize = 12;

/// Projects of each verdict, and of none.
pub(super) fn places(candidates: &[Candidate], searched: &[Searched], reply: &mut Reply) {
    let mut projects: Vec<&str> = Vec::new();
    for search in searched {
        if !projects.contains(&&*search.project) {
            projects.push(&search.project);
        }
    }
    let best = |project: &str| {
        let of = candidates.iter().filter(|one| one.project == project);
        of.map(|candidate| candidate.verdict).min()
    };
    let with = |verdict: Verdict| -> Cell {
        let of = projects.iter().filter(|project| match best(project) {
            None => verdict == Verdict::Not,
            Some(best) => best == verdict,
        });
        let names: Vec<&str> = of.copied().collect();
        if names.is_empty() {
            Cell::Missing
        } else {
            Cell::text(names.join(", "))
        }
    };
    reply.facts([
        Fact::new("in", with(Verdict::Same)),
        Fact::new("probably in", with(Verdict::Probably)),
        Fact::new("not found in", with(Verdict::Not)),
    ]);
    if let Some((candidate, first)) = oldest(candidates) {
        let versions = candidate.versions();
        let version = versions.first().map_or(Cell::Missing, |version| {
            Cell::Untrusted(Untrusted::clone(version))
        });
        reply.facts([
            Fact::new("first report", first.cell()),
            Fact::new("in", Cell::text(candidate.project.clone())),
            Fact::new("version", version),
        ]);
    }
}

/// An issue a row.
pub(super) fn table(candidates: &[Candidate], reply: &mut Reply) {
    let mut table = Table::new(&[
        "verdict",
        "project",
        "issue",
        "devices",
        "reports",
        "first report",
        "last report",
        "versions",
        "state",
        "assignees",
        "bugs",
        "exception · where",
    ]);
    for candidate in candidates {
        let issue = &candidate.issue;
        let day = |time: Option<&crate::tools::output::Time>| {
            time.map_or(Cell::Missing, |time| Cell::Day(time.date()))
        };
        table.rows.push(vec![
            Cell::Text(verdict(candidate)),
            Cell::text(candidate.project.clone()),
            Cell::id(issue.issue.as_ref().map(Untrusted::raw)),
            Cell::count(issue.devices),
            Cell::count(issue.reports),
            day(candidate.first_report()),
            day(issue.last_report_at.as_ref()),
            versions(&candidate.versions()),
            codes::state_cell(issue.state_code),
            people_cell(&issue.assignees),
            issue.bugs_cell(),
            // What is the same has the same frame.
            if candidate.verdict == Verdict::Same {
                Cell::Missing
            } else {
                issue.what_and_where()
            },
        ]);
    }
    table.keep(MOST_ROWS);
    reply.table(table, "no issue of these projects has it");
}

/// How the searches were made, where it matters to the answer.
pub(super) fn note(searched: &[Searched]) -> String {
    let mut texts: Vec<String> = Vec::new();
    for search in searched {
        let text = format!("`{}`", search.text.line(120));
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    let mut note = format!(
        "searched: reports of all kinds and versions with {} in the stack",
        texts.join(" or ")
    );
    let listed: Vec<&str> = searched
        .iter()
        .filter(|search| search.by == By::IssueList)
        .map(|search| search.project.as_str())
        .collect();
    if !listed.is_empty() {
        note.push_str("; in ");
        note.push_str(&listed.join(", "));
        note.push_str(" only the key frames of the 100 crash issues on the most devices");
    }
    note
}

/// What a search does not tell of an issue, and was not asked for; nothing where all is known.
pub(super) fn not_asked(candidates: &[Candidate]) -> Option<&'static str> {
    let mut likely = candidates.iter().filter(|one| one.verdict != Verdict::Not);
    let unnamed = |one: &Candidate| one.issue.assignees.iter().any(|person| !person.is_named());
    let (unnamed, bugs) = (
        likely.clone().any(unnamed),
        likely.any(|one| one.issue.bugs.is_empty()),
    );
    match (unnamed, bugs) {
        (true, true) => Some(
            "a search tells no linked bugs, and assignees by id: crashsight_get_issue tells both",
        ),
        (true, false) => Some("assignees are shown by id: crashsight_get_issue has their names"),
        (false, true) => Some("a search tells no linked bugs: crashsight_get_issue does"),
        (false, false) => None,
    }
}

/// `same`, `probably (0.48)`, `not (0.12)`; `this issue`.
fn verdict(candidate: &Candidate) -> String {
    let word = match candidate.verdict {
        _ if candidate.is_given => return "this issue".to_owned(),
        Verdict::Same => "same",
        Verdict::Probably => "probably",
        Verdict::Not => "not",
    };
    match candidate.compared {
        Evidence::Stack => format!("{word}, stacks {:.2} alike", candidate.similarity),
        Evidence::KeyFrame => word.to_owned(),
    }
}

/// `3.5.1–3.7.0`, or the only one.
fn versions(versions: &[&Untrusted]) -> Cell {
    const MOST: usize = 24;
    match versions {
        [] => Cell::Missing,
        [only] => Cell::from_untrusted(only.line(MOST)),
        [oldest, .., newest] => {
            Cell::from_untrusted(format!("{}–{}", oldest.line(MOST), newest.line(MOST)))
        }
    }
}
