//! How given issues developed.

use std::collections::HashSet;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::app::GetAppOptions;
use super::checked::{self, Filtered};
use super::filters::Filters;
use super::issue_trends::{
    Bucket, IssueTrend, IssueTrendScope, IssueTrends, MOST_ISSUES, OPERATION,
};
use super::mistaken_id::note_crash_for_issue;
use super::requests::CRASH_DOC;
use super::shared_range::SharedRanges;
use super::trend_scope::MOST_HOURS;
use crate::args::{CrashId, IssueId, List, ProjectName, ReportKind, ShortText, StepArg};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::{Cell, Fact, Reply, Table, counted};
use crate::request::Request;
use crate::time_range::{Granularity, WindowSpec};
use crate::tools::context::CallContext;
use crate::tools::output::{DeviceRate, Output};
use crate::tools::tool::{Query, Tool};
use crate::upstream::api::Api;
use crate::upstream::cache::CachedResponse;

/// Ids that a note names; the others are counted.
const NAMED: usize = 3;

/// The days of an issue: those that crashsight_get_issue shows too.
const RANGES: SharedRanges = SharedRanges(&[14]);

/// Issues for which more days are asked for than a question is about.
const MOST_SHARED: usize = 10;

/// Rows shown of one issue; the line above them shows the rest.
const MOST_ROWS: usize = 48;

/// Crashes of given issues (up to 1000) per day (default 7d) or hour: total, peak and curve of each. Shows whether an
/// issue grows, stopped, or when it began.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetIssueTrend {
    project: Option<ProjectName>,
    issues: List<IssueId, MOST_ISSUES>,
    window: Option<WindowSpec>,
    #[serde(default)]
    step: StepArg,
    #[serde(default)]
    versions: List<ShortText, 1>,
}

impl GetIssueTrend {
    /// The app of all issues: addresses of another are refused.
    fn app(&self, ctx: &CallContext) -> Result<CrashSightApp, Error> {
        let project = self.project.as_ref();
        let mut app: Option<CrashSightApp> = None;
        for page in self.issues.iter().filter_map(IssueId::page) {
            let of_page = ctx.app_of_page(project, Some(page))?;
            let same =
                |app: &CrashSightApp| app.id == of_page.id && app.platform == of_page.platform;
            if let Some(other) = app.filter(|app| !same(app)) {
                return Err(Error::invalid_arguments(format!(
                    "issues: the addresses are of two apps, {} and {}: ask for each app alone",
                    other.label, of_page.label
                )));
            }
            app = Some(of_page);
        }
        app.map_or_else(|| ctx.app(project), Ok)
    }
}

impl Query for GetIssueTrend {
    const NAME: &'static str = "crashsight_get_issue_trend";
    const UPSTREAM: &'static str = OPERATION;
    type Scope = IssueTrendScope;
    type Answer = IssueTrends;

    fn scope(&self, ctx: &CallContext) -> Result<IssueTrendScope, Error> {
        let mut seen = HashSet::new();
        let issues: Vec<String> = self
            .issues
            .iter()
            .map(|issue| issue.as_str().to_owned())
            .filter(|id| seen.insert(id.to_ascii_uppercase()))
            .collect();
        if issues.is_empty() {
            return Err(Error::invalid_arguments(
                "issues: give at least one id\n\
                 hint: crashsight_list_top_issues {} lists issues with their whole ids",
            ));
        }
        let app = self.app(ctx)?;
        let (served, default) = match self.step {
            StepArg::Day => (Granularity::Day.into(), WindowSpec::last_days(7)),
            StepArg::Hour => (
                Granularity::Hour.at_most_hours(MOST_HOURS),
                WindowSpec::last_hours(24),
            ),
        };
        let window = ctx.window(self.window.as_ref(), &default, served, &app)?;
        let few = issues.len() <= MOST_SHARED && self.step == StepArg::Day;
        Ok(IssueTrendScope {
            fetched: if few {
                RANGES.asked(&window)
            } else {
                window.clone()
            },
            window,
            app,
            issues,
            step: self.step,
            filters: Filters::new(ReportKind::default()).with_one_version(&self.versions)?,
        })
    }

    fn others(&self, scope: &IssueTrendScope) -> Vec<IssueTrendScope> {
        let few = scope.issues.len() <= MOST_SHARED && scope.step == StepArg::Day;
        let others = few.then(|| RANGES.others(&scope.window));
        let others = others.into_iter().flatten();
        others
            .map(|fetched| IssueTrendScope {
                fetched,
                ..scope.clone()
            })
            .collect()
    }

    fn request(&self, scope: &IssueTrendScope) -> Request {
        scope.request()
    }

    fn parse(
        &self,
        scope: &IssueTrendScope,
        data: JsonRef<'_>,
    ) -> anyhow::Result<Output<IssueTrends>> {
        Ok(answered(scope, scope.read_document(data)?))
    }

    fn parse_kept(
        &self,
        scope: &IssueTrendScope,
        response: &CachedResponse,
    ) -> anyhow::Result<Output<IssueTrends>> {
        Ok(answered(scope, scope.read(response)?))
    }

    fn render(output: &Output<IssueTrends>, reply: &mut Reply) {
        match &output.answer.issues[..] {
            [only] => one(only, reply),
            several => many(several, reply),
        }
    }
}

/// What is said of trends, with sentences about what is missing in them.
fn answered(
    scope: &IssueTrendScope,
    (answer, notes): (IssueTrends, Vec<String>),
) -> Output<IssueTrends> {
    let which = match &scope.issues[..] {
        [only] => format!("issue {only}"),
        several => format!("{} issues", several.len()),
    };
    let mut output = Output::new(
        format!("Trend of {which} by {}", scope.unit()),
        &scope.app,
        answer,
    )
    .window(&scope.window)
    .heading(scope.filters.heading());
    output.meta.notes.extend(notes);
    output.meta.notes.extend(without_data(&output.answer));
    suggest(&mut output, scope);
    output
}

/// Names the issues of which the service returned nothing.
fn without_data(answer: &IssueTrends) -> Option<String> {
    let (with, without): (Vec<&IssueTrend>, Vec<&IssueTrend>) = answer
        .issues
        .iter()
        .partition(|issue| !issue.buckets.is_empty());
    let why = "not reported in this range, or not an issue of this project";
    match (&without[..], with.len()) {
        ([], _) => with
            .iter()
            .all(|issue| issue.crashes == 0)
            .then(|| "no crash in this range".to_owned()),
        ([_], 0) => Some(format!("no data: {why}")),
        (issues, _) => {
            let named: Vec<&str> = issues
                .iter()
                .take(NAMED)
                .map(|one| one.issue.as_str())
                .collect();
            let more = match issues.len().saturating_sub(NAMED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let count = counted(issues.len(), "issue");
            Some(format!(
                "{count} without data, {why}: {}{more}",
                named.join(", ")
            ))
        }
    }
}

fn suggest(output: &mut Output<IssueTrends>, scope: &IssueTrendScope) {
    let Some(top) = output.answer.issues.first().filter(|top| top.crashes > 0) else {
        return;
    };
    let issue = top.issue.clone();
    let peak = top.peak.as_ref().map(|peak| peak.at.at.date());
    if let (StepArg::Day, 1, Some(day)) = (scope.step, scope.issues.len(), peak) {
        let mut hours = json!({"issues": [issue], "step": "hour", "window": day.to_string()});
        if !scope.filters.versions().is_empty() {
            hours["versions"] = json!(scope.filters.versions());
        }
        output.suggest(<GetIssueTrend as Query>::NAME, hours);
    }
    output.suggest("crashsight_get_issue", json!({"issue": issue}));
}

/// The unit of a table.
fn unit(bucket: &Bucket) -> &'static str {
    match bucket.at.step {
        StepArg::Day => "day",
        StepArg::Hour => "hour",
    }
}

/// Peak and when it was.
fn peak(trend: &IssueTrend) -> (Cell, Cell) {
    let peak = trend.peak.as_ref();
    (
        Cell::count(peak.map(|peak| peak.crashes)),
        peak.map_or(Cell::Missing, |peak| Cell::text(peak.at.label())),
    )
}

fn curve(trend: &IssueTrend) -> Cell {
    if trend.crashes == 0 {
        return Cell::Missing;
    }
    Cell::Sparkline(trend.buckets.iter().map(|bucket| bucket.crashes).collect())
}

/// One issue: its line, then every day or hour.
fn one(trend: &IssueTrend, reply: &mut Reply) {
    let Some(first) = trend.buckets.first().filter(|_| trend.crashes > 0) else {
        return;
    };
    let (most, when) = peak(trend);
    reply.facts([
        Fact::new("crashes", Cell::Count(trend.crashes)),
        Fact::new("peak", most).unit(match first.at.step {
            StepArg::Day => format!("on {}", when.render()),
            StepArg::Hour => format!("at {}", when.render()),
        }),
        Fact::new(
            "",
            if trend.buckets.len() > 2 {
                curve(trend)
            } else {
                Cell::Missing
            },
        ),
    ]);
    let mut table = Table::new(&[unit(first), "crashes", "devices of active"]);
    for bucket in &trend.buckets {
        let label = bucket.at.label();
        let devices = DeviceRate::new(bucket.devices, bucket.active_devices);
        table.rows.push(vec![
            Cell::Text(if bucket.partial {
                format!("{label} so far")
            } else {
                label
            }),
            Cell::Count(bucket.crashes),
            devices.map_or(Cell::Missing, |devices| devices.cell()),
        ]);
    }
    table.last = true;
    table.total = i64::try_from(trend.buckets.len()).ok();
    table.rest = Some("a shorter window shows others".to_owned());
    table.keep(MOST_ROWS);
    reply.table(table, "");
}

/// Several issues: a line each.
fn many(trends: &[IssueTrend], reply: &mut Reply) {
    let with_data: Vec<&IssueTrend> = trends
        .iter()
        .filter(|one| !one.buckets.is_empty())
        .collect();
    let Some(first) = with_data.first().and_then(|trend| trend.buckets.first()) else {
        return;
    };
    let by = format!("by {}", unit(first));
    let mut table = Table::new(&["issue", "crashes", "peak", "at", &by]);
    for trend in &with_data {
        let (most, when) = peak(trend);
        table.rows.push(vec![
            Cell::id(Some(&trend.issue)),
            Cell::Count(trend.crashes),
            most,
            when,
            curve(trend),
        ]);
    }
    table.total = i64::try_from(with_data.len()).ok();
    table.narrower = Some("fewer issues in a call show the others");
    reply.table(table, "");
}

impl Filtered for GetIssueTrend {
    fn app(scope: &IssueTrendScope) -> &CrashSightApp {
        &scope.app
    }

    fn filters(scope: &mut IssueTrendScope) -> &mut Filters {
        &mut scope.filters
    }

    fn found(answer: &IssueTrends) -> bool {
        answer.issues.iter().any(|issue| issue.crashes > 0)
    }
}

// The trend with its version checked, and a crash's id in place of an issue's recognised. Described by the query's own
// doc comment, so it has none.
#[derive(Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct CheckedIssueTrend(GetIssueTrend);

impl Tool for CheckedIssueTrend {
    const NAME: &'static str = <GetIssueTrend as Query>::NAME;
    const UPSTREAM: &'static [&'static str] =
        &[OPERATION, <GetAppOptions as Query>::UPSTREAM, CRASH_DOC];
    type Answer = IssueTrends;

    async fn answer(self, ctx: &CallContext, api: &Api<'_>) -> Result<Output<IssueTrends>, Error> {
        let query = Arc::new(self.0);
        let (mut output, _) = checked::answer(&query, ctx, api).await?;
        let unknown = output
            .answer
            .issues
            .iter()
            .all(|issue| issue.buckets.is_empty());
        if let ([issue], true) = (&*query.issues, unknown) {
            let app = query.scope(ctx)?.app;
            note_crash_for_issue(&mut output, api, &app, &CrashId::from(issue)).await;
        }
        Ok(output)
    }

    fn render(output: &Output<IssueTrends>, reply: &mut Reply) {
        <GetIssueTrend as Query>::render(output, reply);
    }
}
