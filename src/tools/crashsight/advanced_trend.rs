//! Counts over time under the vendor's own search conditions.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::checked::Filtered;
use super::filters::Filters;
use super::trend_rows::Trend;
use super::trend_scope::{MOST_HOURS, Scope};
use super::{listed, path, short, trend_text};
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

/// How a condition's values are compared.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Match {
    #[default]
    AnyOf,
    Wildcard,
    Phrase,
}

/// One of the vendor's search conditions (docs/vendor/crashsight.md §9).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Condition {
    field: ShortText,
    #[serde(default, rename = "match")]
    how: Match,
    #[serde(default)]
    values: List<ShortText>,
}

impl JsonSchema for Condition {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Condition".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "object",
            "properties": {
                "field": {"type": "string", "examples": ["version", "exceptionType", "userId", "crashDetail"]},
                "match": {"type": "string", "enum": ["any_of", "wildcard", "phrase"]},
                "values": {"type": "array", "items": {"type": "string"}}
            },
            "required": ["field"],
            "additionalProperties": false
        })
    }
}

impl Condition {
    fn wire(&self) -> Value {
        let field = self.field.as_str();
        match (self.how, &*self.values) {
            // The Manual's own example is a bare field (docs/vendor/crashsight.md §9).
            (_, []) => json!({"field": field}),
            (Match::Phrase, [text, ..]) => {
                json!({"field": field, "queryType": "TEXT_MATCH_PHRASE", "text": text.as_str()})
            }
            (Match::Wildcard, _) => {
                json!({"field": field, "queryType": "TERMS_WILDCARD", "terms": self.values.texts()})
            }
            (Match::AnyOf, [one]) => {
                json!({"field": field, "queryType": "TERM", "term": one.as_str()})
            }
            (Match::AnyOf, _) => {
                json!({"field": field, "queryType": "TERMS", "terms": self.values.texts()})
            }
        }
    }
}

/// Conditions that a title names.
const MOST_CONDITIONS: usize = 4;

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
    conditions: List<Condition>,
    #[serde(default)]
    step: StepArg,
}

impl GetAdvancedTrend {
    /// The conditions, for the first line.
    fn titles(&self) -> Vec<String> {
        let mut titles = Vec::new();
        titles.extend(
            self.conditions
                .iter()
                .take(MOST_CONDITIONS)
                .map(|condition| {
                    let how = match condition.how {
                        Match::AnyOf => "",
                        Match::Wildcard => "like ",
                        Match::Phrase => "with ",
                    };
                    let (field, values) = (short(&condition.field), listed(&condition.values));
                    format!("{field} {how}{values}").trim_end().to_owned()
                }),
        );
        if let Some(more @ 1..) = self.conditions.len().checked_sub(MOST_CONDITIONS) {
            let more = crate::reply::counted(more, "more condition");
            titles.push(format!("and {more}"));
        }
        titles
    }
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
        let filters = Filters::new(self.kind).with_versions(&self.versions);
        Ok(Scope::new(app, window, filters, self.step, false))
    }

    fn request(&self, scope: &Scope) -> Request {
        let mut conditions: Vec<Value> = self.conditions.iter().map(Condition::wire).collect();
        if !scope.filters.versions().is_empty() {
            conditions.insert(
                0,
                json!({"field": "version", "queryType": "TERMS_WILDCARD", "terms": scope.filters.versions()}),
            );
        } else if conditions.is_empty() {
            conditions.push(json!({"field": "version"}));
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
            "searchConditionGroup": {"conditions": conditions},
            "minDatetime": format!("{}Z", window.first_second_wire().replace(' ', "T")),
            "maxDatetime": format!("{}Z", window.last_second_wire().replace(' ', "T")),
            "granularityUnit": unit,
        });
        let account = scope.app.account.name.clone();
        Request::post(account, Self::UPSTREAM, path(Self::UPSTREAM), body)
            .cache(scope.window.cache_policy())
    }

    fn parse(&self, scope: &Scope, data: JsonRef<'_>) -> anyhow::Result<Output<Trend>> {
        scope.read(
            format!("Advanced {} trend", self.kind.title()),
            (self.step, false),
            self.titles(),
            &data.rows_of("trendList")?,
        )
    }

    fn render(output: &Output<Trend>, reply: &mut Reply) {
        trend_text::render(&output.answer, reply);
    }
}
