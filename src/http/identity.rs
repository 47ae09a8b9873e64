//! The identity of a request: the configured accounts, or the credentials in its headers.
//!
//! Identities are distinguished by a digest of their credentials. They share no cache and no streams; the rate limit is
//! per credential.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{HeaderMap, StatusCode};
use tokio::time::Instant;

use super::auth::Permissions;
use super::credential_headers::{BaseUrls, HeaderCredentials};
use super::error_response::{ErrorResponse, text};
use crate::project::Projects;
use crate::tools::{Caller, Toolbox};
use crate::upstream::CallLimits;

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
    /// Whether its client can ask for more scopes.
    pub(super) can_ask: bool,
}

/// The identities of this server.
pub(super) struct Identities {
    mode: CredentialMode,
    others: Mutex<HashMap<String, (Arc<Toolbox>, Instant)>>,
}

impl Identities {
    pub(super) fn new(mode: CredentialMode) -> Self {
        Self {
            mode,
            others: Mutex::default(),
        }
    }

    /// The identity of a request with these permissions; `own` has the configured accounts.
    pub(super) fn of(
        &self,
        own: &Arc<Toolbox>,
        token: Option<Permissions>,
        headers: &HeaderMap,
        request: &Arc<str>,
    ) -> Result<Identity, ErrorResponse> {
        let private = token.is_some();
        let token = token.unwrap_or_else(|| Permissions {
            name: "http".into(),
            key: "http".to_owned(),
            read_only: false,
            projects: None,
            signs: false,
            can_ask: false,
        });
        let mut caller = Caller {
            name: token.name,
            request: Arc::clone(request),
            read_only: token.read_only,
            projects: token.projects,
            private,
        };
        let base_urls = match &self.mode {
            CredentialMode::PerRequest(base_urls) if !token.signs => base_urls,
            _ => {
                return Ok(Identity {
                    key: token.key,
                    caller,
                    toolbox: Arc::clone(own),
                    can_ask: token.can_ask,
                });
            }
        };
        caller.private = true;
        if caller.projects.take().is_some() {
            // Their apps are of configured accounts, and none of those signs.
            let words = "this server signs with credentials from request headers: a token cannot be restricted to \
                         projects without naming accounts";
            return Err(text(StatusCode::FORBIDDEN, words).into());
        }
        let credentials = HeaderCredentials::read(headers)
            .map_err(|words| ErrorResponse::from(text(StatusCode::BAD_REQUEST, words)))?;
        let digest = credentials.digest();
        Ok(Identity {
            key: format!("{} {digest}", token.key),
            toolbox: self.toolbox_for(own, digest, || credentials.projects(base_urls)),
            caller,
            can_ask: token.can_ask,
        })
    }

    fn toolbox_for(
        &self,
        own: &Toolbox,
        digest: String,
        projects: impl FnOnce() -> Projects,
    ) -> Arc<Toolbox> {
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
            ..own.upstream().limits()
        };
        let toolbox = Arc::new(own.fork_for(Arc::new(projects()), limits));
        others.insert(digest, (Arc::clone(&toolbox), Instant::now()));
        toolbox
    }

    /// Whether requests are signed with configured credentials, except by tokens that name accounts.
    pub(super) fn are_configured(&self) -> bool {
        matches!(self.mode, CredentialMode::Config)
    }

    /// The number of identities from request headers.
    pub(super) fn count(&self) -> usize {
        self.others
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }
}
