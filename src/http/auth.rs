//! Bearer tokens: who may call, and how much.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};

use super::error_response::{Refused, text};
use crate::project::Projects;
use crate::secret::Fingerprint;

/// A named token.
#[derive(Debug, Clone)]
pub struct Token {
    /// What the log calls its owner.
    pub name: Arc<str>,
    /// The digest of the token; the token itself is not kept.
    pub fingerprint: Fingerprint,
    /// Whether its owner may not write.
    pub read_only: bool,
    /// The only projects its owner may name; `None` is all.
    pub projects: Option<Arc<Projects>>,
}

/// The tokens that open the door; without any it stands open.
pub(super) struct BearerAuth(Vec<Token>);

impl BearerAuth {
    pub(super) fn new(tokens: Vec<Token>) -> Self {
        Self(tokens)
    }

    /// The token that a request carries. All tokens are compared, each in constant time.
    pub(super) fn check(&self, headers: &HeaderMap) -> Result<Option<&Token>, Refused> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let mut given = headers.get_all(header::AUTHORIZATION).iter();
        let (Some(value), None) = (given.next(), given.next()) else {
            return Err(unauthorized(false));
        };
        let presented = value
            .to_str()
            .ok()
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| Fingerprint::of(token.trim()));
        let Some(presented) = presented else {
            return Err(unauthorized(false));
        };
        let mut found = None;
        for token in &self.0 {
            if token.fingerprint.matches(&presented) {
                found = Some(token);
            }
        }
        found.map(Some).ok_or_else(|| unauthorized(true))
    }
}

fn unauthorized(presented: bool) -> Refused {
    let mut response = text(
        StatusCode::UNAUTHORIZED,
        if presented {
            "that bearer token is not known here"
        } else {
            "a bearer token is needed: `Authorization: Bearer …`"
        },
    );
    response.headers_mut().insert(
        header::WWW_AUTHENTICATE,
        HeaderValue::from_static(if presented {
            "Bearer realm=\"crashsight-mcp\", error=\"invalid_token\""
        } else {
            "Bearer realm=\"crashsight-mcp\""
        }),
    );
    response.into()
}
