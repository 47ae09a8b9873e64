//! Counts over time, as six operations answer them: a line of blocks, the peak, and rows.

use anyhow::bail;
use jiff::civil::DateTime;

use super::added_up;
use crate::args::{List, ReportKind, ShortText, StepArg};
use crate::json::JsonRef;
use crate::reply::{Cell, Fact, Reply, Table};
use crate::time_range::Window;

/// One point of a trend.
struct Point {
    at: DateTime,
    group: Option<String>,
    reports: i64,
    devices: i64,
    active: i64,
}

/// Limit shown of a trend; the line above them shows the rest.
const MOST_ROWS: usize = 48;

/// What a trend's reply needs to know beside its rows.
pub(super) struct Trend<'a> {
    /// Days or hours.
    pub step: StepArg,
    /// What is counted.
    pub kind: ReportKind,
    /// Values grow from midnight on.
    pub cumulative: bool,
    /// The versions asked for.
    pub versions: &'a List<ShortText>,
    /// The range asked for.
    pub window: &'a Window,
}

impl Trend<'_> {
    /// Adds the trend to a reply. Limit without any date are an answer that is not understood.
    pub(super) fn tell(&self, reply: &mut Reply, rows: &[JsonRef<'_>]) -> anyhow::Result<()> {
        if !rows.is_empty() && !rows.iter().any(|row| row.get("date").exists()) {
            bail!("{} rows came, and none has a `date`", rows.len());
        }
        let (points, empty) = self.points(rows);
        if let Some(outside) = self.outside(&points) {
            reply.note(outside);
        }
        if points.is_empty() {
            reply.note(format!(
                "no {} and no active devices recorded in this range",
                self.kind.plural()
            ));
        } else {
            self.summary(reply, &points);
            self.rows(reply, &points);
        }
        if empty > 0 && !points.is_empty() {
            let steps = crate::reply::counted(empty, self.step_word());
            reply.note(format!("no data for {steps}"));
        }
        if super::several(self.versions) && !points.is_empty() {
            reply.note(added_up("versions"));
        }
        if let Some(note) = self.window.zone_note() {
            reply.note(note);
        }
        Ok(())
    }

    /// Limit that nobody asked for: the service counts by another clock than was thought.
    fn outside(&self, points: &[Point]) -> Option<String> {
        let outside = points
            .iter()
            .filter(|point| !self.window.contains_local(point.at));
        match outside.count() {
            0 => None,
            count => Some(format!(
                "{} outside the range asked for: the service counts by another zone than {}",
                crate::reply::counted(count, "row"),
                self.window.site_offset()
            )),
        }
    }

    fn step_word(&self) -> &'static str {
        match self.step {
            StepArg::Day => "day",
            StepArg::Hour => "hour",
        }
    }

    /// Points in time order, and how many rows were placeholders (`NO_STATS_DATA`, seed 000 line 1020).
    fn points(&self, rows: &[JsonRef<'_>]) -> (Vec<Point>, usize) {
        let running = self.window.current_bucket();
        let mut empty = 0;
        let mut points = Vec::with_capacity(rows.len());
        let several = |field: &str| {
            let mut seen: Vec<&str> = rows
                .iter()
                .filter_map(|row| row.get(field).text())
                .collect();
            seen.sort_unstable();
            seen.dedup();
            seen.len() > 1
        };
        let group = if several("country") {
            Some("country")
        } else if several("version") {
            Some("version")
        } else {
            None
        };
        for row in rows {
            let Some(at) = row.get("date").label().as_deref().and_then(moment) else {
                empty += 1;
                continue;
            };
            // The service fills a running day up with hours to come.
            if running.is_some_and(|running| at > running) {
                continue;
            }
            let placeholder =
                row.get("version").value().and_then(|v| v.as_str()) == Some("NO_STATS_DATA");
            let (reports, devices, active) = self.fields(*row);
            if placeholder || (active == 0 && reports == 0) {
                empty += 1;
                continue;
            }
            points.push(Point {
                at,
                group: group
                    .and_then(|field| row.get(field).text())
                    .map(str::to_owned),
                reports,
                devices,
                active,
            });
        }
        points.sort_by(|a, b| (a.at, &a.group).cmp(&(b.at, &b.group)));
        (points, empty)
    }

    /// The advanced trend names its fields by kind; the others carry what was asked for as crashes
    /// (`operations.json`, getTrendEx).
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

    fn summary(&self, reply: &mut Reply, points: &[Point]) {
        let Some(peak) = points.iter().max_by_key(|point| point.devices) else {
            return;
        };
        let single = points.iter().all(|point| point.group.is_none());
        if points.len() == 1 {
            return;
        }
        reply.facts([
            Fact::new(
                "devices",
                if single && points.len() > 2 && peak.devices > 0 {
                    Cell::Sparkline(points.iter().map(|point| point.devices).collect())
                } else {
                    Cell::Missing
                },
            ),
            Fact::new(
                "peak",
                Cell::count(Some(peak.devices).filter(|devices| *devices > 0)),
            )
            .unit(format!("devices, {}", self.label(peak))),
            Fact::new(
                format!("{} in all", self.kind.plural()),
                if self.cumulative {
                    Cell::Missing
                } else {
                    Cell::Count(points.iter().map(|point| point.reports).sum())
                },
            ),
        ]);
    }

    fn label(&self, point: &Point) -> String {
        let text = match self.step {
            StepArg::Day => point.at.date().to_string(),
            StepArg::Hour => point.at.strftime("%m-%d %H:00").to_string(),
        };
        match &point.group {
            Some(group) => format!("{text} ({})", crate::reply::inline(group, 40)),
            None => text,
        }
    }

    fn rows(&self, reply: &mut Reply, points: &[Point]) {
        let step = match self.step {
            StepArg::Day => "day",
            StepArg::Hour => "hour",
        };
        let mut table = Table::new(&[step, "of", self.kind.plural(), "devices of active"]);
        let running = self.window.current_bucket();
        for point in points {
            let time = match self.step {
                StepArg::Day => point.at.date().to_string(),
                StepArg::Hour => point.at.strftime("%m-%d %H:00").to_string(),
            };
            let time = Cell::Text(if running.is_some_and(|running| point.at >= running) {
                format!("{time} so far")
            } else {
                time
            });
            table.rows.push(vec![
                time,
                Cell::untrusted(point.group.as_deref()),
                Cell::Count(point.reports),
                if point.active > 0 {
                    Cell::Share {
                        part: point.devices,
                        whole: point.active,
                    }
                } else {
                    Cell::Count(point.devices)
                },
            ]);
        }
        table.last = true;
        table.total = i64::try_from(points.len()).ok();
        table.rest = Some("a shorter window shows others".to_owned());
        table.keep(MOST_ROWS);
        if self.cumulative {
            reply.note("each row counts from the day's midnight to the end of its hour");
        }
        reply.table(table, "no rows");
    }
}

/// `20261122`, `2026112208`, `2026-11-22 00:00:00`: times of the site, without zone.
fn moment(text: &str) -> Option<DateTime> {
    let digits: String = text.chars().take(19).filter(char::is_ascii_digit).collect();
    let day = digits.get(..8)?;
    let hour = digits.get(8..10).unwrap_or("00");
    DateTime::strptime("%Y%m%d%H", format!("{day}{hour}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_date_is_read() {
        for text in ["20261122", "2026112200", "2026-11-22 00:00:00"] {
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
