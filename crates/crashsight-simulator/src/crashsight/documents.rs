//! One crash in full: the document and its files.

use serde_json::{Value, json};

use super::crashes::user_text;
use super::envelope::{Refusal, joined};
use super::query::{Answer, Query};
use crate::calendar;
use crate::crash::Crash;
use crate::devices::COUNTRIES;
use crate::hash_random::mix;
use crate::ids;
use crate::issues::{Issue, Quirk};
use crate::report::{Attachment, Context, FileType, SDK_VERSION};

/// Finds the crash that `crashHash` names.
fn find(query: &Query<'_>) -> Result<(&'static Issue, Crash), Refusal> {
    let hash = query.required("crashHash")?;
    query
        .world
        .crash(&hash)
        .filter(|(issue, _)| issue.project == query.project)
        .ok_or_else(|| Refusal::not_found("crash not found"))
}

/// The crash and its files.
pub(crate) fn crash_doc(query: &Query<'_>) -> Answer {
    let (issue, crash) = find(query)?;
    let context = Context::new(issue, &crash, query.world.seed);
    let files = context.attachments();
    Ok(json!({
        "reqSendTimestamp": 0,
        "rspReceivedTimestamp": 0,
        "rspSendTimestamp": 0,
        "numFound": 0,
        "crashMap": joined(
            report(query, issue, &crash, &context),
            surroundings(issue, &crash, &context),
        ),
        "detailMap": detail_map(query, issue, &crash, &context, &files),
        "launchTime": context.seconds_after_launch(),
    }))
}

/// What happened, when, and in which build.
fn report(query: &Query<'_>, issue: &Issue, crash: &Crash, context: &Context<'_>) -> Value {
    let id = crash.key.id(query.world.seed);
    let profile = crash.profile();
    json!({
        "id": ids::with_colons(&id),
        "issueId": issue.id,
        "productVersion": crash.version(),
        "model": profile.model.name,
        "userId": user_text(crash),
        "expMessage": issue.message(),
        "type": issue.report_type(),
        "processName": context.process(),
        "retraceStatus": context.retrace_status(),
        "uploadTime": calendar::utc_text(crash.uploaded_ms),
        "uploadTimestamp": crash.uploaded_ms,
        "crashTime": calendar::utc_text(crash.crashed_ms()),
        "crashTimestamp": crash.crashed_ms(),
        "mergeVersion": "11",
        "messageVersion": "2",
        "isSystemStack": 0,
        "rqdUuid": context.session_id(),
        "retraceResult": "1_0_2_0_0_0_0_9_0",
        "appInBack": context.in_background().to_string(),
        "cpuType": context.cpu_type(),
        "subVersionIssueId": format!("{:016X}{:016X}", mix(issue.key ^ 2), mix(issue.key ^ 3)),
        "crashId": id,
        "bundleId": issue.project.facts().bundle,
        "sdkVersion": SDK_VERSION,
        "osVer": profile.system,
        "expAddr": context.fault_frame(),
        "threadName": context.thread_name(),
    })
}

/// The device, and the stack.
fn surroundings(issue: &Issue, crash: &Crash, context: &Context<'_>) -> Value {
    let profile = crash.profile();
    let memory = context.memory();
    let started_ms = context.started_ms();
    json!({
        "memSize": memory.size.to_string(),
        "diskSize": memory.disk.to_string(),
        "imei": "null",
        "imsi": "null",
        "cpuName": profile.model.cpu,
        "brand": profile.model.brand,
        "freeMem": memory.free.to_string(),
        "freeStorage": memory.free_disk.to_string(),
        "freeSdCard": memory.free_disk.to_string(),
        "mac": "null",
        "country": COUNTRIES.get(profile.country).map_or("", |country| country.code),
        "totalSD": memory.disk.to_string(),
        "channelId": "official",
        "startTime": started_ms.to_string(),
        "startTimestamp": started_ms,
        "callStack": context.raw_stack(),
        "retraceCrashDetail": context.stack(),
        "buildNumber": profile.model.brand,
        "rom": context.rom(),
        "retraceTimestamp": crash.uploaded_ms + 1_200,
        "apn": context.network(),
        "appInAppstore": false,
        "expName": issue.exception(),
        "deviceId": ids::device_id(issue.project, crash.device),
        "crashCount": 0,
        "isRooted": context.rooted().to_string(),
        "isVirtualMachine": i32::from(profile.emulator),
        "modelOriginalName": profile.model.name,
        "gpu": profile.model.gpu,
        "hasLogFile": true,
    })
}

fn detail_map(
    query: &Query<'_>,
    issue: &Issue,
    crash: &Crash,
    context: &Context<'_>,
    files: &[Attachment],
) -> Value {
    let id = crash.key.id(query.world.seed);
    let mut details = json!({
        "attatchCount": 0,
        "quaInner": null,
        "appInfo": null,
        "stackName": names(files, FileType::Thread),
        "excepitonAddress": null,
        "retraceCrashDetail": context.stack(),
        "freeMem": 0,
        "appBaseAddr": null,
        "battery": context.battery(),
        "now": null,
        "archVersion": null,
        "attachName": "valueMapOthers.txt;log.txt;",
        "tel": null,
        "id": ids::with_colons(&id),
    });
    if issue.spec.quirk != Quirk::FilesElsewhere {
        let file = |file: &Attachment| {
            json!({
                "fileName": file.name,
                "codeType": 0,
                "fileType": file.kind.code(),
                "fileContent": file.content,
            })
        };
        details["fileList"] = files.iter().map(file).collect();
    }
    joined(
        details,
        json!({
            "email": null,
            "srcIp": context.address(),
            "uploadTimestamp": crash.uploaded_ms,
            "productIdentity": null,
            "freeSdCard": 0,
            "serverKey": names(files, FileType::ServerKey),
            "isGZIP": 0,
            "cpu": 0,
            "uploadTime": calendar::utc_text(crash.uploaded_ms),
            "userKey": names(files, FileType::UserKey),
            "romName": context.rom(),
            "threadName": null,
            "contactAll": id,
            "sdkId": null,
            "callStack": context.raw_stack(),
            "fileDir": null,
            "sdkVersion": crash.version(),
            "comment": null,
            "freeStorage": 0,
        }),
    )
}

/// Names of the files of one type, each followed by `;`.
fn names(files: &[Attachment], kind: FileType) -> String {
    let names = files.iter().filter(|file| file.kind == kind);
    names.flat_map(|file| [file.name.as_str(), ";"]).collect()
}

/// The files without the document.
pub(crate) fn app_detail(query: &Query<'_>) -> Answer {
    let (issue, crash) = find(query)?;
    let context = Context::new(issue, &crash, query.world.seed);
    let files = context.attachments();
    let row = |file: &Attachment| json!({"fileName": file.name, "fileType": file.kind.code(), "content": file.content});
    let log = files.iter().find(|file| file.kind == FileType::Log);
    let lines: Vec<&str> = log
        .map(|log| log.content.lines().collect())
        .unwrap_or_default();
    Ok(json!({
        "attachName": "valueMapOthers.txt;log.txt;",
        "stackName": names(&files, FileType::Thread),
        "attachList": files.iter().map(row).collect::<Vec<Value>>(),
        "sysLogs": lines,
        "userLogs": [""],
    }))
}
