//! Clients' configurations: is this server there, and does the program it names exist.

use std::path::Path;

use clap::ValueEnum as _;

use super::report::Checks;
use crate::cli::install::clients::Client;
use crate::cli::install::server_entry::Found;
use crate::cli::install::{atomic_write, edit};
use crate::config::UserDirs;

pub(super) fn check(checks: &mut Checks, places: &UserDirs) {
    let mut seen = 0;
    let mut without = Vec::new();
    for client in Client::value_variants() {
        let facts = client.facts();
        let own = client.file(places);
        // In the user's own folder the two are one.
        let shared = client.shared_file(places).filter(|file| *file != own);
        for file in std::iter::once(own.clone()).chain(shared) {
            let found = match atomic_write::read(&file) {
                Ok(Some(text)) => edit::entries(&text, facts.form),
                Ok(None) => continue,
                Err(problem) => Err(problem),
            };
            match found {
                Ok(found) => {
                    let ours: Vec<Found> = found.into_iter().filter(Found::is_ours).collect();
                    if ours.is_empty() && file == own {
                        without.push(facts.word);
                    }
                    for entry in ours {
                        seen += 1;
                        told(checks, places, facts.title, &file, &entry);
                    }
                }
                Err(problem) => checks.warn(
                    "client",
                    &format!("{}: {}: {problem:#}", facts.title, file.display()),
                ),
            }
        }
    }
    if seen == 0 {
        checks.warn(
            "client",
            "no client names this server; `crashsight-mcp install --client …` adds it to one",
        );
    } else if !without.is_empty() {
        checks.ok(
            "client",
            &format!(
                "not in {}; `crashsight-mcp install --client …` adds it",
                without.join(", ")
            ),
        );
    }
}

fn told(checks: &mut Checks, places: &UserDirs, title: &str, file: &Path, entry: &Found) {
    let place = format!("{title}: `{}` in {}", entry.name, file.display());
    match (&entry.command, &entry.url) {
        (Some(_), _) | (_, Some(_)) if entry.disabled => {
            checks.warn("client", &format!("{place} is switched off there"));
        }
        (Some(command), _) => match places.program(command) {
            Some(program) => checks.ok("client", &format!("{place} starts {}", program.display())),
            None => checks.fail(
                "client",
                &format!(
                    "{place} names {command}, which is not there or is no program; install it again"
                ),
            ),
        },
        (None, Some(url)) => checks.ok("client", &format!("{place} asks {url}, not tried here")),
        (None, None) => checks.fail("client", &format!("{place} names no program")),
    }
    for secret in &entry.secrets {
        checks.warn(
            "client",
            &format!("{place} holds {secret} itself; {secret}_FILE with a file's path is safer"),
        );
    }
}
