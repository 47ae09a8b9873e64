//! `doctor`: everything between a question and its answer, checked in the order in which it can fail.

mod account_checks;
mod clients;
mod report;

use clap::Args;

use self::report::Checks;
use super::exit::{Exit, UsageError};
use super::options::Options;
use crate::config::{ConfigSources, UserDirs};

/// What `doctor` takes.
#[derive(Args)]
pub(super) struct Doctor {
    /// Check this project alone, configured or not.
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
}

impl Doctor {
    pub(super) async fn run(&self, options: &Options) -> anyhow::Result<Exit> {
        let mut checks = Checks::default();
        match options.set_up().await {
            Ok(setup) => {
                settings(&mut checks, options);
                account_checks::check(&mut checks, &setup, self.project.as_deref()).await;
            }
            Err(problem) if problem.is::<UsageError>() => return Err(problem),
            Err(problem) => checks.fail("settings", &format!("{problem:#}")),
        }
        match UserDirs::of_process() {
            Ok(places) => clients::check(&mut checks, &places),
            Err(problem) => checks.warn("clients", &format!("not looked at: {problem:#}")),
        }
        Ok(checks.close())
    }
}

/// Says where the settings come from; a mistake in them ended the set-up already.
fn settings(checks: &mut Checks, options: &Options) {
    if options.demo {
        checks.ok(
            "settings",
            "none needed: --demo answers from simulated data",
        );
        return;
    }
    let sources = ConfigSources::of_process(options.config.as_deref());
    let names: Vec<&str> = sources
        .plain
        .iter()
        .map(|(name, _)| *name)
        .chain(sources.secret.iter().copied())
        .collect();
    let file = sources.file.map(|file| file.display().to_string());
    match (file, names.as_slice()) {
        (None, []) => {
            let place = sources
                .own_file
                .map(|file| format!(" and no file {}", file.display()));
            let place = place.unwrap_or_default();
            checks.warn(
                "settings",
                &format!("no variable is set{place}; `--demo` needs none"),
            );
        }
        (Some(file), []) => checks.ok("settings", &format!("from {file}")),
        (None, names) => checks.ok("settings", &format!("from {}", names.join(", "))),
        (Some(file), names) => {
            checks.ok("settings", &format!("from {file} and {}", names.join(", ")));
        }
    }
}
