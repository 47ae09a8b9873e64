//! When a rate became another, as a value: from which hour, until which, and what it was and is.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Serialize;

use super::change_point::{FEW_DEVICES, Found, Hour};
use crate::tools::output::{DeviceRate, Time};

/// When a rate became another.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct ChangeOfRate {
    /// The first hour that differs.
    pub(super) from: Time,
    /// The first hour that no longer differs; absent where it goes on.
    pub(super) until: Option<Time>,
    /// How many times the rate is what it was, by hour of the day.
    pub(super) times: f64,
    /// Hours that do not differ: affected and active devices, counted hour by hour.
    pub(super) before: DeviceRate,
    /// Hours that do.
    pub(super) after: DeviceRate,
}

impl ChangeOfRate {
    /// Of the hours of a series.
    pub(super) fn of(hours: &[Hour], found: &Found, zone: &TimeZone) -> Option<Self> {
        let rate = |inside: bool| {
            let places = hours.iter().enumerate();
            let of_side = places.filter(|(at, _)| found.span.contains(at) == inside);
            let (affected, active) = of_side.fold((0, 0), |(affected, active), (_, hour)| {
                (affected + hour.affected, active + hour.active)
            });
            DeviceRate::new(Some(affected), Some(active))
        };
        Some(Self {
            from: time(hours.get(found.span.start)?.at, zone)?,
            until: match hours.get(found.span.end) {
                Some(hour) => Some(time(hour.at, zone)?),
                None => None,
            },
            times: (found.times * 100.0).round() / 100.0,
            before: rate(false)?,
            after: rate(true)?,
        })
    }

    /// Whether both sides have enough to say how many times one is the other.
    pub(super) fn compares(&self) -> bool {
        match self.times {
            10.0.. => self.before.affected >= FEW_DEVICES,
            ..0.1 => self.after.affected >= FEW_DEVICES,
            _ => true,
        }
    }

    /// `rose to 3.1 times`, `fell to 0.42 times`; `began` and `stopped` where a side has next to nothing to compare with.
    pub(super) fn word(&self) -> String {
        match self.times {
            1.0.. if !self.compares() => "began".to_owned(),
            _ if !self.compares() => "stopped".to_owned(),
            times @ 10.0.. => format!("rose to {times:.0} times"),
            times @ 1.0.. => format!("rose to {times:.1} times"),
            times => format!("fell to {times:.2} times"),
        }
    }
}

/// An hour of the service.
pub(super) fn time(at: DateTime, zone: &TimeZone) -> Option<Time> {
    let at = at.to_zoned_datetime(zone.clone()).ok()?;
    Some(Time::new(at.timestamp(), zone))
}

/// `11-27 20:00`, by the service's clock.
pub(super) fn hour_label(time: &Time) -> String {
    let local = time.at.to_zoned_datetime(time.zone.clone());
    local.strftime("%m-%d %H:00").to_string()
}
