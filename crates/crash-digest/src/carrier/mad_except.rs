//! Reports of madExcept, Delphi's and C++Builder's handler: labels in columns, and rows of address, module, unit, line and name.
//! Written as the exception's line and the frames of the thread that crashed, which is the first.

use std::fmt::Write as _;

use crate::text;

/// What stands before the number of a thread, at the head of its rows.
pub(super) const MARKS: [&str; 2] = ["main thread ($", "\nthread $"];

/// The text with the first thread's rows as frames; `None` where no row is below its heading.
pub(super) fn render(document: &str) -> Option<String> {
    if !MARKS.iter().any(|mark| text::has(document, mark)) {
        return None;
    }
    let mut lines = text::lines(document).map(text::trim);
    let mut out = String::with_capacity(document.len());
    let (mut class, mut message) = (None, None);
    let thread = loop {
        let line = lines.next()?;
        if let Some(thread) = heading(line) {
            break thread;
        }
        match line
            .split_once(':')
            .map(|(label, value)| (label.trim_end(), value.trim()))
        {
            Some(("exception class", value)) => class = Some(value),
            Some(("exception message", value)) => message = Some(value),
            Some(("executable", value)) => {
                let _ = writeln!(out, "Application: {value}");
            }
            Some((label, _)) if LABELS.contains(&label) => {}
            _ => {
                out.push_str(line);
                out.push('\n');
            }
        }
    };
    let (mut rows, mut count) = (String::new(), 0);
    for line in lines.skip_while(|line| line.is_empty()) {
        match row(count, line) {
            Some(row) => {
                rows.push_str(&row);
                count += 1;
            }
            // C++Builder's reports have a blank line behind each.
            None if line.is_empty() => {}
            None => break,
        }
    }
    if rows.is_empty() {
        return None;
    }
    let _ = writeln!(out, "Exception Thread ID: {thread}");
    let message = message.unwrap_or_default();
    let violation = message.starts_with("Access violation at address ");
    if let Some(address) = text::after(message, " of address ", b".").filter(|_| violation) {
        let _ = writeln!(out, "Crash address: 0x{address}");
    }
    match class.or(violation.then_some("EAccessViolation")) {
        Some(class) => {
            let _ = writeln!(out, "{class}: {message}");
        }
        None => {
            let _ = writeln!(out, "{message}");
        }
    }
    out.push('\n');
    out.push_str(&rows);
    Some(out)
}

/// The thread's number: `main thread ($2da4):`, `thread $b (Loader): <suspended>`.
fn heading(line: &str) -> Option<&str> {
    let rest = line
        .strip_prefix("main thread ($")
        .or_else(|| line.strip_prefix("thread $"))?;
    let end = rest.find(|c: char| !c.is_ascii_hexdigit())?;
    (end > 0 && text::has(line, ":")).then(|| &rest[..end])
}

/// One row as a frame: `00749f51 +251 Orbit.exe Dock 1073 +33 TDock.Open`, `687934b5 comctl32.dll ImageList_GetIconSize`,
/// `68000832 ???`. Without a unit, columns are empty: `7ff932d2 +160 hull.dll          Walk`.
fn row(at: usize, line: &str) -> Option<String> {
    let (address, rest) = text::word(line);
    if !matches!(address.len(), 8 | 16) {
        return None;
    }
    text::hex(address)?;
    let (module, rest) = text::word(behind_offset(rest).trim_start());
    if module == "???" {
        return Some(format!("0x{address}\n"));
    }
    let (first, behind) = text::word(rest.trim_start());
    if first.is_empty() {
        return module
            .contains('.')
            .then(|| format!("#{at}  0x{address} in ?? () from {module}\n"));
    }
    if !module.contains('.') {
        return None;
    }
    let behind = behind.trim_start();
    if behind.is_empty() {
        return Some(format!("0x{address} ({module}) {first}\n"));
    }
    let (number, name) = match text::digits(behind) {
        Some((number, name)) if name.starts_with(' ') => (number, name.trim_start()),
        _ => ("", behind),
    };
    let name = behind_offset(name).trim_start();
    Some(match number {
        "" => format!("0x{address} ({module}) [{first}] {name}\n"),
        number => format!("0x{address} ({module}) [{first}:{number}] {name}\n"),
    })
}

/// What follows a row's offset: ` +251 Orbit.exe`.
fn behind_offset(rest: &str) -> &str {
    match text::word(rest.trim_start()) {
        (offset, behind)
            if offset
                .strip_prefix('+')
                .is_some_and(|it| text::hex(it).is_some()) =>
        {
            behind
        }
        _ => rest,
    }
}

/// Labels of the head that say nothing of why.
const LABELS: [&str; 24] = [
    "date/time",
    "computer name",
    "user name",
    "registered owner",
    "operating system",
    "system language",
    "system up time",
    "program up time",
    "processors",
    "processor",
    "physical memory",
    "free disk space",
    "display mode",
    "process id",
    "allocated memory",
    "exec. date/time",
    "version",
    "compiled with",
    "madExcept version",
    "callstack crc",
    "contact name",
    "contact email",
    "exception number",
    "command line",
];
