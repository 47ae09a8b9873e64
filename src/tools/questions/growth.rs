//! How issues grew: the reports of each in a part of a range beside the same part before, from one request.

use std::collections::HashMap;

use jiff::ToSpan as _;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::parts::{Parts, arguments};
use crate::tools::crashsight::comparison::Change;
use crate::tools::crashsight::issue_trend::CheckedIssueTrend;
use crate::tools::crashsight::issue_trends::{Bucket, IssueTrend};
use crate::tools::crashsight::trend_rows::Comparison;
use crate::tools::output::DeviceRate;

/// An issue in a part of the range and in the same part before. Devices are added up over days or hours: one that
/// reports in two of them counts twice, on both sides.
#[derive(Debug, Clone, Copy)]
pub(super) struct Growth {
    pub(super) crashes: i64,
    pub(super) crashes_before: i64,
    /// The change of its devices per active device.
    pub(super) change: Option<Change>,
}

/// The two spans of a comparison, each from its first moment to the moment after its last.
struct Spans {
    current: (DateTime, DateTime),
    before: (DateTime, DateTime),
    by_hour: bool,
}

impl Spans {
    fn of(comparison: &Comparison, cumulative: bool) -> Option<Self> {
        let days = comparison.days_before.days();
        let (from, to) = if cumulative {
            let end = comparison.to.at.checked_add(1.hour()).ok()?;
            (comparison.to.at.date().at(0, 0, 0, 0), end)
        } else {
            (
                comparison.from.at,
                comparison.to.at.checked_add(1.day()).ok()?,
            )
        };
        let back = |at: DateTime| at.checked_sub(days).ok();
        Some(Self {
            current: (from, to),
            before: (back(from)?, back(to)?),
            by_hour: cumulative,
        })
    }

    /// The range that holds both, as an argument: hours in the reader's zone, days in the service's.
    fn window(&self, site: &TimeZone, reader: &TimeZone) -> String {
        let last = self.current.1;
        if self.by_hour {
            let hour = |at: DateTime| {
                let at = at
                    .to_zoned_datetime(site.clone())
                    .map(|at| at.with_time_zone(reader.clone()));
                at.map_or_else(
                    |_| String::new(),
                    |at| at.strftime("%Y-%m-%dT%H:%M").to_string(),
                )
            };
            format!("{}..{}", hour(self.before.0), hour(last))
        } else {
            let last = last.checked_sub(1.day()).unwrap_or(last);
            format!("{}..{}", self.before.0.date(), last.date())
        }
    }
}

/// The growth of issues over the parts that a comparison has; issues without data are absent. `base` are the arguments of
/// the app, `site` is the zone of its service.
pub(super) async fn growth(
    parts: &Parts<'_>,
    (base, site): (&Value, &TimeZone),
    issues: &[&str],
    comparison: &Comparison,
    cumulative: bool,
) -> HashMap<String, Growth> {
    let Some(spans) = Spans::of(comparison, cumulative).filter(|_| !issues.is_empty()) else {
        return HashMap::new();
    };
    let asked = arguments([
        ("project", base["project"].clone()),
        ("issues", json!(issues)),
        ("window", json!(spans.window(site, &parts.ctx.zone))),
        ("step", json!(spans.by_hour.then_some("hour"))),
    ]);
    let Some(output) = parts
        .get::<CheckedIssueTrend>("how each issue developed", asked)
        .await
    else {
        return HashMap::new();
    };
    let read = |issue: IssueTrend| {
        let growth = of_issue(&issue, &spans, comparison)?;
        Some((issue.issue, growth))
    };
    output.answer.issues.into_iter().filter_map(read).collect()
}

fn of_issue(issue: &IssueTrend, spans: &Spans, comparison: &Comparison) -> Option<Growth> {
    if issue.buckets.is_empty() {
        return None;
    }
    let sum = |(from, to): (DateTime, DateTime), field: fn(&Bucket) -> Option<i64>| {
        let within = issue
            .buckets
            .iter()
            .filter(|bucket| (from..to).contains(&bucket.at.at));
        within.map(field).sum::<Option<i64>>()
    };
    let rate = |span, active| DeviceRate::new(sum(span, |bucket| bucket.devices), active);
    let now = rate(spans.current, comparison.current.active);
    let before = rate(spans.before, comparison.before.active);
    let crashes = |span| sum(span, |bucket| Some(bucket.crashes)).unwrap_or(0);
    Some(Growth {
        crashes: crashes(spans.current),
        crashes_before: crashes(spans.before),
        change: now
            .zip(before)
            .and_then(|(now, before)| Change::between(&before, &now)),
    })
}
