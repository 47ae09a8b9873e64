//! How a tool is called: what is listed for a caller, the deadline, the panic guard, and the reply around an
//! answer.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::FutureExt as _;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};
use tokio::time::Instant;
use tracing::Instrument as _;

use super::answered::Answered;
use super::arguments::is_true;
use super::caller::{CallMetricsGuard, Caller};
use super::context::CallContext;
use super::entry::{Definition, Entry};
use super::policy::Policy;
use super::registry::{ENTRIES, is_write};
use super::tool::Effect;
use crate::error::Error;
use crate::project::{Projects, closest_match};
use crate::request::{CachePolicy, ConfirmationRequest, ProviderId, Request};
use crate::upstream::api::{Api, CallLog, ProgressFn, Rights};
use crate::upstream::bodies::RawResponse;
use crate::upstream::confirm::Confirm;
use crate::upstream::{CallLimits, Upstream};

/// Definitions of every tool there is, listed or not.
pub fn definitions() -> Vec<Definition> {
    ENTRIES
        .iter()
        .map(|entry| with_confirm(entry.definition(), Confirm::Always))
        .collect()
}

/// The caller named a tool that it was not given.
#[derive(Debug)]
pub struct UnknownTool {
    /// The sentence for the caller.
    pub message: String,
}

/// Result of a tool call.
pub struct Outcome {
    /// The tool that was called.
    pub tool: &'static str,
    /// The answer, or why there is none.
    pub result: Result<Answered, Error>,
    /// Requests made and responses received.
    pub log: CallLog,
    /// Bodies as they arrived, where they were collected.
    pub raw: Vec<RawResponse>,
    /// Set where the answer shows what a write would send.
    pub confirmation: Option<ConfirmationRequest>,
}

impl Outcome {
    fn failed(tool: &'static str, error: Error) -> Self {
        Self {
            tool,
            result: Err(error),
            log: CallLog::default(),
            raw: Vec::new(),
            confirmation: None,
        }
    }
}

/// What a caller wants besides the answer.
#[derive(Default, Clone, Copy)]
pub struct CallOptions<'a> {
    /// Receives progress.
    pub progress: Option<&'a ProgressFn>,
    /// Collects the bodies as they arrive; then nothing comes from the cache.
    pub raw: bool,
}

/// The tools over one upstream.
pub struct Toolbox {
    upstream: Arc<Upstream>,
    zone: TimeZone,
    policy: Policy,
}

impl Toolbox {
    /// The tools of an upstream, for a reader in this zone.
    pub fn new(upstream: Arc<Upstream>, zone: TimeZone, policy: Policy) -> Self {
        Self {
            upstream,
            zone,
            policy,
        }
    }

    /// A toolbox of the same policy for another identity, with its own accounts and cache.
    #[must_use]
    pub fn fork_for(&self, projects: Arc<Projects>, limits: CallLimits) -> Self {
        Self {
            upstream: Arc::new(self.upstream.fork_for(projects, limits)),
            zone: self.zone.clone(),
            policy: self.policy.clone(),
        }
    }

    /// What calls pass through.
    pub fn upstream(&self) -> &Upstream {
        &self.upstream
    }

    /// The projects this caller may name.
    pub fn projects<'a>(&'a self, caller: &'a Caller) -> &'a Arc<Projects> {
        caller.projects.as_ref().unwrap_or(self.upstream.projects())
    }

    /// What this caller may call, in a fixed order.
    pub fn list(&self, caller: &Caller) -> Vec<Definition> {
        self.listed(caller)
            .map(|entry| with_confirm(entry.definition(), self.policy.confirm))
            .collect()
    }

    /// Names of what this caller may call.
    pub fn names(&self, caller: &Caller) -> Vec<&'static str> {
        self.listed(caller).map(|entry| entry.name).collect()
    }

    /// Names and aliases of the projects this caller may name.
    pub fn project_names(&self, caller: &Caller) -> Vec<String> {
        self.projects(caller).names().map(str::to_owned).collect()
    }

    fn listed<'a>(&'a self, caller: &'a Caller) -> impl Iterator<Item = &'static Entry> + 'a {
        ENTRIES
            .iter()
            .filter(move |entry| self.is_listed(caller, entry))
    }

    fn is_listed(&self, caller: &Caller, entry: &Entry) -> bool {
        let refused = caller.read_only && entry.effect() == Effect::Write;
        !refused && self.has_service(caller, entry.provider()) && self.policy.is_enabled(entry)
    }

    /// CrashSight always: without credentials its tools name the settings to make. Agora and Getui where an
    /// account is configured, and where one of the caller's projects has an app there when those are limited.
    fn has_service(&self, caller: &Caller, provider: ProviderId) -> bool {
        let projects = self.projects(caller);
        let reached = || {
            let mut all = projects.projects.iter();
            !projects.restricted || all.any(|project| project.has_app(provider))
        };
        provider == ProviderId::CrashSight
            || (projects.first_account(provider).is_some() && reached())
    }

    /// Whether this caller may call a tool of this name, and it writes.
    pub fn is_write(&self, caller: &Caller, name: &str) -> bool {
        self.listed(caller)
            .any(|entry| entry.name == name && entry.effect() == Effect::Write)
    }

    /// Calls a tool without options. See [`Toolbox::call_with`].
    pub async fn call(
        &self,
        caller: &Caller,
        name: &str,
        arguments: Map<String, Value>,
    ) -> Result<Outcome, UnknownTool> {
        self.call_with(caller, name, arguments, CallOptions::default())
            .await
    }

    /// Calls a tool. Mistakes in the arguments are part of the outcome; an unknown name is none.
    pub async fn call_with(
        &self,
        caller: &Caller,
        name: &str,
        arguments: Map<String, Value>,
        options: CallOptions<'_>,
    ) -> Result<Outcome, UnknownTool> {
        let Some(entry) = self.listed(caller).find(|entry| entry.name == name) else {
            return Err(self.unknown(caller, name));
        };
        let span = tracing::error_span!(
            "call",
            tool = entry.name,
            caller = &*caller.name,
            request = &*caller.request
        );
        let mut guard = CallMetricsGuard {
            metrics: self.upstream.metrics(),
            tool: entry.name,
            outcome: "cancelled",
            started: Instant::now(),
        };
        // Boxed: a call under way is large, and a server holds many.
        let departed = AtomicBool::new(false);
        let call = Box::pin(self.dispatch(caller, entry, arguments, options, &departed));
        let call = catch_panic(entry.name, call).instrument(span);
        // A tool may make several requests, and a client waits for a minute at most.
        let limits = self.upstream.limits();
        let deadline = entry.deadline.unwrap_or(limits.deadline);
        let outcome = tokio::time::timeout(deadline, call)
            .await
            .unwrap_or_else(|_| {
                let error = limits.deadline_exceeded();
                let error = if departed.load(Ordering::Relaxed) {
                    Error::outcome_unknown(error).check_with(entry.check)
                } else {
                    error
                };
                Outcome::failed(entry.name, error)
            });
        guard.outcome = outcome.result.as_ref().map_or_else(Error::kind, |_| "ok");
        Ok(outcome)
    }

    /// Whether a simulator answers this caller.
    pub fn is_simulated(&self, caller: &Caller) -> bool {
        self.projects(caller).simulated
    }

    /// The reply to a write that the user declined.
    pub fn declined(&self, caller: &Caller, name: &str) -> Option<Answered> {
        let entry = ENTRIES.iter().find(|entry| entry.name == name)?;
        Some(Answered::declined(entry.name, &self.context(caller)))
    }

    fn context(&self, caller: &Caller) -> CallContext {
        CallContext {
            now: self.upstream.clock().now(),
            zone: self.zone.clone(),
            projects: Arc::clone(self.projects(caller)),
            symbol_uploader: self.policy.symbol_uploader.clone(),
        }
    }

    fn unknown(&self, caller: &Caller, name: &str) -> UnknownTool {
        let shown = crate::reply::inline(name, 60);
        let message = match ENTRIES.iter().find(|entry| entry.name == name) {
            Some(hidden) if !self.has_service(caller, hidden.provider()) => format!(
                "{shown} is not available: no {} account is configured",
                hidden.provider().display_name()
            ),
            Some(hidden) if hidden.uploader && self.policy.symbol_uploader.is_none() => format!(
                "{shown} is not available: it needs the vendor's uploader and the app's key in the settings, and a \
                 client on the same machine"
            ),
            Some(_) => format!("{shown} is disabled by this server's settings"),
            None => match closest_match(name, self.names(caller).into_iter()) {
                Some(near) => format!("no tool is called {shown}: did you mean {near}?"),
                None => format!("no tool is called {shown}"),
            },
        };
        UnknownTool { message }
    }

    async fn dispatch(
        &self,
        caller: &Caller,
        entry: &'static Entry,
        mut arguments: Map<String, Value>,
        options: CallOptions<'_>,
        departed: &AtomicBool,
    ) -> Outcome {
        let fresh = arguments
            .remove("fresh")
            .is_some_and(|value| is_true(&value));
        let confirmation = (entry.effect() == Effect::Write)
            .then(|| arguments.remove("confirm"))
            .flatten()
            .and_then(|value| value.as_str().map(str::to_owned));
        let rights = Rights {
            tool: entry.name,
            writes: entry.writes,
            is_write,
            read_only: self.policy.read_only || caller.read_only,
            confirm: self.policy.confirm,
            caller: &caller.name,
            departed,
        };
        let api = Api::new(&self.upstream, rights)
            .confirmation(confirmation)
            .fresh(fresh)
            .collecting(options.raw)
            .progress(options.progress);
        let ctx = self.context(caller);
        let result = entry.call(arguments, &ctx, &api).await;
        match &result {
            Err(Error::UnexpectedResponse(_)) => api.forget_responses(|_| true).await,
            // What led to "no such issue" or to a refusal is not kept either: the next response may be another. What is
            // kept for longer than a minute led nowhere.
            Err(
                Error::InvalidArguments(_) | Error::NotAvailable { .. } | Error::Rejected { .. },
            ) => {
                let changing = |request: &Request| request.cache == CachePolicy::OneMinute;
                api.forget_responses(changing).await;
            }
            _ => {}
        }
        let log = api.call_log();
        let raw = api.raw();
        let (result, confirmation) = match result {
            Ok(output) => {
                let listed = self.names(caller);
                let answered = Answered::new(entry.name, output, &ctx, &log, &listed);
                (Ok(answered), None)
            }
            Err(Error::ConfirmationRequired(request)) => {
                let preview = Answered::preview(entry.name, &request, &ctx);
                (Ok(preview), Some(*request))
            }
            Err(error) => (Err(error), None),
        };
        Outcome {
            tool: entry.name,
            result,
            log,
            raw,
            confirmation,
        }
    }
}

/// A panic ends its own call and nothing else.
async fn catch_panic(name: &'static str, call: impl Future<Output = Outcome>) -> Outcome {
    AssertUnwindSafe(call)
        .catch_unwind()
        .await
        .unwrap_or_else(|_| {
            tracing::error!(tool = name, "tool call panicked");
            Outcome::failed(
                name,
                Error::unexpected_response(anyhow::anyhow!(
                    "a fault inside {name}; other calls are not affected"
                )),
            )
        })
}

/// Writes take one more argument than their struct has.
fn with_confirm(mut definition: Definition, confirm: Confirm) -> Definition {
    if definition.effect == Effect::Write
        && confirm == Confirm::Always
        && let Some(Value::Object(properties)) =
            Arc::make_mut(&mut definition.input).get_mut("properties")
    {
        properties.insert(
            "confirm".to_owned(),
            json!({"type": "string", "description": "confirmation value returned by the first call"}),
        );
    }
    definition
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_ends_its_own_call() {
        let outcome =
            catch_panic("crashsight_get_issue", async { panic!("a broken promise") }).await;
        let error = outcome.result.err().map(|error| error.to_string());
        assert!(error.is_some_and(|text| text.contains("a fault inside crashsight_get_issue")));
    }
}
