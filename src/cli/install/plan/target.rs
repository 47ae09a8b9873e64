//! The place of an entry in a client's file, and the change that is planned there.

use std::path::{Path, PathBuf};

use crate::cli::install::args::Install;
use crate::cli::install::binary::Program;
use crate::cli::install::clients::Client;
use crate::cli::install::entry::{ExistingEntry, ServerEntry};
use crate::cli::install::public_url::public_url;
use crate::cli::install::{atomic_write, edit};
use crate::cli::options::Options;
use crate::cli::server_url::{EnvHeader, ServerUrl};
use crate::config::{ConfigSources, UserDirs};
use crate::project::Projects;

/// A server with a URL, and the headers of requests to it.
pub(in crate::cli::install) struct Remote {
    pub(super) url: ServerUrl,
    pub(super) headers: Vec<EnvHeader>,
}

/// What entries are made of, for every client.
pub(in crate::cli::install) struct Setting<'a> {
    pub(in crate::cli::install) options: &'a Options,
    pub(in crate::cli::install) dirs: &'a UserDirs,
    pub(in crate::cli::install) sources: &'a ConfigSources,
    pub(in crate::cli::install) projects: &'a Projects,
    /// The server of `--url`.
    pub(in crate::cli::install) remote: Option<Remote>,
}

/// The planned change, and notes about it.
pub(in crate::cli::install) struct Plan {
    pub(in crate::cli::install) file: PathBuf,
    pub(in crate::cli::install) before: Option<String>,
    /// The new text of the file, or why it cannot be edited.
    pub(in crate::cli::install) after: anyhow::Result<String>,
    pub(in crate::cli::install) name: String,
    pub(in crate::cli::install) entry: ServerEntry,
    pub(in crate::cli::install) program: Option<Program>,
    pub(in crate::cli::install) notes: Vec<String>,
}

/// The place of an entry in a client's file, and what is there.
pub(super) struct Target {
    pub(super) client: Client,
    file: PathBuf,
    before: Option<String>,
    name: String,
    pub(super) existing: Option<ExistingEntry>,
    /// Whether the file is the project's shared one.
    is_shared: bool,
}

impl Target {
    pub(super) fn read(
        install: &Install,
        client: Client,
        setting: &Setting<'_>,
    ) -> anyhow::Result<Self> {
        let file = install.file(client, setting.dirs)?;
        let name = install.server_name(setting.options.demo);
        let before = atomic_write::read(&file)?;
        let text = before.as_deref().unwrap_or_default();
        let found = edit::entries(text, client.info().format).unwrap_or_default();
        Ok(Self {
            client,
            file,
            before,
            existing: found.into_iter().find(|found| found.name == name),
            name,
            is_shared: install.is_shared(),
        })
    }

    /// That another entry is replaced.
    pub(super) fn replaces(&self, other: &str, consequence: Option<&str>) -> String {
        let note = format!("replaces the existing `{}` entry (was: {other})", self.name);
        match consequence {
            Some(consequence) => format!("{note}; {consequence}"),
            None => note,
        }
    }

    /// That an entry with a URL is replaced, unless it is this one.
    pub(super) fn replaced_url(&self, new: Option<&str>) -> Option<String> {
        let url = self.existing.as_ref()?.url.as_deref()?;
        (Some(url) != new).then(|| self.replaces(&public_url(url), None))
    }

    /// The change of the file.
    pub(super) fn plan(
        self,
        entry: ServerEntry,
        program: Option<Program>,
        mut notes: Vec<String>,
    ) -> anyhow::Result<Plan> {
        let info = self.client.info();
        let text = self.before.as_deref().unwrap_or_default();
        let after = edit::merged(text, info.format, &self.name, &entry);
        if let Ok(after) = &after {
            let written = edit::entries(after, info.format)?;
            let written = written.iter().filter(|entry| entry.name == self.name);
            for entry in written {
                notes.extend(secret_notes(entry));
            }
        }
        if !self.is_shared && self.before.is_none() && !self.file.parent().is_some_and(Path::is_dir)
        {
            notes.push(format!("{} does not seem to be installed", info.title));
        }
        Ok(Plan {
            file: self.file,
            before: self.before,
            after,
            name: self.name,
            entry,
            program,
            notes,
        })
    }
}

/// Notes about secrets that are in the file itself.
fn secret_notes(entry: &ExistingEntry) -> impl Iterator<Item = String> {
    let variables = entry.secrets.iter().map(|secret| {
        format!(
            "the entry contains the value of {secret}, which is kept: a file named by {secret}_FILE is safer"
        )
    });
    let headers = entry.secret_headers.iter().map(|header| {
        format!(
            "the entry contains the value of the header {header}, which is kept: `--token-env` or `--header-env` is safer"
        )
    });
    variables.chain(headers)
}
