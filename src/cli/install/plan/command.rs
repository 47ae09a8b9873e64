//! Plans the entry of a server that the client starts: the executable, its arguments and its environment.

use std::path::Path;

use super::target::{Plan, Setting, Target};
use crate::cli::install::args::Install;
use crate::cli::install::binary::Program;
use crate::cli::install::entry::{CommandEntry, ServerEntry};
use crate::cli::options::Options;
use crate::config::{ConfigSources, Os, UserDirs};
use crate::project::Projects;

impl Install {
    /// Plans an entry with a command.
    pub(super) fn plan_command(
        &self,
        target: Target,
        setting: &Setting<'_>,
        mut notes: Vec<String>,
    ) -> anyhow::Result<Plan> {
        let Setting {
            options,
            dirs,
            sources,
            projects,
            ..
        } = setting;
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
        let existing = target.existing.as_ref();
        let existing_args = existing.map_or(&[][..], |existing| &existing.args);
        let info = target.client.info();
        if info.few_tools && !chooses_tools(&args) && !chooses_tools(existing_args) {
            args.extend(["--toolset", "questions"].map(str::to_owned));
            notes.push(format!(
                "{} lists few tools, so it gets the question tools and what they lead to; `--toolset all` installs all",
                info.title
            ));
        }
        let is_flag = |arg: &String| arg.starts_with("--confirm-writes");
        if existing_args.iter().any(is_flag) && !args.iter().any(is_flag) {
            notes.push(
                "`--confirm-writes` of the existing entry is dropped: writes require confirmation"
                    .to_owned(),
            );
        }
        let entry = CommandEntry {
            command: program.as_ref().map_or_else(
                || "crashsight-mcp".to_owned(),
                |program| program.path.display().to_string(),
            ),
            args,
            env,
            reset: self.reset,
        };
        if self.is_shared() {
            notes.extend(shared_notes(options, dirs, &entry));
        }
        if let Some(existing) = existing.filter(|existing| !existing.starts_this_server()) {
            let dropped = "its arguments are dropped";
            notes.extend(
                existing
                    .command
                    .as_deref()
                    .map(|other| target.replaces(other, Some(dropped))),
            );
        }
        notes.extend(target.replaced_url(None));
        target.plan(ServerEntry::Command(entry), program, notes)
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

/// Whether arguments say which tools there are.
fn chooses_tools(args: &[String]) -> bool {
    let mut flags = args.iter().map(|arg| arg.split('=').next().unwrap_or(arg));
    flags.any(|flag| matches!(flag, "--toolset" | "--tools" | "--exclude-tools"))
}

/// Notes for a config file that will be committed.
fn shared_notes(options: &Options, dirs: &UserDirs, entry: &CommandEntry) -> Vec<String> {
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
