//! What a crash document says beside its stack, for counting over several: keys, the log lines that matter, state.

use crash_digest::log::{Level, Log};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::crash_report::{Report, Sources};
use super::requests::{CRASH_DOC, crash_doc};
use crate::args::{CrashId, ProjectName};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::{Reply, Untrusted};
use crate::request::Request;
use crate::tools::context::CallContext;
use crate::tools::crashsight::crash::GetCrash;
use crate::tools::output::Output;
use crate::tools::tool::{Query, Tool};

/// Logs that are read, and lines of each that matter.
const MOST_LOGS: usize = 3;
const MOST_LINES: usize = 16;

// A part of crashsight_get_crash from one request, with the same arguments.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetCrashSample {
    project: Option<ProjectName>,
    crash: CrashId,
}

/// A document in what can be counted.
#[derive(Default, Serialize, JsonSchema)]
pub(crate) struct CrashSample {
    pub(crate) keys: Vec<SampledKey>,
    /// Errors near the crash, without time, process and thread; the crash itself is left out.
    pub(crate) log_lines: Vec<Untrusted>,
    pub(crate) in_background: Option<bool>,
    pub(crate) rooted: Option<bool>,
}

/// A custom key.
#[derive(Serialize, JsonSchema)]
pub(crate) struct SampledKey {
    pub(crate) name: Untrusted,
    pub(crate) value: Untrusted,
}

impl Query for GetCrashSample {
    const NAME: &'static str = <GetCrash as Tool>::NAME;
    const UPSTREAM: &'static str = CRASH_DOC;
    type Scope = CrashSightApp;
    type Answer = CrashSample;

    fn scope(&self, ctx: &CallContext) -> Result<CrashSightApp, Error> {
        ctx.app(self.project.as_ref())
    }

    fn request(&self, app: &CrashSightApp) -> Request {
        crash_doc(app, &self.crash)
    }

    fn parse(&self, app: &CrashSightApp, data: JsonRef<'_>) -> anyhow::Result<Output<CrashSample>> {
        let crash = data.get("crashMap");
        anyhow::ensure!(crash.says_something(), "the document is empty");
        let sources = Sources {
            crash,
            detail: data.get("detailMap"),
            ..Sources::default()
        };
        let report = Report::new(sources, &app.source);
        let site = &app.account.zone;
        let crashed = report.crashed_at(site);
        let offset = site.to_offset(crashed.unwrap_or(Timestamp::UNIX_EPOCH));
        let mut log_lines = Vec::new();
        for file in report.logs().into_iter().take(MOST_LOGS) {
            let log = Log::new(&file.text);
            let digest = log.digest(crashed, offset, MOST_LINES);
            let errors = digest
                .lines
                .iter()
                .filter(|line| line.level == Level::Error);
            log_lines.extend(errors.map(|line| Untrusted::from(line.text)));
        }
        let keys = report.keys().into_iter().map(|key| SampledKey {
            name: Untrusted::from(key.name),
            value: Untrusted::from(key.value),
        });
        let sample = CrashSample {
            keys: keys.collect(),
            log_lines,
            in_background: crash.get("appInBack").flag(),
            rooted: crash.get("isRooted").flag(),
        };
        Ok(Output::new("Document", app, sample))
    }

    fn render(_: &Output<CrashSample>, _: &mut Reply) {}
}
