//! Since when a rate is another: a scan of an hourly series for the span that differs most from the rest.
//!
//! 1. Each hour has a count and an expectation: the active devices of the hour times the usual rate at that hour of the
//!    day ([`expected`]), so that what comes back every night is no change.
//! 2. Single hours that differ from both neighbours are taken out (a running median of three): a spike is no change.
//! 3. Of all spans of at least [`FEWEST`] hours that leave as many outside, the one with the largest two-proportion z
//!    statistic is taken. A span that reaches an end of the series is preferred: it has one change, not two;
//!    another differs from the hours on either side of it.
//! 4. It counts where its z is at least [`CLEAR`], after division by the root of the dispersion that the hours show
//!    beyond chance, and its rate is at least [`SMALLEST`] times the other or the reverse.

use std::ops::Range;

use jiff::civil::DateTime;

use super::spans::Counted;

/// Hours on either side of a change.
const FEWEST: usize = 3;

/// Standard deviations: of some ten thousand spans of a series without a change, the largest has between four and five.
const CLEAR: f64 = 5.0;

/// A smaller change of a rate is not worth an investigation.
const SMALLEST: f64 = 1.3;

/// Fewer affected devices on the higher side are no change.
pub(super) const FEW_DEVICES: i64 = 10;

/// A span with two ends must be so much clearer than one with one.
const ONE_END: f64 = 0.9;

/// Standard deviations between a span with two ends and the hours on either side of it.
const EACH_SIDE: f64 = 3.0;

/// Devices that the usual rate of an hour of the day is assumed to have seen beside those it had: few do not make it.
const ASSUMED: f64 = 20.0;

/// An ended hour of the series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Hour {
    pub(super) at: DateTime,
    pub(super) affected: i64,
    pub(super) active: i64,
    /// What `affected` would be at the usual rate of its hour of the day; on any scale.
    pub(super) expected: f64,
}

/// Hours whose rate differs from that of the others.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    /// Positions of the hours that differ: up to the last where it goes on.
    pub(super) span: Range<usize>,
    /// How many times the rate is what the other hours have, by hour of the day.
    pub(super) times: f64,
    /// The z statistic, with the dispersion of the hours.
    pub(super) z: f64,
}

/// The hours of a series that have ended and had active devices, with their expectations by the hours of days before it.
pub(super) fn expected(series: &[Counted], earlier: &[Counted]) -> Vec<Hour> {
    let mut usual = [(0_i64, 0_i64); 24];
    let of_day = |hour: &Counted| usize::try_from(hour.at.hour()).unwrap_or(0) % 24;
    for hour in earlier {
        let sum = &mut usual[of_day(hour)];
        sum.0 += hour.affected;
        sum.1 += hour.active;
    }
    let all = usual
        .iter()
        .fold((0, 0), |all, hour| (all.0 + hour.0, all.1 + hour.1));
    let rate = number(all.0) / number(all.1);
    // Without any hour before, every hour of the day is alike.
    let known = all.0 > 0 && all.1 > 0;
    let rate_at = |of_day: usize| {
        let (affected, active) = usual[of_day];
        (number(affected) + ASSUMED) / (number(active) + ASSUMED / rate)
    };
    let ended = series
        .iter()
        .filter(|hour| !hour.partial && hour.active > 0);
    ended
        .map(|hour| {
            let rate = if known { rate_at(of_day(hour)) } else { 1.0 };
            Hour {
                at: hour.at,
                affected: hour.affected,
                active: hour.active,
                expected: number(hour.active) * rate,
            }
        })
        .collect()
}

/// The change that stands out of a series; nothing where none does.
pub(super) fn find(hours: &[Hour]) -> Option<Found> {
    let span = most_different(hours)?;
    let found = weigh(hours, span)?;
    let size = found.times.max(1.0 / found.times);
    let inside = sum(hours, &found.span, true);
    let outside = sum(hours, &found.span, false);
    let higher = if found.times >= 1.0 { inside } else { outside };
    let clear = found.z.abs() >= CLEAR && size >= SMALLEST && higher.0 >= FEW_DEVICES;
    clear.then_some(found)
}

/// Affected devices and expectations inside a span, or outside of it.
pub(super) fn sum(hours: &[Hour], span: &Range<usize>, inside: bool) -> (i64, f64) {
    let places = hours.iter().enumerate();
    let of_side = places.filter(|(at, _)| span.contains(at) == inside);
    of_side.fold((0, 0.0), |(affected, expected), (_, hour)| {
        (affected + hour.affected, expected + hour.expected)
    })
}

/// The span with the largest z statistic of the smoothed counts.
fn most_different(hours: &[Hour]) -> Option<Range<usize>> {
    let length = hours.len();
    if length < 2 * FEWEST {
        return None;
    }
    let mut counts = vec![0.0];
    let mut expectations = vec![0.0];
    for (count, hour) in smoothed(hours).into_iter().zip(hours) {
        counts.push(counts[counts.len() - 1] + count);
        expectations.push(expectations[expectations.len() - 1] + hour.expected);
    }
    let (all, expected) = (counts[length], expectations[length]);
    if all <= 0.0 || expected <= 0.0 {
        return None;
    }
    let z = |from: usize, to: usize| {
        let share = (expectations[to] - expectations[from]) / expected;
        deviation(counts[to] - counts[from], all, share)
    };
    // A rise of the last hours is no fall of all before them: what ended differs from the hours on either side.
    let differs_from_both = |from: usize, to: usize| {
        let beside = |low: usize, high: usize| {
            let share =
                (expectations[to] - expectations[from]) / (expectations[high] - expectations[low]);
            deviation(counts[to] - counts[from], counts[high] - counts[low], share)
        };
        let (before, behind) = (beside(0, to), beside(from, length));
        before.abs().min(behind.abs()) >= EACH_SIDE && (before > 0.0) == (behind > 0.0)
    };
    let mut best: [(f64, Range<usize>); 2] = [(0.0, 0..0), (0.0, 0..0)];
    for from in 0..length {
        let fits = |to: &usize| (FEWEST..=length - FEWEST).contains(&(to - from));
        for to in (from + FEWEST..=length).filter(fits) {
            let z = z(from, to).abs();
            let at_an_end = usize::from(from == 0 || to == length);
            if z > best[at_an_end].0 && (at_an_end == 1 || differs_from_both(from, to)) {
                best[at_an_end] = (z, from..to);
            }
        }
    }
    let [within, at_an_end] = best;
    let chosen = if at_an_end.0 >= within.0 * ONE_END {
        at_an_end
    } else {
        within
    };
    // A change at one end: the hours after it are those that differ.
    let span = match chosen.1 {
        Range { start: 0, end } if end < length => end..length,
        span => span,
    };
    // Without its spikes a series has to show it as well.
    (chosen.0 >= CLEAR).then_some(span)
}

/// Counts without single hours that differ from both neighbours.
fn smoothed(hours: &[Hour]) -> Vec<f64> {
    let ratio = |at: usize| number(hours[at].affected) / hours[at].expected;
    let last = hours.len() - 1;
    (0..hours.len())
        .map(|at| {
            let mut three = [
                ratio(at.saturating_sub(1)),
                ratio(at),
                ratio((at + 1).min(last)),
            ];
            // The first and the last have one neighbour, and are held against the next one too.
            if at == 0 {
                three[0] = ratio(2.min(last));
            } else if at == last {
                three[2] = ratio(last.saturating_sub(2));
            }
            three.sort_by(f64::total_cmp);
            three[1] * hours[at].expected
        })
        .collect()
}

/// How far a span's rate is from the rest's.
fn weigh(hours: &[Hour], span: Range<usize>) -> Option<Found> {
    let (inside, expected_inside) = sum(hours, &span, true);
    let (outside, expected_outside) = sum(hours, &span, false);
    let (inside, outside) = (number(inside), number(outside));
    let share = expected_inside / (expected_inside + expected_outside);
    let z = deviation(inside, inside + outside, share);
    // Half a device where there was none: the ratio stays a number.
    let rate_inside = inside.max(0.5) / expected_inside;
    let rate_outside = outside.max(0.5) / expected_outside;
    let beyond: f64 = hours
        .iter()
        .enumerate()
        .map(|(at, hour)| {
            let rate = if span.contains(&at) {
                rate_inside
            } else {
                rate_outside
            };
            let expected = (hour.expected * rate).max(1.0);
            (number(hour.affected) - expected).powi(2) / expected
        })
        .sum();
    let free = hours.len().checked_sub(2).filter(|free| *free > 0)?;
    let dispersion = (beyond / number(i64::try_from(free).ok()?)).max(1.0);
    let times = rate_inside / rate_outside;
    (times.is_finite() && z.is_finite()).then(|| Found {
        span,
        times,
        z: z / dispersion.sqrt(),
    })
}

/// Standard deviations between a part of a count and what its share of the whole would be.
fn deviation(part: f64, all: f64, share: f64) -> f64 {
    (part - all * share) / (all * share * (1.0 - share)).sqrt()
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
pub(super) fn number(count: i64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan as _;
    use jiff::civil::date;

    /// Active devices by hour of the day: few at night.
    fn active(hour: usize) -> i64 {
        [
            6, 4, 3, 2, 2, 2, 3, 5, 8, 10, 11, 14, 18, 17, 14, 13, 14, 16, 19, 23, 27, 29, 25, 16,
        ][hour % 24]
            * 1_000
    }

    /// A number between -1 and 1 that looks random.
    fn noise(seed: usize) -> f64 {
        let mixed = (u64::try_from(seed).unwrap() + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        f64::from(u32::try_from(mixed >> 33).unwrap()) / f64::from(1_u32 << 30) - 1.0
    }

    /// Hours whose rate is 0.2 % times `level`, a tenth of it noise.
    #[expect(clippy::cast_possible_truncation, reason = "a count of a test")]
    fn series(count: usize, level: impl Fn(usize) -> f64) -> Vec<Counted> {
        let start = date(2026, 11, 20).at(0, 0, 0, 0);
        (0..count)
            .map(|hour| {
                let rate = 0.002 * level(hour) * (1.0 + 0.1 * noise(hour));
                let affected = (number(active(hour)) * rate).round() as i64;
                Counted {
                    at: start + i64::try_from(hour).unwrap().hours(),
                    partial: false,
                    reports: affected,
                    affected,
                    active: active(hour),
                }
            })
            .collect()
    }

    fn found(series: &[Counted]) -> Option<Found> {
        find(&expected(series, &[]))
    }

    #[test]
    fn a_step_is_found_at_its_hour() {
        for (at, level) in [
            (30, 2.0),
            (90, 1.6),
            (69, 4.0),
            (93, 3.0),
            (40, 0.4),
            (4, 3.0),
        ] {
            let step = series(96, |hour| if hour < at { 1.0 } else { level });
            let found = found(&step).expect("a step");
            assert_eq!(found.span, at..96, "{level}");
            assert!((found.times / level - 1.0).abs() < 0.15, "{found:?}");
            assert_eq!(found.z > 0.0, level > 1.0);
        }
    }

    #[test]
    fn a_span_that_ended_has_two_ends() {
        let raised = series(96, |hour| if (50..58).contains(&hour) { 4.0 } else { 1.0 });
        let found = found(&raised).unwrap();
        assert_eq!(found.span, 50..58);
        assert!((3.5..4.5).contains(&found.times), "{found:?}");
    }

    #[test]
    fn a_rise_of_the_last_hours_is_no_fall_of_all_before() {
        for risen in 1..5 {
            let late = series(146, |hour| if hour < 146 - risen { 0.2 } else { 6.0 });
            if let Some(found) = found(&late) {
                assert!(found.times > 1.0 && found.span.end == 146, "{found:?}");
            } else {
                assert!(risen < FEWEST, "{risen} hours");
            }
        }
    }

    #[test]
    fn without_a_change_there_is_none() {
        assert_eq!(found(&series(168, |_| 1.0)), None);
        // Days that differ by a little, as they do.
        let days = [1.0, 1.08, 0.95, 1.1, 1.02, 0.93, 1.05];
        assert_eq!(found(&series(168, |hour| days[hour / 24])), None);
        assert_eq!(found(&series(168, |_| 0.0)), None);
        // Nor is one looked for in less than three hours on each side.
        for hours in 0..6 {
            assert_eq!(
                found(&series(hours, |hour| 1.0 + number(i64::try_from(hour).unwrap()))),
                None
            );
        }
    }

    #[test]
    fn a_single_spike_is_no_change() {
        for spike in [0, 1, 50, 92, 94, 95] {
            let one = series(96, |hour| if hour == spike { 12.0 } else { 1.0 });
            assert_eq!(found(&one), None, "{spike}");
        }
    }

    #[test]
    fn gaps_and_the_running_hour_do_not_count() {
        let mut gaps = series(96, |hour| if hour < 60 { 1.0 } else { 3.0 });
        gaps.retain(|hour| !(20..32).contains(&(hour.at.hour() + 24 * (hour.at.day() - 20))));
        for hour in &mut gaps[40..44] {
            (hour.affected, hour.active) = (0, 0);
        }
        let last = gaps.len() - 1;
        gaps[last].partial = true;
        gaps[last].affected = 0;
        let hours = expected(&gaps, &[]);
        assert_eq!(hours.len(), 96 - 12 - 4 - 1);
        let found = find(&hours).unwrap();
        let first = hours[found.span.start].at;
        assert_eq!(first, date(2026, 11, 22).at(12, 0, 0, 0));
        assert_eq!(found.span.end, hours.len());
    }

    #[test]
    fn what_comes_back_every_night_is_no_change() {
        // Four times the rate from midnight to six, every day.
        let nightly = |hour: usize| if hour % 24 < 6 { 4.0 } else { 1.0 };
        let weeks = series(14 * 24, nightly);
        let (earlier, now) = weeks.split_at(13 * 24);
        // A day alone looks as if it had changed at six, and does not beside the days before.
        assert_eq!(found(now).unwrap().span, 6..24);
        assert_eq!(find(&expected(now, earlier)), None);
        // A change on top of it is found.
        let risen = series(14 * 24, |hour| {
            nightly(hour) * if hour < 13 * 24 + 10 { 1.0 } else { 2.0 }
        });
        let (earlier, now) = risen.split_at(13 * 24);
        assert_eq!(find(&expected(now, earlier)).unwrap().span, 10..24);
    }
}
