//! Logins, and the tokens that they return.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::json;

use super::reply::Answer;
use crate::accounts::{GETUI_APP_KEY, GETUI_MASTER_SECRET};
use crate::digests::sha256_hex;
use crate::hash_random::hash;
use crate::params::Params;

/// How long a token is valid, in milliseconds.
const LIFETIME_MS: i64 = 86_400_000;
/// How far a caller's clock may be off, in milliseconds.
const CLOCK_TOLERANCE_MS: i64 = 600_000;

/// The valid tokens, and when they expire.
#[derive(Default)]
pub(crate) struct Tokens(Mutex<Issued>);

#[derive(Default)]
struct Issued {
    expiry_ms: HashMap<String, i64>,
    logins: u64,
}

impl Tokens {
    /// Ends every token.
    pub(crate) fn revoke(&self) {
        self.lock().expiry_ms.clear();
    }

    /// Logins granted so far.
    pub(crate) fn logins(&self) -> u64 {
        self.lock().logins
    }

    /// Whether a token is valid at this time.
    pub(crate) fn is_valid(&self, token: &str, now_ms: i64) -> bool {
        let issued = self.lock();
        issued
            .expiry_ms
            .get(token)
            .is_some_and(|until| now_ms < *until)
    }

    /// Ends one token.
    pub(crate) fn remove(&self, token: &str) {
        self.lock().expiry_ms.remove(token);
    }

    /// Checks the sign and returns a new token.
    pub(crate) fn login(&self, params: &Params, now_ms: i64) -> Answer {
        let text = |name| params.text(name).unwrap_or_default();
        let timestamp = text("timestamp");
        let expected = sha256_hex(&format!("{GETUI_APP_KEY}{timestamp}{GETUI_MASTER_SECRET}"));
        let in_time = timestamp
            .parse::<i64>()
            .is_ok_and(|sent| sent.abs_diff(now_ms) < CLOCK_TOLERANCE_MS.unsigned_abs());
        if text("appkey") != GETUI_APP_KEY || text("sign") != expected || !in_time {
            return Err((400, 20001, "sign is invalid"));
        }
        let mut issued = self.lock();
        issued.logins += 1;
        let token = format!(
            "{:016x}{:016x}",
            hash([issued.logins, now_ms.unsigned_abs()]),
            hash([issued.logins, 17])
        );
        let until = now_ms + LIFETIME_MS;
        issued.expiry_ms.insert(token.clone(), until);
        Ok(json!({"expire_time": until.to_string(), "token": token}))
    }

    fn lock(&self) -> MutexGuard<'_, Issued> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
