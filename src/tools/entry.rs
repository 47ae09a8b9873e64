//! A row of the registry: a tool's facts, its definition, and how a call of it is run whatever its type.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::{Map, Value};

use super::arguments::parse_arguments;
use super::context::CallContext;
use super::output::{Meta, Output};
use super::schema;
use super::tool::{Effect, Tool};
use crate::error::Error;
use crate::reply::Reply;
use crate::request::ProviderId;
use crate::upstream::api::Api;

/// An output whose type is forgotten.
pub(super) trait AnyOutput: Send + Sync {
    /// What surrounds the answer.
    fn meta(&self) -> &Meta;
    /// The blocks of the answer, rendered.
    fn render(&self, reply: &mut Reply);
    /// The answer as data.
    fn data(&self) -> Value;
}

struct Typed<T: Tool>(Output<T::Answer>, PhantomData<fn() -> T>);

impl<T: Tool> AnyOutput for Typed<T> {
    fn meta(&self) -> &Meta {
        &self.0.meta
    }

    fn render(&self, reply: &mut Reply) {
        T::render(&self.0, reply);
    }

    fn data(&self) -> Value {
        serde_json::to_value(&self.0.answer).unwrap_or_default()
    }
}

pub(super) type Run = for<'a> fn(
    Map<String, Value>,
    &'a CallContext,
    &'a Api<'a>,
) -> BoxFuture<'a, Result<Box<dyn AnyOutput>, Error>>;

/// What a tool answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One operation of a service, and what belongs to it.
    Operation,
    /// The answers of other tools.
    Question,
}

/// A tool's facts, and how it is called.
pub(super) struct Entry {
    pub(super) name: &'static str,
    pub(super) upstream: &'static [&'static str],
    pub(super) writes: &'static [&'static str],
    pub(super) idempotent: bool,
    pub(super) kind: Kind,
    /// Where the effect of a write can be seen.
    pub(super) check: &'static str,
    pub(super) overwrites: bool,
    pub(super) uploader: bool,
    pub(super) deadline: Option<Duration>,
    pub(super) input: fn() -> Map<String, Value>,
    pub(super) output: fn() -> Map<String, Value>,
    pub(super) run: Run,
}

impl Entry {
    /// The row of a tool.
    pub(super) const fn of<T: Tool>() -> Self {
        Self {
            name: T::NAME,
            upstream: T::UPSTREAM,
            writes: T::WRITES,
            idempotent: T::IDEMPOTENT,
            kind: Kind::Operation,
            check: T::CHECK,
            overwrites: T::OVERWRITES,
            uploader: T::UPLOADER,
            deadline: T::DEADLINE,
            input: schema::input::<T>,
            output: schema::output::<T::Answer>,
            run: |arguments, ctx, api| Box::pin(run::<T>(arguments, ctx, api)),
        }
    }

    /// The row of a question tool.
    pub(super) const fn question<T: Tool>() -> Self {
        Self {
            kind: Kind::Question,
            ..Self::of::<T>()
        }
    }

    /// The service whose tool it is, by the prefix of its name.
    pub(super) fn provider(&self) -> ProviderId {
        match self.name.split('_').next() {
            Some("agora") => ProviderId::Agora,
            Some("getui") => ProviderId::Getui,
            _ => ProviderId::CrashSight,
        }
    }

    /// What it does to the service.
    pub(super) fn effect(&self) -> Effect {
        if self.writes.is_empty() {
            Effect::Read
        } else {
            Effect::Write
        }
    }

    /// What a client receives of it. Derived at first use, once: a list has dozens, and every call reads
    /// one.
    pub(super) fn definition(&self) -> Definition {
        static DERIVED: Mutex<BTreeMap<&str, Definition>> = Mutex::new(BTreeMap::new());
        let mut derived = DERIVED.lock().unwrap_or_else(PoisonError::into_inner);
        derived
            .entry(self.name)
            .or_insert_with(|| self.build_definition())
            .clone()
    }

    fn build_definition(&self) -> Definition {
        let mut schema = (self.input)();
        let description = match schema.remove("description") {
            Some(Value::String(text)) => text,
            _ => String::new(),
        };
        Definition {
            name: self.name,
            title: title(self.name).into(),
            description: description.into(),
            input: Arc::new(schema),
            output: self.output,
            effect: self.effect(),
            idempotent: self.idempotent,
            overwrites: self.overwrites,
            upstream: self.upstream,
        }
    }

    /// Parses the arguments and answers.
    pub(super) async fn call<'a>(
        &self,
        arguments: Map<String, Value>,
        ctx: &'a CallContext,
        api: &'a Api<'a>,
    ) -> Result<Box<dyn AnyOutput>, Error> {
        (self.run)(arguments, ctx, api).await
    }
}

async fn run<T: Tool>(
    arguments: Map<String, Value>,
    ctx: &CallContext,
    api: &Api<'_>,
) -> Result<Box<dyn AnyOutput>, Error> {
    let schema = Entry::of::<T>().definition().input;
    let tool: T = parse_arguments(T::NAME, &schema, arguments)?;
    let output = tool.answer(ctx, api).await;
    let output = output.map_err(|error| error.check_with(T::CHECK))?;
    Ok(Box::new(Typed::<T>(output, PhantomData)))
}

/// A tool as a client receives it; copies share what is long.
#[derive(Debug, Clone)]
pub struct Definition {
    /// Its name.
    pub name: &'static str,
    /// Its name for people.
    pub title: Arc<str>,
    /// What it returns, when to use it, what to call next.
    pub description: Arc<str>,
    /// The schema of its arguments.
    pub input: Arc<Map<String, Value>>,
    output: fn() -> Map<String, Value>,
    /// What it does to the service.
    pub effect: Effect,
    /// Whether the same call twice is no worse than once.
    pub idempotent: bool,
    /// Whether a write replaces what was there, instead of adding to it.
    pub overwrites: bool,
    /// The vendor's operations it may call.
    pub upstream: &'static [&'static str],
}

impl Definition {
    /// The schema of what `--json` and `structuredContent` carry.
    pub fn output(&self) -> Map<String, Value> {
        let mut schema = (self.output)();
        if self.effect == Effect::Write {
            schema::unsent(&mut schema);
        }
        schema
    }
}

/// `crashsight_list_top_issues` as `List top issues`.
fn title(name: &str) -> String {
    let words = name
        .split_once('_')
        .map_or(name, |(_, rest)| rest)
        .replace('_', " ");
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => words,
    }
}
