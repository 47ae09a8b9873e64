//! `queryAccessList`: launches of users or devices in the last three days.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::envelope::Refusal;
use super::query::{Answer, Query};
use crate::active_devices;
use crate::calendar::{self, Day, HOUR_MS};
use crate::crash::Crash;
use crate::devices;
use crate::filter::Filter;
use crate::hash_random::hash;
use crate::ids;
use crate::issues::{Issue, all};
use crate::report::Context;
use crate::span::Span;

/// How far back launches reach.
const RETENTION_MS: i64 = 3 * 24 * HOUR_MS;

/// One launch.
struct Launch {
    started_ms: i64,
    device: u32,
    /// Position in the project's releases.
    release: usize,
    /// The crash that ended it.
    crash: Option<(&'static Issue, Crash)>,
}

/// Launches, newest first: those before a crash, and others.
pub(crate) fn list(query: &Query<'_>) -> Answer {
    let users = query.params.list("userIdList");
    let wanted = query.params.list("deviceIdList");
    if users.is_empty() == wanted.is_empty() {
        return Err(Refusal::parameter(
            "either userIdList or deviceIdList is required",
        ));
    }
    let begin_ms = query
        .params
        .number("uploadTimeBeginMillis")
        .ok_or_else(|| Refusal::parameter("uploadTimeBeginMillis is required"))?;
    let span = Span {
        from_ms: begin_ms.max(query.world.now_ms - RETENTION_MS),
        until_ms: query.world.now_ms,
    };
    let project = query.project;
    let parsed = wanted
        .iter()
        .filter_map(|id| ids::parse_device(project, id));
    let mut numbers: HashSet<u32> = parsed.collect();
    for user in users.iter().filter_map(|id| ids::parse_user(project, id)) {
        let own = [user, user ^ 1].into_iter();
        numbers.extend(own.filter(|device| devices::user(project, *device) == user));
    }
    let mut launches = before_crashes(query, span, &numbers);
    for device in numbers {
        launches.extend(others(query, span, device));
    }
    launches.sort_by_key(|launch| {
        let crashed = launch.crash.is_some();
        (launch.started_ms, launch.device, launch.release, !crashed)
    });
    launches.dedup_by_key(|launch| (launch.started_ms, launch.device));
    launches.reverse();
    let size = query.params.rows("pageSize", 3000);
    let page = query.params.rows("pageNumber", 1);
    let records: Vec<Value> = launches
        .iter()
        .skip((page - 1).saturating_mul(size))
        .take(size)
        .map(|launch| record(query, launch))
        .collect();
    Ok(json!({"result": {
        "records": records,
        "total": launches.len(),
        "size": size,
        "current": page,
        "orders": [],
        "optimizeCountSql": true,
        "searchCount": true,
        "pages": launches.len().div_ceil(size),
    }}))
}

/// Launches that ended in a crash.
fn before_crashes(query: &Query<'_>, span: Span, devices: &HashSet<u32>) -> Vec<Launch> {
    let mut launches = Vec::new();
    for issue in all(query.project) {
        query.world.each_crash(issue, span, &Filter::ALL, |crash| {
            if devices.contains(&crash.device) {
                launches.push(Launch {
                    started_ms: Context::new(issue, crash, query.world.seed).started_ms(),
                    device: crash.device,
                    release: crash.release,
                    crash: Some((issue, *crash)),
                });
            }
        });
    }
    launches.retain(|launch| span.contains(launch.started_ms));
    launches
}

/// Launches without a crash: up to two a day.
fn others(query: &Query<'_>, span: Span, device: u32) -> Vec<Launch> {
    let on_day = |day: Day| {
        let shares = active_devices::adoption(query.project, day, query.world.today());
        let point = devices::reluctance(query.project, device);
        let mut sum = 0;
        let release = shares.iter().position(|share| {
            sum += share;
            point < sum
        });
        let draw = hash([query.world.seed, u64::from(device), u64::from(day.0), 23]);
        (0..draw % 3).map(move |number| {
            let within_ms = i64::try_from(hash([draw, number]) % 86_400_000).unwrap_or(0);
            Launch {
                started_ms: day.first_hour().start_ms() + within_ms,
                device,
                release: release.unwrap_or(0),
                crash: None,
            }
        })
    };
    let launches = span.each_day().flat_map(on_day);
    launches
        .filter(|launch| span.contains(launch.started_ms))
        .collect()
}

/// A row with the fields of the Chinese manual's example. The report of a crash is uploaded with the launch that it
/// ended.
fn record(query: &Query<'_>, launch: &Launch) -> Value {
    let (project, facts) = (query.project, query.project.facts());
    let profile = devices::profile(project, launch.device);
    let release = project.releases().get(launch.release);
    let crash = launch.crash.as_ref();
    let uploaded_ms = crash.map_or(launch.started_ms, |(_, crash)| crash.uploaded_ms);
    let mut row = json!({
        "appId": facts.app,
        "platformId": facts.platform,
        "userId": ids::user_id(devices::user(project, launch.device)),
        "deviceId": ids::device_id(project, launch.device),
        "productVersion": release.map_or("", |release| release.version),
        "model": profile.model.name,
        "osVersion": profile.system,
        "isCoolStart": true,
        "launchTimeMillisStr": launch.started_ms.to_string(),
        "uploadTime": calendar::seconds_text(uploaded_ms),
        "uploadTimestamp": uploaded_ms,
    });
    if let Some((issue, crash)) = crash {
        row["networkType"] = Context::new(issue, crash, query.world.seed)
            .network()
            .into();
        row["issueId"] = issue.id.clone().into();
        row["crashId"] = crash.key.id(query.world.seed).into();
        row["expMessage"] = issue.message().into();
    }
    row
}
