//! Reports of bad calls to Agora.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Scope, rate};
use crate::args::{Choice, ChoiceSet, ProjectName, ShortText, Uid};
use crate::error::Error;
use crate::json::JsonRef;
use crate::reply::{Cell, Fact, Reply, Untrusted};
use crate::request::{CachePolicy, Rate, Request};
use crate::time_range::{Granularity, WindowSpec};
use crate::tools::context::CallContext;
use crate::tools::output::{Output, Time};
use crate::tools::tool::{Effect, Query};

/// Ten per second (docs/vendor/agora.md §4).
const RATES: &[Rate] = &[rate(10, 1)];

/// Which of the two users had the problem.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Side {
    Teacher,
    Student,
}

/// The words for the two.
pub(super) struct Sides;

impl ChoiceSet for Sides {
    type Item = Side;
    const ITEMS: &'static [(&'static str, Side)] =
        &[("teacher", Side::Teacher), ("student", Side::Student)];
}

/// What kind of report it is, in words and as the service's number (docs/vendor/agora.md §8).
pub(super) struct Problems;

impl ChoiceSet for Problems {
    type Item = (&'static str, u8);
    const ITEMS: &'static [(&'static str, Self::Item)] = &[
        ("class_switched", ("class_switched", 1)),
        ("asked_for_help", ("asked_for_help", 2)),
        ("complaint", ("complaint", 3)),
        ("feedback", ("feedback", 4)),
    ];
}

/// Reports a bad call of a teacher and a student (or host and guest) to Agora's support. Cannot be undone.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddQualityReport {
    project: Option<ProjectName>,
    channel: ShortText,
    teacher: Uid,
    student: Uid,
    affected: Choice<Sides>,
    /// the minute it happened: `2026-11-20T08:31`
    window: WindowSpec,
    problem: Choice<Problems>,
    comment: Option<ShortText>,
}

/// The report that Agora accepted.
#[derive(Serialize, JsonSchema)]
pub(crate) struct QualityReport {
    channel: Untrusted,
    teacher: u32,
    student: u32,
    affected: Side,
    happened_at: Time,
    problem: &'static str,
    problem_code: u8,
    comment: Option<Untrusted>,
}

impl Query for AddQualityReport {
    const NAME: &'static str = "agora_add_quality_report";
    const UPSTREAM: &'static str = "analytics/feedback/reportV2";
    const EFFECT: Effect = Effect::Write;
    const CHECK: &'static str = "look in Agora's console";
    const IDEMPOTENT: bool = false;
    type Scope = Scope;
    type Answer = QualityReport;

    fn scope(&self, ctx: &CallContext) -> Result<Scope, Error> {
        let (project, window) = (self.project.as_ref(), &self.window);
        // What is confirmed must be what is sent.
        if !window.is_absolute() {
            return Err(Error::invalid_arguments(
                "window: a report names the minute it happened, such as `2026-11-20T08:31`, and no relative time",
            ));
        }
        let served = Granularity::Second.at_most_hours(1);
        Scope::new(ctx, project, Some(window), window, served)
    }

    fn request(&self, scope: &Scope) -> Request {
        let affected = match self.affected.0 {
            Side::Teacher => self.teacher,
            Side::Student => self.student,
        };
        let mut body = json!({
            "cname": self.channel.as_str(),
            "teacher_uid": self.teacher.get(),
            "student_uid": self.student.get(),
            "abnormal_uid": affected.get(),
            "ts": scope.window.start().as_second(),
            "type": self.problem.0.1,
        });
        if let Some(comment) = &self.comment {
            body["comments"] = json!(comment.as_str());
        }
        let path = format!("/beta/{}", Self::UPSTREAM);
        Request::post(scope.app.account.name.clone(), Self::UPSTREAM, path, body)
            .query("appid", &scope.app.id)
            .rates(RATES)
            .cache(CachePolicy::NoStore)
    }

    /// The response has no data. `code` 200, without which nothing arrives here, is the only sign of success.
    fn parse(&self, scope: &Scope, _: JsonRef<'_>) -> anyhow::Result<Output<QualityReport>> {
        let (problem, problem_code) = *self.problem.0;
        let answer = QualityReport {
            channel: self.channel.as_str().into(),
            teacher: self.teacher.get(),
            student: self.student.get(),
            affected: *self.affected.0,
            happened_at: Time::new(scope.window.start(), &scope.zone),
            problem,
            problem_code,
            comment: self.comment.as_ref().map(|it| it.as_str().into()),
        };
        Ok(Output::new("Report sent to Agora", &scope.app, answer))
    }

    fn render(output: &Output<QualityReport>, reply: &mut Reply) {
        let report = &output.answer;
        reply.facts([
            Fact::new("channel", Cell::Untrusted(report.channel.clone())),
            Fact::new("teacher", Cell::text(report.teacher.to_string())),
            Fact::new("student", Cell::text(report.student.to_string())),
        ]);
    }
}
