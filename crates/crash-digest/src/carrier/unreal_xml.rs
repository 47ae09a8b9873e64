//! Unreal's `CrashContext.runtime-xml`, whole or a part that somebody pasted, written as the text that the engine's log prints.

use std::fmt::Write as _;

use crate::{grammar, text};

/// The element with the stack.
pub(super) const MARK: &str = "<CallStack>";
/// Bytes in which the document names itself.
const HEAD: usize = 4096;
/// Elements of which one stands beside the stack where the head is cut off.
const BESIDE: [&str; 4] = [
    "<RuntimeProperties>",
    "<CrashGUID>",
    "<ErrorMessage>",
    "<PCallStack>",
];

/// The same below a person's words, or from the middle of the document on; `None` where those words have frames of their own.
pub(super) fn behind_words(document: &str) -> Option<String> {
    text::find(document, MARK)?;
    let starts = BESIDE.iter().chain(&["<FGenericCrashContext"]);
    let start = starts.filter_map(|name| text::find(document, name)).min()?;
    let framed = |line| grammar::read(text::trim(line)).is_some();
    let alone = !text::lines(&document[..start]).any(framed);
    alone.then(|| written(&document[start..]))
}

/// The report as text; `None` when the document is another.
pub(super) fn render(document: &str) -> Option<String> {
    text::has(text::head(document, HEAD), "<FGenericCrashContext").then(|| written(document))
}

fn written(document: &str) -> String {
    let mut out = String::new();
    let error = element(document, "ErrorMessage").unwrap_or_default();
    let kind = element(document, "CrashType").unwrap_or_default();
    if error.trim().is_empty() {
        let _ = writeln!(out, "{kind}");
    } else {
        let _ = writeln!(out, "{}", error.trim());
        // What kind of end it was, where its words do not say it: `Ensure`, `Hang`, `OutOfMemory`.
        let said = error.to_ascii_lowercase();
        let kind = kind.trim();
        if !matches!(kind, "" | "Crash") && !text::has(&said, &kind.to_ascii_lowercase()) {
            let _ = writeln!(out, "Error reason: {kind}");
        }
    }
    out.push('\n');
    // The stack of the whole report stands above its threads; without it that of the thread that crashed is meant.
    let threads = text::find(document, "<Threads>");
    let whole =
        text::find(document, MARK).is_some_and(|at| threads.is_none_or(|threads| at < threads));
    let stack = if whole {
        element(document, "CallStack")
    } else {
        crashed(document).and_then(|thread| element(&thread, "CallStack"))
    };
    let stack = stack.filter(|stack| !stack.trim().is_empty());
    match stack {
        Some(stack) => {
            for line in stack.lines().map(str::trim).filter(|line| !line.is_empty()) {
                let _ = writeln!(out, "[Callstack] 0x00000000 {}", frame(line));
            }
        }
        None => {
            // `Moonfort 0x00007ff6abcd0000 + 4e110c9`: module, base and offset.
            for line in element(document, "PCallStack").unwrap_or_default().lines() {
                let mut words = line.split_whitespace();
                if let (Some(module), Some(_), Some("+"), Some(offset)) =
                    (words.next(), words.next(), words.next(), words.next())
                {
                    let _ = writeln!(out, "[Callstack] 0x00000000 {module}+0x{offset}");
                }
            }
        }
    }
    if let Some(thread) = crashed_thread(document) {
        let _ = writeln!(out, "\nCrash in runnable thread {thread}");
    }
    out
}

/// A module alone gets the mark that the log prints for a function without a name.
fn frame(line: &str) -> String {
    // `Orbit 0x10`: the module and how far in it.
    if let Some((module, offset)) = line.split_once(" 0x")
        && !module.contains([' ', '!', '+'])
        && text::hex(offset).is_some_and(|offset| offset < 1 << 32)
    {
        return format!("{module}+0x{offset}");
    }
    if line.contains('!') || line.contains("+0x") || line.starts_with("0x") {
        line.trim_start_matches("0x00000000 ").to_owned()
    } else {
        format!("{line}!UnknownFunction []")
    }
}

/// The thread whose `IsCrashed` is true.
fn crashed(document: &str) -> Option<String> {
    let threads = element(document, "Threads")?;
    let mut threads = threads.split("<Thread>").skip(1).take(2000);
    let crashed = threads.find(|thread| thread.contains("<IsCrashed>true</IsCrashed>"));
    crashed.map(str::to_owned)
}

/// Its name.
fn crashed_thread(document: &str) -> Option<String> {
    let name = element(&crashed(document)?, "ThreadName");
    name.filter(|name| !name.trim().is_empty())
}

/// The lines before the first that begins with a mark of XML or of a fence, or that is left blank.
fn up_to_element(rest: &str) -> &str {
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        let said = line.trim_start();
        if said.starts_with(['<', '`'])
            || said.is_empty() && at > 0 && !rest[..at].trim().is_empty()
        {
            return &rest[..at];
        }
        at += line.len();
    }
    rest
}

/// The text of the first element of this name, entities undone.
fn element(document: &str, name: &str) -> Option<String> {
    let open = format!("<{name}>");
    let start = document.find(&open)? + open.len();
    let rest = &document[start..];
    let text = match text::find(rest, &format!("</{name}>")) {
        Some(end) => &rest[..end],
        // Cut off inside of it: it lasts up to the next element, which begins a line.
        None => up_to_element(rest),
    };
    Some(
        text.replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&apos;", "'")
            .replace("&#xA;", "\n")
            .replace("&#10;", "\n")
            .replace("&#xD;", "")
            .replace("&#13;", "")
            .replace("&amp;", "&"),
    )
}
