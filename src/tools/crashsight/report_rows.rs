//! Single reports, as the operations about people and devices return them: who crashed, when, on what.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::column_query::{FETCH, Scope};
use crate::json::{JsonRef, Row, column_rows};
use crate::reply::{Cell, Reply, Table, Untrusted, grouped};
use crate::tools::output::{Output, Time};

/// One report.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Report {
    /// The id of the crash, whole.
    pub(super) crash: Option<Untrusted>,
    pub(super) issue: Option<Untrusted>,
    pub(super) crashed_at: Option<Time>,
    pub(super) exception: Option<Untrusted>,
    pub(super) version: Option<Untrusted>,
    pub(super) user: Option<Untrusted>,
    pub(super) device: Option<Untrusted>,
    pub(super) model: Option<Untrusted>,
    hardware: Option<Untrusted>,
    pub(super) os_version: Option<Untrusted>,
    /// `device_ram` and `device_rom`, whose unit is not documented.
    device_ram: Option<i64>,
    device_rom: Option<i64>,
}

/// Reports of people or devices, newest first.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Reports {
    /// Whose: ids of users or devices as asked for.
    pub(super) of: Vec<Untrusted>,
    /// Reports that name another user or device than asked for.
    of_others: usize,
    /// Reports that the service returned; `newest` has the newest of them.
    pub(super) returned: usize,
    /// Whether the service may have more in this range.
    pub(super) may_have_more: bool,
    pub(super) newest: Vec<Report>,
}

impl Reports {
    /// Reads reports of the ids asked for, which are in `field`.
    pub(super) fn read(
        scope: &Scope,
        data: JsonRef<'_>,
        asked: &[&str],
        field: fn(&Report) -> Option<&Untrusted>,
    ) -> anyhow::Result<Self> {
        let rows = column_rows(data)?;
        let reports = reports(scope, &rows)?;
        let others = reports.iter().filter_map(field);
        Ok(Self {
            of: asked.iter().map(|id| Untrusted::new(*id)).collect(),
            of_others: others.filter(|id| !is_asked(id, asked)).count(),
            returned: reports.len(),
            may_have_more: is_full(rows.len()),
            newest: reports,
        })
    }

    /// Whether rows must say whose they are.
    pub(super) fn several(&self) -> bool {
        self.of.len() > 1 || self.of_others > 0
    }

    /// Keeps the newest, and adds what surrounds them.
    pub(super) fn into_output(
        mut self,
        scope: &Scope,
        title: String,
        limit: usize,
        none: &str,
    ) -> Output<Self> {
        self.newest.truncate(limit);
        let crash = newest_crash(&self.newest).map(str::to_owned);
        let (returned, full, of_others) = (self.returned, self.may_have_more, self.of_others);
        let mut output = Output::new(title, &scope.app, self).window(&scope.window);
        if returned == 0 {
            output.note(none);
        }
        if of_others > 0 {
            let rows = crate::reply::counted(of_others, "row");
            output.note(format!("{rows} with another id than asked for"));
        }
        if full {
            output.note(limit_reached());
        }
        if let Some(crash) = crash {
            output.suggest("crashsight_get_crash", json!({"crash": crash}));
        }
        output
    }

    /// Adds a table of the reports.
    pub(super) fn show(&self, mut table: Table, reply: &mut Reply) {
        if !table.rows.is_empty() {
            cut(
                &mut table,
                self.returned,
                "a larger `limit` or a shorter window shows more",
            );
            reply.table(table, "");
        }
    }
}

/// Reports, newest first. Rows of which no field is known are an answer that is not understood.
pub(super) fn reports(scope: &Scope, rows: &[Row<'_>]) -> anyhow::Result<Vec<Report>> {
    let mut reports: Vec<Report> = rows
        .iter()
        .map(|row| Report {
            crash: row.any(&["crashId", "crashHash"]).untrusted(),
            issue: row.any(&["issueId", "issueHash"]).untrusted(),
            crashed_at: scope.time(row, "crashTime"),
            exception: row.any(&["exceptionType"]).untrusted(),
            version: row.any(&["productVersion"]).untrusted(),
            user: row.any(&["user", "userId"]).untrusted(),
            device: row.any(&["deviceId"]).untrusted(),
            model: row.any(&["model", "hardware"]).untrusted(),
            hardware: row.any(&["hardware"]).untrusted(),
            os_version: row.any(&["osVer", "osVersion"]).untrusted(),
            device_ram: row.get("device_ram").count().filter(|size| *size > 0),
            device_rom: row.get("device_rom").count().filter(|size| *size > 0),
        })
        .filter(|report| report.crash.is_some() || report.issue.is_some() || report.user.is_some())
        .collect();
    understood(rows, reports.len())?;
    reports.sort_by_key(|report| std::cmp::Reverse(report.crashed_at.as_ref().map(|t| t.at)));
    Ok(reports)
}

/// Refuses rows that say something when none of them was understood.
pub(super) fn understood(rows: &[Row<'_>], read: usize) -> anyhow::Result<()> {
    let saying = rows.iter().filter(|row| row.says_something()).count();
    anyhow::ensure!(
        read > 0 || saying == 0,
        "{} without any field of this operation",
        crate::reply::counted(saying, "row")
    );
    Ok(())
}

/// Whether an id is one of those asked for, however it is written.
fn is_asked(id: &Untrusted, asked: &[&str]) -> bool {
    let plain = |id: &str| id.replace(':', "").to_ascii_lowercase();
    let id = plain(id.raw());
    asked.iter().any(|asked| plain(asked) == id)
}

/// Takes out the reports of other issues, and says so.
pub(super) fn keep_issue(reports: &mut Vec<Report>, issue: &str) -> Option<String> {
    let before = reports.len();
    reports.retain(|report| {
        report
            .issue
            .as_ref()
            .is_none_or(|id| is_asked(id, &[issue]))
    });
    match before - reports.len() {
        0 => None,
        others => Some(format!(
            "{} of other issues: left out",
            crate::reply::counted(others, "row")
        )),
    }
}

/// Said when the service gave as many rows as it was asked for.
pub(super) fn limit_reached() -> String {
    format!(
        "limit of {} rows reached; there may be more in this range",
        grouped(i64::from(FETCH))
    )
}

/// Whether the service gave as many rows as it was asked for.
pub(super) fn is_full(returned: usize) -> bool {
    returned >= FETCH as usize
}

/// A cell of vendor text, or of nothing.
pub(super) fn cell(text: Option<&Untrusted>) -> Cell {
    text.cloned().map_or(Cell::Missing, Cell::Untrusted)
}

/// A cell of an id, whole where it looks like one.
pub(super) fn id_cell(id: Option<&Untrusted>) -> Cell {
    Cell::id(id.map(Untrusted::raw))
}

/// A cell of a moment.
pub(super) fn time_cell(time: Option<&Time>) -> Cell {
    time.map_or(Cell::Missing, Time::cell)
}

/// The id of the first report for a next call, if it is one.
pub(super) fn newest_crash(reports: &[Report]) -> Option<&str> {
    let id = reports.first()?.crash.as_ref()?.raw();
    let hexadecimal = id.bytes().all(|b| b.is_ascii_hexdigit() || b == b':');
    (hexadecimal && !id.is_empty()).then_some(id)
}

/// Counts what is cut of a table of rows that the service returned.
pub(super) fn cut(table: &mut Table, returned: usize, rest: &str) {
    table.total = i64::try_from(returned).ok();
    table.cut = returned.saturating_sub(table.rows.len());
    table.rest = Some(rest.to_owned());
}
