//! Authentication and quota: the user-level signature and the sliding minute.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::accounts::{API_KEY, USER_ID};
use crate::digests::{base64, hmac_sha256_hex};
use crate::params::Params;

/// Seconds by which the caller's clock may be off.
const CLOCK_TOLERANCE: i64 = 300;
/// The span over which calls are counted.
const MINUTE: Duration = Duration::from_secs(60);

/// Checks `userSecret`, `localUserId` and `t`; the error is the body of the 401.
///
/// The base64 is over the hexadecimal text, not over the 32 bytes (docs/vendor/crashsight.md §2).
pub(crate) fn verify(query: &Params, now_seconds: i64) -> Result<(), &'static str> {
    let user = query.text("localUserId").ok_or("localUserId is missing")?;
    let given = query.text("userSecret").ok_or("userSecret is missing")?;
    let t = query.text("t").ok_or("t is missing")?;
    let seconds: i64 = t.parse().map_err(|_| "t is not a unix timestamp")?;
    if user != USER_ID {
        return Err("AuthenticationFailed: unknown user");
    }
    if (now_seconds - seconds).abs() > CLOCK_TOLERANCE {
        return Err("AuthenticationFailed: t is expired");
    }
    let digest = hmac_sha256_hex(API_KEY, &format!("{user}_{t}"));
    if base64(&digest) == given {
        Ok(())
    } else {
        Err("AuthenticationFailed: signature does not match")
    }
}

/// Calls of the last minute. There is one user, so there is one list.
pub(crate) struct Quota {
    limit: Option<u32>,
    passed: Mutex<VecDeque<Instant>>,
}

impl Quota {
    pub(crate) fn new(limit: Option<u32>) -> Self {
        Self {
            limit,
            passed: Mutex::default(),
        }
    }

    /// Whether a call at `at` is within the limit; if so it counts.
    pub(crate) fn admit(&self, at: Instant) -> bool {
        let Some(limit) = self.limit else { return true };
        let mut passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        while passed
            .front()
            .is_some_and(|first| at.duration_since(*first) >= MINUTE)
        {
            passed.pop_front();
        }
        let free = passed.len() < usize::try_from(limit).unwrap_or(usize::MAX);
        if free {
            passed.push_back(at);
        }
        free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_minute_slides() {
        let quota = Quota::new(Some(2));
        let start = Instant::now();
        assert!(quota.admit(start));
        assert!(quota.admit(start + Duration::from_secs(30)));
        assert!(!quota.admit(start + Duration::from_secs(59)));
        assert!(quota.admit(start + Duration::from_secs(60)));
        assert!(!quota.admit(start + Duration::from_secs(61)));
        assert!(quota.admit(start + Duration::from_secs(90)));
    }
}
