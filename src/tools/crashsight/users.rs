//! From a person to crashes and back: who crashed, what one user hit, who used a device.

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{id, label, listed, path, post_by_platform, short};
use crate::args::{Limit, List, ProjectName, ShortText};
use crate::error::Error;
use crate::json::{Row, column_rows};
use crate::project::CrashSightApp;
use crate::reply::{Cell, Fact, Reply, Table, grouped};
use crate::request::Request;
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::CallContext;
use crate::tools::legacy::Operation;

/// Limit asked of the service: enough to count, few enough to read.
const FETCH: u32 = 1000;

/// Limit sorted by a time, newest first.
pub(super) fn newest_first<'a>(
    mut rows: Vec<Row<'a>>,
    target: &CrashSightApp,
    field: &str,
) -> Vec<Row<'a>> {
    rows.sort_by_key(|row| std::cmp::Reverse(row.get(field).instant(&target.account.zone)));
    rows
}

/// Says when the service gave as many rows as it was asked for.
pub(super) fn full(rows: usize, asked: u32) -> Option<String> {
    (rows >= asked as usize).then(|| {
        format!(
            "the service was asked for {} rows and gave them all: there may be more in this range",
            grouped(i64::from(asked))
        )
    })
}

/// Crashes that given users hit (default 7d), newest first: for a player's complaint.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListUserCrashes {
    project: Option<ProjectName>,
    user: List<ShortText>,
    window: Option<WindowSpec>,
    #[serde(default)]
    limit: Limit<20, 100>,
}

impl ListUserCrashes {
    fn scope(&self, ctx: &CallContext) -> Result<(CrashSightApp, Window), Error> {
        let target = ctx.app(self.project.as_ref())?;
        let window = ctx
            .window(
                self.window.as_ref(),
                &WindowSpec::last_days(7),
                Granularity::Second,
                &target,
            )?
            .at_most_days(31)?;
        if self.user.is_empty() {
            return Err(Error::invalid_arguments("user: give at least one user id"));
        }
        Ok((target, window))
    }
}

impl Operation for ListUserCrashes {
    const NAME: &'static str = "crashsight_list_user_crashes";
    const PATH: &'static str = "getCrashUserInfo";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let (target, window) = self.scope(ctx)?;
        let body = json!({
            "stime": window.first_second_wire(),
            "etime": window.last_second_wire(),
            "type": "pretty",
            "appId": target.id,
            "filters": {"user": self.user.texts()},
            "limit": FETCH,
        });
        // The seed's path has no platform (seed 000 line 3430).
        let documented = Request::post(
            target.account.name.clone(),
            Self::PATH,
            path(Self::PATH),
            body.clone(),
        )
        .with_nonce("requestid");
        Ok(post_by_platform(&target, Self::PATH, body)
            .with_nonce("requestid")
            .cache(window.cache_policy())
            .with_fallback(documented))
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        let (target, window) = self.scope(ctx)?;
        let rows = newest_first(column_rows(data)?, &target, "crashTime");
        let mut reply = Reply::with_title([
            format!("Crashes of {}", who(&self.user)),
            target.label.clone(),
            window.title(),
        ]);
        let mut table = Table::new(&["crashed", "user", "issue", "crash"]);
        for row in &rows {
            table.rows.push(vec![
                Cell::instant(
                    row.get("crashTime").instant(&target.account.zone),
                    &ctx.zone,
                ),
                if self.user.len() > 1 {
                    label(row.get("user"))
                } else {
                    Cell::Missing
                },
                Cell::id(row.get("issueId").text()),
                Cell::id(row.get("crashId").text()),
            ]);
        }
        table.total = i64::try_from(rows.len()).ok();
        table.rest = Some("a larger `limit` or a shorter window shows more".to_owned());
        table.keep(self.limit.rows());
        reply.table(
            table,
            &format!("no crash of {} in this range", who(&self.user)),
        );
        if let Some(note) = full(rows.len(), FETCH) {
            reply.note(note);
        }
        if let Some(crash) = rows.first().and_then(|row| id(row.get("crashId"))) {
            reply.next(ctx.next("crashsight_get_crash", &target, json!({"crash": crash})));
        }
        Ok(reply)
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

impl ListCrashUsers {
    fn scope(&self, ctx: &CallContext) -> Result<(CrashSightApp, Window), Error> {
        let target = ctx.app(self.project.as_ref())?;
        let window = ctx
            .window(
                self.window.as_ref(),
                &WindowSpec::today(),
                Granularity::Second,
                &target,
            )?
            .at_most_days(30)?;
        Ok((target, window))
    }
}

impl Operation for ListCrashUsers {
    const NAME: &'static str = "crashsight_list_crash_users";
    const PATH: &'static str = "getCrashUserList";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let (target, window) = self.scope(ctx)?;
        let body = json!({
            "stime": window.first_second_wire(),
            "etime": window.last_second_wire(),
            "appId": target.id,
            "limit": FETCH,
            "type": "pretty",
        });
        // `type` is the return format here and the kind of crash in the SDK's form: they cannot be merged.
        let other = json!({
            "appId": target.id,
            "platformId": target.platform.number(),
            "startDate": window.first_day_param(),
            "endDate": window.last_day_param(),
            "type": "crash",
            "version": "-1",
        });
        Ok(post_by_platform(&target, Self::PATH, body)
            .with_nonce("requestid")
            .cache(window.cache_policy())
            .with_fallback(post_by_platform(&target, Self::PATH, other)))
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        let (target, window) = self.scope(ctx)?;
        let rows = column_rows(data)?;
        let mut users: Vec<String> = Vec::with_capacity(rows.len());
        let mut seen = HashSet::new();
        for user in rows
            .iter()
            .filter_map(|row| ["user", "userId"].iter().find_map(|c| row.get(c).label()))
        {
            if seen.insert(user.clone()) {
                users.push(user);
            }
        }
        let mut reply = Reply::with_title([
            "Users who crashed".to_owned(),
            target.label.clone(),
            window.title(),
        ]);
        let part = rows.len() >= FETCH as usize;
        reply.facts([Fact::new(
            if part { "users, at least" } else { "users" },
            Cell::count(i64::try_from(users.len()).ok().filter(|n| *n > 0)),
        )]);
        let mut table = Table::new(&["user"]);
        table.rows = users
            .iter()
            .map(|user| vec![Cell::from_untrusted(user.clone())])
            .collect();
        table.total = i64::try_from(users.len()).ok();
        table.rest = Some("a larger `limit` shows more".to_owned());
        table.keep(self.limit.rows());
        reply.table(table, "no user crashed in this range");
        if let Some(note) = full(rows.len(), FETCH) {
            reply.note(note);
        }
        Ok(reply)
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

impl ListDeviceUsers {
    fn scope(&self, ctx: &CallContext) -> Result<(CrashSightApp, Window), Error> {
        let target = ctx.app(self.project.as_ref())?;
        let window = ctx
            .window(
                self.window.as_ref(),
                &WindowSpec::last_days(7),
                Granularity::Second,
                &target,
            )?
            .at_most_days(31)?;
        Ok((target, window))
    }
}

impl Operation for ListDeviceUsers {
    const NAME: &'static str = "crashsight_list_device_users";
    const PATH: &'static str = "getDeviceUserInfo";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let (target, window) = self.scope(ctx)?;
        super::devices::mobile_only(&target)?;
        // The filter of the seed and the top-level field of the SDK, together.
        let body = json!({
            "stime": window.first_second_wire(),
            "etime": window.last_second_wire(),
            "source": 0,
            "filters": {"deviceId": [self.device.as_str()]},
            "deviceId": self.device.as_str(),
            "limit": FETCH,
            "type": "pretty",
            "appId": target.id,
        });
        Ok(post_by_platform(&target, Self::PATH, body)
            .with_nonce("requestid")
            .cache(window.cache_policy()))
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        let (target, window) = self.scope(ctx)?;
        let rows = newest_first(column_rows(data)?, &target, "time");
        let mut reply = Reply::with_title([
            format!("Users of device {}", short(&self.device)),
            target.label.clone(),
            window.title(),
        ]);
        // One row a session: a user stands once, with the number of sessions and the latest.
        let mut users: Vec<(String, usize, Option<jiff::Timestamp>)> = Vec::new();
        for row in &rows {
            let Some(user) = ["userId", "user"].iter().find_map(|c| row.get(c).label()) else {
                continue;
            };
            match users.iter_mut().find(|(known, ..)| *known == user) {
                Some((_, sessions, _)) => *sessions += 1,
                None => users.push((user, 1, row.get("time").instant(&target.account.zone))),
            }
        }
        let mut table = Table::new(&["user", "sessions", "latest"]);
        for (user, sessions, latest) in &users {
            table.rows.push(vec![
                Cell::from_untrusted(user.clone()),
                Cell::Count(i64::try_from(*sessions).unwrap_or_default()),
                Cell::instant(*latest, &ctx.zone),
            ]);
        }
        table.total = i64::try_from(users.len()).ok();
        table.rest = Some("a larger `limit` shows more".to_owned());
        table.keep(self.limit.rows());
        reply.table(table, "no user on this device in this range");
        if let Some(note) = full(rows.len(), FETCH) {
            reply.note(note);
        }
        Ok(reply)
    }
}
