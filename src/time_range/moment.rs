//! A day or a moment as people write it, English and Chinese. Pure text: no clock, no zone.

use jiff::civil::{Date, Time, Weekday};
use jiff::fmt::strtime::BrokenDownTime;

/// A point that a reader writes down. How precise it is decides how far it reaches as the end of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    /// The day; today as a start and the day of the start as an end when absent.
    pub(super) day: Option<Day>,
    /// The time of day. Without it, the whole day is included.
    pub(super) time: Option<Time>,
}

/// A day, in any of the ways in which people name one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Day {
    /// So many days before today: 0 is today.
    Ago(i64),
    /// A date with its year.
    On(Date),
    /// A date without its year, or also without its month: the latest that is not in the future.
    Annual(Option<i8>, i8),
    /// The latest such weekday, today included.
    Latest(Weekday),
    /// The latest such weekday before today.
    Before(Weekday),
    /// That weekday of the week so many weeks before this one.
    OfWeek(Weekday, i64),
}

/// The whole of a day.
pub(super) const fn whole(day: Day) -> Moment {
    Moment {
        day: Some(day),
        time: None,
    }
}

/// A full hour of the day so many days before today.
pub(super) const fn at(days_ago: i64, hour: i8) -> Moment {
    Moment {
        day: Some(Day::Ago(days_ago)),
        time: Some(Time::constant(hour, 0, 0, 0)),
    }
}

/// Reads a moment.
pub(super) fn moment(text: &str) -> Option<Moment> {
    // `昨晚8点` is an hour of that evening.
    for (short, long) in [
        ("昨晚", "昨天晚上"),
        ("今晚", "今天晚上"),
        ("昨夜", "昨天夜里"),
    ] {
        if let Some(rest) = text.strip_prefix(short) {
            return moment(&format!("{long}{rest}"));
        }
    }
    let Some((day, rest)) = day(text) else {
        // Four digits could be anything: a time alone has a colon or says `点`.
        let said = text.contains([':', '点']) || text.ends_with("am") || text.ends_with("pm");
        let time = said.then(|| clock(text))??;
        return Some(Moment {
            day: None,
            time: Some(time),
        });
    };
    if rest.is_empty() {
        return Some(whole(day));
    }
    let before = text.get(..text.len() - rest.len())?;
    let apart = rest.starts_with(['t', ' ', ',']) || !before.is_ascii();
    let rest = rest.trim_start_matches(['t', ' ', ',']);
    if !apart {
        return None;
    }
    if let ("24" | "24:00" | "24点", Day::On(date)) = (rest, day) {
        return Some(Moment {
            day: Some(Day::On(date.tomorrow().ok()?)),
            time: Some(Time::midnight()),
        });
    }
    Some(Moment {
        day: Some(day),
        time: Some(clock(rest)?),
    })
}

/// Words in front of an hour that make it one of the morning or of the evening.
const PARTS: [(&str, bool); 10] = [
    ("凌晨", false),
    ("早上", false),
    ("上午", false),
    ("早", false),
    ("中午", true),
    ("下午", true),
    ("傍晚", true),
    ("晚上", true),
    ("夜里", true),
    ("晚", true),
];

/// The part of the day that a time is said with: `晚上` of `昨天晚上8点`.
pub(super) fn part_of_day(text: &str) -> Option<&'static str> {
    let mut words = PARTS.iter().map(|(word, _)| *word);
    words.find(|word| text.contains(word))
}

fn clock(text: &str) -> Option<Time> {
    let part = PARTS
        .iter()
        .find_map(|(word, late)| Some((*late, text.strip_prefix(word)?)));
    if let Some((late, rest)) = part {
        let time = plain_clock(rest)?;
        let hour = match (late, time.hour()) {
            (true, 11) if text.starts_with("中午") => 11,
            (true, 1..=11) => time.hour() + 12,
            (false, 12) => 0,
            (_, hour) => hour,
        };
        return Time::new(hour, time.minute(), time.second(), 0).ok();
    }
    plain_clock(text)
}

fn plain_clock(text: &str) -> Option<Time> {
    let text = text.replace("点半", "点30");
    let forms = [
        "%H:%M:%S",
        "%H:%M",
        "%H",
        "%H点%M分",
        "%H点%M",
        "%H点",
        "%H时",
        "%I %p",
        "%I%p",
    ];
    forms.iter().find_map(|form| {
        let parts = BrokenDownTime::parse(form, &text).ok()?;
        let (hour, minute) = (parts.to_time().ok()?.hour(), parts.minute().unwrap_or(0));
        Time::new(hour, minute, parts.second().unwrap_or(0), 0).ok()
    })
}

/// The day that a text starts with, and what follows it.
fn day(text: &str) -> Option<(Day, &str)> {
    const WORDS: [(&str, i64); 12] = [
        ("today", 0),
        ("今天", 0),
        ("今日", 0),
        ("yesterday", 1),
        ("last night", 1),
        ("昨天", 1),
        ("昨日", 1),
        ("the day before yesterday", 2),
        ("day before yesterday", 2),
        ("前天", 2),
        ("前日", 2),
        ("大前天", 3),
    ];
    let word = WORDS
        .iter()
        .find_map(|(word, days)| Some((Day::Ago(*days), text.strip_prefix(word)?)));
    word.or_else(|| days_ago(text))
        .or_else(|| weekday(text))
        .or_else(|| date(text))
}

/// `3 days ago`, `三天前`.
fn days_ago(text: &str) -> Option<(Day, &str)> {
    let (count, rest) = number(text)?;
    let rest = [" days ago", " day ago", "d ago", "天前", "日前"]
        .iter()
        .find_map(|unit| rest.strip_prefix(unit))?;
    Some((Day::Ago(count), rest))
}

/// `monday`, `last fri`, `周一`, `上周五`.
fn weekday(text: &str) -> Option<(Day, &str)> {
    const DAYS: [(Weekday, [&str; 2], &[&str]); 7] = [
        (Weekday::Monday, ["monday", "mon"], &["一", "1"]),
        (Weekday::Tuesday, ["tuesday", "tue"], &["二", "2"]),
        (Weekday::Wednesday, ["wednesday", "wed"], &["三", "3"]),
        (Weekday::Thursday, ["thursday", "thu"], &["四", "4"]),
        (Weekday::Friday, ["friday", "fri"], &["五", "5"]),
        (Weekday::Saturday, ["saturday", "sat"], &["六", "6"]),
        (Weekday::Sunday, ["sunday", "sun"], &["日", "天", "7"]),
    ];
    let english = [("last ", -1), ("this ", 0), ("on ", -2), ("", -2)];
    let chinese = [
        ("上上周", 2),
        ("上周", 1),
        ("本周", 0),
        ("这周", 0),
        ("周", -2),
    ];
    let named = |(prefix, which): &(&str, i64), names: fn(usize) -> &'static [&'static str]| {
        let rest = text.strip_prefix(prefix)?;
        (0..7).find_map(|at| {
            let day = DAYS[at].0;
            let rest = names(at).iter().find_map(|name| rest.strip_prefix(name))?;
            let day = match which {
                -1 => Day::Before(day),
                -2 => Day::Latest(day),
                weeks => Day::OfWeek(day, *weeks),
            };
            Some((day, rest))
        })
    };
    english
        .iter()
        .find_map(|prefix| named(prefix, |at| &DAYS[at].1))
        .or_else(|| {
            chinese
                .iter()
                .find_map(|prefix| named(prefix, |at| DAYS[at].2))
        })
}

/// A date in the forms in which people write one, with or without its year.
fn date(text: &str) -> Option<(Day, &str)> {
    let forms = [
        "%Y-%m-%d",
        "%Y/%m/%d",
        "%Y.%m.%d",
        "%Y%m%d",
        "%Y年%m月%d日",
        "%m-%d",
        "%m/%d",
        "%m月%d日",
        "%B %d, %Y",
        "%b %d, %Y",
        "%B %d",
        "%b %d",
        "%d %B %Y",
        "%d %b %Y",
        "%d %B",
        "%d %b",
        "%d日",
    ];
    forms.iter().find_map(|form| {
        let (parts, length) = BrokenDownTime::parse_prefix(form, text).ok()?;
        let rest = text.get(length..)?;
        let day = parts.day()?;
        let day = match (year(&parts)?, parts.month()) {
            (Some(year), Some(month)) => Day::On(Date::new(year, month, day).ok()?),
            (None, month) => {
                // A day that some year has, such as 29 February.
                Date::new(2024, month.unwrap_or(1), day).ok()?;
                Day::Annual(month, day)
            }
            (Some(_), None) => return None,
        };
        // A longer number is another form.
        let cut = text.get(..length)?.is_ascii() && rest.starts_with(|c: char| c.is_ascii_digit());
        (!cut).then_some((day, rest))
    })
}

/// The number that a text starts with, 1 to 10,000, and what follows it.
pub(super) fn number(text: &str) -> Option<(i64, &str)> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if digits > 0 {
        let count: i64 = text.get(..digits)?.parse().ok()?;
        return (1..=10_000)
            .contains(&count)
            .then_some((count, text.get(digits..)?));
    }
    let numerals = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
    let word = |word: &'static str, count| text.strip_prefix(word).map(|rest| (count, rest));
    (1..)
        .zip(numerals)
        .find_map(|(count, numeral)| word(numeral, count))
        .or_else(|| word("两", 2))
}

/// The year where there is one; `None` where it cannot be meant.
#[expect(clippy::option_option, reason = "no year is not a wrong year")]
pub(super) fn year(parts: &BrokenDownTime) -> Option<Option<i16>> {
    match parts.year() {
        Some(year) => (1970..=9999).contains(&year).then_some(Some(year)),
        None => Some(None),
    }
}
