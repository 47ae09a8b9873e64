//! The missing symbols of the top issues of a range.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::command::{self, Build, Kind};
use super::missing::{MissingModule, modules};
use crate::args::{Limit, List, ProjectName, ShortText};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::{Cell, Code, Reply, Table, Untrusted, counted};
use crate::time_range::WindowSpec;
use crate::tools::context::CallContext;
use crate::tools::crashsight::crash_report::{Report, Sources};
use crate::tools::crashsight::issue_rows::IssueRow;
use crate::tools::crashsight::requests::{LAST_CRASH, last_crash_info};
use crate::tools::crashsight::top_issues::ListTopIssues;
use crate::tools::output::Output;
use crate::tools::tool::{Query, Tool, send_query};
use crate::upstream::api::Api;
use crate::upstream::large::read_sized;
use crash_digest::CrashText;

/// Modules and builds without symbols among the top issues (latest report of each): build id, version, affected devices,
/// and the vendor's upload command. Costs one call per issue.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListMissingSymbols {
    project: Option<ProjectName>,
    window: Option<WindowSpec>,
    #[serde(default)]
    versions: List<ShortText>,
    /// issues looked at
    #[serde(default)]
    limit: Limit<8, 20>,
}

/// The missing symbols of a range.
#[derive(Serialize, JsonSchema)]
pub(crate) struct MissingOfRange {
    /// Those on the most devices first.
    missing: Vec<MissingOfBuild>,
    /// Issues whose latest report was read.
    issues_read: usize,
    /// Issues of the range that were not read, and why.
    issues_unread: usize,
    unread_because: Option<String>,
    /// Commands of the vendor's uploader, without the key.
    commands: Vec<UploadCommand>,
}

/// A module of one build.
#[derive(Serialize, JsonSchema)]
struct MissingOfBuild {
    module: Untrusted,
    build_id: Option<Untrusted>,
    version: Option<Untrusted>,
    upload: Kind,
    /// Devices of the issues, added up.
    devices: Option<i64>,
    /// Frames without a name in the reports that were read.
    frames: usize,
    issues: Vec<String>,
}

/// What uploads the symbols of a build.
#[derive(Serialize, JsonSchema)]
struct UploadCommand {
    version: Option<Untrusted>,
    command: String,
}

/// What the latest report of an issue lacks.
struct OfReport {
    bundle: Option<Untrusted>,
    version: Option<Untrusted>,
    modules: Vec<MissingModule>,
}

impl OfReport {
    fn read(data: JsonRef<'_>, app: &CrashSightApp) -> Self {
        let crash = data.only();
        let sources = Sources {
            crash,
            ..Sources::default()
        };
        let report = Report::new(sources, &app.source);
        let stack = report.text().map(CrashText::stack).unwrap_or_default();
        Self {
            bundle: crash.get("bundleId").untrusted(),
            version: crash.get("productVersion").untrusted(),
            modules: modules(&stack, report.rules()),
        }
    }

    fn command(&self, app: &CrashSightApp, kind: Kind) -> Option<String> {
        let build = Build {
            bundle: self.bundle.as_ref().map(Untrusted::raw),
            version: self.version.as_ref().map(Untrusted::raw),
            number: None,
        };
        command::line(app, build, kind)
    }
}

impl MissingOfRange {
    /// Adds what a report lacks to what others lack of the same build.
    fn add(&mut self, report: OfReport, issue: &IssueRow, app: &CrashSightApp) {
        for module in &report.modules {
            if let Some(command) = report.command(app, module.upload)
                && self.commands.iter().all(|known| known.command != command)
            {
                self.commands.push(UploadCommand {
                    version: report.version.clone(),
                    command,
                });
            }
        }
        for module in report.modules {
            let same = |known: &&mut MissingOfBuild| {
                known.module == module.module
                    && known.version == report.version
                    && known.build_id == module.build_id
            };
            let id = issue.issue.clone();
            if let Some(known) = self.missing.iter_mut().find(same) {
                known.devices = sum(known.devices, issue.devices);
                known.frames += module.frames;
                known.issues.extend(id);
                continue;
            }
            self.missing.push(MissingOfBuild {
                module: module.module,
                build_id: module.build_id,
                version: report.version.clone(),
                upload: module.upload,
                devices: issue.devices,
                frames: module.frames,
                issues: id.into_iter().collect(),
            });
        }
    }
}

fn sum(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.saturating_add(other)),
        (one, other) => one.or(other),
    }
}

/// What the latest report of an issue lacks; `None` where no report is stored.
async fn of_issue(
    api: &Api<'_>,
    app: &CrashSightApp,
    issue: &str,
) -> Result<Option<OfReport>, Error> {
    let response = api.send(last_crash_info(app, issue)).await?;
    if !JsonRef::new(&response.data).only().says_something() {
        return Ok(None);
    }
    let (app, bytes) = (app.clone(), response.bytes);
    let read = move || OfReport::read(JsonRef::new(&response.data), &app);
    read_sized(bytes, read).await.map(Some)
}

impl Tool for ListMissingSymbols {
    const NAME: &'static str = "crashsight_list_missing_symbols";
    const UPSTREAM: &'static [&'static str] = &[<ListTopIssues as Query>::UPSTREAM, LAST_CRASH];
    type Answer = MissingOfRange;

    async fn answer(
        self,
        ctx: &CallContext,
        api: &Api<'_>,
    ) -> Result<Output<MissingOfRange>, Error> {
        let app = ctx.app(self.project.as_ref())?;
        let most = self.limit.rows();
        let list = Arc::new(ListTopIssues::of_range(
            self.project,
            self.window,
            self.versions,
        ));
        let top = send_query(&list, ctx, api, |ctx| list.scope(ctx)).await?;
        let issues: Vec<IssueRow> = top.answer.issues;
        let wanted = issues.iter().filter(|issue| issue.issue.is_some());
        let mut answer = MissingOfRange {
            missing: Vec::new(),
            issues_read: 0,
            issues_unread: 0,
            unread_because: None,
            commands: Vec::new(),
        };
        for issue in wanted.take(most) {
            let id = issue.issue.as_deref().unwrap_or_default();
            if answer.unread_because.is_some() {
                answer.issues_unread += 1;
                continue;
            }
            match of_issue(api, &app, id).await {
                Ok(Some(report)) => {
                    answer.issues_read += 1;
                    answer.add(report, issue, &app);
                }
                Ok(None) => answer.issues_unread += 1,
                // Nothing was read yet, and the next would fail alike.
                Err(error) if answer.issues_read == 0 => return Err(error),
                Err(error) => {
                    let text = error.to_string();
                    answer.unread_because = text.lines().next().map(str::to_owned);
                    answer.issues_unread += 1;
                }
            }
        }
        answer
            .missing
            .sort_by_key(|missing| std::cmp::Reverse(missing.devices));
        let mut output = Output::new("Missing symbols", &app, answer);
        output
            .meta
            .heading
            .extend(top.meta.heading.into_iter().skip(2));
        output.meta.range = top.meta.range;
        output.note_unread();
        let first = output.answer.missing.first();
        if let Some(issue) = first.map(|missing| missing.issues.first().cloned()) {
            if ctx.symbol_uploader.is_some() {
                output.note("crashsight_upload_symbols uploads the symbols of one version");
            }
            output.suggest("crashsight_get_last_crash", json!({"issue": issue}));
        }
        Ok(output)
    }

    fn render(output: &Output<MissingOfRange>, reply: &mut Reply) {
        const MOST_COMMANDS: usize = 3;
        let answer = &output.answer;
        let mut table = Table::new(&[
            "module", "build id", "version", "devices", "issues", "upload",
        ]);
        for missing in &answer.missing {
            let text =
                |text: &Option<Untrusted>| text.clone().map_or(Cell::Missing, Cell::Untrusted);
            table.rows.push(vec![
                Cell::Untrusted(missing.module.clone()),
                text(&missing.build_id),
                text(&missing.version),
                Cell::count(missing.devices),
                Cell::text(missing.issues.len().to_string()),
                Cell::text(match missing.upload {
                    Kind::Symbols => "symbols",
                    Kind::Mapping => "mapping file",
                }),
            ]);
        }
        let nothing = match answer.issues_read {
            0 => "no issue with a report in this range".to_owned(),
            read => format!(
                "no missing symbols in the latest reports of {}",
                counted(read, "issue")
            ),
        };
        reply.table(table, &nothing);
        for upload in answer.commands.iter().take(MOST_COMMANDS) {
            reply.code(Code::head("upload with the vendor's tool", &upload.command));
        }
        if let Some(more @ 1..) = answer.commands.len().checked_sub(MOST_COMMANDS) {
            reply.note(format!("{more} more commands for other builds"));
        }
    }
}

impl Output<MissingOfRange> {
    fn note_unread(&mut self) {
        let answer = &self.answer;
        let (read, unread) = (answer.issues_read, answer.issues_unread);
        let because = answer.unread_because.clone();
        if !answer.missing.is_empty() {
            let issues = counted(read, "issue");
            self.note(format!(
                "of the latest reports of {issues}; devices are added up over issues: one with two counts twice"
            ));
        }
        if unread > 0 {
            let because = because.map_or_else(
                || "no report of them is stored".to_owned(),
                |because| format!("{because}; a later call reads them"),
            );
            self.note(format!(
                "not read: {} ({because})",
                counted(unread, "issue")
            ));
        }
    }
}
