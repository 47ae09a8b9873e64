//! A crash report as the vendor brings it, and its digest: what an experienced engineer says first.
//!
//! `head` tells the facts, `stack` the telling frames, `files` threads, keys and logs, `section` any part
//! in full. The text itself is read in the `crash` room.

mod attachments;
mod sections;
mod stack;
mod summary;

use std::collections::HashSet;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::{Code, End};
use crash_digest::CrashText;
use crash_digest::keys::{self, Key};
use crash_digest::merge::Reported;
use crash_digest::ownership::OwnershipRules;
use crash_digest::threads::ThreadDump;

pub use sections::{SECTIONS, Section, Wanted};
pub use stack::key_frames;

/// What is known of a report. Any part may be missing.
pub struct Report<'a> {
    /// The report's own fields: `crashMap`, or lastCrashInfo's data.
    pub crash: JsonRef<'a>,
    /// Its attachments as crashDoc brings them: `detailMap`.
    pub detail: JsonRef<'a>,
    /// Its attachments as appDetailCrash brings them.
    pub more: JsonRef<'a>,
    /// Seconds from start to crash, where the answer tells them beside the report: `launchTime`.
    pub launch: JsonRef<'a>,
}

/// One attachment.
#[derive(Clone, Copy)]
pub struct File<'a> {
    /// Its name: a thread's, a key's, a file's.
    pub name: &'a str,
    /// The vendor's `fileType`: 1 log, 2 thread, 3 other values, 6 custom key, 7 server key (FACTS 1.8).
    pub kind: i64,
    /// What it holds.
    pub text: &'a str,
}

impl<'a> Report<'a> {
    /// The attachments in the vendor's order, each once.
    pub fn files(&self) -> Vec<File<'a>> {
        let mut files: Vec<File<'a>> = Vec::new();
        let first = self.detail.get("fileList").list().map(|node| (node, false));
        let second = self.more.get("attachList").list().map(|node| (node, true));
        let mut of_first = 0;
        for (node, again) in first.chain(second) {
            let raw = |names: [&str; 2]| {
                names
                    .iter()
                    .find_map(|name| node.get(name).value().and_then(|value| value.as_str()))
            };
            let Some(text) = raw(["fileContent", "content"]) else {
                continue;
            };
            let name = node.get("fileName").text().unwrap_or("unnamed");
            let kind = node.get("fileType").count().unwrap_or(0);
            // Both operations bring the same files when both bring some; one may bring namesakes.
            let mut known = files.iter().take(of_first);
            if again && known.any(|known| known.name == name && known.kind == kind) {
                continue;
            }
            files.push(File { name, kind, text });
            if !again {
                of_first = files.len();
            }
        }
        files
    }

    /// Logs in the vendor's order, with their names; the system's lines stand beside them in appDetailCrash.
    pub fn logs(&self) -> Vec<File<'a>> {
        self.files()
            .into_iter()
            .filter(|file| file.kind == 1 && !file.text.trim().is_empty())
            .collect()
    }

    /// Every thread there is: a file each, or all in one trace.
    pub fn threads(&self) -> ThreadDump<'a> {
        let files = self.files();
        let trace = files.iter().find(|file| {
            let name = file.name.to_lowercase();
            file.kind != 2
                && (name.contains("trace") || name.contains("anr"))
                && (file.text.contains("tid=") || file.text.contains("Thread "))
        });
        let dump = ThreadDump::from_files(
            files
                .iter()
                .filter(|file| file.kind == 2)
                .map(|file| (file.name, file.text)),
        );
        let dump = match trace {
            Some(trace) if dump.threads.len() < 2 => {
                ThreadDump::of_process(trace.text, self.bundle())
            }
            // A report can hold its threads in the stack's own text.
            None if dump.threads.is_empty() => self
                .stack_text()
                .map(|text| ThreadDump::of_process(text, self.bundle()))
                .unwrap_or_default(),
            _ => dump,
        };
        match self.crash.get("threadName").text() {
            Some(name) if dump.find(name).is_some() => dump.mark_faulting(name),
            _ => dump,
        }
    }

    /// The thread it is about: the crashed one where the dump has it, an ANR's main thread.
    pub fn faulting(&self, dump: &ThreadDump<'_>) -> Option<usize> {
        dump.faulting()
            .filter(|&at| dump.threads[at].faulting || self.is_anr())
    }

    /// Custom keys, the user's before the server's, then what the platform's own map adds.
    pub fn keys(&self) -> Vec<Key<'a>> {
        let files = self.files();
        let mut all: Vec<Key<'a>> = Vec::new();
        for kind in [6, 7] {
            all.extend(
                files
                    .iter()
                    .filter(|file| file.kind == kind)
                    .map(|file| Key::new(file.name, file.text)),
            );
        }
        for file in files.iter().filter(|file| file.kind == 3) {
            let known: HashSet<&str> = all.iter().map(|key| key.name).collect();
            let fresh = keys::parse_map(file.text)
                .into_iter()
                .filter(|key| key.is_named() && !known.contains(key.name));
            all.extend(fresh.collect::<Vec<_>>());
        }
        all
    }

    /// The stack's text: after symbolication where there is one.
    pub fn stack_text(&self) -> Option<&'a str> {
        ["retraceCrashDetail", "callStack"]
            .iter()
            .find_map(|name| self.crash.get(name).text())
            .or_else(|| {
                ["retraceCrashDetail", "callStack"]
                    .iter()
                    .find_map(|name| self.detail.get(name).text())
            })
    }

    /// The stack's text without what a log put around it, and its format.
    pub fn crash_text(&self) -> Option<CrashText<'a>> {
        let text = self.stack_text()?;
        Some(CrashText::new(text).of_process(self.bundle()))
    }

    /// What the service itself says of the crash.
    pub fn reported(&self) -> Reported<'a> {
        Reported {
            name: self.crash.any(&["expName", "exceptionName"]).text(),
            message: self.crash.any(&["expMessage", "exceptionMessage"]).text(),
            thread: self.crash.get("threadName").text(),
        }
    }

    fn bundle(&self) -> Option<&'a str> {
        self.crash.any(&["bundleId", "processName"]).text()
    }

    /// Whose code is whose: the project's rules, and the app's own bundle.
    pub fn rules(&self, target: &CrashSightApp) -> OwnershipRules {
        let bundle = self.bundle();
        OwnershipRules {
            own: target.source.own.clone(),
            strip: target.source.strip.clone(),
            bundle: bundle.map(str::to_owned),
        }
    }

    /// When it crashed, by the device's clock.
    pub fn crashed_at(&self, site: &TimeZone) -> Option<Timestamp> {
        ["crashTimestamp", "crashTime"]
            .iter()
            .find_map(|name| self.crash.get(name).instant(site))
    }

    /// Whether it is an ANR (FACTS 1.8: type 103).
    pub fn is_anr(&self) -> bool {
        self.crash.get("type").label().as_deref() == Some("103")
            || self
                .crash
                .any(&["expName", "exceptionName"])
                .text()
                .is_some_and(|name| name.contains("ANR"))
    }
}

/// Lines in a fence that cost at most `most` tokens; the others are counted.
fn fenced(caption: String, lines: &[String], most: usize, end: End, rest: &str) -> Code {
    let mut code = Code::head(caption, lines.join("\n"));
    code.keep = end;
    code.rest = Some(rest.to_owned());
    let mut cost = 0;
    let costs: Vec<usize> = lines
        .iter()
        .map(|line| crate::token_estimate::estimate_capped(line, most) + 1)
        .collect();
    let ordered: Vec<usize> = match end {
        End::Head => costs,
        End::Tail => costs.into_iter().rev().collect(),
    };
    let fits = ordered
        .iter()
        .take_while(|line| {
            cost += **line;
            cost <= most
        })
        .count();
    code.keep_lines(fits.max(1));
    code
}
