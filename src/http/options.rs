//! Options of the HTTP server.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use super::auth::Token;
use super::identity::CredentialMode;
use super::oauth::OAuthSettings;
use super::state::ServerFactory;
use crate::tools::Toolbox;

/// Options of the HTTP server.
pub struct Options {
    /// The address to listen on.
    pub address: SocketAddr,
    /// Whether to serve `/sse` and `/messages`, the legacy HTTP+SSE transport.
    pub sse: bool,
    /// Bearer tokens. Without any, and without an OAuth issuer, requests need no authentication.
    pub tokens: Vec<Token>,
    /// The issuer of access tokens, accepted beside the bearer tokens.
    pub oauth: Option<OAuthSettings>,
    /// Allowed `Host` headers, in addition to loopback.
    pub hosts: Vec<String>,
    /// Allowed browser origins, in addition to the server itself.
    pub origins: Vec<String>,
    /// Certificate chain and key, PEM.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Whether a reverse proxy terminates TLS.
    pub behind_proxy: bool,
    /// Where credentials come from.
    pub credentials: CredentialMode,
    /// The tools.
    pub toolbox: Arc<Toolbox>,
    /// Makes the MCP server of one caller.
    pub server_factory: ServerFactory,
}
