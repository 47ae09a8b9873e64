//! The table that Android's own tool `stack` and Chromium's make of a native backtrace: address, function and place in columns under
//! `RELADDR   FUNCTION   FILE:LINE`, inlined functions first, behind `v------>`; written as `ndk-stack` prints it.

use std::fmt::Write as _;

use crate::text;

/// The first column's title.
pub(super) const MARK: &str = "RELADDR ";
/// What a tombstone has above its frames.
const FIRST: &str = "backtrace:\n";
/// What begins each of `ndk-stack`'s reports.
const NEXT: &str = "********** Crash dump: **********\n";
/// How the table's backtrace stands in a text that has it as well.
const RAW: [&str; 2] = ["#00 pc ", "#00  pc "];

/// The text with its tables as frames; `None` where there is none, or where their frames stand in it as they were.
pub(super) fn render(document: &str) -> Option<String> {
    if RAW.iter().any(|raw| text::has(document, raw)) {
        return None;
    }
    let mut out = String::with_capacity(document.len());
    let sanitized = text::has(document, "Sanitizer: ");
    let mut table: Option<Table<'_>> = None;
    let mut frames = 0;
    for line in text::lines(document) {
        let row = line.trim();
        if row.starts_with(MARK) && row.ends_with("FILE:LINE") {
            frames += table.take().map_or(0, |table| table.end(&mut out));
            // A sanitizer says itself what each of its stacks is.
            if !sanitized {
                out.push_str(if frames > 0 { NEXT } else { FIRST });
            }
            table = Some(Table {
                sanitized,
                ..Table::default()
            });
            continue;
        }
        // A blank line ends it: the memory of the stack stands in columns of its own below.
        if row.is_empty() {
            frames += table.take().map_or(0, |table| table.end(&mut out));
        }
        let taken = table.as_mut().is_some_and(|table| table.row(&mut out, row));
        if !taken && row != "Stack Trace:" {
            out.push_str(line);
            out.push('\n');
        }
    }
    frames += table.map_or(0, |table| table.end(&mut out));
    (frames > 0).then_some(out)
}

/// A table, so far.
#[derive(Default)]
struct Table<'a> {
    frames: usize,
    /// A sanitizer printed the stack.
    sanitized: bool,
    /// Functions that were inlined into the one of the next address, each with its place.
    inlined: Vec<(&'a str, &'a str)>,
}

impl<'a> Table<'a> {
    /// Writes a row; `false` where the line is none.
    fn row(&mut self, out: &mut String, row: &'a str) -> bool {
        let (address, rest) = text::word(row);
        let inlined = address.starts_with("v--") && address.ends_with("->");
        if !inlined && (address.len() < 6 || text::hex(address).is_none()) {
            return false;
        }
        let (name, place) = columns(rest);
        // Words of a person may begin with what is a number as well: `facade was built`.
        if place.is_empty() && !name.contains(['+', '(']) {
            return false;
        }
        if inlined {
            self.inlined.push((name, place));
            return true;
        }
        if self.sanitized {
            for (name, place) in std::mem::take(&mut self.inlined) {
                self.of_sanitizer(out, address, name, place);
            }
            self.of_sanitizer(out, address, without_offset(name), place);
            return true;
        }
        let number = self.frames;
        self.frames += 1;
        let _ = write!(out, "#{number:02} pc {address} ");
        let symbol = name.split(") (BuildId: ").next().unwrap_or(name);
        let known = !symbol.is_empty() && !symbol.starts_with(['?', '<']);
        if !is_place(place) {
            // The library is all that is known of the place.
            out.push_str(if place.contains('/') || is_nameless(place) {
                place
            } else {
                "<unknown>"
            });
            if known {
                let _ = write!(out, " ({symbol})");
            }
            out.push('\n');
            self.inlined.clear();
            return true;
        }
        out.push_str("<unknown>\n");
        let own = known.then_some((without_offset(symbol), place));
        for (name, place) in self.inlined.drain(..).chain(own) {
            let here = if place.contains(['/', '\\']) {
                ""
            } else {
                "./"
            };
            let _ = writeln!(out, "{name}\n{here}{place}");
        }
        true
    }
}

impl Table<'_> {
    /// `    #1 0x24b692b8 in orbit::Dock::open(int) /src/orbit/dock.cc:208:32`.
    fn of_sanitizer(&mut self, out: &mut String, address: &str, name: &str, place: &str) {
        let name = name.split(") (BuildId: ").next().unwrap_or(name);
        let _ = write!(out, "    #{} 0x{address}", self.frames);
        if !name.is_empty() && !name.starts_with(['?', '<']) {
            let _ = write!(out, " in {}", without_offset(name));
        }
        if is_place(place) {
            let _ = write!(out, " {place}");
        } else if place.contains('/') {
            let _ = write!(out, " ({place}+0x{address})");
        }
        out.push('\n');
        self.frames += 1;
    }

    /// Writes what was inlined into a function that the text ends before; how many frames there were.
    fn end(mut self, out: &mut String) -> usize {
        if self.sanitized {
            for (name, place) in std::mem::take(&mut self.inlined) {
                self.of_sanitizer(out, "0", name, place);
            }
        }
        if !self.inlined.is_empty() {
            let _ = writeln!(out, "#{:02} pc ... <unknown>", self.frames);
            self.frames += 1;
        }
        for (name, place) in self.inlined {
            let here = if place.contains(['/', '\\']) {
                ""
            } else {
                "./"
            };
            let _ = writeln!(out, "{name}\n{here}{place}");
        }
        self.frames
    }
}

/// Function and place. Columns are two blanks apart, or one where the name was longer than its column.
fn columns(rest: &str) -> (&str, &str) {
    let rest = rest.trim();
    let rest = text::split_once(rest, " (discriminator ").map_or(rest, |(rest, _)| rest);
    let apart = text::rsplit_once(rest, "  ").or_else(|| {
        let (name, place) = rest.rsplit_once(' ')?;
        (is_place(place) || place.starts_with('/') || place.starts_with("??"))
            .then_some((name, place))
    });
    match apart {
        Some((name, place)) => (name.trim(), place.trim()),
        None if rest.starts_with('/') || is_nameless(rest) => ("", rest),
        None => (rest, ""),
    }
}

/// Whether the last column holds what is no file: a part of memory, `[vdso]`, a library alone, or that nothing is known, `<unknown>`.
fn is_nameless(place: &str) -> bool {
    let marked = [('[', ']'), ('<', '>')];
    let marked = marked
        .iter()
        .any(|(open, close)| place.starts_with(*open) && place.ends_with(*close));
    let library = place.rsplit('.').next() == Some("so");
    (marked || library || place == "??") && !place.contains(' ')
}

/// Whether a place names a line: `??:0:0` and line 0 say that none is known.
fn is_place(place: &str) -> bool {
    !place.starts_with('?') && text::file_line(place).1.is_some_and(|line| line > 0)
}

/// `readdir+10` without its offset.
fn without_offset(name: &str) -> &str {
    match name.rsplit_once('+') {
        Some((front, offset))
            if !offset.is_empty() && offset.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            front
        }
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn rows_become_frames_and_what_was_inlined_stands_first() {
        let text = "Stack Trace:\n  RELADDR   FUNCTION   FILE:LINE\n  0004793e  dock_lock+2  src/dock.cpp:515 (discriminator 1)\n  \
                    v------>  Guard  src/guard.h:27\n  0001aa1b  dock_open+10 dock.cpp:120\n  00047317  run+22) (BuildId: 5c09  /system/lib/libc.so\n  \
                    00047318  hull::at()  ??:0:0\n\nStack Data:\n  ADDR  VALUE  FUNCTION\n  ffc7 0000  x\n";
        assert_eq!(
            render(text).as_deref(),
            Some(
                "backtrace:\n#00 pc 0004793e <unknown>\ndock_lock\nsrc/dock.cpp:515\n#01 pc 0001aa1b <unknown>\nGuard\nsrc/guard.h:27\n\
                 dock_open\n./dock.cpp:120\n#02 pc 00047317 /system/lib/libc.so (run+22)\n#03 pc 00047318 <unknown> (hull::at())\n\n\
                 Stack Data:\n  ADDR  VALUE  FUNCTION\n  ffc7 0000  x\n"
            )
        );
        assert_eq!(render("the RELADDR column\n"), None);
    }
}
