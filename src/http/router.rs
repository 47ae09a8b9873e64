//! Routes a request: host check, authentication, identity, then its handler. Logs one line per request.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Request};
use axum::response::Response;
use tokio::time::Instant;

use super::host_check::HostPolicy;
use super::identity::Identities;
use super::live::{Current, Live};
use super::oauth::ResourceServer;
use super::sse::Streams;
use super::state::HttpState;
use super::{auth, body, error_response, health, mcp};
use crate::metrics::Metrics;

/// Everything that a request passes through.
pub(super) struct Router {
    pub(super) state: Arc<HttpState>,
    pub(super) host_policy: HostPolicy,
    pub(super) live: Live,
    pub(super) issuer: Option<Arc<ResourceServer>>,
    pub(super) identities: Identities,
    pub(super) streams: Option<Streams>,
}

impl Router {
    /// Requests without a response yet, on connections and on streams.
    pub(super) fn requests_in_progress(&self) -> usize {
        let streams = self.streams.as_ref();
        self.state.requests_in_progress() + streams.map_or(0, Streams::pending_requests)
    }

    /// Handles one request and logs it.
    pub(super) async fn serve(&self, peer: SocketAddr, request: Request<Body>) -> Response {
        let _in_progress = self.state.begin_request();
        let id = request_id(request.headers());
        let current = self.live.current();
        let route = self.route(request.uri().path());
        let mut log = RequestLog {
            id: Arc::clone(&id),
            route,
            peer,
            started: Instant::now(),
            status: None,
            metrics: current.toolbox.upstream().metrics(),
        };
        let mut response = self.check_host(route, &current, &id, request).await;
        log.status = Some(response.status().as_u16());
        if let Ok(value) = HeaderValue::from_str(&id) {
            response.headers_mut().insert("x-request-id", value);
        }
        response
    }

    /// The known path; that of the metadata is only known where there is an issuer.
    fn route(&self, path: &str) -> Route {
        let issuer = self.issuer.as_ref();
        if issuer.is_some_and(|issuer| issuer.challenges().is_metadata(path)) {
            return Route::Metadata;
        }
        Route::of(path)
    }

    async fn check_host(
        &self,
        route: Route,
        current: &Current,
        id: &Arc<str>,
        request: Request<Body>,
    ) -> Response {
        // Probes use the IP address as host and have no token; their responses reveal nothing.
        match route {
            Route::Health => return health::health(),
            Route::Ready => {
                let own = self.identities.are_configured();
                return health::ready(self.state.is_ready(), own.then_some(&*current.toolbox));
            }
            _ => {}
        }
        let cors = match self.host_policy.validate(request.uri(), request.headers()) {
            Ok(cors) => cors,
            Err(error) => return body::reject_and_drain(request, error.response()),
        };
        if request.method() == Method::OPTIONS {
            return cors.preflight();
        }
        if let (Route::Metadata, Some(issuer)) = (route, &self.issuer) {
            return cors.allow(issuer.challenges().metadata(request.method()));
        }
        // Boxed: it holds what a handler holds.
        cors.allow(Box::pin(self.authenticated(route, current, id, request)).await)
    }

    async fn authenticated(
        &self,
        route: Route,
        current: &Current,
        id: &Arc<str>,
        request: Request<Body>,
    ) -> Response {
        let issuer = self.issuer.as_deref();
        let projects = current.toolbox.upstream().projects();
        let token = auth::authenticate(&current.tokens, issuer, projects, request.headers()).await;
        let token = match token {
            Ok(token) => token,
            Err(error) => return body::reject_and_drain(request, error.response()),
        };
        match route {
            Route::Metrics => {
                // A token restricted to some projects does not see the accounts.
                let restricted = token.is_some_and(|token| token.projects.is_some());
                return health::metrics(
                    request.method(),
                    &current.toolbox,
                    &self.identities,
                    self.streams.as_ref(),
                    !restricted,
                );
            }
            Route::Mcp | Route::Sse | Route::Messages => {}
            _ => return body::reject_and_drain(request, error_response::not_found()),
        }
        let own = &current.toolbox;
        let identity = match self.identities.of(own, token, request.headers(), id) {
            Ok(identity) => identity,
            Err(error) => return body::reject_and_drain(request, error.response()),
        };
        match (route, &self.streams) {
            (Route::Mcp, _) => mcp::handle(&self.state, identity, issuer, request).await,
            (Route::Sse, Some(streams)) => streams.open(&self.state, identity, request.method()),
            (Route::Messages, Some(streams)) => streams.post(&self.state, &identity, request).await,
            _ => error_response::not_found(),
        }
    }
}

/// A known path. The log has its name, never the URL, whose query may contain secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Route {
    Mcp,
    Sse,
    Messages,
    Health,
    Ready,
    Metrics,
    /// Where clients read which issuer to ask for a token.
    Metadata,
    Unknown,
}

impl Route {
    fn of(path: &str) -> Self {
        match path {
            "/mcp" => Self::Mcp,
            "/sse" => Self::Sse,
            "/messages" => Self::Messages,
            "/healthz" => Self::Health,
            "/readyz" => Self::Ready,
            "/metrics" => Self::Metrics,
            _ => Self::Unknown,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Mcp => "mcp",
            Self::Sse => "sse",
            Self::Messages => "messages",
            Self::Health => "healthz",
            Self::Ready => "readyz",
            Self::Metrics => "metrics",
            Self::Metadata => "metadata",
            Self::Unknown => "unknown",
        }
    }
}

/// The `x-request-id` of the request, or a new one.
fn request_id(headers: &HeaderMap) -> Arc<str> {
    let request_id = headers
        .get("x-request-id")
        .and_then(|value| value.to_str().ok())
        .filter(|id| {
            (1..=64).contains(&id.len())
                && id
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        });
    match request_id {
        Some(id) => id.into(),
        None => uuid::Uuid::new_v4().simple().to_string().into(),
    }
}

/// The status that nginx logs when the client disconnects before the response.
const CLIENT_CLOSED_REQUEST: u16 = 499;

/// Logs and counts a request when dropped, also when its client disconnects.
struct RequestLog<'a> {
    id: Arc<str>,
    route: Route,
    peer: SocketAddr,
    started: Instant,
    status: Option<u16>,
    metrics: &'a Metrics,
}

impl Drop for RequestLog<'_> {
    fn drop(&mut self) {
        self.metrics.record_http(
            self.route.name(),
            self.status.unwrap_or(CLIENT_CLOSED_REQUEST),
        );
        let milliseconds = self.started.elapsed().as_millis();
        let (request, path, peer) = (&*self.id, self.route.name(), self.peer);
        match self.status {
            Some(status @ (401 | 403)) => {
                tracing::warn!(request, path, %peer, status, milliseconds, "request rejected");
            }
            Some(status) => {
                tracing::info!(request, path, %peer, status, milliseconds, "request completed");
            }
            None => tracing::info!(request, path, %peer, milliseconds, "client disconnected"),
        }
    }
}
