//! `doctor`: checks configuration, credentials, network, clock, projects and clients, or a server at a URL.

mod account_checks;
mod challenge;
mod clients;
mod remote;
mod report;
mod setting_checks;

use clap::Args;

use self::report::Checks;
use super::exit::{Exit, UsageError};
use super::options::Options;
use super::server_url::{HeaderFlags, ServerUrl};
use super::store_options::DefaultStore;
use crate::config::{Config, ConfigSources, UserDirs};
use crate::upstream::store::shared::Store;

/// The arguments of `doctor`.
#[derive(Args)]
pub(super) struct Doctor {
    /// Check only this project.
    #[arg(long, value_name = "NAME", conflicts_with = "url")]
    project: Option<String>,
    /// Check the server that is running at this URL instead of this machine's setup.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    #[command(flatten)]
    headers: HeaderFlags,
}

impl Doctor {
    pub(super) async fn run(&self, options: &Options) -> anyhow::Result<Exit> {
        let mut checks = Checks::default();
        if let Some(url) = &self.url {
            let url = ServerUrl::parse(url).map_err(UsageError)?;
            let headers = self.headers.headers().map_err(UsageError)?;
            Box::pin(remote::check(&mut checks, &url, &headers)).await;
            return Ok(checks.summary());
        }
        match options.set_up(DefaultStore::Sqlite).await {
            Ok(setup) => {
                config_sources(&mut checks, options);
                if !options.demo {
                    let sources = ConfigSources::of_process(options.config.as_deref());
                    let config = Config::load(options.config.as_deref());
                    let secret_files = config.map(|config| config.secret_files);
                    let secret_files = secret_files.unwrap_or_default();
                    setting_checks::check(&mut checks, &sources, &secret_files);
                }
                for account in &setup.toolbox.upstream().projects().accounts {
                    setting_checks::plain_http(&mut checks, account);
                }
                account_checks::check(&mut checks, &setup, self.project.as_deref()).await;
                store(&mut checks, setup.toolbox.upstream().store()).await;
            }
            Err(problem) if problem.is::<UsageError>() => return Err(problem),
            Err(problem) => checks.fail("config", &format!("{problem:#}")),
        }
        match UserDirs::of_process() {
            Ok(dirs) => clients::check(&mut checks, &dirs),
            Err(problem) => checks.warn("clients", &format!("skipped: {problem:#}")),
        }
        Ok(checks.summary())
    }
}

/// Reports what processes share, or why they share nothing.
async fn store(checks: &mut Checks, store: &Store) {
    let status = store.status();
    if !store.is_shared() {
        match status.unavailable {
            Some(reason) => checks.warn("store", &format!("{}: {reason}", status.name)),
            None => checks.ok("store", "memory: nothing is shared with other processes"),
        }
        return;
    }
    match store.contents().await {
        Ok(contents) => {
            let bytes = contents.bytes.and_then(|bytes| i64::try_from(bytes).ok());
            let size = bytes.map_or_else(String::new, |bytes| {
                format!(" ({})", crate::reply::size(bytes))
            });
            checks.ok("store", &format!("{}{size}", status.name));
        }
        Err(problem) => checks.warn(
            "store",
            &format!(
                "{}: {}; nothing is shared with other processes meanwhile",
                status.name, problem.0
            ),
        ),
    }
}

/// Reports the sources of the configuration; errors in it are already reported.
fn config_sources(checks: &mut Checks, options: &Options) {
    if options.demo {
        checks.ok("config", "not needed: --demo uses simulated data");
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
            let missing_file = sources
                .default_file
                .map(|file| format!(" and there is no file {}", file.display()));
            let missing_file = missing_file.unwrap_or_default();
            checks.warn(
                "config",
                &format!("no environment variable is set{missing_file}; `--demo` needs none"),
            );
        }
        (Some(file), []) => checks.ok("config", &format!("from {file}")),
        (None, names) => checks.ok("config", &format!("from {}", names.join(", "))),
        (Some(file), names) => {
            checks.ok("config", &format!("from {file} and {}", names.join(", ")));
        }
    }
}
