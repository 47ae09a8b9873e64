//! From the ids that an app's own code has of its exceptions to the devices on which they happened.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::column_query::Scope;
use super::report_rows::{cell, time_cell, understood};
use super::{listed, path};
use crate::args::{List, ProjectName, ShortText};
use crate::error::Error;
use crate::json::{JsonRef, Row, column_rows};
use crate::reply::{Cell, Reply, Table, Untrusted};
use crate::request::Request;
use crate::time_range::WindowSpec;
use crate::tools::context::CallContext;
use crate::tools::output::{Output, Time};
use crate::tools::tool::Query;

/// Device, model and OS on which given exceptions happened (default 7d), by their `expUid`, as logs and callbacks of the
/// SDK have it. Mobile only.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetExceptionDevice {
    project: Option<ProjectName>,
    exceptions: List<ShortText>,
    window: Option<WindowSpec>,
}

/// The devices of exceptions.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ExceptionDevices {
    exceptions: Vec<ExceptionDevice>,
    /// Ids that the service knows nothing of in this range.
    not_found: Vec<Untrusted>,
}

/// An exception and its device.
#[derive(Debug, Serialize, JsonSchema)]
struct ExceptionDevice {
    /// `expUid`.
    exception: Option<Untrusted>,
    reported_at: Option<Time>,
    device: Option<Untrusted>,
    model: Option<Untrusted>,
    os_version: Option<Untrusted>,
    version: Option<Untrusted>,
    /// `device_ram` and `device_rom`, whose unit is not documented.
    device_ram: Option<i64>,
    device_rom: Option<i64>,
}

impl ExceptionDevice {
    fn read(scope: &Scope, row: &Row<'_>) -> Option<Self> {
        let text = |columns: &[&str]| row.any(columns).untrusted();
        let some = |column: &str| row.get(column).count().filter(|size| *size > 0);
        let device = Self {
            exception: text(&["expUid", "exp_uid"]),
            reported_at: ["dtEventTime", "crashTime", "uploadTime"]
                .iter()
                .find_map(|column| scope.time(row, column)),
            device: text(&["deviceId", "device_id"]),
            model: text(&["model", "hardware"]),
            os_version: text(&["osVer", "osVersion"]),
            version: text(&["productVersion", "version"]),
            device_ram: some("device_ram"),
            device_rom: some("device_rom"),
        };
        (device.exception.is_some() || device.device.is_some() || device.model.is_some())
            .then_some(device)
    }
}

impl GetExceptionDevice {
    /// The form of the Chinese manual: no platform in the path, one id as text.
    fn documented(&self, scope: &Scope) -> Request {
        let ids = self.exceptions.texts();
        let ids = match ids[..] {
            [only] => json!(only),
            _ => json!(ids),
        };
        let account = scope.app.account.name.clone();
        let body = scope.body(own(ids));
        Request::post(account, Self::UPSTREAM, path(Self::UPSTREAM), body).with_nonce("requestid")
    }
}

/// The fields of this operation. A limit of 0 is none (SDK, Go SDK).
fn own(ids: Value) -> Value {
    let mut filters = json!({});
    filters["expUid"] = ids;
    json!({"filters": filters, "limit": 0})
}

impl Query for GetExceptionDevice {
    const NAME: &'static str = "crashsight_get_exception_device";
    const UPSTREAM: &'static str = "getCrashDeviceInfoByExpUid";
    type Scope = Scope;
    type Answer = ExceptionDevices;

    fn scope(&self, ctx: &CallContext) -> Result<Scope, Error> {
        if self.exceptions.is_empty() {
            return Err(Error::invalid_arguments(
                "exceptions: give at least one `expUid`, such as `2f95d94c-824a-4fb3-8316-8a369fd52f09`",
            ));
        }
        let default = WindowSpec::last_days(7);
        let (project, window) = (self.project.as_ref(), self.window.as_ref());
        Scope::new(ctx, project, window, &default, 30)?.mobile_only()
    }

    fn request(&self, scope: &Scope) -> Request {
        let recommended = scope.request(Self::UPSTREAM, own(json!(self.exceptions.texts())));
        recommended.with_fallback(self.documented(scope))
    }

    fn parse(&self, scope: &Scope, data: JsonRef<'_>) -> anyhow::Result<Output<ExceptionDevices>> {
        let rows = column_rows(data)?;
        let exceptions: Vec<ExceptionDevice> = rows
            .iter()
            .filter_map(|row| ExceptionDevice::read(scope, row))
            .collect();
        understood(&rows, exceptions.len())?;
        let unread = rows.len() - exceptions.len();
        // Rows without ids are of those asked for, in an order that is not known.
        let named = exceptions.iter().any(|one| one.exception.is_some());
        let is = |one: &ExceptionDevice, id: &str| {
            let known = one.exception.as_ref();
            known.is_some_and(|known| known.raw().eq_ignore_ascii_case(id))
        };
        let not_found: Vec<Untrusted> = self
            .exceptions
            .iter()
            .map(ShortText::as_str)
            .filter(|_| exceptions.is_empty() || named)
            .filter(|id| !exceptions.iter().any(|one| is(one, id)))
            .map(Untrusted::new)
            .collect();
        let none = exceptions.is_empty();
        let answer = ExceptionDevices {
            exceptions,
            not_found,
        };
        let which = match self.exceptions.len() {
            1 => format!("exception {}", listed(&self.exceptions)),
            several => format!("{several} exceptions"),
        };
        let title = format!("Devices of {which}");
        let mut output = Output::new(title, &scope.app, answer).window(&scope.window);
        output.note_unrecognized(unread, "row");
        if none {
            output.note("no report with such an `expUid` in this range");
        }
        let first = output.answer.exceptions.first();
        if let Some(device) = first.and_then(|one| one.device.as_ref()) {
            let device = json!({"device": [device.raw()]});
            output.suggest("crashsight_list_device_crashes", device);
        }
        Ok(output)
    }

    fn render(output: &Output<ExceptionDevices>, reply: &mut Reply) {
        let answer = &output.answer;
        let mut table = Table::new(&[
            "reported",
            "exception",
            "device id",
            "model",
            "OS",
            "version",
        ]);
        for one in &answer.exceptions {
            table.rows.push(vec![
                time_cell(one.reported_at.as_ref()),
                cell(one.exception.as_ref()),
                cell(one.device.as_ref()),
                cell(one.model.as_ref()),
                cell(one.os_version.as_ref()),
                cell(one.version.as_ref()),
            ]);
        }
        if !table.rows.is_empty() {
            reply.table(table, "");
        }
        let mut unknown = Table::new(&["not found in this range"]);
        let some_found = !answer.exceptions.is_empty();
        for id in answer.not_found.iter().filter(|_| some_found) {
            unknown.rows.push(vec![Cell::Untrusted(id.clone())]);
        }
        if !unknown.rows.is_empty() {
            reply.table(unknown, "");
        }
    }
}
