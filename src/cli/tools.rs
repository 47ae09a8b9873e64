//! `tools`: lists the tools with the size of their definitions, or the arguments of one.

use clap::Args;
use clap_complete::engine::ArgValueCandidates;
use serde_json::json;

use super::completions;
use super::exit::Exit;
use super::options::Options;
use super::output::print_line;
use super::store_options::DefaultStore;
use super::terminal::{is_for_a_person, print_styled};
use super::{reply_view, tool_help};
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
        let setup = options.set_up(DefaultStore::Sqlite).await?;
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
        let rows: Vec<(&Definition, &str, usize)> = listed
            .iter()
            .map(|definition| {
                let effect = match definition.effect {
                    Effect::Read => "read",
                    Effect::Write => "write",
                };
                (definition, effect, cost(definition))
            })
            .collect();
        let sum: usize = rows.iter().map(|(_, _, tokens)| tokens).sum();
        if is_for_a_person() {
            let header = ["tool", "operations", "effect", "tokens"].map(str::to_owned);
            let cells = rows.iter().map(|(definition, effect, tokens)| {
                let operations = definition.upstream.join(", ");
                let name = definition.name.to_owned();
                vec![name, operations, (*effect).to_owned(), tokens.to_string()]
            });
            print_styled(&reply_view::table(&header, cells.collect()));
            print_styled(&format!("{} tools, {sum} tokens in total", rows.len()));
            return Ok(Exit::Success);
        }
        for (definition, effect, tokens) in &rows {
            print_line(&format!(
                "{:<40} {:<30} {effect:<6} {tokens:>4}",
                definition.name,
                definition.upstream.join(", ")
            ));
        }
        print_line(&format!(
            "{:<78} {sum:>4}",
            format!("{} tools, tokens in total", rows.len())
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
