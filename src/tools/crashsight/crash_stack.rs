//! One report as far as crashes are compared: its exception and its stack.

use super::crash_report::{Report, Sources};
use super::mistaken_id::same_id;
use super::requests::{crash_doc, last_crash_info};
use crate::args::CrashId;
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::{CrashSightApp, SourceRules};
use crate::upstream::api::Api;
use crate::upstream::large::read_sized;

/// A report's exception and stack, as they arrived.
pub(crate) struct CrashStack {
    /// Its id.
    pub(crate) crash: Option<String>,
    /// The id of its issue.
    pub(crate) issue: Option<String>,
    pub(crate) exception: Option<String>,
    pub(crate) message: Option<String>,
    /// The app's package or bundle id.
    pub(crate) bundle: Option<String>,
    /// The stack without what a log put around it.
    pub(crate) text: Option<String>,
}

impl CrashStack {
    /// The newest report of an issue, with one request; `None` where the service keeps none.
    pub(crate) async fn newest_of(
        api: &Api<'_>,
        app: &CrashSightApp,
        issue: &str,
    ) -> Result<Option<Self>, Error> {
        let response = api.send(last_crash_info(app, issue)).await?;
        let (source, issue) = (app.source.clone(), issue.to_owned());
        let read = read_sized(response.bytes, move || {
            let data = JsonRef::new(&response.data).only();
            if !data.any(&["crashId", "crashHash", "crashTime"]).exists() {
                return Ok(None);
            }
            check(data.get("issueId"), &issue, "a crash of another issue")?;
            let crash = Sources {
                crash: data,
                ..Sources::default()
            };
            anyhow::Ok(Some(Self::read(crash, &source)))
        });
        read.await?.map_err(Error::unexpected_response)
    }

    /// A report by its id, with one request; `None` where the service knows no such crash.
    pub(crate) async fn of(
        api: &Api<'_>,
        app: &CrashSightApp,
        crash: &CrashId,
    ) -> Result<Option<Self>, Error> {
        let response = api.send(crash_doc(app, crash)).await?;
        let (source, crash) = (app.source.clone(), crash.as_str().to_owned());
        let read = read_sized(response.bytes, move || {
            let root = JsonRef::new(&response.data);
            let report = root.get("crashMap");
            if root.get("exists").flag() == Some(false) || !report.says_something() {
                return Ok(None);
            }
            let id = report.any(&["crashId", "crashHash", "id"]);
            check(id, &crash, "another crash")?;
            let sources = Sources {
                crash: report,
                detail: root.get("detailMap"),
                ..Sources::default()
            };
            anyhow::Ok(Some(Self::read(sources, &source)))
        });
        read.await?.map_err(Error::unexpected_response)
    }

    fn read(sources: Sources<'_>, source: &SourceRules) -> Self {
        let crash = sources.crash;
        let report = Report::new(sources, source);
        let text = |names: &[&str]| crash.any(names).text().map(str::to_owned);
        Self {
            crash: crash.any(&["crashId", "crashHash"]).label(),
            issue: crash.any(&["issueId", "issueHash"]).label(),
            exception: text(&["expName", "exceptionName"]),
            message: text(&["expMessage", "exceptionMessage"]),
            bundle: text(&["bundleId", "processName"]),
            text: report.text().map(|text| text.text().to_owned()),
        }
    }
}

/// Refuses a response that names another id than the one asked for.
fn check(found: JsonRef<'_>, asked: &str, what: &str) -> anyhow::Result<()> {
    if let Some(other) = found.label().filter(|other| !same_id(other, asked)) {
        let other = crate::reply::inline(&other, 60);
        anyhow::bail!("the service answered with {what}, {other}");
    }
    Ok(())
}
