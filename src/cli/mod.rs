//! The command line: one file per subcommand.

mod call;
#[cfg(feature = "demo")]
mod demo;
mod doctor;
mod install;
mod serve;
mod simulator;
mod tools;

use std::io::{ErrorKind, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use clap::parser::ValueSource;
use clap::{
    ArgMatches, Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum,
};

use self::simulator::{Simulator, SimulatorOptions};
use crate::clock::Clock;
use crate::config::Config;
use crate::error::Error;
use crate::reply::Budget;
use crate::tools::{Confirm, Policy, Toolbox};
use crate::upstream::pipeline::{CallLimits, Upstream};

/// Ask an assistant about today's crashes: an MCP server for Tencent CrashSight.
#[derive(Parser)]
#[command(name = "crashsight-mcp", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    options: Options,
}

#[derive(Subcommand)]
enum Command {
    /// Serve MCP over standard input and output (the default), or over HTTP.
    Serve(serve::Serve),
    /// Show a conversation with simulated data, and the configuration to paste into a client.
    #[cfg(feature = "demo")]
    Demo,
    /// Call one tool as a client would, and print its reply.
    Call(call::Call),
    /// List the tools: name, operation, effect, tokens of the definition.
    Tools(tools::Tools),
    /// Put this server into a client's configuration.
    Install(install::Install),
    /// Check settings, service, clock, credentials, projects and clients, in plain words.
    Doctor(doctor::Doctor),
}

/// What every subcommand takes.
#[derive(Args, Clone)]
pub(crate) struct Options {
    /// Configuration file [default: crashsight-mcp/config.toml in the user's configuration folder].
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Answer from an embedded simulator; no credentials needed.
    #[arg(long, global = true)]
    demo: bool,
    #[command(flatten)]
    simulator: SimulatorOptions,
    /// Neither list nor call tools that write.
    #[arg(long, global = true)]
    read_only: bool,
    /// List and call only these tools: names with `*`, or a service (`crashsight`); separated by commas.
    #[arg(long, global = true, value_name = "TOOLS", value_delimiter = ',')]
    tools: Vec<String>,
    /// Neither list nor call these tools.
    #[arg(long, global = true, value_name = "TOOLS", value_delimiter = ',')]
    exclude_tools: Vec<String>,
    /// What results carry: text, or the same blocks as JSON beside it.
    #[arg(long, global = true, value_enum, default_value_t = OutputMode::Text)]
    output: OutputMode,
    /// Whether a write is asked for twice.
    #[arg(long, global = true, value_enum, default_value_t = ConfirmWrites::Always)]
    confirm_writes: ConfirmWrites,
    /// Tokens that a reply may cost, 200 to 8000.
    #[arg(long, global = true, value_name = "TOKENS", default_value_t = 2000)]
    reply_tokens: usize,
    /// Megabytes read of one answer, decompressed.
    #[arg(long, global = true, value_name = "MB", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=1024))]
    max_answer_mb: u32,
    /// Those of these that the command line gives, as it gives them, except `--config` and `--demo`.
    #[arg(skip)]
    given: Vec<String>,
}

/// The switches of every subcommand that these matches were given, so that another process can be.
fn given(matches: &ArgMatches) -> Vec<String> {
    let mut given = Vec::new();
    for arg in Cli::command().get_arguments() {
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
fn takes_value(switch: &str) -> bool {
    Cli::command()
        .get_arguments()
        .filter(|arg| arg.get_long() == switch.strip_prefix("--"))
        .any(|arg| arg.get_action().takes_values())
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ConfirmWrites {
    Always,
    Never,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OutputMode {
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

/// Answered, failed, used wrongly, or to be tried later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    Answered = 0,
    Failed = 1,
    Usage = 2,
    Later = 3,
}

impl From<&Error> for Exit {
    fn from(failure: &Error) -> Self {
        match failure {
            Error::InvalidArguments(_) => Self::Usage,
            Error::RateLimited { .. } | Error::Unreachable(_) => Self::Later,
            Error::Credentials { .. } | Error::Rejected { .. } | Error::UnexpectedResponse(_) => {
                Self::Failed
            }
        }
    }
}

/// Parses the command line and does what it says.
#[expect(
    clippy::print_stderr,
    reason = "errors of the command line go to standard error"
)]
pub fn main() -> ExitCode {
    let matches = Cli::command().get_matches();
    let mut cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    cli.options.given = given(&matches);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let outcome = match runtime {
        Ok(runtime) => {
            log_to_stderr();
            let outcome = runtime.block_on(run(cli));
            // A blocked read of standard input must not keep the process.
            runtime.shutdown_timeout(Duration::from_millis(100));
            outcome
        }
        Err(error) => Err(error.into()),
    };
    match outcome {
        Ok(Exit::Answered) if LOST.get().is_some() => {
            if let Some(error) = LOST.get() {
                eprintln!("crashsight-mcp: standard output is not written: {error}");
            }
            ExitCode::from(Exit::Failed as u8)
        }
        Ok(exit) => ExitCode::from(exit as u8),
        Err(error) => {
            eprintln!("crashsight-mcp: {error:#}");
            let exit = if error.is::<UsageError>() {
                Exit::Usage
            } else {
                Exit::Failed
            };
            ExitCode::from(exit as u8)
        }
    }
}

async fn run(cli: Cli) -> anyhow::Result<Exit> {
    match cli
        .command
        .unwrap_or(Command::Serve(serve::Serve::default()))
    {
        Command::Serve(serve) => serve.serve(&cli.options).await,
        #[cfg(feature = "demo")]
        Command::Demo => demo::demo(&cli.options).await,
        Command::Call(call) => call.call(&cli.options).await,
        Command::Tools(tools) => tools.print(&cli.options).await,
        Command::Install(install) => install.run(&cli.options),
        Command::Doctor(doctor) => doctor.run(&cli.options).await,
    }
}

/// A mistake of the command line that its parser does not see.
#[derive(Debug)]
struct UsageError(String);

impl std::fmt::Display for UsageError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for UsageError {}

/// Why a part of what was said is lost; it shows in how the process exits.
static LOST: OnceLock<std::io::Error> = OnceLock::new();

/// Prints what a command says. Whoever reads may have gone: `call … | head` is no fault.
fn say(text: &str) {
    if let Err(error) = writeln!(std::io::stdout(), "{text}")
        && error.kind() != ErrorKind::BrokenPipe
    {
        let _ = LOST.set(error);
    }
}

/// What is logged unless told otherwise. To the protocol's library a client that went away is an error.
const LOGGED: &str = "warn,rmcp=off";

/// The protocol's library writes what a client sends as it came, line ends too: it is heard only when it is named.
fn quiet(filter: String) -> String {
    if filter.contains("rmcp") {
        filter
    } else {
        format!("{filter},rmcp=off")
    }
}

/// Standard output is the protocol. `CRASHSIGHT_LOG` holds a filter such as `info`.
fn log_to_stderr() {
    let filter = crate::config::log_filter().map_or_else(|| LOGGED.to_owned(), quiet);
    let filter = tracing_subscriber::EnvFilter::try_new(filter)
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(LOGGED));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .try_init();
}

/// A toolbox, and the simulator behind it where there is one: dropping that ends it.
pub(crate) struct Setup {
    toolbox: Arc<Toolbox>,
    budget: Budget,
    simulator: Option<Simulator>,
}

impl Options {
    /// Which tools are there, and what is asked before they write.
    fn policy(&self) -> anyhow::Result<Policy> {
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

    /// Reads the settings, or starts the simulator and points at it.
    async fn set_up(&self) -> anyhow::Result<Setup> {
        let policy = self.policy()?;
        let mut limits = CallLimits {
            answer_bytes: self.max_answer_mb as usize * (1 << 20),
            ..CallLimits::default()
        };
        let (projects, zone, simulator) = if self.demo {
            limits.paced = self.simulator.limits_rate();
            let (simulator, projects) = self.simulator.start().await?;
            let zone = crate::time_range::zone("+08:00").map_err(anyhow::Error::msg)?;
            (Arc::new(projects), zone, Some(simulator))
        } else {
            let settings = Config::load(self.config.as_deref())?;
            (settings.projects, settings.zone, None)
        };
        let run = Arc::new(Upstream::new(projects, Clock::System, limits));
        Ok(Setup {
            toolbox: Arc::new(Toolbox::new(run, zone, policy)),
            budget: Budget::new(self.reply_tokens),
            simulator,
        })
    }
}
