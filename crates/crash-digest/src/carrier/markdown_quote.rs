//! Markdown takes a paragraph for quoted whose first line alone has the mark: `> thread 'main' panicked at …`, and below it
//! frames without one.

use memchr::memmem;

use crate::text;

/// The text without that mark; `None` where another line has one as well, or where it is no crash that the line tells of.
pub(super) fn without(text: &str) -> Option<String> {
    let at = if text.starts_with("> ") {
        0
    } else {
        memmem::find(text.as_bytes(), b"\n> ")? + 1
    };
    let (front, rest) = text.split_at(at);
    let inner = rest.get(2..)?;
    if memmem::find(rest.as_bytes(), b"\n> ").is_some() {
        return None;
    }
    let mut lines = text::lines(inner).map(text::trim);
    let first = lines.next()?;
    // A console's prompt, and a row of a list that has such marks.
    let row = crate::grammar::read(text::trim(rest.lines().next()?)).is_some();
    let tells = crate::model::names_thrown(first) && !row;
    let goes_on = lines.next().is_some_and(|next| !next.is_empty());
    (tells && goes_on).then(|| [front, inner].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mark_comes_off() {
        let text = "> thread 'main' panicked at 'no bay', src/dock.rs:31:9\nstack backtrace:\n";
        assert_eq!(without(text).as_deref(), Some(&text[2..]));
        assert_eq!(without("> open dock\nok\n"), None);
        assert_eq!(
            without("SCRIPT ERROR: @orbit/a.lua:1: no bay\n> open (@orbit/a.lua:1)\n"),
            None
        );
    }
}
