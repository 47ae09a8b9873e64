//! Markdown takes a paragraph for quoted whose first line alone has the mark: `> thread 'main' panicked at …`, and below it
//! frames without one; of a log the line that the quotation begins with.

use memchr::memmem;

use super::logcat;
use crate::text;

/// How a crash of Android begins, in a log or without one.
const HEADS: [&str; 8] = [
    "FATAL EXCEPTION: ",
    "Crashed: ",
    "*** ***",
    "Build fingerprint",
    "Fatal signal ",
    "pid: ",
    "signal ",
    "backtrace:",
];

/// The text without that mark; `None` where another line has one as well, or where it is no crash that the line tells of.
pub(super) fn without(text: &str) -> Option<String> {
    let (front, inner) = marked(text)?;
    let mut lines = text::lines(inner).map(text::trim);
    let first = lines.next()?;
    // A console's prompt, and a row of a list that has such marks.
    let raw = text::lines(&text[front.len()..]).next()?;
    let row = crate::grammar::read(text::trim(raw)).is_some();
    let tells =
        crate::model::names_thrown(first) || HEADS.iter().any(|head| first.starts_with(head));
    let next = lines.next().filter(|next| !next.is_empty())?;
    (tells && !row || is_lazy(first, next)).then(|| [front, inner].concat())
}

/// The same of a log alone, whose lines have more in front that is taken off.
pub(super) fn without_lazy(text: &str) -> Option<String> {
    let (front, inner) = marked(text)?;
    let mut lines = text::lines(inner).map(text::trim);
    let (first, next) = (lines.next()?, lines.next()?);
    (logcat::read(first).is_none() && is_lazy(first, next)).then(|| [front, inner].concat())
}

/// What stands above the one mark and behind it, at the top of a text perhaps without a blank: `>2026-11-22 08:10 Error: no bay`.
fn marked(text: &str) -> Option<(&str, &str)> {
    let at = if text.starts_with('>') {
        0
    } else {
        memmem::find(text.as_bytes(), b"\n> ")? + 1
    };
    let (front, rest) = text.split_at(at);
    let blank = rest.starts_with("> ");
    let inner = &rest[1 + usize::from(blank)..];
    let fits = blank || inner.starts_with(|c: char| c.is_ascii_digit() || c == '[');
    let alone = memmem::find(rest.as_bytes(), b"\n> ").is_none();
    (fits && alone).then_some((front, inner))
}

/// A minidump's head with a mark and no blank behind it.
pub(super) const MINIDUMP: &str = "\n>Crash reason:";

/// The text of a minidump without marks that stand on the first lines of its paragraphs, `>Thread 0 (crashed)`.
pub(super) fn of_minidump(text: &str) -> Option<String> {
    text::has(text, MINIDUMP).then_some(())?;
    let mut out = String::with_capacity(text.len());
    for line in text::lines(text) {
        out.extend([line.strip_prefix('>').unwrap_or(line), "\n"]);
    }
    Some(out)
}

/// Whether a log goes on without the mark of the line above: one of Android's, or one whose lines begin with the same time or the
/// same names in brackets.
pub(super) fn is_lazy(first: &str, next: &str) -> bool {
    const LEAST: usize = 12;
    if logcat::read(next).is_some() && logcat::read(first).is_some() {
        return true;
    }
    let same = first.bytes().zip(next.bytes());
    let same = same.take_while(|(one, other)| one == other).count();
    let shared = text::head(first, same);
    let stamped = shared.starts_with('[') && text::has(shared, "] ")
        || shared.starts_with(|c: char| c.is_ascii_digit()) && text::has(shared, ":");
    same >= LEAST && stamped && crate::grammar::read(first).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mark_comes_off() {
        let text = "> thread 'main' panicked at 'no bay', src/dock.rs:31:9\nstack backtrace:\n";
        assert_eq!(without(text).as_deref(), Some(&text[2..]));
        assert_eq!(without("> open dock\nok\n"), None);
        let text = ">2026-11-22 08:10 Error: no bay\n2026-11-22 08:10 LUA call stack:\n";
        assert_eq!(without(text).as_deref(), Some(&text[1..]));
        assert_eq!(without(">2026 moons\n2026 docks\n"), None);
        assert_eq!(
            without("SCRIPT ERROR: @orbit/a.lua:1: no bay\n> open (@orbit/a.lua:1)\n"),
            None
        );
    }
}
