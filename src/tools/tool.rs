//! What an operation is: its facts, how arguments become a request, how an answer becomes a reply.

use super::schema;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use schemars::JsonSchema;

use crate::args::ProjectName;
use crate::error::Error;
use crate::project::{Destination, Projects, ServiceAppRef, Target};
use crate::reply::{Next, Reply};
use crate::request::{ProviderId, Request};
use crate::time_range::{Granularity, Window, WindowSpec, Zones};

/// What a call does to the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    Read,
    /// Adds or changes something; asked for twice before it is sent.
    Write,
}

/// One operation of a service. The struct's fields are the tool's arguments, its doc comment the tool's
/// description.
pub trait Operation: DeserializeOwned + JsonSchema + Send + 'static {
    /// The tool: `provider_verb_noun`.
    const NAME: &'static str;
    /// Whose operation it is.
    const PROVIDER: ProviderId = ProviderId::CrashSight;
    /// The vendor's name of it.
    const PATH: &'static str;
    /// What it does.
    const EFFECT: Effect = Effect::Read;
    /// Whether the same call twice is no worse than once.
    const IDEMPOTENT: bool = true;

    /// The request to send, or why there is none. Pure.
    fn request(&self, ctx: &CallContext<'_>) -> Result<Request, Error>;

    /// What to tell of the opened answer. Pure.
    fn reply(&self, ctx: &CallContext<'_>, data: &Value) -> anyhow::Result<Reply>;
}

/// An operation with its arguments.
pub trait Call: Send {
    /// See [`Operation::request`].
    fn request(&self, ctx: &CallContext<'_>) -> Result<Request, Error>;
    /// See [`Operation::reply`].
    fn reply(&self, ctx: &CallContext<'_>, data: &Value) -> anyhow::Result<Reply>;
}

impl<O: Operation> Call for O {
    fn request(&self, ctx: &CallContext<'_>) -> Result<Request, Error> {
        Operation::request(self, ctx)
    }

    fn reply(&self, ctx: &CallContext<'_>, data: &Value) -> anyhow::Result<Reply> {
        Operation::reply(self, ctx, data)
    }
}

/// A row of the catalogue: a tool's facts, and how arguments become something to run.
pub struct Tool<B: 'static = Box<dyn Call>> {
    /// The tool's name.
    pub name: &'static str,
    /// Whose it is.
    pub provider: ProviderId,
    /// The vendor's operation, or operations.
    pub path: &'static str,
    /// What it does.
    pub effect: Effect,
    /// Whether the same call twice is no worse than once.
    pub idempotent: bool,
    derive: fn() -> Map<String, Value>,
    bind: fn(Value) -> Result<B, Error>,
}

impl Tool {
    /// The row of an operation.
    pub const fn of<O: Operation>() -> Self {
        let mut tool = Self::new::<O>(O::NAME, O::PROVIDER, O::PATH, O::EFFECT, |arguments| {
            Ok(Box::new(parse::<O>(arguments)?))
        });
        tool.idempotent = O::IDEMPOTENT;
        tool
    }
}

impl<B> Tool<B> {
    /// A row whose arguments are `A`.
    pub const fn new<A: JsonSchema>(
        name: &'static str,
        provider: ProviderId,
        path: &'static str,
        effect: Effect,
        bind: fn(Value) -> Result<B, Error>,
    ) -> Self {
        Self {
            name,
            provider,
            path,
            effect,
            idempotent: true,
            derive: schema::of::<A>,
            bind,
        }
    }

    /// What a client is told about it. Derived when it is first needed, once: a list has dozens, and every
    /// call reads one.
    pub fn definition(&self) -> Definition {
        static DERIVED: Mutex<BTreeMap<&str, Definition>> = Mutex::new(BTreeMap::new());
        let mut derived = DERIVED.lock().unwrap_or_else(PoisonError::into_inner);
        derived
            .entry(self.name)
            .or_insert_with(|| self.derived())
            .clone()
    }

    fn derived(&self) -> Definition {
        let mut schema = (self.derive)();
        let description = match schema.remove("description") {
            Some(Value::String(text)) => text,
            _ => String::new(),
        };
        Definition {
            name: self.name,
            title: title(self.name).into(),
            description: description.into(),
            input: Arc::new(schema),
            effect: self.effect,
            idempotent: self.idempotent,
            path: self.path,
        }
    }

    /// Arguments to something that can run. An unknown one is refused with the nearest known.
    pub fn bind(&self, arguments: Map<String, Value>) -> Result<B, Error> {
        let schema = self.definition().input;
        let names = |key: &str| match schema.get(key) {
            Some(Value::Object(properties)) => properties.keys().cloned().collect(),
            Some(Value::Array(names)) => names
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            _ => Vec::new(),
        };
        let (known, required): (Vec<String>, Vec<String>) =
            (names("properties"), names("required"));
        // Models send null and "" for what they leave open.
        let arguments: Map<String, Value> = arguments
            .into_iter()
            .filter(|(name, value)| {
                let open =
                    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty());
                !open || (required.contains(name) && !value.is_null())
            })
            .collect();
        if let Some(stranger) = arguments.keys().find(|name| !known.contains(name)) {
            let near = crate::project::closest_match(stranger, known.iter().map(String::as_str))
                .map(|near| format!(": did you mean `{near}`?"))
                .unwrap_or_default();
            return Err(Error::invalid_arguments(format!(
                "unknown argument `{}`{near}\nhint: {} takes {}",
                crate::reply::inline(stranger, 40),
                self.name,
                if known.is_empty() {
                    "none".to_owned()
                } else {
                    known.join(", ")
                },
            )));
        }
        if let Some(missing) = required.iter().find(|name| !arguments.contains_key(*name)) {
            return Err(Error::invalid_arguments(format!(
                "`{missing}` is needed: {} takes {}",
                self.name,
                known.join(", ")
            )));
        }
        (self.bind)(Value::Object(arguments))
    }
}

/// Parses arguments; an error names the field, what came and what was expected.
pub fn parse<A: DeserializeOwned>(arguments: Value) -> Result<A, Error> {
    serde_path_to_error::deserialize(arguments).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner().to_string();
        let near = unknown_word(&inner);
        Error::InvalidArguments(if path == "." {
            format!("{inner}{near}")
        } else {
            format!("{path}: {inner}{near}")
        })
    })
}

/// `unknown variant `crsh`, expected one of `crash`, `anr``: adds the nearest.
fn unknown_word(error: &str) -> String {
    let mut quoted = error.split('`').skip(1).step_by(2);
    let (true, Some(typed)) = (error.contains("unknown variant"), quoted.next()) else {
        return String::new();
    };
    crate::project::closest_match(typed, quoted)
        .map(|near| format!(": did you mean `{near}`?"))
        .unwrap_or_default()
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
    /// What it does.
    pub effect: Effect,
    /// Whether the same call twice is no worse than once.
    pub idempotent: bool,
    /// The vendor's operation, or operations.
    pub path: &'static str,
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

/// What a call may know: the time, who is configured, what is listed. No credential, no address.
pub struct CallContext<'a> {
    /// The time of the call.
    pub now: Timestamp,
    /// The reader's zone.
    pub zone: &'a TimeZone,
    /// Accounts and projects.
    pub projects: &'a Projects,
    /// Whether a tool is listed for this caller.
    pub listed: &'a (dyn Fn(&str) -> bool + Sync),
}

impl CallContext<'_> {
    /// The app that the `project` argument means.
    pub fn target(&self, project: Option<&ProjectName>) -> Result<Target, Error> {
        self.projects.crashsight(project)
    }

    /// The app at a companion service that the `project` argument means.
    pub fn companion(
        &self,
        provider: ProviderId,
        project: Option<&ProjectName>,
    ) -> Result<ServiceAppRef, Error> {
        self.projects.companion(provider, project)
    }

    /// The range that the `window` argument means for this app.
    pub fn window(
        &self,
        window: Option<&WindowSpec>,
        default: &WindowSpec,
        grain: Granularity,
        target: &impl Destination,
    ) -> Result<Window, Error> {
        let zones = Zones {
            site: target.account().zone.clone(),
            reader: self.zone.clone(),
        };
        window.unwrap_or(default).resolve(grain, self.now, &zones)
    }

    /// A next call, when that tool is listed; `project` is added where it is not the default.
    pub fn next(&self, tool: &str, target: &impl Destination, arguments: Value) -> Option<Next> {
        if !(self.listed)(tool) {
            return None;
        }
        let Value::Object(own) = arguments else {
            return None;
        };
        if !own.values().all(harmless) {
            return None;
        }
        let mut arguments = Map::new();
        if !target.default() {
            let label = target.label().to_owned();
            arguments.insert("project".to_owned(), Value::String(label));
        }
        arguments.extend(own);
        Some(Next {
            tool: tool.to_owned(),
            arguments,
        })
    }
}

/// Only ids, numbers and our own words leave a fence: no vendor text in a suggestion.
fn harmless(value: &Value) -> bool {
    match value {
        Value::Number(_) | Value::Bool(_) => true,
        Value::String(text) => {
            (1..=64).contains(&text.len())
                && text
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b':' | b'_' | b'-' | b'.'))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::{Limit, ReportKind};
    use serde::Deserialize;
    use serde_json::json;

    /// Lists things.
    #[derive(Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[expect(dead_code, reason = "only parsed")]
        issue: String,
        #[serde(default)]
        kind: ReportKind,
        /// Limit.
        #[serde(default)]
        #[expect(dead_code, reason = "only parsed")]
        limit: Limit<10, 100>,
        #[serde(default)]
        #[expect(dead_code, reason = "only parsed")]
        window: Option<WindowSpec>,
    }

    const TOOL: Tool<ReportKind> = Tool::new::<Sample>(
        "crashsight_list_samples",
        ProviderId::CrashSight,
        "sample",
        Effect::Read,
        |arguments| Ok(parse::<Sample>(arguments)?.kind),
    );

    fn bind(arguments: &Value) -> Result<ReportKind, String> {
        TOOL.bind(arguments.as_object().cloned().unwrap_or_default())
            .map_err(|failure| failure.to_string())
    }

    #[test]
    fn a_definition_is_plain() {
        let definition = TOOL.definition();
        assert_eq!(&*definition.title, "List samples");
        assert_eq!(&*definition.description, "Lists things.");
        insta::assert_snapshot!(Value::Object((*definition.input).clone()), @r#"{"type":"object","additionalProperties":false,"properties":{"issue":{"type":"string"},"kind":{"type":"string","enum":["crash","anr","error"]},"limit":{"type":"integer","minimum":1,"maximum":100,"default":10,"description":"Limit."},"window":{"type":"string","description":"today, 7d, 2026-11-01..2026-11-07"}},"required":["issue"]}"#);
    }

    #[test]
    fn what_is_left_open_is_absent() {
        assert_eq!(
            bind(&json!({"issue": "x", "kind": null, "limit": "", "window": ""})),
            Ok(ReportKind::Crash)
        );
    }

    #[test]
    fn mistakes_are_named_with_what_was_expected() {
        let error = |arguments| bind(&arguments).unwrap_err();
        insta::assert_snapshot!(error(json!({"isue": "x"})), @r"
        unknown argument `isue`: did you mean `issue`?
        hint: crashsight_list_samples takes issue, kind, limit, window
        ");
        insta::assert_snapshot!(error(json!({})), @"`issue` is needed: crashsight_list_samples takes issue, kind, limit, window");
        insta::assert_snapshot!(error(json!({"issue": "x", "kind": "crsh"})), @"kind: unknown variant `crsh`, expected one of `crash`, `anr`, `error`: did you mean `crash`?");
        insta::assert_snapshot!(error(json!({"issue": "x", "limit": 300})), @"limit: expected 1 to 100, not 300");
        insta::assert_snapshot!(error(json!({"issue": "x", "window": "soon"})), @"window: a time range is today, yesterday, 7d, 24h, this_week, last_week, this_month, last_month, 2026-11-20, 2026-11-01..2026-11-07 or 2026-11-20T08..2026-11-20T12, not `soon`");
    }
}
