//! Any part of a report in full: nothing that a summary leaves out is out of reach.

use crash_digest::frame::Frame;
use crash_digest::log::{LineRange, Log};
use crash_digest::ownership::{CodeOrigin, OwnershipRules};
use crash_digest::stack::{Part, Stack};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::excerpt::Excerpt;
pub(crate) use super::excerpt::Wanted;
use super::raw;
use super::report::{CUSTOM_KEY, File, LOG, OTHER_VALUES, Report, SERVER_KEY, THREAD};
use super::section::Section;
use crate::error::Error;
use crate::json::JsonRef;
use crate::reply::{Cell, End, Reply, Table, Untrusted, counted, inline};

/// Personal identifiers that no diagnosis needs.
const PERSONAL: [&str; 7] = ["imei", "imsi", "mac", "srcIp", "tel", "email", "contactAll"];

/// Longer values are stacks and lists of threads, which have sections of their own.
const FIELD: usize = 400;

/// A part of a report.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CrashPart {
    /// Which: `stack`, `stack_text`, `threads`, `thread`, `logs`, `log`, `keys`, `device`, `attachments`,
    /// `attachment`, `files`, `file` or `raw`.
    kind: &'static str,
    /// What was searched for.
    search: Option<String>,
    /// Of a text, or of several that were searched: the wanted lines.
    texts: Vec<Excerpt>,
    /// Of `threads`.
    threads: Vec<ThreadRow>,
    /// Of `logs`, `attachments` and `files`.
    files: Vec<FileRow>,
    /// Of `device`: the report's own fields, as the service names them.
    fields: Vec<Field>,
    /// Rows there are in all, of `threads`, `logs`, `attachments`, `files` and `device`.
    rows_total: Option<usize>,
    /// Personal identifiers that are left out of `fields`.
    personal_left_out: usize,
    /// Fields with long values that are left out of `fields`.
    long_left_out: usize,
}

/// A thread of a dump.
#[derive(Debug, Serialize, JsonSchema)]
struct ThreadRow {
    index: usize,
    name: Untrusted,
    /// Whether it is the crashed one, or the one an ANR is about.
    crashed: bool,
    activity: String,
    frames: usize,
    /// The frame that says most.
    at: Option<Untrusted>,
}

/// A file of a report.
#[derive(Debug, Serialize, JsonSchema)]
struct FileRow {
    index: usize,
    name: Untrusted,
    holds: &'static str,
    holds_code: i64,
    size_bytes: usize,
    lines: usize,
}

/// A field of a report.
#[derive(Debug, Serialize, JsonSchema)]
struct Field {
    name: Untrusted,
    value: Untrusted,
}

impl CrashPart {
    /// Reads a section. `responses` are what the service sent.
    pub(crate) fn read(
        report: &Report<'_>,
        section: &Section,
        wanted: &Wanted,
        responses: &[&Value],
    ) -> Result<Self, Error> {
        let mut part = Self {
            kind: section.kind(),
            search: wanted.search.is_some().then(|| wanted.shown_search()),
            texts: Vec::new(),
            threads: Vec::new(),
            files: Vec::new(),
            fields: Vec::new(),
            rows_total: None,
            personal_left_out: 0,
            long_left_out: 0,
        };
        match section {
            Section::Stack => part.texts.extend(stack(report, wanted)),
            Section::StackText => {
                let text = report.stack_text();
                let read = |text| Excerpt::of_text("stack", text, End::Head, wanted);
                part.texts.extend(text.map(read));
            }
            Section::Threads => part.read_threads(report, wanted),
            Section::Thread(which) => part.texts.push(thread(report, which, wanted)?),
            Section::Logs if wanted.search.is_some() => {
                let logs = report.logs();
                let logs = logs.iter().enumerate();
                part.texts.extend(logs.map(|(index, log)| {
                    Excerpt::of_text("log", &log.text, End::Tail, wanted).named(index, log.name)
                }));
            }
            Section::Logs => part.read_files(&report.logs(), wanted),
            Section::Log(which) => {
                let logs = report.logs();
                let (index, log) =
                    pick(&logs, which).ok_or_else(|| missing("log", which, logs.len(), "logs"))?;
                let log_lines = Excerpt::of_text("log", &log.text, End::Tail, wanted);
                part.texts.push(log_lines.named(index, log.name));
            }
            Section::Keys => {
                let keys = report.keys();
                let line = |key: &crash_digest::keys::Key<'_>| {
                    format!("{} = {}", inline(key.name, 120), key.value)
                };
                let lines: Vec<String> = keys.iter().map(line).collect();
                if !lines.is_empty() {
                    let text = lines.join("\n");
                    let keys = Excerpt::of_text("keys", &text, End::Head, wanted);
                    part.texts.push(keys);
                }
            }
            Section::Device => part.read_fields(report, wanted),
            Section::Attachments | Section::Files => {
                let files: Vec<&File<'_>> = attached(report, section).iter().collect();
                part.read_files(&files, wanted);
            }
            Section::Attachment(which) | Section::File(which) => {
                let files: Vec<&File<'_>> = attached(report, section).iter().collect();
                let (kind, list) = match section {
                    Section::File(_) => ("file", "files"),
                    _ => ("attachment", "attachments"),
                };
                let (index, file) =
                    pick(&files, which).ok_or_else(|| missing(kind, which, files.len(), list))?;
                let lines = Excerpt::of_text(kind, &file.text, End::Head, wanted);
                part.texts.push(lines.named(index, file.name));
            }
            Section::Raw => {
                let lines = raw::lines(responses, wanted);
                part.texts
                    .push(Excerpt::new("response", lines, End::Head, wanted));
            }
        }
        Ok(part)
    }

    fn read_threads(&mut self, report: &Report<'_>, wanted: &Wanted) {
        let dump = report.threads();
        let faulting = report.faulting(&dump);
        let rows = rows_within(wanted, dump.threads.len());
        for (index, thread) in dump.threads.iter().enumerate() {
            if !rows.contains(&(index + 1)) || !wanted.matches(thread.text) {
                continue;
            }
            let stack = thread.stack();
            let key = stack.key_frame(&report.rules);
            let at = key.and_then(|at| stack.frames.get(at));
            self.threads.push(ThreadRow {
                index,
                name: Untrusted::new(thread.label()),
                crashed: faulting == Some(index),
                activity: thread.activity().to_string(),
                frames: stack.frames.len(),
                at: at.map(|frame| Untrusted::new(frame.name())),
            });
        }
        self.rows_total = Some(dump.threads.len());
    }

    fn read_files(&mut self, files: &[&File<'_>], wanted: &Wanted) {
        let rows = rows_within(wanted, files.len());
        for (index, file) in files.iter().enumerate() {
            let found = || wanted.matches(file.name) || wanted.matches(&file.text);
            if rows.contains(&(index + 1)) && found() {
                self.files.push(FileRow {
                    index,
                    name: Untrusted::from(file.name),
                    holds: holds(file.kind),
                    holds_code: file.kind,
                    size_bytes: file.text.len(),
                    lines: Log::new(&file.text).len(),
                });
            }
        }
        self.rows_total = Some(files.len());
    }

    fn read_fields(&mut self, report: &Report<'_>, wanted: &Wanted) {
        let (crash, detail) = (report.sources.crash, report.sources.detail);
        let mut all: Vec<Field> = Vec::new();
        let mut add = |name: String, node: JsonRef<'_>| {
            let value = node
                .label()
                .or_else(|| node.flag().map(|flag| flag.to_string()));
            let Some(value) = value else {
                return;
            };
            let plain = name.rsplit('.').next().unwrap_or(&name);
            if PERSONAL.contains(&plain) {
                self.personal_left_out += 1;
            } else if value.len() > FIELD {
                self.long_left_out += 1;
            } else if !all.iter().any(|field| field.name.raw() == name) {
                all.push(Field {
                    name: Untrusted::new(name),
                    value: Untrusted::new(value),
                });
            }
        };
        for (name, node) in crash.entries().chain(detail.entries()) {
            if node.is_object() {
                for (inner, node) in node.entries() {
                    add(format!("{name}.{inner}"), node);
                }
            } else {
                add(name.to_owned(), node);
            }
        }
        self.rows_total = Some(all.len());
        let rows = rows_within(wanted, all.len());
        let mut number = 0;
        all.retain(|field| {
            number += 1;
            let found = || wanted.matches(field.name.raw()) || wanted.matches(field.value.raw());
            rows.contains(&number) && found()
        });
        self.fields = all;
    }
}

/// The files that a section is about.
fn attached<'r, 'a>(report: &'r Report<'a>, section: &Section) -> &'r [File<'a>] {
    match section {
        Section::Files | Section::File(_) => &report.uploads,
        _ => report.files(),
    }
}

/// The rows of a list that are asked for, all where none are; from 1.
fn rows_within(wanted: &Wanted, len: usize) -> std::ops::RangeInclusive<usize> {
    let rows = wanted.lines.unwrap_or(LineRange::Lines(1, usize::MAX));
    rows.within(len)
}

/// The stack frame by frame, or its text where no frame was recognised.
fn stack(report: &Report<'_>, wanted: &Wanted) -> Option<Excerpt> {
    let text = report.stack_text()?;
    let stack = report.text().map(|text| text.stack())?;
    if stack.frames.is_empty() {
        return Some(Excerpt::of_text("stack", text, End::Head, wanted));
    }
    let (lines, marks) = frame_lines(&stack, &report.rules);
    let mut excerpt = Excerpt::of_text("stack", &lines.join("\n"), End::Head, wanted);
    excerpt.mark_frames(|number| *marks.get(number.checked_sub(1)?)?);
    Some(excerpt)
}

/// A line for each frame and for the exception that it belongs to, and whether a frame is own and resolved.
fn frame_lines(
    stack: &Stack<'_>,
    rules: &OwnershipRules,
) -> (Vec<String>, Vec<Option<(bool, bool)>>) {
    let ownership = rules.of_stack(stack);
    let (mut lines, mut marks) = (Vec::new(), Vec::new());
    let several = stack.sections.len() > 1;
    for section in &stack.sections {
        if several && (!section.exception.is_empty() || section.part != Part::Main) {
            let word = match section.part {
                Part::Main => "",
                Part::Cause => "caused by ",
                Part::Suppressed => "suppressed ",
                Part::Original => "raised at ",
            };
            let exception = section.exception.to_string();
            lines.push(inline(&format!("{word}{exception}"), 300));
            marks.push(None);
        }
        for frame in stack
            .frames
            .get(section.frames.clone())
            .into_iter()
            .flatten()
        {
            let own = ownership.origin(frame) == CodeOrigin::Own;
            lines.push(frame_line(frame, own, rules));
            marks.push(Some((own, frame.symbolicated())));
        }
    }
    (lines, marks)
}

/// `function  file:line`, or the module where no file is known.
fn frame_line(frame: &Frame<'_>, own: bool, rules: &OwnershipRules) -> String {
    let name = frame.name();
    let line = frame
        .line
        .map_or_else(String::new, |line| format!(":{line}"));
    let place = match (frame.file, frame.module_name()) {
        (Some(file), _) if own => format!("{}{line}", rules.path(file)),
        (Some(file), _) => format!("{}{line}", file.rsplit(['/', '\\']).next().unwrap_or(file)),
        (None, Some(module)) if frame.function.is_some() => module.to_owned(),
        _ => line,
    };
    let line = format!("{}  {}", inline(&name, 300), inline(&place, 200));
    line.trim_end().to_owned()
}

fn thread(report: &Report<'_>, which: &str, wanted: &Wanted) -> Result<Excerpt, Error> {
    let dump = report.threads();
    let by_index = which.parse().ok();
    let index = by_index
        .filter(|index| *index < dump.threads.len())
        .or_else(|| dump.find(which))
        .ok_or_else(|| missing("thread", which, dump.threads.len(), "threads"))?;
    let thread = &dump.threads[index];
    let lines = Excerpt::of_text("thread", thread.text, End::Head, wanted);
    let lines = lines.named(index, &thread.label());
    Ok(lines.doing(thread.activity().to_string()))
}

fn missing(what: &str, which: &str, count: usize, list: &str) -> Error {
    Error::invalid_arguments(format!(
        "no {what} is called `{}`: the report has {count}\nhint: section `{list}` lists them with their index",
        inline(which, 60)
    ))
}

fn pick<'f, 'a>(files: &[&'f File<'a>], which: &str) -> Option<(usize, &'f File<'a>)> {
    let by_index = which.parse().ok();
    let index = by_index
        .filter(|index: &usize| *index < files.len())
        .or_else(|| files.iter().position(|file| file.name == which))?;
    Some((index, files.get(index)?))
}

fn holds(kind: i64) -> &'static str {
    match kind {
        LOG => "log",
        THREAD => "thread",
        OTHER_VALUES => "other values",
        CUSTOM_KEY => "custom key",
        SERVER_KEY => "server key",
        _ => "other",
    }
}

/// Shows a part: its texts in fences, or a table.
pub(crate) fn show_part(part: &CrashPart, reply: &mut Reply) {
    let search = part.search.as_deref().unwrap_or_default();
    for text in &part.texts {
        text.show(search, reply);
    }
    let (thing, table) = match part.kind {
        "threads" => ("thread", threads_table(part)),
        "logs" => ("log", files_table(part)),
        "attachments" => ("attachment", files_table(part)),
        "files" => ("file", files_table(part)),
        "device" => ("field", fields_table(part)),
        _ => {
            if part.texts.is_empty() {
                let what = match part.kind {
                    "keys" => "custom keys",
                    "stack_text" => "stack",
                    kind => kind,
                };
                reply.note(format!("the report holds no {what}"));
            }
            return;
        }
    };
    let Some(total) = part.rows_total else {
        if part.texts.is_empty() {
            reply.note(format!(
                "the report holds no {thing} to search for `{search}`"
            ));
        }
        return;
    };
    let none = match total {
        0 => format!("the report holds no {thing}"),
        _ if part.search.is_some() => {
            format!("none of {} matches `{search}`", counted(total, thing))
        }
        _ => format!(
            "the report has {}, and none of those asked for",
            counted(total, thing)
        ),
    };
    let empty = table.rows.is_empty();
    reply.table(table, &none);
    if !empty && matches!(part.kind, "logs" | "attachments" | "files") {
        reply.note(format!("read one with section `{thing}:<index>`"));
    }
    if part.personal_left_out > 0 {
        reply.note(format!(
            "{} personal identifiers are left out; section `raw` has them",
            part.personal_left_out
        ));
    }
    if part.long_left_out > 0 {
        reply.note(format!(
            "{} of more than {FIELD} bytes: section `raw` has them",
            counted(part.long_left_out, "value")
        ));
    }
}

fn cell(count: usize) -> Cell {
    Cell::Count(i64::try_from(count).unwrap_or(i64::MAX))
}

fn threads_table(part: &CrashPart) -> Table {
    let mut table = Table::new(&["index", "thread", "", "does", "frames", "at"]);
    for row in &part.threads {
        table.rows.push(vec![
            cell(row.index),
            Cell::Untrusted(row.name.clone()),
            if row.crashed {
                Cell::text("crashed or faulting")
            } else {
                Cell::Missing
            },
            Cell::text(row.activity.clone()),
            cell(row.frames),
            row.at.clone().map_or(Cell::Missing, Cell::Untrusted),
        ]);
    }
    table.total = part.rows_total.and_then(|total| i64::try_from(total).ok());
    table.rest = Some("`lines`, as `from..to`, shows others".to_owned());
    table
}

fn files_table(part: &CrashPart) -> Table {
    let mut table = Table::new(&["index", "name", "holds", "size", "lines"]);
    for row in &part.files {
        table.rows.push(vec![
            cell(row.index),
            Cell::Untrusted(row.name.clone()),
            Cell::text(row.holds),
            Cell::Bytes(i64::try_from(row.size_bytes).unwrap_or(i64::MAX)),
            cell(row.lines),
        ]);
    }
    table
}

fn fields_table(part: &CrashPart) -> Table {
    let mut table = Table::new(&["field", "value"]);
    for field in &part.fields {
        table.rows.push(vec![
            Cell::text(field.name.line(60)),
            Cell::Untrusted(field.value.clone()),
        ]);
    }
    table
}
