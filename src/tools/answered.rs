//! An answer on its way out: the same output as text for a reader and as data for a program.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::arguments::is_safe_argument;
use super::context::CallContext;
use super::entry::AnyOutput;
use crate::error::Error;
use crate::reply::{Cell, Code, Fact, Next, Reply};
use crate::request::ConfirmationRequest;
use crate::upstream::api::CallLog;

/// An answer, rendered, with its data at hand.
pub struct Answered {
    tool: &'static str,
    output: Option<Box<dyn AnyOutput>>,
    as_of: Timestamp,
    simulated: bool,
    next: Vec<Next>,
    notes: Vec<String>,
    confirmation: Option<Value>,
    reply: Reply,
}

/// What every first line says when a simulator answers.
const SIMULATED: &str = "simulated data";

impl Answered {
    /// Renders an output; `listed` are the tools that a next call may name.
    pub(super) fn new(
        tool: &'static str,
        output: Box<dyn AnyOutput>,
        ctx: &CallContext,
        log: &CallLog,
        listed: &[&str],
    ) -> Self {
        let meta = output.meta();
        let simulated = ctx.projects.simulated;
        let mut reply = Reply::with_title(meta.heading.iter().cloned());
        if simulated {
            reply.add_title(SIMULATED);
        }
        if let Some(tokens) = meta.max_tokens {
            reply.max_tokens(tokens);
        }
        output.render(&mut reply);
        let mut notes = meta.notes.clone();
        let stale = log.responses.iter().filter_map(|response| {
            let stale = response.stale.as_ref()?;
            Some((response.at, &stale.cause))
        });
        if let Some((at, cause)) = stale.min_by_key(|(at, _)| *at) {
            let age = ctx.now.duration_since(at).as_secs();
            reply.add_title(format!("cached {} ago", crate::reply::duration(age)));
            notes.push(not_refreshed(cause));
        }
        let waited = log.waited.as_secs();
        if waited > 0 {
            notes.push(format!("waited {waited} s for the rate limit"));
        }
        for note in &notes {
            reply.note(note);
        }
        let next: Vec<Next> = meta
            .next
            .iter()
            .filter(|next| listed.contains(&next.tool.as_str()))
            .filter(|next| {
                let mut own = next.arguments.iter().filter(|(name, _)| *name != "project");
                own.all(|(_, value)| is_safe_argument(value))
            })
            .take(2)
            .cloned()
            .collect();
        for next in &next {
            reply.suggest(next.clone());
        }
        Self {
            tool,
            as_of: log.oldest().unwrap_or(ctx.now),
            simulated,
            next,
            notes,
            reply,
            confirmation: None,
            output: Some(output),
        }
    }

    /// What a write would send, and how to send it.
    pub(super) fn preview(
        tool: &'static str,
        request: &ConfirmationRequest,
        ctx: &CallContext,
    ) -> Self {
        let mut answered = Self::unsent(tool, "nothing is sent yet", ctx);
        let reply = &mut answered.reply;
        let line = crate::reply::inline(&request.line, 1_000);
        for (name, value) in &request.changes {
            reply.facts([Fact::new(*name, Cell::Untrusted(value.clone()))]);
        }
        reply.facts([Fact::new(
            format!("would {}", request.action),
            Cell::text(line),
        )]);
        if let Some(body) = &request.body {
            reply.code(Code::head("", Value::Object(body.clone()).to_string()));
        }
        let note = format!(
            "to execute, repeat the call with \"confirm\":\"{}\" within 10 minutes after the user agrees",
            request.value
        );
        reply.note(&note);
        answered.notes.push(note);
        let changes = request.changes.iter();
        let changes: Vec<Value> = changes
            .map(|(name, value)| json!({"name": name, "value": value}))
            .collect();
        answered.confirmation = Some(json!({
            "request": request.line,
            "body": request.body,
            "changes": changes,
            "confirm": request.value,
        }));
        answered
    }

    /// A write that the user declined.
    pub(super) fn declined(tool: &'static str, ctx: &CallContext) -> Self {
        let why = "not sent, the user declined";
        let mut answered = Self::unsent(tool, why, ctx);
        answered.notes.push(why.to_owned());
        answered
    }

    /// A write that was not sent.
    fn unsent(tool: &'static str, why: &str, ctx: &CallContext) -> Self {
        let simulated = ctx.projects.simulated;
        let mut reply = Reply::with_title([format!("{tool}: {why}")]);
        if simulated {
            reply.add_title(SIMULATED);
        }
        Self {
            tool,
            output: None,
            as_of: ctx.now,
            simulated,
            next: Vec::new(),
            notes: Vec::new(),
            confirmation: None,
            reply,
        }
    }

    /// The text, not yet cut to a budget.
    pub fn reply(&self) -> &Reply {
        &self.reply
    }

    /// The data: not cut by the token budget, only at the ceiling of a reply.
    pub fn data(&self) -> Value {
        let mut data = self.fields();
        super::data::finish(&mut data);
        data
    }

    /// The same without a ceiling, for a program that asked for all of it.
    pub(crate) fn whole_data(&self) -> Value {
        let mut data = self.fields();
        super::data::remove_nulls(&mut data);
        data
    }

    fn fields(&self) -> Value {
        let mut data = Map::new();
        data.insert("tool".to_owned(), json!(self.tool));
        if let Some(output) = &self.output {
            let meta = output.meta();
            if let Some(project) = &meta.project {
                data.insert("project".to_owned(), json!(project));
            }
            if let Some(range) = &meta.range {
                data.insert("range".to_owned(), json!(range));
            }
        }
        data.insert("as_of".to_owned(), json!(rfc3339(self.as_of)));
        data.insert("simulated".to_owned(), json!(self.simulated));
        if let Some(output) = &self.output {
            data.insert("answer".to_owned(), output.data());
        }
        if let Some(confirmation) = &self.confirmation {
            data.insert("confirmation".to_owned(), confirmation.clone());
        }
        data.insert("notes".to_owned(), json!(self.notes));
        let next: Vec<Value> = self
            .next
            .iter()
            .map(|next| json!({"tool": next.tool, "arguments": next.arguments}))
            .collect();
        data.insert("next".to_owned(), json!(next));
        Value::Object(data)
    }
}

/// Why an older answer is given.
fn not_refreshed(cause: &Error) -> String {
    match cause {
        Error::RateLimited { retry_after } => {
            let wait = whole_seconds(retry_after.unwrap_or(Duration::from_secs(60)));
            format!(
                "rate-limited; next refresh in {}",
                crate::reply::duration(wait)
            )
        }
        // Vendor text begins on the second line.
        other => {
            let cause = other.to_string();
            format!(
                "not refreshed: {}",
                cause.lines().next().unwrap_or_default()
            )
        }
    }
}

fn rfc3339(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn whole_seconds(wait: Duration) -> i64 {
    i64::try_from(wait.as_secs())
        .unwrap_or(i64::MAX)
        .saturating_add(1)
}
