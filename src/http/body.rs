//! Reads what a client posts: bounded in bytes and time, and a JSON-RPC message or a refusal.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::Response;
use futures_util::StreamExt as _;
use serde_json::Value;

use super::error_response::{Refused, json_rpc, text};

/// The largest message: arguments are a few hundred bytes, a pasted stack a few thousand.
const MOST_BYTES: usize = 1 << 20;
/// Read beyond that and thrown away, so that a client that is still sending gets to read its refusal.
const MOST_DISCARDED: usize = 16 << 20;
/// The time in which a message must have come.
const PATIENCE: Duration = Duration::from_secs(30);

const DISCARD_PATIENCE: Duration = Duration::from_secs(5);

/// JSON-RPC's own codes.
const PARSE_ERROR: i32 = -32700;
pub(super) const INVALID_REQUEST: i32 = -32600;

/// A message as it came, and as JSON.
pub(super) struct Message {
    pub(super) bytes: Bytes,
    pub(super) json: Value,
}

impl Message {
    /// The id of the request that this is, if it is one.
    pub(super) fn id(&self) -> Value {
        self.json.get("id").cloned().unwrap_or_default()
    }
}

/// Reads a message of this content type.
pub(super) async fn read(headers: &HeaderMap, body: Body) -> Result<Message, Refused> {
    if !is_json(headers) {
        discard(body).await;
        return Err(text(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the content type is application/json",
        )
        .into());
    }
    let bytes = tokio::time::timeout(PATIENCE, collect(body))
        .await
        .unwrap_or_else(|_| {
            Err(text(StatusCode::REQUEST_TIMEOUT, "the body did not come in time").into())
        })?;
    let refuse = |code, words: &str| {
        Err(json_rpc(StatusCode::BAD_REQUEST, code, words, &Value::Null).into())
    };
    let json: Value = match serde_json::from_slice(&bytes) {
        Ok(json) => json,
        Err(error) => return refuse(PARSE_ERROR, &format!("the body is not JSON: {error}")),
    };
    match &json {
        Value::Array(_) => refuse(
            INVALID_REQUEST,
            "a message is one object: batches are no part of the protocol",
        ),
        Value::Object(fields) if fields.get("jsonrpc") == Some(&Value::from("2.0")) => {
            Ok(Message { bytes, json })
        }
        _ => refuse(
            INVALID_REQUEST,
            "a message is an object with `jsonrpc`: \"2.0\"",
        ),
    }
}

/// Refuses a request whose body nobody reads. A client that is still sending gets to read why.
pub(super) async fn turn_away(request: Request<Body>, response: Response) -> Response {
    discard(request.into_body()).await;
    response
}

async fn discard(body: Body) {
    let mut chunks = body.into_data_stream();
    let mut length = 0_usize;
    let read = async {
        while let Some(Ok(chunk)) = chunks.next().await {
            length += chunk.len();
            if length > MOST_DISCARDED {
                break;
            }
        }
    };
    // Whoever sends slowly has heard nothing yet that is worth a longer wait.
    let _ = tokio::time::timeout(DISCARD_PATIENCE, read).await;
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

async fn collect(body: Body) -> Result<Bytes, Refused> {
    let mut chunks = body.into_data_stream();
    let mut read = Vec::new();
    let mut length = 0_usize;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| {
            Refused::from(text(
                StatusCode::BAD_REQUEST,
                "the body broke off or is no body",
            ))
        })?;
        length += chunk.len();
        if length > MOST_DISCARDED {
            break;
        }
        if length <= MOST_BYTES {
            read.extend_from_slice(&chunk);
        }
    }
    if length > MOST_BYTES {
        return Err(text(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("a message has at most {MOST_BYTES} bytes"),
        )
        .into());
    }
    Ok(read.into())
}
