//! The way of a push in numbers: sendable, sent, received, shown, clicked, each as a share of the step before.

use crate::json::JsonRef;
use crate::reply::{Cell, Fact, Reply, Table};

use super::codes;

/// Counts of one channel, or of all together.
#[derive(Clone, Copy)]
struct Counts {
    able: Option<i64>,
    sent: Option<i64>,
    received: Option<i64>,
    shown: Option<i64>,
    clicked: Option<i64>,
}

impl Counts {
    fn of(node: JsonRef<'_>) -> Self {
        let count = |field| node.get(field).count();
        Self {
            able: count("msg_num"),
            sent: count("target_num"),
            received: count("receive_num"),
            shown: count("display_num"),
            clicked: count("click_num"),
        }
    }

    /// What the channel says it showed; −1 means that it does not say (seed 003 line 61).
    fn displayed(self) -> Option<i64> {
        self.shown.filter(|shown| *shown >= 0)
    }

    /// UsedConfirmations, received, shown, clicked.
    fn cells(self) -> Vec<Cell> {
        let shown = match self.shown {
            Some(shown) if shown < 0 => Cell::text("not offered"),
            shown => step(shown, self.received),
        };
        vec![
            step(self.sent, self.able),
            step(self.received, self.sent),
            shown,
            step(self.clicked, self.displayed().or(self.received)),
        ]
    }
}

fn step(part: Option<i64>, whole: Option<i64>) -> Cell {
    match (part, whole) {
        (Some(part), Some(whole)) if whole > 0 => Cell::FunnelStep { part, whole },
        (part, _) => Cell::count(part),
    }
}

/// The keys of a report that are no channels.
const NO_CHANNELS: [&str; 3] = ["total", "actionCntMap", "failed_detail"];

/// The channels of a report.
fn channels(report: JsonRef<'_>) -> impl Iterator<Item = (&str, JsonRef<'_>)> {
    let channel = |(key, _): &(&str, JsonRef<'_>)| !NO_CHANNELS.contains(key);
    report.entries().filter(channel)
}

/// The total's cells. Where a channel does not tell what it showed, what was shown is a share of what the
/// others received, and clicks, which count everywhere, are a share of nothing.
fn total_cells(report: JsonRef<'_>) -> (Vec<Cell>, bool) {
    let total = Counts::of(report.get("total"));
    let mut cells = total.cells();
    let silent = |counts: &Counts| counts.shown.is_some_and(|shown| shown < 0);
    let all: Vec<Counts> = channels(report).map(|(_, node)| Counts::of(node)).collect();
    let some_silent = all.iter().any(silent);
    if some_silent && let [.., shown, clicked] = cells.as_mut_slice() {
        let telling = all.iter().filter(|counts| !silent(counts));
        let received: i64 = telling.filter_map(|counts| counts.received).sum();
        if let Some(displayed) = total.displayed() {
            // A part larger than its whole is none.
            *shown = step(
                Some(displayed),
                Some(received).filter(|all| *all >= displayed),
            );
        }
        *clicked = Cell::count(total.clicked);
    }
    (cells, some_silent)
}

/// What a total with a silent channel means.
const SILENT: &str = "some channels do not tell what they showed: their clicks are a share of what they received; in the total, shown is a share of what the others received, and clicks have none";

/// The total of one report, on a line.
pub(super) fn tell_total(reply: &mut Reply, report: JsonRef<'_>) {
    let total = Counts::of(report.get("total"));
    let (cells, silent) = total_cells(report);
    let mut cells = cells.into_iter();
    let mut fact = |label| Fact::new(label, cells.next().unwrap_or(Cell::Missing));
    reply.facts([
        Fact::new("sendable", Cell::count(total.able)),
        fact("sent"),
        fact("received"),
        fact("shown"),
        fact("clicked"),
    ]);
    if silent {
        reply.note(SILENT);
    }
}

/// One report: the total, then a row for each channel, the largest first.
pub(super) fn tell(reply: &mut Reply, report: JsonRef<'_>) {
    tell_total(reply, report);
    let mut channels: Vec<(&str, JsonRef<'_>)> = channels(report).collect();
    channels.sort_by_key(|(_, node)| std::cmp::Reverse(node.get("target_num").count()));
    let mut table = table("channel");
    for (key, node) in channels {
        table.rows.push(row(codes::channel(key), node));
        for (brand, part) in brands(node) {
            table
                .rows
                .push(row(format!("  on {}", codes::channel(brand)), part));
        }
    }
    reply.table(table, "no channel is listed");
    actions(reply, report);
}

/// Several reports: a row each.
pub(super) fn tell_all(reply: &mut Reply, reports: &[(String, JsonRef<'_>)]) {
    let mut table = Table::new(&["task", "sendable", "sent", "received", "shown", "clicked"]);
    let mut silent = false;
    for (id, report) in reports {
        let total = Counts::of(report.get("total"));
        let mut row = vec![Cell::from_untrusted(id.clone()), Cell::count(total.able)];
        let (cells, some_silent) = total_cells(*report);
        silent |= some_silent;
        row.extend(cells);
        table.rows.push(row);
    }
    reply.table(table, "no report came");
    if silent {
        reply.note(SILENT);
    }
    reply.note("a single task shows its channels");
}

fn table(first: &str) -> Table {
    Table::new(&[
        first,
        "sent",
        "received (of sent)",
        "shown (of received)",
        "clicked (of shown)",
    ])
}

fn row(name: String, node: JsonRef<'_>) -> Vec<Cell> {
    let mut counts = Counts::of(node);
    counts.able = None;
    let mut row = vec![Cell::from_untrusted(name)];
    row.extend(counts.cells());
    row
}

/// Brands stand beside a channel's own counts, as objects.
fn brands(node: JsonRef<'_>) -> Vec<(&str, JsonRef<'_>)> {
    let mut brands: Vec<(&str, JsonRef<'_>)> = node
        .entries()
        .filter(|(_, value)| value.get("target_num").exists())
        .collect();
    brands.sort_by_key(|(_, value)| std::cmp::Reverse(value.get("target_num").count()));
    brands
}

/// Counts of the app's own events.
fn actions(reply: &mut Reply, report: JsonRef<'_>) {
    let mut table = Table::new(&["action", "times"]);
    for (action, count) in report.get("actionCntMap").entries() {
        table.rows.push(vec![
            Cell::from_untrusted(action.to_owned()),
            Cell::count(count.count()),
        ]);
    }
    if !table.rows.is_empty() {
        reply.table(table, "");
    }
}
