//! From the socket to an operation: faults, signature, quota, routing, and back with a `Date`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Query, Request};
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::agora;
use super::auth::{self, Quota};
use super::crashsight::{self, Operation};
use super::endpoint_limits::EndpointCounter;
use super::faults::{Fault, Faults};
use super::getui;
use super::params::Params;
use super::triage::Tags;
use super::world::World;
use super::{Options, calendar, fault_injection};

/// The largest body that is read; the operations' own are a few hundred bytes.
const BODY_LIMIT: usize = 1 << 20;

/// What all requests of one simulator share.
pub(super) struct State {
    pub(super) faults: Faults,
    pub(super) tokens: getui::Tokens,
    passed: EndpointCounter,
    options: Options,
    quota: Quota,
    tags: Tags,
    calls: AtomicU64,
}

impl State {
    pub(super) fn new(options: Options) -> Self {
        Self {
            faults: Faults::default(),
            tokens: getui::Tokens::default(),
            passed: EndpointCounter::default(),
            quota: Quota::new(options.quota),
            tags: Tags::default(),
            calls: AtomicU64::new(0),
            options,
        }
    }

    pub(super) fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the simulator stands in for a service with a clock of its own"
    )]
    fn now_ms(&self) -> i64 {
        self.options
            .now
            .unwrap_or_else(Timestamp::now)
            .as_millisecond()
    }
}

/// Every path leads to [`serve`]: the vendor's paths carry arguments, so they are taken apart there.
pub(super) fn router(state: Arc<State>) -> Router {
    Router::new().fallback(move |request: Request| {
        let state = Arc::clone(&state);
        async move { serve(&state, request).await }
    })
}

async fn serve(state: &State, request: Request) -> Response {
    state.calls.fetch_add(1, Ordering::Relaxed);
    let fault = state.faults.next();
    if !state.options.latency.is_zero() {
        tokio::time::sleep(state.options.latency).await;
    }
    if let Some(Fault::Delay(delay)) = &fault {
        tokio::time::sleep(*delay).await;
    }
    let now_ms = state.now_ms();
    let mut response = match fault {
        Some(fault) if fault.replaces() => {
            fault_injection::instead(fault, request.uri().path(), now_ms)
        }
        Some(fault) => fault_injection::after(fault, answer(state, request, now_ms).await).await,
        None => answer(state, request, now_ms).await,
    };
    let skew_ms = fault_injection::take_skew_ms(&mut response);
    if let Ok(date) = HeaderValue::from_str(&calendar::http_date(now_ms + skew_ms)) {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

async fn answer(state: &State, request: Request, now_ms: i64) -> Response {
    let (head, body) = request.into_parts();
    let path = head.uri.path().to_owned();
    let spring = |status: u16| spring_page(status, &path, now_ms);
    if let Some(status) = state.faults.closed(head.method.as_str(), &path) {
        return spring(status);
    }
    let mut params = Params::default();
    params.add_query(query_pairs(&head.uri));
    if agora::serves(&path) || getui::serves(&path) {
        return companion(state, &head, &path, params, body, now_ms).await;
    }
    if let Err(reason) = auth::verify(&params, now_ms.div_euclid(1000)) {
        return text(StatusCode::UNAUTHORIZED, reason);
    }
    if !state.quota.admit(Instant::now()) {
        return text(
            StatusCode::TOO_MANY_REQUESTS,
            "too many requests, try again later",
        );
    }
    let (operation, segments) = match route(&head.method, &path) {
        Ok(found) => found,
        Err(status) => return spring(status),
    };
    if !params.add_segments(&segments) {
        return spring(404);
    }
    if head.method == Method::POST {
        match read_json(body).await {
            Some(fields) => params.add_body(fields),
            None => return spring(400),
        }
    }
    let world = World::new(state.options.seed, now_ms);
    match crashsight::answer(operation, &params, world, &state.tags) {
        Ok(body) => json_response(StatusCode::OK, &body),
        Err(crashsight::Forbidden) => text(StatusCode::FORBIDDEN, "Forbidden"),
    }
}

/// Agora and Getui: other credentials, other envelopes.
async fn companion(
    state: &State,
    head: &axum::http::request::Parts,
    path: &str,
    mut params: Params,
    body: Body,
    now_ms: i64,
) -> Response {
    if head.method == Method::POST
        && let Some(fields) = read_json(body).await
    {
        params.add_body(fields);
    }
    let world = World::new(state.options.seed, now_ms);
    let passed = state.options.quota.is_some().then_some(&state.passed);
    let (status, body) = if agora::serves(path) {
        agora::answer(&head.method, path, &head.headers, &params, world, passed)
    } else {
        let segments: Vec<String> = path.split('/').skip(2).filter_map(decode).collect();
        let ask = getui::Ask {
            method: &head.method,
            segments: &segments,
            headers: &head.headers,
            params: &params,
        };
        getui::answer(&ask, world, &state.tokens, passed)
    };
    json_response(status, &body)
}

/// The operation and the arguments in its path, or the status of the refusal.
fn route(method: &Method, path: &str) -> Result<(&'static Operation, Vec<String>), u16> {
    let rest = path.strip_prefix("/uniform/openapi/").ok_or(404_u16)?;
    let mut segments = rest
        .split('/')
        .map(decode)
        .collect::<Option<Vec<_>>>()
        .ok_or(400_u16)?;
    // The seeds print a slash before the query of the platform operations; both spellings work.
    if segments.last().is_some_and(String::is_empty) {
        segments.pop();
    }
    if segments.is_empty() {
        return Err(404);
    }
    let arguments = segments.split_off(1);
    let operation = segments
        .first()
        .and_then(|name| crashsight::by_name(name))
        .ok_or(404_u16)?;
    let names: Vec<&str> = arguments.iter().step_by(2).map(String::as_str).collect();
    let mut forms = operation
        .forms
        .iter()
        .filter(|form| form.names == names)
        .peekable();
    if forms.peek().is_none() {
        return Err(404);
    }
    if forms.any(|form| form.method == method.as_str()) {
        Ok((operation, arguments))
    } else {
        Err(405)
    }
}

async fn read_json(body: Body) -> Option<Value> {
    let bytes: Bytes = axum::body::to_bytes(body, BODY_LIMIT).await.ok()?;
    serde_json::from_slice(&bytes).ok()
}

fn query_pairs(uri: &Uri) -> Vec<(String, String)> {
    Query::try_from_uri(uri)
        .map(|Query(pairs)| pairs)
        .unwrap_or_default()
}

/// Percent-decoding of one path segment.
fn decode(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte == b'%' {
            let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = rest.get(2..)?;
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// `{timestamp,status,error,message,path}`, as Spring Boot answers what it has no handler for.
pub(super) fn spring_page(status: u16, path: &str, now_ms: i64) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let error = status.canonical_reason().unwrap_or("Error");
    let message = match status.as_u16() {
        400 => "JSON parse error: Unexpected character",
        404 => "No message available",
        405 => "Request method not supported",
        _ => error,
    };
    let page = json!({
        "timestamp": calendar::utc_text(now_ms),
        "status": status.as_u16(),
        "error": error,
        "message": message,
        "path": path,
    });
    json_response(status, &page)
}

fn json_response(status: StatusCode, body: &Value) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json;charset=UTF-8")];
    (status, kind, body.to_string()).into_response()
}

pub(super) fn text(status: StatusCode, body: &'static str) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/plain;charset=UTF-8")];
    (status, kind, body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_decoded_or_refused() {
        assert_eq!(decode("A2%3A84").as_deref(), Some("A2:84"));
        assert_eq!(decode("%E4%B8%AD").as_deref(), Some("中"));
        assert_eq!(decode("%4"), None);
        assert_eq!(decode("%zz"), None);
    }

    #[test]
    fn unknown_paths_and_methods_are_told_apart() {
        let cases = [
            (Method::POST, "/uniform/openapi/crashDoc", Ok("crashDoc")),
            (Method::DELETE, "/uniform/openapi/crashDoc", Err(405)),
            (Method::GET, "/uniform/openapi/getTopIssueEx", Err(405)),
            (Method::GET, "/uniform/openapi/nothing", Err(404)),
            (Method::POST, "/uniform/openapi/crashDoc/x/1", Err(404)),
            (Method::GET, "/", Err(404)),
        ];
        for (method, path, expected) in cases {
            let found = route(&method, path).map(|(operation, _)| operation.name);
            assert_eq!(found, expected, "{method} {path}");
        }
    }
}
