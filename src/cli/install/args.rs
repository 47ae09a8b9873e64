//! The arguments of `install`.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, ValueEnum};

use super::clients::{Client, ClientChoice};
use crate::cli::server_url::HeaderFlags;
use crate::config::UserDirs;

/// The arguments of `install`.
#[derive(Args)]
pub(in crate::cli) struct Install {
    /// The clients to configure, comma-separated; `all` are those found on this machine.
    #[arg(long, value_enum, required = true, value_delimiter = ',')]
    pub(super) client: Vec<ClientChoice>,
    /// Projects to make available; the first is the default.
    #[arg(long, value_name = "NAME")]
    pub(super) project: Vec<String>,
    /// The server's name in the client [default: crashsight, or crashsight-demo].
    #[arg(long, value_name = "NAME", value_parser = server_name)]
    pub(super) name: Option<String>,
    /// Add a server that is already running at this URL, instead of a command to start.
    #[arg(long, value_name = "URL", conflicts_with = "project")]
    pub(super) url: Option<String>,
    #[command(flatten)]
    pub(super) headers: HeaderFlags,
    #[command(flatten)]
    scope: ScopeFlags,
    /// Print the change without writing it.
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Drop the options of the existing entry that are not on this command line.
    #[arg(long)]
    pub(super) reset: bool,
    /// Print a link that adds the server when it is opened (VS Code and Cursor), and write nothing.
    #[arg(long, conflicts_with = "dry_run")]
    pub(super) print_link: bool,
}

/// Which config file is written.
#[derive(Args)]
struct ScopeFlags {
    /// Write the user's config file, or the project's shared one in the working directory.
    #[arg(long, value_enum, default_value_t = Scope::User)]
    scope: Scope,
    /// The older spelling of `--scope project`.
    #[arg(long, hide = true, conflicts_with = "scope")]
    here: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Scope {
    User,
    Project,
}

impl Install {
    /// Whether to write the project's shared config file.
    pub(super) fn is_shared(&self) -> bool {
        self.scope.here || self.scope.scope == Scope::Project
    }

    /// The name of the server in the client.
    pub(super) fn server_name(&self, demo: bool) -> String {
        let default = if demo {
            "crashsight-demo"
        } else {
            "crashsight"
        };
        self.name.clone().unwrap_or_else(|| default.to_owned())
    }

    /// The config file to write.
    pub(super) fn file(&self, client: Client, dirs: &UserDirs) -> anyhow::Result<PathBuf> {
        if !self.is_shared() {
            return Ok(client.file(dirs));
        }
        client.shared_file(dirs).with_context(|| {
            format!(
                "{} has no project config file: leave out `--scope project`",
                client.info().title
            )
        })
    }
}

/// Clients display the name and make it a part of tool names; all of them accept these characters.
fn server_name(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if text.is_empty() || text.len() > 40 || !text.chars().all(plain) {
        return Err("expected at most 40 letters, digits, hyphens and underscores".to_owned());
    }
    Ok(text.to_owned())
}
