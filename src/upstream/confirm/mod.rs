//! A write is confirmed: the first call shows what would be sent and returns a value, the same call with
//! that value sends it, once.
//!
//! The value is an HMAC under the account's own credential over the caller, the request itself and a slot of
//! ten minutes, so that it holds between two runs of the command line and between replicas, cannot be made
//! up, and confirms nothing but what was shown. It is spent when bytes leave, and returned when it is certain
//! that the write did not happen. The processes that share a store share its uses.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::store::shared::Store;
use super::store::{Key, Kind, Swapped};
use crate::error::Error;
use crate::project::Account;
use crate::request::{ConfirmationRequest, Request};
use crate::secret::hmac_sha256_hex;
use crate::secret::vault::Vault;

/// Whether a write needs a confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Confirm {
    /// Always.
    #[default]
    Always,
    /// Never, for scripts.
    Never,
}

/// What is confirmed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Write<'a> {
    /// A request to the service.
    Request(&'a Request),
    /// A program on this machine, as its whole command line.
    Program(&'a str),
}

impl Write<'_> {
    /// What makes two writes the same.
    fn key(self) -> String {
        match self {
            Self::Request(request) => request.cache_key(),
            Self::Program(line) => format!("run {line}"),
        }
    }

    fn action(self) -> &'static str {
        match self {
            Self::Request(_) => "send",
            Self::Program(_) => "run",
        }
    }

    fn line(self) -> String {
        match self {
            Self::Request(request) => request.line(),
            Self::Program(line) => line.to_owned(),
        }
    }

    fn body(self) -> Option<Map<String, Value>> {
        match self {
            Self::Request(request) => request.preview_body(),
            Self::Program(_) => None,
        }
    }
}

/// Seconds of a slot. A value holds for this one and the one before: ten to twenty minutes.
const SLOT: i64 = 600;

/// How long a use is remembered: as long as a value can hold.
const REMEMBERED: Duration = Duration::from_secs(2 * SLOT.unsigned_abs());

/// How often a use is tried again that another process changed meanwhile.
const TRIES: usize = 20;

/// What became of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    /// Returned: the write certainly did not happen.
    Returned,
    /// Accepted, and nothing has left yet.
    Reserved,
    /// Bytes have left, and the outcome is not known (yet).
    Sent,
    /// The write was sent, and the service answered.
    Done,
}

impl Use {
    const ALL: [Self; 4] = [Self::Returned, Self::Reserved, Self::Sent, Self::Done];

    fn letter(self) -> char {
        match self {
            Self::Returned => 'r',
            Self::Reserved => 'b',
            Self::Sent => 's',
            Self::Done => 'd',
        }
    }
}

/// One use of a request. A request that is meant twice has a second value, and a second use.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    state: Use,
    at: Timestamp,
    /// The process.
    by: String,
}

/// A line for each use: state, time, process.
fn to_bytes(uses: &[Entry]) -> Vec<u8> {
    let line = |entry: &Entry| {
        let at = entry.at.as_millisecond();
        format!("{} {at} {}\n", entry.state.letter(), entry.by)
    };
    uses.iter().map(line).collect::<String>().into_bytes()
}

fn from_bytes(bytes: &[u8]) -> Vec<Entry> {
    let text = String::from_utf8_lossy(bytes);
    let entry = |line: &str| {
        let mut parts = line.splitn(3, ' ');
        let letter = parts.next()?;
        let state = Use::ALL
            .into_iter()
            .find(|state| letter.starts_with(state.letter()))?;
        let at = Timestamp::from_millisecond(parts.next()?.parse().ok()?).ok()?;
        let by = parts.next()?.to_owned();
        Some(Entry { state, at, by })
    };
    text.lines().filter_map(entry).collect()
}

/// The confirmations that were used, by all processes that share a store.
pub(super) struct Confirmations {
    store: Arc<Store>,
    vault: Arc<Vault>,
    /// This process: what others read of it.
    process: String,
}

/// A confirmed write under way. Dropping it before [`Confirmed::departs`] returns the value.
pub(super) struct Confirmed {
    place: Arc<Place>,
    state: Arc<Mutex<Use>>,
}

/// Where the use of a value is kept.
struct Place {
    store: Arc<Store>,
    vault: Arc<Vault>,
    key: Key,
    index: usize,
    by: String,
}

/// The identity of this process among those that share a store.
pub(super) fn process() -> String {
    let id = uuid::Uuid::new_v4().simple().to_string();
    format!("{}-{}", std::process::id(), id.split_at(8).0)
}

impl Confirmations {
    /// The confirmations of the credential with these keys, seen by this process.
    pub(super) fn new(store: &Arc<Store>, vault: Arc<Vault>, process: &str) -> Self {
        Self {
            store: Arc::clone(store),
            vault,
            process: process.to_owned(),
        }
    }

    /// Reserves the value that confirms this very write. `Err` asks for one where none was given.
    pub(super) async fn verify(
        &self,
        account: &Account,
        caller: &str,
        write: Write<'_>,
        given: Option<&str>,
        now: Timestamp,
    ) -> Result<Confirmed, Error> {
        let secret = account.credentials()?.secret();
        // Without its store, a process confirms only what it has shown itself: it cannot know what others sent.
        let alone = self.store.is_down();
        let scope = if alone { self.process.as_str() } else { "" };
        let what = format!("{caller}\n{}{scope}", write.key());
        let key = Key {
            kind: Kind::Confirmation,
            name: self.vault.name(&format!("confirmation {what}")),
        };
        let given = given.map(str::trim).filter(|given| !given.is_empty());
        for _ in 0..TRIES {
            let found = self.store.get_one(&key).await;
            let opened = found
                .clone()
                .and_then(|sealed| self.vault.open(&key.name, sealed));
            let mut uses = opened.as_deref().map(from_bytes).unwrap_or_default();
            uses.retain(|entry| now.duration_since(entry.at).as_secs() < 2 * SLOT);
            let free = uses
                .iter()
                .position(|entry| entry.state == Use::Returned)
                .unwrap_or(uses.len());
            let slot = now.as_second().div_euclid(SLOT);
            let value = |slot: i64, index: usize| {
                let mut digest = hmac_sha256_hex(secret, &format!("{slot}\n{index}\n{what}"));
                digest.truncate(16);
                digest
            };
            let fits =
                |given: &str, index| given == value(slot, index) || given == value(slot - 1, index);
            let preview = || {
                Error::ConfirmationRequired(Box::new(ConfirmationRequest {
                    provider: account.provider,
                    action: write.action(),
                    line: write.line(),
                    body: write.body(),
                    changes: Vec::new(),
                    value: value(slot, free),
                }))
            };
            let Some(given) = given else {
                return Err(preview());
            };
            if !fits(given, free) {
                let mut earlier = uses.iter().enumerate();
                return Err(match earlier.find(|(index, _)| fits(given, *index)) {
                    Some((_, entry)) => self.used(entry, now),
                    None if alone => preview(),
                    None => Error::invalid_arguments(
                        "`confirm` does not belong to this request, or is older than ten minutes\n\
                         hint: a call without it returns a new value",
                    ),
                });
            }
            let entry = Entry {
                state: Use::Reserved,
                at: now,
                by: self.process.clone(),
            };
            if free == uses.len() {
                uses.push(entry);
            } else {
                uses[free] = entry;
            }
            let sealed = self.vault.seal(&key.name, to_bytes(&uses));
            let sealed = sealed.ok_or_else(no_randomness)?;
            let swapped = self
                .store
                .swap(&key, found.as_deref(), Some(&sealed), REMEMBERED)
                .await;
            if swapped == Swapped::Done {
                let place = Place {
                    store: Arc::clone(&self.store),
                    vault: Arc::clone(&self.vault),
                    key,
                    index: free,
                    by: self.process.clone(),
                };
                return Ok(Confirmed {
                    place: Arc::new(place),
                    state: Arc::new(Mutex::new(Use::Reserved)),
                });
            }
            // Another process was faster: what it did is read anew.
        }
        Err(Error::invalid_arguments(
            "this `confirm` is being used by other calls that have not ended",
        ))
    }

    /// Why a value confirms nothing any more.
    fn used(&self, entry: &Entry, now: Timestamp) -> Error {
        let by_other = entry.by != self.process;
        let what = if by_other {
            let process = entry.by.split('-').next().unwrap_or_default();
            let ago = crate::reply::duration(now.duration_since(entry.at).as_secs().max(0));
            let done = if entry.state == Use::Reserved {
                "in use"
            } else {
                "already sent"
            };
            format!("this `confirm` was {done} by another process ({process}) {ago} ago")
                .replace("was in use", "is in use")
        } else {
            "this `confirm` was used: the write was sent".to_owned()
        };
        Error::invalid_arguments(match entry.state {
            Use::Done => format!(
                "{what}, and the service answered\n\
                 hint: a call without it returns a new value, for a second write"
            ),
            Use::Sent => format!(
                "{what}, and its outcome is not known\n\
                 hint: look whether it happened; a call without it returns a new value"
            ),
            Use::Reserved | Use::Returned if by_other => what,
            Use::Reserved | Use::Returned => {
                "this `confirm` is being used by another call that has not ended".to_owned()
            }
        })
    }
}

fn no_randomness() -> Error {
    Error::Misconfigured("the system gives no random numbers".to_owned())
}

impl Confirmed {
    /// Bytes leave now: from here on only a clear no of the service returns the value.
    pub(super) fn departs(&self) {
        self.set(Use::Sent);
        let (place, state) = (Arc::clone(&self.place), Arc::clone(&self.state));
        self.place
            .store
            .spawn(async move { place.write(&state).await });
    }

    /// Records how the write ended. Without this call, as when it is cancelled, the outcome stays unknown.
    pub(super) async fn ended<T>(&self, outcome: &Result<T, Error>) {
        match outcome {
            Ok(_) => self.set(Use::Done),
            Err(error) if error.proves_not_done() => self.set(Use::Returned),
            Err(_) => {}
        }
        self.place.write(&self.state).await;
    }

    fn set(&self, state: Use) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }
}

impl Place {
    /// Writes what has become of the value by now, whatever was when this was begun.
    async fn write(&self, state: &Mutex<Use>) {
        for _ in 0..TRIES {
            let Some(found) = self.store.get_one(&self.key).await else {
                return;
            };
            let opened = self.vault.open(&self.key.name, found.clone());
            let mut uses = opened.as_deref().map(from_bytes).unwrap_or_default();
            let state = *state.lock().unwrap_or_else(PoisonError::into_inner);
            match uses.get_mut(self.index) {
                Some(entry) if entry.by == self.by && entry.state != state => entry.state = state,
                _ => return,
            }
            let Some(sealed) = self.vault.seal(&self.key.name, to_bytes(&uses)) else {
                return;
            };
            let swapped = self
                .store
                .swap(&self.key, Some(&found), Some(&sealed), REMEMBERED)
                .await;
            if swapped == Swapped::Done {
                return;
            }
        }
    }
}

impl Drop for Confirmed {
    fn drop(&mut self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if *state == Use::Reserved {
            *state = Use::Returned;
            drop(state);
            let (place, state) = (Arc::clone(&self.place), Arc::clone(&self.state));
            self.place
                .store
                .spawn(async move { place.write(&state).await });
        }
    }
}

#[cfg(test)]
mod tests;
