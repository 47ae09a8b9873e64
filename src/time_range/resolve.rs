//! From the words of a `window` argument to an absolute range: with a clock, two zones, and what the tool serves.

use jiff::civil::{Date, DateTime, Weekday};
use jiff::{SignedDuration, Span, Timestamp, ToSpan as _, ZonedDateTime};
use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::moment::{Day, Moment, at, whole};
use super::parse::{self, Spec};
use super::window::{Window, ceil_hour, floor_hour};
use super::zones::{Granularity, Zones};
use crate::error::Error;

/// The ranges that a tool serves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Served {
    granularity: Granularity,
    most: Option<Length>,
    retention: Option<Length>,
    complete_days: bool,
}

#[derive(Debug, Clone, Copy)]
enum Length {
    Days(i64),
    Hours(i64),
}

impl From<Granularity> for Served {
    fn from(granularity: Granularity) -> Self {
        Self {
            granularity,
            most: None,
            retention: None,
            complete_days: false,
        }
    }
}

impl Granularity {
    /// Ranges of at most so many days.
    pub(crate) fn at_most_days(self, days: i64) -> Served {
        let most = Some(Length::Days(days));
        Served {
            most,
            ..self.into()
        }
    }

    /// Ranges of at most so many hours.
    pub(crate) fn at_most_hours(self, hours: i64) -> Served {
        let most = Some(Length::Hours(hours));
        Served {
            most,
            ..self.into()
        }
    }
}

impl Served {
    /// Ranges that begin at most so many hours ago.
    #[must_use]
    pub(crate) fn within_retention_hours(self, hours: i64) -> Self {
        let retention = Some(Length::Hours(hours));
        Self { retention, ..self }
    }

    /// Ranges that begin at most so many days before today.
    #[must_use]
    pub(crate) fn within_retention_days(self, days: i64) -> Self {
        let retention = Some(Length::Days(days));
        Self { retention, ..self }
    }

    /// Days that have ended: today is left out.
    #[must_use]
    pub(crate) fn complete_days(self) -> Self {
        Self {
            complete_days: true,
            ..self
        }
    }

    /// A range within the limits, or why it is not.
    fn limit(self, window: Window) -> Result<Window, Error> {
        let window = if self.complete_days {
            window.complete_days()?
        } else {
            window
        };
        let window = match self.most {
            Some(Length::Days(days)) => window.at_most_days(days)?,
            Some(Length::Hours(hours)) => window.at_most_hours(hours)?,
            None => window,
        };
        match self.retention {
            Some(Length::Days(days)) => window.within_retention_days(days),
            Some(Length::Hours(hours)) => window.within_retention_hours(hours),
            None => Ok(window),
        }
    }

    /// Examples of what it serves, for a refusal: of the usual forms those that it accepts now.
    fn forms(self, now: Timestamp, zones: &Zones) -> String {
        let today = now.to_zoned_datetime(zones.display.clone()).date();
        let day = |ago: i64| today.checked_sub(ago.days()).unwrap_or(today);
        let yesterday = day(1);
        let mut forms: Vec<String> = [
            "today",
            "yesterday",
            "1h",
            "24h",
            "7d",
            "this_week",
            "last_week",
            "last_month",
            "since monday",
        ]
        .map(str::to_owned)
        .into();
        forms.push(day(2).strftime("%m-%d").to_string());
        forms.push(format!("{}..{yesterday}", day(7)));
        forms.push(format!("{yesterday}T08..{yesterday}T12"));
        forms.retain(|form| {
            let spec = WindowSpec::try_from(form.clone());
            spec.is_ok_and(|spec| spec.resolve(self, now, zones).is_ok())
        });
        match forms.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
            _ => forms.concat(),
        }
    }
}

/// The `window` argument: a time range in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WindowSpec(Written);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Written {
    Known(Spec),
    /// Refused where the tool is known: it says which forms it serves.
    Unknown(String),
}

impl TryFrom<String> for WindowSpec {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Ok(Self(match parse::parse(&text)? {
            Some(spec) => Written::Known(spec),
            None => Written::Unknown(text),
        }))
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
    /// A range, where the text is one in a known form.
    pub(crate) fn known(text: &str) -> Option<Self> {
        let spec = parse::parse(text).ok().flatten()?;
        Some(Self(Written::Known(spec)))
    }

    /// Today.
    pub(crate) fn today() -> Self {
        Self(Written::Known(Spec::day_ago(0)))
    }

    /// The day before today.
    pub(crate) fn yesterday() -> Self {
        Self(Written::Known(Spec::day_ago(1)))
    }

    /// From noon of the day before today until now.
    pub(crate) fn since_noon_yesterday() -> Self {
        Self(Written::Known(Spec::Between(at(1, 12), whole(Day::Ago(0)))))
    }

    /// The last days, today included.
    pub(crate) fn last_days(days: i64) -> Self {
        Self(Written::Known(Spec::LastDays(days)))
    }

    /// The last hours, the running one included.
    pub(crate) fn last_hours(hours: i64) -> Self {
        Self(Written::Known(Spec::LastHours(hours)))
    }

    /// Whether it means the same range whenever it is resolved.
    pub(crate) fn is_absolute(&self) -> bool {
        let fixed = |moment: &Moment| matches!(moment.day, Some(Day::On(_)));
        match &self.0 {
            Written::Known(Spec::Between(from, to)) => {
                fixed(from) && (fixed(to) || to.day.is_none())
            }
            Written::Known(Spec::Month(year, _)) => year.is_some(),
            Written::Known(_) => false,
            // It is refused when it is resolved, with what is wrong with it.
            Written::Unknown(_) => true,
        }
    }

    /// Makes the range absolute, or says what this tool serves instead.
    pub(crate) fn resolve(
        &self,
        served: impl Into<Served>,
        now: Timestamp,
        zones: &Zones,
    ) -> Result<Window, Error> {
        let served = served.into();
        let grain = served.granularity;
        let zone = match (grain, &self.0) {
            // The last hours are the service's, which in some zones begin within the reader's.
            (Granularity::Day, _) | (Granularity::Hour, Written::Known(Spec::LastHours(_))) => {
                &zones.service
            }
            (Granularity::Hour | Granularity::Second, _) => &zones.display,
        };
        let local = now.to_zoned_datetime(zone.clone());
        let spec = match &self.0 {
            Written::Known(spec) => spec,
            Written::Unknown(text) => {
                return Err(Error::invalid_arguments(format!(
                    "window: a time range is {}, not `{}`; today is {}",
                    served.forms(now, zones),
                    crate::reply::inline(text, 60),
                    local.strftime("%Y-%m-%d, %A"),
                )));
            }
        };
        let (start, end) = bounds(spec, grain, &local).map_err(Error::InvalidArguments)?;
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
        if window.start.timestamp() > now {
            return Err(Error::invalid_arguments(format!(
                "the range starts in the future: {}, and now is {}",
                window.start.strftime("%Y-%m-%d %H:%M %:z"),
                local.strftime("%Y-%m-%d %H:%M %:z"),
            )));
        }
        if window.start.timestamp() >= window.end.timestamp() {
            return Err(Error::invalid_arguments(format!(
                "the range ends before it starts: {} to {}; today is {}",
                window.start.strftime("%Y-%m-%d %H:%M"),
                window.end.strftime("%Y-%m-%d %H:%M"),
                local.date(),
            )));
        }
        served.limit(window)
    }
}

/// The start and the end of a range, by the clock of `now`'s zone. Days after today have no data: a range
/// of days ends with today.
fn bounds(
    spec: &Spec,
    grain: Granularity,
    now: &ZonedDateTime,
) -> Result<(ZonedDateTime, ZonedDateTime), String> {
    let zone = now.time_zone();
    let today = now.date();
    let shift = |date: Date, span: Span| date.checked_add(span).map_err(|e| e.to_string());
    let midnight = |date: Date| {
        date.to_zoned_datetime(zone.clone())
            .map_err(|e| e.to_string())
    };
    let until = |date: Date| midnight(shift(date.min(today), 1.day())?);
    let span = |first: Date, last: Date| Ok((midnight(first)?, until(last)?));
    let by_days =
        matches!(spec, Spec::Between(from, to) if from.time.is_none() && to.time.is_none());
    match spec {
        Spec::LastHours(_) if grain == Granularity::Day => {
            Err("this tool counts whole days: give `today`, `yesterday`, `7d` or dates; crashsight_get_hourly_trend counts hours".to_owned())
        }
        Spec::Between(..) if grain == Granularity::Day && !by_days => {
            Err("this tool counts whole days: give dates alone; crashsight_get_hourly_trend counts hours, crashsight_report_inspection ranges to the minute".to_owned())
        }
        Spec::LastDays(days) => span(shift(today, -(days - 1).days())?, today),
        Spec::DaysBefore(days) => span(shift(today, -days.days())?, shift(today, -1.days())?),
        Spec::LastHours(hours) => {
            let end = match grain {
                Granularity::Hour => ceil_hour(now),
                Granularity::Day | Granularity::Second => now.clone(),
            };
            Ok((&end - SignedDuration::from_hours(*hours), end))
        }
        Spec::WeekAgo(weeks) => {
            let monday = monday_of(today, *weeks)?;
            span(monday, shift(monday, 6.days())?)
        }
        Spec::MonthAgo(months) => {
            let first = shift(today.first_of_month(), -months.months())?;
            span(first, first.last_of_month())
        }
        Spec::Month(year, month) => {
            let latest = if *month > today.month() {
                today.year() - 1
            } else {
                today.year()
            };
            let first = Date::new(year.unwrap_or(latest), *month, 1).map_err(|e| e.to_string())?;
            span(first, first.last_of_month())
        }
        Spec::Between(from, to) => {
            let first = match from.day {
                Some(day) => latest(day, today)?,
                None => today,
            };
            let last = match to.day {
                _ if from == to => first,
                Some(day) => from_on(day, first, today)?,
                None => first,
            };
            let at = |date: Date, time| {
                DateTime::from_parts(date, time)
                    .to_zoned_datetime(zone.clone())
                    .map_err(|e| e.to_string())
            };
            let start = match from.time {
                Some(time) => at(first, time)?,
                None => midnight(first)?,
            };
            let end = match to.time {
                // A time written alone is that hour or minute; as an end, the range stops when it strikes.
                Some(time) if from == to && time.minute() == 0 && time.second() == 0 => {
                    at(last, time)?.saturating_add(SignedDuration::from_hours(1))
                }
                Some(time) if from == to => {
                    at(last, time)?.saturating_add(SignedDuration::from_mins(1))
                }
                Some(time) => at(last, time)?,
                None if first > today => midnight(shift(last, 1.day())?)?,
                None => until(last)?,
            };
            Ok((start, end))
        }
    }
}

/// The Monday of the week so many weeks before today's.
fn monday_of(today: Date, weeks: i64) -> Result<Date, String> {
    let since_monday = i64::from(today.weekday().since(Weekday::Monday));
    today
        .checked_sub((since_monday + weeks * 7).days())
        .map_err(|e| e.to_string())
}

/// The day that is meant: where several are, the latest that is not in the future.
fn latest(day: Day, today: Date) -> Result<Date, String> {
    let before = |days: i64| today.checked_sub(days.days()).map_err(|e| e.to_string());
    match day {
        Day::Ago(days) => before(days),
        Day::On(date) => Ok(date),
        Day::Latest(weekday) => before(i64::from(today.weekday().since(weekday))),
        Day::Before(weekday) => match i64::from(today.weekday().since(weekday)) {
            0 => before(7),
            days => before(days),
        },
        Day::OfWeek(weekday, weeks) => monday_of(today, weeks)?
            .checked_add(i64::from(weekday.since(Weekday::Monday)).days())
            .map_err(|e| e.to_string()),
        Day::Annual(month, day) => candidates(month, day, today, -1)
            .find(|date| *date <= today)
            .ok_or_else(|| format!("no such day before {today}")),
    }
}

/// The day that ends a range: where several could, the first from the range's start on.
fn from_on(day: Day, first: Date, today: Date) -> Result<Date, String> {
    match day {
        Day::Latest(weekday) => first
            .checked_add(i64::from(weekday.since(first.weekday())).days())
            .map_err(|e| e.to_string()),
        Day::Annual(month, day) => candidates(month, day, first, 1)
            .find(|date| *date >= first)
            .ok_or_else(|| format!("no such day after {first}")),
        other => latest(other, today),
    }
}

/// The days of that number, month by month or year by year from `origin`'s own. Nine years hold every day.
fn candidates(month: Option<i8>, day: i8, origin: Date, step: i64) -> impl Iterator<Item = Date> {
    (0..=9).filter_map(move |n| {
        let first = match month {
            Some(month) => Date::new(origin.year(), month, 1)
                .ok()?
                .checked_add((n * step).years()),
            None => origin.first_of_month().checked_add((n * step).months()),
        };
        let first = first.ok()?;
        Date::new(first.year(), first.month(), day).ok()
    })
}
