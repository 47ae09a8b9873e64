//! Crashes of an issue: the list, and the last one.

use serde_json::{Map, Value, json};

use super::envelope::Refusal;
use super::query::{Answer, Query};
use crate::calendar;
use crate::crash::Crash;
use crate::filter::Filter;
use crate::ids;
use crate::issues::{Issue, Kind};
use crate::pattern::releases;
use crate::report::{self, Context};

/// The largest page.
const MOST_ROWS: usize = 100;

/// Crash ids of an issue, newest first.
pub(crate) fn list(query: &Query<'_>) -> Answer {
    let issue = query.issue("issueId")?;
    let filter = Filter {
        releases: releases(query.project, &query.version_patterns()),
        ..Filter::ALL
    };
    let crashes = query.world.newest_first(issue, query.world.kept(), &filter);
    let start = query.params.rows("start", 0);
    let rows = query.params.rows("rows", 50).min(MOST_ROWS);
    let page: Vec<&Crash> = crashes.iter().skip(start).take(rows).collect();
    let ids: Vec<String> = page
        .iter()
        .map(|crash| crash.key.id(query.world.seed))
        .collect();
    let datas: Map<String, Value> = page
        .iter()
        .zip(&ids)
        .map(|(crash, id)| (id.clone(), entry(issue, crash, id)))
        .collect();
    let of = |kind| {
        if issue.kind() == kind {
            crashes.len()
        } else {
            0
        }
    };
    Ok(json!({
        "reqSendstamp": 0,
        "rspReceivedTiamp": 0,
        "rspSendTimestamp": 0,
        "numFound": crashes.len(),
        "issueList": [],
        "crashIdList": ids,
        "crashDatas": datas,
        "detailDatas": null,
        "tagInfoList": null,
        "tagList": null,
        "crashNums": of(Kind::Crash),
        "anrNums": of(Kind::Anr),
        "errorNums": of(Kind::Error),
        "scrollId": null,
    }))
}

fn entry(issue: &Issue, crash: &Crash, id: &str) -> Value {
    let profile = crash.profile();
    json!({
        "productVersion": crash.version(),
        "dumpId": report::dump_id(issue, id),
        "model": profile.model.name,
        "id": id,
        "uploadTime": calendar::seconds_text(crash.uploaded_ms),
        "crashId": id,
        "osVer": profile.system,
        "deviceId": ids::device_id(issue.project, crash.device),
        "userId": user_text(crash),
        "issueId": issue.id,
        "crashTime": calendar::seconds_text(crash.crashed_ms()),
        "isVirtualMachine": i32::from(profile.emulator),
        "type": issue.report_type(),
    })
}

/// The last crash of an issue.
pub(crate) fn last(query: &Query<'_>) -> Answer {
    let issue = query.issue("issues")?;
    let crash = query
        .world
        .last(issue)
        .ok_or_else(|| Refusal::not_found("no crash found"))?;
    let id = crash.key.id(query.world.seed);
    let context = Context::new(issue, &crash, query.world.seed);
    let profile = crash.profile();
    Ok(json!({
        "userId": crash.user().map(ids::user_id),
        "processName": context.process(),
        "threadName": context.thread_name(),
        "crashId": id,
        "crashHash": ids::with_colons(&id),
        "crashTime": calendar::seconds_text(crash.crashed_ms()),
        "uploadTime": calendar::seconds_text(crash.uploaded_ms),
        "bundleId": issue.project.facts().bundle,
        "productVersion": crash.version(),
        "startTime": context.started_ms().to_string(),
        "appInBack": context.in_background().to_string(),
        "hardware": profile.model.name,
        "modelOriginalName": profile.model.name,
        "osVersion": profile.system,
        "rom": context.rom(),
        "cpuName": profile.model.cpu,
        "cpuType": context.cpu_type(),
        "type": issue.report_type(),
        "callStack": context.raw_stack(),
        "retraceCrashDetail": context.stack(),
        "gpuName": profile.model.gpu,
        "dumpId": report::dump_id(issue, &id),
        "new_dumpid": null,
        "mac": null,
        "launchTime": context.seconds_after_launch(),
        // Fields of the SDK of April 2026.
        "expName": issue.exception(),
        "expAddr": context.fault_frame(),
    }))
}

/// The account's id, or the SDK's placeholder before login.
pub(crate) fn user_text(crash: &Crash) -> String {
    crash
        .user()
        .map_or_else(|| "Unknown".to_owned(), ids::user_id)
}
