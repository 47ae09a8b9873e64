//! `uninstall`: removes the entries of this server from clients' configurations and preserves the rest.

use anyhow::Context as _;
use clap::{Args, ValueEnum as _};

use super::args::Scope;
use super::clients::{Client, ClientChoice};
use super::{atomic_write, edit};
use crate::cli::exit::Exit;
use crate::cli::output::print_line;
use crate::config::UserDirs;

/// The arguments of `uninstall`.
#[derive(Args)]
pub(in crate::cli) struct Uninstall {
    /// The clients, comma-separated [default: every client].
    #[arg(long, value_enum, value_delimiter = ',')]
    client: Vec<ClientChoice>,
    /// Remove only the entry of this name [default: every entry that starts this server].
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Change the user's config file, or the project's shared one in the working directory.
    #[arg(long, value_enum, default_value_t = Scope::User)]
    scope: Scope,
    /// Print the change without writing it.
    #[arg(long)]
    dry_run: bool,
}

impl Uninstall {
    pub(in crate::cli) fn run(&self) -> anyhow::Result<Exit> {
        let dirs = UserDirs::of_process()?;
        let clients = match self.client.as_slice() {
            [] => Client::value_variants().to_vec(),
            choices => ClientChoice::clients(choices, &dirs),
        };
        let mut removed = 0;
        for client in clients {
            removed += self.remove(client, &dirs)?;
        }
        if removed == 0 {
            print_line("no entry of this server was found");
        } else if !self.dry_run {
            print_line(
                "configuration files, key files and the executable of crashsight-mcp are still there",
            );
        }
        Ok(Exit::Success)
    }

    /// Removes the entries of one client, and counts them.
    fn remove(&self, client: Client, dirs: &UserDirs) -> anyhow::Result<usize> {
        let info = client.info();
        let file = match self.scope {
            Scope::User => client.file(dirs),
            Scope::Project => match client.shared_file(dirs) {
                Some(file) => file,
                None => return Ok(0),
            },
        };
        let Some(before) = atomic_write::read(&file)? else {
            return Ok(0);
        };
        // A file that cannot be read has no entry that could be removed; `doctor` reports it.
        let Ok(found) = edit::entries(&before, info.format) else {
            return Ok(0);
        };
        let names: Vec<String> = found
            .into_iter()
            .filter(super::entry::ExistingEntry::is_ours)
            .map(|entry| entry.name)
            .filter(|name| self.name.as_ref().is_none_or(|wanted| wanted == name))
            .collect();
        let mut after = before.clone();
        for name in &names {
            after = edit::removed(&after, info.format, name)
                .with_context(|| format!("{} was not changed", file.display()))?;
        }
        if names.is_empty() {
            return Ok(0);
        }
        let (title, list, file_name) = (info.title, names.join("`, `"), file.display());
        if self.dry_run {
            print_line(&format!("{title}: would remove `{list}` from {file_name}"));
            return Ok(names.len());
        }
        let backup = atomic_write::replace(&file, Some(&before), &after)?;
        print_line(&format!("{title}: removed `{list}` from {file_name}"));
        if let Some(backup) = backup {
            print_line(&format!("backup: {}", backup.display()));
        }
        Ok(names.len())
    }
}
