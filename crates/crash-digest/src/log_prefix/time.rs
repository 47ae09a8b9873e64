//! Times in front of lines, in the orders of dates that loggers and countries use.

use crate::text;

/// What stands behind the time that a line begins with: date and clock, or the clock alone, with fraction, half of the day and zone.
pub(super) fn read(line: &str) -> Option<&str> {
    let bytes = line.as_bytes();
    match bytes.first()? {
        b'0'..=b'9' => match date(line) {
            Some(rest) => {
                // Two words, `2026-11-22T…`, `2026-11-22, 08:10:11`, `2026.11.22-08.10.11:123`, Apache's `22/Nov/2026:08:10:11`.
                let rest = rest
                    .strip_prefix(", ")
                    .or_else(|| rest.strip_prefix(" - "))
                    .or_else(|| rest.strip_prefix([' ', 'T', 't', '-', ':', '_', '\t']))?;
                clock(rest.trim_start(), true)
            }
            None => clock(line, false).or_else(|| epoch(line)),
        },
        b'A'..=b'Z' => named(line),
        _ => None,
    }
}

/// `2026-11-22`, `2026/11/22`, `22.11.2026`, `11/22/2026`, `22-Nov-2026`, `22Nov2026`, `26/11/22`, `11-22`.
fn date(line: &str) -> Option<&str> {
    let (first, rest) = text::digits(line)?;
    if let Some(rest) = rest
        .strip_prefix('-')
        .or_else(|| rest.strip_prefix('/'))
        .or(Some(rest))
        && first.len() <= 2
        && let Some(rest) = month(rest)
    {
        let rest = rest.trim_start_matches(['-', '/']);
        let (year, rest) = text::digits(rest)?;
        return (year.len() == 4).then_some(rest);
    }
    let mark = rest
        .chars()
        .next()
        .filter(|c| matches!(c, '-' | '/' | '.'))?;
    let (second, rest) = text::digits(&rest[1..])?;
    if second.len() > 2 || !matches!(first.len(), 1 | 2 | 4) {
        return None;
    }
    match rest.strip_prefix(mark).and_then(text::digits) {
        Some((third, rest)) if matches!(third.len(), 1 | 2 | 4) => Some(rest),
        // The year is left out.
        _ if first.len() == 2
            && second.len() == 2
            && (mark != '.' || is_day(first, second) && rest.starts_with(' ')) =>
        {
            Some(rest)
        }
        _ => None,
    }
}

/// Seconds since 1970 in a column, as zap counts them: `1700640611.1234567<TAB>`, `1.7006406111234567e+09<TAB>`.
fn epoch(line: &str) -> Option<&str> {
    let end = line.find('\t').filter(|end| (12..=24).contains(end))?;
    let (seconds, rest) = text::digits(&line[..end])?;
    let (_, rest) = text::digits(rest.strip_prefix('.')?)?;
    let whole = seconds.len() == 10 && rest.is_empty();
    let powered = seconds.len() == 1 && matches!(rest, "e9" | "e+09" | "e+9" | "e09");
    (whole || powered).then(|| &line[end..])
}

/// Whether two numbers are a day and a month: `22.11`.
fn is_day(day: &str, month: &str) -> bool {
    let within = |text: &str, most| {
        text.parse()
            .is_ok_and(|number: u8| (1..=most).contains(&number))
    };
    within(day, 31) && within(month, 12)
}

/// `08:10:11`, `8:10`, `08.10.11:123`, and what belongs to it.
fn clock(line: &str, dated: bool) -> Option<&str> {
    let (hour, rest) = text::digits(line)?;
    let mark = rest.chars().next().filter(|c| matches!(c, ':' | '.'))?;
    let (minute, rest) = text::digits(&rest[1..])?;
    if hour.len() > 2 || minute.len() != 2 {
        return None;
    }
    let Some((second, mut rest)) = rest.strip_prefix(mark).and_then(text::digits) else {
        // Without seconds it has no fraction either.
        return (dated && mark == ':' && hour.len() == 2 && rest.starts_with([' ', ']']))
            .then_some(rest);
    };
    if second.len() != 2 {
        return None;
    }
    if let Some(behind) = rest.strip_prefix(['.', ',', ':'])
        && let Some((fraction, behind)) = text::digits(behind)
        && fraction.len() <= 9
    {
        rest = behind;
    }
    Some(zone(rest))
}

/// `Z`, `+0800`, ` +00:00`, ` UTC`, ` AM`.
fn zone(rest: &str) -> &str {
    let rest = rest
        .strip_prefix(" AM")
        .or_else(|| rest.strip_prefix(" PM"))
        .unwrap_or(rest);
    if let Some(rest) = rest.strip_prefix('Z') {
        return rest;
    }
    let offset = rest.strip_prefix(' ').unwrap_or(rest);
    if let Some((hours, behind)) = offset.strip_prefix(['+', '-']).and_then(text::digits) {
        if hours.len() == 4 {
            return behind;
        }
        if hours.len() == 2
            && let Some((_, behind)) = behind.strip_prefix(':').and_then(text::digits)
        {
            return behind;
        }
    }
    ["UTC", "GMT", "CET", "CEST"]
        .iter()
        .find_map(|zone| offset.strip_prefix(zone))
        .filter(|behind| behind.is_empty() || behind.starts_with([' ', ']']))
        .unwrap_or(rest)
}

/// Months and weekdays by name: `Nov 22 08:10:11`, `Sun Nov 22 08:10:11.123456 2026`, `Nov 22, 2026 8:10:11 AM`.
fn named(line: &str) -> Option<&str> {
    const DAYS: [&str; 7] = ["Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat ", "Sun "];
    let weekday = DAYS.iter().find_map(|day| line.strip_prefix(*day));
    let rest = month(weekday.unwrap_or(line))?.strip_prefix(' ')?;
    let (day, rest) = text::digits(rest.trim_start())?;
    if day.len() > 2 {
        return None;
    }
    let rest = match rest.strip_prefix(", ").and_then(text::digits) {
        Some((year, rest)) if year.len() == 4 => rest,
        _ => rest,
    };
    let rest = clock(rest.strip_prefix(' ')?, true)?;
    // The year, behind a weekday.
    let year = weekday
        .and(rest.strip_prefix(' '))
        .and_then(text::digits)
        .filter(|(year, _)| year.len() == 4);
    Some(year.map_or(rest, |(_, rest)| rest))
}

fn month(line: &str) -> Option<&str> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    MONTHS.iter().find_map(|month| line.strip_prefix(*month))
}
