//! What an app has to choose from: versions, tags, members, channels, bundles.

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{get, path, versions};
use crate::args::{Limit, ProjectName};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::{Cell, Fact, Reply, Table, Untrusted};
use crate::request::{CachePolicy, Request};
use crate::tools::context::CallContext;
use crate::tools::output::{Output, Time};
use crate::tools::tool::Query;

/// Versions (newest first), tags, members (ids and names of assignees), channels and bundle ids of the app.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetAppOptions {
    project: Option<ProjectName>,
    #[serde(default)]
    limit: Limit<30, 500>,
}

/// What an app has to choose from; each list as far as `limit` goes, beside the length of the whole.
#[derive(Serialize, JsonSchema)]
pub(crate) struct AppOptions {
    /// Newest first.
    versions: Vec<AppVersion>,
    version_count: usize,
    tags: Vec<AppTag>,
    tag_count: usize,
    channels: Vec<Untrusted>,
    channel_count: usize,
    bundles: Vec<Untrusted>,
    bundle_count: usize,
    members: Vec<Member>,
    member_count: usize,
    /// Whether members may not invite others.
    member_invitation_disabled: Option<bool>,
}

/// A version of the app.
#[derive(Serialize, JsonSchema)]
struct AppVersion {
    version: Untrusted,
    /// The version of the crash reporter in it.
    sdk_version: Option<Untrusted>,
    enabled: Option<bool>,
    shown: Option<bool>,
    upgrades_itself: Option<bool>,
    since_update_ms: Option<i64>,
}

/// A tag that issues may have.
#[derive(Serialize, JsonSchema)]
struct AppTag {
    tag: Untrusted,
    id: Option<i64>,
    shown: Option<bool>,
}

/// A member, to whom issues may be assigned. Phone, mail and chat names are left out: no tool needs them.
#[derive(Serialize, JsonSchema)]
pub(super) struct Member {
    pub(super) name: Option<Untrusted>,
    pub(super) id: Option<Untrusted>,
    /// The other of the two ids by which issues name their assignees.
    pub(super) other_id: Option<Untrusted>,
    registered: Option<Time>,
    operator: Option<bool>,
    type_code: Option<i64>,
}

impl Query for GetAppOptions {
    const NAME: &'static str = "crashsight_get_app_options";
    const UPSTREAM: &'static str = "getSelectorDatas";
    type Scope = CrashSightApp;
    type Answer = AppOptions;

    fn scope(&self, ctx: &CallContext) -> Result<CrashSightApp, Error> {
        ctx.app(self.project.as_ref())
    }

    fn request(&self, app: &CrashSightApp) -> Request {
        options_request(app)
    }

    fn parse(&self, app: &CrashSightApp, data: JsonRef<'_>) -> anyhow::Result<Output<AppOptions>> {
        let data = match data {
            nothing if !nothing.exists() => nothing,
            something => something.object()?,
        };
        let lists = [
            "versionList",
            "tagList",
            "processorList",
            "channelList",
            "bundleIdList",
        ];
        if data.exists() && !lists.iter().any(|list| data.has(list)) {
            anyhow::bail!("none of the lists of an app came");
        }
        let most = self.limit.rows();
        let mut versions: Vec<AppVersion> =
            data.get("versionList").list().filter_map(version).collect();
        versions
            .sort_by(|left, right| versions::newest_first(left.version.raw(), right.version.raw()));
        let mut tags: Vec<AppTag> = data.get("tagList").list().filter_map(tag).collect();
        let mut channels = names(data.get("channelList"), "channel");
        let mut bundles = names(data.get("bundleIdList"), "bundleId");
        let (mut members, nameless) = members(data, &app.account.zone);
        let mut answer = AppOptions {
            version_count: versions.len(),
            tag_count: tags.len(),
            channel_count: channels.len(),
            bundle_count: bundles.len(),
            member_count: members.len(),
            versions: Vec::new(),
            tags: Vec::new(),
            channels: Vec::new(),
            bundles: Vec::new(),
            members: Vec::new(),
            member_invitation_disabled: data.get("disableMemberInvitation").flag(),
        };
        versions.truncate(most);
        tags.truncate(most);
        channels.truncate(most);
        bundles.truncate(most);
        members.truncate(most);
        answer.versions = versions;
        answer.tags = tags;
        answer.channels = channels;
        answer.bundles = bundles;
        answer.members = members;
        let mut output = Output::new("Versions, tags and members", app, answer);
        if nameless > 0 {
            output.note(format!("{nameless} members have neither name nor id"));
        }
        Ok(output)
    }

    fn render(output: &Output<AppOptions>, reply: &mut Reply) {
        let answer = &output.answer;
        let versions: Vec<&Untrusted> = answer.versions.iter().map(|row| &row.version).collect();
        let tags: Vec<&Untrusted> = answer.tags.iter().map(|row| &row.tag).collect();
        list(
            reply,
            ["version", "versions"],
            &versions,
            answer.version_count,
        );
        list(reply, ["tag", "tags"], &tags, answer.tag_count);
        let channels: Vec<&Untrusted> = answer.channels.iter().collect();
        list(
            reply,
            ["channel", "channels"],
            &channels,
            answer.channel_count,
        );
        let bundles: Vec<&Untrusted> = answer.bundles.iter().collect();
        list(reply, ["bundle", "bundles"], &bundles, answer.bundle_count);
        let mut table = Table::new(&["member", "id", "other id"]);
        for member in &answer.members {
            let fields = [&member.name, &member.id, &member.other_id];
            let cell =
                |field: &Option<Untrusted>| field.clone().map_or(Cell::Missing, Cell::Untrusted);
            table.rows.push(fields.map(cell).to_vec());
        }
        if answer.member_count > 0 {
            reply.facts([Fact::new("members", whole(answer.member_count))]);
        }
        rest(&mut table, answer.member_count);
        reply.table(table, "no members");
    }
}

/// The request for the options of an app, kept for an hour.
pub(crate) fn options_request(app: &CrashSightApp) -> Request {
    let pid = app.platform.number().to_string();
    // `pid`, as text; there is no platformId here.
    let body = json!({"appId": app.id, "pid": pid, "types": "version,member,bundle,tag,channel"});
    let operation = GetAppOptions::UPSTREAM;
    let documented = get(app, operation).query("pid", pid).with_nonce("fsn");
    Request::post(app.account.name.clone(), operation, path(operation), body)
        .cache(CachePolicy::OneHour)
        .with_fallback(documented)
}

/// The versions of an app in a response.
pub(crate) fn version_names(data: &Value) -> Vec<Untrusted> {
    let list = JsonRef::new(data).get("versionList").list();
    let mut versions: Vec<Untrusted> = list.filter_map(version).map(|row| row.version).collect();
    versions.sort_by(|left, right| versions::newest_first(left.raw(), right.raw()));
    versions
}

fn version(row: JsonRef<'_>) -> Option<AppVersion> {
    Some(AppVersion {
        version: row
            .untrusted()
            .or_else(|| row.get("productVersion").untrusted())?,
        sdk_version: row.get("sdkVersion").untrusted(),
        enabled: row.get("enable").flag(),
        shown: row.get("isShow").flag(),
        upgrades_itself: row.get("enableAutoUpgrade").flag(),
        since_update_ms: row.get("millisSinceUpdate").count().filter(|ms| *ms > 0),
    })
}

fn tag(row: JsonRef<'_>) -> Option<AppTag> {
    Some(AppTag {
        tag: row.untrusted().or_else(|| row.get("tagName").untrusted())?,
        id: row.get("tagId").count(),
        shown: row.get("isShow").flag(),
    })
}

/// The members in a response.
pub(super) fn members_of(data: &Value) -> Vec<Member> {
    members(JsonRef::new(data), &TimeZone::UTC).0
}

/// The members, and how many rows have content but no name.
fn members(data: JsonRef<'_>, site: &TimeZone) -> (Vec<Member>, usize) {
    let mut nameless = 0;
    let mut members = Vec::new();
    for row in data.get("processorList").list() {
        let member = Member {
            name: row.any(&["name", "qqNickName"]).untrusted(),
            id: row.get("userId").untrusted(),
            other_id: row.get("newUserId").untrusted(),
            registered: Time::of(row.get("registerTime").instant(site), site),
            operator: row.get("isOperator").flag(),
            type_code: row.get("type").count(),
        };
        if member.name.is_some() || member.id.is_some() || member.other_id.is_some() {
            members.push(member);
        } else if row.says_something() {
            nameless += 1;
        }
    }
    (members, nameless)
}

/// The names in a list: of objects, or bare.
fn names(node: JsonRef<'_>, field: &str) -> Vec<Untrusted> {
    node.list()
        .filter_map(|item| item.untrusted().or_else(|| item.get(field).untrusted()))
        .collect()
}

/// Few names fit on a line; many are a table, which can be cut.
const ON_A_LINE: usize = 30;

fn list(reply: &mut Reply, [what, label]: [&str; 2], names: &[&Untrusted], count: usize) {
    if names.is_empty() {
        return;
    }
    if count <= ON_A_LINE && names.len() == count {
        let all: Vec<String> = names.iter().map(|name| name.line(60)).collect();
        reply.facts([Fact::new(label, Cell::text(all.join(", ")))]);
        return;
    }
    let mut table = Table::new(&[what]);
    for name in names {
        table.rows.push(vec![Cell::Untrusted((*name).clone())]);
    }
    rest(&mut table, count);
    reply.table(table, "");
}

/// Says how many rows there are in all, and how to see them.
fn rest(table: &mut Table, count: usize) {
    table.total = i64::try_from(count).ok();
    table.cut = count - table.rows.len();
    table.rest = Some("a larger `limit` shows more".to_owned());
    table.narrower = Some("the web console lists them all");
}

fn whole(count: usize) -> Cell {
    Cell::count(i64::try_from(count).ok())
}
