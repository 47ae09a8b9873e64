//! Checks client configurations: whether this server is configured and its executable exists.

use std::path::Path;

use clap::ValueEnum as _;

use super::report::Checks;
use crate::cli::install::clients::Client;
use crate::cli::install::entry::ExistingEntry;
use crate::cli::install::public_url::public_url;
use crate::cli::install::{atomic_write, edit};
use crate::config::UserDirs;

pub(super) fn check(checks: &mut Checks, dirs: &UserDirs) {
    let mut seen = 0;
    let mut without = Vec::new();
    for client in Client::value_variants() {
        let info = client.info();
        let own = client.file(dirs);
        // Both are the same file if the working directory is the home folder.
        let shared = client.shared_file(dirs).filter(|file| *file != own);
        for file in std::iter::once(own.clone()).chain(shared) {
            let found = match atomic_write::read(&file) {
                Ok(Some(text)) => edit::entries(&text, info.format),
                Ok(None) => {
                    if file == own {
                        without.push(*client);
                    }
                    continue;
                }
                Err(problem) => Err(problem),
            };
            match found {
                Ok(found) => {
                    let ours: Vec<ExistingEntry> =
                        found.into_iter().filter(ExistingEntry::is_ours).collect();
                    if ours.is_empty() && file == own {
                        without.push(*client);
                    }
                    for entry in ours {
                        seen += 1;
                        check_entry(checks, dirs, info.title, &file, &entry);
                    }
                }
                Err(problem) => checks.warn(
                    "client",
                    &format!("{}: {}: {problem:#}", info.title, file.display()),
                ),
            }
        }
    }
    if seen == 0 {
        checks.warn(
            "client",
            "not configured in any client; add it with `crashsight-mcp install --client …`",
        );
    }
    let present: Vec<String> = without
        .iter()
        .filter(|client| client.is_present(dirs))
        .map(|client| format!("{} ({})", client.info().name, client.file(dirs).display()))
        .collect();
    if !present.is_empty() {
        let list = present.join(", ");
        checks.note(
            "client",
            &format!("not configured in {list}; add it with `crashsight-mcp install --client …`"),
        );
    }
}

fn check_entry(
    checks: &mut Checks,
    dirs: &UserDirs,
    title: &str,
    file: &Path,
    entry: &ExistingEntry,
) {
    let place = format!("{title}: `{}` in {}", entry.name, file.display());
    match (&entry.command, &entry.url) {
        (Some(_), _) | (_, Some(_)) if entry.disabled => {
            checks.warn("client", &format!("{place} is disabled"));
        }
        (Some(command), _) => match dirs.program(command) {
            Some(program) => checks.ok("client", &format!("{place} starts {}", program.display())),
            None => checks.fail(
                "client",
                &format!(
                    "{place}: {command} does not exist or is not executable; run install again"
                ),
            ),
        },
        (None, Some(url)) => {
            let url = public_url(url);
            let text = format!("{place} uses {url} (not checked): run `doctor --url` to check it");
            checks.ok("client", &text);
        }
        (None, None) => checks.fail("client", &format!("{place} has no command")),
    }
    for header in &entry.secret_headers {
        checks.warn(
            "client",
            &format!(
                "{place} contains the value of the header {header}: \
                 `install --url … --token-env NAME` lets the client read it from its environment"
            ),
        );
    }
    for secret in &entry.secrets {
        checks.warn(
            "client",
            &format!(
                "{place} contains the value of {secret}; a file named by {secret}_FILE is safer"
            ),
        );
    }
}
