//! The last hour of all calls per minute: how many, how well joined, how well transmitted.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::Scope;
use super::minutes::{self, Metric, MinuteMetrics};
use crate::args::{Choice, ChoiceSet, List, ProjectName};
use crate::error::Error;
use crate::json::JsonRef;
use crate::reply::Reply;
use crate::request::Request;
use crate::time_range::WindowSpec;
use crate::tools::context::CallContext;
use crate::tools::output::Output;
use crate::tools::tool::Query;

/// What the tools of this kind differ in.
pub(crate) trait LiveKind: ChoiceSet<Item = Metric> + Send + Sync {
    const NAME: &'static str;
    const UPSTREAM: &'static str;
    const TITLE: &'static str;
    const DESCRIPTION: &'static str;
}

/// Metrics of all calls per minute.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "")]
#[schemars(description = K::DESCRIPTION, bound = "K: LiveKind")]
pub(crate) struct LiveMetrics<K: LiveKind> {
    project: Option<ProjectName>,
    /// 1h or 2026-11-22T15:10..2026-11-22T15:40
    window: Option<WindowSpec>,
    #[serde(default)]
    metrics: List<Choice<K>>,
}

impl<K: LiveKind> Query for LiveMetrics<K> {
    const NAME: &'static str = K::NAME;
    const UPSTREAM: &'static str = K::UPSTREAM;
    type Scope = Scope;
    type Answer = MinuteMetrics;

    fn scope(&self, ctx: &CallContext) -> Result<Scope, Error> {
        Scope::live(ctx, self.project.as_ref(), self.window.as_ref())
    }

    /// Every metric: together they cost one call.
    fn request(&self, scope: &Scope) -> Request {
        let metrics: Vec<&str> = K::ITEMS.iter().map(|(_, metric)| metric.field).collect();
        scope
            .live_request(K::UPSTREAM, "")
            .query("metric", metrics.join(","))
    }

    fn parse(&self, scope: &Scope, data: JsonRef<'_>) -> anyhow::Result<Output<MinuteMetrics>> {
        let metrics: Vec<&'static Metric> = if self.metrics.is_empty() {
            K::ITEMS.iter().map(|(_, metric)| metric).collect()
        } else {
            self.metrics.iter().map(|choice| choice.0).collect()
        };
        let none = "no calls in this range";
        let mut output = minutes::parse(K::TITLE, scope, &metrics, data, none)?;
        if output.answer.has_values() {
            output.suggest("agora_list_diagnoses", json!({}));
        }
        Ok(output)
    }

    fn render(output: &Output<MinuteMetrics>, reply: &mut Reply) {
        minutes::render(output, reply);
    }
}

const fn metric(
    word: &'static str,
    field: &'static str,
    name: &'static str,
    unit: &'static str,
) -> (&'static str, Metric) {
    let metric = Metric {
        word,
        field,
        name,
        unit,
    };
    (word, metric)
}

/// How many.
pub(crate) struct Scale;
pub(crate) type GetLiveScale = LiveMetrics<Scale>;

impl LiveKind for Scale {
    const NAME: &'static str = "agora_get_live_scale";
    const UPSTREAM: &'static str = "live/scale/by_time";
    const TITLE: &'static str = "Calls by minute";
    const DESCRIPTION: &'static str = "Users and channels in calls by minute (at most the last hour), with lowest, \
         highest and their minute.";
}

impl ChoiceSet for Scale {
    type Item = Metric;
    const ITEMS: &'static [(&'static str, Metric)] = &[
        metric("users", "pcu", "users in calls", ""),
        metric("channels", "pcc", "channels", ""),
    ];
}

/// How well joined and played.
pub(crate) struct Experience;
pub(crate) type GetLiveExperience = LiveMetrics<Experience>;

impl LiveKind for Experience {
    const NAME: &'static str = "agora_get_live_experience";
    const UPSTREAM: &'static str = "live/experience/by_time";
    const TITLE: &'static str = "Call experience by minute";
    const DESCRIPTION: &'static str = "Join success and freeze rates of calls by minute (at most the last hour), with \
         lowest, highest and their minute. Start here when players say that voice or video is bad; agora_list_diagnoses \
         shows why.";
}

impl ChoiceSet for Experience {
    type Item = Metric;
    // What counts as a freeze: docs/vendor/agora.md §7.
    const ITEMS: &'static [(&'static str, Metric)] = &[
        metric(
            "join_success",
            "joinSuccessRate",
            "joins that succeeded",
            "%",
        ),
        metric(
            "join_within_5s",
            "joinSuccess5SecsRate",
            "joins within 5 s",
            "%",
        ),
        metric("video_freeze", "videoFreezeRate", "video time frozen", "%"),
        metric("audio_freeze", "audioFreezeRate", "audio time frozen", "%"),
    ];
}

/// How well transmitted.
pub(crate) struct Network;
pub(crate) type GetLiveNetwork = LiveMetrics<Network>;

impl LiveKind for Network {
    const NAME: &'static str = "agora_get_live_network";
    const UPSTREAM: &'static str = "live/net/by_time";
    const TITLE: &'static str = "Transmission with at most 5 % loss, by minute";
    const DESCRIPTION: &'static str = "Share of transmission with at most 5 % packet loss, sender to Agora and end to \
         end, by minute (at most the last hour). Separates network problems from device problems.";
}

impl ChoiceSet for Network {
    type Item = Metric;
    // The names of the end-to-end metrics are right, their descriptions swapped (docs/vendor/agora.md §7).
    const ITEMS: &'static [(&'static str, Metric)] = &[
        metric(
            "video_upstream",
            "videoUpstreamExcellentTransRate",
            "video, sender to Agora",
            "%",
        ),
        metric(
            "audio_upstream",
            "audioUpstreamExcellentTransRate",
            "audio, sender to Agora",
            "%",
        ),
        metric(
            "video_end_to_end",
            "videoEnd2EndExcellentTransRate",
            "video, end to end",
            "%",
        ),
        metric(
            "audio_end_to_end",
            "audioEnd2EndExcellentTransRate",
            "audio, end to end",
            "%",
        ),
    ];
}
