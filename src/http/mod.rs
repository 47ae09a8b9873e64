//! MCP over HTTP: `/mcp`, `/sse` with `/messages`, health and metrics.
//!
//! Secure by default. The `Host` header, the origin, the bearer token and the credentials of a request are checked, in
//! this order, before its body is read.

mod auth;
mod body;
mod connection_limits;
mod cors;
mod credential_headers;
mod error_response;
mod health;
mod host_check;
mod identity;
mod listener;
mod live;
mod mcp;
mod oauth;
mod options;
mod router;
mod sse;
mod state;

use std::sync::Arc;

use self::connection_limits::ConnectionLimits;
use self::host_check::HostPolicy;
use self::identity::Identities;
use self::live::Live;
use self::oauth::ResourceServer;
use self::router::Router;
use self::sse::Streams;
use self::state::HttpState;
use crate::tools::{Caller, tool::Effect};

pub use auth::Token;
pub use credential_headers::BaseUrls;
pub use identity::CredentialMode;
pub use listener::Running;
pub use oauth::OAuthSettings;
pub use options::Options;
pub use state::ServerFactory;

/// Binds the address and serves in the background.
pub async fn serve(options: Options) -> anyhow::Result<Running> {
    listener::validate_exposure(&options)?;
    let tls = options
        .tls
        .as_ref()
        .map(|(certificate, key)| listener::tls(certificate, key))
        .transpose()?;
    let listener = listener::bind(options.address).await?;
    let address = listener.local_addr()?;
    // The first call finds its client built, and a limit of descriptors shows before anyone is served.
    let connected = match options.credentials {
        CredentialMode::Config => options.toolbox.upstream().connect(),
        CredentialMode::PerRequest(_) => Ok(()),
    };
    if let Err(error) = connected {
        tracing::warn!(%error, "the HTTP client cannot be built; the next call tries again");
    }
    let issuer = options.oauth.map(|settings| {
        let listed = options.toolbox.list(&Caller::named("http"));
        let writes = listed.iter().any(|tool| tool.effect == Effect::Write);
        Arc::new(ResourceServer::new(settings, writes))
    });
    if let Some(issuer) = issuer.clone() {
        tokio::spawn(async move { issuer.fetch_keys().await });
    }
    let router = Router {
        state: Arc::new(HttpState::new(options.server_factory)),
        host_policy: HostPolicy::new(address.ip(), &options.hosts, &options.origins),
        live: Live::new(options.toolbox, options.tokens),
        issuer,
        identities: Identities::new(options.credentials),
        streams: options.sse.then(Streams::default),
    };
    let limits = ConnectionLimits::new(options.behind_proxy);
    Ok(listener::start(
        listener,
        tls,
        Arc::new(router),
        address,
        limits,
    ))
}
