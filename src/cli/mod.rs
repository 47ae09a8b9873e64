//! The command line: one file per subcommand.

mod call;
#[cfg(feature = "demo")]
mod demo;
mod digest;
mod doctor;
mod exit;
mod install;
mod logging;
mod oauth;
mod options;
mod output;
mod panic_log;
mod reload;
mod serve;
mod setup;
#[cfg(feature = "demo")]
mod simulate;
mod simulator;
mod telemetry;
mod tools;

use std::process::ExitCode;
use std::time::Duration;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use exit::{Exit, UsageError};
use logging::log_to_stderr;
use options::{Options, explicit_flags};
use output::STDOUT_ERROR;

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
    /// Run the MCP server on stdio (default) or HTTP.
    Serve(serve::Serve),
    /// Run a demo session against simulated data and print a client configuration.
    #[cfg(feature = "demo")]
    Demo,
    /// Run the simulator alone and print its address, ids, keys and a ready environment.
    #[cfg(feature = "demo")]
    Simulate(simulate::Simulate),
    /// Call one tool and print its reply.
    Call(call::Call),
    /// List the tools with their operation, effect and definition size in tokens.
    Tools(tools::Tools),
    /// Condense crash texts from files or standard input (no service, no credentials).
    Digest(digest::DigestCommand),
    /// Add this server to an MCP client's configuration.
    Install(install::Install),
    /// Check configuration, credentials, network, clock, projects and clients.
    Doctor(doctor::Doctor),
}

/// Parses the command line and runs the subcommand.
#[expect(clippy::print_stderr, reason = "errors go to standard error")]
pub fn main() -> ExitCode {
    panic_log::install();
    let matches = Cli::command().get_matches();
    let mut cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    cli.options.explicit_flags = explicit_flags(&matches);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let outcome = match runtime {
        Ok(runtime) => {
            log_to_stderr();
            let outcome = runtime.block_on(async {
                let exporter = telemetry::start();
                let outcome = run(cli).await;
                if let Some(exporter) = exporter {
                    exporter.stop().await;
                }
                outcome
            });
            // A blocked read of standard input must not keep the process.
            runtime.shutdown_timeout(Duration::from_millis(100));
            outcome
        }
        Err(error) => Err(error.into()),
    };
    match outcome {
        Ok(Exit::Success) if STDOUT_ERROR.get().is_some() => {
            if let Some(error) = STDOUT_ERROR.get() {
                eprintln!("crashsight-mcp: cannot write to stdout: {error}");
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
        #[cfg(feature = "demo")]
        Command::Simulate(simulate) => simulate.run().await,
        Command::Call(call) => call.call(&cli.options).await,
        Command::Tools(tools) => tools.print(&cli.options).await,
        Command::Digest(digest) => digest.run(),
        Command::Install(install) => install.run(&cli.options),
        Command::Doctor(doctor) => doctor.run(&cli.options).await,
    }
}
