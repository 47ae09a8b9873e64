//! `serve`: runs the MCP server on stdio or HTTP.

use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Args, ValueEnum};

use super::exit::Exit;
use super::http_address;
use super::oauth::OAuthFlags;
use super::options::Options;
use super::reload::Files;
use super::setup::{Callers, Setup};
use super::store_options::DefaultStore;
use crate::config;
use crate::http::{self, BaseUrls, CredentialMode};
use crate::mcp::{Output, Server};
use crate::tools::Caller;

/// The arguments of `serve`.
#[derive(Args, Default)]
pub(super) struct Serve {
    /// Listen on HTTP instead of stdio: /mcp, and the legacy /sse. A port alone is on loopback.
    #[arg(long, value_name = "[ADDRESS:]PORT", value_parser = http_address::parse)]
    http: Option<SocketAddr>,
    #[command(flatten)]
    over_http: OverHttp,
}

/// Arguments that require `--http`.
#[derive(Args, Default)]
#[group(requires = "http", multiple = true)]
struct OverHttp {
    /// Bearer tokens file (TOML), read again on SIGHUP. Required unless listening on loopback or with `--oauth-issuer`.
    #[arg(long, value_name = "FILE")]
    tokens: Option<PathBuf>,
    #[command(flatten)]
    oauth: OAuthFlags,
    /// Where credentials come from: `config`, or each request's `X-CrashSight-*` headers.
    #[arg(long, value_enum, default_value_t = CredentialsFrom::Config)]
    credentials: CredentialsFrom,
    /// Additional allowed Host header; repeatable.
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,
    /// Allowed browser Origin (CORS), e.g. https://app.example.com; repeatable.
    #[arg(long, value_name = "ORIGIN")]
    allow_origin: Vec<String>,
    /// TLS certificate chain (PEM).
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// TLS private key (PEM).
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// A reverse proxy terminates TLS.
    #[arg(long)]
    behind_proxy: bool,
    /// Disable the legacy /sse endpoint.
    #[arg(long)]
    no_sse: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum CredentialsFrom {
    #[default]
    Config,
    PerRequest,
}

impl Serve {
    #[expect(clippy::single_match_else, reason = "the two transports side by side")]
    pub(super) async fn serve(self, options: &Options) -> anyhow::Result<Exit> {
        let (callers, default) = match self.http {
            Some(_) => (Callers::Remote, DefaultStore::Memory),
            None => (Callers::Local, DefaultStore::Sqlite),
        };
        let setup = options.set_up_for(callers, default).await?;
        match self.http {
            Some(address) => {
                self.over_http.serve(address, &setup, options).await?;
            }
            None => {
                if std::io::stdin().is_terminal() {
                    say_what_is_expected();
                }
                Server::new(
                    Arc::clone(&setup.toolbox),
                    Caller::named("stdio"),
                    setup.budget,
                )
                .with_output(options.output.into())
                .serve_stdio()
                .await?;
            }
        }
        setup.toolbox.upstream().flush().await;
        Ok(Exit::Success)
    }
}

/// A person who starts the server by hand sees that it is not stuck.
#[expect(clippy::print_stderr, reason = "standard output is the protocol")]
fn say_what_is_expected() {
    eprintln!(
        "waiting for JSON-RPC messages of an MCP client on standard input; Ctrl-C ends\n\
         to see what the server does, run `crashsight-mcp demo`; to add it to a client, `crashsight-mcp install`"
    );
}

impl OverHttp {
    #[expect(
        clippy::print_stderr,
        reason = "the address is printed to standard error"
    )]
    async fn serve(
        self,
        address: SocketAddr,
        setup: &Setup,
        shared: &Options,
    ) -> anyhow::Result<()> {
        let budget = setup.budget;
        let output: Output = shared.output.into();
        let files = Files {
            tokens: self.tokens.clone(),
            config: shared.config.clone(),
            demo: shared.demo,
            per_request: self.credentials == CredentialsFrom::PerRequest,
        };
        let options = http::Options {
            address,
            sse: !self.no_sse,
            tokens: files.tokens(setup.toolbox.upstream().projects())?,
            credentials: self.credential_mode(setup)?,
            oauth: self.oauth.settings()?,
            hosts: self.allow_host,
            origins: self.allow_origin,
            tls: self.tls_cert.zip(self.tls_key),
            behind_proxy: self.behind_proxy,
            toolbox: Arc::clone(&setup.toolbox),
            server_factory: Arc::new(move |toolbox, caller| {
                Server::new(toolbox, caller, budget).with_output(output)
            }),
        };
        let scheme = if options.tls.is_some() {
            "https"
        } else {
            "http"
        };
        let running = http::serve(options).await?;
        eprintln!("serving {scheme}://{}/mcp", running.address());
        #[cfg(unix)]
        tokio::select! {
            signal = shutdown_signal() => signal?,
            failed = files.reload_on_hangup(&running) => failed?,
        }
        #[cfg(not(unix))]
        shutdown_signal().await?;
        tokio::select! {
            () = running.stop() => Ok(()),
            // A second signal does not wait.
            signal = shutdown_signal() => signal,
        }
    }

    fn credential_mode(&self, setup: &Setup) -> anyhow::Result<CredentialMode> {
        if self.credentials == CredentialsFrom::Config {
            return Ok(CredentialMode::Config);
        }
        let (cn, global, (agora, getui)) = match &setup.simulator {
            Some(simulator) => {
                let base = || simulator.base_url();
                (base(), base(), (base(), base()))
            }
            None => (
                config::base_url("cn")?,
                config::base_url("global")?,
                config::service_base_urls()?,
            ),
        };
        Ok(CredentialMode::PerRequest(BaseUrls {
            cn,
            global,
            agora,
            getui,
            zone: crate::time_range::zone("+08:00").map_err(anyhow::Error::msg)?,
        }))
    }
}

/// Waits for Ctrl-C or SIGTERM.
pub(super) async fn shutdown_signal() -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).context("cannot listen for signals")?;
        tokio::select! {
            signal = tokio::signal::ctrl_c() => signal.context("cannot listen for signals"),
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c()
        .await
        .context("cannot listen for signals")
}
