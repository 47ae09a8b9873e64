//! From the words of a `project` argument to an app at a service, and the account that signs for it.

use std::ops::Deref;
use std::sync::Arc;

use super::account::Account;
use super::closest::closest_project;
use super::platform::Platform;
use super::projects::{Project, Projects, SourceRules};
use super::tickets::TicketPattern;
use crate::args::ProjectName;
use crate::error::Error;
use crate::request::ProviderId;

/// An app at a service, and who signs for it.
#[derive(Debug, Clone)]
pub struct AppRef {
    /// The project's name, to show and to pass to a next call.
    pub label: String,
    /// Whether a next call may leave the project out.
    pub is_default: bool,
    /// Who signs.
    pub account: Arc<Account>,
    /// The service's id of the app.
    pub id: String,
}

/// An app at CrashSight.
#[derive(Debug, Clone)]
pub struct CrashSightApp {
    app: AppRef,
    /// Its platform.
    pub platform: Platform,
    /// Source rules, empty for an `appId@platform` that is not configured.
    pub source: SourceRules,
    /// How its tickets are recognised, beside the shapes that need no setting.
    pub(crate) tickets: Vec<TicketPattern>,
}

impl Deref for CrashSightApp {
    type Target = AppRef;

    fn deref(&self) -> &AppRef {
        &self.app
    }
}

/// What a `project` argument names.
enum Named<'a> {
    Project(&'a Project),
    /// `appId@platform`, not configured.
    Unconfigured(&'a str, Platform),
}

impl Projects {
    /// The CrashSight app that an argument names, and an account with credentials to read it.
    pub fn crashsight(&self, name: Option<&ProjectName>) -> Result<CrashSightApp, Error> {
        let app = match self.named(ProviderId::CrashSight, name)? {
            Named::Project(project) => self.crashsight_app(project)?,
            Named::Unconfigured(id, platform) => self.unconfigured_app(id, platform)?,
        };
        app.account.credentials()?;
        Ok(app)
    }

    /// The app at another service that an argument names, and an account with credentials.
    pub fn service_app(
        &self,
        provider: ProviderId,
        name: Option<&ProjectName>,
    ) -> Result<AppRef, Error> {
        let project = match self.named(provider, name)? {
            Named::Project(project) => project,
            Named::Unconfigured(..) => {
                return Err(self.no_project_error(name.map_or("", ProjectName::as_str)));
            }
        };
        let app = project.service_app(provider).ok_or_else(|| {
            let hint = if project.has_section {
                format!(
                    "add `{} = {{ … }}` to [projects.{}]",
                    provider.as_str(),
                    project.name
                )
            } else {
                missing_app_hint(provider)
            };
            Error::invalid_arguments(format!(
                "project `{}` has no {} app\nhint: {hint}",
                project.name,
                provider.display_name(),
            ))
        })?;
        let account = self.account_of(provider, project, &app.account)?;
        account.credentials()?;
        Ok(AppRef {
            label: project.name.clone(),
            is_default: self.is_default(project),
            account,
            id: app.app.clone(),
        })
    }

    /// The one way from a name, or its absence, to what it names.
    fn named<'a>(
        &'a self,
        provider: ProviderId,
        name: Option<&'a ProjectName>,
    ) -> Result<Named<'a>, Error> {
        let Some(name) = name.map(ProjectName::as_str) else {
            return self.unnamed(provider).map(Named::Project);
        };
        if let Some(project) = self.find(name) {
            return Ok(Named::Project(project));
        }
        let Some((id, platform)) = name.rsplit_once('@') else {
            return Err(self.no_project_error(name));
        };
        let Some(platform) = Platform::parse(platform) else {
            return Err(Error::invalid_arguments(format!(
                "the platform after `@` is android, ios, pc or the vendor's number, not `{}`",
                crate::reply::inline(platform, 30)
            )));
        };
        let id = app_id(id.trim()).map_err(Error::invalid_arguments)?;
        Ok(match self.by_app(id, platform) {
            Some(project) => Named::Project(project),
            None => Named::Unconfigured(id, platform),
        })
    }

    /// The project meant when none is named: the default, or the only one with an app at the service.
    fn unnamed(&self, provider: ProviderId) -> Result<&Project, Error> {
        let mut with_app = self
            .projects
            .iter()
            .filter(|project| project.has_app(provider));
        let only = with_app.next().filter(|_| with_app.next().is_none());
        if let Some(project) = self
            .default_project()
            .filter(|project| project.has_app(provider))
            .or(only)
        {
            return Ok(project);
        }
        // Without credentials there is no project to name either: the first problem first.
        match self.first_account(provider) {
            Some(account) => account.credentials().map(|_| ())?,
            None if provider == ProviderId::CrashSight => {}
            None => return Err(no_account(provider)),
        }
        let names = self.quoted_names(|project| project.has_app(provider));
        Err(Error::invalid_arguments(match (names.is_empty(), provider) {
            (false, _) => format!("`project` is required, one of: {names}"),
            (true, ProviderId::CrashSight) => {
                "no project is configured: give `project` as `appId@platform` (android, ios or pc)\n\
                 hint: CRASHSIGHT_PROJECT sets a default"
                    .to_owned()
            }
            (true, _) => format!(
                "no project has an app at {}\nhint: {}",
                provider.display_name(),
                missing_app_hint(provider)
            ),
        }))
    }

    fn no_project_error(&self, name: &str) -> Error {
        let suggestion = closest_project(name, self.names())
            .map(|near| format!(": did you mean `{near}`?"))
            .unwrap_or_default();
        let known = if self.projects.is_empty() {
            String::new()
        } else {
            format!("\nhint: projects are {}", self.quoted_names(|_| true))
        };
        let any = if self.restricted {
            ""
        } else {
            "; `appId@platform` (android, ios, pc) names any app"
        };
        Error::invalid_arguments(format!(
            "no project is called `{}`{suggestion}{known}{any}",
            crate::reply::inline(name, 60)
        ))
    }

    fn crashsight_app(&self, project: &Project) -> Result<CrashSightApp, Error> {
        let app = project.crashsight.as_ref().ok_or_else(|| {
            Error::invalid_arguments(format!("project `{}` has no CrashSight app", project.name))
        })?;
        Ok(CrashSightApp {
            app: AppRef {
                label: project.name.clone(),
                is_default: self.is_default(project),
                account: self.account_of(ProviderId::CrashSight, project, &app.account)?,
                id: app.id.clone(),
            },
            platform: app.platform,
            source: project.source.clone(),
            tickets: project.tickets.clone(),
        })
    }

    /// An app that no project names: read with the default project's account.
    fn unconfigured_app(&self, id: &str, platform: Platform) -> Result<CrashSightApp, Error> {
        let label = format!("{id}@{}", platform.as_str());
        if self.restricted {
            return Err(Error::invalid_arguments(format!(
                "`{label}` is not among the projects open to this caller: {}",
                self.quoted_names(|_| true)
            )));
        }
        let account = self
            .default_project()
            .and_then(|project| project.crashsight.as_ref())
            .and_then(|app| self.account(&app.account))
            .or_else(|| self.first_account(ProviderId::CrashSight))
            .ok_or_else(|| no_account(ProviderId::CrashSight))?;
        Ok(CrashSightApp {
            app: AppRef {
                label,
                is_default: false,
                account: Arc::clone(account),
                id: id.to_owned(),
            },
            platform,
            source: SourceRules::default(),
            tickets: Vec::new(),
        })
    }

    fn account_of(
        &self,
        provider: ProviderId,
        project: &Project,
        name: &str,
    ) -> Result<Arc<Account>, Error> {
        self.account(name)
            .cloned()
            .ok_or_else(|| Error::Credentials {
                provider,
                hint: format!("project `{}` names an unknown account", project.name),
            })
    }

    fn is_default(&self, project: &Project) -> bool {
        self.default_project()
            .is_some_and(|default| default.name == project.name)
    }

    fn quoted_names(&self, which: impl Fn(&Project) -> bool) -> String {
        let names: Vec<String> = self
            .projects
            .iter()
            .filter(|project| which(project))
            .map(|project| format!("`{}`", project.name))
            .collect();
        names.join(", ")
    }
}

fn missing_app_hint(provider: ProviderId) -> String {
    let variable = match provider {
        ProviderId::CrashSight => "CRASHSIGHT_PROJECT",
        ProviderId::Agora => "AGORA_APP_ID",
        ProviderId::Getui => "GETUI_APP_ID",
    };
    format!(
        "set {variable}, or add `{} = {{ … }}` to a project in the configuration file",
        provider.as_str()
    )
}

fn no_account(provider: ProviderId) -> Error {
    Error::Credentials {
        provider,
        hint: "no account is configured".to_owned(),
    }
}

/// An app id, which becomes a part of addresses: letters, digits, `_` and `-`. `Err` says so.
pub(crate) fn app_id(text: &str) -> Result<&str, String> {
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
