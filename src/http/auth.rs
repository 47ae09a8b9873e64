//! Authentication: bearer tokens of the tokens file, and access tokens of an OAuth issuer beside them.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};

use super::error_response::{ErrorResponse, text};
use super::oauth::{READ, ResourceServer, WRITE};
use crate::project::Projects;
use crate::secret::{Fingerprint, sha256_hex};

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
    /// Whether `projects` has the accounts that sign for it, also where others send credentials in headers.
    pub signs: bool,
}

/// What a token permits.
pub(super) struct Permissions {
    /// Its name in logs.
    pub(super) name: Arc<str>,
    /// Unique to it; also of other scopes of the same user.
    pub(super) key: String,
    pub(super) read_only: bool,
    pub(super) projects: Option<Arc<Projects>>,
    pub(super) signs: bool,
    /// Whether it is an access token, for which a client can ask for more scopes.
    pub(super) can_ask: bool,
}

impl From<&Token> for Permissions {
    fn from(token: &Token) -> Self {
        Self {
            name: Arc::clone(&token.name),
            key: token.name.to_string(),
            read_only: token.read_only,
            projects: token.projects.clone(),
            signs: token.signs,
            can_ask: false,
        }
    }
}

/// Finds what the token of a request permits. Without tokens and an issuer, requests need no authentication.
pub(super) async fn authenticate(
    tokens: &[Token],
    issuer: Option<&ResourceServer>,
    all: &Projects,
    headers: &HeaderMap,
) -> Result<Option<Permissions>, ErrorResponse> {
    if tokens.is_empty() && issuer.is_none() {
        return Ok(None);
    }
    let Some(presented) = bearer(headers) else {
        return Err(issuer.map_or_else(
            || unauthorized(false),
            |issuer| issuer.challenges().missing_token(),
        ));
    };
    if let Some(token) = find(tokens, presented) {
        return Ok(Some(token.into()));
    }
    match issuer {
        None => Err(unauthorized(true)),
        Some(issuer) => access_token(issuer, all, presented).await.map(Some),
    }
}

/// The one bearer token of a request.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return None;
    };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}

/// All tokens are compared, each in constant time.
fn find<'a>(tokens: &'a [Token], presented: &str) -> Option<&'a Token> {
    let presented = Fingerprint::of(presented);
    let mut found = None;
    for token in tokens {
        if token.fingerprint.matches(&presented) {
            found = Some(token);
        }
    }
    found
}

async fn access_token(
    issuer: &ResourceServer,
    all: &Projects,
    presented: &str,
) -> Result<Permissions, ErrorResponse> {
    let grant = issuer.authorize(presented).await?;
    let signs = !grant.accounts.is_empty();
    let mut view = None;
    if signs {
        let signed = all.signed_by(&grant.accounts).map_err(|_| {
            let words = "the token names an account that this server does not have";
            ErrorResponse::from(text(StatusCode::FORBIDDEN, words))
        })?;
        view = Some(signed);
    }
    if let Some(names) = &grant.projects {
        let from = view.as_ref().unwrap_or(all);
        // The issuer may serve more than this server.
        let known: Vec<String> = names
            .iter()
            .filter(|name| from.find(name).is_some())
            .cloned()
            .collect();
        let restricted = from.restrict_to(&known);
        view = Some(restricted.map_err(|_| issuer.challenges().insufficient_scope(&[READ]))?);
    }
    let rights = format!("{grant:?}");
    Ok(Permissions {
        name: format!("oauth:{}", crate::reply::inline(&grant.subject, 80)).into(),
        // Two tokens of one user may differ in scope: neither may use the streams of the other.
        key: format!("oauth {}", sha256_hex(&rights)),
        read_only: !grant.write,
        projects: view.map(Arc::new),
        signs,
        can_ask: true,
    })
}

/// 403 for a tool that writes.
pub(super) fn write_scope_required(issuer: &ResourceServer) -> ErrorResponse {
    issuer.challenges().insufficient_scope(&[READ, WRITE])
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
