//! Values per minute: what the nine tools of the last hour answer.

use std::borrow::Cow;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

use super::{Rows, Scope, read_rows};
use crate::json::JsonRef;
use crate::reply::{Cell, Reply, Table, Untrusted};
use crate::tools::output::{Output, Time};

/// A metric of a response, and how it is shown.
#[derive(Debug)]
pub(crate) struct Metric {
    /// Its word in arguments and data.
    pub(super) word: &'static str,
    /// Its field in the response.
    pub(super) field: &'static str,
    /// Its name for people.
    pub(super) name: &'static str,
    /// `%`, or nothing for counts.
    pub(super) unit: &'static str,
}

/// Metrics over the minutes of a range.
#[derive(Serialize, JsonSchema)]
pub(crate) struct MinuteMetrics {
    /// The channel; every channel where it is absent.
    pub(super) channel: Option<Untrusted>,
    /// Metrics that have a value.
    metrics: Vec<MinuteMetric>,
}

impl MinuteMetrics {
    pub(super) fn has_values(&self) -> bool {
        !self.metrics.is_empty()
    }

    /// Lowest and highest value of each metric, with its unit.
    pub(crate) fn extremes(&self) -> impl Iterator<Item = (&'static str, &'static str, f64, f64)> {
        self.metrics.iter().map(|metric| {
            let unit = metric.unit.unwrap_or_default();
            let (lowest, highest) = (metric.lowest.value.0, metric.highest.value.0);
            (metric.name, unit, lowest, highest)
        })
    }
}

/// One metric over the minutes of a range.
#[derive(Serialize, JsonSchema)]
struct MinuteMetric {
    metric: &'static str,
    /// The metric in words.
    name: &'static str,
    /// `%`; absent for counts.
    unit: Option<&'static str>,
    latest: Point,
    lowest: Point,
    highest: Point,
    /// A value per minute, the oldest first.
    points: Vec<Point>,
}

/// A value at a moment.
#[derive(Clone, Serialize, JsonSchema)]
pub(super) struct Point {
    pub(super) at: Time,
    pub(super) value: Number,
}

/// A measured value; as data a whole number has no fraction.
#[derive(Clone, Copy)]
pub(super) struct Number(pub(super) f64);

impl Number {
    /// Larger values measure nothing, and their sums would not be finite.
    const MAX: f64 = 1e15;

    pub(super) fn read(node: JsonRef<'_>) -> Option<Self> {
        let number = node.number().filter(|number| number.abs() <= Self::MAX);
        number.map(Self)
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let whole = format!("{:.0}", self.0).parse::<i64>().ok();
        match whole.filter(|_| self.0.fract() == 0.0) {
            Some(whole) => out.serialize_i64(whole),
            None => out.serialize_f64(self.0),
        }
    }
}

impl JsonSchema for Number {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Number".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "number"})
    }
}

/// The latest minutes are not ready yet (docs/vendor/agora.md §4).
const DELAY: SignedDuration = SignedDuration::from_mins(3);

/// Reads the values of these metrics in the range. `none` is what an empty response means.
pub(super) fn parse(
    title: &str,
    scope: &Scope,
    metrics: &[&'static Metric],
    data: JsonRef<'_>,
    none: &str,
) -> anyhow::Result<Output<MinuteMetrics>> {
    let Rows { rows, unrecognized } = read_rows(data, |row| {
        let at = row.get("ts").instant(&TimeZone::UTC)?;
        let known = |(field, _)| field == "ts" || metrics.iter().any(|it| it.field == field);
        row.entries().any(known).then_some((at, row))
    })?;
    let series: Vec<MinuteMetric> = metrics
        .iter()
        .filter_map(|metric| MinuteMetric::new(metric, &rows, scope))
        .collect();
    let ends = series
        .iter()
        .filter_map(|it| Some((it.points.first()?.at.at, it.points.last()?.at.at)));
    let ends = ends.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let answer = MinuteMetrics {
        channel: None,
        metrics: series,
    };
    let mut output = Output::new(title, &scope.app, answer).window(&scope.window);
    match ends {
        Some((first, last)) => {
            let minute = |at: Timestamp| {
                at.to_zoned_datetime(scope.zone.clone())
                    .strftime("%H:%M")
                    .to_string()
            };
            let (first, last) = (minute(first), minute(last));
            output.note(format!(
                "whole minutes from {first} to {last}; the newest are ready after 2 to 3 minutes"
            ));
        }
        None if scope.window.start() + DELAY > scope.now => {
            output.note("no minute of this range is ready yet: each takes 2 to 3 minutes");
        }
        None => output.note(none),
    }
    output.note_unrecognized(unrecognized, "row");
    Ok(output)
}

impl MinuteMetric {
    fn new(
        metric: &'static Metric,
        rows: &[(Timestamp, JsonRef<'_>)],
        scope: &Scope,
    ) -> Option<Self> {
        let mut points: Vec<Point> = rows
            .iter()
            .filter(|(at, _)| scope.window.contains(*at))
            .filter_map(|(at, row)| {
                Some(Point {
                    at: Time::new(*at, &scope.zone),
                    value: Number::read(row.get(metric.field))?,
                })
            })
            .collect();
        points.sort_by_key(|point| point.at.at);
        let by_value = |a: &&Point, b: &&Point| a.value.0.total_cmp(&b.value.0);
        Some(Self {
            metric: metric.word,
            name: metric.name,
            unit: Some(metric.unit).filter(|unit| !unit.is_empty()),
            latest: points.last()?.clone(),
            lowest: points.iter().min_by(by_value)?.clone(),
            // The first of several equal peaks.
            highest: points.iter().rev().max_by(by_value)?.clone(),
            points,
        })
    }
}

/// A row per metric: the latest, the lowest and the highest with their minute, and a curve.
pub(super) fn render(output: &Output<MinuteMetrics>, reply: &mut Reply) {
    let mut table = Table::new(&[
        "metric",
        "latest",
        "lowest",
        "lowest at",
        "highest",
        "highest at",
        "by minute",
    ]);
    for metric in &output.answer.metrics {
        let value = |point: &Point| Cell::Measure(point.value.0, metric.unit.unwrap_or_default());
        table.rows.push(vec![
            Cell::text(metric.name),
            value(&metric.latest),
            value(&metric.lowest),
            metric.lowest.at.time_of_day(),
            value(&metric.highest),
            metric.highest.at.time_of_day(),
            Cell::SparklineF64(metric.points.iter().map(|point| point.value.0).collect()),
        ]);
    }
    if !table.rows.is_empty() {
        reply.table(table, "");
    }
}
