//! From a stack keyword or an issue to devices, and from a device to its crashes.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::users::{full, newest_first};
use super::{id, label, listed, post_by_platform, short};
use crate::args::{IssueId, Limit, List, ProjectName, ShortText};
use crate::error::Error;
use crate::json::{Row, column_rows};
use crate::project::{CrashSightApp, Platform};
use crate::reply::{Cell, Fact, Reply, Table, grouped};
use crate::request::Request;
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::CallContext;
use crate::tools::legacy::Operation;

/// Limit asked of the service.
const FETCH: u32 = 1000;

/// Some operations know phones alone (`operations.json`, constraints).
pub(super) fn mobile_only(target: &CrashSightApp) -> Result<(), Error> {
    if target.platform == Platform::Pc {
        return Err(Error::invalid_arguments(
            "this tool serves Android and iOS; for PC, crashsight_list_issue_crashes shows the devices of an issue",
        ));
    }
    Ok(())
}

fn seconds(
    ctx: &CallContext,
    project: Option<&ProjectName>,
    window: Option<&WindowSpec>,
) -> Result<(CrashSightApp, Window), Error> {
    let target = ctx.app(project)?;
    // 30 days and the running one (seed 000 lines 1660 and 1740: within 30 d).
    let window = ctx
        .window(
            window,
            &WindowSpec::last_days(7),
            Granularity::Second,
            &target,
        )?
        .at_most_days(30)?;
    Ok((target, window))
}

/// The body of the two searches by stack keyword. The app stands twice: the seed reads it at the top, the
/// SDK sends it inside `params`.
fn keyword_body(target: &CrashSightApp, window: &Window, keyword: &ShortText, limit: u32) -> Value {
    json!({
        "stime": window.first_second_wire(),
        "etime": window.last_second_wire(),
        "source": 0,
        "appId": target.id,
        "params": {"keyName": keyword.as_str(), "appId": target.id},
        "limit": limit,
        "type": "pretty",
    })
}

/// Reports and users whose stack holds a keyword (default 7d): how common is this function?
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CountStackCrashes {
    project: Option<ProjectName>,
    /// `*` allowed
    keyword: ShortText,
    window: Option<WindowSpec>,
}

impl Operation for CountStackCrashes {
    const NAME: &'static str = "crashsight_count_stack_crashes";
    const PATH: &'static str = "getStackCrashStat";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let (target, window) = seconds(ctx, self.project.as_ref(), self.window.as_ref())?;
        let body = keyword_body(&target, &window, &self.keyword, 0);
        Ok(post_by_platform(&target, Self::PATH, body)
            .with_nonce("requestid")
            .cache(window.cache_policy()))
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        let (target, window) = seconds(ctx, self.project.as_ref(), self.window.as_ref())?;
        let rows = column_rows(data)?;
        let mut reply = Reply::with_title([
            format!("Stacks with `{}`", short(&self.keyword)),
            target.label.clone(),
            window.title(),
        ]);
        let sum = |field: &str| {
            rows.iter()
                .filter_map(|row| row.get(field).count())
                .sum::<i64>()
        };
        if rows.is_empty() || sum("crashNums") == 0 {
            reply.note("no stack holds this keyword in this range");
        } else {
            reply.facts([
                Fact::new("reports", Cell::Count(sum("crashNums"))),
                Fact::new("users", Cell::Count(sum("crashUsers"))),
            ]);
            let mut more = json!({"keyword": self.keyword.as_str()});
            if self.window.is_some() {
                more["window"] = json!(window.to_argument());
            }
            reply.next(ctx.next("crashsight_list_stack_devices", &target, more));
        }
        Ok(reply)
    }
}

/// Devices (model and OS) whose stack holds a keyword (default 7d), most reports first: is it one chip, one OS?
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

impl Operation for ListStackDevices {
    const NAME: &'static str = "crashsight_list_stack_devices";
    const PATH: &'static str = "getStackDeviceInfo";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let (target, window) = seconds(ctx, self.project.as_ref(), self.window.as_ref())?;
        let body = keyword_body(&target, &window, &self.keyword, FETCH);
        Ok(post_by_platform(&target, Self::PATH, body)
            .with_nonce("requestid")
            .cache(window.cache_policy()))
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        let (target, window) = seconds(ctx, self.project.as_ref(), self.window.as_ref())?;
        let mut rows = column_rows(data)?;
        rows.sort_by_key(|row| std::cmp::Reverse(row.get("crashNums").count()));
        let mut reply = Reply::with_title([
            format!("Devices with `{}` in the stack", short(&self.keyword)),
            target.label.clone(),
            window.title(),
        ]);
        let all: i64 = rows
            .iter()
            .filter_map(|row| row.get("crashNums").count())
            .sum();
        let mut table = Table::new(&["model", "OS", "reports", "users"]);
        for row in &rows {
            table.rows.push(vec![
                Cell::untrusted(row.get("model").text()),
                Cell::untrusted(row.get("osVersion").text()),
                row.get("crashNums")
                    .count()
                    .map_or(Cell::Missing, |part| Cell::Share { part, whole: all }),
                Cell::count(row.get("crashUsers").count()),
            ]);
        }
        table.total = i64::try_from(rows.len()).ok();
        table.rest = Some("a larger `limit` shows more".to_owned());
        table.keep(self.limit.rows());
        reply.table(table, "no stack holds this keyword in this range");
        if let Some(note) = full(rows.len(), FETCH) {
            reply.note(note);
        }
        Ok(reply)
    }
}

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

impl Operation for ListDeviceCrashes {
    const NAME: &'static str = "crashsight_list_device_crashes";
    const PATH: &'static str = "getCrashDeviceStat";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let (target, window) = seconds(ctx, self.project.as_ref(), self.window.as_ref())?;
        if self.device.is_empty() {
            return Err(Error::invalid_arguments(
                "device: give at least one device id",
            ));
        }
        let body = json!({
            "stime": window.first_second_wire(),
            "etime": window.last_second_wire(),
            "appId": target.id,
            "filters": {"deviceId": self.device.texts()},
            "limit": FETCH,
            "type": "pretty",
        });
        Ok(post_by_platform(&target, Self::PATH, body)
            .with_nonce("requestid")
            .cache(window.cache_policy()))
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        let (target, window) = seconds(ctx, self.project.as_ref(), self.window.as_ref())?;
        let rows = newest_first(column_rows(data)?, &target, "crashTime");
        let which = match self.device.len() {
            1 => format!("device {}", listed(&self.device)),
            several => format!("{several} devices"),
        };
        let mut reply = Reply::with_title([
            format!("Crashes on {which}"),
            target.label.clone(),
            window.title(),
        ]);
        let mut table = Table::new(&[
            "crashed",
            "exception",
            "device id",
            "model",
            "user",
            "issue",
            "crash",
        ]);
        for row in &rows {
            table.rows.push(vec![
                Cell::instant(
                    row.get("crashTime").instant(&target.account.zone),
                    &ctx.zone,
                ),
                Cell::untrusted(row.get("exceptionType").text()),
                if self.device.len() > 1 {
                    label(row.get("deviceId"))
                } else {
                    Cell::Missing
                },
                Cell::untrusted(["model", "hardware"].iter().find_map(|c| row.get(c).text())),
                label(row.get("user")),
                Cell::id(row.get("issueId").text()),
                Cell::id(row.get("crashId").text()),
            ]);
        }
        table.total = i64::try_from(rows.len()).ok();
        table.rest = Some("a larger `limit` or a shorter window shows more".to_owned());
        table.keep(self.limit.rows());
        reply.table(table, &format!("no crash on {which} in this range"));
        if let Some(note) = full(rows.len(), FETCH) {
            reply.note(note);
        }
        if let Some(crash) = rows.first().and_then(|row| id(row.get("crashId"))) {
            reply.next(ctx.next("crashsight_get_crash", &target, json!({"crash": crash})));
        }
        Ok(reply)
    }
}

/// Who and what an issue hits (default 7d): shares of models, OS and versions over its reports, then single reports with
/// user and crash id. Mobile only.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListIssueDevices {
    project: Option<ProjectName>,
    issue: IssueId,
    window: Option<WindowSpec>,
    #[serde(default)]
    limit: Limit<10, 100>,
}

impl Operation for ListIssueDevices {
    const NAME: &'static str = "crashsight_list_issue_devices";
    const PATH: &'static str = "getCrashDeviceInfo";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let (target, window) = seconds(ctx, self.project.as_ref(), self.window.as_ref())?;
        mobile_only(&target)?;
        let body = |filters: Value| {
            json!({
                "stime": window.first_second_wire(),
                "etime": window.last_second_wire(),
                "filters": filters,
                "limit": FETCH,
                "type": "pretty",
                "appId": target.id,
            })
        };
        // Both filters together may be refused as an unknown column.
        let recommended = body(json!({"issueId": [self.issue.as_str()]}));
        let documented = body(json!({"issue": self.issue.as_str()}));
        Ok(post_by_platform(&target, Self::PATH, recommended)
            .with_nonce("requestid")
            .cache(window.cache_policy())
            .with_fallback(
                post_by_platform(&target, Self::PATH, documented).with_nonce("requestid"),
            ))
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        let (target, window) = seconds(ctx, self.project.as_ref(), self.window.as_ref())?;
        let rows = newest_first(column_rows(data)?, &target, "crashTime");
        let mut reply = Reply::with_title([
            format!("Who issue {} hits", self.issue.as_str()),
            target.label.clone(),
            window.title(),
        ]);
        let mut users: Vec<String> = rows
            .iter()
            .filter_map(|row| row.get("user").label())
            .collect();
        users.sort_unstable();
        users.dedup();
        let some = |n: usize| Cell::count(i64::try_from(n).ok().filter(|n| *n > 0));
        // The service gives the newest so many: of a busy issue that is a part of the range.
        let part = rows.len() >= FETCH as usize;
        reply.facts([
            Fact::new(
                if part { "newest reports" } else { "reports" },
                some(rows.len()),
            ),
            Fact::new(
                if part { "users of these" } else { "users" },
                some(users.len()),
            ),
        ]);
        for (label, columns) in [
            ("models", &["model"][..]),
            ("OS", &["osVer", "osVersion"]),
            ("versions", &["productVersion"]),
        ] {
            reply.facts(shares(label, &rows, columns));
        }
        let mut table = Table::new(&["crashed", "version", "model", "OS", "user", "crash"]);
        for row in &rows {
            table.rows.push(vec![
                Cell::instant(
                    row.get("crashTime").instant(&target.account.zone),
                    &ctx.zone,
                ),
                Cell::untrusted(row.get("productVersion").text()),
                Cell::untrusted(row.get("model").text()),
                Cell::untrusted(
                    ["osVer", "osVersion"]
                        .iter()
                        .find_map(|c| row.get(c).text()),
                ),
                label(row.get("user")),
                Cell::id(row.get("crashId").text()),
            ]);
        }
        table.total = i64::try_from(rows.len()).ok();
        table.rest = Some("a larger `limit` or a shorter window shows more".to_owned());
        table.keep(self.limit.rows());
        reply.table(table, "no report of this issue in this range");
        let oldest = rows
            .last()
            .and_then(|row| row.get("crashTime").instant(&target.account.zone));
        if part {
            reply.note(format!(
                "counts and shares are of the newest {} reports alone, back to {}: the service gives no more, and a shorter `window` is told whole",
                grouped(i64::from(FETCH)),
                Cell::instant(oldest, &ctx.zone).render(),
            ));
        }
        if let Some(crash) = rows.first().and_then(|row| id(row.get("crashId"))) {
            reply.next(ctx.next("crashsight_get_crash", &target, json!({"crash": crash})));
        }
        Ok(reply)
    }
}

/// The commonest values of a column, with their share of all rows.
fn shares(label: &str, rows: &[Row<'_>], columns: &[&str]) -> Vec<Fact> {
    const MOST: usize = 5;
    let mut counts: Vec<(&str, i64)> = Vec::new();
    for value in rows
        .iter()
        .filter_map(|row| columns.iter().find_map(|column| row.get(column).text()))
    {
        match counts.iter_mut().find(|(known, _)| *known == value) {
            Some((_, count)) => *count += 1,
            None => counts.push((value, 1)),
        }
    }
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let all: i64 = counts.iter().map(|(_, count)| count).sum();
    let mut facts: Vec<Fact> = counts
        .iter()
        .take(MOST)
        .map(|(value, count)| {
            let share = crate::reply::percent(*count, all);
            let value = crate::reply::inline(value, 60);
            Fact::new("", Cell::from_untrusted(format!("{value} {share}")))
        })
        .collect();
    if let Some(first) = facts.first_mut() {
        label.clone_into(&mut first.label);
    }
    if counts.len() > MOST {
        facts.push(Fact::new(
            "",
            Cell::text(format!("and {} others", counts.len() - MOST)),
        ));
    }
    facts
}
