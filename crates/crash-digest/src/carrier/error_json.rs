//! Errors as JSON objects, as reporters of scripts send them: type, message and stack in fields of usual names.

use serde_json::Value;

use super::apple_json::text;
use super::json_document;

const TYPES: [&str; 6] = [
    "type",
    "name",
    "errorType",
    "exception",
    "exceptionType",
    "error",
];
const MESSAGES: [&str; 6] = [
    "message",
    "msg",
    "reason",
    "errorMessage",
    "condition",
    "logString",
];
const STACKS: [&str; 13] = [
    "stack_trace",
    "stackTrace",
    "stacktrace",
    "stack",
    "callstack",
    "callStack",
    "call_stack",
    "traceback",
    "backtrace",
    "StackTrace",
    "Stack",
    "trace",
    // Reports of Android's apps that share one form, with `user_action` and `package`.
    "exceptions",
];

const LEVELS: [&str; 7] = [
    "level",
    "severity",
    "levelname",
    "log.level",
    "severityText",
    "@l",
    "LogLevel",
];

/// The error as text; `None` when the document is another.
pub(super) fn render(document: &str) -> Option<String> {
    let value: Value =
        json_document::parse(document).or_else(|| json_document::parse(&on_one_line(document)?))?;
    let value = match &value {
        Value::Array(errors) => errors.first()?,
        other => other,
    };
    // A logger's entry says more beside its stack.
    if LEVELS.iter().any(|name| value.get(name).is_some()) {
        return None;
    }
    let Some(stack) = STACKS.iter().find_map(|name| lines(value, name)) else {
        // A server's log: the error's text holds its stack.
        return text(value, "error")
            .filter(|error| error.contains('\n'))
            .map(str::to_owned);
    };
    let field = |names: &[&str]| names.iter().find_map(|name| text(value, name));
    let kind = field(&TYPES).unwrap_or_default();
    // A game's report: `"crash": {"reason": "EXCEPTION_ACCESS_VIOLATION at 7FF6CC4C3316"}`.
    let inner = || value.get("crash").and_then(|crash| text(crash, "reason"));
    let message = field(&MESSAGES).or_else(inner).unwrap_or_default();
    let mut out = String::new();
    if stack.contains(message) && !message.is_empty() && stack.starts_with(kind) {
        // JavaScript's stack begins with both.
    } else if message.starts_with(kind) || kind.contains(' ') {
        out.push_str(message);
        out.push('\n');
    } else if message.is_empty() {
        out.push_str(kind);
        out.push('\n');
    } else {
        out.extend([kind, ": ", message, "\n"]);
    }
    out.push_str(&stack);
    // Behind everything: what the stack says itself goes before.
    if let Some(package) = text(value, "package").filter(|package| package.contains('.')) {
        out.extend(["\ncmdline: ", package, "\n"]);
    }
    Some(out)
}

/// The same behind the words of a line, as Amazon's functions print it: `… ERROR Uncaught Exception {"errorType":"TypeError",…}`.
pub(super) fn behind_words(document: &str) -> Option<String> {
    let at = memchr::memmem::find(document.as_bytes(), b"\t{\"errorType\":\"")?;
    let object = document[at + 1..].lines().next()?;
    render(object.trim_end())
}

/// The same where the braces around the fields were left out.
pub(super) fn render_fields(fields: &str) -> Option<String> {
    let head = fields.split_once('"')?.1.split_once('"')?.1;
    head.trim_start().starts_with(':').then_some(())?;
    render(&format!("{{{}}}", fields.trim_end().trim_end_matches(',')))
}

/// The document with the line breaks that a form put into its texts; `None` where it is no report of few lines.
fn on_one_line(document: &str) -> Option<String> {
    const LONGEST: usize = 1 << 18;
    if document.len() > LONGEST || !STACKS.iter().any(|name| document.contains(name)) {
        return None;
    }
    let mut out = String::with_capacity(document.len());
    let (mut inside, mut escaped) = (false, false);
    for letter in document.chars() {
        match letter {
            '\n' | '\r' | '\t' if inside => {
                out.push_str(match letter {
                    '\n' => "\\n",
                    _ => " ",
                });
                escaped = false;
                continue;
            }
            _ if escaped => escaped = false,
            '\\' => escaped = inside,
            '"' => inside = !inside,
            _ => {}
        }
        out.push(letter);
    }
    Some(out)
}

/// A logger's entry whose stack was printed with its line breaks as they are, `{"level":"error","stacktrace":"main.run` and the
/// rest below it, with the breaks spelled out; perhaps cut off behind. `None` where the first line ends outside of its stack.
pub(super) fn with_spelled_breaks(document: &str) -> Option<String> {
    let (first, _) = document.split_once('\n')?;
    let (front, stack) = first.rsplit_once("\":\"")?;
    let (_, name) = front.rsplit_once('"')?;
    let open = STACKS.contains(&name) && !stack.contains('"');
    if !open || !first.starts_with("{\"") {
        return None;
    }
    let mut out = on_one_line(document.trim_end())?;
    if !out.ends_with('}') {
        out.push_str("\"}");
    }
    out.push('\n');
    Some(out)
}

/// A stack without the brackets that Java prints a list in: `[com.acme.Lost: no ship\n\tat …]`.
fn unlisted(stack: &str) -> &str {
    let named = |rest: &&str| rest.starts_with(|c: char| c.is_ascii_alphabetic());
    match stack.strip_prefix('[').filter(named) {
        Some(rest) if rest.contains("\n\tat ") => rest.trim_end().trim_end_matches(']'),
        _ => stack,
    }
}

/// A stack in one text, or a line an element.
fn lines(value: &Value, name: &str) -> Option<String> {
    match value.get(name)? {
        Value::String(stack) if !stack.trim().is_empty() => Some(unlisted(stack).to_owned()),
        Value::Array(lines) => {
            let lines: Vec<&str> = lines.iter().filter_map(Value::as_str).collect();
            if lines.iter().all(|line| is_row(line)) && !lines.is_empty() {
                let mut numbered = String::new();
                for (at, row) in lines.iter().enumerate() {
                    numbered.extend(["[", &at.to_string(), "] ", row, "\n"]);
                }
                return Some(numbered);
            }
            (!lines.is_empty()).then(|| lines.join("\n"))
        }
        _ => None,
    }
}

/// A row of columns without a number: `orbit    7FF6CC4C3316`, `ntdll    7FFB9A46AD6C RtlUserThreadStart + 44`.
fn is_row(line: &str) -> bool {
    let mut words = line.split_whitespace().skip(1);
    let address = words.next().map(|word| word.trim_start_matches("0x"));
    address.is_some_and(|word| word.len() >= 8 && crate::text::hex(word).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_become_lines() {
        let json =
            r#"{"type":"LuaException","message":"slot 3","stack":["a.lua:1: in main chunk","x"]}"#;
        assert_eq!(
            render(json).as_deref(),
            Some("LuaException: slot 3\na.lua:1: in main chunk\nx")
        );
        assert_eq!(render(r#"{"player":"mira","level":12}"#), None);
    }
}
