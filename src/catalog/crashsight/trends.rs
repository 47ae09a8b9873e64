//! Counts over time: by day, by hour, growing from midnight, and by the vendor's own conditions.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::trend_rows::Trend;
use super::{filters, listed, path, post, short, version, version_list};
use crate::answer::Node;
use crate::args::{Devices, Kind, List, ProjectName, Step, Word};
use crate::failure::Failure;
use crate::operation::{CallContext, Operation, Tool};
use crate::project::Target;
use crate::reply::Reply;
use crate::window::{Grain, Window, WindowSpec};
use crate::wire::Request;

pub(super) const TOOLS: &[Tool] = &[
    Tool::of::<GetDailyTrend>(),
    Tool::of::<GetHourlyTrend>(),
    Tool::of::<GetCumulativeTrend>(),
    Tool::of::<GetHourlyTrendBasic>(),
    Tool::of::<GetCumulativeTrendBasic>(),
    Tool::of::<GetAdvancedTrend>(),
];

/// `startHour` to `endHour`: no more than 360 (seed 000 line 996).
const MOST_HOURS: i64 = 360;

/// A trend's reply: title, and what its rows tell.
fn reply(
    title: &str,
    target: &Target,
    filters: Vec<String>,
    data: &Value,
    trend: &Trend<'_>,
) -> anyhow::Result<Reply> {
    let mut reply = Reply::titled(
        [title.to_owned(), target.label.clone(), trend.window.title()]
            .into_iter()
            .chain(filters),
    );
    trend.tell(&mut reply, &Node::of(data).rows()?);
    Ok(reply)
}

/// Reports, devices and active devices per day (default 7d): is it getting worse, since when?
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct GetDailyTrend {
    project: Option<ProjectName>,
    window: Option<WindowSpec>,
    #[serde(default)]
    kind: Kind,
    #[serde(default)]
    versions: List<Word>,
    #[serde(default)]
    countries: List<Word>,
    #[serde(default)]
    devices: Devices,
}

impl GetDailyTrend {
    fn scope(&self, ctx: &CallContext<'_>) -> Result<(Target, Window), Failure> {
        let target = ctx.target(self.project.as_ref())?;
        let window = ctx.window(
            self.window.as_ref(),
            &WindowSpec::last_days(7),
            Grain::Day,
            &target,
        )?;
        Ok((target, window))
    }
}

impl Operation for GetDailyTrend {
    const NAME: &'static str = "crashsight_get_daily_trend";
    const PATH: &'static str = "getTrendEx";

    fn request(&self, ctx: &CallContext<'_>) -> Result<Request, Failure> {
        let (target, window) = self.scope(ctx)?;
        let body = json!({
            "startDate": window.first_day_wire(),
            "endDate": window.last_day_wire(),
            "type": self.kind.wire(),
            "dataType": "trendData",
            "vm": self.devices.vm(),
            "versionList": version_list(&self.versions),
            "needCountryDimension": !self.countries.is_empty(),
            "countryList": self.countries.texts(),
            "mergeMultipleVersionsWithInaccurateResult": true,
        });
        Ok(post(&target, Self::PATH, body)
            .stamped("fsn")
            .keep(window.keep()))
    }

    fn reply(&self, ctx: &CallContext<'_>, data: &Value) -> anyhow::Result<Reply> {
        let (target, window) = self.scope(ctx)?;
        let trend = Trend {
            step: Step::Day,
            kind: self.kind,
            cumulative: false,
            versions: &self.versions,
            window: &window,
        };
        let title = format!("Daily {} trend", self.kind.title());
        let filters = filters(&self.versions, &self.countries, self.devices);
        let mut reply = reply(&title, &target, filters, data, &trend)?;
        let last = window.last_day().to_string();
        reply.next(ctx.next(
            "crashsight_list_top_issues",
            &target,
            json!({"window": last}),
        ));
        Ok(reply)
    }
}

/// What hourly and cumulative trends send alike. The two pairs of times carry the same values: sources
/// disagree on which one is read (`operations.json`, getAppRealTimeTrendAppendEx).
fn hourly_body(
    window: &Window,
    kind: Kind,
    devices: Devices,
    versions: &List<Word>,
    both: bool,
) -> Value {
    let (start, end) = (window.first_hour_wire(), window.last_hour_wire());
    let mut body = Map::new();
    if both {
        body.insert("startDate".to_owned(), json!(start));
        body.insert("endDate".to_owned(), json!(end));
    }
    body.insert("startHour".to_owned(), json!(start));
    body.insert("endHour".to_owned(), json!(end));
    body.insert("type".to_owned(), json!(kind.wire()));
    body.insert("vm".to_owned(), json!(devices.vm()));
    // Several versions exclude `version` (Chinese document).
    if versions.len() < 2 {
        body.insert("version".to_owned(), json!(version(versions)));
    }
    Value::Object(body)
}

fn extended(mut body: Value, versions: &List<Word>, countries: &List<Word>) -> Value {
    if let Value::Object(body) = &mut body {
        body.insert("versionList".to_owned(), json!(version_list(versions)));
        body.insert(
            "mergeMultipleVersionsWithInaccurateResult".to_owned(),
            json!(versions.len() > 1),
        );
        body.insert(
            "needCountryDimension".to_owned(),
            json!(!countries.is_empty()),
        );
        body.insert("countryList".to_owned(), json!(countries.texts()));
    }
    body
}

fn with_data_type(mut body: Value, data_type: &str) -> Value {
    if let Value::Object(body) = &mut body {
        body.insert("dataType".to_owned(), json!(data_type));
    }
    body
}

/// Reports and devices within each hour (default 24h). For the minute a spike began.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct GetHourlyTrend {
    project: Option<ProjectName>,
    window: Option<WindowSpec>,
    #[serde(default)]
    kind: Kind,
    #[serde(default)]
    versions: List<Word>,
    #[serde(default)]
    countries: List<Word>,
    #[serde(default)]
    devices: Devices,
}

/// Hours of a range that an hourly operation serves.
fn hours(
    ctx: &CallContext<'_>,
    project: Option<&ProjectName>,
    window: Option<&WindowSpec>,
    default: &WindowSpec,
) -> Result<(Target, Window), Failure> {
    let target = ctx.target(project)?;
    let window = ctx
        .window(window, default, Grain::Hour, &target)?
        .at_most_hours(MOST_HOURS)?;
    Ok((target, window))
}

impl GetHourlyTrend {
    fn scope(&self, ctx: &CallContext<'_>) -> Result<(Target, Window), Failure> {
        hours(
            ctx,
            self.project.as_ref(),
            self.window.as_ref(),
            &WindowSpec::last_hours(24),
        )
    }
}

impl Operation for GetHourlyTrend {
    const NAME: &'static str = "crashsight_get_hourly_trend";
    const PATH: &'static str = "getRealTimeHourlyStatEx";

    fn request(&self, ctx: &CallContext<'_>) -> Result<Request, Failure> {
        let (target, window) = self.scope(ctx)?;
        let body = hourly_body(&window, self.kind, self.devices, &self.versions, true);
        let body = with_data_type(
            extended(body, &self.versions, &self.countries),
            "realTimeCompareData",
        );
        Ok(post(&target, Self::PATH, body)
            .stamped("fsn")
            .keep(window.keep()))
    }

    fn reply(&self, ctx: &CallContext<'_>, data: &Value) -> anyhow::Result<Reply> {
        let (target, window) = self.scope(ctx)?;
        let trend = Trend {
            step: Step::Hour,
            kind: self.kind,
            cumulative: false,
            versions: &self.versions,
            window: &window,
        };
        let title = format!("Hourly {} trend", self.kind.title());
        reply(
            &title,
            &target,
            filters(&self.versions, &self.countries, self.devices),
            data,
            &trend,
        )
    }
}

/// Devices and reports from midnight up to each hour (default today): the day so far, to compare with another day.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct GetCumulativeTrend {
    project: Option<ProjectName>,
    window: Option<WindowSpec>,
    #[serde(default)]
    kind: Kind,
    #[serde(default)]
    versions: List<Word>,
    #[serde(default)]
    countries: List<Word>,
    #[serde(default)]
    devices: Devices,
}

impl GetCumulativeTrend {
    fn scope(&self, ctx: &CallContext<'_>) -> Result<(Target, Window), Failure> {
        hours(
            ctx,
            self.project.as_ref(),
            self.window.as_ref(),
            &WindowSpec::today(),
        )
    }
}

impl Operation for GetCumulativeTrend {
    const NAME: &'static str = "crashsight_get_cumulative_trend";
    const PATH: &'static str = "getAppRealTimeTrendAppendEx";

    fn request(&self, ctx: &CallContext<'_>) -> Result<Request, Failure> {
        let (target, window) = self.scope(ctx)?;
        let body = hourly_body(&window, self.kind, self.devices, &self.versions, true);
        let body = with_data_type(
            extended(body, &self.versions, &self.countries),
            "realTimeTrendData",
        );
        Ok(post(&target, Self::PATH, body)
            .stamped("fsn")
            .keep(window.keep()))
    }

    fn reply(&self, ctx: &CallContext<'_>, data: &Value) -> anyhow::Result<Reply> {
        let (target, window) = self.scope(ctx)?;
        let trend = Trend {
            step: Step::Hour,
            kind: self.kind,
            cumulative: true,
            versions: &self.versions,
            window: &window,
        };
        let title = format!("Cumulative {} trend", self.kind.title());
        reply(
            &title,
            &target,
            filters(&self.versions, &self.countries, self.devices),
            data,
            &trend,
        )
    }
}

/// The older form of crashsight_get_hourly_trend: one version, no countries. For sites without the newer one.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct GetHourlyTrendBasic {
    project: Option<ProjectName>,
    window: Option<WindowSpec>,
    #[serde(default)]
    kind: Kind,
    #[serde(default)]
    versions: List<Word, 1>,
    #[serde(default)]
    devices: Devices,
}

/// The path form of the official script, for the two older operations.
fn script_form(
    target: &Target,
    operation: &'static str,
    window: &Window,
    kind: Kind,
    devices: Devices,
    version: &str,
) -> Request {
    let path = format!(
        "{}/appId/{}/platformId/{}/version/{}/startHour/{}/endHour/{}/type/{}/vm/{}",
        path(operation),
        target.app,
        target.platform.number(),
        crate::wire::encode(version),
        window.first_hour_wire(),
        window.last_hour_wire(),
        kind.wire(),
        devices.vm(),
    );
    Request::get(target.account.name.clone(), operation, path)
        .with("dataType", "realTimeTrendData")
        .stamped("fsn")
}

fn lone(versions: &List<Word, 1>) -> &str {
    versions.first().map_or("-1", Word::as_str)
}

fn lone_filter(versions: &List<Word, 1>, devices: Devices) -> Vec<String> {
    let version = versions.first().map_or("all versions".to_owned(), |v| {
        format!("version {}", short(v))
    });
    std::iter::once(version)
        .chain(devices.title().map(str::to_owned))
        .collect()
}

impl GetHourlyTrendBasic {
    fn scope(&self, ctx: &CallContext<'_>) -> Result<(Target, Window), Failure> {
        hours(
            ctx,
            self.project.as_ref(),
            self.window.as_ref(),
            &WindowSpec::last_hours(24),
        )
    }
}

impl Operation for GetHourlyTrendBasic {
    const NAME: &'static str = "crashsight_get_hourly_trend_basic";
    const PATH: &'static str = "getRealTimeHourlyStat";

    fn request(&self, ctx: &CallContext<'_>) -> Result<Request, Failure> {
        let (target, window) = self.scope(ctx)?;
        let body = json!({
            "version": lone(&self.versions),
            "versionList": [lone(&self.versions)],
            "startHour": window.first_hour_wire(),
            "endHour": window.last_hour_wire(),
            "type": self.kind.wire(),
            "dataType": "realTimeTrendData",
            "vm": self.devices.vm(),
            "needCountryDimension": false,
            "countryList": [],
            "mergeMultipleVersionsWithInaccurateResult": false,
        });
        let script = script_form(
            &target,
            Self::PATH,
            &window,
            self.kind,
            self.devices,
            lone(&self.versions),
        );
        Ok(post(&target, Self::PATH, body)
            .stamped("fsn")
            .keep(window.keep())
            .or(script))
    }

    fn reply(&self, ctx: &CallContext<'_>, data: &Value) -> anyhow::Result<Reply> {
        let (target, window) = self.scope(ctx)?;
        let trend = Trend {
            step: Step::Hour,
            kind: self.kind,
            cumulative: false,
            versions: &List::default(),
            window: &window,
        };
        let title = format!("Hourly {} trend", self.kind.title());
        reply(
            &title,
            &target,
            lone_filter(&self.versions, self.devices),
            data,
            &trend,
        )
    }
}

/// The older form of crashsight_get_cumulative_trend: one version, no countries. For sites without the newer one.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct GetCumulativeTrendBasic {
    project: Option<ProjectName>,
    window: Option<WindowSpec>,
    #[serde(default)]
    kind: Kind,
    #[serde(default)]
    versions: List<Word, 1>,
    #[serde(default)]
    devices: Devices,
}

impl GetCumulativeTrendBasic {
    fn scope(&self, ctx: &CallContext<'_>) -> Result<(Target, Window), Failure> {
        hours(
            ctx,
            self.project.as_ref(),
            self.window.as_ref(),
            &WindowSpec::today(),
        )
    }
}

impl Operation for GetCumulativeTrendBasic {
    const NAME: &'static str = "crashsight_get_cumulative_trend_basic";
    const PATH: &'static str = "getAppRealTimeTrendAppend";

    fn request(&self, ctx: &CallContext<'_>) -> Result<Request, Failure> {
        let (target, window) = self.scope(ctx)?;
        let body = json!({
            "startHour": window.first_hour_wire(),
            "endHour": window.last_hour_wire(),
            "type": self.kind.wire(),
            "version": lone(&self.versions),
            "dataType": "realTimeTrendData",
            "vm": self.devices.vm(),
        });
        let script = script_form(
            &target,
            Self::PATH,
            &window,
            self.kind,
            self.devices,
            lone(&self.versions),
        );
        Ok(post(&target, Self::PATH, body)
            .stamped("fsn")
            .keep(window.keep())
            .or(script))
    }

    fn reply(&self, ctx: &CallContext<'_>, data: &Value) -> anyhow::Result<Reply> {
        let (target, window) = self.scope(ctx)?;
        let trend = Trend {
            step: Step::Hour,
            kind: self.kind,
            cumulative: true,
            versions: &List::default(),
            window: &window,
        };
        let title = format!("Cumulative {} trend", self.kind.title());
        reply(
            &title,
            &target,
            lone_filter(&self.versions, self.devices),
            data,
            &trend,
        )
    }
}

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
    field: Word,
    #[serde(default, rename = "match")]
    how: Match,
    #[serde(default)]
    values: List<Word>,
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
struct GetAdvancedTrend {
    project: Option<ProjectName>,
    window: Option<WindowSpec>,
    #[serde(default)]
    kind: Kind,
    #[serde(default)]
    versions: List<Word>,
    #[serde(default)]
    conditions: List<Condition>,
    #[serde(default)]
    step: Step,
}

impl GetAdvancedTrend {
    fn scope(&self, ctx: &CallContext<'_>) -> Result<(Target, Window), Failure> {
        let target = ctx.target(self.project.as_ref())?;
        let grain = match self.step {
            Step::Day => Grain::Day,
            Step::Hour => Grain::Hour,
        };
        let window = ctx.window(
            self.window.as_ref(),
            &WindowSpec::last_days(7),
            grain,
            &target,
        )?;
        let window = match self.step {
            Step::Day => window,
            Step::Hour => window.at_most_hours(MOST_HOURS)?,
        };
        Ok((target, window))
    }
}

impl Operation for GetAdvancedTrend {
    const NAME: &'static str = "crashsight_get_advanced_trend";
    const PATH: &'static str = "queryAdvancedTrend";

    fn request(&self, ctx: &CallContext<'_>) -> Result<Request, Failure> {
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
            Step::Day => "DAY",
            Step::Hour => "HOUR",
        };
        // No platformId, and times of the site under a `Z` (seed 000 lines 1390-1402).
        let body = json!({
            "appId": target.app,
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
        .keep(window.keep()))
    }

    fn reply(&self, ctx: &CallContext<'_>, data: &Value) -> anyhow::Result<Reply> {
        let (target, window) = self.scope(ctx)?;
        let trend = Trend {
            step: self.step,
            kind: self.kind,
            cumulative: false,
            versions: &List::default(),
            window: &window,
        };
        let mut reply = Reply::titled(
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
            reply.title_more(format!("{field} {how}{values}").trim_end());
        }
        if let Some(more @ 1..) = self.conditions.len().checked_sub(MOST_CONDITIONS) {
            reply.title_more(format!("and {more} more conditions"));
        }
        trend.tell(&mut reply, &Node::of(data).rows_of("trendList")?);
        Ok(reply)
    }
}
