//! How many of a sample have a value, beside how many of all crashes have it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::reply::{Cell, Table, Untrusted, percent};
use crate::tools::crashsight::comparison::{Change, Confidence};
use crate::tools::crashsight::crash_rows::CrashRow;
use crate::tools::crashsight::top_dimensions::TopDimensions;
use crate::tools::output::{DeviceRate, ratio};

/// What so many have is what they have in common.
const COMMON: f64 = 0.8;

/// Fewer have nothing in common that means something.
const FEWEST: i64 = 3;

/// Values of one field.
const MOST_VALUES: usize = 5;

/// A smaller part is not shown unless it is clearly larger than in all crashes; nor a smaller second of a field.
const LEAST_SHOWN: f64 = 0.15;
const LEAST_SECOND: f64 = 0.35;

/// Whether a device is an emulator, as a field.
const EMULATOR: &str = "emulator";
const REAL: &str = "no";

/// Log lines, as a field.
pub(super) const LOG_LINE: &str = "log line";

/// A value with those of a sample that have it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct Share {
    /// `model`, `gpu`, `key graphics_quality`
    pub(super) field: Untrusted,
    pub(super) value: Untrusted,
    /// Devices of the sample that have it; of keys and log lines, documents.
    pub(super) count: i64,
    /// Those of which the field is known.
    pub(super) of: i64,
    /// `count / of`, 0 to 1.
    pub(super) ratio: f64,
    /// Whether almost all have it.
    pub(super) common: bool,
    /// Affected devices with this value, of those of all crashes of the range.
    in_all: Option<Part>,
    /// How many times as often it is here as in all crashes.
    lift: Option<f64>,
    confidence: Option<Confidence>,
}

/// A part of a whole.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
struct Part {
    devices: i64,
    of: i64,
    ratio: f64,
}

impl Share {
    fn new(field: impl Into<Untrusted>, value: Untrusted, count: i64, of: i64) -> Self {
        let share = ratio(count, of);
        Self {
            field: field.into(),
            value,
            count,
            of,
            ratio: share,
            common: share >= COMMON && count >= FEWEST,
            in_all: None,
            lift: None,
            confidence: None,
        }
    }

    /// Clearly more often than in all crashes.
    fn stands_out(&self) -> bool {
        self.confidence == Some(Confidence::Clear) && self.lift.is_some_and(|lift| lift > 1.2)
    }

    /// What almost all have in common before what is more frequent than elsewhere, before the rest; log lines, which
    /// all issues have, after what says more.
    fn order(&self) -> (bool, bool, bool, std::cmp::Reverse<i64>) {
        let thousandths = std::cmp::Reverse(self.count * 1000 / self.of.max(1));
        let is_line = self.field.raw() == LOG_LINE;
        (!self.common, !self.stands_out(), is_line, thousandths)
    }

    /// Beside all crashes: only a value that they list has a base.
    fn beside(&mut self, all: &TopDimensions) {
        let same = |one: &Untrusted| one.raw().eq_ignore_ascii_case(self.value.raw());
        let found = all
            .values
            .iter()
            .find(|stats| same(&stats.value) || stats.original_value.as_ref().is_some_and(same));
        let whole = all.devices.map_or(0, |devices| devices.affected);
        let Some(found) = found.filter(|_| whole > 0) else {
            return;
        };
        let devices = found.devices.affected;
        let base = DeviceRate::new(Some(devices), Some(whole));
        let own = DeviceRate::new(Some(self.count), Some(self.of));
        let change = base
            .zip(own)
            .and_then(|(base, own)| Change::between(&base, &own));
        self.in_all = Some(Part {
            devices,
            of: whole,
            ratio: ratio(devices, whole),
        });
        self.lift = change
            .and_then(|change| change.ratio)
            .map(|ratio| ((ratio + 1.0) * 100.0).round() / 100.0);
        self.confidence = change.map(|change| change.confidence);
    }
}

/// The values of the fields that a list of reports has; each report counts once.
pub(super) fn of_rows(rows: &[&CrashRow]) -> Vec<Share> {
    let mut counts: BTreeMap<&'static str, BTreeMap<String, i64>> = BTreeMap::new();
    for row in rows {
        for (field, value) in values(row) {
            *counts.entry(field).or_default().entry(value).or_default() += 1;
        }
    }
    let mut shares = Vec::new();
    for (field, values) in counts {
        shares.extend(most_frequent(field, values));
    }
    // That devices are real is no finding.
    shares.retain(|share| share.field.raw() != EMULATOR || share.value.raw() != REAL);
    shares
}

/// The most frequent values of a field.
fn most_frequent(field: &str, values: BTreeMap<String, i64>) -> Vec<Share> {
    let of = values.values().sum();
    let mut values: Vec<(String, i64)> = values.into_iter().collect();
    values.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    values.truncate(MOST_VALUES);
    values
        .into_iter()
        .map(|(value, count)| Share::new(field, Untrusted::new(value), count, of))
        .collect()
}

/// What documents have in common: of each name the most frequent value, where almost all have it.
pub(super) fn common(counts: BTreeMap<(String, String), i64>, of: i64) -> Vec<Share> {
    let shares = counts
        .into_iter()
        .map(|((field, value), count)| Share::new(field, Untrusted::new(value), count, of));
    shares.filter(|share| share.common).collect()
}

/// Sets shares beside those of all crashes, and puts them in order.
pub(super) fn beside_all(shares: &mut [Share], bases: &[(&str, &TopDimensions)]) {
    for share in &mut *shares {
        let base = bases.iter().find(|(field, _)| *field == share.field.raw());
        if let Some((_, all)) = base {
            share.beside(all);
        }
    }
    shares.sort_by_key(Share::order);
}

/// The fields of a report, in words.
fn values(row: &CrashRow) -> Vec<(&'static str, String)> {
    let text = |text: &Option<Untrusted>| {
        let text = text.as_ref().map(|text| text.raw().trim().to_owned());
        text.filter(|text| !text.is_empty())
    };
    let gpu = text(&row.gpu);
    let family = gpu.as_deref().and_then(gpu_family);
    let all = [
        ("model", text(&row.model)),
        ("OS", text(&row.os)),
        ("version", text(&row.version)),
        ("country", text(&row.country)),
        ("chip", text(&row.cpu)),
        ("GPU family", family),
        ("GPU", gpu),
        ("memory", row.memory_bytes.map(memory)),
        (
            "free memory",
            row.free_memory_bytes
                .zip(row.memory_bytes)
                .filter(|(_, all)| *all > 0)
                .map(|(free, all)| free_part(free, all)),
        ),
        ("after launch", row.after_launch_s.map(after_launch)),
        (
            EMULATOR,
            row.emulator
                .map(|emulator| if emulator { "yes" } else { REAL }.to_owned()),
        ),
    ];
    all.into_iter()
        .filter_map(|(field, value)| Some((field, value?)))
        .collect()
}

/// `Adreno` of `Adreno (TM) 740`, `Mali` of `Mali-G710`; nothing where that is all there is.
fn gpu_family(gpu: &str) -> Option<String> {
    let end = gpu.find(|c: char| !c.is_ascii_alphabetic())?;
    (end >= 3).then(|| gpu[..end].to_owned())
}

/// Sizes as devices are sold: a part of the memory is never reported.
fn memory(bytes: i64) -> String {
    let gigabytes = bytes / (1 << 30);
    match gigabytes {
        ..2 => "up to 2 GB",
        2..4 => "2 to 4 GB",
        4..6 => "4 to 6 GB",
        6..8 => "6 to 8 GB",
        8..12 => "8 to 12 GB",
        _ => "12 GB or more",
    }
    .to_owned()
}

fn free_part(free: i64, all: i64) -> String {
    match free.saturating_mul(100) / all {
        ..10 => "less than a tenth",
        10..25 => "a tenth to a quarter",
        25..50 => "a quarter to half",
        _ => "half or more",
    }
    .to_owned()
}

fn after_launch(seconds: i64) -> String {
    match seconds {
        ..60 => "less than 1 min",
        60..300 => "1 to 5 min",
        300..1800 => "5 to 30 min",
        1800..7200 => "30 min to 2 h",
        _ => "2 h or more",
    }
    .to_owned()
}

/// What almost all have, then what is more frequent than elsewhere, then the most frequent values of the other fields.
pub(super) fn table(shares: &[Share]) -> Table {
    let mut table = Table::new(&["field", "value", "have it", "in all crashes", "against all"]);
    let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
    for share in shares {
        let of_field = shown.entry(share.field.raw()).or_default();
        let least = match *of_field {
            0 => LEAST_SHOWN,
            1 => LEAST_SECOND,
            _ => f64::INFINITY,
        };
        if !share.common && !share.stands_out() && share.ratio < least {
            continue;
        }
        *of_field += 1;
        let against = match (share.lift, share.confidence) {
            (Some(lift), Some(Confidence::Clear)) => Cell::Text(format!("{lift:.1} times")),
            (Some(_), Some(Confidence::WithinChance)) => Cell::text("within chance"),
            (Some(_), Some(Confidence::TooFewDevices)) => Cell::text("too few"),
            _ => Cell::Missing,
        };
        table.rows.push(vec![
            Cell::Text(share.field.line(40)),
            Cell::Text(share.value.line(80)),
            Cell::Share {
                part: share.count,
                whole: share.of,
            },
            share.in_all.map_or(Cell::Missing, |all| {
                Cell::Text(percent(all.devices, all.of))
            }),
            against,
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_those_that_people_name() {
        for (bytes, expected) in [
            (1 << 30, "up to 2 GB"),
            (5_800_000_000, "4 to 6 GB"),
            (12 << 30, "12 GB or more"),
        ] {
            assert_eq!(memory(bytes), expected);
        }
        assert_eq!(free_part(1, 20), "less than a tenth");
        assert_eq!(after_launch(59), "less than 1 min");
        assert_eq!(after_launch(7200), "2 h or more");
        assert_eq!(gpu_family("Mali-G710").as_deref(), Some("Mali"));
        assert_eq!(gpu_family("Adreno (TM) 740").as_deref(), Some("Adreno"));
        assert_eq!(gpu_family("Apple"), None);
    }

    #[test]
    fn what_almost_all_have_comes_first() {
        let counts = |values: &[(&str, i64)]| {
            let values = values
                .iter()
                .map(|(value, count)| ((*value).to_owned(), *count));
            values.collect::<BTreeMap<_, _>>()
        };
        let mut shares = most_frequent("model", counts(&[("a", 60), ("b", 40)]));
        shares.extend(most_frequent("GPU", counts(&[("x", 95), ("y", 5)])));
        beside_all(&mut shares, &[]);
        let order: Vec<&str> = shares.iter().map(|share| share.value.raw()).collect();
        assert_eq!(order, ["x", "a", "b", "y"]);
        assert!(shares[0].common && !shares[1].common);
        // Two of two have nothing in common that means something.
        assert!(common([(("k".to_owned(), "v".to_owned()), 2)].into(), 2).is_empty());
    }
}
