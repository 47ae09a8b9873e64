//! Stacks in a field of a log's line: JSON (`"stack_trace":"java.lang.…\n\tat …"`) and logfmt (`trace="goroutine 7 …\n…"`).

use std::borrow::Cow;

use super::error_json;
use crate::text;

/// Lines of the head that are looked at.
const HEAD: usize = 400;
/// Fields that say what went wrong, the most telling first.
const MESSAGES: [&str; 6] = ["err", "error", "exception", "msg", "message", "reason"];

/// The text with such lines as reports of their own; `None` where no line holds a stack.
///
/// Lines of the same log without a stack drop out.
pub(super) fn render(document: &str) -> Option<String> {
    let escaped = |line: &str| text::has(line, "\\n");
    if !text::lines(document).take(HEAD).any(escaped) {
        return None;
    }
    let mut out = String::new();
    let mut found = false;
    for line in text::lines(document) {
        let trimmed = line.trim();
        let report = escaped(trimmed)
            .then(|| {
                if trimmed.starts_with('{') {
                    error_json::render(trimmed)
                } else {
                    fields(trimmed)
                }
            })
            .flatten();
        match report {
            Some(report) => {
                found = true;
                out.push_str(report.trim_end());
                out.push_str("\n\n");
            }
            None if trimmed.starts_with('{') || is_logfmt(trimmed) => {}
            None => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    found.then_some(out)
}

/// `ts=2024-03-02T11:20:31Z level=error`.
fn is_logfmt(line: &str) -> bool {
    pairs(line).take(2).count() == 2
}

/// The report in a line of pairs: what went wrong, then the longest of its texts of several lines.
fn fields(line: &str) -> Option<String> {
    let all: Vec<(&str, Cow<'_, str>)> = pairs(line).collect();
    let (at, (_, stack)) = all
        .iter()
        .enumerate()
        .filter(|(_, (_, value))| value.matches('\n').count() >= 2)
        .max_by_key(|(_, (_, value))| value.len())?;
    if all.len() < 2 {
        return None;
    }
    // A stack that begins with its exception says it itself.
    let first = stack.lines().next().unwrap_or_default();
    if crate::model::read_exception(first).name.is_some() && !first.starts_with("goroutine ") {
        return Some(stack.to_string());
    }
    let message = MESSAGES.iter().find_map(|name| {
        let mut named = all.iter().enumerate();
        named
            .find(|(other, (key, value))| *other != at && key == name && !value.is_empty())
            .map(|(_, (_, value))| value)
    });
    Some(match message {
        Some(message) if first.starts_with("goroutine ") => format!("panic: {message}\n\n{stack}"),
        Some(message) => format!("{message}\n{stack}"),
        None => stack.to_string(),
    })
}

/// The pairs of a line, `key=value` or `key="value with \n"`, as long as they follow each other.
fn pairs(line: &str) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
    let mut rest = line;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let (key, after) = rest.split_once('=')?;
        let word = !key.is_empty()
            && key.len() <= 40
            && key
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_.-@".contains(&byte));
        if !word {
            return None;
        }
        let Some(quoted) = after.strip_prefix('"') else {
            let (value, behind) = after.split_once(' ').unwrap_or((after, ""));
            rest = behind;
            return Some((key, Cow::Borrowed(value)));
        };
        let mut escaped = false;
        let end = quoted.bytes().position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        })?;
        rest = &quoted[end + 1..];
        Some((key, unescape(&quoted[..end])))
    })
}

fn unescape(value: &str) -> Cow<'_, str> {
    if !value.contains('\\') {
        return Cow::Borrowed(value);
    }
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some('r') => {}
                Some(other) => out.push(other),
                None => break,
            },
            (c, false) => out.push(c),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_in_a_field_becomes_lines() {
        let line = r#"level=error msg="tick failed" err="no dock" trace="goroutine 7 [running]:\nmain.f()\n\t/a/f.go:3""#;
        assert_eq!(
            render(line).as_deref(),
            Some("panic: no dock\n\ngoroutine 7 [running]:\nmain.f()\n\t/a/f.go:3\n\n")
        );
        assert_eq!(render("a=1 b=\"x\\ny\""), None);
        assert_eq!(render("no fields here\\n at all"), None);
    }
}
