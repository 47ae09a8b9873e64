//! Metadata of the resource (RFC 9728), and the responses that point clients to it (RFC 6750).

use std::fmt::Write as _;

use axum::body::Body;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::Response;
use serde_json::json;

use super::scopes::{READ, WRITE};
use super::settings::OAuthSettings;
use crate::http::error_response::{self, ErrorResponse, text};

/// The path of the metadata; the path of the resource may follow.
const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

/// Responses that say what is missing and where to get it.
pub(in crate::http) struct Challenges {
    metadata: String,
    /// The path of the resource, without a final slash.
    path: String,
    metadata_url: String,
    scopes: Vec<&'static str>,
}

impl Challenges {
    /// `writes` is whether any tool of this server writes.
    pub(super) fn new(settings: &OAuthSettings, writes: bool) -> Self {
        let scopes = if writes {
            vec![READ, WRITE]
        } else {
            vec![READ]
        };
        let uri = settings.resource.parse::<Uri>().unwrap_or_default();
        let path = uri.path().trim_end_matches('/').to_owned();
        let origin = match (uri.scheme_str(), uri.authority()) {
            (Some(scheme), Some(authority)) => format!("{scheme}://{authority}"),
            _ => String::new(),
        };
        let metadata = json!({
            "resource": settings.resource,
            "resource_name": "CrashSight",
            "authorization_servers": [settings.issuer],
            "scopes_supported": scopes,
            "bearer_methods_supported": ["header"],
        });
        Self {
            metadata: metadata.to_string(),
            metadata_url: format!("{origin}{WELL_KNOWN}{path}"),
            path,
            scopes,
        }
    }

    /// Whether the metadata is served at this path.
    pub(in crate::http) fn is_metadata(&self, path: &str) -> bool {
        path.strip_prefix(WELL_KNOWN)
            .is_some_and(|rest| rest.is_empty() || rest == "/" || rest == self.path)
    }

    /// The metadata.
    pub(in crate::http) fn metadata(&self, method: &Method) -> Response {
        if method != Method::GET {
            return error_response::method_not_allowed("GET");
        }
        let mut response = Response::new(Body::from(self.metadata.clone()));
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("max-age=3600"),
        );
        response
    }

    /// 401: no token was sent.
    pub(in crate::http) fn missing_token(&self) -> ErrorResponse {
        self.respond(
            StatusCode::UNAUTHORIZED,
            "missing access token: see the metadata in `WWW-Authenticate`",
            &[("scope", &self.scopes.join(" "))],
        )
    }

    /// 401: the token is not accepted. `reason` has nothing of the token.
    pub(in crate::http) fn invalid_token(&self, reason: &str) -> ErrorResponse {
        self.respond(
            StatusCode::UNAUTHORIZED,
            &format!("invalid access token: {reason}"),
            &[
                ("error", "invalid_token"),
                ("error_description", reason),
                ("scope", &self.scopes.join(" ")),
            ],
        )
    }

    /// 403: the token is valid and lacks a scope; `needed` are all scopes to ask for.
    pub(in crate::http) fn insufficient_scope(&self, needed: &[&str]) -> ErrorResponse {
        let scope = needed.join(" ");
        self.respond(
            StatusCode::FORBIDDEN,
            &format!("the access token lacks a scope: {scope}"),
            &[("error", "insufficient_scope"), ("scope", &scope)],
        )
    }

    /// 503: the keys of the issuer are not known.
    pub(super) fn keys_unavailable() -> ErrorResponse {
        let mut response = text(
            StatusCode::SERVICE_UNAVAILABLE,
            "the keys of the OAuth issuer cannot be fetched: see the log",
        );
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
        response.into()
    }

    fn respond(
        &self,
        status: StatusCode,
        words: &str,
        parameters: &[(&str, &str)],
    ) -> ErrorResponse {
        let mut challenge = format!(
            "Bearer realm=\"crashsight-mcp\", resource_metadata=\"{}\"",
            self.metadata_url
        );
        for (name, value) in parameters {
            // Writing to a `String` cannot fail.
            let _ = write!(challenge, ", {name}=\"{value}\"");
        }
        let mut response = text(status, words);
        if let Ok(challenge) = HeaderValue::from_str(&challenge) {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, challenge);
        }
        response.into()
    }
}
