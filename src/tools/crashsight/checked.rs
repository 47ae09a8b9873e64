//! Queries whose filters may name what does not exist: where that is likely, or nothing matched, the app's versions
//! are read (once an hour), and the reply says how the filters were read.

use std::borrow::Cow;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;

use super::app::{GetAppOptions, options_request, version_names};
use super::filters::Filters;
use super::members::{Person, name_known_people};
use crate::args::{ReportKind, ShortText};
use crate::error::Error;
use crate::project::CrashSightApp;
use crate::reply::Reply;
use crate::tools::context::CallContext;
use crate::tools::output::Output;
use crate::tools::tool::{Effect, Query, Tool, send_query};
use crate::upstream::api::Api;

/// A query with filters.
pub(crate) trait Filtered: Query {
    /// The app that a scope is about.
    fn app(scope: &Self::Scope) -> &CrashSightApp;
    /// The filters of a scope, which its request and its heading are made from.
    fn filters(scope: &mut Self::Scope) -> &mut Filters;
    /// Whether anything matched.
    fn found(answer: &Self::Answer) -> bool;
    /// The people that an answer names by id.
    fn people(_answer: &mut Self::Answer) -> Vec<&mut Vec<Person>> {
        Vec::new()
    }
}

/// A query with filters as a tool: at most one request for the app's versions beside its own, and its own twice where
/// the versions turn out to be written otherwise. [`Filters::notes`] are added to those of the query.
#[derive(Deserialize)]
#[serde(transparent)]
pub(crate) struct Checked<Q>(Q);

// Described by the query's own doc comment.
impl<Q: JsonSchema> JsonSchema for Checked<Q> {
    fn inline_schema() -> bool {
        Q::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        Q::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Q::json_schema(generator)
    }
}

impl<Q: Filtered> Tool for Checked<Q> {
    const NAME: &'static str = Q::NAME;
    const UPSTREAM: &'static [&'static str] = &[Q::UPSTREAM, <GetAppOptions as Query>::UPSTREAM];
    const WRITES: &'static [&'static str] = match Q::EFFECT {
        Effect::Read => &[],
        Effect::Write => &[Q::UPSTREAM],
    };
    const IDEMPOTENT: bool = Q::IDEMPOTENT;
    type Answer = Q::Answer;

    async fn answer(self, ctx: &CallContext, api: &Api<'_>) -> Result<Output<Q::Answer>, Error> {
        let (output, _) = answer(&Arc::new(self.0), ctx, api).await?;
        Ok(output)
    }

    fn render(output: &Output<Q::Answer>, reply: &mut Reply) {
        <Q as Query>::render(output, reply);
    }
}

/// Answers a query with its filters checked, and says how they were read.
pub(super) async fn answer<Q: Filtered>(
    query: &Arc<Q>,
    ctx: &CallContext,
    api: &Api<'_>,
) -> Result<(Output<Q::Answer>, Filters), Error> {
    let mut scope = query.scope(ctx)?;
    let app = Q::app(&scope).clone();
    let mut filters = Q::filters(&mut scope).clone();
    let uncertain = filters.uncertain();
    if uncertain {
        resolve(&mut filters, &app, api).await;
    }
    let mut output = send(query, &filters, ctx, api).await?;
    let unchecked = !uncertain && !filters.versions().is_empty();
    if unchecked && !Q::found(&output.answer) && resolve(&mut filters, &app, api).await {
        output = send(query, &filters, ctx, api).await?;
    }
    name_known_people(api, &app, Q::people(&mut output.answer)).await;
    let notes = filters.notes(Q::found(&output.answer));
    output.meta.notes.splice(0..0, notes);
    Ok((output, filters))
}

/// The filters of typed versions for several queries, read against those of the app where they may be written otherwise.
pub(crate) async fn read_versions(
    kind: ReportKind,
    typed: &[ShortText],
    app: &CrashSightApp,
    api: &Api<'_>,
) -> Filters {
    let mut filters = Filters::new(kind).with_versions(typed);
    if filters.uncertain() {
        resolve(&mut filters, app, api).await;
    }
    filters
}

/// Sends a query with these filters in place of its own.
async fn send<Q: Filtered>(
    query: &Arc<Q>,
    filters: &Filters,
    ctx: &CallContext,
    api: &Api<'_>,
) -> Result<Output<Q::Answer>, Error> {
    let scope_at = |ctx: &CallContext| {
        let mut scope = query.scope(ctx)?;
        *Q::filters(&mut scope) = filters.clone();
        Ok(scope)
    };
    send_query(query, ctx, api, scope_at).await
}

/// Reads versions against those of the app. Whether that changes what to ask for. Without the app's versions, which
/// need a right of their own, filters stay as they were typed.
async fn resolve(filters: &mut Filters, app: &CrashSightApp, api: &Api<'_>) -> bool {
    match api.send(options_request(app)).await {
        Ok(response) => filters.resolve(&version_names(&response.data)),
        Err(_) => false,
    }
}
