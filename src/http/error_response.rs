//! Answers that are no MCP reply: a status, and one sentence that says what to change.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};

/// An answer in the place of an error; boxed, for it is much larger than what it stands beside.
pub(super) struct Refused(Box<Response>);

impl From<Response> for Refused {
    fn from(response: Response) -> Self {
        Self(Box::new(response))
    }
}

impl Refused {
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

/// A JSON-RPC error to a request of which at most the id is known.
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

/// No such path.
pub(super) fn nowhere() -> Response {
    text(
        StatusCode::NOT_FOUND,
        "nothing is here: the MCP endpoint is /mcp",
    )
}

/// Another method is meant.
pub(super) fn method(allowed: &'static str) -> Response {
    let mut response = text(
        StatusCode::METHOD_NOT_ALLOWED,
        format!("this path takes {allowed}"),
    );
    response
        .headers_mut()
        .insert(header::ALLOW, HeaderValue::from_static(allowed));
    response
}

/// The server is about to end.
pub(super) fn ending() -> Response {
    let mut response = text(StatusCode::SERVICE_UNAVAILABLE, "the server is ending");
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    response
}
