//! A stack in a field of a log line or of a table: `trace="goroutine 1 [running]:\n…"` of logfmt, `"stacktrace":"…"` of a line
//! of JSON, `["traceback"] = "…"` of a Lua table. Its line breaks are spelled out.

use memchr::memmem;

use crate::grammar;
use crate::text;

const STACKS: [&str; 9] = [
    "stack_trace",
    "stackTrace",
    "stacktrace",
    "traceback",
    "backtrace",
    "stack",
    "trace",
    "exc_info",
    "exception",
];
const ERRORS: [&str; 4] = ["error", "err", "exception", "exc"];
const MESSAGES: [&str; 2] = ["message", "msg"];

/// Lines of the head that are looked at for frames of a report that is no field.
const HEAD: usize = 400;

/// Lines with a stack in a field that are read; a log may hold one of every request.
const MOST: usize = 20;

/// What the fields say, on lines, the reports apart; `None` where the text has no such field, or frames of its own.
pub(super) fn render(document: &str) -> Option<String> {
    memmem::find(document.as_bytes(), b"\\n")?;
    let field = |line: &&str| memmem::find(line.as_bytes(), b"\\n").is_none();
    let mut head = text::lines(document).filter(field).take(HEAD);
    if head.any(is_frame) {
        return None;
    }
    // Of a table all fields belong together, of a log those of a line.
    let first = text::lines(document).next().unwrap_or_default();
    if document.starts_with('{') && !first.trim_end().ends_with('}') {
        return report(document);
    }
    let spelled = text::lines(document).filter(|line| !field(line));
    let reports: Vec<String> = spelled.filter_map(report).take(MOST).collect();
    (!reports.is_empty()).then(|| reports.join("\n\n"))
}

fn is_frame(line: &str) -> bool {
    grammar::read(text::trim(line)).is_some()
}

/// The stack of one field of `scope`, below what the other fields say.
fn report(scope: &str) -> Option<String> {
    let stack = STACKS.iter().find_map(|name| {
        let value = value(scope, name)?;
        let tells = value
            .lines()
            .any(|line| is_frame(line) || text::has(line, ".go:"));
        (tells && value.contains('\n')).then_some(value)
    })?;
    let of = |names: &[&str]| {
        let found = names.iter().find_map(|name| value(scope, name));
        found.filter(|value| !value.is_empty())
    };
    // Go's own first line is missing where the program asked for the stack.
    let panic = if stack.starts_with("goroutine ") && text::has(&stack, "\npanic(") {
        "panic: "
    } else {
        ""
    };
    let mut out = String::new();
    match (of(&MESSAGES), of(&ERRORS)) {
        (Some(message), Some(error)) if message != error => {
            out.push_str(&message);
            out.push_str(if panic.is_empty() { ": " } else { "\n" });
            out.push_str(panic);
            out.push_str(&error);
        }
        (message, error) => {
            out.push_str(panic);
            out.push_str(&error.or(message).unwrap_or_default());
        }
    }
    // A stack that names what was thrown says it better.
    let named = stack
        .lines()
        .next()
        .is_some_and(crate::model::tells_of_crash);
    if named {
        out.clear();
    } else {
        out.push('\n');
    }
    out.push_str(&stack);
    Some(out)
}

/// The text of a field.
fn value(text: &str, name: &str) -> Option<String> {
    let bytes = text.as_bytes();
    memmem::find_iter(bytes, name.as_bytes()).find_map(|at| {
        let before = at.checked_sub(1).map(|before| bytes[before]);
        if !matches!(
            before,
            None | Some(b'"' | b'\'' | b' ' | b'\t' | b'\n' | b'{' | b',' | b'.')
        ) {
            return None;
        }
        let rest = text[at + name.len()..].trim_start_matches(['"', '\'', ']', ' ']);
        let rest = rest.strip_prefix([':', '='])?.trim_start();
        let quoted = rest.strip_prefix('"')?;
        let mut escaped = false;
        let end = quoted.bytes().position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        })?;
        let printed = &rest[..end + 2];
        let value = serde_json::from_str(printed).unwrap_or_else(|_| {
            let inner = &quoted[..end];
            inner
                .replace("\\n", "\n")
                .replace("\\t", "\t")
                .replace("\\\"", "\"")
        });
        Some(value)
    })
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn a_stack_in_a_field() {
        assert_eq!(
            render("level=error msg=\"request failed\" err=\"no ship\" trace=\"at a.b.C.d(C.java:1)\\nat a.b.E.f(E.java:2)\"\n").as_deref(),
            Some("request failed: no ship\nat a.b.C.d(C.java:1)\nat a.b.E.f(E.java:2)")
        );
        for other in [
            "at a.b.C.d(C.java:1)\nlevel=error trace=\"at a.b.C.d(C.java:1)\\n\"\n",
            "trace=\"one\\ntwo\"\n",
            "trace=\"at a.b.C.d(C.java:1)",
            "\\n",
        ] {
            assert_eq!(render(other), None, "{other}");
        }
    }
}
