//! Crash reports as rows of a list: as `crashList` and `queryCrashList` return them.

use std::collections::HashSet;

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Serialize;

use super::codes;
use super::conditions::Field;
use super::report_rows::{cell, id_cell, time_cell};
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::{Cell, Fact, Table, Untrusted};
use crate::tools::output::Time;

/// A crash report of a list.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CrashRow {
    pub(crate) crash: Option<Untrusted>,
    pub(crate) issue: Option<Untrusted>,
    pub(crate) uploaded_at: Option<Time>,
    pub(crate) crashed_at: Option<Time>,
    pub(crate) exception: Option<Untrusted>,
    pub(crate) message: Option<Untrusted>,
    /// The frame that the service takes for the fault's.
    pub(crate) fault_frame: Option<Untrusted>,
    pub(crate) version: Option<Untrusted>,
    pub(crate) model: Option<Untrusted>,
    brand: Option<Untrusted>,
    pub(crate) os: Option<Untrusted>,
    pub(crate) country: Option<Untrusted>,
    pub(crate) user: Option<Untrusted>,
    pub(crate) device_id: Option<Untrusted>,
    pub(crate) emulator: Option<bool>,
    pub(crate) after_launch_s: Option<i64>,
    pub(crate) free_memory_bytes: Option<i64>,
    pub(crate) memory_bytes: Option<i64>,
    /// Whether the SDK uploaded a log with it, for `crashsight_get_crash_attachments`.
    has_log_file: Option<bool>,
    #[serde(skip)]
    country_code: Option<Untrusted>,
    #[serde(skip)]
    pub(crate) cpu: Option<Untrusted>,
    #[serde(skip)]
    pub(crate) gpu: Option<Untrusted>,
    /// What kind of report it is, as the service's code.
    #[serde(skip)]
    pub(crate) type_code: Option<Untrusted>,
}

impl CrashRow {
    /// Reads a row; its id may be the key that it is listed under.
    pub(super) fn read(id: &str, row: JsonRef<'_>, app: &CrashSightApp, zone: &TimeZone) -> Self {
        let time = |fields: [&str; 2]| {
            let site = &app.account.zone;
            let at = fields.iter().find_map(|name| row.get(name).instant(site));
            Time::of(at, zone)
        };
        let text = |names: &[&str]| row.any(names).untrusted();
        let bytes = |name: &str| row.get(name).count().filter(|bytes| *bytes > 0);
        let id = Some(id).filter(|id| !id.is_empty()).map(Untrusted::from);
        Self {
            crash: text(&["crashId", "crashHash"]).or(id),
            issue: text(&["issueId", "issueHash"]),
            uploaded_at: time(["uploadTimestamp", "uploadTime"]),
            crashed_at: time(["crashTimestamp", "crashTime"]),
            exception: text(&["expName", "exceptionName"]),
            message: text(&["expMessage", "exceptionMessage"]),
            fault_frame: text(&["expAddr", "keyStack"]),
            version: text(&["productVersion"]),
            model: text(&["model", "modelOriginalName", "hardware"]),
            brand: text(&["brand"]),
            os: text(&["osVer", "osVersion"]),
            country: text(&["country", "countryOrRegion", "countryOrRegionCode"]),
            country_code: text(&["countryOrRegionCode"]),
            user: text(&["userId"]),
            device_id: text(&["deviceId"]),
            // 0 is a real device (docs/vendor/crashsight.md §8).
            emulator: row.get("isVirtualMachine").count().map(|code| code != 0),
            after_launch_s: bytes("elapsedTime").map(|elapsed_ms| elapsed_ms / 1_000),
            free_memory_bytes: bytes("freeMem"),
            memory_bytes: bytes("memSize"),
            has_log_file: row.get("hasLogFile").flag(),
            cpu: text(&["cpuName"]),
            gpu: text(&["gpu", "gpuName"]),
            type_code: row
                .any(&["crashExceptionType", "type"])
                .label()
                .map(Untrusted::new),
        }
    }

    /// The values of a field that the row has.
    pub(super) fn values(&self, field: Field) -> Vec<&str> {
        let values = match field {
            Field::Version => [self.version.as_ref(), None],
            Field::Model => [self.model.as_ref(), None],
            Field::OsVersion => [self.os.as_ref(), None],
            Field::Country => [self.country.as_ref(), self.country_code.as_ref()],
            Field::User => [self.user.as_ref(), None],
            Field::Device => [self.device_id.as_ref(), None],
            Field::Issue => [self.issue.as_ref(), None],
            Field::Crash => [self.crash.as_ref(), None],
            Field::ExceptionType | Field::Stack | Field::Oom => [None, None],
        };
        let values = values.into_iter().flatten();
        values.map(Untrusted::raw).collect()
    }

    /// What broke, and where.
    pub(crate) fn what_and_where(&self) -> Cell {
        let raw = |text: &Option<Untrusted>| text.as_ref().map(|text| text.raw().to_owned());
        codes::what_and_where(
            raw(&self.exception).as_deref(),
            raw(&self.message).as_deref(),
            raw(&self.fault_frame).as_deref(),
        )
    }
}

/// Rows with the ids that they are listed under: the listed ids in their order, then reports that no id lists. Reports
/// may be a map or a list, and under other names (docs/vendor/crashsight.md §12).
pub(super) fn listed(data: JsonRef<'_>) -> Vec<(&str, JsonRef<'_>)> {
    let reports = data.any(&[
        "crashDatas",
        "items",
        "crashList",
        "crashDataList",
        "records",
    ]);
    let ids = data.get("crashIdList").list_of_text();
    let ids: Vec<&str> = ids.into_iter().filter(|id| !id.is_empty()).collect();
    let known: HashSet<&str> = ids.iter().copied().collect();
    let mut rows: Vec<(&str, JsonRef<'_>)> = Vec::new();
    if reports.is_object() {
        rows.extend(ids.iter().map(|id| (*id, reports.get(id))));
        let others = reports.entries().filter(|(id, _)| !known.contains(id));
        // A row of defaults is the documentation's example, not a report.
        rows.extend(others.filter(|(_, row)| row.says_something()));
    } else {
        let listed = reports.list().map(|row| ("", row));
        rows.extend(listed.filter(|(_, row)| row.says_something()));
        if rows.is_empty() {
            rows.extend(ids.iter().map(|id| (*id, JsonRef::default())));
        }
    }
    rows
}

/// A table of reports; of one issue without what the title has.
pub(super) fn table(crashes: &[CrashRow], of_one_issue: bool) -> Table {
    let mut table = Table::new(&[
        "uploaded",
        "version",
        "device",
        "OS",
        "user",
        "device id",
        "exception · where",
        "issue",
        "crash",
    ]);
    for crash in crashes {
        let of_issue = [crash.what_and_where(), id_cell(crash.issue.as_ref())];
        let [what, issue] = if of_one_issue {
            [Cell::Missing, Cell::Missing]
        } else {
            of_issue
        };
        table.rows.push(vec![
            time_cell(crash.uploaded_at.as_ref()),
            cell(crash.version.as_ref()),
            cell(crash.model.as_ref()),
            cell(crash.os.as_ref()),
            cell(crash.user.as_ref()),
            cell(crash.device_id.as_ref()),
            what,
            issue,
            id_cell(crash.crash.as_ref()),
        ]);
    }
    table
}

/// Said where the service returned rows that do not match.
pub(super) fn not_applied(rows: usize) -> Option<String> {
    let rows = match rows {
        0 => return None,
        1 => "1 row that does not match is".to_owned(),
        more => format!("{more} rows that do not match are"),
    };
    Some(format!(
        "{rows} left out: the service does not apply every condition"
    ))
}

/// Takes out of a table what is the same in each of its rows, where there are several. The first and the last column
/// stay, by which a row is known.
pub(crate) fn lift_common(table: &mut Table) -> Vec<Fact> {
    let [first, _, ..] = &table.rows[..] else {
        return Vec::new();
    };
    let first = first.clone();
    let mut facts = Vec::new();
    for at in 1..first.len().saturating_sub(1) {
        let common = &first[at];
        let is_common = |row: &Vec<Cell>| row.get(at) == Some(common);
        if *common == Cell::Missing || !table.rows.iter().all(is_common) {
            continue;
        }
        let label = table.columns.get(at).map_or("", String::as_str);
        // `exception · where` is one value, and ` · ` separates facts.
        let label = label.split(" · ").next().unwrap_or_default();
        facts.push(Fact::new(label, common.clone()));
        for row in &mut table.rows {
            row[at] = Cell::Missing;
        }
    }
    if !facts.is_empty() {
        facts.insert(0, Fact::new("", Cell::text("in every row")));
    }
    facts
}
