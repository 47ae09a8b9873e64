//! The options that every subcommand takes.

use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, ValueEnum};

use super::exit::UsageError;
use super::logging::LogOptions;
use super::simulator::SimulatorOptions;
use super::store_options::StoreOptions;
use super::terminal::Color;
use crate::reply::Budget;
use crate::tools::{Policy, Toolset};
use crate::upstream::confirm::Confirm;

/// Options of every subcommand.
#[derive(Args, Clone)]
#[command(next_help_heading = "Shared options")]
pub(crate) struct Options {
    /// Configuration file [default: crashsight-mcp/config.toml in the user's configuration folder].
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Answer from an embedded simulator; no credentials needed.
    #[arg(long, global = true)]
    pub(super) demo: bool,
    #[command(flatten)]
    pub(super) simulator: SimulatorOptions,
    #[command(flatten)]
    pub(super) store: StoreOptions,
    /// Hide and refuse tools that modify data.
    #[arg(long, global = true)]
    pub(super) read_only: bool,
    /// Enable only a set of tools: `questions` suits clients that list few tools.
    #[arg(long, global = true, value_enum, value_name = "SET", default_value_t = ToolsetArg::All)]
    pub(super) toolset: ToolsetArg,
    /// Enable only these tools (glob patterns or a service name, comma-separated).
    #[arg(long, global = true, value_name = "TOOLS", value_delimiter = ',')]
    pub(super) tools: Vec<String>,
    /// Disable these tools (same syntax).
    #[arg(long, global = true, value_name = "TOOLS", value_delimiter = ',')]
    pub(super) exclude_tools: Vec<String>,
    /// Replace ids of users and devices, e-mail addresses, phone numbers and IP addresses by pseudonyms, which are
    /// accepted as arguments.
    #[arg(long, global = true)]
    pub(super) redact: bool,
    /// Result format: text, or text plus structured JSON.
    #[arg(long, global = true, value_enum, default_value_t = OutputMode::Text)]
    pub(super) output: OutputMode,
    /// Require confirmation before a write.
    #[arg(long, global = true, value_enum, default_value_t = ConfirmWrites::Always)]
    pub(super) confirm_writes: ConfirmWrites,
    /// Maximum tokens per reply (200-8000).
    #[arg(long, global = true, value_name = "TOKENS", default_value_t = 2000, value_parser = reply_tokens)]
    pub(super) reply_tokens: usize,
    /// Most MB of responses that one call reads, decompressed.
    #[arg(
        long,
        alias = "max-answer-mb",
        global = true,
        value_name = "MB",
        default_value_t = 64,
        value_parser = clap::value_parser!(u32).range(1..=1024)
    )]
    pub(super) max_response_mb: u32,
    /// Colours and tables for a person; `auto` follows the terminal and NO_COLOR.
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub(super) color: Color,
    #[command(flatten)]
    pub(super) log: LogOptions,
    /// The flags set on the command line, with their values, except `--config`, `--demo` and `--color`.
    #[arg(skip)]
    pub(super) explicit_flags: Vec<String>,
}

impl Options {
    /// Enabled tools, and whether writes require confirmation.
    pub(super) fn policy(&self) -> anyhow::Result<Policy> {
        let trimmed = |names: &[String]| names.iter().map(|name| name.trim().to_owned()).collect();
        let policy = Policy {
            read_only: self.read_only,
            confirm: match self.confirm_writes {
                ConfirmWrites::Always => Confirm::Always,
                ConfirmWrites::Never => Confirm::Never,
            },
            toolset: self.toolset.into(),
            include: trimmed(&self.tools),
            exclude: trimmed(&self.exclude_tools),
            symbol_uploader: None,
        };
        policy.validate().map_err(UsageError)?;
        Ok(policy)
    }
}

/// A size of replies within the bounds.
fn reply_tokens(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|tokens| (200..=Budget::CEILING).contains(tokens))
        .ok_or_else(|| format!("expected 200 to {} tokens", Budget::CEILING))
}

/// A command with these options only.
fn command() -> clap::Command {
    Options::augment_args(clap::Command::new("crashsight-mcp"))
}

/// The flags of every subcommand that were set on the command line, to be passed to another process.
pub(super) fn explicit_flags(matches: &ArgMatches) -> Vec<String> {
    let mut flags = Vec::new();
    for arg in command().get_arguments() {
        let id = arg.get_id().as_str();
        let Some(flag) = arg.get_long() else {
            continue;
        };
        if matches!(flag, "config" | "demo" | "color")
            || matches.value_source(id) != Some(ValueSource::CommandLine)
        {
            continue;
        }
        flags.push(format!("--{flag}"));
        if arg.get_action().takes_values() {
            let values = matches.get_raw(id).into_iter().flatten();
            let values: Vec<String> = values
                .map(|value| match flag {
                    // Another process has another working directory.
                    "log-file" => std::path::absolute(value).unwrap_or_else(|_| value.into()),
                    _ => value.into(),
                })
                .map(|value| value.to_string_lossy().into_owned())
                .collect();
            flags.push(values.join(","));
        }
    }
    flags
}

/// A flag of every subcommand, found by its name or by an older spelling of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KnownFlag {
    /// The current name, with its hyphens.
    pub(super) name: String,
    pub(super) takes_value: bool,
}

/// The flag of every subcommand with this spelling.
pub(super) fn known_flag(spelling: &str) -> Option<KnownFlag> {
    let spelling = spelling.strip_prefix("--")?;
    let command = command();
    let arg = command.get_arguments().find(|arg| {
        arg.get_long() == Some(spelling)
            || arg
                .get_all_aliases()
                .is_some_and(|aliases| aliases.contains(&spelling))
    })?;
    Some(KnownFlag {
        name: format!("--{}", arg.get_long()?),
        takes_value: arg.get_action().takes_values(),
    })
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ConfirmWrites {
    Always,
    Never,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ToolsetArg {
    All,
    Questions,
    Operations,
    Crashsight,
    Agora,
    Getui,
    Writes,
}

impl From<ToolsetArg> for Toolset {
    fn from(set: ToolsetArg) -> Self {
        match set {
            ToolsetArg::All => Self::All,
            ToolsetArg::Questions => Self::Questions,
            ToolsetArg::Operations => Self::Operations,
            ToolsetArg::Crashsight => Self::Crashsight,
            ToolsetArg::Agora => Self::Agora,
            ToolsetArg::Getui => Self::Getui,
            ToolsetArg::Writes => Self::Writes,
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_spellings_are_known_flags() {
        for (spelling, expected) in [
            ("--max-response-mb", Some(("--max-response-mb", true))),
            ("--max-answer-mb", Some(("--max-response-mb", true))),
            ("--read-only", Some(("--read-only", false))),
            ("--port", None),
            ("max-answer-mb", None),
        ] {
            let flag = known_flag(spelling);
            let flag = flag
                .as_ref()
                .map(|flag| (flag.name.as_str(), flag.takes_value));
            assert_eq!(flag, expected, "{spelling}");
        }
    }
}
