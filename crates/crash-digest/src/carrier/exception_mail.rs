//! Mails of Rails' `exception_notification`: `A NoMethodError occurred in docks#open:`, below it the message and the first
//! place, and the whole backtrace under a heading of its own.

use crate::grammar;
use crate::text;

/// What the first line has.
pub(super) const MARK: &str = " occurred in ";
/// Lines of the message.
const MOST: usize = 40;

/// The text with the exception as Ruby prints it; `None` where there is no such line.
pub(super) fn render(document: &str) -> Option<String> {
    text::has(document, MARK).then_some(())?;
    let lines: Vec<&str> = text::lines(document).collect();
    let at = lines.iter().position(|line| title(line).is_some())?;
    let name = title(lines[at])?;
    let below = &lines[at + 1..];
    let end = below.iter().take(MOST).position(|line| is_rule(line))?;
    let mut message = Vec::new();
    let mut place = None;
    for line in below[..end].iter().map(|line| text::trim(line)) {
        if is_row(line) {
            place = Some(line);
        } else if !line.is_empty() {
            message.push(line);
        }
    }
    let rest = &below[end..];
    let backtrace = rest.iter().any(|line| text::trim(line) == "Backtrace:");
    let mut out = String::with_capacity(document.len());
    for line in &lines[..at] {
        out.extend([*line, "\n"]);
    }
    let mut first = None;
    if crate::model::names_exception(name) {
        out.extend([name, ": ", &message.join("\n"), "\n"]);
        // The backtrace begins with it.
        if let Some(place) = place.filter(|_| !backtrace) {
            out.extend(["    ", place, "\n"]);
        }
    } else {
        // What has any name stands in brackets behind the first row: `app/dock.rb:31:in `open': no bay (Orbit::Lost)`.
        first = rest
            .iter()
            .map(|line| text::trim(line))
            .find(|line| is_row(line));
        let row = first.or(place).unwrap_or_default();
        out.extend([row, ": ", &message.join(" "), " (", name, ")\n"]);
    }
    let told = |line: &&&str| !is_rule(line) && text::trim(line) != "Backtrace:";
    // Request and session may stand between.
    let start = rest
        .iter()
        .position(|line| text::trim(line) == "Backtrace:")
        .unwrap_or_default();
    let (before, behind) = rest.split_at(start);
    for line in behind.iter().chain(before).filter(told) {
        if first.take_if(|first| *first == text::trim(line)).is_none() {
            out.extend([*line, "\n"]);
        }
    }
    Some(out)
}

/// The exception's type: `A NoMethodError occurred in docks#open:`, `An Orbit::NoBay occurred in background at 2026-01-02 :`.
fn title(line: &str) -> Option<&str> {
    let rest = line
        .strip_prefix("A ")
        .or_else(|| line.strip_prefix("An "))?;
    let (name, place) = text::split_once(rest, MARK)?;
    let fits = name.starts_with(|c: char| c.is_ascii_uppercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'_'))
        && place.trim_end().ends_with(':');
    fits.then_some(name)
}

/// A row of Ruby's.
fn is_row(line: &str) -> bool {
    grammar::read(line).is_some_and(|frame| frame.line.is_some())
}

/// `-------------------------------`.
fn is_rule(line: &str) -> bool {
    let line = text::trim(line);
    line.len() >= 10 && line.bytes().all(|byte| byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn message_and_type_stand_together() {
        let text = "An Orbit::NoBay occurred in docks#open:\n\n  no bay\n  app/dock.rb:31:in `open'\n\n----------\nBacktrace:\n----------\n\n  app/dock.rb:31:in `open'\n";
        assert_eq!(
            render(text).as_deref(),
            Some("app/dock.rb:31:in `open': no bay (Orbit::NoBay)\n\n")
        );
        assert_eq!(render("A fault occurred in bay 7:\n"), None);
    }
}
