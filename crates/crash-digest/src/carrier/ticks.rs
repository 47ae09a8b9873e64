//! Marks of code around a text, or around each of its lines.

use memchr::memmem;

use crate::text;

/// The text without a mark of code around the whole of it: `` `"main" prio=5 … ` ``.
pub(super) fn without_tick(text: &str) -> &str {
    match text.strip_prefix('`') {
        Some(rest) if !rest.starts_with('`') => {
            let rest = rest.strip_suffix('\n').unwrap_or(rest);
            // Words may stand behind the second mark.
            let end = text::find(rest, "`\n").filter(|end| !text::has(&rest[end + 1..], "`"));
            // One line alone is marked, and the report follows.
            if end.is_some_and(|end| {
                !rest[..end].contains('\n') && rest[end..].lines().nth(3).is_some()
            }) {
                return text;
            }
            end.map_or_else(
                || rest.strip_suffix('`').unwrap_or(rest),
                |end| &rest[..end],
            )
        }
        _ => text,
    }
}

/// The text without marks of code around each of its lines, of which several are frames: `` `0  Orbit  0x100 fire` ``.
pub(super) fn without_ticks_of_lines(text: &str) -> Option<String> {
    memmem::find(text.as_bytes(), b"`\n`")?;
    let inside = |line| {
        let inner = text::trim(line).strip_prefix('`')?.strip_suffix('`')?;
        (!inner.contains('`')).then_some(inner)
    };
    let frames = text::lines(text)
        .filter_map(inside)
        .filter(|line| crate::grammar::read(text::trim(line)).is_some());
    if frames.take(2).count() < 2 {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    for line in text::lines(text) {
        out.push_str(inside(line).unwrap_or(line));
        out.push('\n');
    }
    Some(out)
}
