//! Error responses outside of MCP: a status and one sentence.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};

/// A response as an error. Boxed, because a response is much larger than the usual success values.
pub(super) struct ErrorResponse(Box<Response>);

impl From<Response> for ErrorResponse {
    fn from(response: Response) -> Self {
        Self(Box::new(response))
    }
}

impl ErrorResponse {
    pub(super) fn response(self) -> Response {
        *self.0
    }
}

/// Plain text.
pub(super) fn text(status: StatusCode, words: impl Into<String>) -> Response {
    let mut response = Response::new(Body::from(format!("{}\n", words.into())));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}

/// A JSON-RPC error; `id` is null when the request could not be parsed.
pub(super) fn json_rpc(status: StatusCode, code: i32, words: &str, id: &Value) -> Response {
    let body = json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": words}});
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
}

/// 404.
pub(super) fn not_found() -> Response {
    text(StatusCode::NOT_FOUND, "not found; use /mcp")
}

/// 405.
pub(super) fn method_not_allowed(allowed: &'static str) -> Response {
    let mut response = text(
        StatusCode::METHOD_NOT_ALLOWED,
        format!("method not allowed; use {allowed}"),
    );
    response
        .headers_mut()
        .insert(header::ALLOW, HeaderValue::from_static(allowed));
    response
}

/// 503 during shutdown.
pub(super) fn shutting_down() -> Response {
    let mut response = text(StatusCode::SERVICE_UNAVAILABLE, "server is shutting down");
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    response
}
