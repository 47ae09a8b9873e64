//! `install`: this server into a client's configuration, with everything else there left as it is.

pub(super) mod atomic_write;
mod binary;
pub(super) mod clients;
pub(super) mod edit;
mod plan;
pub(super) mod server_entry;

use std::io::Write as _;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use serde_json::json;

use self::binary::Program;
use self::clients::Client;
use self::plan::Plan;
use super::exit::Exit;
use super::options::Options;
use super::output::print_line;
use crate::args::ProjectName;
use crate::config::{Config, ConfigSources, UserDirs};
use crate::error::Error;

/// What `install` takes.
#[derive(Args)]
pub(super) struct Install {
    /// The client to configure.
    #[arg(long, value_enum)]
    client: Client,
    /// Projects to ask about; the first is meant when none is named.
    #[arg(long, value_name = "NAME")]
    project: Vec<String>,
    /// The server's name in the client [default: crashsight, or crashsight-demo].
    #[arg(long, value_name = "NAME", value_parser = server_name)]
    name: Option<String>,
    /// Write the file of the project in this folder, which is meant to be committed.
    #[arg(long)]
    here: bool,
    /// Print the change and write nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Names are shown, and become parts of tool names: every client takes these characters.
fn server_name(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if text.is_empty() || text.len() > 40 || !text.chars().all(plain) {
        return Err("expected letters, digits and hyphens, at most 40".to_owned());
    }
    Ok(text.to_owned())
}

impl Install {
    pub(super) fn run(&self, options: &Options) -> anyhow::Result<Exit> {
        if options.demo && !self.project.is_empty() {
            print_error("--demo has projects of its own: leave out --project, or --demo");
            return Ok(Exit::Usage);
        }
        options.policy()?;
        let places = UserDirs::of_process()?;
        let sources = ConfigSources::of_process(options.config.as_deref());
        let mut notes = Vec::new();
        let mut projects = Arc::default();
        if !options.demo {
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
        let plan = match self.plan(options, &places, &sources, &projects, notes) {
            Ok(plan) => plan,
            Err(error) => {
                print_error(&format!("{error:#}"));
                return Ok(Exit::Failed);
            }
        };
        self.carry_out(plan, &places)
    }

    /// The settings must be readable and the projects known; what is missing is told and no obstacle.
    fn check(
        &self,
        options: &Options,
        sources: &ConfigSources,
        notes: &mut Vec<String>,
    ) -> anyhow::Result<Config> {
        let settings = Config::load(options.config.as_deref())
            .context("the settings are not readable: mend them first")?;
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
                "{} is meant when no project is named; ask for the others by name, as in `{first}`",
                self.project.first().map_or("", String::as_str),
            ));
        }
        let key_in_variable = sources.secret.contains(&"CRASHSIGHT_API_KEY");
        let begun = sources.file.is_some() || sources.sets("CRASHSIGHT_API_KEY_FILE");
        if let Some(failure) = missing.as_ref().filter(|_| begun) {
            notes.push(format!("credentials are missing: {failure}"));
        } else if missing.is_some() && !key_in_variable {
            let file = sources.own_file.as_deref().map(std::path::Path::display);
            notes.push(format!(
                "credentials are missing: put user_id and api_key_file of an account into {}, or set\n  \
                 CRASHSIGHT_USER_ID and CRASHSIGHT_API_KEY_FILE and install again",
                file.map_or_else(|| "a configuration file".to_owned(), |file| file.to_string())
            ));
        }
        for place in settings.variables.iter().filter(|_| !self.here) {
            notes.push(format!(
                "{place} names a variable, which a client from the desktop does not have: name a file instead"
            ));
        }
        Ok(settings)
    }

    fn carry_out(&self, plan: Plan, places: &UserDirs) -> anyhow::Result<Exit> {
        let facts = self.client.facts();
        let file = plan.file.display();
        let after = match plan.after {
            Ok(after) => after,
            Err(problem) => {
                // The entry that is pasted by hand starts the copy as well.
                if !self.dry_run {
                    settle(plan.program.as_ref())?;
                }
                print_error(&format!(
                    "{file} is left as it is: {problem:#}\nto do it by hand, add this to it:"
                ));
                print_line(edit::snippet(facts.form, &plan.name, &plan.entry).trim_end());
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
                    "would copy this program to {}",
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
                // The entry alone: what stands around it, on the same line even, may be secret.
                let shown = |text: &str| edit::shown(text, facts.form, &plan.name);
                print_line(&atomic_write::difference(&shown(before), &shown(&after)));
            } else {
                print_line(&format!("{file} needs no change"));
            }
        } else {
            settle(plan.program.as_ref())?;
            if changes {
                let backup = atomic_write::replace(&plan.file, plan.before.as_deref(), &after)?;
                print_line(&format!("{}: `{}` is in {file}", facts.title, plan.name));
                if let Some(backup) = backup {
                    print_line(&format!("the file as it was: {}", backup.display()));
                }
            } else {
                print_line(&format!(
                    "{}: `{}` is in {file} already; nothing changed",
                    facts.title, plan.name
                ));
            }
        }
        for note in &plan.notes {
            print_line(&format!("note: {note}"));
        }
        if !self.dry_run {
            if changes {
                print_line(&format!("next: {}", facts.next));
            }
            let program = match places.program("crashsight-mcp") {
                Some(_) => "crashsight-mcp",
                None => plan.entry.command.as_str(),
            };
            print_line(&format!("then: `{program} doctor` checks it all"));
        }
        Ok(Exit::Success)
    }
}

/// Copies the program where it is to be started from, if it is not there.
fn settle(program: Option<&Program>) -> anyhow::Result<()> {
    if let Some(program) = program.filter(|program| program.from.is_some()) {
        program.settle()?;
        print_line(&format!(
            "copied this program to {}",
            program.path.display()
        ));
    }
    Ok(())
}

fn print_error(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
