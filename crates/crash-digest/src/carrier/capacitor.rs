//! What Capacitor logs of a web app. In Xcode `⚡️  ------ STARTUP JS ERROR ------`, the error below it, and its place apart from its
//! file, or `⚡️  [error] - TypeError: …`; on Android `File: http://localhost/dock.js - Line 31 - Msg: Uncaught TypeError: …`.

use super::json_document;
use crate::grammar;
use crate::text;

/// The heading.
const MARK: &str = "STARTUP JS ERROR";
/// What stands in front of an error in Xcode, and of what was logged on Android.
const ERROR: &str = "[error] - ";
const MESSAGE: &str = " - Msg: ";
pub(super) const MARKS: [&str; 3] = [MARK, ERROR, MESSAGE];
/// What stands in front of each of its lines: a flash, with or without the sign for its colour.
const FLASH: char = '\u{26a1}';

/// The text with each such error and its place as a stack, the errors at the start in front; `None` where none was read.
pub(super) fn render(document: &str) -> Option<String> {
    let (mut out, mut rest) = (String::new(), String::new());
    let mut lines = text::lines(document).peekable();
    let mut logged = false;
    while let Some(line) = lines.next() {
        if !text::has(line, MARK) {
            match said(line, lines.peek().copied().unwrap_or_default()) {
                Some(said) => {
                    rest.push_str(&said);
                    logged = true;
                }
                None => rest.extend([line, "\n"]),
            }
            continue;
        }
        let mut file = None;
        let mut said = String::new();
        // The message may be of several lines, up to the file.
        while let Some(line) = lines.peek() {
            let line = without_flash(line);
            if text::has(line, MARK) || line.starts_with("See above for help") {
                break;
            }
            lines.next();
            if let Some(url) = line.strip_prefix("URL: ") {
                file = Some(url);
                break;
            }
            if !line.is_empty() {
                said.extend([line, "\n"]);
            }
        }
        let place = lines.peek().map(|line| without_flash(line));
        let place = place.filter(|place| file.is_some() && text::file_line(place).1.is_some());
        if place.is_some() {
            lines.next();
        }
        out.push_str(&said);
        if let Some((url, place)) = file.zip(place) {
            let (name, position) = place.split_once(':').unwrap_or((place, ""));
            let whole = url.ends_with(name);
            out.extend([
                "    at ",
                if whole { url } else { name },
                ":",
                position,
                "\n",
            ]);
        }
        out.push('\n');
    }
    (logged || !out.is_empty()).then(|| out + &rest)
}

/// A line that logs an error, as the error and its place.
fn said(line: &str, below: &str) -> Option<String> {
    if let Some((front, message)) = text::split_once(line, MESSAGE) {
        let (url, number) = text::rsplit_once(front, " - Line ")?;
        let url = url.trim_start().strip_prefix("File: ")?.trim();
        // What was caught has a stack of its own; the place is of the line that logged it.
        let uncaught =
            message.starts_with("Uncaught ") && grammar::read(text::trim(below)).is_none();
        let placed =
            uncaught && !url.is_empty() && number.parse().is_ok_and(|number: u32| number > 0);
        return Some(if placed {
            [message, "\n    at ", url, ":", number, "\n"].concat()
        } else {
            [message, "\n"].concat()
        });
    }
    let error = line.trim_start().strip_prefix(FLASH)?;
    let error = error.trim_start_matches('\u{fe0f}').trim_start();
    let error = error.strip_prefix(ERROR)?.trim();
    if !error.starts_with('{') {
        return Some([error, "\n"].concat());
    }
    let document = json_document::parse(error)?;
    let thrown = document.get("error")?;
    let field = |name: &str| thrown.get(name);
    let message = field("message")?.as_str()?;
    let url = field("url")?.as_str()?;
    let number = field("line")?.as_u64()?;
    let column = field("col").and_then(serde_json::Value::as_u64);
    Some(format!(
        "{message}\n    at {url}:{number}:{}\n",
        column.unwrap_or(1)
    ))
}

/// `⚡️  index.js:31:5` is `index.js:31:5`.
fn without_flash(line: &str) -> &str {
    line.trim().trim_start_matches([FLASH, '\u{fe0f}']).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_and_its_place_are_a_stack() {
        let text = "⚡️  Loading\n\n⚡️  ------ STARTUP JS ERROR ------\n\n⚡️  ReferenceError: no bay\n\
                    ⚡️  URL: capacitor://localhost/dock-1f.js\n⚡️  dock-1f.js:31:5\n⚡️  [error] - {}\n";
        assert_eq!(
            render(text).unwrap(),
            "ReferenceError: no bay\n    at capacitor://localhost/dock-1f.js:31:5\n\n⚡️  Loading\n\n⚡️  [error] - {}\n"
        );
    }
}
