//! The command line: one file per subcommand.

mod call;
mod demo;
mod doctor;
mod exit;
mod install;
mod logging;
mod options;
mod output;
mod serve;
mod setup;
mod tools;

use std::process::ExitCode;
use std::time::Duration;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use exit::{Exit, UsageError};
use logging::log_to_stderr;
use options::{Options, given};
use output::LOST;

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
        Command::Demo => demo::demo(&cli.options).await,
        Command::Call(call) => call.call(&cli.options).await,
        Command::Tools(tools) => tools.print(&cli.options).await,
        Command::Install(install) => install.run(&cli.options),
        Command::Doctor(doctor) => doctor.run(&cli.options).await,
    }
}
