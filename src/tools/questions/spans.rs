//! Equal spans of two trends: the days or hours that are compared, and what they add up to.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};

use crate::tools::crashsight::trend_rows::Trend;
use crate::tools::output::DeviceRate;

/// Counts of one day or hour, over all versions and countries of the trend.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Counted {
    pub(super) at: DateTime,
    pub(super) partial: bool,
    pub(super) reports: i64,
    pub(super) affected: i64,
    pub(super) active: i64,
}

/// The days or hours of a trend in time order, versions and countries added up.
pub(super) fn counted(trend: &Trend) -> Vec<Counted> {
    let mut by_time: BTreeMap<DateTime, Counted> = BTreeMap::new();
    for point in &trend.points {
        let at = point.start.at;
        let sum = by_time.entry(at).or_insert(Counted {
            at,
            partial: point.partial,
            reports: 0,
            affected: 0,
            active: 0,
        });
        sum.reports += point.reports;
        sum.affected += point.devices.affected;
        sum.active += point.devices.active.unwrap_or(0);
    }
    by_time.into_values().collect()
}

/// One side of a span.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Total {
    pub(super) reports: i64,
    pub(super) rate: DeviceRate,
    pub(super) first: DateTime,
    pub(super) last: DateTime,
}

impl Total {
    /// The sum of days or hours; nothing where no device was active.
    pub(super) fn of(parts: &[Counted]) -> Option<Self> {
        let sum = |field: fn(&Counted) -> i64| parts.iter().map(field).sum::<i64>();
        Some(Self {
            reports: sum(|part| part.reports),
            rate: DeviceRate::new(
                Some(sum(|part| part.affected)),
                Some(sum(|part| part.active)),
            )?,
            first: parts.iter().map(|part| part.at).min()?,
            last: parts.iter().map(|part| part.at).max()?,
        })
    }

    /// First and last day as an argument.
    pub(super) fn window(&self) -> String {
        format!("{}..{}", self.first.date(), self.last.date())
    }
}

/// Two equal spans, and what was left out to make them equal.
#[derive(Debug)]
pub(super) struct Spans {
    pub(super) a: Total,
    pub(super) b: Total,
    /// Days of each that are compared.
    pub(super) days: usize,
    /// Days of either that are not.
    pub(super) left_out: usize,
    /// Where both count from midnight to this hour.
    pub(super) to_hour: Option<i8>,
}

/// A day with less of the active devices of a side's busiest day is one before a release, or after its end.
const LEAST: i64 = 100;

/// The same days on both sides, as far as both had active devices: two versions, countries or apps.
pub(super) fn same_days(a: &[Counted], b: &[Counted]) -> Option<Spans> {
    let has = |side: &[Counted], date: Date| {
        let most = side.iter().map(|day| day.active).max().unwrap_or(0);
        side.iter().any(|day| {
            day.at.date() == date && day.active > 0 && day.active.saturating_mul(LEAST) >= most
        })
    };
    let both = |side: &[Counted]| -> Vec<Counted> {
        let days = side
            .iter()
            .filter(|day| has(a, day.at.date()) && has(b, day.at.date()));
        days.copied().collect()
    };
    spans(&both(a), &both(b), a.len().max(b.len()))
}

/// Days of two ranges, in their order: the first of each where both begin on the same day of the week, else the last;
/// a day that has not ended does not count.
pub(super) fn equal_days(a: &[Counted], b: &[Counted]) -> Option<Spans> {
    let ended = |side: &[Counted]| -> Vec<Counted> {
        side.iter().filter(|day| !day.partial).copied().collect()
    };
    let (mut a, mut b) = (ended(a), ended(b));
    let whole = a.len().max(b.len());
    let days = a.len().min(b.len());
    let weekday = |side: &[Counted]| side.first().map(|day| day.at.date().weekday());
    if weekday(&a) == weekday(&b) {
        a.truncate(days);
        b.truncate(days);
    } else {
        a.drain(..a.len() - days);
        b.drain(..b.len() - days);
    }
    spans(&a, &b, whole)
}

/// Two days from midnight to the last hour that has ended on both.
pub(super) fn to_same_hour(a: &[Counted], b: &[Counted]) -> Option<Spans> {
    let ended = |side: &[Counted]| -> Option<i8> {
        side.iter()
            .filter(|hour| !hour.partial)
            .map(|hour| hour.at.hour())
            .max()
    };
    let hour = ended(a)?.min(ended(b)?);
    let at = |side: &[Counted]| side.iter().find(|point| point.at.hour() == hour).copied();
    let (a, b) = (at(a)?, at(b)?);
    let mut spans = spans(&[a], &[b], 1)?;
    spans.to_hour = Some(hour + 1);
    Some(spans)
}

fn spans(a: &[Counted], b: &[Counted], whole: usize) -> Option<Spans> {
    Some(Spans {
        a: Total::of(a)?,
        b: Total::of(b)?,
        days: a.len(),
        left_out: whole - a.len().min(whole),
        to_hour: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn day(day: i8, affected: i64, active: i64) -> Counted {
        Counted {
            at: date(2026, 11, day).at(0, 0, 0, 0),
            partial: false,
            reports: affected,
            affected,
            active,
        }
    }

    #[test]
    fn versions_are_compared_on_the_days_on_which_both_had_devices() {
        let old = [day(1, 10, 1_000), day(2, 10, 1_000), day(3, 10, 1_000)];
        let new = [day(1, 0, 0), day(2, 20, 1_000), day(3, 20, 1_000)];
        let spans = same_days(&new, &old).unwrap();
        assert_eq!((spans.days, spans.left_out), (2, 1));
        assert_eq!((spans.a.rate.affected, spans.b.rate.affected), (40, 20));
    }

    #[test]
    fn a_week_so_far_is_compared_with_the_same_weekdays() {
        let this = [
            day(16, 1, 10),
            day(17, 1, 10),
            Counted {
                partial: true,
                ..day(18, 9, 10)
            },
        ];
        let last: Vec<Counted> = (9..16).map(|at| day(at, 1, 10)).collect();
        let spans = equal_days(&this, &last).unwrap();
        assert_eq!((spans.days, spans.left_out), (2, 5));
        assert_eq!(spans.b.window(), "2026-11-09..2026-11-10");
        // Ranges that begin on other weekdays: the last days of each.
        let spans = equal_days(&this[1..], &last).unwrap();
        assert_eq!(spans.b.window(), "2026-11-15..2026-11-15");
    }

    #[test]
    fn a_day_so_far_is_compared_to_the_same_hour() {
        let hour = |day: i8, hour: i8, affected, partial| Counted {
            at: date(2026, 11, day).at(hour, 0, 0, 0),
            partial,
            reports: affected,
            affected,
            active: 100,
        };
        let today = [
            hour(2, 0, 1, false),
            hour(2, 1, 3, false),
            hour(2, 2, 4, true),
        ];
        let before: Vec<Counted> = (0..24)
            .map(|at| hour(1, at, i64::from(at), false))
            .collect();
        let spans = to_same_hour(&today, &before).unwrap();
        assert_eq!(
            (spans.to_hour, spans.a.rate.affected, spans.b.rate.affected),
            (Some(2), 3, 1)
        );
        assert!(to_same_hour(&today[2..], &before).is_none());
    }
}
