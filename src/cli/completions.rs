//! `completions`: registers this program with a shell, which then asks it for candidates: commands, options, tools and
//! the arguments of a tool.

use std::ffi::OsStr;

use clap::{Args, ValueEnum};
use clap_complete::CompletionCandidate;
use clap_complete::env::{CompleteEnv, Shells};
use serde_json::Value;

use super::exit::{Exit, UsageError};
use super::output::print_line;
use super::tool_help::arguments_of;
use crate::tools::{Definition, definitions};

/// The variable with which a shell asks.
const VARIABLE: &str = "COMPLETE";

/// The program's name in the shell.
const PROGRAM: &str = "crashsight-mcp";

/// The arguments of `completions`.
#[derive(Args)]
pub(super) struct Completions {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(Clone, Copy, ValueEnum)]
enum Shell {
    Bash,
    Elvish,
    Fish,
    Powershell,
    Zsh,
}

impl Completions {
    pub(super) fn print(&self) -> anyhow::Result<Exit> {
        let name = match self.shell {
            Shell::Bash => "bash",
            Shell::Elvish => "elvish",
            Shell::Fish => "fish",
            Shell::Powershell => "powershell",
            Shell::Zsh => "zsh",
        };
        let shells = Shells::builtins();
        let completer = shells
            .completer(name)
            .ok_or_else(|| UsageError(format!("no completions for {name}")))?;
        let mut script = Vec::new();
        completer.write_registration(VARIABLE, PROGRAM, PROGRAM, PROGRAM, &mut script)?;
        print_line(String::from_utf8_lossy(&script).trim_end());
        Ok(Exit::Success)
    }
}

/// Answers a shell that asks for candidates, and ends the process then.
pub(super) fn answer_shell(command: fn() -> clap::Command) {
    CompleteEnv::with_factory(command).var(VARIABLE).complete();
}

/// Every tool.
pub(super) fn tools() -> Vec<CompletionCandidate> {
    definitions()
        .iter()
        .map(|tool| CompletionCandidate::new(tool.name).help(Some(first_sentence(tool).into())))
        .collect()
}

/// `name=` and `name=value` for the tool that the command line names.
pub(super) fn arguments(current: &OsStr) -> Vec<CompletionCandidate> {
    let words = crate::config::command_line();
    let tools = definitions();
    let tool = tools
        .iter()
        .find(|tool| words.iter().any(|word| word == tool.name));
    let typed = current.to_string_lossy();
    tool.map_or_else(Vec::new, |tool| candidates(tool, &typed))
        .into_iter()
        .map(|(text, help)| CompletionCandidate::new(text).help(help.map(Into::into)))
        .collect()
}

/// The candidates that continue what is typed, with their descriptions.
fn candidates(tool: &Definition, typed: &str) -> Vec<(String, Option<String>)> {
    let mut found = Vec::new();
    for argument in arguments_of(tool) {
        let start = format!("{}=", argument.name);
        if !typed.starts_with(&start) {
            found.push((start, argument.description));
            continue;
        }
        let values = match argument.values.as_slice() {
            [] if argument.kind == "true or false" => vec!["true".to_owned(), "false".to_owned()],
            values => values.to_vec(),
        };
        let default = argument.default.as_ref().and_then(Value::as_str);
        let free = default.filter(|_| values.is_empty()).map(str::to_owned);
        let values = values.into_iter().chain(free);
        found.extend(values.map(|value| (format!("{start}{value}"), None)));
    }
    found.retain(|(text, _)| text.starts_with(typed));
    found
}

fn first_sentence(tool: &Definition) -> String {
    let text = tool.description.lines().next().unwrap_or_default();
    let end = text.find(". ").map_or(text.len(), |at| at + 1);
    text.get(..end).unwrap_or(text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_and_values_of_a_tool_are_offered() {
        let tools = definitions();
        let tool = tools
            .iter()
            .find(|tool| tool.name == "crashsight_list_top_issues")
            .unwrap();
        let texts = |typed: &str| -> Vec<String> {
            let found = candidates(tool, typed);
            found.into_iter().map(|(text, _)| text).collect()
        };
        assert!(texts("").contains(&"window=".to_owned()));
        assert_eq!(texts("kind=a"), ["kind=anr"]);
        assert_eq!(texts("no_such="), Vec::<String>::new());
    }
}
