//! Accounts and projects: credentials there, host reached, clocks agree, permission, calls left.
//!
//! A project costs one call to CrashSight, and an account of a companion one to its service. An account that no
//! project names is knocked at without a signature, which costs none.

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
use crate::upstream::http_client::HttpClient;
use crate::upstream::pipeline::LastResponse;

/// The cheapest read that needs permission for the app: its tool.
fn probe(service: ProviderId) -> &'static str {
    match service {
        ProviderId::CrashSight => "crashsight_get_app_options",
        // Three a second; the live figures would be one a minute.
        ProviderId::Agora => "agora_search_calls",
        ProviderId::Getui => "getui_get_push_quota",
    }
}

/// Seconds by which clocks may differ before it is worth a word; the service allows about this much.
const SKEW: i64 = 90;

/// A project to ask about, and who asks.
struct Ask {
    label: String,
    account: Arc<Account>,
}

pub(super) async fn check(checks: &mut Checks, setup: &Setup, only: Option<&str>) {
    let projects = setup.toolbox.run().projects();
    let asks = match only {
        None => all(projects),
        Some(name) => match one(projects, name) {
            Ok(ask) => vec![ask],
            Err(failure) => {
                checks.unasked(name, &failure);
                return;
            }
        },
    };
    let accounts: Vec<&Arc<Account>> = match (only, asks.first()) {
        (Some(_), Some(ask)) => vec![&ask.account],
        _ => projects.accounts.iter().collect(),
    };
    for account in accounts {
        if let Err(failure) = account.credentials() {
            checks.failure("credentials", &account.name, &failure);
            knock(checks, account).await;
            continue;
        }
        checks.ok(
            "credentials",
            &format!(
                "{}: there, for {} at {}",
                account.name,
                account.provider.title(),
                host(account)
            ),
        );
        let asked: Vec<&Ask> = asks
            .iter()
            .filter(|ask| ask.account.name == account.name)
            .collect();
        if asked.is_empty() {
            knock(checks, account).await;
            if account.provider == ProviderId::CrashSight {
                checks.warn(
                    "project",
                    &format!(
                        "{}: no project names this account, so nothing says whether its credentials are accepted; \
                         `--project appId@android` asks about any app",
                        account.name
                    ),
                );
            }
            continue;
        }
        ask(checks, setup, account, &asked).await;
    }
}

fn all(projects: &Projects) -> Vec<Ask> {
    let mut asks: Vec<Ask> = Vec::new();
    for project in &projects.projects {
        let crashes = project.crashsight.as_ref().map(|app| &app.account);
        let companions = project.companions.iter().map(|app| &app.account);
        for account in crashes.into_iter().chain(companions) {
            let Some(account) = projects.account(account) else {
                continue;
            };
            // Companions are asked once an account: their limits are narrow.
            let asked = asks.iter().any(|ask| ask.account.name == account.name);
            if account.provider == ProviderId::CrashSight || !asked {
                asks.push(Ask {
                    label: project.name.clone(),
                    account: Arc::clone(account),
                });
            }
        }
    }
    asks
}

fn one(projects: &Projects, name: &str) -> Result<Ask, Error> {
    let name: ProjectName = serde_json::from_value(json!(name))
        .map_err(|error| Error::invalid_arguments(error.to_string()))?;
    let target = projects.crashsight(Some(&name))?;
    Ok(Ask {
        label: target.label,
        account: target.account,
    })
}

/// Asks about each project, until the host does not answer at all.
async fn ask(checks: &mut Checks, setup: &Setup, account: &Arc<Account>, asks: &[&Ask]) {
    let run = setup.toolbox.run();
    let caller = Caller::named("doctor");
    for (at, ask) in asks.iter().enumerate() {
        // More projects than calls in a minute: the rest is nobody's fault.
        if at > 0 && run.left(account).is_some_and(|(left, _)| left == 0) {
            let text = format!(
                "{}: not asked, the calls of {} are spent for now; `--project` asks about one",
                labels(asks.get(at..).unwrap_or_default()),
                account.name
            );
            checks.warn("project", &text);
            break;
        }
        let mut arguments = Map::new();
        arguments.insert("project".to_owned(), json!(ask.label));
        arguments.insert("fresh".to_owned(), json!(true));
        let answered = match setup
            .toolbox
            .call(&caller, probe(account.provider), arguments)
            .await
        {
            Ok(outcome) => outcome.reply,
            Err(unknown) => Err(Error::invalid_arguments(unknown.message)),
        };
        let heard = run.heard(&account.name);
        if at == 0 {
            match (&heard, &answered) {
                (Some(heard), _) => {
                    let refused = matches!(answered, Err(Error::Credentials { .. }));
                    reached(checks, account, *heard, refused);
                }
                (None, Err(failure)) => {
                    checks.failure("reach", &account.name, failure);
                    checks.warn("project", &format!("{}: not asked", labels(asks)));
                    return;
                }
                (None, Ok(_)) => {}
            }
        }
        match answered {
            Ok(_) => checks.ok(
                "project",
                &format!(
                    "{}: {} accepts the credentials and permits the app",
                    ask.label,
                    account.provider.title()
                ),
            ),
            Err(failure) => checks.failure("project", &ask.label, &failure),
        }
    }
    if let Some((left, rate)) = run.left(account) {
        let text = format!(
            "{}: {left} of {} calls left in these {} s, as far as this program knows; the service does not tell",
            account.name,
            rate.calls,
            rate.per.as_secs()
        );
        checks.ok("budget", &text);
    }
}

fn labels(asks: &[&Ask]) -> String {
    let labels: Vec<&str> = asks.iter().map(|ask| ask.label.as_str()).collect();
    labels.join(", ")
}

/// Whether anybody answers at the account's address, without a signature.
async fn knock(checks: &mut Checks, account: &Account) {
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
            let heard = LastResponse {
                ahead: answer.date.map(|theirs| now - theirs),
                took: started.elapsed(),
            };
            reached(checks, account, heard, false);
        }
        Err(failure) => checks.failure("reach", &account.name, &failure),
    }
}

fn reached(checks: &mut Checks, account: &Account, heard: LastResponse, refused: bool) {
    let name = &account.name;
    checks.ok(
        "reach",
        &format!(
            "{name}: {} answered in {} ms",
            host(account),
            heard.took.as_millis()
        ),
    );
    match heard.ahead {
        None => checks.warn("clock", &format!("{name}: the service tells no time")),
        Some(ahead) if ahead.abs() <= SKEW => {
            checks.ok(
                "clock",
                &format!("{name}: within {} s of the service's", ahead.abs().max(1)),
            );
        }
        Some(ahead) => {
            let text = format!(
                "{name}: this machine is {} {} the service; set its clock, as signatures carry the time",
                crate::reply::duration(ahead.abs()),
                if ahead > 0 { "ahead of" } else { "behind" },
            );
            if refused {
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
