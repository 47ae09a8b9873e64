//! Agora's operations by chapter, and what the chapters share: paths, limits, the shape of a call.

pub(crate) mod big_channels;
pub(crate) mod call_metrics;
pub(crate) mod calls;
pub(crate) mod codes;
pub(crate) mod diagnoses;
pub(crate) mod live_metrics;
pub(crate) mod quality_report;
pub(crate) mod series;
pub(crate) mod usage;

use std::time::Duration;

use jiff::Timestamp;

use crate::args::ProjectName;
use crate::error::Error;
use crate::project::AppRef;
use crate::request::{ProviderId, Rate, Request};
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::CallContext;

const fn rate(calls: usize, seconds: u64) -> Rate {
    Rate {
        calls,
        per: Duration::from_secs(seconds),
    }
}

/// Live data, big channels and diagnoses (seed 002 lines 51-55, 252-256, 593-595).
const LIVE: &[Rate] = &[rate(1, 60), rate(1000, 86_400)];

/// Hours that live data, big channels and diagnoses remember.
const LIVE_HOURS: i64 = 1;

fn target(ctx: &CallContext, project: Option<&ProjectName>) -> Result<AppRef, Error> {
    ctx.service_app(ProviderId::Agora, project)
}

/// The last hour, or a part of it.
fn live_scope(
    ctx: &CallContext,
    project: Option<&ProjectName>,
    window: Option<&WindowSpec>,
) -> Result<(AppRef, Window), Error> {
    let target = target(ctx, project)?;
    let window = ctx
        .window(
            window,
            &WindowSpec::last_hours(LIVE_HOURS),
            Granularity::Second,
            &target,
        )?
        .within_retention_hours(LIVE_HOURS)?;
    Ok((target, window))
}

/// `GET /beta/{operation}`; every operation names its app.
fn get(target: &AppRef, operation: &'static str) -> Request {
    Request::get(
        target.account.name.clone(),
        operation,
        format!("/beta/{operation}"),
    )
    .query("appid", &target.id)
}

/// A range in Unix seconds.
fn between(request: Request, start: Timestamp, end: Timestamp) -> Request {
    request
        .query("start_ts", start.as_second().to_string())
        .query("end_ts", end.as_second().to_string())
}

/// A live question. One call a minute is all there is, so each asks for the whole hour that is remembered,
/// and the reply shows the part that was asked for: the next question may be answered from memory.
fn live(ctx: &CallContext, target: &AppRef, operation: &'static str, channel: &str) -> Request {
    let minute = ctx.now.as_second().div_euclid(60) * 60;
    let at = |second| Timestamp::from_second(second).unwrap_or(ctx.now);
    between(get(target, operation), at(minute - 59 * 60), at(minute))
        .rates(LIVE)
        .stale_key(format!("{operation} {} {channel}", target.id))
}
