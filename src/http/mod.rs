//! MCP over HTTP: `/mcp`, `/sse` with `/messages`, health and metrics.
//!
//! Locked by default. A request passes, in this order: its name (`Host`), its origin, its bearer token,
//! whose credentials sign for it, and only then a body is read.

mod auth;
mod body;
mod credential_headers;
mod error_response;
mod health;
mod host_check;
mod identity;
mod listener;
mod mcp;
mod sse;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Request};
use axum::response::Response;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::mcp::Server;
use crate::metrics::Metrics;
use crate::tools::{Caller, Toolbox};

pub use auth::Token;
pub use identity::{BaseUrls, Signer};
pub use listener::Running;

/// Makes the MCP server that answers one caller.
pub type ServerFactory = Arc<dyn Fn(Arc<Toolbox>, Caller) -> Server + Send + Sync>;

/// How to serve.
pub struct Options {
    /// Where to listen.
    pub address: SocketAddr,
    /// Whether `/sse` and `/messages` are there for clients that speak HTTP+SSE.
    pub sse: bool,
    /// Who may call; with none, everyone who reaches the address may.
    pub tokens: Vec<Token>,
    /// Names beside loopback that clients may use for this server.
    pub hosts: Vec<String>,
    /// Origins beside the server's own whose pages may call.
    pub origins: Vec<String>,
    /// Certificate chain and key, PEM.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Whether somebody in front ends TLS.
    pub behind_proxy: bool,
    /// Whose credentials sign.
    pub signer: Signer,
    /// The tools.
    pub toolbox: Arc<Toolbox>,
    /// The server of one caller.
    pub make: ServerFactory,
}

/// Binds and serves in the background.
pub async fn serve(options: Options) -> anyhow::Result<Running> {
    listener::safe(&options)?;
    let tls = options
        .tls
        .as_ref()
        .map(|(certificate, key)| listener::tls(certificate, key))
        .transpose()?;
    let listener = listener::bind(options.address).await?;
    let address = listener.local_addr()?;
    let front = Arc::new(FrontMatter {
        locks: host_check::HostPolicy::new(address.ip(), &options.hosts, &options.origins),
        access: auth::BearerAuth::new(options.tokens),
        identities: identity::Identities::new(options.signer, options.toolbox),
        streams: options.sse.then(sse::Streams::default),
        make: options.make,
        draining: CancellationToken::new(),
        ended: CancellationToken::new(),
        ready: AtomicBool::new(true),
    });
    Ok(listener::start(listener, tls, front, address))
}

/// What all requests of one server share.
struct FrontMatter {
    locks: host_check::HostPolicy,
    access: auth::BearerAuth,
    identities: identity::Identities,
    streams: Option<sse::Streams>,
    make: ServerFactory,
    /// No new work: what runs is finished.
    draining: CancellationToken,
    /// The end of patience: what still runs is cut.
    ended: CancellationToken,
    ready: AtomicBool,
}

/// A path that is served. The log holds this word and never the address, whose query may hold anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Route {
    Mcp,
    Sse,
    Messages,
    Health,
    Ready,
    Metrics,
    Nowhere,
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
            _ => Self::Nowhere,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Mcp => "mcp",
            Self::Sse => "sse",
            Self::Messages => "messages",
            Self::Health => "healthz",
            Self::Ready => "readyz",
            Self::Metrics => "metrics",
            Self::Nowhere => "nowhere",
        }
    }
}

impl FrontMatter {
    /// Answers one request, and says so in the log.
    async fn serve(&self, peer: SocketAddr, request: Request<Body>) -> Response {
        let id = request_id(request.headers());
        let route = Route::of(request.uri().path());
        let mut log = Log {
            id: Arc::clone(&id),
            route,
            peer,
            started: Instant::now(),
            status: None,
            metrics: self.identities.metrics(),
        };
        let mut response = self.answer(route, &id, request).await;
        log.status = Some(response.status().as_u16());
        if let Ok(value) = HeaderValue::from_str(&id) {
            response.headers_mut().insert("x-request-id", value);
        }
        response
    }

    async fn answer(&self, route: Route, id: &Arc<str>, request: Request<Body>) -> Response {
        // Probes come by address, from machines that have no token, and learn one word.
        match route {
            Route::Health => return health::health(),
            Route::Ready => {
                return health::ready(self.ready.load(Ordering::Relaxed), &self.identities);
            }
            _ => {}
        }
        let cors = match self.locks.check(request.uri(), request.headers()) {
            Ok(cors) => cors,
            Err(refused) => return body::turn_away(request, refused.response()).await,
        };
        if request.method() == Method::OPTIONS {
            return cors.preflight();
        }
        cors.allow(self.behind_the_locks(route, id, request).await)
    }

    async fn behind_the_locks(
        &self,
        route: Route,
        id: &Arc<str>,
        request: Request<Body>,
    ) -> Response {
        let token = match self.access.check(request.headers()) {
            Ok(token) => token,
            Err(refused) => return body::turn_away(request, refused.response()).await,
        };
        match route {
            Route::Metrics => {
                // Whoever is limited to some projects learns nothing of other accounts.
                let limited = token.is_some_and(|token| token.projects.is_some());
                return health::metrics(request.method(), self, !limited);
            }
            Route::Mcp | Route::Sse | Route::Messages => {}
            _ => return body::turn_away(request, error_response::nowhere()).await,
        }
        let identity = match self.identities.of(token, request.headers(), id) {
            Ok(identity) => identity,
            Err(refused) => return body::turn_away(request, refused.response()).await,
        };
        match (route, &self.streams) {
            (Route::Mcp, _) => mcp::answer(self, identity, request).await,
            (Route::Sse, Some(streams)) => streams.open(self, identity, request.method()),
            (Route::Messages, Some(streams)) => streams.post(self, &identity, request).await,
            _ => error_response::nowhere(),
        }
    }
}

/// The id that somebody in front gave the request, or a new one.
fn request_id(headers: &HeaderMap) -> Arc<str> {
    let given = headers
        .get("x-request-id")
        .and_then(|value| value.to_str().ok())
        .filter(|id| {
            (1..=64).contains(&id.len())
                && id
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        });
    match given {
        Some(id) => id.into(),
        None => uuid::Uuid::new_v4().simple().to_string().into(),
    }
}

/// What proxies write where no status was sent.
const CLIENT_WENT_AWAY: u16 = 499;

/// One line for each request, also for one whose client went away.
struct Log<'a> {
    id: Arc<str>,
    route: Route,
    peer: SocketAddr,
    started: Instant,
    status: Option<u16>,
    metrics: &'a Metrics,
}

impl Drop for Log<'_> {
    fn drop(&mut self) {
        self.metrics
            .served(self.route.word(), self.status.unwrap_or(CLIENT_WENT_AWAY));
        let milliseconds = self.started.elapsed().as_millis();
        let (request, path, peer) = (&*self.id, self.route.word(), self.peer);
        match self.status {
            Some(status @ (401 | 403)) => {
                tracing::warn!(request, path, %peer, status, milliseconds, "refused");
            }
            Some(status) => tracing::info!(request, path, %peer, status, milliseconds, "served"),
            None => tracing::info!(request, path, %peer, milliseconds, "the client went away"),
        }
    }
}
