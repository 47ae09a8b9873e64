//! Counts over time: by day, by hour, growing from midnight. Five tools of one form, which differ in what the
//! service calls them and which fields it takes.

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::checked::Filtered;
use super::filters::Filters;
use super::trend_request::Form;
use super::trend_rows::Trend;
use super::trend_scope::{Asked, MOST_HOURS, Scope};
use super::{added_up, trend_text};
use crate::args::{Devices, List, ProjectName, ReportKind, ShortText, StepArg};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::Reply;
use crate::request::Request;
use crate::time_range::{Granularity, WindowSpec};
use crate::tools::context::CallContext;
use crate::tools::output::Output;
use crate::tools::tool::Query;

/// The arguments of a trend.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    project: Option<ProjectName>,
    window: Option<WindowSpec>,
    #[serde(default)]
    kind: ReportKind,
    #[serde(default)]
    versions: List<ShortText>,
    #[serde(default)]
    countries: List<ShortText>,
    #[serde(default)]
    devices: Devices,
}

/// The arguments of the older forms: one version, no countries.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct BasicArguments {
    project: Option<ProjectName>,
    window: Option<WindowSpec>,
    #[serde(default)]
    kind: ReportKind,
    #[serde(default)]
    versions: List<ShortText, 1>,
    #[serde(default)]
    devices: Devices,
}

impl Arguments {
    fn asked(&self) -> Result<Asked<'_>, Error> {
        Ok(Asked {
            project: self.project.as_ref(),
            window: self.window.as_ref(),
            filters: Filters::new(self.kind)
                .with_devices(self.devices)
                .with_versions(&self.versions)
                .with_countries(&self.countries)?,
        })
    }
}

impl BasicArguments {
    fn asked(&self) -> Result<Asked<'_>, Error> {
        Ok(Asked {
            project: self.project.as_ref(),
            window: self.window.as_ref(),
            filters: Filters::new(self.kind)
                .with_devices(self.devices)
                .with_one_version(&self.versions)?,
        })
    }
}

/// A trend tool: its name, its form at the service, and its arguments.
pub(crate) trait TrendTool: DeserializeOwned + JsonSchema + Send + Sync + 'static {
    const NAME: &'static str;
    const FORM: Form;
    fn asked(&self) -> Result<Asked<'_>, Error>;
}

/// Reports, devices and active devices per day (default 7d), beside the same weekdays before. Shows whether and since
/// when it got worse.
#[derive(Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct GetDailyTrend(Arguments);

impl TrendTool for GetDailyTrend {
    const NAME: &'static str = "crashsight_get_daily_trend";
    const FORM: Form = Form::Daily;
    fn asked(&self) -> Result<Asked<'_>, Error> {
        self.0.asked()
    }
}

/// Reports and devices within each hour (default 24h). For the hour a spike began.
#[derive(Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct GetHourlyTrend(Arguments);

impl TrendTool for GetHourlyTrend {
    const NAME: &'static str = "crashsight_get_hourly_trend";
    const FORM: Form = Form::Hourly;
    fn asked(&self) -> Result<Asked<'_>, Error> {
        self.0.asked()
    }
}

/// Cumulative devices and reports since midnight, per hour (default today), beside the day before to the same hour.
#[derive(Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct GetCumulativeTrend(Arguments);

impl TrendTool for GetCumulativeTrend {
    const NAME: &'static str = "crashsight_get_cumulative_trend";
    const FORM: Form = Form::Cumulative;
    fn asked(&self) -> Result<Asked<'_>, Error> {
        self.0.asked()
    }
}

/// The older form of crashsight_get_hourly_trend: one version, no countries. For sites without the newer one.
#[derive(Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct GetHourlyTrendBasic(BasicArguments);

impl TrendTool for GetHourlyTrendBasic {
    const NAME: &'static str = "crashsight_get_hourly_trend_basic";
    const FORM: Form = Form::HourlyBasic;
    fn asked(&self) -> Result<Asked<'_>, Error> {
        self.0.asked()
    }
}

/// The older form of crashsight_get_cumulative_trend: one version, no countries. For sites without the newer one.
#[derive(Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct GetCumulativeTrendBasic(BasicArguments);

impl TrendTool for GetCumulativeTrendBasic {
    const NAME: &'static str = "crashsight_get_cumulative_trend_basic";
    const FORM: Form = Form::CumulativeBasic;
    fn asked(&self) -> Result<Asked<'_>, Error> {
        self.0.asked()
    }
}

// A trend tool as a query. Described by the tool's own doc comment, so it has none.
#[derive(Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct TrendQuery<T>(T);

impl<T: TrendTool> Filtered for TrendQuery<T> {
    fn app(scope: &Scope) -> &CrashSightApp {
        &scope.app
    }

    fn filters(scope: &mut Scope) -> &mut Filters {
        &mut scope.filters
    }

    fn found(trend: &Trend) -> bool {
        !trend.points.is_empty()
    }
}

impl<T: TrendTool> Query for TrendQuery<T> {
    const NAME: &'static str = T::NAME;
    const UPSTREAM: &'static str = T::FORM.operation();
    type Scope = Scope;
    type Answer = Trend;

    fn scope(&self, ctx: &CallContext) -> Result<Scope, Error> {
        let asked = self.0.asked()?;
        let app = ctx.app(asked.project)?;
        let (step, cumulative) = (T::FORM.step(), T::FORM.cumulative());
        let served = match step {
            StepArg::Day => Granularity::Day.into(),
            StepArg::Hour => Granularity::Hour.at_most_hours(MOST_HOURS),
        };
        let default = match T::FORM {
            Form::Daily => WindowSpec::last_days(7),
            _ if cumulative => WindowSpec::today(),
            _ => WindowSpec::last_hours(24),
        };
        // Midnight is the service's, from which it counts, whatever the reader's zone.
        let site = CallContext {
            zone: app.account.zone.clone(),
            ..ctx.clone()
        };
        let clock = if cumulative { &site } else { ctx };
        let window = clock.window(asked.window, &default, served, &app)?;
        let scope = Scope::new(app, window, asked.filters, step, cumulative);
        Ok(if T::FORM.shares() {
            scope.sharing()
        } else {
            scope
        })
    }

    fn others(&self, scope: &Scope) -> Vec<Scope> {
        if T::FORM.shares() {
            scope.others()
        } else {
            Vec::new()
        }
    }

    fn request(&self, scope: &Scope) -> Request {
        T::FORM.request(scope)
    }

    fn parse(&self, scope: &Scope, data: JsonRef<'_>) -> anyhow::Result<Output<Trend>> {
        let filters = &scope.filters;
        let mut output = scope.read(
            format!("{} {} trend", T::FORM.title(), filters.kind.title()),
            (T::FORM.step(), T::FORM.cumulative()),
            [],
            &data.rows()?,
        )?;
        if output.answer.points.is_empty() {
            return Ok(output);
        }
        if filters.several_versions() {
            output.note(added_up("versions"));
        } else if matches!(T::FORM, Form::Hourly) && output.answer.points.len() > 1 {
            output.note(added_up("hours"));
        }
        if matches!(T::FORM, Form::Daily) {
            let mut issues = json!({"window": scope.window.last_day().to_string()});
            if filters.kind != ReportKind::default() {
                issues["kind"] = json!(filters.kind.wire());
            }
            filters.add_to(&mut issues);
            output.suggest("crashsight_list_top_issues", issues);
        }
        Ok(output)
    }

    fn render(output: &Output<Trend>, reply: &mut Reply) {
        trend_text::render(&output.answer, reply);
    }
}
