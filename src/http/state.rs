//! State that all requests share: the server factory and the shutdown phases.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio_util::sync::CancellationToken;

use crate::mcp::Server;
use crate::tools::{Caller, Toolbox};

/// Makes the MCP server for one caller.
pub type ServerFactory = Arc<dyn Fn(Arc<Toolbox>, Caller) -> Server + Send + Sync>;

/// State that all requests share.
pub(super) struct HttpState {
    pub(super) server_factory: ServerFactory,
    /// Shutdown has started: running calls finish, new ones are rejected.
    pub(super) draining: CancellationToken,
    /// The shutdown timeout has passed: running calls are aborted.
    pub(super) aborted: CancellationToken,
    ready: AtomicBool,
    in_progress: AtomicUsize,
}

/// A request that is being handled; its end is its drop.
pub(super) struct InProgress<'a>(&'a AtomicUsize);

impl Drop for InProgress<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl HttpState {
    pub(super) fn new(server_factory: ServerFactory) -> Self {
        Self {
            server_factory,
            draining: CancellationToken::new(),
            aborted: CancellationToken::new(),
            ready: AtomicBool::new(true),
            in_progress: AtomicUsize::new(0),
        }
    }

    /// Starts the shutdown.
    pub(super) fn drain(&self) {
        self.ready.store(false, Ordering::Relaxed);
        self.draining.cancel();
    }

    /// Counts a request while it is handled.
    pub(super) fn begin_request(&self) -> InProgress<'_> {
        self.in_progress.fetch_add(1, Ordering::Relaxed);
        InProgress(&self.in_progress)
    }

    /// Requests that are being handled.
    pub(super) fn requests_in_progress(&self) -> usize {
        self.in_progress.load(Ordering::Relaxed)
    }

    /// Whether `/readyz` reports ready.
    pub(super) fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Relaxed)
    }
}
