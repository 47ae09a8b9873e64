//! An issue's id where a crash's is wanted, and the reverse: recognised, and led on to the tools that take it.

use serde_json::json;

use super::requests::{crash_doc, issue_info};
use crate::args::CrashId;
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::tools::output::Output;
use crate::upstream::api::Api;

/// Whether two ids are the same, however they are written.
pub(super) fn same_id(one: &str, other: &str) -> bool {
    let digits = |id: &str| -> String { id.chars().filter(|c| *c != ':').collect() };
    digits(one).eq_ignore_ascii_case(&digits(other))
}

/// Whether an error may mean that there is nothing with this id.
pub(super) fn may_be_unknown(error: &Error) -> bool {
    matches!(error, Error::Rejected { .. } | Error::NotAvailable { .. })
}

/// Whether an id that is no crash's is an issue's. A failure to find out is no answer.
pub(super) async fn is_issue(api: &Api<'_>, app: &CrashSightApp, id: &str) -> bool {
    let Ok(response) = api.send(issue_info(app, id)).await else {
        return false;
    };
    let issue = JsonRef::new(&response.data);
    let names = issue.any(&["issueId", "issueHash"]).label();
    names.is_some_and(|found| same_id(&found, id)) && issue.says_something()
}

/// The issue of a crash with this id, which is no issue's. The outer `None` where there is no such crash.
pub(super) async fn issue_of_crash(
    api: &Api<'_>,
    app: &CrashSightApp,
    id: &CrashId,
) -> Option<Option<String>> {
    let response = api.send(crash_doc(app, id)).await.ok()?;
    let root = JsonRef::new(&response.data);
    let crash = root.get("crashMap");
    let found = crash.any(&["crashId", "crashHash", "id"]).label()?;
    if root.get("exists").flag() == Some(false) || !same_id(&found, id.as_str()) {
        return None;
    }
    Some(crash.get("issueId").text().map(str::to_owned))
}

/// Says that there is no such crash, or that the id is an issue's.
pub(super) async fn note_unknown_crash<A>(
    output: &mut Output<A>,
    api: &Api<'_>,
    app: &CrashSightApp,
    id: &str,
) {
    if is_issue(api, app, id).await {
        output.note("this is the id of an issue, not of a crash");
        output.suggest("crashsight_get_last_crash", json!({"issue": id}));
        output.suggest("crashsight_get_issue", json!({"issue": id}));
    } else {
        output.note("no crash with this id in this project");
    }
}

/// Says that the id is a crash's; `false` where it is not.
pub(super) async fn note_crash_for_issue<A>(
    output: &mut Output<A>,
    api: &Api<'_>,
    app: &CrashSightApp,
    id: &CrashId,
) -> bool {
    let Some(issue) = issue_of_crash(api, app, id).await else {
        return false;
    };
    output.note("this is the id of a crash, not of an issue");
    output.suggest("crashsight_get_crash", json!({"crash": id.as_str()}));
    if let Some(issue) = issue {
        output.suggest("crashsight_get_issue", json!({"issue": issue}));
    }
    true
}
