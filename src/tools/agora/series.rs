//! Values by minute as a row each: the latest, the lowest and the highest with their minute, and a curve.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::json::JsonRef;
use crate::reply::{Cell, Reply, Table};
use crate::time_range::Window;

/// A metric over time.
pub(super) struct Series {
    name: &'static str,
    unit: &'static str,
    points: Vec<(Timestamp, f64)>,
}

impl Series {
    /// The values of a field, those inside the window, in the order of time.
    pub(super) fn of(
        rows: &[JsonRef<'_>],
        field: &str,
        name: &'static str,
        unit: &'static str,
        window: &Window,
    ) -> Self {
        let mut points: Vec<(Timestamp, f64)> = rows
            .iter()
            .filter_map(|row| {
                let at = row.get("ts").instant(&TimeZone::UTC)?;
                Some((at, row.get(field).number()?))
            })
            .filter(|(at, _)| window.contains(*at))
            .collect();
        points.sort_by_key(|(at, _)| *at);
        Self { name, unit, points }
    }
}

/// Tells series as a table, with what every one of them needs said.
pub(super) fn tell(reply: &mut Reply, series: &[Series], zone: &TimeZone, none: &str) {
    let mut table = Table::new(&[
        "metric",
        "latest",
        "lowest",
        "lowest at",
        "highest",
        "highest at",
        "by minute",
    ]);
    for series in series {
        let by_value = |a: &&(Timestamp, f64), b: &&(Timestamp, f64)| a.1.total_cmp(&b.1);
        let (Some(last), Some(low), Some(high)) = (
            series.points.last(),
            series.points.iter().min_by(by_value),
            // The first of several equal peaks.
            series.points.iter().rev().max_by(by_value),
        ) else {
            continue;
        };
        let value = |point: &(Timestamp, f64)| Cell::Measure(point.1, series.unit);
        table.rows.push(vec![
            Cell::text(series.name),
            value(last),
            value(low),
            Cell::clock(Some(low.0), zone),
            value(high),
            Cell::clock(Some(high.0), zone),
            Cell::SparklineF64(series.points.iter().map(|point| point.1).collect()),
        ]);
    }
    let points: Vec<Timestamp> = series
        .iter()
        .flat_map(|series| series.points.iter().map(|point| point.0))
        .collect();
    reply.table(table, none);
    if let (Some(first), Some(last)) = (points.iter().min(), points.iter().max()) {
        let clock = |at: &Timestamp| {
            let at = at.to_zoned(zone.clone());
            at.strftime("%H:%M").to_string()
        };
        reply.note(format!(
            "whole minutes from {} to {}; the newest are ready after 2 to 3 minutes",
            clock(first),
            clock(last)
        ));
    }
}
