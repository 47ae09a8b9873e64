//! Numbers of a project by day, by minute and by version.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::aggregate::{self, Seen};
use super::columns::{Nothing, table};
use super::envelope::Refusal;
use super::query::{Answer, Query, prefixed};
use crate::active_devices;
use crate::calendar::{self, Day};
use crate::filter::Filter;
use crate::hash_random::hash;
use crate::issues::{Kind, all};
use crate::pattern::releases;
use crate::projects::{Platform, Release};
use crate::span::Span;

const MINUTE_MS: i64 = 60_000;

/// `fetchDailySummary`: crash, ANR, error, out of memory, jank and hang, day by day.
pub(crate) fn daily(query: &Query<'_>) -> Answer {
    let first = query.hour(["startHour", "startDate"])?.day();
    let last = query.hour(["endHour", "endDate"])?.day();
    let filter = query.filter(false);
    let days = Span::days(first, last).within(query.world.kept());
    let rows = days.each_day().map(|day| summary(query, day, &filter));
    Ok(rows.collect())
}

fn summary(query: &Query<'_>, day: Day, filter: &Filter) -> Value {
    let (world, project, facts) = (query.world, query.project, query.project.facts());
    let span = Span::days(day, day);
    let emulators = Filter {
        emulator: Some(true),
        ..filter.clone()
    };
    let whole = active_devices::in_span(world, project, span, filter);
    let emulated = active_devices::in_span(world, project, span, &emulators);
    let out_of_memory = all(project).iter().filter(|issue| issue.is_oom());
    let oom = aggregate::of_issues(world, out_of_memory, span, filter);
    // Jank and hang are shares of the active devices, in thousandths.
    let draw = hash([world.seed, project.number(), u64::from(day.0), 22]);
    let janky = whole.arrivals * (31 + draw % 7) / 1000;
    let hung = whole.arrivals * (4 + (draw >> 8) % 2) / 1000;
    let mut row = json!({
        "appId": facts.app,
        "platformId": facts.platform,
        "version": query.version_label(),
        "date": day.stamp(),
        "accessNum": whole.launches,
        "accessUser": whole.arrivals,
        "oomNum": oom.crashes,
        "oomUser": oom.devices,
        "jankNum": janky * 3,
        "jankUser": janky,
        "hangNum": hung,
        "hangUser": hung,
        "vitalNum": 0,
        "vitalUser": 0,
        "vmAccessNum": emulated.launches,
        "vmAccessUser": emulated.arrivals,
    });
    for (prefix, filter) in [("", filter), ("vm", &emulators)] {
        for kind in Kind::ALL {
            let count = aggregate::of_issues(world, query.issues_of(kind), span, filter);
            let name = prefixed(prefix, kind.name());
            row[format!("{name}Num")] = count.crashes.into();
            row[format!("{name}User")] = count.devices.into();
            if prefix.is_empty() {
                row[format!("{name}Session")] = count.crashes.into();
            }
        }
    }
    row["errorNumAllData"] = row["errorNum"].clone();
    row["errorDeviceAllData"] = row["errorUser"].clone();
    row
}

/// `getMinuteCrashData`: crashes and their devices, minute by minute, newest first.
pub(crate) fn by_minute(query: &Query<'_>) -> Answer {
    let span = query.span()?;
    let version = query.params.text("product_version");
    let version = version.filter(|version| version != "-1");
    let patterns: Vec<String> = version.into_iter().collect();
    let filter = Filter {
        releases: releases(query.project, &patterns),
        ..Filter::ALL
    };
    let mut minutes: HashMap<i64, Seen> = HashMap::new();
    for issue in query.issues_of(Kind::Crash) {
        query.world.each_crash(issue, span, &filter, |crash| {
            let minute = minutes.entry(crash.uploaded_ms.div_euclid(MINUTE_MS));
            minute.or_default().add(crash.device);
        });
    }
    let mut minutes: Vec<(i64, Seen)> = minutes.into_iter().collect();
    minutes.sort_by_key(|(minute, _)| -*minute);
    let label = patterns.first().map_or("-1", String::as_str);
    let row = |(minute, seen): (i64, Seen)| {
        let count = seen.count();
        vec![
            calendar::seconds_text(minute * MINUTE_MS).into(),
            label.into(),
            count.crashes.into(),
            count.devices.into(),
        ]
    };
    let rows = minutes.into_iter().take(query.params.rows("limit", 10));
    let columns = [
        "dtEventTime",
        "product_version",
        "crash_num",
        "crash_device",
    ];
    Ok(table(
        query,
        &columns,
        rows.map(row).collect(),
        Nothing::Null,
    ))
}

/// `getVersionDateList`: the first day of each version.
#[expect(
    clippy::unnecessary_wraps,
    reason = "an entry in the table of operations"
)]
pub(crate) fn version_dates(query: &Query<'_>) -> Answer {
    let now = calendar::seconds_text(query.world.now_ms);
    let row = |release: &Release| {
        let first = query.world.today().back(release.days_ago);
        vec![
            now.clone().into(),
            release.version.into(),
            first.stamp().into(),
        ]
    };
    let rows = query.project.releases().iter().map(row).collect();
    let columns = ["dtEventTime", "product_version", "first_date"];
    Ok(table(query, &columns, rows, Nothing::Null))
}

/// `getNetworkDevices`: active devices and launches day by day, for mobile platforms.
pub(crate) fn active(query: &Query<'_>) -> Answer {
    if query.project.platform() == Platform::Pc {
        return Err(Refusal::parameter("only mobile platforms are supported"));
    }
    let span = query.span()?;
    let version = query.params.inner("filters").list("productVersion");
    let filter = Filter {
        releases: releases(query.project, &version),
        ..Filter::ALL
    };
    let label = version.first().map_or("-1", String::as_str);
    let days = span.within(query.world.kept()).each_day();
    let rows = days.map(|day| {
        let day_span = Span::days(day, day).within(span);
        let activity = active_devices::in_span(query.world, query.project, day_span, &filter);
        vec![
            day.stamp().into(),
            label.into(),
            activity.arrivals.into(),
            activity.launches.into(),
        ]
    });
    let columns = ["date", "productVersion", "deviceNum", "accessNum"];
    Ok(table(query, &columns, rows.collect(), Nothing::Null))
}
