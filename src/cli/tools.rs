//! `tools`: lists the tools with the size of their definitions.

use clap::Args;
use serde_json::json;

use super::exit::Exit;
use super::options::Options;
use super::output::print_line;
use super::store_options::DefaultStore;
use crate::mcp::Server;
use crate::tools::Caller;
use crate::tools::{Definition, tool::Effect};

/// The arguments of `tools`.
#[derive(Args)]
pub(super) struct Tools {
    /// Print the definitions as clients receive them.
    #[arg(long)]
    json: bool,
}

impl Tools {
    pub(super) async fn print(&self, options: &Options) -> anyhow::Result<Exit> {
        let setup = options.set_up(DefaultStore::Sqlite).await?;
        let listed = setup.toolbox.list(&Caller::named("command line"));
        if self.json {
            let caller = Caller::named("command line");
            let server =
                Server::new(setup.toolbox, caller, setup.budget).with_output(options.output.into());
            print_line(&serde_json::to_string_pretty(&server.definitions())?);
            return Ok(Exit::Success);
        }
        let mut sum = 0;
        for definition in &listed {
            let tokens = cost(definition);
            sum += tokens;
            let effect = match definition.effect {
                Effect::Read => "read",
                Effect::Write => "write",
            };
            print_line(&format!(
                "{:<40} {:<30} {effect:<6} {tokens:>4}",
                definition.name,
                definition.upstream.join(", ")
            ));
        }
        print_line(&format!(
            "{:<78} {sum:>4}",
            format!("{} tools, tokens in total", listed.len())
        ));
        Ok(Exit::Success)
    }
}

/// Tokens of a definition as models receive it.
fn cost(definition: &Definition) -> usize {
    let seen = json!({
        "name": definition.name,
        "title": definition.title,
        "description": definition.description,
        "inputSchema": *definition.input,
    });
    crate::token_estimate::estimate(&seen.to_string())
}
