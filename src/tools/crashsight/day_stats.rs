//! One day's totals of all kinds of reports.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{get, path, short};
use crate::args::{ProjectName, ReportKind, ShortText};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::{Cell, Fact, Reply, Table};
use crate::request::Request;
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::context::CallContext;
use crate::tools::output::{DeviceRate, Output};
use crate::tools::tool::Query;

/// One day's totals of crashes, ANRs and errors at once: reports, devices of active devices, emulators apart (default
/// today).
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetDayStats {
    project: Option<ProjectName>,
    /// one day
    window: Option<WindowSpec>,
    version: Option<ShortText>,
}

/// Totals of a day.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DayStats {
    active_devices: Option<i64>,
    /// Connections of all devices (`accessNum`).
    connections: Option<i64>,
    /// Crashes, ANRs and errors; none where nothing is recorded on this day.
    kinds: Vec<KindStats>,
}

/// Totals of one kind of report.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct KindStats {
    kind: ReportKind,
    reports: Option<i64>,
    devices: Option<DeviceRate>,
    emulator_reports: Option<i64>,
    emulator_devices: Option<i64>,
}

/// A kind, and the service's fields of it: reports and devices, of all devices and of emulators.
const KINDS: [(ReportKind, [&str; 4]); 3] = [
    (
        ReportKind::Crash,
        ["crashNum", "crashUser", "vmCrashNum", "vmCrashUser"],
    ),
    (
        ReportKind::Anr,
        ["anrNum", "anrUser", "vmAnrNum", "vmAnrUser"],
    ),
    (
        ReportKind::Error,
        ["errorNum", "errorUser", "vmErrorNum", "vmErrorUser"],
    ),
];

/// Fields that are counted where a day has data.
const COUNTED: [&str; 5] = ["accessUser", "accessNum", "crashNum", "anrNum", "errorNum"];

impl Query for GetDayStats {
    const NAME: &'static str = "crashsight_get_day_stats";
    const UPSTREAM: &'static str = "getRealTimeAppendStat";
    type Scope = (CrashSightApp, Window);
    type Answer = DayStats;

    fn scope(&self, ctx: &CallContext) -> Result<Self::Scope, Error> {
        let app = ctx.app(self.project.as_ref())?;
        let default = WindowSpec::today();
        let served = Granularity::Day.at_most_days(1);
        let window = ctx.window(self.window.as_ref(), &default, served, &app)?;
        Ok((app, window))
    }

    fn request(&self, (app, window): &Self::Scope) -> Request {
        let (start, end) = (window.first_hour_param(), window.last_hour_param());
        let version = crate::request::encode(self.version.as_ref().map_or("-1", ShortText::as_str));
        let recommended = Request::get(
            app.account.name.clone(),
            Self::UPSTREAM,
            format!(
                "{}/appId/{}/platformId/{}/version/{version}/startHour/{start}/endHour/{end}/type/all",
                path(Self::UPSTREAM),
                app.id,
                app.platform.number(),
            ),
        )
        .with_nonce("fsn")
        .cache(window.cache_policy());
        // The older form has no version: it is no fallback when one is asked for.
        if self.version.is_some() {
            return recommended;
        }
        let documented = get(app, Self::UPSTREAM)
            .query("platformId", app.platform.number().to_string())
            .query("startHour", start)
            .query("endHour", end)
            .query("type", "all")
            .with_nonce("fsn");
        recommended.with_fallback(documented)
    }

    fn parse(
        &self,
        (app, window): &Self::Scope,
        data: JsonRef<'_>,
    ) -> anyhow::Result<Output<DayStats>> {
        let mut rows = data.rows()?;
        rows.retain(|row| {
            let some = |field: &&str| row.get(field).count().is_some_and(|n| n > 0);
            COUNTED.iter().any(some)
        });
        // One row is the day so far; where there are several, the last is the latest.
        let row = rows
            .iter()
            .max_by_key(|row| row.get("date").label())
            .copied();
        let active = row.and_then(|row| row.get("accessUser").count());
        let kinds = row.map_or_else(Vec::new, |row| {
            let stats = |(kind, fields): (ReportKind, [&str; 4])| {
                let [reports, devices, emulator_reports, emulator_devices] =
                    fields.map(|field| row.get(field).count());
                KindStats {
                    kind,
                    reports,
                    devices: DeviceRate::new(devices, active),
                    emulator_reports,
                    emulator_devices,
                }
            };
            KINDS.into_iter().map(stats).collect()
        });
        let found = !kinds.is_empty();
        let answer = DayStats {
            active_devices: active,
            connections: row.and_then(|row| row.get("accessNum").count()),
            kinds,
        };
        let version = self.version.as_ref().map_or_else(
            || "all versions".to_owned(),
            |version| format!("version {}", short(version)),
        );
        let mut output = Output::new("Day totals", app, answer)
            .window(window)
            .heading([version]);
        match (found, &self.version) {
            (true, version) => {
                let mut issues = json!({"window": window.first_day().to_string()});
                if let Some(version) = version {
                    issues["versions"] = json!([version.as_str()]);
                }
                output.suggest("crashsight_list_top_issues", issues);
            }
            (false, Some(_)) => {
                output.note(
                    "no report and no active device of this version recorded on this day: \
                     crashsight_get_app_options lists the versions that exist",
                );
                output.suggest("crashsight_get_app_options", json!({}));
            }
            (false, None) => output.note("no report and no active device recorded on this day"),
        }
        Ok(output)
    }

    fn render(output: &Output<DayStats>, reply: &mut Reply) {
        let stats = &output.answer;
        if stats.kinds.is_empty() {
            return;
        }
        reply.facts([
            Fact::new("active devices", Cell::count(stats.active_devices)),
            Fact::new("connections", Cell::count(stats.connections)),
        ]);
        let emulators = stats
            .kinds
            .iter()
            .any(|kind| kind.emulator_reports.is_some_and(|reports| reports > 0));
        let of_emulators = |count: Option<i64>| Cell::count(count.filter(|_| emulators));
        let mut table = Table::new(&[
            "kind",
            "reports",
            "devices of active",
            "emulator reports",
            "emulator devices",
        ]);
        table.rows = stats
            .kinds
            .iter()
            .map(|kind| {
                vec![
                    Cell::text(kind.kind.plural()),
                    Cell::count(kind.reports),
                    kind.devices
                        .as_ref()
                        .map_or(Cell::Missing, DeviceRate::cell),
                    of_emulators(kind.emulator_reports),
                    of_emulators(kind.emulator_devices),
                ]
            })
            .collect();
        reply.table(table, "no data for this day");
    }
}
