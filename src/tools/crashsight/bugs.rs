//! Bugs of a bug tracker that issues are linked to.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

use super::issue_parts::Clocks;
use super::post;
use super::report_rows::cell;
use crate::args::{List, ProjectName, ShortText};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::{Cell, Reply, Table, Untrusted, counted};
use crate::request::Request;
use crate::tools::context::CallContext;
use crate::tools::output::{Output, Time};
use crate::tools::tool::Query;

/// Bugs of one call.
const MOST_BUGS: usize = 50;

/// A bug by its tracker and its id there: neither says which bug it is alone.
#[derive(Debug, Clone, PartialEq, Eq)]
struct BugRef {
    platform: String,
    id: String,
}

impl<'de> Deserialize<'de> for BugRef {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Fields {
            #[serde(alias = "bugPlatform")]
            platform: Option<ShortText>,
            id: Option<ShortText>,
        }
        let value = Value::deserialize(source)?;
        let fields = match &value {
            Value::Object(_) => Fields::deserialize(value).map_err(D::Error::custom)?,
            other => Fields {
                platform: None,
                id: ShortText::deserialize(other).ok(),
            },
        };
        match fields {
            Fields {
                platform: Some(platform),
                id: Some(id),
            } => Ok(Self {
                platform: platform.as_str().to_owned(),
                id: id.as_str().to_owned(),
            }),
            Fields { id, .. } => {
                let id = id.as_ref().map_or("…", ShortText::as_str);
                let id = crate::reply::inline(id, 60);
                Err(D::Error::custom(format!(
                    "a bug is its tracker and its id, as in {{\"platform\":\"TAPD\",\"id\":\"{id}\"}}"
                )))
            }
        }
    }
}

impl JsonSchema for BugRef {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "BugRef".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "properties": {
                "platform": {"type": "string", "examples": ["TAPD"]},
                "id": {"type": "string"}
            },
            "required": ["platform", "id"],
            "additionalProperties": false
        })
    }
}

/// Title, status and owner of bugs in the tracker, by id. crashsight_get_issue has the bugs of an issue.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetBugs {
    project: Option<ProjectName>,
    bugs: List<BugRef, MOST_BUGS>,
}

/// The bugs that the service knows, and the others.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Bugs {
    bugs: Vec<BugDetails>,
    not_found: Vec<UnknownBug>,
}

/// A bug, as much of it as the tracker gives.
#[derive(Debug, Serialize, JsonSchema)]
struct BugDetails {
    platform: Option<Untrusted>,
    id: Untrusted,
    title: Option<Untrusted>,
    status: Option<Untrusted>,
    severity: Option<Untrusted>,
    priority: Option<Untrusted>,
    owner: Option<Untrusted>,
    reporter: Option<Untrusted>,
    workspace: Option<Untrusted>,
    url: Option<Untrusted>,
    created_at: Option<Time>,
    changed_at: Option<Time>,
}

/// A bug that was asked for and did not come.
#[derive(Debug, Serialize, JsonSchema)]
struct UnknownBug {
    platform: Untrusted,
    id: Untrusted,
}

impl BugDetails {
    fn read(row: JsonRef<'_>, clocks: Clocks<'_>) -> Option<Self> {
        let text = |fields: &[&str]| row.any(fields).untrusted();
        Some(Self {
            platform: text(&["bugPlatform", "platform"]),
            id: text(&["id", "bugId", "tapdId"])?,
            title: text(&["title", "name"]),
            status: text(&["status", "state"]),
            severity: text(&["severity"]),
            priority: text(&["priority"]),
            owner: text(&["currentOwner", "current_owner", "owner"]),
            reporter: text(&["reporter", "creator"]),
            workspace: text(&["workspaceId", "workspace_id"]),
            url: text(&["bugUrl", "url"]),
            created_at: clocks.first_of(row, &["created", "createTime"]),
            changed_at: clocks.first_of(row, &["modified", "updateTime"]),
        })
    }

    /// Whether there is anything beside the id.
    fn has_details(&self) -> bool {
        let texts = [&self.title, &self.status, &self.owner, &self.url];
        texts.into_iter().any(Option::is_some)
    }

    fn is(&self, asked: &BugRef) -> bool {
        let platform = self.platform.as_ref();
        self.id.raw() == asked.id
            && platform.is_none_or(|platform| platform.raw().eq_ignore_ascii_case(&asked.platform))
    }
}

/// The app and the zone of a call.
pub(crate) struct Scope {
    app: CrashSightApp,
    zone: jiff::tz::TimeZone,
}

impl Query for GetBugs {
    const NAME: &'static str = "crashsight_get_bugs";
    const UPSTREAM: &'static str = "queryBugs";
    type Scope = Scope;
    type Answer = Bugs;

    fn scope(&self, ctx: &CallContext) -> Result<Scope, Error> {
        if self.bugs.is_empty() {
            return Err(Error::invalid_arguments(
                "bugs: give at least one, as in [{\"platform\":\"TAPD\",\"id\":\"…\"}]",
            ));
        }
        Ok(Scope {
            app: ctx.app(self.project.as_ref())?,
            zone: ctx.zone.clone(),
        })
    }

    fn request(&self, scope: &Scope) -> Request {
        let bug = |bug: &BugRef| json!({"bugPlatform": bug.platform, "id": bug.id});
        let bugs: Vec<Value> = self.bugs.iter().map(bug).collect();
        post(&scope.app, Self::UPSTREAM, json!({"bugInfos": bugs}))
    }

    fn parse(&self, scope: &Scope, data: JsonRef<'_>) -> anyhow::Result<Output<Bugs>> {
        let rows = data.rows()?;
        let clocks = Clocks {
            site: &scope.app.account.zone,
            reader: &scope.zone,
        };
        let bugs: Vec<BugDetails> = rows
            .iter()
            .filter_map(|row| BugDetails::read(*row, clocks))
            .collect();
        let unread = rows.iter().filter(|row| row.says_something()).count();
        let unread = unread.saturating_sub(bugs.len());
        anyhow::ensure!(
            unread == 0 || !bugs.is_empty(),
            "{} without an `id`",
            counted(unread, "row")
        );
        let came = |asked: &&BugRef| !bugs.iter().any(|bug| bug.is(asked));
        let not_found: Vec<UnknownBug> = self
            .bugs
            .iter()
            .filter(came)
            .map(|asked| UnknownBug {
                platform: asked.platform.as_str().into(),
                id: asked.id.as_str().into(),
            })
            .collect();
        let bare = bugs.iter().filter(|bug| !bug.has_details()).count();
        let none = bugs.is_empty();
        let answer = Bugs { bugs, not_found };
        let which = match &self.bugs[..] {
            [only] => format!("Bug {}", crate::reply::inline(&only.id, 60)),
            several => format!("{} bugs", several.len()),
        };
        let mut output = Output::new(which, &scope.app, answer);
        output.note_unrecognized(unread, "row");
        if bare > 0 {
            output.note(format!(
                "the service returned no more than the id of {}",
                counted(bare, "bug")
            ));
        }
        if none {
            output.note("nothing found in this project's tracker");
        }
        Ok(output)
    }

    fn render(output: &Output<Bugs>, reply: &mut Reply) {
        let answer = &output.answer;
        let mut table = Table::new(&[
            "tracker", "id", "status", "severity", "priority", "owner", "reporter", "created",
            "changed", "title", "address",
        ]);
        let time = |time: Option<&Time>| time.map_or(Cell::Missing, Time::cell);
        for bug in &answer.bugs {
            table.rows.push(vec![
                cell(bug.platform.as_ref()),
                Cell::Untrusted(bug.id.clone()),
                cell(bug.status.as_ref()),
                cell(bug.severity.as_ref()),
                cell(bug.priority.as_ref()),
                cell(bug.owner.as_ref()),
                cell(bug.reporter.as_ref()),
                time(bug.created_at.as_ref()),
                time(bug.changed_at.as_ref()),
                cell(bug.title.as_ref()),
                cell(bug.url.as_ref()),
            ]);
        }
        if !table.rows.is_empty() {
            reply.table(table, "");
        }
        let mut unknown = Table::new(&["tracker", "not found"]);
        for bug in &answer.not_found {
            unknown.rows.push(vec![
                Cell::Untrusted(bug.platform.clone()),
                Cell::Untrusted(bug.id.clone()),
            ]);
        }
        if !unknown.rows.is_empty() && !answer.bugs.is_empty() {
            reply.table(unknown, "");
        }
    }
}
