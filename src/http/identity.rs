//! The identity of a request: the configured accounts, or the credentials in its headers.
//!
//! Identities are distinguished by a digest of their credentials. They share no cache and no streams; the rate limit is
//! per credential.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{HeaderMap, StatusCode};
use tokio::time::Instant;

use super::auth::Token;
use super::credential_headers::{BaseUrls, HeaderCredentials};
use super::error_response::{ErrorResponse, text};
use crate::metrics::Metrics;
use crate::project::Projects;
use crate::tools::{Caller, Toolbox};
use crate::upstream::CallLimits;
use crate::upstream::store::shared::StoreStatus;

/// Identities kept at a time; the least recently used one is evicted.
const MAX_IDENTITIES: usize = 128;
/// Cache size of each identity.
const CACHE_BYTES: u64 = 4 << 20;

/// Where the credentials that sign requests come from.
pub enum CredentialMode {
    /// The configuration.
    Config,
    /// The headers of each request. Configured credentials are never used.
    PerRequest(BaseUrls),
}

/// An authenticated caller and its tools.
pub(super) struct Identity {
    /// Unique to the identity.
    pub(super) key: String,
    pub(super) caller: Caller,
    pub(super) toolbox: Arc<Toolbox>,
}

/// The identities of this server.
pub(super) struct Identities {
    mode: CredentialMode,
    default_toolbox: Arc<Toolbox>,
    others: Mutex<HashMap<String, (Arc<Toolbox>, Instant)>>,
}

impl Identities {
    pub(super) fn new(mode: CredentialMode, default_toolbox: Arc<Toolbox>) -> Self {
        Self {
            mode,
            default_toolbox,
            others: Mutex::default(),
        }
    }

    /// The identity of a request with this token.
    pub(super) fn of(
        &self,
        token: Option<&Token>,
        headers: &HeaderMap,
        request: &Arc<str>,
    ) -> Result<Identity, ErrorResponse> {
        let mut caller = Caller {
            name: token.map_or_else(|| "http".into(), |token| Arc::clone(&token.name)),
            request: Arc::clone(request),
            read_only: token.is_some_and(|token| token.read_only),
            projects: token.and_then(|token| token.projects.clone()),
            private: token.is_some(),
        };
        let CredentialMode::PerRequest(base_urls) = &self.mode else {
            return Ok(Identity {
                key: caller.name.to_string(),
                caller,
                toolbox: Arc::clone(&self.default_toolbox),
            });
        };
        caller.private = true;
        caller.projects = None;
        let credentials = HeaderCredentials::read(headers)
            .map_err(|words| ErrorResponse::from(text(StatusCode::BAD_REQUEST, words)))?;
        let digest = credentials.digest();
        Ok(Identity {
            key: format!("{} {digest}", caller.name),
            toolbox: self.toolbox_for(digest, || credentials.projects(base_urls)),
            caller,
        })
    }

    fn toolbox_for(&self, digest: String, projects: impl FnOnce() -> Projects) -> Arc<Toolbox> {
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((toolbox, used)) = others.get_mut(&digest) {
            *used = Instant::now();
            return Arc::clone(toolbox);
        }
        if others.len() >= MAX_IDENTITIES {
            let oldest = others.iter().min_by_key(|(_, (_, used))| *used);
            if let Some(oldest) = oldest.map(|(digest, _)| digest.clone()) {
                others.remove(&oldest);
            }
        }
        let limits = CallLimits {
            cache_bytes: CACHE_BYTES,
            ..self.default_toolbox.upstream().limits()
        };
        let toolbox = Arc::new(self.default_toolbox.fork_for(Arc::new(projects()), limits));
        others.insert(digest, (Arc::clone(&toolbox), Instant::now()));
        toolbox
    }

    /// The tools with configured credentials, unless credentials come from requests.
    pub(super) fn default_toolbox(&self) -> Option<&Toolbox> {
        matches!(self.mode, CredentialMode::Config).then_some(&*self.default_toolbox)
    }

    /// The counters of all identities.
    pub(super) fn metrics(&self) -> &Metrics {
        self.default_toolbox.upstream().metrics()
    }

    /// Whether the store answers, which all identities share.
    pub(super) fn store_status(&self) -> StoreStatus {
        self.default_toolbox.upstream().store().status()
    }

    /// The number of identities from request headers.
    pub(super) fn count(&self) -> usize {
        self.others
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }
}
