//! Telling Agora about a bad call.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{rate, target};
use crate::args::{Choice, ChoiceSet, ProjectName, ShortText, Uid};
use crate::error::Error;
use crate::reply::{Cell, Fact, Reply};
use crate::request::{CachePolicy, ProviderId, Rate, Request};
use crate::time_range::{Granularity, WindowSpec};
use crate::tools::CallContext;
use crate::tools::legacy::Operation;
use crate::tools::tool::Effect;

/// Ten a second (seed 002 line 914).
const RATES: &[Rate] = &[rate(10, 1)];

/// Who of the two had the problem.
pub(super) struct Side;

impl ChoiceSet for Side {
    /// Whether it is the teacher.
    type Item = bool;
    const ITEMS: &'static [(&'static str, bool)] = &[("teacher", true), ("student", false)];
}

/// What kind of report it is (seed 002 line 931).
pub(super) struct Problem;

impl ChoiceSet for Problem {
    type Item = u8;
    const ITEMS: &'static [(&'static str, u8)] = &[
        ("class_switched", 1),
        ("asked_for_help", 2),
        ("complaint", 3),
        ("feedback", 4),
    ];
}

/// Reports a bad call of a teacher and a student (or host and guest) to Agora's support. It cannot be taken back.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddQualityReport {
    project: Option<ProjectName>,
    channel: ShortText,
    teacher: Uid,
    student: Uid,
    affected: Choice<Side>,
    /// the minute it happened: `2026-11-20T08:31`
    window: WindowSpec,
    problem: Choice<Problem>,
    comment: Option<ShortText>,
}

impl Operation for AddQualityReport {
    const NAME: &'static str = "agora_add_quality_report";
    const PROVIDER: ProviderId = ProviderId::Agora;
    const PATH: &'static str = "analytics/feedback/reportV2";
    const EFFECT: Effect = Effect::Write;
    const IDEMPOTENT: bool = false;

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let target = target(ctx, self.project.as_ref())?;
        // What is confirmed must be what is sent.
        if !self.window.is_absolute() {
            return Err(Error::invalid_arguments(
                "window: a report names the minute it happened, such as `2026-11-20T08:31`, and no time that moves",
            ));
        }
        let window = ctx
            .window(
                Some(&self.window),
                &self.window,
                Granularity::Second,
                &target,
            )?
            .at_most_hours(1)?;
        let affected = if *self.affected.0 {
            self.teacher
        } else {
            self.student
        };
        let mut body = json!({
            "cname": self.channel.as_str(),
            "teacher_uid": self.teacher.get(),
            "student_uid": self.student.get(),
            "abnormal_uid": affected.get(),
            "ts": window.start().as_second(),
            "type": self.problem.0,
        });
        if let Some(comment) = &self.comment {
            body["comments"] = json!(comment.as_str());
        }
        Ok(Request::post(
            target.account.name.clone(),
            Self::PATH,
            format!("/beta/{}", Self::PATH),
            body,
        )
        .query("appid", &target.id)
        .rates(RATES)
        .cache(CachePolicy::NoStore))
    }

    fn reply(&self, ctx: &CallContext, _: &Value) -> anyhow::Result<Reply> {
        let target = target(ctx, self.project.as_ref())?;
        let mut reply = Reply::with_title(["Report sent to Agora", &target.label]);
        reply.facts([
            Fact::new("channel", Cell::untrusted(Some(self.channel.as_str()))),
            Fact::new("teacher", Cell::text(self.teacher.get().to_string())),
            Fact::new("student", Cell::text(self.student.get().to_string())),
        ]);
        Ok(reply)
    }
}
