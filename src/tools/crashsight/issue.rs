//! One issue: what it is, whom it hits, which versions, who is on it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::crash_report::{KeyFrames, key_frames, show_key_frames};
use super::issue_parts::{Bug, Clocks, IssueVersion};
use super::issue_trend::GetIssueTrend;
use super::issue_trends::IssueTrend;
use super::members::{Person, name_people, people};
use super::mistaken_id::{may_be_unknown, note_crash_for_issue, same_id};
use super::requests::{ISSUE_INFO, console, issue_info};
use super::symbols::command::Build;
use super::symbols::missing::MissingSymbols;
use super::{codes, is_long};
use crate::args::{CrashId, IssueId, ProjectName};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::{Cell, Code, Fact, Reply, Table, Untrusted};
use crate::request::CachePolicy;
use crate::tools::allowance::has_spare_call;
use crate::tools::context::{CallContext, FEW_CALLS};
use crate::tools::output::{Output, Time};
use crate::tools::tool::{Query, Tool, is_known};
use crate::upstream::api::Api;
use crash_digest::ownership::OwnershipRules;

/// Versions and bugs of an issue as text.
const MOST_VERSIONS: usize = 12;
const MOST_BUGS: usize = 5;

/// The range of the trend.
const TREND: &str = "14d";

/// Lines of an issue's message and of its key frame as text.
const LINES: usize = 12;

/// One issue: exception, key frame, reports and devices in all, first and last report, trend of 14 days, versions it
/// hits, state, assignees, tags, bugs. Then crashsight_get_last_crash for a stack.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetIssue {
    project: Option<ProjectName>,
    issue: IssueId,
}

/// An issue.
#[derive(Serialize, JsonSchema)]
pub(crate) struct IssueAnswer {
    issue: String,
    /// Whether the service has an issue with this id; without one, there are no details.
    found: bool,
    /// Its page in the web console.
    console_url: Option<String>,
    details: Option<IssueDetails>,
}

/// What the service knows of an issue, since its first report.
#[derive(Serialize, JsonSchema)]
pub(super) struct IssueDetails {
    pub(super) exception: Option<Untrusted>,
    message: Option<Untrusted>,
    pub(super) key_stack: Option<Untrusted>,
    key_frames: Option<KeyFrames>,
    /// Of the key stack alone.
    missing_symbols: Option<MissingSymbols>,
    reports: Option<i64>,
    system_exit_reports: Option<i64>,
    devices: Option<i64>,
    system_exit_devices: Option<i64>,
    first_report_at: Option<Time>,
    first_version: Option<Untrusted>,
    last_report_at: Option<Time>,
    /// In words, where the code is known.
    pub(super) state: Option<&'static str>,
    pub(super) state_code: Option<i64>,
    pub(super) assignees: Vec<Person>,
    tags: Vec<Untrusted>,
    feature: Option<Untrusted>,
    pub(super) bugs: Vec<Bug>,
    /// Those on the most devices first.
    versions: Vec<IssueVersion>,
    latest_crash: Option<LatestCrash>,
    /// Reports on each of the last 14 days; absent where the service does not say.
    trend: Option<IssueTrend>,
    /// Whether the service says which bugs are linked.
    #[serde(skip)]
    bugs_listed: bool,
}

/// The latest crash that the service keeps with the issue.
#[derive(Serialize, JsonSchema)]
struct LatestCrash {
    crash: Untrusted,
    crashed_at: Option<Time>,
    uploaded_at: Option<Time>,
    version: Option<Untrusted>,
}

impl Tool for GetIssue {
    const NAME: &'static str = "crashsight_get_issue";
    const UPSTREAM: &'static [&'static str] = &[
        ISSUE_INFO,
        <GetIssueTrend as Query>::UPSTREAM,
        "getSelectorDatas",
        "crashDoc",
    ];
    type Answer = IssueAnswer;

    async fn answer(self, ctx: &CallContext, api: &Api<'_>) -> Result<Output<IssueAnswer>, Error> {
        let app = ctx.app_of_page(self.project.as_ref(), self.issue.page())?;
        let id = self.issue.as_str();
        let response = api.send(issue_info(&app, id)).await;
        let refusal = match &response {
            Err(error) if !may_be_unknown(error) => return Err(error.clone()),
            Err(error) => Some(error.clone()),
            Ok(_) => None,
        };
        let response = response.ok();
        let details = match &response {
            Some(response) => {
                let data = JsonRef::new(&response.data);
                IssueDetails::read(data, id, &app, ctx).map_err(Error::unexpected_response)?
            }
            None => None,
        };
        let answer = IssueAnswer {
            issue: id.to_owned(),
            found: details.is_some(),
            console_url: details.as_ref().and_then(|_| console(&app, id)),
            details,
        };
        let mut output = Output::new(format!("Issue {id}"), &app, answer)
            .heading(["since its first report".to_owned()]);
        if let Some(details) = &mut output.answer.details {
            let (trend, names) = tokio::join!(
                trend(ctx, api, &app, id),
                name_people(api, &app, [&mut details.assignees])
            );
            output.meta.notes.extend(names);
            match trend {
                Days::Read(trend, missing) => {
                    details.trend = Some(*trend);
                    output.meta.notes.extend(missing);
                }
                Days::NotRead => {}
                Days::LeftOut(call) => {
                    output.note(format!("not included: its last 14 days ({FEW_CALLS})"));
                    output.suggest(<GetIssueTrend as Query>::NAME, call);
                }
            }
            let arguments = json!({"issue": id});
            output.suggest("crashsight_get_last_crash", arguments);
            return Ok(output);
        }
        let is_crash =
            note_crash_for_issue(&mut output, api, &app, &CrashId::from(&self.issue)).await;
        match refusal {
            Some(refusal) if !is_crash => return Err(refusal),
            None if !is_crash => output.note("no issue with this id in this project"),
            _ => {}
        }
        Ok(output)
    }

    fn render(output: &Output<IssueAnswer>, reply: &mut Reply) {
        let Some(details) = &output.answer.details else {
            return;
        };
        details.show(reply);
        if let Some(page) = &output.answer.console_url {
            reply.note(page);
        }
    }
}

impl IssueDetails {
    /// Reads an issue; `None` for nothing, or for a row of defaults.
    fn read(
        data: JsonRef<'_>,
        id: &str,
        app: &CrashSightApp,
        ctx: &CallContext,
    ) -> anyhow::Result<Option<Self>> {
        if !data.exists() {
            return Ok(None);
        }
        let issue = data.only().object()?;
        let named = issue.any(&["issueId", "exceptionName", "keyStack"]);
        let counted = issue.any(&["imeiCount", "crashNum", "count"]);
        if named.label().is_none() && counted.count().is_none_or(|count| count <= 0) {
            return Ok(None);
        }
        if let Some(other) = issue.get("issueId").label()
            && !same_id(&other, id)
        {
            anyhow::bail!(
                "the service answered with another issue, {}",
                crate::reply::inline(&other, 60)
            );
        }
        let site = &app.account.zone;
        let clocks = Clocks {
            site,
            reader: &ctx.zone,
        };
        let time = |node: JsonRef<'_>, fields: &[&str]| clocks.first_of(node, fields);
        let first_count = |fields: &[&str]| fields.iter().find_map(|name| issue.get(name).count());
        let state = issue.any(&["status", "state"]).count();
        let key_stack = issue.get("keyStack").text();
        let latest = issue.get("lastMatchedReport").get("crashMap");
        let versions = versions(issue, clocks);
        Ok(Some(Self {
            exception: issue.get("exceptionName").untrusted(),
            message: issue.get("exceptionMessage").untrusted(),
            key_stack: key_stack.map(Untrusted::from),
            key_frames: key_stack.map(|stack| key_frames(stack, &app.source)),
            missing_symbols: key_stack.and_then(|stack| {
                // Symbols of the version on the most devices help most.
                let most = versions.first().map(|version| version.version.raw());
                let build = Build {
                    version: most.or_else(|| latest.get("productVersion").text()),
                    ..Build::default()
                };
                let stack = crash_digest::stack::parse(stack);
                let rules = OwnershipRules {
                    own: app.source.own.clone(),
                    strip: app.source.strip.clone(),
                    bundle: None,
                };
                MissingSymbols::read(&stack, &rules, app, build)
            }),
            reports: first_count(&["count", "crashNum"]),
            system_exit_reports: issue.get("sysCount").count(),
            devices: issue.get("imeiCount").count(),
            system_exit_devices: issue.get("sysImeiCount").count(),
            first_report_at: time(issue, &["firstUploadTimestamp", "firstUploadTime"]),
            first_version: issue.get("firstCrashVersion").untrusted(),
            // The timestamp beside the misspelt name may be 0.
            last_report_at: time(
                issue,
                &[
                    "lastestUploadTime",
                    "latestUploadTime",
                    "latestUploadTimestamp",
                ],
            ),
            state: state.and_then(codes::state_word),
            state_code: state,
            assignees: people(issue.any(&["processor", "processors"])),
            tags: tags(issue.any(&["tagInfoList", "tags"])),
            feature: issue.get("ftName").untrusted(),
            bugs: issue.get("bugs").list().filter_map(Bug::read).collect(),
            versions,
            trend: None,
            bugs_listed: issue.has("bugs"),
            latest_crash: latest
                .any(&["crashId", "crashHash"])
                .untrusted()
                .map(|crash| LatestCrash {
                    crash,
                    crashed_at: time(latest, &["crashTimestamp", "crashTime"]),
                    uploaded_at: time(latest, &["uploadTimestamp", "uploadTime"]),
                    version: latest.get("productVersion").untrusted(),
                }),
        }))
    }

    fn show(&self, reply: &mut Reply) {
        let long = self.message.as_ref().filter(|text| is_long(text.raw()));
        reply.facts([
            Fact::new("exception", cell(self.exception.as_ref())),
            Fact::new(
                "message",
                match long {
                    Some(_) => Cell::text("see below"),
                    None => cell(self.message.as_ref()),
                },
            ),
        ]);
        let system_exits = self.system_exit_reports.filter(|count| *count > 0);
        reply.facts([
            Fact::new("reports", Cell::count(self.reports)),
            Fact::new("of them system exits", Cell::count(system_exits)),
            Fact::new("devices", Cell::count(self.devices)),
        ]);
        let time = |time: &Option<Time>| time.as_ref().map_or(Cell::Missing, Time::cell);
        reply.facts([
            Fact::new("first report", time(&self.first_report_at)),
            Fact::new("in version", cell(self.first_version.as_ref())),
            Fact::new("last report", time(&self.last_report_at)),
        ]);
        reply.facts(self.trend.iter().flat_map(trend_facts));
        let state = match (self.state, self.state_code) {
            (Some(word), _) => Cell::text(word),
            (None, Some(code)) => Cell::Count(code),
            (None, None) => Cell::Missing,
        };
        let people = self.assignees.iter().map(Person::line);
        reply.facts([
            Fact::new("state", state),
            Fact::new("assignees", joined(people)),
            Fact::new("tags", joined(self.tags.iter().map(|tag| tag.line(60)))),
            Fact::new("feature", cell(self.feature.as_ref())),
        ]);
        if self.bugs_listed && self.bugs.is_empty() {
            reply.facts([Fact::new("bugs", Cell::text("none"))]);
        }
        for bug in self.bugs.iter().take(MOST_BUGS) {
            reply.facts([
                Fact::new("bug", cell(bug.id.as_ref())),
                Fact::new("", cell(bug.title.as_ref())),
                Fact::new("", cell(bug.url.as_ref())),
            ]);
        }
        if let Some(more @ 1..) = self.bugs.len().checked_sub(MOST_BUGS) {
            reply.note(format!("{more} more bugs are linked"));
        }
        if let Some(message) = long {
            reply.code(Code::head("message", message.raw()).at_most(LINES));
        }
        if let Some(key) = &self.key_frames {
            show_key_frames(key, LINES, reply);
        }
        if let Some(missing) = &self.missing_symbols {
            missing.show(reply);
        }
        self.show_versions(reply);
        if let Some(latest) = &self.latest_crash {
            reply.facts([
                Fact::new("latest crash", Cell::id(Some(latest.crash.raw()))),
                Fact::new("version", cell(latest.version.as_ref())),
                Fact::new("crashed", time(&latest.crashed_at)),
            ]);
        }
    }

    fn show_versions(&self, reply: &mut Reply) {
        if self.versions.is_empty() {
            return;
        }
        let columns = [
            "version",
            "reports",
            "devices",
            "first report",
            "last report",
        ];
        let mut table = Table::new(&columns);
        // The moments are in the data; above the table is the last one of all versions.
        let time = |time: &Option<Time>| {
            time.as_ref()
                .map_or(Cell::Missing, |time| Cell::Day(time.date()))
        };
        let count = |count: Option<i64>| Cell::count(count.filter(|count| *count > 0));
        for version in &self.versions {
            table.rows.push(vec![
                Cell::Untrusted(version.version.clone()),
                count(version.reports),
                count(version.devices),
                time(&version.first_report_at),
                time(&version.last_report_at),
            ]);
        }
        table.total = i64::try_from(self.versions.len()).ok();
        table.rest = Some("those on the most devices are shown".to_owned());
        table.keep(MOST_VERSIONS);
        reply.table(table, "");
    }
}

/// Reports of the last days.
enum Days {
    /// With what is missing of them.
    Read(Box<IssueTrend>, Vec<String>),
    /// The service does not say; that does not fail the tool.
    NotRead,
    /// Few calls are left; the arguments that get them.
    LeftOut(Value),
}

/// Reports of the last days, by one more request.
async fn trend(ctx: &CallContext, api: &Api<'_>, app: &CrashSightApp, issue: &str) -> Days {
    let asked = json!({"project": app.label, "issues": [issue], "window": TREND});
    let Ok(query) = serde_json::from_value::<GetIssueTrend>(asked) else {
        return Days::NotRead;
    };
    if !is_known(&query, ctx, api).await && !has_spare_call(api, app).await {
        return Days::LeftOut(json!({"issues": [issue], "window": TREND}));
    }
    let Ok(output) = query.answer(ctx, api).await else {
        return Days::NotRead;
    };
    let mut trends = output.answer.issues.into_iter();
    let Some(trend) = trends.next().filter(|trend| !trend.buckets.is_empty()) else {
        return Days::NotRead;
    };
    let missing = |note: &String| note.contains("missing in the response");
    let missing = output.meta.notes.into_iter().filter(missing);
    Days::Read(Box::new(trend), missing.collect())
}

/// `last 14 days 1,203 reports · peak 240 on 2026-11-20 · ▁▂█▅ · today so far 96`
fn trend_facts(trend: &IssueTrend) -> Vec<Fact> {
    let days = trend.buckets.len();
    let mut facts =
        vec![Fact::new(format!("last {days} days"), Cell::Count(trend.crashes)).unit("reports")];
    if let Some(peak) = &trend.peak {
        facts.push(
            Fact::new("peak", Cell::Count(peak.crashes)).unit(format!("on {}", peak.at.label())),
        );
        let curve = trend.buckets.iter().map(|day| day.crashes).collect();
        facts.push(Fact::new("", Cell::Sparkline(curve)));
        if let Some(today) = trend.buckets.last().filter(|day| day.partial) {
            facts.push(Fact::new("today so far", Cell::Count(today.crashes)));
        }
    }
    facts
}

/// An issue as the service has it now, never from the cache. An id that it does not know is a mistake of the caller.
pub(super) async fn issue_now(
    api: &Api<'_>,
    app: &CrashSightApp,
    ctx: &CallContext,
    id: &str,
) -> Result<IssueDetails, Error> {
    let request = issue_info(app, id).cache(CachePolicy::NoStore);
    let response = api.send(request).await?;
    let details = IssueDetails::read(JsonRef::new(&response.data), id, app, ctx)
        .map_err(Error::unexpected_response)?;
    details.ok_or_else(|| {
        Error::invalid_arguments(format!(
            "issue: no issue with this id in {}\n\
             hint: crashsight_list_top_issues {{}} lists issues with their whole ids",
            app.label
        ))
    })
}

/// Those on the most devices first.
fn versions(issue: JsonRef<'_>, clocks: Clocks<'_>) -> Vec<IssueVersion> {
    let rows = issue.get("issueVersions").list();
    let read = |row| IssueVersion::read(row, clocks);
    let mut versions: Vec<IssueVersion> = rows.filter_map(read).collect();
    versions.sort_by_key(|version| std::cmp::Reverse(version.devices));
    versions
}

/// Tag names, from a list of names or of objects, or from one text.
fn tags(node: JsonRef<'_>) -> Vec<Untrusted> {
    if let Some(names) = node.text() {
        return vec![Untrusted::from(names)];
    }
    let tags = node.list();
    tags.filter_map(|tag| tag.untrusted().or_else(|| tag.get("tagName").untrusted()))
        .collect()
}

fn cell(text: Option<&Untrusted>) -> Cell {
    text.cloned().map_or(Cell::Missing, Cell::Untrusted)
}

fn joined(words: impl Iterator<Item = String>) -> Cell {
    let words: Vec<String> = words.collect();
    if words.is_empty() {
        Cell::Missing
    } else {
        Cell::from_untrusted(words.join(", "))
    }
}
