//! The users with the most reports.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::checked::Filtered;
use super::conditions::{self, Conditions};
use super::filters::Filters;
use super::lookback::minutes_until_now;
use super::path;
use super::report_rows::cell;
use crate::args::{Limit, List, ProjectName, ReportKind, ShortText};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::{Cell, Fact, Reply, Table, Untrusted};
use crate::request::Request;
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::context::CallContext;
use crate::tools::output::Output;
use crate::tools::tool::Query;

/// Users with the most reports (default 7d) and how many each has. Then crashsight_list_user_crashes for one of them.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListMostReportingUsers {
    project: Option<ProjectName>,
    /// counted back from now, as `24h` or `30d`
    window: Option<WindowSpec>,
    #[serde(default)]
    kind: ReportKind,
    #[serde(default)]
    versions: List<ShortText>,
    #[serde(default)]
    conditions: Conditions,
    #[serde(default)]
    limit: Limit<10, 100>,
}

/// Users by their reports.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ReportingUsers {
    kind: ReportKind,
    /// Reports that match, with or without a user.
    matching_reports: Option<i64>,
    /// Reports that name a user.
    reports_with_user: Option<i64>,
    /// Different users.
    user_count: Option<i64>,
    /// Most reports first.
    users: Vec<ReportingUser>,
}

/// A user with reports.
#[derive(Debug, Serialize, JsonSchema)]
struct ReportingUser {
    user: Untrusted,
    reports: Option<i64>,
}

/// Names under which a count by value may have its value and its number: no source shows one.
const VALUE: &[&str] = &[
    "key",
    "value",
    "term",
    "name",
    "userId",
    "bucketKey",
    "field",
];
const COUNT: &[&str] = &[
    "docCount",
    "doc_count",
    "count",
    "total",
    "crashNum",
    "num",
    "size",
];

/// Project, range and filters of a call.
pub(crate) struct Scope {
    app: CrashSightApp,
    window: Window,
    filters: Filters,
    conditions: Conditions,
    minutes: i64,
}

impl Query for ListMostReportingUsers {
    const NAME: &'static str = "crashsight_list_most_reporting_users";
    const UPSTREAM: &'static str = "getMostReportUser";
    type Scope = Scope;
    type Answer = ReportingUsers;

    fn scope(&self, ctx: &CallContext) -> Result<Scope, Error> {
        let app = ctx.app(self.project.as_ref())?;
        let default = WindowSpec::last_days(7);
        let window = ctx.window(self.window.as_ref(), &default, Granularity::Second, &app)?;
        let versions = self.conditions.versions(&self.versions)?;
        Ok(Scope {
            filters: Filters::new(self.kind).with_versions(&versions),
            conditions: self.conditions.without_versions(),
            minutes: minutes_until_now(&window, ctx.now)?,
            window,
            app,
        })
    }

    fn request(&self, scope: &Scope) -> Request {
        let mut group = vec![
            conditions::of_versions(&scope.filters),
            conditions::uploaded_within(scope.minutes),
            conditions::of_kind(self.kind),
        ];
        group.extend(scope.conditions.wire());
        let body = json!({
            "appId": scope.app.id,
            "customFields": [{
                "available": true,
                "name": "userId",
                "aggregateType": 0,
                "termsSizeLimit": self.limit.get(),
                "needDistinctCount": true,
            }],
            "searchConditionGroup": {"conditions": group},
        });
        let account = scope.app.account.name.clone();
        Request::post(account, Self::UPSTREAM, path(Self::UPSTREAM), body)
    }

    fn parse(&self, scope: &Scope, data: JsonRef<'_>) -> anyhow::Result<Output<ReportingUsers>> {
        let fields = data.rows()?;
        let is_of_users = |field: &&JsonRef<'_>| field.get("name").text() == Some("userId");
        let field = fields.iter().find(is_of_users).or(fields.first());
        let field = field.copied().unwrap_or_default();
        let buckets = field.rows_of("bucketList")?;
        let said = buckets.iter().filter(|row| row.says_something()).count();
        let read = |row: &JsonRef<'_>| {
            Some(ReportingUser {
                user: row.any(VALUE).untrusted()?,
                reports: row.any(COUNT).count(),
            })
        };
        let mut users: Vec<ReportingUser> = buckets.iter().filter_map(read).collect();
        let unread = said.saturating_sub(users.len());
        if users.is_empty() && unread > 0 {
            anyhow::bail!("counts that name no user");
        }
        users.sort_by_key(|user| std::cmp::Reverse(user.reports));
        users.truncate(self.limit.rows());
        let first = users.first().map(|user| user.user.clone());
        let count = |name: &str| field.get(name).count();
        let answer = ReportingUsers {
            kind: self.kind,
            matching_reports: count("total"),
            reports_with_user: count("fieldFilterTotal"),
            user_count: count("distinctCount"),
            users,
        };
        let title = format!("Users with the most {}", self.kind.plural());
        let mut output = Output::new(title, &scope.app, answer)
            .window(&scope.window)
            .heading(scope.filters.heading())
            .heading(scope.conditions.titles());
        output.note_unrecognized(unread, "row");
        if output.answer.users.is_empty() {
            scope.conditions.explain_nothing(&mut output);
        }
        if let Some(user) = first {
            output.suggest(
                "crashsight_list_user_crashes",
                json!({"user": [user.raw()]}),
            );
        }
        Ok(output)
    }

    fn render(output: &Output<ReportingUsers>, reply: &mut Reply) {
        let answer = &output.answer;
        let some = |count: Option<i64>| Cell::count(count.filter(|count| *count > 0));
        reply.facts([
            Fact::new(answer.kind.plural(), some(answer.matching_reports)),
            Fact::new("of these with a user", some(answer.reports_with_user)),
            Fact::new("users", some(answer.user_count)),
        ]);
        let mut table = Table::new(&["#", "user", answer.kind.plural()]);
        for (at, user) in (1..).zip(&answer.users) {
            let part = user.reports;
            let whole = answer.reports_with_user.filter(|whole| *whole > 0);
            table.rows.push(vec![
                Cell::Count(at),
                cell(Some(&user.user)),
                match (part, whole) {
                    (Some(part), Some(whole)) if part <= whole => Cell::Share { part, whole },
                    (part, _) => Cell::count(part),
                },
            ]);
        }
        table.total = answer.user_count;
        table.rest = Some("a larger `limit` shows more".to_owned());
        reply.table(table, "no report of a user matches");
    }
}

impl Filtered for ListMostReportingUsers {
    fn app(scope: &Scope) -> &CrashSightApp {
        &scope.app
    }

    fn filters(scope: &mut Scope) -> &mut Filters {
        &mut scope.filters
    }

    fn found(answer: &ReportingUsers) -> bool {
        !answer.users.is_empty()
    }
}
