//! The words of a time range, English and Chinese, to a `Spec`. Pure text: no clock, no zone.

use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::fmt::strtime::BrokenDownTime;

use super::moment::{Day, Moment, at, moment, number, part_of_day, whole, year};

/// What the text asks for, before a clock and a zone make it absolute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Spec {
    /// The last days, today included.
    LastDays(i64),
    /// So many days that end with yesterday.
    DaysBefore(i64),
    /// The last hours, the running one included.
    LastHours(i64),
    /// The week (Monday to Sunday) so many weeks before this one.
    WeekAgo(i64),
    /// The calendar month so many months before this one.
    MonthAgo(i64),
    /// A calendar month by its number; without a year the latest that has begun.
    Month(Option<i16>, i8),
    /// From the first moment to the last.
    Between(Moment, Moment),
}

impl Spec {
    /// The single day so many days before today.
    pub(super) const fn day_ago(days: i64) -> Self {
        Self::Between(whole(Day::Ago(days)), whole(Day::Ago(days)))
    }
}

/// Reads a time range. `Ok(None)` is a form that is not known, `Err` one that is known and not taken.
pub(super) fn parse(text: &str) -> Result<Option<Spec>, String> {
    let plain = normalized(text);
    if let Some(problem) = unix(&plain).or_else(|| zoned(&plain)) {
        return Err(problem);
    }
    Ok(words(&plain)
        .or_else(|| counted(&plain))
        .or_else(|| since(&plain))
        .or_else(|| absolute(&plain)))
}

/// One spelling for what is written in several: case, width, `号` and `日`, `星期` and `周`, spaces beside
/// Chinese characters.
fn normalized(text: &str) -> String {
    let mut plain = text.to_lowercase();
    for (from, to) in [
        ("星期", "周"),
        ("礼拜", "周"),
        ("禮拜", "周"),
        ("週", "周"),
        ("號", "日"),
        ("号", "日"),
        ("點", "点"),
        ("：", ":"),
        ("，", ","),
        ("～", "~"),
        ("／", "/"),
        ("－", "-"),
        ("—", "-"),
        ("–", "-"),
        ("_", " "),
    ] {
        plain = plain.replace(from, to);
    }
    let chars: Vec<char> = plain.trim().chars().collect();
    let chinese = |at: Option<usize>| {
        at.and_then(|at| chars.get(at))
            .is_some_and(|c| ('\u{4e00}'..='\u{9fff}').contains(c))
    };
    let kept = chars.iter().enumerate().filter(|(at, c)| {
        !(c.is_whitespace() && (chinese(at.checked_sub(1)) || chinese(Some(at + 1))))
    });
    kept.map(|(_, c)| if c.is_whitespace() { ' ' } else { *c })
        .collect()
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

/// Times have the reader's zone; one with an offset is refused rather than converted.
fn zoned(text: &str) -> Option<String> {
    let ends = ["..", "~", " to ", "至", "到", "/"]
        .iter()
        .find_map(|mark| text.split_once(mark));
    let (from, to) = ends.unwrap_or((text, text));
    let (end, offset) = [from, to].into_iter().find_map(|end| {
        let end = end.trim_matches(AROUND);
        let clock = end.find(['t', ' '])?;
        let at = end.rfind(['z', '+', '-']).filter(|at| *at > clock)?;
        let offset = end.get(at..)?;
        let is_offset = offset == "z" || (5..=6).contains(&offset.len());
        (is_offset && moment(end.get(..at)?.trim_end())?.time.is_some()).then_some((end, offset))
    })?;
    Some(format!(
        "give local time without an offset: `{}` has `{}`; convert it to the reader's own zone, as in \
         `2026-11-20T08..2026-11-20T12`",
        crate::reply::inline(&end.to_uppercase(), 60),
        crate::reply::inline(&offset.to_uppercase(), 20),
    ))
}

fn words(text: &str) -> Option<Spec> {
    let weekend = |saturday| Spec::Between(whole(saturday), whole(Day::Latest(Weekday::Sunday)));
    Some(match text.replace('-', " ").as_str() {
        "this week" | "本周" | "这周" | "这个周" => Spec::WeekAgo(0),
        "last week" | "上周" | "上个周" => Spec::WeekAgo(1),
        "上上周" => Spec::WeekAgo(2),
        "this month" | "本月" | "这个月" => Spec::MonthAgo(0),
        "last month" | "上月" | "上个月" => Spec::MonthAgo(1),
        "上上个月" => Spec::MonthAgo(2),
        "this year" | "今年" | "今年以来" | "ytd" => {
            Spec::Between(whole(Day::Annual(Some(1), 1)), whole(Day::Ago(0)))
        }
        "weekend" | "this weekend" | "周末" | "本周末" => {
            weekend(Day::Latest(Weekday::Saturday))
        }
        "last weekend" | "上周末" => weekend(Day::OfWeek(Weekday::Saturday, 1)),
        "now" | "this hour" | "last hour" | "最近一小时" => Spec::LastHours(1),
        // The night after yesterday belongs to it.
        "last night" | "昨晚" | "昨夜" | "昨天晚上" => Spec::Between(at(1, 18), at(0, 6)),
        "this morning" | "今早" | "今天早上" | "今天上午" => {
            Spec::Between(at(0, 6), at(0, 12))
        }
        "yesterday morning" | "昨天早上" | "昨天上午" => Spec::Between(at(1, 6), at(1, 12)),
        "yesterday afternoon" | "昨天下午" => Spec::Between(at(1, 12), at(1, 18)),
        "凌晨" | "今天凌晨" => Spec::Between(at(0, 0), at(0, 6)),
        "昨天凌晨" => Spec::Between(at(1, 0), at(1, 6)),
        "this afternoon" | "今天下午" => Spec::Between(at(0, 12), at(0, 18)),
        "tonight" | "今晚" | "今天晚上" => Spec::Between(at(0, 18), whole(Day::Ago(0))),
        _ => return None,
    })
}

/// `7d`, `24h`, `last 7 days`, `past 24 hours`, `最近7天`, `近三个月`; `前3天` leaves today out.
fn counted(text: &str) -> Option<Spec> {
    if let Some(rest) = text.strip_prefix("前") {
        return match unit(rest)? {
            Spec::LastDays(days) => Some(Spec::DaysBefore(days)),
            other => Some(other),
        };
    }
    let mut rest = text;
    for word in ["the ", "last ", "past ", "最近", "过去", "近", "这"] {
        rest = rest.strip_prefix(word).unwrap_or(rest);
    }
    // `7日` alone is a date.
    if rest == text && text.ends_with('日') {
        return None;
    }
    unit(rest)
}

/// `3 days`, `三天`.
fn unit(text: &str) -> Option<Spec> {
    let (count, unit) = number(text)?;
    Some(match unit.trim() {
        "d" | "day" | "days" | "天" | "日" => Spec::LastDays(count),
        "h" | "hour" | "hours" | "小时" | "个小时" => Spec::LastHours(count),
        "w" | "week" | "weeks" | "周" | "个周" => Spec::LastDays(count * 7),
        "个月" | "month" | "months" => Spec::LastDays(count * 30),
        _ => None?,
    })
}

/// `since monday`, `周一以来`, `从6月1日起`, `2026-11-20..`: until today.
fn since(text: &str) -> Option<Spec> {
    let mut rest = text;
    for word in ["since ", "from ", "从", "自"] {
        rest = rest.strip_prefix(word).unwrap_or(rest);
    }
    let begun = rest;
    for word in ["以来", "至今", "到今", "到现在", "开始", "起", ".."] {
        rest = rest.strip_suffix(word).unwrap_or(rest);
    }
    let from = moment(rest)?;
    (begun != rest
        || text.starts_with("since ")
        || text.starts_with('自')
        || text.starts_with('从'))
    .then_some(Spec::Between(from, whole(Day::Ago(0))))
}

/// `2026-11-01...2026-11-07` and `[2026-11-01..2026-11-07]` are met too.
const AROUND: [char; 6] = ['.', '[', ']', '(', ')', ' '];

fn absolute(text: &str) -> Option<Spec> {
    if let Some(one) = moment(text) {
        return Some(Spec::Between(one, one));
    }
    if let Some(month) = month(text) {
        return Some(month);
    }
    let mut text = text;
    for word in ["from ", "between ", "从"] {
        text = text.strip_prefix(word).unwrap_or(text);
    }
    // A mark may also stand inside a date: the first place at which both sides are moments divides them.
    let marks = ["..", "~", " to ", " and ", "至", "到", "-", "/"];
    marks.iter().find_map(|mark| {
        text.match_indices(mark).find_map(|(at, _)| {
            let from = moment(text.get(..at)?.trim_matches(AROUND))?;
            let to = text.get(at + mark.len()..)?.trim_matches(AROUND);
            let to = match to {
                "now" | "今" | "现在" => whole(Day::Ago(0)),
                to => evening_too(&text[..at], from, to).or_else(|| moment(to))?,
            };
            Some(Spec::Between(from, to))
        })
    })
}

/// The end of `昨晚8点到10点`: an hour of the same evening.
fn evening_too(start: &str, from: Moment, end: &str) -> Option<Moment> {
    let part = part_of_day(start)?;
    let to = moment(&format!("{part}{end}")).filter(|to| to.day.is_none())?;
    (part_of_day(end).is_none() && to.time > from.time).then_some(to)
}

fn month(text: &str) -> Option<Spec> {
    let forms = [
        "%Y-%m",
        "%Y/%m",
        "%Y年%m月",
        "%m月",
        "%m月份",
        "%B %Y",
        "%b %Y",
        "%B",
        "%b",
    ];
    forms.iter().find_map(|form| {
        let parts = BrokenDownTime::parse(form, text).ok()?;
        Some(Spec::Month(year(&parts)?, parts.month()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
        for text in ["1795334910", "1795334910000..1795338510000"] {
            assert!(parse(text).unwrap_err().contains("Unix seconds"), "{text}");
        }
    }

    #[test]
    fn nonsense_is_not_read() {
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
            "11-2008",
            "31/11",
            "0026-11-20",
            "3.7",
            "08..12",
            "月",
            "周八",
        ] {
            assert_eq!(parse(text), Ok(None), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,40}|[0-9年月日周至到前 .:/-]{0,16}") {
            let _ = parse(&text);
        }
    }
}
