//! The path of one call: memory, pace, login, sign, send, open; again where that may help.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::Clock;
use crate::error::Error;
use crate::metrics::Metrics;
use crate::project::{Account, Projects};
use crate::request::{AccessToken, CachePolicy, Rate, Request, Response, SignedRequest};
use crate::secret::sha256_hex;
use crate::upstream::cache::{Cache, CachedResponse};
use crate::upstream::http_client::HttpClient;
use crate::upstream::provider::{self, Login};
use crate::upstream::rate_limit::RateLimiter;
use crate::upstream::token_cache::TokenCache;

/// A read that failed within this time is sent a second time.
const AGAIN_WITHIN: Duration = Duration::from_secs(10);

/// What a run may spend.
#[derive(Debug, Clone, Copy)]
pub struct CallLimits {
    /// The longest wait for a slot: clients give up after about a minute.
    pub patience: Duration,
    /// The longest whole call.
    pub deadline: Duration,
    /// Whether calls are paced at all; off only for load runs against the simulator.
    pub paced: bool,
    /// Bytes read of one answer, decompressed.
    pub answer_bytes: usize,
    /// Bytes of answers kept.
    pub cache_bytes: u64,
}

impl Default for CallLimits {
    fn default() -> Self {
        Self {
            patience: Duration::from_secs(20),
            deadline: Duration::from_secs(55),
            paced: true,
            answer_bytes: 64 << 20,
            cache_bytes: 64 << 20,
        }
    }
}

impl CallLimits {
    /// What a call that took too long is told.
    pub fn late(&self) -> Error {
        Error::Unreachable(format!(
            "no answer within {} s: try again, or ask for less",
            self.deadline.as_secs()
        ))
    }
}

/// Everything a call passes through; shared by all callers of one server.
pub struct Upstream {
    projects: Arc<Projects>,
    client: HttpClient,
    pace: RateLimiter,
    cache: Cache,
    sessions: TokenCache,
    clock: Clock,
    limits: CallLimits,
    metrics: Arc<Metrics>,
    /// Accounts and operations for which the documented form is the one that works.
    documented: Mutex<HashSet<(Arc<str>, &'static str)>>,
    heard: Mutex<HashMap<Arc<str>, LastResponse>>,
}

/// What an account's last answer showed beside its content.
#[derive(Debug, Clone, Copy)]
pub struct LastResponse {
    /// Seconds that our clock is ahead of the service's, where it told its time.
    pub ahead: Option<i64>,
    /// How long the answer took.
    pub took: Duration,
}

impl Upstream {
    /// A run over these accounts.
    pub fn new(projects: Arc<Projects>, clock: Clock, limits: CallLimits) -> Self {
        Self {
            projects,
            client: HttpClient::new(limits.answer_bytes),
            pace: RateLimiter::default(),
            cache: Cache::new(limits.cache_bytes),
            sessions: TokenCache::default(),
            clock,
            limits,
            metrics: Arc::default(),
            documented: Mutex::default(),
            heard: Mutex::default(),
        }
    }

    /// A run for another identity: nothing is shared but counters, the pool of connections, which carries
    /// no credential, and the count of calls by credential, which is the service's.
    #[must_use]
    pub fn beside(&self, projects: Arc<Projects>, limits: CallLimits) -> Self {
        Self {
            projects,
            client: self.client.clone(),
            pace: self.pace.clone(),
            cache: Cache::new(limits.cache_bytes),
            sessions: TokenCache::default(),
            clock: self.clock,
            limits,
            metrics: Arc::clone(&self.metrics),
            documented: Mutex::default(),
            heard: Mutex::default(),
        }
    }

    /// What happened so far.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Calls that each account could send now without waiting.
    pub fn budget_left(&self) -> impl Iterator<Item = (&Account, usize)> {
        self.projects.accounts.iter().flat_map(|account| {
            let rates = provider::of(account.provider).rates().iter();
            rates.map(|rate| (&**account, self.pace.left(&budget(account), *rate)))
        })
    }

    /// What it may spend.
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

    /// What the account's service answered last, a refusal too; `None` when nothing came.
    pub fn heard(&self, account: &str) -> Option<LastResponse> {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.get(account).copied()
    }

    /// Calls that the account could make at once, and its limit. What other programs spent is not known here.
    pub fn left(&self, account: &Account) -> Option<(usize, Rate)> {
        let rates = provider::of(account.provider).rates();
        let left = |rate: &Rate| (self.pace.left(&budget(account), *rate), *rate);
        rates.iter().map(left).min_by_key(|(calls, _)| *calls)
    }

    /// Answers a request from memory or from the service. `fresh` does not ask memory.
    ///
    /// Who stops waiting stops the call, unless somebody else waits for the same answer.
    pub async fn answer(
        self: &Arc<Self>,
        request: Request,
        fresh: bool,
    ) -> Result<Arc<CachedResponse>, Error> {
        let account = self
            .projects
            .account(&request.account)
            .cloned()
            .ok_or_else(|| {
                Error::invalid_arguments(format!("no account is called `{}`", request.account))
            })?;
        if request.keep == CachePolicy::NoStore {
            // A write without an answer may have happened, also one that nobody waits for any more.
            let _writing = self.cache.writing(&account.name);
            return self.within_deadline(&account, &request).await;
        }
        let request = Arc::new(request);
        let place = self
            .cache
            .place(&account.name, &request.key(), request.keep);
        let sent = Arc::new(AtomicBool::new(false));
        let call = {
            let (run, request, sent) = (Arc::clone(self), Arc::clone(&request), Arc::clone(&sent));
            async move {
                sent.store(true, Ordering::Relaxed);
                run.within_deadline(&account, &request).await
            }
        };
        let answered = self.cache.get(place, fresh, call).await;
        self.metrics
            .record_cache_lookup(!sent.load(Ordering::Relaxed));
        let Some(question) = &request.question else {
            return answered;
        };
        let question = format!("{} {question}", request.account);
        match answered {
            Ok(kept) => {
                self.cache.remember(&question, &kept).await;
                Ok(kept)
            }
            // The endpoint's slot is taken: what it said last is better than nothing, told with its age.
            Err(Error::RateLimited { retry_after }) => match self.cache.recall(&question).await {
                Some(older) => Ok(Arc::new(older.standing_in(retry_after))),
                None => Err(Error::RateLimited { retry_after }),
            },
            Err(failure) => Err(failure),
        }
    }

    async fn within_deadline(
        &self,
        account: &Account,
        request: &Request,
    ) -> Result<Arc<CachedResponse>, Error> {
        let within = tokio::time::timeout(self.limits.deadline, self.ask(account, request));
        within.await.unwrap_or_else(|_| Err(self.limits.late()))
    }

    /// The recommended form, or the documented one where that is known to work.
    async fn ask(
        &self,
        account: &Account,
        request: &Request,
    ) -> Result<Arc<CachedResponse>, Error> {
        let memory = (Arc::clone(&request.account), request.operation);
        // A write has one form: what a second one would do is not known.
        let fallback = request
            .fallback
            .as_ref()
            .filter(|_| request.keep != CachePolicy::NoStore);
        let form = match fallback {
            Some(documented) if self.documented().contains(&memory) => documented,
            _ => request,
        };
        match (self.persist(account, form).await, fallback) {
            (
                Err(Error::Rejected {
                    code: 404 | 405,
                    message,
                    ..
                }),
                Some(documented),
                // With words of its own the service was there, and what was asked for is not.
            ) if form == request && message.is_empty() => {
                let kept = self.persist(account, documented).await?;
                tracing::info!(operation = request.operation, "the documented form works");
                self.documented().insert(memory);
                Ok(kept)
            }
            (outcome, _) => outcome,
        }
    }

    fn documented(&self) -> std::sync::MutexGuard<'_, HashSet<(Arc<str>, &'static str)>> {
        self.documented
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// One form; a read is sent a second time when the service was busy for a moment.
    async fn persist(
        &self,
        account: &Account,
        request: &Request,
    ) -> Result<Arc<CachedResponse>, Error> {
        let started = tokio::time::Instant::now();
        let first = self.send(account, request).await;
        let wait = match &first {
            Err(_) if request.keep == CachePolicy::NoStore => return first,
            Err(Error::RateLimited { retry_after }) if *retry_after <= self.limits.patience => {
                *retry_after
            }
            // Half a second is enough for a restarted instance or a dropped keep-alive connection. What took
            // long to fail would take as long again, and the client waits for a minute at most.
            Err(Error::Unreachable(_)) if started.elapsed() < AGAIN_WITHIN => {
                Duration::from_millis(500)
            }
            _ => return first,
        };
        tokio::time::sleep(wait).await;
        self.send(account, request).await
    }

    async fn send(
        &self,
        account: &Account,
        request: &Request,
    ) -> Result<Arc<CachedResponse>, Error> {
        let provider = provider::of(account.provider);
        let payer = budget(account);
        // Every rate counts its calls for itself; the last is the narrowest.
        let limits: Vec<_> = provider
            .rates()
            .iter()
            .map(|rate| (payer.clone(), *rate))
            .chain(request.rate.iter().map(|rate| {
                let seconds = rate.per.as_secs();
                (format!("{payer} {} {seconds}", request.operation), *rate)
            }))
            .collect();
        if self.limits.paced {
            self.pace
                .slot(&limits, self.limits.patience)
                .await
                .map_err(|retry_after| Error::RateLimited { retry_after })?;
        }
        let (mut answer, now) = Box::pin(self.exchange(account, request)).await?;
        let bytes = answer.body.len();
        let opened = provider.open(account, &mut answer, now);
        if let (Err(Error::RateLimited { retry_after }), Some((narrowest, _))) =
            (&opened, limits.last())
        {
            self.pace.close(narrowest, *retry_after);
        }
        Ok(Arc::new(CachedResponse::new(
            opened?,
            now,
            bytes,
            request.keep,
        )))
    }

    /// Signs and sends; once more with a new token where the service turned the old one down. Says when it
    /// left.
    async fn exchange(
        &self,
        account: &Account,
        request: &Request,
    ) -> Result<(Response, Timestamp), Error> {
        let provider = provider::of(account.provider);
        let id = uuid::Uuid::new_v4().to_string();
        let mut refused: Option<Arc<AccessToken>> = None;
        loop {
            let token = match provider.login() {
                Some(login) => Some((login, self.token(account, login, refused.as_ref()).await?)),
                None => None,
            };
            // The time is read after every wait: the signature carries it.
            let now = self.clock.now();
            let mut signed = provider.sign(account, request, now, &id)?;
            if let Some((login, token)) = &token {
                login.show(&mut signed, &token.value);
            }
            let answer = self.leave(account, request.operation, signed).await?;
            match token {
                Some((login, token)) if refused.is_none() && login.refused(&answer) => {
                    refused = Some(token);
                }
                _ => return Ok((answer, now)),
            }
        }
    }

    /// A token to show, kept or new; `refused` is the one that the service has just turned down.
    async fn token(
        &self,
        account: &Account,
        login: &dyn Login,
        refused: Option<&Arc<AccessToken>>,
    ) -> Result<Arc<AccessToken>, Error> {
        let trade = Box::pin(async {
            let now = self.clock.now();
            let mut answer = self
                .leave(account, "login", login.ask(account, now)?)
                .await?;
            login.read(account, &mut answer, now)
        });
        self.sessions
            .token(&account.name, self.clock.now(), refused, trade)
            .await
    }

    async fn leave(
        &self,
        account: &Account,
        operation: &'static str,
        signed: SignedRequest,
    ) -> Result<Response, Error> {
        let now = self.clock.now();
        let started = tokio::time::Instant::now();
        let answer = self.client.send(signed).await;
        let status = answer.as_ref().map_or(0, |answer| answer.status);
        let provider_name = account.provider.word();
        self.metrics
            .record_upstream(provider_name, status, started.elapsed());
        let answer = answer?;
        let heard = LastResponse {
            ahead: answer.date.map(|theirs| now.as_second() - theirs),
            took: started.elapsed(),
        };
        self.heard
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(Arc::clone(&account.name), heard);
        tracing::info!(
            operation,
            status = answer.status,
            bytes = answer.body.len(),
            milliseconds = started.elapsed().as_millis(),
            "answered"
        );
        Ok(answer)
    }
}

/// Whose calls a service counts together: one credential's, whatever the accounts that hold it are called.
fn budget(account: &Account) -> String {
    let credential = account.credentials.as_ref().map_or_else(
        |_| account.name.to_string(),
        |credentials| format!("{} {}", credentials.user(), credentials.secret().expose()),
    );
    sha256_hex(&format!(
        "{} {}\n{credential}",
        account.provider.word(),
        account.base
    ))
}

/// Told how many answers have come, whenever one more is asked for.
pub type ProgressFn = dyn Fn(usize) + Send + Sync;

/// A run for one call of one tool: answers what it is asked, and remembers what came for `--raw`.
pub struct Api<'a> {
    run: &'a Arc<Upstream>,
    fresh: bool,
    watch: Option<&'a ProgressFn>,
    came: Mutex<Vec<(&'static str, Arc<CachedResponse>)>>,
}

impl<'a> Api<'a> {
    /// A desk whose calls ask memory, or do not, and tell how far they are.
    pub fn new(run: &'a Arc<Upstream>, fresh: bool, watch: Option<&'a ProgressFn>) -> Self {
        Self {
            run,
            fresh,
            watch,
            came: Mutex::default(),
        }
    }

    /// Answers a request that stands already.
    pub async fn send(&self, request: Request) -> Result<Arc<CachedResponse>, Error> {
        let operation = request.operation;
        let done = self.came().len();
        if let Some(watch) = self.watch.filter(|_| done > 0) {
            watch(done);
        }
        let kept = self.run.answer(request, self.fresh).await?;
        let mut came = self.came.lock().unwrap_or_else(PoisonError::into_inner);
        came.push((operation, Arc::clone(&kept)));
        Ok(kept)
    }

    /// The vendor's opened answers, in the order they were asked.
    pub fn came(&self) -> Vec<(&'static str, Arc<CachedResponse>)> {
        self.came
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
