//! A tracker's stack as a table of HTML, `BugSplat`'s in an issue: `<tr><td>Orbit!Dock::open</td><td>C:/ws/dock.cpp(31)</td></tr>`,
//! the whole of it on one line, below labels in bold letters.

use std::fmt::Write as _;

use crate::{grammar, text};

/// A cell ends.
pub(super) const END: &str = "</td>";
/// A row begins.
const MARK: &str = "<tr><td>";
/// Tags of a table.
const TAGS: [&str; 6] = ["table", "thead", "tbody", "tr", "th", "td"];
/// Cells of one row that are looked at.
const CELLS: usize = 4;
/// Headings of the two columns.
const HEADINGS: [&str; 2] = [
    "<th>Function</th><th>File</th>",
    "<th>Function</th><th>Source</th>",
];

/// The text with such rows as frames on lines of their own; `None` where a table holds none.
pub(super) fn render(document: &str) -> Option<String> {
    let document = &tight(document);
    let headed = HEADINGS.iter().any(|heading| text::has(document, heading));
    let frame = |row: &str| grammar::read(&written(row)).is_some();
    let called = |row: &str| row.contains('!') && frame(row);
    let mut rows = document.split(MARK).skip(1);
    let tells = if headed {
        rows.any(frame)
    } else {
        rows.any(called)
    };
    if !tells {
        return None;
    }
    let mut out = String::with_capacity(document.len());
    // Rows of a table of calls; another one's are no frames.
    let mut calls = false;
    for line in text::lines(document) {
        calls |= HEADINGS.iter().any(|heading| text::has(line, heading));
        let Some(at) = text::find(line, MARK) else {
            out.extend([&without_bold(line), "\n"]);
            continue;
        };
        let front = line[..at].split("<table").next().unwrap_or_default();
        if !front.trim().is_empty() {
            out.extend([front, "\n"]);
        }
        for row in line[at..].split(MARK).skip(1) {
            calls |= called(row);
            if calls {
                out.extend([&written(row), "\n"]);
            } else {
                out.extend([&said(row), "\n"]);
            }
            calls &= !text::has(row, "</table>");
        }
    }
    Some(out)
}

/// The text with the tags of tables without attributes, and without the blanks and ends of lines between them.
fn tight(document: &str) -> String {
    let mut out = String::with_capacity(document.len());
    let mut rest = document;
    // Behind a tag inside of a table.
    let mut inside = false;
    while let Some(open) = memchr::memchr(b'<', rest.as_bytes()) {
        let (front, behind) = rest.split_at(open);
        let Some((name, length)) = tag(behind) else {
            out.extend([front, "<"]);
            (rest, inside) = (&behind[1..], false);
            continue;
        };
        if !inside || !front.trim().is_empty() {
            out.push_str(front);
        }
        if !name.ends_with("thead") && !name.ends_with("tbody") {
            out.extend(["<", name, ">"]);
        }
        inside = name != "/table";
        rest = &behind[length..];
    }
    out.push_str(rest);
    out
}

/// The name of a table's tag that a text begins with, and the length of the tag.
fn tag(text: &str) -> Option<(&str, usize)> {
    /// A tag with its attributes is no longer, in bytes.
    const LONGEST: usize = 300;
    let end = memchr::memchr(b'>', text::head(text, LONGEST).as_bytes())?;
    let name = text[1..end].split([' ', '\n', '\t']).next()?;
    let known = name.strip_prefix('/').unwrap_or(name);
    TAGS.contains(&known).then_some((name, end + 1))
}

/// A row as debuggers print a frame: `Orbit!Dock::open [C:/ws/dock.cpp:31]`.
fn written(row: &str) -> String {
    let row = row.split("</tr>").next().unwrap_or(row);
    let mut cells = row.split("</td>").take(CELLS).map(|cell| {
        let cell = cell.trim();
        cell.strip_prefix("<td>").unwrap_or(cell).trim()
    });
    let function = cells.next().unwrap_or_default();
    let place = cells.next().unwrap_or_default();
    let word = !function.is_empty() && !function.contains(['!', ' ', '(', ':']);
    let mut out = function.to_owned();
    if word && !function.starts_with("0x") {
        // A module alone, whose symbols were not there.
        out.push_str("!UnknownFunction");
    }
    let number = place
        .strip_suffix(')')
        .and_then(|place| place.rsplit_once('('))
        .or_else(|| place.rsplit_once(':'));
    if let Some((file, line)) = number
        && !line.is_empty()
        && line.bytes().all(|byte| byte.is_ascii_digit())
    {
        let _ = write!(out, " [{file}:{line}]");
    } else if word && !function.starts_with("0x") {
        out.push_str(" []");
    }
    out
}

/// A row of another table: `System: Windows 11`.
fn said(row: &str) -> String {
    let row = row.split("</tr>").next().unwrap_or(row);
    let cells = row.split("</td>").take(CELLS).map(|cell| {
        let cell = cell.trim();
        cell.strip_prefix("<td>").unwrap_or(cell).trim()
    });
    let cells: Vec<&str> = cells.filter(|cell| !cell.is_empty()).collect();
    cells.join(": ")
}

/// `**Error Code:** c0000005 Access violation` without the marks, under the name that Windows' own reports have for it.
fn without_bold(line: &str) -> String {
    let labelled = line
        .strip_prefix("**")
        .and_then(|rest| text::split_once(rest, ":**"));
    match labelled {
        Some(("Error Code", code)) => format!("Exception Code:{code}"),
        Some((label, value)) => format!("{label}:{value}"),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn rows_are_lines() {
        let text = "**Error Code:** c0000005 Access violation\n<table><tr><th>Function</th><th>File</th></tr><tr><td>Orbit!Dock::open</td>\
                    <td>C:/ws/dock.cpp(31)</td></tr><tr><td>hull</td><td> - </td></tr><tr><td>0x000001a94e934980</td><td></td></tr></table>\n";
        assert_eq!(
            render(text).as_deref(),
            Some(
                "Exception Code: c0000005 Access violation\nOrbit!Dock::open [C:/ws/dock.cpp:31]\nhull!UnknownFunction []\n0x000001a94e934980\n"
            )
        );
        let apart = "<table class=\"x\">\n  <thead><tr><th>Function</th>\n<th>File</th></tr></thead>\n  <tr class='odd'>\n    <td>Orbit!main</td>\n    \
                     <td>C:/ws/main.cpp(7)</td>\n  </tr>\n</table>\nbelow\n";
        assert_eq!(
            render(apart).as_deref(),
            Some("Orbit!main [C:/ws/main.cpp:7]\nbelow\n")
        );
        let other = "<table><tr><td>bays</td><td>31</td></tr></table>\n";
        assert_eq!(render(other), None);
    }
}
