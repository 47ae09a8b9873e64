//! `man`: the manual page, generated from the command line.

use clap::Args;

use super::exit::{Exit, UsageError};
use super::output::print_line;

/// The arguments of `man`.
#[derive(Args)]
pub(super) struct Manual {
    /// The subcommand.
    subcommand: Option<String>,
}

impl Manual {
    /// Prints the page in roff.
    pub(super) fn print(&self, mut command: clap::Command) -> anyhow::Result<Exit> {
        command.build();
        let page = match &self.subcommand {
            None => command,
            Some(name) => {
                let found = command.find_subcommand(name).cloned();
                let found = found.ok_or_else(|| UsageError(format!("no subcommand `{name}`")))?;
                found.display_name(format!("crashsight-mcp-{name}"))
            }
        };
        let mut roff = Vec::new();
        clap_mangen::Man::new(page).render(&mut roff)?;
        print_line(String::from_utf8_lossy(&roff).trim_end());
        Ok(Exit::Success)
    }
}
