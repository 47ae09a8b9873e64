//! The only way from a tool to a service: what writes, what a write needs, and what a read may use.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::Upstream;
use super::cache::CachedResponse;
use super::confirm::Confirm;
use crate::error::Error;
use crate::project::Account;
use crate::request::{Request, Response};

/// Receives the number of responses so far before each further request.
pub(crate) type ProgressFn = dyn Fn(usize) + Send + Sync;

/// The rights of one call: what its tool writes, and what policy and caller allow.
#[derive(Clone, Copy)]
pub struct Rights<'a> {
    /// The tool that calls.
    pub tool: &'static str,
    /// The operations that this tool writes with. A request of any other operation reads.
    pub writes: &'static [&'static str],
    /// Whether an operation writes, whichever tool it belongs to.
    pub is_write: fn(&str) -> bool,
    /// Whether writes are refused.
    pub read_only: bool,
    /// Whether a write needs a confirmation.
    pub confirm: Confirm,
    /// Who calls, for the log and for the confirmation.
    pub caller: &'a str,
}

/// A body as the service sent it.
#[derive(Debug, Clone)]
pub struct RawResponse {
    /// The vendor's name of the operation.
    pub operation: &'static str,
    /// HTTP status.
    pub status: u16,
    /// The body, decompressed.
    pub body: Vec<u8>,
}

/// Where bodies are collected before they are parsed; `None` collects nothing.
pub(super) type RawSink = Option<Arc<Mutex<Vec<RawResponse>>>>;

/// Adds a response to the sink.
pub(super) fn collect(sink: &RawSink, operation: &'static str, response: &Response) {
    if let Some(sink) = sink {
        let mut all = sink.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(RawResponse {
            operation,
            status: response.status,
            body: response.body.clone(),
        });
    }
}

/// The way out for one call of one tool.
pub struct Api<'a> {
    upstream: &'a Arc<Upstream>,
    rights: Rights<'a>,
    confirmation: Option<String>,
    fresh: bool,
    raw: RawSink,
    progress: Option<&'a ProgressFn>,
    began: Instant,
    log: Mutex<CallLog>,
}

/// What one call asked for and received.
#[derive(Debug, Default, Clone)]
pub struct CallLog {
    /// Requests, in the order in which they were made.
    pub requests: Vec<Request>,
    /// Responses, in the order in which they arrived.
    pub responses: Vec<Arc<CachedResponse>>,
    /// How long the requests waited for the rate limit.
    pub waited: Duration,
}

impl CallLog {
    /// When the oldest response was fetched.
    pub fn oldest(&self) -> Option<Timestamp> {
        self.responses.iter().map(|response| response.at).min()
    }
}

impl<'a> Api<'a> {
    /// For a call with these rights.
    pub fn new(upstream: &'a Arc<Upstream>, rights: Rights<'a>) -> Self {
        Self {
            upstream,
            rights,
            confirmation: None,
            fresh: false,
            raw: None,
            progress: None,
            began: Instant::now(),
            log: Mutex::default(),
        }
    }

    /// With the value that confirms a write.
    #[must_use]
    pub fn confirmation(mut self, value: Option<String>) -> Self {
        self.confirmation = value;
        self
    }

    /// Without answers from the cache, when `fresh`.
    #[must_use]
    pub fn fresh(mut self, fresh: bool) -> Self {
        self.fresh = fresh;
        self
    }

    /// With bodies collected as they arrive; then nothing is answered from the cache.
    #[must_use]
    pub fn collecting(mut self, collect: bool) -> Self {
        self.raw = collect.then(Arc::default);
        self
    }

    /// With progress reported.
    #[must_use]
    pub fn progress(mut self, progress: Option<&'a ProgressFn>) -> Self {
        self.progress = progress;
        self
    }

    /// Sends a request and returns its parsed response: reads may come from the cache; a write is refused,
    /// confirmed and sent once.
    pub async fn send(&self, request: Request) -> Result<Arc<CachedResponse>, Error> {
        let received = {
            let mut log = self.log();
            log.requests.push(request.clone());
            log.responses.len()
        };
        if let Some(progress) = self.progress.filter(|_| received > 0) {
            progress(received);
        }
        let response = if (self.rights.is_write)(request.operation) {
            self.write(request).await
        } else {
            self.upstream.fetch(request, self.fresh, &self.raw).await
        }?;
        let mut log = self.log();
        // Those who joined a call waited with it; a kept answer made no call wait.
        if response.received >= self.began {
            log.waited = (log.waited + response.waited).min(self.began.elapsed());
        }
        log.responses.push(Arc::clone(&response));
        drop(log);
        Ok(response)
    }

    async fn write(&self, request: Request) -> Result<Arc<CachedResponse>, Error> {
        let Rights {
            tool,
            writes,
            read_only,
            confirm,
            caller,
            ..
        } = self.rights;
        if read_only {
            return Err(Error::ReadOnly);
        }
        if !writes.contains(&request.operation) {
            return Err(Error::unexpected_response(anyhow::anyhow!(
                "internal error: {tool} does not declare that it writes with {}",
                request.operation
            )));
        }
        let account = self.upstream.account(&request)?;
        let confirmed = match confirm {
            Confirm::Never => None,
            Confirm::Always => {
                let (given, now) = (self.confirmation.as_deref(), self.upstream.clock.now());
                let confirmations = self.upstream.confirmations(&account);
                let verified = confirmations.verify(&account, caller, &request, given, now);
                Some(verified.await?)
            }
        };
        tracing::warn!(tool, caller, account = &*request.account, "sending write");
        let departs = || {
            if let Some(confirmed) = &confirmed {
                confirmed.departs();
            }
        };
        // What was confirmed is what the reader saw, with pseudonyms.
        let request = self.upstream.restored(&account, request).await;
        let outcome = self
            .upstream
            .write(&account, &request, &departs, &self.raw)
            .await;
        let outcome = self.upstream.redacted(&account, outcome).await;
        if let Some(confirmed) = &confirmed {
            confirmed.ended(&outcome).await;
        }
        outcome
    }

    /// Calls that the account could make now without waiting, other processes' calls counted; `None` where no limit is
    /// known.
    pub async fn remaining_calls(&self, account: &Account) -> Option<usize> {
        self.upstream.budget(account).await.map(|(calls, _)| calls)
    }

    /// How many of these reads would ask the service now: those that no answer is kept for.
    pub async fn cost(&self, requests: &[Request]) -> usize {
        let mut cost = 0;
        for request in requests {
            cost += usize::from(self.fresh || !self.upstream.is_kept(request).await);
        }
        cost
    }

    /// What was asked for and received so far.
    pub fn call_log(&self) -> CallLog {
        self.log().clone()
    }

    /// The bodies collected so far.
    pub fn raw(&self) -> Vec<RawResponse> {
        self.raw.as_ref().map_or_else(Vec::new, |raw| {
            raw.lock().unwrap_or_else(PoisonError::into_inner).clone()
        })
    }

    fn log(&self) -> std::sync::MutexGuard<'_, CallLog> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
