//! Where pushes were lost on their way, and why.

use std::cmp::Reverse;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::funnel::{self, PushReport, Step};
use super::pushes::{self, TaskReport};
use super::tasks::Tasks;
use super::{app, codes, get, reports};
use crate::args::{Limit, ProjectName};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::AppRef;
use crate::reply::{Cell, Reply, Table, Untrusted, inline};
use crate::request::Request;
use crate::tools::context::CallContext;
use crate::tools::output::Output;
use crate::tools::tool::Query;

/// Undelivered pushes of tasks by stage, channel and reason (quota, uninstalled, notifications off, offline…), in real
/// time. Must be enabled by Getui.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetPushLosses {
    project: Option<ProjectName>,
    tasks: Tasks,
    #[serde(default)]
    limit: Limit<20, 200>,
}

/// Reports of tasks, and what was lost.
#[derive(Serialize, JsonSchema)]
pub(crate) struct PushLosses {
    tasks: Vec<TaskReport>,
    /// Tasks that have no report.
    without_report: Vec<Untrusted>,
    /// The largest first, at most `limit`.
    losses: Vec<Loss>,
    /// Losses there are in all.
    losses_total: usize,
}

/// Messages of a task lost at one stage of one channel for one reason.
#[derive(Serialize, JsonSchema)]
struct Loss {
    task: Untrusted,
    /// As a part of the sendable messages; of nothing where they were never sendable.
    lost: Step,
    /// The stage in words.
    stage: Option<&'static str>,
    stage_code: Untrusted,
    /// The channel in words.
    channel: Option<&'static str>,
    channel_code: Untrusted,
    /// The reason in words.
    reason: Option<&'static str>,
    reason_code: Untrusted,
    /// The reason within its class, in words.
    detail: Option<&'static str>,
    detail_code: Option<Untrusted>,
}

impl Query for GetPushLosses {
    const NAME: &'static str = "getui_get_push_losses";
    const UPSTREAM: &'static str = "report/push/task/detail";
    type Scope = AppRef;
    type Answer = PushLosses;

    fn scope(&self, ctx: &CallContext) -> Result<AppRef, Error> {
        app(ctx, self.project.as_ref())
    }

    fn request(&self, app: &AppRef) -> Request {
        let path = format!("/report/push/task/{}/detail", self.tasks.joined());
        get(app, Self::UPSTREAM, path)
    }

    fn parse(&self, app: &AppRef, data: JsonRef<'_>) -> anyhow::Result<Output<PushLosses>> {
        let mut unrecognized = 0;
        let tasks = TaskReport::read_all(data, &self.tasks, &mut unrecognized)?;
        let mut losses = Vec::new();
        for task in &tasks {
            for (_, report) in reports(data, &[task.task.raw()])? {
                losses.extend(Loss::read_all(task, report, &mut unrecognized));
            }
        }
        losses.sort_by_key(|loss| Reverse(loss.lost.count()));
        let losses_total = losses.len();
        losses.truncate(self.limit.rows());

        let asked = self.tasks.ids();
        let title = match asked {
            [only] => format!("Losses of push {}", inline(only, 64)),
            several => format!("Losses of {} pushes", several.len()),
        };
        let without_report = TaskReport::missing(&tasks, &self.tasks);
        let missing = without_report.len();
        let parts = losses.iter().any(|loss| loss.lost.is_part());
        let silent = tasks.iter().any(|it| it.report.has_silent_channel());
        let answer = PushLosses {
            tasks,
            without_report,
            losses,
            losses_total,
        };
        let mut output = Output::new(title, app, answer);
        if output.answer.tasks.is_empty() {
            output.note("no report for these tasks");
            return Ok(output);
        }
        if silent {
            output.note(funnel::SILENT);
        }
        if missing > 0 {
            output.note(format!("{missing} of {} tasks have no report", asked.len()));
        }
        if parts {
            output.note(
                "percentages of losses are of sendable devices; earlier losses are additional",
            );
        }
        output.note_unrecognized(unrecognized, "field");
        if let [only] = asked {
            let arguments = json!({"tasks": [only], "by_brand": true});
            output.suggest("getui_get_push_report", arguments);
        }
        Ok(output)
    }

    fn render(output: &Output<PushLosses>, reply: &mut Reply) {
        let PushLosses {
            tasks,
            without_report,
            losses,
            losses_total,
        } = &output.answer;
        if tasks.is_empty() {
            return;
        }
        pushes::render_tasks(tasks, without_report, PushReport::render_counts, reply);
        let mut table = Table::new(&["lost", "where", "channel", "reason", "detail", "task"]);
        let several = tasks.len() + without_report.len() > 1;
        table.rows = losses.iter().map(|loss| loss.cells(several)).collect();
        table.cut = losses_total.saturating_sub(losses.len());
        table.total = i64::try_from(*losses_total).ok();
        table.rest = Some("a larger `limit` shows more".to_owned());
        reply.table(table, "no losses are reported");
    }
}

impl Loss {
    /// The losses of a task's report: stage, channel, reason, then details next to a `total`
    /// (docs/vendor/getui.md §7). What is not recognised is counted.
    fn read_all(task: &TaskReport, report: JsonRef<'_>, unrecognized: &mut usize) -> Vec<Self> {
        let mut losses = Vec::new();
        let sendable = task.report.total.sendable;
        let stages = objects(report.get("failed_detail"), unrecognized);
        for (stage, channels) in stages {
            for (channel, reasons) in objects(channels, unrecognized) {
                for (reason, counts) in objects(reasons, unrecognized) {
                    let mut loss = |detail: Option<&str>, lost: i64| {
                        losses.push(Self {
                            task: task.task.clone(),
                            lost: Step::of(lost, sendable.filter(|_| stage != "ts")),
                            stage: codes::stage(stage),
                            stage_code: stage.into(),
                            channel: codes::channel(channel),
                            channel_code: channel.into(),
                            reason: codes::reason(reason),
                            reason_code: reason.into(),
                            detail: detail.and_then(codes::detail),
                            detail_code: detail.map(Untrusted::new),
                        });
                    };
                    let mut rest = counts.get("total").count().or_else(|| counts.count());
                    for (detail, count) in counts.entries().filter(|(code, _)| *code != "total") {
                        let Some(count) = count.count() else {
                            *unrecognized += usize::from(count.exists());
                            continue;
                        };
                        rest = Some(rest.unwrap_or(0) - count);
                        if count > 0 {
                            loss(Some(detail), count);
                        }
                    }
                    match rest {
                        Some(rest) if rest > 0 => loss(None, rest),
                        Some(_) => {}
                        None => *unrecognized += 1,
                    }
                }
            }
        }
        losses
    }

    fn cells(&self, with_task: bool) -> Vec<Cell> {
        vec![
            self.lost.cell(),
            codes::cell(self.stage, &self.stage_code),
            codes::cell(self.channel, &self.channel_code),
            match self.reason {
                Some(word) => Cell::text(word),
                None => Cell::text(format!("reason {}", self.reason_code.line(40))),
            },
            match &self.detail_code {
                Some(code) => codes::cell(self.detail, code),
                None => Cell::Missing,
            },
            if with_task {
                Cell::Untrusted(self.task.clone())
            } else {
                Cell::Missing
            },
        ]
    }
}

/// The entries of an object that is there; anything else is counted as not recognised.
fn objects<'a>(node: JsonRef<'a>, unrecognized: &mut usize) -> Vec<(&'a str, JsonRef<'a>)> {
    *unrecognized += usize::from(node.exists() && node.object().is_err());
    node.entries().filter(|(_, node)| node.exists()).collect()
}
