//! The parts of a question's answer: calls of other tools, side by side, of which some may fail without the whole.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::Value;

use crate::error::Error;
use crate::project::AppRef;
use crate::tools::allowance::Allowance;
use crate::tools::arguments::is_safe_argument;
use crate::tools::context::{CallContext, FEW_CALLS};
use crate::tools::output::Output;
use crate::tools::tool::{Query, Tool, is_known};
use crate::upstream::api::Api;

/// The calls of one question.
pub(super) struct Parts<'a> {
    /// What the call may know.
    pub(super) ctx: &'a CallContext,
    /// The way to the services.
    pub(super) api: &'a Api<'a>,
    missing: Mutex<Vec<Missing>>,
}

/// A part of an answer that is missing, and the call that would get it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Missing {
    /// What is missing.
    what: String,
    /// Why.
    why: String,
    /// The tool that has it.
    tool: &'static str,
    /// Its arguments.
    #[schemars(schema_with = "object")]
    arguments: Value,
    /// Whether asking again may get it: an operation that the app does not have is refused again.
    #[serde(skip)]
    may_come: bool,
}

fn object(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "object"})
}

/// What an answer cost.
#[derive(Debug, Clone, Copy, Default, Serialize, JsonSchema)]
pub(crate) struct Cost {
    /// Requests that the service answered for this call.
    upstream_calls: usize,
    /// Answers that were known already.
    from_cache: usize,
}

impl<'a> Parts<'a> {
    /// For one call of a question tool.
    pub(super) fn new(ctx: &'a CallContext, api: &'a Api<'a>) -> Self {
        Self {
            ctx,
            api,
            missing: Mutex::default(),
        }
    }

    /// A part without which there is no answer.
    pub(super) async fn need<T: Tool>(&self, arguments: Value) -> Result<Output<T::Answer>, Error> {
        let tool: T = serde_json::from_value(arguments)
            .map_err(|error| Error::invalid_arguments(error.to_string()))?;
        tool.answer(self.ctx, self.api).await
    }

    /// A part without which the rest is still an answer: where it fails, that is noted.
    pub(super) async fn get<T: Tool>(
        &self,
        what: &str,
        arguments: Value,
    ) -> Option<Output<T::Answer>> {
        match self.need::<T>(arguments.clone()).await {
            Ok(output) => Some(output),
            Err(error) => {
                let may_come = !matches!(error, Error::NotAvailable { .. });
                // Further lines hold the service's words and a hint for another call.
                let error = error.to_string();
                let why = error.lines().next().unwrap_or_default();
                self.note(what, why, (T::NAME, arguments), may_come);
                None
            }
        }
    }

    /// The same where it is afforded; noted as missing where it is not.
    pub(super) async fn get_if<T: Tool>(
        &self,
        afforded: bool,
        what: &str,
        arguments: Value,
    ) -> Option<Output<T::Answer>> {
        if afforded {
            return self.get::<T>(what, arguments).await;
        }
        self.miss(what, FEW_CALLS, T::NAME, arguments);
        None
    }

    /// What this answer may take of the calls that are left.
    pub(super) async fn allowance(&self, app: &AppRef) -> Allowance {
        Allowance::of(self.api, app).await
    }

    /// The calls that a part takes: none where its answer is kept.
    pub(super) async fn cost_of<Q: Query>(&self, arguments: Value) -> usize {
        usize::from(!self.is_known::<Q>(arguments).await)
    }

    /// Calls that the account of an app could make now; `None` where no limit is known.
    pub(super) async fn remaining_calls(&self, app: &AppRef) -> Option<usize> {
        self.api.remaining_calls(&app.account).await
    }

    /// Whether a part costs no call, because its answer is kept.
    pub(super) async fn is_known<Q: Query>(&self, arguments: Value) -> bool {
        match serde_json::from_value::<Q>(arguments) {
            Ok(query) => is_known(&query, self.ctx, self.api).await,
            Err(_) => false,
        }
    }

    /// Notes that a part is missing.
    pub(super) fn miss(&self, what: &str, why: &str, tool: &'static str, arguments: Value) {
        self.note(what, why, (tool, arguments), true);
    }

    fn note(
        &self,
        what: &str,
        why: &str,
        (tool, arguments): (&'static str, Value),
        may_come: bool,
    ) {
        // An id or a version in it may be a device's text.
        let safe = |(name, value): &(String, Value)| name == "project" || is_plain(value);
        let arguments = match arguments {
            Value::Object(all) => Value::Object(all.into_iter().filter(safe).collect()),
            other => other,
        };
        self.missing().push(Missing {
            what: what.to_owned(),
            why: why.to_owned(),
            tool,
            arguments,
            may_come,
        });
    }

    /// What is missing so far; said in the output, with the call that would get the first.
    pub(super) fn finish<A>(&self, output: &mut Output<A>) -> (Vec<Missing>, Cost) {
        let missing = std::mem::take(&mut *self.missing());
        for part in &missing {
            output.note(format!("not included: {} ({})", part.what, part.why));
        }
        if let Some(part) = missing.iter().find(|part| part.may_come) {
            output.suggest(part.tool, part.arguments.clone());
        }
        (missing, self.cost())
    }

    /// Requests made so far, whether they were answered from the cache or not.
    pub(super) fn requests(&self) -> usize {
        self.api.call_log().requests.len()
    }

    /// Answers fetched for this call, and those that were known.
    fn cost(&self) -> Cost {
        let log = self.api.call_log();
        let fetched = log
            .responses
            .iter()
            .filter(|response| response.at >= self.ctx.now && response.stale.is_none());
        // What two parts needed was fetched once.
        let fetched: HashSet<*const _> = fetched.map(Arc::as_ptr).collect();
        let fetched = fetched.len();
        Cost {
            upstream_calls: fetched,
            from_cache: log.responses.len() - fetched,
        }
    }

    fn missing(&self) -> std::sync::MutexGuard<'_, Vec<Missing>> {
        self.missing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether nothing in it is a device's text.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields.values().all(is_plain),
        Value::Array(items) => items.iter().all(is_plain),
        other => is_safe_argument(other),
    }
}

/// Arguments without those that are left open.
pub(super) fn arguments<const N: usize>(fields: [(&str, Value); N]) -> Value {
    let open = |value: &Value| value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    let given = fields.into_iter().filter(|(_, value)| !open(value));
    Value::Object(
        given
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}
