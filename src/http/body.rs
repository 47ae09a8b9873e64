//! Reads request bodies with limits on size and time, and parses them as JSON-RPC messages.

use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::Response;
use futures_util::StreamExt as _;
use serde_json::Value;

use super::error_response::{self, ErrorResponse, json_rpc, text};
use super::state::HttpState;
use crate::upstream::value_count::ValueCount;

/// The largest accepted message. Arguments are a few hundred bytes, a pasted stack a few thousand.
const MAX_BYTES: usize = 1 << 20;
/// The most values of a message: as many lists of nothing in a large one would take a hundred times its bytes.
const MAX_VALUES: usize = 1 << 14;
/// Bytes that are drained from a rejected request, so that a client that is still sending receives the response.
const MAX_DRAINED: usize = 16 << 20;
/// Time limit for a complete body.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);

/// JSON-RPC error codes.
const PARSE_ERROR: i32 = -32700;
pub(super) const INVALID_REQUEST: i32 = -32600;

/// A message, unparsed and as JSON.
pub(super) struct Message {
    pub(super) bytes: Bytes,
    pub(super) json: Value,
}

impl Message {
    /// The id, or null for a notification.
    pub(super) fn id(&self) -> Value {
        self.json.get("id").cloned().unwrap_or_default()
    }
}

/// Reads a JSON-RPC message.
pub(super) async fn read(
    state: &HttpState,
    headers: &HeaderMap,
    body: Body,
) -> Result<Message, ErrorResponse> {
    if !is_json(headers) {
        drain(body);
        return Err(text(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported content type: send application/json",
        )
        .into());
    }
    let timeout = |_| Err(text(StatusCode::REQUEST_TIMEOUT, "request timeout").into());
    // At shutdown a body that is not complete soon is not waited for.
    let draining = async {
        state.draining.cancelled().await;
        tokio::time::sleep(DRAIN_TIMEOUT).await;
    };
    let bytes = tokio::select! {
        read = tokio::time::timeout(READ_TIMEOUT, collect(body)) => read.unwrap_or_else(timeout)?,
        () = draining => return Err(error_response::shutting_down().into()),
    };
    let reject = |code, words: &str| {
        Err(json_rpc(StatusCode::BAD_REQUEST, code, words, &Value::Null).into())
    };
    let mut values = ValueCount::default();
    values.add(&bytes);
    if values.units() > MAX_VALUES {
        let words = format!("the body is not read: it has more than {MAX_VALUES} values");
        return reject(PARSE_ERROR, &words);
    }
    let json: Value = match serde_json::from_slice(&bytes) {
        Ok(json) => json,
        Err(error) => return reject(PARSE_ERROR, &format!("the body is not JSON: {error}")),
    };
    match &json {
        Value::Array(_) => reject(INVALID_REQUEST, "batch requests are not supported"),
        Value::Object(fields) if fields.get("jsonrpc") == Some(&Value::from("2.0")) => {
            Ok(Message { bytes, json })
        }
        _ => reject(
            INVALID_REQUEST,
            "a message must be an object with `jsonrpc`: \"2.0\"",
        ),
    }
}

/// Rejects a request at once; its body is drained meanwhile.
pub(super) fn reject_and_drain(request: Request<Body>, response: Response) -> Response {
    drain(request.into_body());
    response
}

/// Reads and drops a body in the background: a connection that is closed while its client is sending loses the response.
fn drain(body: Body) {
    drain_stream(body.into_data_stream());
}

fn drain_stream(mut chunks: BodyDataStream) {
    tokio::spawn(async move {
        let mut length = 0_usize;
        let read = async {
            while let Some(Ok(chunk)) = chunks.next().await {
                length += chunk.len();
                if length > MAX_DRAINED {
                    break;
                }
            }
        };
        // A slow client does not get more time.
        let _ = tokio::time::timeout(DRAIN_TIMEOUT, read).await;
    });
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

async fn collect(body: Body) -> Result<Bytes, ErrorResponse> {
    let mut chunks = body.into_data_stream();
    let mut read = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk
            .map_err(|_| ErrorResponse::from(text(StatusCode::BAD_REQUEST, "incomplete body")))?;
        if read.len() + chunk.len() > MAX_BYTES {
            drain_stream(chunks);
            return Err(text(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("message too large: at most {MAX_BYTES} bytes"),
            )
            .into());
        }
        read.extend_from_slice(&chunk);
    }
    Ok(read.into())
}
