//! A whole log of a program, in which the crash stands far behind the beginning: what carriers and formats look at first has
//! to be the report, not what was written long before it.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::grammar;
use crate::text;

/// So many lines without a mark are a log's; a report has its first mark before.
const QUIET: usize = 200;
/// Lines before the mark that belong to the report: who said it, what it was about.
const BEFORE: usize = 24;

/// Frames without any mark are looked for so far.
const FAR: usize = 1 << 22;
/// A report that follows somebody's words begins within so many bytes.
const FIRST: usize = 1 << 14;
/// Two marks of one report are so many lines apart at most.
const NEAR: usize = 30;

/// What a report has in its first lines.
static MARKS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::new([
        // What programs and systems say when they end.
        "FATAL EXCEPTION",
        "Fatal signal ",
        "*** *** ***",
        "Fatal error",
        "fatal error",
        "FATAL ERROR",
        "=== Critical error",
        "Crash!!!",
        "Assertion failed",
        "assertion failed",
        "Unhandled ",
        "unhandled ",
        "Uncaught ",
        "uncaught ",
        "terminate called",
        "terminating due to",
        "terminating with",
        "Segmentation fault",
        "segfault at",
        "core dumped",
        "SIGSEGV",
        "SIGABRT",
        "SIGBUS",
        "SIGILL",
        "signal 11",
        "signal 6",
        "EXCEPTION_",
        "0xc0000005",
        "0xC0000005",
        "panic: ",
        "panicked at ",
        "ANR in ",
        "Sanitizer: ",
        "CRASH REPORT",
        "Crash Report",
        "crash report",
        // An exception with its stack.
        "Exception: ",
        "Exception\\n",
        "Exception\n",
        "Traceback (most recent call last)",
        "Caused by: ",
        "stack traceback:",
        "tack trace",
        "tacktrace",
        "tackTrace",
        "acktrace",
        "[Callstack]",
        "\tat ",
        "  at ",
        "#00 pc",
        "#0  0x",
        "#0 0x",
        "goroutine ",
        "(most recent call first)",
        "FATAL",
        "CRITICAL",
        ":in `",
        "SCRIPT ERROR",
        "Error (",
        "** (",
    ])
    .ok()
});

/// What else the first lines of reports have that are no logs.
static HEADS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::new([
        "Process:",
        "Date/Time",
        "Call graph",
        "Call Stack",
        "Thread 0",
        "Thread 1",
        "thread dump",
        "DALVIK THREADS",
        "Cmd line:",
        "Exception Type",
        "Operating system:",
        "Incident Identifier",
        "Module name:",
        "Timestamp:",
        "\" prio=",
        "0SECTION",
        "0xffffffff",
    ])
    .ok()
});

/// The text from shortly before the first mark on; all of it where that is near, or the text begins like a report.
pub(crate) fn first_report(text: &str) -> &str {
    let Some(head) = head(text) else {
        return text;
    };
    let (Some(marks), Some(heads)) = (&*MARKS, &*HEADS) else {
        return text;
    };
    let begins = together(marks, head).0.is_some() || heads.is_match(head);
    if begins || is_document(text) || has_stack(head) {
        return text;
    }
    let rest = &text[head.len()..];
    let (together, alone) = together(marks, rest);
    let Some(first) = together.or_else(|| frames(rest)).or(alone) else {
        return text;
    };
    let before = &text[..head.len() + first];
    let start = memchr::memrchr_iter(b'\n', before.as_bytes()).nth(BEFORE);
    &text[start.map_or(0, |at| at + 1)..]
}

/// Whether a text begins with a report, in its first lines.
pub(super) fn is_report(text: &str) -> bool {
    let head = text::head(text, FIRST);
    let has =
        |marks: &Option<AhoCorasick>| marks.as_ref().is_some_and(|marks| marks.is_match(head));
    has(&MARKS) || has(&HEADS) || is_document(text) || has_stack(head)
}

/// Where the first of two marks stands that are on different lines and near each other, for one alone may be any word of a
/// log; and where the first one of all stands.
fn together(marks: &AhoCorasick, text: &str) -> (Option<usize>, Option<usize>) {
    let (mut first, mut last): (Option<usize>, Option<usize>) = (None, None);
    // Lines between the last one and where the marks are read: each is counted once, for a line may be full of marks.
    let (mut lines, mut read) = (0, 0);
    for mark in marks.find_iter(text) {
        let at = mark.start();
        first = first.or(Some(at));
        lines += memchr::memchr_iter(b'\n', &text.as_bytes()[read..at]).count();
        read = at;
        match last {
            Some(_) if lines == 0 => {}
            Some(last) if lines <= NEAR => return (Some(last), first),
            _ => (last, lines) = (Some(at), 0),
        }
    }
    (None, first)
}

/// Where two frames stand one below the other, of a stack without any words.
fn frames(text: &str) -> Option<usize> {
    let mut before: Option<&str> = None;
    text::lines(text::head(text, FAR))
        .find_map(|line| {
            let trimmed = text::trim(line);
            let frame = grammar::read(trimmed).is_some() && !is_logging(trimmed);
            let first = before.replace(line);
            before = before.filter(|_| frame);
            first.filter(|_| frame)
        })
        .and_then(|first| text::place(text, first))
}

/// The first lines of a long text; those of a log are not that long.
fn head(text: &str) -> Option<&str> {
    const LONGEST: usize = 1 << 18;
    let end = memchr::memchr_iter(b'\n', text::head(text, LONGEST).as_bytes()).nth(QUIET)?;
    Some(&text[..end])
}

/// JSON or XML over many lines. A log may have an object on each of its lines.
fn is_document(text: &str) -> bool {
    let text = text.trim_start();
    let mut lines = text::lines(text).take(3);
    let object = |line: &str| line.starts_with('{') && line.trim_end().ends_with('}');
    match text.as_bytes() {
        [b'{', ..] => !lines.all(object),
        [b'[', next, ..] => matches!(next, b'\n' | b'\r' | b' ' | b'{' | b'['),
        [b'<', next, ..] => matches!(next, b'?' | b'!') || next.is_ascii_alphabetic(),
        _ => false,
    }
}

/// Whether frames stand among the lines: those below a line that Unity logged are no crash's.
fn has_stack(head: &str) -> bool {
    let mut run = false;
    let mut logged = false;
    for line in text::lines(head) {
        let line = text::trim(line);
        if grammar::read(line).is_some() {
            run = true;
            logged |= is_logging(line);
        } else if run && !logged {
            return true;
        } else {
            (run, logged) = (false, false);
        }
    }
    run && !logged
}

/// `UnityEngine.Debug:LogWarning(Object)`, `UnityEngine.Logger:Log(LogType, Object)`.
fn is_logging(line: &str) -> bool {
    let logger = [
        "UnityEngine.Debug",
        "UnityEngine.Logger",
        "UnityEngine.StackTraceUtility",
    ];
    logger.iter().any(|start| text::has(line, start))
}

#[cfg(test)]
mod tests {
    use super::first_report;

    #[test]
    fn a_report_far_behind_is_found() {
        let quiet = "12:00:01 tick done\n".repeat(500);
        let crash = "panic: no ship\n\ngoroutine 1 [running]:\n";
        let log = format!("{quiet}{crash}");
        let found = first_report(&log);
        assert_eq!(
            found,
            format!("{}{crash}", "12:00:01 tick done\n".repeat(24))
        );
        let alone = format!("Exception: no net\n{quiet}Fatal error: no port\n{quiet}");
        assert_eq!(first_report(&format!("{alone}{crash}")), found);
        // A line of nothing but marks costs no more than its length.
        let full = format!("{quiet}{}\n", "panic: ".repeat(500_000));
        assert!(first_report(&full).starts_with("12:00:01 tick done\n"));
        for whole in [
            format!("{crash}{quiet}{crash}"),
            format!("Process: Orbit [501]\n{quiet}{crash}"),
            format!("{{\n{quiet}{crash}"),
            format!(
                "main.Run(0x1)\norbit::Ship::fire() at ship.cpp:31\n0x00007ff6c1a2b3c4 Orbit.exe!UShip::Fire() [D:\\Ship.cpp:31]\n{quiet}{crash}"
            ),
            quiet.clone(),
        ] {
            assert_eq!(first_report(&whole), whole);
        }
    }
}
