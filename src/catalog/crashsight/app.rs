//! What an app has to choose from: versions, tags, members, channels, bundles.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{get, path};
use crate::answer::Node;
use crate::args::{ProjectName, Rows};
use crate::failure::Failure;
use crate::operation::{CallContext, Operation, Tool};
use crate::reply::{Cell, Fact, Reply, Table};
use crate::wire::Request;

pub(super) const TOOLS: &[Tool] = &[Tool::of::<GetAppOptions>()];

/// Versions, tags, members (id and name: who an issue's handlers are), channels and bundle ids of the app.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct GetAppOptions {
    project: Option<ProjectName>,
    #[serde(default)]
    limit: Rows<30, 500>,
}

impl Operation for GetAppOptions {
    const NAME: &'static str = "crashsight_get_app_options";
    const PATH: &'static str = "getSelectorDatas";

    fn request(&self, ctx: &CallContext<'_>) -> Result<Request, Failure> {
        let target = ctx.target(self.project.as_ref())?;
        let pid = target.platform.number().to_string();
        let mut body = Map::new();
        body.insert("appId".to_owned(), json!(target.app));
        // `pid`, as text; there is no platformId here.
        body.insert("pid".to_owned(), json!(pid));
        body.insert(
            "types".to_owned(),
            json!("version,member,bundle,tag,channel"),
        );
        let documented = get(&target, Self::PATH).with("pid", pid).stamped("fsn");
        Ok(Request::post(
            target.account.name.clone(),
            Self::PATH,
            path(Self::PATH),
            Value::Object(body),
        )
        .or(documented))
    }

    fn reply(&self, ctx: &CallContext<'_>, data: &Value) -> anyhow::Result<Reply> {
        let target = ctx.target(self.project.as_ref())?;
        let data = Node::of(data).object()?;
        let most = self.limit.rows();
        let mut reply = Reply::titled([
            "Versions, tags and members".to_owned(),
            target.label.clone(),
        ]);
        let list = |texts: Vec<String>| {
            let all = texts.len();
            let mut shown = texts.into_iter().take(most).collect::<Vec<_>>().join(", ");
            if all > most {
                shown = format!("{shown} and {} more (`limit` shows them)", all - most);
            }
            (all > 0).then_some(shown)
        };
        let names = |node: Node<'_>, field: &str| {
            node.list()
                .filter_map(|item| item.get(field).text().map(str::to_owned))
                .collect::<Vec<_>>()
        };
        let texts = |node: Node<'_>| node.list_of_text().into_iter().map(str::to_owned).collect();
        for (label, texts) in [
            ("versions", names(data.get("versionList"), "productVersion")),
            ("tags", names(data.get("tagList"), "tagName")),
            ("channels", texts(data.get("channelList"))),
            ("bundles", texts(data.get("bundleIdList"))),
        ] {
            if let Some(shown) = list(texts) {
                reply.note(format!("{label}: {}", crate::reply::inline(&shown, 4000)));
            }
        }
        // Phone, mail and chat names come too and are nobody's business here.
        let mut table = Table::new(&["member", "id", "other id"]);
        for member in data.get("processorList").list() {
            table.rows.push(vec![
                Cell::data(member.any(&["name", "qqNickName"]).text()),
                member
                    .get("userId")
                    .label()
                    .map_or(Cell::Missing, Cell::Data),
                member
                    .get("newUserId")
                    .label()
                    .map_or(Cell::Missing, Cell::Data),
            ]);
        }
        reply.facts([Fact::new(
            "members",
            Cell::Count(i64::try_from(table.rows.len()).unwrap_or_default()),
        )]);
        table.total = i64::try_from(table.rows.len()).ok();
        table.rest = Some("a larger `limit` shows more".to_owned());
        table.keep(most);
        reply.table(table, "no members");
        Ok(reply)
    }
}
