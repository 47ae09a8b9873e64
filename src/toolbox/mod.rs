//! The only list of tools and the only way to call one: what is listed, what is refused, what is
//! confirmed first, and that a panic stays inside its call.

mod confirm;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use crate::cache::Kept;
use crate::catalog;
use crate::failure::Failure;
use crate::operation::{Call, CallContext, Definition, Effect, Tool};
use crate::reply::Reply;
use crate::run::{Desk, Run};
use crate::workflow::{self, Journey};

pub use confirm::Confirm;

/// A row of either kind.
#[derive(Clone, Copy)]
enum Entry {
    Operation(&'static Tool<Box<dyn Call>>),
    Workflow(&'static Tool<Box<dyn Journey>>),
}

impl Entry {
    fn name(self) -> &'static str {
        match self {
            Self::Operation(tool) => tool.name,
            Self::Workflow(tool) => tool.name,
        }
    }

    fn effect(self) -> Effect {
        match self {
            Self::Operation(tool) => tool.effect,
            Self::Workflow(tool) => tool.effect,
        }
    }

    fn definition(self) -> Definition {
        match self {
            Self::Operation(tool) => tool.definition(),
            Self::Workflow(tool) => tool.definition(),
        }
    }
}

/// The order in which tools are listed: the most useful first. Every tool stands here once.
const ORDER: &[&str] = &[
    "crashsight_list_top_issues",
    "crashsight_get_issue",
    "crashsight_get_last_crash",
    "crashsight_get_crash",
    "crashsight_read_crash",
    "crashsight_search_issues",
    "crashsight_get_daily_trend",
    "crashsight_get_hourly_trend",
    "crashsight_list_hourly_top_issues",
    "crashsight_list_issue_crashes",
    "crashsight_get_crash_logs",
    "crashsight_list_user_crashes",
    "crashsight_list_issue_devices",
    "crashsight_list_issue_notes",
    "crashsight_get_app_options",
    "crashsight_get_day_stats",
    "crashsight_get_cumulative_trend",
    "crashsight_count_stack_crashes",
    "crashsight_list_stack_devices",
    "crashsight_list_device_crashes",
    "crashsight_list_device_users",
    "crashsight_list_crash_users",
    "crashsight_get_advanced_trend",
    "crashsight_get_cumulative_trend_basic",
    "crashsight_get_hourly_trend_basic",
    "crashsight_add_issue_tag",
    "crashsight_list_projects",
];

/// Every tool, in the order of the list.
fn entries() -> impl Iterator<Item = Entry> {
    ORDER.iter().filter_map(|name| {
        catalog::tools()
            .find(|tool| tool.name == *name)
            .map(Entry::Operation)
            .or_else(|| {
                workflow::TOOLS
                    .iter()
                    .find(|tool| tool.name == *name)
                    .map(Entry::Workflow)
            })
    })
}

/// Definitions of every tool there is, listed or not.
pub fn definitions() -> Vec<Definition> {
    entries()
        .map(|entry| published(entry.definition(), Confirm::Always))
        .collect()
}

/// Who calls: what is logged of a write, and later whose identity signs.
#[derive(Debug, Clone)]
pub struct Caller {
    /// A name for the log.
    pub name: Arc<str>,
}

/// What the toolbox is told at start.
#[derive(Debug, Clone, Copy, Default)]
pub struct Policy {
    /// No write is listed or called.
    pub read_only: bool,
    /// Whether a write is asked for twice.
    pub confirm: Confirm,
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
    pub reply: Result<Reply, Failure>,
    /// The vendor's opened answers behind it.
    pub came: Vec<(&'static str, Arc<Kept>)>,
}

/// Tools over one run.
pub struct Toolbox {
    run: Arc<Run>,
    zone: TimeZone,
    policy: Policy,
}

impl Toolbox {
    /// The tools of a run, for a reader in this zone.
    pub fn new(run: Arc<Run>, zone: TimeZone, policy: Policy) -> Self {
        Self { run, zone, policy }
    }

    /// What the calls pass through.
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// What this caller may call, in a fixed order.
    pub fn list(&self) -> Vec<Definition> {
        entries()
            .filter(|entry| self.offers(*entry))
            .map(|entry| published(entry.definition(), self.policy.confirm))
            .collect()
    }

    fn offers(&self, entry: Entry) -> bool {
        !(self.policy.read_only && entry.effect() == Effect::Write)
    }

    fn lists(&self, name: &str) -> bool {
        entries().any(|entry| entry.name() == name && self.offers(entry))
    }

    /// Calls a tool. The arguments' mistakes are the outcome's failure; an unknown name is none.
    pub async fn call(
        &self,
        caller: &Caller,
        name: &str,
        arguments: Map<String, Value>,
    ) -> Result<Outcome, UnknownTool> {
        let Some(entry) = entries().find(|entry| entry.name() == name && self.offers(*entry))
        else {
            return Err(self.unknown(name));
        };
        let call = AssertUnwindSafe(self.dispatch(caller, entry, arguments)).catch_unwind();
        Ok(call.await.unwrap_or_else(|_| {
            tracing::error!(tool = name, "a call panicked");
            Outcome {
                reply: Err(Failure::unreadable(anyhow::anyhow!(
                    "a fault inside {name}; other calls are not affected"
                ))),
                came: Vec::new(),
            }
        }))
    }

    fn unknown(&self, name: &str) -> UnknownTool {
        let listed: Vec<&str> = entries()
            .filter(|entry| self.offers(*entry))
            .map(Entry::name)
            .collect();
        let hidden = entries().any(|entry| entry.name() == name);
        let shown = crate::reply::inline(name, 60);
        let message = if hidden {
            format!("{shown} writes, and this server is read-only")
        } else {
            match crate::project::nearest(name, listed.into_iter()) {
                Some(near) => format!("no tool is called {shown}: did you mean {near}?"),
                None => format!("no tool is called {shown}"),
            }
        };
        UnknownTool { message }
    }

    async fn dispatch(
        &self,
        caller: &Caller,
        entry: Entry,
        mut arguments: Map<String, Value>,
    ) -> Outcome {
        let fresh = arguments
            .remove("fresh")
            .is_some_and(|value| truthy(&value));
        let desk = Desk::new(&self.run, fresh);
        let listed = |name: &str| self.lists(name);
        let ctx = CallContext {
            now: self.run.clock().now(),
            zone: &self.zone,
            projects: self.run.projects(),
            listed: &listed,
        };
        let reply = match entry {
            Entry::Workflow(tool) => match tool.bind(arguments) {
                Ok(journey) => journey.answer(&ctx, &desk).await,
                Err(failure) => Err(failure),
            },
            Entry::Operation(tool) => self.operate(caller, tool, arguments, &ctx, &desk).await,
        };
        Outcome {
            reply,
            came: desk.came(),
        }
    }

    async fn operate(
        &self,
        caller: &Caller,
        tool: &'static Tool<Box<dyn Call>>,
        mut arguments: Map<String, Value>,
        ctx: &CallContext<'_>,
        desk: &Desk<'_>,
    ) -> Result<Reply, Failure> {
        let confirmed = arguments.remove("confirm");
        let canonical = confirm::canonical(&arguments);
        let call = tool.bind(arguments)?;
        let request = call.request(ctx)?;
        if tool.effect == Effect::Write {
            if self.policy.confirm == Confirm::Always {
                let account = self.run.projects().account(&request.account);
                let asked =
                    confirm::check(account, tool.name, &canonical, confirmed.as_ref(), ctx.now)?;
                if let Some(value) = asked {
                    return Ok(confirm::preview(tool.name, &request, &value));
                }
            }
            tracing::warn!(
                tool = tool.name,
                caller = &*caller.name,
                account = &*request.account,
                "a write is sent"
            );
        }
        let kept = desk.send(request).await?;
        call.reply(ctx, &kept.data).map_err(Failure::unreadable)
    }
}

/// Writes take one more argument than the catalogue knows.
fn published(mut definition: Definition, confirm: Confirm) -> Definition {
    if definition.effect == Effect::Write
        && confirm == Confirm::Always
        && let Some(Value::Object(properties)) = definition.input.get_mut("properties")
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
mod tests {
    use super::*;

    #[test]
    fn every_tool_has_its_place_in_the_order() {
        let listed: Vec<&str> = entries().map(Entry::name).collect();
        assert_eq!(listed, ORDER, "a name in ORDER has no tool");
        for name in catalog::tools()
            .map(|tool| tool.name)
            .chain(workflow::TOOLS.iter().map(|tool| tool.name))
        {
            assert!(ORDER.contains(&name), "{name} is not in ORDER");
        }
    }
}
