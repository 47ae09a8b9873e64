//! Time ranges: the reader's words to absolute times, and those to the service's own forms.
//!
//! Two zones meet here. The site's is what the wire means and what a "day" of its counts is; the
//! reader's is what "today" means to the person who asks. Operations that count by day use the
//! site's days; the others take the reader's midnight to the second.

mod format;
mod parse;
mod retention;

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Span, Timestamp, ToSpan as _, Zoned};
use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::error::Error;
use crate::request::CachePolicy;
use parse::{Moment, Spec};

/// How finely an operation counts time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Granularity {
    /// Whole days of the site.
    Day,
    /// Whole hours of the site.
    Hour,
    /// Any second.
    Second,
}

/// The zones of one call.
#[derive(Debug, Clone)]
pub struct Zones {
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

/// The `window` argument: a time range in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowSpec(Spec);

impl TryFrom<String> for WindowSpec {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        parse::parse(&text).map(Self)
    }
}

impl<'de> Deserialize<'de> for WindowSpec {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = match Value::deserialize(source)? {
            Value::String(text) => text,
            // A Unix time, which the grammar explains.
            other => other.to_string(),
        };
        Self::try_from(text).map_err(D::Error::custom)
    }
}

impl JsonSchema for WindowSpec {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Window".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "description": "today, 7d, 2026-11-01..2026-11-07"})
    }
}

impl WindowSpec {
    /// Today.
    pub fn today() -> Self {
        Self(Spec::DayAgo(0))
    }

    /// The day before today.
    pub fn yesterday() -> Self {
        Self(Spec::DayAgo(1))
    }

    /// The last days, today included.
    pub fn last_days(days: i64) -> Self {
        Self(Spec::LastDays(days))
    }

    /// The last hours, the running one included.
    pub fn last_hours(hours: i64) -> Self {
        Self(Spec::LastHours(hours))
    }

    /// Makes the range absolute.
    pub fn resolve(
        &self,
        grain: Granularity,
        now: Timestamp,
        zones: &Zones,
    ) -> Result<Window, Error> {
        let zone = match (grain, &self.0) {
            // The last hours are the service's, which in some zones begin within the reader's.
            (Granularity::Day, _) | (Granularity::Hour, Spec::LastHours(_)) => &zones.service,
            (Granularity::Hour | Granularity::Second, _) => &zones.display,
        };
        let (start, end) = self
            .resolve_bounds(grain, &now.to_zoned(zone.clone()))
            .map_err(Error::InvalidArguments)?;
        let (start, end) = match grain {
            Granularity::Hour => (
                floor_hour(&start.with_time_zone(zones.service.clone())),
                ceil_hour(&end.with_time_zone(zones.service.clone())),
            ),
            Granularity::Day | Granularity::Second => (start, end),
        };
        let window = Window {
            start,
            end,
            now,
            grain,
            reader: zones.display.clone(),
            site: zones.service.clone(),
        };
        if window.start.timestamp() >= window.end.timestamp() {
            return Err(Error::invalid_arguments(format!(
                "the range ends before it starts: {} to {}",
                window.start.strftime("%Y-%m-%d %H:%M"),
                window.end.strftime("%Y-%m-%d %H:%M"),
            )));
        }
        if window.start.timestamp() > now {
            return Err(Error::invalid_arguments(format!(
                "the range lies in the future: it starts {}, and now is {}",
                window.start.strftime("%Y-%m-%d %H:%M %:z"),
                now.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M %:z"),
            )));
        }
        Ok(window)
    }

    fn resolve_bounds(&self, grain: Granularity, now: &Zoned) -> Result<(Zoned, Zoned), String> {
        let zone = now.time_zone();
        let today = now.date();
        let shift = |date: Date, span: Span| date.checked_add(span).map_err(|e| e.to_string());
        let midnight = |date: Date| date.to_zoned(zone.clone()).map_err(|e| e.to_string());
        // Days after today have no data: a range never reaches beyond the end of today.
        let until = |date: Date| midnight(shift(date.min(today), 1.day())?);
        let span = |first: Date, last: Date| Ok((midnight(first)?, until(last)?));
        match &self.0 {
            Spec::DayAgo(days) => {
                let day = shift(today, -days.days())?;
                span(day, day)
            }
            Spec::LastDays(days) => span(shift(today, -(days - 1).days())?, today),
            Spec::LastHours(_) if grain == Granularity::Day => Err(
                "this tool counts whole days: give `today`, `yesterday`, `7d` or dates".to_owned(),
            ),
            Spec::LastHours(hours) if grain == Granularity::Hour => {
                let end = ceil_hour(now);
                let start = &end - SignedDuration::from_hours(*hours);
                Ok((start, end))
            }
            Spec::LastHours(hours) => Ok((now - SignedDuration::from_hours(*hours), now.clone())),
            Spec::WeekAgo(weeks) => {
                let since_monday = i64::from(today.weekday().since(Weekday::Monday));
                let monday = shift(today, -(since_monday + weeks * 7).days())?;
                span(monday, shift(monday, 6.days())?)
            }
            Spec::MonthAgo(months) => {
                let first = shift(today.first_of_month(), -months.months())?;
                span(first, first.last_of_month())
            }
            Spec::Month(first) => span(*first, first.last_of_month()),
            Spec::Between(from, to) => {
                if grain == Granularity::Day
                    && !matches!((from, to), (Moment::Day(_), Moment::Day(_)))
                {
                    return Err(
                        "this tool counts whole days: leave the hours out of the range".to_owned(),
                    );
                }
                let at = |date: Date, time: Time| {
                    DateTime::from_parts(date, time)
                        .to_zoned(zone.clone())
                        .map_err(|e| e.to_string())
                };
                let start = match *from {
                    Moment::Day(date) => midnight(date)?,
                    Moment::Hour(date, hour) => at(date, Time::constant(hour, 0, 0, 0))?,
                    Moment::Clock(date, time) => at(date, time)?,
                };
                let end = match *to {
                    Moment::Day(date) if date <= today => until(date)?,
                    Moment::Day(date) if matches!(from, Moment::Day(first) if *first > today) => {
                        midnight(shift(date, 1.day())?)?
                    }
                    Moment::Day(_) => until(today)?,
                    // One hour written alone is that hour; as an end it stops when it strikes.
                    Moment::Hour(date, hour) if from == to => {
                        at(date, Time::constant(hour, 0, 0, 0))?
                            .saturating_add(SignedDuration::from_hours(1))
                    }
                    Moment::Hour(date, hour) => at(date, Time::constant(hour, 0, 0, 0))?,
                    Moment::Clock(date, time) if from == to => {
                        at(date, time)?.saturating_add(SignedDuration::from_mins(1))
                    }
                    Moment::Clock(date, time) => at(date, time)?,
                };
                Ok((start, end))
            }
        }
    }
}

fn floor_hour(at: &Zoned) -> Zoned {
    let into = SignedDuration::from_mins(i64::from(at.minute()))
        + SignedDuration::from_secs(i64::from(at.second()))
        + SignedDuration::from_nanos(i64::from(at.subsec_nanosecond()));
    at - into
}

fn ceil_hour(at: &Zoned) -> Zoned {
    let floor = floor_hour(at);
    if floor.timestamp() == at.timestamp() {
        floor
    } else {
        floor.saturating_add(SignedDuration::from_hours(1))
    }
}

/// An absolute time range: from `start` to just before `end`.
#[derive(Debug, Clone)]
pub struct Window {
    start: Zoned,
    end: Zoned,
    now: Timestamp,
    grain: Granularity,
    reader: TimeZone,
    site: TimeZone,
}

impl Window {
    /// The first moment and the moment after the last, in the zone in which they are counted.
    pub fn bounds(&self) -> (&Zoned, &Zoned) {
        (&self.start, &self.end)
    }

    /// The first moment.
    pub fn start(&self) -> Timestamp {
        self.start.timestamp()
    }

    /// The moment after the last, or now when the range has not ended.
    pub fn end_or_now(&self) -> Timestamp {
        self.end.timestamp().min(self.now)
    }

    /// Whether its last day or hour still runs.
    pub fn partial(&self) -> bool {
        self.end.timestamp() > self.now
    }

    /// When its running day or hour began, by the site's clock; nothing when the range has ended.
    pub fn current_bucket(&self) -> Option<DateTime> {
        let now = self.now.to_zoned(self.site.clone());
        self.partial().then(|| match self.grain {
            Granularity::Day => now.date().at(0, 0, 0, 0),
            Granularity::Hour | Granularity::Second => floor_hour(&now).datetime(),
        })
    }

    /// How long its answers stay true: late reports still change a day for some hours after it ended.
    pub fn cache_policy(&self) -> CachePolicy {
        let settled = self
            .end
            .timestamp()
            .checked_add(SignedDuration::from_hours(6));
        match settled {
            Ok(settled) if settled < self.now => CachePolicy::CompleteDays,
            _ => CachePolicy::OneMinute,
        }
    }

    /// The first day of the site.
    pub fn first_day(&self) -> Date {
        self.in_site(&self.start).date()
    }

    /// The last day of the site, included.
    pub fn last_day(&self) -> Date {
        self.in_site(&(&self.end - SignedDuration::from_nanos(1)))
            .date()
    }

    /// Days of the site that it touches.
    pub fn days(&self) -> i64 {
        let span = self.last_day() - self.first_day();
        i64::from(span.get_days()) + 1
    }

    /// Hours from start to end, a started one counted.
    pub fn hours(&self) -> i64 {
        let seconds = self.end.timestamp().as_second() - self.start.timestamp().as_second();
        (seconds + 3599) / 3600
    }

    /// Refuses more than so many days, saying which range of that length would do.
    pub fn at_most_days(self, most: i64) -> Result<Self, Error> {
        // CallMetricsGuard as they were asked for: a reader elsewhere touches one more day of the site.
        let last = (&self.end - SignedDuration::from_nanos(1)).date();
        let days = i64::from((last - self.start.date()).get_days()) + 1;
        if days <= most {
            return Ok(self);
        }
        let first = last.checked_sub((most - 1).days()).unwrap_or(last);
        let served = if most == 1 {
            format!("one day, such as `{last}`")
        } else {
            format!("at most {most} days, such as `{first}..{last}`")
        };
        Err(Error::invalid_arguments(format!(
            "window has {days} days; this tool serves {served}"
        )))
    }

    /// Refuses more than so many hours, saying which range of that length would do.
    pub fn at_most_hours(self, most: i64) -> Result<Self, Error> {
        if self.hours() <= most {
            return Ok(self);
        }
        // In the reader's zone, in which it will be read again; hours to come are no suggestion.
        let end = self.end_or_now().to_zoned(self.site.clone());
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
            "window has {} hours; this tool serves at most {most}, such as `{}..{}`",
            self.hours(),
            first.strftime(form),
            end.strftime(form),
        )))
    }

    /// The range as an argument that means the same to the same reader.
    pub fn to_argument(&self) -> String {
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
        let reader = |at: &Zoned| at.with_time_zone(zone.clone()).strftime(form).to_string();
        format!("{}..{}", reader(&self.start), reader(&last))
    }

    /// The absolute range for a title: `2026-11-22 00:00–16:08 +08:00 (partial day)`.
    pub fn title(&self) -> String {
        let now = self.now.to_zoned(self.start.time_zone().clone());
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
    pub fn zone_note(&self) -> Option<String> {
        if self.grain == Granularity::Second {
            return None;
        }
        let site = self.now.to_zoned(self.site.clone());
        let reader = self.now.to_zoned(self.reader.clone());
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

#[cfg(test)]
mod tests;
