//! Requests for one issue and one crash report, which several tools send, and the page of an issue in the console.

use serde_json::json;

use super::{get, path, post};
use crate::args::CrashId;
use crate::project::CrashSightApp;
use crate::request::{CachePolicy, Request};

/// The vendor's operation.
pub(super) const ISSUE_INFO: &str = "issueInfo";

/// `lastCrashInfo`: the newest crash of an issue.
pub(super) const LAST_CRASH: &str = "lastCrashInfo";

/// `crashDoc`: one crash report with its files.
pub(super) const CRASH_DOC: &str = "crashDoc";

/// `appDetailCrash`: the files and logs of one crash report.
pub(super) const CRASH_FILES: &str = "appDetailCrash";

/// `fetchCrashAttachments`: files that were uploaded with a crash.
pub(super) const ATTACHMENTS: &str = "fetchCrashAttachments";

/// Bases of the service's own consoles. Other bases are proxies or test peers, which have none.
const CONSOLES: [&str; 2] = ["https://crashsight.qq.com", "https://crashsight.wetest.net"];

/// The page of an issue in the web console (docs/vendor/crashsight.md).
pub(crate) fn console(app: &CrashSightApp, issue: &str) -> Option<String> {
    let plain = !issue.is_empty() && issue.bytes().all(|b| b.is_ascii_hexdigit());
    (plain && CONSOLES.contains(&app.account.base.as_str())).then(|| {
        format!(
            "{}/crash-reporting/crashes/{}/{issue}?pid={}",
            app.account.base,
            app.id,
            app.platform.number()
        )
    })
}

/// The request for an issue.
pub(super) fn issue_info(app: &CrashSightApp, issue: &str) -> Request {
    let platform = app.platform.number().to_string();
    let body = json!({"platformId": platform, "issueId": issue});
    let documented = get(app, ISSUE_INFO)
        .query("platformId", platform.as_str())
        .query("issueId", issue);
    post(app, ISSUE_INFO, body).with_fallback(documented)
}

/// The request for the newest crash of an issue.
pub(super) fn last_crash_info(app: &CrashSightApp, issue: &str) -> Request {
    let platform = app.platform.number().to_string();
    // The key is plural and holds one id.
    let body = json!({
        "platformId": platform,
        "issues": issue,
        "crashDataType": "undefined",
    });
    let documented = get(app, LAST_CRASH)
        .query("platformId", platform.as_str())
        .query("issues", issue)
        .query("crashDataType", "undefined")
        .with_nonce("fsn");
    post(app, LAST_CRASH, body).with_fallback(documented)
}

/// The request for a report, which never changes: its response is kept.
pub(super) fn crash_doc(app: &CrashSightApp, crash: &CrashId) -> Request {
    let platform = app.platform.number().to_string();
    let body = json!({
        "platformId": platform,
        "crashHash": crash.hash(),
        // Matters on PC alone; empty is the vendor's default.
        "logtype": "",
        "needQueryCustomKv": true,
    });
    let documented = get(app, CRASH_DOC)
        .query("platformId", platform.as_str())
        .query("crashHash", crash.hash())
        .with_nonce("fsn");
    post(app, CRASH_DOC, body)
        .cache(CachePolicy::Immutable)
        .with_fallback(documented)
}

/// The request for a report's files, which never change: its response is kept.
pub(super) fn crash_files(app: &CrashSightApp, crash: &CrashId) -> Request {
    let platform = app.platform.number().to_string();
    let body = json!({"platformId": platform, "crashHash": crash.hash()});
    let documented = get(app, CRASH_FILES)
        .query("platformId", platform.as_str())
        .query("crashHash", crash.hash())
        .with_nonce("fsn");
    post(app, CRASH_FILES, body)
        .cache(CachePolicy::Immutable)
        .with_fallback(documented)
}

/// The request for files uploaded with a crash, by their names. It knows no platform, and ids without colons.
pub(super) fn crash_attachments(app: &CrashSightApp, crash: &CrashId, names: &[&str]) -> Request {
    let body = json!({
        "appId": app.id,
        "crashIdList": [crash.as_str()],
        "attachmentFilenameList": names,
    });
    let account = app.account.name.clone();
    // A log may be uploaded after its report.
    Request::post(account, ATTACHMENTS, path(ATTACHMENTS), body).cache(CachePolicy::OneHour)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_given_where_the_console_is_known() {
        let at = |base: &str| {
            let projects = crate::testing::projects(base);
            let name = serde_json::from_value(json!("starfall-pc")).unwrap();
            let app = projects.crashsight(Some(&name)).unwrap();
            console(&app, "a0fd")
        };
        assert_eq!(
            at("https://crashsight.qq.com").as_deref(),
            Some("https://crashsight.qq.com/crash-reporting/crashes/d98b9f7eec/a0fd?pid=10")
        );
        assert_eq!(at("http://127.0.0.1:1"), None, "a proxy has no console");
    }
}
