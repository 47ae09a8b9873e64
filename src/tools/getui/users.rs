//! Push users: those of a day, and those online now.

use anyhow::bail;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::funnel::Step;
use super::{DayScope, app, get, report};
use crate::args::ProjectName;
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::AppRef;
use crate::reply::{Cell, Fact, Reply};
use crate::request::Request;
use crate::time_range::WindowSpec;
use crate::tools::context::CallContext;
use crate::tools::output::{Day, Output, Time};
use crate::tools::tool::Query;

/// Push users of one past day (default yesterday, never today): registered in total and that day, active, online at the
/// peak.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetDailyUserReport {
    project: Option<ProjectName>,
    /// one day
    window: Option<WindowSpec>,
}

/// The users of a day.
#[derive(Serialize, JsonSchema)]
pub(crate) struct DailyUsers {
    day: Day,
    users: Option<UserCounts>,
}

/// Counts of users.
#[derive(Serialize, JsonSchema)]
struct UserCounts {
    /// Registered up to the end of the day.
    registered: Option<i64>,
    /// Registered that day.
    new: Option<i64>,
    /// Active that day, as a part of those registered.
    active: Option<Step>,
    /// Online at the peak of the day.
    online_peak: Option<i64>,
}

impl UserCounts {
    fn read(day: JsonRef<'_>) -> Option<Self> {
        let count = |field| day.get(field).count();
        let registered = count("accumulative_num");
        let counts = Self {
            registered,
            new: count("register_num"),
            active: Step::new(count("active_num"), registered),
            online_peak: count("online_num"),
        };
        let some = counts.registered.or(counts.new).or(counts.online_peak);
        (some.is_some() || counts.active.is_some()).then_some(counts)
    }
}

impl Query for GetDailyUserReport {
    const NAME: &'static str = "getui_get_daily_user_report";
    const UPSTREAM: &'static str = "report/user/date";
    type Scope = DayScope;
    type Answer = DailyUsers;

    fn scope(&self, ctx: &CallContext) -> Result<DayScope, Error> {
        DayScope::past_day(ctx, self.project.as_ref(), self.window.as_ref())
    }

    fn request(&self, scope: &DayScope) -> Request {
        let path = format!("/{}/{}", Self::UPSTREAM, scope.day());
        get(&scope.app, Self::UPSTREAM, path).cache(scope.window.cache_policy())
    }

    fn parse(&self, scope: &DayScope, data: JsonRef<'_>) -> anyhow::Result<Output<DailyUsers>> {
        let users = match report(data, &scope.day())? {
            None => None,
            Some(day) => match UserCounts::read(day) {
                None => bail!("no count is recognised in the report"),
                counts => counts,
            },
        };
        let day = Day(scope.window.first_day());
        let answer = DailyUsers { day, users };
        let mut output =
            Output::new("Push users of a day", &scope.app, answer).window(&scope.window);
        if output.answer.users.is_none() {
            output.note("no users are reported for this day");
            return Ok(output);
        }
        let arguments = json!({"window": scope.day()});
        output.suggest("getui_get_daily_push_report", arguments);
        Ok(output)
    }

    fn render(output: &Output<DailyUsers>, reply: &mut Reply) {
        if let Some(users) = &output.answer.users {
            reply.facts([
                Fact::new("registered in total", Cell::count(users.registered)),
                Fact::new("new", Cell::count(users.new)),
                Fact::new("active", users.active.map_or(Cell::Missing, Step::cell)),
                Fact::new("online at the peak", Cell::count(users.online_peak)),
            ]);
        }
    }
}

/// Users online at the push service over the last 24 hours, in steps of 10 minutes: now, lowest, highest, curve.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetOnlineUsers {
    project: Option<ProjectName>,
}

/// The app, and the zone in which times are read.
pub(crate) struct OnlineScope {
    app: AppRef,
    zone: TimeZone,
}

/// Users online over a day.
#[derive(Serialize, JsonSchema)]
pub(crate) struct OnlineUsers {
    latest: Option<OnlinePoint>,
    lowest: Option<OnlinePoint>,
    highest: Option<OnlinePoint>,
    /// A value per 10 minutes, the oldest first.
    points: Vec<OnlinePoint>,
}

/// Users online at a moment.
#[derive(Clone, Serialize, JsonSchema)]
struct OnlinePoint {
    at: Time,
    users: i64,
}

impl Query for GetOnlineUsers {
    const NAME: &'static str = "getui_get_online_users";
    const UPSTREAM: &'static str = "report/online_user";
    type Scope = OnlineScope;
    type Answer = OnlineUsers;

    fn scope(&self, ctx: &CallContext) -> Result<OnlineScope, Error> {
        Ok(OnlineScope {
            app: app(ctx, self.project.as_ref())?,
            zone: ctx.zone.clone(),
        })
    }

    fn request(&self, scope: &OnlineScope) -> Request {
        get(&scope.app, Self::UPSTREAM, format!("/{}", Self::UPSTREAM)).stale_key(Self::UPSTREAM)
    }

    fn parse(&self, scope: &OnlineScope, data: JsonRef<'_>) -> anyhow::Result<Output<OnlineUsers>> {
        let data = if data.exists() { data.object()? } else { data };
        if !data.has("online_statics") && data.says_something() {
            bail!("the response has no `online_statics`");
        }
        let statistics = data.get("online_statics");
        let mut points = Vec::new();
        let mut unrecognized = usize::from(statistics.exists() && statistics.object().is_err());
        for (at, users) in statistics.entries() {
            let at = at.parse().ok();
            let at = at.and_then(|at| Timestamp::from_millisecond(at).ok());
            match (at, users.count()) {
                (Some(at), Some(users)) => points.push(OnlinePoint {
                    at: Time::new(at, &scope.zone),
                    users,
                }),
                _ => unrecognized += usize::from(users.exists()),
            }
        }
        if points.is_empty() && unrecognized > 0 {
            bail!("no value is recognised in `online_statics`");
        }
        points.sort_by_key(|point| point.at.at);
        let answer = OnlineUsers {
            latest: points.last().cloned(),
            lowest: points.iter().min_by_key(|point| point.users).cloned(),
            // The first of several equal peaks.
            highest: points.iter().rev().max_by_key(|point| point.users).cloned(),
            points,
        };
        let mut output =
            Output::new("Users online", &scope.app, answer).heading(["last 24 hours".to_owned()]);
        if output.answer.points.is_empty() {
            output.note("no values are reported");
        }
        output.note_unrecognized(unrecognized, "value");
        Ok(output)
    }

    fn render(output: &Output<OnlineUsers>, reply: &mut Reply) {
        let OnlineUsers {
            latest,
            lowest,
            highest,
            points,
        } = &output.answer;
        for (label, point) in [("latest", latest), ("lowest", lowest), ("highest", highest)] {
            if let Some(point) = point {
                reply.facts([
                    Fact::new(label, Cell::Count(point.users)),
                    Fact::new("at", point.at.cell()),
                ]);
            }
        }
        if !points.is_empty() {
            let curve = points.iter().map(|point| point.users).collect();
            reply.facts([Fact::new("by 10 minutes", Cell::Sparkline(curve))]);
        }
    }
}
