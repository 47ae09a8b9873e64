//! The daily round: every issue that was reported in a range, in several projects and versions, with its ticket or
//! without.

mod answer;
mod continuity;
mod pages;
mod rows;
mod text;

use std::collections::{HashMap, HashSet};

use futures_util::future::join_all;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use self::answer::{Inspected, Inspection};
use self::pages::Which;
use self::rows::{Material, Row};
use super::parts::{Cost, Parts, arguments};
use super::which_projects::{self, MOST_PROJECTS};
use crate::args::{Limit, List, Offset, ProjectName, ReportKind, ShortText};
use crate::error::Error;
use crate::project::CrashSightApp;
use crate::reply::Reply;
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::context::CallContext;
use crate::tools::crashsight::issue_trend::CheckedIssueTrend;
use crate::tools::crashsight::issue_trends::{IssueTrend, MOST_ISSUES};
use crate::tools::crashsight::members::name_people;
use crate::tools::crashsight::versions::typed;
use crate::tools::output::Output;
use crate::tools::tool::Tool;
use crate::upstream::api::Api;

/// Hours of a trend by hour (docs/vendor/crashsight.md §3); longer ranges are counted by day.
const MOST_HOURS: i64 = 360;

/// Every issue reported in a range to the minute (default since noon yesterday), of all projects unless some are named,
/// one row per version, none left out: with ticket or bug, missed without, new or gone by versions. The daily round.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReportInspection {
    #[serde(default)]
    projects: List<ProjectName, MOST_PROJECTS>,
    window: Option<WindowSpec>,
    #[serde(default)]
    kind: ReportKind,
    /// patterns, as `*trunk*`
    #[serde(default)]
    versions: List<ShortText>,
    #[serde(default)]
    tickets: Tickets,
    #[serde(default)]
    limit: Limit<16, 2000>,
    #[serde(default)]
    offset: Offset,
}

/// Which rows are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum Tickets {
    #[default]
    All,
    Filed,
    Missed,
}

impl Tool for ReportInspection {
    const NAME: &'static str = "crashsight_report_inspection";
    const UPSTREAM: &'static [&'static str] =
        &["queryIssueList", "queryIssueTrend", "getSelectorDatas"];
    type Answer = Inspection;

    async fn answer(self, ctx: &CallContext, api: &Api<'_>) -> Result<Output<Inspection>, Error> {
        let parts = Parts::new(ctx, api);
        let names: Vec<Option<ProjectName>> = if self.projects.is_empty() {
            let every = which_projects::every(ctx)?;
            every.into_iter().map(Some).collect()
        } else {
            which_projects::asked(ctx, None, &self.projects)?
        };
        let mut apps = Vec::with_capacity(names.len());
        for name in &names {
            apps.push(ctx.app(name.as_ref())?);
        }
        let default = WindowSpec::since_noon_yesterday();
        let served = Granularity::Second;
        let window = ctx.window(self.window.as_ref(), &default, served, &apps[0])?;
        let round = Round {
            kind: self.kind,
            window: &window,
            versions: typed(&self.versions.texts()),
        };
        let inspected = names.iter().zip(&apps).map(|(name, app)| {
            let (parts, round) = (&parts, &round);
            async move { Box::pin(round.inspect(parts, app, name.as_ref())).await }
        });
        let inspected = join_all(inspected).await;
        let alone = apps.len() == 1;
        let mut rows = Vec::new();
        let mut projects = Vec::new();
        for (app, of_app) in apps.iter().zip(inspected) {
            match of_app {
                Ok((project, of_project)) => {
                    projects.push(project);
                    rows.extend(of_project);
                }
                Err(error) if alone => return Err(error),
                Err(error) => {
                    let error = error.to_string();
                    let why = error.lines().next().unwrap_or_default();
                    let asked = json!({"projects": [app.label]});
                    parts.miss(&app.label, why, Self::NAME, asked);
                    projects.push(Inspected::failed(app, why));
                }
            }
        }
        let (total_rows, mut missed, mut filed) = self.page(rows);
        let mut left_out = None;
        for app in &apps {
            let rows = missed.iter_mut().chain(&mut filed);
            let of_app = rows.filter(|row| row.project == app.label);
            let names = name_people(api, app, of_app.map(|row| &mut row.assignees)).await;
            left_out = left_out.or(names);
        }
        let answer = Inspection {
            kind: self.kind,
            projects,
            total_rows,
            offset: self.offset.get(),
            missed,
            filed,
            missing: Vec::new(),
            cost: Cost::default(),
        };
        let title = format!("Inspection of {}", self.kind.plural());
        let mut output = Output::general(title, answer).window(&window);
        if !round.versions.is_empty() {
            let versions = format!("versions {}", round.versions.join(", "));
            output = output.heading([crate::reply::inline(&versions, 120)]);
        }
        output.meta.notes.extend(round.counted_note());
        output.meta.notes.extend(left_out);
        let shown = output.answer.missed.len() + output.answer.filed.len();
        let whole = self.projects.is_empty() && self.versions.is_empty();
        if whole && shown < total_rows {
            let window = window.to_argument();
            output.note(format!(
                "all rows: resource crashsight://inspection/{window}"
            ));
        }
        let first = output.answer.missed.first();
        let first = first.and_then(|row| Some((row.project.clone(), row.issue.clone()?)));
        if let Some((project, issue)) = first {
            let arguments = json!({"project": project, "issue": issue.raw()});
            output.suggest("crashsight_get_crash", arguments);
        }
        let (missing, cost) = parts.finish(&mut output);
        output.answer.missing = missing;
        output.answer.cost = cost;
        Ok(output)
    }

    fn render(output: &Output<Inspection>, reply: &mut Reply) {
        text::render(&output.answer, reply);
    }
}

impl ReportInspection {
    /// The rows asked for in all, and of this page those without a ticket and those with one.
    fn page(&self, rows: Vec<Row>) -> (usize, Vec<Row>, Vec<Row>) {
        let (filed, missed): (Vec<Row>, Vec<Row>) =
            rows.into_iter().partition(|row| row.ticket.is_some());
        let (missed, filed) = match self.tickets {
            Tickets::All => (missed, filed),
            Tickets::Filed => (Vec::new(), filed),
            Tickets::Missed => (missed, Vec::new()),
        };
        let total = missed.len() + filed.len();
        let (skip, keep) = (self.offset.get() as usize, self.limit.rows());
        let skip_filed = skip.saturating_sub(missed.len());
        let missed: Vec<Row> = missed.into_iter().skip(skip).take(keep).collect();
        let keep_filed = keep - missed.len();
        let filed = filed.into_iter().skip(skip_filed).take(keep_filed);
        (total, missed, filed.collect())
    }
}

/// What is inspected in every project.
struct Round<'a> {
    kind: ReportKind,
    window: &'a Window,
    versions: Vec<String>,
}

impl Round<'_> {
    fn range(&self) -> (Timestamp, Timestamp) {
        (self.window.start(), self.window.end_or_now())
    }

    /// One project, with its rows: on most devices first.
    async fn inspect(
        &self,
        parts: &Parts<'_>,
        app: &CrashSightApp,
        name: Option<&ProjectName>,
    ) -> Result<(Inspected, Vec<Row>), Error> {
        let which = |with_bug| Which {
            kind: self.kind,
            with_bug,
        };
        let from = self.range().0;
        let found = pages::since(parts, (app, name), which(false), from).await?;
        let ids: Vec<&str> = found
            .issues
            .iter()
            .filter_map(|issue| Some(issue.issue.as_ref()?.raw()))
            .filter(|id| id.bytes().all(|b| b.is_ascii_hexdigit()))
            .collect();
        let with_bug = async {
            if ids.is_empty() {
                return HashSet::new();
            }
            match pages::since(parts, (app, name), which(true), from).await {
                Ok(found) => found.ids(),
                Err(error) => {
                    self.miss(parts, "linked bugs", app, &error);
                    HashSet::new()
                }
            }
        };
        let (trends, with_bug) = tokio::join!(self.trends(parts, (app, name), &ids), with_bug);
        let material = Material {
            project: &app.label,
            issues: found.issues,
            trends,
            with_bug,
            range: self.range(),
            versions: &self.versions,
            tickets: &app.tickets,
        };
        let mut listed = material.rows();
        listed
            .all
            .sort_by_key(|row| std::cmp::Reverse(row.devices_in_range_at_most.unwrap_or(0)));
        Ok((Inspected::of(app, &listed, found.incomplete), listed.all))
    }

    /// The issues over the hours of the range, by id in capitals.
    async fn trends(
        &self,
        parts: &Parts<'_>,
        (app, name): (&CrashSightApp, Option<&ProjectName>),
        ids: &[&str],
    ) -> HashMap<String, IssueTrend> {
        let mut trends = HashMap::new();
        let (window, by_hour) = self.counted_range();
        for ids in ids.chunks(MOST_ISSUES) {
            let asked = arguments([
                ("project", json!(name.map(ProjectName::as_str))),
                ("issues", json!(ids)),
                ("window", json!(window)),
                ("step", json!(by_hour.then_some("hour"))),
            ]);
            match parts.need::<CheckedIssueTrend>(asked).await {
                Ok(output) => {
                    let by_id = |trend: IssueTrend| (trend.issue.to_ascii_uppercase(), trend);
                    trends.extend(output.answer.issues.into_iter().map(by_id));
                }
                Err(error) => self.miss(parts, "counts of the range", app, &error),
            }
        }
        trends
    }

    /// Notes that a part of a project is missing.
    fn miss(&self, parts: &Parts<'_>, what: &str, app: &CrashSightApp, error: &Error) {
        let error = error.to_string();
        let why = error.lines().next().unwrap_or_default();
        let asked = json!({"projects": [app.label], "window": self.window.to_argument()});
        let what = format!("{what} of {}", app.label);
        parts.miss(&what, why, ReportInspection::NAME, asked);
    }

    /// What the counts of the range are of, where it is not the range itself.
    fn counted_note(&self) -> Option<String> {
        let (from, to) = self.window.bounds();
        if self.window.hours() > MOST_HOURS {
            return Some("reports and devices are counted by whole days".to_owned());
        }
        let cut = |at: &jiff::ZonedDateTime| at.minute() != 0 || at.second() != 0;
        (cut(from) || (!self.window.partial() && cut(to)))
            .then(|| "reports and devices are counted by whole hours".to_owned())
    }

    /// The whole hours, or for long ranges days, that hold the range.
    fn counted_range(&self) -> (String, bool) {
        let (from, to) = self.window.bounds();
        if self.window.hours() > MOST_HOURS {
            return (
                format!("{}..{}", self.window.first_day(), self.window.last_day()),
                false,
            );
        }
        let from = from.strftime("%Y-%m-%dT%H:00");
        if self.window.partial() {
            return (format!("{from}.."), true);
        }
        let whole = to.minute() == 0 && to.second() == 0;
        let to = if whole {
            to.clone()
        } else {
            to.checked_add(jiff::Span::new().hours(1))
                .unwrap_or_else(|_| to.clone())
        };
        (format!("{from}..{}", to.strftime("%Y-%m-%dT%H:00")), true)
    }
}
