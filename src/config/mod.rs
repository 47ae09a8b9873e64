//! Environment and file to `Config`. The only room that reads the environment.

mod agora_getui;
mod base_url;
mod bearer_tokens;
mod file;
mod paths;
mod toml_error;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail};
use jiff::tz::TimeZone;

use crate::project::{Account, App, Credentials, Platform, Project, Projects, SourceRules, app_id};
use crate::request::ProviderId;
use crate::secret::Secret;
use crate::time_range;

pub use bearer_tokens::{TokenSetting, tokens};
pub use paths::{ConfigSources, Os, UserDirs};

/// What is configured.
#[derive(Debug, Clone)]
pub struct Config {
    /// Accounts and projects.
    pub projects: Arc<Projects>,
    /// The reader's zone.
    pub zone: TimeZone,
    /// Where the file names a variable to read a secret from: `accounts.cn.api_key_env`.
    pub variables: Vec<String>,
}

/// Where variables come from: the process, or a test.
pub type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

/// CrashSight's days are counted at +08:00 (FACTS 1.6); an account may say otherwise.
const SITE_ZONE: &str = "+08:00";

impl Config {
    /// Reads the process's environment, and the file named, or the user's own where there is one.
    pub fn load(config: Option<&Path>) -> anyhow::Result<Self> {
        Self::read(config, &process)
    }

    /// Reads these variables, and the file named, or the user's own where there is one.
    pub fn read(config: Option<&Path>, variables: Variables<'_>) -> anyhow::Result<Self> {
        let mut parsed = match file_read(config, variables) {
            Some(path) => {
                let text = std::fs::read_to_string(&path).with_context(|| {
                    format!("the configuration is not readable: {}", path.display())
                })?;
                file::parse(&text, &path, variables)?
            }
            None => file::Parsed::default(),
        };
        // The file's zone was checked where its line is known.
        let zone = variables("CRASHSIGHT_ZONE").or(parsed.zone.take());
        let zone = time_range::zone(zone.as_deref().unwrap_or(SITE_ZONE))
            .map_err(anyhow::Error::msg)
            .context("CRASHSIGHT_ZONE")?;
        let mut projects = Projects {
            accounts: parsed.accounts,
            projects: parsed.projects,
            closed: false,
        };
        add_environment(&mut projects, variables)?;
        agora_getui::add_environment(&mut projects, variables)?;
        Ok(Self {
            projects: Arc::new(projects),
            zone,
            variables: parsed.variables,
        })
    }
}

/// A variable of the process; an empty one counts as not set.
fn process(name: &str) -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the room of the environment"
    )]
    std::env::var(name)
        .ok()
        .filter(|value| !value.trim().is_empty())
}

/// The file that is read: the one named, or the user's own where there is one.
fn file_read(config: Option<&Path>, variables: Variables<'_>) -> Option<PathBuf> {
    config
        .map(|path| match path.to_str() {
            // The shell leaves the `~` of `--config=~/c.toml` as it is.
            Some(text) => home(text, variables),
            None => path.to_path_buf(),
        })
        .or_else(|| variables("CRASHSIGHT_CONFIG").map(|path| home(&path, variables)))
        .or_else(|| default_path(variables).filter(|path| path.is_file()))
}

/// Where this program lies.
pub fn own_path() -> anyhow::Result<PathBuf> {
    std::env::current_exe().context("this program's own path is not known")
}

/// The filter of log lines, `CRASHSIGHT_LOG`.
pub fn log_filter() -> Option<String> {
    process("CRASHSIGHT_LOG")
}

/// The account and project of the environment. Without a file the account is there even when it has no
/// credentials: its failure names the settings to make.
fn add_environment(projects: &mut Projects, variables: Variables<'_>) -> anyhow::Result<()> {
    let user_id = variables("CRASHSIGHT_USER_ID");
    let api_key = secret("CRASHSIGHT_API_KEY", variables);
    let served = projects.of_provider(ProviderId::CrashSight).is_some();
    if user_id.is_some() || api_key.is_some() || !served {
        let credentials = match (user_id, api_key) {
            (Some(user_id), Some(Ok(api_key))) => Ok(Credentials::CrashSight {
                user_id: user_id.trim().to_owned(),
                api_key,
            }),
            (_, Some(Err(problem))) => Err(problem),
            (user_id, api_key) => Err(missing(user_id.is_none(), api_key.is_none())),
        };
        projects.accounts.insert(
            0,
            Arc::new(Account {
                name: "env".into(),
                provider: ProviderId::CrashSight,
                base: base_url::crashsight(variables("CRASHSIGHT_SITE").as_deref())
                    .context("CRASHSIGHT_SITE")?,
                credentials,
                zone: time_range::zone(
                    variables("CRASHSIGHT_SITE_ZONE")
                        .as_deref()
                        .unwrap_or(SITE_ZONE),
                )
                .map_err(anyhow::Error::msg)
                .context("CRASHSIGHT_SITE_ZONE")?,
            }),
        );
    }
    match variables("CRASHSIGHT_PROJECT") {
        Some(name) => set_default(projects, &name),
        None => Ok(()),
    }
}

/// Makes that project the default: a configured one by its name or its app, or a new one for the app.
fn set_default(projects: &mut Projects, name: &str) -> anyhow::Result<()> {
    let app = name
        .rsplit_once('@')
        .and_then(|(id, platform)| Some((app_id(id).ok()?, Platform::parse(platform)?)));
    let known = projects
        .find(name)
        .or_else(|| app.and_then(|(id, platform)| projects.of_app(id, platform)))
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
        .of_provider(ProviderId::CrashSight)
        .map(|account| Arc::clone(&account.name))
        .context("CRASHSIGHT_PROJECT: no CrashSight account is configured")?;
    projects.projects.insert(
        0,
        Project {
            name: format!("{id}@{}", platform.word()),
            aliases: Vec::new(),
            default: true,
            crashsight: Some(App {
                account,
                id: id.to_owned(),
                platform,
            }),
            companions: Vec::new(),
            source: SourceRules::default(),
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
         CRASHSIGHT_API_KEY_FILE names a file instead; `--demo` answers from simulated data without them"
    )
}

/// A secret from a variable, or from the file that `<name>_FILE` names. A file that cannot be used is told at
/// the call that needs it: the other accounts answer all the same.
fn secret(name: &str, variables: Variables<'_>) -> Option<Result<Secret, String>> {
    if let Some(value) = variables(name) {
        return Some(Secret::read(&value).map_err(|problem| format!("{name} {problem}")));
    }
    let file = format!("{name}_FILE");
    let path = variables(&file)?;
    Some(read_secret(&home(&path, variables)).map_err(|problem| format!("{file}: {problem:#}")))
}

fn read_secret(path: &Path) -> anyhow::Result<Secret> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("the key file is not readable: {}", path.display()))?;
    Secret::read(&text).map_err(|problem| anyhow!("the key file {problem}: {}", path.display()))
}

/// The base address of `cn` or `global`.
pub fn site(name: &str) -> anyhow::Result<String> {
    base_url::crashsight(Some(name))
}

/// The base addresses of Agora and Getui, which the environment may change.
pub fn companion_bases() -> anyhow::Result<(String, String)> {
    let (agora, getui) = (process("AGORA_BASE_URL"), process("GETUI_BASE_URL"));
    Ok((
        base_url::agora(agora.as_deref()).context("AGORA_BASE_URL")?,
        base_url::getui(getui.as_deref()).context("GETUI_BASE_URL")?,
    ))
}

/// `~` is the user's folder.
fn home(path: &str, variables: Variables<'_>) -> PathBuf {
    match (
        path.strip_prefix("~/"),
        variables("HOME").or_else(|| variables("USERPROFILE")),
    ) {
        (Some(rest), Some(folder)) => Path::new(&folder).join(rest),
        _ => PathBuf::from(path),
    }
}

fn default_path(variables: Variables<'_>) -> Option<PathBuf> {
    let folder = variables("XDG_CONFIG_HOME")
        .or_else(|| variables("APPDATA"))
        .map(PathBuf::from)
        .or_else(|| variables("HOME").map(|folder| Path::new(&folder).join(".config")))?;
    Some(folder.join("crashsight-mcp").join("config.toml"))
}

#[cfg(test)]
mod tests;
