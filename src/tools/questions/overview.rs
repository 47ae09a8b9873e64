//! How an app is doing in a range, or all apps: rates, the newest version, what moved, what is unusual.

use futures_util::future::join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::growth::growth;
use super::movers::movers;
use super::newest_version::NewestVersion;
use super::parts::{Cost, Missing, Parts, arguments};
use super::project_overview::{OtherKind, ProjectOverview, rows};
use super::spans::{self, Counted};
use super::unusual;
use super::which_projects::{self, MOST_PROJECTS};
use crate::args::{List, ProjectName, ReportKind};
use crate::error::Error;
use crate::project::CrashSightApp;
use crate::reply::Reply;
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::context::CallContext;
use crate::tools::crashsight::checked::Checked;
use crate::tools::crashsight::daily_summary::GetDailySummary;
use crate::tools::crashsight::top_dimensions::ListTopDimensions;
use crate::tools::crashsight::top_issues::ListTopIssues;
use crate::tools::crashsight::top_list::TopIssues;
use crate::tools::crashsight::trend_rows::Trend;
use crate::tools::crashsight::trends::{
    GetCumulativeTrend, GetDailyTrend, GetHourlyTrend, TrendQuery,
};
use crate::tools::output::Output;
use crate::tools::tool::Tool;
use crate::upstream::api::Api;

type Issues = Checked<ListTopIssues>;
type Dimensions = Checked<ListTopDimensions>;
type Summary = Checked<GetDailySummary>;
type Daily = Checked<TrendQuery<GetDailyTrend>>;
type Cumulative = Checked<TrendQuery<GetCumulativeTrend>>;
type Hourly = Checked<TrendQuery<GetHourlyTrend>>;

/// Issues whose growth is asked for.
const MOST_GROWN: usize = 50;

/// How a project is doing (default today): rate beside the same part before, newest version, ANR and errors, issues that
/// are new, back, rising or falling, what is unusual. `projects: ["all"]` has a row for each.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReportOverview {
    project: Option<ProjectName>,
    #[serde(default)]
    projects: List<ProjectName, MOST_PROJECTS>,
    window: Option<WindowSpec>,
    #[serde(default)]
    kind: ReportKind,
}

/// How projects are doing.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Overview {
    kind: ReportKind,
    projects: Vec<ProjectOverview>,
    missing: Vec<Missing>,
    cost: Cost,
}

impl Tool for ReportOverview {
    const NAME: &'static str = "crashsight_report_overview";
    const UPSTREAM: &'static [&'static str] = &[
        "getTopIssueEx",
        "getTrendEx",
        "getAppRealTimeTrendAppendEx",
        "getRealTimeHourlyStatEx",
        "queryIssueTrend",
        "fetchDimensionTopStats",
        "fetchDailySummary",
        "getSelectorDatas",
    ];
    type Answer = Overview;

    async fn answer(self, ctx: &CallContext, api: &Api<'_>) -> Result<Output<Overview>, Error> {
        let parts = Parts::new(ctx, api);
        let names = which_projects::asked(ctx, self.project.as_ref(), &self.projects)?;
        let mut apps = Vec::with_capacity(names.len());
        for name in &names {
            apps.push(ctx.app(name.as_ref())?);
        }
        let window = self.window(ctx, &apps[0])?;
        let alone = apps.len() == 1;
        let overviews = apps.iter().zip(&names).map(|(app, name)| {
            let parts = &parts;
            let of = Of {
                base: arguments([
                    ("project", json!(name.as_ref().map(ProjectName::as_str))),
                    ("window", json!(window.to_argument())),
                ]),
                kind: self.kind,
                app,
                window: &window,
            };
            async move {
                if alone {
                    Box::pin(of.whole(parts)).await
                } else {
                    Ok(Box::pin(of.row(parts)).await)
                }
            }
        });
        let projects: Vec<(ProjectOverview, Vec<String>)> = join_all(overviews)
            .await
            .into_iter()
            .collect::<Result<_, Error>>()?;
        let mut notes = Vec::new();
        let projects: Vec<ProjectOverview> = projects
            .into_iter()
            .map(|(overview, said)| {
                notes.extend(said);
                overview
            })
            .collect();
        let answer = Overview {
            kind: self.kind,
            projects,
            missing: Vec::new(),
            cost: Cost::default(),
        };
        let title = format!("Overview of {}", self.kind.plural());
        let mut output = Output::new(title, &apps[0], answer);
        if !alone {
            output.meta.heading.pop();
            output.meta.project = None;
        }
        let mut output = output.window(&window);
        for note in notes {
            output.note(note);
        }
        suggest(&mut output, &window);
        let (missing, cost) = parts.finish(&mut output);
        output.answer.missing = missing;
        output.answer.cost = cost;
        Ok(output)
    }

    fn render(output: &Output<Overview>, reply: &mut Reply) {
        match &output.answer.projects[..] {
            [only] => only.render(output.answer.kind, reply),
            several => rows(several, reply),
        }
    }
}

impl ReportOverview {
    /// Whole days of the service: totals and lists are counted by day.
    fn window(&self, ctx: &CallContext, app: &CrashSightApp) -> Result<Window, Error> {
        let site = CallContext {
            zone: app.account.zone.clone(),
            ..ctx.clone()
        };
        site.window(
            self.window.as_ref(),
            &WindowSpec::today(),
            Granularity::Day,
            app,
        )
    }
}

/// The newest problem, else the largest; or the project whose rate rose most.
fn suggest(output: &mut Output<Overview>, window: &Window) {
    let projects = &output.answer.projects;
    if let [only] = &projects[..] {
        if let Some(issue) = only.issues.first().and_then(|mover| mover.issue.clone()) {
            output.suggest("crashsight_get_last_crash", json!({"issue": issue}));
            output.suggest("crashsight_get_issue", json!({"issue": issue}));
        }
        return;
    }
    let ratio = |project: &&ProjectOverview| {
        let change = project
            .comparison
            .as_ref()
            .map(|comparison| comparison.change);
        change
            .filter(|change| change.rises() || change.ratio.is_some_and(|ratio| ratio > 0.0))
            .and_then(|change| change.ratio)
            .unwrap_or(0.0)
    };
    let worst = projects
        .iter()
        .max_by(|left, right| ratio(left).total_cmp(&ratio(right)));
    if let Some(worst) = worst {
        let arguments = json!({"project": worst.project, "window": window.to_argument()});
        output.suggest(ReportOverview::NAME, arguments);
    }
}

/// What an overview is of.
struct Of<'a> {
    /// Project and window, as arguments of the parts.
    base: Value,
    kind: ReportKind,
    app: &'a CrashSightApp,
    window: &'a Window,
}

impl Of<'_> {
    fn with<const N: usize>(&self, more: [(&str, Value); N]) -> Value {
        let mut all = self.base.clone();
        for (name, value) in more {
            all[name] = value;
        }
        all
    }

    /// With the kind, where it is not the default.
    fn counted<const N: usize>(&self, more: [(&str, Value); N]) -> Value {
        let mut all = self.with(more);
        if self.kind != ReportKind::default() {
            all["kind"] = json!(self.kind.wire());
        }
        all
    }

    /// The trend that holds the same part before: of one day to the hour, of several by day.
    async fn trend(&self, parts: &Parts<'_>) -> Option<(Output<Trend>, bool)> {
        let what = "the same part before";
        let cumulative = self.window.days() == 1 && self.window.partial();
        let asked = self.counted([]);
        let trend = if cumulative {
            parts.get::<Cumulative>(what, asked).await
        } else {
            parts.get::<Daily>(what, asked).await
        };
        Some((trend?, cumulative))
    }

    /// An overview of a project alone.
    async fn whole(&self, parts: &Parts<'_>) -> Result<(ProjectOverview, Vec<String>), Error> {
        let one_day = self.window.days() == 1;
        let dimension =
            |name: &str| self.counted([("dimension", json!(name)), ("limit", json!(100))]);
        let afforded = self.afforded(parts, [dimension("version"), dimension("model")]);
        let [versions, other_kinds, hours, models] = afforded.await;
        let hours = async {
            if one_day {
                parts
                    .get_if::<Hourly>(hours, "hours", self.counted([]))
                    .await
            } else {
                None
            }
        };
        let issues = parts.need::<Issues>(self.counted([("limit", json!(100))]));
        let (issues, trend, hours, versions, models, summary) = tokio::join!(
            issues,
            self.trend(parts),
            hours,
            parts.get_if::<Dimensions>(versions, "app versions", dimension("version")),
            parts.get_if::<Dimensions>(models, "device models", dimension("model")),
            parts.get_if::<Summary>(other_kinds, "ANR and errors", self.with([])),
        );
        let issues = issues?;
        let mut notes = issues.meta.notes.clone();
        let mut overview = self.totals(&issues.answer, trend.as_ref());
        let mut grown = std::collections::HashMap::new();
        if let Some(comparison) = &overview.comparison {
            let known = issues.answer.issues.iter().take(MOST_GROWN);
            let ids: Vec<&str> = known.filter_map(|row| row.issue.as_deref()).collect();
            let cumulative = overview.cumulative;
            // The list of one ended day compares its issues itself.
            if cumulative || !one_day {
                grown = growth(
                    parts,
                    (self.app, &self.base["project"]),
                    &ids,
                    comparison,
                    cumulative,
                )
                .await;
            }
        }
        overview.issues = movers(&issues.answer.issues, &grown, self.app);
        if let Some((trend, _)) = &trend {
            let missing = |note: &&String| note.starts_with("no data");
            notes.extend(trend.meta.notes.iter().filter(missing).cloned());
        }
        let (points, step): (Vec<Counted>, _) = match (&hours, &trend) {
            (Some(hours), _) => (spans::counted(&hours.answer), "hour"),
            (None, Some((trend, false))) => (spans::counted(&trend.answer), "day"),
            _ => (Vec::new(), "hour"),
        };
        overview.unusual.extend(unusual::spike(&points, step));
        if let Some(models) = &models {
            overview
                .unusual
                .extend(unusual::higher(&models.answer, "model", 2));
        }
        overview.newest_version = versions.and_then(|versions| NewestVersion::of(&versions.answer));
        if let Some(summary) = &summary {
            overview.other_kinds = self.other_kinds(&summary.answer);
        }
        Ok((overview, notes))
    }

    /// Whether calls are left for app versions, other kinds of reports, hours and models, beside list, trend and growth of
    /// issues, without which there is no overview.
    async fn afforded(&self, parts: &Parts<'_>, dimensions: [Value; 2]) -> [bool; 4] {
        let [version, model] = dimensions;
        let list = self.counted([("limit", json!(100))]);
        let (one_day, all) = (self.window.days() == 1, self.counted([]));
        let cumulative = one_day && self.window.partial();
        let trend = if cumulative {
            parts
                .is_known::<TrendQuery<GetCumulativeTrend>>(all.clone())
                .await
        } else {
            parts
                .is_known::<TrendQuery<GetDailyTrend>>(all.clone())
                .await
        };
        let needed = [
            parts.is_known::<ListTopIssues>(list).await,
            trend,
            one_day && !cumulative,
        ];
        let known = [
            parts.is_known::<ListTopDimensions>(version).await,
            parts.is_known::<GetDailySummary>(self.with([])).await,
            !one_day || parts.is_known::<TrendQuery<GetHourlyTrend>>(all).await,
            parts.is_known::<ListTopDimensions>(model).await,
        ];
        let needed = needed.into_iter().filter(|known| !known).count();
        parts.afforded(self.app, needed, known).await
    }

    /// A project as one row among several.
    async fn row(&self, parts: &Parts<'_>) -> (ProjectOverview, Vec<String>) {
        let what = format!("issues of {}", self.app.label);
        let (issues, trend) = tokio::join!(
            parts.get::<Issues>(&what, self.counted([("limit", json!(100))])),
            self.trend(parts),
        );
        let none = |count: usize| ProjectOverview {
            project: self.app.label.clone(),
            reports: None,
            affected: None,
            comparison: None,
            newest_version: None,
            other_kinds: Vec::new(),
            issues: Vec::new(),
            issue_count: Some(count).filter(|count| *count > 0),
            unusual: Vec::new(),
            cumulative: false,
        };
        let Some(issues) = issues else {
            return (none(0), Vec::new());
        };
        let mut overview = self.totals(&issues.answer, trend.as_ref());
        overview.issues = movers(
            &issues.answer.issues,
            &std::collections::HashMap::new(),
            self.app,
        );
        let notes = trend.iter().flat_map(|(trend, _)| &trend.meta.notes);
        let missing = notes.filter(|note| note.starts_with("no data"));
        let notes = missing
            .map(|note| format!("{}: {note}", self.app.label))
            .collect();
        (overview, notes)
    }

    fn totals(&self, issues: &TopIssues, trend: Option<&(Output<Trend>, bool)>) -> ProjectOverview {
        let cumulative = trend.is_some_and(|(_, cumulative)| *cumulative);
        let points = trend
            .map(|(trend, _)| spans::counted(&trend.answer))
            .unwrap_or_default();
        let reports = if cumulative {
            points.last().map(|last| last.reports)
        } else {
            (!points.is_empty()).then(|| points.iter().map(|point| point.reports).sum())
        };
        ProjectOverview {
            project: self.app.label.clone(),
            reports,
            affected: issues.affected,
            comparison: trend.and_then(|(trend, _)| trend.answer.comparison.clone()),
            newest_version: None,
            other_kinds: Vec::new(),
            issues: Vec::new(),
            issue_count: issues.complete.then_some(issues.returned),
            unusual: Vec::new(),
            cumulative,
        }
    }

    fn other_kinds(
        &self,
        summary: &crate::tools::crashsight::daily_rows::DailySummary,
    ) -> Vec<OtherKind> {
        let own = self.kind.wire();
        let totals = summary.totals.iter();
        let others = totals.filter(|total| !total.kind.title().eq_ignore_ascii_case(own));
        others
            .filter_map(|total| {
                let devices = total.devices.filter(|rate| rate.affected > 0)?;
                Some(OtherKind {
                    kind: total.kind.title(),
                    devices,
                })
            })
            .collect()
    }
}
