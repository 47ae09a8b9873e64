//! What became of pushes: of tasks, of a group of tasks, of a day.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::tasks::Tasks;
use super::{funnel, get, past_day, target};
use crate::args::{LenientBool, List, ProjectName, ShortText};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::AppRef;
use crate::reply::Reply;
use crate::request::{ProviderId, Request, encode};
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::CallContext;
use crate::tools::legacy::Operation;

fn by_brand(request: Request, wanted: Option<LenientBool>) -> Request {
    match wanted {
        Some(LenientBool(true)) => request.query("needGetuiByBrand", "true"),
        _ => request,
    }
}

/// What became of push tasks of the last 90 days, per channel: sendable, sent, received, shown, clicked. Only pushes
/// to lists or to all; `actions` counts own events. Then getui_get_push_losses.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetPushReport {
    project: Option<ProjectName>,
    tasks: Tasks,
    #[serde(default)]
    actions: List<ShortText>,
    /// splits Getui's own channel by phone brand
    by_brand: Option<LenientBool>,
}

impl Operation for GetPushReport {
    const NAME: &'static str = "getui_get_push_report";
    const PROVIDER: ProviderId = ProviderId::Getui;
    const PATH: &'static str = "report/push/task";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let target = target(ctx, self.project.as_ref())?;
        let path = format!("/{}/{}", Self::PATH, self.tasks.joined());
        let mut request = get(&target, Self::PATH, path);
        if !self.actions.is_empty() {
            request = request.query("actionIdList", self.actions.texts().join(","));
        }
        Ok(by_brand(request, self.by_brand))
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        let target = target(ctx, self.project.as_ref())?;
        let asked = self.tasks.ids();
        let data = JsonRef::new(data);
        let reports: Vec<(String, JsonRef<'_>)> = asked
            .iter()
            .filter(|id| data.get(id).exists())
            .map(|id| (id.clone(), data.get(id)))
            .collect();
        let mut reply = match asked {
            [only] => Reply::with_title([
                format!("Push {}", crate::reply::inline(only, 64)),
                target.label.clone(),
            ]),
            several => {
                Reply::with_title([format!("{} pushes", several.len()), target.label.clone()])
            }
        };
        match reports.as_slice() {
            [] => {
                reply.note(
                    "no report: a task is known for 90 days, and pushes to single users have none",
                );
                return Ok(reply);
            }
            [(_, one)] if asked.len() == 1 => funnel::tell(&mut reply, *one),
            all => funnel::tell_all(&mut reply, all),
        }
        if reports.len() < asked.len() {
            reply.note(format!(
                "{} of {} tasks have no report",
                asked.len() - reports.len(),
                asked.len()
            ));
        }
        if let [only] = asked {
            let arguments = json!({"tasks": only});
            reply.next(ctx.next("getui_get_push_losses", &target, arguments));
        }
        Ok(reply)
    }
}

/// Days that a group is remembered (seed 003 line 64).
const GROUP_DAYS: i64 = 70;

/// What became of a group of push tasks (default 7d, at most the last 70 days), per channel: sendable, sent, received,
/// shown, clicked.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetTaskGroupReport {
    project: Option<ProjectName>,
    /// its name
    group: ShortText,
    window: Option<WindowSpec>,
    by_brand: Option<LenientBool>,
}

impl GetTaskGroupReport {
    fn scope(&self, ctx: &CallContext) -> Result<(AppRef, Window), Error> {
        let target = target(ctx, self.project.as_ref())?;
        let window = ctx
            .window(
                self.window.as_ref(),
                &WindowSpec::last_days(7),
                Granularity::Day,
                &target,
            )?
            .within_retention_days(GROUP_DAYS)?;
        Ok((target, window))
    }
}

impl Operation for GetTaskGroupReport {
    const NAME: &'static str = "getui_get_task_group_report";
    const PROVIDER: ProviderId = ProviderId::Getui;
    const PATH: &'static str = "report/push/task_group";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let (target, window) = self.scope(ctx)?;
        let path = format!("/{}/{}", Self::PATH, encode(self.group.as_str()));
        let request = get(&target, Self::PATH, path)
            .query("startDate", window.first_day().to_string())
            .query("endDate", window.last_day().to_string())
            .cache(window.cache_policy());
        Ok(by_brand(request, self.by_brand))
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        let (target, window) = self.scope(ctx)?;
        let report = JsonRef::new(data).get(self.group.as_str());
        let mut reply = Reply::with_title([
            format!(
                "Push group {}",
                crate::reply::inline(self.group.as_str(), 64)
            ),
            target.label.clone(),
            window.title(),
        ]);
        if report.exists() {
            funnel::tell(&mut reply, report);
        } else {
            reply.note("no report: no task of a group with this name in this range");
        }
        if let Some(note) = window.zone_note() {
            reply.note(note);
        }
        Ok(reply)
    }
}

/// All pushes of one past day (default yesterday, never today) per channel: sent, received, shown, clicked.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetDailyPushReport {
    project: Option<ProjectName>,
    /// one day
    window: Option<WindowSpec>,
    by_brand: Option<LenientBool>,
}

impl Operation for GetDailyPushReport {
    const NAME: &'static str = "getui_get_daily_push_report";
    const PROVIDER: ProviderId = ProviderId::Getui;
    const PATH: &'static str = "report/push/date";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let (target, window) = past_day(ctx, self.project.as_ref(), self.window.as_ref())?;
        let path = format!("/{}/{}", Self::PATH, window.first_day());
        let request = get(&target, Self::PATH, path).cache(window.cache_policy());
        Ok(by_brand(request, self.by_brand))
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        let (target, window) = past_day(ctx, self.project.as_ref(), self.window.as_ref())?;
        let report = JsonRef::new(data).get(&window.first_day().to_string());
        let mut reply = Reply::with_title([
            "Pushes of a day".to_owned(),
            target.label.clone(),
            window.title(),
        ]);
        if report.exists() {
            funnel::tell(&mut reply, report);
        } else {
            reply.note("no push is reported for this day");
        }
        if let Some(note) = window.zone_note() {
            reply.note(note);
        }
        Ok(reply)
    }
}
