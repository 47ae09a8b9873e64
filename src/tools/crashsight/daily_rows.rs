//! Days at a glance as values: what was counted of each kind on each day, and over all of them.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use crate::json::JsonRef;
use crate::time_range::Window;
use crate::tools::output::{Day, DeviceRate};

/// What a device can report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(crate) enum Trouble {
    Crash,
    Anr,
    Error,
    /// A crash for lack of memory.
    Oom,
    /// Dropped frames.
    Jank,
    /// A frozen main thread.
    Hang,
    /// The service's `vital`, which no source explains.
    Vital,
}

impl Trouble {
    pub(super) const ALL: [Self; 7] = [
        Self::Crash,
        Self::Anr,
        Self::Error,
        Self::Oom,
        Self::Jank,
        Self::Hang,
        Self::Vital,
    ];

    /// The begin of the service's fields.
    fn prefix(self) -> &'static str {
        match self {
            Self::Crash => "crash",
            Self::Anr => "anr",
            Self::Error => "error",
            Self::Oom => "oom",
            Self::Jank => "jank",
            Self::Hang => "hang",
            Self::Vital => "vital",
        }
    }

    /// The begin of the service's fields for emulators.
    fn emulator_prefix(self) -> Option<&'static str> {
        match self {
            Self::Crash => Some("vmCrash"),
            Self::Anr => Some("vmAnr"),
            Self::Error => Some("vmError"),
            _ => None,
        }
    }

    /// For tables.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Anr => "ANR",
            Self::Oom => "OOM",
            other => other.prefix(),
        }
    }
}

/// The days of a range, and each kind over all of them.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DailySummary {
    /// Days with data, in time order.
    pub(crate) days: Vec<DaySummary>,
    /// Each kind over all days, devices added up.
    pub(crate) totals: Vec<KindTotal>,
    /// Days of the range without data.
    pub(crate) without_data: Vec<Day>,
}

/// One day.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DaySummary {
    pub(crate) date: Day,
    /// Whether it has not ended yet.
    pub(crate) partial: bool,
    pub(crate) active_devices: Option<i64>,
    /// Connections of all devices (`accessNum`).
    pub(crate) connections: Option<i64>,
    pub(crate) active_emulators: Option<i64>,
    pub(crate) kinds: Vec<KindDay>,
}

/// One kind on one day.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct KindDay {
    pub(crate) kind: Trouble,
    pub(crate) reports: Option<i64>,
    pub(crate) sessions: Option<i64>,
    pub(crate) devices: Option<DeviceRate>,
    /// Reports and devices before the service filters them.
    pub(crate) unfiltered_reports: Option<i64>,
    pub(crate) unfiltered_devices: Option<i64>,
    pub(crate) emulator_reports: Option<i64>,
    pub(crate) emulator_devices: Option<i64>,
}

/// One kind over all days.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct KindTotal {
    pub(crate) kind: Trouble,
    pub(crate) reports: Option<i64>,
    pub(crate) devices: Option<DeviceRate>,
    /// The day with the most devices.
    pub(crate) peak: Option<PeakDay>,
}

/// The day with the most devices.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PeakDay {
    pub(crate) date: Day,
    pub(crate) devices: i64,
}

/// The counts of one day, rows of one day added up.
#[derive(Default)]
pub(super) struct Counts(BTreeMap<String, i64>);

impl Counts {
    pub(super) fn add(&mut self, row: JsonRef<'_>) {
        for (name, value) in row.entries() {
            if let Some(count) = value.count().filter(|_| is_count(name)) {
                *self.0.entry(name.to_owned()).or_default() += count.max(0);
            }
        }
    }

    fn get(&self, name: &str) -> Option<i64> {
        self.0.get(name).copied()
    }

    fn of(&self, prefix: Option<&str>, suffix: &str) -> Option<i64> {
        self.get(&format!("{}{suffix}", prefix?))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.values().all(|count| *count == 0)
    }
}

/// Whether a field counts something: other numbers of a row are ids.
fn is_count(name: &str) -> bool {
    ["Num", "User", "Session", "AllData"]
        .iter()
        .any(|suffix| name.ends_with(suffix))
}

impl DaySummary {
    pub(super) fn read(date: Date, window: &Window, counts: &Counts) -> Self {
        let active = counts.get("accessUser");
        let kind = |kind: Trouble| {
            let prefix = Some(kind.prefix());
            let emulators = kind.emulator_prefix();
            let day = KindDay {
                kind,
                reports: counts.of(prefix, "Num"),
                sessions: counts.of(prefix, "Session"),
                devices: DeviceRate::new(counts.of(prefix, "User"), active),
                unfiltered_reports: counts.of(prefix, "NumAllData"),
                unfiltered_devices: counts.of(prefix, "DeviceAllData"),
                emulator_reports: counts.of(emulators, "Num"),
                emulator_devices: counts.of(emulators, "User"),
            };
            let any = day
                .reports
                .or(day.devices.map(|devices| devices.affected))?;
            // A kind that only some apps have is not one that others have none of.
            (any > 0 || kind != Trouble::Vital).then_some(day)
        };
        Self {
            date: Day(date),
            partial: window.current_bucket().is_some_and(|at| at.date() == date),
            active_devices: active,
            connections: counts.get("accessNum"),
            active_emulators: counts.get("vmAccessUser"),
            kinds: Trouble::ALL.into_iter().filter_map(kind).collect(),
        }
    }

    pub(super) fn kind(&self, kind: Trouble) -> Option<&KindDay> {
        self.kinds.iter().find(|day| day.kind == kind)
    }
}

impl DailySummary {
    pub(super) fn total(&self, kind: Trouble) -> Option<KindTotal> {
        let days: Vec<(&DaySummary, &KindDay)> = self
            .days
            .iter()
            .filter_map(|day| Some((day, day.kind(kind)?)))
            .collect();
        if days.is_empty() {
            return None;
        }
        let sum = |counts: Vec<i64>| (!counts.is_empty()).then(|| counts.iter().sum::<i64>());
        let rates: Vec<(&DaySummary, DeviceRate)> = days
            .iter()
            .filter_map(|(day, kind)| Some((*day, kind.devices?)))
            .collect();
        // The first of several days with the most.
        let peak = rates.iter().rev().max_by_key(|(_, rate)| rate.affected);
        Some(KindTotal {
            kind,
            reports: sum(days.iter().filter_map(|(_, kind)| kind.reports).collect()),
            devices: DeviceRate::new(
                sum(rates.iter().map(|(_, rate)| rate.affected).collect()),
                sum(rates.iter().filter_map(|(_, rate)| rate.active).collect()),
            ),
            peak: peak
                .filter(|(_, rate)| rate.affected > 0)
                .map(|(day, rate)| PeakDay {
                    date: day.date,
                    devices: rate.affected,
                }),
        })
    }
}
