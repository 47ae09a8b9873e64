//! An MCP server for Tencent CrashSight, with Agora Analytics and Getui as companions: an assistant asks about crashes and gets a short, true answer.
//!
//! # The map
//!
//! A call walks from the top of this list to the bottom and back. A room may use the rooms below it, and
//! nothing above or beside it; `tests/tidy.rs` fails on any other arrow.
//!
//! | Room | Its one job |
//! |---|---|
//! | `main`, [`cli`] | the command line, one file per subcommand |
//! | [`http`] | `/mcp`, `/sse`, health and metrics over HTTP: who may connect, and as whom |
//! | [`server`] | the only room that knows MCP |
//! | [`prompts`] | Markdown with front matter, and what is put into it |
//! | [`toolbox`] | the only list of tools and the only dispatcher: read-only, confirmation, panics |
//! | [`workflow`] | tools that answer with several calls, or with none |
//! | [`run`] | the path of one call: memory, pace, sign, send, open; again where that may help |
//! | [`catalog`] | every operation: arguments, request, reply. No I/O, no credential, no address |
//! | [`provider`] | a service's manners: signature, envelope, limits. Knows no operation |
//! | [`client`] | sends once; the only room that knows `reqwest` |
//! | [`pace`], [`cache`], [`session`] | a sliding minute; answers kept while they stay true, identical calls joined; tokens kept for their life |
//!
//! Values, used by all of them: [`operation`] (what an operation is), [`args`] and [`window`] (arguments),
//! [`project`] (accounts and names), [`wire`] (requests and answers as data), [`answer`] (lenient reading),
//! [`reply`] and [`tokens`] (what is told, and what it costs), [`metrics`] (counters), [`failure`] (what went wrong and whose move it
//! is), [`secret`] (digests), [`clock`]; and [`crash`], which turns stacks, threads and logs into values and
//! knows no other room.
//!
//! Beside the path: [`settings`], the only room that reads the environment, and [`sim`], the services
//! embedded: a real HTTP server on loopback for `--demo` and for tests.

pub mod cli;
pub mod http;
pub mod server;

pub mod prompts;
pub mod toolbox;
pub mod workflow;

pub mod run;

pub mod cache;
pub mod catalog;
pub mod client;
pub mod pace;
pub mod provider;
pub mod session;

pub mod answer;
pub mod args;
pub mod clock;
pub mod failure;
pub mod metrics;
pub mod operation;
pub mod project;
pub mod reply;
pub mod secret;
pub mod tokens;
pub mod window;
pub mod wire;

pub mod settings;
