//! What a reload replaces: the configured accounts and the bearer tokens, both at once.

use std::sync::{Arc, PoisonError, RwLock};

use super::auth::Token;
use crate::project::Projects;
use crate::tools::Toolbox;

/// The settings that requests are handled with. A request uses one value from its start to its end.
pub(super) struct Current {
    pub(super) toolbox: Arc<Toolbox>,
    pub(super) tokens: Vec<Token>,
}

/// The current settings.
pub(super) struct Live(RwLock<Arc<Current>>);

impl Live {
    pub(super) fn new(toolbox: Arc<Toolbox>, tokens: Vec<Token>) -> Self {
        Self(RwLock::new(Arc::new(Current { toolbox, tokens })))
    }

    pub(super) fn current(&self) -> Arc<Current> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces the tokens, and the accounts where given. Counters and the store stay (rate limits, used
    /// confirmations), the cache does not.
    pub(super) fn replace(&self, tokens: Vec<Token>, projects: Option<Arc<Projects>>) {
        let mut current = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let toolbox = match projects {
            Some(projects) => {
                let limits = current.toolbox.upstream().limits();
                Arc::new(current.toolbox.fork_for(projects, limits))
            }
            None => Arc::clone(&current.toolbox),
        };
        *current = Arc::new(Current { toolbox, tokens });
    }
}
