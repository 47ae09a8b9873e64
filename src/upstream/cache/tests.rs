//! Identical calls, failures, bounds.

use super::*;
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};

fn kept(policy: CachePolicy, bytes: usize) -> Arc<CachedResponse> {
    Arc::new(CachedResponse::new(
        json!(1),
        Timestamp::UNIX_EPOCH,
        bytes,
        policy,
    ))
}

#[tokio::test]
async fn identical_calls_under_way_are_one() {
    let cache = Cache::new(1 << 20);
    let calls = Arc::new(AtomicUsize::new(0));
    let call = || {
        let calls = Arc::clone(&calls);
        async move {
            tokio::task::yield_now().await;
            calls.fetch_add(1, Ordering::SeqCst);
            Ok(kept(CachePolicy::OneMinute, 10))
        }
    };
    let ask = || cache.get("k".to_owned(), false, call());
    let (a, b, c) = tokio::join!(ask(), ask(), ask());
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    cache.get("k".to_owned(), true, call()).await.unwrap();
    assert_eq!(calls.load(Ordering::SeqCst), 2, "fresh asks again");
    assert!(cache.in_flight().is_empty(), "no entry is left behind");
}

#[tokio::test]
async fn a_failure_is_not_kept() {
    let cache = Cache::new(1 << 20);
    let failed = cache
        .get("k".to_owned(), false, async {
            Err(Error::unreachable("down"))
        })
        .await;
    assert_eq!(failed.unwrap_err().to_string(), "down");
    assert!(
        cache
            .get("k".to_owned(), false, async {
                Ok(kept(CachePolicy::OneMinute, 1))
            })
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn memory_is_bounded_in_bytes() {
    let cache = Cache::new(100_000);
    for n in 0..50 {
        cache
            .get(format!("k{n}"), false, async {
                Ok(kept(CachePolicy::Immutable, 10_000))
            })
            .await
            .unwrap();
    }
    cache.memory().run_pending_tasks().await;
    assert!(cache.memory().weighted_size() <= 100_000);
}

#[test]
fn many_small_values_weigh_what_they_take() {
    let response = |data: Value, bytes| {
        CachedResponse::new(data, Timestamp::UNIX_EPOCH, bytes, CachePolicy::OneHour).weight
    };
    assert!(response(json!(vec![0; 1000]), 2000) > 1000 * 64);
    assert_eq!(response(json!("x"), 2000), 6512);
}

#[tokio::test]
async fn a_write_puts_earlier_answers_out_of_reach_however_it_ends() {
    let cache = Cache::new(1 << 20);
    let place = |policy| cache.key_for("cn", "cn issue", policy);
    let before = place(CachePolicy::OneMinute);
    assert_eq!(
        before,
        place(CachePolicy::OneMinute),
        "nothing is written yet"
    );
    let writing = cache.begin_write("cn");
    assert_eq!(before, place(CachePolicy::OneMinute), "it has not ended");
    drop(writing);
    assert_ne!(before, place(CachePolicy::OneMinute));
    assert_eq!(place(CachePolicy::Immutable), "cn issue");
    assert_eq!(
        cache.key_for("sg", "sg issue", CachePolicy::OneMinute),
        "sg issue"
    );
}

#[tokio::test]
async fn a_fresh_call_that_fails_leaves_what_was_kept() {
    let cache = Cache::new(1 << 20);
    let good = async { Ok(kept(CachePolicy::OneMinute, 1)) };
    assert!(cache.get("k".to_owned(), false, good).await.is_ok());
    let bad = async { Err(Error::unreachable("down")) };
    assert!(cache.get("k".to_owned(), true, bad).await.is_err());
    let skipped = async { Err(Error::unreachable("asked")) };
    assert!(cache.get("k".to_owned(), false, skipped).await.is_ok());
}

#[test]
fn a_response_is_read_once_and_again_only_after_an_error() {
    let response = kept(CachePolicy::OneMinute, 10);
    let failed = response.read_once(|_| Err::<i64, _>("unreadable"));
    assert_eq!(failed, Err("unreadable"));
    let read = |data: &Value| Ok::<_, ()>(data.as_i64().unwrap());
    let first = response.read_once(read).unwrap();
    let again = response.read_once(|_| Err::<i64, _>("read again")).unwrap();
    assert!(Arc::ptr_eq(&first, &again));
    assert_eq!(*again, 1);
    // What another reader makes of it is not taken for this one's.
    let text = response.read_once(|data| Ok::<_, ()>(data.to_string()));
    assert_eq!(*text.unwrap(), "1");
    // Nor is what was read of other content.
    let other = response.with_data(json!(2)).read_once(read).unwrap();
    assert_eq!(*other, 2);
}
