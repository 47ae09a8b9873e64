//! What tools and the system print above a native crash of Android: headings, steps, hints.

use super::metadata;
use crate::model::Builder;
use crate::text;

/// A line without what tools, logs and readers put in front of it.
pub(super) fn without_marks(line: &str) -> &str {
    let line = without_marker(line);
    // A log may have quoted each frame of a sanitizer: `'#0 0x79  (/system/lib64/libcrypto.so+0xbb364)`.
    let line = line
        .strip_prefix('\'')
        .filter(|rest| rest.starts_with('#'))
        .unwrap_or(line);
    // Older Unity throws the signal itself: `java.lang.Error: signal 6 (SIGABRT), code -1 (?), …`.
    let line = line
        .strip_prefix("Caused by")
        .map_or(line, |rest| rest.trim_start_matches([':', ' ']))
        .strip_prefix("java.lang.Error: ")
        .filter(|rest| rest.starts_with("signal "))
        .unwrap_or(line);
    // The rest of a log's line that was cut in front of its level.
    let line = line
        .strip_prefix("A  ")
        .filter(|rest| rest.starts_with("Fatal signal "))
        .unwrap_or(line);
    // A reader's marks stand before some lines only.
    line.strip_prefix('>')
        .filter(|rest| rest.starts_with("pid: ") || rest.starts_with("backtrace:"))
        .unwrap_or(line)
}

/// `ndk-stack`'s older form: `Stack frame 10-26 13:32:59.041: A/DEBUG(27008):     #00 pc …`, `Stack frame #00 pc`.
pub(super) fn without_marker(line: &str) -> &str {
    let Some(rest) = line
        .strip_prefix("Stack frame ")
        .or_else(|| line.strip_prefix("Crash dump is completed"))
    else {
        return line;
    };
    rest.find('#').map_or(line, |at| &rest[at..])
}

/// What announces a report above its frames; `false` where the line is no such thing.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    // What a program printed before the report's own heading is none of it: `Native crash (Android)`.
    if let Some(rest) = line.strip_prefix("Native crash")
        && (rest.starts_with(" of ") || is_bare_heading(rest))
    {
        let process = rest.strip_prefix(" of ");
        out.stack.facts.process = process.or(out.stack.facts.process);
        if process.is_none() {
            out.drop_unnamed();
        }
        return true;
    }
    // A crash kit's heading where its head was left out: what stands above are a person's words.
    if line == ">>> backtrace <<<" {
        if out.stack.facts.signal.is_none() {
            out.drop_unnamed();
        }
        return true;
    }
    // What the daemon that writes tombstones says to developers, and what a tool does on the way to the report.
    let aside = line.starts_with("property debug.db.uid ")
        || line.starts_with("HINT: adb ")
        || is_step(line);
    if aside {
        out.stack.unrecognized.push(line);
    }
    aside
}

/// A tool's row of what it does: `device      emulator-5562 booted (60ms)`.
fn is_step(line: &str) -> bool {
    let Some((name, said)) = text::split_once(line, "  ") else {
        return false;
    };
    // What a report itself has in columns.
    let parts = [
        "signal",
        "backtrace",
        "pid",
        "tid",
        "name",
        "code",
        "fault",
        "abort",
        "reason",
        "message",
        "error",
        "cause",
        "exception",
        "thread",
        "process",
    ];
    (3..=16).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase())
        && !parts.contains(&name)
        && !said.trim().is_empty()
        && !text::has(said, "(SIG")
        && !metadata::is_registers(line)
}

/// What may stand behind the words of a heading: nothing, a colon, a remark in brackets.
fn is_bare_heading(rest: &str) -> bool {
    let rest = rest.trim().trim_end_matches(':');
    rest.is_empty() || rest.starts_with('(') && rest.ends_with(')')
}
