//! What may still be pushed today.

use anyhow::bail;
use jiff::ZonedDateTime;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{app, codes, get};
use crate::args::ProjectName;
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::AppRef;
use crate::reply::{Cell, Reply, Table, Untrusted};
use crate::request::Request;
use crate::tools::context::CallContext;
use crate::tools::output::Output;
use crate::tools::tool::Query;

/// Today's push quota per channel and kind: allowed, left, used, and whether it is exhausted. Channels without a limit
/// are absent.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetPushQuota {
    project: Option<ProjectName>,
}

/// The app, and the time at which the quota is read.
pub(crate) struct QuotaScope {
    app: AppRef,
    now: ZonedDateTime,
}

/// The quotas of an app.
#[derive(Serialize, JsonSchema)]
pub(crate) struct PushQuotas {
    quotas: Vec<Quota>,
}

/// What one channel allows for one kind of message.
#[derive(Serialize, JsonSchema)]
struct Quota {
    /// The channel in words.
    channel: Option<&'static str>,
    channel_code: Untrusted,
    /// The kind of message in words.
    kind: Option<&'static str>,
    kind_code: Untrusted,
    /// Messages allowed per day.
    per_day: Option<i64>,
    /// Messages left today.
    remaining: Option<i64>,
    /// Messages used today: requested where the channel reports that, else `per_day` less `remaining`.
    used: Option<i64>,
    /// Messages requested today; vivo only.
    requested: Option<i64>,
    /// Whether nothing is left today.
    exhausted: Option<bool>,
}

impl Quota {
    fn read(channel: &str, kind: &str, quota: JsonRef<'_>) -> Option<Self> {
        let count = |field| quota.get(field).count();
        let (per_day, remaining) = (count("total_num"), count("remain_num"));
        let requested = count("push_num");
        let exhausted = quota.get("limit").flag();
        if per_day.or(remaining).or(requested).is_none() && exhausted.is_none() {
            return None;
        }
        Some(Self {
            channel: codes::channel(channel),
            channel_code: channel.into(),
            kind: codes::quota(channel, kind),
            kind_code: kind.into(),
            per_day,
            remaining,
            used: requested.or_else(|| Some(per_day? - remaining?)),
            requested,
            exhausted,
        })
    }

    fn cells(&self) -> Vec<Cell> {
        vec![
            codes::cell(self.channel, &self.channel_code),
            codes::cell(self.kind, &self.kind_code),
            Cell::count(self.per_day),
            match (self.remaining, self.per_day) {
                (Some(part), Some(whole)) if whole > 0 => Cell::FunnelStep { part, whole },
                (remaining, _) => Cell::count(remaining),
            },
            Cell::count(self.used),
            match self.exhausted {
                Some(true) => Cell::text("exhausted"),
                Some(false) => Cell::text("open"),
                None => Cell::Missing,
            },
        ]
    }
}

impl Query for GetPushQuota {
    const NAME: &'static str = "getui_get_push_quota";
    const UPSTREAM: &'static str = "report/push/count";
    type Scope = QuotaScope;
    type Answer = PushQuotas;

    fn scope(&self, ctx: &CallContext) -> Result<QuotaScope, Error> {
        let app = app(ctx, self.project.as_ref())?;
        let now = ctx.now.to_zoned_datetime(app.account.zone.clone());
        Ok(QuotaScope { app, now })
    }

    fn request(&self, scope: &QuotaScope) -> Request {
        // "Do not call often" (docs/vendor/getui.md §3): while rate-limited, an older response is used.
        get(&scope.app, Self::UPSTREAM, format!("/{}", Self::UPSTREAM)).stale_key(Self::UPSTREAM)
    }

    fn parse(&self, scope: &QuotaScope, data: JsonRef<'_>) -> anyhow::Result<Output<PushQuotas>> {
        let mut quotas = Vec::new();
        let mut unrecognized = 0;
        let channels = if data.exists() { data.object()? } else { data };
        for (channel, kinds) in channels.entries().filter(|(_, kinds)| kinds.exists()) {
            let Ok(kinds) = kinds.object() else {
                unrecognized += 1;
                continue;
            };
            for (kind, quota) in kinds.entries().filter(|(_, quota)| quota.exists()) {
                match Quota::read(channel, kind, quota) {
                    Some(quota) => quotas.push(quota),
                    None => unrecognized += 1,
                }
            }
        }
        if quotas.is_empty() && unrecognized > 0 {
            bail!("no quota is recognised in the response");
        }
        let mut output = Output::new("Push quota of today", &scope.app, PushQuotas { quotas })
            .heading([scope.now.strftime("%Y-%m-%d %H:%M %:z").to_string()]);
        if output.answer.quotas.iter().any(|it| it.requested.is_some()) {
            // docs/vendor/getui.md §6.
            output.note("vivo counts requested pushes as used but limits delivered ones, so used may exceed the limit");
        }
        output.note_unrecognized(unrecognized, "quota");
        Ok(output)
    }

    fn render(output: &Output<PushQuotas>, reply: &mut Reply) {
        let mut table = Table::new(&["channel", "for", "per day", "left", "used", "state"]);
        table.rows = output.answer.quotas.iter().map(Quota::cells).collect();
        reply.table(table, "no channel of this app has a quota");
    }
}
