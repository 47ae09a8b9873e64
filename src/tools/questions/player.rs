//! A player over all projects: crashes with their issues' state, what happened before the newest, devices and launches.

use std::collections::HashMap;

use futures_util::future::join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::parts::{Cost, Missing, Parts};
use super::reports_of::{MOST_ROWS, ReportsOf, until_now};
use super::seen_with::{SeenWith, seen_with};
use super::whose::Whose;
use crate::args::{List, ProjectName, ShortText};
use crate::error::Error;
use crate::project::CrashSightApp;
use crate::reply::{Cell, Fact, Reply, Table, Untrusted, counted};
use crate::request::ProviderId;
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::context::CallContext;
use crate::tools::crashsight::crash_logs::GetCrashLogs;
use crate::tools::crashsight::crash_report::{Contents, show_before};
use crate::tools::crashsight::crash_rows::{CrashRow, lift_common};
use crate::tools::crashsight::issue_state::GetIssueState;
use crate::tools::crashsight::launches::{Launches, ListUserLaunches};
use crate::tools::output::{Output, Time};
use crate::tools::tool::{Query, Tool};
use crate::upstream::api::Api;

/// Projects that are searched: with what follows, no more than half of an account's calls of a minute.
const MOST_PROJECTS: usize = 8;

/// Calls that the newest crash takes beside: its log, launches, states of issues.
const MOST_STATES: usize = 2;

/// Calls that are left to other calls of an account.
const LEFT_TO_OTHERS: usize = 2;

/// Reports as data, and as text.
const MOST_REPORTS: usize = 50;
const MOST_SHOWN: usize = 6;

/// Crashes, ANRs and errors of a player or device in every project (default 7d): version, device, exception, state of the
/// issue, what happened before the newest; the player's other devices, launches. For a complaint.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FindPlayer {
    #[serde(default)]
    user: List<ShortText>,
    #[serde(default)]
    device: List<ShortText>,
    window: Option<WindowSpec>,
}

/// What is known of a player or device.
#[derive(Serialize, JsonSchema)]
pub(crate) struct PlayerReports {
    users: Vec<Untrusted>,
    devices: Vec<Untrusted>,
    /// Projects that were searched.
    searched: Vec<String>,
    /// Reports found in the range.
    found: usize,
    /// Whether a project has more than it returned.
    may_have_more: bool,
    /// Reports after the range, and the newest of them.
    later: usize,
    newest_later: Option<Time>,
    /// Newest first.
    reports: Vec<PlayerReport>,
    /// Devices of the user, or users of the device, the latest first.
    seen_with: Vec<SeenWith>,
    /// Launches of the last three days in the project of the newest report, without one in the default project, and those
    /// that a crash ended.
    launches: Option<usize>,
    launches_crashed: Option<usize>,
    /// What the newest report carries beside its stack.
    before_newest: Option<Contents>,
    missing: Vec<Missing>,
    cost: Cost,
}

/// A report of a player.
#[derive(Serialize, JsonSchema)]
struct PlayerReport {
    project: String,
    /// Of its issue, where it was asked for and is known.
    issue_state: Option<&'static str>,
    #[serde(flatten)]
    report: CrashRow,
}

impl Tool for FindPlayer {
    const NAME: &'static str = "crashsight_find_player";
    const UPSTREAM: &'static [&'static str] = &[
        "queryCrashList",
        "issueInfo",
        "appDetailCrash",
        "queryAccessList",
    ];
    type Answer = PlayerReports;

    async fn answer(
        self,
        ctx: &CallContext,
        api: &Api<'_>,
    ) -> Result<Output<PlayerReports>, Error> {
        let whose = Whose::new(&self.user, &self.device)?;
        let apps = apps(ctx)?;
        let default = WindowSpec::last_days(7);
        let served = Granularity::Second.at_most_days(30);
        let window = ctx.window(self.window.as_ref(), &default, served, &apps[0])?;
        let parts = Parts::new(ctx, api);
        let mut found = search(&parts, &apps, &whose, &window).await?;
        let newest = found.reports.first();
        // Without a report launches tell a player who never crashed from an id written otherwise.
        let asked_of = newest
            .map(|newest| newest.project.clone())
            .or_else(|| found.project_of_later.clone())
            .or_else(|| found.searched.first().cloned());
        let (states, before, launches) = tokio::join!(
            states(&parts, &found.reports),
            before_newest(&parts, newest),
            launches(&parts, asked_of.as_deref(), &whose),
        );
        for report in &mut found.reports {
            let issue = report
                .report
                .issue
                .as_ref()
                .map(|issue| issue.raw().to_owned());
            let key = issue.map(|issue| (report.project.clone(), issue));
            report.issue_state = key.and_then(|key| states.get(&key).copied());
        }
        let rows = found.reports.iter().map(|report| &report.report);
        let seen_with = seen_with(whose.is_user(), rows, launches.as_ref());
        let count = found.reports.len();
        found.reports.truncate(MOST_REPORTS);
        let answer = PlayerReports {
            users: ids(&self.user),
            devices: ids(&self.device),
            searched: found.searched,
            found: count,
            may_have_more: found.may_have_more,
            later: found.later,
            newest_later: found.newest_later,
            reports: found.reports,
            seen_with,
            launches: launches.as_ref().map(|launches| launches.returned),
            launches_crashed: launches.as_ref().map(|launches| launches.crashed),
            before_newest: before,
            missing: Vec::new(),
            cost: Cost::default(),
        };
        let mut output = Output::general(whose.title(), answer).window(&window);
        suggest(&whose, &mut output);
        let (missing, cost) = parts.finish(&mut output);
        output.answer.missing = missing;
        output.answer.cost = cost;
        Ok(output)
    }

    fn render(output: &Output<PlayerReports>, reply: &mut Reply) {
        render(&output.answer, reply);
    }
}

fn ids(given: &List<ShortText>) -> Vec<Untrusted> {
    given.texts().into_iter().map(Untrusted::from).collect()
}

/// The newest crash in full; the player's devices, or the device's players.
fn suggest(whose: &Whose<'_>, output: &mut Output<PlayerReports>) {
    let newest = output.answer.reports.first();
    let crash = newest.and_then(|newest| {
        let crash = newest.report.crash.as_ref()?.raw();
        Some(json!({"project": newest.project, "crash": crash}))
    });
    if let Some(crash) = crash {
        output.suggest("crashsight_get_crash", crash);
    } else if output.answer.later > 0 {
        let (argument, ids) = whose.argument();
        output.suggest(FindPlayer::NAME, json!({argument: ids, "window": "7d"}));
    }
    let other = output
        .answer
        .seen_with
        .first()
        .map(|seen| seen.id.raw().to_owned());
    if let Some(other) = other {
        let argument = if whose.is_user() { "device" } else { "user" };
        output.suggest(FindPlayer::NAME, json!({argument: [other]}));
    }
}

/// Every project with an app, or the default app where none is configured.
fn apps(ctx: &CallContext) -> Result<Vec<CrashSightApp>, Error> {
    let projects = ctx.projects.projects.iter();
    let with_app = projects.filter(|project| project.has_app(ProviderId::CrashSight));
    let names: Vec<Option<ProjectName>> = with_app
        .map(|project| ProjectName::new(&project.name))
        .collect();
    if names.is_empty() {
        return Ok(vec![ctx.app(None)?]);
    }
    let mut apps = Vec::with_capacity(names.len());
    for name in &names {
        apps.push(ctx.app(name.as_ref())?);
    }
    // The default first: where not all are searched, it is.
    apps.sort_by_key(|app| !app.is_default);
    Ok(apps)
}

/// What the projects have of a player.
struct Found {
    searched: Vec<String>,
    reports: Vec<PlayerReport>,
    may_have_more: bool,
    /// Reports behind the end of the range, the newest of them, and its project.
    later: usize,
    newest_later: Option<Time>,
    project_of_later: Option<String>,
}

impl Found {
    /// Counts what was reported behind the end of the range: the service counts back from now.
    fn note_later(&mut self, rows: &[CrashRow], end: jiff::Timestamp, project: &str) {
        let uploaded = rows.iter().filter_map(|row| row.uploaded_at.as_ref());
        for time in uploaded.filter(|time| time.at >= end) {
            self.later += 1;
            if self
                .newest_later
                .as_ref()
                .is_none_or(|newest| newest.at < time.at)
            {
                self.newest_later = Some(time.clone());
                self.project_of_later = Some(project.to_owned());
            }
        }
    }
}

/// Searches the projects side by side. One that fails is noted, unless all do.
async fn search(
    parts: &Parts<'_>,
    apps: &[CrashSightApp],
    whose: &Whose<'_>,
    window: &Window,
) -> Result<Found, Error> {
    let (field, ids) = whose.argument();
    let asked = |app: &CrashSightApp| {
        json!({
            "project": app.label,
            "window": until_now(window),
            "conditions": [{"field": field, "is": ids}],
        })
    };
    let miss = |app: &CrashSightApp, why: &str| {
        let what = format!("reports in {}", app.label);
        parts.miss(&what, why, <ReportsOf as Query>::NAME, asked(app));
    };
    let mut planned: HashMap<&str, usize> = HashMap::new();
    let mut chosen = Vec::new();
    for app in apps {
        let of_account = planned.entry(&*app.account.name).or_default();
        let spare = parts
            .remaining_calls(app)
            .await
            .map_or(usize::MAX, |calls| {
                calls.saturating_sub(LEFT_TO_OTHERS + *of_account)
            });
        if chosen.len() >= MOST_PROJECTS {
            miss(
                app,
                &format!("at most {MOST_PROJECTS} projects are searched in a call"),
            );
        } else if spare == 0 && !chosen.is_empty() {
            miss(app, "few calls of the account are left in this minute");
        } else {
            *of_account += 1;
            chosen.push(app);
        }
    }
    let fetched = chosen.iter().map(|app| parts.need::<ReportsOf>(asked(app)));
    let mut found = Found {
        searched: Vec::new(),
        reports: Vec::new(),
        may_have_more: false,
        later: 0,
        newest_later: None,
        project_of_later: None,
    };
    let mut failed = Vec::new();
    let (start, (_, end)) = (window.start(), window.bounds());
    let within = |row: &CrashRow| {
        let at = row.uploaded_at.as_ref().or(row.crashed_at.as_ref());
        at.is_none_or(|time| (start..end.timestamp()).contains(&time.at))
    };
    for (app, outcome) in chosen.iter().zip(join_all(fetched).await) {
        match outcome {
            Ok(output) => {
                let rows = output.answer.crashes;
                found.may_have_more |= rows.len() >= MOST_ROWS as usize;
                found.searched.push(app.label.clone());
                found.note_later(&rows, end.timestamp(), &app.label);
                let rows = rows.into_iter().filter(within);
                found.reports.extend(rows.map(|report| PlayerReport {
                    project: app.label.clone(),
                    issue_state: None,
                    report,
                }));
            }
            Err(error) => failed.push((*app, error)),
        }
    }
    for (app, error) in &failed {
        let why = error.to_string();
        miss(app, why.lines().next().unwrap_or_default());
    }
    match failed.into_iter().next() {
        Some((_, error)) if found.searched.is_empty() => return Err(error),
        _ => {}
    }
    let at = |report: &PlayerReport| report.report.uploaded_at.as_ref().map(|time| time.at);
    found
        .reports
        .sort_by_key(|report| std::cmp::Reverse(at(report)));
    Ok(found)
}

/// States of the issues of the newest reports.
async fn states(
    parts: &Parts<'_>,
    reports: &[PlayerReport],
) -> HashMap<(String, String), &'static str> {
    let mut issues: Vec<(String, String)> = Vec::new();
    for report in reports {
        if let Some(issue) = &report.report.issue {
            let issue = (report.project.clone(), issue.raw().to_owned());
            if issues.len() < MOST_STATES && !issues.contains(&issue) {
                issues.push(issue);
            }
        }
    }
    let fetched = issues.into_iter().map(|issue| async move {
        let asked = json!({"project": issue.0, "issue": issue.1});
        let what = "the state of an issue";
        let state = parts
            .get::<GetIssueState>(what, asked)
            .await?
            .answer
            .state?;
        Some((issue, state))
    });
    join_all(fetched).await.into_iter().flatten().collect()
}

/// Log and keys of the newest report.
async fn before_newest(parts: &Parts<'_>, newest: Option<&PlayerReport>) -> Option<Contents> {
    let newest = newest?;
    let asked = json!({"project": newest.project, "crash": newest.report.crash.as_ref()?.raw()});
    let what = "what happened before the newest report";
    parts
        .get::<GetCrashLogs>(what, asked)
        .await?
        .answer
        .contents
}

/// Launches in the project of the newest report.
async fn launches(parts: &Parts<'_>, project: Option<&str>, whose: &Whose<'_>) -> Option<Launches> {
    let (argument, ids) = whose.argument();
    let mut asked: Value = json!({argument: ids, "limit": 100});
    asked["project"] = json!(project?);
    let what = "launches of the last three days";
    Some(parts.get::<ListUserLaunches>(what, asked).await?.answer)
}

fn render(answer: &PlayerReports, reply: &mut Reply) {
    let count = |count: usize| Cell::count(i64::try_from(count).ok());
    let searched = match &answer.searched[..] {
        [only] => only.clone(),
        several => counted(several.len(), "project"),
    };
    reply.facts([
        Fact::new("searched", Cell::Text(searched)),
        Fact::new(
            if answer.may_have_more {
                "reports, at least"
            } else {
                "reports"
            },
            count(answer.found),
        ),
        Fact::new(
            "launches of the last three days",
            answer.launches.map_or(Cell::Missing, count),
        ),
        Fact::new(
            "ended by a crash",
            answer.launches_crashed.map_or(Cell::Missing, count),
        ),
    ]);
    if let Some(newest) = &answer.newest_later {
        reply.facts([
            Fact::new("reports after this range", count(answer.later)),
            Fact::new("the newest", newest.cell()),
        ]);
    }
    if answer.found == 0 {
        reply.note(match (answer.later, answer.launches) {
            (1.., _) => "no report in this range; a longer window shows the others",
            (0, Some(1..)) => "no report in this range; the launches show that the id is right",
            _ => "no report in this range: a player who never crashed, or an id written otherwise",
        });
        return;
    }
    reply.facts(super::seen_with::facts(
        &answer.seen_with,
        !answer.users.is_empty(),
    ));
    let mut table = Table::new(&[
        "uploaded",
        "project",
        "version",
        "device",
        "OS",
        if answer.users.is_empty() {
            "user"
        } else {
            "device id"
        },
        "after launch",
        "exception · where",
        "issue state",
        "issue",
        "crash",
    ]);
    let cell = |text: &Option<Untrusted>| text.clone().map_or(Cell::Missing, Cell::Untrusted);
    for PlayerReport {
        project,
        issue_state,
        report,
    } in answer.reports.iter().take(MOST_SHOWN)
    {
        table.rows.push(vec![
            report
                .uploaded_at
                .as_ref()
                .map_or(Cell::Missing, Time::cell),
            Cell::text(project.clone()),
            cell(&report.version),
            cell(&report.model),
            cell(&report.os),
            match (answer.seen_with.len(), answer.users.is_empty()) {
                // The line above names the only one.
                (..=1, _) => Cell::Missing,
                (_, false) => cell(&report.device_id),
                (_, true) => cell(&report.user),
            },
            report.after_launch_s.map_or(Cell::Missing, Cell::Seconds),
            report.what_and_where(),
            issue_state.map_or(Cell::Missing, Cell::text),
            Cell::id(report.issue.as_ref().map(Untrusted::raw)),
            Cell::id(report.crash.as_ref().map(Untrusted::raw)),
        ]);
    }
    reply.facts(lift_common(&mut table));
    table.total = i64::try_from(answer.found).ok();
    table.cut = answer.found - table.rows.len();
    table.rest = Some("a shorter window shows others".to_owned());
    reply.table(table, "");
    if let Some(contents) = &answer.before_newest {
        reply.note("before the newest:");
        show_before(contents, reply);
    }
}
