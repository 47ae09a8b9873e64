//! The two traits of a tool: `Tool` is every tool, `Query` the many that are one request.

use std::sync::Arc;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::context::CallContext;
use super::output::Output;
use crate::error::Error;
use crate::json::JsonRef;
use crate::reply::Reply;
use crate::request::Request;
use crate::upstream::api::Api;
use crate::upstream::cache::CachedResponse;
use crate::upstream::large::read_sized;

/// Every tool. The struct's fields are the arguments, its doc comment is the description.
pub(crate) trait Tool: DeserializeOwned + JsonSchema + Send + 'static {
    /// `provider_verb_noun`.
    const NAME: &'static str;
    /// The vendor's operations it may call.
    const UPSTREAM: &'static [&'static str];
    /// Those of them that write. A tool without one only reads.
    const WRITES: &'static [&'static str] = &[];
    /// Whether the same call twice is no worse than once.
    const IDEMPOTENT: bool = true;
    /// Whether a write replaces what was there, instead of adding to it.
    const OVERWRITES: bool = false;
    /// Whether it runs the vendor's symbol uploader on this machine: listed only where one is set.
    const UPLOADER: bool = false;
    /// How long it may take, where that is longer than a call may otherwise.
    const DEADLINE: Option<Duration> = None;
    /// Where the effect of a write can be seen, as an instruction.
    const CHECK: &'static str = "look";
    /// The answer as a value, with stable `snake_case` fields and units in their names.
    type Answer: Serialize + JsonSchema + Send + Sync + 'static;

    /// Answers with as many requests as it takes.
    fn answer(
        self,
        ctx: &CallContext,
        api: &Api<'_>,
    ) -> impl Future<Output = Result<Output<Self::Answer>, Error>> + Send;

    /// Renders the answer as text. Heading, notes and next calls are added by the caller.
    fn render(output: &Output<Self::Answer>, reply: &mut Reply);
}

/// What a query does to the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    Read,
    /// Adds or changes something; confirmed before it is sent.
    Write,
}

/// A tool that is one request. Pure: no I/O, no credential, no address, no status code.
pub(crate) trait Query: DeserializeOwned + JsonSchema + Send + Sync + 'static {
    /// `provider_verb_noun`.
    const NAME: &'static str;
    /// The vendor's operation.
    const UPSTREAM: &'static str;
    /// What it does to the service.
    const EFFECT: Effect = Effect::Read;
    /// Whether the same call twice is no worse than once.
    const IDEMPOTENT: bool = true;
    /// Where the effect of a write can be seen, as an instruction.
    const CHECK: &'static str = "look";
    /// Project, range and filters, resolved once a call.
    type Scope: Send + Sync + 'static;
    /// The answer as a value.
    type Answer: Serialize + JsonSchema + Send + Sync + 'static;

    /// Resolves project, range and filters, or says what is wrong with them.
    fn scope(&self, ctx: &CallContext) -> Result<Self::Scope, Error>;

    /// Scopes of the same answer whose requests ask for more: where the response to one of them is at hand, it is read
    /// instead of sending the request.
    fn others(&self, _scope: &Self::Scope) -> Vec<Self::Scope> {
        Vec::new()
    }

    /// The request to send.
    fn request(&self, scope: &Self::Scope) -> Request;

    /// Reads the payload leniently into the answer.
    fn parse(&self, scope: &Self::Scope, data: JsonRef<'_>)
    -> anyhow::Result<Output<Self::Answer>>;

    /// The same of a response that is kept; for what is worth reading once for all who ask ([`CachedResponse::read_once`]).
    fn parse_kept(
        &self,
        scope: &Self::Scope,
        response: &CachedResponse,
    ) -> anyhow::Result<Output<Self::Answer>> {
        self.parse(scope, JsonRef::new(&response.data))
    }

    /// Renders the answer as text.
    fn render(output: &Output<Self::Answer>, reply: &mut Reply);
}

impl<Q: Query> Tool for Q {
    const NAME: &'static str = Q::NAME;
    const UPSTREAM: &'static [&'static str] = &[Q::UPSTREAM];
    const WRITES: &'static [&'static str] = match Q::EFFECT {
        Effect::Read => &[],
        Effect::Write => &[Q::UPSTREAM],
    };
    const IDEMPOTENT: bool = Q::IDEMPOTENT;
    const CHECK: &'static str = Q::CHECK;
    type Answer = Q::Answer;

    async fn answer(self, ctx: &CallContext, api: &Api<'_>) -> Result<Output<Q::Answer>, Error> {
        let query = Arc::new(self);
        send_query(&query, ctx, api, |ctx| query.scope(ctx)).await
    }

    fn render(output: &Output<Q::Answer>, reply: &mut Reply) {
        Q::render(output, reply);
    }
}

/// Sends a query and reads the response, in the scope that the call has at a moment.
pub(crate) async fn send_query<Q: Query>(
    query: &Arc<Q>,
    ctx: &CallContext,
    api: &Api<'_>,
    scope_at: impl Fn(&CallContext) -> Result<Q::Scope, Error> + Send + Sync,
) -> Result<Output<Q::Answer>, Error> {
    let scope = at_hand(query, scope_at(ctx)?, api).await;
    let response = api.send(query.request(&scope)).await?;
    let Some(stale) = response.stale.clone().filter(|stale| stale.other_range) else {
        return parse_response(query, scope, response)
            .await
            .map_err(|error| match Q::EFFECT {
                Effect::Read => error,
                // The service answered, and its answer does not show the effect.
                Effect::Write => Error::outcome_unknown(error),
            });
    };
    // An older response is read as of its own time; a range that lies after it cannot be answered.
    let limited = |_| stale.cause.clone();
    let then = scope_at(&ctx.at(response.at)).map_err(limited)?;
    parse_response(query, then, response).await.map_err(limited)
}

/// Whether a query costs no call, because an answer to it is kept.
pub(crate) async fn is_known<Q: Query>(query: &Q, ctx: &CallContext, api: &Api<'_>) -> bool {
    let Ok(scope) = query.scope(ctx) else {
        return false;
    };
    for other in query.others(&scope) {
        if api.is_at_hand(&query.request(&other)).await {
            return true;
        }
    }
    api.is_known(&query.request(&scope)).await
}

/// The scope whose response is at hand, or the one that is asked for.
async fn at_hand<Q: Query>(query: &Arc<Q>, scope: Q::Scope, api: &Api<'_>) -> Q::Scope {
    for other in query.others(&scope) {
        if api.is_at_hand(&query.request(&other)).await {
            return other;
        }
    }
    scope
}

/// Reads a response, a large one on a thread of its own.
async fn parse_response<Q: Query>(
    query: &Arc<Q>,
    scope: Q::Scope,
    response: Arc<CachedResponse>,
) -> Result<Output<Q::Answer>, Error> {
    let query = Arc::clone(query);
    let bytes = response.bytes;
    let parse = move || query.parse_kept(&scope, &response);
    let parsed = read_sized(bytes, parse).await?;
    parsed.map_err(Error::unexpected_response)
}
