//! The last hour of all calls by minute: how many, how well joined, how well carried.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::series::{self, Series};
use super::{live, live_scope};
use crate::args::{Choice, ChoiceSet, List, ProjectName};
use crate::error::Error;
use crate::json::JsonRef;
use crate::reply::Reply;
use crate::request::{ProviderId, Request};
use crate::time_range::WindowSpec;
use crate::tools::CallContext;
use crate::tools::legacy::Operation;

/// A metric of the wire, and its name and unit for people.
#[derive(Debug)]
pub(super) struct Metric {
    wire: &'static str,
    name: &'static str,
    unit: &'static str,
}

const fn metric(wire: &'static str, name: &'static str, unit: &'static str) -> Metric {
    Metric { wire, name, unit }
}

/// Every metric of a menu, comma-joined: they cost one call together.
fn all<M: ChoiceSet<Item = Metric>>() -> String {
    let names: Vec<&str> = M::ITEMS.iter().map(|(_, metric)| metric.wire).collect();
    names.join(",")
}

/// What was asked for; everything when nothing was.
fn asked<M: ChoiceSet<Item = Metric>>(metrics: &List<Choice<M>>) -> Vec<&'static Metric> {
    if metrics.is_empty() {
        M::ITEMS.iter().map(|(_, metric)| metric).collect()
    } else {
        metrics.iter().map(|pick| pick.0).collect()
    }
}

/// The request and the reply that the three operations share.
struct Question<'a> {
    title: &'static str,
    operation: &'static str,
    project: Option<&'a ProjectName>,
    window: Option<&'a WindowSpec>,
}

impl Question<'_> {
    fn request(&self, ctx: &CallContext, metrics: String) -> Result<Request, Error> {
        let (target, _) = live_scope(ctx, self.project, self.window)?;
        Ok(live(ctx, &target, self.operation, "").query("metric", metrics))
    }

    fn reply(
        &self,
        ctx: &CallContext,
        data: &Value,
        metrics: &[&'static Metric],
    ) -> anyhow::Result<Reply> {
        let (target, window) = live_scope(ctx, self.project, self.window)?;
        let rows = JsonRef::new(data).rows()?;
        let series: Vec<Series> = metrics
            .iter()
            .map(|metric| Series::of(&rows, metric.wire, metric.name, metric.unit, &window))
            .collect();
        let mut reply = Reply::with_title([self.title, &target.label, &window.title()]);
        series::tell(&mut reply, &series, &ctx.zone, "no calls in this time");
        reply.next(ctx.next("agora_list_diagnoses", &target, json!({})));
        Ok(reply)
    }
}

/// How many.
pub(super) struct Scale;

impl ChoiceSet for Scale {
    type Item = Metric;
    const ITEMS: &'static [(&'static str, Metric)] = &[
        ("users", metric("pcu", "users in calls", "")),
        ("channels", metric("pcc", "channels", "")),
    ];
}

/// Users and channels in calls by minute (at most the last hour), with lowest, highest and their minute.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetLiveScale {
    project: Option<ProjectName>,
    /// 1h or 2026-11-22T15:10..2026-11-22T15:40
    window: Option<WindowSpec>,
    #[serde(default)]
    metrics: List<Choice<Scale>>,
}

impl GetLiveScale {
    fn question(&self) -> Question<'_> {
        Question {
            title: "Calls by minute",
            operation: Self::PATH,
            project: self.project.as_ref(),
            window: self.window.as_ref(),
        }
    }
}

impl Operation for GetLiveScale {
    const NAME: &'static str = "agora_get_live_scale";
    const PROVIDER: ProviderId = ProviderId::Agora;
    const PATH: &'static str = "live/scale/by_time";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        self.question().request(ctx, all::<Scale>())
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        self.question().reply(ctx, data, &asked(&self.metrics))
    }
}

/// How it feels.
pub(super) struct Experience;

impl ChoiceSet for Experience {
    type Item = Metric;
    // Freezes count from 600 ms of video and 200 ms of audio (seed 002 lines 143-146).
    const ITEMS: &'static [(&'static str, Metric)] = &[
        (
            "join_success",
            metric("joinSuccessRate", "joins that succeeded", "%"),
        ),
        (
            "join_within_5s",
            metric("joinSuccess5SecsRate", "joins within 5 s", "%"),
        ),
        (
            "video_freeze",
            metric("videoFreezeRate", "video time frozen", "%"),
        ),
        (
            "audio_freeze",
            metric("audioFreezeRate", "audio time frozen", "%"),
        ),
    ];
}

/// Join success and freeze rates of calls by minute (at most the last hour), with lowest, highest and their
/// minute. Start here when players say that voice or video is bad; agora_list_diagnoses tells why.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetLiveExperience {
    project: Option<ProjectName>,
    /// 1h or 2026-11-22T15:10..2026-11-22T15:40
    window: Option<WindowSpec>,
    #[serde(default)]
    metrics: List<Choice<Experience>>,
}

impl GetLiveExperience {
    fn question(&self) -> Question<'_> {
        Question {
            title: "Call experience by minute",
            operation: Self::PATH,
            project: self.project.as_ref(),
            window: self.window.as_ref(),
        }
    }
}

impl Operation for GetLiveExperience {
    const NAME: &'static str = "agora_get_live_experience";
    const PROVIDER: ProviderId = ProviderId::Agora;
    const PATH: &'static str = "live/experience/by_time";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        self.question().request(ctx, all::<Experience>())
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        self.question().reply(ctx, data, &asked(&self.metrics))
    }
}

/// How it is carried.
pub(super) struct Network;

impl ChoiceSet for Network {
    type Item = Metric;
    // The seed swaps the descriptions of the two end-to-end metrics (lines 203-206); the names are right.
    const ITEMS: &'static [(&'static str, Metric)] = &[
        (
            "video_upstream",
            metric(
                "videoUpstreamExcellentTransRate",
                "video, sender to Agora",
                "%",
            ),
        ),
        (
            "audio_upstream",
            metric(
                "audioUpstreamExcellentTransRate",
                "audio, sender to Agora",
                "%",
            ),
        ),
        (
            "video_end_to_end",
            metric("videoEnd2EndExcellentTransRate", "video, end to end", "%"),
        ),
        (
            "audio_end_to_end",
            metric("audioEnd2EndExcellentTransRate", "audio, end to end", "%"),
        ),
    ];
}

/// Share of transmission with at most 5 % packet loss, sender to Agora and end to end, by minute (at most the
/// last hour). Tells a network problem from a device problem.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetLiveNetwork {
    project: Option<ProjectName>,
    /// 1h or 2026-11-22T15:10..2026-11-22T15:40
    window: Option<WindowSpec>,
    #[serde(default)]
    metrics: List<Choice<Network>>,
}

impl GetLiveNetwork {
    fn question(&self) -> Question<'_> {
        Question {
            title: "Transmission with at most 5 % loss, by minute",
            operation: Self::PATH,
            project: self.project.as_ref(),
            window: self.window.as_ref(),
        }
    }
}

impl Operation for GetLiveNetwork {
    const NAME: &'static str = "agora_get_live_network";
    const PROVIDER: ProviderId = ProviderId::Agora;
    const PATH: &'static str = "live/net/by_time";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        self.question().request(ctx, all::<Network>())
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        self.question().reply(ctx, data, &asked(&self.metrics))
    }
}
