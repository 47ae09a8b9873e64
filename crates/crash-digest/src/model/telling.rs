//! How much a line of words says of an exception.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::exception::read;
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
        || line.starts_with("Segmentation fault")
        || line.contains("didn't exit successfully: ")
}

/// Whether a line says of the exception that it names that nothing caught it.
pub(super) fn is_uncaught(line: &str) -> bool {
    let head = text::head(line, 120);
    [
        "Exception in thread \"",
        "nhandled ",
        "NHANDLED ",
        "ncaught ",
    ]
    .iter()
    .any(|words| text::has(head, words))
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
    if read(line).name.is_some() || line.starts_with("ASSERT(") {
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
