//! Who can be pushed to: users of a day, and those online now.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{get, past_day, target};
use crate::args::ProjectName;
use crate::error::Error;
use crate::json::JsonRef;
use crate::reply::{Cell, Fact, Reply};
use crate::request::{ProviderId, Request};
use crate::time_range::WindowSpec;
use crate::tools::CallContext;
use crate::tools::legacy::Operation;

/// Push users of one past day (default yesterday, never today): registered in all and that day, active, online at the
/// peak.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetDailyUserReport {
    project: Option<ProjectName>,
    /// one day
    window: Option<WindowSpec>,
}

impl Operation for GetDailyUserReport {
    const NAME: &'static str = "getui_get_daily_user_report";
    const PROVIDER: ProviderId = ProviderId::Getui;
    const PATH: &'static str = "report/user/date";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let (target, window) = past_day(ctx, self.project.as_ref(), self.window.as_ref())?;
        let path = format!("/{}/{}", Self::PATH, window.first_day());
        Ok(get(&target, Self::PATH, path).cache(window.cache_policy()))
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        let (target, window) = past_day(ctx, self.project.as_ref(), self.window.as_ref())?;
        let day = JsonRef::new(data).get(&window.first_day().to_string());
        let count = |field| day.get(field).count();
        let mut reply = Reply::with_title([
            "Push users of a day".to_owned(),
            target.label.clone(),
            window.title(),
        ]);
        if !day.exists() {
            reply.note("no users are reported for this day");
            return Ok(reply);
        }
        let active = match (count("active_num"), count("accumulative_num")) {
            (Some(part), Some(whole)) if whole > 0 => Cell::FunnelStep { part, whole },
            (active, _) => Cell::count(active),
        };
        reply.facts([
            Fact::new("registered in all", Cell::count(count("accumulative_num"))),
            Fact::new("new", Cell::count(count("register_num"))),
            Fact::new("active", active),
            Fact::new("online at the peak", Cell::count(count("online_num"))),
        ]);
        if let Some(note) = window.zone_note() {
            reply.note(note);
        }
        reply.next(ctx.next(
            "getui_get_daily_push_report",
            &target,
            json!({"window": window.first_day().to_string()}),
        ));
        Ok(reply)
    }
}

/// Users online at the push service over the last 24 hours, in steps of 10 minutes: now, lowest, highest, curve.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetOnlineUsers {
    project: Option<ProjectName>,
}

impl Operation for GetOnlineUsers {
    const NAME: &'static str = "getui_get_online_users";
    const PROVIDER: ProviderId = ProviderId::Getui;
    const PATH: &'static str = "report/online_user";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let target = target(ctx, self.project.as_ref())?;
        Ok(get(&target, Self::PATH, format!("/{}", Self::PATH)).stale_key(Self::PATH))
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        let target = target(ctx, self.project.as_ref())?;
        let mut points: Vec<(Timestamp, i64)> = JsonRef::new(data)
            .get("online_statics")
            .entries()
            .filter_map(|(at, count)| {
                let at = Timestamp::from_millisecond(at.parse().ok()?).ok()?;
                Some((at, count.count()?))
            })
            .collect();
        points.sort_by_key(|(at, _)| *at);
        let mut reply = Reply::with_title(["Users online", &target.label, "last 24 hours"]);
        let (Some(last), Some(low), Some(high)) = (
            points.last(),
            points.iter().min_by_key(|point| point.1),
            points.iter().rev().max_by_key(|point| point.1),
        ) else {
            reply.note("nothing is reported");
            return Ok(reply);
        };
        for (label, point) in [("latest", last), ("lowest", low), ("highest", high)] {
            reply.facts([
                Fact::new(label, Cell::Count(point.1)),
                Fact::new("at", Cell::instant(Some(point.0), &ctx.zone)),
            ]);
        }
        reply.facts([Fact::new(
            "by 10 minutes",
            Cell::Sparkline(points.iter().map(|point| point.1).collect()),
        )]);
        Ok(reply)
    }
}
