//! Days at a glance as text: one day by kind; several by kind with their curve, and then day by day.

use super::daily_rows::{DailySummary, DaySummary, Trouble};
use crate::reply::{Cell, Fact, Reply, Table, grouped, rate};

/// Adds the days to a reply.
pub(super) fn render(answer: &DailySummary, reply: &mut Reply) {
    match &answer.days[..] {
        [] => {}
        [only] => one_day(only, reply),
        _ => {
            over_all_days(answer, reply);
            by_day(answer, reply);
        }
    }
}

fn one_day(day: &DaySummary, reply: &mut Reply) {
    reply.facts([
        Fact::new("active devices", Cell::count(day.active_devices)),
        Fact::new("connections", Cell::count(day.connections)),
        Fact::new(
            "emulators",
            Cell::count(day.active_emulators.filter(|count| *count > 0)),
        ),
    ]);
    let emulators = day
        .kinds
        .iter()
        .any(|kind| kind.emulator_reports.is_some_and(|reports| reports > 0));
    let of_emulators = |count: Option<i64>| Cell::count(count.filter(|_| emulators));
    let mut table = Table::new(&[
        "kind",
        "reports",
        "devices of active",
        "emulator reports",
        "emulator devices",
    ]);
    for kind in &day.kinds {
        table.rows.push(vec![
            Cell::text(kind.kind.title()),
            Cell::count(kind.reports),
            kind.devices.map_or(Cell::Missing, |devices| devices.cell()),
            of_emulators(kind.emulator_reports),
            of_emulators(kind.emulator_devices),
        ]);
    }
    reply.table(table, "");
}

/// A line for each kind, with its curve.
fn over_all_days(answer: &DailySummary, reply: &mut Reply) {
    let mut table = Table::new(&[
        "kind",
        "reports",
        "devices of active",
        "devices by day",
        "peak",
        "on",
    ]);
    for total in &answer.totals {
        let curve = answer.days.iter().map(|day| {
            let devices = day.kind(total.kind).and_then(|kind| kind.devices);
            devices.map_or(0, |devices| devices.affected)
        });
        let peak = total.peak.as_ref();
        table.rows.push(vec![
            Cell::text(total.kind.title()),
            Cell::count(total.reports),
            total
                .devices
                .map_or(Cell::Missing, |devices| devices.cell()),
            match peak {
                Some(_) if answer.days.len() > 2 => Cell::Sparkline(curve.collect()),
                _ => Cell::Missing,
            },
            Cell::count(peak.map(|peak| peak.devices)),
            peak.map_or(Cell::Missing, |peak| Cell::Day(peak.date.0)),
        ]);
    }
    reply.table(table, "");
}

/// A line for each day: devices with each kind, and their rate of the active ones.
fn by_day(answer: &DailySummary, reply: &mut Reply) {
    let shown: Vec<Trouble> = answer
        .totals
        .iter()
        .filter(|total| total.peak.is_some())
        .map(|total| total.kind)
        .collect();
    let mut columns = vec!["day", "active"];
    columns.extend(shown.iter().map(|kind| kind.title()));
    let mut table = Table::new(&columns);
    for day in &answer.days {
        let date = day.date.0;
        let mut row = vec![
            Cell::Text(if day.partial {
                format!("{date} so far")
            } else {
                date.to_string()
            }),
            Cell::count(day.active_devices),
        ];
        row.extend(shown.iter().map(|kind| {
            let devices = day.kind(*kind).and_then(|kind| kind.devices);
            devices.map_or(Cell::Missing, |devices| match devices.active {
                Some(active) => Cell::Text(format!(
                    "{} ({})",
                    grouped(devices.affected),
                    rate(devices.affected, active)
                )),
                None => Cell::Count(devices.affected),
            })
        }));
        table.rows.push(row);
    }
    table.last = true;
    table.total = i64::try_from(answer.days.len()).ok();
    table.narrower = Some("a shorter window shows others");
    reply.table(table, "");
}
