//! What an installation comes to: which file, which entry, which program, and what is worth saying.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::binary::Program;
use super::server_entry::Entry;
use super::{Install, atomic_write, edit};
use crate::cli::options::Options;
use crate::config::{ConfigSources, Os, UserDirs};
use crate::project::Projects;

/// What is to be done, and what to tell of it.
pub(super) struct Plan {
    pub(super) file: PathBuf,
    pub(super) before: Option<String>,
    /// The file's new text, or why it cannot be changed.
    pub(super) after: anyhow::Result<String>,
    pub(super) name: String,
    pub(super) entry: Entry,
    pub(super) program: Option<Program>,
    pub(super) notes: Vec<String>,
}

impl Install {
    pub(super) fn plan(
        &self,
        options: &Options,
        places: &UserDirs,
        sources: &ConfigSources,
        projects: &Projects,
        mut notes: Vec<String>,
    ) -> anyhow::Result<Plan> {
        let facts = self.client.facts();
        let file = if self.here {
            self.client.shared_file(places).with_context(|| {
                format!(
                    "{} knows no file of a project: leave out --here",
                    facts.title
                )
            })?
        } else {
            self.client.file(places)
        };
        let default = if options.demo {
            "crashsight-demo"
        } else {
            "crashsight"
        };
        let name = self.name.clone().unwrap_or_else(|| default.to_owned());
        let program = if self.here {
            None
        } else {
            Some(Program::of(&crate::config::own_path()?, places)?)
        };
        let mut args = vec!["serve".to_owned()];
        let mut env = Vec::new();
        if options.demo {
            args.push("--demo".to_owned());
        } else if self.here {
            env = self.shared_variables(sources, projects);
        } else {
            if let Some(file) = sources.named_file() {
                args.push("--config".to_owned());
                args.push(places.absolute(&file.display().to_string()));
            }
            env = self.own_variables(places, sources, &mut notes);
        }
        args.extend(options.explicit_flags.iter().cloned());
        let entry = Entry {
            command: program.as_ref().map_or_else(
                || "crashsight-mcp".to_owned(),
                |program| program.path.display().to_string(),
            ),
            args,
            env,
        };
        if self.here {
            notes.extend(shared_notes(options, places, &entry));
        }
        let before = atomic_write::read(&file)?;
        let text = before.as_deref().unwrap_or_default();
        let after = edit::merged(text, facts.form, &name, &entry);
        let found = edit::entries(text, facts.form).unwrap_or_default();
        if let Some(other) = found
            .iter()
            .find(|found| found.name == name && !found.starts_us())
            .and_then(|found| found.command.as_deref())
        {
            notes.push(format!(
                "`{name}` started {other} until now, whose arguments are left out"
            ));
        }
        for secret in found
            .iter()
            .filter(|found| found.name == name)
            .flat_map(|found| &found.secrets)
        {
            notes.push(format!(
                "the entry holds {secret} itself, which stays: {secret}_FILE with a file's path is safer"
            ));
        }
        if !self.here && before.is_none() && !file.parent().is_some_and(Path::is_dir) {
            notes.push(format!(
                "{} has no folder here yet: is it installed?",
                facts.title
            ));
        }
        Ok(Plan {
            file,
            before,
            after,
            name,
            entry,
            program,
            notes,
        })
    }

    /// What a client's process needs of this one's variables; a client from the desktop has none of them.
    fn own_variables(
        &self,
        places: &UserDirs,
        sources: &ConfigSources,
        notes: &mut Vec<String>,
    ) -> Vec<(String, String)> {
        let mut env: Vec<(String, String)> = sources
            .plain
            .iter()
            .map(|(name, value)| {
                let value = if name.ends_with("_FILE") {
                    places.absolute(value)
                } else {
                    value.clone()
                };
                ((*name).to_owned(), value)
            })
            .collect();
        if let Some(project) = self.project.first() {
            set(&mut env, "CRASHSIGHT_PROJECT", project.clone());
        }
        for secret in &sources.secret {
            let name = format!("{secret}_FILE");
            if env.iter().any(|(known, _)| *known == name) {
                continue;
            }
            let word = secret.to_lowercase().replace('_', "-");
            let Some(file) = sources.key_file(&word) else {
                continue;
            };
            let file = file.display().to_string();
            if !Path::new(&file).is_file() {
                let by_hand = if places.os == Os::Windows {
                    String::new()
                } else {
                    format!(
                        "\n  umask 077; mkdir -p \"$(dirname '{file}')\"; printf %s \"${secret}\" > '{file}'"
                    )
                };
                notes.push(format!(
                    "{secret} is a secret and is not written: put it into the file that the entry names, {file}{by_hand}"
                ));
            }
            set(&mut env, &name, file);
        }
        env
    }

    /// What a team shares: which service and which app, by the name that everyone's settings know.
    fn shared_variables(
        &self,
        sources: &ConfigSources,
        projects: &Projects,
    ) -> Vec<(String, String)> {
        let mut env: Vec<(String, String)> = sources
            .plain
            .iter()
            .filter(|(name, _)| matches!(*name, "CRASHSIGHT_SITE" | "CRASHSIGHT_PROJECT"))
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        if let Some(project) = self.project.first() {
            set(&mut env, "CRASHSIGHT_PROJECT", project.clone());
        }
        for (_, project) in env
            .iter_mut()
            .filter(|(name, _)| name == "CRASHSIGHT_PROJECT")
        {
            let known = projects.find(project);
            if let Some(app) = known.and_then(|known| known.crashsight.as_ref()) {
                *project = format!("{}@{}", app.id, app.platform.word());
            }
        }
        env
    }
}

/// What whoever commits the file of a project should know.
fn shared_notes(options: &Options, places: &UserDirs, entry: &Entry) -> Vec<String> {
    let mut notes = vec![
        "user id and key are not in this file: they come from everyone's own settings".to_owned(),
        "a folder's servers run once its user trusts the folder: the client asks".to_owned(),
    ];
    if places.program(&entry.command).is_none() {
        notes.push(
            "crashsight-mcp is not in the PATH: everyone who uses this file needs it there"
                .to_owned(),
        );
    }
    if let Some(file) = &options.config {
        notes.push(format!(
            "{} is yours and is not named in this file: everyone's own settings are read",
            file.display()
        ));
    }
    notes
}

fn set(env: &mut Vec<(String, String)>, name: &str, value: String) {
    match env.iter_mut().find(|(known, _)| known == name) {
        Some((_, known)) => *known = value,
        None => env.push((name.to_owned(), value)),
    }
}
