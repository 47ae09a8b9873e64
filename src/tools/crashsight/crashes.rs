//! Crash reports of an issue: all of them in pages, and the latest.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::crash_report::{
    Report, ReportFacts, Sources, StackSummary, show_facts, show_missing_stack, show_stack,
};
use super::crash_rows::{self, CrashRow};
use super::mistaken_id::{may_be_unknown, note_crash_for_issue, same_id};
use super::requests::{LAST_CRASH, last_crash_info};
use super::{capital, post, short};
use crate::args::{CrashId, IssueId, Limit, Offset, ProjectName, ReportKind, ShortText};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::{Reply, Untrusted, counted};
use crate::request::Request;
use crate::tools::context::CallContext;
use crate::tools::output::Output;
use crate::tools::tool::Tool;
use crate::upstream::api::Api;
use crate::upstream::cache::CachedResponse;
use crate::upstream::large::read_sized;
use crash_digest::CrashText;
use std::sync::Arc;

/// The latest crash of an issue: when, version, device, and its stack. Then crashsight_get_crash with its id for
/// threads, logs and keys.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetLastCrash {
    project: Option<ProjectName>,
    issue: IssueId,
}

/// The latest crash of an issue.
#[derive(Serialize, JsonSchema)]
pub(crate) struct LastCrash {
    issue: String,
    /// Whether the service keeps a crash of the issue; without one, all else is absent.
    found: bool,
    crash: Option<Untrusted>,
    report: Option<ReportFacts>,
    stack: Option<StackSummary>,
}

impl LastCrash {
    fn read(
        data: JsonRef<'_>,
        issue: &str,
        app: &CrashSightApp,
        ctx: &CallContext,
    ) -> anyhow::Result<Self> {
        let data = data.only();
        let nothing = Self {
            issue: issue.to_owned(),
            found: false,
            crash: None,
            report: None,
            stack: None,
        };
        if !data.any(&["crashId", "crashHash", "crashTime"]).exists() {
            return Ok(nothing);
        }
        if let Some(other) = data.get("issueId").label()
            && !same_id(&other, issue)
        {
            anyhow::bail!(
                "the service answered with a crash of another issue, {}",
                crate::reply::inline(&other, 60)
            );
        }
        let sources = Sources {
            crash: data,
            ..Sources::default()
        };
        let report = Report::new(sources, &app.source);
        let stack = report.text().map(CrashText::stack).unwrap_or_default();
        Ok(Self {
            found: true,
            crash: data.any(&["crashId", "crashHash"]).untrusted(),
            report: Some(ReportFacts::read(
                &report,
                &stack,
                &app.account.zone,
                &ctx.zone,
            )),
            stack: StackSummary::read(&report, &stack, usize::MAX),
            ..nothing
        })
    }
}

impl Tool for GetLastCrash {
    const NAME: &'static str = "crashsight_get_last_crash";
    const UPSTREAM: &'static [&'static str] = &[LAST_CRASH, "crashDoc"];
    type Answer = LastCrash;

    async fn answer(self, ctx: &CallContext, api: &Api<'_>) -> Result<Output<LastCrash>, Error> {
        let app = ctx.app_of_page(self.project.as_ref(), self.issue.page())?;
        let id = self.issue.as_str();
        let (response, refusal) = known_or_refused(api, last_crash_info(&app, id)).await?;
        let answer = match response {
            Some(response) => {
                let (ctx, of_app, id) = (ctx.clone(), app.clone(), id.to_owned());
                let read = read_sized(response.bytes, move || {
                    LastCrash::read(JsonRef::new(&response.data), &id, &of_app, &ctx)
                });
                read.await?.map_err(Error::unexpected_response)?
            }
            None => LastCrash::read(JsonRef::default(), id, &app, ctx)
                .map_err(Error::unexpected_response)?,
        };
        let crash = answer.crash.clone();
        let mut output = Output::new(format!("Last crash of issue {id}"), &app, answer);
        if output.answer.found {
            if let Some(crash) = crash {
                output.suggest("crashsight_get_crash", json!({"crash": crash.raw()}));
            }
            output.suggest("crashsight_list_issue_crashes", json!({"issue": id}));
            return Ok(output);
        }
        let crash = CrashId::from(&self.issue);
        let is_crash = note_crash_for_issue(&mut output, api, &app, &crash).await;
        match refusal {
            Some(refusal) if !is_crash => return Err(refusal),
            None if !is_crash => output.note("no crash of this issue is stored"),
            _ => {}
        }
        Ok(output)
    }

    fn render(output: &Output<LastCrash>, reply: &mut Reply) {
        let Some(report) = &output.answer.report else {
            return;
        };
        show_facts(report, reply);
        match &output.answer.stack {
            Some(stack) => show_stack(stack, reply),
            None => show_missing_stack(reply),
        }
    }
}

/// A response, or a refusal that may mean that the id is unknown; other errors are errors.
async fn known_or_refused(
    api: &Api<'_>,
    request: Request,
) -> Result<(Option<Arc<CachedResponse>>, Option<Error>), Error> {
    match api.send(request).await {
        Ok(response) => Ok((Some(response), None)),
        Err(error) if may_be_unknown(&error) => Ok((None, Some(error))),
        Err(error) => Err(error),
    }
}

/// Crash reports of an issue, newest first: id, time, version, device, OS, user. Pages with `offset`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListIssueCrashes {
    project: Option<ProjectName>,
    issue: IssueId,
    kind: Option<ReportKind>,
    version: Option<ShortText>,
    #[serde(default)]
    limit: Limit<10, 100>,
    #[serde(default)]
    offset: Offset,
}

/// Crash reports of an issue.
#[derive(Serialize, JsonSchema)]
pub(crate) struct IssueCrashes {
    issue: String,
    /// Reports there are in all, where the service counts them.
    total: Option<i64>,
    offset: u32,
    /// Reports of other issues that the service returned; they are left out.
    of_other_issues: usize,
    /// Newest first.
    pub(crate) crashes: Vec<CrashRow>,
}

impl ListIssueCrashes {
    fn request(&self, app: &CrashSightApp) -> Request {
        let body = json!({
            "crashDataType": "undefined",
            "start": self.offset.get(),
            "searchType": "detail",
            // Empty is every kind: an issue has one, which the caller need not know.
            "exceptionTypeList": self.kind.map_or("", ReportKind::exception_types),
            "pid": app.platform.number(),
            "issueId": self.issue.as_str(),
            "rows": self.limit.get(),
            // Empty is every version here.
            "version": self.version.as_ref().map_or("", ShortText::as_str),
        });
        post(app, "crashList", body)
    }

    fn parse(
        &self,
        data: JsonRef<'_>,
        app: &CrashSightApp,
        ctx: &CallContext,
    ) -> anyhow::Result<IssueCrashes> {
        let data = if data.exists() {
            data.only().object()?
        } else {
            data
        };
        let mut rows = crash_rows::listed(data);
        let mut of_other_issues = 0;
        rows.retain(|(_, row)| {
            let other = row.get("issueId").label();
            let other = other.is_some_and(|other| !same_id(&other, self.issue.as_str()));
            of_other_issues += usize::from(other);
            !other
        });
        // A page is what the service gives for it, sorted: cut before, so that pages do not overlap.
        rows.truncate(self.limit.rows());
        let mut crashes: Vec<CrashRow> = rows
            .into_iter()
            .map(|(id, row)| CrashRow::read(id, row, app, &ctx.zone))
            .collect();
        // Reports without a time keep the service's order, at the end.
        crashes.sort_by_key(|crash| std::cmp::Reverse(crash.uploaded_at.as_ref().map(|at| at.at)));
        Ok(IssueCrashes {
            issue: self.issue.as_str().to_owned(),
            total: data.get("numFound").count(),
            offset: self.offset.get(),
            of_other_issues,
            crashes,
        })
    }

    /// Why there is no report.
    fn none(&self, answer: &IssueCrashes) -> String {
        let all = answer.total.unwrap_or(0);
        let reports = || counted(usize::try_from(all).unwrap_or(usize::MAX), "report");
        match &self.version {
            // A total without a list: the reports exist, and the response lacks them.
            _ if all > i64::from(self.offset.get()) => {
                format!("{} are counted, and none is in the response", reports())
            }
            _ if all > 0 => format!("nothing at this offset: there are {}", reports()),
            Some(_) => "no report of this version is stored".to_owned(),
            None => "no report of this issue is stored".to_owned(),
        }
    }
}

impl Tool for ListIssueCrashes {
    const NAME: &'static str = "crashsight_list_issue_crashes";
    const UPSTREAM: &'static [&'static str] = &["crashList", "crashDoc"];
    type Answer = IssueCrashes;

    async fn answer(self, ctx: &CallContext, api: &Api<'_>) -> Result<Output<IssueCrashes>, Error> {
        let app = ctx.app_of_page(self.project.as_ref(), self.issue.page())?;
        let id = self.issue.as_str();
        let (response, refusal) = known_or_refused(api, self.request(&app)).await?;
        let data = response
            .as_ref()
            .map(|response| JsonRef::new(&response.data));
        let answer = self
            .parse(data.unwrap_or_default(), &app, ctx)
            .map_err(Error::unexpected_response)?;
        let title = match self.kind {
            Some(kind) => format!("{} reports of issue {id}", capital(kind.title())),
            None => format!("Reports of issue {id}"),
        };
        let version = self.version.as_ref();
        let version = version.map(|version| format!("version {}", short(version)));
        let mut output = Output::new(title, &app, answer)
            .heading(std::iter::once("newest first".to_owned()).chain(version));
        let answer = &output.answer;
        let others = answer.of_other_issues;
        let first = answer.crashes.first().and_then(|crash| crash.crash.clone());
        if others > 0 {
            let reports = counted(others, "report");
            output.note(format!("{reports} of other issues: left out"));
        }
        if let Some(crash) = first {
            output.suggest("crashsight_get_crash", json!({"crash": crash.raw()}));
        }
        if !output.answer.crashes.is_empty() {
            return Ok(output);
        }
        let none = self.none(&output.answer);
        let understood = output.answer.total.unwrap_or(0) > 0 || others > 0;
        let is_crash = !understood && {
            let crash = CrashId::from(&self.issue);
            note_crash_for_issue(&mut output, api, &app, &crash).await
        };
        match refusal {
            Some(refusal) if !is_crash => return Err(refusal),
            None if !is_crash => output.note(none),
            _ => {}
        }
        Ok(output)
    }

    fn render(output: &Output<IssueCrashes>, reply: &mut Reply) {
        let answer = &output.answer;
        if answer.crashes.is_empty() {
            return;
        }
        let mut table = crash_rows::table(&answer.crashes, true);
        table.total = answer.total;
        table.offset = Some(answer.offset);
        table.skipped = answer.of_other_issues;
        reply.table(table, "");
    }
}
