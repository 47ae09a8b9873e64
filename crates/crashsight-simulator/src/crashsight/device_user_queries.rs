//! The six operations that answer with columns and values, or with results when asked to be pretty.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::aggregate::{self, Seen};
use super::crashes::user_text;
use super::envelope::Refusal;
use super::query::{self, Answer, Ask};
use crate::calendar;
use crate::filter::{Filter, Span};
use crate::ids;
use crate::issues::{self, Issue, Kind};
use crate::report::Context;
use crate::world::Crash;

/// Rows given when none are asked for.
const MOST_ROWS: usize = 1000;

/// How an operation writes "nothing": the seed's examples differ.
#[derive(Clone, Copy)]
enum Nothing {
    /// `null`.
    Null,
    /// The text `"null"`.
    Text,
}

/// Rows in the form that `type` asks for.
fn table(ask: &Ask<'_>, columns: &[&str], rows: Vec<Vec<Value>>, nothing: Nothing) -> Value {
    let nothing = match nothing {
        Nothing::Null => Value::Null,
        Nothing::Text => "null".into(),
    };
    let data = if ask.params.text("type").as_deref() == Some("pretty") {
        let object = |row: Vec<Value>| -> Map<String, Value> {
            columns
                .iter()
                .map(|column| (*column).to_owned())
                .zip(row)
                .collect()
        };
        let results: Vec<Map<String, Value>> = rows.into_iter().map(object).collect();
        json!({"columns": null, "values": null, "results": results})
    } else {
        json!({"columns": columns, "values": rows, "results": null})
    };
    json!({"errmsg": nothing, "data": data, "cost": 0})
}

/// Crashes of the project in the span that `wanted` takes, newest first.
fn crashes(
    ask: &Ask<'_>,
    kinds: &[Kind],
    wanted: impl Fn(&Crash) -> bool,
) -> Result<Vec<(&'static Issue, Crash)>, Refusal> {
    let span = ask.span()?;
    let mut found = Vec::new();
    for issue in issues::all(ask.project)
        .iter()
        .filter(|issue| kinds.contains(&issue.kind()))
    {
        ask.world.each_crash(issue, span, &Filter::ALL, |crash| {
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

const EVERY_KIND: [Kind; 3] = [Kind::Crash, Kind::Anr, Kind::Error];

fn limit(ask: &Ask<'_>) -> usize {
    ask.params.rows("limit", MOST_ROWS)
}

/// `getCrashUserInfo`: crashes of some users, or of anyone.
pub(super) fn user_crashes(ask: &Ask<'_>) -> Answer {
    let ids = ask.params.inner("filters").list("user");
    let users: Vec<Option<u32>> = ids
        .iter()
        .map(|id| ids::parse_user(ask.project, id))
        .collect();
    let found = crashes(ask, &EVERY_KIND, |crash| {
        users.is_empty() || crash.user().is_some_and(|user| users.contains(&Some(user)))
    })?;
    let row = |(issue, crash): &(&Issue, Crash)| {
        vec![
            issue.id.clone().into(),
            calendar::millis_text(crash.crashed_ms()).into(),
            crash.key.id(ask.world.seed).into(),
            user_text(crash).into(),
        ]
    };
    let rows = found.iter().take(limit(ask)).map(row).collect();
    Ok(table(
        ask,
        &["issueId", "crashTime", "crashId", "user"],
        rows,
        Nothing::Null,
    ))
}

/// `getCrashUserList`: who crashed. In the 2026 form `type` is the kind of crash, and the answer
/// has no results.
pub(super) fn users(ask: &Ask<'_>) -> Answer {
    let kind = ask.params.text("type").and_then(|name| Kind::parse(&name));
    let kinds = kind.map_or(EVERY_KIND.to_vec(), |kind| vec![kind]);
    let releases = query::releases(ask.project, &ask.version_patterns());
    let found = crashes(ask, &kinds, |crash| {
        releases.get(crash.release) == Some(&true)
    })?;
    let mut users: Vec<u32> = found.iter().filter_map(|(_, crash)| crash.user()).collect();
    users.sort_unstable();
    users.dedup();
    let rows = users
        .into_iter()
        .take(limit(ask))
        .map(|user| vec![ids::user_id(user).into()]);
    Ok(table(ask, &["user"], rows.collect(), Nothing::Null))
}

/// `getCrashDeviceStat`: crashes of some devices.
pub(super) fn device_crashes(ask: &Ask<'_>) -> Answer {
    let ids = ask.params.inner("filters").list("deviceId");
    if ids.is_empty() {
        return Err(Refusal::parameter("filters.deviceId is required"));
    }
    let devices: Vec<Option<u32>> = ids
        .iter()
        .map(|id| ids::parse_device(ask.project, id))
        .collect();
    let found = crashes(ask, &EVERY_KIND, |crash| {
        devices.contains(&Some(crash.device))
    })?;
    let row = |(issue, crash): &(&Issue, Crash)| {
        let model = crash.profile().model.name;
        vec![
            issue.exception().into(),
            ids::device_id(ask.project, crash.device).into(),
            issue.id.clone().into(),
            crash.key.id(ask.world.seed).into(),
            user_text(crash).into(),
            model.into(),
            model.into(),
        ]
    };
    let rows = found.iter().take(limit(ask)).map(row).collect();
    let columns = [
        "exceptionType",
        "deviceId",
        "issueId",
        "crashId",
        "user",
        "hardware",
        "model",
    ];
    Ok(table(ask, &columns, rows, Nothing::Text))
}

/// `getCrashDeviceInfo`: crashes of some issues, with the devices they happened on.
pub(super) fn issue_devices(ask: &Ask<'_>) -> Answer {
    let filters = ask.params.inner("filters");
    let mut ids = filters.list("issueId");
    ids.extend(filters.list("issue"));
    let issue = |id: &String| issues::by_id(ask.project, id);
    let wanted: Vec<u64> = ids
        .iter()
        .filter_map(issue)
        .map(|issue| issue.number)
        .collect();
    if wanted.is_empty() {
        return Err(Refusal::not_found("issue not found"));
    }
    let found = crashes(ask, &EVERY_KIND, |crash| wanted.contains(&crash.key.issue))?;
    let row = |(issue, crash): &(&Issue, Crash)| {
        let profile = crash.profile();
        vec![
            calendar::millis_text(crash.crashed_ms()).into(),
            issue.id.clone().into(),
            crash.key.id(ask.world.seed).into(),
            (profile.model.ram_mb * 1024 * 1024).into(),
            (profile.model.disk_gb << 30).into(),
            crash.version().into(),
            profile.model.name.into(),
            profile.system.into(),
            user_text(crash).into(),
        ]
    };
    let rows: Vec<Vec<Value>> = found.iter().take(limit(ask)).map(row).collect();
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
    let mut answer = table(ask, &columns, rows, Nothing::Text);
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
pub(super) fn device_users(ask: &Ask<'_>) -> Answer {
    let mut ids = ask.params.inner("filters").list("deviceId");
    ids.extend(ask.params.list("deviceId"));
    if ids.is_empty() {
        return Err(Refusal::parameter("deviceId is required"));
    }
    let devices: Vec<Option<u32>> = ids
        .iter()
        .map(|id| ids::parse_device(ask.project, id))
        .collect();
    let found = crashes(ask, &EVERY_KIND, |crash| {
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
        .take(ask.params.rows("limit", 10))
        .map(row)
        .collect();
    Ok(table(ask, &["time", "userId"], rows, Nothing::Null))
}

/// The keyword, and the issues whose stacks have it.
fn stacks(ask: &Ask<'_>) -> Result<(String, Vec<&'static Issue>, Span), Refusal> {
    let keyword = ask
        .params
        .inner("params")
        .text("keyName")
        .ok_or_else(|| Refusal::parameter("params.keyName is required"))?;
    let pattern = format!("*{}*", keyword.to_lowercase());
    let matches = |issue: &&Issue| {
        let stack = Context::sample(issue).stack();
        let text = format!("{} {} {stack}", issue.exception(), issue.message());
        query::glob(&pattern, &text.to_lowercase())
    };
    let issues = issues::all(ask.project)
        .iter()
        .filter(|issue| issue.kind() == Kind::Crash);
    let issues = if keyword.chars().all(|letter| letter == '*') {
        issues.collect()
    } else {
        issues.filter(matches).collect()
    };
    Ok((keyword, issues, ask.span()?))
}

/// `getStackCrashStat`: crashes whose stack has a keyword.
pub(super) fn stack_count(ask: &Ask<'_>) -> Answer {
    let (keyword, issues, span) = stacks(ask)?;
    let count = aggregate::of_issues(ask.world, issues.into_iter(), span, &Filter::ALL);
    let row = vec![keyword.into(), count.crashes.into(), count.devices.into()];
    Ok(table(
        ask,
        &["keyName", "crashNums", "crashUsers"],
        vec![row],
        Nothing::Text,
    ))
}

/// `getStackDeviceInfo`: the same by model and system, the commonest first.
pub(super) fn stack_devices(ask: &Ask<'_>) -> Answer {
    let (keyword, issues, span) = stacks(ask)?;
    let mut groups: HashMap<(&str, &str), Seen> = HashMap::new();
    for issue in issues {
        ask.world.each_crash(issue, span, &Filter::ALL, |crash| {
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
        .take(limit(ask))
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
    Ok(table(ask, &columns, rows.collect(), Nothing::Null))
}
