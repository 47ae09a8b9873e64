//! From a person to crashes and back: who crashed, what one user hit, who used a device.

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::column_query::Scope;
use super::report_rows::{self, Reports, cell, cut, id_cell, time_cell, understood};
use super::{listed, path, post_by_platform, short};
use crate::args::{Limit, List, ProjectName, ShortText};
use crate::error::Error;
use crate::json::{JsonRef, column_rows};
use crate::reply::{Cell, Fact, Reply, Table, Untrusted};
use crate::request::Request;
use crate::time_range::WindowSpec;
use crate::tools::context::CallContext;
use crate::tools::output::{Output, Time};
use crate::tools::tool::Query;

/// Crashes of given users (default 7d), newest first. Use for a player complaint.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListUserCrashes {
    project: Option<ProjectName>,
    user: List<ShortText>,
    window: Option<WindowSpec>,
    #[serde(default)]
    limit: Limit<20, 100>,
}

impl Query for ListUserCrashes {
    const NAME: &'static str = "crashsight_list_user_crashes";
    const UPSTREAM: &'static str = "getCrashUserInfo";
    type Scope = Scope;
    type Answer = Reports;

    fn scope(&self, ctx: &CallContext) -> Result<Scope, Error> {
        if self.user.is_empty() {
            return Err(Error::invalid_arguments("user: give at least one user id"));
        }
        let default = WindowSpec::last_days(7);
        Scope::new(
            ctx,
            self.project.as_ref(),
            self.window.as_ref(),
            &default,
            31,
        )
    }

    fn request(&self, scope: &Scope) -> Request {
        let own = json!({"filters": {"user": self.user.texts()}});
        // The Manual's path has no platform.
        let documented = Request::post(
            scope.app.account.name.clone(),
            Self::UPSTREAM,
            path(Self::UPSTREAM),
            scope.body(own.clone()),
        )
        .with_nonce("requestid");
        scope.request(Self::UPSTREAM, own).with_fallback(documented)
    }

    fn parse(&self, scope: &Scope, data: JsonRef<'_>) -> anyhow::Result<Output<Reports>> {
        let whose = who(&self.user);
        let users = self.user.texts();
        let answer = Reports::read(scope, data, &users, |report| report.user.as_ref())?;
        let (title, none) = (
            format!("Crashes of {whose}"),
            format!("no crash of {whose} in this range"),
        );
        Ok(answer.into_output(scope, title, self.limit.rows(), &none))
    }

    fn render(output: &Output<Reports>, reply: &mut Reply) {
        let answer = &output.answer;
        let mut table = Table::new(&["crashed", "user", "issue", "crash"]);
        for report in &answer.newest {
            table.rows.push(vec![
                time_cell(report.crashed_at.as_ref()),
                if answer.several() {
                    cell(report.user.as_ref())
                } else {
                    Cell::Missing
                },
                id_cell(report.issue.as_ref()),
                id_cell(report.crash.as_ref()),
            ]);
        }
        answer.show(table, reply);
    }
}

fn who(users: &List<ShortText>) -> String {
    match users.len() {
        1 => format!("user {}", listed(users)),
        several => format!("{several} users"),
    }
}

/// Ids of users who crashed in a range (default today), and how many.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListCrashUsers {
    project: Option<ProjectName>,
    window: Option<WindowSpec>,
    #[serde(default)]
    limit: Limit<50, 1000>,
}

/// Users who crashed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CrashUsers {
    /// Different users that the service returned; `users` has the first of them.
    count: usize,
    /// Whether the service may have more in this range.
    may_have_more: bool,
    users: Vec<Untrusted>,
}

impl Query for ListCrashUsers {
    const NAME: &'static str = "crashsight_list_crash_users";
    const UPSTREAM: &'static str = "getCrashUserList";
    type Scope = Scope;
    type Answer = CrashUsers;

    fn scope(&self, ctx: &CallContext) -> Result<Scope, Error> {
        let default = WindowSpec::today();
        Scope::new(
            ctx,
            self.project.as_ref(),
            self.window.as_ref(),
            &default,
            30,
        )
    }

    fn request(&self, scope: &Scope) -> Request {
        // `type` is the return format here and the kind of crash in the SDK's form: they cannot be merged.
        let other = json!({
            "appId": scope.app.id,
            "platformId": scope.app.platform.number(),
            "startDate": scope.window.first_day_param(),
            "endDate": scope.window.last_day_param(),
            "type": "crash",
            "version": "-1",
        });
        scope
            .request(Self::UPSTREAM, json!({}))
            .with_fallback(post_by_platform(&scope.app, Self::UPSTREAM, other))
    }

    fn parse(&self, scope: &Scope, data: JsonRef<'_>) -> anyhow::Result<Output<CrashUsers>> {
        let rows = column_rows(data)?;
        let mut seen = HashSet::new();
        let mut users: Vec<Untrusted> = rows
            .iter()
            .filter_map(|row| row.any(&["user", "userId"]).untrusted())
            .filter(|user| seen.insert(user.clone()))
            .collect();
        understood(&rows, users.len())?;
        let count = users.len();
        users.truncate(self.limit.rows());
        let answer = CrashUsers {
            count,
            may_have_more: report_rows::is_full(rows.len()),
            users,
        };
        let mut output = Output::new("Users who crashed", &scope.app, answer).window(&scope.window);
        if count == 0 {
            output.note("no user crashed in this range");
        }
        if output.answer.may_have_more {
            output.note(report_rows::limit_reached());
        }
        Ok(output)
    }

    fn render(output: &Output<CrashUsers>, reply: &mut Reply) {
        let CrashUsers {
            count,
            may_have_more,
            users,
        } = &output.answer;
        if users.is_empty() {
            return;
        }
        let label = if *may_have_more {
            "users, at least"
        } else {
            "users"
        };
        reply.facts([Fact::new(label, Cell::count(i64::try_from(*count).ok()))]);
        let mut table = Table::new(&["user"]);
        table.rows = users.iter().map(|user| vec![cell(Some(user))]).collect();
        cut(&mut table, *count, "a larger `limit` shows more");
        reply.table(table, "");
    }
}

/// Users who logged in on a device (default 7d), newest first. Mobile only.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListDeviceUsers {
    project: Option<ProjectName>,
    device: ShortText,
    window: Option<WindowSpec>,
    #[serde(default)]
    limit: Limit<20, 100>,
}

/// Users of a device, newest first.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DeviceUsers {
    device: Untrusted,
    /// Different users that the service returned; `users` has the newest of them.
    count: usize,
    /// Whether the service may have more sessions in this range.
    may_have_more: bool,
    users: Vec<DeviceUser>,
}

/// A user of a device.
#[derive(Debug, Serialize, JsonSchema)]
struct DeviceUser {
    user: Untrusted,
    sessions: i64,
    latest: Option<Time>,
}

impl Query for ListDeviceUsers {
    const NAME: &'static str = "crashsight_list_device_users";
    const UPSTREAM: &'static str = "getDeviceUserInfo";
    type Scope = Scope;
    type Answer = DeviceUsers;

    fn scope(&self, ctx: &CallContext) -> Result<Scope, Error> {
        let default = WindowSpec::last_days(7);
        Scope::new(
            ctx,
            self.project.as_ref(),
            self.window.as_ref(),
            &default,
            31,
        )?
        .mobile_only()
    }

    fn request(&self, scope: &Scope) -> Request {
        // The filter of the Manual and the top-level field of the SDK, together.
        let device = self.device.as_str();
        let own = json!({"source": 0, "filters": {"deviceId": [device]}, "deviceId": device});
        scope.request(Self::UPSTREAM, own)
    }

    fn parse(&self, scope: &Scope, data: JsonRef<'_>) -> anyhow::Result<Output<DeviceUsers>> {
        let rows = column_rows(data)?;
        // One row a session: a user is listed once, with the number of sessions and the latest.
        let mut users: Vec<DeviceUser> = Vec::new();
        for row in &rows {
            let Some(user) = row.any(&["userId", "user"]).untrusted() else {
                continue;
            };
            let time = scope.time(row, "time");
            match users.iter_mut().find(|known| known.user == user) {
                Some(known) => {
                    known.sessions += 1;
                    let at = |time: &Option<Time>| time.as_ref().map(|time| time.at);
                    if at(&time) > at(&known.latest) {
                        known.latest = time;
                    }
                }
                None => users.push(DeviceUser {
                    user,
                    sessions: 1,
                    latest: time,
                }),
            }
        }
        understood(&rows, users.len())?;
        users.sort_by_key(|user| std::cmp::Reverse(user.latest.as_ref().map(|time| time.at)));
        let count = users.len();
        users.truncate(self.limit.rows());
        let answer = DeviceUsers {
            device: self.device.as_str().into(),
            count,
            may_have_more: report_rows::is_full(rows.len()),
            users,
        };
        let title = format!("Users of device {}", short(&self.device));
        let mut output = Output::new(title, &scope.app, answer).window(&scope.window);
        if count == 0 {
            output.note("no user on this device in this range");
        }
        if output.answer.may_have_more {
            output.note(report_rows::limit_reached());
        }
        Ok(output)
    }

    fn render(output: &Output<DeviceUsers>, reply: &mut Reply) {
        let answer = &output.answer;
        if answer.users.is_empty() {
            return;
        }
        let mut table = Table::new(&["user", "sessions", "latest"]);
        for user in &answer.users {
            table.rows.push(vec![
                cell(Some(&user.user)),
                Cell::Count(user.sessions),
                time_cell(user.latest.as_ref()),
            ]);
        }
        cut(&mut table, answer.count, "a larger `limit` shows more");
        reply.table(table, "");
    }
}
