//! A write is confirmed: the first call shows what would be sent and returns a value, the same call with
//! that value sends it, once.
//!
//! The value is an HMAC under the account's own credential over the caller, the request itself and a slot of
//! ten minutes, so that it holds between two runs of the command line and between replicas, cannot be made
//! up, and confirms nothing but what was shown. It is spent when bytes leave, and returned when it is certain
//! that the write did not happen.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::error::Error;
use crate::project::Account;
use crate::request::{ConfirmationRequest, Request};
use crate::secret::hmac_sha256_hex;

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

/// Uses of one request, in order: a request that is meant twice has a second value.
type Uses = Vec<(Use, Timestamp)>;

/// Confirmations that were used in this process.
#[derive(Debug, Default)]
pub(crate) struct UsedConfirmations(Mutex<HashMap<String, Uses>>);

/// A confirmed write under way. Dropping it before [`Confirmed::departs`] returns the value.
#[derive(Debug)]
pub(crate) struct Confirmed<'a> {
    used: &'a UsedConfirmations,
    request: String,
    index: usize,
}

impl UsedConfirmations {
    /// Reserves the value that confirms this very write. `Err` asks for one where none was given.
    pub(crate) fn verify(
        &self,
        account: &Account,
        caller: &str,
        write: Write<'_>,
        given: Option<&str>,
        now: Timestamp,
    ) -> Result<Confirmed<'_>, Error> {
        let key = account.credentials()?.secret();
        let what = format!("{caller}\n{}", write.key());
        let mut all = self.lock();
        for uses in all.values_mut() {
            uses.retain(|(_, at)| now.duration_since(*at).as_secs() < 2 * SLOT);
        }
        all.retain(|_, uses| !uses.is_empty());
        let uses = all.get(&what).map_or(&[][..], Vec::as_slice);
        let free = uses
            .iter()
            .position(|(state, _)| *state == Use::Returned)
            .unwrap_or(uses.len());
        let slot = now.as_second().div_euclid(SLOT);
        let value = |slot: i64, index: usize| {
            let mut digest = hmac_sha256_hex(key, &format!("{slot}\n{index}\n{what}"));
            digest.truncate(16);
            digest
        };
        let fits =
            |given: &str, index| given == value(slot, index) || given == value(slot - 1, index);
        let Some(given) = given.map(str::trim).filter(|given| !given.is_empty()) else {
            return Err(Error::ConfirmationRequired(Box::new(ConfirmationRequest {
                provider: account.provider,
                action: write.action(),
                line: write.line(),
                body: write.body(),
                changes: Vec::new(),
                value: value(slot, free),
            })));
        };
        if fits(given, free) {
            let entry = (Use::Reserved, now);
            let uses = all.entry(what.clone()).or_default();
            if free == uses.len() {
                uses.push(entry);
            } else {
                uses[free] = entry;
            }
            return Ok(Confirmed {
                used: self,
                request: what,
                index: free,
            });
        }
        let earlier = uses
            .iter()
            .enumerate()
            .find(|(index, _)| fits(given, *index));
        Err(Error::invalid_arguments(match earlier {
            Some((_, (Use::Done, _))) => {
                "this `confirm` was used: the write was sent, and the service answered\n\
                 hint: a call without it returns a new value, for a second write"
            }
            Some((_, (Use::Sent, _))) => {
                "this `confirm` was used: the write was sent, and its outcome is not known\n\
                 hint: look whether it happened; a call without it returns a new value"
            }
            Some(_) => "this `confirm` is being used by another call that has not ended",
            None => {
                "`confirm` does not belong to this request, or is older than ten minutes\n\
                 hint: a call without it returns a new value"
            }
        }))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Uses>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Confirmed<'_> {
    /// Bytes leave now: from here on only a clear no of the service returns the value.
    pub(crate) fn departs(&self) {
        self.set(Use::Sent);
    }

    /// Records how the write ended. Without this call, as when it is cancelled, the outcome stays unknown.
    pub(crate) fn ended<T>(&self, outcome: &Result<T, Error>) {
        match outcome {
            Ok(_) => self.set(Use::Done),
            Err(error) if error.proves_not_done() => self.set(Use::Returned),
            Err(_) => {}
        }
    }

    fn set(&self, state: Use) {
        if let Some(entry) = self
            .used
            .lock()
            .get_mut(&self.request)
            .and_then(|uses| uses.get_mut(self.index))
        {
            entry.0 = state;
        }
    }
}

impl Drop for Confirmed<'_> {
    fn drop(&mut self) {
        if let Some(entry) = self
            .used
            .lock()
            .get_mut(&self.request)
            .and_then(|uses| uses.get_mut(self.index))
            && entry.0 == Use::Reserved
        {
            entry.0 = Use::Returned;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::crashsight_account as account;
    use serde_json::json;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn request(tag: &str) -> Request {
        Request::post(
            "cn".into(),
            "addTag",
            "/addTag".to_owned(),
            json!({"tag": tag}),
        )
    }

    fn verify<'a>(
        used: &'a UsedConfirmations,
        tag: &str,
        given: Option<&str>,
        second: i64,
    ) -> Result<Confirmed<'a>, Error> {
        let request = request(tag);
        used.verify(
            &account("k"),
            "mei",
            Write::Request(&request),
            given,
            at(second),
        )
    }

    fn value(used: &UsedConfirmations, tag: &str, second: i64) -> String {
        match verify(used, tag, None, second) {
            Err(Error::ConfirmationRequired(asked)) => asked.value,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_value_confirms_one_request_for_ten_minutes() {
        let value = value(&UsedConfirmations::default(), "a", 6_000);
        let fits = |tag, given: &str, second| {
            verify(&UsedConfirmations::default(), tag, Some(given), second).is_ok()
        };
        assert!(fits("a", &value, 6_000));
        assert!(fits("a", &value, 6_599 + 600));
        assert!(!fits("a", &value, 6_600 + 600), "too old");
        assert!(!fits("b", &value, 6_000), "another request");
        assert!(!fits("a", "0000", 6_000), "made up");
    }

    #[test]
    fn a_value_sends_once_and_the_next_is_another() {
        let used = UsedConfirmations::default();
        let first = value(&used, "a", 6_000);
        let write = verify(&used, "a", Some(&first), 6_001).unwrap();
        write.departs();
        write.ended(&Ok(()));
        drop(write);
        let again = verify(&used, "a", Some(&first), 6_002).unwrap_err();
        assert!(
            again.to_string().contains("the service answered"),
            "{again}"
        );
        let second = value(&used, "a", 6_003);
        assert_ne!(first, second);
        assert!(verify(&used, "a", Some(&second), 6_004).is_ok());
    }

    #[test]
    fn a_write_that_never_left_returns_its_value() {
        let used = UsedConfirmations::default();
        let first = value(&used, "a", 6_000);
        drop(verify(&used, "a", Some(&first), 6_001).unwrap());
        assert!(verify(&used, "a", Some(&first), 6_002).is_ok(), "cancelled");
        let write = verify(&used, "a", Some(&first), 6_003).unwrap();
        write.departs();
        write.ended(&Err::<(), _>(Error::too_many_requests(None)));
        drop(write);
        assert!(verify(&used, "a", Some(&first), 6_004).is_ok(), "refused");
    }

    #[test]
    fn an_unknown_outcome_is_called_unknown() {
        let used = UsedConfirmations::default();
        let first = value(&used, "a", 6_000);
        let write = verify(&used, "a", Some(&first), 6_001).unwrap();
        assert!(
            verify(&used, "a", Some(&first), 6_001)
                .unwrap_err()
                .to_string()
                .contains("another call")
        );
        write.departs();
        write.ended(&Err::<(), _>(Error::unreachable("reset")));
        drop(write);
        let again = verify(&used, "a", Some(&first), 6_002).unwrap_err();
        assert!(again.to_string().contains("not known"), "{again}");
    }

    #[test]
    fn another_key_or_caller_gives_another_value() {
        let value = |key, caller| {
            let used = UsedConfirmations::default();
            let account = account(key);
            let request = request("a");
            match used.verify(&account, caller, Write::Request(&request), None, at(6_000)) {
                Err(Error::ConfirmationRequired(asked)) => asked.value,
                other => panic!("{other:?}"),
            }
        };
        assert_ne!(value("k", "mei"), value("other", "mei"));
        assert_ne!(value("k", "mei"), value("k", "ci"));
    }
}
