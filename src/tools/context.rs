//! What a call may know: the time, the reader's zone, accounts and projects. No credential, no address.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::args::ProjectName;
use crate::error::Error;
use crate::project::{AppRef, CrashSightApp, Projects};
use crate::request::ProviderId;
use crate::time_range::{Served, Window, WindowSpec, Zones};

/// What a call may know.
#[derive(Debug, Clone)]
pub struct CallContext {
    /// The time of the call.
    pub now: Timestamp,
    /// The reader's zone.
    pub zone: TimeZone,
    /// The accounts and projects that the caller may use.
    pub projects: Arc<Projects>,
}

impl CallContext {
    /// The CrashSight app that the `project` argument names.
    pub fn app(&self, project: Option<&ProjectName>) -> Result<CrashSightApp, Error> {
        self.projects.crashsight(project)
    }

    /// The app at another service that the `project` argument names.
    pub fn service_app(
        &self,
        provider: ProviderId,
        project: Option<&ProjectName>,
    ) -> Result<AppRef, Error> {
        self.projects.service_app(provider, project)
    }

    /// The absolute range that the `window` argument means for this app.
    pub fn window(
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
    pub fn at(&self, now: Timestamp) -> Self {
        Self {
            now,
            ..self.clone()
        }
    }
}
