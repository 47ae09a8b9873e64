//! `fetchDimensionTopStats`: devices with reports, and active devices, by model, system or version.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::aggregate::{self, Seen};
use super::envelope::Refusal;
use super::query::{Answer, Query};
use crate::active_devices;
use crate::crash::Crash;
use crate::devices::{self, Profile};
use crate::filter::Filter;
use crate::projects::RELEASES;
use crate::span::Span;

/// Devices whose models, systems and countries represent all of them.
const SAMPLE: u32 = 4_000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Dimension {
    Model,
    System,
    Version,
}

impl Dimension {
    fn of(self, crash: &Crash) -> &'static str {
        match self {
            Self::Model => crash.profile().model.name,
            Self::System => crash.profile().system,
            Self::Version => crash.version(),
        }
    }
}

/// Devices with reports, and active devices.
#[derive(Default, Clone, Copy)]
struct Devices {
    affected: u64,
    active: u64,
}

/// The values of one dimension.
pub(crate) fn top(query: &Query<'_>) -> Answer {
    let field = query.params.text("field");
    let dimension = match field.as_deref() {
        None | Some("model") => Dimension::Model,
        Some("osVersion") => Dimension::System,
        Some("version") => Dimension::Version,
        Some(field) => return Err(Refusal::parameter(format!("unsupported field: {field}"))),
    };
    let first = query.day(["minDate", "date"])?;
    let last = query.day(["maxDate", "date"])?;
    let kind = query.kind()?;
    let filter = query.filter(query.params.flag("needCountryDimension"));
    let merged = query.params.flag("mergeMultipleDatesWithInaccurateResult");
    let mut sums: HashMap<(&str, String), Devices> = HashMap::new();
    let days = Span::days(first, last).within(query.world.kept());
    for day in days.each_day() {
        let span = Span::days(day, day);
        let mut seen: HashMap<&str, Seen> = HashMap::new();
        for issue in query.issues_of(kind) {
            query.world.each_crash(issue, span, &filter, |crash| {
                let seen = seen.entry(dimension.of(crash)).or_default();
                seen.add(crash.device);
            });
        }
        let date = if merged { first } else { day }.stamp();
        for (value, active) in active(query, dimension, span, &filter) {
            let sum = sums.entry((value, date.clone())).or_default();
            sum.affected += seen.remove(value).map_or(0, |seen| seen.count().devices);
            sum.active += active;
        }
    }
    let by_active = query.params.text("sortByException").as_deref() == Some("false");
    let mut rows: Vec<((&str, String), Devices)> = sums.into_iter().collect();
    rows.sort_by_cached_key(|(key, devices)| {
        let rank = if by_active {
            devices.active
        } else {
            devices.affected
        };
        (std::cmp::Reverse(rank), key.clone())
    });
    let facts = query.project.facts();
    let row = |((value, date), devices): &((&str, String), Devices)| {
        json!({
            "appId": facts.app,
            "platformId": facts.platform,
            "fieldValue": value,
            "fieldOriginalValue": value,
            "date": date,
            "exceptionDevices": devices.affected,
            "accessDevices": devices.active,
        })
    };
    let rows = rows.iter().take(query.params.rows("limit", 20)).map(row);
    Ok(rows.collect::<Vec<Value>>().into())
}

/// Active devices of each value: versions are counted, models and systems are shares of a sample.
fn active(
    query: &Query<'_>,
    dimension: Dimension,
    span: Span,
    filter: &Filter,
) -> Vec<(&'static str, u64)> {
    let in_span = |filter: &Filter| {
        active_devices::in_span(query.world, query.project, span, filter).arrivals
    };
    if dimension == Dimension::Version {
        let releases = query.project.releases().iter().zip(filter.releases);
        return releases
            .enumerate()
            .filter(|(_, (_, selected))| *selected)
            .map(|(position, (release, _))| {
                let only = Filter {
                    releases: std::array::from_fn::<_, RELEASES, _>(|other| other == position),
                    ..filter.clone()
                };
                (release.version, in_span(&only))
            })
            .collect();
    }
    let shares = sample(query, filter, |profile| match dimension {
        Dimension::Model => profile.model.name,
        _ => profile.system,
    });
    let parts = aggregate::parts(in_span(filter), shares.values().copied());
    shares.into_keys().zip(parts).collect()
}

/// How many of a sample of devices have something in common, of those that match `filter`.
pub(crate) fn sample<T: Ord>(
    query: &Query<'_>,
    filter: &Filter,
    of: impl Fn(&Profile) -> T,
) -> BTreeMap<T, u64> {
    let mut shares = BTreeMap::new();
    for device in 0..SAMPLE {
        let profile = devices::profile(query.project, device);
        if filter.takes_country(profile.country) && filter.takes_emulator(profile.emulator) {
            *shares.entry(of(&profile)).or_default() += 1;
        }
    }
    shares
}
