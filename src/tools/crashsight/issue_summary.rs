//! An issue as a search returns it: what it is, how often and when it occurs, and who handles it.

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Serialize;

use super::codes;
use super::issue_parts::{Bug, Clocks, IssueVersion};
use super::members::{Person, people};
use super::mistaken_id::same_id;
use super::requests::{console, issue_info};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::{Cell, Untrusted};
use crate::tools::output::Time;
use crate::upstream::api::Api;

/// An issue of a list. Counts are since its first report.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct IssueSummary {
    /// The id, whole.
    pub(crate) issue: Option<Untrusted>,
    pub(crate) exception: Option<Untrusted>,
    pub(crate) message: Option<Untrusted>,
    pub(crate) key_stack: Option<Untrusted>,
    pub(crate) devices: Option<i64>,
    pub(crate) reports: Option<i64>,
    /// Reports that match a search, where the service counts them.
    pub(crate) matching_reports: Option<i64>,
    /// Devices of the reports that match.
    pub(crate) matching_devices: Option<i64>,
    /// Of the devices, those with system exits.
    system_exit_devices: Option<i64>,
    /// Of the reports, those that are system exits.
    system_exit_reports: Option<i64>,
    pub(crate) first_report_at: Option<Time>,
    pub(crate) last_report_at: Option<Time>,
    /// The version of the first report.
    pub(crate) first_version: Option<Untrusted>,
    /// The last report that matched, to be read with `crashsight_get_crash`.
    last_crash: Option<Untrusted>,
    pub(crate) state: Option<&'static str>,
    pub(crate) state_code: Option<i64>,
    /// The people who handle it.
    pub(crate) assignees: Vec<Person>,
    pub(crate) tags: Vec<Untrusted>,
    pub(crate) feature: Option<Untrusted>,
    pub(crate) versions: Vec<IssueVersion>,
    pub(crate) bugs: Vec<Bug>,
    exception_type_code: Option<i64>,
    /// The group of issues it belongs to.
    parent: Option<Untrusted>,
    /// Its page in the web console.
    pub(crate) console_url: Option<String>,
}

impl IssueSummary {
    /// An issue by its id, with one request; `None` where the service knows no such issue.
    pub(crate) async fn of(
        api: &Api<'_>,
        app: &CrashSightApp,
        id: &str,
        zone: &TimeZone,
    ) -> Result<Option<Self>, Error> {
        let response = api.send(issue_info(app, id)).await?;
        let data = JsonRef::new(&response.data).only();
        let Some(issue) = Self::read(data, app, zone) else {
            return Ok(None);
        };
        let other = issue.issue.as_ref().map(Untrusted::raw);
        if other.is_some_and(|other| !same_id(other, id)) {
            return Err(Error::unexpected_response(anyhow::anyhow!(
                "the service answered with another issue"
            )));
        }
        Ok(Some(issue))
    }

    /// Reads a row; `None` where it names no issue and counts nothing, with which the service fills up.
    pub(crate) fn read(row: JsonRef<'_>, app: &CrashSightApp, zone: &TimeZone) -> Option<Self> {
        let site = &app.account.zone;
        let clocks = Clocks { site, reader: zone };
        let time = |fields: &[&str]| clocks.first_of(row, fields);
        // Some answers hold plain ids (docs/vendor/crashsight.md §12).
        let id = row.any(&["issueId", "issueHash"]).untrusted();
        let issue = id.or_else(|| row.untrusted());
        let is_id = |id: &Untrusted| id.raw().bytes().all(|b| b.is_ascii_hexdigit());
        let console_url = issue
            .as_ref()
            .filter(|id| is_id(id))
            .and_then(|id| console(app, id.raw()));
        let state_code = row.any(&["status", "state"]).count();
        let read = Self {
            issue,
            exception: row.get("exceptionName").untrusted(),
            message: row.get("exceptionMessage").untrusted(),
            key_stack: row.get("keyStack").untrusted(),
            devices: row.any(&["imeiCount", "crashUser"]).count(),
            reports: row.any(&["crashNum", "count"]).count(),
            matching_reports: row.any(&["matchCount", "crashMatchCount"]).count(),
            matching_devices: row.any(&["deviceMatchCount", "matchDeviceCount"]).count(),
            system_exit_devices: row.get("sysImeiCount").count(),
            system_exit_reports: row.get("sysCount").count(),
            first_report_at: time(&["firstUploadTimestamp", "firstUploadTime"]),
            // The timestamp may be 0, and the name of the text is misspelt (docs/vendor/crashsight.md §8).
            last_report_at: time(&[
                "lastestUploadTime",
                "latestUploadTime",
                "latestUploadTimestamp",
            ]),
            first_version: row.get("firstCrashVersion").untrusted(),
            last_crash: {
                let report = row.get("lastMatchedReport").get("crashMap");
                report.any(&["crashId", "crashHash"]).untrusted()
            },
            state: state_code.and_then(codes::state_word),
            state_code,
            assignees: people(row.any(&["processor", "processors"])),
            tags: tags(row.any(&["tagInfoList", "tags", "tag"])),
            feature: row.get("ftName").untrusted(),
            versions: {
                let versions = row.get("issueVersions").list();
                versions
                    .filter_map(|row| IssueVersion::read(row, clocks))
                    .collect()
            },
            bugs: row.get("bugs").list().filter_map(Bug::read).collect(),
            exception_type_code: row.get("issueExceptionType").count(),
            parent: row.get("parentHash").untrusted(),
            console_url,
        };
        let counted = [read.devices, read.reports]
            .into_iter()
            .flatten()
            .any(|count| count > 0);
        let named = [&read.issue, &read.exception, &read.key_stack];
        (counted || named.iter().any(|name| name.is_some())).then_some(read)
    }

    /// What broke, and where.
    pub(crate) fn what_and_where(&self) -> Cell {
        let raw = |text: &Option<Untrusted>| text.as_ref().map(|text| text.raw().to_owned());
        codes::what_and_where(
            raw(&self.exception).as_deref(),
            raw(&self.message).as_deref(),
            raw(&self.key_stack).as_deref(),
        )
    }

    /// Its tags.
    pub(super) fn tags_cell(&self) -> Cell {
        codes::words_cell(self.tags.iter())
    }

    /// The bugs linked to it.
    pub(crate) fn bugs_cell(&self) -> Cell {
        codes::words_cell(self.bugs.iter().filter_map(|bug| bug.id.as_ref()))
    }
}

/// Tag names, from a name, a list of names or one of objects.
fn tags(node: JsonRef<'_>) -> Vec<Untrusted> {
    match node.untrusted() {
        Some(name) => vec![name],
        None => node
            .list()
            .filter_map(|tag| tag.untrusted().or_else(|| tag.get("tagName").untrusted()))
            .collect(),
    }
}
