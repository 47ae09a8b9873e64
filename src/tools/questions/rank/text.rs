//! The ranking as text: a row for a bug, with the reasons in words.

use super::ranked::{RankedIssue, RankedIssues};
use super::score::WEIGHTS;
use crate::reply::{Cell, Fact, Reply, Table, Untrusted, rate};
use crate::tools::crashsight::codes::what_and_where;

/// Adds the ranking to a reply.
pub(super) fn render(answer: &RankedIssues, reply: &mut Reply) {
    let newest = answer.newest_version.clone();
    let sampled = answer.reports_sampled.and_then(|n| i64::try_from(n).ok());
    reply.facts([
        Fact::new("active devices", Cell::count(answer.active_devices)),
        Fact::new(
            "newest version",
            newest.map_or(Cell::Missing, Cell::Untrusted),
        ),
        Fact::new("time after launch from the newest", Cell::count(sampled)).unit("reports"),
    ]);
    let mut table = Table::new(&[
        "#",
        "score",
        "devices",
        "of active",
        "why",
        "state",
        "issue",
        "same bug",
        "exception · where",
    ]);
    table.rows = answer.issues.iter().map(row).collect();
    table.cut = answer.ranked - answer.issues.len();
    table.total = answer
        .complete
        .then(|| i64::try_from(answer.ranked).unwrap_or(i64::MAX));
    table.rest = Some("a larger `limit` shows more".to_owned());
    let none = format!("no {} in this range", answer.kind.plural());
    let empty = answer.issues.is_empty();
    reply.table(table, &none);
    if answer.ranked > 1 && answer.issues.iter().all(|bug| bug.same_bug.is_empty()) {
        reply.note("no two of these issues are the same bug, by exception and key frame");
    }
    if !empty {
        reply.note(weights());
    }
}

fn row(bug: &RankedIssue) -> Vec<Cell> {
    let raw = |text: &Option<Untrusted>| text.as_ref().map(|text| text.raw().to_owned());
    let others = if bug.same_bug.is_empty() {
        Cell::Missing
    } else {
        Cell::from_untrusted(bug.same_bug.join(", "))
    };
    vec![
        Cell::count(i64::try_from(bug.rank).ok()),
        Cell::Text(format!("{:.0}", bug.score)),
        Cell::count(bug.devices.map(|rate| rate.affected)),
        bug.devices
            .and_then(|devices| Some((devices.affected, devices.active?)))
            .map_or(Cell::Missing, |(part, whole)| Cell::Text(rate(part, whole))),
        if bug.reasons.is_empty() {
            Cell::Missing
        } else {
            Cell::Text(bug.reasons.join(", "))
        },
        bug.state.map_or(Cell::Missing, Cell::text),
        Cell::linked(bug.issue.as_deref(), bug.console_url.as_deref()),
        others,
        what_and_where(
            raw(&bug.exception).as_deref(),
            raw(&bug.message).as_deref(),
            raw(&bug.key_stack).as_deref(),
        ),
    ]
}

/// What a score adds up from.
fn weights() -> String {
    let words: Vec<String> = WEIGHTS
        .iter()
        .map(|(kind, weight)| format!("{} {weight:.0}", kind.words()))
        .collect();
    format!(
        "score of 100: {}; foreground does not count, as only single reports have it",
        words.join(", ")
    )
}
