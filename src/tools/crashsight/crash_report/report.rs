//! A report: where its parts are in the response, each found once, when it is asked for.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashSet;

use crash_digest::CrashText;
use crash_digest::keys::{self, Key};
use crash_digest::merge::Reported;
use crash_digest::ownership::OwnershipRules;
use crash_digest::threads::ThreadDump;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::json::JsonRef;
use crate::project::SourceRules;
use crate::reply::{Code, End};

/// What a report is read from. Any part may be missing.
#[derive(Clone, Copy, Default)]
pub(crate) struct Sources<'a> {
    /// The report's own fields: `crashMap`, or lastCrashInfo's data.
    pub crash: JsonRef<'a>,
    /// Its files as crashDoc has them: `detailMap`.
    pub detail: JsonRef<'a>,
    /// Its files as appDetailCrash has them.
    pub more: JsonRef<'a>,
    /// Seconds from start to crash, where the response has them beside the report: `launchTime`.
    pub launch: JsonRef<'a>,
}

/// A report. Its files and the text of its stack are found once, when they are asked for.
pub(crate) struct Report<'a> {
    pub(super) sources: Sources<'a>,
    pub(super) rules: OwnershipRules,
    /// Files that were uploaded with the report, which no response about it has.
    pub(super) uploads: Vec<File<'a>>,
    files: OnceCell<Vec<File<'a>>>,
    text: OnceCell<Option<CrashText<'a>>>,
}

/// One file.
pub(crate) struct File<'a> {
    /// Its name: a thread's, a key's, a file's.
    pub(crate) name: &'a str,
    /// The service's `fileType` (docs/vendor/crashsight.md): 1 log, 2 thread, 3 other values, 6 custom key,
    /// 7 server key.
    pub(crate) kind: i64,
    /// What it holds.
    pub(crate) text: Cow<'a, str>,
}

pub(super) const LOG: i64 = 1;
pub(super) const THREAD: i64 = 2;
pub(super) const OTHER_VALUES: i64 = 3;
pub(super) const CUSTOM_KEY: i64 = 6;
pub(super) const SERVER_KEY: i64 = 7;

/// Names of the logs that are no files.
pub(super) const SYSTEM_LOG: &str = "system log";
pub(super) const USER_LOG: &str = "user log";

impl<'a> Report<'a> {
    /// A report of an app with these source rules.
    pub(crate) fn new(sources: Sources<'a>, source: &SourceRules) -> Self {
        let bundle = bundle(sources.crash);
        Self {
            sources,
            rules: OwnershipRules {
                own: source.own.clone(),
                strip: source.strip.clone(),
                bundle: bundle.map(str::to_owned),
            },
            uploads: Vec::new(),
            files: OnceCell::new(),
            text: OnceCell::new(),
        }
    }

    /// The same with the files that were uploaded with it.
    #[must_use]
    pub(crate) fn with_uploads(self, uploads: Vec<File<'a>>) -> Self {
        Self { uploads, ..self }
    }

    /// The files in the service's order, each once.
    pub(crate) fn files(&self) -> &[File<'a>] {
        self.files.get_or_init(|| files(&self.sources))
    }

    /// Whose code is whose.
    pub(crate) fn rules(&self) -> &OwnershipRules {
        &self.rules
    }

    /// Logs in the service's order, those that say something.
    pub(crate) fn logs(&self) -> Vec<&File<'a>> {
        let logs = self.files().iter();
        logs.filter(|file| file.kind == LOG && !file.text.trim().is_empty())
            .collect()
    }

    /// The stack's text as the service has it: after symbolication where there is one.
    pub(super) fn stack_text(&self) -> Option<&'a str> {
        let fields = ["retraceCrashDetail", "callStack"];
        let Sources { crash, detail, .. } = self.sources;
        let in_node = |node: JsonRef<'a>| fields.iter().find_map(|name| node.get(name).text());
        in_node(crash).or_else(|| in_node(detail))
    }

    /// The stack's text without what a log put around it, and its format.
    pub(crate) fn text(&self) -> Option<&CrashText<'a>> {
        let read = || {
            let text = CrashText::new(self.stack_text()?);
            Some(text.of_process(bundle(self.sources.crash)))
        };
        self.text.get_or_init(read).as_ref()
    }

    /// Every thread there is: a file each, or all in one trace, or in the text of the stack.
    pub(super) fn threads(&self) -> ThreadDump<'_> {
        let files = self.files();
        let trace = files.iter().find(|file| {
            let name = file.name.to_lowercase();
            file.kind != THREAD
                && (name.contains("trace") || name.contains("anr"))
                && (file.text.contains("tid=") || file.text.contains("Thread "))
        });
        let of_files = files.iter().filter(|file| file.kind == THREAD);
        let dump = ThreadDump::from_files(of_files.map(|file| (file.name, &*file.text)));
        let dump = match trace {
            Some(trace) if dump.threads.len() < 2 => {
                ThreadDump::of_process(&trace.text, bundle(self.sources.crash))
            }
            None if dump.threads.is_empty() => {
                self.text().map(CrashText::threads).unwrap_or_default()
            }
            _ => dump,
        };
        match self.sources.crash.get("threadName").text() {
            Some(name) if dump.find(name).is_some() => dump.mark_faulting(name),
            _ => dump,
        }
    }

    /// The thread it is about: the crashed one where the dump has it, an ANR's main thread.
    pub(super) fn faulting(&self, dump: &ThreadDump<'_>) -> Option<usize> {
        dump.faulting()
            .filter(|&at| dump.threads[at].faulting || self.is_anr())
    }

    /// Custom keys, the user's before the server's, then what the platform's own map adds.
    pub(crate) fn keys(&self) -> Vec<Key<'_>> {
        let files = self.files();
        let of = |kind: i64| files.iter().filter(move |file| file.kind == kind);
        let named = of(CUSTOM_KEY).chain(of(SERVER_KEY));
        let mut all: Vec<Key<'_>> = named.map(|file| Key::new(file.name, &file.text)).collect();
        let mut known: HashSet<&str> = all.iter().map(|key| key.name).collect();
        for file in of(OTHER_VALUES) {
            let found = keys::parse_map(&file.text);
            let fresh = found.into_iter().filter(Key::is_named);
            all.extend(fresh.filter(|key| known.insert(key.name)));
        }
        all
    }

    /// What the service itself says of the crash.
    pub(super) fn reported(&self) -> Reported<'a> {
        let crash = self.sources.crash;
        Reported {
            name: crash.any(&["expName", "exceptionName"]).text(),
            message: crash.any(&["expMessage", "exceptionMessage"]).text(),
            thread: crash.get("threadName").text(),
        }
    }

    /// When it crashed, by the device's clock.
    pub(crate) fn crashed_at(&self, site: &TimeZone) -> Option<Timestamp> {
        instant(self.sources.crash, &["crashTimestamp", "crashTime"], site)
    }

    /// Whether it is an ANR: type 103.
    pub(super) fn is_anr(&self) -> bool {
        let crash = self.sources.crash;
        let name = crash.any(&["expName", "exceptionName"]).text();
        crash.get("type").label().as_deref() == Some("103")
            || name.is_some_and(|name| name.contains("ANR"))
    }
}

/// The first of these fields that is a moment.
pub(super) fn instant(node: JsonRef<'_>, fields: &[&str], site: &TimeZone) -> Option<Timestamp> {
    fields.iter().find_map(|name| node.get(name).instant(site))
}

fn bundle(crash: JsonRef<'_>) -> Option<&str> {
    crash.any(&["bundleId", "processName"]).text()
}

fn files<'a>(sources: &Sources<'a>) -> Vec<File<'a>> {
    let mut files: Vec<File<'a>> = Vec::new();
    let first = sources.detail.get("fileList").list();
    let second = sources.more.get("attachList").list();
    let lists = first
        .map(|node| (node, false))
        .chain(second.map(|node| (node, true)));
    let mut known: HashSet<(&str, i64)> = HashSet::new();
    for (node, again) in lists {
        let content = ["fileContent", "content"]
            .iter()
            .find_map(|name| node.get(name).value()?.as_str());
        let Some(text) = content else {
            continue;
        };
        let name = node.get("fileName").text().unwrap_or("unnamed");
        let kind = node.get("fileType").count().unwrap_or(0);
        // Both operations list the same files when both list some; one may list namesakes.
        if again && known.contains(&(name, kind)) {
            continue;
        }
        if !again {
            known.insert((name, kind));
        }
        files.push(File {
            name,
            kind,
            text: Cow::Borrowed(text),
        });
    }
    // Logs beside the files, as lists of lines or of whole logs.
    for (field, name) in [("sysLogs", SYSTEM_LOG), ("userLogs", USER_LOG)] {
        let Some(text) = log_lines(sources.more.get(field)) else {
            continue;
        };
        // The same log may come as a file too.
        let of_file = |file: &File<'_>| file.kind == LOG && is_same_log(&file.text, &text);
        if !files.iter().any(of_file) {
            files.push(File {
                name,
                kind: LOG,
                text,
            });
        }
    }
    files
}

/// Whether two logs have the same lines; blank ones and what ends a line do not count.
fn is_same_log(one: &str, other: &str) -> bool {
    written_lines(one).eq(written_lines(other))
}

fn written_lines(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().map(str::trim_end);
    lines.filter(|line| !line.is_empty())
}

/// The lines of a list of texts, or of one text; objects are read by their text.
fn log_lines(node: JsonRef<'_>) -> Option<Cow<'_, str>> {
    if let Some(one) = node.value().and_then(Value::as_str) {
        return Some(Cow::Borrowed(one)).filter(|one| !one.trim().is_empty());
    }
    let items = node.value()?.as_array()?.iter();
    let fields = ["content", "message", "log"];
    let lines: Vec<&str> = items
        .filter_map(|item| {
            item.as_str()
                .or_else(|| JsonRef::new(item).any(&fields).text())
        })
        .filter(|line| !line.trim().is_empty())
        .collect();
    match lines.as_slice() {
        [] => None,
        [one] => Some(Cow::Borrowed(one)),
        several => {
            let ended = several.iter().map(|line| line.trim_end_matches('\n'));
            Some(Cow::Owned(ended.collect::<Vec<_>>().join("\n")))
        }
    }
}

/// Lines in a fence that cost at most `most` tokens; the others are counted.
pub(super) fn fenced(caption: String, lines: &[String], most: usize, end: End, rest: &str) -> Code {
    let mut code = Code::head(caption, lines.join("\n"));
    code.keep = end;
    code.rest = Some(rest.to_owned());
    let cost = |line: &String| crate::token_estimate::estimate_capped(line, most) + 1;
    let mut spent = 0;
    let mut fits = |line: &String| {
        spent += cost(line);
        spent <= most
    };
    let fitting = match end {
        End::Head => lines.iter().take_while(|line| fits(line)).count(),
        End::Tail => lines.iter().rev().take_while(|line| fits(line)).count(),
    };
    code.keep_lines(fitting.max(1));
    code
}
