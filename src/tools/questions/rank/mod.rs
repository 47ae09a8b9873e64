//! What to fix first: the issues of a range by how urgent they are, with the reasons.

mod bugs;
mod launches;
mod ranked;
mod reasons;
mod score;
mod text;

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use self::ranked::{Facts, RankedIssues};
use super::growth::growth;
use super::newest_version::NewestVersion;
use super::parts::{Cost, Parts, arguments};
use crate::args::{Limit, ProjectName, ReportKind};
use crate::error::Error;
use crate::project::AppRef;
use crate::reply::Reply;
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::context::CallContext;
use crate::tools::crashsight::checked::Checked;
use crate::tools::crashsight::filters::Filters;
use crate::tools::crashsight::members::name_known_people;
use crate::tools::crashsight::search_crashes::SearchCrashes;
use crate::tools::crashsight::top_dimensions::ListTopDimensions;
use crate::tools::crashsight::top_issues::ListTopIssues;
use crate::tools::crashsight::trend_rows::Trend;
use crate::tools::crashsight::trends::{GetCumulativeTrend, GetDailyTrend, TrendQuery};
use crate::tools::output::Output;
use crate::tools::tool::Tool;
use crate::upstream::api::Api;

/// Issues whose growth is asked for.
const MOST_GROWN: usize = 50;

/// What to fix first in a range (default 7d): issues by a score of 100 with the reasons: reach per active device, growth,
/// new or back, newest version, near launch, owner, symbols. Issues that are one bug are one row.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RankIssues {
    project: Option<ProjectName>,
    window: Option<WindowSpec>,
    #[serde(default)]
    kind: ReportKind,
    #[serde(default)]
    limit: Limit<5, 50>,
}

impl Tool for RankIssues {
    const NAME: &'static str = "crashsight_rank_issues";
    const UPSTREAM: &'static [&'static str] = &[
        "getTopIssueEx",
        "getTrendEx",
        "getAppRealTimeTrendAppendEx",
        "queryIssueTrend",
        "fetchDimensionTopStats",
        "queryCrashList",
    ];
    type Answer = RankedIssues;

    async fn answer(self, ctx: &CallContext, api: &Api<'_>) -> Result<Output<RankedIssues>, Error> {
        let app = ctx.app(self.project.as_ref())?;
        // Whole days of the service: lists are counted by day.
        let site = CallContext {
            zone: app.account.zone.clone(),
            ..ctx.clone()
        };
        let default = WindowSpec::last_days(7);
        let window = site.window(self.window.as_ref(), &default, Granularity::Day, &app)?;
        let parts = Parts::new(ctx, api);
        let kind = (self.kind != ReportKind::default()).then(|| self.kind.wire());
        let base = arguments([
            (
                "project",
                json!(self.project.as_ref().map(ProjectName::as_str)),
            ),
            ("window", json!(window.to_argument())),
            ("kind", json!(kind)),
        ]);
        let with = |name: &str, value: Value| {
            let mut all = base.clone();
            all[name] = value;
            all["limit"] = json!(100);
            all
        };
        let list = with("limit", json!(100));
        let version = with("dimension", json!("version"));
        let asked = [&list, &version].map(Clone::clone);
        let [growing, versions, crashes] = afforded(&parts, &app, (&base, &window), asked).await;
        let (issues, trend, versions, crashes) = tokio::join!(
            parts.need::<ListTopIssues>(list.clone()),
            trend(&parts, growing, &base, &window),
            parts.get_if::<ListTopDimensions>(versions, "app versions", version),
            parts.get_if::<SearchCrashes>(crashes, "the time after launch", list),
        );
        let issues = issues?;
        let mut grown = HashMap::new();
        if let Some((
            Trend {
                comparison: Some(comparison),
                ..
            },
            cumulative,
        )) = &trend
        {
            let known = issues.answer.issues.iter().take(MOST_GROWN);
            let ids: Vec<&str> = known.filter_map(|row| row.issue.as_deref()).collect();
            let filters = Filters::new(ReportKind::default());
            let of_app = (&app, &base["project"], &filters);
            grown = growth(&parts, of_app, &ids, (comparison, *cumulative), growing).await;
        }
        let newest = versions.and_then(|versions| NewestVersion::of(&versions.answer));
        let launches = crashes.map(|crashes| {
            let crashes = crashes.answer.crashes;
            (crashes.len(), launches::by_issue(&crashes))
        });
        let facts = Facts {
            rows: &issues.answer.issues,
            active: issues.answer.affected.and_then(|rate| rate.active),
            grown,
            newest: newest.as_ref().map(NewestVersion::version),
            sampled: launches.as_ref().map(|(_, by_issue)| by_issue),
        };
        let mut ranked = facts.rank(&app);
        let count = ranked.len();
        ranked.truncate(self.limit.rows());
        name_known_people(api, &app, ranked.iter_mut().map(|bug| &mut bug.assignees)).await;
        let answer = RankedIssues {
            kind: self.kind,
            active_devices: facts.active,
            newest_version: facts.newest.cloned(),
            reports_sampled: launches.as_ref().map(|(sampled, _)| *sampled),
            issues: ranked,
            ranked: count,
            complete: issues.answer.complete,
            missing: Vec::new(),
            cost: Cost::default(),
        };
        let title = format!("What to fix first: {} issues by urgency", self.kind.title());
        let mut output = Output::new(title, &app, answer).window(&window);
        let zone = window.zone_note();
        let notes = issues.meta.notes.into_iter();
        let notes = notes.filter(|note| Some(note) != zone.as_ref());
        output.meta.notes.extend(notes);
        if let Some(issue) = output
            .answer
            .issues
            .first()
            .and_then(|one| one.issue.clone())
        {
            output.suggest("crashsight_get_crash", json!({"issue": issue}));
            output.suggest("crashsight_find_same_crash", json!({"issue": issue}));
        }
        let (missing, cost) = parts.finish(&mut output);
        output.answer.missing = missing;
        output.answer.cost = cost;
        Ok(output)
    }

    fn render(output: &Output<RankedIssues>, reply: &mut Reply) {
        text::render(&output.answer, reply);
    }
}

/// The trend that holds the same part before: of a day so far to the hour, of several days by day. The list of one day
/// that has ended compares its issues itself.
async fn trend(
    parts: &Parts<'_>,
    afforded: bool,
    base: &Value,
    window: &Window,
) -> Option<(Trend, bool)> {
    let what = "growth";
    match (window.days(), window.partial()) {
        (1, false) => None,
        (1, true) => {
            let found = parts
                .get_if::<Checked<TrendQuery<GetCumulativeTrend>>>(afforded, what, base.clone())
                .await?;
            Some((found.answer, true))
        }
        _ => {
            let found = parts
                .get_if::<Checked<TrendQuery<GetDailyTrend>>>(afforded, what, base.clone())
                .await?;
            Some((found.answer, false))
        }
    }
}

/// Whether calls are left for growth, app versions and the time after launch, beside the list.
async fn afforded(
    parts: &Parts<'_>,
    app: &AppRef,
    (base, window): (&Value, &Window),
    [list, version]: [Value; 2],
) -> [bool; 3] {
    let allowance = parts.allowance(app).await;
    let costs = [
        cost_of_growth(parts, base, window).await,
        parts.cost_of::<ListTopDimensions>(version).await,
        parts.cost_of::<SearchCrashes>(list.clone()).await,
    ];
    let needed = parts.cost_of::<ListTopIssues>(list).await;
    allowance.afforded(needed, costs)
}

/// The calls that growth takes: that trend, and how each issue developed.
async fn cost_of_growth(parts: &Parts<'_>, base: &Value, window: &Window) -> usize {
    let asked = base.clone();
    match (window.days(), window.partial()) {
        (1, false) => 0,
        (1, true) => 1 + parts.cost_of::<TrendQuery<GetCumulativeTrend>>(asked).await,
        _ => 1 + parts.cost_of::<TrendQuery<GetDailyTrend>>(asked).await,
    }
}
