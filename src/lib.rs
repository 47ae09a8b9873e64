//! An MCP server for Tencent CrashSight, with Agora Analytics and Getui beside it: an assistant asks about crashes and gets a short, true answer.
//!
//! # The map
//!
//! A call passes this list from the top to the bottom and back. A module uses what is below it, and nothing
//! above or beside it; `tests/it/architecture` fails on any other arrow.
//!
//! | Module | Its one job |
//! |---|---|
//! | `main`, [`cli`] | the command line, one file per subcommand |
//! | [`http`] | `/mcp`, `/sse`, health and metrics over HTTP: who may connect, and as whom |
//! | [`mcp`] | the only module that knows MCP: tools, prompts, resources, completion, elicitation |
//! | [`app`] | the page that draws answers: for clients that show it, and as one file with its data |
//! | `prompts`, `skills` | Markdown with front matter, and what is put into it; the same as `SKILL.md` files |
//! | `tools` | every tool: the registry, dispatch, policy, a file per subject for each service, and questions over several |
//! | `upstream` | everything between a request and its response: cache, rate limit, signature, envelope, retry |
//!
//! Values, used by all of them: `args` and `time_range` (arguments), `project` (accounts and names),
//! `request` (requests and responses as data), `json` (lenient reading), `reply` and `token_estimate`
//! (what is returned, and what it costs), `metrics` (counters), `telemetry` (spans), `error` (what went wrong, by cause),
//! `secret` (digests), `clock`.
//!
//! `config` turns environment and file into values; only it reads the environment, and only [`cli`] uses it.
//!
//! `testing` has accounts, projects and canned responses for tests, benches and examples.
//! `demo_projects`, behind the feature `demo`, turns the simulator's accounts and projects into `Projects`.
//!
//! Two crates of the workspace know nothing of this one: `crash_digest` turns crash texts into values, and
//! `crashsight_simulator` serves the three services on loopback for `--demo` and for tests.

//!
//! Public is what a user of the library needs: the HTTP server, the MCP server, the configuration, and the tools with
//! what they run on.

pub mod app;
pub mod cli;
pub mod http;
pub mod mcp;

mod prompts;
mod skills;
mod tools;

mod upstream;

mod args;
mod clock;
mod error;
mod json;
mod metrics;
mod project;
mod reply;
mod request;
mod secret;
mod telemetry;
mod time_range;
mod token_estimate;

mod config;

#[doc(hidden)]
pub mod testing;

#[cfg(feature = "demo")]
mod demo_projects;

pub use clock::Clock;
pub use config::Config;
pub use error::Error;
pub use project::Projects;
pub use reply::Budget;
pub use tools::{
    Answered, CallOptions, Caller, Definition, Outcome, Policy, Toolbox, Toolset, definitions,
};
pub use upstream::{CallLimits, Upstream};
