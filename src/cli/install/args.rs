//! The arguments of `install`.

use clap::{Args, ValueEnum};

use super::clients::ClientChoice;

/// The arguments of `install`.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
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
    /// Write the user's config file, or the project's shared one in the working directory.
    #[arg(long, value_enum, default_value_t = Scope::User)]
    scope: Scope,
    /// The older spelling of `--scope project`.
    #[arg(long, hide = true, conflicts_with = "scope")]
    here: bool,
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Scope {
    User,
    Project,
}

impl Install {
    /// Whether to write the project's shared config file.
    pub(super) fn is_shared(&self) -> bool {
        self.here || self.scope == Scope::Project
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
