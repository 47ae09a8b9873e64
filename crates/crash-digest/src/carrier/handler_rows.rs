//! Rows of glibc's `backtrace_symbols` as programs' own handlers print them, each with a mark of its own in front:
//! `3 ./orbit(main+0xc47) [0x406bc7]`, `[bt] 3: …`, `frame #3: …`, `(3) …`; and the rows of the BSDs' function of that name,
//! `0x400abc <dock_open+0x1c> at /srv/orbit/bin/orbit`.

use std::borrow::Cow;

use crate::frame::Note;
use crate::grammar;
use crate::text;

/// Where the address of such a row begins.
pub(super) const MARKS: [&str; 3] = [") [0x", ")[0x", "> at /"];
/// A mark in front, with what a log wrote there, is no longer.
const LONGEST: usize = 80;
/// One alone may be a sentence that quotes a place.
const FEWEST: usize = 2;

/// The text with bare rows; `None` where fewer than two have a mark in front.
pub(super) fn render(text: &str) -> Option<String> {
    let marked = text::lines(text).filter(|line| read(line).is_some());
    if marked.take(FEWEST).count() < FEWEST {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    for line in text::lines(text) {
        out.push_str(&read(line).unwrap_or(Cow::Borrowed(line)));
        out.push('\n');
    }
    Some(out)
}

/// The row as glibc prints it; `None` where the line is none, or is one.
fn read(line: &str) -> Option<Cow<'_, str>> {
    row(line)
        .map(Cow::Borrowed)
        .or_else(|| of_bsd(line).map(Cow::Owned))
}

/// A row of the BSDs: `#1 0x400abc <dock_open+0x1c> at /srv/orbit/bin/orbit`.
fn of_bsd(line: &str) -> Option<String> {
    let (front, module) = text::rsplit_once(line, "> at /")?;
    let (front, name) = text::rsplit_once(front, " <")?;
    let address = front.rsplit([' ', '\t']).next().unwrap_or(front);
    text::hex(address.strip_prefix("0x")?)?;
    let (_, offset) = text::rsplit_once(name, "+")?;
    let hex = offset.strip_prefix("0x");
    let placed = match hex {
        Some(digits) => text::hex(digits).is_some(),
        None => !offset.is_empty() && offset.bytes().all(|byte| byte.is_ascii_digit()),
    };
    let name = match (hex, offset.parse::<u64>()) {
        (None, Ok(number)) => format!("{}+{number:#x}", &name[..name.len() - offset.len() - 1]),
        _ => name.to_owned(),
    };
    let fits = placed && front.len() <= LONGEST && !module.contains(' ');
    fits.then(|| format!("/{}({name}) [{address}]", module.trim_end()))
}

/// The row behind the mark; `None` where the line is none, or begins with it.
fn row(line: &str) -> Option<&str> {
    let line = text::trim(line);
    let (front, address) = text::last_group(line, b'[', b']')?;
    text::hex(address.strip_prefix("0x")?)?;
    let (module, inner) = text::last_group(front.trim_end(), b'(', b')')?;
    let placed = inner.is_empty()
        || text::rsplit_once(inner, "+0x").is_some_and(|(_, at)| text::hex(at).is_some());
    if !placed || module.is_empty() || module.ends_with([' ', '\t']) {
        return None;
    }
    // Titles of processes have blanks as well; Apple counts samples in front of rows of its own.
    let read = grammar::read(line).is_some_and(|frame| !matches!(frame.note, Note::Samples(_)));
    if read {
        return None;
    }
    // A folder may have blanks in its name.
    let start = text::find(module, " /")
        .or_else(|| text::find(module, "\t/"))
        .or_else(|| module.rfind([' ', '\t']))?
        + 1;
    (start <= LONGEST).then(|| &line[start..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_behind_marks() {
        for mark in [
            "3 ",
            "3: ",
            "#3 ",
            "(3) ",
            "3) ",
            "3# ",
            "frame 3: ",
            "3 - ",
            "[bt]: (3) ",
            "[bt] 3: ",
            "- ",
            "3\t",
            "at ",
        ] {
            for place in [
                "./orbit(main+0xc47) [0x406bc7]",
                "/opt/Star Fall/orbit() [0x40cf21]",
                "/lib/libc.so.6(+0x128974)[0x7fb3ade21974]",
            ] {
                assert_eq!(row(&format!("{mark}{place}")), Some(place), "{mark}");
            }
        }
        for line in [
            "./orbit(main+0xc47) [0x406bc7]",
            "1001 start + 6 (dyld + 1234) [0x7fb3ade21974]",
            "see the table (page 3) [0x12]",
        ] {
            assert_eq!(row(line), None, "{line}");
        }
    }
}
