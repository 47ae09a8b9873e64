//! The line of a Java logger above an exception: its thread, and what it said.
//!
//! `[10:56:10] [Server thread/ERROR]: Could not pass event Fire to Orbit v2.1` of game servers,
//! `2026-05-18 22:58:07.204 ERROR 27272 --- [exec-3] o.a.c.Dock : no dock` of Spring,
//! `22:58:07.204 [exec-3] ERROR com.acme.Dock - no dock` of Logback,
//! `2026-05-18 22:58:07,204 ERROR [exec-3] com.acme.Dock - no dock` of Log4j.

use memchr::memmem;

use super::log_field::LOGGED;
use crate::grammar;
use crate::log_prefix;
use crate::model::names_exception;
use crate::text;

/// Lines of the head that are looked at.
const HEAD: usize = 400;
/// What stands above Python's frames, which name their exception last.
const PYTHON: &str = "Traceback (most recent call last)";

/// The text with thread and words in lines that are read as such; `None` where no exception stands below such a line.
pub(super) fn render(document: &str) -> Option<String> {
    memmem::find(document.as_bytes(), b"at ")
        .or_else(|| memmem::find(document.as_bytes(), PYTHON.as_bytes()))?;
    let mut lines = text::lines(document).take(HEAD).peekable();
    while let Some(line) = lines.next() {
        let Some((thread, said)) = entry(text::trim(line)) else {
            continue;
        };
        while lines.next_if(|next| next.trim().is_empty()).is_some() {}
        let below = lines
            .peek()
            .map(|next| text::trim(next))
            .unwrap_or_default();
        let named = |line: &str| names_exception(line) || line.starts_with(PYTHON);
        // Every line of the report is the logger's.
        let carried = entry(below).map(|(_, said)| said);
        // Words that name what was raised are read as such.
        let raised = text::has(said, "Error(") || text::has(said, "Exception(");
        if below.starts_with(PYTHON) && raised {
            continue;
        }
        let own = named(said) && !below.is_empty();
        let reported = match carried {
            Some(below) => own && (below.starts_with("File \"") || grammar::read(below).is_some()),
            None => own || named(below),
        };
        if !reported || thread.contains("Watchdog") {
            continue;
        }
        let at = text::place(document, line)?;
        let mut out = String::with_capacity(document.len() + 64);
        out.push_str(&document[..at]);
        if !thread.is_empty() {
            let quotes = if below.starts_with(PYTHON) || said.starts_with(PYTHON) {
                ["", ":\n"]
            } else {
                ["\"", "\"\n"]
            };
            out.extend(["Exception in thread ", quotes[0], thread, quotes[1]]);
        }
        if !own && !said.is_empty() {
            out.push_str(LOGGED);
        }
        out.push_str(said);
        out.push_str(&document[at + line.len()..]);
        return Some(out);
    }
    None
}

/// Thread and message of a logger's line that tells of a failure.
fn entry(line: &str) -> Option<(&str, &str)> {
    let prefix = log_prefix::read(line).filter(|prefix| prefix.failed)?;
    Some((prefix.thread.unwrap_or_default(), prefix.said.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_and_words_of_loggers() {
        let cases = [
            (
                "[10:56:10] [Server thread/ERROR]: Could not pass event Fire to Orbit",
                Some(("Server thread", "Could not pass event Fire to Orbit")),
            ),
            (
                "2026-05-18 22:58:07.204 ERROR 27272 --- [exec-3] o.a.c.Dock    : no dock",
                Some(("exec-3", "no dock")),
            ),
            (
                "22:58:07.204 [exec-3] ERROR com.acme.Dock - no dock",
                Some(("exec-3", "no dock")),
            ),
            (
                "2026-05-18 22:58:07,204 ERROR [exec-3] com.acme.Dock - no dock",
                Some(("exec-3", "no dock")),
            ),
            ("[10:56:10] [Server thread/INFO]: Ann joins", None),
            ("at com.acme.Dock.open(Dock.java:31)", None),
        ];
        for (line, read) in cases {
            assert_eq!(entry(line), read, "{line}");
        }
    }
}
