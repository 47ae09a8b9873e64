//! What may still be pushed today.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{codes, get, target};
use crate::args::ProjectName;
use crate::error::Error;
use crate::json::JsonRef;
use crate::reply::{Cell, Reply, Table};
use crate::request::{ProviderId, Request};
use crate::tools::CallContext;
use crate::tools::legacy::Operation;

/// Today's push quota per channel and kind: allowed, left, used, and whether it is spent. Channels without a limit
/// are absent.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetPushQuota {
    project: Option<ProjectName>,
}

impl Operation for GetPushQuota {
    const NAME: &'static str = "getui_get_push_quota";
    const PROVIDER: ProviderId = ProviderId::Getui;
    const PATH: &'static str = "report/push/count";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let target = target(ctx, self.project.as_ref())?;
        let path = format!("/{}", Self::PATH);
        // "Do not call often" (seed 003 line 321): an older answer stands in while the service says no.
        Ok(get(&target, Self::PATH, path).stale_key(Self::PATH))
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        let target = target(ctx, self.project.as_ref())?;
        let now = ctx.now.to_zoned(target.account.zone.clone());
        let mut reply = Reply::with_title([
            "Push quota of today".to_owned(),
            target.label.clone(),
            now.strftime("%Y-%m-%d %H:%M %:z").to_string(),
        ]);
        let mut table = Table::new(&["channel", "for", "a day", "left", "used", "state"]);
        let mut vivo = false;
        for (channel, kinds) in JsonRef::new(data).entries() {
            for (kind, quota) in kinds.entries() {
                let count = |field| quota.get(field).count();
                let (total, asked) = (count("total_num"), count("push_num"));
                let left = count("remain_num");
                vivo |= asked.is_some();
                let used = match (asked, total, left) {
                    (Some(asked), ..) => Some(asked),
                    (None, Some(total), Some(left)) => Some(total - left),
                    _ => None,
                };
                table.rows.push(vec![
                    Cell::from_untrusted(codes::channel(channel)),
                    Cell::from_untrusted(codes::quota(channel, kind)),
                    Cell::count(total),
                    match (left, total) {
                        (Some(part), Some(whole)) if whole > 0 => Cell::FunnelStep { part, whole },
                        (left, _) => Cell::count(left),
                    },
                    Cell::count(used),
                    match quota.get("limit").flag() {
                        Some(true) => Cell::text("spent"),
                        Some(false) => Cell::text("open"),
                        None => Cell::Missing,
                    },
                ]);
            }
        }
        reply.table(table, "no channel of this app has a quota");
        if vivo {
            // Seed 003 line 320.
            reply.note("vivo counts what was asked for as used, and what arrived against its limit: used may be the larger");
        }
        Ok(reply)
    }
}
