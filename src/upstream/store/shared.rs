//! The store as the rest of `upstream` uses it: no method fails. While a backend is unavailable, memory answers, and
//! this process keeps to its share of every limit; what it did meanwhile is counted when the backend is back.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::memory::Memory;
use super::sliding_window::LONGEST_GUESS;
use super::{Backend, Contents, Key, Limit, Reservation, Slot, SlotEnd, Swapped, Unavailable};

/// The pause between two tries to reach a backend that is unavailable.
const RETRY: Duration = Duration::from_secs(1);

/// How old a count of the backend may be to be relied on when it becomes unavailable.
const RECENT: Duration = Duration::from_secs(2);

/// The longest limit for which a process keeps to its share after the backend is back: in a minute all others have
/// noticed and have counted their calls.
const RECOVERY: Duration = Duration::from_secs(60);

/// How long the calls left in a limit are asked for after its last use.
const FORGOTTEN: Duration = Duration::from_secs(600);

/// How often an outage is logged at most.
const LOG_EVERY: Duration = Duration::from_secs(60);

/// How long [`Store::flush`] waits.
const FLUSH: Duration = Duration::from_secs(2);

/// What one process shares with others.
pub(crate) struct Store {
    local: Memory,
    backend: Option<Arc<dyn Backend>>,
    name: String,
    /// Why there is no backend where one was expected.
    not_shared: Option<String>,
    replicas: usize,
    /// How long answers are kept at most.
    retain: Option<Duration>,
    health: Mutex<Health>,
    /// Calls left in each limit, as the backend last said.
    left: Mutex<HashMap<Key, Left>>,
    outages: AtomicU64,
    /// When an outage was last logged.
    logged: Mutex<Option<Instant>>,
    tasks: TaskTracker,
}

/// Calls left in a limit.
struct Left {
    calls: usize,
    limit: Limit,
    /// When the backend said so.
    at: Instant,
    /// When the limit was last used here.
    used: Instant,
}

#[derive(Debug, Clone)]
enum Health {
    /// The backend answers; until then this process keeps to its share as well.
    Up { share_until: Option<Instant> },
    /// The backend does not answer.
    Down { next_try: Instant, reason: String },
}

/// Whether a store answers, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoreStatus {
    /// The kind of store and where it is.
    pub name: String,
    /// Why it is unavailable and memory answers, if so.
    pub unavailable: Option<String>,
    /// How often it became unavailable.
    pub outages: u64,
}

impl Store {
    /// The memory of this process alone.
    pub(crate) fn memory() -> Self {
        Self::new("memory".to_owned(), None, 1, None)
    }

    /// The same in place of a store that cannot be used.
    pub(crate) fn memory_because(reason: String) -> Self {
        Self {
            not_shared: Some(reason),
            ..Self::memory()
        }
    }

    /// Over a backend that so many replicas share; `retain` is how long answers are kept at most, and zero keeps none.
    pub(crate) fn over(
        name: String,
        backend: Arc<dyn Backend>,
        replicas: usize,
        retain: Option<Duration>,
    ) -> Self {
        Self::new(name, Some(backend), replicas, retain)
    }

    fn new(
        name: String,
        backend: Option<Arc<dyn Backend>>,
        replicas: usize,
        retain: Option<Duration>,
    ) -> Self {
        Self {
            local: Memory::default(),
            backend,
            name,
            not_shared: None,
            replicas: replicas.max(1),
            retain,
            logged: Mutex::default(),
            health: Mutex::new(Health::Up { share_until: None }),
            left: Mutex::default(),
            outages: AtomicU64::new(0),
            tasks: TaskTracker::new(),
        }
    }

    /// Whether other processes see what is stored here.
    pub(crate) fn is_shared(&self) -> bool {
        self.backend.is_some()
    }

    /// Whether answers are shared with other processes.
    pub(crate) fn shares_answers(&self) -> bool {
        self.is_shared() && self.retain != Some(Duration::ZERO)
    }

    /// How long answers are kept at most.
    pub(crate) fn retain(&self) -> Option<Duration> {
        self.retain
    }

    /// Whether a backend exists that does not answer.
    pub(crate) fn is_down(&self) -> bool {
        matches!(*self.health(), Health::Down { .. })
    }

    /// Whether the store answers.
    pub(crate) fn status(&self) -> StoreStatus {
        let unavailable = match &*self.health() {
            Health::Up { .. } => self.not_shared.clone(),
            Health::Down { reason, .. } => Some(reason.clone()),
        };
        StoreStatus {
            name: self.name.clone(),
            unavailable,
            outages: self.outages.load(Ordering::Relaxed),
        }
    }

    /// Asks again and again how many calls are left, so that this is known when the store becomes unavailable, and so that
    /// it comes back without a call. Ends with the store.
    pub(crate) fn stay_in_touch(self: &Arc<Self>) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let store = Arc::downgrade(self);
        runtime.spawn(async move {
            loop {
                tokio::time::sleep(RETRY).await;
                let Some(store) = store.upgrade() else {
                    return;
                };
                let limits: Vec<Limit> = {
                    let mut known = store.left.lock().unwrap_or_else(PoisonError::into_inner);
                    known.retain(|_, known| known.used.elapsed() < FORGOTTEN);
                    known.values().map(|known| known.limit.clone()).collect()
                };
                let Some(backend) = store.backend().await else {
                    continue;
                };
                if let Some(left) = store.checked(backend.available(&limits).await) {
                    let mut known = store.left.lock().unwrap_or_else(PoisonError::into_inner);
                    for (limit, left) in limits.iter().zip(left) {
                        if let Some(known) = known.get_mut(&limit.key) {
                            (known.calls, known.at) = (left, Instant::now());
                        }
                    }
                }
            }
        });
    }

    /// Takes the first moment at which one more call keeps every limit, and returns the wait; `Err` when that is after
    /// `max_wait`.
    pub(crate) async fn reserve(
        &self,
        slot: &Slot,
        max_wait: Duration,
    ) -> Result<Duration, Duration> {
        let Some(backend) = self.backend().await else {
            return self.reserve_alone(slot, max_wait);
        };
        let share_until = match &*self.health() {
            Health::Up { share_until } => *share_until,
            Health::Down { .. } => None,
        };
        let own = if share_until.is_some_and(|until| Instant::now() < until) {
            self.reserve_alone(slot, max_wait)?
        } else {
            Duration::ZERO
        };
        match backend.reserve(slot, max_wait).await {
            Ok(Reservation::Taken { wait, left }) => {
                let now = Instant::now();
                let mut known = self.left.lock().unwrap_or_else(PoisonError::into_inner);
                for (limit, left) in slot.limits.iter().zip(left) {
                    let limit = limit.clone();
                    let (at, used) = (now, now);
                    known.insert(
                        limit.key.clone(),
                        Left {
                            calls: left,
                            limit,
                            at,
                            used,
                        },
                    );
                }
                drop(known);
                self.local.end(slot, SlotEnd::Released);
                let wait = wait.max(own);
                self.local.note(slot, wait);
                Ok(wait)
            }
            Ok(Reservation::Full(wait)) => {
                self.local.end(slot, SlotEnd::Released);
                Err(wait)
            }
            Err(problem) => {
                self.local.end(slot, SlotEnd::Released);
                self.down(&problem);
                self.reserve_alone(slot, max_wait)
            }
        }
    }

    /// Counts in memory; as one of the replicas while a backend is unavailable.
    fn reserve_alone(&self, slot: &Slot, max_wait: Duration) -> Result<Duration, Duration> {
        match self.local.reserve_share(slot, max_wait, self.share()) {
            Reservation::Taken { wait, .. } => Ok(wait),
            Reservation::Full(wait) => Err(wait),
        }
    }

    fn share(&self) -> usize {
        if self.backend.is_some() {
            self.replicas
        } else {
            1
        }
    }

    /// Ends a slot, in the background where there is a backend.
    pub(crate) fn settle(self: &Arc<Self>, slot: Slot, end: SlotEnd) {
        self.local.end(&slot, end);
        if self.is_shared() {
            let store = Arc::clone(self);
            self.spawn(async move {
                if let Some(backend) = store.backend().await {
                    store.checked(backend.settle(&slot, end).await);
                }
            });
        }
    }

    /// No call of the limit with the fewest calls left for as long as the service asked, or until its oldest call no
    /// longer counts: that limit is the one the service means. Returns that time.
    pub(crate) async fn block(&self, limits: &[Limit], asked: Option<Duration>) -> Duration {
        // What a call leaves to others is left all the same.
        let whole = |limit: &Limit| Limit {
            spare: 0,
            ..limit.clone()
        };
        let limits: Vec<Limit> = limits.iter().map(whole).collect();
        let left = self.available(&limits).await;
        let fewest = limits.iter().zip(left).min_by_key(|(_, left)| *left);
        let Some((limit, _)) = fewest else {
            return asked.unwrap_or(LONGEST_GUESS);
        };
        let own = self.local.close(limit, asked);
        let shared = match self.backend().await {
            Some(backend) => self.checked(backend.block(limit, asked).await),
            None => None,
        };
        shared.unwrap_or(own)
    }

    /// Calls that could be made now without waiting, for each limit.
    pub(crate) async fn available(&self, limits: &[Limit]) -> Vec<usize> {
        let shared = match self.backend().await {
            Some(backend) => self.checked(backend.available(limits).await),
            None => None,
        };
        let alone = |limit| self.local.left(limit, self.share());
        shared.unwrap_or_else(|| limits.iter().map(alone).collect())
    }

    /// The same as far as this process knows without asking.
    pub(crate) fn available_here(&self, limit: &Limit) -> usize {
        let share = if self.is_down() { self.share() } else { 1 };
        let known = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let shared = known.get(&limit.key);
        let shared = shared.filter(|known| known.at.elapsed() < RECENT);
        let own = self.local.left(limit, share);
        shared.map_or(own, |known| own.min(known.calls))
    }

    /// The values of these keys.
    pub(crate) async fn get(&self, keys: &[Key]) -> Vec<Option<Vec<u8>>> {
        let shared = match self.backend().await {
            Some(backend) => self.checked(backend.get(keys).await),
            None => None,
        };
        shared.unwrap_or_else(|| keys.iter().map(|key| self.local.value(key)).collect())
    }

    /// The value of one key.
    pub(crate) async fn get_one(&self, key: &Key) -> Option<Vec<u8>> {
        self.get(std::slice::from_ref(key)).await.pop().flatten()
    }

    /// Sets a value; `None` keeps it until it is evicted.
    pub(crate) async fn put(&self, key: &Key, value: &[u8], keep: Option<Duration>) {
        let shared = match self.backend().await {
            Some(backend) => self.checked(backend.put(key, value, keep).await),
            None => None,
        };
        if shared.is_none() && value.len() <= MAX_LOCAL {
            self.local.set(key, value, keep);
        }
    }

    /// Keeps a small value here at once, and in the background where others see it.
    pub(crate) fn put_in_background(
        self: &Arc<Self>,
        key: Key,
        value: Vec<u8>,
        keep: Option<Duration>,
    ) {
        self.local.set(&key, &value, keep);
        if self.is_shared() {
            let store = Arc::clone(self);
            self.spawn(async move { store.put(&key, &value, keep).await });
        }
    }

    /// Whether this process keeps the value itself.
    pub(crate) fn remembers(&self, key: &Key) -> bool {
        self.local.value(key).is_some()
    }

    /// The value that this process keeps itself, or else the shared one.
    pub(crate) async fn get_near(&self, key: &Key) -> Option<Vec<u8>> {
        match self.local.value(key) {
            Some(value) => Some(value),
            None => self.get_one(key).await,
        }
    }

    /// Replaces a value where it is the expected one.
    pub(crate) async fn swap(
        &self,
        key: &Key,
        expected: Option<&[u8]>,
        value: Option<&[u8]>,
        keep: Duration,
    ) -> Swapped {
        let shared = match self.backend().await {
            Some(backend) => self.checked(backend.swap(key, expected, value, keep).await),
            None => None,
        };
        shared.unwrap_or_else(|| self.local.exchange(key, expected, value, keep))
    }

    /// What it holds, or why that is not known.
    pub(crate) async fn contents(&self) -> Result<Contents, Unavailable> {
        match &self.backend {
            Some(backend) => backend.contents().await,
            None => Ok(self.local.count()),
        }
    }

    /// Removes answers, tokens and pseudonyms. Returns how many values were removed.
    pub(crate) async fn clear(&self) -> Result<u64, Unavailable> {
        let own = self.local.forget();
        match &self.backend {
            Some(backend) => backend.clear().await,
            None => Ok(own),
        }
    }

    /// Runs work on the backend without making a caller wait; it ends before the process does, if it can.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            self.tasks.spawn_on(work, &runtime);
        }
    }

    /// Waits for work in the background, at most for a moment.
    pub(crate) async fn flush(&self) {
        self.tasks.close();
        let _ = tokio::time::timeout(FLUSH, self.tasks.wait()).await;
        self.tasks.reopen();
    }

    /// The answer of the backend; an error makes memory answer from now on.
    fn checked<T>(&self, answer: Result<T, Unavailable>) -> Option<T> {
        answer.map_err(|problem| self.down(&problem)).ok()
    }

    /// The backend, unless it is unavailable. After a pause one caller tries to reach it again.
    async fn backend(&self) -> Option<Arc<dyn Backend>> {
        let backend = self.backend.as_ref()?;
        {
            let mut health = self.health();
            match &mut *health {
                Health::Up { .. } => return Some(Arc::clone(backend)),
                Health::Down { next_try, .. } if Instant::now() < *next_try => return None,
                Health::Down { next_try, .. } => *next_try = Instant::now() + RETRY,
            }
        }
        // Calls made meanwhile are counted before the first new one.
        if backend.record(&self.local.own_calls()).await.is_err() {
            return None;
        }
        let share_until = (self.replicas > 1).then(|| Instant::now() + RECOVERY);
        *self.health() = Health::Up { share_until };
        if self.logged().is_some_and(|at| at.elapsed() < LOG_EVERY) {
            tracing::warn!(store = self.name, "the store is available again");
        }
        Some(Arc::clone(backend))
    }

    fn down(&self, problem: &Unavailable) {
        {
            let mut health = self.health();
            if matches!(*health, Health::Down { .. }) {
                return;
            }
            *health = Health::Down {
                next_try: Instant::now() + RETRY,
                reason: problem.0.clone(),
            };
        }
        self.outages.fetch_add(1, Ordering::Relaxed);
        let mut logged = self.logged();
        // A disk that is full takes reads and refuses writes: one line is enough.
        if logged.is_none_or(|at| at.elapsed() > LOG_EVERY) {
            *logged = Some(Instant::now());
            tracing::warn!(
                store = self.name,
                reason = problem.0,
                "the store is unavailable; memory answers until it is back"
            );
        }
        drop(logged);
        if self.replicas > 1 {
            self.leave_others_their_share();
        }
    }

    /// What others may have used of the current minute is theirs: this process takes its share of what was left.
    fn leave_others_their_share(&self) {
        let known = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, known) in known.iter() {
            let is_recent = known.at.elapsed() < RECENT;
            let left = if is_recent { known.calls } else { 0 };
            let share = known.limit.calls(self.replicas);
            self.local
                .fill(key, share.saturating_sub(left / self.replicas));
        }
    }

    fn logged(&self) -> MutexGuard<'_, Option<Instant>> {
        self.logged.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn health(&self) -> MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Larger values are not kept in memory in place of a backend: answers have a memory of their own.
const MAX_LOCAL: usize = 4096;
