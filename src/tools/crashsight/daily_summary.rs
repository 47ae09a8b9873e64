//! Every kind of trouble, day by day: crashes, ANRs, errors, memory, jank and hangs in one request.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::checked::Filtered;
use super::filters::Filters;
use super::trend_rows::moment;
use super::{added_up, daily_summary_text, post};
use crate::args::{List, ProjectName, ReportKind, ShortText};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::{Reply, counted};
use crate::request::Request;
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::context::CallContext;
use crate::tools::output::{Day, DeviceRate, Output};
use crate::tools::tool::Query;

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
    const ALL: [Self; 7] = [
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

/// Days at a glance (default 7d): crash, ANR, error, OOM, jank and hang at once, each as reports, devices and rate of
/// active devices. For the health of a version or a week.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetDailySummary {
    project: Option<ProjectName>,
    window: Option<WindowSpec>,
    #[serde(default)]
    versions: List<ShortText, 1>,
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

/// The app, the range and the version of a call.
pub(crate) struct Scope {
    pub(crate) app: CrashSightApp,
    pub(crate) window: Window,
    pub(crate) filters: Filters,
}

/// The counts of one day, rows of one day added up.
#[derive(Default)]
struct Counts(BTreeMap<String, i64>);

impl Counts {
    fn add(&mut self, row: JsonRef<'_>) {
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

    fn is_empty(&self) -> bool {
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
    fn read(date: Date, window: &Window, counts: &Counts) -> Self {
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
    fn total(&self, kind: Trouble) -> Option<KindTotal> {
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

impl Query for GetDailySummary {
    const NAME: &'static str = "crashsight_get_daily_summary";
    const UPSTREAM: &'static str = "fetchDailySummary";
    type Scope = Scope;
    type Answer = DailySummary;

    fn scope(&self, ctx: &CallContext) -> Result<Scope, Error> {
        let app = ctx.app(self.project.as_ref())?;
        let default = WindowSpec::last_days(7);
        Ok(Scope {
            window: ctx.window(self.window.as_ref(), &default, Granularity::Day, &app)?,
            filters: Filters::new(ReportKind::default()).with_one_version(&self.versions)?,
            app,
        })
    }

    fn request(&self, scope: &Scope) -> Request {
        let body = json!({
            "version": scope.filters.version(),
            "subModuleId": "-1",
            "startHour": format!("{}00", scope.window.first_day_param()),
            "endHour": format!("{}23", scope.window.last_day_param()),
            "queryAllVmTypes": false,
        });
        post(&scope.app, Self::UPSTREAM, body).cache(scope.window.cache_policy())
    }

    fn parse(&self, scope: &Scope, data: JsonRef<'_>) -> anyhow::Result<Output<DailySummary>> {
        let window = &scope.window;
        let rows = data.rows()?;
        let mut counted_days: BTreeMap<Date, Counts> = BTreeMap::new();
        let (mut undated, mut outside) = (0, 0);
        for row in rows.iter().filter(|row| row.says_something()) {
            let date = row.get("date").label();
            let Some(at) = date.as_deref().and_then(moment) else {
                undated += 1;
                continue;
            };
            if (window.first_day()..=window.last_day()).contains(&at.date()) {
                counted_days.entry(at.date()).or_default().add(*row);
            } else {
                outside += 1;
            }
        }
        anyhow::ensure!(
            undated == 0 || undated < rows.len(),
            "{} without a `date`",
            counted(undated, "row")
        );
        let with_data = counted_days.iter().filter(|(_, counts)| !counts.is_empty());
        let days: Vec<DaySummary> = with_data
            .map(|(date, counts)| DaySummary::read(*date, window, counts))
            .collect();
        let missing = |date: &Date| !days.iter().any(|day| day.date.0 == *date);
        let ended = |date: &Date| *date <= window.last_day();
        let without_data: Vec<Day> = window
            .first_day()
            .series(1.day())
            .take_while(ended)
            .filter(missing)
            .map(Day)
            .collect();
        let mut answer = DailySummary {
            days,
            totals: Vec::new(),
            without_data,
        };
        let totals = Trouble::ALL.into_iter();
        answer.totals = totals.filter_map(|kind| answer.total(kind)).collect();
        let mut output = Output::new("Daily summary", &scope.app, answer)
            .window(window)
            .heading(scope.filters.heading());
        output.note_unrecognized(undated, "row");
        output.note_unrecognized(outside, "row outside the range");
        notes(&mut output);
        Ok(output)
    }

    fn render(output: &Output<DailySummary>, reply: &mut Reply) {
        daily_summary_text::render(&output.answer, reply);
    }
}

/// What is missing, and what to look at next.
fn notes(output: &mut Output<DailySummary>) {
    const NAMED: usize = 4;
    let answer = &output.answer;
    if answer.days.is_empty() {
        output.note("no report and no active device recorded in this range");
        return;
    }
    let without = &answer.without_data;
    if !without.is_empty() {
        let named: Vec<String> = without
            .iter()
            .take(NAMED)
            .map(|day| day.0.to_string())
            .collect();
        let more = if without.len() > NAMED { ", …" } else { "" };
        let days = counted(without.len(), "day");
        output.note(format!("no data for {days}: {}{more}", named.join(", ")));
    }
    let answer = &output.answer;
    let crashes = answer
        .totals
        .iter()
        .find(|total| total.kind == Trouble::Crash);
    let peak = crashes.and_then(|total| total.peak.as_ref());
    let day = peak.map_or_else(
        || answer.days.last().map(|day| day.date),
        |peak| Some(peak.date),
    );
    if answer.days.len() > 1 {
        output.note(added_up("days"));
    }
    if let Some(day) = day {
        output.suggest(
            "crashsight_list_top_issues",
            json!({"window": day.0.to_string()}),
        );
    }
}

impl Filtered for GetDailySummary {
    fn app(scope: &Scope) -> &CrashSightApp {
        &scope.app
    }

    fn filters(scope: &mut Scope) -> &mut Filters {
        &mut scope.filters
    }

    fn found(answer: &DailySummary) -> bool {
        !answer.days.is_empty()
    }
}
