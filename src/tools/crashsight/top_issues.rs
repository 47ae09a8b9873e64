//! What affects the most devices: top issues of whole days, and of one hour.

use std::sync::Arc;

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::app::GetAppOptions;
use super::checked::{self, Filtered};
use super::filters::Filters;
use super::issue_growth::growth;
use super::issue_parts::Clocks;
use super::issue_trends;
use super::members::Person;
use super::top_list::{self, EarlierSpan, Reading, TopIssues, totals};
use super::trend_request::Form;
use super::trend_rows::{Comparison, Trend};
use super::{added_up, post, trend_scope};
use crate::args::{Devices, Limit, List, ProjectName, ReportKind, ShortText, StepArg, SystemExits};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::Reply;
use crate::request::Request;
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::allowance::Allowance;
use crate::tools::context::{CallContext, FEW_CALLS};
use crate::tools::output::Output;
use crate::tools::tool::{Query, Tool, is_known};
use crate::upstream::api::Api;

/// Issues that affect the most devices in whole days (default today), with totals beside the same part of the day or
/// week before, and how each issue changed. Then crashsight_get_issue or crashsight_get_last_crash.
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

/// What a call of a list is about.
pub(crate) struct Scope {
    app: CrashSightApp,
    window: Window,
    filters: Filters,
    reader: TimeZone,
}

impl Scope {
    fn reading<'a>(
        &'a self,
        system_exits: SystemExits,
        limit: Limit<10, 100>,
        span: &'static str,
    ) -> Reading<'a> {
        Reading {
            kind: self.filters.kind,
            system_exits,
            limit,
            window: &self.window,
            clocks: Clocks {
                site: &self.app.account.zone,
                reader: &self.reader,
            },
            span,
        }
    }
}

impl ListTopIssues {
    /// The crashes of a range, as many as one request returns.
    pub(super) fn of_range(
        project: Option<ProjectName>,
        window: Option<WindowSpec>,
        versions: List<ShortText>,
    ) -> Self {
        Self {
            project,
            window,
            kind: ReportKind::default(),
            versions,
            countries: List::default(),
            system_exits: SystemExits::default(),
            limit: Limit::MOST,
        }
    }
}

/// The list of whole days without what it is compared with.
impl Query for ListTopIssues {
    const NAME: &'static str = "crashsight_list_top_issues";
    const UPSTREAM: &'static str = "getTopIssueEx";
    type Scope = Scope;
    type Answer = TopIssues;

    fn scope(&self, ctx: &CallContext) -> Result<Scope, Error> {
        let app = ctx.app(self.project.as_ref())?;
        let default = WindowSpec::today();
        Ok(Scope {
            window: ctx.window(self.window.as_ref(), &default, Granularity::Day, &app)?,
            filters: Filters::new(self.kind)
                .with_versions(&self.versions)
                .with_countries(&self.countries)?,
            reader: ctx.zone.clone(),
            app,
        })
    }

    fn request(&self, scope: &Scope) -> Request {
        let (window, filters) = (&scope.window, &scope.filters);
        // Several versions or days are refused unless their merge flag is set (docs/vendor/crashsight.md §13).
        let body = json!({
            "version": filters.version(),
            "date": window.first_day_param(),
            "minDate": window.first_day_param(),
            "maxDate": window.last_day_param(),
            "type": filters.kind.wire(),
            "limit": top_list::ASKED,
            "topIssueDataType": self.system_exits.wire(),
            "mergeMultipleVersionsWithInaccurateResult": filters.several_versions(),
            "mergeMultipleDatesWithInaccurateResult": window.days() > 1,
            "versionList": filters.version_list(),
            "countryList": filters.countries(),
        });
        post(&scope.app, <Self as Query>::UPSTREAM, body)
            .with_nonce("fsn")
            .cache(window.cache_policy().with_states())
    }

    fn parse(&self, scope: &Scope, data: JsonRef<'_>) -> anyhow::Result<Output<TopIssues>> {
        let Scope {
            app,
            window,
            filters,
            ..
        } = scope;
        let one_day = window.days() == 1;
        let ended = one_day && !window.partial();
        let active = data.get("accessDevices").count();
        let active_before = data.get("prevDayAccessDevices").count();
        let reading = scope.reading(self.system_exits, self.limit, "range");
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
        let mut output = Output::new(format!("Top {} issues", filters.kind.title()), app, answer)
            .window(window)
            .heading(filters.heading())
            .heading(top_list::exits(self.system_exits));
        if found && window.days() > 1 {
            output.note(added_up("days"));
        } else if found && filters.several_versions() {
            output.note(added_up("versions"));
        }
        if !found && active.is_none_or(|active| active == 0) {
            if filters.may_match_nothing() {
                output.note("no device that these filters match was active in this range");
                output.suggest("crashsight_get_app_options", json!({}));
            } else if active == Some(0) {
                output.note("no active devices recorded in this range");
            }
        }
        top_list::suggest(&mut output);
        Ok(output)
    }

    fn render(output: &Output<TopIssues>, reply: &mut Reply) {
        top_list::render(&output.answer, reply);
    }
}

impl Filtered for ListTopIssues {
    fn app(scope: &Scope) -> &CrashSightApp {
        &scope.app
    }

    fn filters(scope: &mut Scope) -> &mut Filters {
        &mut scope.filters
    }

    fn found(answer: &TopIssues) -> bool {
        answer.returned > 0
    }

    fn people(answer: &mut TopIssues) -> Vec<&mut Vec<Person>> {
        top_list::people(answer)
    }
}

// The list of whole days beside the same part of the day or week before. Described by the query's own doc comment, so it
// has none.
#[derive(Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct ComparedTopIssues(ListTopIssues);

/// The form of the trend that holds the same part before: by the hour for a day that has not ended, by day for several
/// days. A day that has ended is compared by the list itself.
fn compared_by(window: &Window) -> Option<Form> {
    match window.days() {
        1 => window.partial().then_some(Form::Cumulative),
        _ => Some(Form::Daily),
    }
}

/// The trend of the same filters, and whether a call is left for each issue's change; nothing where few calls are left.
async fn trend(
    list: &ListTopIssues,
    filters: &Filters,
    form: Form,
    (allowance, needed): (Allowance, usize),
    ctx: &CallContext,
    api: &Api<'_>,
) -> Result<Option<(Output<Trend>, bool)>, Error> {
    let (step, cumulative) = (form.step(), form.cumulative());
    let scope_at = |ctx: &CallContext| {
        let app = ctx.app(list.project.as_ref())?;
        let granularity = match step {
            StepArg::Day => Granularity::Day,
            StepArg::Hour => Granularity::Hour,
        };
        // The list's days are the service's, whatever the reader's zone.
        let site = CallContext {
            zone: app.account.zone.clone(),
            ..ctx.clone()
        };
        let default = WindowSpec::today();
        let window = site.window(list.window.as_ref(), &default, granularity, &app)?;
        Ok::<_, Error>(trend_scope::Scope::new(
            app,
            window,
            filters.clone(),
            step,
            cumulative,
        ))
    };
    let asked = form.at_hand(scope_at(ctx)?.sharing(), api).await;
    let request = form.request(&asked);
    let cost = usize::from(!api.is_known(&request).await);
    let [compares, grows] = allowance.afforded(needed, [cost, 1]);
    if !compares {
        return Ok(None);
    }
    let response = api.send(request).await?;
    let rows = JsonRef::new(&response.data)
        .rows()
        .map_err(Error::unexpected_response)?;
    scope_at(&ctx.at(response.at))?
        .fetched_as(&asked)
        .read(String::new(), (step, cumulative), [], &rows)
        .map(|trend| Some((trend, grows)))
        .map_err(Error::unexpected_response)
}

/// Adds how each listed issue changed per active device, with one more request. Its numbers are of one version or all, of
/// all countries; and the last calls of a minute are left to what is asked for.
async fn compare_issues(
    output: &mut Output<TopIssues>,
    (app, filters): (&CrashSightApp, &Filters),
    compared: (&Comparison, bool),
    afforded: bool,
    (ctx, api): (&CallContext, &Api<'_>),
) {
    let served = filters.versions().len() <= 1 && filters.countries().is_empty();
    if !served || !afforded {
        let why = if served {
            format!("{FEW_CALLS}; the same call compares them after it")
        } else {
            "counted for one version at a time and all countries".to_owned()
        };
        output.note(format!("issues not compared with the time before: {why}"));
        return;
    }
    let issues: Vec<&str> = output.answer.first_ids.iter().map(String::as_str).collect();
    let grown = growth(ctx, api, app, (&issues, filters.clone()), compared).await;
    match grown {
        Ok(grown) => {
            for row in &mut output.answer.issues {
                let of_row = row.issue.as_ref().and_then(|issue| grown.get(issue));
                row.change = row.change.or_else(|| of_row.and_then(|grown| grown.change));
            }
        }
        // A site without this operation has the list all the same.
        Err(Error::NotAvailable { .. }) => {}
        Err(error) => {
            let error = error.to_string();
            let error = error.lines().next().unwrap_or_default();
            output.note(format!("issues not compared with the time before: {error}"));
        }
    }
}

impl Tool for ComparedTopIssues {
    const NAME: &'static str = <ListTopIssues as Query>::NAME;
    const UPSTREAM: &'static [&'static str] = &[
        <ListTopIssues as Query>::UPSTREAM,
        <GetAppOptions as Query>::UPSTREAM,
        Form::Cumulative.operation(),
        Form::Daily.operation(),
        issue_trends::OPERATION,
    ];
    type Answer = TopIssues;

    async fn answer(self, ctx: &CallContext, api: &Api<'_>) -> Result<Output<TopIssues>, Error> {
        let list = Arc::new(self.0);
        let app = ctx.app(list.project.as_ref())?;
        let allowance = Allowance::of(api, &app).await;
        let needed = usize::from(!is_known(&*list, ctx, api).await);
        let (mut output, filters) = checked::answer(&list, ctx, api).await?;
        // An older response is read as of its own time.
        let ctx = ctx.at(api.call_log().oldest().unwrap_or(ctx.now));
        let scope = list.scope(&ctx)?;
        let Some(form) = compared_by(&scope.window).filter(|_| output.answer.returned > 0) else {
            return Ok(output);
        };
        match trend(&list, &filters, form, (allowance, needed), &ctx, api).await {
            Ok(Some((trend, grows))) => {
                if let Some(comparison) = &trend.answer.comparison {
                    let compared = (comparison, form.cumulative());
                    let of = (&app, &filters);
                    compare_issues(&mut output, of, compared, grows, (&ctx, api)).await;
                }
                output.answer.comparison = trend.answer.comparison;
                output.answer.cumulative = form.cumulative();
                if form.step() == StepArg::Day {
                    let zone = scope.window.zone_note();
                    let notes = trend.meta.notes.into_iter();
                    let notes = notes.filter(|note| Some(note) != zone.as_ref());
                    output.meta.notes.extend(notes);
                }
            }
            Ok(None) => output.note(format!(
                "not compared with the time before: {FEW_CALLS}; the same call compares it after that"
            )),
            Err(error) => {
                // Further lines hold the service's words and a hint for another call.
                let error = error.to_string();
                let error = error.lines().next().unwrap_or_default();
                output.note(format!("not compared with the time before: {error}"));
            }
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

impl Query for ListHourlyTopIssues {
    const NAME: &'static str = "crashsight_list_hourly_top_issues";
    const UPSTREAM: &'static str = "getTopIssueHourly";
    type Scope = Scope;
    type Answer = TopIssues;

    fn scope(&self, ctx: &CallContext) -> Result<Scope, Error> {
        let app = ctx.app(self.project.as_ref())?;
        let default = WindowSpec::last_hours(1);
        let served = Granularity::Hour.at_most_hours(1);
        Ok(Scope {
            window: ctx.window(self.window.as_ref(), &default, served, &app)?,
            filters: Filters::new(self.kind)
                .with_one_version(self.version.as_slice())?
                .with_countries(&self.countries)?
                .with_devices(self.devices),
            reader: ctx.zone.clone(),
            app,
        })
    }

    fn request(&self, scope: &Scope) -> Request {
        let filters = &scope.filters;
        let body = json!({
            "version": filters.version(),
            "startHour": scope.window.first_hour_param(),
            "type": filters.kind.wire(),
            "vm": filters.devices.vm(),
            "limit": top_list::ASKED,
            "topIssueDataType": self.system_exits.wire(),
            // Countries count only with this flag (docs/vendor/crashsight.md §13).
            "needCountryDimension": !filters.countries().is_empty(),
            "countryList": filters.countries(),
        });
        post(&scope.app, <Self as Query>::UPSTREAM, body)
            .cache(scope.window.cache_policy().with_states())
    }

    fn parse(&self, scope: &Scope, data: JsonRef<'_>) -> anyhow::Result<Output<TopIssues>> {
        let Scope {
            app,
            window,
            filters,
            ..
        } = scope;
        let ended = !window.partial();
        let active = data.get("accessDevices").count();
        let active_before = data.get("prevHourAccessDevices").count();
        let reading = scope.reading(self.system_exits, self.limit, "hour");
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
        let title = format!("Top {} issues of an hour", filters.kind.title());
        let mut output = Output::new(title, app, answer)
            .window(window)
            .heading(filters.heading())
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

impl Filtered for ListHourlyTopIssues {
    fn app(scope: &Scope) -> &CrashSightApp {
        &scope.app
    }

    fn filters(scope: &mut Scope) -> &mut Filters {
        &mut scope.filters
    }

    fn found(answer: &TopIssues) -> bool {
        answer.returned > 0
    }

    fn people(answer: &mut TopIssues) -> Vec<&mut Vec<Person>> {
        top_list::people(answer)
    }
}
