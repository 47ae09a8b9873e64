//! Counts over time: by day, by hour, growing from midnight.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::trend_rows::Trend;
use super::{filters, post, version, version_list};
use crate::args::{Devices, List, ProjectName, ReportKind, ShortText, StepArg};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::Reply;
use crate::request::Request;
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::CallContext;
use crate::tools::legacy::Operation;

/// `startHour` to `endHour`: no more than 360 (seed 000 line 996).
pub(super) const MOST_HOURS: i64 = 360;

/// A trend's reply: title, and what its rows tell.
pub(super) fn reply(
    title: &str,
    target: &CrashSightApp,
    filters: Vec<String>,
    data: &Value,
    trend: &Trend<'_>,
) -> anyhow::Result<Reply> {
    let mut reply = Reply::with_title(
        [title.to_owned(), target.label.clone(), trend.window.title()]
            .into_iter()
            .chain(filters),
    );
    trend.tell(&mut reply, &JsonRef::new(data).rows()?)?;
    Ok(reply)
}

/// Reports, devices and active devices per day (default 7d): is it getting worse, since when?
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetDailyTrend {
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

impl GetDailyTrend {
    fn scope(&self, ctx: &CallContext) -> Result<(CrashSightApp, Window), Error> {
        let target = ctx.app(self.project.as_ref())?;
        let window = ctx.window(
            self.window.as_ref(),
            &WindowSpec::last_days(7),
            Granularity::Day,
            &target,
        )?;
        Ok((target, window))
    }
}

impl Operation for GetDailyTrend {
    const NAME: &'static str = "crashsight_get_daily_trend";
    const PATH: &'static str = "getTrendEx";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let (target, window) = self.scope(ctx)?;
        let body = json!({
            "startDate": window.first_day_param(),
            "endDate": window.last_day_param(),
            "type": self.kind.wire(),
            "dataType": "trendData",
            "vm": self.devices.vm(),
            "versionList": version_list(&self.versions),
            "needCountryDimension": !self.countries.is_empty(),
            "countryList": self.countries.texts(),
            "mergeMultipleVersionsWithInaccurateResult": true,
        });
        Ok(post(&target, Self::PATH, body)
            .with_nonce("fsn")
            .cache(window.cache_policy()))
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        let (target, window) = self.scope(ctx)?;
        let trend = Trend {
            step: StepArg::Day,
            kind: self.kind,
            cumulative: false,
            versions: &self.versions,
            window: &window,
        };
        let title = format!("Daily {} trend", self.kind.title());
        let filters = filters(&self.versions, &self.countries, self.devices);
        let mut reply = reply(&title, &target, filters, data, &trend)?;
        let mut issues = json!({"window": window.last_day().to_string()});
        if self.kind != ReportKind::default() {
            issues["kind"] = json!(self.kind.wire());
        }
        // Several, or a pattern, are not what a suggestion may hold: then there is none.
        match self.versions.texts().as_slice() {
            [] => {}
            [version] => issues["versions"] = json!(version),
            several => issues["versions"] = json!(several),
        }
        reply.next(ctx.next("crashsight_list_top_issues", &target, issues));
        Ok(reply)
    }
}

/// What hourly and cumulative trends send alike. The two pairs of times carry the same values: sources
/// disagree on which one is read (`operations.json`, getAppRealTimeTrendAppendEx).
fn hourly_body(
    window: &Window,
    kind: ReportKind,
    devices: Devices,
    versions: &List<ShortText>,
    both: bool,
) -> Value {
    let (start, end) = (window.first_hour_param(), window.last_hour_param());
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

fn extended(mut body: Value, versions: &List<ShortText>, countries: &List<ShortText>) -> Value {
    if let Value::Object(body) = &mut body {
        body.insert("versionList".to_owned(), json!(version_list(versions)));
        body.insert(
            "mergeMultipleVersionsWithInaccurateResult".to_owned(),
            json!(super::several(versions)),
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

/// Reports and devices within each hour (default 24h). For the hour a spike began.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetHourlyTrend {
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

/// Hours of a range that an hourly operation serves.
pub(super) fn hours(
    ctx: &CallContext,
    project: Option<&ProjectName>,
    window: Option<&WindowSpec>,
    default: &WindowSpec,
) -> Result<(CrashSightApp, Window), Error> {
    let target = ctx.app(project)?;
    let window = ctx
        .window(window, default, Granularity::Hour, &target)?
        .at_most_hours(MOST_HOURS)?;
    Ok((target, window))
}

/// Hours counted from midnight on: the service's midnight, whatever the reader's zone.
pub(super) fn site_days(
    ctx: &CallContext,
    project: Option<&ProjectName>,
    window: Option<&WindowSpec>,
) -> Result<(CrashSightApp, Window), Error> {
    let target = ctx.app(project)?;
    let site = CallContext {
        zone: target.account.zone.clone(),
        ..ctx.clone()
    };
    let window = site
        .window(window, &WindowSpec::today(), Granularity::Hour, &target)?
        .at_most_hours(MOST_HOURS)?;
    Ok((target, window))
}

impl GetHourlyTrend {
    fn scope(&self, ctx: &CallContext) -> Result<(CrashSightApp, Window), Error> {
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

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let (target, window) = self.scope(ctx)?;
        let body = hourly_body(&window, self.kind, self.devices, &self.versions, true);
        let body = with_data_type(
            extended(body, &self.versions, &self.countries),
            "realTimeCompareData",
        );
        Ok(post(&target, Self::PATH, body)
            .with_nonce("fsn")
            .cache(window.cache_policy()))
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        let (target, window) = self.scope(ctx)?;
        let trend = Trend {
            step: StepArg::Hour,
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
pub(crate) struct GetCumulativeTrend {
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

impl GetCumulativeTrend {
    fn scope(&self, ctx: &CallContext) -> Result<(CrashSightApp, Window), Error> {
        site_days(ctx, self.project.as_ref(), self.window.as_ref())
    }
}

impl Operation for GetCumulativeTrend {
    const NAME: &'static str = "crashsight_get_cumulative_trend";
    const PATH: &'static str = "getAppRealTimeTrendAppendEx";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let (target, window) = self.scope(ctx)?;
        let body = hourly_body(&window, self.kind, self.devices, &self.versions, true);
        let body = with_data_type(
            extended(body, &self.versions, &self.countries),
            "realTimeTrendData",
        );
        Ok(post(&target, Self::PATH, body)
            .with_nonce("fsn")
            .cache(window.cache_policy()))
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        let (target, window) = self.scope(ctx)?;
        let trend = Trend {
            step: StepArg::Hour,
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
