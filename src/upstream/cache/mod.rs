//! Answers that this process keeps, bounded in bytes; identical calls under way become one.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared, WeakShared};
use jiff::Timestamp;
use moka::Expiry;
use moka::future::Cache as Moka;
use serde_json::Value;
use tokio::time::Instant;

use crate::error::Error;
use crate::request::CachePolicy;

/// An opened answer.
#[derive(Debug)]
pub struct CachedResponse {
    /// What the operation reads.
    pub data: Value,
    /// When it was asked.
    pub at: Timestamp,
    /// Bytes of the body it result from.
    pub bytes: usize,
    /// How long its call waited for the rate limit.
    pub waited: Duration,
    /// When it was received, also where another process received it.
    pub received: Instant,
    /// Set where it is given in place of a newer one.
    pub stale: Option<Stale>,
    /// Whether its account has written since.
    pub(super) outdated: bool,
    pub(super) policy: CachePolicy,
    weight: u32,
    /// What was read of it, for the next who asks.
    reading: OnceLock<Arc<dyn Any + Send + Sync>>,
}

/// Why an older answer is given.
#[derive(Debug, Clone)]
pub struct Stale {
    /// Why there is no newer one.
    pub cause: Error,
    /// Whether it was asked for another range: it is read as of its own time.
    pub other_range: bool,
}

impl CachedResponse {
    /// Whether what it says is true of its time alone, as counts are.
    pub(super) fn ages(&self) -> bool {
        !matches!(self.policy, CachePolicy::OneHour | CachePolicy::Immutable)
    }

    /// An answer that stays true so long.
    pub fn new(data: Value, at: Timestamp, bytes: usize, policy: CachePolicy) -> Self {
        // A parsed document takes a few times its text, and one of many small values more.
        let weight = memory(&data).max(bytes.saturating_mul(3)) + 512;
        Self {
            weight: u32::try_from(weight).unwrap_or(u32::MAX),
            data,
            at,
            bytes,
            waited: Duration::ZERO,
            received: Instant::now(),
            stale: None,
            outdated: false,
            policy,
            reading: OnceLock::new(),
        }
    }

    /// What `read` makes of the document: worked out by the first who asks and kept beside it. It must depend on the
    /// document and its account alone, and be small beside it: the weight of the document is all that is counted.
    pub(crate) fn read_once<T: Send + Sync + 'static, E>(
        &self,
        read: impl FnOnce(&Value) -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        let kept = self.reading.get().cloned();
        if let Some(kept) = kept.and_then(|kept| kept.downcast::<T>().ok()) {
            return Ok(kept);
        }
        let made = Arc::new(read(&self.data)?);
        // Another may have been faster: both are the same.
        let _ = self.reading.set(Arc::clone(&made) as _);
        Ok(made)
    }

    /// The same answer, in place of a newer one.
    #[must_use]
    pub fn as_stale(&self, stale: Stale) -> Self {
        let mut older = self.with_data(self.data.clone());
        older.stale = Some(stale);
        older
    }

    /// The same answer with other content.
    pub(super) fn with_data(&self, data: Value) -> Self {
        Self {
            data,
            at: self.at,
            bytes: self.bytes,
            waited: self.waited,
            received: self.received,
            stale: self.stale.clone(),
            outdated: self.outdated,
            policy: self.policy,
            weight: self.weight,
            reading: OnceLock::new(),
        }
    }

    /// Whether it is as good as a new one.
    pub(super) fn is_fresh(&self) -> bool {
        !self.outdated && self.received.elapsed() < fresh_for(self.policy)
    }

    /// Whether it may be given when there is no newer one.
    pub(super) fn is_usable(&self) -> bool {
        kept_for(self.policy).is_none_or(|kept| self.received.elapsed() < kept)
    }
}

/// Bytes that a document takes, about.
fn memory(data: &Value) -> usize {
    /// Of a field besides its key and value: the key's text and its place in the index.
    const FIELD: usize = 64;
    let below = match data {
        Value::Array(items) => items.iter().map(memory).sum(),
        Value::Object(fields) => fields
            .iter()
            .map(|(key, value)| key.len() + FIELD + memory(value))
            .sum(),
        Value::String(text) => text.len(),
        _ => 0,
    };
    below + size_of::<Value>()
}

/// Larger documents are freed away from the async workers: it takes a worker too long.
const FREED_INLINE: usize = 1 << 20;

impl Drop for CachedResponse {
    fn drop(&mut self) {
        if self.bytes > FREED_INLINE
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            let data = std::mem::take(&mut self.data);
            runtime.spawn_blocking(move || drop(data));
        }
    }
}

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// How long each kind of answer is as good as a new one.
pub(super) fn fresh_for(policy: CachePolicy) -> Duration {
    match policy {
        CachePolicy::NoStore => Duration::ZERO,
        CachePolicy::OneMinute => MINUTE,
        CachePolicy::OneHour => HOUR,
        CachePolicy::CompleteDays => 6 * HOUR,
        CachePolicy::ClosedDays | CachePolicy::Immutable => Duration::MAX,
    }
}

/// How long each kind of answer is given when there is no newer one; `None` is until it is evicted.
pub(super) fn kept_for(policy: CachePolicy) -> Option<Duration> {
    match policy {
        CachePolicy::NoStore => Some(Duration::ZERO),
        CachePolicy::OneMinute => Some(30 * MINUTE),
        CachePolicy::OneHour => Some(DAY),
        CachePolicy::CompleteDays => Some(7 * DAY),
        CachePolicy::ClosedDays | CachePolicy::Immutable => None,
    }
}

/// Whether a write may change such an answer.
pub(super) fn changes_with_writes(policy: CachePolicy) -> bool {
    !matches!(policy, CachePolicy::ClosedDays | CachePolicy::Immutable)
}

/// Begins the keys of answers that may stand in for a later call. No account's name holds a line end.
const STALE_PREFIX: &str = "\nlast ";
/// How long one may: no limit of an endpoint is longer than a day.
pub(super) const STALE_TTL: Duration = DAY;

struct TtlPolicy;

impl Expiry<String, Arc<CachedResponse>> for TtlPolicy {
    fn expire_after_create(
        &self,
        key: &String,
        kept: &Arc<CachedResponse>,
        _: std::time::Instant,
    ) -> Option<Duration> {
        if key.starts_with(STALE_PREFIX) {
            Some(STALE_TTL)
        } else {
            kept_for(kept.policy)
        }
    }
}

/// What a call comes to.
type CallResult = Result<Arc<CachedResponse>, Error>;

/// A call that all who asked the same drive together. It ends when the last of them leaves.
type InFlight = BoxFuture<'static, CallResult>;

/// Memory of answers; made when the first is asked for.
pub(crate) struct Cache {
    max_bytes: u64,
    memory: OnceLock<Moka<String, Arc<CachedResponse>>>,
    in_flight: Mutex<HashMap<String, WeakShared<InFlight>>>,
    /// How often each account has written: answers asked before its last write are not found again.
    written: Mutex<HashMap<String, u64>>,
}

/// An account is writing. However that ends, cached responses may be outdated.
pub(crate) struct InvalidateOnDrop<'a> {
    cache: &'a Cache,
    account: String,
}

impl Drop for InvalidateOnDrop<'_> {
    fn drop(&mut self) {
        let written = self.cache.written.lock();
        let mut written = written.unwrap_or_else(PoisonError::into_inner);
        *written
            .entry(std::mem::take(&mut self.account))
            .or_default() += 1;
    }
}

impl Cache {
    /// A memory of at max_bytes so many bytes.
    pub(crate) fn new(max_bytes: u64) -> Self {
        Self {
            max_bytes,
            memory: OnceLock::new(),
            in_flight: Mutex::default(),
            written: Mutex::default(),
        }
    }

    /// Says that an account writes, until this is dropped.
    pub(crate) fn begin_write(&self, account: &str) -> InvalidateOnDrop<'_> {
        InvalidateOnDrop {
            cache: self,
            account: account.to_owned(),
        }
    }

    /// Where an account's answer to a question is found: after a write, elsewhere, unless it can never change.
    pub(crate) fn key_for(&self, account: &str, question: &str, policy: CachePolicy) -> String {
        let written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        keyed(written.get(account).copied().unwrap_or(0), question, policy)
    }

    fn memory(&self) -> &Moka<String, Arc<CachedResponse>> {
        self.memory.get_or_init(|| {
            Moka::builder()
                .max_capacity(self.max_bytes)
                .weigher(|_, kept: &Arc<CachedResponse>| kept.weight)
                .expire_after(TtlPolicy)
                .build()
        })
    }

    /// A cached response, the result of the same call in flight, or the call itself. Failures are not cached, but
    /// those who waited for the same call share them.
    pub(crate) async fn get(
        &self,
        key: String,
        fresh: bool,
        call: impl Future<Output = CallResult> + Send + 'static,
    ) -> CallResult {
        // What is kept stays until something newer comes: a fresh call may fail.
        if !fresh
            && let Some(kept) = self.memory().get(&key).await
            && kept.is_fresh()
        {
            return Ok(kept);
        }
        let result = self.join(&key, fresh, call).await;
        // The last caller to poll it removes the entry once; an entry of a later call stays.
        let mut in_flight = self.in_flight();
        if in_flight
            .get(&key)
            .is_some_and(|call| call.upgrade().is_none_or(|call| call.peek().is_some()))
        {
            in_flight.remove(&key);
        }
        result
    }

    /// The same call under way, or this one from now on.
    fn join(
        &self,
        key: &str,
        fresh: bool,
        call: impl Future<Output = CallResult> + Send + 'static,
    ) -> Shared<InFlight> {
        let mut in_flight = self.in_flight();
        if let Some(call) = in_flight.get(key).and_then(WeakShared::upgrade) {
            return call;
        }
        // What was given up by all who waited leaves its name behind.
        in_flight.retain(|_, call| call.upgrade().is_some());
        let memory = self.memory().clone();
        let name = key.to_owned();
        let call = async move {
            // It may have been answered between the cache lookup and this entry.
            if !fresh
                && let Some(kept) = memory.get(&name).await
                && kept.is_fresh()
            {
                return Ok(kept);
            }
            let kept = call.await?;
            // A replaced entry would keep the time at which the first one ends.
            memory.invalidate(&name).await;
            memory.insert(name, Arc::clone(&kept)).await;
            Ok(kept)
        };
        let call = call.boxed().shared();
        if let Some(weak) = call.downgrade() {
            in_flight.insert(key.to_owned(), weak);
        }
        call
    }

    fn in_flight(&self) -> std::sync::MutexGuard<'_, HashMap<String, WeakShared<InFlight>>> {
        self.in_flight
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer that is kept, however old, also from before the account's last writes.
    pub(crate) async fn get_older(
        &self,
        account: &str,
        question: &str,
        policy: CachePolicy,
    ) -> Option<Arc<CachedResponse>> {
        let writes = {
            let written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
            written.get(account).copied().unwrap_or(0)
        };
        for times in (writes.saturating_sub(MAX_WRITES)..=writes).rev() {
            let kept = self.memory().get(&keyed(times, question, policy)).await;
            if let Some(kept) = kept.filter(|kept| kept.is_usable()) {
                return Some(kept);
            }
        }
        None
    }

    /// Whether a call of this key is under way.
    pub(crate) fn is_under_way(&self, key: &str) -> bool {
        let in_flight = self.in_flight();
        let call = in_flight.get(key).and_then(WeakShared::upgrade);
        call.is_some_and(|call| call.peek().is_none())
    }

    /// Whether a call would be answered without a request.
    pub(crate) async fn has_fresh(&self, key: &str) -> bool {
        let kept = self.memory().get(key).await;
        kept.is_some_and(|kept| kept.is_fresh())
    }

    /// Removes a cached response.
    pub(crate) async fn forget(&self, key: &str) {
        self.memory().invalidate(key).await;
    }

    /// Removes the last answer to a question.
    pub(crate) async fn forget_stale(&self, question: &str) {
        self.forget(&format!("{STALE_PREFIX}{question}")).await;
    }

    /// Keeps the last answer to a question, whatever range it was asked for.
    pub(crate) async fn store_stale(&self, question: &str, kept: &Arc<CachedResponse>) {
        let key = format!("{STALE_PREFIX}{question}");
        let memory = self.memory();
        if memory
            .get(&key)
            .await
            .is_some_and(|old| Arc::ptr_eq(&old, kept))
        {
            return;
        }
        // A replaced entry would keep the time at which the first one ends.
        memory.invalidate(&key).await;
        memory.insert(key, Arc::clone(kept)).await;
    }

    /// The last answer to a question, if one is kept.
    pub(crate) async fn get_stale(&self, question: &str) -> Option<Arc<CachedResponse>> {
        self.memory()
            .get(&format!("{STALE_PREFIX}{question}"))
            .await
    }
}

/// Answers from before more writes than these are not looked for.
const MAX_WRITES: u64 = 10;

/// Where an answer is after so many writes of its account.
fn keyed(writes: u64, question: &str, policy: CachePolicy) -> String {
    if writes > 0 && changes_with_writes(policy) {
        format!("{writes} {question}")
    } else {
        question.to_owned()
    }
}

#[cfg(test)]
mod tests;
