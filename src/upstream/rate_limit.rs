//! At most so many calls in any sliding time, per key. A call waits for its slot as long as a client
//! would, and otherwise learns when to come back.
//!
//! Not a token bucket: one refilled at 25 a minute lets 49 calls into the first 60 seconds, and the
//! service counts those. A call counts from its response where that is later than its departure: the service counts
//! arrivals, and those lie in between.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::request::Rate;

/// The service's clock and ours may differ by this much over one span.
const JITTER: Duration = Duration::from_millis(250);

/// The longest time that a key is closed for, whatever the service asks.
const LONGEST_BLOCK: Duration = Duration::from_secs(24 * 3600);

/// The longest time that a key is closed for when the service gave none: it may have meant a shorter limit.
const LONGEST_GUESS: Duration = Duration::from_secs(60);

/// Fewer keys are not searched for those that can be forgotten.
const FEW_KEYS: usize = 1024;

/// The calls that count, by key. Each key of a call has one rate.
#[derive(Debug, Clone, Default)]
pub(super) struct RateLimiter {
    keys: Arc<Mutex<Keys>>,
}

#[derive(Debug)]
struct Keys {
    by_name: HashMap<String, Calls>,
    /// So many keys, and those without a call that counts are forgotten.
    prune_at: usize,
}

impl Default for Keys {
    fn default() -> Self {
        Self {
            by_name: HashMap::new(),
            prune_at: FEW_KEYS,
        }
    }
}

#[derive(Debug, Default)]
struct Calls {
    /// From when each call counts: its departure, and its response once that is here. Ascending.
    taken: VecDeque<Instant>,
    /// The service said no more until then.
    blocked_until: Option<Instant>,
    /// How long a call counts.
    span: Duration,
}

impl Calls {
    /// The first moment from `at` on at which a call keeps the rate behind the first `before` calls.
    fn free_from(&self, at: Instant, before: usize, rate: Rate) -> Instant {
        let oldest = before.checked_sub(rate.calls);
        let oldest = oldest.and_then(|index| self.taken.get(index));
        let free = oldest.map(|oldest| *oldest + rate.per + JITTER);
        free.max(self.blocked_until).map_or(at, |free| free.max(at))
    }

    /// How many calls are before one at `at`.
    fn before(&self, at: Instant) -> usize {
        self.taken.partition_point(|taken| *taken <= at)
    }

    fn insert(&mut self, at: Instant) {
        self.taken.insert(self.before(at), at);
    }

    fn remove(&mut self, at: Instant) {
        if let Some(place) = self.taken.iter().position(|taken| *taken == at) {
            self.taken.remove(place);
        }
    }

    /// Forgets the calls that no longer count.
    fn forget_until(&mut self, now: Instant) {
        let span = self.span + JITTER;
        while self.taken.front().is_some_and(|first| *first + span < now) {
            self.taken.pop_front();
        }
    }

    fn counts(&self, now: Instant) -> bool {
        let last = self.taken.back().map(|last| *last + self.span + JITTER);
        last.max(self.blocked_until)
            .is_some_and(|until| until >= now)
    }
}

impl Keys {
    fn calls(&mut self, key: &str, rate: Rate) -> &mut Calls {
        let calls = self.by_name.entry(key.to_owned()).or_default();
        calls.span = rate.per;
        calls
    }

    /// Made-up identities leave keys behind. Each search pays for itself: the next one comes at twice the keys that
    /// it left.
    fn prune(&mut self, now: Instant) {
        if self.by_name.len() >= self.prune_at {
            self.by_name.retain(|_, calls| calls.counts(now));
            self.prune_at = FEW_KEYS.max(2 * self.by_name.len());
            self.by_name.shrink_to(self.prune_at);
        }
    }
}

impl RateLimiter {
    /// Waits for a slot that keeps every rate, or says how long until one is free when that is longer
    /// than `max_wait`. A wait that is dropped gives its slot back.
    pub(super) async fn acquire(
        &self,
        limits: &[(String, Rate)],
        max_wait: Duration,
    ) -> Result<Slot, Duration> {
        let mut slot = self.reserve(limits, max_wait)?;
        loop {
            tokio::time::sleep_until(slot.at).await;
            // Earlier calls may have been answered later than they left, or refused.
            if slot.depart(max_wait)? {
                return Ok(slot);
            }
        }
    }

    /// No call of the rate with the fewest calls left for as long as the service asked, or until its oldest call no
    /// longer counts: that rate is the one the service means. Returns that time.
    pub(super) fn block(&self, limits: &[(String, Rate)], asked: Option<Duration>) -> Duration {
        let fewest = limits
            .iter()
            .min_by_key(|(key, rate)| self.available(key, *rate));
        let Some((key, rate)) = fewest else {
            return asked.unwrap_or(LONGEST_GUESS);
        };
        let mut keys = self.lock();
        let now = Instant::now();
        let calls = keys.calls(key, *rate);
        calls.forget_until(now);
        let oldest = calls.taken.front();
        let free = || oldest.map_or(rate.per, |at| (*at + rate.per).duration_since(now));
        let wait = asked.unwrap_or_else(|| free().min(LONGEST_GUESS));
        let wait = wait.min(LONGEST_BLOCK);
        // Of two answers the longer wait counts.
        calls.blocked_until = calls.blocked_until.max(Some(now + wait));
        wait
    }

    /// Calls that could leave now without waiting.
    pub(super) fn available(&self, key: &str, rate: Rate) -> usize {
        let keys = self.lock();
        let Some(calls) = keys.by_name.get(key) else {
            return rate.calls;
        };
        let now = Instant::now();
        if calls.blocked_until.is_some_and(|until| until > now) {
            return 0;
        }
        let counting = |at: &&Instant| **at + rate.per + JITTER > now;
        let recent = calls.taken.iter().filter(counting).count();
        rate.calls.saturating_sub(recent)
    }

    fn reserve(&self, limits: &[(String, Rate)], max_wait: Duration) -> Result<Slot, Duration> {
        let mut keys = self.lock();
        let now = Instant::now();
        keys.prune(now);
        let mut at = now;
        for (key, rate) in limits {
            let calls = keys.calls(key, *rate);
            calls.forget_until(now);
            // Those that wait already are before it.
            at = calls.free_from(at, calls.taken.len(), *rate);
        }
        if at - now > max_wait {
            return Err(at - now);
        }
        for (key, rate) in limits {
            keys.calls(key, *rate).insert(at);
        }
        Ok(Slot {
            limiter: self.clone(),
            limits: limits.to_vec(),
            at,
            departed: false,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Keys> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call's place in its rates. Dropped before the call leaves, it is given back; afterwards the call counts from
/// then on, because the service may have counted it only just before it answered.
#[derive(Debug)]
pub(super) struct Slot {
    limiter: RateLimiter,
    limits: Vec<(String, Rate)>,
    at: Instant,
    departed: bool,
}

impl Slot {
    /// Whether the call may leave now; otherwise it has a later slot.
    fn depart(&mut self, max_wait: Duration) -> Result<bool, Duration> {
        let limiter = self.limiter.clone();
        let mut keys = limiter.lock();
        let mut at = self.at;
        for (key, rate) in &self.limits {
            let calls = keys.calls(key, *rate);
            calls.remove(self.at);
            at = calls.free_from(at, calls.before(at), *rate);
        }
        for (key, rate) in &self.limits {
            keys.calls(key, *rate).insert(at);
        }
        self.departed = at == self.at;
        self.at = at;
        let wait = at.duration_since(Instant::now());
        if wait > max_wait {
            return Err(wait);
        }
        Ok(self.departed)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut keys = self.limiter.lock();
        let now = Instant::now();
        for (key, rate) in &self.limits {
            let calls = keys.calls(key, *rate);
            calls.remove(self.at);
            if self.departed {
                calls.insert(now);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate {
        calls: 3,
        per: Duration::from_secs(60),
    };

    fn limits() -> Vec<(String, Rate)> {
        vec![("cn".to_owned(), RATE)]
    }

    #[tokio::test(start_paused = true)]
    async fn no_sliding_minute_holds_more_than_the_rate() {
        let limiter = RateLimiter::default();
        let start = Instant::now();
        let mut left = Vec::new();
        for _ in 0..10 {
            limiter
                .acquire(&limits(), Duration::from_secs(600))
                .await
                .unwrap();
            left.push(start.elapsed());
        }
        for pair in left.windows(RATE.calls + 1) {
            assert!(pair[RATE.calls] > pair[0] + RATE.per, "{left:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_would_wait_too_long_learns_when_to_come_back() {
        let limiter = RateLimiter::default();
        for _ in 0..3 {
            limiter.acquire(&limits(), Duration::ZERO).await.unwrap();
        }
        tokio::time::advance(Duration::from_secs(20)).await;
        let wait = limiter
            .acquire(&limits(), Duration::from_secs(10))
            .await
            .unwrap_err();
        assert_eq!(wait.as_secs(), 40);
        assert_eq!(limiter.available("cn", RATE), 0);
        tokio::time::advance(wait).await;
        limiter.acquire(&limits(), Duration::ZERO).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_that_is_dropped_gives_its_slot_back() {
        let limiter = RateLimiter::default();
        for _ in 0..3 {
            limiter.acquire(&limits(), Duration::ZERO).await.unwrap();
        }
        let max_wait = Duration::from_secs(70);
        let mut waiting: Vec<_> = (0..3)
            .map(|_| {
                let limiter = limiter.clone();
                tokio::spawn(async move { limiter.acquire(&limits(), max_wait).await })
            })
            .collect();
        tokio::task::yield_now().await;
        assert!(
            limiter.acquire(&limits(), max_wait).await.is_err(),
            "the next minute is full"
        );
        let cancelled = waiting.remove(0);
        cancelled.abort();
        assert!(cancelled.await.is_err());
        limiter.acquire(&limits(), max_wait).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn the_services_own_no_counts() {
        let limiter = RateLimiter::default();
        assert_eq!(
            limiter.block(&limits(), Some(Duration::from_secs(30))),
            Duration::from_secs(30)
        );
        let wait = limiter
            .acquire(&limits(), Duration::from_secs(5))
            .await
            .unwrap_err();
        assert_eq!(wait.as_secs(), 30);
        assert_eq!(limiter.available("cn", RATE), 0);
        let absurd = limiter.block(&limits(), Some(Duration::MAX));
        assert_eq!(absurd, LONGEST_BLOCK);
    }

    #[tokio::test(start_paused = true)]
    async fn an_endpoint_may_be_slower_than_its_account() {
        let limiter = RateLimiter::default();
        let slow = Rate {
            calls: 1,
            per: Duration::from_secs(10),
        };
        let both = [("cn".to_owned(), RATE), ("cn usage".to_owned(), slow)];
        limiter.acquire(&both, Duration::ZERO).await.unwrap();
        assert!(limiter.acquire(&both, Duration::ZERO).await.is_err());
        limiter.acquire(&limits(), Duration::ZERO).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_counts_from_its_response() {
        let limiter = RateLimiter::default();
        let start = Instant::now();
        let mut first = Vec::new();
        for _ in 0..3 {
            first.push(limiter.acquire(&limits(), Duration::ZERO).await.unwrap());
        }
        tokio::time::advance(Duration::from_millis(700)).await;
        drop(first);
        tokio::time::advance(Duration::from_millis(59_800)).await;
        let max_wait = Duration::from_secs(1);
        let second = limiter.acquire(&limits(), max_wait).await.unwrap();
        let counted = Duration::from_millis(700) + RATE.per;
        assert!(start.elapsed() > counted, "{:?}", start.elapsed());
        drop(second);
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_waits_leaves_later_when_the_one_before_it_is_answered_late() {
        let limiter = RateLimiter::default();
        let start = Instant::now();
        let mut first = Vec::new();
        for _ in 0..3 {
            first.push(limiter.acquire(&limits(), Duration::ZERO).await.unwrap());
        }
        let waiting = {
            let limiter = limiter.clone();
            tokio::spawn(async move {
                let slot = limiter.acquire(&limits(), Duration::from_secs(70)).await;
                slot.map(|_| start.elapsed())
            })
        };
        tokio::time::advance(Duration::from_secs(5)).await;
        drop(first);
        let left = waiting.await.unwrap().unwrap();
        assert!(left > Duration::from_secs(65), "{left:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_wait_a_refused_key_is_closed_until_its_oldest_call_no_longer_counts() {
        let limiter = RateLimiter::default();
        drop(limiter.acquire(&limits(), Duration::ZERO).await.unwrap());
        tokio::time::advance(Duration::from_secs(50)).await;
        let refused = limiter.acquire(&limits(), Duration::ZERO).await.unwrap();
        let wait = limiter.block(&limits(), None);
        assert_eq!(wait, Duration::from_secs(10));
        drop(refused);
        tokio::time::advance(wait).await;
        assert!(limiter.acquire(&limits(), Duration::ZERO).await.is_ok());
        let other = [("other".to_owned(), RATE)];
        assert_eq!(limiter.block(&other, None), RATE.per, "no call of ours");
        let daily = Rate {
            calls: 1000,
            per: Duration::from_secs(86_400),
        };
        let both = [("day".to_owned(), daily), ("minute".to_owned(), RATE)];
        drop(limiter.acquire(&both, Duration::ZERO).await.unwrap());
        assert_eq!(
            limiter.block(&both, None),
            RATE.per,
            "the day has calls left"
        );
        let day = [("only a day".to_owned(), daily)];
        assert_eq!(limiter.block(&day, None), LONGEST_GUESS);
    }

    #[tokio::test(start_paused = true)]
    async fn keys_of_made_up_identities_are_forgotten_and_not_searched_at_every_call() {
        let size = |limiter: &RateLimiter| {
            let keys = limiter.lock();
            (keys.by_name.len(), keys.prune_at)
        };
        let limiter = RateLimiter::default();
        let mut searches = 0;
        for second in 0..600 {
            for identity in 0..100 {
                let (keys, prune_at) = size(&limiter);
                let key = format!("{second} {identity}");
                let slot = limiter.acquire(&[(key, RATE)], Duration::ZERO).await;
                drop(slot.unwrap());
                searches += usize::from(size(&limiter) != (keys + 1, prune_at));
            }
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        let (keys, _) = size(&limiter);
        // A minute has 6,000 of them.
        assert!(keys < 15_000, "{keys} keys");
        assert!(searches < 20, "{searches} searches in 60,000 calls");
    }
}
