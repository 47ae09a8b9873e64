//! `/healthz`, `/readyz` and `/metrics`.

use std::sync::Arc;

use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;

use super::error_response::{self, text};
use super::identity::Identities;
use super::sse::Streams;
use crate::metrics::{CONTENT_TYPE, Gauges};
use crate::tools::Toolbox;

/// The process is alive.
pub(super) fn health() -> Response {
    text(StatusCode::OK, "ok")
}

/// The server is not shutting down, has credentials, and can reach out.
pub(super) fn ready(serving: bool, own: Option<&Toolbox>) -> Response {
    if !serving {
        return text(StatusCode::SERVICE_UNAVAILABLE, "shutting down");
    }
    let has_credentials = own.is_none_or(|own| {
        let accounts = &own.upstream().projects().accounts;
        accounts.iter().any(|account| account.credentials.is_ok())
    });
    if !has_credentials {
        return text(
            StatusCode::SERVICE_UNAVAILABLE,
            "no account has credentials",
        );
    }
    let connected = own.is_none_or(|own| own.upstream().connect().is_ok());
    if connected {
        text(StatusCode::OK, "ready")
    } else {
        text(
            StatusCode::SERVICE_UNAVAILABLE,
            "the HTTP client cannot be built: see the log",
        )
    }
}

/// Counters in the Prometheus text format. Identities from request headers are only counted.
pub(super) fn metrics(
    method: &Method,
    toolbox: &Toolbox,
    identities: &Identities,
    streams: Option<&Streams>,
    with_accounts: bool,
) -> Response {
    if method != Method::GET {
        return error_response::method_not_allowed("GET");
    }
    let store = toolbox.upstream().store().status();
    let mut gauges = Gauges {
        identities: identities.count(),
        sse_streams: streams.map_or(0, Streams::count),
        store_up: store.unavailable.is_none(),
        store_outages: store.outages,
        ..Gauges::default()
    };
    if with_accounts && identities.are_configured() {
        let all = toolbox.upstream().remaining_by_account();
        gauges.budget_left = all
            .map(|(account, left)| (Arc::clone(&account.name), account.provider.as_str(), left))
            .collect();
    }
    let mut response = text(StatusCode::OK, toolbox.upstream().metrics().text(gauges));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
    response
}
