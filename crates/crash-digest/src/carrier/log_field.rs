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

/// What the fields say, on lines; `None` where the text has no such field, or frames of its own.
pub(super) fn render(document: &str) -> Option<String> {
    memmem::find(document.as_bytes(), b"\\n")?;
    let bare = |line: &str| grammar::read(text::trim(line)).is_some();
    let field = |line: &&str| memmem::find(line.as_bytes(), b"\\n").is_none();
    let mut head = text::lines(document).filter(field).take(HEAD);
    if head.any(bare) {
        return None;
    }
    let (at, stack) = STACKS.iter().find_map(|name| {
        let (at, value) = value(document, name)?;
        let tells = value
            .lines()
            .any(|line| bare(line) || text::has(line, ".go:"));
        (tells && value.contains('\n')).then_some((at, value))
    })?;
    // The fields beside it: of its line, of a table all of them.
    let table = document.starts_with('{') && !document[..at].contains("}\n");
    let scope = if table {
        document
    } else {
        let from = document[..at].rfind('\n').map_or(0, |end| end + 1);
        let to = document[at..]
            .find('\n')
            .map_or(document.len(), |end| at + end);
        &document[from..to]
    };
    let of = |names: &[&str]| {
        let found = names.iter().find_map(|name| value(scope, name));
        found
            .map(|(_, value)| value)
            .filter(|value| !value.is_empty())
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

/// The text of a field, and where it stands.
fn value(text: &str, name: &str) -> Option<(usize, String)> {
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
        Some((at, value))
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
