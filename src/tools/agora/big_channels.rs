//! Big channels, those with more than 50 users: video freezes, slow joins, join attempts, ratings.

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::Deserialize;

use super::Scope;
use super::minutes::{self, Metric, MinuteMetrics};
use crate::args::{ProjectName, ShortText};
use crate::error::Error;
use crate::json::JsonRef;
use crate::reply::{Reply, inline};
use crate::request::Request;
use crate::time_range::WindowSpec;
use crate::tools::context::CallContext;
use crate::tools::output::Output;
use crate::tools::tool::Query;

/// What the tools of this kind differ in: each has one `value` per minute.
pub(crate) trait BigChannelKind: Send + Sync + 'static {
    const NAME: &'static str;
    const UPSTREAM: &'static str;
    const TITLE: &'static str;
    const METRIC: Metric;
    const DESCRIPTION: &'static str;
}

const fn value(word: &'static str, name: &'static str) -> Metric {
    Metric {
        word,
        field: "value",
        name,
        unit: "",
    }
}

fn parse<K: BigChannelKind>(
    scope: &Scope,
    data: JsonRef<'_>,
    channel: Option<&ShortText>,
) -> anyhow::Result<Output<MinuteMetrics>> {
    let none = "no data in this range: only channels with more than 50 users count, once Agora has enabled them for \
                the app";
    let mut output = minutes::parse(K::TITLE, scope, &[&K::METRIC], data, none)?;
    let words = match channel {
        Some(channel) => format!("channel {}", inline(channel.as_str(), 64)),
        None => "all big channels".to_owned(),
    };
    output.meta.heading.insert(1, words);
    output.answer.channel = channel.map(|channel| channel.as_str().into());
    Ok(output)
}

/// A metric of all big channels together.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "")]
#[schemars(description = K::DESCRIPTION, bound = "K: BigChannelKind")]
pub(crate) struct BigChannels<K: BigChannelKind> {
    project: Option<ProjectName>,
    /// 1h or 2026-11-22T15:10..2026-11-22T15:40
    window: Option<WindowSpec>,
    #[serde(skip)]
    kind: PhantomData<fn() -> K>,
}

impl<K: BigChannelKind> Query for BigChannels<K> {
    const NAME: &'static str = K::NAME;
    const UPSTREAM: &'static str = K::UPSTREAM;
    type Scope = Scope;
    type Answer = MinuteMetrics;

    fn scope(&self, ctx: &CallContext) -> Result<Scope, Error> {
        Scope::live(ctx, self.project.as_ref(), self.window.as_ref())
    }

    fn request(&self, scope: &Scope) -> Request {
        scope.live_request(K::UPSTREAM, "")
    }

    fn parse(&self, scope: &Scope, data: JsonRef<'_>) -> anyhow::Result<Output<MinuteMetrics>> {
        parse::<K>(scope, data, None)
    }

    fn render(output: &Output<MinuteMetrics>, reply: &mut Reply) {
        minutes::render(output, reply);
    }
}

/// A metric of one big channel.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "")]
#[schemars(description = K::DESCRIPTION, bound = "K: BigChannelKind")]
pub(crate) struct BigChannel<K: BigChannelKind> {
    project: Option<ProjectName>,
    channel: ShortText,
    /// 1h or 2026-11-22T15:10..2026-11-22T15:40
    window: Option<WindowSpec>,
    #[serde(skip)]
    kind: PhantomData<fn() -> K>,
}

impl<K: BigChannelKind> Query for BigChannel<K> {
    const NAME: &'static str = K::NAME;
    const UPSTREAM: &'static str = K::UPSTREAM;
    type Scope = Scope;
    type Answer = MinuteMetrics;

    fn scope(&self, ctx: &CallContext) -> Result<Scope, Error> {
        Scope::live(ctx, self.project.as_ref(), self.window.as_ref())
    }

    fn request(&self, scope: &Scope) -> Request {
        let channel = self.channel.as_str();
        scope
            .live_request(K::UPSTREAM, channel)
            .query("cname", channel)
    }

    fn parse(&self, scope: &Scope, data: JsonRef<'_>) -> anyhow::Result<Output<MinuteMetrics>> {
        parse::<K>(scope, data, Some(&self.channel))
    }

    fn render(output: &Output<MinuteMetrics>, reply: &mut Reply) {
        minutes::render(output, reply);
    }
}

/// Video freezes in all big channels.
pub(crate) struct FreezeUsers;
pub(crate) type CountFreezeUsers = BigChannels<FreezeUsers>;

impl BigChannelKind for FreezeUsers {
    const NAME: &'static str = "agora_count_freeze_users";
    const UPSTREAM: &'static str = "live/quality/videofreeze/user_count";
    const TITLE: &'static str = "Users whose video froze";
    const METRIC: Metric = value("frozen_video_users", "users with frozen video");
    const DESCRIPTION: &'static str = "Users of all big channels (over 50 users) whose video froze, by minute (at most \
         the last hour).";
}

/// Slow joins of all big channels.
pub(crate) struct SlowJoins;
pub(crate) type CountSlowJoins = BigChannels<SlowJoins>;

impl BigChannelKind for SlowJoins {
    const NAME: &'static str = "agora_count_slow_joins";
    const UPSTREAM: &'static str = "live/quality/slowjoining/user_count";
    const TITLE: &'static str = "Users who joined slowly";
    const METRIC: Metric = value("slow_joins", "slow joins");
    const DESCRIPTION: &'static str =
        "Users who joined big channels slowly, by minute (at most the last hour).";
}

/// Join attempts of all big channels.
pub(crate) struct JoinAttempts;
pub(crate) type CountJoinAttempts = BigChannels<JoinAttempts>;

impl BigChannelKind for JoinAttempts {
    const NAME: &'static str = "agora_count_join_attempts";
    const UPSTREAM: &'static str = "live/quality/joiningtrial/user_count";
    const TITLE: &'static str = "Users who tried to join";
    const METRIC: Metric = value("join_attempts", "join attempts");
    const DESCRIPTION: &'static str = "Users who tried to join big channels, by minute (at most the last hour): the \
         denominator for slow joins.";
}

/// Ratings of one big channel.
pub(crate) struct Score;
pub(crate) type GetChannelScore = BigChannel<Score>;

impl BigChannelKind for Score {
    const NAME: &'static str = "agora_get_channel_score";
    const UPSTREAM: &'static str = "bigchannel/live/quality/score";
    const TITLE: &'static str = "Rating by users";
    const METRIC: Metric = value("average_rating", "average rating");
    const DESCRIPTION: &'static str = "Average rating that users gave one big channel, by minute (at most the last \
         hour); only for apps that collect ratings.";
}

/// Video freezes in one big channel.
pub(crate) struct ChannelFreezeUsers;
pub(crate) type CountChannelFreezeUsers = BigChannel<ChannelFreezeUsers>;

impl BigChannelKind for ChannelFreezeUsers {
    const NAME: &'static str = "agora_count_channel_freeze_users";
    const UPSTREAM: &'static str = "bigchannel/live/quality/videofreeze/user_count";
    const TITLE: &'static str = FreezeUsers::TITLE;
    const METRIC: Metric = FreezeUsers::METRIC;
    const DESCRIPTION: &'static str =
        "Users of one big channel whose video froze, by minute (at most the last hour).";
}

/// Users of one big channel.
pub(crate) struct ChannelUsers;
pub(crate) type CountChannelUsers = BigChannel<ChannelUsers>;

impl BigChannelKind for ChannelUsers {
    const NAME: &'static str = "agora_count_channel_users";
    const UPSTREAM: &'static str = "bigchannel/live/scale/user_count";
    const TITLE: &'static str = "Users online";
    const METRIC: Metric = value("online_users", "users online");
    const DESCRIPTION: &'static str =
        "Users online in one big channel, by minute (at most the last hour).";
}
