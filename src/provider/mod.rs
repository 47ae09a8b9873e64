//! The services' manners: base address, signature, envelope, pace. Knows no operation.

mod agora;
mod body;
mod crashsight;
mod getui;

use jiff::Timestamp;
use serde_json::Value;

use crate::failure::Failure;
use crate::project::Account;
use crate::secret::Secret;
use crate::wire::{Answer, ProviderId, Rate, Request, Signed, Token};

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
    fn open(
        &self,
        account: &Account,
        answer: &mut Answer,
        now: Timestamp,
    ) -> Result<Value, Failure>;

    /// How a token is got, where the service wants one with every call.
    fn login(&self) -> Option<&'static dyn Login> {
        None
    }
}

/// How a service trades a signature for a token. When that happens is `session`'s to say.
pub trait Login: Sync {
    /// The request that asks for a token.
    fn ask(&self, account: &Account, now: Timestamp) -> Result<Signed, Failure>;

    /// The token that came, or why none did.
    fn read(
        &self,
        account: &Account,
        answer: &mut Answer,
        now: Timestamp,
    ) -> Result<Token, Failure>;

    /// Puts the token on a request.
    fn show(&self, signed: &mut Signed, token: &Secret);

    /// Whether an answer says that the token does not hold any more.
    fn refused(&self, answer: &Answer) -> bool;
}

/// The manners of a service.
pub fn of(id: ProviderId) -> &'static dyn Provider {
    match id {
        ProviderId::CrashSight => &crashsight::CrashSight,
        ProviderId::Agora => &agora::Agora,
        ProviderId::Getui => &getui::Getui,
    }
}

/// An account whose credentials belong to another service: a mistake of ours, not of the user.
fn foreign(account: &Account) -> Failure {
    Failure::unreadable(anyhow::anyhow!(
        "account `{}` was asked for another service than its own",
        account.name
    ))
}
