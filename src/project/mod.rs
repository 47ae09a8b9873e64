//! Accounts and named projects: the words of the `project` argument to an app, a platform and who signs.

mod closest;
mod credential_source;
mod service_app;

use std::borrow::Cow;
use std::sync::Arc;

use crate::args::ProjectName;
use crate::error::Error;
use crate::request::ProviderId;
use crate::secret::Secret;
use jiff::tz::TimeZone;

pub use closest::{closest_match, closest_project};
pub use credential_source::CredentialSource;
pub use service_app::{Destination, ServiceApp, ServiceAppRef};

/// A platform of CrashSight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Platform {
    /// `1`
    Android,
    /// `2`
    Ios,
    /// `10`
    Pc,
    /// Any other number, such as that of HarmonyOS, which no public source states.
    Other(u8),
}

impl Platform {
    /// Reads `android`, `ios`, `pc` or the vendor's number, 1 to 255.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        match text.as_str() {
            "android" | "1" => Some(Self::Android),
            "ios" | "2" => Some(Self::Ios),
            "pc" | "windows" | "10" => Some(Self::Pc),
            number => number
                .parse()
                .ok()
                .filter(|number| *number > 0)
                .map(Self::Other),
        }
    }

    /// The vendor's number.
    pub fn number(self) -> u8 {
        match self {
            Self::Android => 1,
            Self::Ios => 2,
            Self::Pc => 10,
            Self::Other(number) => number,
        }
    }

    /// As written in `appId@platform`.
    pub fn word(self) -> Cow<'static, str> {
        match self {
            Self::Android => "android".into(),
            Self::Ios => "ios".into(),
            Self::Pc => "pc".into(),
            Self::Other(number) => number.to_string().into(),
        }
    }

    /// For people.
    pub fn title(self) -> Cow<'static, str> {
        match self {
            Self::Android => "Android".into(),
            Self::Ios => "iOS".into(),
            Self::Pc => "PC".into(),
            Self::Other(number) => format!("platform {number}").into(),
        }
    }
}

/// What an account proves itself with.
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
    /// Getui's three words of an app.
    Getui {
        /// It stands in every path.
        app_id: String,
        /// It goes into the login.
        app_key: Secret,
        /// It signs the login.
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
    /// Where its credentials were configured.
    pub source: CredentialSource,
    /// `Err` names the settings to make.
    pub credentials: Result<Credentials, String>,
    /// The zone of the service's days.
    pub zone: TimeZone,
}

impl Account {
    /// The credential that signs, or the failure that names the settings to make.
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
    /// Where its crashes are.
    pub crashsight: Option<App>,
    /// Where its calls and pushes are: at most one of a service.
    pub companions: Vec<ServiceApp>,
    /// Its source rules.
    pub source: SourceRules,
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

/// Everything configured.
#[derive(Debug, Clone, Default)]
pub struct Projects {
    /// In the order of the configuration; the first of a provider is its default.
    pub accounts: Vec<Arc<Account>>,
    /// In the order of the configuration.
    pub projects: Vec<Project>,
    /// Whether only these may be named: an `appId@platform` beside them is refused.
    pub closed: bool,
}

/// What a `project` argument came to.
#[derive(Debug, Clone)]
pub struct Target {
    /// The name to show, and to give to a next call.
    pub label: String,
    /// Whether a next call may leave it out.
    pub default: bool,
    /// Who signs.
    pub account: Arc<Account>,
    /// `appId`.
    pub app: String,
    /// The platform.
    pub platform: Platform,
    /// Source rules, empty for a bare `appId@platform`.
    pub source: SourceRules,
}

impl Projects {
    /// The account of that name.
    pub fn account(&self, name: &str) -> Option<&Arc<Account>> {
        self.accounts.iter().find(|account| &*account.name == name)
    }

    /// The projects of these names and no other; `Err` is a name that none answers to.
    pub fn limited(&self, names: &[String]) -> Result<Self, String> {
        let mut projects = Vec::new();
        for name in names {
            let project = self.find(name).ok_or_else(|| name.clone())?;
            projects.push(project.clone());
        }
        Ok(Self {
            accounts: self.accounts.clone(),
            projects,
            closed: true,
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

    /// Finds the CrashSight app that an argument means, and an account with credentials to read it.
    pub fn crashsight(&self, name: Option<&ProjectName>) -> Result<Target, Error> {
        let target = match name {
            Some(name) => self.named(name.as_str())?,
            None => self.unnamed()?,
        };
        target.account.credentials()?;
        Ok(target)
    }

    /// The project of that app.
    pub fn of_app(&self, id: &str, platform: Platform) -> Option<&Project> {
        self.projects.iter().find(|project| {
            project
                .crashsight
                .as_ref()
                .is_some_and(|known| known.id == id && known.platform == platform)
        })
    }

    fn is_default(&self, project: &Project) -> bool {
        self.default_project()
            .is_some_and(|default| default.name == project.name)
    }

    fn unnamed(&self) -> Result<Target, Error> {
        // A project of companions alone is no answer to a question about crashes.
        if let Some(project) = self
            .default_project()
            .filter(|project| project.crashsight.is_some())
        {
            return self.target(project);
        }
        // Without credentials there is no project to name either: say the first thing first.
        if let Some(account) = self.of_provider(ProviderId::CrashSight) {
            account.credentials()?;
        }
        Err(Error::invalid_arguments(
            if self
                .projects
                .iter()
                .all(|project| project.crashsight.is_none())
            {
                "no project is configured: give `project` as `appId@platform` (android, ios or pc)\n\
             hint: CRASHSIGHT_PROJECT sets a default"
                .to_owned()
            } else {
                format!("`project` is needed, one of: {}", self.list())
            },
        ))
    }

    fn named(&self, name: &str) -> Result<Target, Error> {
        if let Some(project) = self.find(name) {
            return self.target(project);
        }
        if let Some((app, platform)) = name.rsplit_once('@') {
            return self.bare(app.trim(), platform);
        }
        let near = closest_project(name, self.names())
            .map(|near| format!(": did you mean `{near}`?"))
            .unwrap_or_default();
        let known = if self.projects.is_empty() {
            String::new()
        } else {
            format!("\nhint: projects are {}", self.list())
        };
        let any = if self.closed {
            ""
        } else {
            "; `appId@platform` (android, ios, pc) names any app"
        };
        Err(Error::invalid_arguments(format!(
            "no project is called `{}`{near}{known}{any}",
            crate::reply::inline(name, 60)
        )))
    }

    /// `appId@platform`, configured or not.
    fn bare(&self, app: &str, platform: &str) -> Result<Target, Error> {
        let Some(platform) = Platform::parse(platform) else {
            return Err(Error::invalid_arguments(format!(
                "the platform after `@` is android, ios or pc, not `{}`",
                crate::reply::inline(platform, 30)
            )));
        };
        let app = app_id(app).map_err(Error::invalid_arguments)?;
        if let Some(project) = self.of_app(app, platform) {
            return self.target(project);
        }
        if self.closed {
            return Err(Error::invalid_arguments(format!(
                "`{app}@{}` is not among the projects open to this caller: {}",
                platform.word(),
                self.list()
            )));
        }
        let account = self
            .default_project()
            .and_then(|project| project.crashsight.as_ref())
            .and_then(|app| self.account(&app.account))
            .or_else(|| self.of_provider(ProviderId::CrashSight))
            .ok_or_else(|| Error::Credentials {
                provider: ProviderId::CrashSight,
                hint: "no account is configured".to_owned(),
            })?;
        Ok(Target {
            label: format!("{app}@{}", platform.word()),
            default: false,
            account: Arc::clone(account),
            app: app.to_owned(),
            platform,
            source: SourceRules::default(),
        })
    }

    /// The first account of a service.
    pub fn of_provider(&self, provider: ProviderId) -> Option<&Arc<Account>> {
        self.accounts
            .iter()
            .find(|account| account.provider == provider)
    }

    fn target(&self, project: &Project) -> Result<Target, Error> {
        let app = project.crashsight.as_ref().ok_or_else(|| {
            Error::invalid_arguments(format!("project `{}` has no CrashSight app", project.name))
        })?;
        let account = self
            .account(&app.account)
            .ok_or_else(|| Error::Credentials {
                provider: ProviderId::CrashSight,
                hint: format!("project `{}` names an unknown account", project.name),
            })?;
        Ok(Target {
            label: project.name.clone(),
            default: self.is_default(project),
            account: Arc::clone(account),
            app: app.id.clone(),
            platform: app.platform,
            source: project.source.clone(),
        })
    }

    fn list(&self) -> String {
        let names: Vec<String> = self
            .projects
            .iter()
            .map(|project| format!("`{}`", project.name))
            .collect();
        names.join(", ")
    }
}

/// An app id, which becomes a part of addresses: letters, digits, `_` and `-`. `Err` says so.
pub fn app_id(text: &str) -> Result<&str, String> {
    let id = text.trim();
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    if id.is_empty() || id.len() > 64 || !id.bytes().all(plain) {
        return Err(format!(
            "an app id has letters and digits, as in `d98b9f7eec@android`, not `{}`",
            crate::reply::inline(id, 40)
        ));
    }
    Ok(id)
}

#[cfg(test)]
mod tests;
