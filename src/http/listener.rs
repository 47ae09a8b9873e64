//! The socket: what may be bound, TLS, the cap on connections, and an end that lets calls finish.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
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
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::TlsAcceptor;

use super::{FrontMatter, Options, host_check};

/// Connections at a time; the next one waits in the kernel's queue.
const MOST_CONNECTIONS: usize = 1024;
/// The longest wait for the head of a request, between two requests too.
const HEAD_PATIENCE: Duration = Duration::from_secs(60);
/// The longest wait for a client to take what is written.
const WRITE_PATIENCE: Duration = Duration::from_secs(30);
const HANDSHAKE_PATIENCE: Duration = Duration::from_secs(10);
/// The longest wait for running calls at the end: a little more than the longest call.
const END_PATIENCE: Duration = Duration::from_secs(60);

/// Refuses what would stand open: beyond loopback a token and TLS are needed, and a name to go by.
pub(super) fn safe(options: &Options) -> anyhow::Result<()> {
    let address = options.address;
    if let Some(origin) = options
        .origins
        .iter()
        .find(|origin| !host_check::is_origin(origin))
    {
        bail!(
            "`{origin}` is no origin\nhint: an origin is such as https://app.example.com, with its port where that is not the scheme's"
        );
    }
    let reached = options.behind_proxy || !options.hosts.is_empty();
    if address.ip().is_loopback() {
        if reached && options.tokens.is_empty() {
            bail!(
                "whoever reaches the proxy in front could call, and no bearer token is set\n\
                 hint: `--tokens FILE` names who may call; without `--behind-proxy` and `--allow-host` {address} needs none"
            );
        }
        return Ok(());
    }
    if options.tokens.is_empty() {
        bail!(
            "{address} can be reached from other machines, and no bearer token is set\n\
             hint: `--tokens FILE` names who may call; 127.0.0.1 needs none"
        );
    }
    if options.tls.is_none() && !options.behind_proxy {
        bail!(
            "{address} can be reached from other machines, and tokens would cross the network in clear\n\
             hint: `--tls-cert` and `--tls-key`, or `--behind-proxy` when a proxy in front ends TLS"
        );
    }
    if address.ip().is_unspecified() && options.hosts.is_empty() {
        bail!(
            "{address} has no name of its own\n\
             hint: `--allow-host NAME` is the name by which clients reach this server"
        );
    }
    Ok(())
}

/// Reads a certificate chain and its key.
pub(super) fn tls(certificate: &Path, key: &Path) -> anyhow::Result<TlsAcceptor> {
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .with_context(|| format!("the certificate is not readable: {}", certificate.display()))?;
    if chain.is_empty() {
        bail!("no certificate is in {}", certificate.display());
    }
    let key = PrivateKeyDer::from_pem_file(key)
        .with_context(|| format!("the key is not readable: {}", key.display()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .context("certificate and key do not fit")?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

pub(super) async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("{address} cannot be listened on"))
}

/// A server in the background. Dropping it lets it go on.
pub struct Running {
    address: SocketAddr,
    front: Arc<FrontMatter>,
    task: JoinHandle<()>,
}

impl Running {
    /// Where it listens: the port that the system chose, where 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no new work, lets running calls finish, and ends.
    pub async fn stop(self) {
        self.front.ready.store(false, Ordering::Relaxed);
        self.front.draining.cancel();
        // The task can only have panicked, and then there is nothing left to wait for.
        let _ = self.task.await;
    }
}

pub(super) fn start(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    front: Arc<FrontMatter>,
    address: SocketAddr,
) -> Running {
    let task = tokio::spawn(accept(listener, tls, Arc::clone(&front)));
    Running {
        address,
        front,
        task,
    }
}

async fn accept(listener: TcpListener, tls: Option<TlsAcceptor>, front: Arc<FrontMatter>) {
    let connections = GracefulShutdown::new();
    let seats = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        let next = async {
            let seat = Arc::clone(&seats).acquire_owned().await;
            (seat, listener.accept().await)
        };
        let (seat, accepted) = tokio::select! {
            next = next => next,
            () = front.draining.cancelled() => break,
        };
        let (socket, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of descriptors, mostly: the next try comes when some were given back.
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        // Without this a small reply waits 40 ms for the client's acknowledgement of the one before.
        let _ = socket.set_nodelay(true);
        let (front, tls, watcher) = (Arc::clone(&front), tls.clone(), connections.watcher());
        tokio::spawn(async move {
            connect(socket, peer, tls, front, Some(watcher)).await;
            drop(seat);
        });
    }
    let mut ending = pin!(timeout(END_PATIENCE, connections.shutdown()));
    loop {
        // A client may still cancel or answer over a new connection; what is new work is refused.
        let (socket, peer) = tokio::select! {
            ended = &mut ending => {
                if ended.is_err() {
                    tracing::warn!("calls are still running, and are cut");
                }
                break;
            }
            Ok(accepted) = listener.accept() => accepted,
        };
        let (front, tls) = (Arc::clone(&front), tls.clone());
        if let Ok(seat) = Arc::clone(&seats).try_acquire_owned() {
            tokio::spawn(async move {
                connect(socket, peer, tls, front, None).await;
                drop(seat);
            });
        }
    }
    front.ended.cancel();
}

async fn connect(
    socket: TcpStream,
    peer: SocketAddr,
    tls: Option<TlsAcceptor>,
    front: Arc<FrontMatter>,
    watcher: Option<Watcher>,
) {
    let Some(tls) = tls else {
        return speak(socket, peer, front, watcher).await;
    };
    match timeout(HANDSHAKE_PATIENCE, tls.accept(socket)).await {
        Ok(Ok(socket)) => speak(socket, peer, front, watcher).await,
        Ok(Err(error)) => tracing::info!(%peer, %error, "no TLS was agreed on"),
        Err(_) => tracing::info!(%peer, "no TLS was agreed on in time"),
    }
}

async fn speak(
    socket: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: SocketAddr,
    front: Arc<FrontMatter>,
    watcher: Option<Watcher>,
) {
    let service = service_fn(move |request: Request<hyper::body::Incoming>| {
        let front = Arc::clone(&front);
        async move { Ok::<_, Infallible>(front.serve(peer, request.map(Body::new)).await) }
    });
    // Who does not read what was asked for gives the seat back.
    let mut socket = TimeoutStream::new(socket);
    socket.set_write_timeout(Some(WRITE_PATIENCE));
    let socket = Box::pin(socket);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_PATIENCE)
        .max_buf_size(64 << 10)
        // A connection that nobody watches is for one request.
        .keep_alive(watcher.is_some())
        .serve_connection(TokioIo::new(socket), service);
    let ended = match watcher {
        Some(watcher) => watcher.watch(connection).await,
        None => connection.await,
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, %error, "a connection ended");
    }
}
