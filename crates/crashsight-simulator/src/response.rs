//! Plain HTTP answers: JSON, text, and the error page of Spring Boot.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;

use crate::calendar;

/// `{timestamp,status,error,message,path}`: the error page of Spring Boot.
pub(crate) fn spring_page(status: u16, path: &str, now_ms: i64) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let error = status.canonical_reason().unwrap_or("Error");
    let message = match status.as_u16() {
        400 => "JSON parse error: Unexpected character",
        404 => "No message available",
        405 => "Request method not supported",
        _ => error,
    };
    let page = serde_json::json!({
        "timestamp": calendar::utc_text(now_ms),
        "status": status.as_u16(),
        "error": error,
        "message": message,
        "path": path,
    });
    json(status, &page)
}

pub(crate) fn json(status: StatusCode, body: &Value) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json;charset=UTF-8")];
    (status, kind, body.to_string()).into_response()
}

pub(crate) fn text(status: StatusCode, body: &'static str) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/plain;charset=UTF-8")];
    (status, kind, body).into_response()
}
