//! A search of issues.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{capital, id, issue_rows, listed, post};
use crate::args::{
    LenientBool, Limit, List, Offset, ProjectName, ReportKind, ShortText, Sort, Status,
};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::{Cell, Reply, grouped};
use crate::request::Request;
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::CallContext;
use crate::tools::legacy::Operation;

/// Issues whose last report falls in a range (default 7d), by state, version, kind or linked bug. Numbers are since
/// each issue's first report. For "what is open", "what regressed".
#[derive(Deserialize, JsonSchema)]
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
}

impl SearchIssues {
    fn scope(&self, ctx: &CallContext) -> Result<(CrashSightApp, Window), Error> {
        let target = ctx.app(self.project.as_ref())?;
        let window = ctx.window(
            self.window.as_ref(),
            &WindowSpec::last_days(7),
            Granularity::Second,
            &target,
        )?;
        // The service counts back from now and knows no other end.
        if window.end_or_now() < ctx.now {
            return Err(Error::invalid_arguments(
                "this search counts back from now: give a window that ends now, such as `24h`, `7d` or `this_month`",
            ));
        }
        Ok((target, window))
    }
}

impl Operation for SearchIssues {
    const NAME: &'static str = "crashsight_search_issues";
    const PATH: &'static str = "queryIssueList";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let (target, window) = self.scope(ctx)?;
        let (field, order) = self.sort.wire();
        // Whole minutes, so that the same question within a minute is the same request.
        let minutes = (ctx.now.as_second() - window.start().as_second())
            .div_euclid(60)
            .max(1);
        let mut body = Map::new();
        body.insert(
            "pid".to_owned(),
            json!(target.platform.number().to_string()),
        );
        body.insert(
            "exceptionTypeList".to_owned(),
            json!(self.kind.exception_types()),
        );
        body.insert("rows".to_owned(), json!(self.limit.get()));
        body.insert("sortField".to_owned(), json!(field));
        body.insert("sortOrder".to_owned(), json!(order));
        body.insert("skipQueryHbase".to_owned(), json!(true));
        body.insert(
            "issueUploadTimeRelativeMillis".to_owned(),
            json!(minutes * 60_000),
        );
        if !self.status.is_empty() {
            let words: Vec<&str> = self.status.iter().map(|status| status.wire()).collect();
            body.insert("status".to_owned(), json!(words.join(",")));
        }
        if !self.versions.is_empty() {
            body.insert("version".to_owned(), json!(self.versions.texts().join(";")));
        }
        if let Some(LenientBool(has_bug)) = self.has_bug {
            body.insert(
                "tapdBugStatus".to_owned(),
                json!(if has_bug { "REPORTED" } else { "UNREPORTED" }),
            );
        }
        if self.offset.get() > 0 {
            body.insert("start".to_owned(), json!(self.offset.get()));
        }
        Ok(post(&target, Self::PATH, Value::Object(body)))
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        let (target, window) = self.scope(ctx)?;
        let data = JsonRef::new(data);
        let rows = issue_rows::told(data.rows_of("issueList")?);
        let mut title = vec![
            format!("{} issues", capital(self.kind.title())),
            target.label.clone(),
            format!("last report {}", window.title()),
            "counts since each issue's first report, all versions".to_owned(),
            self.sort.title().to_owned(),
        ];
        if !self.versions.is_empty() {
            title.push(format!("versions {}", listed(&self.versions)));
        }
        if !self.status.is_empty() {
            let states: Vec<&str> = self
                .status
                .iter()
                .map(|status| match status {
                    Status::Unprocessed => "unprocessed",
                    Status::Processed => "processed",
                    Status::InProgress => "in progress",
                })
                .collect();
            title.push(states.join(" or "));
        }
        title.extend(
            self.has_bug.map(|LenientBool(has)| {
                if has { "with a bug" } else { "without a bug" }.to_owned()
            }),
        );
        let mut reply = Reply::with_title(title);
        let mut table = issue_rows::table(&rows, self.kind, self.offset.get(), None);
        table.columns.push("last report".to_owned());
        for (cells, row) in table.rows.iter_mut().zip(&rows) {
            let last = ["lastestUploadTime", "latestUploadTimestamp"]
                .iter()
                .find_map(|field| row.get(field).instant(&target.account.zone));
            cells.push(Cell::instant(last, &ctx.zone));
        }
        table.total = data.get("numFound").count();
        table.offset = Some(self.offset.get());
        table.keep(self.limit.rows());
        let none = match table.total {
            Some(total) if self.offset.get() > 0 => {
                format!("nothing at this offset: {} issues match", grouped(total))
            }
            _ => "no issue matches".to_owned(),
        };
        reply.table(table, &none);
        if let Some(issue) = rows.first().and_then(|row| id(row.get("issueId"))) {
            reply.next(ctx.next("crashsight_get_issue", &target, json!({"issue": issue})));
        }
        Ok(reply)
    }
}
