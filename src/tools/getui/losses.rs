//! Where pushes were lost on their way, and why.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::tasks::Tasks;
use super::{codes, funnel, get, target};
use crate::args::{Limit, ProjectName};
use crate::error::Error;
use crate::json::JsonRef;
use crate::reply::{Cell, Reply, Table};
use crate::request::{ProviderId, Request};
use crate::tools::CallContext;
use crate::tools::legacy::Operation;

/// Where push tasks lost devices and why (quota, uninstalled, notifications off, offline…), per stage and channel, in
/// real time. Getui opens it per app on request.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetPushLosses {
    project: Option<ProjectName>,
    tasks: Tasks,
    #[serde(default)]
    limit: Limit<20, 200>,
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

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let target = target(ctx, self.project.as_ref())?;
        let path = format!("/report/push/task/{}/detail", self.tasks.joined());
        Ok(get(&target, Self::PATH, path))
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        let target = target(ctx, self.project.as_ref())?;
        let asked = self.tasks.ids();
        let data = JsonRef::new(data);
        let mut reply = Reply::with_title([
            match asked {
                [only] => format!("Losses of push {}", crate::reply::inline(only, 64)),
                several => format!("Losses of {} pushes", several.len()),
            },
            target.label.clone(),
        ]);
        let reports: Vec<(String, JsonRef<'_>)> = asked
            .iter()
            .filter(|id| data.get(id).exists())
            .map(|id| (id.clone(), data.get(id)))
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
        let mut found: Vec<(&str, Option<i64>, Loss<'_>)> = reports
            .iter()
            .flat_map(|(id, report)| {
                let able = report.get("total").get("msg_num").count();
                losses(report.get("failed_detail"))
                    .into_iter()
                    .map(move |loss| (id.as_str(), able, loss))
            })
            .collect();
        found.sort_by_key(|(.., loss)| std::cmp::Reverse(loss.count));
        let mut table = Table::new(&["lost", "where", "channel", "reason", "more exactly", "task"]);
        for (id, able, loss) in &found {
            table.rows.push(vec![
                match *able {
                    // Who was never sendable is no part of those who were.
                    Some(whole) if whole > 0 && loss.stage != "ts" => Cell::FunnelStep {
                        part: loss.count,
                        whole,
                    },
                    _ => Cell::Count(loss.count),
                },
                Cell::from_untrusted(codes::stage(loss.stage).to_owned()),
                Cell::from_untrusted(codes::channel(loss.channel)),
                Cell::from_untrusted(codes::reason(loss.reason)),
                loss.detail.map_or(Cell::Missing, |detail| {
                    Cell::from_untrusted(codes::detail(detail))
                }),
                if reports.len() > 1 {
                    Cell::from_untrusted((*id).to_owned())
                } else {
                    Cell::Missing
                },
            ]);
        }
        table.total = i64::try_from(table.rows.len()).ok();
        table.rest = Some("a larger `limit` shows more".to_owned());
        table.keep(self.limit.rows());
        reply.table(table, "no losses are reported");
        reply.note("shares are of the sendable devices; those lost before come on top of them");
        if let [only] = asked {
            let arguments = json!({"tasks": only, "by_brand": true});
            reply.next(ctx.next("getui_get_push_report", &target, arguments));
        }
        Ok(reply)
    }
}

/// Stage, channel, reason, then finer reasons beside a `total` (seed 003 lines 156-181).
fn losses(detail: JsonRef<'_>) -> Vec<Loss<'_>> {
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
