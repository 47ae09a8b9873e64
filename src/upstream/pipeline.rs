//! The path of one request: cache, rate limit, login, signature, send, parse; with one retry for transient
//! failures and one fallback form for reads.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use super::api::{RawSink, collect};
use super::cache::CachedResponse;
use super::large::read_sized;
use super::provider::{Login, hide_token};
use super::providers;
use super::{LastResponse, Upstream, credential_key};
use crate::error::Error;
use crate::project::Account;
use crate::request::{AccessToken, CachePolicy, Method, Request, Response, SignedRequest};
use crate::telemetry::Span;

/// A read that failed within this time is sent a second time.
const RETRY_IF_FAILED_WITHIN: Duration = Duration::from_secs(10);

/// The pause before a retry: enough for a restarted instance or a dropped keep-alive connection.
const RETRY_PAUSE: Duration = Duration::from_millis(500);

/// Called when the bytes of a request are about to leave.
pub(super) type Departure<'a> = &'a (dyn Fn() + Sync);

const UNWATCHED: Departure<'static> = &|| {};

impl Upstream {
    /// The account that signs a request.
    pub(super) fn account(&self, request: &Request) -> Result<Arc<Account>, Error> {
        self.projects
            .account(&request.account)
            .cloned()
            .ok_or_else(|| {
                Error::Misconfigured(format!("no account is called `{}`", request.account))
            })
    }

    /// Answers a read from the cache or from the service. `fresh` bypasses the cache.
    ///
    /// A caller that is dropped cancels the request, unless another caller waits for the same response.
    pub(super) async fn fetch(
        self: &Arc<Self>,
        request: Request,
        fresh: bool,
        raw: &RawSink,
    ) -> Result<Arc<CachedResponse>, Error> {
        let account = self.account(&request)?;
        if raw.is_some() {
            return self.fetch_uncached(&account, &request, raw).await;
        }
        let request = Arc::new(request);
        let key = self
            .cache
            .key_for(&account.name, &request.cache_key(), request.cache);
        let fresh = fresh || request.cache == CachePolicy::NoStore;
        let sent = Arc::new(AtomicBool::new(false));
        let call = {
            let (upstream, request, sent) =
                (Arc::clone(self), Arc::clone(&request), Arc::clone(&sent));
            async move {
                sent.store(true, Ordering::Relaxed);
                upstream.fetch_uncached(&account, &request, &None).await
            }
        };
        let outcome = self.cache.get(key, fresh, call).await;
        self.metrics
            .record_cache_lookup(!sent.load(Ordering::Relaxed));
        let Some(question) = &request.stale_key else {
            return outcome;
        };
        let question = format!("{} {question}", request.account);
        match outcome {
            Ok(response) => {
                self.cache.store_stale(&question, &response).await;
                Ok(response)
            }
            // The endpoint is rate-limited: its last response, with its age, is better than nothing.
            Err(Error::RateLimited { retry_after }) => {
                match self.cache.get_stale(&question).await {
                    Some(older) => Ok(Arc::new(older.as_stale(retry_after.unwrap_or_default()))),
                    None => Err(Error::RateLimited { retry_after }),
                }
            }
            Err(error) => Err(error),
        }
    }

    /// Forgets the response to a read that no tool can use.
    pub(super) async fn forget(&self, request: &Request) {
        let key = self
            .cache
            .key_for(&request.account, &request.cache_key(), request.cache);
        self.cache.forget(&key).await;
    }

    /// Sends a write once. `departs` is called when its bytes are about to leave.
    pub(super) async fn write(
        &self,
        account: &Arc<Account>,
        request: &Request,
        departs: Departure<'_>,
        raw: &RawSink,
    ) -> Result<Arc<CachedResponse>, Error> {
        // However it ends, also when no caller waits any more, cached responses may be outdated.
        let _invalidate = self.cache.begin_write(&account.name);
        let left = AtomicBool::new(false);
        let departs = || {
            left.store(true, Ordering::Relaxed);
            departs();
        };
        let write = self.send_rate_limited(account, request, &departs, raw);
        let outcome = tokio::time::timeout(self.limits.deadline, write)
            .await
            .unwrap_or_else(|_| Err(self.limits.deadline_exceeded()));
        match outcome {
            Err(error) if left.load(Ordering::Relaxed) && !error.proves_not_done() => {
                Err(Error::outcome_unknown(error))
            }
            outcome => outcome,
        }
    }

    async fn fetch_uncached(
        &self,
        account: &Arc<Account>,
        request: &Request,
        raw: &RawSink,
    ) -> Result<Arc<CachedResponse>, Error> {
        let call = self.send_with_fallback(account, request, raw);
        tokio::time::timeout(self.limits.deadline, call)
            .await
            .unwrap_or_else(|_| Err(self.limits.deadline_exceeded()))
    }

    /// The recommended form, or the fallback form where that is known to work.
    async fn send_with_fallback(
        &self,
        account: &Arc<Account>,
        request: &Request,
        raw: &RawSink,
    ) -> Result<Arc<CachedResponse>, Error> {
        let Some(fallback) = &request.fallback else {
            return self.send_with_retry(account, request, raw).await;
        };
        let known = (Arc::clone(&request.account), request.operation);
        if self.fallback_known().contains(&known) {
            return self.send_with_retry(account, fallback, raw).await;
        }
        match self.send_with_retry(account, request, raw).await {
            Err(Error::NotAvailable { .. }) => {
                let response = self.send_with_retry(account, fallback, raw).await?;
                tracing::info!(
                    operation = request.operation,
                    "fallback request form succeeded; using it from now on"
                );
                self.fallback_known().insert(known);
                Ok(response)
            }
            outcome => outcome,
        }
    }

    fn fallback_known(&self) -> MutexGuard<'_, HashSet<(Arc<str>, &'static str)>> {
        self.fallback_known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// One form, sent a second time after a transient failure. A retry that fails keeps the first cause when
    /// its own is only our limit.
    async fn send_with_retry(
        &self,
        account: &Arc<Account>,
        request: &Request,
        raw: &RawSink,
    ) -> Result<Arc<CachedResponse>, Error> {
        let started = tokio::time::Instant::now();
        let first = match self
            .send_rate_limited(account, request, UNWATCHED, raw)
            .await
        {
            Ok(response) => return Ok(response),
            Err(error) => error,
        };
        let pause = match &first {
            Error::RateLimited {
                retry_after: Some(wait),
            } if *wait <= self.limits.max_wait => *wait,
            // What took long to fail would take as long again, and the client waits for a minute at most.
            Error::Unreachable { retry_after, .. }
                if started.elapsed() < RETRY_IF_FAILED_WITHIN
                    && retry_after.is_none_or(|wait| wait <= self.limits.max_wait) =>
            {
                retry_after.unwrap_or(RETRY_PAUSE)
            }
            _ => return Err(first),
        };
        tracing::info!(
            operation = request.operation,
            cause = first.kind(),
            pause_ms = pause.as_millis(),
            "transient failure, retrying"
        );
        tokio::time::sleep(pause).await;
        match self
            .send_rate_limited(account, request, UNWATCHED, raw)
            .await
        {
            Err(Error::RateLimited { .. }) if !matches!(first, Error::RateLimited { .. }) => {
                Err(first)
            }
            outcome => outcome,
        }
    }

    async fn send_rate_limited(
        &self,
        account: &Arc<Account>,
        request: &Request,
        departs: Departure<'_>,
        raw: &RawSink,
    ) -> Result<Arc<CachedResponse>, Error> {
        let provider = providers::of(account.provider);
        let credential = credential_key(account);
        // Every rate counts its calls for itself.
        let limits: Vec<_> = provider
            .rates()
            .iter()
            .map(|rate| (credential.clone(), *rate))
            .chain(request.rates.iter().map(|rate| {
                let seconds = rate.per.as_secs();
                (
                    format!("{credential} {} {seconds}", request.operation),
                    *rate,
                )
            }))
            .collect();
        let slot = if self.limits.paced {
            let acquired = self.rate_limiter.acquire(&limits, self.limits.max_wait);
            Some(acquired.await.map_err(Error::rate_limited)?)
        } else {
            None
        };
        let sent = Box::pin(self.send_authenticated(account, request, departs, raw)).await;
        // By now the service has counted it.
        drop(slot);
        let mut outcome = match sent {
            Ok((response, now)) => self.parse(account, response, now, request.cache).await,
            Err(error) => Err(error),
        };
        if let Err(Error::RateLimited { retry_after }) = &mut outcome {
            *retry_after = Some(self.rate_limiter.block(&limits, *retry_after));
        }
        outcome.map(Arc::new)
    }

    async fn parse(
        &self,
        account: &Arc<Account>,
        mut response: Response,
        now: Timestamp,
        policy: CachePolicy,
    ) -> Result<CachedResponse, Error> {
        let provider = providers::of(account.provider);
        let (account, bytes) = (Arc::clone(account), response.body.len());
        read_sized(bytes, move || {
            let data = provider.parse_response(&account, &mut response, now)?;
            Ok(CachedResponse::new(data, now, bytes, policy))
        })
        .await?
    }

    /// Signs and sends; once more with a new token where the service rejects the old one. Returns the time
    /// of the signature with the response.
    async fn send_authenticated(
        &self,
        account: &Account,
        request: &Request,
        departs: Departure<'_>,
        raw: &RawSink,
    ) -> Result<(Response, Timestamp), Error> {
        let provider = providers::of(account.provider);
        let id = uuid::Uuid::new_v4().to_string();
        let mut rejected: Option<Arc<AccessToken>> = None;
        loop {
            let token = match provider.login() {
                Some(login) => Some((login, self.token(account, login, rejected.as_ref()).await?)),
                None => None,
            };
            // The time is read after every wait: the signature carries it.
            let now = self.clock.now();
            let mut signed = provider.sign(account, request, now, &id)?;
            if let Some((login, token)) = &token {
                login.apply(&mut signed, &token.value);
            }
            departs();
            let mut response = self.execute(account, request.operation, signed).await?;
            match token {
                Some((login, token))
                    if rejected.is_none() && login.is_token_rejected(&response) =>
                {
                    rejected = Some(token);
                }
                token => {
                    collect(raw, request.operation, &response);
                    if let Some((_, token)) = token {
                        hide_token(&mut response.body, &token.value);
                    }
                    return Ok((response, now));
                }
            }
        }
    }

    /// A valid token, cached or new; `rejected` is the one that the service has just turned down.
    async fn token(
        &self,
        account: &Account,
        login: &dyn Login,
        rejected: Option<&Arc<AccessToken>>,
    ) -> Result<Arc<AccessToken>, Error> {
        let request = Box::pin(async {
            let now = self.clock.now();
            let mut response = self
                .execute(account, "login", login.request(account, now)?)
                .await?;
            login.parse(account, &mut response, now)
        });
        self.tokens
            .token(&account.name, self.clock.now(), rejected, request)
            .await
    }

    async fn execute(
        &self,
        account: &Account,
        operation: &'static str,
        signed: SignedRequest,
    ) -> Result<Response, Error> {
        let now = self.clock.now();
        let started = tokio::time::Instant::now();
        let method = match signed.method {
            Method::Get => "GET",
            Method::Post => "POST",
        };
        let provider = account.provider.as_str();
        let host = signed.url.split('/').nth(2).unwrap_or_default();
        let attributes = vec![
            ("http.request.method", method.to_owned()),
            ("crashsight.operation", operation.to_owned()),
            ("server.address", host.to_owned()),
        ];
        let span = Span::client(method, attributes);
        let response = span.scope(self.client.send(signed)).await;
        match &response {
            Ok(response) => {
                span.set("http.response.status_code", i64::from(response.status));
                if response.status >= 400 {
                    span.fail(response.status.to_string());
                }
            }
            Err(error) => span.fail(error.kind()),
        }
        drop(span);
        let latency = started.elapsed();
        let status = response.as_ref().map_or(0, |response| response.status);
        self.metrics.record_upstream(provider, status, latency);
        let response = response?;
        let last = LastResponse {
            clock_skew_s: response.date.map(|theirs| now.as_second() - theirs),
            latency,
        };
        self.last_responses
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(Arc::clone(&account.name), last);
        tracing::info!(
            operation,
            status,
            bytes = response.body.len(),
            milliseconds = latency.as_millis(),
            "upstream response"
        );
        Ok(response)
    }
}
