//! What stands around each line of a log or of a form, layer by layer: recognised once per document, taken off per line.

use std::collections::HashSet;

use super::log_field::{ALSO, LOGGED};
use super::logcat::{self, read as read_logcat};
use super::warned::{WARNED, Warned};
use super::{
    engine_log, hilog, log_source, logged_before, packages, quoting, system_err, words_around,
};
use crate::frame::Frame;
use crate::grammar;
use crate::text;

/// Lines of the head that are looked at.
const HEAD: usize = 400;
/// Layers that are taken off one after the other.
const DEEPEST: usize = 4;

/// A carrier of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carrier {
    /// Android's log, in any of its formats.
    Logcat,
    /// An engine's or a server's own log.
    EngineLog,
    /// Marks of quotation: `> `, `| `, `1 | `.
    Quote,
    /// A console's count of lines before numbered frames: `12 #11 pc …`.
    Listing,
}

const CARRIERS: [Carrier; 4] = [
    Carrier::Logcat,
    Carrier::EngineLog,
    Carrier::Quote,
    Carrier::Listing,
];

impl Carrier {
    /// The line without this carrier; `None` when it does not carry it.
    fn strip(self, line: &str) -> Option<&str> {
        match self {
            Self::Logcat => read_logcat(line).map(|parts| parts.message),
            Self::EngineLog => engine_log::strip(line),
            Self::Quote => quoting::strip(line),
            Self::Listing => quoting::without_count(line),
        }
    }
}

/// The carriers of a document, outermost first.
pub(super) fn of(text: &str) -> Vec<Carrier> {
    let mut sample: Vec<&str> = text::lines(text)
        .filter(|line| !line.trim().is_empty())
        .take(HEAD)
        .collect();
    let mut layers = Vec::new();
    while layers.len() < DEEPEST {
        let found = CARRIERS
            .into_iter()
            .find(|carrier| may_follow(&layers, *carrier) && carries(*carrier, &sample));
        let Some(carrier) = found else {
            break;
        };
        layers.push(carrier);
        sample = sample
            .into_iter()
            .map(|line| carrier.strip(line).unwrap_or(line))
            .collect();
    }
    layers
}

/// A line without the layers.
pub(super) fn strip_line<'a>(line: &'a str, layers: &[Carrier]) -> &'a str {
    layers
        .iter()
        .fold(line, |line, layer| layer.strip(line).unwrap_or(line))
}

/// The layers around those of the device's log.
fn around_logcat(layers: &[Carrier]) -> &[Carrier] {
    let end = layers.iter().position(|layer| *layer == Carrier::Logcat);
    &layers[..end.unwrap_or(layers.len())]
}

/// Each carrier stands once, but for an engine's log around a device's log that holds an engine's lines.
fn may_follow(layers: &[Carrier], carrier: Carrier) -> bool {
    !layers.contains(&carrier)
        || carrier == Carrier::EngineLog && layers.last() == Some(&Carrier::Logcat)
}

/// Whether enough lines carry it: most of them, or so many that chance is out.
fn carries(carrier: Carrier, sample: &[&str]) -> bool {
    let hits = sample
        .iter()
        .filter(|line| carrier.strip(line).is_some())
        .count();
    match carrier {
        Carrier::Quote => {
            hits >= 2 && hits * 10 >= sample.len() * 7
                || hits > 0 && hits == sample.len()
                || sample
                    .iter()
                    .filter(|line| quoting::is_valgrind(line))
                    .count()
                    >= 2
        }
        Carrier::Listing => hits >= 2,
        // Forms cut the prefix off every line but the first of a crash handler.
        Carrier::Logcat if hits > 0 && hits < 3 => {
            let below = |line: &str| line.starts_with([' ', '\t']);
            hits * 2 >= sample.len()
                || sample.iter().any(|line| logcat::is_crash(line))
                // Studio prints the lines of an entry below its first.
                || sample.iter().all(|line| below(line) || carrier.strip(line).is_some())
        }
        // Unreal on Linux stamps the lines around its call stack alone.
        Carrier::EngineLog
            if sample
                .iter()
                .any(|line| engine_log::is_unreal(line) || engine_log::is_nginx(line)) =>
        {
            true
        }
        _ => hits * 2 >= sample.len() && hits > 0 || hits >= 3,
    }
}

/// Takes the layers off every line; lines of other programs in the same log are dropped.
pub(super) fn strip(text: &str, layers: &[Carrier]) -> String {
    let (tags, warned) = if layers.contains(&Carrier::Logcat) {
        telling_tags(text, layers)
    } else {
        (HashSet::new(), None)
    };
    let mut out = String::with_capacity(text.len());
    let around = around_logcat(layers);
    let inner = |line| strip_line(line, around);
    if !tags.is_empty() {
        if let Some((label, said)) = logged_before::last(text, &tags, inner) {
            out.extend([label, &said, "\n"]);
        } else if let Some(said) = hilog::error_before(text, &tags, inner) {
            out.extend([ALSO, said, "\n"]);
        } else if let Some(said) = logged_before::introduction(text, &tags, inner) {
            out.extend([LOGGED, said, "\n"]);
        }
    }
    if layers.contains(&Carrier::Logcat)
        && let Some(source) = log_source::of_jni_check(text)
    {
        out.extend([LOGGED, "CheckJNI, at ", source, "\n"]);
    }
    if tags.contains("System.err")
        && let Some(printer) = system_err::printed(text, inner)
    {
        out.extend([LOGGED, &printer, "\n"]);
    }
    if let Some(said) = warned {
        out.extend([WARNED, said, "\n"]);
    }
    let (mut writer, mut last): (Option<&str>, _) = (None, "");
    let mut titled = layers.contains(&Carrier::Logcat) && is_titled(text, inner);
    for line in text::lines(text) {
        let mut line = line;
        let mut foreign = false;
        if titled && !inner(line).trim().is_empty() {
            titled = words_around::is_title(inner(line).trim());
            foreign = titled;
        }
        for layer in layers {
            if *layer == Carrier::Logcat {
                if let Some(parts) = read_logcat(line) {
                    let tag = written_by(parts, &mut last);
                    // Columns that were cut off name nobody.
                    foreign = !tags.is_empty() && !tag.is_empty() && !tags.contains(tag);
                    line = parts.message;
                    // What another program writes goes on with no message of the one before.
                    if !foreign {
                        let before = writer.replace(tag);
                        let other = before.is_some_and(|one| !one.is_empty() && one != tag);
                        let behind_named = (other || before.is_none()) && ends_named(&out);
                        if behind_named && grammar::read(text::trim(line)).is_none() {
                            out.extend(["\n", APART, "\n"]);
                        } else if other {
                            out.push('\n');
                        }
                    }
                    if tag == OF_HAXE.1 && tags.contains(OF_HAXE.0) {
                        out.push_str("Error : ");
                    }
                } else {
                    foreign |= logcat::is_separator(line);
                    // Lines that Studio printed below the first of an entry.
                    if line.starts_with(' ') {
                        line = log_source::without_source(line.trim_start());
                        // A reader breaks a row at the width of its window, inside of a word as well.
                        if !line.is_empty() && is_broken_row(&out) {
                            out.truncate(out.len() - 1);
                        }
                    }
                }
            } else {
                let said = layer.strip(line).unwrap_or(line);
                foreign |= is_said(line, said);
                line = said;
            }
        }
        // Wine repeats what Unreal logs.
        foreign |= text::has(line, ":err:eventlog:ReportEventW ");
        if !foreign {
            out.push_str(line);
            out.push('\n');
        }
    }
    if is_quiet(text, layers, &tags) {
        out.extend(["\n", QUIET, "\n"]);
    }
    // Behind everything: what the report says itself goes before.
    if let Some(package) = packages::of_report(text, &tags).or_else(|| packages::of_signal(text)) {
        out.extend(["\ncmdline: ", package, "\n"]);
    }
    out
}

/// Whether the last line so far is a row of a report whose bracket is open: `#07 pc 0025aa4f  /system/lib/libart.so (art::Jni`.
fn is_broken_row(out: &str) -> bool {
    /// No row is longer.
    const LONGEST: usize = 4096;
    const ROWS: [&str; 5] = ["#", "native: #", "at ", "Fatal signal ", "signal "];
    let Some(line) = out.strip_suffix('\n') else {
        return false;
    };
    let at = memchr::memrchr(b'\n', line.as_bytes()).map_or(0, |at| at + 1);
    let row = line[at..].trim_start();
    let count = |sign| memchr::memchr_iter(sign, row.as_bytes()).count();
    row.len() <= LONGEST
        && ROWS.iter().any(|start| row.starts_with(start))
        && count(b'(') > count(b')')
}

/// What stands between an exception without frames and what another program logged below it.
pub(crate) const APART: &str = "Logged by another.";

/// Whether the text ends in an exception's line and few others, no frame behind it.
fn ends_named(out: &str) -> bool {
    const MOST: usize = 4;
    let lines = out.trim_end().rsplit('\n').take(MOST).map(text::trim);
    lines
        .take_while(|line| !line.starts_with("at "))
        .any(|line| {
            let line = line.strip_prefix("Caused by: ").unwrap_or(line);
            crate::model::names_thrown(line)
        })
}

/// Whether a person's few words stand above a log that begins there, or with what a handler of crashes wrote.
fn is_titled<'a>(text: &'a str, inner: impl Fn(&'a str) -> &'a str) -> bool {
    const MOST: usize = 3;
    let mut lines = text::lines(text)
        .map(|line| inner(line).trim())
        .filter(|line| !line.is_empty())
        .take(MOST + 1);
    let mut titles = 0;
    let next = lines.find(|line| {
        let title = read_logcat(line).is_none() && !logcat::is_separator(line);
        titles += usize::from(title);
        !title
    });
    titles > 0 && next.is_some_and(|next| logcat::is_separator(next) || logcat::is_crash(next))
}

/// What stands behind a log without frames in which no line has the level of an error.
pub(crate) const QUIET: &str = "Logged without an error.";

/// Whether no line of a device's log or of Unreal's says by its level that something failed.
fn is_quiet(text: &str, layers: &[Carrier], tags: &HashSet<&str>) -> bool {
    const FAILED: [&str; 6] = [
        "Error: ",
        "Fatal: ",
        "Critical: ",
        "Critical error",
        "Fatal error",
        "Assertion failed",
    ];
    let logcat = layers.contains(&Carrier::Logcat) && tags.is_empty();
    let unreal = || {
        layers.contains(&Carrier::EngineLog)
            && !layers.contains(&Carrier::Logcat)
            && text::lines(text).any(engine_log::is_unreal)
            && !FAILED.iter().any(|word| text::has(text, word))
    };
    logcat || unreal()
}

/// Whether a line tells in the form of a call what the program does, and is of no stack: `[Main Thread/INFO] [Dock]: Harbour.Init()`.
fn is_said(line: &str, said: &str) -> bool {
    said.len() < line.len()
        && said.ends_with("()")
        && !said.contains(' ')
        && crate::log_prefix::read(line).is_some_and(|prefix| prefix.is_quiet())
}

/// How HarmonyOS' handler of signals logs one: `DFX_SigchainHandler :: sig(5), pid(7), …`.
pub(super) const SIGCHAIN: &str = "DFX_SigchainHandler :: sig(";

/// The tags under which Haxe's programs in C++ log the calls, and what was thrown.
const OF_HAXE: (&str, &str) = ("HXCPP", "Exception");

/// Whose line it is: a reader's column of tags is empty where the one above goes on.
fn written_by<'a>(parts: logcat::Logcat<'a>, last: &mut &'a str) -> &'a str {
    if !parts.tag.is_empty() {
        *last = parts.tag;
    }
    last
}

/// The tags whose lines hold the report: those with frames, and those that crash handlers use. Empty: all of them. And what stood
/// in front of the frames, where they are of a warning.
fn telling_tags<'a>(text: &'a str, layers: &[Carrier]) -> (HashSet<&'a str>, Option<&'a str>) {
    let (mut tags, mut calls) = (HashSet::new(), HashSet::new());
    let mut entry: Option<logcat::Logcat<'a>> = None;
    let mut last = "";
    let mut warned = Warned::default();
    let around = around_logcat(layers);
    for line in text::lines(text) {
        let inner = strip_line(line, around);
        // Lines below the first of an entry are of its tag.
        let read = read_logcat(inner).map(|parts| logcat::Logcat {
            tag: written_by(parts, &mut last),
            ..parts
        });
        let Some((tag, message)) = read.map(|parts| (parts.tag, parts.message)).or_else(|| {
            let told = entry.filter(|_| inner.starts_with([' ', '\t']));
            told.map(|entry| (entry.tag, inner))
        }) else {
            continue;
        };
        entry = read.or(entry);
        if tags.contains(tag) {
            continue;
        }
        // ART under whatever name its process had: `A/zygote: runtime.cc:505] Runtime aborting...`.
        let aborts = |parts: logcat::Logcat<'_>| {
            matches!(parts.level, b'F' | b'A') && parts.message.starts_with("JNI ")
        };
        let signalled = |parts: logcat::Logcat<'_>| text::trim(parts.message).starts_with(SIGCHAIN);
        // Who logs under no name may say why it ends as well.
        let nameless = |parts: logcat::Logcat<'_>| {
            parts.tag == logcat::NAMELESS
                && (matches!(parts.level, b'F' | b'A') || text::has(parts.message, "Sanitizer: "))
        };
        let aborted =
            read.is_some_and(|parts| aborts(parts) || signalled(parts) || nameless(parts));
        let message = text::trim(message);
        let message = engine_log::strip(message).unwrap_or(message);
        let message = text::trim(message);
        let frame = grammar::read(message);
        // Words of other programs can look like a call: `AccountService.getToken()`.
        let placed = |frame: &Frame<'_>| {
            frame.line.is_some()
                || frame.file.is_some()
                || frame.module.is_some()
                || message.starts_with("at ")
                || message.starts_with('#')
        };
        match entry {
            Some(entry) if frame.is_some() => warned.frame(entry, message),
            _ => read.into_iter().for_each(|entry| warned.entry(entry)),
        }
        if aborted || frame.as_ref().is_some_and(placed) {
            tags.insert(tag);
        } else if frame.is_some() {
            calls.insert(tag);
        }
    }
    if tags.is_empty() {
        tags = calls;
    }
    // Reports without frames: what was written as the end of a program or else as an error, where anything was.
    for levels in [&b"FA"[..], b"E"] {
        if tags.is_empty() {
            tags.extend(
                text::lines(text)
                    .filter_map(read_logcat)
                    .filter(|parts| levels.contains(&parts.level))
                    .map(|parts| parts.tag),
            );
        }
    }
    if !tags.is_empty() {
        tags.extend(log_source::CRASH_TAGS);
    }
    if tags.contains(OF_HAXE.0) {
        tags.insert(OF_HAXE.1);
    }
    // Dart's machine says under another tag what its dump is for.
    if tags.contains("DartVM") {
        tags.insert("Dart");
    }
    // Dalvik says under another tag what its dump of a thread is for.
    if tags.contains("dalvikvm") {
        tags.insert("dalvikvm-heap");
    }
    (tags, warned.said(text))
}
