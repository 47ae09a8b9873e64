//! A call waits for its slot as long as a client would, and otherwise learns when to come back.
//!
//! A call counts from its response where that is later than its departure: the service counts arrivals, and those lie
//! in between.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::store::shared::Store;
use super::store::{Limit, Slot, SlotEnd};

/// Waits for a slot that keeps every limit, or says how long until one is free when that is longer than `max_wait`.
/// A wait that is dropped gives its slot back.
pub(super) async fn acquire(
    store: &Arc<Store>,
    limits: Vec<Limit>,
    max_wait: Duration,
) -> Result<Permit, Duration> {
    let started = Instant::now();
    let mut permit = Permit {
        store: Arc::clone(store),
        slot: Some(Slot {
            id: uuid::Uuid::new_v4().to_string(),
            limits,
        }),
        waited: Duration::ZERO,
        departed: false,
    };
    while let Some(slot) = &permit.slot {
        let left = max_wait.saturating_sub(started.elapsed());
        let wait = store.reserve(slot, left).await?;
        if wait.is_zero() {
            break;
        }
        tokio::time::sleep(wait).await;
        // Earlier calls may have been answered later than they left, or refused: the slot is taken anew.
    }
    permit.waited = started.elapsed();
    permit.departed = true;
    Ok(permit)
}

/// A call's place in its limits. Dropped before the call leaves, it is given back; afterwards the call counts from
/// then on, because the service may have counted it only just before it answered.
pub(super) struct Permit {
    store: Arc<Store>,
    slot: Option<Slot>,
    /// How long the call waited for it.
    pub(super) waited: Duration,
    departed: bool,
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(slot) = self.slot.take() {
            let end = if self.departed {
                SlotEnd::Arrived
            } else {
                SlotEnd::Released
            };
            self.store.settle(slot, end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Rate;
    use crate::upstream::store::{Key, Kind};

    const RATE: Rate = Rate {
        calls: 3,
        per: Duration::from_secs(60),
    };

    fn limit(name: &str, rate: Rate) -> Limit {
        Limit {
            key: Key {
                kind: Kind::Calls,
                name: name.to_owned(),
            },
            rate,
            spare: 0,
        }
    }

    async fn take(store: &Arc<Store>, max_wait: Duration) -> Result<Permit, Duration> {
        acquire(store, vec![limit("cn", RATE)], max_wait).await
    }

    #[tokio::test(start_paused = true)]
    async fn no_sliding_minute_holds_more_than_the_rate() {
        let store = Arc::new(Store::memory());
        let start = Instant::now();
        let mut left = Vec::new();
        for _ in 0..10 {
            take(&store, Duration::from_secs(600)).await.unwrap();
            left.push(start.elapsed());
        }
        for pair in left.windows(RATE.calls + 1) {
            assert!(pair[RATE.calls] > pair[0] + RATE.per, "{left:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_would_wait_too_long_learns_when_to_come_back() {
        let store = Arc::new(Store::memory());
        for _ in 0..3 {
            take(&store, Duration::ZERO).await.unwrap();
        }
        tokio::time::advance(Duration::from_secs(20)).await;
        let wait = take(&store, Duration::from_secs(10)).await.err().unwrap();
        assert_eq!(wait.as_secs(), 40);
        let cn = limit("cn", RATE);
        assert_eq!(store.available(std::slice::from_ref(&cn)).await, [0]);
        assert_eq!(store.available_here(&cn), 0);
        tokio::time::advance(wait).await;
        take(&store, Duration::ZERO).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_that_is_dropped_gives_its_slot_back() {
        let store = Arc::new(Store::memory());
        for _ in 0..3 {
            take(&store, Duration::ZERO).await.unwrap();
        }
        let max_wait = Duration::from_secs(70);
        let mut waiting: Vec<_> = (0..3)
            .map(|_| {
                let store = Arc::clone(&store);
                tokio::spawn(async move { take(&store, max_wait).await })
            })
            .collect();
        tokio::task::yield_now().await;
        assert!(
            take(&store, max_wait).await.is_err(),
            "the next minute is full"
        );
        let cancelled = waiting.remove(0);
        cancelled.abort();
        assert!(cancelled.await.is_err());
        let permit = take(&store, max_wait).await.unwrap();
        assert_eq!(permit.waited.as_secs(), 60);
    }

    #[tokio::test(start_paused = true)]
    async fn the_services_own_no_counts() {
        let store = Arc::new(Store::memory());
        let cn = [limit("cn", RATE)];
        let asked = Duration::from_secs(30);
        assert_eq!(store.block(&cn, Some(asked)).await, asked);
        let wait = take(&store, Duration::from_secs(5)).await.err().unwrap();
        assert_eq!(wait.as_secs(), 30);
        assert_eq!(store.available_here(&cn[0]), 0);
        let absurd = store.block(&cn, Some(Duration::MAX)).await;
        assert_eq!(absurd, Duration::from_secs(24 * 3600));
    }

    #[tokio::test(start_paused = true)]
    async fn an_endpoint_may_be_slower_than_its_account() {
        let store = Arc::new(Store::memory());
        let slow = Rate {
            calls: 1,
            per: Duration::from_secs(10),
        };
        let both = || vec![limit("cn", RATE), limit("cn usage", slow)];
        acquire(&store, both(), Duration::ZERO).await.unwrap();
        assert!(acquire(&store, both(), Duration::ZERO).await.is_err());
        take(&store, Duration::ZERO).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_counts_from_its_response() {
        let store = Arc::new(Store::memory());
        let start = Instant::now();
        let mut first = Vec::new();
        for _ in 0..3 {
            first.push(take(&store, Duration::ZERO).await.unwrap());
        }
        tokio::time::advance(Duration::from_millis(700)).await;
        drop(first);
        tokio::time::advance(Duration::from_millis(59_800)).await;
        take(&store, Duration::from_secs(1)).await.unwrap();
        let counted = Duration::from_millis(700) + RATE.per;
        assert!(start.elapsed() > counted, "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_waits_leaves_later_when_the_one_before_it_is_answered_late() {
        let store = Arc::new(Store::memory());
        let start = Instant::now();
        let mut first = Vec::new();
        for _ in 0..3 {
            first.push(take(&store, Duration::ZERO).await.unwrap());
        }
        let waiting = {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let permit = take(&store, Duration::from_secs(70)).await;
                permit.map(|_| start.elapsed())
            })
        };
        tokio::time::advance(Duration::from_secs(5)).await;
        drop(first);
        let left = waiting.await.unwrap().unwrap();
        assert!(left > Duration::from_secs(65), "{left:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_wait_a_refused_limit_is_closed_until_its_oldest_call_no_longer_counts() {
        let store = Arc::new(Store::memory());
        drop(take(&store, Duration::ZERO).await.unwrap());
        tokio::time::advance(Duration::from_secs(50)).await;
        let refused = take(&store, Duration::ZERO).await.unwrap();
        let wait = store.block(&[limit("cn", RATE)], None).await;
        assert_eq!(wait, Duration::from_secs(10));
        drop(refused);
        tokio::time::advance(wait).await;
        assert!(take(&store, Duration::ZERO).await.is_ok());
        let other = [limit("other", RATE)];
        assert_eq!(store.block(&other, None).await, RATE.per, "no call of ours");
        let daily = Rate {
            calls: 1000,
            per: Duration::from_secs(86_400),
        };
        let both = [limit("day", daily), limit("minute", RATE)];
        drop(
            acquire(&store, both.to_vec(), Duration::ZERO)
                .await
                .unwrap(),
        );
        assert_eq!(
            store.block(&both, None).await,
            RATE.per,
            "the day has calls left"
        );
        let day = [limit("only a day", daily)];
        assert_eq!(store.block(&day, None).await, Duration::from_secs(60));
    }

    #[tokio::test(start_paused = true)]
    async fn calls_that_a_long_call_leaves_to_others_are_left_when_the_service_refuses() {
        let store = Arc::new(Store::memory());
        let slow = Rate {
            calls: 1,
            per: Duration::from_secs(10),
        };
        let yielding = Limit {
            spare: 1,
            ..limit("cn", RATE)
        };
        let both = [yielding, limit("cn usage", slow)];
        for _ in 0..2 {
            take(&store, Duration::ZERO).await.unwrap();
        }
        drop(
            acquire(&store, both[1..].to_vec(), Duration::ZERO)
                .await
                .unwrap(),
        );
        assert_eq!(
            store.block(&both, None).await,
            slow.per,
            "the endpoint is meant"
        );
        take(&store, Duration::ZERO).await.unwrap();
    }
}
