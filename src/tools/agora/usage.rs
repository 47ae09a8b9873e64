//! Usage per UTC day.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Rows, app, get, rate, read_rows};
use crate::args::{Choice, ChoiceSet, List, ProjectName};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::AppRef;
use crate::reply::{Cell, Fact, Reply, Table};
use crate::request::{CachePolicy, Rate, Request};
use crate::time_range::{Granularity, Served, Window, WindowSpec};
use crate::tools::context::CallContext;
use crate::tools::output::{Day, Output};
use crate::tools::tool::Query;

/// One per minute and ten per day (docs/vendor/agora.md §4).
const RATES: &[Rate] = &[rate(1, 60), rate(10, 86_400)];

/// Days that are kept (docs/vendor/agora.md §4).
const DAYS: i64 = 7;

/// A day is complete at 08:00 UTC of the next (docs/vendor/agora.md §4).
const READY: SignedDuration = SignedDuration::from_hours(8);

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Metric {
    Users,
    Sessions,
    Channels,
}

/// The words for what is counted.
pub(super) struct Metrics;

impl ChoiceSet for Metrics {
    type Item = Metric;
    const ITEMS: &'static [(&'static str, Metric)] = &[
        ("users", Metric::Users),
        ("sessions", Metric::Sessions),
        ("channels", Metric::Channels),
    ];
}

/// Users, joins and channels of calls per UTC day (at most the last 7 complete days, all by default). Ten calls a day
/// are allowed, so responses are cached.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetUsage {
    project: Option<ProjectName>,
    /// yesterday, 7d, 2026-11-15..2026-11-21
    window: Option<WindowSpec>,
    #[serde(default)]
    metrics: List<Choice<Metrics>>,
}

/// The app, its days, and whether the last of them is complete at the service.
pub(crate) struct UsageScope {
    app: AppRef,
    window: Window,
    ready: bool,
}

/// Usage per day.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Usage {
    /// The oldest first.
    days: Vec<UsageDay>,
    /// Days of the range without data.
    missing_days: i64,
}

/// The usage of one UTC day.
#[derive(Serialize, JsonSchema)]
struct UsageDay {
    day: Day,
    /// Users; one in several channels counts once in each.
    users: Option<i64>,
    /// Joins.
    sessions: Option<i64>,
    channels: Option<i64>,
}

impl UsageDay {
    fn read(row: JsonRef<'_>) -> Option<(Timestamp, Self)> {
        let at = row.get("ts").instant(&TimeZone::UTC)?;
        let fields = ["userCount", "sessionCount", "channelCount"];
        let [users, sessions, channels] = fields.map(|field| row.get(field).count());
        let day = Self {
            day: Day(at.to_zoned_datetime(TimeZone::UTC).date()),
            users,
            sessions,
            channels,
        };
        fields
            .iter()
            .any(|field| row.has(field))
            .then_some((at, day))
    }

    /// With the requested metrics only.
    fn only(self, metrics: &List<Choice<Metrics>>) -> Self {
        let wanted = |metric| metrics.is_empty() || metrics.iter().any(|it| *it.0 == metric);
        Self {
            users: self.users.filter(|_| wanted(Metric::Users)),
            sessions: self.sessions.filter(|_| wanted(Metric::Sessions)),
            channels: self.channels.filter(|_| wanted(Metric::Channels)),
            ..self
        }
    }
}

/// A column: its name, and its count.
type Column = (&'static str, fn(&UsageDay) -> Option<i64>);

impl Query for GetUsage {
    const NAME: &'static str = "agora_get_usage";
    const UPSTREAM: &'static str = "insight/usage/by_time";
    type Scope = UsageScope;
    type Answer = Usage;

    fn scope(&self, ctx: &CallContext) -> Result<UsageScope, Error> {
        let app = app(ctx, self.project.as_ref())?;
        // Today is left out again.
        let default = WindowSpec::last_days(DAYS + 1);
        let served = Served::from(Granularity::Day)
            .within_retention_days(DAYS)
            .complete_days();
        let window = ctx.window(self.window.as_ref(), &default, served, &app)?;
        let ready = window.end_or_now() + READY <= ctx.now;
        Ok(UsageScope { app, window, ready })
    }

    fn request(&self, scope: &UsageScope) -> Request {
        let (app, window) = (&scope.app, &scope.window);
        let start = window.start().as_second().to_string();
        let end = window.end_or_now().as_second().to_string();
        // The manual's names, and those of later revisions (docs/vendor/agora.md §5), together.
        get(app, Self::UPSTREAM)
            .query("start_ts", &start)
            .query("end_ts", &end)
            .query("startTs", &start)
            .query("endTs", &end)
            .query("metric", "userCount,sessionCount,channelCount")
            .query("aggregateGranularity", "1d")
            .rates(RATES)
            .stale_key(format!("{} {} {start} {end}", Self::UPSTREAM, app.id))
            .cache(if scope.ready {
                CachePolicy::CompleteDays
            } else {
                CachePolicy::OneMinute
            })
    }

    fn parse(&self, scope: &UsageScope, data: JsonRef<'_>) -> anyhow::Result<Output<Usage>> {
        let Rows { rows, unrecognized } = read_rows(data, UsageDay::read)?;
        let mut days: Vec<UsageDay> = rows
            .into_iter()
            .filter(|(at, _)| scope.window.contains(*at))
            .map(|(_, day)| day.only(&self.metrics))
            .collect();
        days.sort_by_key(|day| day.day);
        let all = scope.window.days();
        let missing_days = all.saturating_sub(i64::try_from(days.len()).unwrap_or(all));
        let last = days.last().map(|day| day.day);
        let users = days.iter().any(|day| day.users.is_some());
        let answer = Usage { days, missing_days };
        let mut output =
            Output::new("Call usage by UTC day", &scope.app, answer).window(&scope.window);
        if missing_days > 0 {
            let none = match last {
                None => "no calls in this range".to_owned(),
                Some(_) => format!("no data for {missing_days} of {all} days"),
            };
            // Only the last day may still be on its way.
            let late = !scope.ready && last.is_none_or(|last| last.0 < scope.window.last_day());
            output.note(match (late, all) {
                (true, 1) => "not ready yet: a day is complete at 08:00 UTC of the next".to_owned(),
                (true, _) => format!("{none}; the last is complete at 08:00 UTC of the next day"),
                (false, _) => none,
            });
        }
        if users {
            output.note("users in several channels count once in each");
        }
        output.note_unrecognized(unrecognized, "row");
        Ok(output)
    }

    fn render(output: &Output<Usage>, reply: &mut Reply) {
        let days = &output.answer.days;
        let columns: [Column; 3] = [
            ("users", |day| day.users),
            ("joins", |day| day.sessions),
            ("channels", |day| day.channels),
        ];
        let mut table = Table::new(&["day", "users", "joins", "channels"]);
        for day in days {
            let mut cells = vec![Cell::Day(day.day.0)];
            cells.extend(columns.iter().map(|(_, count)| Cell::count(count(day))));
            table.rows.push(cells);
        }
        if !days.is_empty() {
            reply.table(table, "");
        }
        if days.len() <= 2 {
            return;
        }
        for (name, count) in columns {
            let values: Vec<i64> = days.iter().filter_map(count).collect();
            let peak = days.iter().max_by_key(|day| count(day));
            if let Some(peak) = peak.filter(|_| !values.is_empty()) {
                reply.facts([
                    Fact::new(name, Cell::Sparkline(values)),
                    Fact::new("most on", Cell::Day(peak.day.0)),
                ]);
            }
        }
    }
}
