//! Crash reports: those of an issue, the last one, one document, its logs.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::crash_report::Report;
use super::{capital, get, label, post};
use crate::args::{CrashId, IssueId, Limit, Offset, ProjectName, ReportKind, ShortText};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::{Cell, Reply, Table};
use crate::request::{CachePolicy, Request};
use crate::tools::CallContext;
use crate::tools::legacy::Operation;

/// The latest crash of an issue: when, version, device, and its stack. Then crashsight_get_crash with its id for
/// threads, logs and keys.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetLastCrash {
    project: Option<ProjectName>,
    issue: IssueId,
}

impl Operation for GetLastCrash {
    const NAME: &'static str = "crashsight_get_last_crash";
    const PATH: &'static str = "lastCrashInfo";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let target = ctx.app(self.project.as_ref())?;
        let platform = target.platform.number().to_string();
        // The key is plural and holds one id (seed 000 line 2265).
        let body = json!({
            "platformId": platform,
            "issues": self.issue.as_str(),
            "crashDataType": "undefined",
        });
        let documented = get(&target, Self::PATH)
            .query("platformId", platform.as_str())
            .query("issues", self.issue.as_str())
            .query("crashDataType", "undefined")
            .with_nonce("fsn");
        Ok(post(&target, Self::PATH, body).with_fallback(documented))
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        let target = ctx.app(self.project.as_ref())?;
        let data = JsonRef::new(data);
        let mut reply = Reply::with_title([
            format!("Last crash of issue {}", self.issue.as_str()),
            target.label.clone(),
        ]);
        let data = data.only();
        if !data.any(&["crashId", "crashHash", "crashTime"]).exists() {
            reply.note("no crash of this issue is stored");
            return Ok(reply);
        }
        let report = Report {
            crash: data,
            detail: JsonRef::new(&Value::Null),
            more: JsonRef::new(&Value::Null),
            launch: JsonRef::new(&Value::Null),
        };
        report.tell_head(&mut reply, ctx, &target);
        report.tell_stack(&mut reply, &target);
        if let Some(id) = data.any(&["crashId", "crashHash"]).text() {
            reply.next(ctx.next("crashsight_get_crash", &target, json!({"crash": id})));
        }
        reply.next(ctx.next(
            "crashsight_list_issue_crashes",
            &target,
            json!({"issue": self.issue.as_str()}),
        ));
        Ok(reply)
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

impl Operation for ListIssueCrashes {
    const NAME: &'static str = "crashsight_list_issue_crashes";
    const PATH: &'static str = "crashList";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let target = ctx.app(self.project.as_ref())?;
        let body = json!({
            "crashDataType": "undefined",
            "start": self.offset.get(),
            "searchType": "detail",
            // Empty is every kind: an issue has one, and whoever asks need not know which.
            "exceptionTypeList": self.kind.map_or("", ReportKind::exception_types),
            "pid": target.platform.number(),
            "issueId": self.issue.as_str(),
            "rows": self.limit.get(),
            // Empty is every version here (seed 000 line 2371).
            "version": self.version.as_ref().map_or("", ShortText::as_str),
        });
        Ok(post(&target, Self::PATH, body))
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        let target = ctx.app(self.project.as_ref())?;
        let data = JsonRef::new(data);
        let reports = data.get("crashDatas");
        let ids = data.get("crashIdList").list_of_text();
        // The list gives the order; a report without a place in it comes last.
        let mut rows: Vec<(&str, JsonRef<'_>)> =
            ids.iter().map(|id| (*id, reports.get(id))).collect();
        rows.extend(reports.entries().filter(|(id, _)| !ids.contains(id)));
        let mut reply = Reply::with_title(
            [
                match self.kind {
                    Some(kind) => format!(
                        "{} reports of issue {}",
                        capital(kind.title()),
                        self.issue.as_str()
                    ),
                    None => format!("Reports of issue {}", self.issue.as_str()),
                },
                target.label.clone(),
                "newest first".to_owned(),
            ]
            .into_iter()
            .chain(
                self.version
                    .iter()
                    .map(|version| format!("version {}", version.as_str())),
            ),
        );
        let mut table = Table::new(&[
            "uploaded",
            "version",
            "device",
            "OS",
            "user",
            "device id",
            "crash",
        ]);
        for (id, row) in &rows {
            table.rows.push(vec![
                Cell::instant(
                    row.get("uploadTime").instant(&target.account.zone),
                    &ctx.zone,
                ),
                Cell::untrusted(row.get("productVersion").text()),
                Cell::untrusted(row.get("model").text()),
                Cell::untrusted(row.any(&["osVer", "osVersion"]).text()),
                label(row.get("userId")),
                label(row.get("deviceId")),
                Cell::id(
                    row.get("crashId")
                        .text()
                        .or(Some(*id))
                        .filter(|id| !id.is_empty()),
                ),
            ]);
        }
        table.total = data.get("numFound").count();
        table.offset = Some(self.offset.get());
        table.keep(self.limit.rows());
        let all = table.total.unwrap_or(0);
        let none = match &self.version {
            // A total without a list: the reports are there, and did not come.
            _ if all > i64::from(self.offset.get()) => {
                format!("{} are counted, and none came", counted_reports(all))
            }
            _ if all > 0 => format!("nothing at this offset: there are {}", counted_reports(all)),
            Some(_) => "no report of this version is stored".to_owned(),
            None => "no report of this issue is stored".to_owned(),
        };
        reply.table(table, &none);
        if let Some((id, row)) = rows.first() {
            let id = row.get("crashId").text().unwrap_or(id);
            reply.next(ctx.next("crashsight_get_crash", &target, json!({"crash": id})));
        }
        Ok(reply)
    }
}

fn counted_reports(all: i64) -> String {
    crate::reply::counted(usize::try_from(all).unwrap_or(usize::MAX), "report")
}

/// `crashDoc`: one crash report with its files. Its tool is the workflow `crashsight_get_crash`, which asks
/// appDetailCrash too when the document brings no files.
pub struct CrashDocument<'a> {
    /// The report.
    pub crash: &'a CrashId,
}

impl CrashDocument<'_> {
    /// The vendor's operation.
    pub const PATH: &'static str = "crashDoc";

    /// The request; a report never changes, so its answer is kept.
    pub fn request(&self, target: &CrashSightApp) -> Request {
        let platform = target.platform.number().to_string();
        let body = json!({
            "platformId": platform,
            "crashHash": self.crash.hash(),
            // Matters on PC alone; empty is the vendor's default.
            "logtype": "",
            "needQueryCustomKv": true,
        });
        let documented = get(target, Self::PATH)
            .query("platformId", platform.as_str())
            .query("crashHash", self.crash.hash())
            .with_nonce("fsn");
        post(target, Self::PATH, body)
            .cache(CachePolicy::Immutable)
            .with_fallback(documented)
    }
}

/// `appDetailCrash`: the files of one crash report.
pub struct CrashFiles<'a> {
    /// The report.
    pub crash: &'a CrashId,
}

impl CrashFiles<'_> {
    /// The vendor's operation.
    pub const PATH: &'static str = "appDetailCrash";

    /// The request; a report never changes, so its answer is kept.
    pub fn request(&self, target: &CrashSightApp) -> Request {
        let platform = target.platform.number().to_string();
        let body = json!({"platformId": platform, "crashHash": self.crash.hash()});
        let documented = get(target, Self::PATH)
            .query("platformId", platform.as_str())
            .query("crashHash", self.crash.hash())
            .with_nonce("fsn");
        post(target, Self::PATH, body)
            .cache(CachePolicy::Immutable)
            .with_fallback(documented)
    }
}

/// Logs, threads, custom keys and attachments of one crash report, without its stack.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetCrashLogs {
    project: Option<ProjectName>,
    crash: CrashId,
}

impl Operation for GetCrashLogs {
    const NAME: &'static str = "crashsight_get_crash_logs";
    const PATH: &'static str = CrashFiles::PATH;

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let target = ctx.app(self.project.as_ref())?;
        Ok(CrashFiles { crash: &self.crash }.request(&target))
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        let target = ctx.app(self.project.as_ref())?;
        let mut reply = Reply::with_title([
            format!("Logs of crash {}", self.crash.as_str()),
            target.label.clone(),
        ]);
        let report = Report {
            crash: JsonRef::new(&Value::Null),
            detail: JsonRef::new(&Value::Null),
            more: JsonRef::new(data),
            launch: JsonRef::new(&Value::Null),
        };
        report.tell_files(&mut reply, &target);
        reply.next(ctx.next(
            "crashsight_get_crash",
            &target,
            json!({"crash": self.crash.as_str()}),
        ));
        Ok(reply)
    }
}
