//! Bearer token authentication.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};

use super::error_response::{ErrorResponse, text};
use crate::project::Projects;
use crate::secret::Fingerprint;

/// A named token.
#[derive(Debug, Clone)]
pub struct Token {
    /// Its name in logs.
    pub name: Arc<str>,
    /// The SHA-256 of the token; the token itself is not kept.
    pub fingerprint: Fingerprint,
    /// Whether tools that write are hidden and refused.
    pub read_only: bool,
    /// The projects it is restricted to; `None` is all.
    pub projects: Option<Arc<Projects>>,
}

/// Valid tokens. Without any, requests need no authentication.
pub(super) struct BearerAuth(Vec<Token>);

impl BearerAuth {
    pub(super) fn new(tokens: Vec<Token>) -> Self {
        Self(tokens)
    }

    /// Finds the token of a request. All tokens are compared, each in constant time.
    pub(super) fn authenticate(
        &self,
        headers: &HeaderMap,
    ) -> Result<Option<&Token>, ErrorResponse> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let mut values = headers.get_all(header::AUTHORIZATION).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
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

fn unauthorized(presented: bool) -> ErrorResponse {
    let mut response = text(
        StatusCode::UNAUTHORIZED,
        if presented {
            "invalid bearer token"
        } else {
            "missing bearer token: send `Authorization: Bearer …`"
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
