//! A trend as text: the comparison, a line of blocks with the peak, and rows.

use super::trend_rows::{Comparison, Point, Trend};
use crate::args::StepArg;
use crate::reply::{Cell, Fact, Reply, Table};

/// Rows shown of a trend; the line above them shows the rest.
const MOST_ROWS: usize = 48;

/// Adds the trend to a reply.
pub(super) fn render(trend: &Trend, reply: &mut Reply) {
    if trend.points.is_empty() {
        return;
    }
    summary(trend, reply);
    if let Some(comparison) = &trend.comparison {
        reply.facts(comparison_facts(comparison, trend.cumulative));
    }
    if trend.cumulative {
        reply.note("each row counts from the day's midnight to the end of its hour");
    }
    rows(trend, reply);
}

fn summary(trend: &Trend, reply: &mut Reply) {
    let points = &trend.points;
    if points.len() == 1 {
        return;
    }
    let single = points.iter().all(|point| point.group.is_none());
    let peak = trend.peak.as_ref();
    let line = Cell::Sparkline(points.iter().map(|point| point.devices.affected).collect());
    let when = peak.map_or_else(String::new, |peak| match &peak.group {
        Some(group) => format!("{} ({})", peak.start.label(), group.line(40)),
        None => peak.start.label(),
    });
    reply.facts([
        Fact::new(
            "devices",
            if single && points.len() > 2 && peak.is_some() {
                line
            } else {
                Cell::Missing
            },
        ),
        Fact::new("peak", Cell::count(peak.map(|peak| peak.affected))).unit(match peak {
            Some(peak) if peak.affected == 1 => format!("device, {when}"),
            _ => format!("devices, {when}"),
        }),
        Fact::new(
            format!("{} in all", trend.kind.plural()),
            Cell::count(trend.reports),
        ),
    ]);
}

/// A comparison as facts: the completed part, the same part before, the change.
pub(crate) fn comparison_facts(comparison: &Comparison, cumulative: bool) -> [Fact; 3] {
    let current = match (cumulative, comparison.to.step) {
        (true, _) => format!("to {}", hour_end(comparison)),
        (false, StepArg::Day) => "completed days".to_owned(),
        (false, StepArg::Hour) => "completed hours".to_owned(),
    };
    let before = match (comparison.days_before, comparison.to.step) {
        (1, StepArg::Day) => "the day before".to_owned(),
        (1, StepArg::Hour) if cumulative => {
            format!("the day before to {}", hour_end(comparison))
        }
        (1, StepArg::Hour) => "same hours the day before".to_owned(),
        (7, _) => "a week before".to_owned(),
        (days, _) => format!("{} weeks before", days / 7),
    };
    [
        Fact::new(current, comparison.current.cell()),
        Fact::new(before, comparison.before.cell()),
        Fact::new("", Cell::text(comparison.change.text())),
    ]
}

/// The end of the last hour compared, as `16:00`.
fn hour_end(comparison: &Comparison) -> String {
    format!("{}:00", comparison.to.at.hour() + 1)
}

/// A day without its year, which the title has, where all have the same.
fn day_form(trend: &Trend) -> &'static str {
    let year = |point: Option<&Point>| point.map(|point| point.start.at.year());
    if year(trend.points.first()) == year(trend.points.last()) {
        "%m-%d"
    } else {
        "%Y-%m-%d"
    }
}

fn rows(trend: &Trend, reply: &mut Reply) {
    let step = match trend.points[0].start.step {
        StepArg::Day => "day",
        StepArg::Hour => "hour",
    };
    let mut table = Table::new(&[step, "of", trend.kind.plural(), "devices of active"]);
    let form = day_form(trend);
    for point in &trend.points {
        let time = match point.start.step {
            StepArg::Day => point.start.at.strftime(form).to_string(),
            StepArg::Hour => point.start.label(),
        };
        table.rows.push(vec![
            Cell::Text(if point.partial {
                format!("{time} so far")
            } else {
                time
            }),
            point.group.clone().map_or(Cell::Missing, Cell::Untrusted),
            Cell::Count(point.reports),
            point.devices.cell(),
        ]);
    }
    table.last = true;
    table.total = i64::try_from(trend.points.len()).ok();
    table.rest = Some("a shorter window shows others".to_owned());
    table.keep(MOST_ROWS);
    reply.table(table, "no rows");
}
