//! A console's list of frames, copied: number, module, perhaps the place, and the function, each on a line of its own.

use std::fmt::Write as _;

use super::run_together;
use crate::text;

/// Frames that a page may fold in the middle of a stack.
const MOST_FOLDED: u32 = 500;

/// How the number of the first frame ends.
pub(super) const FIRST: [&str; 2] = ["0\n", "0\r"];

/// The text with each frame on one line, `3  Orbit  Dock.open(key:) + 7 (Dock.swift:7)`; `None` where there are no two.
pub(super) fn join(document: &str) -> Option<String> {
    let begins = FIRST.iter().any(|first| document.starts_with(first))
        || ["\n0\n", "\n0\r\n"]
            .iter()
            .any(|first| text::has(document, first));
    begins.then_some(())?;
    let lines: Vec<&str> = text::lines(document).map(text::trim).collect();
    let mut out = String::with_capacity(document.len());
    let (mut at, mut next) = (0, 0_u32);
    while at < lines.len() {
        let first = lines[at] == "0";
        let number = if first { 0 } else { next };
        match frame(&lines[at..], number) {
            Some((taken, number, row)) if first || next > 0 => {
                let _ = match row {
                    Row::Columns(row) => writeln!(out, "{number}  {row}"),
                    Row::Native(row) => writeln!(out, "#{number:02} {row}"),
                };
                at += taken;
                next = number + 1;
            }
            _ => {
                head(&mut out, lines[at]);
                out.push('\n');
                at += 1;
            }
        }
    }
    (next >= 2).then_some(out)
}

/// What stands around the frames. Crashlytics' page of a native crash has the tombstone's head in one paragraph, below a
/// title that says nothing else.
fn head(out: &mut String, line: &str) {
    let told = ["signal ", "pid: "]
        .iter()
        .all(|label| text::has(line, label));
    if told && text::has(line, "(SIG") {
        out.push_str(&run_together::labelled(line));
    } else if line != "Fatal Exception: Tombstone" {
        out.push_str(line);
    }
}

/// A frame on one line.
enum Row {
    /// `Orbit  Dock.open + 7 (Dock.swift:7)`.
    Columns(String),
    /// Android's, without an address: `liborbit.so pc ...  Dock_Open (Dock.cs)`.
    Native(String),
}

/// Bugly's console counts the rows, those of causes as well: `4 Caused by:` and `5 java.lang.NullPointerException:…` are one.
pub(super) fn causes(document: &str) -> Option<String> {
    memchr::memmem::find(document.as_bytes(), b" Caused by:\n")?;
    let row = |line: &str| {
        let (number, rest) = text::digits(text::trim(line))?;
        Some((number.parse::<u32>().ok()?, rest.trim_start().to_owned()))
    };
    let mut out = String::with_capacity(document.len());
    let mut lines = text::lines(document).peekable();
    let mut joined = false;
    while let Some(line) = lines.next() {
        let named = row(line)
            .filter(|(_, rest)| rest == "Caused by:")
            .and_then(|(number, _)| {
                let next = row(lines.peek()?)?;
                (next.0 == number + 1).then_some(next.1)
            });
        if let Some(named) = named {
            lines.next();
            joined = true;
            out.push_str("Caused by: ");
            out.push_str(&named);
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
    joined.then_some(out)
}

/// How many lines a frame takes, its number, and its row: `3`, `Orbit`, `Dock.swift - Line 7`, `Dock.open(key:) + 7`. The module may
/// be left empty, and frames in the middle may be folded.
fn frame(lines: &[&str], least: u32) -> Option<(usize, u32, Row)> {
    let [count, module, rest @ ..] = lines else {
        return None;
    };
    let folded = if least == 0 { 0 } else { MOST_FOLDED };
    let number = count.parse().ok()?;
    let fits = (least..=least + folded).contains(&number);
    let module = if module.is_empty() { "???" } else { module };
    if !fits || !is_module(module) {
        return None;
    }
    let [place, rest @ ..] = rest else {
        return None;
    };
    if module.rsplit('.').next() == Some("so") {
        let below = rest.first().copied().unwrap_or_default();
        let (taken, row) = native(module, place, below, number)?;
        return (number == least).then_some((taken, number, row));
    }
    match at_line(place) {
        Some((file, line)) => {
            let symbol = rest.first().filter(|symbol| is_symbol(symbol))?;
            let row = format!("{module}  {symbol} ({file}:{line})");
            Some((4, number, Row::Columns(row)))
        }
        None if is_symbol(place) => Some((3, number, Row::Columns(format!("{module}  {place}")))),
        None => None,
    }
}

/// File and line, in the page's language: `Dock.swift - Line 7`, `Dock.m - 第 515 行`, `Dock.m - ligne 7`.
fn at_line(place: &str) -> Option<(&str, &str)> {
    let (file, words) = text::rsplit_once(place, " - ")?;
    let start = words.find(|c: char| c.is_ascii_digit())?;
    let (line, behind) = text::digits(&words[start..])?;
    let word = |word: &str| word.trim().chars().all(char::is_alphabetic);
    let fits = !file.contains(' ') && file.contains('.') && start > 0;
    (fits && word(&words[..start]) && word(behind)).then_some((file, line))
}

/// The same of Android, where no offset marks a symbol: `1`, `liborbit.so`, perhaps `Dock.cs`, `Dock_Open`.
fn native(module: &str, place: &str, below: &str, number: u32) -> Option<(usize, Row)> {
    let goes_on = below.parse() == Ok(number + 1);
    let (file, line) = text::split_once(place, " - Line ").unwrap_or((place, ""));
    let source = [".cs", ".cpp", ".cc", ".c", ".h", ".hpp", ".inl", ".rs"]
        .iter()
        .any(|end| file.ends_with(end));
    if place.is_empty() || place == "(Missing)" {
        return None;
    }
    if source && !file.contains(' ') && !below.is_empty() && !goes_on {
        let place = if line.is_empty() {
            file.to_owned()
        } else {
            format!("{file}:{line}")
        };
        return Some((
            4,
            Row::Native(format!("{module} pc ...  {below} ({place})")),
        ));
    }
    Some((3, Row::Native(format!("{module} pc ...  {place}"))))
}

/// A module's name alone.
fn is_module(line: &str) -> bool {
    !line.is_empty()
        && line.len() <= 120
        && line.starts_with(|c: char| c.is_alphabetic() || c == '?' || c == '(')
        && !line.contains([':', '/'])
}

/// `f(int) + 404`, `(Missing)`.
fn is_symbol(line: &str) -> bool {
    line == "(Missing)"
        || text::rsplit_once(line, " + ").is_some_and(|(_, offset)| offset.parse::<u64>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_of_several_lines_becomes_a_row() {
        let text = "Crashed: main\n0\nlibA.dylib\nf(int) + 404\n1\nOrbit\nDock.swift - Line 7\nDock.open + 7\nend\n";
        assert_eq!(
            join(text).as_deref(),
            Some(
                "Crashed: main\n0  libA.dylib  f(int) + 404\n1  Orbit  Dock.open + 7 (Dock.swift:7)\nend\n"
            )
        );
        assert_eq!(join("gold\n0\nships\n1\n"), None);
    }
}
