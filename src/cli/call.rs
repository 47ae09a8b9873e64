//! `call`: one tool, the same code path and renderer as the server.

use std::io::IsTerminal as _;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::Args;
use clap_complete::engine::{ArgValueCandidates, ArgValueCompleter};
use serde_json::{Map, Value, json};

use super::completions;
use super::exit::Exit;
use super::options::{Options, OutputMode};
use super::output::print_line;
use super::store_options::DefaultStore;
use super::terminal::{ProgressLine, is_for_a_person, print_styled, without_commands};
use super::within_limit::call_within_limit;
use super::{reply_view, tool_help};
use crate::error::Error;
use crate::tools::{CallOptions, Caller};
use crate::upstream::bodies::RawResponse;

/// What `call` takes.
#[derive(Args)]
#[command(disable_help_flag = true)]
pub(super) struct Call {
    /// The tool, as `tools` lists it.
    #[arg(required_unless_present = "help", add = ArgValueCandidates::new(completions::tools))]
    tool: Option<String>,
    /// Arguments; a value that is a JSON list or object is read as one. Or one JSON object, as a reply's `next:` line has it.
    #[arg(value_name = "NAME=VALUE", conflicts_with = "args", add = ArgValueCompleter::new(completions::arguments))]
    pairs: Vec<String>,
    /// All arguments as one JSON object.
    #[arg(long, value_name = "JSON")]
    args: Option<String>,
    #[command(flatten)]
    form: Form,
    /// Ask the service even if a cached response would do.
    #[arg(long)]
    fresh: bool,
    /// Print help; with TOOL, the arguments of the tool.
    #[arg(short, long)]
    help: bool,
}

/// The form of the output.
#[derive(Args)]
struct Form {
    /// Print the answer as data (JSON): fields with units, RFC 3339 times, errors too.
    #[arg(long, conflicts_with = "raw")]
    json: bool,
    /// Print the response bodies as the service sent them, also those that were refused or not understood;
    /// several as a JSON array. A terminal gets control characters escaped.
    #[arg(long)]
    raw: bool,
}

impl Call {
    /// Whether the help of the subcommand is wanted.
    pub(super) fn shows_usage(&self) -> bool {
        self.help && self.tool.is_none()
    }

    #[expect(clippy::print_stderr, reason = "a failure goes to standard error")]
    pub(super) async fn call(&self, options: &Options) -> anyhow::Result<Exit> {
        let tool = self.tool.as_deref().unwrap_or_default();
        if self.help {
            return Ok(tool_help::print(tool));
        }
        let mut arguments = match self.arguments() {
            Ok(arguments) => arguments,
            Err(error) => {
                eprintln!("{error:#}");
                return Ok(Exit::Usage);
            }
        };
        if self.form.raw && options.redact {
            eprintln!(
                "--raw prints bodies as the service sent them, and --redact replaces parts of them"
            );
            return Ok(Exit::Usage);
        }
        if self.fresh {
            arguments.insert("fresh".to_owned(), Value::Bool(true));
        }
        let setup = options.set_up(DefaultStore::Sqlite).await?;
        let as_data = self.form.json || options.output == OutputMode::Json;
        let caller = Caller::named("command line");
        let line = Arc::new(ProgressLine::start(tool));
        let shown = Arc::clone(&line);
        let progress = move |responses: usize| shown.received(responses);
        let call = CallOptions {
            raw: self.form.raw,
            progress: Some(&progress),
        };
        let outcome = call_within_limit(&setup.toolbox, &caller, tool, arguments, call).await;
        line.clear();
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(unknown) => {
                eprintln!(
                    "{}\nhint: `crashsight-mcp tools` lists them",
                    unknown.message
                );
                return Ok(Exit::Usage);
            }
        };
        // What is not stored yet is stored before the process ends.
        setup.toolbox.upstream().flush().await;
        if self.form.raw && !outcome.raw.is_empty() {
            print_raw(&outcome.raw)?;
        }
        match &outcome.result {
            Ok(_) if self.form.raw && !outcome.raw.is_empty() => {}
            Ok(answered) if as_data => {
                print_line(&serde_json::to_string_pretty(&answered.data())?);
            }
            Ok(answered) if is_for_a_person() => {
                print_styled(&reply_view::render(answered.reply().pieces(setup.budget)));
            }
            Ok(answered) => print_line(&answered.reply().text(setup.budget)),
            Err(error) => {
                if as_data && !self.form.raw {
                    print_line(&serde_json::to_string_pretty(&error_data(error))?);
                } else {
                    eprintln!("{error}");
                }
                return Ok(error.into());
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
        // A `next:` line of a reply, pasted.
        if let [only] = self.pairs.as_slice()
            && only.trim_start().starts_with('{')
        {
            return serde_json::from_str(only).context("the arguments are not one JSON object");
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

/// Bodies as the service sent them: one as it is, several as a JSON array. A terminal would obey characters in them, so
/// there they are escaped.
fn print_raw(bodies: &[RawResponse]) -> anyhow::Result<()> {
    let text = match bodies {
        [only] => String::from_utf8_lossy(&only.body).into_owned(),
        bodies => {
            serde_json::to_string_pretty(&bodies.iter().map(raw_response).collect::<Value>())?
        }
    };
    if std::io::stdout().is_terminal() {
        print_line(&without_commands(&text));
    } else {
        print_line(&text);
    }
    Ok(())
}

fn raw_response(raw: &RawResponse) -> Value {
    let body = serde_json::from_slice(&raw.body)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&raw.body).into_owned()));
    json!({"operation": raw.operation, "status": raw.status, "body": body})
}

/// An error as data: what it is called, its words, and how long to wait.
pub(super) fn error_data(error: &Error) -> Value {
    let text = error.to_string();
    let (message, hint) = match text.split_once("\nhint: ") {
        Some((message, hint)) => (message.to_owned(), Some(hint.to_owned())),
        None => (text, None),
    };
    let mut fields = Map::new();
    fields.insert("kind".to_owned(), json!(error.kind()));
    fields.insert("message".to_owned(), json!(message));
    if let Some(hint) = hint {
        fields.insert("hint".to_owned(), json!(hint));
    }
    if let Some(wait) = error.retry_after() {
        fields.insert("retry_after_s".to_owned(), json!(wait.as_secs()));
    }
    json!({"error": fields})
}

/// Lists, objects and truth values as JSON; everything else is text: an id of digits must not become a number.
fn read(value: &str) -> Value {
    let start = value.trim_start();
    if start.starts_with(['[', '{']) || matches!(start, "true" | "false") {
        return serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
    }
    Value::String(value.to_owned())
}
