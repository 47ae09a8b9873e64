//! `queryOomList`: crashes with their memory figures.

use serde_json::{Value, json};

use super::conditions::Conditions;
use super::crashes::user_text;
use super::envelope::joined;
use super::query::{Answer, Query};
use crate::crash::Crash;
use crate::devices::COUNTRIES;
use crate::ids;
use crate::issues::Issue;
use crate::projects::Platform;
use crate::report::{Context, SDK_VERSION};

/// Reports that match the conditions, newest first.
pub(crate) fn list(query: &Query<'_>) -> Answer {
    let search = query.params.inner("search");
    let found = Conditions::read(&search, query.world)?.find(query.project);
    let rows = found.iter().take(query.params.rows("limit", 10));
    let items: Vec<Value> = rows
        .map(|(issue, crash)| item(query, issue, crash))
        .collect();
    Ok(json!({"total": found.len(), "items": items, "aggList": [], "modelProductNameMap": {}}))
}

fn item(query: &Query<'_>, issue: &Issue, crash: &Crash) -> Value {
    let id = crash.key.id(query.world.seed);
    let context = Context::new(issue, crash, query.world.seed);
    let (profile, memory) = (crash.profile(), context.memory());
    let facts = query.project.facts();
    let used = memory.size - memory.free;
    let basis = if issue.is_oom() {
        "predicted PSS above the threshold"
    } else {
        ""
    };
    let head = json!({
        "appId": facts.app,
        "platformId": facts.platform,
        "version": crash.version(),
        "userId": user_text(crash),
        "deviceId": ids::device_id(query.project, crash.device),
        "model": profile.model.name,
        "modelProductName": profile.model.name,
        "osVer": profile.system,
        "cpuName": profile.model.cpu,
        "ramGib": (memory.size + (1 << 29)) >> 30,
        "isOom": issue.is_oom(),
        "mark": basis,
        "expMsg": issue.message(),
        "oomThresholdBytes": memory.size / 100 * 78,
        "predictedPssBytes": used / 100 * 86,
        "lowMemory": issue.is_oom(),
        "elapsedTime": context.seconds_after_launch() * 1000,
        "uploadTimestamp": crash.uploaded_ms,
        "sdkVersion": SDK_VERSION,
        "sdkSessionId": context.session_id(),
        "sessionUuid": context.session_id(),
        "matchUuid": "",
        "expUid": id,
        "bucketPath": "",
        "srcCountry": COUNTRIES.get(profile.country).map_or("", |country| country.code),
        "keyValue": {},
        "martianLog": "",
        "userSceneTag": "",
        "isVirtualMachine": i32::from(profile.emulator),
        "importance": 100,
    });
    let bytes = if query.project.platform() == Platform::Ios {
        json!({
            "iosFootprintMemoryBytes": used / 100 * 86,
            "iosResidentMemoryBytes": used / 100 * 91,
            "iosFreeMemoryBytes": memory.free,
            "iosTotalMemoryBytes": memory.size,
            "iosProcessTotalAvailableMemoryBytes": memory.free / 2,
        })
    } else {
        json!({
            "aosTotalMemoryBytes": memory.size,
            "aosFreeMemInfoBytes": memory.free,
            "aosPssInfoBytes": used / 100 * 83,
            "aosRssBytes": used / 100 * 91,
        })
    };
    joined(head, bytes)
}
