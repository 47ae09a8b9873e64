//! The TOML file: several accounts, several projects. A mistake is named with its line.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use anyhow::anyhow;
use serde::Deserialize;
use toml::Spanned;

use super::{Variables, base, home, read_secret};
use crate::project::{Account, App, Credentials, Platform, Project, SourceRules};
use crate::secret::Secret;
use crate::window;
use crate::wire::ProviderId;

/// What a file holds, checked.
#[derive(Default)]
pub(super) struct Parsed {
    pub(super) accounts: Vec<Arc<Account>>,
    pub(super) projects: Vec<Project>,
    pub(super) zone: Option<String>,
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
        user_id: Option<String>,
        api_key: Option<String>,
        api_key_file: Option<String>,
        api_key_env: Option<String>,
        zone: Option<String>,
    },
    /// Read, so that one file serves all three services; its tools are not offered yet.
    Agora {
        #[serde(rename = "customer_id")]
        _customer_id: Option<String>,
        #[serde(rename = "customer_secret")]
        _customer_secret: Option<String>,
        #[serde(rename = "customer_secret_file")]
        _customer_secret_file: Option<String>,
        #[serde(rename = "customer_secret_env")]
        _customer_secret_env: Option<String>,
        #[serde(rename = "site")]
        _site: Option<String>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProjectTable {
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    default: bool,
    crashsight: Option<AppTable>,
    #[serde(rename = "agora")]
    _agora: Option<CompanionTable>,
    #[serde(default)]
    source: SourceTable,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AppTable {
    account: Spanned<String>,
    app: Spanned<String>,
    platform: Spanned<PlatformWord>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CompanionTable {
    #[serde(rename = "account")]
    _account: String,
    #[serde(rename = "app")]
    _app: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum PlatformWord {
    Word(String),
    Number(i64),
}

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
        let line = text.get(..span.start).unwrap_or(text).matches('\n').count() + 1;
        anyhow!("{}, line {line}: {problem}", path.display())
    };
    let file: File = toml::from_str(text).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        at(span, error.message().to_owned())
    })?;
    let zone = match file.zone {
        Some(zone) => {
            window::zone(zone.get_ref()).map_err(|problem| at(zone.span(), problem))?;
            Some(zone.into_inner())
        }
        None => None,
    };
    let mut accounts = Vec::new();
    for (name, table) in in_order(&file.accounts) {
        let problem =
            |problem: anyhow::Error| at(table.span(), format!("accounts.{name}: {problem:#}"));
        accounts.extend(account(name, table.get_ref(), variables).map_err(problem)?);
    }
    let mut projects: Vec<Project> = Vec::new();
    for (name, table) in in_order(&file.projects) {
        let span = table.span();
        let table = table.get_ref();
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
                if !accounts
                    .iter()
                    .any(|known: &Arc<Account>| *known.name == *account)
                {
                    return Err(at(
                        app.account.span(),
                        format!("projects.{name}: no CrashSight account is called `{account}`"),
                    ));
                }
                let word = match app.platform.get_ref() {
                    PlatformWord::Word(word) => word.clone(),
                    PlatformWord::Number(number) => number.to_string(),
                };
                let platform = Platform::parse(&word).ok_or_else(|| {
                    at(
                        app.platform.span(),
                        format!("projects.{name}: a platform is android, ios or pc, not `{word}`"),
                    )
                })?;
                if app.app.get_ref().trim().is_empty() {
                    return Err(at(
                        app.app.span(),
                        format!("projects.{name}: the app id is empty"),
                    ));
                }
                Some(App {
                    account: account.into(),
                    id: app.app.get_ref().trim().to_owned(),
                    platform,
                })
            }
        };
        projects.push(Project {
            name: name.clone(),
            aliases: table.aliases.clone(),
            default: table.default,
            crashsight,
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
    })
}

/// Tables in the order of the file, which is the order people meant.
fn in_order<T>(tables: &BTreeMap<String, Spanned<T>>) -> Vec<(&String, &Spanned<T>)> {
    let mut tables: Vec<_> = tables.iter().collect();
    tables.sort_by_key(|(_, table)| table.span().start);
    tables
}

fn account(
    name: &str,
    table: &AccountTable,
    variables: Variables<'_>,
) -> anyhow::Result<Option<Arc<Account>>> {
    let AccountTable::CrashSight {
        site,
        user_id,
        api_key,
        api_key_file,
        api_key_env,
        zone,
    } = table
    else {
        return Ok(None);
    };
    let key = match (api_key, api_key_file, api_key_env) {
        (Some(key), None, None) => Ok(Secret::new(key)),
        (None, Some(path), None) => Ok(read_secret(&home(path, variables))?),
        (None, None, Some(variable)) => variables(variable)
            .map(|key| Secret::new(&key))
            .ok_or_else(|| {
                format!("the variable {variable} of accounts.{name}.api_key_env is not set")
            }),
        (None, None, None) => Err(format!(
            "accounts.{name} has no api_key_file, api_key_env or api_key"
        )),
        _ => {
            return Err(anyhow!(
                "one of api_key, api_key_file and api_key_env is enough"
            ));
        }
    };
    let credentials = match (user_id, key) {
        (Some(user_id), Ok(api_key)) => Ok(Credentials::CrashSight {
            user_id: user_id.trim().to_owned(),
            api_key,
        }),
        (None, _) => Err(format!("accounts.{name} has no user_id")),
        (_, Err(problem)) => Err(problem),
    };
    Ok(Some(Arc::new(Account {
        name: name.into(),
        provider: ProviderId::CrashSight,
        base: base(site.as_deref())?,
        credentials,
        zone: window::zone(zone.as_deref().unwrap_or(super::SITE_ZONE))
            .map_err(anyhow::Error::msg)?,
    })))
}
