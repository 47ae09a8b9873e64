//! `tools`: lists the tools with the size of their definitions, or the arguments of one.

use clap::Args;
use clap_complete::engine::ArgValueCandidates;
use serde_json::json;

use super::completions;
use super::exit::Exit;
use super::options::Options;
use super::output::print_line;
use super::tool_help;
use crate::mcp::Server;
use crate::tools::Caller;
use crate::tools::{Definition, tool::Effect};

/// The arguments of `tools`.
#[derive(Args)]
pub(super) struct Tools {
    /// Print the definitions as clients receive them.
    #[arg(long)]
    json: bool,
    /// Print the description and the arguments of this tool.
    #[arg(add = ArgValueCandidates::new(completions::tools))]
    tool: Option<String>,
}

impl Tools {
    pub(super) async fn print(&self, options: &Options) -> anyhow::Result<Exit> {
        if let Some(tool) = self.tool.as_deref().filter(|_| !self.json) {
            return Ok(tool_help::print(tool));
        }
        let setup = options.set_up().await?;
        let listed = setup.toolbox.list(&Caller::named("command line"));
        if self.json {
            let caller = Caller::named("command line");
            let server =
                Server::new(setup.toolbox, caller, setup.budget).with_output(options.output.into());
            let mut definitions = server.definitions();
            if let Some(tool) = &self.tool {
                definitions.retain(|definition| definition["name"] == tool.as_str());
                if definitions.is_empty() {
                    return Ok(tool_help::unknown(tool));
                }
            }
            print_line(&serde_json::to_string_pretty(&definitions)?);
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
