//! The words of a time range, English and Chinese, to a `Spec`. Pure text: no clock, no zone.

use jiff::Timestamp;
use jiff::civil::{Date, Time};

/// What the text asks for, before a clock and a zone make it absolute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Spec {
    /// The single day so many days before today: 0 is today.
    DayAgo(i64),
    /// The last days, today included.
    LastDays(i64),
    /// The last hours, the running one included.
    LastHours(i64),
    /// The week (Monday to Sunday) so many weeks before this one.
    WeekAgo(i64),
    /// The calendar month so many months before this one.
    MonthAgo(i64),
    /// A calendar month by its number: its first day.
    Month(Date),
    /// From the first moment to the last.
    Between(Moment, Moment),
}

/// A point the reader wrote down. How precise it is decides how far it reaches as the end of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// A whole day: as an end, that day is included.
    Day(Date),
    /// A full hour of a day: as an end, the range stops when it strikes.
    Hour(Date, i8),
    /// A time of day.
    Clock(Date, Time),
}

/// What is written in errors: every form once.
pub(super) const FORMS: &str = "today, yesterday, 7d, 24h, this_week, last_week, this_month, last_month, \
     2026-11-20, 2026-11-01..2026-11-07 or 2026-11-20T08..2026-11-20T12";

/// Reads a time range; `Err` says what was expected.
pub(super) fn parse(text: &str) -> Result<Spec, String> {
    let plain = text.trim().to_lowercase();
    words(&plain)
        .or_else(|| counted(&plain))
        .or_else(|| chinese(&plain))
        .or_else(|| absolute(&plain))
        .ok_or_else(|| {
            if let Some(problem) = unix(&plain).or_else(|| zoned(&plain)) {
                return problem;
            }
            format!(
                "a time range is {FORMS}, not `{}`",
                crate::reply::inline(text, 60)
            )
        })
}

/// Unix times are for machines: seconds and milliseconds look alike, so neither is guessed at.
fn unix(text: &str) -> Option<String> {
    let ends: Vec<Timestamp> = text
        .split("..")
        .map(|end| {
            let digits = end.trim();
            let number: i64 = digits.parse().ok()?;
            match digits.len() {
                10 => Timestamp::from_second(number).ok(),
                13 => Timestamp::from_millisecond(number).ok(),
                _ => None,
            }
        })
        .collect::<Option<_>>()?;
    let utc: Vec<String> = ends
        .iter()
        .map(|at| at.strftime("%Y-%m-%dT%H:%M").to_string())
        .collect();
    Some(format!(
        "a time range is written in dates and hours, not in Unix seconds or milliseconds: `{}` is {} UTC; \
         give it in the reader's own zone, as in `2026-11-20T08..2026-11-20T12`",
        crate::reply::inline(text, 60),
        utc.join(".."),
    ))
}

/// An offset beside the reader's zone is not worked out in the head: whoever wrote it converts it.
fn zoned(text: &str) -> Option<String> {
    let (from, to) = ends(text).unwrap_or((text, text));
    let (end, offset) = [from, to].into_iter().find_map(|end| {
        let end = end.trim_matches(AROUND);
        let clock = end.find(['t', ' '])?;
        let at = end.rfind(['z', '+', '-']).filter(|at| *at > clock)?;
        moment(end.get(..at)?.trim_end())?;
        Some((end, end.get(at..)?))
    })?;
    Some(format!(
        "a time range is written in the reader's own zone: `{}` says `{}`; convert it, and leave that out, as in \
         `2026-11-20T08..2026-11-20T12`",
        crate::reply::inline(&end.to_uppercase(), 60),
        crate::reply::inline(&offset.to_uppercase(), 20),
    ))
}

fn words(text: &str) -> Option<Spec> {
    let word: String = text
        .chars()
        .map(|c| if c == ' ' || c == '-' { '_' } else { c })
        .collect();
    Some(match word.as_str() {
        "today" | "今天" | "今日" => Spec::DayAgo(0),
        "yesterday" | "昨天" | "昨日" => Spec::DayAgo(1),
        "day_before_yesterday" | "前天" | "前日" => Spec::DayAgo(2),
        "this_week" | "本周" | "这周" | "本星期" => Spec::WeekAgo(0),
        "last_week" | "上周" | "上个星期" | "上星期" => Spec::WeekAgo(1),
        "this_month" | "本月" | "这个月" => Spec::MonthAgo(0),
        "last_month" | "上月" | "上个月" => Spec::MonthAgo(1),
        "now" | "this_hour" | "last_hour" => Spec::LastHours(1),
        _ => return None,
    })
}

/// `7d`, `24h`, `2w`, `last 7 days`, `past_24_hours`, `30 days`.
fn counted(text: &str) -> Option<Spec> {
    let text = text.replace('_', " ");
    let text = text.trim();
    let text = ["the ", "last ", "past "]
        .iter()
        .fold(text, |rest, word| rest.strip_prefix(word).unwrap_or(rest))
        .trim();
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let count: i64 = text.get(..digits)?.parse().ok()?;
    unit(count, text.get(digits..)?.trim())
}

fn unit(count: i64, unit: &str) -> Option<Spec> {
    if !(1..=10_000).contains(&count) {
        return None;
    }
    Some(match unit {
        "d" | "day" | "days" | "天" | "日" => Spec::LastDays(count),
        "h" | "hour" | "hours" | "小时" | "个小时" => Spec::LastHours(count),
        "w" | "week" | "weeks" | "周" | "个星期" | "星期" => Spec::LastDays(count * 7),
        "个月" | "month" | "months" => Spec::LastDays(count * 30),
        _ => return None,
    })
}

/// `最近7天`, `近30天`, `过去24小时`, `最近一周`, `近三个月`.
fn chinese(text: &str) -> Option<Spec> {
    let text = text.replace(' ', "");
    let rest = ["最近", "过去", "近", "前"]
        .iter()
        .find_map(|word| text.strip_prefix(word))?;
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if digits > 0 {
        return unit(rest.get(..digits)?.parse().ok()?, rest.get(digits..)?);
    }
    let mut letters = rest.chars();
    let count = match letters.next()? {
        '一' => 1,
        '两' | '二' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        '十' => 10,
        '半' => return (letters.as_str() == "个月").then_some(Spec::LastDays(15)),
        _ => return None,
    };
    unit(count, letters.as_str())
}

/// `2026-11-01...2026-11-07` and `[2026-11-01..2026-11-07]` are met too.
const AROUND: [char; 6] = ['.', '[', ']', '(', ')', ' '];

fn ends(text: &str) -> Option<(&str, &str)> {
    ["..", "~", " to ", "至", "到", "/"]
        .iter()
        .find_map(|mark| text.split_once(mark))
}

fn absolute(text: &str) -> Option<Spec> {
    if let Some((from, to)) = ends(text) {
        let (from, to) = (from.trim_matches(AROUND), to.trim_matches(AROUND));
        return Some(Spec::Between(moment(from)?, moment(to)?));
    }
    if let Some(month) = month(text) {
        return Some(Spec::Month(month));
    }
    let one = moment(text)?;
    Some(Spec::Between(one, one))
}

fn month(text: &str) -> Option<Date> {
    let (year, month) = text.split_once('-')?;
    (year.len() == 4 && (1..=2).contains(&month.len())).then_some(())?;
    Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok()
}

fn moment(text: &str) -> Option<Moment> {
    let (day, clock) = match text.split_once(['t', ' ']) {
        Some((day, clock)) => (day, Some(clock)),
        None => (text, None),
    };
    let day = date(day)?;
    let Some(clock) = clock else {
        return Some(Moment::Day(day));
    };
    if clock.len() <= 2 {
        let hour: i8 = clock.parse().ok()?;
        return match hour {
            0..=23 => Some(Moment::Hour(day, hour)),
            24 => Some(Moment::Hour(day.tomorrow().ok()?, 0)),
            _ => None,
        };
    }
    let mut parts = clock.split(':').map(str::parse::<i8>);
    let hour = parts.next()?.ok()?;
    let minute = parts.next()?.ok()?;
    let second = parts.next().transpose().ok()?.unwrap_or(0);
    if parts.next().is_some() {
        return None;
    }
    if minute == 0 && second == 0 && (0..=23).contains(&hour) {
        return Some(Moment::Hour(day, hour));
    }
    Some(Moment::Clock(day, Time::new(hour, minute, second, 0).ok()?))
}

fn date(text: &str) -> Option<Date> {
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        return Date::new(
            text.get(..4)?.parse().ok()?,
            text.get(4..6)?.parse().ok()?,
            text.get(6..)?.parse().ok()?,
        )
        .ok();
    }
    let mut parts = text.split('-');
    let year = parts.next().filter(|year| year.len() == 4)?;
    let date = Date::new(
        year.parse().ok()?,
        parts.next()?.parse().ok()?,
        parts.next()?.parse().ok()?,
    )
    .ok()?;
    parts.next().is_none().then_some(date)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date as day;

    #[test]
    fn every_form_is_read() {
        let november = |d| Moment::Day(day(2026, 11, d));
        for (text, expected) in [
            ("today", Spec::DayAgo(0)),
            (" Yesterday ", Spec::DayAgo(1)),
            ("7d", Spec::LastDays(7)),
            ("last 7 days", Spec::LastDays(7)),
            ("past_24_hours", Spec::LastHours(24)),
            ("2w", Spec::LastDays(14)),
            ("this_week", Spec::WeekAgo(0)),
            ("last week", Spec::WeekAgo(1)),
            ("last-month", Spec::MonthAgo(1)),
            ("今天", Spec::DayAgo(0)),
            ("前天", Spec::DayAgo(2)),
            ("上周", Spec::WeekAgo(1)),
            ("最近7天", Spec::LastDays(7)),
            ("近30天", Spec::LastDays(30)),
            ("近 24 小时", Spec::LastHours(24)),
            ("最近一周", Spec::LastDays(7)),
            ("最近三个月", Spec::LastDays(90)),
            ("2026-11", Spec::Month(day(2026, 11, 1))),
            ("2026-11-20", Spec::Between(november(20), november(20))),
            ("20261120", Spec::Between(november(20), november(20))),
            (
                "2026-11-01..2026-11-07",
                Spec::Between(november(1), november(7)),
            ),
            (
                "2026-11-01 to 2026-11-07",
                Spec::Between(november(1), november(7)),
            ),
            (
                "2026-11-01至2026-11-07",
                Spec::Between(november(1), november(7)),
            ),
            (
                "2026-11-20T08..2026-11-20T12",
                Spec::Between(
                    Moment::Hour(day(2026, 11, 20), 8),
                    Moment::Hour(day(2026, 11, 20), 12),
                ),
            ),
            (
                "2026-11-20 08:00..2026-11-20T24",
                Spec::Between(
                    Moment::Hour(day(2026, 11, 20), 8),
                    Moment::Hour(day(2026, 11, 21), 0),
                ),
            ),
            (
                "2026-11-20t08:15:30",
                Spec::Between(
                    Moment::Clock(day(2026, 11, 20), Time::constant(8, 15, 30, 0)),
                    Moment::Clock(day(2026, 11, 20), Time::constant(8, 15, 30, 0)),
                ),
            ),
        ] {
            assert_eq!(parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn another_zone_is_refused_with_a_sentence() {
        for (text, offset) in [
            ("2026-11-20T08:00:00Z..2026-11-20T10:00:00Z", "`Z`"),
            ("2026-11-20..2026-11-20T10Z", "`Z`"),
            (
                "2026-11-20T08:00:00+08:00..2026-11-20T10:00:00+08:00",
                "`+08:00`",
            ),
            ("2026-11-20 08:00 -0500", "`-0500`"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(
                error.contains("own zone") && error.contains(offset),
                "{text}: {error}"
            );
        }
    }

    #[test]
    fn nonsense_is_refused_with_every_form() {
        for text in [
            "",
            "soon",
            "0d",
            "7x",
            "2026-13-01",
            "2026-11-31",
            "..",
            "2026-11-20T25",
            "d",
            "最近天",
            "-7d",
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains("2026-11-01..2026-11-07"), "{text}: {error}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,40}") {
            let _ = parse(&text);
        }
    }
}
