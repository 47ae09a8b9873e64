//! Spring Boot's banner of a program that did not start: a description and what to do, each below its heading.

use crate::text;

/// The banner's first words.
pub(super) const TITLE: &str = "APPLICATION FAILED TO START";

/// The banner with its description as the message; `None` where it has none.
pub(super) fn render(text: &str) -> Option<String> {
    let at = text::find(text, TITLE)?;
    let start = text[..at].rfind('\n').map_or(0, |at| at + 1);
    let behind = &text[at + TITLE.len()..];
    let (between, rest) = text::split_once(behind, "Description:")?;
    is_rule(between).then_some(())?;
    let (description, rest) = match text::split_once(rest, "\nAction:") {
        Some((description, action)) => (description, Some(action)),
        None => (rest, None),
    };
    let description = paragraph(description);
    (!description.is_empty()).then_some(())?;
    let before = text[..start].trim_end().trim_end_matches('*').trim_end();
    let mut out = String::with_capacity(text.len());
    for part in [before, "\n", TITLE, ": ", &description, "\n"] {
        out.push_str(part);
    }
    if let Some(action) = rest {
        out.push_str("\nAction: ");
        out.push_str(action.trim_start());
    }
    Some(out)
}

/// Asterisks and blanks, or a logger's head that was taken off before.
fn is_rule(between: &str) -> bool {
    between
        .bytes()
        .all(|byte| byte == b'*' || byte.is_ascii_whitespace())
}

/// Lines as one sentence.
fn paragraph(lines: &str) -> String {
    let lines = lines
        .lines()
        .map(text::trim)
        .filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn the_description_is_the_message() {
        let banner = "*****\nAPPLICATION FAILED TO START\n*****\n\nDescription:\n\nPort 8080\nwas in use.\n\nAction:\n\nStop it.\n";
        assert_eq!(
            render(banner).as_deref(),
            Some("\nAPPLICATION FAILED TO START: Port 8080 was in use.\n\nAction: Stop it.\n")
        );
        assert_eq!(render("APPLICATION FAILED TO START\n"), None);
    }
}
