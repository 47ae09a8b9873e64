//! Listens, terminates TLS, limits connections and shuts down gracefully.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use axum::body::Body;
use axum::http::Request;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::TlsAcceptor;

use super::auth::Token;
use super::connection_limits::ConnectionLimits;
use super::host_check;
use super::options::Options;
use super::router::Router;
use crate::project::Projects;

/// The longest wait for the head of a request, also on an idle connection.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest wait for a client to read.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest wait for running calls at shutdown, a little more than the longest call.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(60);
/// The longest wait at shutdown for connections on which no request is being handled.
const IDLE_SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);
/// How often running requests are counted at shutdown.
const SHUTDOWN_POLL: Duration = Duration::from_millis(100);

/// Rejects unsafe options: a non-loopback address requires tokens or an OAuth issuer, TLS and an allowed host.
pub(super) fn validate_exposure(options: &Options) -> anyhow::Result<()> {
    let address = options.address;
    if let Some(oauth) = &options.oauth {
        oauth.validate()?;
    }
    let open = options.tokens.is_empty() && options.oauth.is_none();
    if let Some(origin) = options
        .origins
        .iter()
        .find(|origin| !host_check::is_origin(origin))
    {
        bail!(
            "`{origin}` is not an origin\nhint: use a form such as https://app.example.com or http://localhost:8080"
        );
    }
    let is_public = options.behind_proxy || !options.hosts.is_empty();
    if address.ip().is_loopback() {
        if is_public && open {
            bail!(
                "a public host name requires `--tokens` or `--oauth-issuer`\n\
                 hint: `--tokens FILE` sets bearer tokens; without `--behind-proxy` and `--allow-host`, {address} needs none"
            );
        }
        return Ok(());
    }
    if open {
        bail!(
            "{address} is reachable from other machines and requires `--tokens` or `--oauth-issuer`\n\
             hint: `--tokens FILE` sets bearer tokens; 127.0.0.1 needs none"
        );
    }
    if options.tls.is_none() && !options.behind_proxy {
        bail!(
            "{address} is reachable from other machines and tokens would be sent unencrypted\n\
             hint: set `--tls-cert` and `--tls-key`, or `--behind-proxy` if a reverse proxy terminates TLS"
        );
    }
    if address.ip().is_unspecified() && options.hosts.is_empty() {
        bail!(
            "`--allow-host` is required when listening on {address}\n\
             hint: set it to the host name that clients use"
        );
    }
    Ok(())
}

/// Reads a certificate chain and its key.
pub(super) fn tls(certificate: &Path, key: &Path) -> anyhow::Result<TlsAcceptor> {
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .with_context(|| format!("cannot read the certificate: {}", certificate.display()))?;
    if chain.is_empty() {
        bail!("no certificate found in {}", certificate.display());
    }
    let key = PrivateKeyDer::from_pem_file(key)
        .with_context(|| format!("cannot read the key: {}", key.display()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .context("certificate and key do not match")?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

pub(super) async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}"))
}

/// A server in the background. Dropping this does not stop it.
pub struct Running {
    address: SocketAddr,
    router: Arc<Router>,
    task: JoinHandle<()>,
}

impl Running {
    /// The bound address. For port 0 it has the port chosen by the system.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Replaces the bearer tokens, and the configured accounts where given, for requests that begin after this.
    /// Counters and rate limits stay.
    pub fn reload(&self, tokens: Vec<Token>, projects: Option<Arc<Projects>>) {
        self.router.live.replace(tokens, projects);
    }

    /// The configured accounts and projects.
    pub fn projects(&self) -> Arc<Projects> {
        Arc::clone(self.router.live.current().toolbox.upstream().projects())
    }

    /// Shuts down: rejects new calls and waits for running ones.
    pub async fn stop(self) {
        self.router.state.drain();
        // An error means that the task has panicked, so it has ended as well.
        let _ = self.task.await;
    }
}

pub(super) fn start(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Arc<Router>,
    address: SocketAddr,
    limits: ConnectionLimits,
) -> Running {
    let task = tokio::spawn(accept(listener, tls, Arc::clone(&router), limits));
    Running {
        address,
        router,
        task,
    }
}

async fn accept(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Arc<Router>,
    limits: ConnectionLimits,
) {
    let connections = GracefulShutdown::new();
    loop {
        let next = async {
            let permit = limits.wait().await;
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            next = next => next,
            () = router.state.draining.cancelled() => break,
        };
        let (socket, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Usually out of file descriptors: wait until some are closed.
                tracing::warn!(%error, "accept failed");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let Some(open) = permit.and_then(|permit| limits.open(peer.ip(), permit)) else {
            tracing::debug!(%peer, "too many connections from this address");
            continue;
        };
        // Otherwise Nagle's algorithm delays small replies by 40 ms.
        let _ = socket.set_nodelay(true);
        let (router, tls, watcher) = (Arc::clone(&router), tls.clone(), connections.watcher());
        tokio::spawn(async move {
            accept_tls(socket, peer, tls, router, Some(watcher)).await;
            drop(open);
        });
    }
    let mut shutdown = pin!(timeout(SHUTDOWN_TIMEOUT, connections.shutdown()));
    let counted = Arc::clone(&router);
    let mut idle = pin!(idle(&counted));
    loop {
        // Clients may still cancel or respond over a new connection; new calls are rejected.
        let (socket, peer) = tokio::select! {
            ended = &mut shutdown => {
                if ended.is_err() {
                    tracing::warn!("shutdown timeout: aborting running calls");
                }
                break;
            }
            () = &mut idle => break,
            Ok(accepted) = listener.accept() => accepted,
        };
        let (router, tls) = (Arc::clone(&router), tls.clone());
        let permit = limits.try_wait();
        if let Some(open) = permit.and_then(|permit| limits.open(peer.ip(), permit)) {
            tokio::spawn(async move {
                accept_tls(socket, peer, tls, router, None).await;
                drop(open);
            });
        }
    }
    router.state.aborted.cancel();
}

/// Ends when what is still open holds no request that is being handled: half a head or an idle connection.
async fn idle(router: &Router) {
    tokio::time::sleep(IDLE_SHUTDOWN_TIMEOUT).await;
    while router.requests_in_progress() > 0 {
        tokio::time::sleep(SHUTDOWN_POLL).await;
    }
}

async fn accept_tls(
    socket: TcpStream,
    peer: SocketAddr,
    tls: Option<TlsAcceptor>,
    router: Arc<Router>,
    watcher: Option<Watcher>,
) {
    let Some(tls) = tls else {
        return serve_connection(socket, peer, router, watcher).await;
    };
    match timeout(HANDSHAKE_TIMEOUT, tls.accept(socket)).await {
        Ok(Ok(socket)) => serve_connection(socket, peer, router, watcher).await,
        Ok(Err(error)) => tracing::info!(%peer, %error, "TLS handshake failed"),
        Err(_) => tracing::info!(%peer, "TLS handshake timed out"),
    }
}

async fn serve_connection(
    socket: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: SocketAddr,
    router: Arc<Router>,
    watcher: Option<Watcher>,
) {
    let service = service_fn(move |request: Request<hyper::body::Incoming>| {
        let router = Arc::clone(&router);
        async move { Ok::<_, Infallible>(router.serve(peer, request.map(Body::new)).await) }
    });
    // Drop connections that do not read for 30 s, freeing the permit.
    let mut socket = TimeoutStream::new(socket);
    socket.set_write_timeout(Some(WRITE_TIMEOUT));
    let socket = Box::pin(socket);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(64 << 10)
        // An unwatched connection serves one request.
        .keep_alive(watcher.is_some())
        .serve_connection(TokioIo::new(socket), service);
    let ended = match watcher {
        Some(watcher) => watcher.watch(connection).await,
        None => connection.await,
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, %error, "connection closed with error");
    }
}
