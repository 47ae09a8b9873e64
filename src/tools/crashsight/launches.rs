//! Launches of users or devices, kept by the service for three days.

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::crash_rows::lift_common;
use super::report_rows::{cell, id_cell, time_cell};
use super::{id, listed, post};
use crate::args::{Limit, List, ProjectName, ShortText};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::{Cell, Fact, Reply, Table, Untrusted, counted};
use crate::request::Request;
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::context::CallContext;
use crate::tools::output::{Output, Time};
use crate::tools::tool::Query;

/// Launches of given users or devices in the last three days, newest first, and the crash that ended each. For "did this
/// player start the game, on what, and how did it end".
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListUserLaunches {
    project: Option<ProjectName>,
    #[serde(default)]
    user: List<ShortText>,
    #[serde(default)]
    device: List<ShortText>,
    window: Option<WindowSpec>,
    #[serde(default)]
    limit: Limit<20, 100>,
}

/// Launches.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Launches {
    /// Launches that the service counts since the begin of the range.
    matching: Option<i64>,
    /// Launches of the range that it returned; `newest` has the newest of them.
    pub(crate) returned: usize,
    /// Of these, those that a crash ended.
    pub(crate) crashed: usize,
    /// Whether the service may have more than it returned.
    may_have_more: bool,
    pub(crate) newest: Vec<Launch>,
}

/// A launch, or a report of one.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Launch {
    launched_at: Option<Time>,
    uploaded_at: Option<Time>,
    cold: Option<bool>,
    /// The service's kind of message.
    message_type: Option<Untrusted>,
    version: Option<Untrusted>,
    pub(crate) user: Option<Untrusted>,
    pub(crate) device_id: Option<Untrusted>,
    pub(crate) model: Option<Untrusted>,
    pub(crate) os: Option<Untrusted>,
    network: Option<Untrusted>,
    exception: Option<Untrusted>,
    issue: Option<Untrusted>,
    crash: Option<Untrusted>,
}

/// Rows asked of the service: what its SDK asks.
const FETCH: u32 = 3_000;

/// The service keeps launches for three days (docs/vendor/crashsight.md §3).
const KEPT_HOURS: i64 = 72;

impl Launch {
    fn read(row: JsonRef<'_>, scope: &Scope) -> Option<Self> {
        let text = |names: &[&str]| row.any(names).untrusted();
        let time = |names: &[&str]| {
            let site = &scope.app.account.zone;
            let at = names.iter().find_map(|name| row.get(name).instant(site));
            Time::of(at, &scope.zone)
        };
        let read = Self {
            launched_at: time(&["launchTimeMillisStr", "launchTimeMillis", "launchTime"]),
            uploaded_at: time(&["uploadTimestamp", "uploadTime"]),
            cold: row.any(&["isCoolStart", "isColdStart"]).flag(),
            message_type: text(&["csType"]),
            version: text(&["productVersion", "version"]),
            user: text(&["userId"]),
            device_id: text(&["deviceId"]),
            model: text(&["model"]),
            os: text(&["osVersion", "osVer"]),
            network: text(&["networkType"]),
            exception: text(&["expName", "expMessage"]),
            issue: text(&["issueId", "issueHash"]),
            crash: text(&["crashId", "crashHash"]),
        };
        let named = read.user.is_some() || read.device_id.is_some() || read.crash.is_some();
        (named || read.at().is_some()).then_some(read)
    }

    /// When it began, or when it was reported.
    pub(crate) fn at(&self) -> Option<&Time> {
        self.launched_at.as_ref().or(self.uploaded_at.as_ref())
    }
}

/// Project and range of a call.
pub(crate) struct Scope {
    app: CrashSightApp,
    window: Window,
    zone: TimeZone,
}

impl Query for ListUserLaunches {
    const NAME: &'static str = "crashsight_list_user_launches";
    const UPSTREAM: &'static str = "queryAccessList";
    type Scope = Scope;
    type Answer = Launches;

    fn scope(&self, ctx: &CallContext) -> Result<Scope, Error> {
        if self.user.is_empty() == self.device.is_empty() {
            return Err(Error::invalid_arguments(
                "give either `user` or `device`: the service takes ids of one of them",
            ));
        }
        let app = ctx.app(self.project.as_ref())?;
        let served = Granularity::Second.at_most_days(3);
        let served = served.within_retention_hours(KEPT_HOURS);
        let default = WindowSpec::last_days(3);
        Ok(Scope {
            window: ctx.window(self.window.as_ref(), &default, served, &app)?,
            zone: ctx.zone.clone(),
            app,
        })
    }

    fn request(&self, scope: &Scope) -> Request {
        let mut body = json!({
            "uploadTimeBeginMillis": scope.window.start().as_millisecond(),
            "skipDistinctQuery": true,
            "pageNumber": 1,
            "pageSize": FETCH,
        });
        if self.user.is_empty() {
            body["deviceIdList"] = json!(self.device.texts());
        } else {
            body["userIdList"] = json!(self.user.texts());
        }
        post(&scope.app, Self::UPSTREAM, body)
    }

    fn parse(&self, scope: &Scope, data: JsonRef<'_>) -> anyhow::Result<Output<Launches>> {
        let result = match data.get("result") {
            result if result.exists() => result,
            _ => data,
        };
        let rows = result.rows_of("records")?;
        let said = rows.iter().filter(|row| row.says_something()).count();
        let read = |row: &JsonRef<'_>| Launch::read(*row, scope);
        let mut launches: Vec<Launch> = rows.iter().filter_map(read).collect();
        let unread = said.saturating_sub(launches.len());
        if launches.is_empty() && unread > 0 {
            anyhow::bail!("rows without any field of this operation");
        }
        // The service knows no end of the range.
        let (_, end) = scope.window.bounds();
        let end = end.timestamp();
        launches.retain(|launch| launch.at().is_none_or(|time| time.at < end));
        launches.sort_by_key(|launch| std::cmp::Reverse(launch.at().map(|time| time.at)));
        let returned = launches.len();
        let crashed = launches.iter().filter(|one| one.crash.is_some()).count();
        launches.truncate(self.limit.rows());
        let crash = launches.iter().find_map(|launch| {
            let value = json!(launch.crash.as_ref()?.raw());
            id(JsonRef::new(&value)).map(str::to_owned)
        });
        let answer = Launches {
            matching: result.get("total").count(),
            returned,
            crashed,
            may_have_more: said >= FETCH as usize,
            newest: launches,
        };
        let (words, thing) = if self.user.is_empty() {
            (&self.device, "device")
        } else {
            (&self.user, "user")
        };
        let whose = match words.len() {
            1 => format!("{thing} {}", listed(words)),
            several => format!("{several} {thing}s"),
        };
        let may_have_more = answer.may_have_more;
        let mut output =
            Output::new(format!("Launches of {whose}"), &scope.app, answer).window(&scope.window);
        output.note_unrecognized(unread, "row");
        if returned == 0 {
            output.note(format!("no launch of {whose} in this range"));
        }
        if may_have_more {
            let rows = counted(FETCH as usize, "row");
            output.note(format!("limit of {rows} reached; there may be more"));
        }
        if let Some(crash) = crash {
            output.suggest("crashsight_get_crash", json!({"crash": crash}));
        }
        Ok(output)
    }

    fn render(output: &Output<Launches>, reply: &mut Reply) {
        let answer = &output.answer;
        if answer.newest.is_empty() {
            return;
        }
        let count = |count: usize| Cell::count(i64::try_from(count).ok());
        reply.facts([
            Fact::new("launches", count(answer.returned)),
            Fact::new("ended by a crash", count(answer.crashed)),
        ]);
        let mut table = Table::new(&[
            "launched",
            "start",
            "version",
            "user",
            "device id",
            "device",
            "OS",
            "network",
            "exception",
            "issue",
            "crash",
        ]);
        for launch in &answer.newest {
            table.rows.push(vec![
                time_cell(launch.at()),
                match launch.cold {
                    Some(true) => Cell::text("cold"),
                    Some(false) => Cell::text("warm"),
                    None => Cell::Missing,
                },
                cell(launch.version.as_ref()),
                cell(launch.user.as_ref()),
                cell(launch.device_id.as_ref()),
                cell(launch.model.as_ref()),
                cell(launch.os.as_ref()),
                cell(launch.network.as_ref()),
                cell(launch.exception.as_ref()),
                id_cell(launch.issue.as_ref()),
                id_cell(launch.crash.as_ref()),
            ]);
        }
        reply.facts(lift_common(&mut table));
        table.total = i64::try_from(answer.returned).ok();
        table.cut = answer.returned - answer.newest.len();
        table.rest = Some("a larger `limit` or a shorter window shows more".to_owned());
        reply.table(table, "");
    }
}
