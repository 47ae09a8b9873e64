//! How far back a service has data, and whether it serves the running day.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use super::window::Window;
use crate::error::Error;

impl Window {
    /// Refuses what began more than so many hours ago, saying what the service still remembers.
    pub(crate) fn within_retention_hours(self, hours: i64) -> Result<Self, Error> {
        let oldest = self.now - SignedDuration::from_hours(hours);
        if self.start() >= oldest {
            return Ok(self);
        }
        // A minute later than the edge: the call itself takes its time.
        let zone = self.reader.clone();
        let from = (oldest + SignedDuration::from_mins(1)).to_zoned_datetime(zone.clone());
        let span = match hours {
            1 => "hour".to_owned(),
            24.. if hours % 24 == 0 => format!("{} days", hours / 24),
            _ => format!("{hours} hours"),
        };
        let verb = if hours == 1 { "is" } else { "are" };
        Err(Error::invalid_arguments(format!(
            "window starts {}, but only the last {span} {verb} available\n\
             hint: use `{hours}h`, or a later range such as `{}..{}`",
            self.start.strftime("%Y-%m-%d %H:%M %:z"),
            from.strftime("%Y-%m-%dT%H:%M"),
            self.now.to_zoned_datetime(zone).strftime("%Y-%m-%dT%H:%M"),
        )))
    }

    /// Refuses days more than so many before today, saying which are still remembered.
    pub(crate) fn within_retention_days(self, days: i64) -> Result<Self, Error> {
        let today = self.today();
        let oldest = today.checked_sub(days.days()).unwrap_or(today);
        if self.first_day() >= oldest {
            return Ok(self);
        }
        Err(Error::invalid_arguments(format!(
            "window starts {}, but only the last {days} days are available\n\
             hint: use days from {oldest} on, such as `{oldest}..{}`",
            self.first_day(),
            today.yesterday().unwrap_or(today),
        )))
    }

    /// Leaves out today, which is not served yet; refuses a range that holds no other day.
    pub(crate) fn complete_days(mut self) -> Result<Self, Error> {
        let today = self.today();
        if self.first_day() >= today {
            return Err(Error::invalid_arguments(format!(
                "window is {}, but only complete days are available: at the service it is {} {}\n\
                 hint: use `yesterday` or `{}`",
                self.first_day(),
                self.now
                    .to_zoned_datetime(self.site.clone())
                    .strftime("%Y-%m-%d %H:%M"),
                self.now
                    .to_zoned_datetime(self.site.clone())
                    .strftime("%:z"),
                today.yesterday().unwrap_or(today),
            )));
        }
        if self.last_day() >= today
            && let Ok(midnight) = today.to_zoned_datetime(self.site.clone())
        {
            self.end = midnight;
        }
        Ok(self)
    }

    /// The service's own day now.
    pub(crate) fn today(&self) -> Date {
        self.now.to_zoned_datetime(self.site.clone()).date()
    }

    /// Whether a moment lies in it.
    pub(crate) fn contains(&self, at: Timestamp) -> bool {
        (self.start()..self.end.timestamp()).contains(&at)
    }
}

#[cfg(test)]
mod tests {
    use crate::time_range::Granularity;
    use crate::time_range::testing::window;

    #[test]
    fn what_is_forgotten_is_refused_with_what_is_remembered() {
        assert!(
            window("1h", Granularity::Second)
                .within_retention_hours(1)
                .is_ok()
        );
        assert!(
            window("72h", Granularity::Second)
                .within_retention_hours(72)
                .is_ok()
        );
        let refused = window("2h", Granularity::Second).within_retention_hours(1);
        let text = refused.unwrap_err().to_string();
        assert!(text.contains("only the last hour is available"), "{text}");
        // What it suggests is accepted.
        let suggested = text.rsplit('`').nth(1).unwrap();
        assert!(
            window(suggested, Granularity::Second)
                .within_retention_hours(1)
                .is_ok()
        );
        let refused = window("2026-11-10", Granularity::Day).within_retention_days(7);
        let text = refused.unwrap_err().to_string();
        let suggested = text.rsplit('`').nth(1).unwrap();
        assert_eq!(suggested, "2026-11-15..2026-11-21");
        assert!(
            window(suggested, Granularity::Day)
                .within_retention_days(7)
                .is_ok()
        );
    }

    #[test]
    fn a_running_day_is_left_out_or_refused() {
        let week = window("7d", Granularity::Day).complete_days().unwrap();
        assert_eq!(week.last_day().to_string(), "2026-11-21");
        assert_eq!((week.days(), week.partial()), (6, false));
        let refused = window("today", Granularity::Day)
            .complete_days()
            .unwrap_err();
        assert!(refused.to_string().contains("use `yesterday`"), "{refused}");
        let yesterday = window("yesterday", Granularity::Day)
            .complete_days()
            .unwrap();
        assert_eq!(yesterday.title(), "2026-11-21 +08:00");
    }
}
