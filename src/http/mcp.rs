//! `/mcp`: streamable HTTP without sessions, for all supported protocol versions.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use axum::response::Response;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};

use super::identity::Identity;
use super::oauth::ResourceServer;
use super::state::HttpState;
use super::{auth, body, error_response};
use crate::telemetry::Parent;
use crate::tools::Caller;

/// Handles one message.
pub(super) async fn handle(
    state: &HttpState,
    identity: Identity,
    issuer: Option<&ResourceServer>,
    request: Request<Body>,
) -> Response {
    // Without sessions there is no GET stream, and nothing to DELETE.
    if request.method() != Method::POST {
        return error_response::method_not_allowed("POST");
    }
    if state.draining.is_cancelled() {
        return error_response::shutting_down();
    }
    let (mut head, body) = request.into_parts();
    let message = match body::read(state, &head.headers, body).await {
        Ok(message) => message,
        Err(error) => return error.response(),
    };
    if let Some(issuer) = issuer.filter(|_| needs_write_scope(&identity, &message)) {
        return auth::write_scope_required(issuer).response();
    }
    accept_json_and_sse(&mut head.headers);
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    let parent = Parent::parse(header("traceparent"), header("tracestate"));
    let server = (state.server_factory)(identity.toolbox, identity.caller).over_network(parent);
    // Host, Origin and the size of the body are already validated.
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_allowed_hosts(Vec::<String>::new())
        .with_cancellation_token(state.aborted.clone());
    let service = StreamableHttpService::new(
        move || Ok(server.clone()),
        Arc::new(NeverSessionManager::default()),
        config,
    );
    let id = message.id();
    let request = Request::from_parts(head, Body::from(message.bytes));
    let response = service.handle(request).await;
    // The content type is already validated, so rmcp could not parse the message.
    if response.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE {
        return error_response::json_rpc(
            StatusCode::BAD_REQUEST,
            body::INVALID_REQUEST,
            "not a valid MCP request, notification or response",
            &id,
        );
    }
    response.map(Body::new)
}

/// Whether a message calls a tool that writes, and its client could ask for the scope that it lacks.
fn needs_write_scope(identity: &Identity, message: &body::Message) -> bool {
    if !identity.can_ask || !identity.caller.read_only || message.json["method"] != "tools/call" {
        return false;
    }
    let writer = Caller {
        read_only: false,
        ..identity.caller.clone()
    };
    let name = message.json["params"]["name"].as_str();
    name.is_some_and(|name| identity.toolbox.is_write(&writer, name))
}

/// Replaces a missing or wildcard `Accept` (such as curl's) by the two types that the protocol requires.
fn accept_json_and_sse(headers: &mut HeaderMap) {
    let wildcard = match headers.get(header::ACCEPT).map(HeaderValue::to_str) {
        None => true,
        Some(Ok(types)) => types.split(',').any(|kind| {
            kind.split(';')
                .next()
                .is_some_and(|kind| kind.trim() == "*/*")
        }),
        Some(Err(_)) => false,
    };
    if wildcard {
        headers.insert(
            header::ACCEPT,
            HeaderValue::from_static("application/json, text/event-stream"),
        );
    }
}
