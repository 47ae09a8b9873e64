//! crashsight-mcp.

pub mod answer;
pub mod args;
pub mod cache;
pub mod catalog;
pub mod cli;
pub mod client;
pub mod clock;
pub mod crash;
pub mod failure;
pub mod operation;
pub mod pace;
pub mod project;
pub mod provider;
pub mod reply;
pub mod run;
pub mod secret;
pub mod server;
pub mod session;
pub mod settings;
pub mod sim;
pub mod tokens;
pub mod toolbox;
pub mod window;
pub mod wire;
pub mod workflow;
