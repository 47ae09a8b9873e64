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
use crate::tools::CallContext;
use crate::tools::legacy::Operation;

/// Notes people left on an issue, newest first, with bug links.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListIssueNotes {
    project: Option<ProjectName>,
    issue: IssueId,
    #[serde(default)]
    limit: Limit<10, 100>,
}

impl Operation for ListIssueNotes {
    const NAME: &'static str = "crashsight_list_issue_notes";
    const PATH: &'static str = "noteList";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let target = ctx.app_of_page(self.project.as_ref(), self.issue.page())?;
        let platform = target.platform.number();
        let recommended = Request::get(
            target.account.name.clone(),
            Self::PATH,
            format!(
                "{}/appId/{}/platformId/{platform}/issueId/{}",
                path(Self::PATH),
                target.id,
                self.issue.as_str()
            ),
        )
        .query("crashDataType", "undefined");
        let documented = get(&target, Self::PATH)
            .query("platformId", platform.to_string())
            .query("issueId", self.issue.as_str())
            .query("crashDataType", "undefined");
        Ok(recommended.with_fallback(documented))
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        let target = ctx.app_of_page(self.project.as_ref(), self.issue.page())?;
        let mut notes = JsonRef::new(data).rows()?;
        notes.retain(|note| {
            let fields = ["note", "createTime", "tapdId", "bugUrl"];
            fields.iter().any(|field| note.get(field).label().is_some())
        });
        let site = &target.account.zone;
        notes.sort_by_key(|note| std::cmp::Reverse(note.get("createTime").instant(site)));
        let mut reply = Reply::with_title([
            format!("Notes on issue {}", self.issue.as_str()),
            target.label.clone(),
        ]);
        let mut table = Table::new(&["when", "by", "note", "bug", "link"]);
        for note in &notes {
            table.rows.push(vec![
                Cell::instant(note.get("createTime").instant(site), &ctx.zone),
                note.any(&["userName", "newUserId", "userId"])
                    .label()
                    .map_or(Cell::Missing, Cell::from_untrusted),
                match note.get("note").text() {
                    Some(text) if is_long(text) => Cell::text("below"),
                    text => Cell::untrusted(text),
                },
                note.get("tapdId")
                    .label()
                    .map_or(Cell::Missing, Cell::from_untrusted),
                Cell::untrusted(note.get("bugUrl").text()),
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
            let when = Cell::instant(note.get("createTime").instant(site), &ctx.zone).render();
            reply.push(4, Block::Code(Code::head(format!("note of {when}"), text)));
        }
        Ok(reply)
    }
}
