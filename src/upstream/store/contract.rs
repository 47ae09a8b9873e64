//! What every backend must do, as tests that run on each.

use std::time::Duration;

use super::{Backend, Key, Kind, Limit, PastCall, Reservation, Slot, SlotEnd, Swapped};
use crate::request::Rate;

const MINUTE: Duration = Duration::from_secs(60);

pub(super) fn key(kind: Kind, name: &str) -> Key {
    Key {
        kind,
        name: name.to_owned(),
    }
}

pub(super) fn slot(id: &str, name: &str, calls: usize) -> Slot {
    Slot {
        id: id.to_owned(),
        limits: vec![Limit {
            key: key(Kind::Calls, name),
            rate: Rate { calls, per: MINUTE },
            spare: 0,
        }],
    }
}

fn taken(reservation: &Reservation) -> Duration {
    match reservation {
        Reservation::Taken { wait, .. } => *wait,
        Reservation::Full(wait) => panic!("full for {wait:?}"),
    }
}

/// About a minute: the store's clock runs on meanwhile.
fn about_a_minute(wait: Duration) -> bool {
    (Duration::from_secs(55)..=Duration::from_millis(60_250)).contains(&wait)
}

pub(super) async fn counts_calls(store: &dyn Backend) {
    let reserve = async |id: &str, max_wait| {
        let slot = slot(id, "cn", 3);
        store.reserve(&slot, max_wait).await.unwrap()
    };
    for (id, left) in [("a", 2), ("b", 1), ("c", 0)] {
        let expected = Reservation::Taken {
            wait: Duration::ZERO,
            left: vec![left],
        };
        assert_eq!(reserve(id, Duration::ZERO).await, expected);
    }
    let again = reserve("c", Duration::ZERO).await;
    assert_eq!(taken(&again), Duration::ZERO, "it has its slot already");
    let Reservation::Full(wait) = reserve("d", Duration::ZERO).await else {
        panic!("four calls of three");
    };
    assert!(about_a_minute(wait), "{wait:?}");
    assert!(about_a_minute(taken(&reserve("d", 2 * MINUTE).await)));
    let limits = slot("", "cn", 3).limits;
    assert_eq!(store.available(&limits).await.unwrap(), [0]);
    let other = slot("", "sg", 3).limits;
    assert_eq!(store.available(&other).await.unwrap(), [3], "another key");
    store
        .settle(&slot("d", "cn", 3), SlotEnd::Released)
        .await
        .unwrap();
    store
        .settle(&slot("b", "cn", 3), SlotEnd::Released)
        .await
        .unwrap();
    store
        .settle(&slot("a", "cn", 3), SlotEnd::Arrived)
        .await
        .unwrap();
    assert_eq!(store.available(&limits).await.unwrap(), [1]);
    assert_eq!(taken(&reserve("e", Duration::ZERO).await), Duration::ZERO);
}

pub(super) async fn counts_calls_of_the_past_once(store: &dyn Backend) {
    let call = |id: &str, seconds| PastCall {
        key: key(Kind::Calls, "past"),
        id: id.to_owned(),
        age: Duration::from_secs(seconds),
        per: MINUTE,
    };
    let calls = [call("a", 30), call("b", 90), call("c", 10)];
    store.record(&calls).await.unwrap();
    store.record(&calls).await.unwrap();
    let limits = slot("", "past", 3).limits;
    assert_eq!(store.available(&limits).await.unwrap(), [1]);
}

pub(super) async fn closes_a_limit(store: &dyn Backend) {
    let limit = slot("", "closed", 3).limits.remove(0);
    let asked = Some(Duration::from_secs(30));
    let wait = store.block(&limit, asked).await.unwrap();
    assert_eq!(wait.as_secs(), 30);
    store
        .block(&limit, Some(Duration::from_secs(5)))
        .await
        .unwrap();
    let Reservation::Full(wait) = store
        .reserve(&slot("a", "closed", 3), Duration::from_secs(10))
        .await
        .unwrap()
    else {
        panic!("it is closed");
    };
    assert!(
        wait > Duration::from_secs(20),
        "the longer wait counts: {wait:?}"
    );
    assert_eq!(
        store.available(std::slice::from_ref(&limit)).await.unwrap(),
        [0]
    );
    let open = slot("a", "open", 3);
    store.reserve(&open, Duration::ZERO).await.unwrap();
    let wait = store.block(&open.limits[0], None).await.unwrap();
    assert!(
        about_a_minute(wait),
        "until the oldest call no longer counts: {wait:?}"
    );
    let mut daily = slot("a", "daily", 3);
    daily.limits[0].rate.per = Duration::from_secs(86_400);
    for limit in [&daily.limits[0], &slot("", "unused", 3).limits[0]] {
        let wait = store.block(limit, None).await.unwrap();
        assert_eq!(wait, MINUTE, "the service may mean a shorter limit");
    }
}

pub(super) async fn keeps_values(store: &dyn Backend) {
    let (a, b) = (key(Kind::Answer, "a"), key(Kind::Token, "a"));
    store.put(&a, &[0, 255, 10], None).await.unwrap();
    let found = store.get(&[a.clone(), b.clone()]).await.unwrap();
    assert_eq!(found, [Some(vec![0, 255, 10]), None]);
    store.put(&a, b"new", Some(MINUTE)).await.unwrap();
    store.put(&b, b"gone", Some(Duration::ZERO)).await.unwrap();
    let found = store.get(&[b, a]).await.unwrap();
    assert_eq!(found, [None, Some(b"new".to_vec())]);
}

pub(super) async fn swaps_what_is_expected(store: &dyn Backend) {
    let claim = key(Kind::Flight, "f");
    let swap = async |expected: Option<&[u8]>, value: Option<&[u8]>| {
        store.swap(&claim, expected, value, MINUTE).await.unwrap()
    };
    assert_eq!(swap(None, Some(b"one")).await, Swapped::Done);
    let found = Swapped::Found(Some(b"one".to_vec()));
    assert_eq!(swap(None, Some(b"two")).await, found);
    assert_eq!(swap(Some(b"two"), None).await, found);
    assert_eq!(swap(Some(b"one"), Some(b"")).await, Swapped::Done);
    assert_eq!(swap(Some(b""), None).await, Swapped::Done);
    assert_eq!(swap(Some(b""), None).await, Swapped::Found(None));
}

pub(super) async fn clears_all_but_counts(store: &dyn Backend) {
    store
        .reserve(&slot("a", "kept", 3), Duration::ZERO)
        .await
        .unwrap();
    for kind in [Kind::Answer, Kind::Pseudonym, Kind::Confirmation] {
        let key = key(kind, "clear");
        store.put(&key, b"12345", Some(MINUTE)).await.unwrap();
    }
    let contents = store.contents().await.unwrap();
    let count = |kind| {
        let found = contents.kinds.iter().find(|(known, ..)| *known == kind);
        found.map(|(_, count, bytes)| (*count, *bytes))
    };
    assert_eq!(count(Kind::Confirmation), Some((1, 5)), "{contents:?}");
    assert!(contents.calls >= 1);
    assert!(store.clear().await.unwrap() >= 2);
    let contents = store.contents().await.unwrap();
    let kinds: Vec<Kind> = contents.kinds.iter().map(|(kind, ..)| *kind).collect();
    assert!(kinds.iter().all(|kind| kind.outlasts_clear()), "{kinds:?}");
    assert!(kinds.contains(&Kind::Confirmation));
    let limits = slot("", "kept", 3).limits;
    assert_eq!(store.available(&limits).await.unwrap(), [2]);
}

/// Everything of the above.
pub(super) async fn holds(store: &dyn Backend) {
    counts_calls(store).await;
    counts_calls_of_the_past_once(store).await;
    closes_a_limit(store).await;
    keeps_values(store).await;
    swaps_what_is_expected(store).await;
    clears_all_but_counts(store).await;
}

#[tokio::test]
async fn memory_holds_the_contract() {
    holds(&super::memory::Memory::default()).await;
}
