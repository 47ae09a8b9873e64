//! As whom a request is answered: the server's own accounts, or the credentials that came with it.
//!
//! Two identities share no budget, no memory and no answer; a digest of the credentials keeps them apart.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{HeaderMap, StatusCode};
use jiff::tz::TimeZone;
use tokio::time::Instant;

use super::access::Token;
use super::refusal::{Refused, text};
use crate::metrics::Metrics;
use crate::project::{Account, App, Credentials, Platform, Project, Projects, SourceRules};
use crate::run::Limits;
use crate::secret::{Secret, sha256_hex};
use crate::toolbox::{Caller, Toolbox};
use crate::wire::ProviderId;

/// Identities kept at a time; the one that has been silent longest makes room.
const MOST_IDENTITIES: usize = 128;
/// Bytes of answers kept for each.
const CACHE_BYTES: u64 = 4 << 20;

/// Whose credentials sign.
pub enum Signer {
    /// The server's own.
    Server,
    /// Each request's, from its headers; the server's own are never used.
    Request(Sites),
}

/// What `X-CrashSight-Site` may name. Never an address: the server would send the credentials there.
#[derive(Debug, Clone)]
pub struct Sites {
    /// The base address of `cn`, meant when none is named.
    pub cn: String,
    /// The base address of `global`.
    pub global: String,
    /// The zone of both sites' days.
    pub zone: TimeZone,
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
        let brought = Brought::read(headers)
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
        let limits = Limits {
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

/// What a request's headers bring.
struct Brought {
    user_id: Option<String>,
    api_key: Option<Secret>,
    global: bool,
    project: Option<(String, Platform)>,
}

impl Brought {
    fn read(headers: &HeaderMap) -> Result<Self, String> {
        let value = |name: &str| {
            let mut values = headers.get_all(name).iter();
            match (values.next(), values.next()) {
                (None, _) => Ok(None),
                (Some(value), None) => match value.to_str() {
                    Ok(value) if value.len() <= 256 => {
                        Ok(Some(value.trim()).filter(|value| !value.is_empty()))
                    }
                    _ => Err(format!("{name} is at most 256 ASCII characters")),
                },
                (Some(_), Some(_)) => Err(format!("{name} comes twice")),
            }
        };
        let global = match value("x-crashsight-site")? {
            None | Some("cn") => false,
            Some("global") => true,
            Some(_) => return Err("x-crashsight-site is `cn` or `global`".to_owned()),
        };
        let project = match value("x-crashsight-project")? {
            None => None,
            Some(name) => Some(bare(name).ok_or_else(|| {
                "x-crashsight-project is `appId@platform` (android, ios or pc)".to_owned()
            })?),
        };
        Ok(Self {
            user_id: value("x-crashsight-user-id")?.map(str::to_owned),
            api_key: value("x-crashsight-api-key")?.map(Secret::new),
            global,
            project,
        })
    }

    /// Fields cannot hold a line end, so no two identities make the same text.
    fn digest(&self) -> String {
        let project = self.project.as_ref();
        sha256_hex(&format!(
            "{}\n{}\n{}\n{}",
            self.user_id.as_deref().unwrap_or_default(),
            self.api_key.as_ref().map_or("", Secret::expose),
            self.global,
            project.map_or_else(String::new, |(app, platform)| format!(
                "{app}@{}",
                platform.word()
            )),
        ))
    }

    fn projects(self, sites: &Sites) -> Projects {
        let credentials = match (self.user_id, self.api_key) {
            (Some(user_id), Some(api_key)) => Ok(Credentials::CrashSight { user_id, api_key }),
            _ => Err("this server signs with the caller's own credentials\n\
                 hint: the client sends them as the headers X-CrashSight-User-Id and X-CrashSight-Api-Key"
                .to_owned()),
        };
        let account = Account {
            name: "caller".into(),
            provider: ProviderId::CrashSight,
            base: if self.global {
                sites.global.clone()
            } else {
                sites.cn.clone()
            },
            credentials,
            zone: sites.zone.clone(),
        };
        let project = self.project.map(|(id, platform)| Project {
            name: format!("{id}@{}", platform.word()),
            aliases: Vec::new(),
            default: true,
            crashsight: Some(App {
                account: "caller".into(),
                id,
                platform,
            }),
            companions: Vec::new(),
            source: SourceRules::default(),
        });
        Projects {
            accounts: vec![Arc::new(account)],
            projects: project.into_iter().collect(),
            closed: false,
        }
    }
}

/// `appId@platform`.
fn bare(name: &str) -> Option<(String, Platform)> {
    let (app, platform) = name.rsplit_once('@')?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    ((1..=64).contains(&app.len()) && app.bytes().all(plain))
        .then(|| Some((app.to_owned(), Platform::parse(platform)?)))?
}
