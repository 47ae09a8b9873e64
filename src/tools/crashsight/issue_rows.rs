//! Issues as rows of a list, as three operations return them.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use super::codes;
use super::comparison::Change;
use super::issue_parts::{Bug, Clocks, IssueVersion};
use super::members::{Person, people};
use crate::json::JsonRef;
use crate::reply::Untrusted;
use crate::tools::output::{DeviceRate, Time};

/// An issue without reports for so many days that is reported again has come back.
const ABSENT: SignedDuration = SignedDuration::from_hours(14 * 24);

/// An issue of a list.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct IssueRow {
    /// Its place in the whole list, from 1.
    pub(crate) rank: usize,
    /// Its id, where it has one that a tool takes.
    pub(crate) issue: Option<String>,
    /// Devices that reported it in the range.
    pub(crate) devices: Option<i64>,
    /// Reports in the range.
    pub(crate) reports: Option<i64>,
    /// Devices and reports since the first report.
    pub(crate) total_devices: Option<i64>,
    pub(crate) total_reports: Option<i64>,
    /// Devices and reports on the whole day before.
    pub(crate) previous_day_devices: Option<i64>,
    pub(crate) previous_day_reports: Option<i64>,
    /// Devices and reports in the whole hour before.
    pub(crate) previous_hour_devices: Option<i64>,
    pub(crate) previous_hour_reports: Option<i64>,
    /// The change against the span before, where both are equally long.
    pub(crate) change: Option<Change>,
    /// Whether it is new or reported again.
    pub(crate) mark: Option<Mark>,
    pub(crate) state: Option<&'static str>,
    pub(crate) state_code: Option<i64>,
    /// The people who handle it.
    pub(crate) assignees: Vec<Person>,
    pub(crate) tags: Vec<Untrusted>,
    pub(crate) first_report_at: Option<Time>,
    pub(crate) last_report_at: Option<Time>,
    /// Versions in which it was reported, oldest first.
    pub(crate) versions: Vec<IssueVersion>,
    /// Whether the service takes it for an exit by the system.
    pub(crate) system_exit: Option<bool>,
    pub(crate) bugs: Vec<Bug>,
    pub(crate) exception: Option<Untrusted>,
    pub(crate) message: Option<Untrusted>,
    pub(crate) key_stack: Option<Untrusted>,
}

/// What makes an issue stand out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mark {
    /// First reported within the range.
    New,
    /// Reported again after it was processed, or after 14 days without a report.
    Back,
}

/// Whether a row names an issue or counts something: the service fills up with rows of zeros.
pub(crate) fn is_issue(row: JsonRef<'_>) -> bool {
    let named = ["issueId", "exceptionName", "keyStack"];
    let counted = ["crashUser", "imeiCount", "crashNum", "count"];
    named.iter().any(|field| row.get(field).text().is_some())
        || counted
            .iter()
            .any(|field| row.get(field).count().is_some_and(|n| n > 0))
}

/// Issues in the service's order, numbered from the one after `skipped`.
pub(crate) fn read(rows: &[JsonRef<'_>], skipped: usize, clocks: Clocks<'_>) -> Vec<IssueRow> {
    rows.iter()
        .filter(|row| is_issue(**row))
        .enumerate()
        .map(|(at, row)| IssueRow::read(*row, skipped + at + 1, clocks))
        .collect()
}

impl IssueRow {
    fn read(row: JsonRef<'_>, rank: usize, clocks: Clocks<'_>) -> Self {
        let state_code = row.any(&["state", "status"]).count();
        let count = |field: &str| row.get(field).count();
        Self {
            rank,
            issue: super::id(row.get("issueId")).map(str::to_owned),
            devices: row.any(&["crashUser", "imeiCount"]).count(),
            reports: row.any(&["crashNum", "count"]).count(),
            total_devices: count("accumulateCrashUser"),
            total_reports: count("accumulateCrashNum"),
            previous_day_devices: count("preDayCrashUser"),
            previous_day_reports: count("preDayCrashNum"),
            previous_hour_devices: count("prevHourCrashDevices"),
            previous_hour_reports: count("prevHourCrashNum"),
            change: None,
            mark: None,
            state: state_code.and_then(codes::state_word),
            state_code,
            assignees: people(row.any(&["processors", "processor"])),
            tags: codes::tag_names(row.any(&["tags", "tagInfoList"])),
            first_report_at: clocks.first_of(row, &["firstUploadTimestamp", "firstUploadTime"]),
            last_report_at: clocks.first_of(
                row,
                &[
                    "lastUpdateTimestamp",
                    "lastUpdateTime",
                    "latestUploadTimestamp",
                    "lastestUploadTime",
                ],
            ),
            versions: versions(row.get("issueVersions"), clocks),
            system_exit: row.get("is_system_exit").flag(),
            bugs: row.get("bugs").list().filter_map(Bug::read).collect(),
            exception: row.get("exceptionName").untrusted(),
            message: row.get("exceptionMessage").untrusted(),
            key_stack: row.get("keyStack").untrusted(),
        }
    }

    /// Marks an issue that is new in a range, or back in it. `silent_before` says whether it is known that nothing was
    /// reported on the day before.
    pub(crate) fn mark_since(&mut self, since: Timestamp, silent_before: bool) {
        if self
            .first_report_at
            .as_ref()
            .is_some_and(|first| first.at >= since)
        {
            self.mark = Some(Mark::New);
            return;
        }
        if self.first_report_at.is_none() {
            return;
        }
        // Reports of versions that are older than the range end before it: the last of them is the last before.
        let (later, earlier): (Vec<&IssueVersion>, Vec<&IssueVersion>) =
            self.versions.iter().partition(|version| {
                version
                    .first_report_at
                    .as_ref()
                    .is_some_and(|at| at.at >= since)
            });
        let last_before = earlier
            .iter()
            .map(|version| version.last_report_at.as_ref().map(|last| last.at))
            .collect::<Option<Vec<Timestamp>>>()
            .and_then(|all| all.into_iter().max())
            .filter(|last| !later.is_empty() && *last < since);
        let processed = self.state_code == Some(codes::PROCESSED);
        let absent = last_before.is_some_and(|last| since.duration_since(last) >= ABSENT);
        if absent || (processed && (silent_before || last_before.is_some())) {
            self.mark = Some(Mark::Back);
        }
    }

    /// Compares its rate with the one before, of equally long spans.
    pub(crate) fn compare(
        &mut self,
        before: Option<i64>,
        active: Option<i64>,
        active_before: Option<i64>,
    ) {
        let rate = |devices| DeviceRate::new(devices, devices.and(active));
        let earlier = DeviceRate::new(before, active_before);
        self.change = match (earlier, rate(self.devices)) {
            (Some(before), Some(now)) => Change::between(&before, &now),
            _ => None,
        };
    }
}

fn versions(node: JsonRef<'_>, clocks: Clocks<'_>) -> Vec<IssueVersion> {
    let read = |row| IssueVersion::read(row, clocks);
    let mut versions: Vec<IssueVersion> = node.list().filter_map(read).collect();
    versions.sort_by_cached_key(|version| numbers(version.version.raw()));
    versions
}

/// The numbers of a version, by which versions are ordered.
fn numbers(version: &str) -> Vec<u64> {
    version
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;
    use serde_json::json;

    #[test]
    fn new_and_back_are_distinguished() {
        let version = |first: &str, last: &str| json!({"version": "1", "firstUploadTime": first, "lastUploadTime": last});
        let (old, new) = (
            version("2026-10-01 00:00:00", "2026-11-05 00:00:00"),
            version("2026-11-22 07:00:00", "2026-11-22 08:00:00"),
        );
        let recent = version("2026-10-01 00:00:00", "2026-11-21 00:00:00");
        let running = version("2026-10-01 00:00:00", "2026-11-22 08:00:00");
        for (what, first, state, silent, versions, mark) in [
            (
                "first report in the range",
                "2026-11-22 08:14:00",
                0,
                false,
                json!([]),
                Some(Mark::New),
            ),
            (
                "known for long",
                "2026-10-01 00:00:00",
                0,
                false,
                json!([&running, &new]),
                None,
            ),
            (
                "absent for 14 days",
                "2026-10-01 00:00:00",
                0,
                false,
                json!([&old, &new]),
                Some(Mark::Back),
            ),
            (
                "absent for a day",
                "2026-10-01 00:00:00",
                0,
                true,
                json!([&recent, &new]),
                None,
            ),
            (
                "processed, then a new version",
                "2026-10-01 00:00:00",
                1,
                false,
                json!([&recent, &new]),
                Some(Mark::Back),
            ),
            (
                "processed, nothing the day before",
                "2026-10-01 00:00:00",
                1,
                true,
                json!([]),
                Some(Mark::Back),
            ),
            (
                "processed, but never gone",
                "2026-10-01 00:00:00",
                1,
                false,
                json!([&running]),
                None,
            ),
            ("of unknown age", "", 1, true, json!([]), None),
        ] {
            let row = json!({"issueId": "A0", "firstUploadTime": first, "state": state, "issueVersions": versions});
            let utc = TimeZone::UTC;
            let clocks = Clocks {
                site: &utc,
                reader: &utc,
            };
            let mut rows = read(&[JsonRef::new(&row)], 0, clocks);
            rows[0].mark_since("2026-11-22T00:00:00Z".parse().unwrap(), silent);
            assert_eq!(rows[0].mark, mark, "{what}");
        }
    }

    #[test]
    fn versions_are_ordered_by_their_numbers() {
        let row = json!({"issueId": "A0", "issueVersions": [{"version": "3.10.0"}, {"version": "3.9.1"}, {"version": ""}]});
        let utc = TimeZone::UTC;
        let rows = read(
            &[JsonRef::new(&row)],
            4,
            Clocks {
                site: &utc,
                reader: &utc,
            },
        );
        let names: Vec<&str> = rows[0]
            .versions
            .iter()
            .map(|version| version.version.raw())
            .collect();
        assert_eq!(names, ["3.9.1", "3.10.0"]);
        assert_eq!(rows[0].rank, 5);
    }
}
