//! Unreal's `CrashContext.runtime-xml`, written as the text that the engine's log prints.

use std::fmt::Write as _;

/// The report as text; `None` when the document is another.
pub(super) fn render(document: &str) -> Option<String> {
    if !document
        .get(..document.len().min(4096))
        .unwrap_or(document)
        .contains("<FGenericCrashContext")
    {
        return None;
    }
    let mut out = String::new();
    let error = element(document, "ErrorMessage").unwrap_or_default();
    let kind = element(document, "CrashType").unwrap_or_default();
    if error.trim().is_empty() {
        let _ = writeln!(out, "{kind}");
    } else {
        let _ = writeln!(out, "{}", error.trim());
    }
    out.push('\n');
    let stack = element(document, "CallStack").filter(|stack| !stack.trim().is_empty());
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
    Some(out)
}

/// A module alone gets the mark that the log prints for a function without a name.
fn frame(line: &str) -> String {
    if line.contains('!') || line.contains("+0x") || line.starts_with("0x") {
        line.trim_start_matches("0x00000000 ").to_owned()
    } else {
        format!("{line}!UnknownFunction []")
    }
}

/// The name of the thread whose `IsCrashed` is true.
fn crashed_thread(document: &str) -> Option<String> {
    let threads = element(document, "Threads")?;
    threads
        .split("<Thread>")
        .skip(1)
        .take(2000)
        .find(|thread| thread.contains("<IsCrashed>true</IsCrashed>"))
        .and_then(|thread| element(thread, "ThreadName"))
        .filter(|name| !name.trim().is_empty())
}

/// The text of the first element of this name, entities undone.
fn element(document: &str, name: &str) -> Option<String> {
    let open = format!("<{name}>");
    let start = document.find(&open)? + open.len();
    let end = document[start..].find(&format!("</{name}>"))? + start;
    let text = &document[start..end];
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
