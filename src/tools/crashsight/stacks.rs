//! From a keyword in stacks to how common it is, and on which devices.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::column_query::{FETCH, Scope};
use super::report_rows::{self, cell, cut, understood};
use super::short;
use crate::args::{Limit, ProjectName, ShortText};
use crate::error::Error;
use crate::json::{JsonRef, column_rows};
use crate::reply::{Cell, Fact, Reply, Table, Untrusted};
use crate::request::Request;
use crate::time_range::WindowSpec;
use crate::tools::context::CallContext;
use crate::tools::output::{Output, ratio};
use crate::tools::tool::Query;

/// The two searches send the app twice: the Manual reads it at the top, the SDK sends it inside `params`.
fn own(scope: &Scope, keyword: &ShortText, limit: u32) -> Value {
    json!({
        "source": 0,
        "params": {"keyName": keyword.as_str(), "appId": scope.app.id},
        "limit": limit,
    })
}

fn scope(
    ctx: &CallContext,
    project: Option<&ProjectName>,
    window: Option<&WindowSpec>,
) -> Result<Scope, Error> {
    Scope::new(ctx, project, window, &WindowSpec::last_days(7), 30)
}

/// Said where the service understood the question and found nothing.
const NONE: &str = "no stack holds this keyword in this range";

/// Reports and users whose stack holds a keyword (default 7d): how common is this function?
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CountStackCrashes {
    project: Option<ProjectName>,
    /// `*` allowed
    keyword: ShortText,
    window: Option<WindowSpec>,
}

/// How common a keyword is in stacks.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct StackCount {
    keyword: Untrusted,
    reports: i64,
    users: Option<i64>,
}

impl Query for CountStackCrashes {
    const NAME: &'static str = "crashsight_count_stack_crashes";
    const UPSTREAM: &'static str = "getStackCrashStat";
    type Scope = Scope;
    type Answer = StackCount;

    fn scope(&self, ctx: &CallContext) -> Result<Scope, Error> {
        scope(ctx, self.project.as_ref(), self.window.as_ref())
    }

    fn request(&self, scope: &Scope) -> Request {
        scope.request(Self::UPSTREAM, own(scope, &self.keyword, 0))
    }

    fn parse(&self, scope: &Scope, data: JsonRef<'_>) -> anyhow::Result<Output<StackCount>> {
        let rows = column_rows(data)?;
        let counts = |field: &str| -> Vec<i64> {
            rows.iter()
                .filter_map(|row| row.get(field).count())
                .collect()
        };
        let (reports, users) = (counts("crashNums"), counts("crashUsers"));
        understood(&rows, reports.len())?;
        let answer = StackCount {
            keyword: self.keyword.as_str().into(),
            reports: reports.iter().sum(),
            users: (!users.is_empty()).then(|| users.iter().sum()),
        };
        let found = answer.reports > 0;
        let title = format!("Stacks with `{}`", short(&self.keyword));
        let mut output = Output::new(title, &scope.app, answer).window(&scope.window);
        if !found {
            output.note(NONE);
            return Ok(output);
        }
        let mut more = json!({"keyword": self.keyword.as_str()});
        if self.window.is_some() {
            more["window"] = json!(scope.window.to_argument());
        }
        output.suggest("crashsight_list_stack_devices", more);
        Ok(output)
    }

    fn render(output: &Output<StackCount>, reply: &mut Reply) {
        let StackCount { reports, users, .. } = output.answer;
        if reports > 0 {
            reply.facts([
                Fact::new("reports", Cell::Count(reports)),
                Fact::new("users", Cell::count(users)),
            ]);
        }
    }
}

/// Devices (model and OS) whose stack holds a keyword (default 7d), most reports first. Shows whether one chip or OS dominates.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListStackDevices {
    project: Option<ProjectName>,
    /// `*` allowed
    keyword: ShortText,
    window: Option<WindowSpec>,
    #[serde(default)]
    limit: Limit<20, 100>,
}

/// Models and OS versions whose stacks hold a keyword, most reports first.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct StackDevices {
    keyword: Untrusted,
    /// Reports of all rows that the service returned.
    reports: i64,
    /// Rows that the service returned; `devices` has the first of them.
    returned: usize,
    /// Whether the service may have more rows.
    may_have_more: bool,
    devices: Vec<StackDevice>,
}

/// A model with an OS version.
#[derive(Debug, Serialize, JsonSchema)]
struct StackDevice {
    model: Option<Untrusted>,
    os_version: Option<Untrusted>,
    /// The keyword of the row, where it is another than the one asked for.
    matched: Option<Untrusted>,
    reports: Option<i64>,
    /// Of all reports of this answer, 0 to 1.
    ratio: Option<f64>,
    users: Option<i64>,
}

impl Query for ListStackDevices {
    const NAME: &'static str = "crashsight_list_stack_devices";
    const UPSTREAM: &'static str = "getStackDeviceInfo";
    type Scope = Scope;
    type Answer = StackDevices;

    fn scope(&self, ctx: &CallContext) -> Result<Scope, Error> {
        scope(ctx, self.project.as_ref(), self.window.as_ref())
    }

    fn request(&self, scope: &Scope) -> Request {
        scope.request(Self::UPSTREAM, own(scope, &self.keyword, FETCH))
    }

    fn parse(&self, scope: &Scope, data: JsonRef<'_>) -> anyhow::Result<Output<StackDevices>> {
        let rows = column_rows(data)?;
        let mut devices: Vec<StackDevice> = rows
            .iter()
            .map(|row| StackDevice {
                model: row.get("model").untrusted(),
                os_version: row.any(&["osVersion", "osVer"]).untrusted(),
                matched: row
                    .get("keyName")
                    .untrusted()
                    .filter(|matched| matched.raw() != self.keyword.as_str()),
                reports: row.get("crashNums").count(),
                ratio: None,
                users: row.get("crashUsers").count(),
            })
            .filter(|device| {
                device.model.is_some() || device.os_version.is_some() || device.reports.is_some()
            })
            .collect();
        understood(&rows, devices.len())?;
        devices.sort_by_key(|device| std::cmp::Reverse(device.reports));
        let reports: i64 = devices.iter().filter_map(|device| device.reports).sum();
        let returned = devices.len();
        devices.truncate(self.limit.rows());
        for device in &mut devices {
            device.ratio = device
                .reports
                .filter(|_| reports > 0)
                .map(|part| ratio(part, reports));
        }
        let answer = StackDevices {
            keyword: self.keyword.as_str().into(),
            reports,
            returned,
            may_have_more: report_rows::is_full(rows.len()),
            devices,
        };
        let title = format!("Devices with `{}` in the stack", short(&self.keyword));
        let mut output = Output::new(title, &scope.app, answer).window(&scope.window);
        if returned == 0 {
            output.note(NONE);
        }
        if output.answer.may_have_more {
            output.note(report_rows::limit_reached());
        }
        Ok(output)
    }

    fn render(output: &Output<StackDevices>, reply: &mut Reply) {
        let answer = &output.answer;
        if answer.devices.is_empty() {
            return;
        }
        let mut table = Table::new(&["model", "OS", "reports", "users"]);
        for device in &answer.devices {
            table.rows.push(vec![
                cell(device.model.as_ref()),
                cell(device.os_version.as_ref()),
                device.reports.map_or(Cell::Missing, |part| Cell::Share {
                    part,
                    whole: answer.reports,
                }),
                Cell::count(device.users),
            ]);
        }
        cut(&mut table, answer.returned, "a larger `limit` shows more");
        reply.table(table, "");
    }
}
