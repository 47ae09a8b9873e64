//! Rails' log with the request in front of every line: `F, [2026-11-22T08:10:11 #31] FATAL -- : [3f2a1b7c-…] app/dock.rb:31:in …`;
//! of several lines only the first has the logger's own words.

use memchr::memmem;

use crate::text;

/// How long a request's number is.
const NUMBER: usize = 36;
/// The words of the logger are no longer.
const LONGEST: usize = 120;

/// The text without both; `None` where no line has such a number behind the logger's words.
pub(super) fn render(document: &str) -> Option<String> {
    let marks = memmem::find_iter(document.as_bytes(), b" -- : [");
    let tagged = marks.take(8).any(|at| tag(&document[at + 6..]).is_some());
    if !tagged {
        return None;
    }
    let mut out = String::with_capacity(document.len());
    for line in text::lines(document) {
        let behind =
            text::find(text::head(line, LONGEST), " -- : ").map_or(line, |at| &line[at + 6..]);
        let behind = tag(behind).unwrap_or(line);
        out.push_str(behind);
        out.push('\n');
    }
    Some(out)
}

/// What stands behind the number.
fn tag(line: &str) -> Option<&str> {
    let inner = line.strip_prefix('[')?;
    let number = inner.as_bytes().get(..NUMBER)?;
    let fits = number
        .iter()
        .all(|byte| byte.is_ascii_hexdigit() || *byte == b'-')
        && number.split(|byte| *byte == b'-').count() == 5;
    let rest = inner.get(NUMBER..).filter(|_| fits)?.strip_prefix(']')?;
    Some(rest.strip_prefix(' ').unwrap_or(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_number_come_off() {
        let text = "F, [2024-05-06T07:08:09.1 #31] FATAL -- : [3f2a1b7c-0000-4000-8000-1234567890ab] NoBay (none):\n\
                    [3f2a1b7c-0000-4000-8000-1234567890ab] app/dock.rb:31:in `open'\nother\n";
        assert_eq!(
            render(text).as_deref(),
            Some("NoBay (none):\napp/dock.rb:31:in `open'\nother\n")
        );
        assert_eq!(render("F, [2024] FATAL -- : no bay\n"), None);
    }
}
