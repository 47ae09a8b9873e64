//! The only list of tools and the only way to call one: what is listed, what is refused, what is
//! confirmed first, and that a panic stays inside its call.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};
use tracing::Instrument as _;

use crate::error::Error;
use crate::project::Projects;
use crate::reply::Reply;
use crate::request::ProviderId;
use crate::tools::tool::{Call, CallContext, Definition, Effect, Tool};
use crate::upstream::cache::CachedResponse;
use crate::upstream::pipeline::{Api, CallLimits, ProgressFn, Upstream};

use super::caller::{CallMetricsGuard, Caller};
use super::registry::{Entry, ORDER, entries};
use super::stale;
use crate::upstream::confirm;

pub use confirm::{Confirm, ConfirmationRequest};

/// Definitions of every tool there is, listed or not.
pub fn definitions() -> Vec<Definition> {
    entries()
        .map(|entry| published(entry.definition(), Confirm::Always))
        .collect()
}

/// What the toolbox is told at start.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// No write is listed or called.
    pub read_only: bool,
    /// Whether a write is asked for twice.
    pub confirm: Confirm,
    /// Only tools that one of these matches: a name with `*`, or a service's word; all when empty.
    pub only: Vec<String>,
    /// No tool that one of these matches.
    pub without: Vec<String>,
}

impl Policy {
    fn offers(&self, entry: Entry) -> bool {
        let matches = |patterns: &[String]| {
            patterns
                .iter()
                .any(|pattern| matches(pattern, entry.name()))
        };
        !(self.read_only && entry.effect() == Effect::Write)
            && (self.only.is_empty() || matches(&self.only))
            && !matches(&self.without)
    }

    /// A pattern that matches no tool is a mistake of whoever wrote it.
    pub fn check(&self) -> Result<(), String> {
        for pattern in self.only.iter().chain(&self.without) {
            if !entries().any(|entry| matches(pattern, entry.name())) {
                let near = crate::project::closest_match(pattern, ORDER.iter().copied())
                    .map(|near| format!(": did you mean {near}?"))
                    .unwrap_or_default();
                return Err(format!("no tool matches `{pattern}`{near}"));
            }
        }
        Ok(())
    }
}

/// `crashsight` is every tool of the service, `*_get_*` what it says, anything else a name.
fn matches(pattern: &str, name: &str) -> bool {
    if name.split('_').next() == Some(pattern) {
        return true;
    }
    let mut parts = pattern.split('*');
    let Some(rest) = parts.next().and_then(|first| name.strip_prefix(first)) else {
        return false;
    };
    let mut rest = rest;
    let mut last = None;
    for part in parts {
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
        last = Some(part);
    }
    rest.is_empty()
        || last.is_some_and(str::is_empty)
        || last.is_some_and(|part| name.ends_with(part))
}

/// Why there is no outcome at all: the caller named a tool that it was not given.
#[derive(Debug)]
pub struct UnknownTool {
    /// What to tell.
    pub message: String,
}

/// What a call came to.
pub struct Outcome {
    /// What to tell.
    pub reply: Result<Reply, Error>,
    /// The vendor's opened answers behind it.
    pub came: Vec<(&'static str, Arc<CachedResponse>)>,
    /// The tool that was called.
    pub tool: &'static str,
    /// Set where the reply shows what a write would send.
    pub question: Option<ConfirmationRequest>,
}

impl Outcome {
    fn failed(tool: &'static str, failure: Error) -> Self {
        Self {
            reply: Err(failure),
            came: Vec::new(),
            tool,
            question: None,
        }
    }
}

/// Tools over one run.
pub struct Toolbox {
    run: Arc<Upstream>,
    zone: TimeZone,
    policy: Policy,
    sent: confirm::UsedConfirmations,
}

impl Toolbox {
    /// The tools of a run, for a reader in this zone.
    pub fn new(run: Arc<Upstream>, zone: TimeZone, policy: Policy) -> Self {
        Self {
            run,
            zone,
            policy,
            sent: confirm::UsedConfirmations::default(),
        }
    }

    /// A toolbox of the same policy for another identity: its own accounts, budget and memory.
    #[must_use]
    pub fn beside(&self, projects: Arc<Projects>, limits: CallLimits) -> Self {
        Self {
            run: Arc::new(self.run.beside(projects, limits)),
            zone: self.zone.clone(),
            policy: self.policy.clone(),
            sent: confirm::UsedConfirmations::default(),
        }
    }

    /// What calls pass through.
    pub fn run(&self) -> &Upstream {
        &self.run
    }

    /// The projects this caller may name.
    pub fn projects<'a>(&'a self, caller: &'a Caller) -> &'a Projects {
        caller.projects.as_ref().unwrap_or(self.run.projects())
    }

    /// What this caller may call, in a fixed order.
    pub fn list(&self, caller: &Caller) -> Vec<Definition> {
        entries()
            .filter(|entry| self.offers(caller, *entry))
            .map(|entry| published(entry.definition(), self.policy.confirm))
            .collect()
    }

    /// Names of what this caller may call.
    pub fn names(&self, caller: &Caller) -> Vec<&'static str> {
        entries()
            .filter(|entry| self.offers(caller, *entry))
            .map(Entry::name)
            .collect()
    }

    /// Names and aliases of the projects this caller may name.
    pub fn project_names(&self, caller: &Caller) -> Vec<String> {
        self.projects(caller).names().map(str::to_owned).collect()
    }

    fn offers(&self, caller: &Caller, entry: Entry) -> bool {
        let writes = caller.read_only && entry.effect() == Effect::Write;
        !writes && self.serves(caller, entry.provider()) && self.policy.offers(entry)
    }

    /// CrashSight always: without credentials its tools name the settings to make. The companions where
    /// an account is configured, and where one of the caller's projects is there when those are limited.
    fn serves(&self, caller: &Caller, provider: ProviderId) -> bool {
        let projects = self.projects(caller);
        let reached = || {
            let mut all = projects.projects.iter();
            !projects.closed || all.any(|project| project.companion(provider).is_some())
        };
        provider == ProviderId::CrashSight
            || (projects.of_provider(provider).is_some() && reached())
    }

    /// Whether this caller may call a tool of this name, and it writes.
    pub fn writes(&self, caller: &Caller, name: &str) -> bool {
        entries().any(|entry| {
            entry.name() == name && entry.effect() == Effect::Write && self.offers(caller, entry)
        })
    }

    fn lists(&self, caller: &Caller, name: &str) -> bool {
        entries().any(|entry| entry.name() == name && self.offers(caller, entry))
    }

    /// Calls a tool that nobody watches. See [`Toolbox::call_watched`].
    pub async fn call(
        &self,
        caller: &Caller,
        name: &str,
        arguments: Map<String, Value>,
    ) -> Result<Outcome, UnknownTool> {
        self.call_watched(caller, name, arguments, None).await
    }

    /// Calls a tool. The arguments' mistakes are the outcome's failure; an unknown name is none.
    pub async fn call_watched(
        &self,
        caller: &Caller,
        name: &str,
        arguments: Map<String, Value>,
        watch: Option<&ProgressFn>,
    ) -> Result<Outcome, UnknownTool> {
        let Some(entry) =
            entries().find(|entry| entry.name() == name && self.offers(caller, *entry))
        else {
            return Err(self.unknown(caller, name));
        };
        let span = tracing::error_span!(
            "call",
            tool = entry.name(),
            caller = &*caller.name,
            request = &*caller.request
        );
        let mut counted = CallMetricsGuard {
            metrics: self.run.metrics(),
            tool: entry.name(),
            outcome: "cancelled",
        };
        // Boxed: a call under way is large, and a server holds many.
        let call = Box::pin(self.dispatch(caller, entry, arguments, watch));
        let call = contained(entry.name(), call).instrument(span);
        // A tool may ask several times, and a client waits for a minute at most.
        let within = tokio::time::timeout(self.run.limits().deadline, call);
        let outcome = within
            .await
            .unwrap_or_else(|_| Outcome::failed(entry.name(), self.run.limits().late()));
        counted.outcome = outcome.reply.as_ref().map_or_else(Error::word, |_| "ok");
        Ok(outcome)
    }

    fn unknown(&self, caller: &Caller, name: &str) -> UnknownTool {
        let listed: Vec<&str> = entries()
            .filter(|entry| self.offers(caller, *entry))
            .map(Entry::name)
            .collect();
        let shown = crate::reply::inline(name, 60);
        let message = match entries().find(|entry| entry.name() == name) {
            Some(hidden) if !self.serves(caller, hidden.provider()) => format!(
                "{shown} is not offered: no {} account is configured",
                hidden.provider().title()
            ),
            Some(_) => format!("{shown} is not offered by this server's settings"),
            None => match crate::project::closest_match(name, listed.into_iter()) {
                Some(near) => format!("no tool is called {shown}: did you mean {near}?"),
                None => format!("no tool is called {shown}"),
            },
        };
        UnknownTool { message }
    }

    async fn dispatch(
        &self,
        caller: &Caller,
        entry: Entry,
        mut arguments: Map<String, Value>,
        watch: Option<&ProgressFn>,
    ) -> Outcome {
        let fresh = arguments
            .remove("fresh")
            .is_some_and(|value| truthy(&value));
        let desk = Api::new(&self.run, fresh, watch);
        let listed = |name: &str| self.lists(caller, name);
        let ctx = CallContext {
            now: self.run.clock().now(),
            zone: &self.zone,
            projects: self.projects(caller),
            listed: &listed,
        };
        let mut question = None;
        let reply = match entry {
            Entry::Workflow(tool) => match tool.bind(arguments) {
                Ok(journey) => journey.answer(&ctx, &desk).await,
                Err(failure) => Err(failure),
            },
            Entry::Operation(tool) => {
                self.operate(caller, tool, arguments, &ctx, &desk, &mut question)
                    .await
            }
        };
        Outcome {
            reply,
            came: desk.came(),
            tool: entry.name(),
            question,
        }
    }

    async fn operate(
        &self,
        caller: &Caller,
        tool: &'static Tool<Box<dyn Call>>,
        mut arguments: Map<String, Value>,
        ctx: &CallContext<'_>,
        desk: &Api<'_>,
        question: &mut Option<ConfirmationRequest>,
    ) -> Result<Reply, Error> {
        let confirmed = arguments.remove("confirm");
        let call = tool.bind(arguments)?;
        let request = call.request(ctx)?;
        if tool.effect == Effect::Write {
            if self.policy.confirm == Confirm::Always {
                let account = self.run.projects().account(&request.account);
                let asked = self.sent.check(
                    account,
                    &caller.name,
                    &request,
                    confirmed.as_ref(),
                    ctx.now,
                )?;
                if let Some(value) = asked {
                    let reply = confirm::preview(tool.name, &request, &value);
                    *question = Some(confirm::question(tool.provider, &request, value));
                    return Ok(reply);
                }
            }
            tracing::warn!(
                tool = tool.name,
                caller = &*caller.name,
                account = &*request.account,
                "a write is sent"
            );
        }
        let confirmed = tool.effect == Effect::Write && self.policy.confirm == Confirm::Always;
        let write = confirmed.then(|| request.clone());
        let kept = desk.send(request).await.inspect_err(|error| {
            if let Some(write) = write.as_ref().filter(|_| confirm::proves_not_done(error)) {
                self.sent.give_back(&caller.name, write);
            }
        })?;
        match kept.wait {
            None => call
                .reply(ctx, &kept.data)
                .map_err(Error::unexpected_response),
            Some(wait) => stale::tell(&*call, ctx, &kept, wait),
        }
    }
}

/// A panic answers its own call and nothing else.
async fn contained(name: &'static str, call: impl Future<Output = Outcome>) -> Outcome {
    AssertUnwindSafe(call)
        .catch_unwind()
        .await
        .unwrap_or_else(|_| {
            tracing::error!(tool = name, "a call panicked");
            Outcome::failed(
                name,
                Error::unexpected_response(anyhow::anyhow!(
                    "a fault inside {name}; other calls are not affected"
                )),
            )
        })
}

/// Writes take one more argument than the catalogue knows.
fn published(mut definition: Definition, confirm: Confirm) -> Definition {
    if definition.effect == Effect::Write
        && confirm == Confirm::Always
        && let Some(Value::Object(properties)) =
            Arc::make_mut(&mut definition.input).get_mut("properties")
    {
        properties.insert(
            "confirm".to_owned(),
            serde_json::json!({"type": "string", "description": "the value the first call gave"}),
        );
    }
    definition
}

fn truthy(value: &Value) -> bool {
    value.as_bool().unwrap_or_else(|| {
        value
            .as_str()
            .is_some_and(|text| text.eq_ignore_ascii_case("true"))
    })
}

#[cfg(test)]
#[path = "dispatch_tests.rs"]
mod tests;
