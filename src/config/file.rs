//! The TOML file: several accounts, several projects. A mistake is named with its line.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use anyhow::anyhow;
use serde::Deserialize;
use toml::Spanned;

use super::agora_getui::AGORA_ZONE;
use super::{Variables, agora_getui, base_url, home, read_secret, toml_error};
use crate::project::{
    Account, App, Credentials, Platform, Project, ServiceApp, SourceRules, app_id,
};
use crate::request::ProviderId;
use crate::secret::Secret;
use crate::time_range;

/// What a file holds, checked.
#[derive(Default)]
pub(super) struct Parsed {
    pub(super) accounts: Vec<Arc<Account>>,
    pub(super) projects: Vec<Project>,
    pub(super) zone: Option<String>,
    pub(super) variables: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    zone: Option<Spanned<String>>,
    #[serde(default)]
    accounts: BTreeMap<String, Spanned<AccountTable>>,
    #[serde(default)]
    projects: BTreeMap<String, Spanned<ProjectTable>>,
}

/// Which keys an account takes depends on its provider; a key of another one is refused by name.
#[derive(Deserialize)]
#[serde(tag = "provider", rename_all = "lowercase", deny_unknown_fields)]
enum AccountTable {
    CrashSight {
        site: Option<String>,
        user_id: Option<Word>,
        api_key: Option<String>,
        api_key_file: Option<String>,
        api_key_env: Option<String>,
        zone: Option<String>,
    },
    Agora {
        customer_id: Option<Word>,
        customer_secret: Option<String>,
        customer_secret_file: Option<String>,
        customer_secret_env: Option<String>,
        base_url: Option<String>,
    },
    Getui {
        app_id: Option<Word>,
        app_key: Option<String>,
        master_secret: Option<String>,
        master_secret_file: Option<String>,
        master_secret_env: Option<String>,
        base_url: Option<String>,
    },
}

impl AccountTable {
    /// Where it names the variable that its secret is read from.
    fn variable(&self, account: &str) -> Option<String> {
        let (field, name) = match self {
            Self::CrashSight { api_key_env, .. } => ("api_key", api_key_env),
            Self::Agora {
                customer_secret_env,
                ..
            } => ("customer_secret", customer_secret_env),
            Self::Getui {
                master_secret_env, ..
            } => ("master_secret", master_secret_env),
        };
        name.as_ref()
            .map(|_| format!("accounts.{account}.{field}_env"))
    }
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
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AppTable {
    account: Spanned<String>,
    app: Spanned<Word>,
    platform: Spanned<Word>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AgoraTable {
    account: Spanned<String>,
    app: Spanned<Word>,
}

/// Getui's account is one app's: there is no more to say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GetuiTable {
    account: Spanned<String>,
}

/// An id, or a platform: of digits alone it is often written without quotes.
#[derive(Deserialize)]
#[serde(untagged)]
enum Word {
    Text(String),
    Number(i64),
}

impl Word {
    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.trim().to_owned(),
            Self::Number(number) => number.to_string(),
        }
    }
}

/// Accounts of the environment; a namesake would be shadowed.
const TAKEN: &[&str] = &["env", "env-agora", "env-getui"];

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct SourceTable {
    #[serde(default)]
    own: Vec<String>,
    #[serde(default)]
    strip: Vec<String>,
}

/// Reads a file. `path` is for its errors and for files named relative to it.
pub(super) fn parse(text: &str, path: &Path, variables: Variables<'_>) -> anyhow::Result<Parsed> {
    let at = |span: Range<usize>, problem: String| {
        let line = toml_error::line(text, span.start);
        anyhow!("{}, line {line}: {problem}", path.display())
    };
    let file: File = toml::from_str(text).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        at(span, toml_error::words(&error))
    })?;
    let zone = match file.zone {
        Some(zone) => {
            time_range::zone(zone.get_ref()).map_err(|problem| at(zone.span(), problem))?;
            Some(zone.into_inner())
        }
        None => None,
    };
    let mut accounts: Vec<Arc<Account>> = Vec::new();
    let mut named = Vec::new();
    for (name, table) in in_order(&file.accounts) {
        let problem =
            |problem: anyhow::Error| at(table.span(), format!("accounts.{name}: {problem:#}"));
        if TAKEN.contains(&name.as_str()) {
            let taken = anyhow!("the account of the environment has that name: give it another");
            return Err(problem(taken));
        }
        named.extend(table.get_ref().variable(name));
        let folder = path.parent().unwrap_or(Path::new(""));
        accounts.push(Arc::new(
            account(name, table.get_ref(), folder, variables).map_err(problem)?,
        ));
    }
    let mut projects: Vec<Project> = Vec::new();
    for (name, table) in in_order(&file.projects) {
        let span = table.span();
        let table = table.get_ref();
        let twin = twin(&projects, std::iter::once(name).chain(&table.aliases));
        if let Some((word, other)) = twin {
            return Err(at(
                span,
                format!(
                    "projects.{name}: `{word}` is a name of projects.{other} already, case aside"
                ),
            ));
        }
        if table.default && projects.iter().any(|other| other.default) {
            return Err(at(
                span,
                format!("projects.{name}: a second default project"),
            ));
        }
        let crashsight = match &table.crashsight {
            None => None,
            Some(app) => {
                let account = app.account.get_ref().as_str();
                of_provider(&accounts, ProviderId::CrashSight, &app.account)
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
        let companions = companions_of(&accounts, table)
            .map_err(|(span, problem)| at(span, format!("projects.{name}: {problem}")))?;
        projects.push(Project {
            name: name.clone(),
            aliases: table.aliases.clone(),
            default: table.default,
            crashsight,
            companions,
            source: SourceRules {
                own: table.source.own.clone(),
                strip: table.source.strip.clone(),
            },
        });
    }
    // The default comes first wherever projects are listed.
    projects.sort_by_key(|project| !project.default);
    Ok(Parsed {
        accounts,
        projects,
        zone,
        variables: named,
    })
}

/// A name that another project answers to, and that project.
fn twin<'a>(
    projects: &'a [Project],
    names: impl IntoIterator<Item = &'a String>,
) -> Option<(&'a str, &'a str)> {
    let plain = |name: &str| name.trim().to_lowercase();
    names.into_iter().find_map(|name| {
        let other = projects.iter().find(|other| {
            std::iter::once(&other.name)
                .chain(&other.aliases)
                .any(|known| plain(known) == plain(name))
        })?;
        Some((name.as_str(), other.name.as_str()))
    })
}

/// Tables in the order of the file, which is the order people meant.
fn in_order<T>(tables: &BTreeMap<String, Spanned<T>>) -> Vec<(&String, &Spanned<T>)> {
    let mut tables: Vec<_> = tables.iter().collect();
    tables.sort_by_key(|(_, table)| table.span().start);
    tables
}

/// A place in the file, and what is wrong there.
type Problem = (Range<usize>, String);

/// The account of that name, if it is the service's.
fn of_provider<'a>(
    accounts: &'a [Arc<Account>],
    provider: ProviderId,
    name: &Spanned<String>,
) -> Result<&'a Arc<Account>, Problem> {
    accounts
        .iter()
        .find(|known| *known.name == **name.get_ref() && known.provider == provider)
        .ok_or_else(|| {
            let problem = format!(
                "no {} account is called `{}`",
                provider.title(),
                name.get_ref()
            );
            (name.span(), problem)
        })
}

fn companions_of(
    accounts: &[Arc<Account>],
    table: &ProjectTable,
) -> Result<Vec<ServiceApp>, Problem> {
    let mut out = Vec::new();
    if let Some(agora) = &table.agora {
        let account = of_provider(accounts, ProviderId::Agora, &agora.account)?;
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
        let account = of_provider(accounts, ProviderId::Getui, &getui.account)?;
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
    let needed = |field: &str, value: &Option<Word>| {
        value
            .as_ref()
            .map(Word::text)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| format!("accounts.{name} has no {field}"))
    };
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
            Ok(Account {
                name: name.into(),
                provider: ProviderId::CrashSight,
                base: base_url::crashsight(site.as_deref())?,
                credentials: needed("user_id", user_id).and_then(|user_id| {
                    Ok(Credentials::CrashSight {
                        user_id,
                        api_key: key?,
                    })
                }),
                zone: time_range::zone(zone.as_deref().unwrap_or(super::SITE_ZONE))
                    .map_err(anyhow::Error::msg)?,
            })
        }
        AccountTable::Agora {
            customer_id,
            customer_secret,
            customer_secret_file,
            customer_secret_env,
            base_url,
        } => {
            let key = secret(
                "customer_secret",
                [customer_secret, customer_secret_file, customer_secret_env],
            )?;
            let credentials = needed("customer_id", customer_id).and_then(|customer_id| {
                Ok(Credentials::Agora {
                    customer_id,
                    customer_secret: key?,
                })
            });
            let base = base_url::agora(base_url.as_deref())?;
            agora_getui::account(name, ProviderId::Agora, base, credentials, AGORA_ZONE)
        }
        AccountTable::Getui {
            app_id,
            app_key,
            master_secret,
            master_secret_file,
            master_secret_env,
            base_url,
        } => {
            let key = secret(
                "master_secret",
                [master_secret, master_secret_file, master_secret_env],
            )?;
            let app_key = secret("app_key", [app_key, &None, &None])?;
            let credentials = needed("app_id", app_id).and_then(|app_id| {
                Ok(Credentials::Getui {
                    app_id,
                    app_key: app_key?,
                    master_secret: key?,
                })
            });
            let base = base_url::getui(base_url.as_deref())?;
            agora_getui::account(name, ProviderId::Getui, base, credentials, super::SITE_ZONE)
        }
    }
}

/// A secret in plain, from a file, or from a variable: one of the three. What is absent or cannot be used is
/// told at the call that needs it. A file is looked for beside the configuration.
fn secret(
    (account, field): (&str, &str),
    [plain, file, variable]: [&Option<String>; 3],
    folder: &Path,
    variables: Variables<'_>,
) -> anyhow::Result<Result<Secret, String>> {
    let place = format!("accounts.{account}.{field}");
    Ok(match (plain, file, variable) {
        (Some(key), None, None) => {
            Secret::read(key).map_err(|problem| format!("{place} {problem}"))
        }
        (None, Some(path), None) => read_secret(&folder.join(home(path, variables)))
            .map_err(|problem| format!("{place}_file: {problem:#}")),
        (None, None, Some(variable)) => match variables(variable) {
            Some(key) => Secret::read(&key)
                .map_err(|problem| format!("the variable {variable} of {place}_env {problem}")),
            // Who puts the key itself there is not told it back.
            None if !variable.bytes().all(in_capitals) => Err(format!(
                "the variable of {place}_env is not set: what stands there is a variable's name, and not the key"
            )),
            None => Err(format!("the variable {variable} of {place}_env is not set")),
        },
        (None, None, None) => Err(format!(
            "accounts.{account} has no {field}_file, {field}_env or {field}"
        )),
        _ => {
            return Err(anyhow!(
                "one of {field}, {field}_file and {field}_env is enough"
            ));
        }
    })
}

fn in_capitals(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_'
}
