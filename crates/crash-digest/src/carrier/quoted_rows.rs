//! Frames as the strings of a list, as a program's own report writes them in JSON: `"0   Orbit   0x0000000100fe5d18 main + 72",`.

use std::borrow::Cow;

use crate::grammar::{self, Printers};
use crate::text;

/// How such a row ends.
pub(super) const MARK: &str = "\",\n";

/// Rows that must be frames.
const FEWEST: usize = 3;

/// The text with the rows as lines of their own, without the list's brackets; `None` where it has no such rows.
pub(super) fn render(document: &str) -> Option<String> {
    let frame = |line: &str| {
        grammar::read(line)
            .or_else(|| grammar::read_as(Printers::Apple, line))
            .is_some()
    };
    let rows = text::lines(document).filter_map(row);
    let frames = rows.filter(|row| frame(text::trim(row))).take(FEWEST);
    (frames.count() == FEWEST).then_some(())?;
    let mut out = String::with_capacity(document.len());
    for line in text::lines(document) {
        let bracket = matches!(line.trim().trim_end_matches(','), "{" | "}" | "[" | "]");
        let opens = line.trim_end().ends_with('[') && line.trim_start().starts_with('"');
        match row(line) {
            Some(row) if frame(text::trim(&row)) => out.push_str(&row),
            _ if bracket || opens => continue,
            _ => out.push_str(line),
        }
        out.push('\n');
    }
    Some(out)
}

/// What a line's string says.
fn row(line: &str) -> Option<Cow<'_, str>> {
    let line = line.trim();
    let line = line.strip_suffix(',').unwrap_or(line);
    let inner = line.strip_prefix('"')?.strip_suffix('"')?;
    if memchr::memchr2(b'\\', b'"', inner.as_bytes()).is_none() {
        return Some(Cow::Borrowed(inner));
    }
    serde_json::from_str(line).ok().map(Cow::Owned)
}
