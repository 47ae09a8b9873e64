//! The command line: one file per subcommand.

mod call;
mod completions;
#[cfg(feature = "demo")]
mod demo;
mod digest;
mod doctor;
mod exit;
mod help;
mod http_address;
mod install;
mod logging;
mod manual;
mod oauth;
mod options;
mod output;
mod panic_log;
mod reload;
mod reply_view;
mod report;
mod serve;
mod server_url;
mod setup;
#[cfg(feature = "demo")]
mod simulate;
mod simulator;
mod store;
mod store_options;
mod telemetry;
mod terminal;
mod tool_help;
mod tools;
mod within_limit;

use std::process::ExitCode;
use std::time::Duration;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use exit::{Exit, UsageError};
use options::{Options, explicit_flags};
use output::STDOUT_ERROR;

pub(crate) use install::example::merged as merged_client_file;

/// Ask an assistant about today's crashes: an MCP server for Tencent CrashSight.
#[derive(Parser)]
#[command(name = "crashsight-mcp", version, max_term_width = 100, after_help = help::SHORT, after_long_help = help::LONG)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    options: Options,
}

#[derive(Subcommand)]
enum Command {
    /// Run the MCP server on stdio (default) or HTTP.
    #[command(after_help = help::SERVE)]
    Serve(serve::Serve),
    /// Run a demo session against simulated data and print a client configuration.
    #[cfg(feature = "demo")]
    Demo,
    /// Run the simulator alone and print its address, ids, keys and a ready environment.
    #[cfg(feature = "demo")]
    Simulate(simulate::Simulate),
    /// Call one tool and print its reply.
    #[command(after_help = help::CALL)]
    Call(call::Call),
    /// Print a report for a team's channel: overview, ranked issues and the crashes that matter most.
    Report(report::Report),
    /// List the tools with their operation, effect and definition size in tokens.
    #[command(after_help = help::TOOLS)]
    Tools(tools::Tools),
    /// Condense crash texts from files or standard input (no service, no credentials).
    #[command(after_help = help::DIGEST)]
    Digest(digest::DigestCommand),
    /// Add this server to an MCP client's configuration.
    #[command(after_help = help::INSTALL)]
    Install(install::Install),
    /// Show or clear what the processes of this user share.
    Store(store::StoreCommand),
    /// Remove this server from MCP clients' configurations.
    #[command(after_help = help::UNINSTALL)]
    Uninstall(install::Uninstall),
    /// Check configuration, credentials, network, clock, projects and clients.
    #[command(after_help = help::DOCTOR)]
    Doctor(doctor::Doctor),
    /// Print a script that completes commands, options, tools and their arguments in a shell.
    #[command(after_help = help::COMPLETIONS)]
    Completions(completions::Completions),
    /// Print the manual page, or that of a subcommand.
    #[command(after_help = help::MAN)]
    Man(manual::Manual),
}

/// Parses the command line and runs the subcommand.
#[expect(clippy::print_stderr, reason = "errors go to standard error")]
pub fn main() -> ExitCode {
    panic_log::install();
    completions::answer_shell(Cli::command);
    let matches = Cli::command()
        .color(terminal::color_of_help())
        .get_matches();
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
            terminal::set_color(cli.options.color);
            let outcome = cli.options.log.start().and_then(|()| {
                runtime.block_on(async {
                    let exporter = telemetry::start();
                    let outcome = Box::pin(run(cli)).await;
                    if let Some(exporter) = exporter {
                        exporter.stop().await;
                    }
                    outcome
                })
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
        Command::Call(call) if call.shows_usage() => {
            let mut command = Cli::command();
            command.build();
            let text = command
                .find_subcommand_mut("call")
                .map(|call| call.render_long_help().ansi().to_string());
            terminal::print_styled(text.unwrap_or_default().trim_end());
            Ok(Exit::Success)
        }
        Command::Call(call) => call.call(&cli.options).await,
        Command::Report(report) => report.report(&cli.options).await,
        Command::Tools(tools) => tools.print(&cli.options).await,
        Command::Digest(digest) => digest.run(),
        Command::Install(install) => install.run(&cli.options),
        Command::Store(store) => store.run(&cli.options).await,
        Command::Uninstall(uninstall) => uninstall.run(),
        Command::Doctor(doctor) => doctor.run(&cli.options).await,
        Command::Completions(completions) => completions.print(),
        Command::Man(manual) => manual.print(Cli::command()),
    }
}
