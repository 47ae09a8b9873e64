//! The configured projects, and their apps at each service.

use std::sync::Arc;

use super::account::Account;
use super::platform::Platform;
use super::tickets::TicketPattern;
use crate::request::ProviderId;

/// Which frames and paths are the project's own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceRules {
    /// Path and package prefixes of own code.
    pub own: Vec<String>,
    /// Build-machine prefixes to take off paths.
    pub strip: Vec<String>,
}

/// A project as configured.
#[derive(Debug, Clone)]
pub struct Project {
    /// Its name.
    pub name: String,
    /// Other names for it.
    pub aliases: Vec<String>,
    /// Whether it is meant when none is named.
    pub default: bool,
    /// Its app at CrashSight.
    pub crashsight: Option<App>,
    /// Its apps at Agora and Getui, at most one of each.
    pub service_apps: Vec<ServiceApp>,
    /// Its source rules.
    pub source: SourceRules,
    /// How its tickets are recognised.
    pub tickets: Vec<TicketPattern>,
    /// Whether it has a section in the configuration file, which a hint may name.
    pub has_section: bool,
}

/// A project's app at a service that needs no more than its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceApp {
    /// The service.
    pub provider: ProviderId,
    /// The account, by name.
    pub account: Arc<str>,
    /// The service's id of the app.
    pub app: String,
}

/// An app of CrashSight, and the account that may read it.
#[derive(Debug, Clone)]
pub struct App {
    /// By name.
    pub account: Arc<str>,
    /// `appId`.
    pub id: String,
    /// Its platform.
    pub platform: Platform,
}

/// The configured accounts and projects.
#[derive(Debug, Clone, Default)]
pub struct Projects {
    /// In the order of the configuration; the first of a provider is its default.
    pub accounts: Vec<Arc<Account>>,
    /// In the order of the configuration.
    pub projects: Vec<Project>,
    /// Whether only these may be named: any other `appId@platform` is refused.
    pub restricted: bool,
    /// Whether a simulator answers in place of the services.
    pub simulated: bool,
}

impl Projects {
    /// The account of that name.
    pub fn account(&self, name: &str) -> Option<&Arc<Account>> {
        self.accounts.iter().find(|account| &*account.name == name)
    }

    /// The projects of these names and no other; `Err` is a name that none answers to.
    pub fn restrict_to(&self, names: &[String]) -> Result<Self, String> {
        let mut projects = Vec::new();
        for name in names {
            let project = self.find(name).ok_or_else(|| name.clone())?;
            projects.push(project.clone());
        }
        Ok(Self {
            accounts: self.accounts.clone(),
            projects,
            restricted: true,
            simulated: self.simulated,
        })
    }

    /// The accounts of these names, and the projects with an app that one of them reads; `Err` is an unknown name.
    pub fn signed_by(&self, names: &[String]) -> Result<Self, String> {
        let mut accounts = Vec::new();
        for name in names {
            accounts.push(Arc::clone(self.account(name).ok_or_else(|| name.clone())?));
        }
        let signs = |name: &str| accounts.iter().any(|account| &*account.name == name);
        let mut projects = self.projects.clone();
        for project in &mut projects {
            project.crashsight = project.crashsight.take().filter(|app| signs(&app.account));
            project.service_apps.retain(|app| signs(&app.account));
        }
        projects.retain(|project| project.crashsight.is_some() || !project.service_apps.is_empty());
        Ok(Self {
            accounts,
            projects,
            restricted: self.restricted,
            simulated: self.simulated,
        })
    }

    /// The project meant when none is named: the one marked, or the only one.
    pub fn default_project(&self) -> Option<&Project> {
        let marked = self.projects.iter().find(|project| project.default);
        match (marked, self.projects.as_slice()) {
            (None, [only]) => Some(only),
            (marked, _) => marked,
        }
    }

    /// The project of that name or alias, case and surrounding space aside.
    pub fn find(&self, name: &str) -> Option<&Project> {
        let same = |other: &String| other.trim().to_lowercase() == name.trim().to_lowercase();
        self.projects
            .iter()
            .find(|project| same(&project.name))
            .or_else(|| {
                self.projects
                    .iter()
                    .find(|project| project.aliases.iter().any(same))
            })
    }

    /// Every name a project answers to.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.projects.iter().flat_map(|project| {
            std::iter::once(project.name.as_str()).chain(project.aliases.iter().map(String::as_str))
        })
    }

    /// The project of that app.
    pub fn by_app(&self, id: &str, platform: Platform) -> Option<&Project> {
        self.projects.iter().find(|project| {
            project
                .crashsight
                .as_ref()
                .is_some_and(|known| known.id == id && known.platform == platform)
        })
    }

    /// The first account of a service.
    pub fn first_account(&self, provider: ProviderId) -> Option<&Arc<Account>> {
        self.accounts
            .iter()
            .find(|account| account.provider == provider)
    }
}

impl Project {
    /// Its app at Agora or Getui.
    pub fn service_app(&self, provider: ProviderId) -> Option<&ServiceApp> {
        self.service_apps
            .iter()
            .find(|app| app.provider == provider)
    }

    /// Whether it has an app at the service.
    pub fn has_app(&self, provider: ProviderId) -> bool {
        match provider {
            ProviderId::CrashSight => self.crashsight.is_some(),
            _ => self.service_app(provider).is_some(),
        }
    }
}
