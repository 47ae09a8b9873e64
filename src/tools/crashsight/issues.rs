//! One issue in full.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::crash_report::key_frames;
use super::{codes, get, is_long, issue_rows, post};
use crate::args::{IssueId, ProjectName};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::{Cell, Code, Fact, Reply, Table};
use crate::request::Request;
use crate::tools::CallContext;
use crate::tools::legacy::Operation;

/// Versions shown of an issue.
const MOST_VERSIONS: usize = 12;

/// Bugs shown of an issue.
const MOST_BUGS: usize = 5;

/// Lines shown of an issue's message and of its key frame.
const LINES: usize = 12;

/// The page of an issue in the web console (FACTS 1.10).
pub(super) fn console(target: &CrashSightApp, issue: &str) -> Option<String> {
    // Other bases are proxies or test peers: nobody's console.
    let known = ["https://crashsight.qq.com", "https://crashsight.wetest.net"];
    known.contains(&target.account.base.as_str()).then(|| {
        format!(
            "{}/crash-reporting/crashes/{}/{issue}?pid={}",
            target.account.base,
            target.id,
            target.platform.number()
        )
    })
}

/// One issue: exception, key frame, reports and devices in all, first and last report, versions it hits, state, handlers,
/// tags, bugs. Then crashsight_get_last_crash for a stack.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IssueInfo {
    project: Option<ProjectName>,
    issue: IssueId,
}

impl IssueInfo {
    /// The project asked about.
    pub fn project(&self) -> Option<ProjectName> {
        self.project.clone()
    }

    /// Whether somebody is on it: then names are worth a call.
    pub fn has_handlers(data: &Value) -> bool {
        !codes::handler_ids(JsonRef::new(data).any(&["processor", "processors"])).is_empty()
    }
}

impl Operation for IssueInfo {
    const NAME: &'static str = "crashsight_get_issue";
    const PATH: &'static str = "issueInfo";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let target = ctx.app(self.project.as_ref())?;
        let platform = target.platform.number().to_string();
        let body = json!({"platformId": platform, "issueId": self.issue.as_str()});
        let documented = get(&target, Self::PATH)
            .query("platformId", platform.as_str())
            .query("issueId", self.issue.as_str());
        Ok(post(&target, Self::PATH, body).with_fallback(documented))
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        self.tell(ctx, data, &[])
    }
}

impl IssueInfo {
    /// What to tell of the issue, its handlers by name where the name is known.
    pub fn tell(
        &self,
        ctx: &CallContext,
        data: &Value,
        names: &[(String, String)],
    ) -> anyhow::Result<Reply> {
        let target = ctx.app(self.project.as_ref())?;
        let site = &target.account.zone;
        let issue = match JsonRef::new(data) {
            nothing if !nothing.exists() => nothing,
            something => something.object()?,
        };
        let mut reply = Reply::with_title([
            format!("Issue {}", self.issue.as_str()),
            target.label.clone(),
            "since its first report".to_owned(),
        ]);
        if !issue_rows::is_issue(issue) {
            reply.note("no issue with this id in this project");
            return Ok(reply);
        }
        let message = issue.get("exceptionMessage").text();
        let long = message.filter(|text| is_long(text));
        reply.facts([
            Fact::new(
                "exception",
                Cell::untrusted(issue.get("exceptionName").text()),
            ),
            Fact::new(
                "message",
                match long {
                    Some(_) => Cell::text("see below"),
                    None => Cell::untrusted(message),
                },
            ),
        ]);
        reply.facts([
            Fact::new(
                "reports",
                Cell::count(
                    ["count", "crashNum"]
                        .iter()
                        .find_map(|field| issue.get(field).count()),
                ),
            ),
            Fact::new(
                "of them system exits",
                Cell::count(issue.get("sysCount").count().filter(|n| *n > 0)),
            ),
            Fact::new("devices", Cell::count(issue.get("imeiCount").count())),
        ]);
        let first = issue
            .get("firstUploadTimestamp")
            .instant(site)
            .or_else(|| issue.get("firstUploadTime").instant(site));
        // The timestamp beside the misspelt name may be 0 (seed 000 line 2172).
        let last = [
            "lastestUploadTime",
            "latestUploadTime",
            "latestUploadTimestamp",
        ]
        .iter()
        .find_map(|field| issue.get(field).instant(site));
        reply.facts([
            Fact::new("first report", Cell::instant(first, &ctx.zone)),
            Fact::new(
                "in version",
                Cell::untrusted(issue.get("firstCrashVersion").text()),
            ),
            Fact::new("last report", Cell::instant(last, &ctx.zone)),
        ]);
        reply.facts([
            Fact::new("state", codes::state(issue.any(&["status", "state"]))),
            Fact::new(
                "handlers",
                codes::named_handlers(issue.any(&["processor", "processors"]), names),
            ),
            Fact::new("tags", codes::tags(issue.any(&["tagInfoList", "tags"]))),
            Fact::new("feature", Cell::untrusted(issue.get("ftName").text())),
        ]);
        bugs(&mut reply, issue);
        if let Some(message) = long {
            reply.code(Code::head("message", message).at_most(LINES));
        }
        if let Some(stack) = issue.get("keyStack").text() {
            reply.code(key_frames(stack, &target).at_most(LINES));
        }
        versions(ctx, &target, &mut reply, issue);
        if let Some(page) = console(&target, self.issue.as_str()) {
            reply.note(page);
        }
        reply.next(ctx.next(
            "crashsight_get_last_crash",
            &target,
            json!({"issue": self.issue.as_str()}),
        ));
        reply.next(ctx.next(
            "crashsight_list_issue_crashes",
            &target,
            json!({"issue": self.issue.as_str()}),
        ));
        Ok(reply)
    }
}

/// Bugs linked to an issue.
fn bugs(reply: &mut Reply, issue: JsonRef<'_>) {
    for bug in issue.get("bugs").list().take(MOST_BUGS) {
        reply.facts([
            Fact::new(
                "bug",
                bug.get("id")
                    .label()
                    .map_or(Cell::Missing, Cell::from_untrusted),
            ),
            Fact::new("", Cell::untrusted(bug.get("title").text())),
        ]);
    }
    let bugs = issue.get("bugs").list().count();
    if bugs > MOST_BUGS {
        reply.note(format!("{} more bugs are linked", bugs - MOST_BUGS));
    }
}

fn versions(ctx: &CallContext, target: &CrashSightApp, reply: &mut Reply, issue: JsonRef<'_>) {
    let site = &target.account.zone;
    let mut versions: Vec<JsonRef<'_>> = issue
        .get("issueVersions")
        .list()
        .filter(|version| version.get("version").text().is_some())
        .collect();
    if versions.is_empty() {
        return;
    }
    versions.sort_by_key(|version| std::cmp::Reverse(version.get("deviceCount").count()));
    let mut table = Table::new(&[
        "version",
        "reports",
        "devices",
        "first report",
        "last report",
    ]);
    for version in &versions {
        let at = |names: [&str; 2]| {
            names
                .iter()
                .find_map(|name| version.get(name).instant(site))
        };
        table.rows.push(vec![
            Cell::untrusted(version.get("version").text()),
            Cell::count(version.get("count").count().filter(|n| *n > 0)),
            Cell::count(version.get("deviceCount").count().filter(|n| *n > 0)),
            Cell::instant(at(["firstUploadTimestamp", "firstUploadTime"]), &ctx.zone),
            Cell::instant(at(["lastUploadTimestamp", "lastUploadTime"]), &ctx.zone),
        ]);
    }
    table.total = i64::try_from(versions.len()).ok();
    table.rest = Some("those on the most devices are shown".to_owned());
    table.keep(MOST_VERSIONS);
    reply.table(table, "");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_given_where_the_console_is_known() {
        let at = |base: &str| {
            let projects = crate::testing::projects(base);
            let name = serde_json::from_value(json!("starfall-pc")).unwrap();
            let target = projects.crashsight(Some(&name)).unwrap();
            console(&target, "a0fd")
        };
        assert_eq!(
            at("https://crashsight.qq.com").as_deref(),
            Some("https://crashsight.qq.com/crash-reporting/crashes/d98b9f7eec/a0fd?pid=10")
        );
        assert_eq!(
            at("http://127.0.0.1:1"),
            None,
            "a proxy is nobody's console"
        );
    }
}
