//! Plans the entry of a server with a URL.

use anyhow::bail;

use super::target::{Plan, Remote, Target};
use crate::cli::exit::UsageError;
use crate::cli::install::args::Install;
use crate::cli::install::clients::{Client, UrlFormat};
use crate::cli::install::entry::{ServerEntry, UrlEntry};
use crate::cli::options::Options;
use crate::cli::server_url::{EnvHeader, ServerUrl};

/// Why a client cannot have the entry, if so.
pub(in crate::cli::install) fn refusal(remote: &Remote, client: Client) -> Option<String> {
    let refused = format_for(client, &remote.headers).err();
    refused.map(|error| error.to_string())
}

impl Install {
    /// The server of `--url`. Refuses options that only a command has, and a name by which the entry would not be found
    /// again. A refusal does not repeat the URL: a password may be in it.
    pub(in crate::cli::install) fn remote(
        &self,
        options: &Options,
    ) -> anyhow::Result<Option<Remote>> {
        let Some(url) = &self.url else {
            return Ok(None);
        };
        let flag = if options.demo {
            Some("--demo")
        } else if options.config.is_some() {
            Some("--config")
        } else {
            options.explicit_flags.first().map(String::as_str)
        };
        if let Some(flag) = flag {
            let words = format!("{flag} is an option of the server: it cannot be used with --url");
            return Err(UsageError(words).into());
        }
        if !self.server_name(false).contains("crashsight") {
            let words = "with --url, the name must contain `crashsight`, by which `doctor` and `uninstall` find it";
            return Err(UsageError(words.to_owned()).into());
        }
        Ok(Some(Remote {
            url: ServerUrl::parse(url).map_err(UsageError)?,
            headers: self.headers.headers().map_err(UsageError)?,
        }))
    }

    /// Plans an entry with a URL.
    pub(super) fn plan_url(
        &self,
        remote: &Remote,
        target: Target,
        mut notes: Vec<String>,
    ) -> anyhow::Result<Plan> {
        let Remote { url, headers } = remote;
        let format = format_for(target.client, headers)?;
        if url.is_exposed() {
            notes.push(format!(
                "{} is reached by plain HTTP, which others on the way can read and change: use https",
                url.host()
            ));
        }
        notes.extend(variable_notes(target.client, headers));
        if self.is_shared() {
            notes.push(
                "the client asks each user to trust this folder before it connects".to_owned(),
            );
        }
        let command = target
            .existing
            .as_ref()
            .and_then(|existing| existing.command.as_deref());
        notes.extend(command.map(|command| target.replaces(command, None)));
        notes.extend(target.replaced_url(Some(url.as_str())));
        let entry = UrlEntry {
            url: url.clone(),
            headers: headers.clone(),
            format,
            reset: self.reset,
        };
        target.plan(ServerEntry::Url(entry), None, notes)
    }
}

/// The format of the client, if it can have these headers.
fn format_for(client: Client, headers: &[EnvHeader]) -> anyhow::Result<UrlFormat> {
    let info = client.info();
    let format = match info.url {
        Ok(format) => format,
        Err(instead) => bail!("{}: {instead}", info.title),
    };
    if !headers.is_empty() && format.variables.is_none() {
        bail!(
            "{} documents no way to read a header from its environment: leave out `--token-env` and `--header-env`, \
             and sign in with OAuth or enter the header in its settings",
            info.title
        );
    }
    Ok(format)
}

/// Where the variables must be set.
fn variable_notes(client: Client, headers: &[EnvHeader]) -> Vec<String> {
    let title = client.info().title;
    let names: Vec<&str> = headers.iter().map(|header| &*header.variable).collect();
    if names.is_empty() {
        return Vec::new();
    }
    let set = if names.len() == 1 { "it" } else { "them" };
    let mut notes = vec![format!(
        "{title} reads {} from its environment: set {set} where {title} is started",
        names.join(" and ")
    )];
    if client == Client::Kiro {
        notes.push("Kiro asks whether it may read the variable: approve it".to_owned());
    }
    notes
}
