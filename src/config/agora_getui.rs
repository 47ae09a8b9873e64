//! Agora and Getui accounts of the environment.

use std::sync::Arc;

use anyhow::Context as _;

use super::account::{AGORA_ZONE, NewAccount, SERVICE_ZONE};
use super::base_url;
use super::environment::{EnvSecret, Variables, secret};
use crate::project::{
    Account, CredentialSource, Credentials, Project, Projects, ServiceApp, SourceRules,
};
use crate::request::ProviderId;

/// The project that is added when no other project is configured.
const ENV_PROJECT: &str = "default";

/// Adds the accounts of the environment. Their apps become the default of every project without its own.
pub(super) fn add_environment(
    projects: &mut Projects,
    variables: Variables<'_>,
) -> anyhow::Result<()> {
    for (account, app) in [agora(variables)?, getui(variables)?].into_iter().flatten() {
        if let Some(app) = app {
            attach(projects, &account, &app);
        }
        projects.accounts.push(Arc::new(account));
    }
    Ok(())
}

fn attach(projects: &mut Projects, account: &Account, app: &str) {
    if projects.projects.is_empty() {
        projects.projects.push(Project {
            has_section: false,
            name: ENV_PROJECT.to_owned(),
            aliases: Vec::new(),
            default: true,
            crashsight: None,
            service_apps: Vec::new(),
            source: SourceRules::default(),
            tickets: Vec::new(),
        });
    }
    for project in &mut projects.projects {
        if project.service_app(account.provider).is_none() {
            project.service_apps.push(ServiceApp {
                provider: account.provider,
                account: Arc::clone(&account.name),
                app: app.to_owned(),
            });
        }
    }
}

/// An account, and the default app id that the environment sets.
type AccountAndApp = Option<(Account, Option<String>)>;

fn agora(variables: Variables<'_>) -> anyhow::Result<AccountAndApp> {
    let customer_id = variables("AGORA_CUSTOMER_ID");
    let customer_secret = secret("AGORA_CUSTOMER_SECRET", variables);
    let app = variables("AGORA_APP_ID").map(|app| app.trim().to_owned());
    if customer_id.is_none() && customer_secret.is_none() && app.is_none() {
        return Ok(None);
    }
    let missing = missing_variables(&[
        ("AGORA_CUSTOMER_ID", customer_id.is_some()),
        ("AGORA_CUSTOMER_SECRET", customer_secret.is_some()),
    ]);
    let source = CredentialSource::env(&[
        "AGORA_CUSTOMER_ID",
        variable(customer_secret.as_ref(), "AGORA_CUSTOMER_SECRET"),
    ]);
    let credentials = match (customer_id, customer_secret.map(|secret| secret.value)) {
        (Some(customer_id), Some(Ok(customer_secret))) => Ok(Credentials::Agora {
            customer_id: customer_id.trim().to_owned(),
            customer_secret,
        }),
        (_, Some(Err(problem))) => Err(problem),
        _ => Err(format!(
            "{missing}\nhint: both are in Agora's console under RESTful API; AGORA_CUSTOMER_SECRET_FILE can name a file instead"
        )),
    };
    let base = base_url::agora(variables("AGORA_BASE_URL").as_deref()).context("AGORA_BASE_URL")?;
    let account = NewAccount {
        name: "env-agora",
        provider: ProviderId::Agora,
        base,
        source,
        credentials,
    };
    Ok(Some((account.in_zone(AGORA_ZONE)?, app)))
}

fn getui(variables: Variables<'_>) -> anyhow::Result<AccountAndApp> {
    let app_id = variables("GETUI_APP_ID").map(|app| app.trim().to_owned());
    let app_key = secret("GETUI_APP_KEY", variables);
    let master_secret = secret("GETUI_MASTER_SECRET", variables);
    if app_id.is_none() && app_key.is_none() && master_secret.is_none() {
        return Ok(None);
    }
    let missing = missing_variables(&[
        ("GETUI_APP_ID", app_id.is_some()),
        ("GETUI_APP_KEY", app_key.is_some()),
        ("GETUI_MASTER_SECRET", master_secret.is_some()),
    ]);
    let source = CredentialSource::env(&[
        "GETUI_APP_ID",
        variable(app_key.as_ref(), "GETUI_APP_KEY"),
        variable(master_secret.as_ref(), "GETUI_MASTER_SECRET"),
    ]);
    let app = app_id.clone().unwrap_or_default();
    let (app_key, master_secret) = (
        app_key.map(|secret| secret.value),
        master_secret.map(|secret| secret.value),
    );
    let credentials = match (app_id, app_key, master_secret) {
        (Some(app_id), Some(Ok(app_key)), Some(Ok(master_secret))) => Ok(Credentials::Getui {
            app_id,
            app_key,
            master_secret,
        }),
        (_, Some(Err(problem)), _) | (_, _, Some(Err(problem))) => Err(problem),
        _ => Err(format!(
            "{missing}\nhint: all three are in Getui's developer centre; GETUI_MASTER_SECRET_FILE can name a file instead"
        )),
    };
    let base = base_url::getui(variables("GETUI_BASE_URL").as_deref()).context("GETUI_BASE_URL")?;
    let account = NewAccount {
        name: "env-getui",
        provider: ProviderId::Getui,
        base,
        source,
        credentials,
    };
    Ok(Some((account.in_zone(SERVICE_ZONE)?, Some(app))))
}

/// The variable that a secret was read from, or the one to set.
fn variable<'a>(secret: Option<&'a EnvSecret>, default: &'a str) -> &'a str {
    secret.map_or(default, |secret| secret.variable.as_str())
}

/// `X is not set`, or `X and Y are not set`.
fn missing_variables(variables: &[(&str, bool)]) -> String {
    let names: Vec<&str> = variables
        .iter()
        .filter(|(_, is_set)| !is_set)
        .map(|(name, _)| *name)
        .collect();
    let verb = if names.len() == 1 { "is" } else { "are" };
    format!("{} {verb} not set", names.join(" and "))
}
