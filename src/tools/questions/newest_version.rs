//! How the newest version, or one that is asked for, does beside the one before it.

use schemars::JsonSchema;
use serde::Serialize;

use super::spans::{self, Counted};
use crate::reply::{Cell, Fact, Untrusted, percent_of};
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
    /// Its part of the active devices, 0 to 1: of the last day that has ended, where days are known.
    share: f64,
    /// That day.
    share_on: Option<String>,
    devices: DeviceRate,
    previous_version: Option<Untrusted>,
    previous_devices: Option<DeviceRate>,
    /// The first of the days on which both had devices, where these are not all days of the range.
    compared_from: Option<String>,
    /// From the previous version to it, over the same days.
    change: Option<Change>,
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
            share: ratio(active(newest), all),
            share_on: None,
            compared_from: None,
            devices: newest.devices,
            is_newest: asked.is_none(),
            previous_version: previous.map(|stats| stats.value.clone()),
            previous_devices: previous.map(|stats| stats.devices),
            change: previous
                .and_then(|previous| Change::between(&previous.devices, &newest.devices)),
        })
    }

    /// The version.
    pub(super) fn version(&self) -> &Untrusted {
        &self.version
    }

    /// Both versions.
    pub(super) fn pair(&self) -> Option<[&str; 2]> {
        Some([self.version.raw(), self.previous_version.as_ref()?.raw()])
    }

    /// Compares the two over the days on which both had devices; `days` are those of all versions. Over a whole range a
    /// version that came late stands beside days on which it did not exist.
    pub(super) fn compare_days(&mut self, [newest, previous]: [&[Counted]; 2], days: &[Counted]) {
        self.change = None;
        if let Some(spans) = spans::same_days(newest, previous) {
            self.change = Change::between(&spans.b.rate, &spans.a.rate);
            if spans.left_out > 0 {
                self.compared_from = Some(spans.a.first.date().to_string());
                self.devices = spans.a.rate;
                self.previous_devices = Some(spans.b.rate);
            }
        }
        let ended = newest.iter().rev().find(|day| !day.partial);
        let all = ended.and_then(|ended| days.iter().find(|day| day.at.date() == ended.at.date()));
        if let (Some(day), Some(all)) = (ended, all)
            && all.active > 0
        {
            self.share = ratio(day.active, all.active);
            self.share_on = Some(day.at.date().to_string());
        }
    }

    /// Without their days two versions of a longer range are not compared.
    pub(super) fn days_unknown(&mut self) {
        self.change = None;
    }

    /// As facts.
    pub(super) fn facts(&self) -> Vec<Fact> {
        let on = self.share_on.as_ref().map(|day| format!(" on {day}"));
        let from = self.compared_from.as_ref();
        let since = from.map(|day| format!(", from {day}"));
        let label = format!(
            "{}version {} on {} of devices{}{}:",
            if self.is_newest { "newest " } else { "" },
            self.version.line(40),
            percent_of(self.share),
            on.unwrap_or_default(),
            since.unwrap_or_default(),
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
