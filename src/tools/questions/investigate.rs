//! What changed: since which hour, which issues carry it, and what else began then.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::carriers::{self, Carrier};
use super::change_of_rate::{ChangeOfRate, hour_label};
use super::change_point;
use super::coincidences::{self, Coincidences, Event};
use super::parts::{Cost, Missing, Parts, arguments};
use super::spans::{self, Counted};
use super::unusual::{self, Unusual};
use crate::args::{IssueId, ProjectName, ReportKind};
use crate::error::Error;
use crate::project::CrashSightApp;
use crate::reply::{Cell, Fact, Reply, Table};
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::context::CallContext;
use crate::tools::crashsight::checked::Checked;
use crate::tools::crashsight::issue_trend::GetIssueTrend;
use crate::tools::crashsight::issue_trends::IssueTrend;
use crate::tools::crashsight::top_issues::ListTopIssues;
use crate::tools::crashsight::top_list::TopIssues;
use crate::tools::crashsight::trends::{GetHourlyTrend, TrendQuery};
use crate::tools::crashsight::version_dates::ListVersions;
use crate::tools::output::{Output, Time};
use crate::tools::tool::Tool;
use crate::upstream::api::Api;

type Hourly = TrendQuery<GetHourlyTrend>;
type Issues = Checked<ListTopIssues>;

/// Hours of one request (docs/vendor/crashsight.md §3).
const MOST_HOURS: i64 = 360;

/// Two weeks: a day before them is still within one request.
const MOST_INVESTIGATED: i64 = 336;

/// Issues whose hours are read.
const MOST_ISSUES: usize = 60;

/// Since which hour crashes rose or fell (default 7d) against the usual rate of that hour of the day; the issues that
/// carry it, versions first seen then, pushes and call quality where configured, on one time line.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InvestigateChange {
    project: Option<ProjectName>,
    window: Option<WindowSpec>,
    issue: Option<IssueId>,
    #[serde(default)]
    kind: ReportKind,
}

/// A change, and what began at the same time.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Investigation {
    kind: ReportKind,
    /// The only issue that is looked at.
    issue: Option<String>,
    /// Ended hours of the range with active devices.
    hours: usize,
    /// The change of the whole; absent where none stands out.
    change: Option<ChangeOfRate>,
    /// A single hour far above the others, where there is no lasting change.
    spike: Option<Unusual>,
    /// Issues that carry the change, or that changed although the whole did not.
    issues: Vec<Carrier>,
    /// The hour around which versions, pushes and call quality were asked for.
    around: Option<Time>,
    #[serde(flatten)]
    coincidences: Coincidences,
    missing: Vec<Missing>,
    cost: Cost,
}

impl Tool for InvestigateChange {
    const NAME: &'static str = "crashsight_investigate_change";
    const UPSTREAM: &'static [&'static str] = &[
        "getRealTimeHourlyStatEx",
        "queryIssueTrend",
        "getTopIssueEx",
        "getVersionDateList",
        "getSelectorDatas",
        "report/push/date",
        "live/experience/by_time",
    ];
    type Answer = Investigation;

    async fn answer(
        self,
        ctx: &CallContext,
        api: &Api<'_>,
    ) -> Result<Output<Investigation>, Error> {
        let page = self.issue.as_ref().and_then(IssueId::page);
        let app = ctx.app_of_page(self.project.as_ref(), page)?;
        // Hours and days are the service's, whatever the reader's zone.
        let site = CallContext {
            zone: app.account.zone.clone(),
            ..ctx.clone()
        };
        let served = Granularity::Hour.at_most_hours(MOST_INVESTIGATED);
        let default = WindowSpec::last_days(7);
        let window = site.window(self.window.as_ref(), &default, served, &app)?;
        let parts = Parts::new(&site, api);
        let of = Of {
            issue: self.issue.as_ref().map(IssueId::as_str),
            kind: self.kind,
            app: &app,
            window: &window,
        };
        let (answer, notes) = Box::pin(of.investigate(&parts)).await?;
        let title = match &answer.issue {
            Some(issue) => format!("Change of issue {issue}"),
            None => format!("Change of {}", self.kind.plural()),
        };
        let mut output = Output::new(title, &app, answer).window(&window);
        for note in notes {
            output.note(note);
        }
        of.suggest(&mut output);
        let (missing, cost) = parts.finish(&mut output);
        output.answer.missing = missing;
        output.answer.cost = cost;
        Ok(output)
    }

    fn render(output: &Output<Investigation>, reply: &mut Reply) {
        render(&output.answer, reply);
    }
}

/// What is investigated.
struct Of<'a> {
    issue: Option<&'a str>,
    kind: ReportKind,
    app: &'a CrashSightApp,
    window: &'a Window,
}

impl Of<'_> {
    fn arguments<const N: usize>(&self, more: [(&str, Value); N]) -> Value {
        let mut all = arguments([("project", json!(self.app.label))]);
        for (name, value) in more {
            all[name] = value;
        }
        all
    }

    fn counted<const N: usize>(&self, more: [(&str, Value); N]) -> Value {
        let mut all = self.arguments(more);
        if self.kind != ReportKind::default() {
            all["kind"] = json!(self.kind.wire());
        }
        all
    }

    /// The range with the days before it that tell what is usual, as far as one request has them.
    fn fetched(&self) -> Window {
        let hours = self.window.hours();
        let days = [7, 1]
            .into_iter()
            .find(|days| hours + days * 24 <= MOST_HOURS);
        days.map_or_else(
            || self.window.clone(),
            |days| self.window.begun_earlier(days),
        )
    }

    async fn investigate(&self, parts: &Parts<'_>) -> Result<(Investigation, Vec<String>), Error> {
        let [with_issues, with_version] = self.afforded(parts).await;
        let (series, listed) = tokio::join!(self.series(parts), self.list(parts, with_issues));
        let series = series?;
        let start = self.window.site_bounds().0;
        let (earlier, within): (Vec<Counted>, Vec<Counted>) =
            series.into_iter().partition(|hour| hour.at < start);
        let hours = change_point::expected(&within, &earlier);
        let found = change_point::find(&hours);
        let zone = &self.app.account.zone;
        let change = found
            .as_ref()
            .and_then(|found| ChangeOfRate::of(&hours, found, zone));
        let issues = match &listed {
            Some(listed) => {
                let rows = &listed.answer.issues;
                let ids: Vec<&str> = rows.iter().filter_map(|row| row.issue.as_deref()).collect();
                let trends = self
                    .issue_trends(parts, &ids[..ids.len().min(MOST_ISSUES)])
                    .await;
                carriers::carriers(rows, &trends, &hours, found.as_ref(), zone)
            }
            None => Vec::new(),
        };
        // Of the whole, or of the issue that changed most.
        let main = change
            .clone()
            .or_else(|| issues.iter().find_map(|issue| issue.change.clone()));
        let (mut coincidences, notes) = match &main {
            Some(main) => {
                let whole = self.issue.is_none().then_some(&within[..]);
                let around = coincidences::Around {
                    parts,
                    app: self.app,
                    kind: self.kind,
                    window: self.window,
                    change: main,
                    whole,
                    with_version,
                };
                Box::pin(around.ask()).await
            }
            None => (Coincidences::default(), Vec::new()),
        };
        let spike = if change.is_none() {
            unusual::spike(&within, "hour")
        } else {
            None
        };
        let what = self.what();
        let of_whole = change.iter().map(|change| {
            let words = format!("{what} {}", change.word());
            Event::at("change", change.from.clone(), words)
        });
        let of_issues = issues.iter().filter_map(|issue| {
            let (hour, words) = issue.headline()?;
            Some(Event::at("issue", hour, words))
        });
        coincidences.events.extend(of_whole.chain(of_issues));
        coincidences.events.sort_by_key(Event::order);
        let answer = Investigation {
            around: main.map(|main| main.from),
            kind: self.kind,
            issue: self.issue.map(str::to_owned),
            hours: hours.len(),
            change,
            spike,
            issues,
            coincidences,
            missing: Vec::new(),
            cost: Cost::default(),
        };
        Ok((answer, notes))
    }

    /// Whether calls are left for the issues with their hours, and for the versions with the hours of a new one, beside the
    /// hours of the whole.
    async fn afforded(&self, parts: &Parts<'_>) -> [bool; 2] {
        let allowance = parts.allowance(self.app).await;
        let needed = match self.issue {
            Some(_) => parts.cost_of::<GetIssueTrend>(self.asked_series()).await,
            None => parts.cost_of::<Hourly>(self.asked_series()).await,
        };
        let issues = match self.issue {
            Some(_) => 0,
            None => 1 + parts.cost_of::<ListTopIssues>(self.asked_list()).await,
        };
        let versions = self.arguments([]);
        let versions = 1 + parts.cost_of::<ListVersions>(versions).await;
        allowance.afforded(needed, [issues, versions])
    }

    fn asked_series(&self) -> Value {
        let window = json!(self.fetched().to_argument());
        match self.issue {
            None => self.counted([("window", window)]),
            Some(issue) => self.arguments([
                ("issues", json!([issue])),
                ("step", json!("hour")),
                ("window", window),
            ]),
        }
    }

    /// The hours of the app, or of the issue.
    async fn series(&self, parts: &Parts<'_>) -> Result<Vec<Counted>, Error> {
        let asked = self.asked_series();
        if self.issue.is_none() {
            let trend = parts.need::<Hourly>(asked).await?;
            return Ok(spans::counted(&trend.answer));
        }
        let trend = parts.need::<GetIssueTrend>(asked).await?;
        let buckets = trend.answer.issues.iter().flat_map(|issue| &issue.buckets);
        let counted = buckets.map(|bucket| Counted {
            at: bucket.at.at,
            partial: bucket.partial,
            reports: bucket.crashes,
            affected: bucket.devices.unwrap_or(bucket.crashes),
            active: bucket.active_devices.unwrap_or(0),
        });
        Ok(counted.collect())
    }

    /// The issues of the range; none where one is asked for.
    async fn list(&self, parts: &Parts<'_>, afforded: bool) -> Option<Output<TopIssues>> {
        if self.issue.is_some() {
            return None;
        }
        let what = "issues that carry the change";
        parts
            .get_if::<Issues>(afforded, what, self.asked_list())
            .await
    }

    fn asked_list(&self) -> Value {
        let days = format!("{}..{}", self.window.first_day(), self.window.last_day());
        self.counted([("window", json!(days)), ("limit", json!(100))])
    }

    async fn issue_trends(&self, parts: &Parts<'_>, issues: &[&str]) -> Vec<IssueTrend> {
        if issues.is_empty() {
            return Vec::new();
        }
        let asked = self.arguments([
            ("issues", json!(issues)),
            ("step", json!("hour")),
            ("window", json!(self.window.to_argument())),
        ]);
        let trends = parts.get::<GetIssueTrend>("the hours of each issue", asked);
        trends
            .await
            .map_or_else(Vec::new, |trends| trends.answer.issues)
    }

    /// What is counted.
    fn what(&self) -> &'static str {
        match self.issue {
            Some(_) => "the issue",
            None => self.kind.plural(),
        }
    }

    fn suggest(&self, output: &mut Output<Investigation>) {
        let first = output.answer.issues.first();
        let issue = self
            .issue
            .map(str::to_owned)
            .or_else(|| first.and_then(|issue| issue.issue.clone()));
        if let Some(issue) = issue {
            output.suggest("crashsight_get_issue_breakdown", json!({"issue": issue}));
            output.suggest("crashsight_get_last_crash", json!({"issue": issue}));
        } else {
            let window = self.window.last_day().to_string();
            output.suggest("crashsight_report_overview", json!({"window": window}));
        }
    }
}

fn render(answer: &Investigation, reply: &mut Reply) {
    let what = match &answer.issue {
        Some(_) => "the issue",
        None => answer.kind.plural(),
    };
    if let Some(change) = &answer.change {
        let until = change.until.as_ref().map_or_else(String::new, |until| {
            format!(", until {}", hour_label(until))
        });
        let since = hour_label(&change.from);
        reply.facts([Fact::new(
            format!("since {since}{until}:"),
            Cell::Text(if change.compares() {
                let word = change.word();
                format!("{what} {word} the usual rate of these hours of the day")
            } else {
                format!("{what} {}", change.word())
            }),
        )]);
        let label = match change.until {
            Some(_) => ("other hours", "these hours"),
            None => ("before", "since then"),
        };
        reply.facts([
            Fact::new(label.0, change.before.cell()).unit("active"),
            Fact::new(label.1, change.after.cell()).unit("active"),
            Fact::new("", Cell::text("devices are counted in each hour")),
        ]);
    } else if answer.hours < 6 {
        reply.note("fewer than six hours with active devices have ended: too few to find a change");
    } else {
        reply.note(format!(
            "no lasting change of {what} stands out in {} hours",
            answer.hours
        ));
    }
    reply.facts(answer.spike.iter().flat_map(Unusual::facts));
    let around = answer.around.as_ref().map(hour_label).unwrap_or_default();
    answer.coincidences.show_version(&around, reply);
    if !answer.issues.is_empty() {
        reply.table(carriers::table(&answer.issues, answer.change.as_ref()), "");
    }
    time_line(answer, reply);
}

/// Everything with a time, in order.
fn time_line(answer: &Investigation, reply: &mut Reply) {
    let Some(around) = &answer.around else {
        return;
    };
    let mut table = Table::new(&["time", "what"]);
    table.rows = answer
        .coincidences
        .events
        .iter()
        .map(Event::cells)
        .collect();
    reply.table(table, "");
    reply.note(format!(
        "versions, pushes and calls are those around {}; what begins at the same time is a correlation, not yet a cause",
        hour_label(around)
    ));
}
