//! Small readers of text that every grammar shares: lines, numbers, `file:line`, brackets from the right.

#![expect(
    clippy::inline_always,
    reason = "the compiler knows the rarest byte of a needle in the code only where the search is inlined"
)]

use aho_corasick::{AhoCorasick, MatchKind};
use memchr::{memchr, memchr_iter, memchr2, memrchr_iter, memrchr2_iter};

/// The lines of a text without their ends; `\r\n` and `\n` both count, a lone `\r` does not.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut from = 0;
    let mut ends = memchr_iter(b'\n', text.as_bytes());
    let mut done = text.is_empty();
    std::iter::from_fn(move || {
        if done {
            return None;
        }
        let to = ends.next().unwrap_or_else(|| {
            done = true;
            text.len()
        });
        let line = &text[from..to];
        from = to + 1;
        if from >= text.len() {
            done = true;
        }
        Some(line.strip_suffix('\r').unwrap_or(line))
    })
}

/// A line without what surrounds it: white space, control characters, and the colour codes some
/// consoles leave before a line (`ESC [ 3 1 m`).
pub(crate) fn trim(line: &str) -> &str {
    let bytes = line.as_bytes();
    // Most lines have nothing around them but blanks in front.
    let indent = bytes.iter().take_while(|byte| **byte == b' ').count();
    if matches!(
        bytes[indent..],
        [b'!'..=b'~', .., b'!'..=b'l' | b'n'..=b'~']
    ) {
        return &line[indent..];
    }
    let mut from = 0;
    let mut to = bytes.len();
    loop {
        while to > 0 && (bytes[to - 1] <= b' ' || bytes[to - 1] == 0x7f) {
            to -= 1;
        }
        let Some(colour) = colour_at_end(&bytes[..to]) else {
            break;
        };
        to -= colour;
    }
    while from < to {
        if bytes[from] == 0x1b && bytes.get(from + 1) == Some(&b'[') {
            let mut end = from + 2;
            while end < to && (bytes[end].is_ascii_digit() || bytes[end] == b';') {
                end += 1;
            }
            from = (end + 1).min(to);
            // The final byte of a broken sequence may be the middle of a character.
            while from < to && !line.is_char_boundary(from) {
                from += 1;
            }
        } else if bytes[from] <= b' ' || bytes[from] == 0x7f {
            from += 1;
        } else {
            break;
        }
    }
    &line[from..to.max(from)]
}

/// How long the colour code is that ends the text, `ESC [ 0 m`.
fn colour_at_end(bytes: &[u8]) -> Option<usize> {
    let (b'm', front) = bytes.split_last()? else {
        return None;
    };
    let digits = front
        .iter()
        .rev()
        .take(12)
        .take_while(|byte| byte.is_ascii_digit() || **byte == b';')
        .count();
    front[..front.len() - digits]
        .ends_with(b"\x1b[")
        .then_some(digits + 3)
}

/// A hexadecimal number, with or without `0x`, with the back-tick `WinDbg` prints in the middle.
pub(crate) fn hex(text: &str) -> Option<u64> {
    let digits = text
        .strip_prefix("0x")
        .or_else(|| text.strip_prefix("0X"))
        .unwrap_or(text);
    if digits.is_empty() || digits.len() > 32 {
        return None;
    }
    let mut value = 0_u64;
    let mut count = 0;
    for byte in digits.bytes() {
        let Some(digit) = char::from(byte).to_digit(16) else {
            if byte == b'`' {
                continue;
            }
            return None;
        };
        count += 1;
        if value >> 60 != 0 {
            return None;
        }
        value = value << 4 | u64::from(digit);
    }
    (count > 0).then_some(value)
}

/// An offset: `164`, `0xa4`, `+0xa4`.
pub(crate) fn offset(text: &str) -> Option<u64> {
    // Most stand alone.
    let text = match text.as_bytes() {
        [b'0'..=b'9'] | [b'0'..=b'9', .., b'!'..=b'~'] => text,
        _ => text.trim().trim_start_matches('+').trim_start(),
    };
    if text.starts_with("0x") || text.starts_with("0X") {
        hex(text)
    } else {
        text.parse().ok()
    }
}

/// Splits a run of decimal digits off the front: `12 rest` is `("12", " rest")`.
pub(crate) fn digits(text: &str) -> Option<(&str, &str)> {
    let end = text
        .bytes()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// Splits at the first white space: `pc 0001 lib` is `("pc", "0001 lib")`.
pub(crate) fn word(text: &str) -> (&str, &str) {
    match memchr2(b' ', b'\t', text.as_bytes()) {
        Some(at) => (&text[..at], text[at..].trim_start()),
        None => (text, ""),
    }
}

/// `SparseArray.h:254`, `index.js:12:34` and `Foo.cs:line 12` to path and line; the column is dropped.
pub(crate) fn file_line(text: &str) -> (&str, Option<u32>) {
    let (path, line) = trailing_number(text);
    let Some(line) = line else {
        return (text, None);
    };
    match trailing_number(path) {
        (shorter, Some(first)) => (shorter, Some(first)),
        _ => (path.strip_suffix(":line").unwrap_or(path), Some(line)),
    }
}

fn trailing_number(text: &str) -> (&str, Option<u32>) {
    let bytes = text.as_bytes();
    let mut at = bytes.len();
    while at > 0 && bytes[at - 1].is_ascii_digit() {
        at -= 1;
    }
    if at == bytes.len() || at == 0 {
        return (text, None);
    }
    let number = text[at..].parse().ok();
    match bytes[at - 1] {
        b':' => (&text[..at - 1], number),
        b' ' if text[..at - 1].ends_with(":line") => (&text[..at - 1], number),
        // Recognised from a picture: `dock.js: 31:5`.
        b' ' if text[..at - 1].ends_with(".js:") => (&text[..at - 2], number),
        _ => (text, None),
    }
}

/// Splits the last bracketed group off: `abort (a(b)c) ` is `("abort ", "a(b)c")`.
///
/// Brackets inside are balanced from the right, for paths such as `C:/Program Files (x86)/a.h:1`.
pub(crate) fn last_group(text: &str, open: u8, close: u8) -> Option<(&str, &str)> {
    let text = text.trim_end();
    let bytes = text.as_bytes();
    if bytes.last() != Some(&close) {
        return None;
    }
    let mut depth = 0_usize;
    for at in memrchr2_iter(open, close, bytes) {
        if bytes[at] == close {
            depth += 1;
        } else {
            depth -= 1;
            if depth == 0 {
                return Some((&text[..at], &text[at + 1..bytes.len() - 1]));
            }
        }
    }
    None
}

/// What follows `label`, up to the end of the line or one of `stops`.
#[inline(always)]
pub(crate) fn after<'a>(line: &'a str, label: &str, stops: &[u8]) -> Option<&'a str> {
    let from = find(line, label)? + label.len();
    up_to(&line[from..], stops)
}

/// The front of a text up to one of `stops`, without the white space around it; `None` where nothing is left.
fn up_to<'a>(text: &'a str, stops: &[u8]) -> Option<&'a str> {
    let text = text.trim_start();
    let bytes = text.as_bytes();
    let to = match *stops {
        [] => None,
        [one] => memchr(one, bytes),
        [one, other] => memchr2(one, other, bytes),
        _ => bytes.iter().position(|byte| stops.contains(byte)),
    };
    let found = text[..to.unwrap_or(text.len())].trim_end();
    (!found.is_empty()).then_some(found)
}

/// Looks for any of a few short words. Leftmost matches are looked for in many bytes at once, others byte by byte.
pub(crate) fn searcher(words: &[&str]) -> AhoCorasick {
    let kind = MatchKind::LeftmostFirst;
    let searcher = AhoCorasick::builder().match_kind(kind).build(words);
    searcher.expect("a few short words fit")
}

/// Where `needle` occurs first. Lines are short: nothing is prepared, as searches for long texts do.
#[inline(always)]
pub(crate) fn find(text: &str, needle: &str) -> Option<usize> {
    first(text.as_bytes(), needle.as_bytes(), rarest(needle))
}

/// Where `needle` occurs last.
#[inline(always)]
pub(crate) fn rfind(text: &str, needle: &str) -> Option<usize> {
    last(text.as_bytes(), needle.as_bytes(), rarest(needle))
}

fn first(text: &[u8], needle: &[u8], rare: usize) -> Option<usize> {
    let mut places = memchr_iter(*needle.get(rare)?, text.get(rare..)?);
    places.find(|at| begins(&text[*at..], needle))
}

fn last(text: &[u8], needle: &[u8], rare: usize) -> Option<usize> {
    let mut places = memrchr_iter(*needle.get(rare)?, text.get(rare..)?);
    places.find(|at| begins(&text[*at..], needle))
}

/// Whether `text` begins with `needle`. Most places differ in their first byte or their last.
#[inline]
fn begins(text: &[u8], needle: &[u8]) -> bool {
    let ends = needle.len().wrapping_sub(1);
    text.first() == needle.first() && text.get(ends) == needle.last() && text.starts_with(needle)
}

/// Where `needle` has the byte that the fewest lines have, among its first eight. Written without a loop, so that the
/// compiler knows it of every needle that stands in the code.
#[inline(always)]
fn rarest(needle: &str) -> usize {
    let needle = needle.as_bytes();
    let first = rarer(needle, rarer(needle, 0, 1), rarer(needle, 2, 3));
    rarer(
        needle,
        first,
        rarer(needle, rarer(needle, 4, 5), rarer(needle, 6, 7)),
    )
}

/// Of two places, that of the rarer byte; a place behind the end has none.
#[inline(always)]
const fn rarer(needle: &[u8], one: usize, other: usize) -> usize {
    if other >= needle.len() {
        return one;
    }
    if one < needle.len() && frequency(needle[one]) <= frequency(needle[other]) {
        one
    } else {
        other
    }
}

/// How often crash texts have a byte, from 0 to 4.
#[inline(always)]
const fn frequency(byte: u8) -> u8 {
    match byte {
        b' ' | b'.' | b'a' | b'e' | b'i' | b'n' | b'o' | b'r' | b's' | b't' => 4,
        b'c' | b'd' | b'l' | b'm' | b'p' | b'u' | b'0' | b'1' => 3,
        b'a'..=b'z' | b':' | b'(' | b')' | b'/' | b'_' | b'0'..=b'9' => 2,
        b'A'..=b'Z' | b'-' | b'"' | b'\'' | b',' => 1,
        _ => 0,
    }
}

/// Takes `mark` off the front of `rest`; `false` where it begins with something else.
pub(crate) fn take(rest: &mut &str, mark: &str) -> bool {
    let behind = rest.strip_prefix(mark);
    *rest = behind.unwrap_or(rest);
    behind.is_some()
}

/// Whether a text is a version of three numbers or more and nothing else: `7.1.8.9375512768`.
pub(crate) fn is_version(text: &str) -> bool {
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= 40 && text.split('.').all(number) && text.split('.').nth(2).is_some()
}

/// What stands in quotation marks, which may end in a quotation of its own: `'no bay 'north''`. The second mark may be cut off.
pub(crate) fn unquoted(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(inner) => inner.strip_suffix('\'').unwrap_or(inner),
        None => text.trim_end_matches('\''),
    }
}

/// Where `part` stands in `whole`; `None` where it is a text of its own.
pub(crate) fn place(whole: &str, part: &str) -> Option<usize> {
    let at = (part.as_ptr() as usize).checked_sub(whole.as_ptr() as usize)?;
    (at + part.len() <= whole.len()).then_some(at)
}

/// A part of a text with so many bytes in front of it: the mark that it was found behind.
pub(crate) fn with_mark<'a>(whole: &'a str, part: &str, mark: usize) -> Option<&'a str> {
    let at = place(whole, part)?;
    whole.get(at.checked_sub(mark)?..at + part.len())
}

/// What stands before and behind the first `separator`.
#[inline(always)]
pub(crate) fn split_once<'a>(text: &'a str, separator: &str) -> Option<(&'a str, &'a str)> {
    let at = find(text, separator)?;
    Some((&text[..at], &text[at + separator.len()..]))
}

/// What stands before and behind the last `separator`.
#[inline(always)]
pub(crate) fn rsplit_once<'a>(text: &'a str, separator: &str) -> Option<(&'a str, &'a str)> {
    let at = rfind(text, separator)?;
    Some((&text[..at], &text[at + separator.len()..]))
}

/// Whether `needle` occurs in `text`.
#[inline(always)]
pub(crate) fn has(text: &str, needle: &str) -> bool {
    needle.is_empty() || find(text, needle).is_some()
}

/// The same in a whole document, where a search that is prepared costs less than one that begins at once.
pub(crate) fn holds(document: &str, needle: &str) -> bool {
    memchr::memmem::find(document.as_bytes(), needle.as_bytes()).is_some()
}

/// Whether `needle` occurs in `text`, in upper or lower case of ASCII.
pub(crate) fn has_in_any_case(text: &str, needle: &str) -> bool {
    let Some(first) = needle.bytes().next() else {
        return true;
    };
    let (text, needle) = (text.as_bytes(), needle.as_bytes());
    memchr::memchr2_iter(first.to_ascii_lowercase(), first.to_ascii_uppercase(), text).any(|at| {
        text.get(at..at + needle.len())
            .is_some_and(|part| part.eq_ignore_ascii_case(needle))
    })
}

/// At most `most` bytes of the text, cut where a character ends.
pub(crate) fn head(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let mut end = most;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The last part of a path whose separators may be mixed: `C:\a/b.h` is `b.h`.
pub(crate) fn base_name(path: &str) -> &str {
    let at = path.bytes().rposition(|byte| byte == b'/' || byte == b'\\');
    at.map_or(path, |at| &path[at + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_empty_ones_and_drop_carriage_returns() {
        assert_eq!(lines("a\r\n\nb").collect::<Vec<_>>(), ["a", "", "b"]);
        assert_eq!(lines("a\n").collect::<Vec<_>>(), ["a"]);
        assert_eq!(lines("\n").collect::<Vec<_>>(), [""]);
        assert_eq!(lines("").count(), 0);
    }

    #[test]
    fn paths_lines_and_columns_come_apart() {
        assert_eq!(file_line("C:/a.h:254"), ("C:/a.h", Some(254)));
        assert_eq!(file_line("main.js:12:34"), ("main.js", Some(12)));
        assert_eq!(file_line(r"D:\a.cs:line 7"), (r"D:\a.cs", Some(7)));
        assert_eq!(file_line("Native Method"), ("Native Method", None));
    }

    #[test]
    fn trimming_takes_colours_off() {
        assert_eq!(trim("\u{1b}[31m \0 boom \u{1b}[0m \r"), "boom");
        assert_eq!(trim("\u{1b}[\u{202e}x"), "x");
    }

    #[test]
    fn groups_balance_from_the_right() {
        assert_eq!(
            last_group("f (C:/P (x86)/a.h:1)", b'(', b')'),
            Some(("f ", "C:/P (x86)/a.h:1"))
        );
        assert_eq!(last_group("f) x)", b'(', b')'), None);
    }
}
