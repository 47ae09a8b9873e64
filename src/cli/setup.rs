//! Sets up the tools from the configuration, or from the embedded simulator.

use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::options::{Options, Quota};
use crate::clock::Clock;
use crate::config::Config;
use crate::project::{
    Account, App, Credentials, Platform, Project, Projects, ServiceApp, SourceRules,
};
use crate::reply::Budget;
use crate::request::ProviderId;
use crate::secret::Secret;
use crate::tools::Toolbox;
use crate::upstream::pipeline::{CallLimits, Upstream};
use crashsight_simulator::{self as sim, Simulator};

/// A toolbox, and the simulator behind it where there is one: dropping that ends it.
pub(crate) struct Setup {
    pub(super) toolbox: Arc<Toolbox>,
    pub(super) budget: Budget,
    pub(super) simulator: Option<Simulator>,
}

impl Options {
    /// Reads the settings, or starts the simulator and points at it.
    pub(super) async fn set_up(&self) -> anyhow::Result<Setup> {
        let policy = self.policy()?;
        let mut limits = CallLimits {
            answer_bytes: self.max_response_mb as usize * (1 << 20),
            ..CallLimits::default()
        };
        let (projects, zone, simulator) = if self.demo {
            let Quota(quota) = self.sim_quota;
            limits.paced = quota.is_some();
            let simulator = Simulator::start(sim::Options {
                quota,
                latency: Duration::from_millis(self.sim_latency),
                ..sim::Options::default()
            })
            .await?;
            let zone = crate::time_range::zone("+08:00").map_err(anyhow::Error::msg)?;
            (
                Arc::new(simulated(&simulator, &zone)),
                zone,
                Some(simulator),
            )
        } else {
            let settings = Config::load(self.config.as_deref())?;
            (settings.projects, settings.zone, None)
        };
        let run = Arc::new(Upstream::new(projects, Clock::System, limits));
        Ok(Setup {
            toolbox: Arc::new(Toolbox::new(run, zone, policy)),
            budget: Budget::new(self.reply_tokens),
            simulator,
        })
    }
}

/// The simulator's projects, as a configuration would name them.
fn simulated(simulator: &Simulator, zone: &TimeZone) -> Projects {
    let account = Account {
        name: "demo".into(),
        provider: ProviderId::CrashSight,
        base: simulator.base_url(),
        credentials: Ok(Credentials::CrashSight {
            user_id: sim::USER_ID.to_owned(),
            api_key: Secret::new(sim::API_KEY),
        }),
        zone: zone.clone(),
    };
    let projects = sim::PROJECTS
        .iter()
        .enumerate()
        .filter_map(|(at, demo)| {
            Some(Project {
                name: demo.alias.to_owned(),
                aliases: demo.aliases.iter().map(|&alias| alias.to_owned()).collect(),
                default: at == 0,
                crashsight: Some(App {
                    account: "demo".into(),
                    id: demo.app.to_owned(),
                    platform: Platform::parse(&demo.platform.to_string())?,
                }),
                companions: companions(demo),
                source: SourceRules::default(),
            })
        })
        .collect();
    let companion = |name: &str, provider, credentials, zone| {
        Arc::new(Account {
            name: name.into(),
            provider,
            base: simulator.base_url(),
            credentials: Ok(credentials),
            zone,
        })
    };
    let agora = Credentials::Agora {
        customer_id: sim::AGORA_CUSTOMER_ID.to_owned(),
        customer_secret: Secret::new(sim::AGORA_CUSTOMER_SECRET),
    };
    let getui = Credentials::Getui {
        app_id: sim::GETUI_APP_ID.to_owned(),
        app_key: Secret::new(sim::GETUI_APP_KEY),
        master_secret: Secret::new(sim::GETUI_MASTER_SECRET),
    };
    Projects {
        accounts: vec![
            Arc::new(account),
            companion("demo-calls", ProviderId::Agora, agora, TimeZone::UTC),
            companion("demo-push", ProviderId::Getui, getui, zone.clone()),
        ],
        projects,
        closed: false,
    }
}

/// What a configuration would say as `agora = …` and `getui = …`.
fn companions(demo: &sim::DemoProject) -> Vec<ServiceApp> {
    let calls = ServiceApp {
        provider: ProviderId::Agora,
        account: "demo-calls".into(),
        app: demo.agora.to_owned(),
    };
    let pushes = demo.getui.map(|app| ServiceApp {
        provider: ProviderId::Getui,
        account: "demo-push".into(),
        app: app.to_owned(),
    });
    std::iter::once(calls).chain(pushes).collect()
}
