//! At most so many calls in any sliding time, per key. A call waits for its slot as long as a client
//! would, and otherwise learns when to come back.
//!
//! Not a token bucket: one refilled at 25 a minute lets 49 calls into the first 60 seconds, and the
//! service counts those.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::request::Rate;

/// The service counts arrivals, this module departures: the time in which the two may differ.
const JITTER: Duration = Duration::from_millis(250);

/// Keys remembered before those without a call in the longest span of a rate are forgotten.
const MOST_KEYS: usize = 4096;
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// Departures taken, by key.
#[derive(Debug, Clone, Default)]
pub(super) struct RateLimiter {
    keys: Arc<Mutex<HashMap<String, Departures>>>,
}

#[derive(Debug, Default)]
struct Departures {
    /// When calls left, or will leave; ascending.
    taken: VecDeque<Instant>,
    /// The service said no more until then.
    blocked_until: Option<Instant>,
}

impl Departures {
    /// The first moment at which one more call keeps the rate.
    fn next_free(&self, rate: Rate, now: Instant) -> Instant {
        let open = self.blocked_until.unwrap_or(now).max(now);
        let Some(at) = self.taken.len().checked_sub(rate.calls) else {
            return open;
        };
        self.taken
            .get(at)
            .map_or(open, |oldest| (*oldest + rate.per + JITTER).max(open))
    }
}

impl RateLimiter {
    /// Waits for a slot that keeps every rate, or says how long until one is free when that is longer
    /// than `max_wait`. A wait that is dropped gives its slot back.
    pub(super) async fn acquire(
        &self,
        limits: &[(String, Rate)],
        max_wait: Duration,
    ) -> Result<(), Duration> {
        let permit = self.reserve(limits, max_wait)?;
        tokio::time::sleep_until(permit.at).await;
        permit.commit();
        Ok(())
    }

    /// No call of this key before then: the service itself said so.
    pub(super) fn block_for(&self, key: &str, wait: Duration) {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let departures = keys.entry(key.to_owned()).or_default();
        // Of two answers the longer wait counts.
        departures.blocked_until = departures.blocked_until.max(Some(Instant::now() + wait));
    }

    /// Calls that could leave now without waiting.
    pub(super) fn available(&self, key: &str, rate: Rate) -> usize {
        let keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(departures) = keys.get(key) else {
            return rate.calls;
        };
        let now = Instant::now();
        let recent = departures
            .taken
            .iter()
            .filter(|at| **at + rate.per > now)
            .count();
        rate.calls.saturating_sub(recent)
    }

    fn reserve(&self, limits: &[(String, Rate)], max_wait: Duration) -> Result<Permit, Duration> {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if keys.len() >= MOST_KEYS {
            keys.retain(|_, departures| {
                departures
                    .taken
                    .back()
                    .is_some_and(|last| *last + LONGEST > now)
            });
        }
        let mut at = now;
        for (key, rate) in limits {
            let departures = keys.entry(key.clone()).or_default();
            while departures
                .taken
                .front()
                .is_some_and(|first| *first + rate.per + JITTER < now)
            {
                departures.taken.pop_front();
            }
            at = at.max(departures.next_free(*rate, now));
        }
        if at - now > max_wait {
            return Err(at - now);
        }
        for (key, _) in limits {
            let departures = keys.entry(key.clone()).or_default();
            let place = departures.taken.partition_point(|taken| *taken <= at);
            departures.taken.insert(place, at);
        }
        Ok(Permit {
            limiter: self.clone(),
            keys: limits.iter().map(|(key, _)| key.clone()).collect(),
            at,
            committed: false,
        })
    }
}

/// A slot in the future; given back when the call that waits for it goes away.
struct Permit {
    limiter: RateLimiter,
    keys: Vec<String>,
    at: Instant,
    committed: bool,
}

impl Permit {
    fn commit(mut self) {
        self.committed = true;
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if self.committed {
            return;
        }
        let mut keys = self
            .limiter
            .keys
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        for key in &self.keys {
            if let Some(departures) = keys.get_mut(key)
                && let Some(place) = departures.taken.iter().position(|taken| *taken == self.at)
            {
                departures.taken.remove(place);
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
        limiter.block_for("cn", Duration::from_secs(30));
        let wait = limiter
            .acquire(&limits(), Duration::from_secs(5))
            .await
            .unwrap_err();
        assert_eq!(wait.as_secs(), 30);
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
}
