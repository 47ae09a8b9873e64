//! Which calls there were.

use std::cmp::Reverse;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Rows, Scope, between, get, list, rate, read_rows};
use crate::args::{ProjectName, ShortText};
use crate::error::Error;
use crate::json::JsonRef;
use crate::reply::{Cell, Reply, Table, Untrusted, inline};
use crate::request::{Rate, Request};
use crate::time_range::{Granularity, Served, WindowSpec};
use crate::tools::context::CallContext;
use crate::tools::output::{Output, Time};
use crate::tools::tool::Query;

/// Searches (docs/vendor/agora.md §4).
const RATES: &[Rate] = &[rate(3, 1), rate(1000, 86_400)];

/// Hours for which calls are kept: three days (docs/vendor/agora.md §4).
pub(super) const HOURS: i64 = 72;

/// The range in Unix seconds, a minute inside the edge of what is kept: the call itself takes time.
pub(super) fn ranged(request: Request, scope: &Scope) -> Request {
    let edge = scope.now - SignedDuration::from_hours(HOURS) + SignedDuration::from_mins(1);
    let start = scope.window.start().max(edge);
    between(request, start, scope.window.end_or_now())
}

/// `2026-11-20T08:30..2026-11-20T08:52`: the call's minutes, incomplete ones included.
fn span(start: Timestamp, end: Timestamp, zone: &TimeZone) -> String {
    let end = end.checked_add(59.seconds()).unwrap_or(end);
    let text = |at: Timestamp| {
        let at = at.to_zoned_datetime(zone.clone());
        at.strftime("%Y-%m-%dT%H:%M").to_string()
    };
    format!("{}..{}", text(start), text(end))
}

/// The latest 10 calls of a range (default 1h, at most the last 3 days), of one channel or of all. Then
/// agora_get_call.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SearchCalls {
    project: Option<ProjectName>,
    channel: Option<ShortText>,
    /// 1h, 3d, 2026-11-20T19..2026-11-20T23
    window: Option<WindowSpec>,
}

/// Calls of a range.
#[derive(Serialize, JsonSchema)]
pub(crate) struct CallList {
    /// The newest first.
    calls: Vec<CallRow>,
    /// Whether the range has more calls.
    more: bool,
    /// Calls of the range, where the service counts them.
    total: Option<i64>,
}

/// One call.
#[derive(Serialize, JsonSchema)]
struct CallRow {
    call: Untrusted,
    channel: Option<Untrusted>,
    began_at: Option<Time>,
    /// Absent while it is ongoing.
    ended_at: Option<Time>,
    /// So far, while it is ongoing.
    lasted_s: Option<i64>,
    /// Whether it has ended.
    finished: Option<bool>,
}

impl CallRow {
    fn read(row: JsonRef<'_>, zone: &TimeZone) -> Option<Self> {
        let call = row.get("call_id").untrusted()?;
        let at = |field| row.get(field).instant(&TimeZone::UTC);
        let began = at("created_ts");
        let ended = at("destroyed_ts").filter(|ended| began.is_none_or(|began| *ended > began));
        let finished = row.get("finished").flag();
        Some(Self {
            call,
            channel: row.get("cname").untrusted(),
            began_at: Time::of(began, zone),
            ended_at: Time::of(ended.filter(|_| finished != Some(false)), zone),
            lasted_s: seconds_between(began, ended),
            finished,
        })
    }

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.began_at.as_ref().map_or(Cell::Missing, Time::cell),
            self.lasted_s.map_or(Cell::Missing, Cell::Seconds),
            match self.finished {
                Some(true) => Cell::text("ended"),
                Some(false) => Cell::text("ongoing"),
                None => Cell::Missing,
            },
            self.channel.clone().map_or(Cell::Missing, Cell::Untrusted),
            Cell::Untrusted(self.call.clone()),
        ]
    }
}

/// Seconds from the first to the second, where both are known and in this order.
pub(super) fn seconds_between(first: Option<Timestamp>, second: Option<Timestamp>) -> Option<i64> {
    let seconds = second?.duration_since(first?).as_secs();
    Some(seconds).filter(|seconds| *seconds > 0)
}

impl Query for SearchCalls {
    const NAME: &'static str = "agora_search_calls";
    const UPSTREAM: &'static str = "analytics/call/lists";
    type Scope = Scope;
    type Answer = CallList;

    fn scope(&self, ctx: &CallContext) -> Result<Scope, Error> {
        let (project, window) = (self.project.as_ref(), self.window.as_ref());
        let served = Served::from(Granularity::Second).within_retention_hours(HOURS);
        Scope::new(ctx, project, window, &WindowSpec::last_hours(1), served)
    }

    fn request(&self, scope: &Scope) -> Request {
        let request = ranged(get(&scope.app, Self::UPSTREAM), scope)
            .rates(RATES)
            .cache(scope.window.cache_policy());
        match &self.channel {
            Some(channel) => request.query("cname", channel.as_str()),
            None => request,
        }
    }

    fn parse(&self, scope: &Scope, data: JsonRef<'_>) -> anyhow::Result<Output<CallList>> {
        let calls = match data.value() {
            Some(value) if !value.is_array() => list(data, &["call_lists", "data"])?,
            _ => data,
        };
        let Rows {
            rows: mut calls,
            unrecognized,
        } = read_rows(calls, |row| CallRow::read(row, &scope.zone))?;
        calls.sort_by_key(|call| Reverse(call.began_at.as_ref().map(|at| at.at)));
        let answer = CallList {
            calls,
            more: data.get("has_more").flag() == Some(true),
            total: data.get("total_size").count(),
        };
        let channel = self.channel.as_ref();
        let channel = channel.map(|channel| format!("channel {}", inline(channel.as_str(), 64)));
        let mut output = Output::new("Calls", &scope.app, answer)
            .window(&scope.window)
            .heading(channel);
        let CallList { calls, more, .. } = &output.answer;
        let next = calls.first().and_then(|call| {
            let began = call.began_at.as_ref()?.at;
            let seconds = call.lasted_s.map(SignedDuration::from_secs);
            let ended = seconds.map_or(scope.now.max(began), |lasted| began + lasted);
            let window = span(began, ended, &scope.zone);
            Some(json!({"call": call.call.raw(), "window": window}))
        });
        let (none, more) = (calls.is_empty(), *more);
        if none {
            output.note("no calls in this range");
        }
        if more {
            output.note("there are more calls: a shorter window or a `channel` shows them");
        }
        output.note_unrecognized(unrecognized, "row");
        if let Some(arguments) = next {
            output.suggest("agora_get_call", arguments);
        }
        Ok(output)
    }

    fn render(output: &Output<CallList>, reply: &mut Reply) {
        let mut table = Table::new(&["began", "lasted", "state", "channel", "call"]);
        table.rows = output.answer.calls.iter().map(CallRow::cells).collect();
        if !table.rows.is_empty() {
            reply.table(table, "");
        }
    }
}
