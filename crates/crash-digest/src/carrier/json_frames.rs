//! Frames as objects of JSON: events of Sentry and Rollbar, Log4j's extended stack, Laravel's places.
//!
//! Shapes: <https://develop.sentry.dev/sdk/data-model/event-payloads/stacktrace/>,
//! <https://docs.rollbar.com/reference/create-item>, Log4j's `JsonLayout`.

use std::fmt::Write as _;

use serde_json::Value;

use super::apple_json::text as field;
use super::json_document;
use super::log_field::LOGGED;
use crate::text;

const TYPES: [&str; 7] = [
    "errorType",
    "exception.class",
    "error.class",
    "type",
    "class",
    "name",
    "class_name",
];
const MESSAGES: [&str; 8] = [
    "errorMessage",
    "error",
    "exception.message",
    "error.message",
    "value",
    "message",
    "localizedMessage",
    "description",
];
const FUNCTIONS: [&str; 5] = ["function", "method", "methodName", "func", "label"];
const FILES: [&str; 7] = [
    "filename", "fileName", "file", "abs_path", "module", "path", "source",
];
const NUMBERS: [&str; 4] = ["lineno", "lineNumber", "line", "line_number"];
const WORDS: [&str; 4] = ["message", "msg", "event", "logentry"];
/// Objects within objects that are looked into.
const DEEPEST: usize = 8;
/// Exceptions of a chain.
const MOST: usize = 16;
const TRACEBACK: &str = "Traceback (most recent call last):\n";

/// The report as text; `None` where no line is an object with such frames.
pub(super) fn render(document: &str) -> Option<String> {
    let telling = NUMBERS.iter().any(|name| text::has(document, name))
        || text::has(document, "\"trace\"")
        || text::has(document, "trace\":[");
    telling.then_some(())?;
    let whole = json_document::parse(document).as_ref().and_then(report);
    whole.or_else(|| {
        text::lines(document)
            .filter(|line| line.starts_with('{'))
            .find_map(|line| json_document::parse(line).as_ref().and_then(report))
    })
}

/// What one event says.
fn report(event: &Value) -> Option<String> {
    let chain = find(event, None, DEEPEST);
    let (outer, causes) = chain.split_first()?;
    let mut out = String::new();
    let said = WORDS.iter().find_map(|name| field(event, name));
    if let Some(said) = said.filter(|said| !said.is_empty() && *said != outer.message) {
        out.extend([LOGGED, said.lines().next().unwrap_or_default(), "\n"]);
    }
    if outer.python {
        // Python begins with the cause.
        for cause in causes.iter().rev() {
            out.push_str(TRACEBACK);
            out.extend([cause.frames.as_str(), &cause.named(), "\n"]);
            out.push_str(
                "\nThe above exception was the direct cause of the following exception:\n\n",
            );
        }
        out.push_str(TRACEBACK);
        out.extend([outer.frames.as_str(), &outer.named(), "\n"]);
    } else {
        out.extend([&outer.named(), "\n", outer.frames.as_str()]);
        for cause in causes {
            out.extend(["Caused by: ", &cause.named(), "\n", cause.frames.as_str()]);
        }
    }
    Some(out)
}

/// An exception with its frames as lines.
struct Found<'v> {
    kind: &'v str,
    message: &'v str,
    frames: String,
    python: bool,
}

impl Found<'_> {
    fn named(&self) -> String {
        match (self.kind, self.message) {
            ("", message) => message.to_owned(),
            (kind, "") => kind.to_owned(),
            (kind, message) => format!("{kind}: {message}"),
        }
    }
}

/// The first exception with frames and what caused it, the object of each around its frames or beside them.
fn find<'v>(value: &'v Value, around: Option<&'v Value>, left: usize) -> Vec<Found<'v>> {
    if left == 0 {
        return Vec::new();
    }
    match value {
        Value::Array(items) => {
            // Winston prints the frames of its stack once more.
            let printed = |around: &Value| {
                let stack = field(around, "stack").unwrap_or_default();
                stack.lines().count() > items.len()
            };
            if around.is_some_and(printed) {
                return Vec::new();
            }
            if let Some((frames, python)) = frames(items) {
                let one = |names: &[&str]| {
                    let inner = around?.get("exception").filter(|inner| inner.is_object());
                    let of = |object: &'v Value| names.iter().find_map(|name| field(object, name));
                    inner.and_then(of).or_else(|| of(around?))
                };
                return vec![Found {
                    kind: one(&TYPES).unwrap_or_default(),
                    message: one(&MESSAGES).unwrap_or_default(),
                    frames,
                    python,
                }];
            }
            // The exception that was thrown last stands last, what caused it before it.
            let all = items.iter().rev();
            all.flat_map(|item| find(item, around, left - 1))
                .take(MOST)
                .collect()
        }
        Value::Object(fields) => {
            // `{"type":…,"value":…,"stacktrace":{"frames":[…]}}`: the inner object names nothing.
            let named = TYPES
                .iter()
                .chain(&MESSAGES)
                .any(|name| field(value, name).is_some())
                || fields.get("exception").is_some_and(Value::is_object);
            let around = if named { Some(value) } else { around };
            // Threads have frames and names, too.
            let inner = fields.iter().filter(|(name, _)| *name != "threads");
            inner
                .map(|(_, inner)| find(inner, around, left - 1))
                .find(|found| !found.is_empty())
                .unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// Frames as lines of the printer that they are most like, and whether that is Python's.
fn frames(items: &[Value]) -> Option<(String, bool)> {
    let mut out = String::new();
    // Laravel: `["/srv/orbit/app/Ship.php:77", …]`.
    if !items.is_empty() && items.iter().all(|item| item.as_str().is_some_and(is_php)) {
        for (number, place) in items.iter().filter_map(Value::as_str).enumerate() {
            let (file, line) = place.rsplit_once(':')?;
            let _ = writeln!(out, "#{number} {file}({line}): {{closure}}()");
        }
        return Some((out, false));
    }
    // A runtime's own lines, Ruby's among them: `["app/dock.rb:12:in `open'", …]`; Python's innermost stands last.
    let own = |line: &str| !line.starts_with("File ") && crate::grammar::read(line).is_some();
    let mut lines = items.iter().map(|item| item.as_str().map(text::trim));
    if !items.is_empty() && lines.all(|line| line.is_some_and(own)) {
        for line in items.iter().filter_map(Value::as_str) {
            let _ = writeln!(out, "    {}", text::trim(line));
        }
        return Some((out, false));
    }
    let read: Vec<Row<'_>> = items.iter().map(row).collect::<Option<_>>()?;
    // Rows without any line are no frames of a source.
    read.iter().any(|row| row.line.is_some()).then_some(())?;
    // Go writes a frame on two lines, and needs a name for it.
    let of_go = |row: &Row<'_>| row.file.rsplit('.').next() == Some("go");
    if read.iter().any(of_go) {
        let outermost_first = items.iter().any(|item| item.get("lineno").is_some());
        let mut lines: Vec<String> = read.iter().filter_map(Row::as_go).collect();
        (lines.len() == read.len()).then_some(())?;
        if outermost_first {
            lines.reverse();
        }
        return Some((lines.concat(), false));
    }
    let python = read
        .iter()
        .any(|row| [".py", ".rb"].iter().any(|end| row.file.ends_with(end)));
    // Python's report has a line for every frame.
    (!python || read.iter().all(|row| row.line.is_some())).then_some(())?;
    // Sentry and Rollbar begin with the outermost; so does Python.
    let outermost_first = items.iter().any(|item| item.get("lineno").is_some());
    let rows: Vec<&Row<'_>> = if outermost_first == python {
        read.iter().collect()
    } else {
        read.iter().rev().collect()
    };
    for row in rows {
        let Row {
            class,
            function,
            file,
            line,
            ..
        } = row;
        let _ = match (class, line) {
            (_, Some(line)) if python => {
                writeln!(out, "  File \"{file}\", line {line}, in {function}")
            }
            (Some(class), Some(line)) => writeln!(out, "\tat {class}.{function}({file}:{line})"),
            (Some(class), None) => writeln!(out, "\tat {class}.{function}({file})"),
            (None, Some(line)) => writeln!(out, "    at {function} ({file}:{line}:1)"),
            (None, None) => writeln!(out, "    at {function} ({file})"),
        };
    }
    Some((out, python))
}

fn is_php(place: &str) -> bool {
    place.rsplit_once(':').is_some_and(|(file, line)| {
        text::has(file, ".php")
            && !line.is_empty()
            && line.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// One frame.
struct Row<'v> {
    class: Option<&'v str>,
    function: &'v str,
    file: &'v str,
    line: Option<u64>,
    /// Go's package, where the function's name has none.
    package: Option<&'v str>,
}

impl Row<'_> {
    /// The two lines that Go prints, its package in front where that is a field of its own: Sentry's `module`.
    fn as_go(&self) -> Option<String> {
        let line = self.line?;
        let (function, file) = (self.function, self.file);
        let package = self.package.filter(|package| {
            let last = package.rsplit('/').next().unwrap_or(package);
            !function.contains('/') && !function.starts_with(&format!("{last}."))
        });
        let package = package.map_or_else(String::new, |package| format!("{package}."));
        Some(format!("{package}{function}\n\t{file}:{line}\n"))
    }
}

fn row(item: &Value) -> Option<Row<'_>> {
    let of = |names: &[&str]| names.iter().find_map(|name| field(item, name));
    let line = NUMBERS.iter().find_map(|name| {
        let value = item.get(name)?;
        value.as_u64().or_else(|| value.as_str()?.parse().ok())
    });
    let (function, file) = (of(&FUNCTIONS), of(&FILES));
    // Go's whole path tells whose code it is.
    let whole = field(item, "abs_path").filter(|path| path.rsplit('.').next() == Some("go"));
    let file = whole.or(file);
    (function.is_some() || file.is_some()).then_some(())?;
    Some(Row {
        class: of(&["class", "className", "declaringClass"]).or_else(|| {
            field(item, "module").filter(|_| {
                file.is_some_and(|file| [".java", ".kt"].iter().any(|end| file.ends_with(end)))
            })
        }),
        function: function.unwrap_or("?"),
        file: file.unwrap_or("?"),
        line,
        package: field(item, "module").or_else(|| field(item, "package")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_with_frames_as_objects() {
        let sentry = r#"{"message":"could not land","exception":{"values":[{"type":"TypeError","value":"no bay","stacktrace":{"frames":[{"filename":"src/ship.js","function":"land","lineno":77},{"filename":"src/dock.js","function":"open","lineno":31}]}}]}}"#;
        assert_eq!(
            render(sentry).as_deref(),
            Some(
                "Logged as: could not land\nTypeError: no bay\n    at open (src/dock.js:31:1)\n    at land (src/ship.js:77:1)\n"
            )
        );
        let rollbar = r#"{"trace":{"exception":{"class":"ValueError","message":"no bay"},"frames":[{"filename":"ship.py","lineno":77,"method":"land"},{"filename":"dock.py","lineno":31,"method":"open"}]}}"#;
        assert_eq!(
            render(rollbar).as_deref(),
            Some(
                "Traceback (most recent call last):\n  File \"ship.py\", line 77, in land\n  File \"dock.py\", line 31, in open\nValueError: no bay\n"
            )
        );
        let log4j = r#"{"level":"ERROR","message":"could not land","thrown":{"message":"no bay","name":"com.acme.Lost","extendedStackTrace":[{"class":"com.acme.Dock","method":"open","file":"Dock.java","line":31}]}}"#;
        assert_eq!(
            render(log4j).as_deref(),
            Some(
                "Logged as: could not land\ncom.acme.Lost: no bay\n\tat com.acme.Dock.open(Dock.java:31)\n"
            )
        );
        let chain = r#"{"exception":{"values":[{"type":"IOError","value":"no net","stacktrace":{"frames":[{"filename":"net.js","function":"get","lineno":3}]}},{"type":"TypeError","value":"no bay","stacktrace":{"frames":[{"filename":"wasm","function":"run"},{"filename":"dock.js","function":"open","lineno":31}]}}]},"threads":{"values":[{"name":"main","stacktrace":{"frames":[{"filename":"idle.js","function":"wait","lineno":1}]}}]}}"#;
        assert_eq!(
            render(chain).as_deref(),
            Some(
                "TypeError: no bay\n    at open (dock.js:31:1)\n    at run (wasm)\nCaused by: IOError: no net\n    at get (net.js:3:1)\n"
            )
        );
        let go = r#"{"exception":[{"type":"*errors.Lost","value":"no bay","stacktrace":{"frames":[{"function":"Run","module":"orbit/world","abs_path":"/src/run.go","lineno":41},{"function":"(*Shard).Tick","module":"orbit/world","abs_path":"/src/shard.go","lineno":88}]}}]}"#;
        assert_eq!(
            render(go).as_deref(),
            Some(
                "*errors.Lost: no bay\norbit/world.(*Shard).Tick\n\t/src/shard.go:88\norbit/world.Run\n\t/src/run.go:41\n"
            )
        );
        for other in [
            r#"{"threads":[{"name":"main","frames":[{"file":"a.rs","line":1}]}]}"#,
            r#"{"line":3,"file":"a.rs"}"#,
            r#"{"items":[{"line":1},{"line":2}]}"#,
            "line",
        ] {
            assert_eq!(render(other), None, "{other}");
        }
    }
}
