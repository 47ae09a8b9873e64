//! Times at the start of log lines, as far as they say what they mean.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

/// A time as a line prints it; logs leave out the year, the date, the zone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Stamp {
    year: Option<i16>,
    /// Month and day.
    date: Option<(i8, i8)>,
    time: Time,
    zone: Option<Offset>,
}

impl Stamp {
    /// Reads the stamp a line starts with, and the rest of the line.
    ///
    /// Known: logcat `05-07 17:20:13.626`, ISO `2026-11-22T08:10:11.123+08:00` with blank or slash in any place,
    /// Unreal `[2026.11.22-08.10.11:123]` (which prints UTC), `08:10:11.123`; brackets around are taken off.
    pub(super) fn read(line: &str) -> Option<(Self, &str)> {
        let bytes = line.as_bytes();
        let first = *bytes.first()?;
        if !(first.is_ascii_digit() || first == b'[') {
            return None;
        }
        let mut at = Reader {
            bytes,
            at: usize::from(first == b'['),
        };
        let (number, digits) = at.number()?;
        let mut stamp = Self::default();
        let mut unreal = false;
        match (digits, at.peek()?) {
            (4, separator @ (b'-' | b'/' | b'.')) => {
                stamp.year = i16::try_from(number).ok();
                let month = at.field(separator)?;
                let day = at.field(separator)?;
                stamp.date = Some((i8::try_from(month).ok()?, i8::try_from(day).ok()?));
                unreal = separator == b'.' && at.peek()? == b'-';
            }
            (2, separator @ (b'-' | b'/')) => {
                let day = at.field(separator)?;
                stamp.date = Some((i8::try_from(number).ok()?, i8::try_from(day).ok()?));
            }
            (1 | 2, b':') => at.at -= digits,
            _ => return None,
        }
        if stamp.date.is_some() {
            if !matches!(at.peek()?, b' ' | b'T' | b'-' | b't') {
                return None;
            }
            at.at += 1;
        }
        let separator = if unreal { b'.' } else { b':' };
        let (hour, _) = at.number()?;
        let minute = at.field(separator)?;
        let second = at.field(separator)?;
        let nanos = at.fraction(unreal);
        stamp.time = Time::new(small(hour)?, small(minute)?, small(second.min(59))?, nanos).ok()?;
        stamp.zone = if unreal { Some(Offset::UTC) } else { at.zone() };
        if first == b'[' && at.peek() == Some(b']') {
            at.at += 1;
        }
        let rest = line.get(at.at..)?;
        Some((stamp, rest))
    }

    /// How long after the crash the line was written; negative before it.
    ///
    /// What the stamp leaves out is chosen so that it comes closest to the crash.
    pub(super) fn since(&self, crash: Timestamp, offset: Offset) -> Option<SignedDuration> {
        let zone = self.zone.unwrap_or(offset);
        let there = zone.to_datetime(crash);
        let closest = |candidates: [Option<Date>; 3]| {
            candidates
                .into_iter()
                .flatten()
                .filter_map(|date| {
                    zone.to_timestamp(DateTime::from_parts(date, self.time))
                        .ok()
                })
                .map(|at| at.duration_since(crash))
                .min_by_key(|since| since.abs())
        };
        match (self.year, self.date) {
            (Some(year), Some((month, day))) => {
                closest([Date::new(year, month, day).ok(), None, None])
            }
            (None, Some((month, day))) => {
                let year = there.year();
                closest(
                    [year.checked_sub(1), Some(year), year.checked_add(1)]
                        .map(|year| Date::new(year?, month, day).ok()),
                )
            }
            _ => {
                let today = there.date();
                closest([today.yesterday().ok(), Some(today), today.tomorrow().ok()])
            }
        }
    }
}

fn small(number: u32) -> Option<i8> {
    i8::try_from(number).ok()
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// At most four digits, and how many there were.
    fn number(&mut self) -> Option<(u32, usize)> {
        let start = self.at;
        let mut value = 0;
        while let Some(digit) = self.peek().filter(u8::is_ascii_digit) {
            if self.at - start == 4 {
                return None;
            }
            value = value * 10 + u32::from(digit - b'0');
            self.at += 1;
        }
        (self.at > start).then_some((value, self.at - start))
    }

    /// A separator and one or two digits.
    fn field(&mut self, separator: u8) -> Option<u32> {
        if self.peek()? != separator {
            return None;
        }
        self.at += 1;
        self.number()
            .filter(|&(_, digits)| digits <= 2)
            .map(|(value, _)| value)
    }

    /// Fractions of a second as nanoseconds: `.123`, `,123`, Unreal's `:123`.
    fn fraction(&mut self, unreal: bool) -> i32 {
        let begins = match self.peek() {
            Some(b'.' | b',') => true,
            Some(b':') => unreal,
            _ => false,
        };
        if !begins || !self.bytes.get(self.at + 1).is_some_and(u8::is_ascii_digit) {
            return 0;
        }
        self.at += 1;
        let (mut value, mut scale) = (0_i32, 100_000_000);
        while let Some(digit) = self.peek().filter(u8::is_ascii_digit) {
            value += i32::from(digit - b'0') * scale;
            scale /= 10;
            self.at += 1;
        }
        value
    }

    /// `Z`, `+08:00`, `+0800`.
    fn zone(&mut self) -> Option<Offset> {
        match self.peek()? {
            b'Z' => {
                self.at += 1;
                Some(Offset::UTC)
            }
            sign @ (b'+' | b'-') => {
                let start = self.at;
                self.at += 1;
                let offset = self.offset(sign == b'-');
                if offset.is_none() {
                    self.at = start;
                }
                offset
            }
            _ => None,
        }
    }

    fn offset(&mut self, west: bool) -> Option<Offset> {
        let (hours, minutes) = match self.number()? {
            (value, 4) => (value / 100, value % 100),
            (value, 2) => (value, self.field(b':').unwrap_or(0)),
            _ => return None,
        };
        let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
        Offset::from_seconds(if west { -seconds } else { seconds }).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_are_read_relative_to_the_crash() {
        let crash: Timestamp = "2026-11-22T00:10:15Z".parse().unwrap();
        let china = Offset::constant(8);
        let cases = [
            (
                "11-22 08:10:13.500  4883  5108 I Tag: x",
                -1500,
                "  4883  5108 I Tag: x",
            ),
            ("2026-11-22 08:10:14,250 INFO x", -750, " INFO x"),
            ("2026-11-22T00:10:14Z x", -1000, " x"),
            ("2026-11-22T08:10:14+08:00 x", -1000, " x"),
            (
                "[2026.11.22-00.10.11:123][ 45]LogX: y",
                -3877,
                "[ 45]LogX: y",
            ),
            ("[2026/11/22 08:10:11] y", -4000, " y"),
            ("08:10:16.5 y", 1500, " y"),
            ("[08:10:05] y", -10_000, " y"),
        ];
        for (line, millis, rest) in cases {
            let (stamp, left) = Stamp::read(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(
                stamp.since(crash, china),
                Some(SignedDuration::from_millis(millis)),
                "{line}"
            );
            assert_eq!(left, rest, "{line}");
        }
    }

    #[test]
    fn midnight_and_new_year_are_crossed() {
        let crash: Timestamp = "2027-01-01T00:00:01Z".parse().unwrap();
        for line in ["23:59:59 x", "12-31 23:59:59.000 x"] {
            let (stamp, _) = Stamp::read(line).unwrap();
            assert_eq!(
                stamp.since(crash, Offset::UTC),
                Some(SignedDuration::from_secs(-2)),
                "{line}"
            );
        }
    }

    #[test]
    fn numbers_are_not_stamps() {
        for line in [
            "12345 x",
            "3.2.5 x",
            "2026-13",
            "[1] x",
            "99:99:99 x",
            "1:2",
            "",
        ] {
            assert_eq!(Stamp::read(line), None, "{line}");
        }
    }
}
