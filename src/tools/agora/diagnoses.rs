//! What went wrong for single users in the last hour, and why.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{codes, live, live_scope};
use crate::args::ProjectName;
use crate::error::Error;
use crate::json::JsonRef;
use crate::reply::{Cell, Reply, Table};
use crate::request::{ProviderId, Request};
use crate::time_range::WindowSpec;
use crate::tools::CallContext;
use crate::tools::legacy::Operation;

/// The service gives no more (seed 002 line 595).
const MOST: usize = 10;

/// Freezes and slow joins that Agora diagnosed (at most the last hour, at most 10), grouped by cause, with users and
/// channels. Then agora_search_calls for the channel.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListDiagnoses {
    project: Option<ProjectName>,
    /// 1h or 2026-11-22T15:10..2026-11-22T15:40
    window: Option<WindowSpec>,
}

/// One cause, and whom it hit.
struct Cause<'a> {
    factor: i64,
    hits: usize,
    remote: usize,
    users: BTreeSet<&'a str>,
    problems: BTreeSet<i64>,
}

impl Operation for ListDiagnoses {
    const NAME: &'static str = "agora_list_diagnoses";
    const PROVIDER: ProviderId = ProviderId::Agora;
    const PATH: &'static str = "live/diagnosis";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let (target, _) = live_scope(ctx, self.project.as_ref(), self.window.as_ref())?;
        Ok(live(ctx, &target, Self::PATH, ""))
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        let (target, window) = live_scope(ctx, self.project.as_ref(), self.window.as_ref())?;
        let all = JsonRef::new(data).rows()?;
        let full = all.len() >= MOST;
        let at = |row: &JsonRef<'_>| row.get("ts").instant(&TimeZone::UTC);
        let mut rows: Vec<JsonRef<'_>> = all
            .into_iter()
            .filter(|row| at(row).is_none_or(|at| window.contains(at)))
            .collect();
        rows.sort_by_key(|row| std::cmp::Reverse(at(row)));
        let mut reply = Reply::with_title([
            "Diagnosed problems".to_owned(),
            target.label.clone(),
            window.title(),
        ]);
        let causes = causes(&rows);
        let mut table = Table::new(&[
            "cause",
            "problems",
            "users",
            "on the other side",
            "what happened",
        ]);
        for cause in &causes {
            let problems: Vec<String> = cause
                .problems
                .iter()
                .map(|id| codes::experience(*id))
                .collect();
            let count = |n: usize| Cell::Count(i64::try_from(n).unwrap_or(i64::MAX));
            table.rows.push(vec![
                Cell::text(codes::factor(cause.factor)),
                count(cause.hits),
                count(cause.users.len()),
                if cause.remote > 0 {
                    count(cause.remote)
                } else {
                    Cell::Missing
                },
                Cell::text(problems.join(", ")),
            ]);
        }
        let none = if rows.is_empty() {
            "nothing was diagnosed in this time"
        } else {
            "no cause is named"
        };
        reply.table(table, none);
        let mut table = Table::new(&["at", "user", "channel", "what happened", "causes"]);
        for row in &rows {
            table.rows.push(vec![
                Cell::clock(at(row), &ctx.zone),
                row.get("user")
                    .label()
                    .map_or(Cell::Missing, Cell::from_untrusted),
                Cell::untrusted(row.get("cname").text()),
                row.get("exp_id")
                    .count()
                    .map_or(Cell::Missing, |id| Cell::text(codes::experience(id))),
                Some(tags(*row).join("; "))
                    .filter(|causes| !causes.is_empty())
                    .map_or(Cell::Missing, Cell::from_untrusted),
            ]);
        }
        if !rows.is_empty() {
            reply.table(table, "");
        }
        if full {
            reply.note("the service gives at most 10: there may be more");
        }
        if let Some(channel) = rows.first().and_then(|row| row.get("cname").text()) {
            reply.next(ctx.next("agora_search_calls", &target, json!({"channel": channel})));
        }
        Ok(reply)
    }
}

/// Causes by how often they are named, the most frequent first.
fn causes<'a>(rows: &[JsonRef<'a>]) -> Vec<Cause<'a>> {
    let mut causes: Vec<Cause<'a>> = Vec::new();
    for row in rows {
        // The same cause may stand twice, once for each side.
        let mut seen = BTreeSet::new();
        for tag in row.get("cause_tags").list() {
            let Some(factor) = tag.get("factor_id").count() else {
                continue;
            };
            let remote = tag.get("host_user").label().is_some();
            let place = causes.iter().position(|cause| cause.factor == factor);
            let place = place.unwrap_or_else(|| {
                causes.push(Cause {
                    factor,
                    hits: 0,
                    remote: 0,
                    users: BTreeSet::new(),
                    problems: BTreeSet::new(),
                });
                causes.len() - 1
            });
            let Some(cause) = causes.get_mut(place) else {
                continue;
            };
            cause.remote += usize::from(remote);
            cause.users.extend(row.get("user").text());
            cause.problems.extend(row.get("exp_id").count());
            if seen.insert(factor) {
                cause.hits += 1;
            }
        }
    }
    causes.sort_by_key(|cause| (std::cmp::Reverse(cause.hits), cause.factor));
    causes
}

/// The causes of one problem, with the user of the other side where it lies there.
fn tags(row: JsonRef<'_>) -> Vec<String> {
    row.get("cause_tags")
        .list()
        .filter_map(|tag| {
            let words = codes::factor(tag.get("factor_id").count()?);
            Some(match tag.get("host_user").label() {
                Some(user) => format!("{words} (at user {user})"),
                None => words,
            })
        })
        .collect()
}
