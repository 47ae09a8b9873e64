//! The companions' part of environment and file: Agora's customer pair, Getui's app, key and master secret.

use std::sync::Arc;

use anyhow::Context as _;

use super::{SITE_ZONE, Variables, base_url, secret};
use crate::project::{Account, Credentials, Project, Projects, ServiceApp, SourceRules};
use crate::request::ProviderId;
use crate::time_range;

/// Agora counts days in UTC (seed 002 line 726).
pub(super) const AGORA_ZONE: &str = "UTC";

/// The project that the environment makes where nothing else is configured.
const ENV_PROJECT: &str = "default";

/// The accounts of the environment, and their apps in every project that names none of its own.
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
            name: ENV_PROJECT.to_owned(),
            aliases: Vec::new(),
            default: true,
            crashsight: None,
            companions: Vec::new(),
            source: SourceRules::default(),
        });
    }
    for project in &mut projects.projects {
        if project.companion(account.provider).is_none() {
            project.companions.push(ServiceApp {
                provider: account.provider,
                account: Arc::clone(&account.name),
                app: app.to_owned(),
            });
        }
    }
}

type Found = Option<(Account, Option<String>)>;

fn agora(variables: Variables<'_>) -> anyhow::Result<Found> {
    let customer_id = variables("AGORA_CUSTOMER_ID");
    let customer_secret = secret("AGORA_CUSTOMER_SECRET", variables);
    let app = variables("AGORA_APP_ID").map(|app| app.trim().to_owned());
    if customer_id.is_none() && customer_secret.is_none() && app.is_none() {
        return Ok(None);
    }
    let lacking = lacking(&[
        ("AGORA_CUSTOMER_ID", customer_id.is_some()),
        ("AGORA_CUSTOMER_SECRET", customer_secret.is_some()),
    ]);
    let credentials = match (customer_id, customer_secret) {
        (Some(customer_id), Some(Ok(customer_secret))) => Ok(Credentials::Agora {
            customer_id: customer_id.trim().to_owned(),
            customer_secret,
        }),
        (_, Some(Err(problem))) => Err(problem),
        _ => Err(format!(
            "{lacking}\nhint: both are in Agora's console under RESTful API; AGORA_CUSTOMER_SECRET_FILE names a file instead"
        )),
    };
    let base = base_url::agora(variables("AGORA_BASE_URL").as_deref()).context("AGORA_BASE_URL")?;
    let account = account(
        "env-agora",
        ProviderId::Agora,
        base,
        credentials,
        AGORA_ZONE,
    )?;
    Ok(Some((account, app)))
}

fn getui(variables: Variables<'_>) -> anyhow::Result<Found> {
    let app_id = variables("GETUI_APP_ID").map(|app| app.trim().to_owned());
    let app_key = secret("GETUI_APP_KEY", variables);
    let master_secret = secret("GETUI_MASTER_SECRET", variables);
    if app_id.is_none() && app_key.is_none() && master_secret.is_none() {
        return Ok(None);
    }
    let lacking = lacking(&[
        ("GETUI_APP_ID", app_id.is_some()),
        ("GETUI_APP_KEY", app_key.is_some()),
        ("GETUI_MASTER_SECRET", master_secret.is_some()),
    ]);
    let app = app_id.clone().unwrap_or_default();
    let credentials = match (app_id, app_key, master_secret) {
        (Some(app_id), Some(Ok(app_key)), Some(Ok(master_secret))) => Ok(Credentials::Getui {
            app_id,
            app_key,
            master_secret,
        }),
        (_, Some(Err(problem)), _) | (_, _, Some(Err(problem))) => Err(problem),
        _ => Err(format!(
            "{lacking}\nhint: all three are in Getui's developer centre; GETUI_MASTER_SECRET_FILE names a file instead"
        )),
    };
    let base = base_url::getui(variables("GETUI_BASE_URL").as_deref()).context("GETUI_BASE_URL")?;
    let account = account("env-getui", ProviderId::Getui, base, credentials, SITE_ZONE)?;
    Ok(Some((account, Some(app))))
}

/// `X is not set`, or `X and Y are not set`.
fn lacking(variables: &[(&str, bool)]) -> String {
    let names: Vec<&str> = variables
        .iter()
        .filter(|(_, there)| !there)
        .map(|(name, _)| *name)
        .collect();
    let verb = if names.len() == 1 { "is" } else { "are" };
    format!("{} {verb} not set", names.join(" and "))
}

/// An account of a companion service.
pub(super) fn account(
    name: &str,
    provider: ProviderId,
    base: String,
    credentials: Result<Credentials, String>,
    zone: &str,
) -> anyhow::Result<Account> {
    Ok(Account {
        name: name.into(),
        provider,
        base,
        credentials,
        zone: time_range::zone(zone).map_err(anyhow::Error::msg)?,
    })
}
