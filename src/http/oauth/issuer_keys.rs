//! The public keys of the issuer: discovered, fetched, kept, and fetched again when a key is unknown.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;
use tokio::time::Instant;

use super::settings::is_secure_url;
use crate::request::{Method, SignedRequest};
use crate::upstream::http_client::HttpClient;

/// Keys are fetched again after this time.
const FRESH: Duration = Duration::from_secs(3600);
/// Keys are used for this time while the issuer cannot be reached.
const USABLE: Duration = Duration::from_secs(24 * 3600);
/// The shortest time between two fetches because of unknown keys, and after a failure.
const COOL_DOWN: Duration = Duration::from_secs(30);
const TIMEOUT: Duration = Duration::from_secs(10);
const MAX_BYTES: usize = 1 << 20;
/// Keys that are tried for a token that names none.
const MAX_TRIED: usize = 8;

/// The issuer could not be reached, and no keys of it are known.
pub(super) struct Unavailable;

/// The keys of one issuer.
pub(super) struct IssuerKeys {
    issuer: String,
    client: HttpClient,
    state: Mutex<State>,
    /// Held during a fetch: requests that arrive meanwhile wait for its result.
    fetching: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    keys: Arc<Vec<Key>>,
    fetched: Option<Instant>,
    failed: Option<Instant>,
    /// The last fetch because of an unknown key.
    searched: Option<Instant>,
}

struct Key {
    id: Option<String>,
    algorithm: Option<Algorithm>,
    decoding: DecodingKey,
}

fn within(time: Option<Instant>, span: Duration) -> bool {
    time.is_some_and(|time| time.elapsed() < span)
}

impl IssuerKeys {
    pub(super) fn new(issuer: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            client: HttpClient::new(MAX_BYTES),
            state: Mutex::default(),
            fetching: tokio::sync::Mutex::default(),
        }
    }

    /// Fetches them if they are not known.
    pub(super) async fn fetch_first(&self) {
        self.fetch(|state| !within(state.fetched, FRESH)).await;
    }

    /// The keys that a token with this key id and algorithm may be signed with. An unknown id fetches them again, at
    /// most once in a while: anyone can send one.
    pub(super) async fn matching(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Vec<DecodingKey>, Unavailable> {
        if !within(self.state().fetched, FRESH) {
            self.fetch_first().await;
        }
        let found = self.find(id, algorithm)?;
        if !found.is_empty() {
            return Ok(found);
        }
        self.fetch(|state| {
            let due = !within(state.searched, COOL_DOWN);
            if due {
                state.searched = Some(Instant::now());
            }
            due
        })
        .await;
        self.find(id, algorithm)
    }

    fn find(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Vec<DecodingKey>, Unavailable> {
        let keys = {
            let state = self.state();
            if !within(state.fetched, USABLE) {
                return Err(Unavailable);
            }
            Arc::clone(&state.keys)
        };
        Ok(keys
            .iter()
            .filter(|key| id.is_none() || key.id.as_deref() == id)
            .filter(|key| key.algorithm.is_none_or(|of| of == algorithm))
            .filter(|key| key.decoding.family() == algorithm.family())
            .take(MAX_TRIED)
            .map(|key| key.decoding.clone())
            .collect())
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Fetches the keys if `needed` once no other fetch is under way, and the last one did not just fail.
    async fn fetch(&self, needed: impl FnOnce(&mut State) -> bool) {
        let _one = self.fetching.lock().await;
        {
            let mut state = self.state();
            if within(state.failed, COOL_DOWN) || !needed(&mut state) {
                return;
            }
        }
        let keys = self.download().await;
        let mut state = self.state();
        match keys {
            Ok(keys) => {
                tracing::info!(
                    issuer = self.issuer,
                    keys = keys.len(),
                    "OAuth keys fetched"
                );
                state.keys = Arc::new(keys);
                state.fetched = Some(Instant::now());
                state.failed = None;
            }
            Err(error) => {
                tracing::warn!(issuer = self.issuer, error, "cannot fetch the OAuth keys");
                state.failed = Some(Instant::now());
            }
        }
    }

    async fn download(&self) -> Result<Vec<Key>, String> {
        let url = self.discover().await?;
        let set = self.get(&url).await?;
        let keys = set.get("keys").and_then(Value::as_array);
        let keys = keys.ok_or_else(|| format!("{url}: no list of keys"))?;
        Ok(keys.iter().filter_map(Key::parse).collect())
    }

    /// The URL of the keys, from the metadata of the issuer.
    async fn discover(&self) -> Result<String, String> {
        let mut problems = Vec::new();
        for url in metadata_urls(&self.issuer) {
            match self.get(&url).await {
                Ok(metadata) if metadata["issuer"].as_str() != Some(&self.issuer) => {
                    problems.push(format!("{url}: it is the metadata of another issuer"));
                }
                Ok(metadata) => match metadata["jwks_uri"].as_str() {
                    Some(keys) if is_secure_url(keys.split('?').next().unwrap_or(keys)) => {
                        return Ok(keys.to_owned());
                    }
                    _ => problems.push(format!("{url}: no https `jwks_uri`")),
                },
                Err(problem) => problems.push(problem),
            }
        }
        Err(problems.join("; "))
    }

    async fn get(&self, url: &str) -> Result<Value, String> {
        let request = SignedRequest {
            method: Method::Get,
            url: url.to_owned(),
            headers: vec![("accept", "application/json".to_owned())],
            body: None,
            timeout: TIMEOUT,
        };
        let response = self.client.send(request).await.map_err(|error| {
            let words = error.to_string();
            format!("{url}: {}", words.lines().next().unwrap_or_default())
        })?;
        if response.status != 200 {
            return Err(format!("{url}: status {}", response.status));
        }
        serde_json::from_slice(&response.body).map_err(|_| format!("{url}: not JSON"))
    }
}

impl Key {
    /// A key that can verify signatures; others of the set are skipped.
    fn parse(value: &Value) -> Option<Self> {
        let jwk = serde_json::from_value::<Jwk>(value.clone()).ok()?;
        let common = &jwk.common;
        if !matches!(common.public_key_use, None | Some(PublicKeyUse::Signature)) {
            return None;
        }
        let algorithm = match common.key_algorithm {
            None => None,
            Some(of) => Some(of.to_string().parse().ok()?),
        };
        Some(Self {
            id: common.key_id.clone(),
            algorithm,
            decoding: DecodingKey::from_jwk(&jwk).ok()?,
        })
    }
}

/// Where an issuer may publish its metadata: RFC 8414, then OpenID Connect Discovery in both forms.
fn metadata_urls(issuer: &str) -> Vec<String> {
    let issuer = issuer.trim_end_matches('/');
    let path_at = issuer
        .find("://")
        .and_then(|at| issuer[at + 3..].find('/').map(|slash| at + 3 + slash));
    let (origin, path) = issuer.split_at(path_at.unwrap_or(issuer.len()));
    let mut urls = vec![
        format!("{origin}/.well-known/oauth-authorization-server{path}"),
        format!("{issuer}/.well-known/openid-configuration"),
    ];
    if !path.is_empty() {
        urls.push(format!("{origin}/.well-known/openid-configuration{path}"));
    }
    urls
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_looked_for_at_every_known_place() {
        assert_eq!(
            metadata_urls("https://a.example/"),
            [
                "https://a.example/.well-known/oauth-authorization-server",
                "https://a.example/.well-known/openid-configuration",
            ]
        );
        assert_eq!(
            metadata_urls("https://a.example/t/v2"),
            [
                "https://a.example/.well-known/oauth-authorization-server/t/v2",
                "https://a.example/t/v2/.well-known/openid-configuration",
                "https://a.example/.well-known/openid-configuration/t/v2",
            ]
        );
    }
}
