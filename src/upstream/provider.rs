//! What a service must be able to do: sign, unwrap, limit. Knows no operation.

use jiff::Timestamp;
use serde_json::Value;

use crate::error::Error;
use crate::project::Account;
use crate::request::{AccessToken, Rate, Request, Response, SignedRequest, encode};
use crate::secret::Secret;

/// What every service must be able to do.
pub(super) trait Provider: Sync {
    /// Limits of an account over all its operations.
    fn rates(&self) -> &'static [Rate];

    /// Signs a request for sending at `now`; `id` is the value of its nonce.
    fn sign(
        &self,
        account: &Account,
        request: &Request,
        now: Timestamp,
        id: &str,
    ) -> Result<SignedRequest, Error>;

    /// Unwraps a response's envelope, or says in words why there is nothing in it. Success needs positive
    /// evidence.
    fn parse_response(
        &self,
        account: &Account,
        response: &mut Response,
        now: Timestamp,
    ) -> Result<Value, Error>;

    /// How an access token is obtained, where the service wants one with every call.
    fn login(&self) -> Option<&'static dyn Login> {
        None
    }
}

/// How a service trades a signature for an access token.
pub(super) trait Login: Sync {
    /// The request for a token.
    fn request(&self, account: &Account, now: Timestamp) -> Result<SignedRequest, Error>;

    /// The token of the response, or why there is none.
    fn parse(
        &self,
        account: &Account,
        response: &mut Response,
        now: Timestamp,
    ) -> Result<AccessToken, Error>;

    /// Adds the token to a request.
    fn apply(&self, signed: &mut SignedRequest, token: &Secret);

    /// Whether a response says that the token is not valid any more.
    fn is_token_rejected(&self, response: &Response) -> bool;
}

/// A text of the service without the account's secrets: a gateway may echo what it was sent.
pub(super) fn redact(account: &Account, text: &str) -> String {
    let Ok(credentials) = &account.credentials else {
        return text.to_owned();
    };
    let mut out = text.to_owned();
    for secret in credentials.secrets() {
        out = without(&out, &secret);
    }
    out
}

/// A text without a secret, as it is or as part of an address.
fn without(text: &str, secret: &str) -> String {
    const HIDDEN: &str = "[secret]";
    if secret.is_empty() {
        return text.to_owned();
    }
    let out = text.replace(secret, HIDDEN);
    let encoded = encode(secret);
    if encoded == secret {
        out
    } else {
        out.replace(&encoded, HIDDEN)
    }
}

/// Removes an access token from a body that repeats it. A long body is searched as far as an error shows it; a text
/// of a few characters is no token of any service.
pub(super) fn hide_token(body: &mut Vec<u8>, token: &Secret) {
    const SEARCHED: usize = 64 << 10;
    const SHORTEST: usize = 8;
    let end = body.len().min(SEARCHED);
    let head = String::from_utf8_lossy(&body[..end]);
    if token.expose().len() >= SHORTEST && head.contains(token.expose()) {
        let clean = without(&head, token.expose());
        body.splice(..end, clean.into_bytes());
    }
}

/// An account whose credentials belong to another service: an internal error.
pub(super) fn wrong_provider(account: &Account) -> Error {
    Error::unexpected_response(anyhow::anyhow!(
        "internal error: wrong provider for account `{}`",
        account.name
    ))
}
