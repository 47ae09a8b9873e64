//! What affects the most devices: top issues of whole days, and of one hour.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::issue_rows::Clocks;
use super::top_list::{self, EarlierSpan, Reading, TopIssues, totals};
use super::trend_request::Form;
use super::trend_rows::Trend;
use super::trend_scope::{self, Asked};
use super::{added_up, filters, listed, post, several, short, version, version_list};
use crate::args::{Devices, Limit, List, ProjectName, ReportKind, ShortText, StepArg, SystemExits};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::Reply;
use crate::request::Request;
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::CallContext;
use crate::tools::output::Output;
use crate::tools::tool::{Query, Tool};
use crate::upstream::api::Api;

/// Issues that affect the most devices in whole days (default today), with totals beside the same part of the day or
/// week before. Start here; then crashsight_get_issue or crashsight_get_last_crash.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListTopIssues {
    project: Option<ProjectName>,
    window: Option<WindowSpec>,
    #[serde(default)]
    kind: ReportKind,
    #[serde(default)]
    versions: List<ShortText>,
    #[serde(default)]
    countries: List<ShortText>,
    #[serde(default)]
    system_exits: SystemExits,
    #[serde(default)]
    limit: Limit<10, 100>,
}

/// The operation of the list of whole days.
const OF_DAYS: &str = "getTopIssueEx";

impl ListTopIssues {
    fn scope(&self, ctx: &CallContext) -> Result<(CrashSightApp, Window), Error> {
        let app = ctx.app(self.project.as_ref())?;
        let default = WindowSpec::today();
        let window = ctx.window(self.window.as_ref(), &default, Granularity::Day, &app)?;
        Ok((app, window))
    }

    fn request(&self, app: &CrashSightApp, window: &Window) -> Request {
        // Several versions or days are refused unless their merge flag is set (docs/vendor/crashsight.md §13).
        let body = json!({
            "version": version(&self.versions),
            "date": window.first_day_param(),
            "minDate": window.first_day_param(),
            "maxDate": window.last_day_param(),
            "type": self.kind.wire(),
            "limit": top_list::asked(self.limit),
            "topIssueDataType": self.system_exits.wire(),
            "mergeMultipleVersionsWithInaccurateResult": several(&self.versions),
            "mergeMultipleDatesWithInaccurateResult": window.days() > 1,
            "versionList": version_list(&self.versions),
            "countryList": self.countries.texts(),
        });
        post(app, OF_DAYS, body)
            .with_nonce("fsn")
            .cache(window.cache_policy())
    }

    fn parse(
        &self,
        ctx: &CallContext,
        (app, window): &(CrashSightApp, Window),
        data: JsonRef<'_>,
    ) -> anyhow::Result<Output<TopIssues>> {
        let one_day = window.days() == 1;
        let ended = one_day && !window.partial();
        let active = data.get("accessDevices").count();
        let active_before = data.get("prevDayAccessDevices").count();
        let reading = Reading {
            kind: self.kind,
            system_exits: self.system_exits,
            limit: self.limit,
            window,
            clocks: Clocks {
                site: &app.account.zone,
                reader: &ctx.zone,
            },
            span: "range",
        };
        let mut answer = reading.read(data, |issue| {
            // The service has no counts of the day before for several days.
            if !one_day {
                issue.previous_day_devices = None;
                issue.previous_day_reports = None;
                issue.previous_hour_devices = None;
                issue.previous_hour_reports = None;
            }
            if ended {
                issue.compare(issue.previous_day_devices, active, active_before);
            }
            issue.mark_since(window.start(), issue.previous_day_devices == Some(0));
        })?;
        if ended {
            let before = totals(data, "prevDayCrashDevices", "prevDayAccessDevices");
            top_list::add_earlier(&mut answer, EarlierSpan::PreviousDay, before, true);
        }
        let found = !answer.issues.is_empty();
        let mut output = Output::new(format!("Top {} issues", self.kind.title()), app, answer)
            .window(window)
            .heading(filters(&self.versions, &self.countries, Devices::All))
            .heading(top_list::exits(self.system_exits));
        if found && window.days() > 1 {
            output.note(added_up("days"));
        } else if found && several(&self.versions) {
            output.note(added_up("versions"));
        }
        let filtered = !self.versions.is_empty() || !self.countries.is_empty();
        let idle = active.is_none_or(|active| active == 0);
        if !found && idle && filtered {
            output.note(
                "no device that these filters match was active: their values may not exist; \
                 crashsight_get_app_options lists those that do",
            );
            output.suggest("crashsight_get_app_options", json!({}));
        } else if !found && active == Some(0) {
            output.note("no active devices recorded in this range");
        }
        top_list::suggest(&mut output);
        Ok(output)
    }

    /// The form of the trend that holds the same part before: by the hour for a day that has not ended, by day for
    /// several days. A day that has ended is compared by the list itself.
    fn compared_by(window: &Window) -> Option<Form> {
        match window.days() {
            1 => window.partial().then_some(Form::Cumulative),
            _ => Some(Form::Daily),
        }
    }

    fn trend_asked(&self) -> Asked<'_> {
        Asked {
            project: self.project.as_ref(),
            window: self.window.as_ref(),
            kind: self.kind,
            versions: &self.versions,
            countries: &self.countries,
            devices: Devices::All,
        }
    }

    fn trend_scope(&self, ctx: &CallContext, form: Form) -> Result<trend_scope::Scope, Error> {
        let app = ctx.app(self.project.as_ref())?;
        let default = WindowSpec::today();
        let (step, cumulative) = (form.step(), form.cumulative());
        let granularity = match step {
            StepArg::Day => Granularity::Day,
            StepArg::Hour => Granularity::Hour,
        };
        // The list's days are the service's, whatever the reader's zone.
        let site = CallContext {
            zone: app.account.zone.clone(),
            ..ctx.clone()
        };
        let window = site.window(self.window.as_ref(), &default, granularity, &app)?;
        Ok(trend_scope::Scope::new(app, window, step, cumulative))
    }

    /// The trend beside the list, read as of its own time.
    async fn trend(
        &self,
        ctx: &CallContext,
        api: &Api<'_>,
        form: Form,
    ) -> Result<Output<Trend>, Error> {
        let request = form.request(&self.trend_scope(ctx, form)?, &self.trend_asked());
        let response = api.send(request).await?;
        let scope = self.trend_scope(&ctx.at(response.at), form)?;
        let rows = JsonRef::new(&response.data)
            .rows()
            .map_err(Error::unexpected_response)?;
        scope
            .read(
                String::new(),
                (form.step(), self.kind, form.cumulative()),
                [],
                &rows,
            )
            .map_err(Error::unexpected_response)
    }
}

impl Tool for ListTopIssues {
    const NAME: &'static str = "crashsight_list_top_issues";
    const UPSTREAM: &'static [&'static str] = &[
        OF_DAYS,
        Form::Cumulative.operation(),
        Form::Daily.operation(),
    ];
    type Answer = TopIssues;

    async fn answer(self, ctx: &CallContext, api: &Api<'_>) -> Result<Output<TopIssues>, Error> {
        let scope = self.scope(ctx)?;
        let response = api.send(self.request(&scope.0, &scope.1)).await?;
        let (ctx, scope) = match response.wait {
            None => (ctx.clone(), scope),
            // An older response is read as of its own time.
            Some(wait) => {
                let then = ctx.at(response.at);
                let scope = self
                    .scope(&then)
                    .map_err(|_| Error::RateLimited { retry_after: wait })?;
                (then, scope)
            }
        };
        let mut output = self
            .parse(&ctx, &scope, JsonRef::new(&response.data))
            .map_err(Error::unexpected_response)?;
        let Some(form) = Self::compared_by(&scope.1).filter(|_| output.answer.returned > 0) else {
            return Ok(output);
        };
        match self.trend(&ctx, api, form).await {
            Ok(trend) => {
                output.answer.comparison = trend.answer.comparison;
                output.answer.cumulative = form.cumulative();
                if form.step() == StepArg::Day {
                    let zone = scope.1.zone_note();
                    let notes = trend.meta.notes.into_iter();
                    output
                        .meta
                        .notes
                        .extend(notes.filter(|note| Some(note) != zone.as_ref()));
                }
            }
            Err(error) => output.note(format!("not compared with the time before: {error}")),
        }
        Ok(output)
    }

    fn render(output: &Output<TopIssues>, reply: &mut Reply) {
        top_list::render(&output.answer, reply);
    }
}

/// Issues that affect the most devices within one hour (default the running hour), beside the hour and the day before.
/// For spikes under way.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListHourlyTopIssues {
    project: Option<ProjectName>,
    /// one hour: `2026-11-20T08`
    window: Option<WindowSpec>,
    #[serde(default)]
    kind: ReportKind,
    version: Option<ShortText>,
    #[serde(default)]
    countries: List<ShortText>,
    #[serde(default)]
    devices: Devices,
    #[serde(default)]
    system_exits: SystemExits,
    #[serde(default)]
    limit: Limit<10, 100>,
}

/// What a call of the hourly list is about.
pub(crate) struct HourScope {
    app: CrashSightApp,
    window: Window,
    reader: jiff::tz::TimeZone,
}

impl Query for ListHourlyTopIssues {
    const NAME: &'static str = "crashsight_list_hourly_top_issues";
    const UPSTREAM: &'static str = "getTopIssueHourly";
    type Scope = HourScope;
    type Answer = TopIssues;

    fn scope(&self, ctx: &CallContext) -> Result<HourScope, Error> {
        let app = ctx.app(self.project.as_ref())?;
        let default = WindowSpec::last_hours(1);
        let served = Granularity::Hour.at_most_hours(1);
        Ok(HourScope {
            window: ctx.window(self.window.as_ref(), &default, served, &app)?,
            reader: ctx.zone.clone(),
            app,
        })
    }

    fn request(&self, scope: &HourScope) -> Request {
        let body = json!({
            "version": self.version.as_ref().map_or("-1", ShortText::as_str),
            "startHour": scope.window.first_hour_param(),
            "type": self.kind.wire(),
            "vm": self.devices.vm(),
            "limit": top_list::asked(self.limit),
            "topIssueDataType": self.system_exits.wire(),
            // Countries count only with this flag (docs/vendor/crashsight.md §13).
            "needCountryDimension": !self.countries.is_empty(),
            "countryList": self.countries.texts(),
        });
        post(&scope.app, <Self as Query>::UPSTREAM, body).cache(scope.window.cache_policy())
    }

    fn parse(&self, scope: &HourScope, data: JsonRef<'_>) -> anyhow::Result<Output<TopIssues>> {
        let HourScope {
            app,
            window,
            reader,
        } = scope;
        let ended = !window.partial();
        let active = data.get("accessDevices").count();
        let active_before = data.get("prevHourAccessDevices").count();
        let reading = Reading {
            kind: self.kind,
            system_exits: self.system_exits,
            limit: self.limit,
            window,
            clocks: Clocks {
                site: &app.account.zone,
                reader,
            },
            span: "hour",
        };
        let mut answer = reading.read(data, |issue| {
            if ended {
                issue.compare(issue.previous_hour_devices, active, active_before);
            }
            issue.mark_since(window.start(), false);
        })?;
        for (span, part, whole) in [
            (
                EarlierSpan::PreviousHour,
                "prevHourCrashDevices",
                "prevHourAccessDevices",
            ),
            (
                EarlierSpan::SameHourOfPreviousDay,
                "prevDaySameHourCrashDevices",
                "prevDaySameHourAccessDevices",
            ),
        ] {
            top_list::add_earlier(&mut answer, span, totals(data, part, whole), ended);
        }
        let earlier = !answer.earlier.is_empty();
        let version = self.version.as_ref().map_or_else(
            || "all versions".to_owned(),
            |version| format!("version {}", short(version)),
        );
        let countries =
            (!self.countries.is_empty()).then(|| format!("in {}", listed(&self.countries)));
        let title = format!("Top {} issues of an hour", self.kind.title());
        let mut output = Output::new(title, app, answer)
            .window(window)
            .heading([version])
            .heading(countries)
            .heading(self.devices.title().map(str::to_owned))
            .heading(top_list::exits(self.system_exits));
        if earlier && !ended {
            output
                .note("this hour has not ended; those before it are whole, so no change is shown");
        }
        top_list::suggest(&mut output);
        Ok(output)
    }

    fn render(output: &Output<TopIssues>, reply: &mut Reply) {
        top_list::render(&output.answer, reply);
    }
}
