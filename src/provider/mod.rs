//! The services' manners: base address, signature, envelope, pace. Knows no operation.

mod crashsight;

use jiff::Timestamp;
use serde_json::Value;

use crate::failure::Failure;
use crate::project::Account;
use crate::wire::{Answer, ProviderId, Rate, Request, Signed};

pub use crashsight::signature;

/// What every service must be able to do.
pub trait Provider: Sync {
    /// Limits of an account over all its operations.
    fn rates(&self) -> &'static [Rate];

    /// Makes a request ready to leave at `now`; `id` goes into its `stamp` field.
    fn sign(
        &self,
        account: &Account,
        request: &Request,
        now: Timestamp,
        id: &str,
    ) -> Result<Signed, Failure>;

    /// Opens an answer's envelope, or says in words why there is nothing in it.
    fn open(&self, account: &Account, answer: &Answer, now: Timestamp) -> Result<Value, Failure>;
}

/// The manners of a service.
pub fn of(id: ProviderId) -> &'static dyn Provider {
    match id {
        ProviderId::CrashSight => &crashsight::CrashSight,
    }
}
