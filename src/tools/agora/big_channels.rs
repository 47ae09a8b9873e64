//! Big channels, those with more than 50 users: who froze, who joined slowly, who tried, and how they rate it.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::series::{self, Series};
use super::{live, live_scope};
use crate::args::{ProjectName, ShortText};
use crate::error::Error;
use crate::json::JsonRef;
use crate::reply::Reply;
use crate::request::{ProviderId, Request};
use crate::time_range::WindowSpec;
use crate::tools::CallContext;
use crate::tools::legacy::Operation;

/// The request and the reply that the six operations share: one `value` a minute.
struct Question<'a> {
    title: &'static str,
    metric: &'static str,
    operation: &'static str,
    project: Option<&'a ProjectName>,
    window: Option<&'a WindowSpec>,
    /// One channel; all big ones where there is none.
    channel: Option<&'a ShortText>,
}

impl Question<'_> {
    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let (target, _) = live_scope(ctx, self.project, self.window)?;
        let channel = self.channel.map_or("", ShortText::as_str);
        let request = live(ctx, &target, self.operation, channel);
        Ok(match self.channel {
            Some(channel) => request.query("cname", channel.as_str()),
            None => request,
        })
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        let (target, window) = live_scope(ctx, self.project, self.window)?;
        let rows = JsonRef::new(data).rows()?;
        let series = Series::of(&rows, "value", self.metric, "", &window);
        let channel = match self.channel {
            Some(channel) => format!("channel {}", crate::reply::inline(channel.as_str(), 64)),
            None => "all big channels".to_owned(),
        };
        let mut reply = Reply::with_title([
            self.title.to_owned(),
            channel,
            target.label.clone(),
            window.title(),
        ]);
        series::tell(
            &mut reply,
            &[series],
            &ctx.zone,
            "nothing in this time: only channels with more than 50 users count, once Agora has opened them for the app",
        );
        Ok(reply)
    }
}

/// Users of all big channels (over 50 users) whose video froze, by minute (at most the last hour).
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CountFreezeUsers {
    project: Option<ProjectName>,
    /// 1h or 2026-11-22T15:10..2026-11-22T15:40
    window: Option<WindowSpec>,
}

impl CountFreezeUsers {
    fn question(&self) -> Question<'_> {
        Question {
            title: "Users whose video froze",
            metric: "users with frozen video",
            operation: Self::PATH,
            project: self.project.as_ref(),
            window: self.window.as_ref(),
            channel: None,
        }
    }
}

impl Operation for CountFreezeUsers {
    const NAME: &'static str = "agora_count_freeze_users";
    const PROVIDER: ProviderId = ProviderId::Agora;
    const PATH: &'static str = "live/quality/videofreeze/user_count";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        self.question().request(ctx)
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        self.question().reply(ctx, data)
    }
}

/// Users who joined big channels slowly, by minute (at most the last hour).
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CountSlowJoins {
    project: Option<ProjectName>,
    /// 1h or 2026-11-22T15:10..2026-11-22T15:40
    window: Option<WindowSpec>,
}

impl CountSlowJoins {
    fn question(&self) -> Question<'_> {
        Question {
            title: "Users who joined slowly",
            metric: "slow joins",
            operation: Self::PATH,
            project: self.project.as_ref(),
            window: self.window.as_ref(),
            channel: None,
        }
    }
}

impl Operation for CountSlowJoins {
    const NAME: &'static str = "agora_count_slow_joins";
    const PROVIDER: ProviderId = ProviderId::Agora;
    const PATH: &'static str = "live/quality/slowjoining/user_count";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        self.question().request(ctx)
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        self.question().reply(ctx, data)
    }
}

/// Users who tried to join big channels, by minute (at most the last hour): the whole to measure slow joins by.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CountJoinAttempts {
    project: Option<ProjectName>,
    /// 1h or 2026-11-22T15:10..2026-11-22T15:40
    window: Option<WindowSpec>,
}

impl CountJoinAttempts {
    fn question(&self) -> Question<'_> {
        Question {
            title: "Users who tried to join",
            metric: "join attempts",
            operation: Self::PATH,
            project: self.project.as_ref(),
            window: self.window.as_ref(),
            channel: None,
        }
    }
}

impl Operation for CountJoinAttempts {
    const NAME: &'static str = "agora_count_join_attempts";
    const PROVIDER: ProviderId = ProviderId::Agora;
    const PATH: &'static str = "live/quality/joiningtrial/user_count";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        self.question().request(ctx)
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        self.question().reply(ctx, data)
    }
}

/// Average rating that users gave one big channel, by minute (at most the last hour); apps that ask for ratings
/// only.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetChannelScore {
    project: Option<ProjectName>,
    channel: ShortText,
    /// 1h or 2026-11-22T15:10..2026-11-22T15:40
    window: Option<WindowSpec>,
}

impl GetChannelScore {
    fn question(&self) -> Question<'_> {
        Question {
            title: "Rating by users",
            metric: "average rating",
            operation: Self::PATH,
            project: self.project.as_ref(),
            window: self.window.as_ref(),
            channel: Some(&self.channel),
        }
    }
}

impl Operation for GetChannelScore {
    const NAME: &'static str = "agora_get_channel_score";
    const PROVIDER: ProviderId = ProviderId::Agora;
    const PATH: &'static str = "bigchannel/live/quality/score";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        self.question().request(ctx)
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        self.question().reply(ctx, data)
    }
}

/// Users of one big channel whose video froze, by minute (at most the last hour).
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CountChannelFreezeUsers {
    project: Option<ProjectName>,
    channel: ShortText,
    /// 1h or 2026-11-22T15:10..2026-11-22T15:40
    window: Option<WindowSpec>,
}

impl CountChannelFreezeUsers {
    fn question(&self) -> Question<'_> {
        Question {
            title: "Users whose video froze",
            metric: "users with frozen video",
            operation: Self::PATH,
            project: self.project.as_ref(),
            window: self.window.as_ref(),
            channel: Some(&self.channel),
        }
    }
}

impl Operation for CountChannelFreezeUsers {
    const NAME: &'static str = "agora_count_channel_freeze_users";
    const PROVIDER: ProviderId = ProviderId::Agora;
    const PATH: &'static str = "bigchannel/live/quality/videofreeze/user_count";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        self.question().request(ctx)
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        self.question().reply(ctx, data)
    }
}

/// Users online in one big channel, by minute (at most the last hour).
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CountChannelUsers {
    project: Option<ProjectName>,
    channel: ShortText,
    /// 1h or 2026-11-22T15:10..2026-11-22T15:40
    window: Option<WindowSpec>,
}

impl CountChannelUsers {
    fn question(&self) -> Question<'_> {
        Question {
            title: "Users online",
            metric: "users online",
            operation: Self::PATH,
            project: self.project.as_ref(),
            window: self.window.as_ref(),
            channel: Some(&self.channel),
        }
    }
}

impl Operation for CountChannelUsers {
    const NAME: &'static str = "agora_count_channel_users";
    const PROVIDER: ProviderId = ProviderId::Agora;
    const PATH: &'static str = "bigchannel/live/scale/user_count";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        self.question().request(ctx)
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        self.question().reply(ctx, data)
    }
}
