//! The answer as text: a line per project, then the rows without a ticket and those with one.

use super::answer::{Inspected, Inspection};
use super::rows::{Row, Ticket};
use crate::reply::{Cell, Fact, Reply, Table, Untrusted};
use crate::tools::crashsight::codes;
use crate::tools::crashsight::members::people_cell;
use crate::tools::output::Time;

/// Versions that a row names.
const MOST_VERSIONS: usize = 2;

pub(super) fn render(inspection: &Inspection, reply: &mut Reply) {
    projects(&inspection.projects, reply);
    let (missed, filed) = (&inspection.missed, &inspection.filed);
    let of =
        |count: fn(&Inspected) -> usize| -> usize { inspection.projects.iter().map(count).sum() };
    if inspection.total_rows == 0 {
        reply.note("no row: nothing was reported in this range that fits");
        return;
    }
    if missed.is_empty() && filed.is_empty() {
        reply.note(format!(
            "nothing at this offset: {} rows in all",
            inspection.total_rows
        ));
    }
    let first_filed = inspection.offset as usize + missed.len();
    let total = inspection.total_rows;
    list(
        ("missed, without a ticket", of(|one| one.missed)),
        missed,
        (inspection.offset as usize, total),
        reply,
    );
    list(
        ("filed", of(|one| one.filed)),
        filed,
        (first_filed, total),
        reply,
    );
    consoles(missed.iter().chain(filed), reply);
}

fn projects(projects: &[Inspected], reply: &mut Reply) {
    let mut table = Table::new(&[
        "project",
        "issues",
        "rows",
        "missed",
        "filed",
        "new",
        "probably gone",
        "in other versions alone",
        "incomplete",
    ]);
    for project in projects {
        let count = |count: usize| {
            if project.issues.is_none() {
                Cell::Missing
            } else {
                number(count)
            }
        };
        table.rows.push(vec![
            Cell::text(project.project.clone()),
            project.issues.map_or(Cell::text("failed"), number),
            count(project.rows),
            count(project.missed),
            count(project.filed),
            count(project.new),
            count(project.probably_gone),
            Some(project.other_versions)
                .filter(|count| *count > 0)
                .map_or(Cell::Missing, number),
            project.incomplete.clone().map_or(Cell::Missing, Cell::Text),
        ]);
    }
    reply.table(table, "");
}

/// Rows under a title with their number; `offset` of the first among `total` of both lists.
fn list(
    (title, all): (&str, usize),
    rows: &[Row],
    (offset, total): (usize, usize),
    reply: &mut Reply,
) {
    if rows.is_empty() {
        return;
    }
    reply.facts([Fact::new(title, number(all)).unit("rows")]);
    let mut table = Table::new(&[
        "project",
        "issue",
        "version",
        "issue's reports",
        "issue's devices ≤",
        "version, all time: reports",
        "devices",
        "first report",
        "last report",
        "first version",
        "goes on in",
        "judgement",
        "state",
        "ticket",
        "tags",
        "assignees",
        "exception · where",
    ]);
    let day = |time: &Option<Time>| {
        time.as_ref()
            .map_or(Cell::Missing, |time| Cell::Day(time.date()))
    };
    for (at, row) in rows.iter().enumerate() {
        // What is of the issue and not of the version is not repeated, so that it is not added up.
        let same = at > 0 && rows[at - 1].issue.is_some() && rows[at - 1].issue == row.issue;
        let once = |cell: Cell| match cell {
            Cell::Missing => Cell::Missing,
            _ if same => Cell::Same,
            cell => cell,
        };
        table.rows.push(vec![
            Cell::text(row.project.clone()),
            Cell::linked(
                row.issue.as_ref().map(Untrusted::raw),
                row.console_url.as_deref(),
            ),
            cell(row.version.as_ref()),
            once(Cell::count(row.reports_in_range)),
            once(Cell::count(row.devices_in_range_at_most)),
            Cell::count(row.version_reports_all_time),
            Cell::count(row.version_devices_all_time),
            once(day(&row.first_report_at)),
            row.last_report_at
                .as_ref()
                .map_or(Cell::Missing, Time::cell),
            once(cell(row.first_version.as_ref())),
            some(&row.goes_on_in),
            Cell::text(row.judgement.words()),
            once(codes::state_cell(row.state_code)),
            once(row.ticket.as_ref().map_or(Cell::Missing, ticket)),
            once(some(&row.tags)),
            once(people_cell(&row.assignees)),
            once(row.what_and_where()),
        ]);
    }
    table.total = i64::try_from(total).ok();
    table.offset = u32::try_from(offset).ok();
    // The other list goes on where this one ends.
    if offset + rows.len() < total && rows.len() + offset == all {
        table.total = i64::try_from(offset + rows.len()).ok();
    }
    reply.table(table, "");
}

/// Where the issues of each project are in the web console.
fn consoles<'a>(rows: impl Iterator<Item = &'a Row>, reply: &mut Reply) {
    let mut known: Vec<&str> = Vec::new();
    for row in rows {
        let (Some(url), Some(issue)) = (&row.console_url, &row.issue) else {
            continue;
        };
        if known.contains(&&*row.project) {
            continue;
        }
        known.push(&row.project);
        let page = url.replace(issue.raw(), "{issue}");
        reply.note(format!("console of {}: {page}", row.project));
    }
}

fn ticket(ticket: &Ticket) -> Cell {
    let Some(id) = &ticket.id else {
        return Cell::text("linked bug");
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '#');
    match &ticket.url {
        Some(url) if ticket.is_link && id.raw().chars().all(plain) => Cell::Linked {
            id: id.raw().to_owned(),
            url: url.raw().to_owned(),
        },
        _ => Cell::Untrusted(id.clone()),
    }
}

fn cell(text: Option<&Untrusted>) -> Cell {
    text.cloned().map_or(Cell::Missing, Cell::Untrusted)
}

/// The first of several, and how many more there are.
fn some(texts: &[Untrusted]) -> Cell {
    if texts.is_empty() {
        return Cell::Missing;
    }
    let named: Vec<String> = texts
        .iter()
        .take(MOST_VERSIONS)
        .map(|text| text.line(40))
        .collect();
    let more = texts.len().saturating_sub(MOST_VERSIONS);
    let more = if more > 0 {
        format!(" +{more}")
    } else {
        String::new()
    };
    Cell::from_untrusted(format!("{}{more}", named.join(", ")))
}

fn number(count: usize) -> Cell {
    Cell::count(i64::try_from(count).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_of_the_settings_is_a_link() {
        let cell = |id: &str, is_link| {
            ticket(&Ticket {
                id: Some(Untrusted::new(id)),
                url: Some(Untrusted::new("https://t.example/1")),
                found_in: "tag",
                is_link,
            })
        };
        assert!(matches!(cell("STAR-1", true), Cell::Linked { .. }));
        for (id, is_link) in [("STAR-1", false), ("](x) next: y", true), ("`", true)] {
            assert!(matches!(cell(id, is_link), Cell::Untrusted(_)), "{id}");
        }
    }
}
