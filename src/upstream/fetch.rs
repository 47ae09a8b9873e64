//! The path of a read: this process's memory, the store that processes share, the service; an older answer where the
//! service does not answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Upstream;
use super::answers::Claim;
use super::bodies::CallBodies;
use super::cache::{CachedResponse, Stale};
use crate::error::Error;
use crate::project::Account;
use crate::request::{CachePolicy, Request};

/// What a request asks, whatever its range, where its last answer may be given in place of a newer one.
fn stale_question(request: &Request) -> Option<String> {
    let question = request.stale_key.as_ref()?;
    Some(format!("{} {question}", request.account))
}

impl Upstream {
    /// Answers a read from the cache or from the service. `fresh` bypasses the cache.
    ///
    /// A caller that is dropped cancels the request, unless another caller waits for the same response.
    pub(super) async fn fetch(
        self: &Arc<Self>,
        request: Request,
        fresh: bool,
        bodies: &Arc<CallBodies>,
    ) -> Result<Arc<CachedResponse>, Error> {
        let account = self.account(&request)?;
        let request = self.restored(&account, request).await;
        if bodies.is_collecting() {
            let outcome = self.fetch_uncached(&account, &request, bodies).await;
            return self.redacted(&account, outcome).await;
        }
        let request = Arc::new(request);
        let key = self.key_of(&account, &request);
        let no_store = request.cache == CachePolicy::NoStore;
        let sent = Arc::new(AtomicBool::new(false));
        let call = {
            let (upstream, account) = (Arc::clone(self), Arc::clone(&account));
            let (request, sent) = (Arc::clone(&request), Arc::clone(&sent));
            let bodies = Arc::clone(bodies);
            async move {
                let call =
                    upstream.fetch_shared(&account, &request, fresh || no_store, &sent, &bodies);
                let outcome = Box::pin(call).await;
                upstream.redacted(&account, outcome).await
            }
        };
        let outcome = self.cache.get(key, fresh || no_store, call).await;
        self.metrics
            .record_cache_lookup(!sent.load(Ordering::Relaxed));
        let question = stale_question(&request);
        let cause = match (outcome, &question) {
            (Ok(response), Some(question)) => {
                self.cache.store_stale(question, &response).await;
                return Ok(response);
            }
            (Ok(response), None) => return Ok(response),
            (Err(cause), _) => cause,
        };
        let is_limited = matches!(cause, Error::RateLimited { .. });
        let is_temporary = is_limited || matches!(cause, Error::Unreachable { .. });
        // A caller that asks for a new answer is given an old one only where the endpoint may not be asked.
        if !is_temporary || fresh && !is_limited {
            return Err(cause);
        }
        let older = self.older(&account, &request, question.as_deref(), fresh);
        match older.await {
            Some((older, other_range)) => {
                Ok(Arc::new(older.as_stale(Stale { cause, other_range })))
            }
            None => Err(cause),
        }
    }

    /// Forgets the response to a read that no tool can use.
    pub(super) async fn forget(&self, request: &Request) {
        let Some((account, request, key)) = self.kept_at(request).await else {
            return;
        };
        self.cache.forget(&key).await;
        if let Some(question) = stale_question(&request) {
            self.cache.forget_stale(&question).await;
        }
        if let Some(answers) = self.answers(&account) {
            let place = answers.place(&request.question(), request.stale_key.as_deref());
            answers.forget(&place).await;
        }
    }

    /// Whether this process has a good answer to a read, or is fetching one.
    pub(super) async fn is_at_hand(&self, request: &Request) -> bool {
        match self.kept_at(request).await {
            Some((_, _, key)) => self.cache.is_under_way(&key) || self.cache.has_fresh(&key).await,
            None => false,
        }
    }

    /// Whether a read would be answered without a request to the service.
    pub(super) async fn is_kept(&self, request: &Request) -> bool {
        let Some((account, request, key)) = self.kept_at(request).await else {
            return false;
        };
        if self.cache.has_fresh(&key).await {
            return true;
        }
        let Some(answers) = self.answers(&account) else {
            return false;
        };
        let place = answers.place(&request.question(), None);
        let (answer, _) = answers.find(&place, self.clock).await;
        answer.is_some_and(|answer| answer.is_fresh())
    }

    /// The account of a read, the read as the service receives it, and where this process keeps the answer to it.
    async fn kept_at(&self, request: &Request) -> Option<(Arc<Account>, Request, String)> {
        let account = self.account(request).ok()?;
        let request = self.restored(&account, request.clone()).await;
        let key = self.key_of(&account, &request);
        Some((account, request, key))
    }

    fn key_of(&self, account: &Account, request: &Request) -> String {
        self.cache
            .key_for(&account.name, &request.cache_key(), request.cache)
    }

    /// A request for what its pseudonyms stand for.
    pub(super) async fn restored(&self, account: &Account, request: Request) -> Request {
        match self.redactor(account) {
            Some(redactor) => redactor.restore(request).await,
            None => request,
        }
    }

    /// An outcome with pseudonyms.
    pub(super) async fn redacted(
        &self,
        account: &Account,
        outcome: Result<Arc<CachedResponse>, Error>,
    ) -> Result<Arc<CachedResponse>, Error> {
        let Some(redactor) = self.redactor(account) else {
            return outcome;
        };
        match outcome {
            Ok(answer) => {
                let data = redactor.redact(&answer.data, answer.bytes).await?;
                Ok(Arc::new(answer.with_data(data)))
            }
            Err(error) => Err(redactor.redact_error(error)),
        }
    }

    /// An older answer to a question that has no newer one, and whether it was asked for another range.
    async fn older(
        &self,
        account: &Arc<Account>,
        request: &Request,
        question: Option<&str>,
        fresh: bool,
    ) -> Option<(Arc<CachedResponse>, bool)> {
        if !fresh {
            let question = request.cache_key();
            let older = self
                .cache
                .get_older(&account.name, &question, request.cache);
            if let Some(older) = older.await {
                return Some((older, false));
            }
        }
        if let Some(question) = question
            && let Some(older) = self.cache.get_stale(question).await
        {
            return Some((older, true));
        }
        let answers = self.answers(account)?;
        let place = answers.place(&request.question(), request.stale_key.as_deref());
        let exact = if fresh {
            None
        } else {
            answers.find(&place, self.clock).await.0
        };
        let (older, other_range) = match exact {
            Some(older) => (older, false),
            None => (answers.find(&place.of_last()?, self.clock).await.0?, true),
        };
        let older = self.redacted(account, Ok(Arc::new(older))).await.ok()?;
        Some((older, other_range))
    }

    /// The answer of another process, or the service's. `sent` is set when this process asks the service.
    async fn fetch_shared(
        &self,
        account: &Arc<Account>,
        request: &Request,
        fresh: bool,
        sent: &AtomicBool,
        bodies: &Arc<CallBodies>,
    ) -> Result<Arc<CachedResponse>, Error> {
        let call = async {
            sent.store(true, Ordering::Relaxed);
            self.fetch_uncached(account, request, bodies).await
        };
        let answers = self.answers(account);
        let Some(answers) = answers.filter(|_| request.cache != CachePolicy::NoStore) else {
            return call.await;
        };
        let place = answers.place(&request.question(), request.stale_key.as_deref());
        if !fresh {
            let (found, _) = answers.find(&place, self.clock).await;
            if let Some(found) = found.filter(CachedResponse::is_fresh) {
                return Ok(Arc::new(found));
            }
        }
        let (flight, written) = match answers.claim(&place, self.clock, fresh).await {
            Claim::Answered(answer) => return Ok(Arc::new(answer)),
            Claim::Mine(flight, written) => (flight, written),
        };
        let outcome = flight.during(call).await;
        if let Ok(answer) = &outcome {
            flight.answered(Arc::clone(answer), written);
        }
        outcome
    }
}
