//! `call`: one tool, the same code path and renderer as the server.

use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::{Map, Value};

use super::exit::Exit;
use super::options::{Options, OutputMode};
use super::output::print_line;
use crate::tools::Caller;

/// What `call` takes.
#[derive(Args)]
pub(super) struct Call {
    /// The tool, as `tools` lists it.
    tool: String,
    /// Arguments; a value that is a JSON list or object is read as one.
    #[arg(value_name = "NAME=VALUE", conflicts_with = "args")]
    pairs: Vec<String>,
    /// All arguments as one JSON object.
    #[arg(long, value_name = "JSON")]
    args: Option<String>,
    /// Print the reply as JSON: raw numbers, RFC 3339 times, nulls.
    #[arg(long, conflicts_with = "raw")]
    json: bool,
    /// Print what the service answered, opened; the reply where it was not asked.
    #[arg(long)]
    raw: bool,
}

impl Call {
    #[expect(clippy::print_stderr, reason = "a failure goes to standard error")]
    pub(super) async fn call(&self, options: &Options) -> anyhow::Result<Exit> {
        let arguments = match self.arguments() {
            Ok(arguments) => arguments,
            Err(error) => {
                eprintln!("{error:#}");
                return Ok(Exit::Usage);
            }
        };
        let setup = options.set_up().await?;
        let caller = Caller::named("command line");
        let outcome = match setup.toolbox.call(&caller, &self.tool, arguments).await {
            Ok(outcome) => outcome,
            Err(unknown) => {
                eprintln!(
                    "{}\nhint: `crashsight-mcp tools` lists them",
                    unknown.message
                );
                return Ok(Exit::Usage);
            }
        };
        if self.raw {
            for (operation, kept) in &outcome.came {
                if outcome.came.len() > 1 {
                    print_line(&format!("// {operation}"));
                }
                print_line(&serde_json::to_string_pretty(&kept.data)?);
            }
        }
        match &outcome.reply {
            Ok(_) if self.raw && !outcome.came.is_empty() => {}
            Ok(reply) if self.json || options.output == OutputMode::Json && !self.raw => {
                print_line(&serde_json::to_string_pretty(&reply.json(setup.budget))?);
            }
            Ok(reply) => print_line(&reply.text(setup.budget)),
            Err(failure) => {
                eprintln!("{failure}");
                return Ok(failure.into());
            }
        }
        Ok(Exit::Success)
    }

    fn arguments(&self) -> anyhow::Result<Map<String, Value>> {
        if let Some(text) = &self.args {
            return match serde_json::from_str(text) {
                Ok(Value::Object(arguments)) => Ok(arguments),
                Ok(_) => bail!("--args is a JSON object, as in '{{\"window\":\"7d\"}}'"),
                Err(error) => Err(error).context("--args is not JSON"),
            };
        }
        let mut arguments = Map::new();
        for pair in &self.pairs {
            let (name, value) = pair.split_once('=').with_context(|| {
                format!("an argument is NAME=VALUE, as in window=7d, not `{pair}`")
            })?;
            let name = name.trim();
            if arguments.insert(name.to_owned(), read(value)).is_some() {
                bail!("`{name}` is given twice; a list is one value, as in {name}='[\"a\",\"b\"]'");
            }
        }
        Ok(arguments)
    }
}

/// Lists, objects and truth values as JSON; everything else is text: an id of digits must not become a number.
fn read(value: &str) -> Value {
    let start = value.trim_start();
    if start.starts_with(['[', '{']) || matches!(start, "true" | "false") {
        return serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
    }
    Value::String(value.to_owned())
}
