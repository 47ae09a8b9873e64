//! How the newest version, or one that is asked for, does beside the one before it.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use crate::reply::{Cell, Fact, Untrusted, percent};
use crate::time_range::Window;
use crate::tools::crashsight::comparison::Change;
use crate::tools::crashsight::top_dimensions::{DimensionStats, TopDimensions};
use crate::tools::crashsight::versions::newest_first;
use crate::tools::output::{DeviceRate, ratio};

/// A version that fewer of the active devices have is no release yet.
const RELEASED: f64 = 0.001;

/// The newest version of a range, or one that is asked for, and the one before it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct NewestVersion {
    version: Untrusted,
    /// The day that the figures are of, where the range has several: its last that has ended.
    day: Option<String>,
    /// Its part of the active devices, 0 to 1.
    share: f64,
    devices: DeviceRate,
    previous_version: Option<Untrusted>,
    previous_devices: Option<DeviceRate>,
    /// From the previous version to it.
    change: Option<Change>,
    #[serde(skip)]
    all_devices: i64,
    #[serde(skip)]
    is_newest: bool,
}

/// The only version that is meant: `3.7.0`, or `3.7.*` where there is one of them.
fn only(known: &[&DimensionStats], asked: &str) -> Option<usize> {
    let fits = |value: &str| match asked.strip_suffix('*') {
        Some(begin) => value.starts_with(begin),
        None => value == asked,
    };
    let places = known.iter().enumerate();
    let mut places = places.filter(|(_, stats)| fits(stats.value.raw()));
    let (place, _) = places.next()?;
    places.next().is_none().then_some(place)
}

/// The day of a range of several on which its versions are counted, the last that has ended: over the whole range a version
/// that came late would stand beside days before it.
pub(super) fn day_of(window: &Window) -> Option<Date> {
    window.last_ended_day().filter(|_| window.days() > 1)
}

impl NewestVersion {
    /// Of the versions of a range; nothing where no version has active devices.
    pub(super) fn of(versions: &TopDimensions) -> Option<Self> {
        Self::read(versions, None)
    }

    /// Of one of the versions of a range and the one before it.
    pub(super) fn with_last(versions: &TopDimensions, version: &str) -> Option<Self> {
        Self::read(versions, Some(version))
    }

    fn read(versions: &TopDimensions, asked: Option<&str>) -> Option<Self> {
        let active = |stats: &DimensionStats| stats.devices.active.unwrap_or(0);
        let all: i64 = versions.values.iter().map(active).sum();
        if all == 0 {
            return None;
        }
        let released = |stats: &&DimensionStats| ratio(active(stats), all) >= RELEASED;
        let mut known: Vec<&DimensionStats> = versions.values.iter().filter(released).collect();
        known.sort_by(|left, right| newest_first(left.value.raw(), right.value.raw()));
        let place = match asked {
            None => 0,
            Some(asked) => only(&known, asked)?,
        };
        let (newest, previous) = (known.get(place)?, known.get(place + 1));
        Some(Self {
            version: newest.value.clone(),
            day: None,
            share: ratio(active(newest), all),
            devices: newest.devices,
            all_devices: all,
            is_newest: asked.is_none(),
            previous_version: previous.map(|stats| stats.value.clone()),
            previous_devices: previous.map(|stats| stats.devices),
            change: previous
                .and_then(|previous| Change::between(&previous.devices, &newest.devices)),
        })
    }

    /// Says which day of the range the figures are of.
    pub(super) fn on_day(&mut self, day: Option<String>) {
        self.day = day;
    }

    /// The version.
    pub(super) fn version(&self) -> &Untrusted {
        &self.version
    }

    /// As facts.
    pub(super) fn facts(&self) -> Vec<Fact> {
        let day = self.day.as_ref().map(|day| format!(" on {day}"));
        let label = format!(
            "{}version {} on {} of devices{}:",
            if self.is_newest { "newest " } else { "" },
            self.version.line(40),
            percent(self.devices.active.unwrap_or(0), self.all_devices),
            day.unwrap_or_default(),
        );
        let mut facts = vec![Fact::new(label, self.devices.cell())];
        if let (Some(version), Some(devices)) = (&self.previous_version, self.previous_devices) {
            facts.push(Fact::new(version.line(40), devices.cell()));
        }
        if let Some(change) = self.change {
            facts.push(Fact::new("", Cell::Text(change.text())));
        }
        facts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::ReportKind;
    use crate::tools::crashsight::top_dimensions::Dimension;

    fn versions() -> TopDimensions {
        let stats = |version: &str, affected, active| DimensionStats {
            value: Untrusted::new(version.to_owned()),
            original_value: None,
            devices: DeviceRate::new(Some(affected), Some(active)).unwrap(),
            against_others: None,
        };
        TopDimensions {
            dimension: Dimension::Version,
            kind: ReportKind::default(),
            returned: 4,
            may_have_more: false,
            devices: None,
            clearly_higher: Vec::new(),
            values: vec![
                stats("3.6.2", 20, 4_000),
                stats("3.7.0", 30, 5_000),
                stats("3.6.0", 5, 1_000),
                stats("3.8.0", 0, 1),
            ],
        }
    }

    #[test]
    fn a_version_stands_beside_the_one_before_it() {
        let pair = |found: Option<NewestVersion>| {
            found.map(|found| {
                let previous = found
                    .previous_version
                    .map(|previous| previous.raw().to_owned());
                (found.version.raw().to_owned(), previous)
            })
        };
        let of = |asked: &str| pair(NewestVersion::with_last(&versions(), asked));
        let expected = |version: &str, previous: Option<&str>| {
            Some((version.to_owned(), previous.map(str::to_owned)))
        };
        assert_eq!(
            pair(NewestVersion::of(&versions())),
            expected("3.7.0", Some("3.6.2"))
        );
        assert_eq!(of("3.6.2"), expected("3.6.2", Some("3.6.0")));
        assert_eq!(of("3.7.*"), expected("3.7.0", Some("3.6.2")));
        assert_eq!(of("3.6.0"), expected("3.6.0", None));
        assert_eq!(of("3.6.*"), None, "two of them");
        assert_eq!(of("9.9.9"), None);
    }
}
