//! A range of time with its hours and days.

use crate::calendar::{Day, HOUR_MS, Hour};

/// From one instant (included) to another (excluded).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from_ms: i64,
    pub(crate) until_ms: i64,
}

impl Span {
    pub(crate) fn hours(first: Hour, last: Hour) -> Self {
        Self {
            from_ms: first.start_ms(),
            until_ms: last.start_ms() + HOUR_MS,
        }
    }

    pub(crate) fn days(first: Day, last: Day) -> Self {
        Self::hours(first.first_hour(), last.last_hour())
    }

    /// Whether an instant is in it.
    pub(crate) fn contains(self, unix_ms: i64) -> bool {
        (self.from_ms..self.until_ms).contains(&unix_ms)
    }

    /// The part in common.
    pub(crate) fn within(self, other: Self) -> Self {
        Self {
            from_ms: self.from_ms.max(other.from_ms),
            until_ms: self.until_ms.min(other.until_ms),
        }
    }

    /// Its hours, the broken ones at both ends included.
    pub(crate) fn each_hour(self) -> impl DoubleEndedIterator<Item = Hour> + Clone {
        let first = Hour::of(self.from_ms).0;
        let end = if self.from_ms < self.until_ms {
            Hour::of(self.until_ms - 1).0 + 1
        } else {
            first
        };
        (first..end).map(Hour)
    }

    /// Its days, likewise.
    pub(crate) fn each_day(self) -> impl DoubleEndedIterator<Item = Day> + Clone {
        let days = |hour: Option<Hour>| hour.map(|hour| hour.day().0);
        let (first, last) = (
            days(self.each_hour().next()),
            days(self.each_hour().next_back()),
        );
        let range = first.zip(last).map(|(first, last)| first..=last);
        range.into_iter().flatten().map(Day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_knows_its_broken_hours() {
        let day = Day(20_000);
        assert_eq!(Span::days(day, day).each_hour().count(), 24);
        let from_ms = day.first_hour().start_ms() + 1;
        let span = |length| Span {
            from_ms,
            until_ms: from_ms + length,
        };
        assert_eq!(span(HOUR_MS).each_hour().count(), 2);
        assert_eq!(span(0).each_hour().count(), 0);
        assert_eq!(span(0).each_day().count(), 0);
        assert_eq!(span(1).each_day().count(), 1);
    }
}
