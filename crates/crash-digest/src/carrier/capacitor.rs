//! Capacitor's log of an app in Xcode: `⚡️  ------ STARTUP JS ERROR ------`, the error below it, and its place apart from its file.

use crate::text;

/// The heading.
pub(super) const MARK: &str = "STARTUP JS ERROR";
/// What stands in front of each of its lines: a flash, with or without the sign for its colour.
const FLASH: char = '\u{26a1}';

/// The text with each such error and its place as a stack, and everything else behind; `None` where none was read.
pub(super) fn render(document: &str) -> Option<String> {
    let (mut out, mut rest) = (String::new(), String::new());
    let mut lines = text::lines(document).peekable();
    while let Some(line) = lines.next() {
        if !text::has(line, MARK) {
            rest.extend([line, "\n"]);
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
    (!out.is_empty()).then(|| out + &rest)
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
