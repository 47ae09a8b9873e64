//! `serve`: MCP over standard input and output, or over HTTP.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};

use super::exit::Exit;
use super::options::Options;
use super::setup::Setup;
use crate::config::{self, TokenSetting};
use crate::http::{self, BaseUrls, Signer, Token};
use crate::mcp::{Output, Server};
use crate::tools::Caller;

/// What `serve` takes.
#[derive(Args, Default)]
pub(super) struct Serve {
    /// Serve over HTTP at this address instead: /mcp, and /sse for older clients.
    #[arg(long, value_name = "ADDRESS:PORT")]
    http: Option<SocketAddr>,
    #[command(flatten)]
    over_http: OverHttp,
}

/// What only HTTP takes.
#[derive(Args, Default)]
#[group(requires = "http", multiple = true)]
struct OverHttp {
    /// TOML file of named bearer tokens; without it only loopback may be served.
    #[arg(long, value_name = "FILE")]
    tokens: Option<PathBuf>,
    /// Whose credentials sign: the settings', or each request's from its X-CrashSight-… headers.
    #[arg(long, value_enum, default_value_t = CredentialsFrom::Config)]
    credentials: CredentialsFrom,
    /// Another name by which clients reach this server; may be repeated.
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,
    /// An origin whose pages may call, such as https://app.example.com; may be repeated.
    #[arg(long, value_name = "ORIGIN")]
    allow_origin: Vec<String>,
    /// Certificate chain, PEM.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Key of the certificate, PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// A proxy in front ends TLS.
    #[arg(long)]
    behind_proxy: bool,
    /// Do not offer /sse.
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
    pub(super) async fn serve(self, options: &Options) -> anyhow::Result<Exit> {
        let setup = options.set_up().await?;
        match self.http {
            Some(address) => {
                let output = options.output.into();
                self.over_http.serve(address, &setup, output).await?;
            }
            None => {
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
        Ok(Exit::Success)
    }
}

impl OverHttp {
    #[expect(
        clippy::print_stderr,
        reason = "the address, where the system chose the port, is known only now"
    )]
    async fn serve(self, address: SocketAddr, setup: &Setup, output: Output) -> anyhow::Result<()> {
        let budget = setup.budget;
        let options = http::Options {
            address,
            sse: !self.no_sse,
            tokens: self.tokens(setup)?,
            signer: self.signer(setup)?,
            hosts: self.allow_host,
            origins: self.allow_origin,
            tls: self.tls_cert.zip(self.tls_key),
            behind_proxy: self.behind_proxy,
            toolbox: Arc::clone(&setup.toolbox),
            make: Arc::new(move |toolbox, caller| {
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
        asked_to_end().await?;
        tokio::select! {
            () = running.stop() => Ok(()),
            // Asked twice: now.
            asked = asked_to_end() => asked,
        }
    }

    fn tokens(&self, setup: &Setup) -> anyhow::Result<Vec<Token>> {
        let Some(path) = &self.tokens else {
            return Ok(Vec::new());
        };
        let per_request = self.credentials == CredentialsFrom::PerRequest;
        let projects = setup.toolbox.run().projects();
        let token = |setting: TokenSetting| {
            let view = match &setting.projects {
                None => None,
                Some(_) if per_request => bail!(
                    "tokens.{}: `projects` names the server's projects, and with \
                     `--credentials per-request` it has none",
                    setting.name
                ),
                Some(names) => Some(Arc::new(projects.limited(names).map_err(|name| {
                    anyhow::anyhow!("tokens.{}: no project is called `{name}`", setting.name)
                })?)),
            };
            Ok(Token {
                name: setting.name.into(),
                fingerprint: setting.fingerprint,
                read_only: setting.read_only,
                projects: view,
            })
        };
        config::tokens(path)?.into_iter().map(token).collect()
    }

    fn signer(&self, setup: &Setup) -> anyhow::Result<Signer> {
        if self.credentials == CredentialsFrom::Config {
            return Ok(Signer::Server);
        }
        let (cn, global, (agora, getui)) = match &setup.simulator {
            Some(simulator) => {
                let base = || simulator.base_url();
                (base(), base(), (base(), base()))
            }
            None => (
                config::site("cn")?,
                config::site("global")?,
                config::companion_bases()?,
            ),
        };
        Ok(Signer::Request(BaseUrls {
            cn,
            global,
            agora,
            getui,
            zone: crate::time_range::zone("+08:00").map_err(anyhow::Error::msg)?,
        }))
    }
}

/// Waits for Ctrl-C, or for what a service manager sends.
async fn asked_to_end() -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).context("no signal can be heard")?;
        tokio::select! {
            asked = tokio::signal::ctrl_c() => asked.context("no signal can be heard"),
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c()
        .await
        .context("no signal can be heard")
}
