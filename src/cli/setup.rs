//! Sets up the tools from the configuration, or from the embedded simulator.

use std::sync::Arc;

use super::options::Options;
use super::simulator::Simulator;
use super::store_options::DefaultStore;
use crate::clock::Clock;
use crate::config::Config;
use crate::reply::Budget;
use crate::tools::Toolbox;
use crate::upstream::http_client::HttpClient;
use crate::upstream::store::shared::Store;
use crate::upstream::{CallLimits, Upstream};

/// A toolbox, and the simulator behind it where there is one: dropping that ends it.
pub(crate) struct Setup {
    pub(super) toolbox: Arc<Toolbox>,
    pub(super) budget: Budget,
    pub(super) simulator: Option<Simulator>,
}

/// Where callers are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Callers {
    /// On this machine: standard input and output, or the command line.
    Local,
    /// Anywhere.
    Remote,
}

impl Options {
    /// Reads the settings, or starts the simulator and points at it.
    pub(super) async fn set_up(&self, default: DefaultStore) -> anyhow::Result<Setup> {
        self.set_up_for(Callers::Local, default).await
    }

    /// The same for callers on this machine or on others.
    ///
    /// With the simulator nothing is shared with other processes: each has a simulator of its own.
    pub(super) async fn set_up_for(
        &self,
        callers: Callers,
        default: DefaultStore,
    ) -> anyhow::Result<Setup> {
        let mut policy = self.policy()?;
        let defaults = CallLimits::default();
        let response_bytes = self.max_response_mb as usize * (1 << 20);
        let mut limits = CallLimits {
            response_bytes,
            // Who allows less memory for a response allows no more for those that are kept.
            cache_bytes: defaults.cache_bytes.min(response_bytes as u64),
            redact: self.redact,
            ..defaults
        };
        let (projects, zone, simulator, store) = if self.demo {
            limits.paced = self.simulator.limits_rate();
            let (simulator, projects) = self.simulator.start().await?;
            let zone = crate::time_range::zone("+08:00").map_err(anyhow::Error::msg)?;
            let store = Arc::new(Store::memory());
            (Arc::new(projects), zone, Some(simulator), store)
        } else {
            let settings = Config::load(self.config.as_deref())?;
            // A program of this machine is for those who are on it.
            if callers == Callers::Local {
                policy.symbol_uploader = settings.symbol_uploader;
            }
            let store = self.store.open(default)?;
            (settings.projects, settings.zone, None, store)
        };
        let client = HttpClient::new(limits.response_bytes);
        let run = Upstream::with_store(projects, Clock::System, limits, client, store);
        Ok(Setup {
            toolbox: Arc::new(Toolbox::new(Arc::new(run), zone, policy)),
            budget: Budget::new(self.reply_tokens),
            simulator,
        })
    }
}
