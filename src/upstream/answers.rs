//! Answers that processes share through a store: compressed, sealed, and named so that the question does not show.
//! Identical calls of several processes become one: the first claims the call, the others wait for its answer.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::cache::{CachedResponse, STALE_TTL, changes_with_writes, kept_for};
use super::large::read_sized;
use super::store::shared::Store;
use super::store::{Key, Kind, Swapped};
use crate::clock::Clock;
use crate::request::CachePolicy;
use crate::secret::vault::Vault;

/// How long a claim holds that is not renewed: a process that ends in the middle holds others up for so long.
const LEASE: Duration = Duration::from_secs(3);

/// The first and the longest pause between two looks for another process's answer.
const POLL: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(100));

/// How often a claim is tried by who only wants to remove its answer.
const FORGET_TRIES: usize = 20;

/// Larger answers stay in the memory of one process.
const MAX_STORED: usize = 32 << 20;

/// Clocks of two processes may differ by this much before an answer counts as one of the future.
const SKEW_S: i64 = 60;

/// How long it is remembered that an account wrote: longer than any answer that a write may change.
const WRITTEN: Duration = Duration::from_secs(8 * 24 * 3600);

/// The compression of bodies: the fastest.
const LEVEL: i32 = 1;

/// The answers of one account in a store.
#[derive(Clone)]
pub(super) struct Answers {
    store: Arc<Store>,
    vault: Arc<Vault>,
}

/// Where an answer and its claim are.
#[derive(Clone)]
pub(super) struct Place {
    answer: Key,
    flight: Key,
    written: Key,
    /// Where the last answer to the question is, whatever range it was asked for.
    last: Option<Key>,
}

impl Place {
    /// The same place for the last answer, if one is kept.
    pub(super) fn of_last(&self) -> Option<Self> {
        let answer = self.last.clone()?;
        Some(Self {
            answer,
            ..self.clone()
        })
    }
}

/// The moment of a look into the store, by both clocks. The age of an answer is counted from it, not from when the answer
/// is unpacked: a slow look would make an answer younger than it is.
#[derive(Debug, Clone, Copy)]
struct Look {
    at: Instant,
    now: Timestamp,
}

impl Look {
    /// The instant is read first: an answer may be taken for older than it is, and not for younger.
    fn now(clock: Clock) -> Self {
        let at = Instant::now();
        Self {
            at,
            now: clock.now(),
        }
    }
}

/// What is stored besides the body.
struct Header {
    policy: CachePolicy,
    at: Timestamp,
    bytes: usize,
    written: u64,
}

const HEADER: usize = 25;

/// The policies that are stored, by their number in a header.
const POLICIES: [CachePolicy; 5] = [
    CachePolicy::OneMinute,
    CachePolicy::OneHour,
    CachePolicy::CompleteDays,
    CachePolicy::ClosedDays,
    CachePolicy::Immutable,
];

impl Header {
    fn write(&self, out: &mut Vec<u8>) {
        let number = POLICIES.iter().position(|policy| *policy == self.policy);
        out.push(number.and_then(|at| u8::try_from(at).ok()).unwrap_or(0));
        out.extend(self.at.as_millisecond().to_le_bytes());
        out.extend((self.bytes as u64).to_le_bytes());
        out.extend(self.written.to_le_bytes());
    }

    fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (header, body) = bytes.split_at_checked(HEADER)?;
        let number = |at: usize| {
            header
                .get(at..at + 8)?
                .try_into()
                .ok()
                .map(u64::from_le_bytes)
        };
        let header = Self {
            policy: *POLICIES.get(usize::from(*header.first()?))?,
            at: Timestamp::from_millisecond(number(1)?.cast_signed()).ok()?,
            bytes: usize::try_from(number(9)?).ok()?,
            written: number(17)?,
        };
        Some((header, body))
    }
}

impl Answers {
    /// The answers of the credential with these keys.
    pub(super) fn new(store: &Arc<Store>, vault: Arc<Vault>) -> Self {
        Self {
            store: Arc::clone(store),
            vault,
        }
    }

    /// Where the answer to a question is.
    pub(super) fn place(&self, question: &str, last: Option<&str>) -> Place {
        let key = |kind, text: &str| Key {
            kind,
            name: self.vault.name(text),
        };
        Place {
            answer: key(Kind::Answer, &format!("answer {question}")),
            flight: key(Kind::Flight, &format!("flight {question}")),
            written: self.written(),
            last: last.map(|question| key(Kind::Answer, &format!("last {question}"))),
        }
    }

    fn written(&self) -> Key {
        Key {
            kind: Kind::Written,
            name: self.vault.name("written"),
        }
    }

    /// Says that the account writes: answers from before are not given any more.
    pub(super) async fn wrote(&self) {
        let mark = uuid::Uuid::new_v4().into_bytes();
        let key = self.written();
        self.store
            .put(&key, mark.split_at(8).0, Some(WRITTEN))
            .await;
    }

    /// The same without making a caller wait.
    pub(super) fn wrote_in_background(self) {
        let store = Arc::clone(&self.store);
        store.spawn(async move { self.wrote().await });
    }

    /// The stored answer, however old, and the mark of the account's last write.
    pub(super) async fn find(&self, place: &Place, clock: Clock) -> (Option<CachedResponse>, u64) {
        let look = Look::now(clock);
        let keys = [place.answer.clone(), place.written.clone()];
        let mut found = self.store.get(&keys).await.into_iter();
        let (answer, mark) = (found.next().flatten(), found.next().flatten());
        let written = written_mark(mark.as_deref());
        let answer = match answer {
            Some(sealed) => self.open(&place.answer, sealed, written, look).await,
            None => None,
        };
        (answer, written)
    }

    async fn open(
        &self,
        key: &Key,
        sealed: Vec<u8>,
        written: u64,
        look: Look,
    ) -> Option<CachedResponse> {
        let (vault, name) = (Arc::clone(&self.vault), key.name.clone());
        // A body is a few times its compressed form.
        let opened = read_sized(sealed.len() * 4, move || {
            let plain = vault.open(&name, sealed)?;
            let (header, body) = Header::read(&plain)?;
            let body = zstd::stream::decode_all(body).ok()?;
            Some((header, serde_json::from_slice(&body).ok()?))
        });
        let (header, data) = opened.await.ok().flatten()?;
        let age = look.now.duration_since(header.at);
        let outdated = header.written != written && changes_with_writes(header.policy);
        if age.as_secs() < -SKEW_S {
            return None;
        }
        let age = Duration::try_from(age).unwrap_or_default();
        let received = look.at.checked_sub(age);
        let mut answer = CachedResponse::new(data, header.at, header.bytes, header.policy);
        answer.outdated = outdated;
        match received {
            Some(received) => answer.received = received,
            // Older than the machine's clock can say: only what never changes is still good.
            None if changes_with_writes(header.policy) => return None,
            None => {}
        }
        Some(answer).filter(|answer| {
            answer.is_usable() && self.store.retain().is_none_or(|retain| age <= retain)
        })
    }

    /// Claims a call, or waits for the answer of the process that makes it.
    ///
    /// A caller that wants a `fresh` answer is content with one that was asked for after this call.
    pub(super) async fn claim(&self, place: &Place, clock: Clock, fresh: bool) -> Claim {
        let began = Instant::now();
        let good =
            |answer: &CachedResponse| answer.is_fresh() && (!fresh || answer.received >= began);
        let owner = uuid::Uuid::new_v4().into_bytes();
        let mut pause = POLL.0;
        loop {
            let claimed = self
                .store
                .swap(&place.flight, None, Some(&owner), LEASE)
                .await;
            if claimed == Swapped::Done {
                break;
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(POLL.1);
            let (answer, _) = self.find(place, clock).await;
            if let Some(answer) = answer.filter(&good) {
                return Claim::Answered(answer);
            }
        }
        let flight = Flight {
            answers: self.clone(),
            place: place.clone(),
            owner,
            ended: false,
        };
        // It may have been answered between the lookup and the claim.
        let (answer, written) = self.find(place, clock).await;
        match answer.filter(good) {
            Some(answer) => Claim::Answered(answer),
            None => Claim::Mine(flight, written),
        }
    }

    /// Removes the answer to a question, once whichever process fetches it has stored it.
    pub(super) async fn forget(&self, place: &Place) {
        let owner = uuid::Uuid::new_v4().into_bytes();
        for _ in 0..FORGET_TRIES {
            let claimed = self
                .store
                .swap(&place.flight, None, Some(&owner), LEASE)
                .await;
            if claimed == Swapped::Done {
                break;
            }
            tokio::time::sleep(POLL.0).await;
        }
        for key in std::iter::once(&place.answer).chain(&place.last) {
            self.store.put(key, &[], Some(Duration::ZERO)).await;
        }
        release(&self.store, &place.flight, owner).await;
    }

    /// Stores an answer; `written` is the mark of the last write before it was asked.
    async fn store(&self, place: &Place, answer: Arc<CachedResponse>, written: u64) {
        let keep = kept_for(answer.policy);
        let keep = match (keep, self.store.retain()) {
            (Some(keep), Some(retain)) => Some(keep.min(retain)),
            (keep, retain) => keep.or(retain),
        };
        let (vault, name) = (Arc::clone(&self.vault), place.answer.name.clone());
        let last = place.last.clone();
        let bytes = answer.bytes;
        let seal = move || {
            let body = serde_json::to_vec(&answer.data).ok()?;
            let header = Header {
                policy: answer.policy,
                at: answer.at,
                bytes: answer.bytes,
                written,
            };
            let mut plain = Vec::with_capacity(HEADER + body.len() / 4);
            header.write(&mut plain);
            zstd::stream::copy_encode(body.as_slice(), &mut plain, LEVEL).ok()?;
            if plain.len() > MAX_STORED {
                return None;
            }
            let last = last.and_then(|last| {
                let sealed = vault.seal(&last.name, plain.clone())?;
                Some((last, sealed))
            });
            Some((vault.seal(&name, plain)?, last))
        };
        let Some((sealed, last)) = read_sized(bytes, seal).await.ok().flatten() else {
            return;
        };
        self.store.put(&place.answer, &sealed, keep).await;
        if let Some((last, sealed)) = last {
            self.store.put(&last, &sealed, Some(STALE_TTL)).await;
        }
    }
}

fn written_mark(bytes: Option<&[u8]>) -> u64 {
    bytes
        .and_then(|bytes| bytes.try_into().ok())
        .map_or(0, u64::from_le_bytes)
}

/// What became of a claim.
pub(super) enum Claim {
    /// Another process has the answer.
    Answered(CachedResponse),
    /// This process makes the call; with the mark of the account's last write.
    Mine(Flight, u64),
}

/// A call that this process makes for all. Dropped, it lets another process make it.
pub(super) struct Flight {
    answers: Answers,
    place: Place,
    owner: [u8; 16],
    ended: bool,
}

impl Flight {
    /// Runs the call, and keeps the claim meanwhile.
    pub(super) async fn during<T>(&self, call: impl Future<Output = T>) -> T {
        let store = &self.answers.store;
        let renew = async {
            loop {
                tokio::time::sleep(LEASE / 3).await;
                let owner = Some(&self.owner[..]);
                store.swap(&self.place.flight, owner, owner, LEASE).await;
            }
        };
        tokio::select! {
            outcome = call => outcome,
            () = renew => unreachable!("renewing never ends"),
        }
    }

    /// Stores the answer for the others, without making the caller wait.
    pub(super) fn answered(mut self, answer: Arc<CachedResponse>, written: u64) {
        self.ended = true;
        let (answers, place, owner) = (self.answers.clone(), self.place.clone(), self.owner);
        self.answers.store.spawn(async move {
            answers.store(&place, answer, written).await;
            release(&answers.store, &place.flight, owner).await;
        });
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        if !self.ended {
            let store = Arc::clone(&self.answers.store);
            let (flight, owner) = (self.place.flight.clone(), self.owner);
            self.answers
                .store
                .spawn(async move { release(&store, &flight, owner).await });
        }
    }
}

async fn release(store: &Store, flight: &Key, owner: [u8; 16]) {
    store.swap(flight, Some(&owner), None, LEASE).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;
    use serde_json::json;

    #[tokio::test(start_paused = true)]
    async fn a_slow_look_makes_no_answer_younger() {
        let store = Arc::new(Store::memory());
        let vault = Arc::new(Vault::new(&Secret::new("key"), "place"));
        let answers = Answers::new(&store, vault);
        let place = answers.place("question", None);
        let at = Clock::System.now();
        let answer = CachedResponse::new(json!({"a": 1}), at, 7, CachePolicy::OneHour);
        answers.store(&place, Arc::new(answer), 0).await;
        let sealed = store.get_one(&place.answer).await.unwrap();
        // A caller that wants a new answer begins here.
        let look = Look::now(Clock::Fixed(at));
        tokio::time::advance(Duration::from_secs(2)).await;
        let found = answers.open(&place.answer, sealed, 0, look).await.unwrap();
        assert!(found.received <= look.at, "{:?}", look.at.elapsed());
    }
}
