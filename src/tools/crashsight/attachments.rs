//! Files that were uploaded with a crash and are no part of its document: fetched, decoded and listed.

use std::borrow::Cow;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::crash_report::File;
use super::mistaken_id::{is_issue, may_be_unknown, note_unknown_crash, same_id};
use super::requests::{ATTACHMENTS, ISSUE_INFO, crash_attachments};
use crate::args::{CrashId, List, ProjectName, ShortText};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::{Cell, Reply, Table, Untrusted, inline};
use crate::tools::context::CallContext;
use crate::tools::output::Output;
use crate::tools::tool::Tool;
use crate::upstream::api::Api;
use crate::upstream::cache::CachedResponse;
use crate::upstream::encoded::{MAX_BYTES, decode};
use crate::upstream::large::read_sized;

/// Names of attachments that the vendor's documents know. Asked for together: those that a crash does not have are left
/// out of the answer.
const NAMES: [&str; 6] = [
    "SDK_LOG",
    "CustomizedLogFile.log",
    "CustomizedAttachFile.zip",
    "extraMessage.txt",
    "anrMessage.txt",
    "trace.zip",
];

/// Attachments of a crash that are listed.
const MAX_FILES: usize = 100;

/// The refusal that means that a crash has none of the files (SDK).
const NONE: &str = "attachmentFilenameList is empty";

/// Files uploaded with a crash beside its report: SDK log, custom log, ANR message; decoded and listed with size and lines.
/// Then crashsight_read_crash with section file:0 reads, slices or searches one.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetCrashAttachments {
    project: Option<ProjectName>,
    crash: CrashId,
    /// names; the known ones by default
    #[serde(default)]
    files: List<ShortText, 20>,
}

/// The files of a crash.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CrashAttachments {
    crash: String,
    /// Whether the service has files of this crash.
    found: bool,
    files: Vec<Attachment>,
}

/// A file of a crash.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Attachment {
    /// Its index, for crashsight_read_crash with section `file:<index>`.
    index: usize,
    name: Untrusted,
    /// `text`, `zip archive`, `minidump`, `binary` or `link`.
    kind: &'static str,
    /// The encodings that were taken off, the outer one first.
    encodings: Vec<&'static str>,
    /// The service's code of what it holds.
    holds_code: Option<i64>,
    /// Decoded.
    size_bytes: Option<i64>,
    /// Lines of a text.
    lines: Option<usize>,
    /// Where the service keeps it, where it sends an address in place of the content. Not followed.
    url: Option<Untrusted>,
    /// Why it cannot be read, or not all of it.
    problem: Option<String>,
    #[serde(skip)]
    text: Option<String>,
}

impl Attachment {
    fn read(index: usize, row: JsonRef<'_>, budget: &mut usize) -> Self {
        let name = row.any(&["fileName", "name"]).untrusted();
        let content = ["content", "fileContent"]
            .iter()
            .find_map(|name| row.get(name).value()?.as_str());
        let url = row.any(&["downloadUrl", "url"]).untrusted();
        let mut read = Self {
            index,
            name: name.unwrap_or_else(|| Untrusted::from("unnamed")),
            kind: "link",
            encodings: Vec::new(),
            holds_code: row.get("fileType").count(),
            size_bytes: row.any(&["fileSize", "size"]).count(),
            lines: None,
            url,
            problem: None,
            text: None,
        };
        let Some(content) = content.filter(|content| !content.is_empty() || read.url.is_none())
        else {
            read.problem = Some(match read.url {
                Some(_) => "the service gives an address, which is not followed".to_owned(),
                None => "the service sent no content".to_owned(),
            });
            if read.url.is_none() {
                read.kind = "text";
            }
            return read;
        };
        let decoded = decode(content, *budget);
        if decoded.text.is_some() {
            *budget = budget.saturating_sub(decoded.bytes);
        }
        read.kind = decoded.kind;
        read.encodings = decoded.encodings;
        read.size_bytes = i64::try_from(decoded.bytes).ok();
        read.problem = decoded.problem;
        read.lines = decoded
            .text
            .as_ref()
            .map(|text| crash_digest::log::Log::new(text).len());
        read.text = decoded.text;
        read
    }

    /// As a file of a report.
    pub(super) fn file(&self) -> File<'_> {
        File {
            name: self.name.raw(),
            kind: self.holds_code.unwrap_or_default(),
            text: Cow::Borrowed(self.text.as_deref().unwrap_or_default()),
        }
    }

    /// Whether a section names it, by index or name.
    pub(super) fn is_called(&self, which: &str) -> bool {
        which == self.name.raw() || which.parse() == Ok(self.index)
    }

    /// What is wrong with it, where something is.
    pub(super) fn note(&self) -> Option<String> {
        let problem = match &self.problem {
            Some(problem) => problem.clone(),
            None if self.text.is_none() => format!("{}, no text", self.kind),
            None => return None,
        };
        Some(format!("file {}: {problem}", self.index))
    }

    /// Whether it has text to read.
    fn is_text(&self) -> bool {
        self.text.as_ref().is_some_and(|text| !text.is_empty())
    }
}

/// The files of one crash in an answer. A list of files of other crashes is an answer that is not understood.
fn read(data: JsonRef<'_>, crash: &str) -> anyhow::Result<Vec<Attachment>> {
    let crashes = data.rows_of("crashIdAndAttachmentsList")?;
    let is_other = |row: &&JsonRef<'_>| {
        let id = row.any(&["crashId", "crashHash"]).label();
        id.is_some_and(|id| !same_id(&id, crash))
    };
    if let Some(other) = crashes.iter().find(is_other) {
        let id = other.any(&["crashId", "crashHash"]).label();
        anyhow::bail!(
            "the service answered with another crash, {}",
            inline(&id.unwrap_or_default(), 60)
        );
    }
    let mut budget = MAX_BYTES;
    let rows = crashes.iter().flat_map(|row| row.get("attachments").list());
    let rows = rows.filter(|row| row.says_something()).take(MAX_FILES);
    Ok(rows
        .enumerate()
        .map(|(index, row)| Attachment::read(index, row, &mut budget))
        .collect())
}

/// Fetches the files of a crash by the known names, and one more. No file is no error.
pub(super) async fn fetch_known(
    api: &Api<'_>,
    app: &CrashSightApp,
    crash: &CrashId,
    name: Option<&str>,
) -> Result<Arc<Vec<Attachment>>, Error> {
    let more = name.filter(|name| !NAMES.contains(name));
    let names: Vec<&str> = NAMES.into_iter().chain(more).collect();
    fetch(api, app, crash, &names).await
}

async fn fetch(
    api: &Api<'_>,
    app: &CrashSightApp,
    crash: &CrashId,
    names: &[&str],
) -> Result<Arc<Vec<Attachment>>, Error> {
    let response: Arc<CachedResponse> = match api.send(crash_attachments(app, crash, names)).await {
        Ok(response) => response,
        Err(Error::Rejected { message, .. }) if message.contains(NONE) => {
            return Ok(Arc::default());
        }
        Err(Error::TooLarge { limit }) if names.len() > 1 => {
            return Err(Error::invalid_arguments(format!(
                "the files of this crash are together more than {}, the most that is read\n\
                 hint: crashsight_get_crash_attachments with one name in `files`, such as `{}`",
                crate::reply::size(i64::try_from(limit).unwrap_or(i64::MAX)),
                NAMES[0],
            )));
        }
        Err(error) => return Err(error),
    };
    let id = crash.as_str().to_owned();
    let bytes = response.bytes;
    let work = move || read(JsonRef::new(&response.data), &id);
    let read = read_sized(bytes, work).await?;
    read.map(Arc::new).map_err(Error::unexpected_response)
}

impl GetCrashAttachments {
    /// The section of crashsight_read_crash that has a file: by its name where names were asked for.
    fn section(&self, file: &Attachment) -> Option<String> {
        if self.files.is_empty() {
            return Some(format!("file:{}", file.index));
        }
        let mut asked = self.files.iter().map(ShortText::as_str);
        let name = asked.find(|name| *name == file.name.raw())?;
        Some(format!("file:{name}"))
    }
}

impl Tool for GetCrashAttachments {
    const NAME: &'static str = "crashsight_get_crash_attachments";
    const UPSTREAM: &'static [&'static str] = &[ATTACHMENTS, ISSUE_INFO];
    type Answer = CrashAttachments;

    async fn answer(
        self,
        ctx: &CallContext,
        api: &Api<'_>,
    ) -> Result<Output<CrashAttachments>, Error> {
        let app = ctx.app_of_page(self.project.as_ref(), self.crash.page())?;
        let crash = self.crash.as_str();
        let title = format!("Attachments of crash {crash}");
        let answer = |files: Vec<Attachment>| CrashAttachments {
            crash: crash.to_owned(),
            found: !files.is_empty(),
            files,
        };
        let fetched = if self.files.is_empty() {
            fetch_known(api, &app, &self.crash, None).await
        } else {
            fetch(api, &app, &self.crash, &self.files.texts()).await
        };
        let files = match fetched {
            Ok(files) => Arc::try_unwrap(files).unwrap_or_default(),
            Err(error) if may_be_unknown(&error) && is_issue(api, &app, crash).await => {
                let mut output = Output::new(title, &app, answer(Vec::new()));
                note_unknown_crash(&mut output, api, &app, crash).await;
                return Ok(output);
            }
            Err(error) => return Err(error),
        };
        let section = files
            .iter()
            .find(|file| file.is_text())
            .and_then(|file| self.section(file));
        let mut output = Output::new(title, &app, answer(files));
        if !output.answer.found {
            let asked = if self.files.is_empty() {
                NAMES.join(", ")
            } else {
                super::listed(&self.files)
            };
            output.note(format!("no file was uploaded with this crash as {asked}"));
        }
        if let Some(section) = section {
            output.suggest(
                "crashsight_read_crash",
                json!({"crash": crash, "section": section}),
            );
        }
        output.suggest("crashsight_get_crash", json!({"crash": crash}));
        Ok(output)
    }

    fn render(output: &Output<CrashAttachments>, reply: &mut Reply) {
        let mut table = Table::new(&["index", "name", "kind", "sent as", "size", "lines", "note"]);
        for file in &output.answer.files {
            let count = |count: usize| Cell::count(i64::try_from(count).ok());
            let sent_as = match &file.encodings[..] {
                [] => Cell::Missing,
                encodings => {
                    let inner_first: Vec<&str> = encodings.iter().rev().copied().collect();
                    Cell::text(inner_first.join(" in "))
                }
            };
            table.rows.push(vec![
                count(file.index),
                Cell::Untrusted(file.name.clone()),
                Cell::text(file.kind),
                sent_as,
                file.size_bytes.map_or(Cell::Missing, Cell::Bytes),
                file.lines.map_or(Cell::Missing, count),
                file.problem.clone().map_or(Cell::Missing, Cell::Text),
            ]);
        }
        if !table.rows.is_empty() {
            reply.table(table, "");
        }
    }
}
