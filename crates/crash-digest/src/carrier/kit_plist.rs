//! KSCrash's report as its dictionary is logged, `crash =     {` and `"instruction_addr" = 952584836;`: read into the values that
//! its JSON has, and written like that. A log may have cut off where it begins, and where it ends.

use memchr::memmem;
use serde_json::{Map, Value};

use super::kit_json;

/// What a frame or an error of such a report has.
pub(super) const MARKS: [&str; 3] = [
    "\"instruction_addr\" = ",
    "\"exception_name\" = ",
    "\"code_name\" = ",
];
/// Deeper values are left out.
const DEEPEST: usize = 64;

/// The report as text; `None` when the document is another.
pub(super) fn render(document: &str) -> Option<String> {
    MARKS
        .iter()
        .any(|mark| memmem::find(document.as_bytes(), mark.as_bytes()).is_some())
        .then_some(())?;
    let mut report = Map::new();
    for (key, opening) in [("system", '{'), ("\"binary_images\"", '(')] {
        if let Some(value) = value_of(document, key, opening) {
            report.insert(key.trim_matches('"').to_owned(), value);
        }
    }
    let crash = value_of(document, "crash", '{').or_else(|| {
        let mut crash = Map::new();
        for (key, opening) in [("error", '{'), ("threads", '(')] {
            crash.insert(key.to_owned(), value_of(document, key, opening)?);
        }
        Some(Value::Object(crash))
    })?;
    let mut crash = crash;
    // Of a thread that is cut off nobody knows which it is.
    if let Some(Value::Array(threads)) = crash.get_mut("threads") {
        threads.retain(|thread| thread.get("index").is_some());
    }
    report.insert("crash".to_owned(), crash);
    kit_json::write(&Value::Object(report))
}

/// The first list or object of a name: `threads =         (`.
fn value_of(document: &str, key: &str, opening: char) -> Option<Value> {
    let named = format!("{key} =");
    memmem::find_iter(document.as_bytes(), named.as_bytes()).find_map(|at| {
        let whole = document[..at].ends_with([' ', '\t', '\n', '{', ';']) || at == 0;
        let rest = document[at + named.len()..].trim_start();
        (whole && rest.starts_with(opening)).then(|| parse(rest))
    })
}

/// A value that is open.
enum Open {
    Object(Map<String, Value>, Option<String>),
    List(Vec<Value>),
}

impl Open {
    /// Takes a value; words without a key behind them are a key.
    fn take(&mut self, value: Value) {
        match self {
            Self::List(values) => values.push(value),
            Self::Object(values, key) => {
                if let Some(key) = key.take() {
                    values.insert(key, value);
                }
            }
        }
    }

    fn close(self) -> Value {
        match self {
            Self::Object(values, _) => Value::Object(values),
            Self::List(values) => Value::Array(values),
        }
    }
}

/// The value that a text begins with; one that is cut off ends there.
fn parse(text: &str) -> Value {
    let mut open: Vec<Open> = Vec::new();
    // Values inside of those that are left out.
    let mut skipped = 0_usize;
    let mut word: Option<Value> = None;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (token, behind) = rest.split_at(first.len_utf8());
        rest = behind;
        match first {
            '{' | '(' if open.len() >= DEEPEST || skipped > 0 => skipped += 1,
            '}' | ')' if skipped > 0 => skipped -= 1,
            '{' => open.push(Open::Object(Map::new(), None)),
            '(' => open.push(Open::List(Vec::new())),
            '}' | ')' | ';' | ',' => {
                if let (Some(value), Some(last)) = (word.take(), open.last_mut()) {
                    last.take(value);
                }
                if matches!(first, '}' | ')') && end(&mut open) {
                    break;
                }
            }
            '=' => {
                if let (Some(Open::Object(_, key)), Some(Value::String(name))) =
                    (open.last_mut(), word.take())
                {
                    *key = Some(name);
                }
            }
            '"' => {
                let (said, behind) = quoted(rest);
                (word, rest) = (Some(Value::String(said)), behind);
            }
            _ if first.is_whitespace() => {}
            _ => {
                let end = rest.find(|c: char| c.is_whitespace() || "{}(),;=\"".contains(c));
                let (tail, behind) = rest.split_at(end.unwrap_or(rest.len()));
                (word, rest) = (Some(bare(&[token, tail].concat())), behind);
            }
        }
    }
    while open.len() > 1 {
        end(&mut open);
    }
    open.pop().map_or(Value::Null, Open::close)
}

/// Closes the innermost value, and puts it where it belongs; `true` where it is the outermost.
fn end(open: &mut Vec<Open>) -> bool {
    if open.len() <= 1 {
        return true;
    }
    if let Some(inner) = open.pop()
        && let Some(outer) = open.last_mut()
    {
        outer.take(inner.close());
    }
    false
}

/// A number or a word: `952584836`, `SIGSEGV`.
fn bare(word: &str) -> Value {
    if let Ok(number) = word.parse::<u64>() {
        return Value::from(number);
    }
    word.parse::<i64>()
        .map_or_else(|_| Value::from(word), Value::from)
}

/// The text behind an opening quote, and what stands behind the closing one.
fn quoted(rest: &str) -> (String, &str) {
    let mut said = String::new();
    let mut chars = rest.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (said, &rest[at + 1..]),
            '\\' => match chars.next() {
                Some((_, 'n')) => said.push('\n'),
                Some((_, c)) => said.push(c),
                None => break,
            },
            _ => said.push(c),
        }
    }
    (said, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dictionaries_are_values() {
        let text = "{\n    a = (1, {b = \"x \\\"y\\\"\";}, SIGSEGV);\n    \"c_d\" = -3; e = {";
        let expected =
            serde_json::json!({"a": [1, {"b": "x \"y\""}, "SIGSEGV"], "c_d": -3, "e": {}});
        assert_eq!(parse(text), expected);
        let deep = "a = {".repeat(100_000);
        assert!(parse(&format!("{{{deep}")).is_object());
    }
}
