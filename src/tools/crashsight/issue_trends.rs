//! Issues over time, many in one request: how often each was reported on every day or in every hour of a range.

use std::collections::HashMap;

use anyhow::ensure;
use jiff::ToSpan as _;
use jiff::civil::DateTime;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::filters::Filters;
use super::issue_points::{WrittenPoint, WrittenTrends, plain};
use super::post;
use super::trend_rows::Slot;
use crate::args::StepArg;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::counted;
use crate::request::Request;
use crate::time_range::Window;
use crate::upstream::cache::CachedResponse;

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

/// What the service counted in one day or hour.
#[derive(Clone, Copy, Default)]
struct Sums {
    crashes: i64,
    devices: Option<i64>,
    active: Option<i64>,
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
    pub(crate) fn read(
        &self,
        response: &CachedResponse,
    ) -> anyhow::Result<(IssueTrends, Vec<String>)> {
        let written = WrittenTrends::kept(response, &self.app.account.zone)?;
        self.of_written(&written)
    }

    /// The same of a document.
    pub(super) fn read_document(
        &self,
        data: JsonRef<'_>,
    ) -> anyhow::Result<(IssueTrends, Vec<String>)> {
        self.of_written(&WrittenTrends::read(data, &self.app.account.zone)?)
    }

    fn of_written(&self, written: &WrittenTrends) -> anyhow::Result<(IssueTrends, Vec<String>)> {
        let asked = self.issues.iter().enumerate();
        let places: HashMap<String, usize> = asked.map(|(place, id)| (plain(id), place)).collect();
        let bounds = Bounds {
            window: self.window.site_bounds(),
            fetched: self.fetched.site_bounds(),
            running: self.window.current_bucket(),
        };
        let axis = self.axis(&bounds);
        let mut found: Vec<Vec<Option<Sums>>> = vec![Vec::new(); self.issues.len()];
        let mut unused = Unused::default();
        let mut points = 0;
        for row in &written.rows {
            let place = match (&row.id, self.issues.len()) {
                (Some(id), _) => places.get(id).copied(),
                // A lone row without an id is of the lone issue.
                (None, 1) if written.lone && row.has_list => Some(0),
                _ => None,
            };
            let Some(sums) = place.and_then(|place| found.get_mut(place)) else {
                unused.others += 1;
                continue;
            };
            points += row.points.len();
            self.add(sums, &row.points, (&axis, &bounds), &mut unused);
        }
        ensure!(
            points == 0 || unused.undated < points,
            "{} without a `date`",
            counted(points, "point")
        );
        let mut notes = self.unused(&unused);
        let missing = found.iter().flatten().filter(|sums| sums.is_none());
        let filled = missing.count();
        if filled > 0 {
            notes.push(format!(
                "{} missing in the response: counted as 0 crashes",
                counted(filled, self.unit())
            ));
        }
        let slots: Vec<Bucket> = axis.iter().map(|at| self.bucket(*at, &bounds)).collect();
        let found = self.issues.iter().zip(found);
        let mut issues: Vec<IssueTrend> = found
            .map(|(issue, sums)| trend(issue, &sums, &slots))
            .collect();
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

    /// Adds the points of a trend to their days or hours, which stand in the order of the axis.
    fn add(
        &self,
        sums: &mut Vec<Option<Sums>>,
        points: &[WrittenPoint],
        (axis, bounds): (&[DateTime], &Bounds),
        unused: &mut Unused,
    ) {
        // Points come in time order, mostly.
        let mut next = 0;
        for point in points {
            let Some(at) = point.at else {
                unused.undated += 1;
                continue;
            };
            let at = match self.step {
                StepArg::Day => at.date().at(0, 0, 0, 0),
                StepArg::Hour => at,
            };
            // The service fills a running day up with hours to come.
            if bounds.running.is_some_and(|running| at > running) {
                continue;
            }
            let (start, end) = bounds.window;
            if at < start || at >= end {
                let (start, end) = bounds.fetched;
                unused.outside += usize::from(at < start || at >= end);
                continue;
            }
            if axis.get(next) != Some(&at) {
                let Ok(place) = axis.binary_search(&at) else {
                    continue;
                };
                next = place;
            }
            if sums.is_empty() {
                sums.resize(axis.len(), None);
            }
            if let Some(of_slot) = sums.get_mut(next) {
                let of_slot = of_slot.get_or_insert_default();
                of_slot.crashes += point.crashes;
                of_slot.devices = sum(of_slot.devices, point.devices);
                if self.issues.len() == 1 {
                    let active = point.active.filter(|active| *active > 0);
                    of_slot.active = active.or(of_slot.active);
                }
            }
            next += 1;
        }
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

/// An issue whose sums stand in the order of these empty days or hours; without any, the service returned none.
fn trend(issue: &str, sums: &[Option<Sums>], slots: &[Bucket]) -> IssueTrend {
    let buckets: Vec<Bucket> = slots
        .iter()
        .zip(sums)
        .map(|(slot, sums)| match sums {
            Some(sums) => Bucket {
                crashes: sums.crashes,
                devices: sums.devices,
                active_devices: sums.active,
                ..slot.clone()
            },
            None => Bucket {
                devices: Some(0),
                ..slot.clone()
            },
        })
        .collect();
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

/// The sum of two counts, of which either may be missing.
fn sum(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    match (one, other.map(|count| count.max(0))) {
        (Some(one), Some(other)) => Some(one + other),
        (one, other) => one.or(other),
    }
}
