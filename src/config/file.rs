//! Parses `config.toml`: accounts and projects. Errors give the line.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::anyhow;
use serde::Deserialize;
use toml::Spanned;

use super::account::{AGORA_ZONE, NewAccount, SERVICE_ZONE};
use super::account_table::{AccountTable, StringOrInt};
use super::environment::{Variables, expand_tilde, read_secret};
use super::symbols::SymbolsTable;
use super::tickets::TicketTables;
use super::{base_url, tickets, toml_error};
use crate::project::{
    Account, App, CredentialSource, Credentials, Platform, Project, ServiceApp, SourceRules,
    SymbolUploader, app_id,
};
use crate::request::ProviderId;
use crate::secret::Secret;
use crate::time_range;

/// A parsed and validated configuration file.
#[derive(Default)]
pub(super) struct ConfigFile {
    pub(super) accounts: Vec<Arc<Account>>,
    pub(super) projects: Vec<Project>,
    pub(super) zone: Option<String>,
    pub(super) variables: Vec<String>,
    /// Files with a secret in them, by the key that names them or that is the secret.
    pub(super) secret_files: Vec<(String, PathBuf)>,
    pub(super) symbols: Option<SymbolUploader>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    zone: Option<Spanned<String>>,
    #[serde(default)]
    accounts: BTreeMap<String, Spanned<AccountTable>>,
    #[serde(default)]
    projects: BTreeMap<String, Spanned<ProjectTable>>,
    symbols: Option<SymbolsTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProjectTable {
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    default: bool,
    crashsight: Option<AppTable>,
    agora: Option<AgoraTable>,
    getui: Option<GetuiTable>,
    #[serde(default)]
    source: SourceTable,
    tickets: Option<Spanned<TicketTables>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AppTable {
    account: Spanned<String>,
    app: Spanned<StringOrInt>,
    platform: Spanned<StringOrInt>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AgoraTable {
    account: Spanned<String>,
    app: Spanned<StringOrInt>,
}

/// A Getui account belongs to one app, so the app is not given again.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GetuiTable {
    account: Spanned<String>,
}

/// Names of the accounts of the environment.
const RESERVED_NAMES: &[&str] = &["env", "env-agora", "env-getui"];

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct SourceTable {
    #[serde(default)]
    own: Vec<String>,
    #[serde(default)]
    strip: Vec<String>,
}

/// Parses a file. `path` is used in errors, and relative paths of key files start at its folder.
pub(super) fn parse(
    text: &str,
    path: &Path,
    variables: Variables<'_>,
) -> anyhow::Result<ConfigFile> {
    let at = |span: Range<usize>, problem: String| {
        let line = toml_error::line(text, span.start);
        anyhow!("{}, line {line}: {problem}", path.display())
    };
    let file: File = toml::from_str(text).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        at(span, toml_error::message(&error))
    })?;
    if let Some(zone) = &file.zone {
        time_range::zone(zone.get_ref()).map_err(|problem| at(zone.span(), problem))?;
    }
    let mut accounts: Vec<Arc<Account>> = Vec::new();
    let (mut secret_variables, mut secret_files) = (Vec::new(), Vec::new());
    let folder = path.parent().unwrap_or(Path::new(""));
    let place = |path: &str| folder.join(expand_tilde(path, variables));
    for (name, table) in in_order(&file.accounts) {
        let problem =
            |problem: anyhow::Error| at(table.span(), format!("accounts.{name}: {problem:#}"));
        if RESERVED_NAMES.contains(&name.as_str()) {
            return Err(problem(anyhow!(
                "this name is reserved for the account of the environment"
            )));
        }
        secret_variables.extend(table.get_ref().variable(name));
        secret_files.extend(table.get_ref().secret_files(name, path, &place));
        accounts.push(Arc::new(
            account(name, table.get_ref(), folder, variables).map_err(problem)?,
        ));
    }
    let mut projects: Vec<Project> = Vec::new();
    for (name, table) in in_order(&file.projects) {
        let span = table.span();
        let table = table.get_ref();
        let duplicate = duplicate(&projects, std::iter::once(name).chain(&table.aliases));
        if let Some((name, other)) = duplicate {
            let problem = format!("duplicate project name `{name}` (also projects.{other})");
            return Err(at(span, problem));
        }
        if table.default && projects.iter().any(|other| other.default) {
            return Err(at(
                span,
                format!("projects.{name}: only one project can be the default"),
            ));
        }
        let crashsight = match &table.crashsight {
            None => None,
            Some(app) => {
                let account = app.account.get_ref().as_str();
                find_account(&accounts, ProviderId::CrashSight, &app.account)
                    .map_err(|(span, problem)| at(span, format!("projects.{name}: {problem}")))?;
                let word = app.platform.get_ref().text();
                let platform = Platform::parse(&word).ok_or_else(|| {
                    at(
                        app.platform.span(),
                        format!("projects.{name}: a platform is android, ios or pc, not `{word}`"),
                    )
                })?;
                let id = app.app.get_ref().text();
                app_id(&id)
                    .map_err(|problem| at(app.app.span(), format!("projects.{name}: {problem}")))?;
                Some(App {
                    account: account.into(),
                    id,
                    platform,
                })
            }
        };
        let service_apps = service_apps(&accounts, table)
            .map_err(|(span, problem)| at(span, format!("projects.{name}: {problem}")))?;
        projects.push(Project {
            has_section: true,
            name: name.clone(),
            aliases: table.aliases.clone(),
            default: table.default,
            crashsight,
            service_apps,
            source: SourceRules {
                own: table.source.own.clone(),
                strip: table.source.strip.clone(),
            },
            tickets: tickets::read(name, table.tickets.as_ref()).map_err(|(s, p)| at(s, p))?,
        });
    }
    let symbols = file
        .symbols
        .map(|table| table.read(&projects, folder, variables));
    let symbols = symbols
        .transpose()
        .map_err(|(span, problem)| at(span, problem))?;
    // The default is listed first.
    projects.sort_by_key(|project| !project.default);
    Ok(ConfigFile {
        accounts,
        projects,
        zone: file.zone.map(Spanned::into_inner),
        variables: secret_variables,
        secret_files,
        symbols,
    })
}

/// Finds a name that an earlier project already has, ignoring case, and that project.
fn duplicate<'a>(
    projects: &'a [Project],
    names: impl IntoIterator<Item = &'a String>,
) -> Option<(&'a str, &'a str)> {
    let normalize = |name: &str| name.trim().to_lowercase();
    names.into_iter().find_map(|name| {
        let other = projects.iter().find(|other| {
            std::iter::once(&other.name)
                .chain(&other.aliases)
                .any(|known| normalize(known) == normalize(name))
        })?;
        Some((name.as_str(), other.name.as_str()))
    })
}

/// Tables in the order of the file.
fn in_order<T>(tables: &BTreeMap<String, Spanned<T>>) -> Vec<(&String, &Spanned<T>)> {
    let mut tables: Vec<_> = tables.iter().collect();
    tables.sort_by_key(|(_, table)| table.span().start);
    tables
}

/// An error and its place in the file.
pub(super) type SpannedError = (Range<usize>, String);

/// Finds the account of a service by name.
fn find_account<'a>(
    accounts: &'a [Arc<Account>],
    provider: ProviderId,
    name: &Spanned<String>,
) -> Result<&'a Arc<Account>, SpannedError> {
    accounts
        .iter()
        .find(|known| *known.name == **name.get_ref() && known.provider == provider)
        .ok_or_else(|| {
            let problem = format!(
                "unknown {} account `{}`",
                provider.display_name(),
                name.get_ref()
            );
            (name.span(), problem)
        })
}

fn service_apps(
    accounts: &[Arc<Account>],
    table: &ProjectTable,
) -> Result<Vec<ServiceApp>, SpannedError> {
    let mut out = Vec::new();
    if let Some(agora) = &table.agora {
        let account = find_account(accounts, ProviderId::Agora, &agora.account)?;
        let app = agora.app.get_ref().text();
        if app.is_empty() {
            return Err((agora.app.span(), "the Agora app id is empty".to_owned()));
        }
        out.push(ServiceApp {
            provider: ProviderId::Agora,
            account: Arc::clone(&account.name),
            app,
        });
    }
    if let Some(getui) = &table.getui {
        let account = find_account(accounts, ProviderId::Getui, &getui.account)?;
        let app = match &account.credentials {
            Ok(Credentials::Getui { app_id, .. }) => app_id.clone(),
            _ => String::new(),
        };
        out.push(ServiceApp {
            provider: ProviderId::Getui,
            account: Arc::clone(&account.name),
            app,
        });
    }
    Ok(out)
}

fn account(
    name: &str,
    table: &AccountTable,
    folder: &Path,
    variables: Variables<'_>,
) -> anyhow::Result<Account> {
    let secret = |field, forms| secret((name, field), forms, folder, variables);
    let required = |field: &str, value: &Option<StringOrInt>| {
        value
            .as_ref()
            .map(StringOrInt::text)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| format!("accounts.{name} has no {field}"))
    };
    let source = |keys: &[&str]| CredentialSource::account_section(name, keys);
    match table {
        AccountTable::CrashSight {
            site,
            user_id,
            api_key,
            api_key_file,
            api_key_env,
            zone,
        } => {
            let key = secret("api_key", [api_key, api_key_file, api_key_env])?;
            let account = NewAccount {
                name,
                provider: ProviderId::CrashSight,
                base: base_url::crashsight(site.as_deref())?,
                source: source(&["user_id", &key.field]),
                credentials: required("user_id", user_id).and_then(|user_id| {
                    Ok(Credentials::CrashSight {
                        user_id,
                        api_key: key.value?,
                    })
                }),
            };
            account.in_zone(zone.as_deref().unwrap_or(SERVICE_ZONE))
        }
        AccountTable::Agora {
            customer_id,
            customer_secret,
            customer_secret_file,
            customer_secret_env,
            base_url,
        } => {
            let forms = [customer_secret, customer_secret_file, customer_secret_env];
            let key = secret("customer_secret", forms)?;
            let account = NewAccount {
                name,
                provider: ProviderId::Agora,
                base: base_url::agora(base_url.as_deref())?,
                source: source(&["customer_id", &key.field]),
                credentials: required("customer_id", customer_id).and_then(|customer_id| {
                    Ok(Credentials::Agora {
                        customer_id,
                        customer_secret: key.value?,
                    })
                }),
            };
            account.in_zone(AGORA_ZONE)
        }
        AccountTable::Getui {
            app_id,
            app_key,
            master_secret,
            master_secret_file,
            master_secret_env,
            base_url,
        } => {
            let forms = [master_secret, master_secret_file, master_secret_env];
            let key = secret("master_secret", forms)?;
            let app_key = secret("app_key", [app_key, &None, &None])?;
            let account = NewAccount {
                name,
                provider: ProviderId::Getui,
                base: base_url::getui(base_url.as_deref())?,
                source: source(&["app_id", &app_key.field, &key.field]),
                credentials: required("app_id", app_id).and_then(|app_id| {
                    Ok(Credentials::Getui {
                        app_id,
                        app_key: app_key.value?,
                        master_secret: key.value?,
                    })
                }),
            };
            account.in_zone(SERVICE_ZONE)
        }
    }
}

/// A secret of an account.
struct FileSecret {
    /// The key that is set: `api_key`, `api_key_file` or `api_key_env`.
    field: String,
    /// `Err` says why it cannot be used. It is reported by the call that needs it, so that other accounts work.
    value: Result<Secret, String>,
}

/// Reads a secret from its key, from a file or from a variable, whichever is set.
/// Relative paths start at the folder of the configuration file.
fn secret(
    (account, field): (&str, &str),
    [plain, file, variable]: [&Option<String>; 3],
    folder: &Path,
    variables: Variables<'_>,
) -> anyhow::Result<FileSecret> {
    let (file_field, env_field) = (format!("{field}_file"), format!("{field}_env"));
    let place = format!("accounts.{account}");
    let (field, value) = match (plain, file, variable) {
        (Some(key), None, None) => (
            field.to_owned(),
            Secret::read(key).map_err(|problem| format!("{place}.{field} {problem}")),
        ),
        (None, Some(path), None) => {
            let secret = read_secret(&folder.join(expand_tilde(path, variables)));
            let secret = secret.map_err(|problem| format!("{place}.{file_field}: {problem:#}"));
            (file_field, secret)
        }
        (None, None, Some(variable)) => {
            let place = format!("{place}.{env_field}");
            let secret = match variables(variable) {
                Some(key) => Secret::read(&key)
                    .map_err(|problem| format!("the variable {variable} of {place} {problem}")),
                None if is_env_name(variable) => {
                    Err(format!("the variable {variable} of {place} is not set"))
                }
                // It may be the key itself, which is not repeated.
                None => Err(format!(
                    "{place} must be the name of an environment variable that is set"
                )),
            };
            (env_field, secret)
        }
        (None, None, None) => {
            let missing = format!("{place} has no {file_field}, {env_field} or {field}");
            (field.to_owned(), Err(missing))
        }
        _ => {
            return Err(anyhow!(
                "set only one of {field}, {file_field} and {env_field}"
            ));
        }
    };
    Ok(FileSecret { field, value })
}

fn is_env_name(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}
