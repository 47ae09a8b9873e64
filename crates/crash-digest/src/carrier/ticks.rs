//! Markdown's marks of code around a text, a part of it or each of its lines.

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

/// Lines that are all marked.
const FEWEST: usize = 3;

/// The text without marks of code around each of its lines, which are all or of which several are frames:
/// `` `0  Orbit  0x100 fire` ``.
pub(super) fn without_ticks_of_lines(text: &str) -> Option<String> {
    memmem::find(text.as_bytes(), b"`\n`")?;
    let marked = |line| text::trim(line).strip_prefix('`')?.strip_suffix('`');
    // Where all lines are marked so, one more mark inside is the text's own.
    let mut lines = text::lines(text).filter(|line| !line.trim().is_empty());
    if lines.by_ref().take(FEWEST).filter_map(marked).count() == FEWEST
        && lines.all(|line| marked(line).is_some())
    {
        let lines = text::lines(text).map(|line| marked(line).unwrap_or(line));
        return Some(lines.flat_map(|line| [line, "\n"]).collect());
    }
    let inside = |line| marked(line).filter(|inner| !inner.contains('`'));
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

/// The text without one pair of marks of code that opens at the start of a line and closes at the end of a later one, or not at
/// all where the text is cut.
pub(super) fn without_ticks(text: &str) -> Option<String> {
    let open = memmem::find(text.as_bytes(), b"\n`")? + 1;
    let (front, rest) = text.split_at(open);
    let rest = rest.strip_prefix('`')?;
    let Some(end) = memchr::memchr(b'`', rest.as_bytes()) else {
        return Some([front, rest].concat());
    };
    let closes = matches!(rest.as_bytes().get(end + 1), None | Some(b'\n' | b'\r'));
    let spans = memchr::memchr(b'\n', &rest.as_bytes()[..end]).is_some();
    if end == 0 || !closes || !spans {
        return None;
    }
    Some([front, &rest[..end], &rest[end + 1..]].concat())
}

/// A line without the one tick that it begins or ends with.
pub(super) fn without_lone_tick(line: &str) -> &str {
    let trimmed = line.trim_end();
    let ticks = memchr::memchr_iter(b'`', trimmed.as_bytes()).take(2);
    if ticks.count() != 1 {
        return line;
    }
    trimmed
        .strip_prefix('`')
        .or_else(|| trimmed.strip_suffix('`'))
        .unwrap_or(line)
}
