//! The older forms of two trends: one version, no countries.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::trend_rows::Trend;
use super::trends::{hours, reply, site_days};
use super::{path, post, short};
use crate::args::{Devices, List, ProjectName, ReportKind, ShortText, StepArg};
use crate::error::Error;
use crate::project::CrashSightApp;
use crate::reply::Reply;
use crate::request::Request;
use crate::time_range::{Window, WindowSpec};
use crate::tools::CallContext;
use crate::tools::legacy::Operation;

/// The older form of crashsight_get_hourly_trend: one version, no countries. For sites without the newer one.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetHourlyTrendBasic {
    project: Option<ProjectName>,
    window: Option<WindowSpec>,
    #[serde(default)]
    kind: ReportKind,
    #[serde(default)]
    versions: List<ShortText, 1>,
    #[serde(default)]
    devices: Devices,
}

/// The path form of the official script, for the two older operations.
fn script_form(
    target: &CrashSightApp,
    operation: &'static str,
    window: &Window,
    kind: ReportKind,
    devices: Devices,
    version: &str,
) -> Request {
    let path = format!(
        "{}/appId/{}/platformId/{}/version/{}/startHour/{}/endHour/{}/type/{}/vm/{}",
        path(operation),
        target.id,
        target.platform.number(),
        crate::request::encode(version),
        window.first_hour_param(),
        window.last_hour_param(),
        kind.wire(),
        devices.vm(),
    );
    Request::get(target.account.name.clone(), operation, path)
        .query("dataType", "realTimeTrendData")
        .with_nonce("fsn")
}

fn lone(versions: &List<ShortText, 1>) -> &str {
    versions.first().map_or("-1", ShortText::as_str)
}

fn lone_filter(versions: &List<ShortText, 1>, devices: Devices) -> Vec<String> {
    let version = versions.first().map_or("all versions".to_owned(), |v| {
        format!("version {}", short(v))
    });
    std::iter::once(version)
        .chain(devices.title().map(str::to_owned))
        .collect()
}

impl GetHourlyTrendBasic {
    fn scope(&self, ctx: &CallContext) -> Result<(CrashSightApp, Window), Error> {
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

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let (target, window) = self.scope(ctx)?;
        let body = json!({
            "version": lone(&self.versions),
            "versionList": [lone(&self.versions)],
            "startHour": window.first_hour_param(),
            "endHour": window.last_hour_param(),
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
            .with_nonce("fsn")
            .cache(window.cache_policy())
            .with_fallback(script))
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        let (target, window) = self.scope(ctx)?;
        let trend = Trend {
            step: StepArg::Hour,
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
pub(crate) struct GetCumulativeTrendBasic {
    project: Option<ProjectName>,
    window: Option<WindowSpec>,
    #[serde(default)]
    kind: ReportKind,
    #[serde(default)]
    versions: List<ShortText, 1>,
    #[serde(default)]
    devices: Devices,
}

impl GetCumulativeTrendBasic {
    fn scope(&self, ctx: &CallContext) -> Result<(CrashSightApp, Window), Error> {
        site_days(ctx, self.project.as_ref(), self.window.as_ref())
    }
}

impl Operation for GetCumulativeTrendBasic {
    const NAME: &'static str = "crashsight_get_cumulative_trend_basic";
    const PATH: &'static str = "getAppRealTimeTrendAppend";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let (target, window) = self.scope(ctx)?;
        let body = json!({
            "startHour": window.first_hour_param(),
            "endHour": window.last_hour_param(),
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
            .with_nonce("fsn")
            .cache(window.cache_policy())
            .with_fallback(script))
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        let (target, window) = self.scope(ctx)?;
        let trend = Trend {
            step: StepArg::Hour,
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
