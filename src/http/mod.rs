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
mod mcp;
mod options;
mod router;
mod sse;
mod state;

use std::sync::Arc;

use self::auth::BearerAuth;
use self::connection_limits::ConnectionLimits;
use self::host_check::HostPolicy;
use self::identity::Identities;
use self::router::Router;
use self::sse::Streams;
use self::state::HttpState;

pub use auth::Token;
pub use credential_headers::BaseUrls;
pub use identity::CredentialMode;
pub use listener::Running;
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
    let router = Router {
        state: Arc::new(HttpState::new(options.server_factory)),
        host_policy: HostPolicy::new(address.ip(), &options.hosts, &options.origins),
        auth: BearerAuth::new(options.tokens),
        identities: Identities::new(options.credentials, options.toolbox),
        streams: options.sse.then(Streams::default),
    };
    // The first call finds its client built, and a limit of descriptors shows before anyone is served.
    let connected = router
        .identities
        .default_toolbox()
        .map_or(Ok(()), |own| own.upstream().connect());
    if let Err(error) = connected {
        tracing::warn!(%error, "the HTTP client cannot be built; the next call tries again");
    }
    let limits = ConnectionLimits::new(options.behind_proxy);
    Ok(listener::start(
        listener,
        tls,
        Arc::new(router),
        address,
        limits,
    ))
}
