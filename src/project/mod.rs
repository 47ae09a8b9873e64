//! Accounts and named projects.

mod apps;
mod closest;
mod credential_source;

use std::sync::Arc;

use crate::error::Error;
use crate::request::ProviderId;
use crate::secret::Secret;
use jiff::tz::TimeZone;

pub use apps::{AppRef, CrashSightApp, app_id};
pub use closest::{closest_match, closest_project};
pub use credential_source::CredentialSource;

/// The platforms of CrashSight. Three have documented numbers; others are passed on by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Platform {
    /// `1`
    Android,
    /// `2`
    Ios,
    /// `10`
    Pc,
    /// Any other number of the vendor.
    Other(u16),
}

impl Platform {
    /// Reads `android`, `ios`, `pc` or the vendor's number.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        match text.as_str() {
            "android" => Some(Self::Android),
            "ios" => Some(Self::Ios),
            "pc" | "windows" => Some(Self::Pc),
            _ => text.parse().ok().map(|number| match number {
                1 => Self::Android,
                2 => Self::Ios,
                10 => Self::Pc,
                other => Self::Other(other),
            }),
        }
    }

    /// The vendor's number.
    pub fn number(self) -> u16 {
        match self {
            Self::Android => 1,
            Self::Ios => 2,
            Self::Pc => 10,
            Self::Other(number) => number,
        }
    }

    /// As written in `appId@platform`.
    pub fn as_str(self) -> String {
        match self {
            Self::Android => "android".to_owned(),
            Self::Ios => "ios".to_owned(),
            Self::Pc => "pc".to_owned(),
            Self::Other(number) => number.to_string(),
        }
    }

    /// For people.
    pub fn display_name(self) -> String {
        match self {
            Self::Android => "Android".to_owned(),
            Self::Ios => "iOS".to_owned(),
            Self::Pc => "PC".to_owned(),
            Self::Other(number) => format!("platform {number}"),
        }
    }
}

/// The credentials of an account.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// CrashSight's user id and OpenAPI key.
    CrashSight {
        /// `localUserId`.
        user_id: String,
        /// `userOpenapiKey`.
        api_key: Secret,
    },
    /// Agora's pair for HTTP Basic.
    Agora {
        /// Customer ID.
        customer_id: String,
        /// Customer secret.
        customer_secret: Secret,
    },
    /// Getui's app id, key and master secret.
    Getui {
        /// Part of every path.
        app_id: String,
        /// Sent in the login.
        app_key: Secret,
        /// Signs the login.
        master_secret: Secret,
    },
}

impl Credentials {
    /// Who the service counts it as.
    pub fn user(&self) -> &str {
        match self {
            Self::CrashSight { user_id, .. } => user_id,
            Self::Agora { customer_id, .. } => customer_id,
            Self::Getui { app_id, .. } => app_id,
        }
    }

    /// Everything that must never be shown, as it may appear in a text.
    pub fn secrets(&self) -> Vec<String> {
        match self {
            Self::CrashSight { api_key, .. } => vec![api_key.expose().to_owned()],
            Self::Agora {
                customer_id,
                customer_secret,
            } => vec![
                crate::secret::base64(&format!("{customer_id}:{}", customer_secret.expose())),
                customer_secret.expose().to_owned(),
            ],
            Self::Getui {
                app_key,
                master_secret,
                ..
            } => vec![
                master_secret.expose().to_owned(),
                app_key.expose().to_owned(),
            ],
        }
    }

    /// The secret of this identity: it keys what only this identity may confirm.
    pub fn secret(&self) -> &Secret {
        match self {
            Self::CrashSight { api_key, .. } => api_key,
            Self::Agora {
                customer_secret, ..
            } => customer_secret,
            Self::Getui { master_secret, .. } => master_secret,
        }
    }
}

/// One identity at one service.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its name in the configuration.
    pub name: Arc<str>,
    /// The service.
    pub provider: ProviderId,
    /// `scheme://host[:port]`, without a slash at the end.
    pub base: String,
    /// Where the credentials were configured.
    pub source: CredentialSource,
    /// `Err` names the settings to make.
    pub credentials: Result<Credentials, String>,
    /// The zone of the service's days.
    pub zone: TimeZone,
}

impl Account {
    /// The credential that signs, or the error that names the settings to make.
    pub fn credentials(&self) -> Result<&Credentials, Error> {
        self.credentials
            .as_ref()
            .map_err(|hint| Error::Credentials {
                provider: self.provider,
                hint: hint.clone(),
            })
    }
}

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

#[cfg(test)]
mod tests;
