//! The metrics of a user in a call: thousands of values as a row per metric, or one series in full.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Serialize;

use super::call_metrics::{CallMetric, Worst};
use super::minutes::{Number, Point};
use crate::json::JsonRef;
use crate::reply::{Block, Cell, Code, Reply, Untrusted};
use crate::tools::output::Time;

/// One metric of one user over a call.
#[derive(Serialize, JsonSchema)]
pub(super) struct CallSeries {
    /// The metric's word, as the `metrics` argument has it.
    metric: Option<&'static str>,
    metric_code: i64,
    /// The metric in words.
    name: Option<&'static str>,
    unit: Option<&'static str>,
    /// The user whose audio or video was received; absent for the user's own.
    from_user: Option<Untrusted>,
    /// How many values there are.
    values: usize,
    lowest: Number,
    median: Number,
    highest: Number,
    /// When it was worst; absent for a value that never changes.
    worst_at: Option<Time>,
    /// Means of at most eight equal parts of the call, in the order of time.
    course: Vec<Number>,
    /// Every value; only of selected metrics of one selected user.
    points: Option<Vec<Point>>,
}

/// Points of a curve in a row: each costs about two tokens.
const COURSE: usize = 8;

/// The lowest value as a part of the highest from which on a curve would show a line.
const STEADY: f64 = 0.75;

/// The series of a user's session. Those not recognised are counted.
pub(super) fn read_all(
    metrics: JsonRef<'_>,
    session: &str,
    selected: &[i64],
    in_full: bool,
    zone: &TimeZone,
    unrecognized: &mut usize,
) -> Vec<CallSeries> {
    let mut found: Vec<CallSeries> = metrics
        .list()
        .filter(|one| one.get("sid").label().as_deref() == Some(session))
        .flat_map(|one| one.get("data").list().collect::<Vec<_>>())
        .filter_map(|one| {
            let Some(code) = one.get("mid").count() else {
                *unrecognized += 1;
                return None;
            };
            if !selected.is_empty() && !selected.contains(&code) {
                return None;
            }
            CallSeries::new(code, one, in_full, zone)
        })
        .collect();
    found.sort_by_key(|one| one.metric_code);
    found
}

impl CallSeries {
    fn new(code: i64, one: JsonRef<'_>, in_full: bool, zone: &TimeZone) -> Option<Self> {
        let mut points: Vec<(Timestamp, f64)> = one
            .get("kvs")
            .value()?
            .as_array()?
            .iter()
            .filter_map(|pair| {
                let part = |index| pair.get(index).map(JsonRef::new);
                let at = part(0)?.instant(&TimeZone::UTC)?;
                Some((at, Number::read(part(1)?)?.0))
            })
            .collect();
        points.sort_by_key(|(at, _)| *at);
        let mut values: Vec<f64> = points.iter().map(|(_, value)| *value).collect();
        let course = course(&values);
        values.sort_by(f64::total_cmp);
        let (lowest, highest) = (*values.first()?, *values.last()?);
        let metric = CallMetric::of(code);
        let worst = match metric.map(|metric| metric.worst) {
            Some(Worst::Low) => lowest,
            _ => highest,
        };
        let worst_at = points
            .iter()
            .find(|(_, value)| value.total_cmp(&worst).is_eq() && lowest < highest)
            .map(|(at, _)| Time::new(*at, zone));
        let points = points.into_iter().map(|(at, value)| Point {
            at: Time::new(at, zone),
            value: Number(value),
        });
        Some(Self {
            metric: metric.map(|metric| metric.word),
            metric_code: code,
            name: metric.map(|metric| metric.name),
            unit: metric
                .map(|metric| metric.unit)
                .filter(|unit| !unit.is_empty()),
            from_user: one
                .get("peer_uid")
                .untrusted()
                .filter(|user| user.raw() != "0"),
            values: values.len(),
            lowest: Number(lowest),
            median: Number(*values.get(values.len() / 2)?),
            highest: Number(highest),
            worst_at,
            course,
            points: in_full.then(|| points.collect()),
        })
    }

    pub(super) fn is_in_full(&self) -> bool {
        self.points.is_some()
    }

    fn words(&self) -> String {
        self.name
            .map_or_else(|| format!("metric {}", self.metric_code), str::to_owned)
    }

    /// A row: metric, from whom, lowest, median, highest, when it was worst, course.
    pub(super) fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(self.words()),
            self.from_user
                .clone()
                .map_or(Cell::Missing, Cell::Untrusted),
            Cell::Measure(self.lowest.0, ""),
            Cell::Measure(self.median.0, ""),
            Cell::Measure(self.highest.0, self.unit.unwrap_or_default()),
            self.worst_at
                .as_ref()
                .map_or(Cell::Missing, Time::time_of_day),
            if self.lowest.0 >= self.highest.0 * STEADY {
                Cell::text("steady")
            } else {
                Cell::SparklineF64(self.course.iter().map(|mean| mean.0).collect())
            },
        ]
    }

    /// Every value, a line per minute. Nothing where the values are not requested.
    pub(super) fn render_in_full(&self, reply: &mut Reply) {
        let Some(points) = &self.points else {
            return;
        };
        let from = self
            .from_user
            .as_ref()
            .map(|user| format!(", from user {}", user.line(40)))
            .unwrap_or_default();
        let unit = self.unit.map(|unit| format!(" in {unit}"));
        let mut lines: Vec<String> = Vec::new();
        let mut minute = None;
        for point in points {
            let text = Cell::Measure(point.value.0, "").render().replace(',', "");
            let its_minute = point.at.at.as_second().div_euclid(60);
            match lines.last_mut().filter(|_| minute == Some(its_minute)) {
                Some(line) => {
                    line.push(' ');
                    line.push_str(&text);
                }
                None => lines.push(format!("{} {text}", point.at.time_of_day().render())),
            }
            minute = Some(its_minute);
        }
        let caption = format!(
            "{}{}{from}, a line per minute with the time of its first value",
            self.words(),
            unit.unwrap_or_default(),
        );
        let mut code = Code::head(caption, lines.join("\n"));
        code.rest = Some("a shorter `window` shows them".to_owned());
        reply.push(5, Block::Code(code));
    }
}

/// Means: the worst of each part would hide the rest.
fn course(values: &[f64]) -> Vec<Number> {
    let length = values.len().div_ceil(COURSE).max(1);
    values
        .chunks(length)
        .map(|part| {
            let sum: f64 = part.iter().sum();
            #[expect(clippy::cast_precision_loss, reason = "a handful of points")]
            let mean = sum / part.len() as f64;
            Number((mean * 100.0).round() / 100.0)
        })
        .collect()
}
