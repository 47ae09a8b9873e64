//! Demo accounts and projects: the simulator's plain data as [`Projects`].

use std::sync::Arc;

use crashsight_simulator::{self as simulator, DemoAccount, DemoProject, Service};
use jiff::tz::{TimeZone, offset};

use crate::project::{
    Account, App, CredentialSource, Credentials, Platform, Project, Projects, ServiceApp,
    SourceRules,
};
use crate::request::ProviderId;
use crate::secret::Secret;

/// Every demo project and account, served at `base_url`.
pub(crate) fn all(base_url: &str) -> Projects {
    select(base_url, &simulator::ACCOUNTS, simulator::PROJECTS)
}

/// Some demo projects, with the apps for which there is an account. The first project is the default.
pub fn select(base_url: &str, accounts: &[DemoAccount], projects: &[DemoProject]) -> Projects {
    let named = |service: Service| {
        let account = accounts.iter().find(|account| account.service() == service);
        account.map(|account| Arc::<str>::from(account.name))
    };
    let service_app = |service: Service, app: Option<&str>| {
        Some(ServiceApp {
            provider: provider(service),
            account: named(service)?,
            app: app?.to_owned(),
        })
    };
    let project = |(position, demo): (usize, &DemoProject)| Project {
        has_section: false,
        name: demo.alias.to_owned(),
        aliases: demo.aliases.iter().map(|&alias| alias.to_owned()).collect(),
        default: position == 0,
        crashsight: named(Service::CrashSight)
            .zip(Platform::parse(&demo.platform.to_string()))
            .map(|(account, platform)| App {
                account,
                id: demo.app.to_owned(),
                platform,
            }),
        service_apps: [
            service_app(Service::Agora, demo.agora),
            service_app(Service::Getui, demo.getui),
        ]
        .into_iter()
        .flatten()
        .collect(),
        source: SourceRules::default(),
        tickets: Vec::new(),
    };
    Projects {
        accounts: accounts
            .iter()
            .map(|account| Arc::new(signed(base_url, account)))
            .collect(),
        projects: projects.iter().enumerate().map(project).collect(),
        simulated: true,
        restricted: false,
    }
}

fn signed(base_url: &str, demo: &DemoAccount) -> Account {
    Account {
        name: demo.name.into(),
        provider: provider(demo.service()),
        base: base_url.to_owned(),
        source: CredentialSource::Simulator,
        credentials: Ok(credentials(&demo.credentials)),
        zone: TimeZone::fixed(offset(demo.utc_offset_hours)),
    }
}

fn provider(service: Service) -> ProviderId {
    match service {
        Service::CrashSight => ProviderId::CrashSight,
        Service::Agora => ProviderId::Agora,
        Service::Getui => ProviderId::Getui,
    }
}

fn credentials(demo: &simulator::Credentials) -> Credentials {
    match *demo {
        simulator::Credentials::CrashSight { user_id, api_key } => Credentials::CrashSight {
            user_id: user_id.to_owned(),
            api_key: Secret::new(api_key),
        },
        simulator::Credentials::Agora {
            customer_id,
            customer_secret,
        } => Credentials::Agora {
            customer_id: customer_id.to_owned(),
            customer_secret: Secret::new(customer_secret),
        },
        simulator::Credentials::Getui {
            app_id,
            app_key,
            master_secret,
        } => Credentials::Getui {
            app_id: app_id.to_owned(),
            app_key: Secret::new(app_key),
            master_secret: Secret::new(master_secret),
        },
    }
}
