//! The responses that a crash report is read from: crashDoc, and appDetailCrash for files and logs.

use std::sync::Arc;

use serde_json::Value;

use super::crash_report::{Report, Sources};
use super::mistaken_id::same_id;
use super::requests::{crash_doc, crash_files};
use crate::args::CrashId;
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::{CrashSightApp, SourceRules};
use crate::tools::allowance::has_spare_call;
use crate::tools::context::FEW_CALLS;
use crate::upstream::api::Api;
use crate::upstream::cache::CachedResponse;

/// The responses about one crash. Cheap to move to another thread: nothing is copied.
pub(super) struct Document {
    body: Arc<CachedResponse>,
    files: Option<Arc<CachedResponse>>,
    /// Why a part is missing, in a sentence.
    pub(super) missing: Option<String>,
}

impl Document {
    /// Fetches a report; `None` where the service knows no such crash. For its `summary` alone, further logs of one that
    /// has files are left out where few calls are left.
    pub(super) async fn fetch(
        api: &Api<'_>,
        app: &CrashSightApp,
        crash: &CrashId,
        summary: bool,
    ) -> Result<Option<Self>, Error> {
        let body = api.send(crash_doc(app, crash)).await?;
        let root = JsonRef::new(&body.data);
        let report = root.get("crashMap");
        if root.get("exists").flag() == Some(false) || !report.says_something() {
            return Ok(None);
        }
        check_id(report, crash).map_err(Error::unexpected_response)?;
        let has_files = root
            .get("detailMap")
            .get("fileList")
            .list()
            .next()
            .is_some();
        let request = crash_files(app, crash);
        let (files, missing) = if summary
            && has_files
            && !api.is_known(&request).await
            && !has_spare_call(api, app).await
        {
            let why = format!("not included: system and user logs ({FEW_CALLS})");
            (None, Some(why))
        } else {
            match api.send(request).await {
                Ok(files) => (Some(files), None),
                Err(error) => (None, missing_part(&error, has_files)),
            }
        };
        Ok(Some(Self {
            body,
            files,
            missing,
        }))
    }

    /// Bytes of the responses.
    pub(super) fn bytes(&self) -> usize {
        self.body.bytes + self.files.as_ref().map_or(0, |files| files.bytes)
    }

    /// Whether the SDK uploaded a log with the report, as far as the service says.
    pub(super) fn has_log_file(&self) -> bool {
        let report = JsonRef::new(&self.body.data).get("crashMap");
        report.get("hasLogFile").flag() == Some(true)
    }

    /// What the service sent.
    pub(super) fn responses(&self) -> Vec<&Value> {
        let files = self.files.as_ref().map(|files| &files.data);
        std::iter::once(&self.body.data).chain(files).collect()
    }

    /// The report, not yet parsed.
    pub(super) fn report(&self, source: &SourceRules) -> Report<'_> {
        let root = JsonRef::new(&self.body.data);
        let files = self.files.as_ref().map(|files| JsonRef::new(&files.data));
        let sources = Sources {
            crash: root.get("crashMap"),
            detail: root.get("detailMap"),
            more: files.unwrap_or_default(),
            launch: root.get("launchTime"),
        };
        Report::new(sources, source)
    }
}

/// Refuses a report that names another crash than the one asked for.
fn check_id(report: JsonRef<'_>, crash: &CrashId) -> anyhow::Result<()> {
    let id = report.any(&["crashId", "crashHash", "id"]).label();
    if let Some(id) = id.filter(|id| !same_id(id, crash.as_str())) {
        anyhow::bail!(
            "the service answered with another crash, {}",
            crate::reply::inline(&id, 60)
        );
    }
    Ok(())
}

/// What is missing without appDetailCrash. Some sites do not have it: then a document with files is whole.
fn missing_part(error: &Error, has_files: bool) -> Option<String> {
    match (error, has_files) {
        (Error::NotAvailable { .. }, true) => None,
        (error, true) => Some(format!(
            "system and user logs are missing: {}",
            first_line(error)
        )),
        (error, false) => Some(format!(
            "threads, logs and keys are missing: {}",
            first_line(error)
        )),
    }
}

/// Further lines hold the service's words and a hint for another call.
fn first_line(error: &Error) -> String {
    let text = error.to_string();
    text.lines().next().unwrap_or_default().to_owned()
}
