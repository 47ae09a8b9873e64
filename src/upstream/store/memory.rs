//! The store of one process.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::time::Instant;

use super::sliding_window::{Counted, milliseconds, span};
use super::{
    Backend, Contents, Key, Kind, Limit, PastCall, Reply, Reservation, Slot, SlotEnd, Swapped,
};

/// Fewer limits are not searched for those that can be forgotten.
const FEW_LIMITS: usize = 1024;

/// Values kept before those that end first are forgotten.
const MAX_VALUES: usize = 16 * 1024;

/// Calls and small values of one process.
#[derive(Debug)]
pub(crate) struct Memory {
    began: Instant,
    calls: Mutex<Limits>,
    values: Mutex<HashMap<Key, Value>>,
}

/// The calls of all limits.
#[derive(Debug)]
struct Limits {
    by_key: HashMap<Key, Calls>,
    /// At so many limits, those without a call that counts are forgotten.
    prune_at: usize,
}

/// The calls of one limit.
#[derive(Debug, Default)]
struct Calls {
    counted: Counted,
    /// The slots of `counted.taken`, in the same order.
    ids: Vec<String>,
    per: Duration,
}

#[derive(Debug)]
struct Value {
    bytes: Vec<u8>,
    until: i64,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            calls: Mutex::default(),
            values: Mutex::default(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            by_key: HashMap::new(),
            prune_at: FEW_LIMITS,
        }
    }
}

impl Limits {
    fn of(&mut self, key: &Key, per: Duration) -> &mut Calls {
        let calls = self.by_key.entry(key.clone()).or_default();
        calls.per = per;
        calls
    }

    /// Made-up identities leave limits behind. Each search pays for itself: the next one is at twice the limits that
    /// it left.
    fn prune(&mut self, now: i64) {
        if self.by_key.len() >= self.prune_at {
            self.by_key.retain(|_, calls| {
                calls.prune(now);
                !calls.is_idle(now)
            });
            self.prune_at = FEW_LIMITS.max(2 * self.by_key.len());
            self.by_key.shrink_to(self.prune_at);
        }
    }
}

impl Calls {
    fn insert(&mut self, at: i64, id: &str) {
        let place = self.counted.taken.partition_point(|taken| *taken <= at);
        self.counted.taken.insert(place, at);
        self.ids.insert(place, id.to_owned());
    }

    fn remove(&mut self, id: &str) -> bool {
        let Some(place) = self.ids.iter().position(|known| known == id) else {
            return false;
        };
        self.ids.remove(place);
        self.counted.taken.remove(place);
        true
    }

    /// Forgets what no longer counts.
    fn prune(&mut self, now: i64) {
        let old = now - span(self.per);
        let count = self.counted.taken.partition_point(|at| *at < old);
        self.counted.taken.drain(..count);
        self.ids.drain(..count);
    }

    fn is_idle(&self, now: i64) -> bool {
        self.ids.is_empty() && self.counted.blocked_until <= now
    }
}

impl Memory {
    fn now(&self) -> i64 {
        milliseconds(self.began.elapsed())
    }

    fn calls(&self) -> MutexGuard<'_, Limits> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn values(&self) -> MutexGuard<'_, HashMap<Key, Value>> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// As [`Backend::reserve`], as one of `replicas` that share the limits without knowing of each other.
    pub(super) fn reserve_share(
        &self,
        slot: &Slot,
        max_wait: Duration,
        replicas: usize,
    ) -> Reservation {
        let now = self.now();
        let mut all = self.calls();
        all.prune(now);
        let mut at = now;
        // Until no limit moves it any more: a moment that fits one may be too early for another.
        loop {
            let before = at;
            for limit in &slot.limits {
                let calls = all.of(&limit.key, limit.rate.per);
                calls.remove(&slot.id);
                calls.prune(now);
                at = calls.counted.earliest(limit, replicas, at);
            }
            if at == before {
                break;
            }
        }
        let wait = Duration::from_millis(u64::try_from(at - now).unwrap_or(0));
        if wait > max_wait {
            return Reservation::Full(wait);
        }
        let mut left = Vec::with_capacity(slot.limits.len());
        for limit in &slot.limits {
            let calls = all.of(&limit.key, limit.rate.per);
            calls.insert(at, &slot.id);
            left.push(calls.counted.left(limit, replicas, now));
        }
        Reservation::Taken { wait, left }
    }

    /// Notes a slot that a backend gave.
    pub(super) fn note(&self, slot: &Slot, wait: Duration) {
        let now = self.now();
        let mut all = self.calls();
        for limit in &slot.limits {
            let calls = all.of(&limit.key, limit.rate.per);
            calls.prune(now);
            calls.remove(&slot.id);
            calls.insert(now + milliseconds(wait), &slot.id);
        }
    }

    /// As [`Backend::settle`].
    pub(super) fn end(&self, slot: &Slot, end: SlotEnd) {
        let now = self.now();
        let mut all = self.calls();
        for limit in &slot.limits {
            if let Some(calls) = all.by_key.get_mut(&limit.key)
                && calls.remove(&slot.id)
                && end == SlotEnd::Arrived
            {
                calls.insert(now, &slot.id);
            }
        }
    }

    /// Calls made by others that only they can count: as if made now, until `calls` are counted.
    pub(super) fn fill(&self, key: &Key, calls: usize) {
        let now = self.now();
        if let Some(known) = self.calls().by_key.get_mut(key) {
            known.prune(now);
            while known.ids.len() < calls {
                known.insert(now, "");
            }
        }
    }

    /// The calls of this process that still count.
    pub(super) fn own_calls(&self) -> Vec<PastCall> {
        let now = self.now();
        let mut all = self.calls();
        let mut own = Vec::new();
        for (key, calls) in &mut all.by_key {
            calls.prune(now);
            let each = calls.ids.iter().zip(&calls.counted.taken);
            own.extend(
                each.filter(|(id, _)| !id.is_empty())
                    .map(|(id, at)| PastCall {
                        key: key.clone(),
                        id: id.clone(),
                        age: Duration::from_millis(u64::try_from(now - at).unwrap_or(0)),
                        per: calls.per,
                    }),
            );
        }
        own
    }

    /// As [`Backend::block`].
    pub(super) fn close(&self, limit: &Limit, asked: Option<Duration>) -> Duration {
        let now = self.now();
        let mut all = self.calls();
        let calls = all.of(&limit.key, limit.rate.per);
        calls.prune(now);
        let wait = calls.counted.closed_for(limit.rate.per, asked, now);
        // Of two answers the longer wait counts.
        calls.counted.blocked_until = calls.counted.blocked_until.max(now + milliseconds(wait));
        wait
    }

    /// As [`Backend::available`].
    pub(super) fn left(&self, limit: &Limit, replicas: usize) -> usize {
        let now = self.now();
        self.calls().by_key.get(&limit.key).map_or_else(
            || limit.calls(replicas),
            |calls| calls.counted.left(limit, replicas, now),
        )
    }

    /// As [`Backend::get`], for one key.
    pub(super) fn value(&self, key: &Key) -> Option<Vec<u8>> {
        let now = self.now();
        let values = self.values();
        let value = values.get(key).filter(|value| value.until > now)?;
        Some(value.bytes.clone())
    }

    /// As [`Backend::put`].
    pub(super) fn set(&self, key: &Key, value: &[u8], keep: Option<Duration>) {
        let now = self.now();
        let mut values = self.values();
        Self::insert(&mut values, key, value, keep, now);
    }

    fn insert(
        values: &mut HashMap<Key, Value>,
        key: &Key,
        bytes: &[u8],
        keep: Option<Duration>,
        now: i64,
    ) {
        if values.len() >= MAX_VALUES {
            values.retain(|_, value| value.until > now);
            let mut ends: Vec<i64> = values.values().map(|value| value.until).collect();
            if ends.len() >= MAX_VALUES {
                let middle = ends.len() / 8;
                let (_, end, _) = ends.select_nth_unstable(middle);
                let end = *end;
                values.retain(|_, value| value.until > end);
            }
        }
        let until = keep.map_or(i64::MAX, |keep| now.saturating_add(milliseconds(keep)));
        let bytes = bytes.to_vec();
        values.insert(key.clone(), Value { bytes, until });
    }

    /// As [`Backend::swap`].
    pub(super) fn exchange(
        &self,
        key: &Key,
        expected: Option<&[u8]>,
        value: Option<&[u8]>,
        keep: Duration,
    ) -> Swapped {
        let now = self.now();
        let mut values = self.values();
        let found = values.get(key).filter(|value| value.until > now);
        if found.map(|value| value.bytes.as_slice()) != expected {
            return Swapped::Found(found.map(|value| value.bytes.clone()));
        }
        match value {
            Some(bytes) => Self::insert(&mut values, key, bytes, Some(keep), now),
            None => {
                values.remove(key);
            }
        }
        Swapped::Done
    }

    /// As [`Backend::contents`].
    pub(super) fn count(&self) -> Contents {
        let now = self.now();
        let values = self.values();
        let kinds = Kind::ALL
            .into_iter()
            .filter_map(|kind| {
                let each = values
                    .iter()
                    .filter(|(key, value)| key.kind == kind && value.until > now);
                let (count, bytes) = each.fold((0, 0), |(count, bytes), (_, value)| {
                    (count + 1, bytes + value.bytes.len() as u64)
                });
                (count > 0).then_some((kind, count, bytes))
            })
            .collect();
        let all = self.calls();
        let calls = all.by_key.values().map(|calls| calls.ids.len() as u64);
        Contents {
            kinds,
            bytes: None,
            calls: calls.sum(),
        }
    }

    /// As [`Backend::clear`].
    pub(super) fn forget(&self) -> u64 {
        let mut values = self.values();
        let before = values.len();
        values.retain(|key, _| key.kind.outlasts_clear());
        (before - values.len()) as u64
    }
}

/// Answers at once.
fn ready<T: Send + 'static>(value: T) -> Reply<'static, T> {
    std::future::ready(Ok(value)).boxed()
}

impl Backend for Memory {
    fn reserve<'a>(&'a self, slot: &'a Slot, max_wait: Duration) -> Reply<'a, Reservation> {
        ready(self.reserve_share(slot, max_wait, 1))
    }

    fn settle<'a>(&'a self, slot: &'a Slot, end: SlotEnd) -> Reply<'a, ()> {
        self.end(slot, end);
        ready(())
    }

    fn record<'a>(&'a self, made: &'a [PastCall]) -> Reply<'a, ()> {
        let now = self.now();
        let mut all = self.calls();
        for call in made {
            let calls = all.of(&call.key, call.per);
            calls.remove(&call.id);
            calls.insert(now - milliseconds(call.age), &call.id);
        }
        ready(())
    }

    fn block<'a>(&'a self, limit: &'a Limit, asked: Option<Duration>) -> Reply<'a, Duration> {
        ready(self.close(limit, asked))
    }

    fn available<'a>(&'a self, limits: &'a [Limit]) -> Reply<'a, Vec<usize>> {
        ready(limits.iter().map(|limit| self.left(limit, 1)).collect())
    }

    fn get<'a>(&'a self, keys: &'a [Key]) -> Reply<'a, Vec<Option<Vec<u8>>>> {
        ready(keys.iter().map(|key| self.value(key)).collect())
    }

    fn put<'a>(&'a self, key: &'a Key, value: &'a [u8], keep: Option<Duration>) -> Reply<'a, ()> {
        self.set(key, value, keep);
        ready(())
    }

    fn swap<'a>(
        &'a self,
        key: &'a Key,
        expected: Option<&'a [u8]>,
        value: Option<&'a [u8]>,
        keep: Duration,
    ) -> Reply<'a, Swapped> {
        ready(self.exchange(key, expected, value, keep))
    }

    fn contents(&self) -> Reply<'_, Contents> {
        ready(self.count())
    }

    fn clear(&self) -> Reply<'_, u64> {
        ready(self.forget())
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::slot;
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn limits_of_made_up_identities_are_forgotten_and_not_searched_at_every_call() {
        let memory = Memory::default();
        let size = || {
            let all = memory.calls();
            (all.by_key.len(), all.prune_at)
        };
        let mut searches = 0;
        for second in 0..600 {
            for identity in 0..100 {
                let (limits, prune_at) = size();
                let slot = slot("a", &format!("{second} {identity}"), 3);
                memory.reserve_share(&slot, Duration::ZERO, 1);
                searches += usize::from(size() != (limits + 1, prune_at));
            }
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        let (limits, _) = size();
        // A minute has 6,000 of them.
        assert!(limits < 15_000, "{limits} limits");
        assert!(searches < 20, "{searches} searches in 60,000 calls");
    }
}
