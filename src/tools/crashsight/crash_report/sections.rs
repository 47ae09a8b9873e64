//! Any part of a report in full: nothing that a digest leaves out is out of reach.

use std::fmt::Write as _;

use serde_json::Value;

use super::{File, Report};
use crate::error::Error;
use crate::project::CrashSightApp;
use crate::reply::{Cell, Code, End, Reply, Table, counted, inline};
use crash_digest::log::{LineRange, Log, Pattern};

/// What somebody asks to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Section {
    /// The crashed thread's stack, as the service has it.
    Stack,
    /// Every thread with its index.
    Threads,
    /// One thread, by index or name.
    Thread(String),
    /// Every log with its index.
    Logs,
    /// One log, by index or name.
    Log(String),
    /// Custom keys with their whole values.
    Keys,
    /// The report's own fields.
    Device,
    /// Every attachment with its index.
    Attachments,
    /// One attachment, by index or name.
    Attachment(String),
    /// The vendor's answer as JSON.
    Raw,
}

/// Every form, for errors.
pub const SECTIONS: &str = "stack, threads, thread:<index>, logs, log:<index>, keys, device, attachments, \
     attachment:<index> or raw";

impl Section {
    /// Reads a section's name.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (word, which) = match text.split_once(':') {
            Some((word, which)) => (word.trim(), Some(which.trim().to_owned())),
            None => (text, None),
        };
        Ok(match (word.to_lowercase().as_str(), which) {
            ("stack", None) => Self::Stack,
            ("threads", None) => Self::Threads,
            ("thread", Some(which)) => Self::Thread(which),
            ("logs", None) => Self::Logs,
            ("log", Some(which)) => Self::Log(which),
            ("keys", None) => Self::Keys,
            ("device", None) => Self::Device,
            ("attachments", None) => Self::Attachments,
            ("attachment", Some(which)) => Self::Attachment(which),
            ("raw", None) => Self::Raw,
            _ => {
                return Err(format!(
                    "a section is {SECTIONS}, not `{}`",
                    inline(text, 40)
                ));
            }
        })
    }
}

/// How much of a text is asked for.
pub struct Wanted<'a> {
    /// `120..200`, `last 50`.
    pub lines: Option<LineRange>,
    /// Text, or `/an expression/`.
    pub search: Option<&'a Pattern>,
    /// What was asked, to say it again.
    pub search_text: &'a str,
}

/// Lines around each hit, and hits shown.
const AROUND: usize = 2;
const HITS: usize = 40;

/// Lines shown of a text when nothing is asked.
const UNASKED: usize = 60;

/// Characters of one line; a line of a megabyte is cut and counted.
const LINE: usize = 600;

/// Personal identifiers that no diagnosis needs.
const PERSONAL: [&str; 7] = ["imei", "imsi", "mac", "srcIp", "tel", "email", "contactAll"];

impl Report<'_> {
    /// Tells one section.
    pub fn tell_section(
        &self,
        reply: &mut Reply,
        target: &CrashSightApp,
        section: &Section,
        wanted: &Wanted<'_>,
        raw: &[&Value],
    ) -> Result<(), Error> {
        match section {
            Section::Logs if wanted.search.is_some() => {
                for (index, log) in self.logs().iter().enumerate() {
                    let caption = format!("log {index}: {}", inline(log.name, 80));
                    tell_text(reply, &caption, log.text, End::Tail, wanted);
                }
            }
            Section::Logs | Section::Attachments | Section::Device
                if wanted.search.is_some() || wanted.lines.is_some() =>
            {
                return Err(Error::invalid_arguments(
                    "`lines` and `search` read a text: give one log or attachment by its index",
                ));
            }
            Section::Stack => match self.stack_text() {
                Some(text) => tell_text(reply, "stack", text, End::Head, wanted),
                None => {
                    reply.note("the report holds no stack");
                }
            },
            Section::Threads => self.list_threads(reply, target, wanted),
            Section::Thread(which) => {
                let dump = self.threads();
                let index = which
                    .parse()
                    .ok()
                    .filter(|index| *index < dump.threads.len());
                let index = index
                    .or_else(|| dump.find(which))
                    .ok_or_else(|| missing("thread", which, dump.threads.len(), "threads"))?;
                let thread = &dump.threads[index];
                let caption = format!(
                    "thread {index}: {} is {}",
                    inline(&thread.label(), 80),
                    thread.activity()
                );
                tell_text(reply, &caption, thread.text, End::Head, wanted);
            }
            Section::Logs => list_files(reply, &self.logs(), "log", "no log came with this report"),
            Section::Log(which) => {
                let logs = self.logs();
                let (index, log) =
                    pick(&logs, which).ok_or_else(|| missing("log", which, logs.len(), "logs"))?;
                let caption = format!("log {index}: {}", inline(log.name, 80));
                tell_text(reply, &caption, log.text, End::Tail, wanted);
            }
            Section::Keys => {
                let lines: Vec<String> = self
                    .keys()
                    .iter()
                    .map(|key| format!("{} = {}", inline(key.name, 120), key.value))
                    .collect();
                if lines.is_empty() {
                    reply.note("no custom keys came with this report");
                } else {
                    tell_text(reply, "custom keys", &lines.join("\n"), End::Head, wanted);
                }
            }
            Section::Device => self.list_fields(reply),
            Section::Attachments => {
                list_files(
                    reply,
                    &self.files(),
                    "attachment",
                    "no attachment came with this report",
                );
            }
            Section::Attachment(which) => {
                let files = self.files();
                let (index, file) = pick(&files, which)
                    .ok_or_else(|| missing("attachment", which, files.len(), "attachments"))?;
                let caption = format!("attachment {index}: {}", inline(file.name, 80));
                tell_text(reply, &caption, file.text, End::Head, wanted);
            }
            Section::Raw => {
                let mut text = String::new();
                for value in raw {
                    let _ = writeln!(
                        text,
                        "{}",
                        serde_json::to_string_pretty(value).unwrap_or_default()
                    );
                }
                tell_text(reply, "the vendor's answer", &text, End::Head, wanted);
            }
        }
        Ok(())
    }

    fn list_threads(&self, reply: &mut Reply, target: &CrashSightApp, wanted: &Wanted<'_>) {
        let dump = self.threads();
        let rules = self.rules(target);
        let faulting = self.faulting(&dump);
        let mut table = Table::new(&["index", "thread", "", "does", "frames", "at"]);
        let span = wanted
            .lines
            .unwrap_or(LineRange::Lines(1, usize::MAX))
            .within(dump.threads.len());
        for (index, thread) in dump.threads.iter().enumerate() {
            if !span.contains(&(index + 1))
                || wanted
                    .search
                    .is_some_and(|pattern| Log::new(thread.text).search(pattern, 0, 1).matched == 0)
            {
                continue;
            }
            let at = thread
                .stack()
                .key_frame(&rules)
                .map(|at| thread.stack().frames[at].name().into_owned());
            table.rows.push(vec![
                Cell::Count(i64::try_from(index).unwrap_or_default()),
                Cell::from_untrusted(thread.label()),
                if faulting == Some(index) {
                    Cell::text("crashed or faulting")
                } else {
                    Cell::Missing
                },
                Cell::text(thread.activity().to_string()),
                Cell::Count(i64::try_from(thread.stack().frames.len()).unwrap_or_default()),
                Cell::untrusted(at.as_deref()),
            ]);
        }
        table.total = i64::try_from(dump.threads.len()).ok();
        table.rest = Some("`lines`, the indices `from..to`, shows others".to_owned());
        reply.table(table, "no thread came with this report");
    }

    fn list_fields(&self, reply: &mut Reply) {
        let mut table = Table::new(&["field", "value"]);
        let mut personal = 0;
        for (name, node) in self.crash.entries().chain(self.detail.entries()) {
            let Some(value) = node
                .label()
                .or_else(|| node.flag().map(|flag| flag.to_string()))
            else {
                continue;
            };
            if PERSONAL.contains(&name) {
                personal += 1;
            } else if value.len() <= 400
                && !table
                    .rows
                    .iter()
                    .any(|row| row[0] == Cell::text(inline(name, 60)))
            {
                table.rows.push(vec![
                    Cell::text(inline(name, 60)),
                    Cell::from_untrusted(value),
                ]);
            }
        }
        reply.table(table, "the report has no fields");
        if personal > 0 {
            reply.note(format!(
                "{personal} personal identifiers are left out; section `raw` holds them"
            ));
        }
    }
}

fn missing(what: &str, which: &str, count: usize, list: &str) -> Error {
    Error::invalid_arguments(format!(
        "no {what} is called `{}`: the report has {count}\nhint: section `{list}` lists them with their index",
        inline(which, 60)
    ))
}

fn pick<'a>(files: &[File<'a>], which: &str) -> Option<(usize, File<'a>)> {
    let by_index = which
        .parse()
        .ok()
        .filter(|index: &usize| *index < files.len());
    let index = by_index.or_else(|| files.iter().position(|file| file.name == which))?;
    Some((index, files[index]))
}

fn list_files(reply: &mut Reply, files: &[File<'_>], word: &str, none: &str) {
    let mut table = Table::new(&["index", "name", "holds", "size", "lines"]);
    for (index, file) in files.iter().enumerate() {
        table.rows.push(vec![
            Cell::Count(i64::try_from(index).unwrap_or_default()),
            Cell::from_untrusted(file.name.to_owned()),
            Cell::text(match file.kind {
                1 => "log",
                2 => "thread",
                3 => "other values",
                6 => "custom key",
                7 => "server key",
                _ => "other",
            }),
            Cell::Bytes(i64::try_from(file.text.len()).unwrap_or_default()),
            Cell::Count(i64::try_from(Log::new(file.text).len()).unwrap_or_default()),
        ]);
    }
    reply.table(table, none);
    if !files.is_empty() {
        reply.note(format!("read one with section `{word}:<index>`"));
    }
}

/// Numbered lines: those asked for, those that match, or the dear end.
fn tell_text(reply: &mut Reply, caption: &str, text: &str, dear: End, wanted: &Wanted<'_>) {
    let log = Log::new(text);
    let numbered =
        |number: usize, mark: char, line: &str| format!("{number}{mark} {}", inline_line(line));
    if let Some(pattern) = wanted.search {
        let found = log.search(pattern, AROUND, HITS);
        if found.matched == 0 {
            reply.note(format!(
                "{caption}: no line of {} matches `{}`",
                log.len(),
                inline(wanted.search_text, 60)
            ));
            return;
        }
        let mut lines = Vec::new();
        let mut last = 0;
        for hit in &found.lines {
            if last > 0 && hit.number > last + 1 {
                lines.push("…".to_owned());
            }
            last = hit.number;
            lines.push(numbered(
                hit.number,
                if hit.matched { ':' } else { ' ' },
                hit.text,
            ));
        }
        let mut code = Code::head(
            format!(
                "{caption}: {} of {} match",
                found.matched,
                counted(log.len(), "line")
            ),
            lines.join("\n"),
        );
        code.rest = Some("a narrower `search` shows others".to_owned());
        if found.matched > found.shown {
            reply.note(format!("the first {} matches are shown", found.shown));
        }
        reply.code(code);
        return;
    }
    let unasked = match dear {
        End::Head => LineRange::Lines(1, UNASKED),
        End::Tail => LineRange::Last(UNASKED),
    };
    let lines: Vec<String> = log
        .slice(&wanted.lines.unwrap_or(unasked))
        .map(|(number, line)| numbered(number, ' ', line))
        .collect();
    if lines.is_empty() {
        reply.note(format!(
            "{caption}: it has {}, and none of those asked for",
            counted(log.len(), "line")
        ));
        return;
    }
    let shown = lines.len();
    let mut code = Code::head(
        format!("{caption}, {}", counted(log.len(), "line")),
        lines.join("\n"),
    );
    code.keep = dear;
    if wanted.lines.is_none() {
        code.cut = log.len().saturating_sub(shown);
    }
    code.rest = Some(format!(
        "`lines` such as `1..{UNASKED}` or `last {UNASKED}`, or `search`"
    ));
    reply.code(code);
}

/// A line as it is, but no longer than a reader can use.
fn inline_line(line: &str) -> String {
    match line.char_indices().nth(LINE) {
        Some((at, _)) => format!(
            "{}…(+{} characters)",
            &line[..at],
            line[at..].chars().count()
        ),
        None => line.to_owned(),
    }
}
