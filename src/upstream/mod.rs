//! Everything between a request and its response: cache, rate limit, signature, envelope, retry.
//!
//! [`Api::send`](api::Api::send) is the only way out: it decides what writes, and only a read reaches the
//! cache, a retry or a second form.

pub(crate) mod api;
pub(crate) mod bodies;
pub(crate) mod cache;
pub(crate) mod confirm;
pub(crate) mod encoded;
pub(crate) mod http_client;
pub(crate) mod large;
pub(crate) mod otlp;
pub(crate) mod redact;
pub(crate) mod remote_server;
pub(crate) mod symbol_uploader;
pub(crate) mod value_count;

mod agora;
mod answers;
mod body;
mod crashsight;
mod fetch;
mod getui;
mod login;
mod pipeline;
mod provider;
mod providers;
mod rate_limit;
mod refusal;
pub(crate) mod store;
mod token_cache;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Clock;
use crate::error::Error;
use crate::metrics::Metrics;
use crate::project::{Account, Projects};
use crate::request::Rate;
use crate::secret::Secret;
use crate::secret::vault::Vault;

use answers::Answers;
use cache::Cache;
use confirm::Confirmations;
use http_client::HttpClient;
use redact::Redactor;
use store::shared::Store;
use store::{Key, Kind, Limit};
use token_cache::TokenCache;

/// What calls may take.
#[derive(Debug, Clone, Copy)]
pub struct CallLimits {
    /// The longest wait for the rate limit: clients give up after about a minute.
    pub max_wait: Duration,
    /// The longest whole call.
    pub deadline: Duration,
    /// Whether calls are paced at all; off only for load tests against the simulator.
    pub paced: bool,
    /// Bytes read of all responses to one call, decompressed.
    pub response_bytes: usize,
    /// Bytes of responses in the cache.
    pub cache_bytes: u64,
    /// Whether personal data in answers is replaced by pseudonyms.
    pub redact: bool,
}

impl Default for CallLimits {
    fn default() -> Self {
        Self {
            max_wait: Duration::from_secs(20),
            deadline: Duration::from_secs(55),
            paced: true,
            response_bytes: 64 << 20,
            cache_bytes: 64 << 20,
            redact: false,
        }
    }
}

impl CallLimits {
    /// The error of a call that took too long.
    pub fn deadline_exceeded(&self) -> Error {
        Error::unreachable(format!("no answer within {} s", self.deadline.as_secs()))
            .advise("try again, or ask for less")
    }
}

/// What every call passes through; shared by all callers of one server.
pub struct Upstream {
    projects: Arc<Projects>,
    client: HttpClient,
    store: Arc<Store>,
    cache: Cache,
    tokens: TokenCache,
    clock: Clock,
    limits: CallLimits,
    metrics: Arc<Metrics>,
    /// Whether the fallback form is the one that works, by account and operation.
    fallback_known: Mutex<HashMap<(Arc<str>, &'static str), bool>>,
    last_responses: Mutex<HashMap<Arc<str>, LastResponse>>,
    /// The keys of each account.
    vaults: Mutex<HashMap<Arc<str>, Arc<Vault>>>,
    /// This process among those that share the store.
    process: Arc<str>,
}

/// What an account's last response showed besides its content.
#[derive(Debug, Clone, Copy)]
pub struct LastResponse {
    /// Seconds that our clock is ahead of the service's, where it sent its time.
    pub clock_skew_s: Option<i64>,
    /// How long the response took.
    pub latency: Duration,
}

impl Upstream {
    /// Over these accounts.
    pub fn new(projects: Arc<Projects>, clock: Clock, limits: CallLimits) -> Self {
        let client = HttpClient::new(limits.response_bytes);
        Self::with_client(projects, clock, limits, client)
    }

    /// Over these accounts, with a client of one's own.
    pub fn with_client(
        projects: Arc<Projects>,
        clock: Clock,
        limits: CallLimits,
        client: HttpClient,
    ) -> Self {
        Self::with_store(projects, clock, limits, client, Arc::new(Store::memory()))
    }

    /// The same over a store that other processes may share.
    pub(crate) fn with_store(
        projects: Arc<Projects>,
        clock: Clock,
        limits: CallLimits,
        client: HttpClient,
        store: Arc<Store>,
    ) -> Self {
        Self {
            projects,
            client,
            store,
            process: confirm::process().into(),
            cache: Cache::new(limits.cache_bytes),
            tokens: TokenCache::default(),
            clock,
            limits,
            metrics: Arc::default(),
            fallback_known: Mutex::default(),
            last_responses: Mutex::default(),
            vaults: Mutex::default(),
        }
    }

    /// For another identity: shares the counters, the connection pool, which carries no credential, and the
    /// rate limit by credential, which is the service's. Nothing else.
    #[must_use]
    pub fn fork_for(&self, projects: Arc<Projects>, limits: CallLimits) -> Self {
        Self {
            projects,
            client: self.client.clone(),
            store: Arc::clone(&self.store),
            process: Arc::clone(&self.process),
            cache: Cache::new(limits.cache_bytes),
            tokens: TokenCache::default(),
            clock: self.clock,
            limits,
            metrics: Arc::clone(&self.metrics),
            fallback_known: Mutex::default(),
            last_responses: Mutex::default(),
            vaults: Mutex::default(),
        }
    }

    /// Counters.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// What calls may take.
    pub fn limits(&self) -> CallLimits {
        self.limits
    }

    /// The time of now.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Accounts and projects.
    pub fn projects(&self) -> &Arc<Projects> {
        &self.projects
    }

    /// Builds the connection pool now instead of at the first request.
    pub fn connect(&self) -> Result<(), Error> {
        self.client.connect().map(|_| ())
    }

    /// The account's last response, a refusal too; `None` when there was none.
    pub fn last_response(&self, account: &str) -> Option<LastResponse> {
        let last = self.last_responses.lock();
        last.unwrap_or_else(PoisonError::into_inner)
            .get(account)
            .copied()
    }

    /// Calls that the account could make now, and its narrowest limit, as far as this process knows.
    pub fn remaining_calls(&self, account: &Account) -> Option<(usize, Rate)> {
        let limits = self.account_limits(account, false);
        limits
            .iter()
            .map(|limit| (self.store.available_here(limit), limit.rate))
            .min_by_key(|(calls, _)| *calls)
    }

    /// The same as the store knows it, with the calls of other processes.
    pub(crate) async fn budget(&self, account: &Account) -> Option<(usize, Rate)> {
        let limits = self.account_limits(account, false);
        let left = self.store.available(&limits).await;
        let rates = limits.iter().map(|limit| limit.rate);
        left.into_iter().zip(rates).min_by_key(|(calls, _)| *calls)
    }

    /// Calls that each account could make now, as far as this process knows.
    pub fn remaining_by_account(&self) -> impl Iterator<Item = (&Account, usize)> {
        self.projects.accounts.iter().filter_map(|account| {
            let (calls, _) = self.remaining_calls(account)?;
            Some((&**account, calls))
        })
    }

    /// The keys of an account's credential.
    fn vault(&self, account: &Account) -> Arc<Vault> {
        let mut vaults = self.vaults.lock().unwrap_or_else(PoisonError::into_inner);
        let vault = vaults
            .entry(Arc::clone(&account.name))
            .or_insert_with(|| Arc::new(vault_of(account)));
        Arc::clone(vault)
    }

    /// The answers of an account that other processes see, where there is a store for them.
    fn answers(&self, account: &Account) -> Option<Answers> {
        self.store
            .shares_answers()
            .then(|| Answers::new(&self.store, self.vault(account)))
    }

    /// The confirmations that an account used.
    fn confirmations(&self, account: &Account) -> Confirmations {
        Confirmations::new(&self.store, self.vault(account), &self.process)
    }

    /// Replaces personal data in an account's answers, where that is wanted.
    fn redactor(&self, account: &Account) -> Option<Redactor> {
        self.limits
            .redact
            .then(|| Redactor::new(&self.store, self.vault(account)))
    }

    /// Waits, for a moment at most, until what other processes shall see is stored.
    pub async fn flush(&self) {
        self.store.flush().await;
    }

    /// The store.
    pub(crate) fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// The limits of an account over all its operations. A call that yields leaves a fifth to others.
    fn account_limits(&self, account: &Account, yields: bool) -> Vec<Limit> {
        let rates = providers::of(account.provider).rates();
        let name = self.vault(account).name("calls");
        let limit = |rate: &Rate| Limit {
            key: Key {
                kind: Kind::Calls,
                name: format!("{name}{}", rate.per.as_secs()),
            },
            rate: *rate,
            spare: if yields { rate.calls / 5 } else { 0 },
        };
        rates.iter().map(limit).collect()
    }
}

/// The keys of one credential at one service, whatever the accounts with it are called: a service counts their calls
/// together.
fn vault_of(account: &Account) -> Vault {
    let place = format!("{} {}", account.provider.as_str(), account.base);
    match &account.credentials {
        Ok(credentials) => Vault::new(
            credentials.secret(),
            &format!("{place} {}", credentials.user()),
        ),
        // Such an account sends nothing.
        Err(_) => Vault::new(&Secret::new(""), &format!("{place} {}", account.name)),
    }
}
