//! Threads, logs and keys of a crash without its stack.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::crash_report::{Contents, Report, Sources, show_contents};
use super::mistaken_id::{is_issue, may_be_unknown, note_unknown_crash};
use super::requests::{CRASH_FILES, ISSUE_INFO, crash_files};
use crate::args::{CrashId, ProjectName};
use crate::error::Error;
use crate::json::JsonRef;
use crate::reply::Reply;
use crate::tools::context::CallContext;
use crate::tools::output::Output;
use crate::tools::tool::Tool;
use crate::upstream::api::Api;
use crate::upstream::large::read_sized;

/// Logs, threads, custom keys and attachments of one crash report, without its stack.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetCrashLogs {
    project: Option<ProjectName>,
    crash: CrashId,
}

/// What a crash report carries beside its stack.
#[derive(Serialize, JsonSchema)]
pub(crate) struct CrashLogs {
    crash: String,
    /// Whether the service has a crash with this id; without one, there are no contents.
    found: bool,
    pub(crate) contents: Option<Contents>,
}

impl Tool for GetCrashLogs {
    const NAME: &'static str = "crashsight_get_crash_logs";
    const UPSTREAM: &'static [&'static str] = &[CRASH_FILES, ISSUE_INFO];
    type Answer = CrashLogs;

    async fn answer(self, ctx: &CallContext, api: &Api<'_>) -> Result<Output<CrashLogs>, Error> {
        let app = ctx.app_of_page(self.project.as_ref(), self.crash.page())?;
        let crash = self.crash.as_str();
        let title = format!("Logs of crash {crash}");
        let answer = |contents: Option<Contents>| CrashLogs {
            crash: crash.to_owned(),
            found: contents.is_some(),
            contents,
        };
        let response = match api.send(crash_files(&app, &self.crash)).await {
            Ok(response) => response,
            Err(error) => {
                if may_be_unknown(&error) && is_issue(api, &app, crash).await {
                    let mut output = Output::new(title, &app, answer(None));
                    note_unknown_crash(&mut output, api, &app, crash).await;
                    return Ok(output);
                }
                return Err(error);
            }
        };
        let exists = JsonRef::new(&response.data).get("exists").flag();
        let of_app = app.clone();
        let read = read_sized(response.bytes, move || {
            let sources = Sources {
                more: JsonRef::new(&response.data),
                ..Sources::default()
            };
            let report = Report::new(sources, &of_app.source);
            Contents::read(&report, &of_app.account.zone)
        });
        let contents = read.await?;
        let unknown = contents.is_empty() && exists == Some(false);
        let nothing = contents.is_empty();
        let mut output = Output::new(title, &app, answer((!unknown).then_some(contents)));
        if unknown || (nothing && is_issue(api, &app, crash).await) {
            note_unknown_crash(&mut output, api, &app, crash).await;
        } else {
            output.suggest("crashsight_get_crash", json!({"crash": crash}));
        }
        Ok(output)
    }

    fn render(output: &Output<CrashLogs>, reply: &mut Reply) {
        if let Some(contents) = &output.answer.contents {
            show_contents(contents, reply);
        }
    }
}
