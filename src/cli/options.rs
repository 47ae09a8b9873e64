//! The options that every subcommand takes.

use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, ValueEnum};

use super::exit::UsageError;
use crate::tools::{Confirm, Policy};

/// What every subcommand takes.
#[derive(Args, Clone)]
pub(crate) struct Options {
    /// Configuration file [default: crashsight-mcp/config.toml in the user's configuration folder].
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Answer from an embedded simulator; no credentials needed.
    #[arg(long, global = true)]
    pub(super) demo: bool,
    /// Calls a minute that the simulator allows: a number, or `off` for load runs (then calls are not paced either).
    #[arg(long, global = true, value_name = "CALLS|off", default_value = "25", value_parser = quota)]
    pub(super) sim_quota: Quota,
    /// Milliseconds that every answer of the simulator takes, for load runs.
    #[arg(
        long,
        global = true,
        hide = true,
        value_name = "MS",
        default_value_t = 0
    )]
    pub(super) sim_latency: u64,
    /// Neither list nor call tools that write.
    #[arg(long, global = true)]
    pub(super) read_only: bool,
    /// List and call only these tools: names with `*`, or a service (`crashsight`); separated by commas.
    #[arg(long, global = true, value_name = "TOOLS", value_delimiter = ',')]
    pub(super) tools: Vec<String>,
    /// Neither list nor call these tools.
    #[arg(long, global = true, value_name = "TOOLS", value_delimiter = ',')]
    pub(super) exclude_tools: Vec<String>,
    /// What results carry: text, or the same blocks as JSON beside it.
    #[arg(long, global = true, value_enum, default_value_t = OutputMode::Text)]
    pub(super) output: OutputMode,
    /// Whether a write is asked for twice.
    #[arg(long, global = true, value_enum, default_value_t = ConfirmWrites::Always)]
    pub(super) confirm_writes: ConfirmWrites,
    /// Tokens that a reply may cost, 200 to 8000.
    #[arg(long, global = true, value_name = "TOKENS", default_value_t = 2000)]
    pub(super) reply_tokens: usize,
    /// Megabytes read of one answer, decompressed.
    #[arg(long, global = true, value_name = "MB", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(super) max_answer_mb: u32,
    /// Those of these that the command line gives, as it gives them, except `--config` and `--demo`.
    #[arg(skip)]
    pub(super) given: Vec<String>,
}

impl Options {
    /// Which tools are there, and what is asked before they write.
    pub(super) fn policy(&self) -> anyhow::Result<Policy> {
        let trimmed = |names: &[String]| names.iter().map(|name| name.trim().to_owned()).collect();
        let policy = Policy {
            read_only: self.read_only,
            confirm: match self.confirm_writes {
                ConfirmWrites::Always => Confirm::Always,
                ConfirmWrites::Never => Confirm::Never,
            },
            only: trimmed(&self.tools),
            without: trimmed(&self.exclude_tools),
        };
        policy.check().map_err(UsageError)?;
        Ok(policy)
    }
}

/// A command that takes these options alone.
fn command() -> clap::Command {
    Options::augment_args(clap::Command::new("crashsight-mcp"))
}

/// The switches of every subcommand that these matches were given, so that another process can be.
pub(super) fn given(matches: &ArgMatches) -> Vec<String> {
    let mut given = Vec::new();
    for arg in command().get_arguments() {
        let id = arg.get_id().as_str();
        let Some(switch) = arg.get_long() else {
            continue;
        };
        if matches!(switch, "config" | "demo")
            || matches.value_source(id) != Some(ValueSource::CommandLine)
        {
            continue;
        }
        given.push(format!("--{switch}"));
        if arg.get_action().takes_values() {
            let values = matches.get_raw(id).into_iter().flatten();
            let values: Vec<_> = values.map(|value| value.to_string_lossy()).collect();
            given.push(values.join(","));
        }
    }
    given
}

/// Whether a value stands behind this switch, which every subcommand takes.
pub(super) fn takes_value(switch: &str) -> bool {
    command()
        .get_arguments()
        .filter(|arg| arg.get_long() == switch.strip_prefix("--"))
        .any(|arg| arg.get_action().takes_values())
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ConfirmWrites {
    Always,
    Never,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum OutputMode {
    Text,
    Json,
}

impl From<OutputMode> for crate::mcp::Output {
    fn from(mode: OutputMode) -> Self {
        match mode {
            OutputMode::Text => Self::Text,
            OutputMode::Json => Self::Json,
        }
    }
}

#[derive(Clone, Copy)]
pub(super) struct Quota(pub(super) Option<u32>);

fn quota(text: &str) -> Result<Quota, String> {
    match text {
        "off" => Ok(Quota(None)),
        number => number
            .parse()
            .ok()
            .filter(|calls| *calls > 0)
            .map(|calls| Quota(Some(calls)))
            .ok_or_else(|| "expected a number of calls a minute, or `off`".to_owned()),
    }
}
