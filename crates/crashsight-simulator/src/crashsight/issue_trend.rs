//! `queryIssueTrend`: issues by day or hour.

use serde_json::{Value, json};

use super::aggregate::Seen;
use super::envelope::Refusal;
use super::query::{Answer, Query};
use crate::active_devices::{self, Activity};
use crate::filter::Filter;
use crate::issues::{self, Issue};
use crate::pattern::releases;
use crate::span::Span;

/// The most issues of one request.
const MAX_ISSUES: usize = 1000;

/// One point of the time axis.
struct Step {
    date: String,
    span: Span,
    active: Activity,
    active_devices: u64,
}

/// The trend of each requested issue; an unknown one has no points.
pub(crate) fn trend(query: &Query<'_>) -> Answer {
    let ids = query.params.list("issueIds");
    if ids.is_empty() || ids.len() > MAX_ISSUES {
        return Err(Refusal::parameter("issueIds must have 1 to 1000 entries"));
    }
    let span = Span {
        from_ms: query.instant("minDate")?,
        until_ms: query.instant("maxDate")? + 1_000,
    };
    let span = span.within(query.world.kept());
    let filter = Filter {
        releases: releases(query.project, &query.version_patterns()),
        ..Filter::ALL
    };
    let step = |date: String, whole: Span, hourly: bool| {
        let span = whole.within(span);
        let active = active_devices::in_span(query.world, query.project, span, &filter);
        Step {
            date,
            span,
            active,
            active_devices: if hourly {
                active.present
            } else {
                active.arrivals
            },
        }
    };
    let unit = query.params.text("granularityUnit");
    let steps: Vec<Step> = match unit.as_deref() {
        Some("HOUR") => span
            .each_hour()
            .map(|hour| step(hour.stamp(), Span::hours(hour, hour), true))
            .collect(),
        Some("DAY") | None => span
            .each_day()
            .map(|day| step(day.stamp(), Span::days(day, day), false))
            .collect(),
        Some(unit) => {
            return Err(Refusal::parameter(format!(
                "unsupported granularityUnit: {unit}"
            )));
        }
    };
    let row = |id: &String| {
        let issue = issues::by_id(query.project, id).into_iter();
        let points =
            issue.flat_map(|issue| steps.iter().map(|step| point(query, issue, step, &filter)));
        json!({"issueId": id, "trendList": points.collect::<Vec<Value>>()})
    };
    Ok(ids.iter().map(row).collect())
}

fn point(query: &Query<'_>, issue: &Issue, step: &Step, filter: &Filter) -> Value {
    let facts = query.project.facts();
    let mut seen = Seen::default();
    query
        .world
        .each_crash(issue, step.span, filter, |crash| seen.add(crash.device));
    let repeated = seen.repeated();
    let count = seen.count();
    json!({
        "appId": facts.app,
        "platformId": facts.platform,
        "date": step.date,
        "crashNum": count.crashes,
        "crashSession": count.crashes,
        "crashUser": count.devices,
        "reportNumAllData": count.crashes,
        "reportDeviceAllData": count.devices,
        "accessNum": step.active.launches,
        "accessUser": step.active_devices,
        "multiCrashDevice": repeated,
    })
}
