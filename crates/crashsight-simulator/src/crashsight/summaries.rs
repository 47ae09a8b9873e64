//! Numbers of a project by day, by minute and by version.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::aggregate::{self, Seen};
use super::columns::{Nothing, table};
use super::dimensions;
use super::envelope::Refusal;
use super::query::{Answer, Query, prefixed};
use crate::active_devices;
use crate::calendar::{self, Day, Hour};
use crate::devices::COUNTRIES;
use crate::filter::Filter;
use crate::hash_random::{hash, hash_text};
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

/// `getMinuteCrashData`: devices that crashed and devices that launched the app, minute by minute, newest first.
pub(crate) fn by_minute(query: &Query<'_>) -> Answer {
    let span = query.span()?.within(query.world.kept());
    let version = query.params.text("product_version");
    let version = version.filter(|version| version != "-1");
    let patterns: Vec<String> = version.into_iter().collect();
    let filter = Filter {
        releases: releases(query.project, &patterns),
        ..Filter::ALL
    };
    let mut crashed: HashMap<i64, Seen> = HashMap::new();
    for issue in query.issues_of(Kind::Crash) {
        query.world.each_crash(issue, span, &filter, |crash| {
            let minute = crashed.entry(crash.uploaded_ms.div_euclid(MINUTE_MS));
            minute.or_default().add(crash.device);
        });
    }
    let app = query.project.facts().app;
    let hours = span.each_hour().rev();
    let minutes = hours.flat_map(|hour| launches(query, hour, &filter).into_iter().rev());
    let rows = minutes
        .filter(|(minute, _)| {
            span.contains((minute + 1) * MINUTE_MS - 1) || span.contains(minute * MINUTE_MS)
        })
        .take(query.params.rows("limit", 10))
        .map(|(minute, launched)| {
            let devices = crashed.remove(&minute).unwrap_or_default().count().devices;
            vec![
                calendar::seconds_text(minute * MINUTE_MS).into(),
                app.into(),
                devices.into(),
                launched.max(devices).into(),
            ]
        });
    let rows = rows.collect();
    let columns = ["dt", "app_id", "crash_device", "access_device"];
    Ok(table(query, &columns, rows, Nothing::Null))
}

/// The launches of an hour, minute by minute.
fn launches(query: &Query<'_>, hour: Hour, filter: &Filter) -> Vec<(i64, u64)> {
    let (world, project) = (query.world, query.project);
    let begun = Span::hours(hour, hour).within(world.kept());
    let first = begun.from_ms.div_euclid(MINUTE_MS);
    let minutes = first..(begun.until_ms - 1).div_euclid(MINUTE_MS) + 1;
    let weight = |minute: i64| {
        let draw = hash([world.seed, project.number(), minute.unsigned_abs(), 23]);
        900 + draw % 201
    };
    let launches = active_devices::in_hour(world, project, hour, filter).launches;
    let parts = aggregate::parts(launches, minutes.clone().map(weight));
    minutes.zip(parts).collect()
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

/// `getNetworkDevices`: active devices by day, model and address, for mobile platforms.
pub(crate) fn active(query: &Query<'_>) -> Answer {
    if query.project.platform() == Platform::Pc {
        return Err(Refusal::parameter("only mobile platforms are supported"));
    }
    let span = query.span()?;
    let filter = Filter {
        releases: releases(
            query.project,
            &query.params.inner("filters").list("productVersion"),
        ),
        ..Filter::ALL
    };
    let groups = dimensions::sample(query, &filter, |profile| {
        (profile.model.name, profile.country)
    });
    let mut rows = Vec::new();
    for day in span.within(query.world.kept()).each_day() {
        let part = Span::days(day, day).within(span);
        let activity = active_devices::in_span(query.world, query.project, part, &filter);
        let devices = aggregate::parts(activity.arrivals, groups.values().copied());
        let date = calendar::seconds_text(day.first_hour().start_ms());
        for ((model, country), devices) in groups.keys().zip(devices) {
            let place = COUNTRIES.get(*country).map_or("", |country| country.name);
            // Escaped twice, as in the manual's example.
            let escaped = model.replace(',', "%252C");
            // One player in 25 has two devices.
            let users = devices - devices / 25;
            rows.push(vec![
                date.clone().into(),
                escaped.into(),
                address(model, *country).into(),
                place.into(),
                devices.into(),
                users.into(),
            ]);
        }
    }
    let columns = [
        "dt",
        "model",
        "uploadIp",
        "name",
        "uniq(deviceId)",
        "uniq(userId)",
    ];
    Ok(table(query, &columns, rows, Nothing::Null))
}

/// An address of those reserved for documentation.
fn address(model: &str, country: usize) -> String {
    format!(
        "203.0.113.{}",
        hash_text(&format!("{model} {country}")) % 254 + 1
    )
}
