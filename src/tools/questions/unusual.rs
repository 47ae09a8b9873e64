//! What is unusual in a range: an hour or day far above the others, a device model or OS version that crashes more.

use std::cmp::Ordering;

use schemars::JsonSchema;
use serde::Serialize;

use super::spans::Counted;
use crate::reply::{Cell, Fact, Untrusted};
use crate::tools::crashsight::comparison::Change;
use crate::tools::crashsight::top_dimensions::{DimensionStats, TopDimensions};
use crate::tools::output::DeviceRate;

/// An hour or day counts as a spike from this multiple of the median rate on.
const SPIKE: f64 = 1.8;

/// Hours or days that make a median.
const FEWEST: usize = 4;

/// Something unusual.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct Unusual {
    /// `hour`, `day`, `model`, `os_version`
    kind: &'static str,
    value: Untrusted,
    devices: DeviceRate,
    /// Against all other hours, days, models or OS versions.
    change: Option<Change>,
}

impl Unusual {
    /// As facts: what, its rate, and how far it is from the others.
    pub(super) fn facts(&self) -> [Fact; 2] {
        let kind = match self.kind {
            "os_version" => "OS version",
            kind => kind,
        };
        let label = format!("unusual: {kind} {}", self.value.line(40));
        let change = self.change.map_or(Cell::Missing, |change| {
            Cell::Text(format!("{} against the others", change.short()))
        });
        [Fact::new(label, self.devices.cell()), Fact::new("", change)]
    }
}

/// The hour or day whose rate is far above the others'; nothing where too few have ended.
pub(super) fn spike(points: &[Counted], kind: &'static str) -> Option<Unusual> {
    let ended: Vec<&Counted> = points
        .iter()
        .filter(|point| !point.partial && point.active > 0)
        .collect();
    if ended.len() < FEWEST {
        return None;
    }
    let rate = |point: &Counted| {
        DeviceRate::new(Some(point.affected), Some(point.active)).and_then(|rate| rate.rate)
    };
    let mut rates: Vec<f64> = ended.iter().filter_map(|point| rate(point)).collect();
    rates.sort_by(f64::total_cmp);
    let median = rates.get(rates.len() / 2).copied()?;
    let highest = ended.iter().max_by(|left, right| {
        rate(left)
            .unwrap_or(0.0)
            .total_cmp(&rate(right).unwrap_or(0.0))
    })?;
    if rate(highest)? < median * SPIKE || median <= 0.0 {
        return None;
    }
    let others = ended.iter().filter(|point| point.at != highest.at);
    let (affected, active) = others.fold((0, 0), |(affected, active), point| {
        (affected + point.affected, active + point.active)
    });
    let devices = DeviceRate::new(Some(highest.affected), Some(highest.active))?;
    let change = Change::between(&DeviceRate::new(Some(affected), Some(active))?, &devices)?;
    let value = match kind {
        "hour" => highest.at.strftime("%m-%d %H:00").to_string(),
        _ => highest.at.date().to_string(),
    };
    change.rises().then(|| Unusual {
        kind,
        value: Untrusted::new(value),
        devices,
        change: Some(change),
    })
}

/// Models or OS versions whose rate is clearly higher than that of the others.
pub(super) fn higher(top: &TopDimensions, kind: &'static str, most: usize) -> Vec<Unusual> {
    let rises = |stats: &&DimensionStats| stats.against_others.is_some_and(Change::rises);
    let mut stats: Vec<&DimensionStats> = top.values.iter().filter(rises).collect();
    let ratio = |stats: &DimensionStats| stats.against_others.and_then(|change| change.ratio);
    stats.sort_by(|left, right| {
        ratio(right)
            .partial_cmp(&ratio(left))
            .unwrap_or(Ordering::Equal)
    });
    stats
        .into_iter()
        .take(most)
        .map(|stats| Unusual {
            kind,
            value: stats.value.clone(),
            devices: stats.devices,
            change: stats.against_others,
        })
        .collect()
}
