//! Issues as the rows of a table.

use jiff::civil::Date;

use super::codes;
use super::issue_parts::IssueVersion;
use super::issue_rows::{IssueRow, Mark};
use crate::args::ReportKind;
use crate::reply::{Cell, Table, Untrusted};

/// A table of issues. Where the title has the last day of a range, days are written without that year, a first report
/// on that day with its time, and tags are left to the data.
pub(super) fn table(rows: &[IssueRow], kind: ReportKind, last_day: Option<Date>) -> Table {
    let compared = rows.iter().any(|row| row.change.is_some());
    let mut table = Table::new(&[
        "#",
        "devices",
        kind.plural(),
        if compared {
            "per active device"
        } else {
            "change"
        },
        "state",
        "first report",
        "versions",
        "tags",
        "issue",
        "exception · where",
    ]);
    table.rows = rows.iter().map(|row| cells(row, last_day)).collect();
    table
}

fn cells(row: &IssueRow, last_day: Option<Date>) -> Vec<Cell> {
    let text = |text: &Option<Untrusted>| text.as_ref().map(|text| text.raw().to_owned());
    vec![
        Cell::count(i64::try_from(row.rank).ok()),
        Cell::count(row.devices),
        Cell::count(row.reports),
        change(row),
        state(row),
        first_report(row, last_day),
        versions(&row.versions),
        last_day.map_or_else(|| list(&row.tags), |_| Cell::Missing),
        Cell::id(row.issue.as_deref()),
        codes::what_and_where(
            text(&row.exception).as_deref(),
            text(&row.message).as_deref(),
            text(&row.key_stack).as_deref(),
        ),
    ]
}

fn change(row: &IssueRow) -> Cell {
    match (row.mark, row.change) {
        (Some(Mark::New), _) => Cell::text("new"),
        (Some(Mark::Back), _) => Cell::text("back"),
        (None, Some(change)) => Cell::Text(change.short()),
        (None, None) => Cell::Missing,
    }
}

fn state(row: &IssueRow) -> Cell {
    match (row.state, row.state_code) {
        (Some(word), _) => Cell::text(word),
        (None, Some(code)) => Cell::text(format!("state {code}")),
        (None, None) => Cell::Missing,
    }
}

fn first_report(row: &IssueRow, last_day: Option<Date>) -> Cell {
    let Some(first) = &row.first_report_at else {
        return Cell::Missing;
    };
    let day = first.date();
    let form = match last_day {
        Some(last) if day == last => "%m-%d %H:%M",
        Some(last) if day.year() == last.year() => "%m-%d",
        _ => "%Y-%m-%d",
    };
    let at = first.at.to_zoned_datetime(first.zone.clone());
    Cell::Text(at.strftime(form).to_string())
}

/// `3.5.1–3.7.0`, or the only one.
fn versions(versions: &[IssueVersion]) -> Cell {
    const MOST: usize = 24;
    match versions {
        [] => Cell::Missing,
        [only] => Cell::from_untrusted(only.version.line(MOST)),
        [oldest, .., newest] => Cell::from_untrusted(format!(
            "{}–{}",
            oldest.version.line(MOST),
            newest.version.line(MOST)
        )),
    }
}

fn list(words: &[Untrusted]) -> Cell {
    if words.is_empty() {
        return Cell::Missing;
    }
    let words: Vec<&str> = words.iter().map(Untrusted::raw).collect();
    Cell::from_untrusted(words.join(", "))
}
