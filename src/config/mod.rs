//! Reads the environment and the configuration file into a `Config`. Only this module reads the environment.

mod account;
mod account_table;
mod agora_getui;
mod base_url;
mod bearer_tokens;
mod environment;
mod file;
mod paths;
mod sources;
mod symbols;
mod telemetry;
mod tickets;
mod toml_error;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use jiff::tz::TimeZone;

use self::account::{NewAccount, SERVICE_ZONE};
use self::environment::{env_var, secret};
use self::sources::config_file;
use crate::project::{
    App, CredentialSource, Credentials, Platform, Project, Projects, SourceRules, SymbolUploader,
    app_id,
};
use crate::request::ProviderId;
use crate::time_range;

pub(crate) use bearer_tokens::{TokenSetting, tokens};
pub(crate) use environment::{
    Variables, command_line, current_exe, log_filter, password, plain_variable, store,
    temporary_folder, variable_names,
};
pub(crate) use paths::{Os, UserDirs};
pub(crate) use sources::ConfigSources;
pub(crate) use telemetry::TelemetrySettings;

/// Parsed configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// Accounts and projects.
    pub projects: Arc<Projects>,
    /// The time zone for display.
    pub zone: TimeZone,
    /// Keys of the file that name an environment variable with a secret: `accounts.cn.api_key_env`.
    pub variables: Vec<String>,
    /// Files with a secret in them, by the key of the file that names them or that is the secret.
    pub secret_files: Vec<(String, PathBuf)>,
    /// The vendor's symbol uploader on this machine, where one is set with the key of an app.
    pub symbol_uploader: Option<Arc<SymbolUploader>>,
}

impl Config {
    /// Reads the environment of the process and the configuration file: the given one or the default one, if any.
    pub fn load(config: Option<&Path>) -> anyhow::Result<Self> {
        Self::read(config, &env_var)
    }

    /// The same with these environment variables.
    pub fn read(config: Option<&Path>, variables: Variables<'_>) -> anyhow::Result<Self> {
        let mut parsed = match config_file(config, variables) {
            Some(path) => {
                let text = std::fs::read_to_string(&path).with_context(|| {
                    format!("cannot read the configuration file: {}", path.display())
                })?;
                file::parse(&text, &path, variables)?
            }
            None => file::ConfigFile::default(),
        };
        // The zone of the file is already validated.
        let zone = variables("CRASHSIGHT_ZONE").or(parsed.zone.take());
        let zone = time_range::zone(zone.as_deref().unwrap_or(SERVICE_ZONE))
            .map_err(anyhow::Error::msg)
            .context("CRASHSIGHT_ZONE")?;
        let mut projects = Projects {
            accounts: parsed.accounts,
            projects: parsed.projects,
            simulated: false,
            restricted: false,
        };
        add_environment(&mut projects, variables)?;
        agora_getui::add_environment(&mut projects, variables)?;
        let symbol_uploader = symbols::add_environment(parsed.symbols, &projects, variables);
        Ok(Self {
            symbol_uploader: symbol_uploader.map(Arc::new),
            projects: Arc::new(projects),
            zone,
            variables: parsed.variables,
            secret_files: parsed.secret_files,
        })
    }
}

/// Adds the CrashSight account and the project of the environment. Without a configured CrashSight account it is
/// added even without credentials, because its error names the variables to set.
fn add_environment(projects: &mut Projects, variables: Variables<'_>) -> anyhow::Result<()> {
    let user_id = variables("CRASHSIGHT_USER_ID");
    let api_key = secret("CRASHSIGHT_API_KEY", variables);
    let configured = projects.first_account(ProviderId::CrashSight).is_some();
    if user_id.is_some() || api_key.is_some() || !configured {
        let key_variable = api_key
            .as_ref()
            .map_or("CRASHSIGHT_API_KEY", |key| key.variable.as_str());
        let source = CredentialSource::env(&["CRASHSIGHT_USER_ID", key_variable]);
        let credentials = match (user_id, api_key.map(|key| key.value)) {
            (Some(user_id), Some(Ok(api_key))) => Ok(Credentials::CrashSight {
                user_id: user_id.trim().to_owned(),
                api_key,
            }),
            (_, Some(Err(problem))) => Err(problem),
            (user_id, api_key) => Err(missing(user_id.is_none(), api_key.is_none())),
        };
        let base = base_url::crashsight(variables("CRASHSIGHT_SITE").as_deref())
            .context("CRASHSIGHT_SITE")?;
        let zone = variables("CRASHSIGHT_SITE_ZONE");
        let account = NewAccount {
            name: "env",
            provider: ProviderId::CrashSight,
            base,
            source,
            credentials,
        };
        let account = account
            .in_zone(zone.as_deref().unwrap_or(SERVICE_ZONE))
            .context("CRASHSIGHT_SITE_ZONE")?;
        projects.accounts.insert(0, Arc::new(account));
    }
    match variables("CRASHSIGHT_PROJECT") {
        Some(name) => set_default(projects, &name),
        None => Ok(()),
    }
}

/// Makes a project the default: a configured one by name or app, or else a new one for the app.
fn set_default(projects: &mut Projects, name: &str) -> anyhow::Result<()> {
    let app = name
        .rsplit_once('@')
        .and_then(|(id, platform)| Some((app_id(id).ok()?, Platform::parse(platform)?)));
    let known = projects
        .find(name)
        .or_else(|| app.and_then(|(id, platform)| projects.by_app(id, platform)))
        .map(|project| project.name.clone());
    for project in &mut projects.projects {
        project.default = known.as_ref() == Some(&project.name);
    }
    if known.is_some() {
        return Ok(());
    }
    let Some((id, platform)) = app else {
        bail!(
            "CRASHSIGHT_PROJECT is `appId@platform` (letters and digits; android, ios or pc) or a configured \
             project, not `{name}`"
        );
    };
    let account = projects
        .first_account(ProviderId::CrashSight)
        .map(|account| Arc::clone(&account.name))
        .context("CRASHSIGHT_PROJECT: no CrashSight account is configured")?;
    projects.projects.insert(
        0,
        Project {
            has_section: false,
            name: format!("{id}@{}", platform.as_str()),
            aliases: Vec::new(),
            default: true,
            crashsight: Some(App {
                account,
                id: id.to_owned(),
                platform,
            }),
            service_apps: Vec::new(),
            source: SourceRules::default(),
            tickets: Vec::new(),
        },
    );
    Ok(())
}

fn missing(user_id: bool, api_key: bool) -> String {
    let what = match (user_id, api_key) {
        (true, false) => "CRASHSIGHT_USER_ID is not set",
        (false, true) => "CRASHSIGHT_API_KEY is not set",
        _ => "no credentials: set CRASHSIGHT_USER_ID and CRASHSIGHT_API_KEY",
    };
    format!(
        "{what}\nhint: both are in the CrashSight console under personal information, OpenAPI; \
         CRASHSIGHT_API_KEY_FILE can name a file instead; `--demo` answers from simulated data without them"
    )
}

/// The CrashSight base URL of `cn` or `global`.
pub(crate) fn base_url(name: &str) -> anyhow::Result<String> {
    base_url::crashsight(Some(name))
}

/// The base URLs of Agora and Getui, which the environment can override.
pub(crate) fn service_base_urls() -> anyhow::Result<(String, String)> {
    let (agora, getui) = (env_var("AGORA_BASE_URL"), env_var("GETUI_BASE_URL"));
    Ok((
        base_url::agora(agora.as_deref()).context("AGORA_BASE_URL")?,
        base_url::getui(getui.as_deref()).context("GETUI_BASE_URL")?,
    ))
}

#[cfg(test)]
mod tests;
