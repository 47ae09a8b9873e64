//! Sentry's text of a script's error, in Python's words but for the column: `File "src/dock.js", line 31, col 9, in open`, the
//! line of source below it, and `?, in Array.forEach` where a frame has no file. The innermost stands first.

use std::fmt::Write as _;

use crate::text;

/// What a row has.
pub(super) const MARK: &str = ", col ";
const FILE: &str = "File \"";

/// The text with such rows as V8 prints them; `None` where there are no two of them.
pub(super) fn render(document: &str) -> Option<String> {
    (text::has(document, MARK) && text::has(document, FILE)).then_some(())?;
    let with_column = |row: &Row<'_>| row.file.is_some_and(|(.., column)| column.is_some());
    let rows = text::lines(document).filter_map(row).filter(with_column);
    (rows.take(2).count() == 2).then_some(())?;
    let mut out = String::with_capacity(document.len());
    // So far in stands the row above a line of source.
    let mut above: Option<usize> = None;
    for line in text::lines(document) {
        let indent = line.len() - line.trim_start().len();
        if let Some(row) = row(line) {
            above = Some(indent);
            row.write(&mut out);
        } else if above.is_none_or(|above| indent <= above) {
            above = None;
            out.extend([line, "\n"]);
        }
    }
    Some(out)
}

/// What a row of a native frame without a file has; Python has none.
const UNKNOWN: &str = "?, in ";
const NO_FILE: &str = "File \"null\", line null, in ";
pub(super) const WITHOUT_FILE: [&str; 2] = [UNKNOWN, NO_FILE];

/// The same of a native crash, which has no columns, numbered from the innermost frame on: `#0 dock_open at src/dock.c:31`.
pub(super) fn of_native(document: &str) -> Option<String> {
    let native = |row: &Row<'_>| {
        row.file.is_none_or(|(file, _, column)| {
            let kind = file.rsplit_once('.').map_or("", |(_, kind)| kind);
            column.is_none()
                && matches!(
                    kind,
                    "c" | "cc" | "cpp" | "cxx" | "h" | "hpp" | "m" | "mm" | "rs" | "S" | "swift"
                )
        })
    };
    let mut rows = text::lines(document).filter_map(row).peekable();
    rows.peek()?;
    let mut unknown = false;
    for row in rows {
        native(&row).then_some(())?;
        unknown |= row.file.is_none();
    }
    unknown.then_some(())?;
    let mut out = String::with_capacity(document.len());
    let mut number = 0_usize;
    for line in text::lines(document) {
        let Some(row) = row(line) else {
            out.extend([line, "\n"]);
            continue;
        };
        let (file, at) = row.file.map_or(("??", "0"), |(file, at, _)| (file, at));
        let _ = writeln!(out, "#{number} {} at {file}:{at}", row.call);
        number += 1;
    }
    Some(out)
}

/// A row of the list; of a frame without a file the call is all that is known.
struct Row<'a> {
    file: Option<(&'a str, &'a str, Option<&'a str>)>,
    call: &'a str,
}

fn row(line: &str) -> Option<Row<'_>> {
    let line = text::trim(line);
    let without_file = || {
        let mut starts = WITHOUT_FILE.iter();
        starts.find_map(|start| line.strip_prefix(start))
    };
    if let Some(call) = without_file() {
        return Some(Row { file: None, call });
    }
    let (file, rest) = text::split_once(line.strip_prefix(FILE)?, "\", line ")?;
    let (number, rest) = text::digits(rest)?;
    let (column, rest) = match rest.strip_prefix(MARK).and_then(text::digits) {
        Some((column, rest)) => (Some(column), rest),
        None => (None, rest),
    };
    let call = rest.strip_prefix(", in ").unwrap_or("?");
    Some(Row {
        file: Some((file, number, column)),
        call,
    })
}

impl Row<'_> {
    fn write(&self, out: &mut String) {
        let call = match self.call.strip_prefix("null.").unwrap_or(self.call) {
            "?" => "<anonymous>",
            call => call,
        };
        out.extend(["    at ", call, " ("]);
        match self.file {
            Some((file, line, Some(column))) => out.extend([file, ":", line, ":", column]),
            Some((file, line, None)) => out.extend([file, ":", line]),
            None => out.push_str("<anonymous>"),
        }
        out.push_str(")\n");
    }
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn rows_of_scripts_are_v8s() {
        let text = "TypeError: no bay\n  File \"src/dock.js\", line 31, col 9, in open\n    bay.open();\n  ?, in Array.map\n  File \"src/main.ts\", line 3, col 1, in null.<anonymous>\nsaid\n";
        assert_eq!(
            render(text).as_deref(),
            Some(
                "TypeError: no bay\n    at open (src/dock.js:31:9)\n    at Array.map (<anonymous>)\n    at <anonymous> (src/main.ts:3:1)\nsaid\n"
            )
        );
        assert_eq!(render("File \"a.py\", line 3, in b\n, col 3\n"), None);
    }
}
