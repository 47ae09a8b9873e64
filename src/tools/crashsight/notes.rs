//! What people wrote about an issue.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{get, is_long, path};
use crate::args::{IssueId, Limit, ProjectName};
use crate::error::Error;
use crate::json::JsonRef;
use crate::reply::{Block, Cell, Code, Reply, Table};
use crate::request::Request;
use crate::tools::tool::{CallContext, Operation, Tool};

pub(super) const TOOLS: &[Tool] = &[Tool::of::<ListIssueNotes>()];

/// Notes people left on an issue, newest first, with bug links.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListIssueNotes {
    project: Option<ProjectName>,
    issue: IssueId,
    #[serde(default)]
    limit: Limit<10, 100>,
}

impl Operation for ListIssueNotes {
    const NAME: &'static str = "crashsight_list_issue_notes";
    const PATH: &'static str = "noteList";

    fn request(&self, ctx: &CallContext<'_>) -> Result<Request, Error> {
        let target = ctx.target(self.project.as_ref())?;
        let platform = target.platform.number();
        let recommended = Request::get(
            target.account.name.clone(),
            Self::PATH,
            format!(
                "{}/appId/{}/platformId/{platform}/issueId/{}",
                path(Self::PATH),
                target.app,
                self.issue.as_str()
            ),
        )
        .with("crashDataType", "undefined");
        let documented = get(&target, Self::PATH)
            .with("platformId", platform.to_string())
            .with("issueId", self.issue.as_str())
            .with("crashDataType", "undefined");
        Ok(recommended.or(documented))
    }

    fn reply(&self, ctx: &CallContext<'_>, data: &Value) -> anyhow::Result<Reply> {
        let target = ctx.target(self.project.as_ref())?;
        let mut notes = JsonRef::of(data).rows()?;
        notes.retain(|note| {
            let fields = ["note", "createTime", "tapdId", "bugUrl"];
            fields.iter().any(|field| note.get(field).label().is_some())
        });
        let site = &target.account.zone;
        notes.sort_by_key(|note| std::cmp::Reverse(note.get("createTime").instant(site)));
        let mut reply = Reply::titled([
            format!("Notes on issue {}", self.issue.as_str()),
            target.label.clone(),
        ]);
        let mut table = Table::new(&["when", "by", "note", "bug", "link"]);
        for note in &notes {
            table.rows.push(vec![
                Cell::instant(note.get("createTime").instant(site), ctx.zone),
                note.any(&["userName", "newUserId", "userId"])
                    .label()
                    .map_or(Cell::Missing, Cell::Data),
                match note.get("note").text() {
                    Some(text) if is_long(text) => Cell::word("below"),
                    text => Cell::data(text),
                },
                note.get("tapdId").label().map_or(Cell::Missing, Cell::Data),
                Cell::data(note.get("bugUrl").text()),
            ]);
        }
        table.total = i64::try_from(notes.len()).ok();
        table.rest = Some("a larger `limit` shows more".to_owned());
        table.narrower = Some("the issue's page in the web console shows them all");
        table.keep(self.limit.rows());
        reply.table(table, "no notes on this issue");
        for note in notes.iter().take(self.limit.rows()) {
            let Some(text) = note.get("note").text().filter(|text| is_long(text)) else {
                continue;
            };
            let when = Cell::instant(note.get("createTime").instant(site), ctx.zone).text();
            reply.push(4, Block::Code(Code::head(format!("note of {when}"), text)));
        }
        Ok(reply)
    }
}
