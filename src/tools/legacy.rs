//! Tools that still reply in prose: adapters until each has a typed answer.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::context::CallContext;
use super::entry::{AnyOutput, Entry};
use super::output::Meta;
use super::tool::Effect;
use super::{arguments, schema};
use crate::error::Error;
use crate::project::AppRef;
use crate::reply::{Budget, Next, Reply};
use crate::request::{ProviderId, Request};
use crate::upstream::api::Api;

pub(super) struct Prose(Reply, Meta);

impl AnyOutput for Prose {
    fn meta(&self) -> &Meta {
        &self.1
    }
    fn render(&self, reply: &mut Reply) {
        *reply = self.0.clone();
    }
    fn data(&self) -> Value {
        self.0.json(Budget::DEFAULT)
    }
}

fn prose(mut reply: Reply) -> Box<dyn AnyOutput> {
    let next = reply.take_next();
    Box::new(Prose(
        reply,
        Meta {
            next,
            ..Meta::default()
        },
    ))
}

pub(crate) trait Operation: DeserializeOwned + JsonSchema + Send + Sync + 'static {
    const NAME: &'static str;
    const PROVIDER: ProviderId = ProviderId::CrashSight;
    const PATH: &'static str;
    const EFFECT: Effect = Effect::Read;
    const IDEMPOTENT: bool = true;
    fn request(&self, ctx: &CallContext) -> Result<Request, Error>;
    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply>;
}

pub(crate) trait Workflow: DeserializeOwned + JsonSchema + Send + 'static {
    const NAME: &'static str;
    const UPSTREAM: &'static [&'static str];
    fn answer(
        self,
        ctx: &CallContext,
        api: &Api<'_>,
    ) -> impl Future<Output = Result<Reply, Error>> + Send;
}

impl Entry {
    pub(super) const fn legacy<O: Operation>() -> Self {
        Self {
            name: O::NAME,
            upstream: &[O::PATH],
            writes: match O::EFFECT {
                Effect::Read => &[],
                Effect::Write => &[O::PATH],
            },
            idempotent: O::IDEMPOTENT,
            input: schema::input::<O>,
            output: schema::output::<Value>,
            run: |arguments, ctx, api| Box::pin(operate::<O>(arguments, ctx, api)),
        }
    }

    pub(super) const fn legacy_workflow<W: Workflow>() -> Self {
        Self {
            name: W::NAME,
            upstream: W::UPSTREAM,
            writes: &[],
            idempotent: true,
            input: schema::input::<W>,
            output: schema::output::<Value>,
            run: |arguments, ctx, api| Box::pin(work::<W>(arguments, ctx, api)),
        }
    }
}

async fn operate<O: Operation>(
    arguments: Map<String, Value>,
    ctx: &CallContext,
    api: &Api<'_>,
) -> Result<Box<dyn AnyOutput>, Error> {
    let schema = super::registry::definition_of(O::NAME).input;
    let tool: O = arguments::parse_arguments(O::NAME, &schema, arguments)?;
    let response = api.send(tool.request(ctx)?).await?;
    let reply = match response.wait {
        None => tool
            .reply(ctx, &response.data)
            .map_err(Error::unexpected_response)?,
        Some(wait) => tool
            .reply(&ctx.at(response.at), &response.data)
            .map_err(|_| Error::RateLimited { retry_after: wait })?,
    };
    Ok(prose(reply))
}

async fn work<W: Workflow>(
    arguments: Map<String, Value>,
    ctx: &CallContext,
    api: &Api<'_>,
) -> Result<Box<dyn AnyOutput>, Error> {
    let schema = super::registry::definition_of(W::NAME).input;
    let tool: W = arguments::parse_arguments(W::NAME, &schema, arguments)?;
    Ok(prose(tool.answer(ctx, api).await?))
}

impl CallContext {
    pub(crate) fn next(&self, tool: &str, app: &AppRef, arguments: Value) -> Option<Next> {
        let _: Timestamp = self.now;
        let Value::Object(own) = arguments else {
            return None;
        };
        let mut arguments = Map::new();
        if !app.is_default {
            arguments.insert("project".to_owned(), Value::String(app.label.clone()));
        }
        arguments.extend(own);
        Some(Next {
            tool: tool.to_owned(),
            arguments,
        })
    }
}
