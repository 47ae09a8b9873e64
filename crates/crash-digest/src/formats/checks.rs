//! A failed check of a program's log, as glog, Abseil and those after their kind print it: level, time, thread, place, reason.

use crate::model::{Builder, Exception, read_exception};
use crate::text;

/// What such a line says.
struct Fatal<'a> {
    thread: Option<&'a str>,
    place: &'a str,
    reason: &'a str,
}

/// Takes a line that ended the program; `false` where it is another.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if luanti(out, line) {
        return true;
    }
    // Mono's last words, in the log of a phone above the report of the signal: `* Assertion at dock.c:31, condition `bay' not met`.
    if let Some(assertion) = line.strip_prefix("* Assertion at ")
        && !out.has_frames()
    {
        out.stack.facts.reason("assertion at", assertion);
        return true;
    }
    let found = match line.as_bytes().first() {
        Some(b'F') => glog(line),
        Some(b'[') => bracketed(line),
        _ => None,
    };
    let Some(fatal) = found else {
        return false;
    };
    if out.has_frames() {
        if !out.section().exception.is_empty() {
            out.further(fatal.reason);
            return true;
        }
        // The end of another process's stack.
        out.set_aside_named();
    }
    let failed = ["Check failed: ", "CHECK failed: "]
        .iter()
        .find_map(|words| text::find(fatal.reason, words));
    out.section().exception = match failed {
        Some(at) => Exception {
            name: Some(&fatal.reason[at..at + 12]),
            message: fatal.reason[at + 14..].trim(),
        },
        None => read_exception(fatal.reason),
    };
    out.stack.facts.reason("at", fatal.place);
    out.stack.facts.thread_id = fatal.thread.or(out.stack.facts.thread_id);
    out.cut();
    true
}

/// Luanti's last words, behind an error of a script as well: `In thread 7fa7724cca40:`, and below it
/// `/src/dock.cpp:31: void Dock::load(int): An engine assumption 'bay' failed.`
fn luanti<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    const ENDS: [&str; 2] = [": An engine assumption '", ": A fatal error occurred: "];
    let thread = line
        .strip_prefix("In thread ")
        .and_then(|rest| rest.strip_suffix(':'));
    if let Some(id) = thread.filter(|id| text::hex(id).is_some()) {
        out.stack.facts.thread_id = Some(id);
        out.cut();
        return true;
    }
    let ends = || ENDS.iter().find_map(|end| text::find(line, end));
    let Some(at) = ends().filter(|_| line.starts_with('/') || text::has(line, ".cpp:")) else {
        return false;
    };
    let said = &line[at + 2..];
    if out.has_frames() || !out.is_empty() && !out.section().exception.is_empty() {
        out.stack.facts.reason("also logged", said);
    } else {
        let place = text::split_once(&line[..at], ": ").map_or(&line[..at], |(place, _)| place);
        let exception = Exception {
            name: None,
            message: said,
        };
        out.sure(exception, line);
        out.stack.facts.reason("at", place);
    }
    out.cut();
    true
}

/// `F20260102 03:04:05.678901  4711 dock.cc:44] Check failed: …`, Abseil's `F0000 00:00:1767323045.678901    4711 dock.cc:44] …`.
fn glog(line: &str) -> Option<Fatal<'_>> {
    let (date, rest) = text::word(line);
    let (digits, behind) = text::digits(date.get(1..)?)?;
    let (time, rest) = text::word(rest);
    let fits = behind.is_empty()
        && matches!(digits.len(), 4 | 8)
        && time.len() >= 8
        && time.as_bytes()[2] == b':';
    let (thread, rest) = text::word(rest);
    let (place, reason) = text::split_once(rest, "] ").filter(|_| fits)?;
    text::file_line(place).1?;
    Some(Fatal {
        thread: text::digits(thread).map(|(id, _)| id),
        place,
        reason: reason.trim(),
    })
}

/// Ray's `[2026-01-02 03:04:05,678 C 4711 4712] (raylet) dock.cc:312:  Check failed: …`.
fn bracketed(line: &str) -> Option<Fatal<'_>> {
    let (head, rest) = line.strip_prefix("[2")?.split_once("] ")?;
    let (_, ids) = text::split_once(head, " C ")?;
    let (_, thread) = ids.split_once(' ')?;
    let rest = match rest.strip_prefix('(') {
        Some(named) => named.split_once(") ")?.1,
        None => rest,
    };
    let (place, reason) = text::split_once(rest, ": ")?;
    text::file_line(place).1?;
    Some(Fatal {
        thread: text::digits(thread).map(|(id, _)| id),
        place,
        reason: reason.trim(),
    })
}
