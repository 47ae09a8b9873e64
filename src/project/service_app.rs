//! A project's apps at Agora and Getui: services that need no more than an app's id.

use std::sync::Arc;

use super::{Account, Platform, Project, Projects, Target, closest_project};
use crate::args::ProjectName;
use crate::error::Error;
use crate::request::ProviderId;

/// A project's app at a service that needs no more than its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceApp {
    /// The service.
    pub provider: ProviderId,
    /// By name.
    pub account: Arc<str>,
    /// The service's id of the app.
    pub app: String,
}

impl Project {
    /// Its app at a companion service.
    pub fn companion(&self, provider: ProviderId) -> Option<&ServiceApp> {
        self.companions
            .iter()
            .find(|companion| companion.provider == provider)
    }
}

/// What a `project` argument came to at a companion service.
#[derive(Debug, Clone)]
pub struct ServiceAppRef {
    /// The name to show, and to give to a next call.
    pub label: String,
    /// Whether a next call may leave it out.
    pub default: bool,
    /// Who signs.
    pub account: Arc<Account>,
    /// The service's id of the app.
    pub app: String,
}

/// Where a call goes, at whichever service.
pub trait Destination {
    /// The project's name.
    fn label(&self) -> &str;
    /// Whether a next call may leave it out.
    fn default(&self) -> bool;
    /// Who signs.
    fn account(&self) -> &Arc<Account>;
}

impl Destination for Target {
    fn label(&self) -> &str {
        &self.label
    }
    fn default(&self) -> bool {
        self.default
    }
    fn account(&self) -> &Arc<Account> {
        &self.account
    }
}

impl Destination for ServiceAppRef {
    fn label(&self) -> &str {
        &self.label
    }
    fn default(&self) -> bool {
        self.default
    }
    fn account(&self) -> &Arc<Account> {
        &self.account
    }
}

impl Projects {
    /// Finds the app at a companion service that an argument means, and an account with credentials.
    pub fn companion(
        &self,
        provider: ProviderId,
        name: Option<&ProjectName>,
    ) -> Result<ServiceAppRef, Error> {
        let reached = |project: &&Project| project.companion(provider).is_some();
        let project = if let Some(name) = name {
            self.configured(name.as_str())?
        } else {
            let mut all = self.projects.iter().filter(reached);
            let only = all.next().filter(|_| all.next().is_none());
            self.default_project()
                .filter(reached)
                .or(only)
                .ok_or_else(|| self.unreached(provider))?
        };
        let app = project.companion(provider).ok_or_else(|| {
            Error::invalid_arguments(format!(
                "project `{}` names no {} app\nhint: add `{} = {{ … }}` to [projects.{}] in the configuration",
                project.name,
                provider.title(),
                provider.word(),
                project.name
            ))
        })?;
        let account = self
            .account(&app.account)
            .ok_or_else(|| Error::Credentials {
                provider,
                hint: format!("project `{}` names an unknown account", project.name),
            })?;
        account.credentials()?;
        Ok(ServiceAppRef {
            label: project.name.clone(),
            default: self.is_default(project),
            account: Arc::clone(account),
            app: app.app.clone(),
        })
    }

    /// Why no project can be meant: the first thing first.
    fn unreached(&self, provider: ProviderId) -> Error {
        match self
            .of_provider(provider)
            .map(|account| account.credentials())
        {
            Some(Err(failure)) => return failure,
            None => {
                return Error::Credentials {
                    provider,
                    hint: "no account is configured".to_owned(),
                };
            }
            Some(Ok(_)) => {}
        }
        let names: Vec<String> = self
            .projects
            .iter()
            .filter(|project| project.companion(provider).is_some())
            .map(|project| format!("`{}`", project.name))
            .collect();
        Error::invalid_arguments(if names.is_empty() {
            format!(
                "no project names its {} app\nhint: set {}, or add `{} = {{ … }}` to a project in the configuration",
                provider.title(),
                match provider {
                    ProviderId::Agora => "AGORA_APP_ID",
                    _ => "the account's app",
                },
                provider.word()
            )
        } else {
            format!("`project` is needed, one of: {}", names.join(", "))
        })
    }

    /// A configured project by name, alias or the `appId@platform` of its crashes.
    fn configured(&self, name: &str) -> Result<&Project, Error> {
        self.find(name)
            .or_else(|| {
                let (id, platform) = name.rsplit_once('@')?;
                self.of_app(id.trim(), Platform::parse(platform)?)
            })
            .ok_or_else(|| {
                let near = closest_project(name, self.names())
                    .map(|near| format!(": did you mean `{near}`?"))
                    .unwrap_or_default();
                Error::invalid_arguments(format!(
                    "no project is called `{}`{near}\nhint: projects are {}",
                    crate::reply::inline(name, 60),
                    self.list()
                ))
            })
    }
}
