//! How an app is doing in a range, or all apps: rates, the newest version, what moved, what is unusual.

use futures_util::future::join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::growth::{ONE_VERSION, growth};
use super::movers::movers;
use super::newest_version::{self, NewestVersion};
use super::parts::{Cost, Missing, Parts, arguments};
use super::project_overview::{OtherKind, ProjectOverview, rows, together};
use super::spans::{self, Counted};
use super::unusual;
use super::which_projects::{self, MOST_PROJECTS};
use crate::args::{List, ProjectName, ReportKind, ShortText};
use crate::error::Error;
use crate::project::CrashSightApp;
use crate::reply::Reply;
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::context::CallContext;
use crate::tools::crashsight::checked::{self, Checked};
use crate::tools::crashsight::comparison::Confidence;
use crate::tools::crashsight::daily_summary::GetDailySummary;
use crate::tools::crashsight::filters::Filters;
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
/// are new, back, rising or falling, what is unusual. `projects: ["all"]` has a row for each; with `versions`, only these
/// are counted.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReportOverview {
    project: Option<ProjectName>,
    #[serde(default)]
    projects: List<ProjectName, MOST_PROJECTS>,
    window: Option<WindowSpec>,
    #[serde(default)]
    kind: ReportKind,
    #[serde(default)]
    versions: List<ShortText>,
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
            let (parts, window, typed) = (&parts, &window, &self.versions[..]);
            let kind = self.kind;
            async move {
                let of = Of {
                    base: arguments([
                        ("project", json!(name.as_ref().map(ProjectName::as_str))),
                        ("window", json!(window.to_argument())),
                    ]),
                    filters: checked::read_versions(kind, typed, app, api).await,
                    app,
                    window,
                };
                let (overview, mut notes) = if alone {
                    Box::pin(of.whole(parts)).await?
                } else {
                    Box::pin(of.row(parts)).await
                };
                let read = of.filters.notes(true).into_iter();
                let read = read.filter(|note| !notes.contains(note));
                let read: Vec<String> = read.collect();
                notes.splice(0..0, read);
                Ok((overview, notes, of.filters.heading()))
            }
        });
        let read = join_all(overviews).await.into_iter();
        let read: Vec<_> = read.collect::<Result<_, Error>>()?;
        let mut notes = Vec::new();
        let mut heading = Vec::new();
        let projects: Vec<ProjectOverview> = read
            .into_iter()
            .map(|(overview, said, versions)| {
                let label = &overview.project;
                notes.extend(said.into_iter().map(|note| (label.clone(), note)));
                heading = versions;
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
        if alone && !self.versions.is_empty() {
            output = output.heading(heading);
        }
        if !alone {
            output.meta.heading.pop();
            output.meta.project = None;
        }
        let mut output = output.window(&window);
        for note in together(notes, apps.len()) {
            output.note(note);
        }
        self.suggest(&mut output, &window);
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

    /// The newest problem, else the largest; or the project whose rate rose most.
    fn suggest(&self, output: &mut Output<Overview>, window: &Window) {
        let projects = &output.answer.projects;
        if let [only] = &projects[..] {
            if let Some(issue) = only.issues.first().and_then(|mover| mover.issue.clone()) {
                output.suggest("crashsight_get_last_crash", json!({"issue": issue}));
                output.suggest("crashsight_get_issue", json!({"issue": issue}));
            }
            return;
        }
        // A rise beyond chance before one that may be chance.
        let rise = |project: &&ProjectOverview| {
            let comparison = project.comparison.as_ref();
            let change = comparison.map(|comparison| comparison.change);
            let ratio = change.and_then(|change| change.ratio).unwrap_or(0.0);
            let clear = change.is_some_and(|change| change.confidence == Confidence::Clear);
            (clear && ratio > 0.0, ratio)
        };
        let worst = projects.iter().max_by(|left, right| {
            let ((left, by), (right, by_right)) = (rise(left), rise(right));
            left.cmp(&right).then(by.total_cmp(&by_right))
        });
        if let Some(worst) = worst {
            let kind = (self.kind != ReportKind::default()).then(|| self.kind.wire());
            let versions: Vec<&str> = self.versions.iter().map(AsRef::as_ref).collect();
            let arguments = arguments([
                ("project", json!(worst.project)),
                ("window", json!(window.to_argument())),
                ("kind", json!(kind)),
                ("versions", json!(versions)),
            ]);
            output.suggest(Self::NAME, arguments);
        }
    }
}

/// What an overview is of.
struct Of<'a> {
    /// Project and window, as arguments of the parts.
    base: Value,
    /// The kind of reports and the versions.
    filters: Filters,
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
    fn of_kind<const N: usize>(&self, more: [(&str, Value); N]) -> Value {
        let mut all = self.with(more);
        if self.filters.kind != ReportKind::default() {
            all["kind"] = json!(self.filters.kind.wire());
        }
        all
    }

    /// The same of the versions, where there are any.
    fn counted<const N: usize>(&self, more: [(&str, Value); N]) -> Value {
        let mut all = self.of_kind(more);
        self.add_versions(&mut all);
        all
    }

    fn add_versions(&self, arguments: &mut Value) {
        if !self.filters.versions().is_empty() {
            arguments["versions"] = json!(self.filters.versions());
        }
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
            |name: &str| self.of_kind([("dimension", json!(name)), ("limit", json!(100))]);
        let (mut by_version, mut by_model) = (dimension("version"), dimension("model"));
        let version_day = newest_version::day_of(self.window);
        if let Some(day) = version_day {
            by_version["window"] = json!(day.to_string());
        }
        self.add_versions(&mut by_model);
        let mut of_kinds = self.with([]);
        self.add_versions(&mut of_kinds);
        let asked = [&by_version, &by_model, &of_kinds].map(Clone::clone);
        let [growing, versions, other_kinds, hours, models] = self.afforded(parts, asked).await;
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
            self.of_one::<Dimensions>(parts, versions, "app versions", by_version),
            self.of_one::<Dimensions>(parts, models, "device models", by_model),
            self.of_one::<Summary>(parts, other_kinds, "ANR and errors", of_kinds),
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
                let of = (self.app, &self.base["project"], &self.filters);
                grown = growth(parts, of, &ids, (comparison, cumulative), growing).await;
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
        let versions = versions.as_ref().map(|versions| &versions.answer);
        match self.filters.versions() {
            [] => overview.newest_version = versions.and_then(NewestVersion::of),
            [only] => {
                overview.version = versions.and_then(|all| NewestVersion::with_last(all, only));
            }
            _ => {}
        }
        let day = version_day.map(|day| day.to_string());
        for version in overview
            .newest_version
            .iter_mut()
            .chain(&mut overview.version)
        {
            version.on_day(day.clone());
        }
        if let Some(summary) = &summary {
            overview.other_kinds = self.other_kinds(&summary.answer);
        }
        Ok((overview, notes))
    }

    /// Whether calls are left for the growth of issues, app versions, other kinds of reports, hours and models, beside
    /// list and trend, without which there is no overview.
    async fn afforded(&self, parts: &Parts<'_>, asked: [Value; 3]) -> [bool; 5] {
        let [version, model, of_kinds] = asked;
        let allowance = parts.allowance(self.app).await;
        let list = self.counted([("limit", json!(100))]);
        let (one_day, all) = (self.window.days() == 1, self.counted([]));
        let cumulative = one_day && self.window.partial();
        let trend = if cumulative {
            let asked = all.clone();
            parts.cost_of::<TrendQuery<GetCumulativeTrend>>(asked).await
        } else {
            parts
                .cost_of::<TrendQuery<GetDailyTrend>>(all.clone())
                .await
        };
        let needed = parts.cost_of::<ListTopIssues>(list).await + trend;
        // The list of one ended day compares its issues itself; what is counted for one version at a time takes no call
        // where several are asked for.
        let one = usize::from(self.filters.versions().len() <= 1);
        let grows = usize::from(cumulative || !one_day);
        let hours = parts.cost_of::<TrendQuery<GetHourlyTrend>>(all).await;
        let costs = [
            one * grows,
            one * parts.cost_of::<ListTopDimensions>(version).await,
            one * parts.cost_of::<GetDailySummary>(of_kinds).await,
            usize::from(one_day) * hours,
            one * parts.cost_of::<ListTopDimensions>(model).await,
        ];
        allowance.afforded(needed, costs)
    }

    /// A part that the service counts for all versions or one; of several it is noted as missing.
    async fn of_one<T: Tool>(
        &self,
        parts: &Parts<'_>,
        afforded: bool,
        what: &str,
        arguments: Value,
    ) -> Option<Output<T::Answer>> {
        let [first, _, ..] = self.filters.versions() else {
            return parts.get_if::<T>(afforded, what, arguments).await;
        };
        let mut of_first = arguments;
        of_first["versions"] = json!([first]);
        parts.miss(what, ONE_VERSION, T::NAME, of_first);
        None
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
            version: None,
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
        (overview, missing.cloned().collect())
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
            version: None,
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
        let own = self.filters.kind.wire();
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
