//! An absolute time range: its bounds, its limits, and how it is written for people and as an argument.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _, ZonedDateTime};

use super::zones::Granularity;
use crate::error::Error;
use crate::request::CachePolicy;

/// An absolute time range: from `start` to just before `end`.
#[derive(Debug, Clone)]
pub(crate) struct Window {
    pub(super) start: ZonedDateTime,
    pub(super) end: ZonedDateTime,
    pub(super) now: Timestamp,
    pub(super) grain: Granularity,
    pub(super) reader: TimeZone,
    pub(super) site: TimeZone,
}

impl Window {
    /// The first moment and the moment after the last, in the zone in which they are counted.
    pub(crate) fn bounds(&self) -> (&ZonedDateTime, &ZonedDateTime) {
        (&self.start, &self.end)
    }

    /// The same range begun so many days earlier.
    #[must_use]
    pub(crate) fn begun_earlier(&self, days: i64) -> Self {
        let start = self.start.checked_sub(days.days());
        Self {
            start: start.unwrap_or_else(|_| self.start.clone()),
            ..self.clone()
        }
    }

    /// So many whole days of the service up to a day of it, where they hold this range.
    pub(crate) fn held_by(&self, days: i64, last: Date) -> Option<Self> {
        let midnight = |day: Date| day.to_zoned_datetime(self.site.clone()).ok();
        let start = midnight(last.checked_sub((days - 1).days()).ok()?)?;
        let end = midnight(last.tomorrow().ok()?)?;
        let held =
            start.timestamp() <= self.start.timestamp() && self.end.timestamp() <= end.timestamp();
        held.then(|| Self {
            start,
            end,
            ..self.clone()
        })
    }

    /// The first moment and the moment after the last, by the service's clock.
    pub(crate) fn site_bounds(&self) -> (DateTime, DateTime) {
        let local = |at: &ZonedDateTime| self.in_site(at).datetime();
        (local(&self.start), local(&self.end))
    }

    /// The first moment.
    pub(crate) fn start(&self) -> Timestamp {
        self.start.timestamp()
    }

    /// The moment after the last, or now when the range has not ended.
    pub(crate) fn end_or_now(&self) -> Timestamp {
        self.end.timestamp().min(self.now)
    }

    /// Whether its last day or hour still runs.
    pub(crate) fn partial(&self) -> bool {
        self.end.timestamp() > self.now
    }

    /// When its running day or hour began, by the site's clock; nothing when the range has ended.
    pub(crate) fn current_bucket(&self) -> Option<DateTime> {
        let now = self.now.to_zoned_datetime(self.site.clone());
        self.partial().then(|| match self.grain {
            Granularity::Day => now.date().at(0, 0, 0, 0),
            Granularity::Hour | Granularity::Second => floor_hour(&now).datetime(),
        })
    }

    /// How long its answers stay true: late reports still change a day for some hours after it ended, and seldom for
    /// three days.
    pub(crate) fn cache_policy(&self) -> CachePolicy {
        let ended_before = |hours| {
            let settled = self
                .end
                .timestamp()
                .checked_add(SignedDuration::from_hours(hours));
            settled.is_ok_and(|settled| settled < self.now)
        };
        if ended_before(72) {
            CachePolicy::ClosedDays
        } else if ended_before(6) {
            CachePolicy::CompleteDays
        } else {
            CachePolicy::OneMinute
        }
    }

    /// The first day of the site.
    pub(crate) fn first_day(&self) -> Date {
        self.in_site(&self.start).date()
    }

    /// The last day of the site, included.
    pub(crate) fn last_day(&self) -> Date {
        self.in_site(&(&self.end - SignedDuration::from_nanos(1)))
            .date()
    }

    /// Its last day that has ended; nothing where none has.
    pub(crate) fn last_ended_day(&self) -> Option<Date> {
        let last = self.last_day();
        if self.partial() {
            let before = last.yesterday().ok()?;
            (before >= self.first_day()).then_some(before)
        } else {
            Some(last)
        }
    }

    /// Days of the site that it touches.
    pub(crate) fn days(&self) -> i64 {
        let span = self.last_day() - self.first_day();
        i64::from(span.get_days()) + 1
    }

    /// Hours from start to end, a started one counted.
    pub(crate) fn hours(&self) -> i64 {
        let seconds = self.end.timestamp().as_second() - self.start.timestamp().as_second();
        (seconds + 3599) / 3600
    }

    /// Refuses more than so many days, saying which range of that length would do.
    pub(crate) fn at_most_days(self, most: i64) -> Result<Self, Error> {
        // Counted in the reader's zone: a reader elsewhere touches one more day of the site.
        let last = (&self.end - SignedDuration::from_nanos(1)).date();
        let days = i64::from((last - self.start.date()).get_days()) + 1;
        if days <= most {
            return Ok(self);
        }
        let first = last.checked_sub((most - 1).days()).unwrap_or(last);
        let served = if most == 1 {
            format!("one day, such as `{last}`")
        } else {
            format!("{most} days, such as `{first}..{last}`")
        };
        Err(Error::invalid_arguments(format!(
            "window has {days} days; maximum {served}"
        )))
    }

    /// Refuses more than so many hours, saying which range of that length would do.
    pub(crate) fn at_most_hours(self, most: i64) -> Result<Self, Error> {
        if self.hours() <= most {
            return Ok(self);
        }
        // In the reader's zone, in which it will be read again; hours to come are no suggestion.
        let end = self.end_or_now().to_zoned_datetime(self.site.clone());
        let end = match self.grain {
            Granularity::Hour => ceil_hour(&end),
            Granularity::Day | Granularity::Second => end,
        };
        let end = end.with_time_zone(self.reader.clone());
        let first = &end - SignedDuration::from_hours(most);
        let form = if end.minute() == 0 {
            "%Y-%m-%dT%H"
        } else {
            "%Y-%m-%dT%H:%M"
        };
        Err(Error::invalid_arguments(format!(
            "window has {} hours; maximum {most}, such as `{}..{}`",
            self.hours(),
            first.strftime(form),
            end.strftime(form),
        )))
    }

    /// The range as an argument that means the same to the same reader.
    pub(crate) fn to_argument(&self) -> String {
        let whole_days =
            self.start.time() == Time::midnight() && self.end.time() == Time::midnight();
        let (form, last) = if whole_days {
            ("%Y-%m-%d", &self.end - SignedDuration::from_nanos(1))
        } else {
            ("%Y-%m-%dT%H:%M", self.end.clone())
        };
        let zone = if whole_days {
            self.start.time_zone()
        } else {
            &self.reader
        };
        let reader =
            |at: &ZonedDateTime| at.with_time_zone(zone.clone()).strftime(form).to_string();
        format!("{}..{}", reader(&self.start), reader(&last))
    }

    /// The absolute range for a title: `2026-11-22 00:00–16:08 +08:00 (partial day)`.
    pub(crate) fn title(&self) -> String {
        let now = self.now.to_zoned_datetime(self.start.time_zone().clone());
        let offset = self.start.strftime("%:z");
        let whole_days =
            self.start.time() == Time::midnight() && self.end.time() == Time::midnight();
        let last = &self.end - SignedDuration::from_nanos(1);
        if whole_days {
            let first_day = self.start.date();
            return match (first_day == last.date(), self.partial()) {
                (true, true) => format!(
                    "{first_day} 00:00–{} {offset} (partial day)",
                    now.strftime("%H:%M")
                ),
                (true, false) => format!("{first_day} {offset}"),
                (false, true) => format!(
                    "{first_day}..{} {offset} (last day partial, until {})",
                    last.date(),
                    now.strftime("%H:%M")
                ),
                (false, false) => format!("{first_day}..{} {offset}", last.date()),
            };
        }
        let end = if self.partial() { &now } else { &self.end };
        let end_text = if end.date() == self.start.date() {
            end.strftime("%H:%M").to_string()
        } else {
            end.strftime("%Y-%m-%d %H:%M").to_string()
        };
        let partial = match (self.partial(), self.grain) {
            (true, Granularity::Hour) => " (last hour partial)",
            (true, _) => " (not over yet)",
            (false, _) => "",
        };
        format!(
            "{}–{end_text} {offset}{partial}",
            self.start.strftime("%Y-%m-%d %H:%M")
        )
    }

    /// Says that days are the site's, when the reader lives by another offset.
    pub(crate) fn zone_note(&self) -> Option<String> {
        if self.grain == Granularity::Second {
            return None;
        }
        let site = self.now.to_zoned_datetime(self.site.clone());
        let reader = self.now.to_zoned_datetime(self.reader.clone());
        (site.offset() != reader.offset()).then(|| {
            format!(
                "days and hours are the service's ({}); your zone is {}, now {}",
                site.strftime("%:z"),
                reader.strftime("%:z"),
                reader.strftime("%Y-%m-%d %H:%M"),
            )
        })
    }
}

pub(super) fn floor_hour(at: &ZonedDateTime) -> ZonedDateTime {
    let into = SignedDuration::from_mins(i64::from(at.minute()))
        + SignedDuration::from_secs(i64::from(at.second()))
        + SignedDuration::from_nanos(i64::from(at.subsec_nanosecond()));
    at - into
}

pub(super) fn ceil_hour(at: &ZonedDateTime) -> ZonedDateTime {
    let floor = floor_hour(at);
    if floor.timestamp() == at.timestamp() {
        floor
    } else {
        floor.saturating_add(SignedDuration::from_hours(1))
    }
}
