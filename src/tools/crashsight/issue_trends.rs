//! Issues over time, many in one request: how often each was reported on every day or in every hour of a range.

use std::collections::{BTreeMap, HashMap};

use anyhow::ensure;
use jiff::ToSpan as _;
use jiff::civil::DateTime;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::filters::Filters;
use super::post;
use super::trend_rows::{Slot, moment};
use crate::args::StepArg;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::counted;
use crate::request::Request;
use crate::time_range::Window;

/// The vendor's operation.
pub(super) const OPERATION: &str = "queryIssueTrend";

/// Issues of one request (docs/vendor/crashsight.md §3).
pub(crate) const MOST_ISSUES: usize = 1_000;

/// Issues over time, most crashes first.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct IssueTrends {
    pub(crate) issues: Vec<IssueTrend>,
}

/// One issue over time.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct IssueTrend {
    /// 32 digits, as asked for.
    pub(crate) issue: String,
    /// Reports in the range.
    pub(crate) crashes: i64,
    /// The day or hour with the most reports, the first of several.
    pub(crate) peak: Option<Bucket>,
    /// Every day or hour of the range until now, in time order; none where the service returned none.
    pub(crate) buckets: Vec<Bucket>,
}

/// One day or hour.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Bucket {
    pub(crate) at: Slot,
    /// Whether it has not ended yet.
    pub(crate) partial: bool,
    pub(crate) crashes: i64,
    /// Devices that reported the issue.
    pub(crate) devices: Option<i64>,
    /// Devices of the app that were active, where a single issue is asked for.
    pub(crate) active_devices: Option<i64>,
}

/// What is asked for: issues of an app in a range of whole days or hours.
#[derive(Clone)]
pub(crate) struct IssueTrendScope {
    pub(crate) app: CrashSightApp,
    /// Ids of 32 digits, at most [`MOST_ISSUES`].
    pub(crate) issues: Vec<String>,
    pub(crate) window: Window,
    /// The range that is asked for: it holds the other.
    pub(crate) fetched: Window,
    pub(crate) step: StepArg,
    /// Of which the service takes one version.
    pub(crate) filters: Filters,
}

/// Where the days or hours of a response lie, worked out once: a response has thousands of them.
struct Bounds {
    window: (DateTime, DateTime),
    fetched: (DateTime, DateTime),
    /// The day or hour that runs.
    running: Option<DateTime>,
}

/// What could not be used of a response.
#[derive(Default)]
struct Unused {
    undated: usize,
    outside: usize,
    others: usize,
}

impl IssueTrendScope {
    /// One request for all issues.
    pub(crate) fn request(&self) -> Request {
        let unit = match self.step {
            StepArg::Day => "DAY",
            StepArg::Hour => "HOUR",
        };
        let body = json!({
            "issueIds": self.issues,
            "granularityUnit": unit,
            "minDate": self.fetched.first_second_wire(),
            "maxDate": self.fetched.last_second_wire(),
            "version": self.filters.version(),
        });
        post(&self.app, OPERATION, body).cache(self.fetched.cache_policy())
    }

    /// Reads a response, with sentences about what is missing in it.
    pub(crate) fn read(&self, data: JsonRef<'_>) -> anyhow::Result<(IssueTrends, Vec<String>)> {
        let rows = data.rows()?;
        let places: HashMap<String, usize> = self
            .issues
            .iter()
            .enumerate()
            .map(|(place, id)| (plain(id), place))
            .collect();
        let mut found: Vec<BTreeMap<DateTime, Bucket>> = vec![BTreeMap::new(); self.issues.len()];
        let bounds = Bounds {
            window: self.window.site_bounds(),
            fetched: self.fetched.site_bounds(),
            running: self.window.current_bucket(),
        };
        let mut unused = Unused::default();
        let mut points = 0;
        for row in rows.iter().filter(|row| row.exists()) {
            let id = row.any(&["issueId", "issueHash"]).label();
            let list = row.any(&["trendList", "trend"]).rows()?;
            let place = match (&id, rows.len(), self.issues.len()) {
                (Some(id), ..) => places.get(&plain(id)).copied(),
                // A lone row without an id is of the lone issue.
                (None, 1, 1) if row.has("trendList") => Some(0),
                _ => None,
            };
            let Some(buckets) = place.and_then(|place| found.get_mut(place)) else {
                unused.others += 1;
                continue;
            };
            for point in list.into_iter().filter(|point| point.exists()) {
                points += 1;
                self.add(buckets, point, &bounds, &mut unused);
            }
        }
        let identified = |row: &JsonRef<'_>| row.has("trendList") || row.has("issueId");
        ensure!(
            rows.is_empty() || rows.iter().any(identified),
            "{} without `issueId` and `trendList`",
            counted(rows.len(), "row")
        );
        ensure!(
            points == 0 || unused.undated < points,
            "{} without a `date`",
            counted(points, "point")
        );
        let mut notes = self.unused(&unused);
        let axis = self.axis(&bounds);
        let mut filled = 0;
        let mut issues: Vec<IssueTrend> = self
            .issues
            .iter()
            .zip(found)
            .map(|(issue, buckets)| {
                if !buckets.is_empty() {
                    filled += axis.len() - buckets.len();
                }
                self.trend(issue, buckets, &axis, &bounds)
            })
            .collect();
        if filled > 0 {
            notes.push(format!(
                "{} missing in the response: counted as 0 crashes",
                counted(filled, self.unit())
            ));
        }
        issues.sort_by_key(|issue| (issue.buckets.is_empty(), std::cmp::Reverse(issue.crashes)));
        Ok((IssueTrends { issues }, notes))
    }

    /// `day` or `hour`.
    pub(super) fn unit(&self) -> &'static str {
        match self.step {
            StepArg::Day => "day",
            StepArg::Hour => "hour",
        }
    }

    /// Adds one point of a trend to its day or hour.
    fn add(
        &self,
        buckets: &mut BTreeMap<DateTime, Bucket>,
        point: JsonRef<'_>,
        bounds: &Bounds,
        unused: &mut Unused,
    ) {
        let date = point.any(&["date", "time", "datetime"]);
        let Some(at) = self.start(date) else {
            unused.undated += 1;
            return;
        };
        // The service fills a running day up with hours to come.
        if bounds.running.is_some_and(|running| at > running) {
            return;
        }
        let (start, end) = bounds.window;
        if at < start || at >= end {
            let (start, end) = bounds.fetched;
            unused.outside += usize::from(at < start || at >= end);
            return;
        }
        let bucket = buckets.entry(at).or_insert_with(|| self.bucket(at, bounds));
        // The names of the SDK's README, where the service's own are missing.
        let crashes = point.any(&["crashNum", "uploadCount", "count"]).count();
        let devices = point
            .any(&["crashUser", "imeiCount", "deviceCount"])
            .count();
        bucket.crashes += crashes.unwrap_or(0).max(0);
        bucket.devices = sum(bucket.devices, devices);
        if self.issues.len() == 1 {
            let active = point.get("accessUser").count();
            bucket.active_devices = active
                .filter(|active| *active > 0)
                .or(bucket.active_devices);
        }
    }

    /// The start of the day or hour of a date.
    fn start(&self, date: JsonRef<'_>) -> Option<DateTime> {
        let zone = &self.app.account.zone;
        let written = match date.text() {
            Some(text) => moment(text),
            None => date.label().as_deref().and_then(moment),
        };
        let at = written.filter(|at| at.year() >= 2000).or_else(|| {
            let at = date.instant(zone)?;
            Some(at.to_zoned_datetime(zone.clone()).datetime())
        })?;
        Some(match self.step {
            StepArg::Day => at.date().at(0, 0, 0, 0),
            StepArg::Hour => at.date().at(at.hour(), 0, 0, 0),
        })
    }

    /// A day or hour without reports.
    fn bucket(&self, at: DateTime, bounds: &Bounds) -> Bucket {
        Bucket {
            at: Slot::new(at, self.step, &self.app.account.zone),
            partial: bounds.running == Some(at),
            crashes: 0,
            devices: None,
            active_devices: None,
        }
    }

    /// Every day or hour of the range until now.
    fn axis(&self, bounds: &Bounds) -> Vec<DateTime> {
        let ((start, end), running) = (bounds.window, bounds.running);
        let step = match self.step {
            StepArg::Day => 1.day(),
            StepArg::Hour => 1.hour(),
        };
        let begun = |at: &DateTime| *at < end && running.is_none_or(|running| *at <= running);
        start.series(step).take_while(begun).collect()
    }

    fn trend(
        &self,
        issue: &str,
        mut found: BTreeMap<DateTime, Bucket>,
        axis: &[DateTime],
        bounds: &Bounds,
    ) -> IssueTrend {
        let buckets: Vec<Bucket> = if found.is_empty() {
            Vec::new()
        } else {
            let empty = |at: &DateTime| Bucket {
                devices: Some(0),
                ..self.bucket(*at, bounds)
            };
            axis.iter()
                .map(|at| found.remove(at).unwrap_or_else(|| empty(at)))
                .collect()
        };
        let most = buckets.iter().map(|bucket| bucket.crashes).max();
        let peak = buckets
            .iter()
            .find(|bucket| bucket.crashes > 0 && Some(bucket.crashes) == most);
        IssueTrend {
            issue: issue.to_owned(),
            crashes: buckets.iter().map(|bucket| bucket.crashes).sum(),
            peak: peak.cloned(),
            buckets,
        }
    }

    fn unused(&self, unused: &Unused) -> Vec<String> {
        let mut notes = Vec::new();
        if unused.others > 0 {
            let rows = counted(unused.others, "row");
            notes.push(format!("{rows} of other issues: left out"));
        }
        if unused.undated > 0 {
            let points = counted(unused.undated, "point");
            notes.push(format!(
                "{points} without a date that can be read: left out"
            ));
        }
        if unused.outside > 0 {
            notes.push(format!(
                "{} outside the range asked for, left out: the service counts by another zone than {}",
                counted(unused.outside, self.unit()),
                self.window.site_offset()
            ));
        }
        notes
    }
}

/// An id as it is compared.
fn plain(id: &str) -> String {
    id.replace(':', "").to_ascii_uppercase()
}

/// The sum of two counts, of which either may be missing.
fn sum(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    match (one, other.map(|count| count.max(0))) {
        (Some(one), Some(other)) => Some(one + other),
        (one, other) => one.or(other),
    }
}
