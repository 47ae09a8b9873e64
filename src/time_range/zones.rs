//! How finely an operation counts, and the two zones of a call.

use jiff::tz::{Offset, TimeZone};

/// How finely an operation counts time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Granularity {
    /// Whole days of the site.
    Day,
    /// Whole hours of the site.
    Hour,
    /// Any second.
    Second,
}

/// The zones of one call.
#[derive(Debug, Clone)]
pub(crate) struct Zones {
    /// The zone of the service's days and of times without an offset.
    pub service: TimeZone,
    /// The reader's zone.
    pub display: TimeZone,
}

/// Reads `+08:00`, `UTC` or an IANA name such as `Asia/Shanghai`.
pub fn zone(text: &str) -> Result<TimeZone, String> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("utc") || text.eq_ignore_ascii_case("z") {
        return Ok(TimeZone::UTC);
    }
    if let Some((sign, rest)) = text
        .strip_prefix('+')
        .map(|rest| (1, rest))
        .or_else(|| text.strip_prefix('-').map(|rest| (-1, rest)))
    {
        let (hours, minutes) = match rest.split_once(':') {
            Some((hours, minutes)) => (hours.parse::<i32>(), minutes.parse::<i32>()),
            None if rest.len() == 4 && rest.is_ascii() => {
                (rest[..2].parse::<i32>(), rest[2..].parse::<i32>())
            }
            None => (rest.parse::<i32>(), Ok(0)),
        };
        if let (Ok(hours @ 0..=14), Ok(minutes @ 0..=59)) = (hours, minutes)
            && let Ok(offset) = Offset::from_seconds(sign * (hours * 3600 + minutes * 60))
        {
            return Ok(offset.to_time_zone());
        }
    } else if let Ok(zone) = TimeZone::get(text) {
        return Ok(zone);
    }
    Err(format!(
        "a zone is an offset such as `+08:00` or a name such as `Asia/Shanghai`, not `{text}`"
    ))
}
