//! CrashSight: the 25 operations of the seeds that have a contract, and the 18 others of the vendor's SDK.
//!
//! [`OPERATIONS`] is the list: the forms of an operation, its envelope, and the function that
//! makes the payload. The manual's form and the 2026 form are served alike.

mod aggregate;
mod attachments;
mod columns;
mod conditions;
mod crashes;
mod device_user_queries;
mod dimensions;
mod documents;
mod envelope;
mod issue_trend;
mod issues;
mod launches;
mod oom;
mod overview;
mod query;
mod search;
mod summaries;
mod top;
mod triage_writes;

use serde_json::Value;

pub use self::envelope::Envelopes;
use self::envelope::{Refusal, Shape};
use self::query::{Answer, Query};
use crate::hash_random::hash_text;
use crate::params::Params;
use crate::projects::Project;
use crate::triage::Triage;
use crate::world::World;

/// A method, and the names of the arguments in the path.
pub(crate) struct Form {
    pub(crate) method: &'static str,
    pub(crate) names: &'static [&'static str],
}

/// One operation.
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) forms: &'static [Form],
    shape: Shape,
    payload: fn(&Query<'_>) -> Answer,
}

/// The user may not see this app.
pub(crate) struct Forbidden;

const fn form(method: &'static str, names: &'static [&'static str]) -> Form {
    Form { method, names }
}

/// JSON in the body.
const POST: &[Form] = &[form("POST", &[])];
/// JSON in the body, the platform in the path.
const POST_PLATFORM: &[Form] = &[form("POST", &["platformId"])];
/// Both forms of `getCrashUserInfo` (docs/vendor/crashsight.md §13).
const POST_EITHER: &[Form] = &[form("POST", &[]), form("POST", &["platformId"])];
/// Body, query, or an issue in the path.
const ISSUE: &[Form] = &[
    form("POST", &[]),
    form("GET", &[]),
    form("GET", &["appId", "platformId", "issueId"]),
];
/// Hours in the path, as the official scripts have it; the seed posts.
const HOURS: &[Form] = &[
    form("POST", &[]),
    form(
        "GET",
        &[
            "appId",
            "platformId",
            "version",
            "startHour",
            "endHour",
            "type",
            "vm",
        ],
    ),
];

const fn operation(
    name: &'static str,
    forms: &'static [Form],
    shape: Shape,
    payload: fn(&Query<'_>) -> Answer,
) -> Operation {
    Operation {
        name,
        forms,
        shape,
        payload,
    }
}

/// Every operation, in the order of the vendor's manual.
pub(crate) const OPERATIONS: &[Operation] = &[
    operation("getTopIssueHourly", POST, Shape::Bare, top::of_hour),
    operation("getTrendEx", POST, Shape::RetData, overview::daily),
    operation(
        "getRealTimeAppendStat",
        &[
            form("GET", &[]),
            form(
                "GET",
                &[
                    "appId",
                    "platformId",
                    "version",
                    "startHour",
                    "endHour",
                    "type",
                ],
            ),
        ],
        Shape::RetData,
        overview::day_stats,
    ),
    operation(
        "getAppRealTimeTrendAppend",
        HOURS,
        Shape::RetData,
        overview::cumulative,
    ),
    operation(
        "getRealTimeHourlyStat",
        HOURS,
        Shape::Bare,
        overview::hourly,
    ),
    operation(
        "getAppRealTimeTrendAppendEx",
        POST,
        Shape::RetData,
        overview::cumulative,
    ),
    operation("getTopIssueEx", POST, Shape::RetNumber, top::of_days),
    operation(
        "getRealTimeHourlyStatEx",
        POST,
        Shape::RetData,
        overview::hourly,
    ),
    operation(
        "queryAdvancedTrend",
        POST,
        Shape::RetNumber,
        overview::advanced,
    ),
    operation("addTag", POST, Shape::RetStatusCode, triage_writes::add_tag),
    operation(
        "getStackDeviceInfo",
        POST_PLATFORM,
        Shape::Columns,
        device_user_queries::stack_devices,
    ),
    operation(
        "getCrashUserList",
        POST_PLATFORM,
        Shape::Columns,
        device_user_queries::users,
    ),
    operation(
        "getStackCrashStat",
        POST_PLATFORM,
        Shape::Columns,
        device_user_queries::stack_count,
    ),
    operation(
        "getCrashDeviceStat",
        POST_PLATFORM,
        Shape::Columns,
        device_user_queries::device_crashes,
    ),
    operation(
        "getCrashDeviceInfo",
        POST_PLATFORM,
        Shape::Columns,
        device_user_queries::issue_devices,
    ),
    operation(
        "getDeviceUserInfo",
        POST_PLATFORM,
        Shape::Columns,
        device_user_queries::device_users,
    ),
    operation("noteList", ISSUE, Shape::RetArray, issues::notes),
    operation("issueInfo", ISSUE, Shape::Ret, issues::info),
    operation(
        "lastCrashInfo",
        &[
            form("POST", &[]),
            form("GET", &[]),
            form("GET", &["appId", "platformId", "issues", "crashDataType"]),
        ],
        Shape::Hundred,
        crashes::last,
    ),
    operation(
        "crashList",
        &[form("POST", &[]), form("GET", &["crashDataType"])],
        Shape::RetStatusCode,
        crashes::list,
    ),
    operation(
        "appDetailCrash",
        &[form("POST", &[]), form("GET", &[])],
        Shape::Ret,
        documents::app_detail,
    ),
    operation(
        "crashDoc",
        &[
            form("POST", &[]),
            form("GET", &[]),
            form("GET", &["appId", "platformId", "crashHash"]),
        ],
        Shape::Flat,
        documents::crash_doc,
    ),
    operation("queryIssueList", POST, Shape::Ret, issues::search),
    operation(
        "getSelectorDatas",
        &[
            form("POST", &[]),
            form("GET", &[]),
            form("GET", &["appId", "pid"]),
        ],
        Shape::RetData,
        issues::options,
    ),
    operation(
        "getCrashUserInfo",
        POST_EITHER,
        Shape::Columns,
        device_user_queries::user_crashes,
    ),
    // Outside the seeds, in the order of the SDK's document.
    operation(
        "fetchDimensionTopStats",
        POST,
        Shape::RetData,
        dimensions::top,
    ),
    operation("fetchDailySummary", POST, Shape::RetData, summaries::daily),
    operation(
        "getMinuteCrashData",
        POST,
        Shape::Columns,
        summaries::by_minute,
    ),
    operation("queryIssueTrend", POST, Shape::RetData, issue_trend::trend),
    operation(
        "updateIssueStatus",
        POST,
        Shape::RetData,
        triage_writes::update_status,
    ),
    operation(
        "addIssueNote",
        POST,
        Shape::RetData,
        triage_writes::add_note,
    ),
    operation(
        "upsertBugs",
        POST,
        Shape::RetNumber,
        triage_writes::create_bugs,
    ),
    operation("queryBugs", POST, Shape::RetData, triage_writes::bugs),
    operation("bindBugs", POST, Shape::RetData, triage_writes::bind_bug),
    operation(
        "queryCrashList",
        POST,
        Shape::RetStatusCode,
        search::crashes,
    ),
    operation("advancedSearchEx", POST, Shape::RetData, search::issues),
    operation("queryAccessList", POST, Shape::RetData, launches::list),
    operation(
        "getMostReportUser",
        POST,
        Shape::RetData,
        search::most_reporting_users,
    ),
    operation(
        "getNetworkDevices",
        POST_PLATFORM,
        Shape::Columns,
        summaries::active,
    ),
    operation(
        "getCrashDeviceInfoByExpUid",
        POST_EITHER,
        Shape::Columns,
        device_user_queries::exception_devices,
    ),
    operation(
        "getVersionDateList",
        POST,
        Shape::Columns,
        summaries::version_dates,
    ),
    operation(
        "fetchCrashAttachments",
        POST,
        Shape::RetData,
        attachments::fetch,
    ),
    operation("queryOomList", POST, Shape::RetData, oom::list),
];

/// The operation with this name.
pub(crate) fn by_name(name: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.name == name)
}

/// The body of the answer.
pub(crate) fn answer(
    operation: &Operation,
    params: &Params,
    world: World,
    triage: &Triage,
    envelopes: Envelopes,
) -> Result<Value, Forbidden> {
    let request_id = params.text("requestid");
    let request_id = request_id.as_deref();
    let trace = format!("{:016x}", hash_text(&format!("{params:?}")));
    let app = params
        .text("appId")
        .or_else(|| params.inner("params").text("appId"));
    let payload = match app {
        None => Err(Refusal::parameter("appId is required")),
        Some(app) => {
            let project = Project::by_app(&app).ok_or(Forbidden)?;
            let platform = params.number("platformId").or_else(|| params.number("pid"));
            if platform.is_some_and(|number| number != i64::from(project.facts().platform)) {
                Err(Refusal::parameter(
                    "platformId does not belong to this appId",
                ))
            } else {
                (operation.payload)(&Query {
                    params,
                    world,
                    triage,
                    project,
                    envelopes,
                })
            }
        }
    };
    Ok(match (payload, envelopes) {
        (Ok(payload), Envelopes::Seed) => operation.shape.wrap(payload, request_id),
        (Ok(payload), Envelopes::Sdk) => operation.shape.wrap_for_sdk(payload),
        (Err(refusal), Envelopes::Seed) => operation.shape.refuse(&refusal, &trace, request_id),
        (Err(refusal), Envelopes::Sdk) => Shape::RetData.refuse(&refusal, &trace, None),
    })
}
