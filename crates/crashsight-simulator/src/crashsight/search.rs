//! Crashes and issues by condition, and the users with the most reports.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::aggregate::{self, Count, Seen};
use super::conditions::Conditions;
use super::crashes::user_text;
use super::envelope::{Refusal, joined};
use super::issues;
use super::query::{Answer, Query};
use crate::calendar;
use crate::crash::Crash;
use crate::devices::COUNTRIES;
use crate::filter::Filter;
use crate::ids;
use crate::issues::{Issue, Kind};
use crate::pattern::{glob, releases};
use crate::report::{self, Context, SDK_VERSION};
use crate::span::Span;

/// The largest page of crashes.
const MAX_ROWS: usize = 100;
/// Users without a `termsSizeLimit`.
const DEFAULT_USERS: usize = 10;

type Found = Vec<(&'static Issue, Crash)>;

fn by_conditions(query: &Query<'_>) -> Result<Found, Refusal> {
    Ok(Conditions::read(query.params, query.world)?.find(query.project))
}

/// Crashes that match the flat fields of the SDK's form, newest first.
fn by_fields(query: &Query<'_>) -> Result<Found, Refusal> {
    let params = query.params;
    let filter = Filter {
        releases: releases(query.project, &query.version_patterns()),
        ..Filter::ALL
    };
    let span = if params.text("startDate").is_some() {
        Span::days(
            query.day(["startDate", "startDate"])?,
            query.day(["endDate", "endDate"])?,
        )
    } else {
        query.world.kept()
    };
    let keyword = params.text("keyword").map(|word| word.to_lowercase());
    let text = |name: &str| params.text(name);
    let (model, system) = (text("model"), text("osVersion"));
    let (user, device) = (text("userId"), text("deviceId"));
    let crash_id = text("crashId").map(|id| ids::without_colons(&id));
    let mut found = Vec::new();
    for issue in query.issues_of(query.kind()?) {
        let text = || report::searchable_text(issue).to_lowercase();
        if keyword.as_ref().is_some_and(|word| !text().contains(word)) {
            continue;
        }
        query.world.each_crash(issue, span, &filter, |crash| {
            let profile = crash.profile();
            let like = |pattern: &Option<String>, value: &str| {
                pattern.as_ref().is_none_or(|pattern| glob(pattern, value))
            };
            let equal = |wanted: &Option<String>, value: &dyn Fn() -> String| {
                let is_equal = |wanted: &String| wanted.eq_ignore_ascii_case(&value());
                wanted.as_ref().is_none_or(is_equal)
            };
            if like(&model, profile.model.name)
                && like(&system, profile.system)
                && equal(&user, &|| user_text(crash))
                && equal(&device, &|| ids::device_id(query.project, crash.device))
                && equal(&crash_id, &|| crash.key.id(query.world.seed))
            {
                found.push((issue, *crash));
            }
        });
    }
    found.sort_unstable_by_key(|(issue, crash)| {
        (-crash.uploaded_ms, issue.number, crash.key.ordinal)
    });
    Ok(found)
}

/// `queryCrashList`: crashes by condition, or by the SDK's flat fields.
pub(crate) fn crashes(query: &Query<'_>) -> Answer {
    let mut found = if query.params.has("searchConditionGroup") {
        by_conditions(query)?
    } else {
        by_fields(query)?
    };
    if query.params.text("sortField").as_deref() == Some("crashTime") {
        found.sort_by_key(|(_, crash)| -crash.crashed_ms());
    }
    if query.params.text("desc").as_deref() == Some("false") {
        found.reverse();
    }
    let start = query.params.rows("start", 0);
    let rows = query.params.rows("rows", 50).min(MAX_ROWS);
    let mut ids = Vec::new();
    let mut datas = Map::new();
    for (issue, crash) in found.iter().skip(start).take(rows) {
        let id = crash.key.id(query.world.seed);
        datas.insert(id.clone(), crash_data(query, issue, crash, &id));
        ids.push(id);
    }
    Ok(json!({
        "reqSendTimestamp": 0,
        "rspReceivedTimestamp": 0,
        "rspSendTimestamp": 0,
        "numFound": found.len(),
        "issueList": [],
        "crashIdList": ids,
        "crashDatas": datas,
    }))
}

fn crash_data(query: &Query<'_>, issue: &Issue, crash: &Crash, id: &str) -> Value {
    let context = Context::new(issue, crash, query.world.seed);
    let (profile, memory) = (crash.profile(), context.memory());
    let country = COUNTRIES.get(profile.country);
    let head = json!({
        "appBit": 64,
        "brand": profile.model.brand,
        "callStack": context.raw_stack(),
        "country": country.map_or("", |country| country.name),
        "countryOrRegion": country.map_or("", |country| country.name),
        "countryOrRegionCode": country.map_or("", |country| country.code),
        "cpuName": profile.model.cpu,
        "crashCount": 0,
        "crashExceptionType": issue.report_type().parse::<u32>().unwrap_or(0),
        "crashId": id,
        "crashHash": id,
        "crashTime": calendar::seconds_text(crash.crashed_ms()),
        "crashTimestamp": crash.crashed_ms(),
        "deviceId": ids::device_id(issue.project, crash.device),
        "diskSize": memory.disk.to_string(),
        "elapsedTime": context.seconds_after_launch() * 1000,
        "expAddr": context.fault_frame(),
        "expMessage": issue.message(),
        "expName": issue.exception(),
        "expUid": id,
        "freeMem": memory.free.to_string(),
        "hasLogFile": true,
        "id": id,
        "isSystemStack": 0,
        "isVirtualMachine": i32::from(profile.emulator),
    });
    let tail = json!({
        "issueId": issue.id,
        "memSize": memory.size.to_string(),
        "model": profile.model.name,
        "osVer": profile.system,
        "osVersion": profile.system,
        "processName": context.process(),
        "productVersion": crash.version(),
        "rawStack": context.raw_stack(),
        "reservedMap": {},
        "retraceCrashDetail": context.stack(),
        "retraceStatus": context.retrace_status(),
        "retraceTimestamp": crash.uploaded_ms + 1_200,
        "sdkVersion": SDK_VERSION,
        "startTime": calendar::seconds_text(context.started_ms()),
        "startTimestamp": context.started_ms(),
        "uploadTime": calendar::seconds_text(crash.uploaded_ms),
        "uploadTimestamp": crash.uploaded_ms,
        "userId": user_text(crash),
        "featureTagInfos": [],
        "systemSoNameList": [],
        "vmType": i32::from(profile.emulator),
        "gpu": profile.model.gpu,
        "secondReport": false,
    });
    joined(head, tail)
}

/// `advancedSearchEx`: issues by condition. The SDK's form has an empty answer, as in its recorded reply.
pub(crate) fn issues(query: &Query<'_>) -> Answer {
    let params = query.params;
    let found = if params.has("searchConditionGroup") {
        by_conditions(query)?
    } else {
        Vec::new()
    };
    let mut groups: HashMap<u64, (&Issue, Seen)> = HashMap::new();
    for (issue, crash) in &found {
        let group = groups.entry(issue.number);
        let (_, seen) = group.or_insert_with(|| (issue, Seen::default()));
        seen.add(crash.device);
    }
    let counted = groups.into_values();
    let mut rows: Vec<(&Issue, Count)> =
        counted.map(|(issue, seen)| (issue, seen.count())).collect();
    let by_devices = params.text("sortField").as_deref() == Some("imeiCount");
    rows.sort_by_key(|(issue, count)| {
        let value = if by_devices {
            count.devices
        } else {
            count.crashes
        };
        (std::cmp::Reverse(value), issue.number)
    });
    if params.text("desc").as_deref() == Some("false") {
        rows.reverse();
    }
    let of_kind = |kind| -> u64 {
        let rows = rows.iter().filter(|(issue, _)| issue.kind() == kind);
        rows.map(|(_, count)| count.crashes).sum()
    };
    let page: Vec<Value> = rows
        .iter()
        .skip(params.rows("start", 0))
        .take(params.rows("rows", 20))
        .filter_map(|(issue, count)| {
            let summary = aggregate::summary(query, issue)?;
            let mut row = issues::row(query, issue, &summary);
            row["matchCount"] = count.crashes.into();
            row["matchDeviceCount"] = count.devices.into();
            Some(row)
        })
        .collect();
    Ok(json!({
        "statusCode": 0,
        "reqSendTimestamp": 0,
        "rspReceivedTimestamp": 0,
        "rspSendTimestamp": 0,
        "numFound": rows.len(),
        "issueList": page,
        "crashIdList": [],
        "apiTimingInfo": {},
        "crashNums": of_kind(Kind::Crash),
        "anrNums": of_kind(Kind::Anr),
        "errorNums": of_kind(Kind::Error),
        "jankNums": 0,
        "hangNums": 0,
        "totalCrashMatchCount": found.len(),
        "oomSearched": false,
        "oomSearchSkippedReason": "",
    }))
}

/// `getMostReportUser`: the users with the most matching reports.
pub(crate) fn most_reporting_users(query: &Query<'_>) -> Answer {
    let found = by_conditions(query)?;
    let fields = query.params.objects("customFields");
    let limit = fields
        .iter()
        .find(|field| field.text("name").as_deref() == Some("userId"))
        .map_or(DEFAULT_USERS, |field| {
            field.rows("termsSizeLimit", DEFAULT_USERS)
        });
    let mut counts: HashMap<u32, u64> = HashMap::new();
    for user in found.iter().filter_map(|(_, crash)| crash.user()) {
        *counts.entry(user).or_default() += 1;
    }
    let with_user: u64 = counts.values().sum();
    let distinct = counts.len();
    let mut counts: Vec<(u32, u64)> = counts.into_iter().collect();
    counts.sort_by_key(|(user, count)| (std::cmp::Reverse(*count), *user));
    let bucket =
        |(user, count): &(u32, u64)| json!({"key": ids::user_id(*user), "docCount": count});
    let buckets: Vec<Value> = counts.iter().take(limit).map(bucket).collect();
    Ok(json!([{
        "total": found.len(),
        "fieldFilterTotal": with_user,
        "distinctCount": distinct,
        "name": "userId",
        "bucketList": buckets,
    }]))
}
