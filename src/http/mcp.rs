//! `/mcp`: streamable HTTP of both eras, without sessions.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use axum::response::Response;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};

use super::identity::Identity;
use super::{FrontMatter, body, error_response};

/// Answers one message.
pub(super) async fn answer(
    front: &FrontMatter,
    identity: Identity,
    request: Request<Body>,
) -> Response {
    // There are no sessions: no stream to open beside a request, and nothing to delete.
    if request.method() != Method::POST {
        return error_response::method("POST");
    }
    if front.draining.is_cancelled() {
        return error_response::ending();
    }
    let (mut head, body) = request.into_parts();
    let message = match body::read(&head.headers, body).await {
        Ok(message) => message,
        Err(refused) => return refused.response(),
    };
    accept_both(&mut head.headers);
    let server = (front.make)(identity.toolbox, identity.caller);
    // Host and Origin were checked for all paths; the body was bounded when it was read.
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_allowed_hosts(Vec::<String>::new())
        .with_cancellation_token(front.ended.clone());
    let service = StreamableHttpService::new(
        move || Ok(server.clone()),
        Arc::new(NeverSessionManager::default()),
        config,
    );
    let id = message.id();
    let request = Request::from_parts(head, Body::from(message.bytes));
    let response = service.handle(request).await;
    // The content type was right, so what could not be read was the message.
    if response.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE {
        return error_response::json_rpc(
            StatusCode::BAD_REQUEST,
            body::INVALID_REQUEST,
            "the message is no request, notification or response of the protocol",
            &id,
        );
    }
    response.map(Body::new)
}

/// A client that takes anything takes JSON and SSE; the protocol asks for both by name, `curl` names
/// neither.
fn accept_both(headers: &mut HeaderMap) {
    let anything = match headers.get(header::ACCEPT).map(HeaderValue::to_str) {
        None => true,
        Some(Ok(types)) => types.split(',').any(|kind| {
            kind.split(';')
                .next()
                .is_some_and(|kind| kind.trim() == "*/*")
        }),
        Some(Err(_)) => false,
    };
    if anything {
        headers.insert(
            header::ACCEPT,
            HeaderValue::from_static("application/json, text/event-stream"),
        );
    }
}
