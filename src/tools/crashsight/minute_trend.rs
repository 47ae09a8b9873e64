//! Devices that crashed, minute by minute.

use std::collections::HashSet;

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::checked::Filtered;
use super::filters::Filters;
use super::report_rows::understood;
use super::{SLOW, path};
use crate::args::{List, ProjectName, ReportKind, ShortText};
use crate::error::Error;
use crate::json::{JsonRef, Row, column_rows};
use crate::project::CrashSightApp;
use crate::reply::{Cell, Fact, Reply, Table, counted};
use crate::request::Request;
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::context::CallContext;
use crate::tools::output::{DeviceRate, Output, Time};
use crate::tools::tool::Query;

/// The longest range: its minutes fit into the data of a reply.
const MOST_HOURS: i64 = 6;

/// Rows shown; the line above them shows the rest.
const MOST_ROWS: usize = 30;

/// Rows asked for beyond the minutes of the range: the service returns some that lie outside of it.
const SPARE_ROWS: i64 = 10;

/// Devices that crashed in each minute of at most 6 hours (default 1h), of those active. For the minute an outage
/// began. Only available for apps where CrashSight enabled it; others have crashsight_get_hourly_trend.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetMinuteTrend {
    project: Option<ProjectName>,
    window: Option<WindowSpec>,
    #[serde(default)]
    versions: List<ShortText, 1>,
}

/// Minutes of a range.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct MinuteTrend {
    /// In time order.
    minutes: Vec<Minute>,
    /// The minute with the most devices that crashed, the first of several.
    peak: Option<Minute>,
    /// Whole minutes of the range that have ended and did not come.
    without_data: usize,
}

/// One minute.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Minute {
    at: Time,
    /// Reports, where the service counts them.
    crashes: Option<i64>,
    devices: DeviceRate,
}

/// The app, the range and the version of a call.
pub(crate) struct Scope {
    app: CrashSightApp,
    window: Window,
    filters: Filters,
    zone: TimeZone,
}

impl Scope {
    /// Whether a minute lies in the range, or is the one in which it begins.
    fn covers(&self, minute: &Minute) -> bool {
        let begin = minute.at.at.as_second();
        let (start, end) = (self.window.start(), self.window.end_or_now());
        begin + 60 > start.as_second() && begin < end.as_second()
    }

    /// Whole minutes of the range that have ended and did not come.
    fn without_data(&self, minutes: &[Minute]) -> usize {
        let came: HashSet<i64> = minutes
            .iter()
            .map(|minute| minute.at.at.as_second() / 60)
            .collect();
        let (start, end) = (self.window.start(), self.window.end_or_now());
        let whole = (start.as_second() + 59) / 60..end.as_second() / 60;
        whole.filter(|minute| !came.contains(minute)).count()
    }

    fn minute(&self, row: &Row<'_>) -> Option<Minute> {
        let at = row.any(&["dt", "dtEventTime", "time"]);
        let devices = row
            .any(&["crash_device", "crash_user", "crashUser"])
            .count();
        let active = row
            .any(&["access_device", "access_user", "accessUser"])
            .count();
        Some(Minute {
            at: Time::of(at.instant(&self.app.account.zone), &self.zone)?,
            crashes: row.any(&["crash_num", "crashNum"]).count(),
            devices: DeviceRate::new(devices.map(|count| count.max(0)), active)?,
        })
    }
}

impl Query for GetMinuteTrend {
    const NAME: &'static str = "crashsight_get_minute_trend";
    const UPSTREAM: &'static str = "getMinuteCrashData";
    type Scope = Scope;
    type Answer = MinuteTrend;

    fn scope(&self, ctx: &CallContext) -> Result<Scope, Error> {
        let app = ctx.app(self.project.as_ref())?;
        let default = WindowSpec::last_hours(1);
        let served = Granularity::Second.at_most_hours(MOST_HOURS);
        Ok(Scope {
            window: ctx.window(self.window.as_ref(), &default, served, &app)?,
            filters: Filters::new(ReportKind::default()).with_one_version(&self.versions)?,
            zone: ctx.zone.clone(),
            app,
        })
    }

    fn request(&self, scope: &Scope) -> Request {
        let window = &scope.window;
        // No platformId.
        let body = json!({
            "appId": scope.app.id,
            "stime": window.first_second_wire(),
            "etime": window.last_second_wire(),
            "product_version": scope.filters.version(),
            "limit": window.hours() * 60 + SPARE_ROWS,
        });
        let account = scope.app.account.name.clone();
        Request::post(account, Self::UPSTREAM, path(Self::UPSTREAM), body)
            .cache(window.cache_policy())
            .timeout(SLOW)
    }

    fn parse(&self, scope: &Scope, data: JsonRef<'_>) -> anyhow::Result<Output<MinuteTrend>> {
        let rows = column_rows(data)?;
        let mut minutes: Vec<Minute> = rows.iter().filter_map(|row| scope.minute(row)).collect();
        understood(&rows, minutes.len())?;
        let unread = rows.len() - minutes.len();
        // Rows come in no order, and some beyond the end (docs/vendor/crashsight.md §15).
        minutes.retain(|minute| scope.covers(minute));
        minutes.sort_by_key(|minute| minute.at.at);
        minutes.dedup_by_key(|minute| minute.at.at);
        let most = minutes.iter().map(|minute| minute.devices.affected).max();
        let peak = minutes
            .iter()
            .find(|minute| minute.devices.affected > 0 && Some(minute.devices.affected) == most);
        let answer = MinuteTrend {
            peak: peak.cloned(),
            without_data: scope.without_data(&minutes),
            minutes,
        };
        let (found, without) = (!answer.minutes.is_empty(), answer.without_data);
        let mut output = Output::new("Crashes by minute", &scope.app, answer)
            .window(&scope.window)
            .heading(scope.filters.heading());
        output.note_unrecognized(unread, "row");
        if !found {
            output.note(
                "no minute of this range came: nothing was recorded, or CrashSight has not enabled minutes for this app",
            );
            output.suggest("crashsight_get_hourly_trend", json!({"window": "24h"}));
        } else if without > 0 {
            output.note(format!("no data for {}", counted(without, "minute")));
        }
        if output.answer.peak.is_some() {
            output.suggest(
                "crashsight_list_hourly_top_issues",
                self.hour(&output.answer, scope),
            );
        }
        Ok(output)
    }

    fn render(output: &Output<MinuteTrend>, reply: &mut Reply) {
        let answer = &output.answer;
        if answer.minutes.is_empty() {
            return;
        }
        let devices: Vec<i64> = answer
            .minutes
            .iter()
            .map(|minute| minute.devices.affected)
            .collect();
        let peak = answer.peak.as_ref();
        reply.facts([
            Fact::new(
                "devices",
                if devices.len() > 2 && peak.is_some() {
                    Cell::Sparkline(devices)
                } else {
                    Cell::Missing
                },
            ),
            Fact::new(
                "peak",
                peak.map_or(Cell::Missing, |peak| peak.devices.cell()),
            ),
            Fact::new("at", peak.map_or(Cell::Missing, |peak| peak.at.cell())),
        ]);
        let mut table = Table::new(&["minute", "crashes", "devices of active"]);
        for minute in &answer.minutes {
            table.rows.push(vec![
                minute.at.time_of_day(),
                Cell::count(minute.crashes),
                minute.devices.cell(),
            ]);
        }
        table.last = true;
        table.total = i64::try_from(answer.minutes.len()).ok();
        table.rest = Some("a shorter window shows others".to_owned());
        table.keep(MOST_ROWS);
        reply.table(table, "");
    }
}

impl GetMinuteTrend {
    /// The arguments for the issues of the hour of the peak.
    fn hour(&self, answer: &MinuteTrend, scope: &Scope) -> serde_json::Value {
        let mut arguments = json!({});
        if let Some(peak) = &answer.peak {
            let at = peak.at.at.to_zoned_datetime(scope.zone.clone());
            arguments["window"] = json!(at.strftime("%Y-%m-%dT%H").to_string());
        }
        if !self.versions.is_empty() {
            arguments["version"] = json!(scope.filters.version());
        }
        arguments
    }
}

impl Filtered for GetMinuteTrend {
    fn app(scope: &Scope) -> &CrashSightApp {
        &scope.app
    }

    fn filters(scope: &mut Scope) -> &mut Filters {
        &mut scope.filters
    }

    fn found(answer: &MinuteTrend) -> bool {
        !answer.minutes.is_empty()
    }
}
