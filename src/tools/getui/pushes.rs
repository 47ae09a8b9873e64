//! What became of pushes: of tasks, of a group of tasks, of a day.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::funnel::{self, PushReport, Step};
use super::tasks::Tasks;
use super::{DayScope, app, get, report, reports};
use crate::args::{LenientBool, List, ProjectName, ShortText};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::AppRef;
use crate::reply::{Reply, Untrusted, inline};
use crate::request::{Request, encode};
use crate::time_range::{Granularity, Served, WindowSpec};
use crate::tools::context::CallContext;
use crate::tools::output::{Day, Output};
use crate::tools::tool::Query;

fn with_brands(request: Request, wanted: Option<LenientBool>) -> Request {
    match wanted {
        Some(LenientBool(true)) => request.query("needGetuiByBrand", "true"),
        _ => request,
    }
}

/// Reads the only report of a response into an output that has it.
fn read_only<A>(
    data: JsonRef<'_>,
    key: &str,
    output: impl FnOnce(Option<PushReport>) -> Output<A>,
    none: &str,
) -> anyhow::Result<Output<A>> {
    let mut unrecognized = 0;
    let found = report(data, key)?
        .map(|report| {
            PushReport::read(report, &mut unrecognized)
                .ok_or_else(|| anyhow::anyhow!("no count is recognised in the report"))
        })
        .transpose()?;
    let silent = found.as_ref().is_some_and(PushReport::has_silent_channel);
    let missing = found.is_none();
    let mut output = output(found);
    if missing {
        output.note(none);
    }
    if silent {
        output.note(funnel::SILENT);
    }
    output.note_unrecognized(unrecognized, "field");
    Ok(output)
}

/// Delivery funnel of push tasks of the last 90 days, per channel: sendable, sent, received, shown, clicked. Only pushes
/// to lists or to all; `actions` counts custom events. Then getui_get_push_losses.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetPushReport {
    project: Option<ProjectName>,
    tasks: Tasks,
    #[serde(default)]
    actions: List<ShortText>,
    /// split the Getui channel by phone brand
    by_brand: Option<LenientBool>,
}

/// Reports of tasks.
#[derive(Serialize, JsonSchema)]
pub(crate) struct TaskReports {
    tasks: Vec<TaskReport>,
    /// Tasks that have no report.
    without_report: Vec<Untrusted>,
}

/// The report of one task.
#[derive(Serialize, JsonSchema)]
pub(super) struct TaskReport {
    pub(super) task: Untrusted,
    pub(super) report: PushReport,
}

impl TaskReport {
    /// Reads the reports of the requested tasks. Those not there are missing.
    pub(super) fn read_all(
        data: JsonRef<'_>,
        tasks: &Tasks,
        unrecognized: &mut usize,
    ) -> anyhow::Result<Vec<Self>> {
        let ids: Vec<&str> = tasks.ids().iter().map(String::as_str).collect();
        let found = reports(data, &ids)?;
        let some = !found.is_empty();
        let mut read = Vec::new();
        for (task, report) in found {
            match PushReport::read(report, unrecognized) {
                Some(report) => read.push(Self {
                    task: task.into(),
                    report,
                }),
                None => *unrecognized += 1,
            }
        }
        if some && read.is_empty() {
            anyhow::bail!("no count is recognised in the report");
        }
        Ok(read)
    }

    /// The requested tasks that are not among these.
    pub(super) fn missing(read: &[Self], tasks: &Tasks) -> Vec<Untrusted> {
        let has = |id: &str| read.iter().any(|it| it.task.raw() == id);
        let ids = tasks.ids().iter().map(String::as_str);
        ids.filter(|id| !has(id)).map(Untrusted::new).collect()
    }
}

impl Query for GetPushReport {
    const NAME: &'static str = "getui_get_push_report";
    const UPSTREAM: &'static str = "report/push/task";
    type Scope = AppRef;
    type Answer = TaskReports;

    fn scope(&self, ctx: &CallContext) -> Result<AppRef, Error> {
        app(ctx, self.project.as_ref())
    }

    fn request(&self, app: &AppRef) -> Request {
        let path = format!("/{}/{}", Self::UPSTREAM, self.tasks.joined());
        let mut request = get(app, Self::UPSTREAM, path);
        if !self.actions.is_empty() {
            request = request.query("actionIdList", self.actions.texts().join(","));
        }
        with_brands(request, self.by_brand)
    }

    fn parse(&self, app: &AppRef, data: JsonRef<'_>) -> anyhow::Result<Output<TaskReports>> {
        let mut unrecognized = 0;
        let tasks = TaskReport::read_all(data, &self.tasks, &mut unrecognized)?;
        let asked = self.tasks.ids();
        let without_report = TaskReport::missing(&tasks, &self.tasks);
        let title = match asked {
            [only] => format!("Push {}", inline(only, 64)),
            several => format!("{} pushes", several.len()),
        };
        let (found, missing) = (tasks.len(), without_report.len());
        let silent = tasks.iter().any(|it| it.report.has_silent_channel());
        let answer = TaskReports {
            tasks,
            without_report,
        };
        let mut output = Output::new(title, app, answer);
        if found == 0 {
            output.note(
                "no report: a task is known for 90 days, and pushes to single users have none",
            );
            return Ok(output);
        }
        if silent {
            output.note(funnel::SILENT);
        }
        if missing > 0 {
            output.note(format!("{missing} of {} tasks have no report", asked.len()));
        }
        output.note_unrecognized(unrecognized, "field");
        if let [only] = asked {
            output.suggest("getui_get_push_losses", json!({"tasks": [only]}));
        }
        Ok(output)
    }

    fn render(output: &Output<TaskReports>, reply: &mut Reply) {
        let TaskReports {
            tasks,
            without_report,
        } = &output.answer;
        render_tasks(tasks, without_report, PushReport::render, reply);
    }
}

/// The report of a single task as `render` has it, or a row per task: its total.
pub(super) fn render_tasks(
    tasks: &[TaskReport],
    without_report: &[Untrusted],
    render: fn(&PushReport, &mut Reply),
    reply: &mut Reply,
) {
    match tasks {
        [] => {}
        [only] if without_report.is_empty() => render(&only.report, reply),
        several => {
            let rows = several.iter().map(|it| (&it.task, &it.report));
            reply.table(funnel::totals(rows), "");
            reply.note("a single task shows its channels");
        }
    }
}

/// Days for which a group is kept (docs/vendor/getui.md §3).
const GROUP_DAYS: i64 = 70;

/// Delivery funnel of a group of push tasks (default 7d, at most the last 70 days), per channel: sendable, sent,
/// received, shown, clicked.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetTaskGroupReport {
    project: Option<ProjectName>,
    /// its name
    group: ShortText,
    window: Option<WindowSpec>,
    by_brand: Option<LenientBool>,
}

/// The report of a group of tasks.
#[derive(Serialize, JsonSchema)]
pub(crate) struct GroupReport {
    group: Untrusted,
    report: Option<PushReport>,
}

impl Query for GetTaskGroupReport {
    const NAME: &'static str = "getui_get_task_group_report";
    const UPSTREAM: &'static str = "report/push/task_group";
    type Scope = DayScope;
    type Answer = GroupReport;

    fn scope(&self, ctx: &CallContext) -> Result<DayScope, Error> {
        let app = app(ctx, self.project.as_ref())?;
        let default = WindowSpec::last_days(7);
        let served = Served::from(Granularity::Day).within_retention_days(GROUP_DAYS);
        let window = ctx.window(self.window.as_ref(), &default, served, &app)?;
        Ok(DayScope { app, window })
    }

    fn request(&self, scope: &DayScope) -> Request {
        let path = format!("/{}/{}", Self::UPSTREAM, encode(self.group.as_str()));
        let request = get(&scope.app, Self::UPSTREAM, path)
            .query("startDate", scope.day())
            .query("endDate", scope.window.last_day().to_string())
            .cache(scope.window.cache_policy());
        with_brands(request, self.by_brand)
    }

    fn parse(&self, scope: &DayScope, data: JsonRef<'_>) -> anyhow::Result<Output<GroupReport>> {
        let group = self.group.as_str();
        let output = |report| {
            let title = format!("Push group {}", inline(group, 64));
            let group = group.into();
            Output::new(title, &scope.app, GroupReport { group, report }).window(&scope.window)
        };
        let none = "no report: no task of a group with this name in this range";
        read_only(data, group, output, none)
    }

    fn render(output: &Output<GroupReport>, reply: &mut Reply) {
        if let Some(report) = &output.answer.report {
            report.render(reply);
        }
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

/// The report of a day.
#[derive(Serialize, JsonSchema)]
pub(crate) struct DailyReport {
    day: Day,
    report: Option<PushReport>,
}

impl DailyReport {
    /// Messages sent on that day, all channels together.
    pub(crate) fn sent(&self) -> Option<i64> {
        self.report.as_ref()?.total.sent.map(Step::count)
    }
}

impl Query for GetDailyPushReport {
    const NAME: &'static str = "getui_get_daily_push_report";
    const UPSTREAM: &'static str = "report/push/date";
    type Scope = DayScope;
    type Answer = DailyReport;

    fn scope(&self, ctx: &CallContext) -> Result<DayScope, Error> {
        DayScope::past_day(ctx, self.project.as_ref(), self.window.as_ref())
    }

    fn request(&self, scope: &DayScope) -> Request {
        let path = format!("/{}/{}", Self::UPSTREAM, scope.day());
        let request = get(&scope.app, Self::UPSTREAM, path).cache(scope.window.cache_policy());
        with_brands(request, self.by_brand)
    }

    fn parse(&self, scope: &DayScope, data: JsonRef<'_>) -> anyhow::Result<Output<DailyReport>> {
        let output = |report| {
            let day = Day(scope.window.first_day());
            Output::new("Pushes of a day", &scope.app, DailyReport { day, report })
                .window(&scope.window)
        };
        let none = "no push is reported for this day";
        read_only(data, &scope.day(), output, none)
    }

    fn render(output: &Output<DailyReport>, reply: &mut Reply) {
        if let Some(report) = &output.answer.report {
            report.render(reply);
        }
    }
}
