//! Checks accounts and projects: credentials, network, clock, permission and remaining calls.
//!
//! Each project costs one CrashSight call, and each Agora or Getui account one call of its service. An account without
//! a project is probed without a signature, which costs no call.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, json};
use tokio::time::Instant;

use super::report::Checks;
use crate::args::ProjectName;
use crate::cli::setup::Setup;
use crate::clock::Clock;
use crate::error::Error;
use crate::project::{Account, Projects};
use crate::request::{Method, ProviderId, SignedRequest};
use crate::tools::Caller;
use crate::upstream::LastResponse;
use crate::upstream::http_client::HttpClient;

/// The tool with the cheapest request that requires permission for the app.
fn probe(service: ProviderId) -> &'static str {
    match service {
        ProviderId::CrashSight => "crashsight_get_app_options",
        // Three calls per second; live metrics allow one per minute.
        ProviderId::Agora => "agora_search_calls",
        ProviderId::Getui => "getui_get_push_quota",
    }
}

/// The clock skew in seconds that the service tolerates.
const MAX_SKEW: i64 = 90;

/// A project to check, and its account.
struct ProjectCheck {
    label: String,
    account: Arc<Account>,
}

pub(super) async fn check(checks: &mut Checks, setup: &Setup, only: Option<&str>) {
    let projects = setup.toolbox.upstream().projects();
    let project_checks = match only {
        None => all(projects),
        Some(name) => match one(projects, name) {
            Ok(ask) => vec![ask],
            Err(failure) => {
                checks.skipped(name, &failure);
                return;
            }
        },
    };
    let accounts: Vec<&Arc<Account>> = match (only, project_checks.first()) {
        (Some(_), Some(ask)) => vec![&ask.account],
        _ => projects.accounts.iter().collect(),
    };
    for account in accounts {
        if let Err(failure) = account.credentials() {
            checks.failure("credentials", &account.name, &failure);
            probe_host(checks, account).await;
            continue;
        }
        checks.ok(
            "credentials",
            &format!(
                "{}: credentials found: {} at {}",
                account.name,
                account.provider.display_name(),
                host(account)
            ),
        );
        let asked: Vec<&ProjectCheck> = project_checks
            .iter()
            .filter(|ask| ask.account.name == account.name)
            .collect();
        if asked.is_empty() {
            probe_host(checks, account).await;
            if account.provider == ProviderId::CrashSight {
                checks.warn(
                    "project",
                    &format!(
                        "{}: no project uses this account, so its credentials were not verified; \
                         use `--project appId@android` to check any app",
                        account.name
                    ),
                );
            }
            continue;
        }
        check_projects(checks, setup, account, &asked).await;
    }
}

fn all(projects: &Projects) -> Vec<ProjectCheck> {
    let mut project_checks: Vec<ProjectCheck> = Vec::new();
    for project in &projects.projects {
        let crashes = project.crashsight.as_ref().map(|app| &app.account);
        let companions = project.service_apps.iter().map(|app| &app.account);
        for account in crashes.into_iter().chain(companions) {
            let Some(account) = projects.account(account) else {
                continue;
            };
            // Agora and Getui are called once per account, because their limits are low.
            let asked = project_checks
                .iter()
                .any(|ask| ask.account.name == account.name);
            if account.provider == ProviderId::CrashSight || !asked {
                project_checks.push(ProjectCheck {
                    label: project.name.clone(),
                    account: Arc::clone(account),
                });
            }
        }
    }
    project_checks
}

fn one(projects: &Projects, name: &str) -> Result<ProjectCheck, Error> {
    let name: ProjectName = serde_json::from_value(json!(name))
        .map_err(|error| Error::invalid_arguments(error.to_string()))?;
    let target = projects.crashsight(Some(&name))?;
    Ok(ProjectCheck {
        label: target.label.clone(),
        account: Arc::clone(&target.account),
    })
}

/// Checks each project, and stops if the host is unreachable.
async fn check_projects(
    checks: &mut Checks,
    setup: &Setup,
    account: &Arc<Account>,
    project_checks: &[&ProjectCheck],
) {
    let run = setup.toolbox.upstream();
    let caller = Caller::named("doctor");
    for (at, ask) in project_checks.iter().enumerate() {
        // More projects than calls per minute.
        if at > 0 && run.budget(account).await.is_some_and(|(left, _)| left == 0) {
            let text = format!(
                "{}: skipped, rate limit of {} reached; use `--project` to check one",
                labels(project_checks.get(at..).unwrap_or_default()),
                account.name
            );
            checks.warn("project", &text);
            break;
        }
        let mut arguments = Map::new();
        arguments.insert("project".to_owned(), json!(ask.label));
        arguments.insert("fresh".to_owned(), json!(true));
        let result = match setup
            .toolbox
            .call(&caller, probe(account.provider), arguments)
            .await
        {
            Ok(outcome) => outcome.result,
            Err(unknown) => Err(Error::invalid_arguments(unknown.message)),
        };
        let last_response = run.last_response(&account.name);
        if at == 0 {
            match (&last_response, &result) {
                (Some(response), _) => {
                    let rejected = matches!(result, Err(Error::Credentials { .. }));
                    reached(checks, account, *response, rejected);
                }
                (None, Err(failure)) => {
                    checks.failure("reach", &account.name, failure);
                    checks.warn("project", &format!("{}: skipped", labels(project_checks)));
                    return;
                }
                (None, Ok(_)) => {}
            }
        }
        match result {
            Ok(_) => checks.ok(
                "project",
                &format!(
                    "{}: {} accepts the credentials and allows the app",
                    ask.label,
                    account.provider.display_name()
                ),
            ),
            Err(failure) => checks.failure("project", &ask.label, &failure),
        }
    }
    if let Some((left, rate)) = run.budget(account).await {
        let text = format!(
            "{}: {left} of {} calls left in {} s (counted locally; the service does not report it)",
            account.name,
            rate.calls,
            rate.per.as_secs()
        );
        checks.ok("budget", &text);
    }
}

fn labels(project_checks: &[&ProjectCheck]) -> String {
    let labels: Vec<&str> = project_checks
        .iter()
        .map(|ask| ask.label.as_str())
        .collect();
    labels.join(", ")
}

/// Sends a request without a signature, to check that the host responds.
async fn probe_host(checks: &mut Checks, account: &Account) {
    let path = if account.provider == ProviderId::CrashSight {
        "/uniform/openapi/getSelectorDatas"
    } else {
        "/"
    };
    let started = Instant::now();
    let signed = SignedRequest {
        method: Method::Get,
        url: format!("{}{path}", account.base),
        headers: Vec::new(),
        body: None,
        timeout: Duration::from_secs(15),
    };
    match HttpClient::new(1 << 20).send(signed).await {
        Ok(answer) => {
            let now = Clock::System.now().as_second();
            let last_response = LastResponse {
                clock_skew_s: answer.date.map(|theirs| now - theirs),
                latency: started.elapsed(),
            };
            reached(checks, account, last_response, false);
        }
        Err(failure) => checks.failure("reach", &account.name, &failure),
    }
}

fn reached(checks: &mut Checks, account: &Account, response: LastResponse, rejected: bool) {
    let name = &account.name;
    checks.ok(
        "reach",
        &format!(
            "{name}: {} responded in {} ms",
            host(account),
            response.latency.as_millis()
        ),
    );
    match response.clock_skew_s {
        None => checks.warn("clock", &format!("{name}: no Date header")),
        Some(ahead) if ahead.abs() <= MAX_SKEW => {
            checks.ok(
                "clock",
                &format!("{name}: within {} s of the service", ahead.abs().max(1)),
            );
        }
        Some(ahead) => {
            let text = format!(
                "{name}: system clock is {} {} the service; correct it (requests are signed with the time)",
                crate::reply::duration(ahead.abs()),
                if ahead > 0 { "ahead of" } else { "behind" },
            );
            if rejected {
                checks.fail("clock", &text);
            } else {
                checks.warn("clock", &text);
            }
        }
    }
}

fn host(account: &Account) -> &str {
    account
        .base
        .split_once("://")
        .map_or(account.base.as_str(), |(_, host)| host)
}
