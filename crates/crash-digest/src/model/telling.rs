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

/// Whether words say that a program ended, whatever the level is that they were logged with.
pub(super) fn says_end(said: &str) -> bool {
    #[rustfmt::skip]
    const ENDS: [&str; 13] = [
        "fatal", "uncaught", "unhandled", " crashed", "panic", "segfault", "segmentation", "abort", "assert", "sigsegv", "out of memory",
        "terminate", "terminating",
    ];
    ENDS.iter().any(|end| text::has_in_any_case(said, end))
}

/// The signal that a sentence names: `一启动就报SIGABRT错误`.
pub(crate) fn signal_in(line: &str) -> Option<&str> {
    const SIGNALS: [&str; 7] = [
        "SIGABRT", "SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE", "SIGTRAP", "SIGKILL",
    ];
    let named = |signal: &&str| text::find(line, signal).map(|at| &line[at..at + signal.len()]);
    let mut found = SIGNALS.iter().filter_map(named);
    // Of two nobody knows which.
    found.next().filter(|_| found.next().is_none())
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

/// Whether a line begins with the words that nothing caught what it names, and those before it say no such thing.
pub(super) fn begins_uncaught(line: &str, before: &str) -> bool {
    line.starts_with(['U', 'E', 't', 'l'])
        && !is_uncaught(before)
        && [
            "terminate called after throwing an instance of '",
            "libc++abi: terminating ",
            "libc++abi.dylib: terminating ",
            "Unhandled Exception: ",
            "Unhandled exception: ",
            "Unhandled exception. ",
            "Uncaught exception: ",
            "Exception in thread \"",
        ]
        .iter()
        .any(|start| line.starts_with(start))
}

/// Whether a line begins what an assertion says that failed: `Assertion failed: "hold == 0"`,
/// `orbit: dock.c:31: open: Assertion `bay' failed.`
pub(crate) fn begins_assertion(line: &str) -> bool {
    let head = text::head(line, 300);
    match head.as_bytes() {
        [b'A' | b'a', b's' | b'S', ..] => [
            "Assertion failed",
            "assertion failed",
            "ASSERTION FAILED",
            "Assertion `",
            "Assert failed",
            "ASSERT FAILED",
        ]
        .iter()
        .any(|start| head.starts_with(start)),
        _ => text::has(head, ": Assertion `"),
    }
}

/// Whether a line warns of something that ended nothing: PHP's `PHP Warning:  …`, Perl's `Use of uninitialized value $bay in …`.
pub(super) fn is_warning(line: &str) -> bool {
    let start = match line.as_bytes() {
        [b'P', b'H', b'P', b' ', ..] => &line[4..],
        _ => line,
    };
    match start.as_bytes() {
        [b'W' | b'N' | b'D', ..] => ["Warning: ", "Notice: ", "Deprecated: "]
            .iter()
            .any(|level| start.starts_with(level)),
        [b'U', b's', b'e', ..] => {
            start.starts_with("Use of uninitialized value") || start.starts_with("Useless use of ")
        }
        [b'A', b'r', ..] => {
            start.starts_with("Argument \"") && text::has(start, "\" isn't numeric in ")
        }
        [b'S', b'u', ..] => start.starts_with("Subroutine ") && text::has(start, " redefined at "),
        _ => false,
    }
}

/// How many words a line has; of scripts without spaces, two signs are one.
pub(super) fn words(line: &str) -> usize {
    let signs = line
        .chars()
        .filter(|c| ('\u{3040}'..'\u{a000}').contains(c));
    line.split(' ').count() + signs.count() / 2
}

/// Whether a person speaks in the line, as in a question or a post: `I get this on my phone, any idea?`, `求助，一启动就闪退`.
pub(super) fn is_asked(line: &str) -> bool {
    /// Words that programs do not say of themselves; polite endings of Japanese, which systems use as well, are none.
    const SAID: [&str; 18] = [
        "I", "I'm", "I've", "I'd", "Im", "my", "My", "anyone", "Anyone", "anybody", "Thanks",
        "thanks", "Thx", "pls", "plz", "guys", "somebody", "someone",
    ];
    /// What people say that a program does. `More than 3 crashes in a minute` is a watchdog's.
    const DOES: [&str; 15] = [
        "i got ",
        "i get ",
        "i have ",
        "crash report from",
        "game crashes",
        "app crashes",
        "it crashes",
        "client crashes",
        "server crashes",
        "program crashes",
        "always crashes",
        "still crashes",
        "keeps crashing",
        "is crashing",
        "started crashing",
    ];
    const SPELLED: [&str; 21] = [
        "我",
        "请问",
        "請問",
        "求助",
        "大佬",
        "麻烦",
        "麻煩",
        "怎么",
        "怎麼",
        "大家",
        "各位",
        "谢谢",
        "謝謝",
        "闪退",
        "閃退",
        "でしょうか",
        "助けて",
        "クラッシュします",
        "落ちます",
        "у меня",
        "вылетает",
    ];
    let head = text::head(line, 300);
    if head.is_ascii() {
        let words: Vec<&str> = head
            .split([' ', ',', '.', '?', '!', ':', '(', ')'])
            .collect();
        // A program's name may begin so: `My Orbit has stopped`.
        let named = |at: usize| {
            let next = words.get(at + 1).and_then(|next| next.bytes().next());
            words[at] == "My" && next.is_some_and(|byte| byte.is_ascii_uppercase())
        };
        let said = (0..words.len()).any(|at| SAID.contains(&words[at]) && !named(at))
            || DOES.iter().any(|does| text::has(head, does));
        return head.len() < 300 && words.len() >= 4 && said;
    }
    SPELLED.iter().any(|words| text::has(head, words))
}

/// Words of reports.
const CRASH_WORDS: [&str; 35] = [
    "error loading",
    "error running",
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
    "pure virtual",
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

/// Whether one of the words is in a text that is not the name of a kit: `starting crashpad backend`.
fn has_crash_word(text: &str) -> bool {
    const KITS: [&str; 2] = ["pad", "lytics"];
    let of_kit = |rest: &str| {
        let begins = |kit: &&str| {
            let front = rest.get(..kit.len());
            front.is_some_and(|front| front.eq_ignore_ascii_case(kit))
        };
        KITS.iter().any(begins)
    };
    CRASH.find_iter(text).any(|found| {
        CRASH_WORDS[found.pattern().as_usize()] != "crash" || !of_kit(&text[found.end()..])
    })
}

/// Whether a line is a field of a document whose value has no words, whatever its name is: `"crashReporterKey" : "945b3898f1ba"`.
fn is_field_without_words(line: &str) -> bool {
    let Some((_, value)) = line.strip_prefix('"').and_then(|line| line.split_once('"')) else {
        return false;
    };
    let Some(value) = value.trim_start().strip_prefix(':') else {
        return false;
    };
    let value = value.trim_matches([' ', '"', ',']);
    let key = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b'-' | b'.' | b'x');
    matches!(value, "true" | "false" | "null") || value.bytes().all(key)
}

/// How much a line says of an exception.
pub(crate) fn telling(line: &str) -> Telling {
    if is_field_without_words(line) {
        return Telling::Words;
    }
    if read(line).name.is_some() || line.starts_with("ASSERT(") {
        return Telling::Named;
    }
    if has_crash_word(text::head(line, 300)) {
        Telling::Crash
    } else {
        Telling::Words
    }
}

/// Words that say of anything that it did not go well.
#[rustfmt::skip]
const FAILURE_WORDS: [&str; 60] = [
    "error", "fail", "cannot", "can't", "can not", "could not", "couldn't", "unable", "not found", "missing", "refused",
    "denied", "unexpected", "expected", "killed", "exited", "died", "stopped", "unknown", "no such", "bad ", "wrong",
    "not a ", "not an ", "illegal", "is not ", "does not", "doesn't", "warn", "broken", "must ", "should ", "limit", "exceed",
    "exc_", "took ", "too ", "duplicate", "conflict", "require",
    "deadlock", "pure virtual", " hang", "hang of", "hung", "lost", "removed", "reset", " trap", "trap ", " fault", "anr ", "watchdog",
    "timeout", "oops", "after free", "stuck", "leak", "freeze", "frozen",
];

static FAILURE: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(FAILURE_WORDS)
        .expect("a few short words fit")
});

/// Whether words say that something failed; those of other languages may.
pub(crate) fn tells_of_failure(said: &str) -> bool {
    !said.is_ascii() || has_crash_word(said) || FAILURE.is_match(said)
}

/// Whether a line says anything of a crash.
pub(crate) fn tells_of_crash(line: &str) -> bool {
    telling(line) > Telling::Words
}

/// What the script that starts a Source server writes above a debugger's words: `CRASH: Fri Aug 18 16:54:23 CEST 2017`.
pub(super) fn is_crash_log(line: &str) -> bool {
    const DAYS: [&str; 7] = ["Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat ", "Sun "];
    let line = line.strip_prefix("> ").unwrap_or(line);
    line.strip_prefix("CRASH: ")
        .is_some_and(|time| DAYS.iter().any(|day| time.starts_with(day)))
}

#[cfg(test)]
mod tests {
    use super::tells_of_failure;

    #[test]
    fn words_of_a_failure() {
        for said in [
            "A single tick of the harbour took 60.00 seconds",
            "bay 7 is duplicated",
            "Could not open the dock",
            "港口打不开",
            "Pure virtual function called!",
            "VK_ERROR_DEVICE_LOST",
            "DXGI device removed",
            "Watchdog: dock",
            "Bus fault",
        ] {
            assert!(tells_of_failure(said), "{said}");
        }
        for said in [
            "Apk Version : 3.7.0#30130",
            "Initialize engine version: 2019.4.26f1",
            "default bay: 7",
            "change of harbour",
        ] {
            assert!(!tells_of_failure(said), "{said}");
        }
    }
}
