//! The services' manners: base address, signature, envelope, pace. Knows no operation.

use super::{agora, crashsight, getui};

use jiff::Timestamp;
use serde_json::Value;

use crate::error::Error;
use crate::project::Account;
use crate::request::{AccessToken, ProviderId, Rate, Request, Response, SignedRequest};
use crate::secret::Secret;

pub use crashsight::signature;

/// What every service must be able to do.
pub trait Provider: Sync {
    /// CallLimits of an account over all its operations.
    fn rates(&self) -> &'static [Rate];

    /// Makes a request ready to leave at `now`; `id` goes into its `stamp` field.
    fn sign(
        &self,
        account: &Account,
        request: &Request,
        now: Timestamp,
        id: &str,
    ) -> Result<SignedRequest, Error>;

    /// Opens an answer's envelope, or says in words why there is nothing in it.
    fn open(
        &self,
        account: &Account,
        answer: &mut Response,
        now: Timestamp,
    ) -> Result<Value, Error>;

    /// How a token is got, where the service wants one with every call.
    fn login(&self) -> Option<&'static dyn Login> {
        None
    }
}

/// How a service trades a signature for a token. When that happens is `session`'s to say.
pub trait Login: Sync {
    /// The request that asks for a token.
    fn ask(&self, account: &Account, now: Timestamp) -> Result<SignedRequest, Error>;

    /// The token that came, or why none did.
    fn read(
        &self,
        account: &Account,
        answer: &mut Response,
        now: Timestamp,
    ) -> Result<AccessToken, Error>;

    /// Puts the token on a request.
    fn show(&self, signed: &mut SignedRequest, token: &Secret);

    /// Whether an answer says that the token does not hold any more.
    fn refused(&self, answer: &Response) -> bool;
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
pub(super) fn foreign(account: &Account) -> Error {
    Error::unexpected_response(anyhow::anyhow!(
        "account `{}` was asked for another service than its own",
        account.name
    ))
}
