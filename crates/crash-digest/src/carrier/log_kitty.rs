//! React Native's own view of a device's log: `[11:12:33] E | ReactNativeJS ▶︎ TypeError: …`, and a drawn column in front of what
//! goes on below.

use crate::text;

/// The mark between the tag and the message.
const MARK: char = '\u{25b6}';
/// The drawn column.
const COLUMN: char = '\u{2502}';

/// The messages alone; `None` for other texts.
pub(super) fn render(document: &str) -> Option<String> {
    if !text::has(document, " \u{25b6}") {
        return None;
    }
    text::lines(document).find_map(message)?;
    let mut out = String::with_capacity(document.len());
    for line in text::lines(document) {
        let below = || line.trim_start().strip_prefix(COLUMN);
        let said = message(line).or_else(below).unwrap_or(line);
        out.push_str(said.strip_prefix(' ').unwrap_or(said));
        out.push('\n');
    }
    Some(out)
}

/// Behind time, level and tag.
fn message(line: &str) -> Option<&str> {
    let (time, rest) = line.trim_start().strip_prefix('[')?.split_once("] ")?;
    let (level, rest) = rest.split_once(" | ")?;
    let (tag, said) = rest.split_once(MARK)?;
    let time = time
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.'));
    let fits = time && level.len() == 1 && tag.ends_with(' ') && tag.len() <= 80;
    // An emoji's form can stand behind the mark.
    fits.then(|| said.trim_start_matches(['\u{fe0e}', '\u{fe0f}']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_alone_are_left() {
        let text = "[11:12:33] E | ReactNativeJS ▶︎ TypeError: no dock\n                             │ at Dock (dock.js:7)\n";
        assert_eq!(
            render(text).as_deref(),
            Some("TypeError: no dock\nat Dock (dock.js:7)\n")
        );
        assert_eq!(render("press ▶ to play"), None);
    }
}
