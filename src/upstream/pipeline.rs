//! The path of one request to the service: rate limit, login, signature, send, parse; with one retry for transient
//! failures and one fallback form for reads.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use super::answers::Answers;
use super::bodies::CallBodies;
use super::cache::CachedResponse;
use super::large::read_sized;
use super::provider::hide_token;
use super::providers;
use super::rate_limit;
use super::store::{Key, Kind, Limit};
use super::{LastResponse, Upstream};
use crate::error::Error;
use crate::project::Account;
use crate::request::{AccessToken, CachePolicy, Method, Request, Response, SignedRequest};
use crate::telemetry::Span;

/// A read that failed within this time is sent a second time.
const RETRY_IF_FAILED_WITHIN: Duration = Duration::from_secs(10);

/// The pause before a retry: enough for a restarted instance or a dropped keep-alive connection.
const RETRY_PAUSE: Duration = Duration::from_millis(500);

/// How long other processes know that a fallback form works.
const FALLBACK_KNOWN: Duration = Duration::from_secs(24 * 3600);

/// Marks a write for the other processes, also when no caller waits for it any more.
struct Others(Option<Answers>);

impl Drop for Others {
    fn drop(&mut self) {
        if let Some(answers) = self.0.take() {
            answers.wrote_in_background();
        }
    }
}

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

    /// Sends a write once. `departs` is called when its bytes are about to leave.
    pub(super) async fn write(
        &self,
        account: &Arc<Account>,
        request: &Request,
        departs: Departure<'_>,
        bodies: &Arc<CallBodies>,
    ) -> Result<Arc<CachedResponse>, Error> {
        // However it ends, also when no caller waits any more, cached responses may be outdated.
        let _invalidate = self.cache.begin_write(&account.name);
        let mut others = Others(self.answers(account));
        let left = AtomicBool::new(false);
        let departs = || {
            left.store(true, Ordering::Relaxed);
            departs();
        };
        let write = self.send_rate_limited(account, request, &departs, bodies);
        let outcome = tokio::time::timeout(self.limits.deadline, write)
            .await
            .unwrap_or_else(|_| Err(self.limits.deadline_exceeded()));
        if let Some(answers) = others.0.take() {
            answers.wrote().await;
        }
        match outcome {
            Err(error) if left.load(Ordering::Relaxed) && !error.proves_not_done() => {
                Err(Error::outcome_unknown(error))
            }
            outcome => outcome,
        }
    }

    /// Asks the service, within the deadline of a call.
    pub(super) async fn fetch_uncached(
        &self,
        account: &Arc<Account>,
        request: &Request,
        bodies: &Arc<CallBodies>,
    ) -> Result<Arc<CachedResponse>, Error> {
        let call = self.send_with_fallback(account, request, bodies);
        tokio::time::timeout(self.limits.deadline, call)
            .await
            .unwrap_or_else(|_| Err(self.limits.deadline_exceeded()))
    }

    /// The recommended form, or the fallback form where that is known to work.
    async fn send_with_fallback(
        &self,
        account: &Arc<Account>,
        request: &Request,
        bodies: &Arc<CallBodies>,
    ) -> Result<Arc<CachedResponse>, Error> {
        let Some(fallback) = &request.fallback else {
            return self.send_with_retry(account, request, bodies).await;
        };
        if self.is_fallback_known(account, request.operation).await {
            return self.send_with_retry(account, fallback, bodies).await;
        }
        match self.send_with_retry(account, request, bodies).await {
            Err(Error::NotAvailable { .. }) => {
                let response = self.send_with_retry(account, fallback, bodies).await?;
                tracing::info!(
                    operation = request.operation,
                    "fallback request form succeeded; using it from now on"
                );
                self.know_fallback(account, request.operation, true);
                let key = self.fallback_key(account, request.operation);
                self.store.put(&key, b"1", Some(FALLBACK_KNOWN)).await;
                Ok(response)
            }
            outcome => outcome,
        }
    }

    /// Whether the fallback form is the one that works, as far as this process or another found out.
    async fn is_fallback_known(&self, account: &Account, operation: &'static str) -> bool {
        let place = (Arc::clone(&account.name), operation);
        let known = {
            let known = self.fallback_known.lock();
            known
                .unwrap_or_else(PoisonError::into_inner)
                .get(&place)
                .copied()
        };
        if let Some(known) = known {
            return known;
        }
        let key = self.fallback_key(account, operation);
        let known = self.store.is_shared() && self.store.get_one(&key).await.is_some();
        self.know_fallback(account, operation, known);
        known
    }

    fn know_fallback(&self, account: &Account, operation: &'static str, works: bool) {
        self.fallback_known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert((Arc::clone(&account.name), operation), works);
    }

    fn fallback_key(&self, account: &Account, operation: &str) -> Key {
        Key {
            kind: Kind::Fallback,
            name: self.vault(account).name(&format!("fallback {operation}")),
        }
    }

    /// One form, sent a second time after a transient failure. A retry that fails keeps the first cause when
    /// its own is only our limit.
    async fn send_with_retry(
        &self,
        account: &Arc<Account>,
        request: &Request,
        bodies: &Arc<CallBodies>,
    ) -> Result<Arc<CachedResponse>, Error> {
        let started = tokio::time::Instant::now();
        let first = match self
            .send_rate_limited(account, request, UNWATCHED, bodies)
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
            .send_rate_limited(account, request, UNWATCHED, bodies)
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
        bodies: &Arc<CallBodies>,
    ) -> Result<Arc<CachedResponse>, Error> {
        let limits = self.limits_of(account, request);
        let permit = if self.limits.paced {
            let acquired =
                rate_limit::acquire(&self.store, limits.clone(), self.limits.max_wait).await;
            Some(acquired.map_err(Error::rate_limited)?)
        } else {
            None
        };
        let sent = Box::pin(self.send_authenticated(account, request, departs, bodies)).await;
        let waited = permit
            .as_ref()
            .map_or(Duration::ZERO, |permit| permit.waited);
        // By now the service has counted it.
        drop(permit);
        let mut outcome = match sent {
            Ok((response, now)) => self.parse(account, response, now, request.cache).await,
            Err(error) => Err(error),
        };
        if let Err(Error::RateLimited { retry_after }) = &mut outcome {
            *retry_after = Some(self.store.block(&limits, *retry_after).await);
        }
        let mut response = outcome?;
        response.waited = waited;
        Ok(Arc::new(response))
    }

    /// The limits of a request. Each counts its calls for itself.
    fn limits_of(&self, account: &Account, request: &Request) -> Vec<Limit> {
        let mut limits = self.account_limits(account, request.yields);
        let vault = self.vault(account);
        limits.extend(request.rates.iter().map(|rate| {
            let seconds = rate.per.as_secs();
            Limit {
                key: Key {
                    kind: Kind::Calls,
                    name: vault.name(&format!("calls {} {seconds}", request.operation)),
                },
                rate: *rate,
                spare: 0,
            }
        }));
        limits
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
        bodies: &Arc<CallBodies>,
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
            let mut response = self
                .execute(account, request.operation, signed, bodies)
                .await?;
            match token {
                Some((login, token))
                    if rejected.is_none() && login.is_token_rejected(&response) =>
                {
                    rejected = Some(token);
                }
                token => {
                    bodies.collect(request.operation, &response);
                    if let Some((_, token)) = token {
                        hide_token(&mut response.body, &token.value);
                    }
                    return Ok((response, now));
                }
            }
        }
    }

    pub(super) async fn execute(
        &self,
        account: &Account,
        operation: &'static str,
        mut signed: SignedRequest,
        bodies: &Arc<CallBodies>,
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
        signed.headers.extend(span.header());
        let response = span.scope(self.client.send_within(signed, bodies)).await;
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
