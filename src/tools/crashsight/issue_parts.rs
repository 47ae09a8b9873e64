//! Parts of an issue that every response about one has: its versions and its bugs.

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Serialize;

use crate::json::JsonRef;
use crate::reply::Untrusted;
use crate::tools::output::Time;

/// A version in which an issue was reported.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct IssueVersion {
    pub(crate) version: Untrusted,
    pub(crate) devices: Option<i64>,
    pub(crate) reports: Option<i64>,
    system_exit_devices: Option<i64>,
    system_exit_reports: Option<i64>,
    pub(crate) first_report_at: Option<Time>,
    pub(crate) last_report_at: Option<Time>,
}

impl IssueVersion {
    /// Reads one of `issueVersions`.
    pub(crate) fn read(row: JsonRef<'_>, clocks: Clocks<'_>) -> Option<Self> {
        Some(Self {
            version: row.get("version").untrusted()?,
            devices: row.get("deviceCount").count(),
            reports: row.get("count").count(),
            system_exit_devices: row.get("systemExitDeviceCount").count(),
            system_exit_reports: row.get("systemExitCount").count(),
            first_report_at: clocks.first_of(row, &["firstUploadTimestamp", "firstUploadTime"]),
            last_report_at: clocks.first_of(row, &["lastUploadTimestamp", "lastUploadTime"]),
        })
    }
}

/// A bug that people linked to an issue.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Bug {
    pub(crate) id: Option<Untrusted>,
    pub(crate) title: Option<Untrusted>,
    pub(crate) url: Option<Untrusted>,
    platform: Option<Untrusted>,
    workspace: Option<Untrusted>,
}

impl Bug {
    /// Reads one of `bugs`.
    pub(crate) fn read(row: JsonRef<'_>) -> Option<Self> {
        let bug = Self {
            id: row.any(&["id", "bugId", "tapdId"]).untrusted(),
            title: row.get("title").untrusted(),
            url: row.any(&["bugUrl", "url"]).untrusted(),
            platform: row.get("bugPlatform").untrusted(),
            workspace: row.get("workspaceId").untrusted(),
        };
        (bug.id.is_some() || bug.title.is_some() || bug.url.is_some()).then_some(bug)
    }
}

/// How times of a response are read and shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clocks<'a> {
    /// The zone of the service's times.
    pub(crate) site: &'a TimeZone,
    /// The zone of the reader.
    pub(crate) reader: &'a TimeZone,
}

impl Clocks<'_> {
    /// The first of these fields that is a moment.
    pub(crate) fn first_of(self, row: JsonRef<'_>, fields: &[&str]) -> Option<Time> {
        let at = fields
            .iter()
            .find_map(|field| row.get(field).instant(self.site));
        Time::of(at, self.reader)
    }
}
