//! Days and hours as the service counts them: UTC+8, whatever the reader's zone.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::strtime;
use jiff::tz::{Offset, TimeZone};

/// Milliseconds of an hour.
pub(crate) const HOUR_MS: i64 = 3_600_000;
/// The service's offset from UTC.
const ZONE: Offset = Offset::constant(8);
pub(crate) const ZONE_MS: i64 = 8 * HOUR_MS;

/// An hour of the service's clock, counted from 1970-01-01 00:00 +08:00.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Hour(pub(crate) u32);

/// A day of the service's clock, counted likewise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Day(pub(crate) u32);

impl Hour {
    /// The hour of this instant.
    pub(crate) fn of(unix_ms: i64) -> Self {
        Self(u32::try_from((unix_ms + ZONE_MS).div_euclid(HOUR_MS)).unwrap_or(0))
    }

    /// When it begins.
    pub(crate) fn start_ms(self) -> i64 {
        i64::from(self.0) * HOUR_MS - ZONE_MS
    }

    pub(crate) const fn day(self) -> Day {
        Day(self.0 / 24)
    }

    /// 0 to 23.
    pub(crate) const fn of_day(self) -> u32 {
        self.0 % 24
    }

    /// `YYYYMMDDHH`; a bare `YYYYMMDD` is its first hour.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let day = Day::parse(text.get(..8)?)?;
        let hour = match text.get(8..)? {
            "" => 0,
            digits => digits.get(..2)?.parse().ok().filter(|hour| *hour < 24)?,
        };
        Some(Self(day.0 * 24 + hour))
    }

    /// `YYYYMMDDHH`.
    pub(crate) fn stamp(self) -> String {
        format!("{}{:02}", self.day().stamp(), self.of_day())
    }
}

impl Day {
    pub(crate) const fn first_hour(self) -> Hour {
        Hour(self.0 * 24)
    }

    pub(crate) const fn last_hour(self) -> Hour {
        Hour(self.0 * 24 + 23)
    }

    /// This many days earlier.
    pub(crate) const fn back(self, days: u32) -> Self {
        Self(self.0.saturating_sub(days))
    }

    /// `YYYYMMDD`, or its day when hours follow.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let date = strtime::parse("%Y%m%d", text.get(..8)?)
            .ok()?
            .to_date()
            .ok()?;
        Some(Hour::of(instant(date.to_datetime(Time::midnight()))?).day())
    }

    /// `YYYYMMDD`.
    pub(crate) fn stamp(self) -> String {
        local(self.first_hour().start_ms())
            .strftime("%Y%m%d")
            .to_string()
    }
}

/// `YYYY-MM-DD HH:MM:SS` (UTC+8), a bare date included.
pub(crate) fn parse_time(text: &str) -> Option<i64> {
    let text = text.trim();
    text.parse::<DateTime>()
        .or_else(|_| {
            text.parse::<Date>()
                .map(|date| date.to_datetime(Time::midnight()))
        })
        .ok()
        .and_then(instant)
}

/// RFC 3339 with its own offset.
pub(crate) fn parse_rfc3339(text: &str) -> Option<i64> {
    Some(text.parse::<Timestamp>().ok()?.as_millisecond())
}

/// `YYYY-MM-DD HH:MM:SS` (UTC+8).
pub(crate) fn seconds_text(unix_ms: i64) -> String {
    local(unix_ms).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// `YYYY-MM-DD HH:MM:SS mmm` (UTC+8), with a space before the milliseconds.
pub(crate) fn millis_text(unix_ms: i64) -> String {
    format!("{} {:03}", seconds_text(unix_ms), unix_ms.rem_euclid(1000))
}

/// `YYYY-MM-DDTHH:MM:SS.mmm+0000`: only crashDoc uses UTC.
pub(crate) fn utc_text(unix_ms: i64) -> String {
    let utc = Offset::UTC.to_datetime(timestamp(unix_ms));
    format!(
        "{}.{:03}+0000",
        utc.strftime("%Y-%m-%dT%H:%M:%S"),
        unix_ms.rem_euclid(1000)
    )
}

/// `MM-DD HH:MM:SS.mmm` (UTC+8), as logcat prints it.
pub(crate) fn logcat_text(unix_ms: i64) -> String {
    format!(
        "{}.{:03}",
        local(unix_ms).strftime("%m-%d %H:%M:%S"),
        unix_ms.rem_euclid(1000)
    )
}

/// The `Date` header: `Sun, 22 Nov 2026 05:11:02 GMT`.
pub(crate) fn http_date(unix_ms: i64) -> String {
    let zoned = timestamp(unix_ms).to_zoned_datetime(TimeZone::UTC);
    zoned.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn local(unix_ms: i64) -> DateTime {
    ZONE.to_datetime(timestamp(unix_ms))
}

fn timestamp(unix_ms: i64) -> Timestamp {
    Timestamp::from_millisecond(unix_ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn instant(local: DateTime) -> Option<i64> {
    Some(ZONE.to_timestamp(local).ok()?.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seeds_own_times_agree() {
        // Examples of docs/vendor/crashsight.md §6.
        assert_eq!(millis_text(1_623_729_276_199), "2021-06-15 11:54:36 199");
        assert_eq!(utc_text(1_617_970_885_663), "2021-04-09T12:21:25.663+0000");
        assert_eq!(parse_time("2021-06-15 11:54:36"), Some(1_623_729_276_000));
    }

    #[test]
    fn a_day_begins_at_sixteen_utc() {
        let day = Day::parse("20261122").expect("a date");
        assert_eq!(
            utc_text(day.first_hour().start_ms()),
            "2026-11-21T16:00:00.000+0000"
        );
        assert_eq!(day.stamp(), "20261122");
        assert_eq!(
            Hour::parse("2026112209").expect("an hour").stamp(),
            "2026112209"
        );
        assert_eq!(Hour::parse("2026112225"), None);
        assert_eq!(Day::parse("20261322"), None);
        assert_eq!(
            http_date(1_795_324_262_000),
            "Sun, 22 Nov 2026 05:11:02 GMT"
        );
    }
}
