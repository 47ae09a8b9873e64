//! From the socket to an operation: faults, signature, quota, routing, and back with a `Date`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Query, Request};
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::Response;
use jiff::Timestamp;
use serde_json::Value;
use tokio::time::Instant;

use crate::agora;
use crate::auth::{self, Quota};
use crate::crashsight::{self, Operation};
use crate::endpoint_limits::EndpointCounter;
use crate::faults::{Fault, Faults};
use crate::getui;
use crate::options::Options;
use crate::params::Params;
use crate::triage::Triage;
use crate::world::World;
use crate::{calendar, compression, fault_injection, response};

/// The largest body that is read; the operations' own are a few hundred bytes.
const BODY_LIMIT: usize = 1 << 20;

/// What all requests of one simulator share.
pub(crate) struct State {
    pub(crate) faults: Faults,
    pub(crate) tokens: getui::Tokens,
    counter: EndpointCounter,
    options: Options,
    quota: Quota,
    triage: Triage,
    calls: AtomicU64,
}

impl State {
    pub(crate) fn new(options: Options) -> Self {
        Self {
            faults: Faults::new(options.faults.clone()),
            tokens: getui::Tokens::default(),
            counter: EndpointCounter::default(),
            quota: Quota::new(options.quota),
            triage: Triage::default(),
            calls: AtomicU64::new(0),
            options,
        }
    }

    pub(crate) fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// The data set at this time of the clock.
    fn world(&self, now_ms: i64) -> World {
        let offset_ms = i64::try_from(self.options.data_offset.as_millis()).unwrap_or(0);
        World::new(self.options.seed, now_ms.saturating_add(offset_ms))
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

/// [`serve`] takes every path: the vendor's paths contain arguments.
pub(crate) fn router(state: Arc<State>) -> Router {
    Router::new().fallback(move |request: Request| {
        let state = Arc::clone(&state);
        async move { serve(&state, request).await }
    })
}

async fn serve(state: &State, request: Request) -> Response {
    let number = state.calls.fetch_add(1, Ordering::Relaxed) + 1;
    let fault = state.faults.next(number);
    if !state.options.latency.is_zero() {
        tokio::time::sleep(state.options.latency).await;
    }
    if let Some(Fault::Delay(delay)) = &fault {
        tokio::time::sleep(*delay).await;
    }
    let now_ms = state.now_ms();
    let compress = state.options.compression && compression::accepted(request.headers());
    let mut response = match fault {
        Some(fault) if fault.replaces() => {
            fault_injection::instead(fault, request.uri().path(), now_ms)
        }
        Some(fault) => {
            let response = compressed(compress, answer(state, request, now_ms).await).await;
            fault_injection::after(fault, response).await
        }
        None => compressed(compress, answer(state, request, now_ms).await).await,
    };
    let skew_ms = fault_injection::take_skew_ms(&mut response);
    if let Ok(date) = HeaderValue::from_str(&calendar::http_date(now_ms + skew_ms)) {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

async fn compressed(compress: bool, response: Response) -> Response {
    if compress {
        compression::compress(response).await
    } else {
        response
    }
}

async fn answer(state: &State, request: Request, now_ms: i64) -> Response {
    let (head, body) = request.into_parts();
    let path = head.uri.path().to_owned();
    let error_page = |status: u16| response::spring_page(status, &path, now_ms);
    if let Some(status) = state.faults.disabled_status(head.method.as_str(), &path) {
        return error_page(status);
    }
    let mut params = Params::default();
    params.add_query(query_pairs(&head.uri));
    if agora::serves(&path) || getui::serves(&path) {
        return agora_getui(state, &head, &path, params, body, now_ms).await;
    }
    if let Err(reason) = auth::verify(&params, now_ms.div_euclid(1000)) {
        return response::text(StatusCode::UNAUTHORIZED, reason);
    }
    if !state.quota.admit(Instant::now()) {
        return response::text(
            StatusCode::TOO_MANY_REQUESTS,
            "too many requests, try again later",
        );
    }
    let (operation, segments) = match route(&head.method, &path) {
        Ok(found) => found,
        Err(status) => return error_page(status),
    };
    if state
        .options
        .without
        .iter()
        .any(|name| name == operation.name)
    {
        return error_page(404);
    }
    if !params.add_segments(&segments) {
        return error_page(404);
    }
    if head.method == Method::POST {
        match read_json(body).await {
            Some(fields) => params.add_body(fields),
            None => return error_page(400),
        }
    }
    let world = state.world(now_ms);
    match crashsight::answer(
        operation,
        &params,
        world,
        &state.triage,
        state.options.envelopes,
    ) {
        Ok(body) => response::json(StatusCode::OK, &body),
        Err(crashsight::Forbidden) => response::text(StatusCode::FORBIDDEN, "Forbidden"),
    }
}

/// Agora and Getui: other credentials, other envelopes.
async fn agora_getui(
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
    let world = state.world(now_ms);
    let counter = state.options.quota.is_some().then_some(&state.counter);
    let (status, body) = if agora::serves(path) {
        agora::answer(&head.method, path, &head.headers, &params, world, counter)
    } else {
        let segments: Vec<String> = path.split('/').skip(2).filter_map(decode).collect();
        let request = getui::Request {
            method: &head.method,
            segments: &segments,
            headers: &head.headers,
            params: &params,
            now_ms,
        };
        getui::answer(&request, world, &state.tokens, counter)
    };
    response::json(status, &body)
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
