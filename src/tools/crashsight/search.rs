//! A search of issues by state, version, kind or linked bug.

use std::sync::Arc;

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::app::GetAppOptions;
use super::checked::{self, Filtered};
use super::filters::Filters;
use super::issue_summary::IssueSummary;
use super::lookback::minutes_until_now;
use super::members::{name_people, people_cell};
use super::{capital, codes, post};
use crate::args::{
    LenientBool, Limit, List, Offset, ProjectName, ReportKind, ShortText, Sort, Status, SystemExits,
};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::{Cell, Reply, Table, grouped};
use crate::request::Request;
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::context::CallContext;
use crate::tools::output::{Output, Range, Time};
use crate::tools::tool::{Query, Tool};
use crate::upstream::api::Api;

/// Issues whose last report falls in a range (default 7d), by state, version, kind or linked bug. Numbers are since
/// each issue's first report. For "what is open", "what regressed".
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SearchIssues {
    project: Option<ProjectName>,
    /// counted back from now, as `24h` or `30d`
    window: Option<WindowSpec>,
    #[serde(default)]
    kind: ReportKind,
    #[serde(default)]
    status: List<Status>,
    #[serde(default)]
    versions: List<ShortText>,
    has_bug: Option<LenientBool>,
    #[serde(default)]
    sort: Sort,
    #[serde(default)]
    limit: Limit<10, 100>,
    #[serde(default)]
    offset: Offset,
    /// Leaves out how old the last report may be.
    #[serde(skip)]
    of_any_age: bool,
}

/// The issues found.
#[derive(Serialize, JsonSchema)]
pub(crate) struct FoundIssues {
    kind: ReportKind,
    /// Issues that match in all, where the service says.
    pub(crate) matching: Option<i64>,
    /// Issues left out before the first.
    offset: u32,
    /// Issues of this page that were not understood.
    pub(crate) not_understood: usize,
    /// In the order asked for.
    pub(crate) issues: Vec<IssueSummary>,
}

pub(crate) struct Scope {
    app: CrashSightApp,
    window: Window,
    filters: Filters,
    /// The range back from now.
    minutes: i64,
    zone: TimeZone,
}

impl Query for SearchIssues {
    const NAME: &'static str = "crashsight_search_issues";
    const UPSTREAM: &'static str = "queryIssueList";
    type Scope = Scope;
    type Answer = FoundIssues;

    fn scope(&self, ctx: &CallContext) -> Result<Scope, Error> {
        let app = ctx.app(self.project.as_ref())?;
        let window = ctx.window(
            self.window.as_ref(),
            &WindowSpec::last_days(7),
            Granularity::Second,
            &app,
        )?;
        let minutes = minutes_until_now(&window, ctx.now)?;
        Ok(Scope {
            app,
            // The service has no filter for system exits here.
            filters: Filters::new(self.kind)
                .with_versions(&self.versions)
                .with_system_exits(SystemExits::All),
            minutes,
            zone: ctx.zone.clone(),
            window,
        })
    }

    fn request(&self, scope: &Scope) -> Request {
        let (field, order) = self.sort.wire();
        let mut body = Map::new();
        let mut add = |name: &str, value: Value| body.insert(name.to_owned(), value);
        add("pid", json!(scope.app.platform.number().to_string()));
        add("exceptionTypeList", json!(self.kind.exception_types()));
        add("rows", json!(self.limit.get()));
        add("sortField", json!(field));
        add("sortOrder", json!(order));
        add("skipQueryHbase", json!(true));
        if !self.of_any_age {
            add(
                "issueUploadTimeRelativeMillis",
                json!(scope.minutes * 60_000),
            );
        }
        if !self.status.is_empty() {
            let codes: Vec<&str> = self.status.iter().map(|status| status.wire()).collect();
            add("status", json!(codes.join(",")));
        }
        if !scope.filters.versions().is_empty() {
            add("version", json!(scope.filters.versions().join(";")));
        }
        if let Some(LenientBool(has_bug)) = self.has_bug {
            let linked = if has_bug { "REPORTED" } else { "UNREPORTED" };
            add("tapdBugStatus", json!(linked));
        }
        if self.offset.get() > 0 {
            add("start", json!(self.offset.get()));
        }
        post(&scope.app, <Self as Query>::UPSTREAM, Value::Object(body))
    }

    fn parse(&self, scope: &Scope, data: JsonRef<'_>) -> anyhow::Result<Output<FoundIssues>> {
        let rows = data.rows_of("issueList")?;
        let said = rows.iter().filter(|row| row.says_something()).count();
        let read = |row: &JsonRef<'_>| IssueSummary::read(*row, &scope.app, &scope.zone);
        let mut issues: Vec<IssueSummary> = rows.iter().filter_map(read).collect();
        let unread = said.saturating_sub(issues.len());
        if issues.is_empty() && unread > 0 {
            anyhow::bail!("rows came that name no issue");
        }
        let matching = data.get("numFound").count().filter(|_| !self.of_any_age);
        if self.of_any_age {
            let begin = scope.window.start();
            issues.retain(|issue| {
                let last = issue.last_report_at.as_ref().map(|time| time.at);
                last.is_none_or(|last| last >= begin)
            });
        }
        self.order(&mut issues);
        issues.truncate(self.limit.rows());
        let next = issues.iter().find_map(|issue| {
            let id = issue.issue.as_ref()?.raw();
            id.bytes()
                .all(|b| b.is_ascii_hexdigit())
                .then(|| id.to_owned())
        });
        let answer = FoundIssues {
            kind: self.kind,
            matching,
            offset: self.offset.get(),
            not_understood: unread,
            issues,
        };
        let title = format!("{} issues", capital(self.kind.title()));
        let mut output = Output::new(title, &scope.app, answer).heading(self.heading(scope));
        output.meta.range = Some(Range::new(&scope.window));
        output.meta.notes.extend(scope.window.zone_note());
        output.note_unrecognized(unread, "row");
        if let Some(issue) = next {
            output.suggest("crashsight_get_issue", json!({"issue": issue}));
        }
        Ok(output)
    }

    fn render(output: &Output<FoundIssues>, reply: &mut Reply) {
        let answer = &output.answer;
        let mut table = Table::new(&[
            "#",
            "devices",
            answer.kind.plural(),
            "state",
            "assignees",
            "tags",
            "bugs",
            "issue",
            "exception · where",
            "last report",
        ]);
        for (at, issue) in (1..).zip(&answer.issues) {
            table.rows.push(vec![
                Cell::Count(i64::from(answer.offset) + at),
                Cell::count(issue.devices),
                Cell::count(issue.reports),
                codes::state_cell(issue.state_code),
                people_cell(&issue.assignees),
                issue.tags_cell(),
                issue.bugs_cell(),
                Cell::id(issue.issue.as_ref().map(crate::reply::Untrusted::raw)),
                issue.what_and_where(),
                issue
                    .last_report_at
                    .as_ref()
                    .map_or(Cell::Missing, Time::cell),
            ]);
        }
        table.total = answer.matching;
        table.offset = Some(answer.offset);
        table.skipped = answer.not_understood;
        let none = match answer.matching {
            Some(total) if answer.offset > 0 => {
                format!("nothing at this offset: {} issues match", grouped(total))
            }
            _ => "no issue matches".to_owned(),
        };
        reply.table(table, &none);
    }
}

// The search, which some sites answer with nothing where it says how old a last report may be: then all issues are
// asked for, latest first, and the older ones are left out here. Described by the query's own doc comment, so it has none.
#[derive(Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct SearchedIssues(SearchIssues);

impl Tool for SearchedIssues {
    const NAME: &'static str = <SearchIssues as Query>::NAME;
    const UPSTREAM: &'static [&'static str] = &[
        <SearchIssues as Query>::UPSTREAM,
        <GetAppOptions as Query>::UPSTREAM,
    ];
    type Answer = FoundIssues;

    async fn answer(self, ctx: &CallContext, api: &Api<'_>) -> Result<Output<FoundIssues>, Error> {
        let query = Arc::new(self.0);
        let (output, _) = checked::answer(&query, ctx, api).await?;
        // With a filter nothing is often the answer; without one it seldom is.
        let filtered =
            !query.status.is_empty() || !query.versions.is_empty() || query.has_bug.is_some();
        let latest = matches!(query.sort, Sort::Latest);
        if filtered || !latest || SearchIssues::found(&output.answer) {
            return Ok(output);
        }
        let of_any_age = SearchIssues {
            of_any_age: true,
            ..query.as_ref().clone()
        };
        let (output, _) = checked::answer(&Arc::new(of_any_age), ctx, api).await?;
        Ok(output)
    }

    fn render(output: &Output<FoundIssues>, reply: &mut Reply) {
        <SearchIssues as Query>::render(output, reply);
    }
}

// The same with the names of assignees, as people ask for it. Described by the query's own doc comment, too.
#[derive(Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct AssignedIssues(SearchedIssues);

impl Tool for AssignedIssues {
    const NAME: &'static str = SearchedIssues::NAME;
    const UPSTREAM: &'static [&'static str] = SearchedIssues::UPSTREAM;
    type Answer = FoundIssues;

    async fn answer(self, ctx: &CallContext, api: &Api<'_>) -> Result<Output<FoundIssues>, Error> {
        let app = ctx.app(self.0.0.project.as_ref())?;
        let mut output = self.0.answer(ctx, api).await?;
        let issues = output.answer.issues.iter_mut();
        let left_out = name_people(api, &app, issues.map(|issue| &mut issue.assignees)).await;
        output.meta.notes.extend(left_out);
        Ok(output)
    }

    fn render(output: &Output<FoundIssues>, reply: &mut Reply) {
        SearchedIssues::render(output, reply);
    }
}

impl Filtered for SearchIssues {
    fn app(scope: &Scope) -> &CrashSightApp {
        &scope.app
    }

    fn filters(scope: &mut Scope) -> &mut Filters {
        &mut scope.filters
    }

    fn found(answer: &FoundIssues) -> bool {
        !answer.issues.is_empty() || answer.matching.is_some_and(|matching| matching > 0)
    }
}

impl SearchIssues {
    /// What the first line says after the project.
    fn heading(&self, scope: &Scope) -> Vec<String> {
        let mut heading = vec![
            format!("last report {}", scope.window.title()),
            "counts since each issue's first report, all versions".to_owned(),
        ];
        let filters = scope.filters.heading().into_iter();
        heading.extend(filters.skip(usize::from(scope.filters.versions().is_empty())));
        heading.push(self.sort.title().to_owned());
        let states: Vec<&str> = self.status.iter().map(|status| status.title()).collect();
        if !states.is_empty() {
            heading.push(states.join(" or "));
        }
        heading.extend(
            self.has_bug.map(|LenientBool(has)| {
                if has { "with a bug" } else { "without a bug" }.to_owned()
            }),
        );
        heading
    }

    /// Sorts as asked, whatever the order in which rows came; rows without the value are last.
    fn order(&self, issues: &mut [IssueSummary]) {
        let at = |issue: &IssueSummary| {
            issue
                .last_report_at
                .as_ref()
                .map(|time| time.at.as_second())
        };
        let rising = matches!(
            self.sort,
            Sort::Oldest | Sort::FewestDevices | Sort::FewestCrashes
        );
        issues.sort_by_key(|issue| {
            let value = match self.sort {
                Sort::Latest | Sort::Oldest => at(issue),
                Sort::MostDevices | Sort::FewestDevices => issue.devices,
                Sort::MostCrashes | Sort::FewestCrashes => issue.reports,
            };
            let key = value.map(|value| if rising { value } else { -value });
            (key.is_none(), key)
        });
    }
}
