//! Errors in the words of a web view's console, each on a line with its place: Chromium's, Capacitor's, Cordova's.

use std::fmt::Write as _;

use crate::text;

/// What each form has on its line.
pub(super) const FORMS: [&str; 3] = [":CONSOLE(", " - Msg: ", ": Line "];

/// The text with such errors as scripts print them, `Uncaught TypeError: no bay` over `at http://host/app.js:31`; `None` where
/// there is none.
pub(super) fn render(document: &str) -> Option<String> {
    if !text::has(document, "Uncaught ") || !FORMS.iter().any(|form| text::has(document, form)) {
        return None;
    }
    let mut found = false;
    let mut out = String::with_capacity(document.len());
    for line in text::lines(document) {
        let error = error(text::trim(line));
        found |= error.is_some();
        if let Some((said, file, line)) = error {
            let _ = write!(out, "{said}\n    at {file}:{line}");
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
    found.then_some(out)
}

/// What was thrown, the file and the line.
fn error(line: &str) -> Option<(&str, &str, &str)> {
    let parts = chromium(line)
        .or_else(|| capacitor(line))
        .or_else(|| cordova(line))?;
    let (said, file, number) = parts;
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let placed = digits && !file.is_empty() && !file.contains(' ');
    (placed && said.starts_with("Uncaught ")).then_some(parts)
}

/// `[INFO:CONSOLE(31)] "Uncaught TypeError: no bay", source: https://localhost/app.js (31)`, with process, time and level in the
/// bracket, and with what a log wrote in front of it: `I/chromium: [4711:1122/081011.123:ERROR:CONSOLE(31)] "…`.
fn chromium(line: &str) -> Option<(&str, &str, &str)> {
    let (front, rest) = text::split_once(line, ":CONSOLE(")?;
    let (_, level) = front.rsplit_once('[')?;
    let (_, rest) = text::split_once(rest, ")] \"")?;
    let (said, rest) = text::rsplit_once(rest, "\", source: ")?;
    let (file, number) = text::last_group(rest, b'(', b')')?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b":/.-_".contains(&byte);
    level
        .bytes()
        .all(plain)
        .then_some((said, file.trim(), number))
}

/// `File: http://localhost/main.js - Line 31 - Msg: Uncaught TypeError: no bay`.
fn capacitor(line: &str) -> Option<(&str, &str, &str)> {
    let rest = line.strip_prefix("File: ")?;
    let (place, said) = text::split_once(rest, " - Msg: ")?;
    let (file, number) = text::rsplit_once(place, " - Line ")?;
    Some((said, file, number))
}

/// `file:///android_asset/www/js/app.js: Line 31 : Uncaught TypeError: no bay`.
fn cordova(line: &str) -> Option<(&str, &str, &str)> {
    let (file, rest) = text::split_once(line, ": Line ")?;
    let (number, said) = text::split_once(rest, " : ")?;
    Some((said, file, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_each_form() {
        let cases = [
            "[INFO:CONSOLE(31)] \"Uncaught TypeError: no bay\", source: https://host/app.js (31)",
            "I/chromium: [INFO:CONSOLE(31)] \"Uncaught TypeError: no bay\", source: https://host/app.js (31)",
            "[47:0812/101112.131:ERROR:CONSOLE(31)] \"Uncaught TypeError: no bay\", source: https://host/app.js (31)",
            "File: https://host/app.js - Line 31 - Msg: Uncaught TypeError: no bay",
            "https://host/app.js: Line 31 : Uncaught TypeError: no bay",
        ];
        for line in cases {
            assert_eq!(
                render(line).as_deref(),
                Some("Uncaught TypeError: no bay\n    at https://host/app.js:31\n"),
                "{line}"
            );
        }
        for other in [
            "[INFO:CONSOLE(31)] \"Uncaught is a word\"",
            "Uncaught TypeError: no bay - Msg: x",
        ] {
            assert_eq!(render(other), None, "{other}");
        }
    }
}
