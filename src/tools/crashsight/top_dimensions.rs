//! The models, OS versions or app versions with the most affected devices, and how many of each were active.

use std::cmp::Reverse;
use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::checked::Filtered;
use super::comparison::Change;
use super::filters::Filters;
use super::report_rows::{cell, cut};
use super::{added_up, post};
use crate::args::{Limit, List, ProjectName, ReportKind, ShortText};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::{Cell, Fact, Reply, Table, Untrusted, counted, rate};
use crate::request::Request;
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::context::CallContext;
use crate::tools::output::{DeviceRate, Output};
use crate::tools::tool::Query;

/// Values asked of the service: enough to find those whose rate is far from the others'.
const FETCH: u32 = 100;

/// Values named whose rate is clearly higher.
const MOST_HIGHER: usize = 3;

/// By what devices are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(crate) enum Dimension {
    #[default]
    Model,
    OsVersion,
    Version,
}

impl Dimension {
    /// The vendor's `field`.
    fn wire(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::OsVersion => "osVersion",
            Self::Version => "version",
        }
    }

    /// For titles and columns.
    fn title(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::OsVersion => "OS version",
            Self::Version => "app version",
        }
    }

    /// The one to look at next.
    fn other(self) -> &'static str {
        match self {
            Self::Model | Self::Version => "os_version",
            Self::OsVersion => "model",
        }
    }
}

/// Models, OS versions or app versions with the most affected devices, and their rate of active devices (default 7d).
/// Shows which hardware or release crashes most.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListTopDimensions {
    project: Option<ProjectName>,
    #[serde(default)]
    dimension: Dimension,
    window: Option<WindowSpec>,
    #[serde(default)]
    kind: ReportKind,
    #[serde(default)]
    versions: List<ShortText, 1>,
    #[serde(default)]
    countries: List<ShortText>,
    #[serde(default)]
    limit: Limit<20, FETCH>,
}

/// Values of a dimension, most affected devices first.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct TopDimensions {
    pub(crate) dimension: Dimension,
    pub(crate) kind: ReportKind,
    /// Values that the service returned; `values` has the first of them.
    pub(crate) returned: usize,
    /// Whether the service may have more values.
    pub(crate) may_have_more: bool,
    /// All values returned together.
    pub(crate) devices: Option<DeviceRate>,
    /// Of the values returned, those whose rate is clearly half as high again as the others', highest first.
    pub(crate) clearly_higher: Vec<DimensionStats>,
    pub(crate) values: Vec<DimensionStats>,
}

/// Devices of one model, OS version or app version.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(crate) struct DimensionStats {
    pub(crate) value: Untrusted,
    /// As devices report it, where the service shows another name.
    pub(crate) original_value: Option<Untrusted>,
    pub(crate) devices: DeviceRate,
    /// Its rate against that of all other values returned.
    pub(crate) against_others: Option<Change>,
}

/// The app, the range and the filters of a call.
pub(crate) struct Scope {
    app: CrashSightApp,
    window: Window,
    filters: Filters,
}

impl ListTopDimensions {
    /// Reads rows, those of one value added up; and how many were not understood.
    fn read(rows: &[JsonRef<'_>]) -> (Vec<DimensionStats>, usize) {
        let mut sums: HashMap<(Untrusted, Option<Untrusted>), (i64, i64)> = HashMap::new();
        let mut unread = 0;
        for row in rows.iter().filter(|row| row.says_something()) {
            let value = row.any(&["fieldValue", "fieldOriginalValue"]).untrusted();
            let affected = row.any(&["exceptionDevices", "crashUser"]).count();
            let active = row.any(&["accessDevices", "accessUser"]).count();
            let (Some(value), true) = (value, affected.or(active).is_some()) else {
                unread += 1;
                continue;
            };
            // All values together, where the service adds such a row.
            if value.raw() == "-1" {
                continue;
            }
            let original = row.get("fieldOriginalValue").untrusted();
            let original = original.filter(|original| *original != value);
            let sum = sums.entry((value, original)).or_default();
            sum.0 += affected.unwrap_or(0).max(0);
            sum.1 += active.unwrap_or(0).max(0);
        }
        let mut values: Vec<DimensionStats> = sums
            .into_iter()
            .filter_map(|((value, original_value), (affected, active))| {
                Some(DimensionStats {
                    value,
                    original_value,
                    devices: DeviceRate::new(Some(affected), Some(active))?,
                    against_others: None,
                })
            })
            .collect();
        values.sort_by(|left, right| {
            let key = |stats: &DimensionStats| {
                let devices = &stats.devices;
                Reverse((devices.affected, devices.active))
            };
            let by_devices = key(left).cmp(&key(right));
            by_devices
                .then_with(|| left.value.cmp(&right.value))
                .then_with(|| left.original_value.cmp(&right.original_value))
        });
        (values, unread)
    }
}

/// All values together.
fn total(values: &[DimensionStats]) -> Option<DeviceRate> {
    let affected = values.iter().map(|stats| stats.devices.affected).sum();
    let active = values.iter().filter_map(|stats| stats.devices.active);
    DeviceRate::new(Some(affected), Some(active.sum())).filter(|_| !values.is_empty())
}

/// Compares each value with all others.
fn compare(values: &mut [DimensionStats], all: &DeviceRate) {
    for stats in values {
        let own = stats.devices;
        let active = all.active.zip(own.active).map(|(all, own)| all - own);
        let others = DeviceRate::new(Some(all.affected - own.affected), active);
        stats.against_others = others.and_then(|others| Change::between(&others, &own));
    }
}

/// Those whose rate is clearly higher, highest first.
fn clearly_higher(values: &[DimensionStats]) -> Vec<DimensionStats> {
    let rises = |stats: &&DimensionStats| stats.against_others.is_some_and(Change::rises);
    let mut higher: Vec<DimensionStats> = values.iter().filter(rises).cloned().collect();
    let rate = |stats: &DimensionStats| stats.devices.rate.unwrap_or(0.0);
    higher.sort_by(|left, right| rate(right).total_cmp(&rate(left)));
    higher.truncate(MOST_HIGHER);
    higher
}

impl Query for ListTopDimensions {
    const NAME: &'static str = "crashsight_list_top_dimensions";
    const UPSTREAM: &'static str = "fetchDimensionTopStats";
    type Scope = Scope;
    type Answer = TopDimensions;

    fn scope(&self, ctx: &CallContext) -> Result<Scope, Error> {
        let app = ctx.app(self.project.as_ref())?;
        let default = WindowSpec::last_days(7);
        Ok(Scope {
            window: ctx.window(self.window.as_ref(), &default, Granularity::Day, &app)?,
            filters: Filters::new(self.kind)
                .with_one_version(&self.versions)?
                .with_countries(&self.countries)?,
            app,
        })
    }

    fn request(&self, scope: &Scope) -> Request {
        let (window, filters) = (&scope.window, &scope.filters);
        let countries = filters.countries();
        let body = json!({
            "version": filters.version(),
            "minDate": window.first_day_param(),
            "maxDate": window.last_day_param(),
            "type": filters.kind.wire(),
            "field": self.dimension.wire(),
            "limit": FETCH,
            // Versions merged into one row would be no list of versions; the Chinese manual's example of that field
            // does not merge either.
            "mergeMultipleVersionsWithInaccurateResult": self.dimension != Dimension::Version,
            "mergeMultipleDatesWithInaccurateResult": true,
            "sortByException": true,
            // Text, not a boolean.
            "needCountryDimension": if countries.is_empty() { "false" } else { "true" },
            "countryList": countries,
        });
        post(&scope.app, Self::UPSTREAM, body).cache(window.cache_policy())
    }

    fn parse(&self, scope: &Scope, data: JsonRef<'_>) -> anyhow::Result<Output<TopDimensions>> {
        let rows = data.rows()?;
        let (mut values, unread) = Self::read(&rows);
        anyhow::ensure!(
            unread == 0 || !values.is_empty(),
            "{} without a value and its devices",
            counted(unread, "row")
        );
        let returned = values.len();
        let devices = total(&values);
        if let Some(all) = &devices {
            compare(&mut values, all);
        }
        let clearly_higher = clearly_higher(&values);
        values.truncate(self.limit.rows());
        let answer = TopDimensions {
            dimension: self.dimension,
            kind: self.kind,
            returned,
            may_have_more: rows.len() >= FETCH as usize,
            devices,
            clearly_higher,
            values,
        };
        let title = format!(
            "{} devices by {}",
            super::capital(self.kind.title()),
            self.dimension.title()
        );
        let window = &scope.window;
        let mut output = Output::new(title, &scope.app, answer)
            .window(window)
            .heading(scope.filters.heading());
        output.note_unrecognized(unread, "row");
        if returned == 0 {
            output.note(format!(
                "no {} and no active devices recorded in this range",
                self.kind.plural()
            ));
            return Ok(output);
        }
        if window.days() > 1 {
            output.note(added_up("days"));
        } else if scope.filters.several_versions()
            || self.dimension == Dimension::Version && returned > 1
        {
            output.note(added_up("versions"));
        }
        let range = if window.days() == 1 {
            window.last_day().to_string()
        } else {
            window.to_argument()
        };
        let mut of_kind = json!({"window": range});
        if self.kind != ReportKind::default() {
            of_kind["kind"] = json!(self.kind.wire());
        }
        scope.filters.add_to(&mut of_kind);
        let mut other = of_kind.clone();
        other["dimension"] = json!(self.dimension.other());
        output.suggest("crashsight_list_top_issues", of_kind);
        output.suggest(Self::NAME, other);
        Ok(output)
    }

    fn render(output: &Output<TopDimensions>, reply: &mut Reply) {
        let answer = &output.answer;
        if answer.values.is_empty() {
            return;
        }
        let all = answer.devices.filter(|_| answer.returned > 1);
        let count = counted(answer.returned, answer.dimension.title());
        reply.facts([Fact::new(
            if answer.may_have_more {
                format!("the first {count}")
            } else {
                count
            },
            all.map_or(Cell::Missing, |devices| devices.cell()),
        )]);
        let mut higher: Vec<Fact> = answer.clearly_higher.iter().map(higher_fact).collect();
        if let Some(first) = higher.first_mut() {
            "clearly higher".clone_into(&mut first.label);
        }
        reply.facts(higher);
        let mut table = Table::new(&[
            answer.dimension.title(),
            "reported as",
            "devices of active",
            "than others",
        ]);
        for stats in &answer.values {
            table.rows.push(vec![
                Cell::Untrusted(stats.value.clone()),
                cell(stats.original_value.as_ref()),
                stats.devices.cell(),
                against_others(stats),
            ]);
        }
        cut(&mut table, answer.returned, "a larger `limit` shows more");
        table.more = answer.may_have_more;
        reply.table(table, "");
    }
}

/// A value and its rate.
fn higher_fact(stats: &DimensionStats) -> Fact {
    let (name, devices) = (stats.value.line(60), stats.devices);
    let rate = devices.active.map(|active| rate(devices.affected, active));
    Fact::new(
        "",
        Cell::from_untrusted(format!("{name} {}", rate.unwrap_or_default())),
    )
}

/// How its rate differs from that of all others.
fn against_others(stats: &DimensionStats) -> Cell {
    let change = stats.against_others.map(Change::short);
    change.map_or(Cell::Missing, Cell::text)
}

impl Filtered for ListTopDimensions {
    fn app(scope: &Scope) -> &CrashSightApp {
        &scope.app
    }

    fn filters(scope: &mut Scope) -> &mut Filters {
        &mut scope.filters
    }

    fn found(answer: &TopDimensions) -> bool {
        answer.returned > 0
    }
}
