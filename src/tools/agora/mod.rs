//! Agora's operations, and what they share: limits, live ranges, and rows of a response.

pub(crate) mod big_channels;
pub(crate) mod call;
mod call_metrics;
mod call_series;
pub(crate) mod calls;
mod codes;
pub(crate) mod diagnoses;
pub(crate) mod live_metrics;
mod minutes;
pub(crate) mod quality_report;
pub(crate) mod usage;

use std::time::Duration;

use anyhow::bail;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::args::ProjectName;
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::AppRef;
use crate::request::{ProviderId, Rate, Request};
use crate::time_range::{Granularity, Served, Window, WindowSpec};
use crate::tools::context::CallContext;

const fn rate(most: usize, seconds: u64) -> Rate {
    Rate {
        calls: most,
        per: Duration::from_secs(seconds),
    }
}

/// Live data, big channels and diagnoses (docs/vendor/agora.md §4).
const LIVE: &[Rate] = &[rate(1, 60), rate(1000, 86_400)];

/// Hours for which live data, big channels and diagnoses are kept.
const LIVE_HOURS: i64 = 1;

fn app(ctx: &CallContext, project: Option<&ProjectName>) -> Result<AppRef, Error> {
    ctx.service_app(ProviderId::Agora, project)
}

/// `GET /beta/{operation}`; every operation names its app.
fn get(app: &AppRef, operation: &'static str) -> Request {
    let path = format!("/beta/{operation}");
    Request::get(app.account.name.clone(), operation, path).query("appid", &app.id)
}

/// A range in Unix seconds.
fn between(request: Request, start: Timestamp, end: Timestamp) -> Request {
    request
        .query("start_ts", start.as_second().to_string())
        .query("end_ts", end.as_second().to_string())
}

/// An app over a range of time.
pub(crate) struct Scope {
    app: AppRef,
    window: Window,
    /// The zone in which times are read.
    zone: TimeZone,
    now: Timestamp,
}

impl Scope {
    /// The last hour, or a part of it.
    fn live(
        ctx: &CallContext,
        project: Option<&ProjectName>,
        window: Option<&WindowSpec>,
    ) -> Result<Self, Error> {
        let default = WindowSpec::last_hours(LIVE_HOURS);
        let served = Served::from(Granularity::Second).within_retention_hours(LIVE_HOURS);
        Self::new(ctx, project, window, &default, served)
    }

    fn new(
        ctx: &CallContext,
        project: Option<&ProjectName>,
        window: Option<&WindowSpec>,
        default: &WindowSpec,
        served: Served,
    ) -> Result<Self, Error> {
        let app = app(ctx, project)?;
        let window = ctx.window(window, default, served, &app)?;
        Ok(Self {
            app,
            window,
            zone: ctx.zone.clone(),
            now: ctx.now,
        })
    }

    /// A live question. An endpoint takes one call per minute, so each call requests the whole hour, and the
    /// answer is the part in the window: the next call may be answered from the cache.
    fn live_request(&self, operation: &'static str, channel: &str) -> Request {
        let minute = self.now.as_second().div_euclid(60) * 60;
        let at = |second| Timestamp::from_second(second).unwrap_or(self.now);
        between(get(&self.app, operation), at(minute - 59 * 60), at(minute))
            .rates(LIVE)
            .stale_key(format!("{operation} {} {channel}", self.app.id))
    }
}

/// Rows of a response, and how many were not recognised.
struct Rows<T> {
    rows: Vec<T>,
    unrecognized: usize,
}

/// Reads the rows of a list. Nothing at all is an empty list; a list of which no row is recognised is an
/// error.
fn read_rows<'a, T>(
    list: JsonRef<'a>,
    mut read: impl FnMut(JsonRef<'a>) -> Option<T>,
) -> anyhow::Result<Rows<T>> {
    let all = list.rows()?;
    let count = all.len();
    let rows: Vec<T> = all.into_iter().filter_map(&mut read).collect();
    if rows.is_empty() && count > 0 {
        bail!("no row is recognised in the response");
    }
    Ok(Rows {
        unrecognized: count - rows.len(),
        rows,
    })
}

/// The list of a response under any of these names; a response without it is not understood.
fn list<'a>(data: JsonRef<'a>, names: &[&str]) -> anyhow::Result<JsonRef<'a>> {
    match names.iter().find(|name| data.has(name)) {
        Some(name) => Ok(data.get(name)),
        None => bail!("the response has no `{}`", names.join("` or `")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn count(data: &Value) -> anyhow::Result<(usize, usize)> {
        let rows = read_rows(JsonRef::new(data), |row| row.get("ts").count())?;
        Ok((rows.rows.len(), rows.unrecognized))
    }

    #[test]
    fn rows_of_nothing_known_are_no_empty_list() {
        for (data, expected) in [
            (json!(null), (0, 0)),
            (json!([]), (0, 0)),
            (json!({"ts": 1}), (1, 0)),
            (json!([{"ts": 1}, {"a": 1}, null]), (1, 2)),
        ] {
            assert_eq!(count(&data).unwrap(), expected, "{data}");
        }
        for other in [json!({}), json!([{}]), json!(["a"]), json!("a"), json!(7)] {
            assert!(count(&other).is_err(), "{other}");
        }
    }
}
