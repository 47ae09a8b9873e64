//! Plans an installation: the file, the entry, the executable and notes for the user.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::args::Install;
use super::binary::Program;
use super::clients::Client;
use super::server_entry::ServerEntry;
use super::{atomic_write, edit};
use crate::cli::options::Options;
use crate::config::{ConfigSources, Os, UserDirs};
use crate::project::Projects;

/// The planned change, and notes about it.
pub(super) struct Plan {
    pub(super) file: PathBuf,
    pub(super) before: Option<String>,
    /// The new text of the file, or why it cannot be edited.
    pub(super) after: anyhow::Result<String>,
    pub(super) name: String,
    pub(super) entry: ServerEntry,
    pub(super) program: Option<Program>,
    pub(super) notes: Vec<String>,
}

impl Install {
    #[expect(
        clippy::too_many_lines,
        reason = "one entry, from its file to its notes"
    )]
    pub(super) fn plan(
        &self,
        client: Client,
        options: &Options,
        dirs: &UserDirs,
        sources: &ConfigSources,
        projects: &Projects,
        mut notes: Vec<String>,
    ) -> anyhow::Result<Plan> {
        let info = client.info();
        let file = if self.is_shared() {
            client.shared_file(dirs).with_context(|| {
                format!(
                    "{} has no project config file: leave out `--scope project`",
                    info.title
                )
            })?
        } else {
            client.file(dirs)
        };
        let default = if options.demo {
            "crashsight-demo"
        } else {
            "crashsight"
        };
        let name = self.name.clone().unwrap_or_else(|| default.to_owned());
        let program = if self.is_shared() {
            None
        } else {
            Some(Program::locate(&crate::config::current_exe()?, dirs)?)
        };
        let mut args = vec!["serve".to_owned()];
        let mut env = Vec::new();
        if options.demo {
            args.push("--demo".to_owned());
        } else if self.is_shared() {
            env = self.shared_variables(sources, projects);
        } else {
            if let Some(file) = sources.named_file() {
                args.push("--config".to_owned());
                args.push(dirs.absolute(&file.display().to_string()));
            }
            env = self.own_variables(dirs, sources, &mut notes);
        }
        args.extend(options.explicit_flags.iter().cloned());
        let before = atomic_write::read(&file)?;
        let text = before.as_deref().unwrap_or_default();
        let found = edit::entries(text, info.format).unwrap_or_default();
        let chosen = |args: &[String]| {
            let mut flags = args.iter().map(|arg| arg.split('=').next().unwrap_or(arg));
            flags.any(|flag| matches!(flag, "--toolset" | "--tools" | "--exclude-tools"))
        };
        let mut existing = found.iter().filter(|entry| entry.name == name);
        if info.few_tools && !chosen(&args) && !existing.any(|entry| chosen(&entry.args)) {
            args.extend(["--toolset", "questions"].map(str::to_owned));
            notes.push(format!(
                "{} lists few tools, so it gets the question tools and what they lead to; `--toolset all` installs all",
                info.title
            ));
        }
        let entry = ServerEntry {
            command: program.as_ref().map_or_else(
                || "crashsight-mcp".to_owned(),
                |program| program.path.display().to_string(),
            ),
            args,
            env,
            reset: self.reset,
        };
        let permissive = found.iter().any(|found| {
            found.name == name
                && found
                    .args
                    .iter()
                    .any(|arg| arg.starts_with("--confirm-writes"))
        });
        if permissive && !entry.args.iter().any(|arg| arg == "--confirm-writes") {
            notes.push(
                "`--confirm-writes` of the existing entry is dropped: writes require confirmation"
                    .to_owned(),
            );
        }
        if self.is_shared() {
            notes.extend(shared_notes(options, dirs, &entry));
        }
        let after = edit::merged(text, info.format, &name, &entry);
        if let Some(other) = found
            .iter()
            .find(|found| found.name == name && !found.starts_this_server())
            .and_then(|found| found.command.as_deref())
        {
            notes.push(format!(
                "replaces the existing `{name}` entry (was: {other}); its arguments are dropped"
            ));
        }
        for secret in found
            .iter()
            .filter(|found| found.name == name)
            .flat_map(|found| &found.secrets)
        {
            notes.push(format!(
                "the entry contains the value of {secret}, which is kept: a file named by {secret}_FILE is safer"
            ));
        }
        if !self.is_shared() && before.is_none() && !file.parent().is_some_and(Path::is_dir) {
            notes.push(format!("{} does not seem to be installed", info.title));
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

    /// The environment variables for the client's config, because desktop clients do not have the shell's.
    fn own_variables(
        &self,
        dirs: &UserDirs,
        sources: &ConfigSources,
        notes: &mut Vec<String>,
    ) -> Vec<(String, String)> {
        let mut env: Vec<(String, String)> = sources
            .plain
            .iter()
            .map(|(name, value)| {
                let value = if name.ends_with("_FILE") {
                    dirs.absolute(value)
                } else {
                    value.clone()
                };
                ((*name).to_owned(), value)
            })
            .collect();
        if let Some(project) = self.project.first() {
            set(&mut env, "CRASHSIGHT_PROJECT", project.clone());
        }
        for (name, value) in &sources.network {
            // `http://user:password@proxy`
            if value.contains('@') {
                notes.push(format!(
                    "{name} contains a password and is not written: set it where the client starts"
                ));
            } else {
                let is_path = name.starts_with("SSL_");
                let value = if is_path {
                    dirs.absolute(value)
                } else {
                    value.clone()
                };
                set(&mut env, name, value);
            }
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
                let by_hand = if dirs.os == Os::Windows {
                    String::new()
                } else {
                    format!(
                        "\n  umask 077; mkdir -p \"$(dirname '{file}')\"; printf %s \"${secret}\" > '{file}'"
                    )
                };
                notes.push(format!(
                    "{secret} is a secret and is not written: store it in the file that the entry refers to, {file}{by_hand}"
                ));
            }
            set(&mut env, &name, file);
        }
        env
    }

    /// The variables to share with a team: site and app, but no personal project names.
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
                *project = format!("{}@{}", app.id, app.platform.as_str());
            }
        }
        env
    }
}

/// Notes for a config file that will be committed.
fn shared_notes(options: &Options, dirs: &UserDirs, entry: &ServerEntry) -> Vec<String> {
    let mut notes = vec![
        "credentials are not in this file: each user configures their own".to_owned(),
        "the client asks each user to trust this folder before it starts the server".to_owned(),
    ];
    if dirs.program(&entry.command).is_none() {
        notes.push(
            "crashsight-mcp is not in the PATH: every user of this file needs it there".to_owned(),
        );
    }
    if let Some(file) = &options.config {
        notes.push(format!(
            "{} is personal and not in this file: each user's own configuration is read",
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
