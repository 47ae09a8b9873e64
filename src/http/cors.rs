//! CORS headers for allowed browser origins.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use super::{credential_headers, error_response};

/// The allowed cross-origin request, if it is one.
pub(super) struct Cors(Option<HeaderValue>);

/// Headers that pages may send, in addition to the credential headers.
const ALLOWED_HEADERS: &[&str] = &[
    "Authorization",
    "Content-Type",
    "Accept",
    "MCP-Protocol-Version",
    "Mcp-Method",
    "Mcp-Name",
    "X-Request-Id",
];

impl Cors {
    /// Not a cross-origin request.
    pub(super) fn same_origin() -> Self {
        Self(None)
    }

    /// A request from an allowed origin.
    pub(super) fn from_origin(origin: &str) -> Self {
        Self(HeaderValue::from_str(origin).ok())
    }

    /// Adds the CORS headers to a response.
    pub(super) fn allow(self, mut response: Response) -> Response {
        if let Some(origin) = self.0 {
            let headers = response.headers_mut();
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(
                header::ACCESS_CONTROL_EXPOSE_HEADERS,
                HeaderValue::from_static("x-request-id, www-authenticate"),
            );
            headers.append(header::VARY, HeaderValue::from_static("origin"));
        }
        response
    }

    /// The response to a preflight request.
    pub(super) fn preflight(self) -> Response {
        if self.0.is_none() {
            return error_response::method_not_allowed("GET, POST");
        }
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_METHODS,
            HeaderValue::from_static("GET, POST"),
        );
        let allowed = [ALLOWED_HEADERS, credential_headers::HEADERS]
            .concat()
            .join(", ");
        if let Ok(allowed) = HeaderValue::from_str(&allowed) {
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, allowed);
        }
        headers.insert(
            header::ACCESS_CONTROL_MAX_AGE,
            HeaderValue::from_static("600"),
        );
        self.allow(response)
    }
}
