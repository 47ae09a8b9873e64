//! The operations about people, devices and stacks: one form of body, a range to the second, rows by column.

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::post_by_platform;
use crate::args::ProjectName;
use crate::error::Error;
use crate::json::Row;
use crate::project::{CrashSightApp, Platform};
use crate::request::Request;
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::context::CallContext;
use crate::tools::output::Time;

/// Rows asked of the service: enough to count, few enough to read.
pub(super) const FETCH: u32 = 1000;

/// The app, the range and the reader's zone of a call.
pub(crate) struct Scope {
    pub(super) app: CrashSightApp,
    pub(super) window: Window,
    zone: TimeZone,
}

impl Scope {
    /// Resolves project and range; a range has at most so many days.
    pub(super) fn new(
        ctx: &CallContext,
        project: Option<&ProjectName>,
        window: Option<&WindowSpec>,
        default: &WindowSpec,
        days: i64,
    ) -> Result<Self, Error> {
        Self::of_app(ctx, ctx.app(project)?, window, default, days)
    }

    /// The same for an app that is known.
    pub(super) fn of_app(
        ctx: &CallContext,
        app: CrashSightApp,
        window: Option<&WindowSpec>,
        default: &WindowSpec,
        days: i64,
    ) -> Result<Self, Error> {
        let served = Granularity::Second.at_most_days(days);
        Ok(Self {
            window: ctx.window(window, default, served, &app)?,
            app,
            zone: ctx.zone.clone(),
        })
    }

    /// Some operations serve phones only (docs/vendor/crashsight.md §13).
    pub(super) fn mobile_only(self) -> Result<Self, Error> {
        self.mobile_or("crashsight_list_issue_crashes shows the devices of an issue")
    }

    /// The same, with what serves PC instead.
    pub(super) fn mobile_or(self, instead: &str) -> Result<Self, Error> {
        if self.app.platform == Platform::Pc {
            return Err(Error::invalid_arguments(format!(
                "this tool serves Android and iOS; for PC, {instead}"
            )));
        }
        Ok(self)
    }

    /// A body with the range, and `own` fields in addition to or instead of the common ones.
    pub(super) fn body(&self, own: Value) -> Value {
        let mut body = json!({
            "stime": self.window.first_second_wire(),
            "etime": self.window.last_second_wire(),
            "appId": self.app.id,
            "limit": FETCH,
            "type": "pretty",
        });
        if let (Some(body), Value::Object(own)) = (body.as_object_mut(), own) {
            body.extend(own);
        }
        body
    }

    /// The request of an operation, with the platform in its path.
    pub(super) fn request(&self, operation: &'static str, own: Value) -> Request {
        post_by_platform(&self.app, operation, self.body(own))
            .with_nonce("requestid")
            .cache(self.window.cache_policy())
    }

    /// A moment of a row.
    pub(super) fn time(&self, row: &Row<'_>, field: &str) -> Option<Time> {
        Time::of(row.get(field).instant(&self.app.account.zone), &self.zone)
    }
}
