//! Agora's operations by chapter, and what the chapters share: paths, limits, the shape of a call.

mod call_metrics;
mod calls;
mod channels;
mod diagnoses;
mod live;
mod report;
mod series;
mod usage;
mod words;

use std::time::Duration;

use jiff::Timestamp;

use crate::args::ProjectName;
use crate::failure::Failure;
use crate::operation::{CallContext, Tool};
use crate::project::CompanionTarget;
use crate::window::{Grain, Window, WindowSpec};
use crate::wire::{ProviderId, Rate, Request};

/// The chapters, in the order of the vendor's document.
pub(super) fn chapters() -> [&'static [Tool]; 6] {
    [
        live::TOOLS,
        channels::TOOLS,
        diagnoses::TOOLS,
        usage::TOOLS,
        calls::TOOLS,
        report::TOOLS,
    ]
}

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

fn target(
    ctx: &CallContext<'_>,
    project: Option<&ProjectName>,
) -> Result<CompanionTarget, Failure> {
    ctx.companion(ProviderId::Agora, project)
}

/// The last hour, or a part of it.
fn live_scope(
    ctx: &CallContext<'_>,
    project: Option<&ProjectName>,
    window: Option<&WindowSpec>,
) -> Result<(CompanionTarget, Window), Failure> {
    let target = target(ctx, project)?;
    let window = ctx
        .window(
            window,
            &WindowSpec::last_hours(LIVE_HOURS),
            Grain::Second,
            &target,
        )?
        .remembered_hours(LIVE_HOURS)?;
    Ok((target, window))
}

/// `GET /beta/{operation}`; every operation names its app.
fn get(target: &CompanionTarget, operation: &'static str) -> Request {
    Request::get(
        target.account.name.clone(),
        operation,
        format!("/beta/{operation}"),
    )
    .with("appid", &target.app)
}

/// A range in Unix seconds.
fn between(request: Request, start: Timestamp, end: Timestamp) -> Request {
    request
        .with("start_ts", start.as_second().to_string())
        .with("end_ts", end.as_second().to_string())
}

/// A live question. One call a minute is all there is, so each asks for the whole hour that is remembered,
/// and the reply shows the part that was asked for: the next question may be answered from memory.
fn live(
    ctx: &CallContext<'_>,
    target: &CompanionTarget,
    operation: &'static str,
    channel: &str,
) -> Request {
    let minute = ctx.now.as_second().div_euclid(60) * 60;
    let at = |second| Timestamp::from_second(second).unwrap_or(ctx.now);
    between(get(target, operation), at(minute - 59 * 60), at(minute))
        .rate(LIVE)
        .asks(format!("{operation} {} {channel}", target.app))
}
