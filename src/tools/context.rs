//! What a call may know: the time, the reader's zone, accounts and projects. No credential, no address.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::args::{ConsolePage, ProjectName};
use crate::error::Error;
use crate::project::{AppRef, CrashSightApp, Platform, Projects, SymbolUploader};
use crate::request::ProviderId;
use crate::time_range::{Served, Window, WindowSpec, Zones};

/// Why a part of an answer is left out that could be asked for.
pub(crate) const FEW_CALLS: &str = "few calls of the account are left in this minute";

/// What a call may know.
#[derive(Debug, Clone)]
pub(crate) struct CallContext {
    /// The time of the call.
    pub now: Timestamp,
    /// The reader's zone.
    pub zone: TimeZone,
    /// The accounts and projects that the caller may use.
    pub projects: Arc<Projects>,
    /// The vendor's symbol uploader, where one is set and the caller is on this machine.
    pub symbol_uploader: Option<Arc<SymbolUploader>>,
}

impl CallContext {
    /// The CrashSight app that the `project` argument names.
    pub(crate) fn app(&self, project: Option<&ProjectName>) -> Result<CrashSightApp, Error> {
        self.projects.crashsight(project)
    }

    /// The CrashSight app of an id that may have been given as a console address: the address names its app, and
    /// is never answered from another.
    pub(crate) fn app_of_page(
        &self,
        project: Option<&ProjectName>,
        page: Option<&ConsolePage>,
    ) -> Result<CrashSightApp, Error> {
        let Some(page) = page else {
            return self.app(project);
        };
        let is_of_page = |id: &str, platform: Platform| {
            let number = platform.number();
            id == page.app && page.platform.is_none_or(|of_page| of_page == number)
        };
        let named = self.app(project);
        if let Ok(app) = &named
            && is_of_page(&app.id, app.platform)
        {
            return named;
        }
        let platform = page.platform.map_or_else(String::new, |number| {
            Platform::parse(&number.to_string())
                .map_or_else(String::new, |platform| format!("@{}", platform.as_str()))
        });
        let of_page = format!("{}{platform}", page.app);
        if project.is_some() {
            let app = named?;
            return Err(Error::invalid_arguments(format!(
                "the address is of the app `{of_page}`, and `project` is another: {}\n\
                 hint: leave `project` out, or give the address of an app of this project",
                app.label
            )));
        }
        let mut configured = self.projects.projects.iter();
        let project = configured.find(|project| {
            let app = project.crashsight.as_ref();
            app.is_some_and(|app| is_of_page(&app.id, app.platform))
        });
        let project = project.and_then(|project| ProjectName::new(&project.name));
        let Some(project) = project else {
            return Err(Error::invalid_arguments(format!(
                "the address is of the app `{of_page}`, which no project names: it is not answered from another\n\
                 hint: crashsight_list_projects {{}} lists the projects; a project in the settings adds this app"
            )));
        };
        self.app(Some(&project))
    }

    /// The app at another service that the `project` argument names.
    pub(crate) fn service_app(
        &self,
        provider: ProviderId,
        project: Option<&ProjectName>,
    ) -> Result<AppRef, Error> {
        self.projects.service_app(provider, project)
    }

    /// The absolute range that the `window` argument means for this app.
    pub(crate) fn window(
        &self,
        window: Option<&WindowSpec>,
        default: &WindowSpec,
        served: impl Into<Served>,
        app: &AppRef,
    ) -> Result<Window, Error> {
        let zones = Zones {
            service: app.account.zone.clone(),
            display: self.zone.clone(),
        };
        window.unwrap_or(default).resolve(served, self.now, &zones)
    }

    /// The same call at another moment.
    #[must_use]
    pub(crate) fn at(&self, now: Timestamp) -> Self {
        Self {
            now,
            ..self.clone()
        }
    }
}
