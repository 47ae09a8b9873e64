//! Counts over time under the vendor's own search conditions.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::checked::Filtered;
use super::conditions::{self, Conditions};
use super::filters::Filters;
use super::trend_rows::{Point, Trend};
use super::trend_scope::{MOST_HOURS, Scope};
use super::{path, trend_text};
use crate::args::{List, ProjectName, ReportKind, ShortText, StepArg};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::Reply;
use crate::request::Request;
use crate::time_range::{Granularity, WindowSpec};
use crate::tools::context::CallContext;
use crate::tools::output::Output;
use crate::tools::tool::Query;

/// Counts over time under the console's search conditions (default 7d). Only available for apps where CrashSight enabled it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetAdvancedTrend {
    project: Option<ProjectName>,
    window: Option<WindowSpec>,
    #[serde(default)]
    kind: ReportKind,
    #[serde(default)]
    versions: List<ShortText>,
    #[serde(default)]
    conditions: Conditions,
    #[serde(default)]
    step: StepArg,
}

impl Filtered for GetAdvancedTrend {
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

impl Query for GetAdvancedTrend {
    const NAME: &'static str = "crashsight_get_advanced_trend";
    const UPSTREAM: &'static str = "queryAdvancedTrend";
    type Scope = Scope;
    type Answer = Trend;

    fn scope(&self, ctx: &CallContext) -> Result<Scope, Error> {
        let app = ctx.app(self.project.as_ref())?;
        let served = match self.step {
            StepArg::Day => Granularity::Day.into(),
            StepArg::Hour => Granularity::Hour.at_most_hours(MOST_HOURS),
        };
        let default = WindowSpec::last_days(7);
        let window = ctx.window(self.window.as_ref(), &default, served, &app)?;
        let versions = self.conditions.versions(&self.versions)?;
        let filters = Filters::new(self.kind).with_versions(&versions);
        Ok(Scope::new(app, window, filters, self.step, false))
    }

    fn request(&self, scope: &Scope) -> Request {
        let mut group = self.conditions.without_versions().wire();
        if !scope.filters.versions().is_empty() {
            group.insert(0, conditions::of_versions(&scope.filters));
        } else if group.is_empty() {
            // The Manual's own example is a bare field (docs/vendor/crashsight.md §9).
            group.push(json!({"field": "version"}));
        }
        let unit = match self.step {
            StepArg::Day => "DAY",
            StepArg::Hour => "HOUR",
        };
        // No platformId, and times of the site under a `Z` (docs/vendor/crashsight.md §9). That the service
        // ignores the letter is not proved: rows outside the range are noted.
        let window = &scope.fetched;
        let body = json!({
            "appId": scope.app.id,
            "searchConditionGroup": {"conditions": group},
            "minDatetime": format!("{}Z", window.first_second_wire().replace(' ', "T")),
            "maxDatetime": format!("{}Z", window.last_second_wire().replace(' ', "T")),
            "granularityUnit": unit,
        });
        let account = scope.app.account.name.clone();
        Request::post(account, Self::UPSTREAM, path(Self::UPSTREAM), body)
            .cache(scope.window.cache_policy())
    }

    fn parse(&self, scope: &Scope, data: JsonRef<'_>) -> anyhow::Result<Output<Trend>> {
        let titles = self.conditions.without_versions().titles();
        let narrowed = !titles.is_empty();
        let mut output = scope.read(
            format!("Advanced {} trend", self.kind.title()),
            (self.step, false),
            titles,
            &data.rows_of("trendList")?,
        )?;
        let counted = |point: &Point| point.reports > 0;
        if narrowed && !output.answer.points.iter().any(counted) {
            self.conditions.explain_nothing(&mut output);
        } else if narrowed {
            output.note(
                "rates are of all active devices: the service counts no active devices by condition",
            );
        }
        Ok(output)
    }

    fn render(output: &Output<Trend>, reply: &mut Reply) {
        trend_text::render(&output.answer, reply);
    }
}
