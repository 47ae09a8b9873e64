//! When each version of an app was first seen.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{post, versions};
use crate::args::{Limit, ProjectName};
use crate::error::Error;
use crate::json::{JsonRef, Row, column_rows};
use crate::project::CrashSightApp;
use crate::reply::{Cell, Reply, Table, Untrusted};
use crate::request::{CachePolicy, Request};
use crate::tools::context::CallContext;
use crate::tools::output::{Day, Output};
use crate::tools::tool::Query;

/// Versions of the app with the day on which each was first seen, newest first. For when a version came out; not every
/// app has it, crashsight_get_app_options lists versions too.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListVersions {
    project: Option<ProjectName>,
    #[serde(default)]
    limit: Limit<20, 500>,
}

/// The versions of an app.
#[derive(Serialize, JsonSchema)]
pub(crate) struct AppVersions {
    /// Newest first, as far as `limit` goes.
    pub(crate) versions: Vec<FirstSeen>,
    version_count: usize,
}

/// A version and its first day, which the service may forget when it cleans up.
#[derive(Serialize, JsonSchema)]
pub(crate) struct FirstSeen {
    pub(crate) version: Untrusted,
    pub(crate) first_seen: Option<Day>,
}

impl Query for ListVersions {
    const NAME: &'static str = "crashsight_list_versions";
    const UPSTREAM: &'static str = "getVersionDateList";
    type Scope = CrashSightApp;
    type Answer = AppVersions;

    fn scope(&self, ctx: &CallContext) -> Result<CrashSightApp, Error> {
        ctx.app(self.project.as_ref())
    }

    fn request(&self, app: &CrashSightApp) -> Request {
        post(app, Self::UPSTREAM, json!({})).cache(CachePolicy::OneHour)
    }

    fn parse(&self, app: &CrashSightApp, data: JsonRef<'_>) -> anyhow::Result<Output<AppVersions>> {
        let rows = column_rows(data)?;
        let read = |row: &Row<'_>| {
            let first = row.get("first_date").instant(&app.account.zone);
            Some(FirstSeen {
                version: row.any(&["product_version", "version"]).untrusted()?,
                first_seen: first
                    .map(|at| Day(at.to_zoned_datetime(app.account.zone.clone()).date())),
            })
        };
        let mut found: Vec<FirstSeen> = rows.iter().filter_map(read).collect();
        let unread = rows.len() - found.len();
        if found.is_empty() && unread > 0 {
            anyhow::bail!("rows without a version");
        }
        found.sort_by(|left, right| {
            let by_day = right.first_seen.cmp(&left.first_seen);
            by_day.then_with(|| versions::newest_first(left.version.raw(), right.version.raw()))
        });
        let version_count = found.len();
        found.truncate(self.limit.rows());
        let answer = AppVersions {
            versions: found,
            version_count,
        };
        let mut output = Output::new("Versions by first day", app, answer);
        output.note_unrecognized(unread, "row");
        Ok(output)
    }

    fn render(output: &Output<AppVersions>, reply: &mut Reply) {
        let AppVersions {
            versions,
            version_count,
        } = &output.answer;
        let mut table = Table::new(&["version", "first seen"]);
        for seen in versions {
            let day = seen.first_seen.as_ref();
            table.rows.push(vec![
                Cell::Untrusted(seen.version.clone()),
                day.map_or(Cell::Missing, |day| Cell::text(day.0.to_string())),
            ]);
        }
        table.total = i64::try_from(*version_count).ok();
        table.cut = version_count - versions.len();
        reply.table(table, "the service has recorded no version of this app");
    }
}
