//! What an app has to choose from: versions, tags, members, channels, bundles.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{get, path};
use crate::args::{Limit, ProjectName};
use crate::error::Error;
use crate::json::JsonRef;
use crate::reply::{Cell, Fact, Reply, Table, inline};
use crate::request::{CachePolicy, Request};
use crate::tools::CallContext;
use crate::tools::legacy::Operation;

/// Versions, tags, members (id and name: who an issue's handlers are), channels and bundle ids of the app.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetAppOptions {
    project: Option<ProjectName>,
    #[serde(default)]
    limit: Limit<30, 500>,
}

impl GetAppOptions {
    /// The options of a project, for another tool's question.
    pub fn of(project: Option<ProjectName>) -> Self {
        Self {
            project,
            limit: Limit::default(),
        }
    }

    /// The versions, as the service orders them.
    pub fn version_names(data: &Value) -> Vec<String> {
        names(JsonRef::new(data).get("versionList"), "productVersion")
    }

    /// The members by id: an issue's handlers come as either of two ids.
    pub fn member_names(data: &Value) -> Vec<(String, String)> {
        let members = JsonRef::new(data).get("processorList").list();
        members
            .filter_map(|member| {
                let name = member.any(&["name", "qqNickName"]).label()?;
                Some((member, name))
            })
            .flat_map(|(member, name)| {
                ["userId", "newUserId"]
                    .into_iter()
                    .filter_map(move |field| Some((member.get(field).label()?, name.clone())))
            })
            .collect()
    }
}

impl Operation for GetAppOptions {
    const NAME: &'static str = "crashsight_get_app_options";
    const PATH: &'static str = "getSelectorDatas";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let target = ctx.app(self.project.as_ref())?;
        let pid = target.platform.number().to_string();
        let mut body = Map::new();
        body.insert("appId".to_owned(), json!(target.id));
        // `pid`, as text; there is no platformId here.
        body.insert("pid".to_owned(), json!(pid));
        body.insert(
            "types".to_owned(),
            json!("version,member,bundle,tag,channel"),
        );
        let documented = get(&target, Self::PATH).query("pid", pid).with_nonce("fsn");
        Ok(Request::post(
            target.account.name.clone(),
            Self::PATH,
            path(Self::PATH),
            Value::Object(body),
        )
        .cache(CachePolicy::OneHour)
        .with_fallback(documented))
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        let target = ctx.app(self.project.as_ref())?;
        let data = match JsonRef::new(data) {
            nothing if !nothing.exists() => nothing,
            something => something.object()?,
        };
        let most = self.limit.rows();
        let mut reply = Reply::with_title([
            "Versions, tags and members".to_owned(),
            target.label.clone(),
        ]);
        for (what, label, texts) in [
            (
                "version",
                "versions",
                names(data.get("versionList"), "productVersion"),
            ),
            ("tag", "tags", names(data.get("tagList"), "tagName")),
            (
                "channel",
                "channels",
                names(data.get("channelList"), "channel"),
            ),
            (
                "bundle",
                "bundles",
                names(data.get("bundleIdList"), "bundleId"),
            ),
        ] {
            list(&mut reply, what, label, &texts, most);
        }
        // Phone, mail and chat names come too and are nobody's business here.
        let mut table = Table::new(&["member", "id", "other id"]);
        for member in data.get("processorList").list() {
            let row = vec![
                super::label(member.any(&["name", "qqNickName"])),
                super::label(member.get("userId")),
                super::label(member.get("newUserId")),
            ];
            if row.iter().any(|cell| *cell != Cell::Missing) {
                table.rows.push(row);
            }
        }
        table.total = i64::try_from(table.rows.len()).ok();
        reply.facts([Fact::new(
            "members",
            Cell::count(table.total.filter(|all| *all > 0)),
        )]);
        table.rest = Some("a larger `limit` shows more".to_owned());
        table.narrower = Some(CONSOLE);
        table.keep(most);
        reply.table(table, "no members");
        Ok(reply)
    }
}

/// No argument narrows these lists.
const CONSOLE: &str = "the web console lists them all";

/// Few names fit on a line; many are a table, which can be cut.
const ON_A_LINE: usize = 30;

fn list(reply: &mut Reply, what: &str, label: &str, texts: &[String], most: usize) {
    if texts.is_empty() {
        return;
    }
    if texts.len() <= ON_A_LINE.min(most) {
        let all: Vec<String> = texts.iter().map(|text| inline(text, 60)).collect();
        reply.facts([Fact::new(label, Cell::text(all.join(", ")))]);
        return;
    }
    let mut table = Table::new(&[what]);
    table.rows = texts
        .iter()
        .map(|text| vec![Cell::from_untrusted(text.clone())])
        .collect();
    table.total = i64::try_from(texts.len()).ok();
    table.rest = Some("a larger `limit` shows more".to_owned());
    table.narrower = Some(CONSOLE);
    table.keep(most);
    reply.table(table, "");
}

/// The names in a list: of objects, or bare.
fn names(node: JsonRef<'_>, field: &str) -> Vec<String> {
    node.list()
        .filter_map(|item| item.label().or_else(|| item.get(field).label()))
        .collect()
}
