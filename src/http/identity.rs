//! As whom a request is answered: the server's own accounts, or the credentials that came with it.
//!
//! Two identities share no budget, no memory and no answer; a digest of the credentials keeps them apart.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{HeaderMap, StatusCode};
use jiff::tz::TimeZone;
use tokio::time::Instant;

use super::auth::Token;
use super::credential_headers::HeaderCredentials;
use super::error_response::{Refused, text};
use crate::metrics::Metrics;
use crate::project::Projects;
use crate::tools::{Caller, Toolbox};
use crate::upstream::pipeline::CallLimits;

/// Identities kept at a time; the one that has been silent longest makes room.
const MOST_IDENTITIES: usize = 128;
/// Bytes of answers kept for each.
const CACHE_BYTES: u64 = 4 << 20;

/// Whose credentials sign.
pub enum Signer {
    /// The server's own.
    Server,
    /// Each request's, from its headers; the server's own are never used.
    Request(BaseUrls),
}

/// Where calls go that are signed with a request's credentials. A header never brings an address: the
/// server would send the credentials there.
#[derive(Debug, Clone)]
pub struct BaseUrls {
    /// The base address of CrashSight's `cn`, meant when `X-CrashSight-Site` names none.
    pub cn: String,
    /// The base address of `global`.
    pub global: String,
    /// The zone of both sites' days, and of Getui's.
    pub zone: TimeZone,
    /// Agora's base address.
    pub agora: String,
    /// Getui's base address.
    pub getui: String,
}

/// Who asks, with which tools.
pub(super) struct Identity {
    /// The same for all requests of one identity, of another for no other.
    pub(super) key: String,
    pub(super) caller: Caller,
    pub(super) toolbox: Arc<Toolbox>,
}

/// Everyone that this server answers.
pub(super) struct Identities {
    signer: Signer,
    own: Arc<Toolbox>,
    others: Mutex<HashMap<String, (Arc<Toolbox>, Instant)>>,
}

impl Identities {
    pub(super) fn new(signer: Signer, own: Arc<Toolbox>) -> Self {
        Self {
            signer,
            own,
            others: Mutex::default(),
        }
    }

    /// The identity of a request that holds this token.
    pub(super) fn of(
        &self,
        token: Option<&Token>,
        headers: &HeaderMap,
        request: &Arc<str>,
    ) -> Result<Identity, Refused> {
        let mut caller = Caller {
            name: token.map_or_else(|| "http".into(), |token| Arc::clone(&token.name)),
            request: Arc::clone(request),
            read_only: token.is_some_and(|token| token.read_only),
            projects: token.and_then(|token| token.projects.clone()),
            private: token.is_some(),
        };
        let Signer::Request(sites) = &self.signer else {
            return Ok(Identity {
                key: caller.name.to_string(),
                caller,
                toolbox: Arc::clone(&self.own),
            });
        };
        caller.private = true;
        caller.projects = None;
        let brought = HeaderCredentials::read(headers)
            .map_err(|words| Refused::from(text(StatusCode::BAD_REQUEST, words)))?;
        let digest = brought.digest();
        Ok(Identity {
            key: format!("{} {digest}", caller.name),
            toolbox: self.other(digest, || brought.projects(sites)),
            caller,
        })
    }

    fn other(&self, digest: String, projects: impl FnOnce() -> Projects) -> Arc<Toolbox> {
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((toolbox, used)) = others.get_mut(&digest) {
            *used = Instant::now();
            return Arc::clone(toolbox);
        }
        if others.len() >= MOST_IDENTITIES {
            let silent = others.iter().min_by_key(|(_, (_, used))| *used);
            if let Some(silent) = silent.map(|(digest, _)| digest.clone()) {
                others.remove(&silent);
            }
        }
        let limits = CallLimits {
            cache_bytes: CACHE_BYTES,
            ..self.own.run().limits()
        };
        let toolbox = Arc::new(self.own.beside(Arc::new(projects()), limits));
        others.insert(digest, (Arc::clone(&toolbox), Instant::now()));
        toolbox
    }

    /// The server's own toolbox, where it is the one that answers.
    pub(super) fn own(&self) -> Option<&Toolbox> {
        matches!(self.signer, Signer::Server).then_some(&*self.own)
    }

    /// What happened so far, whoever asked.
    pub(super) fn metrics(&self) -> &Metrics {
        self.own.run().metrics()
    }

    /// Identities remembered beside the server's own.
    pub(super) fn count(&self) -> usize {
        self.others
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }
}
