//! Issues that stand out in a range, each with why it matters: new, back, rising, falling, and the largest.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::growth::Growth;
use crate::project::CrashSightApp;
use crate::reply::{Cell, Table, Untrusted};
use crate::tools::crashsight::codes::what_and_where;
use crate::tools::crashsight::comparison::{Change, Confidence};
use crate::tools::crashsight::issue_rows::{IssueRow, Mark};
use crate::tools::crashsight::requests::console;
use crate::tools::output::Time;

/// An issue falls where a third of its devices are gone.
const FALLS: f64 = -0.33;

/// Why an issue stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Why {
    /// First reported in the range.
    New,
    /// Reported again after it was processed, or after 14 days without a report.
    Back,
    /// Clearly half as much again per active device, or more.
    Rising,
    /// It affects the most devices.
    Largest,
    /// Clearly a third less per active device.
    Falling,
}

/// An issue that stands out.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct Mover {
    pub(super) why: Why,
    /// Its place in the list of the range.
    rank: usize,
    pub(super) issue: Option<String>,
    /// Its page in the web console.
    console_url: Option<String>,
    pub(super) devices: Option<i64>,
    reports: Option<i64>,
    /// Reports in the part of the range that is compared, and in the same part before.
    compared_reports: Option<i64>,
    compared_reports_before: Option<i64>,
    /// Per active device, against the same part before.
    change: Option<Change>,
    state: Option<&'static str>,
    first_report_at: Option<Time>,
    /// The only version in which it was reported.
    only_version: Option<Untrusted>,
    exception: Option<Untrusted>,
    message: Option<Untrusted>,
    key_stack: Option<Untrusted>,
}

/// Issues that stand out, what matters most first: new and back, then rising, the largest, and falling.
pub(super) fn movers(
    rows: &[IssueRow],
    growth: &HashMap<String, Growth>,
    app: &CrashSightApp,
) -> Vec<Mover> {
    let mut found: Vec<Mover> = rows
        .iter()
        .enumerate()
        .filter_map(|(at, row)| {
            let grown = row.issue.as_ref().and_then(|issue| growth.get(issue));
            let change = row.change.or_else(|| grown.and_then(|grown| grown.change));
            let falls = |change: Change| {
                let less = change.ratio.is_some_and(|ratio| ratio <= FALLS);
                change.confidence == Confidence::Clear && less
            };
            let why = match (row.mark, change) {
                (Some(Mark::New), _) => Why::New,
                (Some(Mark::Back), _) => Why::Back,
                (None, Some(change)) if change.rises() => Why::Rising,
                (None, Some(change)) if falls(change) => Why::Falling,
                _ if at == 0 => Why::Largest,
                _ => return None,
            };
            Some(Mover {
                console_url: row.issue.as_ref().and_then(|issue| console(app, issue)),
                ..Mover::of(row, why, change, grown)
            })
        })
        .collect();
    found.sort_by_key(|mover| (mover.why, std::cmp::Reverse(mover.devices)));
    found
}

impl Mover {
    fn of(row: &IssueRow, why: Why, change: Option<Change>, grown: Option<&Growth>) -> Self {
        let only = match &row.versions[..] {
            [only] => Some(only.version.clone()),
            _ => None,
        };
        Self {
            why,
            rank: row.rank,
            issue: row.issue.clone(),
            console_url: None,
            devices: row.devices,
            reports: row.reports,
            compared_reports: grown.map(|grown| grown.crashes),
            compared_reports_before: grown.map(|grown| grown.crashes_before),
            change: change.filter(|_| why != Why::New),
            state: row.state,
            first_report_at: row.first_report_at.clone(),
            only_version: only,
            exception: row.exception.clone(),
            message: row.message.clone(),
            key_stack: row.key_stack.clone(),
        }
    }

    /// `new`, `rising +53 %`
    fn word(&self) -> String {
        let word = match self.why {
            Why::New => "new",
            Why::Back => "back",
            Why::Rising => "rising",
            Why::Largest => "largest",
            Why::Falling => "falling",
        };
        match self.change {
            Some(change) if matches!(self.why, Why::Rising | Why::Falling) => {
                format!("{word} {}", change.short())
            }
            _ => word.to_owned(),
        }
    }

    /// Its id.
    pub(super) fn issue_cell(&self) -> Cell {
        Cell::linked(self.issue.as_deref(), self.console_url.as_deref())
    }

    /// The exception and where it was thrown.
    pub(super) fn what_and_where(&self) -> Cell {
        let raw = |text: &Option<Untrusted>| text.as_ref().map(|text| text.raw().to_owned());
        what_and_where(
            raw(&self.exception).as_deref(),
            raw(&self.message).as_deref(),
            raw(&self.key_stack).as_deref(),
        )
    }
}

/// The issues as a table.
pub(super) fn table(movers: &[Mover], most: usize) -> Table {
    let mut table = Table::new(&[
        "why",
        "devices",
        "only in",
        "first report",
        "state",
        "issue",
        "exception · where",
    ]);
    for mover in movers.iter().take(most) {
        let first = mover.first_report_at.as_ref().map_or(Cell::Missing, |at| {
            let local = at.at.to_zoned_datetime(at.zone.clone());
            Cell::Text(local.strftime("%Y-%m-%d %H:%M").to_string())
        });
        table.rows.push(vec![
            Cell::Text(mover.word()),
            Cell::count(mover.devices),
            mover
                .only_version
                .clone()
                .map_or(Cell::Missing, Cell::Untrusted),
            if matches!(mover.why, Why::New | Why::Back) {
                first
            } else {
                Cell::Missing
            },
            mover.state.map_or(Cell::Missing, Cell::text),
            mover.issue_cell(),
            mover.what_and_where(),
        ]);
    }
    table.cut = movers.len().saturating_sub(most);
    table
}
