//! How one call went for each of its users.

use std::cmp::Reverse;

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::call_metrics::CallMetrics;
use super::call_series::{self, CallSeries};
use super::calls::{HOURS, ranged, seconds_between};
use super::{Rows, Scope, get, list, rate, read_rows};
use crate::args::{Choice, List, ProjectName, ShortText};
use crate::error::Error;
use crate::json::JsonRef;
use crate::reply::{Cell, Fact, Reply, Table, Untrusted, inline};
use crate::request::{Rate, Request};
use crate::time_range::{Granularity, WindowSpec};
use crate::tools::context::CallContext;
use crate::tools::output::{Output, Time};
use crate::tools::tool::Query;

/// Details (docs/vendor/agora.md §4).
const RATES: &[Rate] = &[rate(1, 1), rate(1000, 86_400)];

/// Hours of a call in one response (docs/vendor/agora.md §4).
const CALL_HOURS: i64 = 3;

/// Users in one response (docs/vendor/agora.md §4).
const MAX_USERS: usize = 10;

/// One call by its users: device, network, and per metric the lowest, median, highest and worst moment. With one
/// `user` and `metrics`, those series in full.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetCall {
    project: Option<ProjectName>,
    call: ShortText,
    /// from its first to its last minute (default 3h, the most there is)
    window: Option<WindowSpec>,
    #[serde(default)]
    user: List<ShortText>,
    #[serde(default)]
    metrics: List<Choice<CallMetrics>>,
}

/// A call, and how it went.
#[derive(Serialize, JsonSchema)]
pub(crate) struct CallDetails {
    call: Untrusted,
    channel: Option<Untrusted>,
    /// Those requested, the latest to join first.
    users: Vec<CallUser>,
    /// Every user of the call, where none of those requested was in it.
    users_in_call: Vec<Untrusted>,
    /// Whether the call may have more users than the service returns.
    limit_reached: bool,
}

/// A user's session in a call.
#[derive(Serialize, JsonSchema)]
struct CallUser {
    user: Option<Untrusted>,
    /// The id of the user's session.
    session: Option<Untrusted>,
    joined_at: Option<Time>,
    /// Absent while the user is in the call.
    left_at: Option<Time>,
    /// So far, while the user is in the call.
    stayed_s: Option<i64>,
    /// Whether the user sends audio or video.
    sends: Option<bool>,
    /// Whether the user has left.
    finished: Option<bool>,
    network: Option<Untrusted>,
    platform: Option<Untrusted>,
    device: Option<Untrusted>,
    sdk_version: Option<Untrusted>,
    metrics: Vec<CallSeries>,
}

impl CallUser {
    fn read(row: JsonRef<'_>, zone: &TimeZone) -> Option<Self> {
        let at = |field| row.get(field).instant(&TimeZone::UTC);
        let (joined, left) = (at("join_ts"), at("leave_ts"));
        let text = |field| row.get(field).untrusted();
        let finished = row.get("finished").flag();
        let user = Self {
            user: text("uid"),
            session: text("sid"),
            joined_at: Time::of(joined, zone),
            left_at: Time::of(left.filter(|_| finished != Some(false)), zone),
            stayed_s: seconds_between(joined, left),
            sends: row.get("speaker").flag(),
            finished,
            network: text("network"),
            platform: text("platform"),
            device: text("device_type"),
            sdk_version: text("sdk_version"),
            metrics: Vec::new(),
        };
        (user.user.is_some() || user.session.is_some()).then_some(user)
    }

    fn cells(&self) -> Vec<Cell> {
        let text = |text: &Option<Untrusted>| text.clone().map_or(Cell::Missing, Cell::Untrusted);
        vec![
            text(&self.user),
            self.joined_at.as_ref().map_or(Cell::Missing, Time::cell),
            self.stayed_s.map_or(Cell::Missing, Cell::Seconds),
            match self.sends {
                Some(true) => Cell::text("yes"),
                Some(false) => Cell::text("listens"),
                None => Cell::Missing,
            },
            text(&self.network),
            self.device
                .as_ref()
                .or(self.platform.as_ref())
                .map_or(Cell::Missing, |text| Cell::Untrusted(text.clone())),
            text(&self.sdk_version),
        ]
    }
}

impl GetCall {
    /// Whether series are requested in full.
    fn in_full(&self) -> bool {
        self.user.len() == 1 && !self.metrics.is_empty()
    }

    fn wants(&self, user: &CallUser) -> bool {
        let requested = |user: &Untrusted| self.user.texts().contains(&user.raw());
        self.user.is_empty() || user.user.as_ref().is_some_and(requested)
    }
}

impl Query for GetCall {
    const NAME: &'static str = "agora_get_call";
    const UPSTREAM: &'static str = "analytics/call/details";
    type Scope = Scope;
    type Answer = CallDetails;

    fn scope(&self, ctx: &CallContext) -> Result<Scope, Error> {
        let (project, window) = (self.project.as_ref(), self.window.as_ref());
        let served = Granularity::Second
            .at_most_hours(CALL_HOURS)
            .within_retention_hours(HOURS);
        Scope::new(
            ctx,
            project,
            window,
            &WindowSpec::last_hours(CALL_HOURS),
            served,
        )
    }

    fn request(&self, scope: &Scope) -> Request {
        ranged(get(&scope.app, Self::UPSTREAM), scope)
            .query("call_id", self.call.as_str())
            .rates(RATES)
            .cache(scope.window.cache_policy())
    }

    fn parse(&self, scope: &Scope, data: JsonRef<'_>) -> anyhow::Result<Output<CallDetails>> {
        let users = list(data, &["call_info"])?;
        let channel = users.list().find_map(|row| row.get("cname").untrusted());
        let Rows {
            rows: users,
            mut unrecognized,
        } = read_rows(users, |row| CallUser::read(row, &scope.zone))?;
        let limit_reached = users.len() + unrecognized >= MAX_USERS;
        let session = |row: JsonRef<'_>| row.get("sid").untrusted();
        let sessions = data.get("metrics").list().map(session);
        unrecognized += sessions
            .filter(|session| users.iter().all(|user| user.session != *session))
            .count();
        let (mut users, others): (Vec<_>, Vec<_>) =
            users.into_iter().partition(|user| self.wants(user));
        users.sort_by_key(|user| Reverse(user.joined_at.as_ref().map(|at| at.at)));
        let selected: Vec<i64> = self.metrics.iter().map(|choice| choice.0.code).collect();
        for user in &mut users {
            let session = user.session.as_ref().map_or("", Untrusted::raw);
            user.metrics = call_series::read_all(
                data.get("metrics"),
                session,
                &selected,
                self.in_full(),
                &scope.zone,
                &mut unrecognized,
            );
        }
        let measured = users.iter().any(|user| !user.metrics.is_empty());
        let (some, unknown) = (!users.is_empty(), users.is_empty() && !others.is_empty());
        let users_in_call = others.into_iter().filter_map(|user| user.user);
        let answer = CallDetails {
            call: self.call.as_str().into(),
            channel,
            users,
            users_in_call: users_in_call.filter(|_| unknown).collect(),
            limit_reached,
        };
        let title = format!("Call {}", inline(self.call.as_str(), 64));
        let mut output = Output::new(title, &scope.app, answer).window(&scope.window);
        output.note_unrecognized(unrecognized, "row");
        match (some, measured) {
            (true, false) if selected.is_empty() => {
                output.note("no metrics are reported for this call");
            }
            (true, false) => output.note("none of these metrics are reported"),
            (true, true) if selected.is_empty() => {
                output.note("a series in full: the same call with one `user` and `metrics`");
            }
            (true, true) => {}
            (false, _) if unknown => output.note("no such user in this call"),
            (false, _) => output.note("no such call in this range"),
        }
        if limit_reached && some {
            output.note(format!(
                "the service returns at most {MAX_USERS} users, the latest to join"
            ));
        }
        Ok(output)
    }

    fn render(output: &Output<CallDetails>, reply: &mut Reply) {
        let call = &output.answer;
        let channel = call.channel.clone();
        reply.facts([Fact::new(
            "channel",
            channel.map_or(Cell::Missing, Cell::Untrusted),
        )]);
        if !call.users_in_call.is_empty() {
            let users: Vec<&str> = call.users_in_call.iter().map(Untrusted::raw).collect();
            reply.facts([Fact::new(
                "users in this call",
                Cell::from_untrusted(users.join(", ")),
            )]);
        }
        if call.users.is_empty() {
            return;
        }
        let mut table = Table::new(&[
            "user", "joined", "stayed", "speaks", "network", "device", "SDK",
        ]);
        table.rows = call.users.iter().map(CallUser::cells).collect();
        reply.table(table, "");
        let mut table = Table::new(&[
            "user",
            "metric",
            "from user",
            "lowest",
            "median",
            "highest",
            "worst at",
            "course",
        ]);
        for user in &call.users {
            for series in &user.metrics {
                if series.is_in_full() {
                    series.render_in_full(reply);
                    continue;
                }
                let mut row = vec![user.user.clone().map_or(Cell::Missing, Cell::Untrusted)];
                row.extend(series.cells());
                table.rows.push(row);
            }
        }
        table.rest = Some("`user` and `metrics` show the others".to_owned());
        if !table.rows.is_empty() {
            reply.table(table, "");
        }
    }
}
