//! The operations that answer with columns and values, or with results for `"type":"pretty"`.

use std::collections::HashMap;

use serde_json::Value;

use super::aggregate::{self, Seen};
use super::columns::{Nothing, table};
use super::crashes::user_text;
use super::envelope::Refusal;
use super::query::{Answer, Query};
use crate::calendar;
use crate::crash::Crash;
use crate::filter::Filter;
use crate::ids;
use crate::issues::{self, Issue, Kind};
use crate::pattern::{glob, releases};
use crate::report;
use crate::span::Span;

/// Rows without a `limit`.
const MOST_ROWS: usize = 1000;

/// Crashes of the project in the span that match `wanted`, newest first.
fn crashes(
    query: &Query<'_>,
    kinds: &[Kind],
    wanted: impl Fn(&Crash) -> bool,
) -> Result<Vec<(&'static Issue, Crash)>, Refusal> {
    let span = query.span()?;
    let mut found = Vec::new();
    for issue in issues::all(query.project)
        .iter()
        .filter(|issue| kinds.contains(&issue.kind()))
    {
        query.world.each_crash(issue, span, &Filter::ALL, |crash| {
            if wanted(crash) {
                found.push((issue, *crash));
            }
        });
    }
    found.sort_unstable_by_key(|(issue, crash)| {
        (-crash.uploaded_ms, issue.number, crash.key.ordinal)
    });
    Ok(found)
}

fn limit(query: &Query<'_>) -> usize {
    query.params.rows("limit", MOST_ROWS)
}

/// `getCrashUserInfo`: crashes of some users, or of anyone.
pub(crate) fn user_crashes(query: &Query<'_>) -> Answer {
    let ids = query.params.inner("filters").list("user");
    let users: Vec<Option<u32>> = ids
        .iter()
        .map(|id| ids::parse_user(query.project, id))
        .collect();
    let found = crashes(query, &Kind::ALL, |crash| {
        users.is_empty() || crash.user().is_some_and(|user| users.contains(&Some(user)))
    })?;
    let row = |(issue, crash): &(&Issue, Crash)| {
        vec![
            issue.id.clone().into(),
            calendar::millis_text(crash.crashed_ms()).into(),
            crash.key.id(query.world.seed).into(),
            user_text(crash).into(),
        ]
    };
    let rows = found.iter().take(limit(query)).map(row).collect();
    Ok(table(
        query,
        &["issueId", "crashTime", "crashId", "user"],
        rows,
        Nothing::Null,
    ))
}

/// `getCrashUserList`: who crashed. In the 2026 form `type` is the kind of crash, and the answer
/// has no results.
pub(crate) fn users(query: &Query<'_>) -> Answer {
    let kind = query
        .params
        .text("type")
        .and_then(|name| Kind::parse(&name));
    let kinds = kind.map_or(Kind::ALL.to_vec(), |kind| vec![kind]);
    let releases = releases(query.project, &query.version_patterns());
    let found = crashes(query, &kinds, |crash| {
        releases.get(crash.release) == Some(&true)
    })?;
    let mut users: Vec<u32> = found.iter().filter_map(|(_, crash)| crash.user()).collect();
    users.sort_unstable();
    users.dedup();
    let rows = users
        .into_iter()
        .take(limit(query))
        .map(|user| vec![ids::user_id(user).into()]);
    Ok(table(query, &["user"], rows.collect(), Nothing::Null))
}

/// `getCrashDeviceStat`: crashes of some devices.
pub(crate) fn device_crashes(query: &Query<'_>) -> Answer {
    let ids = query.params.inner("filters").list("deviceId");
    if ids.is_empty() {
        return Err(Refusal::parameter("filters.deviceId is required"));
    }
    let devices: Vec<Option<u32>> = ids
        .iter()
        .map(|id| ids::parse_device(query.project, id))
        .collect();
    let found = crashes(query, &Kind::ALL, |crash| {
        devices.contains(&Some(crash.device))
    })?;
    let row = |(issue, crash): &(&Issue, Crash)| {
        let model = crash.profile().model.name;
        vec![
            issue.exception().into(),
            ids::device_id(query.project, crash.device).into(),
            issue.id.clone().into(),
            crash.key.id(query.world.seed).into(),
            user_text(crash).into(),
            model.into(),
            model.into(),
        ]
    };
    let rows = found.iter().take(limit(query)).map(row).collect();
    let columns = [
        "exceptionType",
        "deviceId",
        "issueId",
        "crashId",
        "user",
        "hardware",
        "model",
    ];
    Ok(table(query, &columns, rows, Nothing::Text))
}

/// `getCrashDeviceInfo`: crashes of some issues, with the devices they happened on.
pub(crate) fn issue_devices(query: &Query<'_>) -> Answer {
    let filters = query.params.inner("filters");
    let mut ids = filters.list("issueId");
    ids.extend(filters.list("issue"));
    let issue = |id: &String| issues::by_id(query.project, id);
    let wanted: Vec<u64> = ids
        .iter()
        .filter_map(issue)
        .map(|issue| issue.number)
        .collect();
    if wanted.is_empty() {
        return Err(Refusal::not_found("issue not found"));
    }
    let found = crashes(query, &Kind::ALL, |crash| wanted.contains(&crash.key.issue))?;
    let row = |(issue, crash): &(&Issue, Crash)| {
        let profile = crash.profile();
        vec![
            calendar::millis_text(crash.crashed_ms()).into(),
            issue.id.clone().into(),
            crash.key.id(query.world.seed).into(),
            (profile.model.ram_mb * 1024 * 1024).into(),
            (profile.model.disk_gb << 30).into(),
            crash.version().into(),
            profile.model.name.into(),
            profile.system.into(),
            user_text(crash).into(),
        ]
    };
    let rows: Vec<Vec<Value>> = found.iter().take(limit(query)).map(row).collect();
    let columns = [
        "crashTime",
        "issueId",
        "crashId",
        "device_ram",
        "device_rom",
        "productVersion",
        "model",
        "osVer",
        "user",
    ];
    let mut answer = table(query, &columns, rows, Nothing::Text);
    if let Some(data) = answer
        .get_mut("data")
        .filter(|data| data["results"].is_array())
    {
        // The seed shows the columns as a text, and a lone result without its array.
        data["columns"] = "null".into();
        if let [only] = data["results"].as_array().map_or(&[][..], Vec::as_slice) {
            data["results"] = only.clone();
        }
    }
    Ok(answer)
}

/// `getDeviceUserInfo`: who was logged in on a device when it crashed.
pub(crate) fn device_users(query: &Query<'_>) -> Answer {
    let mut ids = query.params.inner("filters").list("deviceId");
    ids.extend(query.params.list("deviceId"));
    if ids.is_empty() {
        return Err(Refusal::parameter("deviceId is required"));
    }
    let devices: Vec<Option<u32>> = ids
        .iter()
        .map(|id| ids::parse_device(query.project, id))
        .collect();
    let found = crashes(query, &Kind::ALL, |crash| {
        devices.contains(&Some(crash.device))
    })?;
    let row = |(_, crash): &(&Issue, Crash)| {
        vec![
            calendar::seconds_text(crash.crashed_ms()).into(),
            user_text(crash).into(),
        ]
    };
    let rows = found
        .iter()
        .take(query.params.rows("limit", 10))
        .map(row)
        .collect();
    Ok(table(query, &["time", "userId"], rows, Nothing::Null))
}

/// The keyword, and the issues whose stacks have it.
fn stacks(query: &Query<'_>) -> Result<(String, Vec<&'static Issue>, Span), Refusal> {
    let keyword = query
        .params
        .inner("params")
        .text("keyName")
        .ok_or_else(|| Refusal::parameter("params.keyName is required"))?;
    let pattern = format!("*{}*", keyword.to_lowercase());
    let matches = |issue: &&Issue| glob(&pattern, &report::searchable_text(issue).to_lowercase());
    let issues = issues::all(query.project)
        .iter()
        .filter(|issue| issue.kind() == Kind::Crash);
    let issues = if keyword.chars().all(|letter| letter == '*') {
        issues.collect()
    } else {
        issues.filter(matches).collect()
    };
    Ok((keyword, issues, query.span()?))
}

/// `getCrashDeviceInfoByExpUid`: the devices of some crashes.
pub(crate) fn exception_devices(query: &Query<'_>) -> Answer {
    let ids = query.params.inner("filters").list("expUid");
    if ids.is_empty() {
        return Err(Refusal::parameter("filters.expUid is required"));
    }
    let span = query.span()?;
    let found = ids
        .iter()
        .filter_map(|id| query.world.crash(id))
        .filter(|(issue, crash)| {
            issue.project == query.project && span.contains(crash.uploaded_ms)
        });
    let row = |(_, crash): (&Issue, Crash)| {
        let profile = crash.profile();
        vec![
            calendar::seconds_text(crash.uploaded_ms).into(),
            crash.key.id(query.world.seed).into(),
            ids::device_id(query.project, crash.device).into(),
            (profile.model.ram_mb * 1024 * 1024).into(),
            (profile.model.disk_gb << 30).into(),
            profile.model.name.into(),
            profile.system.into(),
        ]
    };
    let rows = found.take(limit(query)).map(row).collect();
    let columns = [
        "dtEventTime",
        "expUid",
        "deviceId",
        "device_ram",
        "device_rom",
        "model",
        "osVer",
    ];
    Ok(table(query, &columns, rows, Nothing::Null))
}

/// `getStackCrashStat`: crashes whose stack has a keyword.
pub(crate) fn stack_count(query: &Query<'_>) -> Answer {
    let (keyword, issues, span) = stacks(query)?;
    let count = aggregate::of_issues(query.world, issues.into_iter(), span, &Filter::ALL);
    let row = vec![keyword.into(), count.crashes.into(), count.devices.into()];
    Ok(table(
        query,
        &["keyName", "crashNums", "crashUsers"],
        vec![row],
        Nothing::Text,
    ))
}

/// `getStackDeviceInfo`: the same by model and system, the commonest first.
pub(crate) fn stack_devices(query: &Query<'_>) -> Answer {
    let (keyword, issues, span) = stacks(query)?;
    let mut groups: HashMap<(&str, &str), Seen> = HashMap::new();
    for issue in issues {
        query.world.each_crash(issue, span, &Filter::ALL, |crash| {
            let profile = crash.profile();
            groups
                .entry((profile.model.name, profile.system))
                .or_default()
                .add(crash.device);
        });
    }
    let mut counts: Vec<_> = groups
        .into_iter()
        .map(|(group, seen)| (group, seen.count()))
        .collect();
    counts.sort_by_key(|(group, count)| (std::cmp::Reverse(count.crashes), *group));
    let rows = counts
        .into_iter()
        .take(limit(query))
        .map(|((model, system), count)| {
            vec![
                keyword.clone().into(),
                model.into(),
                system.into(),
                count.crashes.into(),
                count.devices.into(),
            ]
        });
    let columns = ["keyName", "model", "osVersion", "crashNums", "crashUsers"];
    Ok(table(query, &columns, rows.collect(), Nothing::Null))
}
