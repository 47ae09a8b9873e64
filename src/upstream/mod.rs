//! Everything between a request and its response: cache, rate limit, signature, envelope, retry.
//!
//! [`Api::send`](api::Api::send) is the only way out: it decides what writes, and only a read reaches the
//! cache, a retry or a second form.

pub(crate) mod api;
pub(crate) mod cache;
pub(crate) mod confirm;
pub(crate) mod http_client;
pub(crate) mod large;
pub(crate) mod otlp;
pub(crate) mod symbol_uploader;
pub(crate) mod value_count;

mod agora;
mod body;
mod crashsight;
mod getui;
mod pipeline;
mod provider;
mod providers;
mod rate_limit;
mod refusal;
mod token_cache;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Clock;
use crate::error::Error;
use crate::metrics::Metrics;
use crate::project::{Account, Projects};
use crate::request::Rate;
use crate::secret::sha256_hex;

use cache::Cache;
use confirm::UsedConfirmations;
use http_client::HttpClient;
use rate_limit::RateLimiter;
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
    /// Bytes read of one response, decompressed.
    pub response_bytes: usize,
    /// Bytes of responses in the cache.
    pub cache_bytes: u64,
}

impl Default for CallLimits {
    fn default() -> Self {
        Self {
            max_wait: Duration::from_secs(20),
            deadline: Duration::from_secs(55),
            paced: true,
            response_bytes: 64 << 20,
            cache_bytes: 64 << 20,
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
    rate_limiter: RateLimiter,
    cache: Cache,
    tokens: TokenCache,
    used_confirmations: Arc<UsedConfirmations>,
    clock: Clock,
    limits: CallLimits,
    metrics: Arc<Metrics>,
    /// Accounts and operations for which the fallback form is the one that works.
    fallback_known: Mutex<HashSet<(Arc<str>, &'static str)>>,
    last_responses: Mutex<HashMap<Arc<str>, LastResponse>>,
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
        Self {
            projects,
            client,
            rate_limiter: RateLimiter::default(),
            cache: Cache::new(limits.cache_bytes),
            tokens: TokenCache::default(),
            used_confirmations: Arc::default(),
            clock,
            limits,
            metrics: Arc::default(),
            fallback_known: Mutex::default(),
            last_responses: Mutex::default(),
        }
    }

    /// For another identity: shares the counters, the connection pool, which carries no credential, and the
    /// rate limit by credential, which is the service's. Nothing else.
    #[must_use]
    pub fn fork_for(&self, projects: Arc<Projects>, limits: CallLimits) -> Self {
        Self {
            projects,
            client: self.client.clone(),
            rate_limiter: self.rate_limiter.clone(),
            cache: Cache::new(limits.cache_bytes),
            tokens: TokenCache::default(),
            used_confirmations: Arc::default(),
            clock: self.clock,
            limits,
            metrics: Arc::clone(&self.metrics),
            fallback_known: Mutex::default(),
            last_responses: Mutex::default(),
        }
    }

    /// For the same callers after their accounts were configured anew: a confirmation that was used stays used.
    #[must_use]
    pub fn with_projects(&self, projects: Arc<Projects>) -> Self {
        Self {
            used_confirmations: Arc::clone(&self.used_confirmations),
            ..self.fork_for(projects, self.limits)
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

    /// Calls that the account could make now, and its narrowest limit. What other programs used is not known.
    pub fn remaining_calls(&self, account: &Account) -> Option<(usize, Rate)> {
        let rates = providers::of(account.provider).rates();
        let key = credential_key(account);
        rates
            .iter()
            .map(|rate| (self.rate_limiter.available(&key, *rate), *rate))
            .min_by_key(|(calls, _)| *calls)
    }

    /// The same for every account.
    pub fn remaining_by_account(&self) -> impl Iterator<Item = (&Account, usize)> {
        self.projects.accounts.iter().filter_map(|account| {
            let (calls, _) = self.remaining_calls(account)?;
            Some((&**account, calls))
        })
    }
}

/// Whose calls a service counts together: one credential's, whatever the accounts with it are called.
fn credential_key(account: &Account) -> String {
    let credential = account.credentials.as_ref().map_or_else(
        |_| account.name.to_string(),
        |credentials| format!("{} {}", credentials.user(), credentials.secret().expose()),
    );
    sha256_hex(&format!(
        "{} {}\n{credential}",
        account.provider.as_str(),
        account.base
    ))
}
