//! `install`: adds this server to a client's configuration and preserves the rest of the file.

mod args;
pub(super) mod atomic_write;
mod binary;
pub(super) mod clients;
pub(super) mod edit;
pub(super) mod entry;
pub(super) mod example;
mod link;
mod plan;
pub(super) mod public_url;
mod uninstall;

pub(super) use self::args::Install;
pub(super) use self::uninstall::Uninstall;

use std::io::Write as _;
use std::sync::Arc;

use anyhow::Context as _;
use serde_json::json;

use self::binary::Program;
use self::clients::{Client, ClientChoice};
use self::entry::ServerEntry;
use self::plan::{Plan, Setting, refusal};
use super::exit::Exit;
use super::options::Options;
use super::output::print_line;
use crate::args::ProjectName;
use crate::config::{Config, ConfigSources, UserDirs};
use crate::error::Error;

impl Install {
    pub(super) fn run(&self, options: &Options) -> anyhow::Result<Exit> {
        if options.demo && !self.project.is_empty() {
            print_error("--project cannot be used with --demo, which has its own projects");
            return Ok(Exit::Usage);
        }
        let remote = self.remote(options)?;
        options.policy()?;
        let dirs = UserDirs::of_process()?;
        let sources = ConfigSources::of_process(options.config.as_deref());
        let mut notes = Vec::new();
        let mut projects = Arc::default();
        if !options.demo && remote.is_none() {
            match self.check(options, &sources, &mut notes) {
                Ok(settings) => projects = settings.projects,
                Err(failure) => {
                    print_error(&format!("{failure:#}"));
                    return Ok(match failure.downcast_ref::<Error>() {
                        Some(failure) => failure.into(),
                        None => Exit::Failed,
                    });
                }
            }
        }
        let clients = ClientChoice::clients(&self.client, &dirs);
        if clients.is_empty() {
            print_error("no client was found on this machine: name one with `--client`");
            return Ok(Exit::Failed);
        }
        let setting = Setting {
            options,
            dirs: &dirs,
            sources: &sources,
            projects: &projects,
            remote,
        };
        let mut exit = Exit::Success;
        for (at, client) in clients.iter().enumerate() {
            if at > 0 {
                print_line("");
            }
            let is_named = self.client.contains(&ClientChoice::One(*client));
            let remote = setting.remote.as_ref().filter(|_| !is_named);
            if let Some(reason) = remote.and_then(|remote| refusal(remote, *client)) {
                print_line(&format!("skipped: {reason}"));
                continue;
            }
            let planned = self.plan(*client, &setting, notes.clone());
            let outcome = planned.and_then(|plan| self.carry_out(*client, plan, &dirs));
            match outcome {
                Ok(Exit::Success) => {}
                Ok(other) => exit = other,
                Err(error) => {
                    print_error(&format!("{error:#}"));
                    exit = Exit::Failed;
                }
            }
        }
        Ok(exit)
    }

    /// The configuration must be valid and the projects known. Missing credentials are only noted.
    fn check(
        &self,
        options: &Options,
        sources: &ConfigSources,
        notes: &mut Vec<String>,
    ) -> anyhow::Result<Config> {
        let settings = Config::load(options.config.as_deref())
            .context("the configuration is invalid: fix it first")?;
        let mut missing = None;
        for name in &self.project {
            let name: ProjectName = serde_json::from_value(json!(name))
                .map_err(|error| Error::invalid_arguments(format!("--project: {error}")))?;
            match settings.projects.crashsight(Some(&name)) {
                Ok(_) => {}
                Err(failure @ Error::Credentials { .. }) => missing = Some(failure),
                Err(failure) => return Err(failure.into()),
            }
        }
        if self.project.is_empty() {
            missing = settings
                .projects
                .crashsight(None)
                .err()
                .filter(|failure| matches!(failure, Error::Credentials { .. }));
        }
        if let Some(first) = self.project.get(1) {
            notes.push(format!(
                "{} is the default project; select the others by name, such as `{first}`",
                self.project.first().map_or("", String::as_str),
            ));
        }
        let key_in_variable = sources.secret.contains(&"CRASHSIGHT_API_KEY");
        let begun = sources.file.is_some() || sources.sets("CRASHSIGHT_API_KEY_FILE");
        if let Some(failure) = missing.as_ref().filter(|_| begun) {
            notes.push(format!("credentials are missing: {failure}"));
        } else if missing.is_some() && !key_in_variable {
            let file = sources
                .default_file
                .as_deref()
                .map(std::path::Path::display);
            notes.push(format!(
                "credentials are missing: put user_id and api_key_file of an account into {}, or set\n  \
                 CRASHSIGHT_USER_ID and CRASHSIGHT_API_KEY_FILE and install again",
                file.map_or_else(|| "a configuration file".to_owned(), |file| file.to_string())
            ));
        }
        for place in settings.variables.iter().filter(|_| !self.is_shared()) {
            notes.push(format!(
                "{place} uses an environment variable, which desktop clients do not have: use a file instead"
            ));
        }
        Ok(settings)
    }

    /// The command that checks what was installed.
    fn check_command(&self, entry: &ServerEntry, dirs: &UserDirs) -> String {
        let program = "crashsight-mcp";
        match entry {
            ServerEntry::Command(entry) if dirs.program(program).is_none() => {
                format!("{} doctor", entry.command)
            }
            ServerEntry::Command(_) => format!("{program} doctor"),
            ServerEntry::Url(entry) => {
                let flags = self.headers.flags();
                format!("{program} doctor --url {}{flags}", entry.url.as_str())
            }
        }
    }

    fn carry_out(&self, client: Client, plan: Plan, dirs: &UserDirs) -> anyhow::Result<Exit> {
        let info = client.info();
        if self.print_link {
            copy_binary(plan.program.as_ref())?;
            print_line(&link::of(client, &plan.name, &plan.entry)?);
            return Ok(Exit::Success);
        }
        let file = plan.file.display();
        let after = match plan.after {
            Ok(after) => after,
            Err(problem) => {
                // The entry to paste starts the copy as well.
                if !self.dry_run {
                    copy_binary(plan.program.as_ref())?;
                }
                print_error(&format!(
                    "{file} was not changed: {problem:#}\nto configure the client by hand, add this to it:"
                ));
                print_line(edit::snippet(info.format, &plan.name, &plan.entry).trim_end());
                return Ok(Exit::Failed);
            }
        };
        let changes = plan.before.as_deref() != Some(after.as_str());
        if self.dry_run {
            if let Some(program) = plan
                .program
                .as_ref()
                .filter(|program| program.from.is_some())
            {
                print_line(&format!(
                    "would copy this executable to {}",
                    program.path.display()
                ));
            }
            if changes {
                let before = plan.before.as_deref().unwrap_or_default();
                let verb = if plan.before.is_some() {
                    "change"
                } else {
                    "write"
                };
                print_line(&format!("would {verb} {file}"));
                // Only the entry: the rest of the file may contain secrets, even on the same line.
                let shown = |text: &str| edit::shown(text, info.format, &plan.name);
                print_line(&atomic_write::difference(&shown(before), &shown(&after)));
            } else {
                print_line(&format!("{file} needs no change"));
            }
        } else {
            copy_binary(plan.program.as_ref())?;
            if changes {
                let backup = atomic_write::replace(&plan.file, plan.before.as_deref(), &after)?;
                print_line(&format!("{}: wrote `{}` to {file}", info.title, plan.name));
                if let Some(backup) = backup {
                    print_line(&format!("backup: {}", backup.display()));
                }
            } else {
                print_line(&format!(
                    "{}: `{}` in {file} is up to date",
                    info.title, plan.name
                ));
            }
        }
        for note in &plan.notes {
            print_line(&format!("note: {note}"));
        }
        if !self.dry_run {
            if changes {
                print_line(&format!("next: {}", info.next));
            }
            print_line(&format!(
                "then: run `{}` to check the setup",
                self.check_command(&plan.entry, dirs)
            ));
        }
        Ok(Exit::Success)
    }
}

/// Copies the executable out of the build folder if needed.
fn copy_binary(program: Option<&Program>) -> anyhow::Result<()> {
    if let Some(program) = program.filter(|program| program.from.is_some()) {
        program.copy()?;
        print_line(&format!(
            "copied this executable to {}",
            program.path.display()
        ));
    }
    Ok(())
}

fn print_error(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
