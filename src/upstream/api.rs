//! The only way from a tool to a service: what writes, what a write needs, and what a read may use.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::Upstream;
use super::bodies::{CallBodies, RawResponse};
use super::cache::CachedResponse;
use super::confirm::{Confirm, Confirmed, Write};
use super::symbol_uploader::{Ended, UploadRun};
use crate::error::Error;
use crate::project::Account;
use crate::request::Request;

/// Receives the number of responses so far before each further request.
pub(crate) type ProgressFn = dyn Fn(usize) + Send + Sync;

/// A call of more requests than these is a long one: its further requests leave a part of the limit to other calls.
const LONG: usize = 5;

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
    /// Set once a write leaves: from then on, a call that is cut short may have had its effect.
    pub departed: &'a AtomicBool,
}

/// The way out for one call of one tool.
pub struct Api<'a> {
    upstream: &'a Arc<Upstream>,
    rights: Rights<'a>,
    confirmation: Option<String>,
    fresh: bool,
    bodies: Arc<CallBodies>,
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
    /// Responses that the caller was informed of.
    progress: usize,
}

impl CallLog {
    /// When the oldest response was fetched. One that stays true, such as a report or the names of an app, is no older
    /// for it, and says when only where there is no other.
    pub fn oldest(&self) -> Option<Timestamp> {
        let all = || self.responses.iter();
        let aging = all().filter(|response| response.ages());
        let oldest = aging.map(|response| response.at).min();
        oldest.or_else(|| all().map(|response| response.at).min())
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
            bodies: Arc::default(),
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
        if collect {
            self.bodies = Arc::new(CallBodies::collecting());
        }
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
    pub async fn send(&self, mut request: Request) -> Result<Arc<CachedResponse>, Error> {
        let progressed = {
            let mut log = self.log();
            if log.requests.len() >= LONG {
                request = request.yielding();
            }
            log.requests.push(request.clone());
            let received = log.responses.len();
            // Progress only increases, also where several requests leave at once.
            (received > log.progress).then(|| {
                log.progress = received;
                received
            })
        };
        if let Some((progress, received)) = self.progress.zip(progressed) {
            progress(received);
        }
        let response = if (self.rights.is_write)(request.operation) {
            self.write(request).await
        } else {
            self.upstream.fetch(request, self.fresh, &self.bodies).await
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

    /// Forgets responses of this call: one that is not understood may be right the next time.
    pub(crate) async fn forget_responses(&self, of: impl Fn(&Request) -> bool) {
        let requests = self.log().requests.clone();
        for request in requests.iter().filter(|request| of(request)) {
            self.upstream.forget(request).await;
        }
    }

    async fn write(&self, request: Request) -> Result<Arc<CachedResponse>, Error> {
        let Rights { tool, writes, .. } = self.rights;
        if !writes.contains(&request.operation) {
            return Err(Error::unexpected_response(anyhow::anyhow!(
                "internal error: {tool} does not declare that it writes with {}",
                request.operation
            )));
        }
        let account = self.upstream.account(&request)?;
        let confirmed = self.admit(&account, Write::Request(&request)).await?;
        let departs = || {
            self.rights.departed.store(true, Ordering::Relaxed);
            if let Some(confirmed) = &confirmed {
                confirmed.departs();
            }
        };
        // What was confirmed is what the reader saw, with pseudonyms.
        let request = self.upstream.restored(&account, request).await;
        let outcome = self
            .upstream
            .write(&account, &request, &departs, &self.bodies)
            .await;
        let outcome = self.upstream.redacted(&account, outcome).await;
        if let Some(confirmed) = &confirmed {
            confirmed.ended(&outcome).await;
        }
        outcome
    }

    /// Refuses or confirms a write. `None` where no confirmation is needed.
    async fn admit(&self, account: &Account, write: Write<'_>) -> Result<Option<Confirmed>, Error> {
        let Rights {
            tool,
            read_only,
            confirm,
            caller,
            ..
        } = self.rights;
        if read_only {
            return Err(Error::ReadOnly);
        }
        let confirmed = match confirm {
            Confirm::Never => None,
            Confirm::Always => {
                let (given, now) = (self.confirmation.as_deref(), self.upstream.clock.now());
                let confirmations = self.upstream.confirmations(account);
                let verified = confirmations.verify(account, caller, write, given, now);
                Some(verified.await?)
            }
        };
        tracing::warn!(tool, caller, account = &*account.name, "sending write");
        Ok(confirmed)
    }

    /// Runs the vendor's uploader for an account under the rules of a write: refused, confirmed, run once.
    pub(crate) async fn upload(&self, account: &Account, run: UploadRun) -> Result<Ended, Error> {
        let line = run.line();
        let confirmed = self.admit(account, Write::Program(&line)).await?;
        self.rights.departed.store(true, Ordering::Relaxed);
        if let Some(confirmed) = &confirmed {
            confirmed.departs();
        }
        let ended = run.run(self.progress).await;
        if let Some(confirmed) = &confirmed {
            confirmed.ended(&ended).await;
        }
        ended
    }

    /// Calls that the account could make now without waiting, other processes' calls counted; `None` where no limit is
    /// known.
    pub async fn remaining_calls(&self, account: &Account) -> Option<usize> {
        self.upstream.budget(account).await.map(|(calls, _)| calls)
    }

    /// Whether a read would cost no call now, because its answer is kept.
    pub(crate) async fn is_known(&self, request: &Request) -> bool {
        !self.fresh && !self.bodies.is_collecting() && self.upstream.is_kept(request).await
    }

    /// Whether this process has the answer to a read, or waits for it: then the read costs no call and no look into the
    /// store.
    pub(crate) async fn is_at_hand(&self, request: &Request) -> bool {
        !self.fresh && !self.bodies.is_collecting() && self.upstream.is_at_hand(request).await
    }

    /// What was asked for and received so far.
    pub fn call_log(&self) -> CallLog {
        self.log().clone()
    }

    /// The bodies collected so far.
    pub fn raw(&self) -> Vec<RawResponse> {
        self.bodies.collected()
    }

    fn log(&self) -> std::sync::MutexGuard<'_, CallLog> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::request::CachePolicy;

    #[test]
    fn a_reply_is_as_old_as_its_counts() {
        let at = |minute: i64| Timestamp::from_second(minute * 60).unwrap();
        let log = |responses: &[(i64, CachePolicy)]| CallLog {
            responses: responses
                .iter()
                .map(|(minute, policy)| {
                    Arc::new(CachedResponse::new(json!({}), at(*minute), 2, *policy))
                })
                .collect(),
            ..CallLog::default()
        };
        let (names, counts) = (CachePolicy::OneHour, CachePolicy::OneMinute);
        let oldest = |responses: &[(i64, CachePolicy)]| log(responses).oldest();
        assert_eq!(
            oldest(&[(10, names), (50, counts), (49, counts)]),
            Some(at(49))
        );
        assert_eq!(
            oldest(&[(10, CachePolicy::Immutable), (50, counts)]),
            Some(at(50))
        );
        assert_eq!(
            oldest(&[(10, names), (12, names)]),
            Some(at(10)),
            "names alone"
        );
        assert_eq!(oldest(&[]), None);
    }
}
