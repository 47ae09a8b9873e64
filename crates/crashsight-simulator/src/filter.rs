//! Which crashes count: those of a span of time that a filter takes.

use super::calendar::{Day, HOUR_MS, Hour};
use super::projects::RELEASES;
use super::world::Crash;

/// From one instant (included) to another (excluded).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from_ms: i64,
    pub(super) until_ms: i64,
}

impl Span {
    pub(super) fn hours(first: Hour, last: Hour) -> Self {
        Self {
            from_ms: first.start_ms(),
            until_ms: last.start_ms() + HOUR_MS,
        }
    }

    pub(super) fn days(first: Day, last: Day) -> Self {
        Self::hours(first.first_hour(), last.last_hour())
    }

    /// What both have.
    pub(super) fn within(self, other: Self) -> Self {
        Self {
            from_ms: self.from_ms.max(other.from_ms),
            until_ms: self.until_ms.min(other.until_ms),
        }
    }

    /// Its hours, the broken ones at both ends included.
    pub(super) fn each_hour(self) -> impl DoubleEndedIterator<Item = Hour> + Clone {
        let first = Hour::of(self.from_ms).0;
        let end = if self.from_ms < self.until_ms {
            Hour::of(self.until_ms - 1).0 + 1
        } else {
            first
        };
        (first..end).map(Hour)
    }

    /// Its days, likewise.
    pub(super) fn each_day(self) -> impl DoubleEndedIterator<Item = Day> + Clone {
        let days = |hour: Option<Hour>| hour.map(|hour| hour.day().0);
        let (first, last) = (
            days(self.each_hour().next()),
            days(self.each_hour().next_back()),
        );
        let range = first.zip(last).map(|(first, last)| first..=last);
        range.into_iter().flatten().map(Day)
    }
}

/// Which crashes count.
#[derive(Debug, Clone)]
pub(super) struct Filter {
    pub(super) releases: [bool; RELEASES],
    /// Positions in the table of countries; `None` is all of them.
    pub(super) countries: Option<Vec<usize>>,
    /// `Some(true)`: emulators only; `Some(false)`: real devices only.
    pub(super) emulator: Option<bool>,
}

impl Filter {
    /// Lets everything through.
    pub(super) const ALL: Self = Self {
        releases: [true; RELEASES],
        countries: None,
        emulator: None,
    };

    pub(super) fn takes_country(&self, country: usize) -> bool {
        self.countries
            .as_ref()
            .is_none_or(|list| list.contains(&country))
    }

    pub(super) fn takes_emulator(&self, emulator: bool) -> bool {
        self.emulator.is_none_or(|wanted| wanted == emulator)
    }

    /// Whether a crash counts.
    pub(super) fn takes(&self, crash: &Crash) -> bool {
        if !self.releases.get(crash.release).copied().unwrap_or(false) {
            return false;
        }
        if self.countries.is_none() && self.emulator.is_none() {
            return true;
        }
        let profile = crash.profile();
        self.takes_country(profile.country) && self.takes_emulator(profile.emulator)
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
