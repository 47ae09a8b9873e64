//! A search of issues by what their reports hold.

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::checked::Filtered;
use super::conditions::{self, Conditions, Field};
use super::filters::Filters;
use super::issue_summary::IssueSummary;
use super::lookback::minutes_until_now;
use super::{codes, id, post};
use crate::args::{Limit, List, Offset, ProjectName, ReportKind, ShortText};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::{Cell, Fact, Reply, Table, Untrusted, grouped};
use crate::request::Request;
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::context::CallContext;
use crate::tools::output::{Output, Time};
use crate::tools::tool::Query;

/// Issues whose reports of a range (default 7d) match stack text or conditions, most matching reports first. For "is this
/// stack known", "which issues on this device model".
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SearchStacks {
    project: Option<ProjectName>,
    /// counted back from now, as `24h` or `30d`
    window: Option<WindowSpec>,
    kind: Option<ReportKind>,
    #[serde(default)]
    versions: List<ShortText>,
    keyword: Option<ShortText>,
    #[serde(default)]
    conditions: Conditions,
    #[serde(default)]
    limit: Limit<10, 100>,
    #[serde(default)]
    offset: Offset,
}

/// Issues with matching reports.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct MatchingIssues {
    /// The kind of report searched; every kind when absent.
    kind: Option<ReportKind>,
    /// Issues that match in all, where the service says.
    pub(crate) matching: Option<i64>,
    /// Reports that match in all.
    matching_reports: Option<i64>,
    /// Of these, by kind.
    crashes: Option<i64>,
    anrs: Option<i64>,
    errors: Option<i64>,
    /// Issues left out before the first.
    offset: u32,
    /// Rows of this page that name no issue.
    not_understood: usize,
    /// Most matching reports first.
    pub(crate) issues: Vec<IssueSummary>,
}

/// What to search, resolved and checked.
pub(crate) struct StackSearch {
    app: CrashSightApp,
    window: Window,
    filters: Filters,
    kind: Option<ReportKind>,
    conditions: Conditions,
    minutes: i64,
    zone: TimeZone,
}

impl StackSearch {
    /// Checks versions and range.
    pub(crate) fn new(
        ctx: &CallContext,
        app: CrashSightApp,
        window: Window,
        kind: Option<ReportKind>,
        versions: &[ShortText],
        conditions: &Conditions,
    ) -> Result<Self, Error> {
        let versions = conditions.versions(versions)?;
        Ok(Self {
            filters: Filters::new(kind.unwrap_or_default()).with_versions(&versions),
            kind,
            conditions: conditions.without_versions(),
            minutes: minutes_until_now(&window, ctx.now)?,
            zone: ctx.zone.clone(),
            window,
            app,
        })
    }

    /// The request for a page: the form with which third parties get answers. The SDK's own form, a copy of a trend's,
    /// is no fallback: its recorded answer is empty, which would read as nothing found.
    pub(crate) fn request(&self, limit: u32, offset: u32) -> Request {
        let mut group = vec![
            conditions::of_versions(&self.filters),
            conditions::uploaded_within(self.minutes),
        ];
        group.extend(self.kind.map(conditions::of_kind));
        // Both are in every example; without a value they restrict nothing.
        for (field, wire) in [
            (Field::ExceptionType, "exceptionType"),
            (Field::Stack, "crashDetail"),
        ] {
            if !self.conditions.has(field) {
                group.push(json!({"field": wire}));
            }
        }
        group.extend(self.conditions.wire());
        let body = json!({
            "pid": self.app.platform.number().to_string(),
            "rows": limit,
            "start": offset.to_string(),
            "sortField": "matchCount",
            "desc": "true",
            "searchConditionGroup": {"conditions": group},
        });
        post(&self.app, SearchStacks::UPSTREAM, body)
    }

    /// Reads a page.
    pub(crate) fn parse(
        &self,
        data: JsonRef<'_>,
        limit: usize,
        offset: u32,
    ) -> anyhow::Result<MatchingIssues> {
        let rows = data.rows_of("issueList")?;
        let said = rows.iter().filter(|row| row.says_something()).count();
        let read = |row: &JsonRef<'_>| IssueSummary::read(*row, &self.app, &self.zone);
        let mut issues: Vec<IssueSummary> = rows.iter().filter_map(read).collect();
        let not_understood = said.saturating_sub(issues.len());
        if issues.is_empty() && not_understood > 0 {
            anyhow::bail!("rows that name no issue");
        }
        // Rows without the count keep the service's order.
        issues.sort_by_key(|issue| std::cmp::Reverse(issue.matching_reports));
        issues.truncate(limit);
        let count = |name: &str| data.get(name).count();
        Ok(MatchingIssues {
            kind: self.kind,
            matching: count("numFound"),
            matching_reports: count("totalCrashMatchCount"),
            crashes: count("crashNums"),
            anrs: count("anrNums"),
            errors: count("errorNums"),
            offset,
            not_understood,
            issues,
        })
    }
}

impl Query for SearchStacks {
    const NAME: &'static str = "crashsight_search_stacks";
    const UPSTREAM: &'static str = "advancedSearchEx";
    type Scope = StackSearch;
    type Answer = MatchingIssues;

    fn scope(&self, ctx: &CallContext) -> Result<StackSearch, Error> {
        let app = ctx.app(self.project.as_ref())?;
        let default = WindowSpec::last_days(7);
        let window = ctx.window(self.window.as_ref(), &default, Granularity::Second, &app)?;
        let conditions = self.conditions.clone().and_keyword(self.keyword.as_ref());
        StackSearch::new(ctx, app, window, self.kind, &self.versions, &conditions)
    }

    fn request(&self, search: &StackSearch) -> Request {
        search.request(self.limit.get(), self.offset.get())
    }

    fn parse(
        &self,
        search: &StackSearch,
        data: JsonRef<'_>,
    ) -> anyhow::Result<Output<MatchingIssues>> {
        let answer = search.parse(data, self.limit.rows(), self.offset.get())?;
        let first = answer.issues.iter().find_map(|issue| {
            let value = json!(issue.issue.as_ref()?.raw());
            id(JsonRef::new(&value)).map(str::to_owned)
        });
        let kind = search
            .kind
            .map_or("reports of all kinds", ReportKind::plural);
        let not_understood = answer.not_understood;
        let mut output = Output::new(format!("Issues with matching {kind}"), &search.app, answer)
            .window(&search.window)
            .heading(search.filters.heading())
            .heading(search.conditions.titles());
        output.note_unrecognized(not_understood, "row");
        if output.answer.issues.is_empty() {
            search.conditions.explain_nothing(&mut output);
        }
        if let Some(issue) = first {
            output.suggest("crashsight_get_issue", json!({"issue": issue}));
            output.suggest("crashsight_get_last_crash", json!({"issue": issue}));
        }
        Ok(output)
    }

    fn render(output: &Output<MatchingIssues>, reply: &mut Reply) {
        let answer = &output.answer;
        let some = |count: Option<i64>| Cell::count(count.filter(|count| *count > 0));
        reply.facts([
            Fact::new("matching reports", some(answer.matching_reports)),
            Fact::new("crashes", some(answer.crashes)),
            Fact::new("ANRs", some(answer.anrs)),
            Fact::new("errors", some(answer.errors)),
        ]);
        let mut table = Table::new(&[
            "#",
            "matching reports",
            "matching devices",
            "issue's devices",
            "state",
            "bugs",
            "issue",
            "exception · where",
            "last report",
        ]);
        for (at, issue) in (1..).zip(&answer.issues) {
            table.rows.push(vec![
                Cell::Count(i64::from(answer.offset) + at),
                Cell::count(issue.matching_reports),
                Cell::count(issue.matching_devices),
                Cell::count(issue.devices),
                codes::state_cell(issue.state_code),
                issue.bugs_cell(),
                Cell::id(issue.issue.as_ref().map(Untrusted::raw)),
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
            Some(total @ 1..) => format!("nothing at this offset: {} issues match", grouped(total)),
            _ => "no issue matches".to_owned(),
        };
        reply.table(table, &none);
    }
}

impl Filtered for SearchStacks {
    fn app(search: &StackSearch) -> &CrashSightApp {
        &search.app
    }

    fn filters(search: &mut StackSearch) -> &mut Filters {
        &mut search.filters
    }

    fn found(answer: &MatchingIssues) -> bool {
        !answer.issues.is_empty() || answer.matching.is_some_and(|matching| matching > 0)
    }
}
