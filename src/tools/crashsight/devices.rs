//! From an issue to the devices it hits, and from a device to its crashes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::column_query::{FETCH, Scope};
use super::listed;
use super::report_rows::{
    self, Report, Reports, cell, cut, id_cell, keep_issue, newest_crash, time_cell,
};
use crate::args::{IssueId, Limit, List, ProjectName, ShortText};
use crate::error::Error;
use crate::json::{JsonRef, column_rows};
use crate::reply::{Cell, Fact, Reply, Table, Untrusted, grouped};
use crate::request::Request;
use crate::time_range::WindowSpec;
use crate::tools::context::CallContext;
use crate::tools::output::{Output, Time, ratio};
use crate::tools::tool::Query;

/// Crashes on given devices (default 7d): exception, issue, crash id, user.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListDeviceCrashes {
    project: Option<ProjectName>,
    device: List<ShortText>,
    window: Option<WindowSpec>,
    #[serde(default)]
    limit: Limit<20, 100>,
}

impl Query for ListDeviceCrashes {
    const NAME: &'static str = "crashsight_list_device_crashes";
    const UPSTREAM: &'static str = "getCrashDeviceStat";
    type Scope = Scope;
    type Answer = Reports;

    fn scope(&self, ctx: &CallContext) -> Result<Scope, Error> {
        if self.device.is_empty() {
            return Err(Error::invalid_arguments(
                "device: give at least one device id",
            ));
        }
        let default = WindowSpec::last_days(7);
        Scope::new(
            ctx,
            self.project.as_ref(),
            self.window.as_ref(),
            &default,
            30,
        )
    }

    fn request(&self, scope: &Scope) -> Request {
        let own = json!({"filters": {"deviceId": self.device.texts()}});
        scope.request(Self::UPSTREAM, own)
    }

    fn parse(&self, scope: &Scope, data: JsonRef<'_>) -> anyhow::Result<Output<Reports>> {
        let which = match self.device.len() {
            1 => format!("device {}", listed(&self.device)),
            several => format!("{several} devices"),
        };
        let devices = self.device.texts();
        let answer = Reports::read(scope, data, &devices, |report| report.device.as_ref())?;
        let (title, none) = (
            format!("Crashes on {which}"),
            format!("no crash on {which} in this range"),
        );
        Ok(answer.into_output(scope, title, self.limit.rows(), &none))
    }

    fn render(output: &Output<Reports>, reply: &mut Reply) {
        let answer = &output.answer;
        let mut table = Table::new(&[
            "crashed",
            "exception",
            "device id",
            "model",
            "user",
            "issue",
            "crash",
        ]);
        for report in &answer.newest {
            table.rows.push(vec![
                time_cell(report.crashed_at.as_ref()),
                cell(report.exception.as_ref()),
                if answer.several() {
                    cell(report.device.as_ref())
                } else {
                    Cell::Missing
                },
                cell(report.model.as_ref()),
                cell(report.user.as_ref()),
                id_cell(report.issue.as_ref()),
                id_cell(report.crash.as_ref()),
            ]);
        }
        answer.show(table, reply);
    }
}

/// Devices, OS versions, app versions and users affected by an issue (default 7d): shares over its reports, then single
/// reports with user and crash id. Mobile only.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListIssueDevices {
    project: Option<ProjectName>,
    issue: IssueId,
    window: Option<WindowSpec>,
    #[serde(default)]
    limit: Limit<10, 100>,
}

/// Devices and users of an issue.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct IssueDevices {
    issue: String,
    /// Reports counted: all of the range, or the newest that the service returns.
    returned: usize,
    /// Whether the range has more reports than are counted.
    may_have_more: bool,
    /// The oldest report counted.
    oldest: Option<Time>,
    /// Different users of the reports counted.
    users: usize,
    models: Vec<Share>,
    os_versions: Vec<Share>,
    versions: Vec<Share>,
    /// The newest reports.
    reports: Vec<Report>,
}

/// A value with the reports that have it.
#[derive(Debug, Serialize, JsonSchema)]
struct Share {
    value: Untrusted,
    reports: i64,
    /// Of the reports that have any value, 0 to 1.
    ratio: f64,
}

impl Query for ListIssueDevices {
    const NAME: &'static str = "crashsight_list_issue_devices";
    const UPSTREAM: &'static str = "getCrashDeviceInfo";
    type Scope = Scope;
    type Answer = IssueDevices;

    fn scope(&self, ctx: &CallContext) -> Result<Scope, Error> {
        let default = WindowSpec::last_days(7);
        let app = ctx.app_of_page(self.project.as_ref(), self.issue.page())?;
        Scope::of_app(ctx, app, self.window.as_ref(), &default, 30)?.mobile_only()
    }

    fn request(&self, scope: &Scope) -> Request {
        // Both filters together may be refused as an unknown column.
        let recommended = json!({"filters": {"issueId": [self.issue.as_str()]}});
        let documented = json!({"filters": {"issue": self.issue.as_str()}});
        scope
            .request(Self::UPSTREAM, recommended)
            .with_fallback(scope.request(Self::UPSTREAM, documented))
    }

    fn parse(&self, scope: &Scope, data: JsonRef<'_>) -> anyhow::Result<Output<IssueDevices>> {
        let rows = column_rows(data)?;
        let mut reports = report_rows::reports(scope, &rows)?;
        let issue = self.issue.as_str();
        let others = keep_issue(&mut reports, issue);
        let returned = reports.len();
        let may_have_more = report_rows::is_full(rows.len());
        let answer = IssueDevices {
            issue: issue.to_owned(),
            returned,
            may_have_more,
            oldest: reports.last().and_then(|report| report.crashed_at.clone()),
            users: shares(&reports, |report| report.user.as_ref()).len(),
            models: shares(&reports, |report| report.model.as_ref()),
            os_versions: shares(&reports, |report| report.os_version.as_ref()),
            versions: shares(&reports, |report| report.version.as_ref()),
            reports: reports.into_iter().take(self.limit.rows()).collect(),
        };
        let crash = newest_crash(&answer.reports).map(str::to_owned);
        let oldest = time_cell(answer.oldest.as_ref()).render();
        let mut output = Output::new(
            format!("Devices and users of issue {issue}"),
            &scope.app,
            answer,
        )
        .window(&scope.window);
        if returned == 0 {
            output.note("no report of this issue in this range");
        }
        output.meta.notes.extend(others);
        if may_have_more {
            output.note(format!(
                "based on the newest {} reports (since {oldest}); use a shorter `window` for complete numbers",
                grouped(i64::from(FETCH)),
            ));
        }
        if let Some(crash) = crash {
            output.suggest("crashsight_get_crash", json!({"crash": crash}));
        }
        Ok(output)
    }

    fn render(output: &Output<IssueDevices>, reply: &mut Reply) {
        let answer = &output.answer;
        if answer.returned == 0 {
            return;
        }
        let part = answer.may_have_more;
        let some = |n: usize| Cell::count(i64::try_from(n).ok().filter(|n| *n > 0));
        reply.facts([
            Fact::new(
                if part { "newest reports" } else { "reports" },
                some(answer.returned),
            ),
            Fact::new(
                if part { "users of these" } else { "users" },
                some(answer.users),
            ),
        ]);
        for (label, shares) in [
            ("models", &answer.models),
            ("OS", &answer.os_versions),
            ("versions", &answer.versions),
        ] {
            reply.facts(share_facts(label, shares));
        }
        let mut table = Table::new(&["crashed", "version", "model", "OS", "user", "crash"]);
        for report in &answer.reports {
            table.rows.push(vec![
                time_cell(report.crashed_at.as_ref()),
                cell(report.version.as_ref()),
                cell(report.model.as_ref()),
                cell(report.os_version.as_ref()),
                cell(report.user.as_ref()),
                id_cell(report.crash.as_ref()),
            ]);
        }
        let rest = "a larger `limit` or a shorter window shows more";
        cut(&mut table, answer.returned, rest);
        reply.table(table, "");
    }
}

/// The values of a field with their share of the reports that have one, the commonest first.
fn shares(reports: &[Report], field: fn(&Report) -> Option<&Untrusted>) -> Vec<Share> {
    let mut counts: Vec<(&Untrusted, i64)> = Vec::new();
    for value in reports.iter().filter_map(field) {
        match counts.iter_mut().find(|(known, _)| *known == value) {
            Some((_, count)) => *count += 1,
            None => counts.push((value, 1)),
        }
    }
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let all: i64 = counts.iter().map(|(_, count)| count).sum();
    counts
        .into_iter()
        .map(|(value, reports)| Share {
            value: value.clone(),
            reports,
            ratio: ratio(reports, all),
        })
        .collect()
}

/// The commonest values in a line.
fn share_facts(label: &str, shares: &[Share]) -> Vec<Fact> {
    const MOST: usize = 5;
    let all: i64 = shares.iter().map(|share| share.reports).sum();
    let mut facts: Vec<Fact> = shares
        .iter()
        .take(MOST)
        .map(|share| {
            let percent = crate::reply::percent(share.reports, all);
            let value = share.value.line(60);
            Fact::new("", Cell::from_untrusted(format!("{value} {percent}")))
        })
        .collect();
    if let Some(first) = facts.first_mut() {
        label.clone_into(&mut first.label);
    }
    if shares.len() > MOST {
        let others = format!("and {} others", shares.len() - MOST);
        facts.push(Fact::new("", Cell::text(others)));
    }
    facts
}
