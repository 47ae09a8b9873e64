//! OAuth 2.1 resource server: checks the access tokens of an issuer, and says to clients where to get one.
//!
//! Access tokens are JWTs (RFC 9068) signed with a key of the issuer. Opaque tokens are not supported: nothing is sent
//! to the issuer about a request.

mod challenge;
mod claims;
mod issuer_keys;
mod scopes;
mod settings;
mod signature;

use axum::http::StatusCode;
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};

use self::challenge::Challenges;
use self::claims::Claims;
use self::issuer_keys::IssuerKeys;
use super::error_response::ErrorResponse;

pub(super) use self::claims::Grant;
pub(super) use self::scopes::{READ, WRITE};
pub use self::settings::OAuthSettings;

/// Seconds that the clock of the issuer may differ from this one.
const LEEWAY_SECONDS: u64 = 30;
/// The longest token that is looked at.
const MAX_TOKEN_BYTES: usize = 16 << 10;

/// Algorithms with a public key. No other is accepted, whatever a token or a key says.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// Checks access tokens of one issuer.
pub(super) struct ResourceServer {
    settings: OAuthSettings,
    keys: IssuerKeys,
    challenges: Challenges,
}

impl ResourceServer {
    /// `writes` is whether any tool of this server writes.
    pub(super) fn new(settings: OAuthSettings, writes: bool) -> Self {
        signature::install();
        Self {
            keys: IssuerKeys::new(&settings.issuer),
            challenges: Challenges::new(&settings, writes),
            settings,
        }
    }

    /// Fetches the keys of the issuer, so that a wrong setting shows in the log before the first request.
    pub(super) async fn fetch_keys(&self) {
        self.keys.fetch_first().await;
    }

    /// The responses that name what is missing.
    pub(super) fn challenges(&self) -> &Challenges {
        &self.challenges
    }

    /// What a token grants. The response of a refusal contains nothing of the token.
    pub(super) async fn authorize(&self, token: &str) -> Result<Grant, ErrorResponse> {
        let invalid = |reason: &str| self.challenges.invalid_token(reason);
        if token.len() > MAX_TOKEN_BYTES {
            return Err(invalid("the token is too long"));
        }
        let header = decode_header(token).map_err(|_| invalid("the token is not a JWT"))?;
        if !ALGORITHMS.contains(&header.alg) {
            return Err(invalid("the algorithm is not accepted"));
        }
        if !is_access_token(header.typ.as_deref()) {
            return Err(invalid("the JWT is not an access token"));
        }
        let keys = self.keys.matching(header.kid.as_deref(), header.alg).await;
        let keys = keys.map_err(|_| Challenges::keys_unavailable())?;
        let mut reason = "the issuer has no such key";
        for key in keys {
            match decode::<Claims>(token, &key, &self.validation(header.alg)) {
                Ok(decoded) => return self.grant(decoded.claims),
                Err(error) => reason = refusal(error.kind()),
            }
        }
        Err(invalid(reason))
    }

    fn grant(&self, claims: Claims) -> Result<Grant, ErrorResponse> {
        if claims.is_bound_to_key() {
            return Err(self
                .challenges
                .invalid_token("the token is bound to a key, which is not supported"));
        }
        let grant = claims.grant(self.settings.account_claim.as_deref());
        if !grant.read && !grant.write {
            return Err(self.challenges.insufficient_scope(&[READ]));
        }
        if self.settings.account_claim.is_some() && grant.accounts.is_empty() {
            let words = "the token names no account of this server";
            return Err(super::error_response::text(StatusCode::FORBIDDEN, words).into());
        }
        Ok(grant)
    }

    fn validation(&self, algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.set_audience(&self.settings.audiences);
        validation.set_issuer(&[&self.settings.issuer]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.validate_nbf = true;
        validation.leeway = LEEWAY_SECONDS;
        validation
    }
}

/// Whether a JWT of this type can be an access token. `JWT` and none are what issuers send that are older than RFC 9068;
/// an ID token has another audience.
fn is_access_token(typ: Option<&str>) -> bool {
    typ.is_none_or(|typ| {
        let typ = typ.to_ascii_lowercase();
        matches!(typ.trim_start_matches("application/"), "at+jwt" | "jwt")
    })
}

/// A reason that is safe to send.
fn refusal(kind: &jsonwebtoken::errors::ErrorKind) -> &'static str {
    use jsonwebtoken::errors::ErrorKind;
    match kind {
        ErrorKind::ExpiredSignature => "the token has expired",
        ErrorKind::ImmatureSignature => "the token is not valid yet",
        ErrorKind::InvalidIssuer => "the token is of another issuer",
        ErrorKind::InvalidAudience => "the token is for another audience",
        ErrorKind::MissingRequiredClaim(_) => "the token lacks one of exp, iss, aud and sub",
        ErrorKind::InvalidSignature => "the signature does not match",
        _ => "the token is malformed",
    }
}
