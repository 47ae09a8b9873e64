//! What the processes that use one credential share: the calls they made, answers, and small facts.
//!
//! [`Backend`] is what a kind of store can do: `memory` for one process, `sqlite` for the processes of one user,
//! `redis` for replicas. [`shared`] is what the rest of `upstream` uses: it never fails, and keeps to memory while a
//! backend is unavailable. No key and no value shows a credential, a question or an answer: callers name and
//! seal them with the keys of the credential.

#[cfg(test)]
mod contract;
mod machine_clock;
pub(crate) mod memory;
pub(crate) mod redis;
pub(crate) mod shared;
mod sliding_window;
pub(crate) mod sqlite;

use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::request::Rate;

/// What a value is for. The word is the first part of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// An answer of the service, compressed and sealed.
    Answer,
    /// A call under way: which process makes it.
    Flight,
    /// When an account last wrote: older answers are outdated.
    Written,
    /// An operation whose fallback form is the one that works.
    Fallback,
    /// A login token, sealed.
    Token,
    /// A used confirmation, sealed.
    Confirmation,
    /// The value behind a pseudonym, sealed.
    Pseudonym,
    /// Calls that were made or will be.
    Calls,
}

impl Kind {
    /// Every kind.
    pub(crate) const ALL: [Self; 8] = [
        Self::Answer,
        Self::Flight,
        Self::Written,
        Self::Fallback,
        Self::Token,
        Self::Confirmation,
        Self::Pseudonym,
        Self::Calls,
    ];

    /// Its word.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Flight => "flight",
            Self::Written => "written",
            Self::Fallback => "fallback",
            Self::Token => "token",
            Self::Confirmation => "confirmation",
            Self::Pseudonym => "pseudonym",
            Self::Calls => "calls",
        }
    }

    /// Whether `store clear` leaves it: the service counts calls, and a confirmation stays used.
    pub(crate) fn outlasts_clear(self) -> bool {
        matches!(self, Self::Confirmation | Self::Calls | Self::Flight)
    }
}

/// The name of a value: its kind, and a digest.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    /// What the value is for.
    pub kind: Kind,
    /// A digest under the credential's own key.
    pub name: String,
}

impl std::fmt::Display for Key {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}:{}", self.kind.as_str(), self.name)
    }
}

/// A limit that a call must keep.
#[derive(Debug, Clone)]
pub(crate) struct Limit {
    /// Whose calls are counted.
    pub key: Key,
    /// The service's limit.
    pub rate: Rate,
    /// Calls of the limit that this call leaves to others.
    pub spare: usize,
}

impl Limit {
    /// Calls in any `rate.per` after which this call waits, when `replicas` share the limit without a store.
    pub(crate) fn calls(&self, replicas: usize) -> usize {
        (self.rate.calls.saturating_sub(self.spare) / replicas.max(1)).max(1)
    }
}

/// One call, in every limit it keeps.
#[derive(Debug, Clone)]
pub(crate) struct Slot {
    /// Unique.
    pub id: String,
    /// The limits.
    pub limits: Vec<Limit>,
}

/// What became of a request for a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reservation {
    /// Taken: the call may leave after this wait.
    Taken {
        /// The wait.
        wait: Duration,
        /// Calls left in each limit, this one counted.
        left: Vec<usize>,
    },
    /// Not taken: the wait would be this long.
    Full(Duration),
}

/// How a slot ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SlotEnd {
    /// The call never left.
    Released,
    /// The call may have arrived as late as now.
    Arrived,
}

/// A call that was made, to be counted by a store that does not know it.
#[derive(Debug, Clone)]
pub(crate) struct PastCall {
    /// Whose calls are counted.
    pub key: Key,
    /// The slot's id.
    pub id: String,
    /// How long ago it was made; a call that waits for its slot is made now.
    pub age: Duration,
    /// The length of its limit.
    pub per: Duration,
}

/// What became of [`Backend::swap`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Swapped {
    /// The value was the expected one and is replaced.
    Done,
    /// The value is another one.
    Found(Option<Vec<u8>>),
}

/// What a store holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Contents {
    /// Values and their bytes, by kind.
    pub kinds: Vec<(Kind, u64, u64)>,
    /// Bytes in all, where that is more than the values.
    pub bytes: Option<u64>,
    /// Calls counted now.
    pub calls: u64,
}

/// A store does not answer: the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unavailable(pub String);

/// What a backend answers with.
pub(crate) type Reply<'a, T> = BoxFuture<'a, Result<T, Unavailable>>;

/// A kind of store. Every method is atomic, and one round trip where there is a network.
pub(crate) trait Backend: Send + Sync {
    /// Takes the first moment at which one more call keeps every limit, unless that is after `max_wait`. A slot that is
    /// taken already is taken anew.
    fn reserve<'a>(&'a self, slot: &'a Slot, max_wait: Duration) -> Reply<'a, Reservation>;

    /// Ends a slot.
    fn settle<'a>(&'a self, slot: &'a Slot, end: SlotEnd) -> Reply<'a, ()>;

    /// Counts calls that were made elsewhere.
    fn record<'a>(&'a self, calls: &'a [PastCall]) -> Reply<'a, ()>;

    /// No call of this limit for as long as the service asked, or until its oldest call no longer counts, at most a
    /// minute. Returns that time.
    fn block<'a>(&'a self, limit: &'a Limit, asked: Option<Duration>) -> Reply<'a, Duration>;

    /// Calls that could be made now without waiting, for each limit.
    fn available<'a>(&'a self, limits: &'a [Limit]) -> Reply<'a, Vec<usize>>;

    /// The values of these keys.
    fn get<'a>(&'a self, keys: &'a [Key]) -> Reply<'a, Vec<Option<Vec<u8>>>>;

    /// Sets a value; `None` keeps it until it is evicted.
    fn put<'a>(&'a self, key: &'a Key, value: &'a [u8], keep: Option<Duration>) -> Reply<'a, ()>;

    /// Replaces a value where it is the expected one; `None` is no value.
    fn swap<'a>(
        &'a self,
        key: &'a Key,
        expected: Option<&'a [u8]>,
        value: Option<&'a [u8]>,
        keep: Duration,
    ) -> Reply<'a, Swapped>;

    /// What it holds.
    fn contents(&self) -> Reply<'_, Contents>;

    /// Removes all values except those that outlast it. Returns how many.
    fn clear(&self) -> Reply<'_, u64>;
}
