//! How issues grew: the reports of each in a part of a range beside the same part before, from one request.

use std::collections::HashMap;

use jiff::ToSpan as _;
use jiff::civil::DateTime;

use super::comparison::Change;
use super::filters::Filters;
use super::issue_trends::{Bucket, IssueTrend, IssueTrendScope};
use super::trend_rows::Comparison;
use crate::args::StepArg;
use crate::error::Error;
use crate::project::CrashSightApp;
use crate::time_range::{Granularity, WindowSpec};
use crate::tools::context::CallContext;
use crate::tools::output::DeviceRate;
use crate::upstream::api::Api;

/// An issue in a part of the range and in the same part before. Devices are added up over days or hours: one that
/// reports in two of them counts twice, on both sides.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Growth {
    pub(crate) crashes: i64,
    pub(crate) crashes_before: i64,
    /// The change of its devices per active device.
    pub(crate) change: Option<Change>,
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

    /// The range that holds both, as an argument in the service's zone.
    fn window(&self) -> String {
        let last = self.current.1;
        if self.by_hour {
            let hour = |at: DateTime| at.strftime("%Y-%m-%dT%H:%M");
            format!("{}..{}", hour(self.before.0), hour(last))
        } else {
            let last = last.checked_sub(1.day()).unwrap_or(last);
            format!("{}..{}", self.before.0.date(), last.date())
        }
    }
}

/// The growth of issues over the parts that a comparison has, with one request; issues without data are absent.
pub(crate) async fn growth(
    ctx: &CallContext,
    api: &Api<'_>,
    app: &CrashSightApp,
    (issues, filters): (&[&str], Filters),
    (comparison, cumulative): (&Comparison, bool),
) -> Result<HashMap<String, Growth>, Error> {
    let Some(spans) = Spans::of(comparison, cumulative).filter(|_| !issues.is_empty()) else {
        return Ok(HashMap::new());
    };
    let site = CallContext {
        zone: app.account.zone.clone(),
        ..ctx.clone()
    };
    let (step, granularity) = if spans.by_hour {
        (StepArg::Hour, Granularity::Hour)
    } else {
        (StepArg::Day, Granularity::Day)
    };
    let asked = WindowSpec::known(&spans.window());
    let window = site.window(asked.as_ref(), &WindowSpec::today(), granularity, app)?;
    let scope = IssueTrendScope {
        app: app.clone(),
        issues: issues.iter().map(|&issue| issue.to_owned()).collect(),
        fetched: window.clone(),
        window,
        step,
        filters,
    };
    let response = api.send(scope.request()).await?;
    let (trends, _) = scope.read(&response).map_err(Error::unexpected_response)?;
    let read = |issue: IssueTrend| {
        let growth = of_issue(&issue, &spans, comparison)?;
        Some((issue.issue, growth))
    };
    Ok(trends.issues.into_iter().filter_map(read).collect())
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
