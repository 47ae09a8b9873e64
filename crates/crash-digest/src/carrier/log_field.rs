//! A stack in a field of a log line or of a table: `trace="goroutine 1 [running]:\n…"` of logfmt, `"stacktrace":"…"` of a line
//! of JSON, `["traceback"] = "…"` of a Lua table. Its line breaks are spelled out.

use memchr::memmem;

use crate::grammar;
use crate::text;

/// In which field an error of Go's prints itself with its places.
const VERBOSE: &str = "errorVerbose";
const STACKS: [&str; 16] = [
    VERBOSE,
    "stack_trace",
    "stackTrace",
    "stacktrace",
    "traceback",
    "backtrace",
    "stack",
    "trace",
    "exc_info",
    "exception",
    // .NET's own.
    "Exception",
    // Serilog's compact form.
    "@x",
    // Google Cloud: behind the words themselves.
    "message",
    "msg",
    "error",
    "err",
];
const ERRORS: [&str; 8] = [
    "error",
    "err",
    "exception",
    "exc",
    "panic",
    "recovered",
    "recover",
    // Rust's panics in tracing's fields.
    "panic.payload",
];
const MESSAGES: [&str; 5] = ["message", "msg", "event", "@mt", "Message"];

/// What a line of a log said beside a stack that names its error itself.
pub(crate) const LOGGED: &str = "Logged as: ";
/// What further lines of a log said that has no stack.
pub(crate) const ALSO: &str = "Also logged: ";
/// The report of a further line of the same log.
pub(crate) const FURTHER: &str = "Logged next: ";

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
        return report(document).map(|report| report.first());
    }
    let spelled = text::lines(document).filter(|line| !field(line));
    if let Some(object) = printed_apart(document)
        && text::lines(document)
            .filter(|line| !field(line))
            .all(|line| text::place(object, line).is_some())
        && let Some(report) = report(object)
    {
        return Some(report.first());
    }
    let mut reports: Vec<Report> = Vec::new();
    for report in spelled.filter_map(report).take(MOST) {
        if reports.iter().all(|known| known.stack != report.stack) {
            reports.push(report);
        }
    }
    let mut reports = reports.into_iter();
    let mut out = reports.next()?.first();
    for report in reports {
        out.push('\n');
        out.push_str(&report.further());
    }
    Some(out)
}

/// An entry that was printed with a field on each line, below a mark of quotation or words.
fn printed_apart(document: &str) -> Option<&str> {
    let begins = memmem::find(document.as_bytes(), b"\n{\n")? + 1;
    let end = memmem::find(&document.as_bytes()[begins..], b"\n}")?;
    Some(&document[begins..begins + end + 2])
}

/// What one line says.
struct Report {
    /// What was thrown, where the stack does not begin with it.
    error: String,
    /// What the log said beside it.
    logged: String,
    stack: String,
    /// Other stacks of the line, each behind its title.
    more: Vec<(String, String)>,
}

impl Report {
    /// The report that the text is about.
    fn first(&self) -> String {
        let mut out = String::new();
        for (label, line) in [(LOGGED, &self.logged), ("", &self.error)] {
            if !line.is_empty() {
                out.push_str(label);
                out.push_str(line);
                out.push('\n');
            }
        }
        out.push_str(&self.stack);
        self.others(&mut out);
        out
    }

    /// The other stacks, each as a report of its own.
    fn others(&self, out: &mut String) {
        for (title, stack) in &self.more {
            out.extend(["\n", FURTHER, title, "\n", stack, "\n"]);
        }
    }

    /// A report behind it: no thread of its own begins, its exception is the title.
    fn further(&self) -> String {
        let mut lines = text::lines(&self.stack).filter(|line| !line.starts_with("goroutine "));
        let of_python = text::has(&self.stack, PYTHON);
        let title = if !self.error.is_empty() {
            self.error.as_str()
        } else if of_python {
            self.logged.as_str()
        } else {
            lines.next().unwrap_or_default()
        };
        let mut out = format!("{FURTHER}{}\n", title.lines().next().unwrap_or_default());
        for line in lines {
            out.push_str(line);
            out.push('\n');
        }
        self.others(&mut out);
        out
    }
}

/// The stacks of an error of Go that was wrapped, as it prints itself: below each message where that was said. What was said without
/// a place has no stack.
fn wrapped(verbose: &str) -> Vec<(String, String)> {
    let is_place =
        |line: &str| line.starts_with('\t') && (text::has(line, ".go:") || text::has(line, ".s:"));
    let mut lines = text::lines(verbose).peekable();
    let mut stacks: Vec<(String, String)> = Vec::new();
    let mut said = String::new();
    let mut inside = false;
    while let Some(line) = lines.next() {
        let Some(place) = lines.next_if(|place| !is_place(line) && is_place(place)) else {
            if std::mem::take(&mut inside) || said.is_empty() {
                line.clone_into(&mut said);
            } else {
                said.extend([" ", line.trim()]);
            }
            continue;
        };
        if !std::mem::replace(&mut inside, true) {
            stacks.push((std::mem::take(&mut said), String::new()));
        }
        if let Some((_, stack)) = stacks.last_mut() {
            stack.extend([line, "\n", place, "\n"]);
        }
    }
    stacks
}

/// Python names what was raised last.
const PYTHON: &str = "Traceback (most recent call last)";

fn is_frame(line: &str) -> bool {
    grammar::read(text::trim(line)).is_some()
}

/// The stack of one field of `scope`, and what the other fields say.
fn report(scope: &str) -> Option<Report> {
    let stack = STACKS.iter().find_map(|name| {
        let value = value(scope, name)?;
        // Go's places as a list in brackets, `[main.open\n\t/srv/dock.go:31 main.run…]`: another field has them on lines.
        let first = value.lines().next().unwrap_or_default();
        if first.starts_with('[') && !first.contains(' ') && text::has(&value, ".go:") {
            return None;
        }
        let tells = value
            .lines()
            .any(|line| is_frame(line) || text::has(line, ".go:"))
            // A panic of Rust without a backtrace.
            || value.starts_with("panicked at ");
        (tells && value.contains('\n')).then_some(value)
    })?;
    // Echo's middleware puts the panic in front of the goroutine.
    let recovered = stack
        .strip_prefix("[PANIC RECOVER] ")
        .and_then(|rest| text::split_once(rest, " goroutine "));
    if let Some((said, goroutine)) = recovered {
        return Some(Report {
            error: String::new(),
            logged: "[PANIC RECOVER]".to_owned(),
            stack: format!("panic: {said}\n\ngoroutine {goroutine}"),
            more: Vec::new(),
        });
    }
    let of = |names: &[&str]| {
        let found = names.iter().filter_map(|name| value(scope, name));
        let mut found = found.filter(|value| !value.is_empty() && *value != stack);
        found.next().unwrap_or_default()
    };
    let (message, error) = (of(&MESSAGES), of(&ERRORS));
    // What an error says of itself, and where it was logged.
    let mut more = Vec::new();
    let mut stack = stack;
    if text::has(&stack, "\n\t") && value(scope, VERBOSE).is_some_and(|verbose| verbose == stack) {
        let logged = STACKS[1..4].iter().find_map(|name| value(scope, name));
        let logged = logged.filter(|logged| text::has(logged, ".go:") && *logged != stack);
        let mut stacks = wrapped(&stack).into_iter();
        if let Some((said, first)) = stacks.next() {
            stack = if said.is_empty() || text::has(&error, &said) {
                first
            } else {
                said + "\n" + &first
            };
            more = stacks
                .chain(logged.map(|logged| (message.clone(), logged)))
                .collect();
        }
    }
    // A wrapped error says itself above the places where it was made.
    let stack = match stack.strip_prefix(error.as_str()) {
        Some(rest) if !error.is_empty() && rest.starts_with('\n') => rest[1..].to_owned(),
        _ => stack,
    };
    // A stack that names what was thrown says it better.
    let first = stack.lines().next().unwrap_or_default();
    if crate::model::tells_of_crash(first) || text::has(&stack, PYTHON) {
        let mut said: Vec<&str> = [&message, &error]
            .iter()
            .map(|said| said.lines().next().unwrap_or_default())
            .filter(|said| !said.is_empty() && !text::has(&stack, said))
            .collect();
        said.dedup();
        return Some(Report {
            error: String::new(),
            logged: said.join(": "),
            stack,
            more: Vec::new(),
        });
    }
    // Go's own first line is missing where the program asked for the stack.
    let panicked = stack.starts_with("goroutine ") && text::has(&stack, "\npanic(");
    let (error, logged) = match (error.is_empty(), message.is_empty()) {
        (false, false) if message == error => (error, String::new()),
        (false, false) if !panicked => (format!("{message}: {error}"), String::new()),
        (false, _) => (error, message),
        _ => (message, String::new()),
    };
    Some(Report {
        error: if panicked && !error.is_empty() {
            format!("panic: {error}")
        } else {
            error
        },
        logged,
        stack,
        more,
    })
}

/// The text of a field.
pub(super) fn value(text: &str, name: &str) -> Option<String> {
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
        let rest = rest.strip_prefix([':', '='])?;
        // `err=EOF`
        if before == Some(b' ') && rest.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            return Some(text::word(rest).0.to_owned());
        }
        let rest = rest.trim_start();
        let quoted = rest.strip_prefix('"')?;
        let mut escaped = false;
        let end = quoted.bytes().position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        });
        let inner = match end {
            Some(end) => &quoted[..end],
            // The line was cut inside of its last field.
            None if !text.trim_end().contains('\n') && text::has(quoted, "\\n") => {
                let end = if escaped {
                    quoted.len() - 1
                } else {
                    quoted.len()
                };
                &quoted[..end]
            }
            None => return None,
        };
        let value = serde_json::from_str(&format!("\"{inner}\"")).unwrap_or_else(|_| {
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
