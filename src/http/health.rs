//! What machines ask: `/healthz`, `/readyz`, `/metrics`.

use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;

use super::FrontMatter;
use super::error_response::{self, text};
use super::identity::Identities;
use super::sse::Streams;
use crate::metrics::Page;

/// The process answers.
pub(super) fn health() -> Response {
    text(StatusCode::OK, "ok")
}

/// Calls can be answered: the server is not ending, and has credentials to sign with.
pub(super) fn ready(serving: bool, identities: &Identities) -> Response {
    if !serving {
        return text(StatusCode::SERVICE_UNAVAILABLE, "ending");
    }
    let signs = identities.own().is_none_or(|own| {
        let accounts = &own.run().projects().accounts;
        accounts.iter().any(|account| account.credentials.is_ok())
    });
    if signs {
        text(StatusCode::OK, "ready")
    } else {
        text(
            StatusCode::SERVICE_UNAVAILABLE,
            "no account has credentials",
        )
    }
}

/// Counters for Prometheus. Identities that came with a request have no row of their own.
pub(super) fn metrics(method: &Method, front: &FrontMatter, accounts: bool) -> Response {
    if method != Method::GET {
        return error_response::method("GET");
    }
    let mut page = Page::default();
    page.family(
        "budget_left",
        "gauge",
        "Calls that an account could send now without waiting.",
    );
    if let Some(own) = front.identities.own().filter(|_| accounts) {
        for (account, left) in own.run().budget_left() {
            let provider = account.provider.word();
            page.row(&[("account", &account.name), ("provider", provider)], left);
        }
    }
    page.family("identities", "gauge", "Identities that came with requests.");
    page.row(&[], front.identities.count());
    page.family("sse_streams", "gauge", "Open HTTP+SSE streams.");
    page.row(&[], front.streams.as_ref().map_or(0, Streams::count));
    let mut response = text(
        StatusCode::OK,
        front.identities.metrics().text() + &page.text,
    );
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"),
    );
    response
}
