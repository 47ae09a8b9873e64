//! Counts over time under the vendor's own search conditions.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::trend_rows::Trend;
use super::trends::MOST_HOURS;
use super::{filters, listed, path, short};
use crate::args::{Devices, List, ProjectName, ReportKind, ShortText, StepArg};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::Reply;
use crate::request::Request;
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::CallContext;
use crate::tools::legacy::Operation;

/// How a condition's values are compared.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Match {
    #[default]
    AnyOf,
    Wildcard,
    Phrase,
}

/// One of the vendor's search conditions (FACTS 1.9).
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
            // The seed's own example is a bare field (seed 000 line 1396).
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

/// Counts over time under the console's search conditions (default 7d). The vendor enables it by app: expect a refusal elsewhere.
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
    fn scope(&self, ctx: &CallContext) -> Result<(CrashSightApp, Window), Error> {
        let target = ctx.app(self.project.as_ref())?;
        let grain = match self.step {
            StepArg::Day => Granularity::Day,
            StepArg::Hour => Granularity::Hour,
        };
        let window = ctx.window(
            self.window.as_ref(),
            &WindowSpec::last_days(7),
            grain,
            &target,
        )?;
        let window = match self.step {
            StepArg::Day => window,
            StepArg::Hour => window.at_most_hours(MOST_HOURS)?,
        };
        Ok((target, window))
    }
}

impl Operation for GetAdvancedTrend {
    const NAME: &'static str = "crashsight_get_advanced_trend";
    const PATH: &'static str = "queryAdvancedTrend";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let (target, window) = self.scope(ctx)?;
        let mut conditions: Vec<Value> = self.conditions.iter().map(Condition::wire).collect();
        if !self.versions.is_empty() {
            conditions.insert(
                0,
                json!({"field": "version", "queryType": "TERMS_WILDCARD", "terms": self.versions.texts()}),
            );
        } else if conditions.is_empty() {
            conditions.push(json!({"field": "version"}));
        }
        let unit = match self.step {
            StepArg::Day => "DAY",
            StepArg::Hour => "HOUR",
        };
        // No platformId, and times of the site under a `Z` (seed 000 lines 1390-1402). That the service does
        // not take the letter at its word is not proved: rows outside the range are told.
        let body = json!({
            "appId": target.id,
            "searchConditionGroup": {"conditions": conditions},
            "minDatetime": format!("{}Z", window.first_second_wire().replace(' ', "T")),
            "maxDatetime": format!("{}Z", window.last_second_wire().replace(' ', "T")),
            "granularityUnit": unit,
        });
        Ok(Request::post(
            target.account.name.clone(),
            Self::PATH,
            path(Self::PATH),
            body,
        )
        .cache(window.cache_policy()))
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        let (target, window) = self.scope(ctx)?;
        let trend = Trend {
            step: self.step,
            kind: self.kind,
            cumulative: false,
            versions: &List::default(),
            window: &window,
        };
        let mut reply = Reply::with_title(
            [
                format!("Advanced {} trend", self.kind.title()),
                target.label.clone(),
                window.title(),
            ]
            .into_iter()
            .chain(filters(&self.versions, &List::default(), Devices::All)),
        );
        for condition in self.conditions.iter().take(MOST_CONDITIONS) {
            let how = match condition.how {
                Match::AnyOf => "",
                Match::Wildcard => "like ",
                Match::Phrase => "with ",
            };
            let (field, values) = (short(&condition.field), listed(&condition.values));
            reply.add_title(format!("{field} {how}{values}").trim_end());
        }
        if let Some(more @ 1..) = self.conditions.len().checked_sub(MOST_CONDITIONS) {
            reply.add_title(format!("and {more} more conditions"));
        }
        trend.tell(&mut reply, &JsonRef::new(data).rows_of("trendList")?)?;
        Ok(reply)
    }
}
