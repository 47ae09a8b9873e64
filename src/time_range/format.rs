//! A range as the services write it, and by their clock.

use jiff::civil::DateTime;
use jiff::{SignedDuration, ZonedDateTime};

use super::window::Window;

impl Window {
    /// First day as `20261122`.
    pub(crate) fn first_day_param(&self) -> String {
        self.first_day().strftime("%Y%m%d").to_string()
    }

    /// Last day as `20261122`, included.
    pub(crate) fn last_day_param(&self) -> String {
        self.last_day().strftime("%Y%m%d").to_string()
    }

    /// First hour as `2026112200`, in the site's zone.
    pub(crate) fn first_hour_param(&self) -> String {
        self.in_site(&self.start).strftime("%Y%m%d%H").to_string()
    }

    /// Last hour as `2026112223`, included.
    pub(crate) fn last_hour_param(&self) -> String {
        self.in_site(&(&self.end - SignedDuration::from_nanos(1)))
            .strftime("%Y%m%d%H")
            .to_string()
    }

    /// First second as `2026-11-22 00:00:00`, in the site's zone.
    pub(crate) fn first_second_wire(&self) -> String {
        self.in_site(&self.start)
            .strftime("%Y-%m-%d %H:%M:%S")
            .to_string()
    }

    /// Last second as `2026-11-22 23:59:59`, included.
    pub(crate) fn last_second_wire(&self) -> String {
        self.in_site(&(&self.end - SignedDuration::from_secs(1)))
            .strftime("%Y-%m-%d %H:%M:%S")
            .to_string()
    }

    pub(super) fn in_site(&self, at: &ZonedDateTime) -> ZonedDateTime {
        at.with_time_zone(self.site.clone())
    }

    /// Whether a day or hour that the service returned lies in it, or ends with it.
    pub(crate) fn contains_local(&self, at: DateTime) -> bool {
        let (start, end) = (self.in_site(&self.start), self.in_site(&self.end));
        (start.datetime()..=end.datetime()).contains(&at)
    }

    /// The service's offset, as `+08:00`.
    pub(crate) fn site_offset(&self) -> String {
        self.in_site(&self.start).strftime("%:z").to_string()
    }
}
