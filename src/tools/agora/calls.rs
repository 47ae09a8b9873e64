//! Single calls: which there were, and how one of them went for each of its users.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::call_metrics::{self, CallMetrics};
use super::{between, get, rate, target};
use crate::args::{Choice, List, ProjectName, ShortText};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::AppRef;
use crate::reply::{Cell, Fact, Reply, Table};
use crate::request::{ProviderId, Rate, Request};
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::CallContext;
use crate::tools::legacy::Operation;

/// Seed 002 lines 736-739.
const SEARCH: &[Rate] = &[rate(3, 1), rate(1000, 86_400)];
const DETAILS: &[Rate] = &[rate(1, 1), rate(1000, 86_400)];

/// Hours that calls are remembered: three days.
const HOURS: i64 = 72;

/// Hours of one call that come at once.
const CALL_HOURS: i64 = 3;

fn scope(
    ctx: &CallContext,
    project: Option<&ProjectName>,
    window: Option<&WindowSpec>,
    default: i64,
    most: i64,
) -> Result<(AppRef, Window), Error> {
    let target = target(ctx, project)?;
    let window = ctx
        .window(
            window,
            &WindowSpec::last_hours(default),
            Granularity::Second,
            &target,
        )?
        .at_most_hours(most)?
        .within_retention_hours(HOURS)?;
    Ok((target, window))
}

/// The range in Unix seconds, a minute inside the edge of what is remembered: the call itself takes its time.
fn ranged(request: Request, ctx: &CallContext, window: &Window) -> Request {
    let edge = ctx.now - SignedDuration::from_hours(HOURS) + SignedDuration::from_mins(1);
    between(request, window.start().max(edge), window.end_or_now())
}

/// `2026-11-20T08:30..2026-11-20T08:52`: the call's minutes, the broken ones included.
fn span(start: Timestamp, end: Timestamp, zone: &TimeZone) -> String {
    let end = end.checked_add(59.seconds()).unwrap_or(end);
    let text = |at: Timestamp| {
        let at = at.to_zoned(zone.clone());
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

impl SearchCalls {
    fn scope(&self, ctx: &CallContext) -> Result<(AppRef, Window), Error> {
        let (project, window) = (self.project.as_ref(), self.window.as_ref());
        scope(ctx, project, window, 1, i64::MAX)
    }
}

impl Operation for SearchCalls {
    const NAME: &'static str = "agora_search_calls";
    const PROVIDER: ProviderId = ProviderId::Agora;
    const PATH: &'static str = "analytics/call/lists";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let (target, window) = self.scope(ctx)?;
        let request = ranged(get(&target, Self::PATH), ctx, &window)
            .rates(SEARCH)
            .cache(window.cache_policy());
        Ok(match &self.channel {
            Some(channel) => request.query("cname", channel.as_str()),
            None => request,
        })
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        let (target, window) = self.scope(ctx)?;
        let data = JsonRef::new(data);
        let rows = data.any(&["call_lists", "data"]).rows()?;
        let mut reply = Reply::with_title(
            ["Calls".to_owned(), target.label.clone(), window.title()]
                .into_iter()
                .chain(self.channel.iter().map(|channel| {
                    format!("channel {}", crate::reply::inline(channel.as_str(), 64))
                })),
        );
        let mut table = Table::new(&["began", "lasted", "state", "channel", "call"]);
        let at = |row: &JsonRef<'_>, field| row.get(field).instant(&TimeZone::UTC);
        for row in &rows {
            let (began, ended) = (at(row, "created_ts"), at(row, "destroyed_ts"));
            table.rows.push(vec![
                Cell::instant(began, &ctx.zone),
                match (began, ended) {
                    (Some(began), Some(ended)) if ended > began => {
                        Cell::Seconds(ended.duration_since(began).as_secs())
                    }
                    _ => Cell::Missing,
                },
                match row.get("finished").flag() {
                    Some(true) => Cell::text("ended"),
                    Some(false) => Cell::text("going on"),
                    None => Cell::Missing,
                },
                Cell::untrusted(row.get("cname").text()),
                Cell::untrusted(row.get("call_id").text()),
            ]);
        }
        reply.table(table, "no calls in this range");
        if data.get("has_more").flag() == Some(true) {
            reply.note("there are more calls: a shorter window or a `channel` shows them");
        }
        if let Some(row) = rows.first()
            && let (Some(call), Some(began)) = (row.get("call_id").text(), at(row, "created_ts"))
        {
            let ended = at(row, "destroyed_ts").filter(|ended| *ended > began);
            let window = span(began, ended.unwrap_or(ctx.now), &ctx.zone);
            let arguments = json!({"call": call, "window": window});
            reply.next(ctx.next("agora_get_call", &target, arguments));
        }
        Ok(reply)
    }
}

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

impl GetCall {
    fn scope(&self, ctx: &CallContext) -> Result<(AppRef, Window), Error> {
        let (project, window) = (self.project.as_ref(), self.window.as_ref());
        scope(ctx, project, window, CALL_HOURS, CALL_HOURS)
    }
}

impl Operation for GetCall {
    const NAME: &'static str = "agora_get_call";
    const PROVIDER: ProviderId = ProviderId::Agora;
    const PATH: &'static str = "analytics/call/details";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let (target, window) = self.scope(ctx)?;
        Ok(ranged(get(&target, Self::PATH), ctx, &window)
            .query("call_id", self.call.as_str())
            .rates(DETAILS)
            .cache(window.cache_policy()))
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        let (target, window) = self.scope(ctx)?;
        let data = JsonRef::new(data);
        let users = data.get("call_info").rows()?;
        let uid = |user: &JsonRef<'_>| user.get("uid").label().unwrap_or_default();
        let mut reply = Reply::with_title([
            format!("Call {}", crate::reply::inline(self.call.as_str(), 64)),
            target.label.clone(),
            window.title(),
        ]);
        reply.facts([Fact::new(
            "channel",
            Cell::untrusted(users.first().and_then(|user| user.get("cname").text())),
        )]);
        let shown: Vec<JsonRef<'_>> = users
            .iter()
            .copied()
            .filter(|user| self.user.is_empty() || self.user.texts().contains(&uid(user).as_str()))
            .collect();
        if shown.is_empty() && !users.is_empty() {
            let known: Vec<String> = users.iter().map(uid).collect();
            reply.note(format!(
                "no such user in this call: its users are {}",
                crate::reply::inline(&known.join(", "), 200)
            ));
            return Ok(reply);
        }
        reply.table(people(&shown, ctx), "no such call in this range");
        if users.is_empty() {
            return Ok(reply);
        }
        let picked: Vec<i64> = self.metrics.iter().map(|pick| pick.0.mid).collect();
        if self.user.len() == 1 && !picked.is_empty() {
            for user in &shown {
                let sid = user.get("sid").text().unwrap_or_default();
                call_metrics::tell_in_full(
                    &mut reply,
                    data.get("metrics"),
                    sid,
                    &picked,
                    &ctx.zone,
                );
            }
            return Ok(reply);
        }
        let names: Vec<(&str, String)> = shown
            .iter()
            .filter_map(|user| Some((user.get("sid").text()?, uid(user))))
            .collect();
        call_metrics::tell(&mut reply, data.get("metrics"), &names, &picked, &ctx.zone);
        if users.len() >= 10 {
            reply.note("the service gives at most 10 users, the latest to join");
        }
        Ok(reply)
    }
}

/// Who took part, and with what.
fn people(users: &[JsonRef<'_>], ctx: &CallContext) -> Table {
    let mut table = Table::new(&[
        "user", "joined", "stayed", "speaks", "network", "device", "SDK",
    ]);
    for user in users {
        let at = |field| user.get(field).instant(&TimeZone::UTC);
        let (joined, left) = (at("join_ts"), at("leave_ts"));
        table.rows.push(vec![
            user.get("uid")
                .label()
                .map_or(Cell::Missing, Cell::from_untrusted),
            Cell::instant(joined, &ctx.zone),
            match (joined, left) {
                (Some(joined), Some(left)) if left > joined => {
                    Cell::Seconds(left.duration_since(joined).as_secs())
                }
                _ => Cell::Missing,
            },
            match user.get("speaker").flag() {
                Some(true) => Cell::text("yes"),
                Some(false) => Cell::text("listens"),
                None => Cell::Missing,
            },
            Cell::untrusted(user.get("network").text()),
            Cell::untrusted(user.any(&["device_type", "platform"]).text()),
            Cell::untrusted(user.get("sdk_version").text()),
        ]);
    }
    table
}
