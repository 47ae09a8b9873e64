//! Lines of `key=value` as servers log them, with a stack spelled on one line in a field: `err="…" trace="goroutine 7…\n…"`.

use crate::text;

/// Fields that hold a stack.
const STACKS: [&str; 11] = [
    "trace",
    "stack",
    "stacktrace",
    "stack_trace",
    "backtrace",
    "traceback",
    "exc_info",
    "exception",
    "panic_stack",
    "error.stack_trace",
    "exception.stacktrace",
];
/// Fields that say why, the most telling first.
const REASONS: [&str; 8] = [
    "err",
    "error",
    "panic",
    "recovered",
    "exception",
    "reason",
    "msg",
    "message",
];
/// Lines of the head that are looked at.
const HEAD: usize = 400;

/// The reason and the stack of the first such line as a text of its own; `None` where no line has one.
pub(super) fn render(document: &str) -> Option<String> {
    text::lines(document).take(HEAD).find_map(line)
}

fn line(line: &str) -> Option<String> {
    if !text::has(line, "=\"") || !text::has(line, "\\n") {
        return None;
    }
    let fields = fields(line);
    if fields.len() < 2 {
        return None;
    }
    let (stack_name, stack) = *fields
        .iter()
        .find(|(name, value)| STACKS.contains(name) && text::has(value, "\\n"))?;
    let stack = unescape(stack);
    let reason = REASONS
        .iter()
        .filter(|name| **name != stack_name)
        .find_map(|name| fields.iter().find(|(field, _)| field == name))
        .map(|(_, value)| unescape(value))
        .unwrap_or_default();
    let first = stack.lines().next().unwrap_or_default();
    let mut out = String::with_capacity(reason.len() + stack.len() + 16);
    if !reason.is_empty() && !first.contains(reason.as_str()) {
        // Go's own first line is missing where the stack was asked for.
        if first.starts_with("goroutine ") && stack.contains("\npanic(") {
            out.push_str("panic: ");
        }
        out.push_str(&reason);
        out.push('\n');
    }
    out.push_str(stack.trim_end());
    out.push('\n');
    Some(out)
}

/// The fields of a line; none where something else stands between them at its beginning.
fn fields(line: &str) -> Vec<(&str, &str)> {
    let mut out = Vec::new();
    let mut rest = line.trim_start();
    while let Some((name, behind)) = rest.split_once('=') {
        // A time or a level without a name may stand in front.
        let name = name.rsplit([' ', '\t']).next().unwrap_or(name);
        let plain = !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
        if !plain {
            break;
        }
        let (value, behind) = match behind.strip_prefix('"') {
            Some(inner) => {
                let Some(end) = close(inner) else {
                    out.push((name, inner));
                    break;
                };
                (&inner[..end], &inner[end + 1..])
            }
            None => text::word(behind),
        };
        out.push((name, value));
        rest = behind.trim_start();
    }
    out
}

/// Where the quotation ends that began before `text`.
fn close(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(found) = memchr::memchr2(b'"', b'\\', bytes.get(at..)?) {
        at += found;
        if bytes[at] == b'"' {
            return Some(at);
        }
        at += 2;
    }
    None
}

fn unescape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value.chars();
    while let Some(letter) = rest.next() {
        match letter {
            '\\' => match rest.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some('r') | None => {}
                Some(other) => out.push(other),
            },
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stack_of_a_field_is_a_text() {
        let line = r#"level=error msg="slot \"3\"" n=4 stack="main.f()\n\tmain.go:3\n" id=9"#;
        assert_eq!(
            render(line).as_deref(),
            Some("slot \"3\"\nmain.f()\n\tmain.go:3\n")
        );
        assert_eq!(render(r#"level=info msg="two\nlines" n=4"#), None);
    }
}
