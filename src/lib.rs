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
//! | [`prompts`] | Markdown with front matter, and what is put into it |
//! | [`tools`] | every tool: the registry, dispatch, policy, and a file per subject for each service |
//! | [`upstream`] | everything between a request and its response: cache, rate limit, signature, envelope, retry |
//!
//! Values, used by all of them: [`args`] and [`time_range`] (arguments), [`project`] (accounts and names),
//! [`request`] (requests and responses as data), [`json`] (lenient reading), [`reply`] and [`token_estimate`]
//! (what is returned, and what it costs), [`metrics`] (counters), [`error`] (what went wrong, by cause),
//! [`secret`] (digests), [`clock`].
//!
//! [`config`] turns environment and file into values; only it reads the environment, and only [`cli`] uses it.
//!
//! [`testing`] has accounts, projects and canned responses for tests, benches and examples.
//! [`demo_projects`], behind the feature `demo`, turns the simulator's accounts and projects into [`project::Projects`].
//!
//! Two crates of the workspace know nothing of this one: `crash_digest` turns crash texts into values, and
//! `crashsight_simulator` serves the three services on loopback for `--demo` and for tests.

pub mod cli;
pub mod http;
pub mod mcp;

pub mod prompts;
pub mod tools;

pub mod upstream;

pub mod args;
pub mod clock;
pub mod error;
pub mod json;
pub mod metrics;
pub mod project;
pub mod reply;
pub mod request;
pub mod secret;
pub mod time_range;
pub mod token_estimate;

pub mod config;

#[doc(hidden)]
pub mod testing;

#[cfg(feature = "demo")]
#[doc(hidden)]
pub mod demo_projects;
