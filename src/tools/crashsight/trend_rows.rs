//! Counts over time, as six operations return them: points, what lacks data, the peak, and the same part before.

use anyhow::bail;
use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use super::comparison::Change;
use crate::args::{ReportKind, StepArg};
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::Untrusted;
use crate::time_range::Window;
use crate::tools::output::DeviceRate;

/// A trend.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Trend {
    /// What is counted: crash, anr or error.
    pub(crate) kind: ReportKind,
    /// Whether a point counts from the service's midnight to the end of its hour.
    pub(crate) cumulative: bool,
    /// Points in time order.
    pub(crate) points: Vec<Point>,
    /// Reports in all, unless cumulative.
    pub(crate) reports: Option<i64>,
    /// The point with the most affected devices.
    pub(crate) peak: Option<Peak>,
    /// The completed part of the range beside the same part before it.
    pub(crate) comparison: Option<Comparison>,
    /// Completed days or hours of the range without any data.
    pub(crate) without_data: Vec<Slot>,
}

/// Counts of one day or hour.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Point {
    /// The day, or the start of the hour.
    pub(crate) start: Slot,
    /// Whether it has not ended yet.
    pub(crate) partial: bool,
    /// The version, where the service does not merge them.
    version: Option<Untrusted>,
    /// The country, where they are counted apart.
    country: Option<Untrusted>,
    country_code: Option<Untrusted>,
    user_scene_tag: Option<Untrusted>,
    pub(crate) reports: i64,
    pub(crate) devices: DeviceRate,
    /// Connections of all devices (`accessNum`).
    connections: Option<i64>,
    crash_sessions: Option<i64>,
    /// Devices with several reports.
    devices_with_several: Option<i64>,
    /// Reports and devices before the service filters them.
    unfiltered_reports: Option<i64>,
    unfiltered_devices: Option<i64>,
    /// What tells points of one time apart.
    #[serde(skip)]
    pub(crate) group: Option<Untrusted>,
}

/// The point with the most affected devices.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Peak {
    pub(crate) start: Slot,
    pub(crate) affected: i64,
    #[serde(skip)]
    pub(crate) group: Option<Untrusted>,
}

/// The completed part of a range beside the same part before it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Comparison {
    /// How many days earlier the other part is.
    pub(crate) days_before: i64,
    /// First and last day or hour that is compared.
    pub(crate) from: Slot,
    pub(crate) to: Slot,
    /// Days or hours compared: those with data on both sides.
    pub(crate) compared: usize,
    /// Days or hours that have ended.
    pub(crate) completed: usize,
    pub(crate) current: DeviceRate,
    pub(crate) before: DeviceRate,
    pub(crate) change: Change,
}

/// A day or an hour by the service's clock.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Slot {
    pub(crate) at: DateTime,
    pub(crate) step: StepArg,
    zone: TimeZone,
}

impl Slot {
    /// A day or an hour of the service, which has this zone.
    pub(super) fn new(at: DateTime, step: StepArg, zone: &TimeZone) -> Self {
        Self {
            at,
            step,
            zone: zone.clone(),
        }
    }

    /// For a table: the title has the year of an hour.
    pub(crate) fn label(&self) -> String {
        match self.step {
            StepArg::Day => self.at.date().to_string(),
            StepArg::Hour => self.at.strftime("%m-%d %H:00").to_string(),
        }
    }
}

impl Serialize for Slot {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match (self.step, self.at.to_zoned_datetime(self.zone.clone())) {
            (StepArg::Hour, Ok(at)) => out.collect_str(&at.strftime("%Y-%m-%dT%H:%M:%S%:z")),
            _ => out.collect_str(&self.at.date()),
        }
    }
}

impl JsonSchema for Slot {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Slot".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "description": "YYYY-MM-DD, or RFC 3339 of an hour"})
    }
}

/// What the rows of a response mean.
pub(crate) struct Reading<'a> {
    pub(crate) app: &'a CrashSightApp,
    pub(crate) step: StepArg,
    pub(crate) kind: ReportKind,
    /// Values grow from midnight on.
    pub(crate) cumulative: bool,
    /// The range asked for.
    pub(crate) window: &'a Window,
    /// The range fetched: it may begin earlier, for the comparison, and end later.
    pub(crate) fetched: &'a Window,
    /// How many days before the range the part to compare with lies.
    pub(crate) days_before: i64,
}

impl Reading<'_> {
    /// Reads rows into a trend, with sentences about what is missing. Rows without any date are an answer
    /// that is not understood.
    pub(crate) fn read(&self, rows: &[JsonRef<'_>]) -> anyhow::Result<(Trend, Vec<String>)> {
        if !rows.is_empty() && !rows.iter().any(|row| row.get("date").exists()) {
            let rows = crate::reply::counted(rows.len(), "row");
            bail!("{rows} without a `date`");
        }
        let mut notes = Vec::new();
        let (points, undated) = self.points(rows);
        let (start, end) = self.window.site_bounds();
        let (earlier, mut points): (Vec<Point>, Vec<Point>) =
            points.into_iter().partition(|point| {
                point.start.at < start && self.fetched.contains_local(point.start.at)
            });
        // What follows is of another question that asked for this range too.
        if end < self.fetched.site_bounds().1 {
            points.retain(|point| {
                point.start.at < end || !self.fetched.contains_local(point.start.at)
            });
        }
        group(&mut points);
        if undated > 0 {
            let rows = crate::reply::counted(undated, "row");
            notes.push(format!("{rows} without a date that can be read: left out"));
        }
        notes.extend(self.outside(&points));
        let without_data = self.without_data(&points);
        if points.is_empty() {
            notes.push(format!(
                "no {} and no active devices recorded in this range",
                self.kind.plural()
            ));
        } else {
            notes.extend(self.gaps(&without_data, &points, earlier.is_empty()));
        }
        let comparison = self.compare(&points, &earlier);
        if let Some(compared) = &comparison
            && compared.compared < compared.completed
        {
            notes.push(format!(
                "compared over {} of {}: the others lack data on one side",
                compared.compared,
                crate::reply::counted(compared.completed, self.unit())
            ));
        }
        let peak = points.iter().max_by_key(|point| point.devices.affected);
        let trend = Trend {
            kind: self.kind,
            cumulative: self.cumulative,
            reports: (!self.cumulative && !points.is_empty())
                .then(|| points.iter().map(|point| point.reports).sum()),
            peak: peak
                .filter(|peak| peak.devices.affected > 0)
                .map(|peak| Peak {
                    start: peak.start.clone(),
                    affected: peak.devices.affected,
                    group: peak.group.clone(),
                }),
            comparison,
            without_data,
            points,
        };
        Ok((trend, notes))
    }

    fn unit(&self) -> &'static str {
        match self.step {
            StepArg::Day => "day",
            StepArg::Hour => "hour",
        }
    }

    fn slot(&self, at: DateTime) -> Slot {
        Slot::new(at, self.step, &self.app.account.zone)
    }

    /// Points in time order, and how many rows had counts but no date that can be read.
    fn points(&self, rows: &[JsonRef<'_>]) -> (Vec<Point>, usize) {
        let running = self.window.current_bucket();
        let mut undated = 0;
        let mut points = Vec::with_capacity(rows.len());
        for row in rows {
            let (reports, affected, active) = self.fields(*row);
            // A slot without data has this version, or nothing but zeros.
            let placeholder =
                row.get("version").value().and_then(|v| v.as_str()) == Some("NO_STATS_DATA");
            if placeholder || (active == 0 && reports == 0) {
                continue;
            }
            let Some(at) = row.get("date").label().as_deref().and_then(moment) else {
                undated += 1;
                continue;
            };
            // The service fills a running day up with hours to come.
            if running.is_some_and(|running| at > running) {
                continue;
            }
            let some = |field: &str| row.get(field).count().filter(|count| *count > 0);
            let named = |field: &str, merged: &str| {
                row.get(field)
                    .untrusted()
                    .filter(|text| text.raw() != merged && text.raw() != "-1")
            };
            points.push(Point {
                start: self.slot(at),
                partial: running.is_some_and(|running| at >= running),
                version: named("version", "MERGED"),
                country: named("country", "-1"),
                country_code: named("countryOrRegionCode", "-1"),
                user_scene_tag: named("userSceneTag", "-1"),
                reports,
                devices: DeviceRate::new(Some(affected), Some(active)).unwrap_or(DeviceRate {
                    affected,
                    active: None,
                    rate: None,
                }),
                connections: some("accessNum"),
                crash_sessions: some("crashSession"),
                devices_with_several: some("multiCrashDevice"),
                unfiltered_reports: some("reportNumAllData"),
                unfiltered_devices: some("reportDeviceAllData"),
                group: None,
            });
        }
        points.sort_by(|a, b| {
            let key =
                |point: &Point| (point.start.at, point.country.clone(), point.version.clone());
            key(a).cmp(&key(b))
        });
        (points, undated)
    }

    /// The advanced trend names its fields by kind; the others carry what was asked for as crashes
    /// (docs/vendor/crashsight.md §8).
    fn fields(&self, row: JsonRef<'_>) -> (i64, i64, i64) {
        let count = |field: &str| row.get(field).count().unwrap_or(0).max(0);
        let (reports, devices) = match self.kind {
            ReportKind::Anr if row.get("anrNum").exists() => (count("anrNum"), count("anrUser")),
            ReportKind::Error if row.get("errorNum").exists() => {
                (count("errorNum"), count("errorUser"))
            }
            _ => (count("crashNum"), count("crashUser")),
        };
        (reports, devices, count("accessUser"))
    }

    /// Rows outside the requested range: the service counts by another clock than was assumed.
    fn outside(&self, points: &[Point]) -> Option<String> {
        let outside = points
            .iter()
            .filter(|point| !self.window.contains_local(point.start.at));
        match outside.count() {
            0 => None,
            count => Some(format!(
                "{} outside the range asked for: the service counts by another zone than {}",
                crate::reply::counted(count, "row"),
                self.window.site_offset()
            )),
        }
    }

    /// Days or hours of the range that have ended.
    fn completed(&self) -> Vec<DateTime> {
        let (start, end) = self.window.site_bounds();
        let end = self.window.current_bucket().unwrap_or(end);
        let step = match self.step {
            StepArg::Day => 1.day(),
            StepArg::Hour => 1.hour(),
        };
        start.series(step).take_while(|at| *at < end).collect()
    }

    fn without_data(&self, points: &[Point]) -> Vec<Slot> {
        let empty = |at: &DateTime| !points.iter().any(|point| point.start.at == *at);
        let slots = self.completed().into_iter().filter(empty);
        slots.map(|at| self.slot(at)).collect()
    }

    /// Says from when on there are data, where nothing precedes them, and which days or hours lack them.
    fn gaps(&self, without: &[Slot], points: &[Point], begins: bool) -> Vec<String> {
        const MOST: usize = 3;
        let first = &points[0].start;
        let (before, within): (Vec<&Slot>, Vec<&Slot>) = without
            .iter()
            .partition(|slot| begins && slot.at < first.at);
        let mut notes = Vec::new();
        if !before.is_empty() {
            notes.push(format!("no data before {}", first.label()));
        }
        let step = match self.step {
            StepArg::Day => 1.day(),
            StepArg::Hour => 1.hour(),
        };
        let mut runs: Vec<(&Slot, &Slot)> = Vec::new();
        for slot in &within {
            match runs.last_mut() {
                Some((_, last)) if last.at.checked_add(step).ok() == Some(slot.at) => *last = slot,
                _ => runs.push((slot, slot)),
            }
        }
        if !runs.is_empty() {
            let named: Vec<String> = runs
                .iter()
                .take(MOST)
                .map(|(first, last)| {
                    if first == last {
                        first.label()
                    } else {
                        format!("{}..{}", first.label(), last.label())
                    }
                })
                .collect();
            let more = if runs.len() > MOST { ", …" } else { "" };
            notes.push(format!(
                "no data for {}: {}{more}",
                crate::reply::counted(within.len(), self.unit()),
                named.join(", ")
            ));
        }
        notes
    }

    /// The completed part beside the same part before: of a cumulative trend the last completed hour of its
    /// last day, of the others the sum of all completed days or hours that have data on both sides.
    fn compare(&self, points: &[Point], earlier: &[Point]) -> Option<Comparison> {
        let all: Vec<&Point> = earlier.iter().chain(points).collect();
        let sum = |at: DateTime| -> Option<DeviceRate> {
            let mut same = all.iter().filter(|point| point.start.at == at).peekable();
            same.peek()?;
            let (affected, active) = same.fold((0, 0), |(affected, active), point| {
                let devices = &point.devices;
                (
                    affected + devices.affected,
                    active + devices.active.unwrap_or(0),
                )
            });
            DeviceRate::new(Some(affected), Some(active)).filter(|rate| rate.active.is_some())
        };
        let mut completed = self.completed();
        if self.cumulative {
            completed.retain(|at| points.iter().any(|point| point.start.at == *at));
            completed = completed.into_iter().next_back().into_iter().collect();
        }
        let pairs: Vec<(DateTime, DeviceRate, DeviceRate)> = completed
            .iter()
            .filter_map(|at| {
                let before = at.checked_sub(self.days_before.days()).ok()?;
                Some((*at, sum(*at)?, sum(before)?))
            })
            .collect();
        let total = |side: fn(&(DateTime, DeviceRate, DeviceRate)) -> DeviceRate| {
            let (affected, active) =
                pairs
                    .iter()
                    .map(side)
                    .fold((0, 0), |(affected, active), rate| {
                        (affected + rate.affected, active + rate.active.unwrap_or(0))
                    });
            DeviceRate::new(Some(affected), Some(active))
        };
        let (current, before) = (total(|pair| pair.1)?, total(|pair| pair.2)?);
        Some(Comparison {
            days_before: self.days_before,
            from: self.slot(pairs.first()?.0),
            to: self.slot(pairs.last()?.0),
            compared: pairs.len(),
            completed: completed.len(),
            current,
            before,
            change: Change::between(&before, &current)?,
        })
    }
}

/// Names what tells points of one time apart, where there are several countries or versions.
fn group(points: &mut [Point]) {
    let several = |field: fn(&Point) -> &Option<Untrusted>| {
        let mut seen = points.iter().filter_map(|point| field(point).as_ref());
        let first = seen.next();
        seen.any(|other| Some(other) != first)
    };
    let field: fn(&Point) -> &Option<Untrusted> = if several(|point| &point.country) {
        |point| &point.country
    } else if several(|point| &point.version) {
        |point| &point.version
    } else {
        return;
    };
    for point in points {
        point.group = field(point).clone();
    }
}

/// `20261122`, `2026112208`, `2026-11-22 00:00:00`: times of the site, without zone.
pub(super) fn moment(text: &str) -> Option<DateTime> {
    // Without a copy of the text: a response has thousands of dates.
    let mut digits = [0_i16; 10];
    let mut found = 0;
    for digit in text.chars().take(19).filter_map(|c| c.to_digit(10)) {
        *digits.get_mut(found)? = i16::try_from(digit).ok()?;
        found += 1;
        if found == digits.len() {
            break;
        }
    }
    let number = |from: usize, to: usize| {
        let of = digits.get(from..to).unwrap_or_default();
        of.iter().fold(0, |number, digit| number * 10 + digit)
    };
    let small = |from: usize| i8::try_from(number(from, from + 2)).ok();
    let hour = if found == digits.len() { small(8)? } else { 0 };
    if found < 8 {
        return None;
    }
    let day = Date::new(number(0, 4), small(4)?, small(6)?).ok()?;
    DateTime::new(day.year(), day.month(), day.day(), hour, 0, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_date_is_read() {
        for text in [
            "20261122",
            "2026112200",
            "2026-11-22 00:00:00",
            "2026-11-22\u{a0}00:00:00",
        ] {
            assert_eq!(
                moment(text),
                Some(jiff::civil::date(2026, 11, 22).at(0, 0, 0, 0)),
                "{text}"
            );
        }
        assert_eq!(moment("2026112208").map(DateTime::hour), Some(8));
        for text in ["", "soon", "20261399", "2026"] {
            assert_eq!(moment(text), None, "{text}");
        }
    }
}
