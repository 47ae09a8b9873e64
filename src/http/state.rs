//! State that all requests share: the server factory and the shutdown phases.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

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
}

impl HttpState {
    pub(super) fn new(server_factory: ServerFactory) -> Self {
        Self {
            server_factory,
            draining: CancellationToken::new(),
            aborted: CancellationToken::new(),
            ready: AtomicBool::new(true),
        }
    }

    /// Starts the shutdown.
    pub(super) fn drain(&self) {
        self.ready.store(false, Ordering::Relaxed);
        self.draining.cancel();
    }

    /// Whether `/readyz` reports ready.
    pub(super) fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Relaxed)
    }
}
