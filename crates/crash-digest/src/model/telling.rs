//! How much a line of words says of an exception.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::exception::{Exception, read};
use crate::text;

/// How much a line says of an exception.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Telling {
    /// Words of any kind.
    #[default]
    Words,
    /// Words that crashes are reported with: `Program crashed with signal 11`.
    Crash,
    /// The name of an exception.
    Named,
}

/// Whether a line tells which signal it was: `handle_crash: Program crashed with signal 4`.
pub(crate) fn says_signal(line: &str) -> bool {
    [
        "crashed with signal",
        "caught signal",
        "Caught signal",
        "Signal ",
    ]
    .iter()
    .any(|words| line.contains(words))
}

/// Whether a line is no more of the exception in front of it.
pub(crate) fn ends(exception: Exception<'_>, line: &str) -> bool {
    is_whole(exception.message) || exception.name.is_some() && is_shells(line)
}

/// Whether an assertion is told to its end: `(NO), function open, file a/Vault.m, line 149.`
fn is_whole(message: &str) -> bool {
    message.strip_suffix('.').is_some_and(|front| {
        let place = front.trim_end_matches(|c: char| c.is_ascii_digit());
        place.len() < front.len() && place.ends_with(", line ")
    })
}

/// What a shell says when a program has ended: it repeats the signal, no reason.
fn is_shells(line: &str) -> bool {
    [
        "Segmentation fault",
        "Aborted",
        "Abort trap: 6",
        "Illegal instruction",
        "Bus error",
        "Trace/breakpoint trap",
    ]
    .iter()
    .filter_map(|words| line.strip_prefix(words))
    .any(|rest| matches!(rest, "" | " (core dumped)" | ": 11" | ": 4" | ": 10"))
}

/// Words of reports.
const CRASH_WORDS: [&str; 32] = [
    "protection fault",
    "was thrown",
    "crash",
    "exception",
    "violation",
    "fatal",
    "panic",
    "abort",
    "assert",
    "segmentation",
    "sigsegv",
    "caught",
    "double free",
    "corruption",
    "terminate",
    "out of memory",
    "attempt to",
    "error:",
    "error in",
    "unhandled",
    "uncaught",
    "timed out",
    "not respond",
    "signal ",
    "access",
    "overflow",
    "underflow",
    "null",
    "nil ",
    "undefined",
    "failed:",
    "invalid",
];

static CRASH: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(CRASH_WORDS)
        .expect("a few short words fit")
});

/// How much a line says of an exception.
pub(crate) fn telling(line: &str) -> Telling {
    if read(line).name.is_some() {
        return Telling::Named;
    }
    if CRASH.is_match(text::head(line, 300)) {
        Telling::Crash
    } else {
        Telling::Words
    }
}

/// Whether a line says anything of a crash.
pub(crate) fn tells_of_crash(line: &str) -> bool {
    telling(line) > Telling::Words
}
