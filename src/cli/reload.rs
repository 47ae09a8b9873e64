//! The bearer tokens of `serve`, and SIGHUP, which reads them and the configuration again.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::bail;

use crate::config::{self, Config, TokenSetting};
use crate::http::{Running, Token};
use crate::project::Projects;

/// The files that are read again.
pub(super) struct Files {
    /// The tokens file.
    pub(super) tokens: Option<PathBuf>,
    /// The configuration file from the command line.
    pub(super) config: Option<PathBuf>,
    /// Whether a simulator answers: its accounts do not change.
    pub(super) demo: bool,
    /// Whether credentials come from request headers.
    pub(super) per_request: bool,
}

impl Files {
    /// The bearer tokens, restricted to these projects.
    pub(super) fn tokens(&self, projects: &Projects) -> anyhow::Result<Vec<Token>> {
        let Some(path) = &self.tokens else {
            return Ok(Vec::new());
        };
        let settings = config::tokens(path)?.into_iter();
        settings
            .map(|setting| self.token(setting, projects))
            .collect()
    }

    fn token(&self, setting: TokenSetting, projects: &Projects) -> anyhow::Result<Token> {
        let name = &setting.name;
        let signed = match &setting.accounts {
            Some(names) => Some(projects.signed_by(names).map_err(|account| {
                anyhow::anyhow!("tokens.{name}: unknown account `{account}`")
            })?),
            None if self.per_request && setting.projects.is_some() => bail!(
                "tokens.{name}: `projects` cannot be used with `--credentials per-request`, which has no configured \
                 projects\n\
                 hint: `accounts` names the configured accounts that sign for this token"
            ),
            None => None,
        };
        let signs = signed.is_some();
        let view = match &setting.projects {
            None => signed,
            Some(names) => {
                let from = signed.as_ref().unwrap_or(projects);
                Some(from.restrict_to(names).map_err(|project| {
                    anyhow::anyhow!("tokens.{name}: unknown project `{project}`")
                })?)
            }
        };
        Ok(Token {
            fingerprint: setting.fingerprint,
            read_only: setting.read_only,
            projects: view.map(Arc::new),
            signs,
            name: setting.name.into(),
        })
    }

    /// Reads both files; what cannot be read changes nothing.
    fn reload(&self, running: &Running) -> anyhow::Result<()> {
        let projects = if self.demo {
            None
        } else {
            Some(Config::load(self.config.as_deref().map(Path::new))?.projects)
        };
        let tokens = self.tokens(projects.as_deref().unwrap_or(&running.projects()))?;
        running.reload(tokens, projects);
        Ok(())
    }

    /// Reloads at every SIGHUP, and never ends.
    #[cfg(unix)]
    pub(super) async fn reload_on_hangup(&self, running: &Running) -> anyhow::Result<()> {
        use anyhow::Context as _;
        use tokio::signal::unix::{SignalKind, signal};
        let mut hangups = signal(SignalKind::hangup()).context("cannot listen for signals")?;
        while hangups.recv().await.is_some() {
            match self.reload(running) {
                Ok(()) => tracing::warn!("settings reloaded"),
                Err(error) => {
                    let error = format!("{error:#}");
                    tracing::error!(error, "settings not reloaded; the previous ones stay");
                }
            }
        }
        Ok(())
    }
}
