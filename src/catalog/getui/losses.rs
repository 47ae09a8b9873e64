//! Where pushes were lost on their way, and why.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{MOST_TASKS, funnel, get, ids, joined, target, words};
use crate::answer::Node;
use crate::args::{List, ProjectName, Rows, Word};
use crate::failure::Failure;
use crate::operation::{CallContext, Operation, Tool};
use crate::reply::{Cell, Reply, Table};
use crate::wire::{ProviderId, Request};

pub(super) const TOOLS: &[Tool] = &[Tool::of::<GetPushLosses>()];

/// Where push tasks lost devices and why (quota, uninstalled, notifications off, offline…), per stage and channel, in
/// real time. Getui opens it per app on request.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct GetPushLosses {
    project: Option<ProjectName>,
    tasks: List<Word, MOST_TASKS>,
    #[serde(default)]
    limit: Rows<20, 200>,
}

/// One reason at one place.
struct Loss<'a> {
    stage: &'a str,
    channel: &'a str,
    reason: &'a str,
    detail: Option<&'a str>,
    count: i64,
}

impl Operation for GetPushLosses {
    const NAME: &'static str = "getui_get_push_losses";
    const PROVIDER: ProviderId = ProviderId::Getui;
    const PATH: &'static str = "report/push/task/detail";

    fn request(&self, ctx: &CallContext<'_>) -> Result<Request, Failure> {
        let target = target(ctx, self.project.as_ref())?;
        let path = format!("/report/push/task/{}/detail", joined(&ids(&self.tasks)?));
        Ok(get(&target, Self::PATH, path))
    }

    fn reply(&self, ctx: &CallContext<'_>, data: &Value) -> anyhow::Result<Reply> {
        let target = target(ctx, self.project.as_ref())?;
        let asked = ids(&self.tasks)?;
        let data = Node::of(data);
        let mut reply = Reply::titled([
            match asked.as_slice() {
                [only] => format!("Losses of push {}", crate::reply::inline(only, 64)),
                several => format!("Losses of {} pushes", several.len()),
            },
            target.label.clone(),
        ]);
        let reports: Vec<(String, Node<'_>)> = asked
            .iter()
            .filter(|id| data.get(id).exists())
            .map(|id| ((*id).to_owned(), data.get(id)))
            .collect();
        if reports.is_empty() {
            reply.note("no report for these tasks");
            return Ok(reply);
        }
        if let [(_, only)] = reports.as_slice() {
            funnel::tell_total(&mut reply, *only);
        } else {
            funnel::tell_all(&mut reply, &reports);
        }
        for (id, report) in &reports {
            let able = report.get("total").get("msg_num").count();
            let mut found = losses(report.get("failed_detail"));
            found.sort_by_key(|loss| std::cmp::Reverse(loss.count));
            let mut columns = vec!["lost", "where", "channel", "reason", "more exactly"];
            if reports.len() > 1 {
                columns.push("task");
            }
            let mut table = Table::new(&columns);
            for loss in &found {
                let mut row = vec![
                    match able {
                        // Who was never sendable is no part of those who were.
                        Some(whole) if whole > 0 && loss.stage != "ts" => Cell::Step {
                            part: loss.count,
                            whole,
                        },
                        _ => Cell::Count(loss.count),
                    },
                    Cell::Data(words::stage(loss.stage).to_owned()),
                    Cell::Data(words::channel(loss.channel)),
                    Cell::Data(words::reason(loss.reason)),
                    loss.detail
                        .map_or(Cell::Missing, |detail| Cell::Data(words::detail(detail))),
                ];
                if reports.len() > 1 {
                    row.push(Cell::Data(id.clone()));
                }
                table.rows.push(row);
            }
            table.total = i64::try_from(table.rows.len()).ok();
            table.rest = Some("a larger `limit` shows more".to_owned());
            table.keep(self.limit.rows());
            reply.table(table, "no losses are reported");
        }
        reply.note("shares are of the sendable devices; those lost before come on top of them");
        if let [only] = asked.as_slice() {
            let arguments = json!({"tasks": only, "by_brand": true});
            reply.next(ctx.next("getui_get_push_report", &target, arguments));
        }
        Ok(reply)
    }
}

/// Stage, channel, reason, then finer reasons beside a `total` (seed 003 lines 156-181).
fn losses(detail: Node<'_>) -> Vec<Loss<'_>> {
    let mut found = Vec::new();
    for (stage, channels) in detail.entries() {
        for (channel, reasons) in channels.entries() {
            for (reason, counts) in reasons.entries() {
                let mut left = counts
                    .get("total")
                    .count()
                    .or_else(|| counts.count())
                    .unwrap_or(0);
                let mut loss = |detail, count| {
                    found.push(Loss {
                        stage,
                        channel,
                        reason,
                        detail,
                        count,
                    });
                };
                for (code, count) in counts.entries().filter(|(code, _)| *code != "total") {
                    let count = count.count().unwrap_or(0);
                    left -= count;
                    loss(Some(code), count);
                }
                if left > 0 {
                    loss(None, left);
                }
            }
        }
    }
    found
}
