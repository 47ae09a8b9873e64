//! Apple's `.ips` documents cut in front, behind or at both ends, as forms and logs cut them: what is whole of threads,
//! images and reasons, written as the report would be.

use memchr::memmem;
use serde_json::{Map, Value};

use super::{apple_json, json_cut};
use crate::{grammar, text};

/// Every frame has it.
const FRAME: &str = "\"imageOffset\"";
/// Fields that say how the process ended.
const FIELDS: [&str; 2] = ["\"exception\"", "\"termination\""];
/// Longer texts are no form's.
const LONGEST: usize = 2 << 20;
/// Objects of a list that are read.
const MOST: usize = 20_000;

/// The report as text; `None` where the document is of another kind.
pub(super) fn render(document: &str) -> Option<String> {
    let frames = memmem::find_iter(document.as_bytes(), FRAME)
        .nth(1)
        .is_some();
    if document.len() > LONGEST {
        return None;
    }
    if !frames && !says_why(document) {
        return head_alone(document);
    }
    let rows = rows(document);
    // Forms break such lines anywhere, in the middle of a word.
    let document = document.replace(['\n', '\r'], "");
    let mut report = Map::new();
    for name in ["exception", "termination", "asi", "exceptionReason"] {
        if let Some(value) = behind(&document, name).and_then(as_far_as_it_goes) {
            report.insert(name.to_owned(), value);
        }
    }
    for name in ["faultingThread", "procName", "procPath", "vmregioninfo"] {
        if let Some(value) = behind(&document, name).and_then(whole) {
            report.insert(name.to_owned(), value);
        }
    }
    for name in ["lastExceptionBacktrace", "usedImages"] {
        if let Some((list, _)) = behind(&document, name).and_then(list) {
            report.insert(name.to_owned(), Value::Array(list));
        }
    }
    let mut threads = threads(&document);
    let told = |thread: &Value| !apple_json::list(thread, "frames").is_empty();
    let told_frames = threads.iter().any(told) || report.contains_key("lastExceptionBacktrace");
    if !threads.iter().any(told) && !report.contains_key("lastExceptionBacktrace") {
        if !report.contains_key("termination") && !report.contains_key("exception") {
            return None;
        }
        threads.clear();
    }
    // The end of a report says which thread it was.
    if let Some(triggered) = behind(&document, "threadTriggered").and_then(whole) {
        for name in ["name", "queue"] {
            let Some(wanted) = triggered.get(name) else {
                continue;
            };
            let mut of_name = threads
                .iter_mut()
                .filter(|thread| thread.get(name) == Some(wanted));
            if let (Some(Value::Object(thread)), None) = (of_name.next(), of_name.next()) {
                thread.insert("triggered".to_owned(), Value::Bool(true));
                break;
            }
        }
    }
    report.insert("threads".to_owned(), Value::Array(threads));
    let head = if document.starts_with('{') {
        whole(&document).unwrap_or_default()
    } else {
        Value::Null
    };
    let written = apple_json::write(&head, &Value::Object(report));
    // Rows of text that stand beside its fields are the stack of it.
    match text::find(&written, "\nBinary Images:") {
        Some(at) if !rows.is_empty() && !told_frames => {
            Some([&written[..at], "\n", &rows, &written[at..]].concat())
        }
        _ => Some(written),
    }
}

/// The head of a report that is cut off before it says how the process ended: whose report it is, and nothing else.
fn head_alone(document: &str) -> Option<String> {
    /// Fields of nobody's but Apple's.
    const MARKS: [&str; 6] = [
        "\"procName\"",
        "\"procLaunch\"",
        "\"procStartAbsTime\"",
        "\"coalitionName\"",
        "\"crashReporterKey\"",
        "\"deployVersion\"",
    ];
    const FEWEST: usize = 3;
    let marks = MARKS
        .iter()
        .filter(|mark| memmem::find(document.as_bytes(), mark.as_bytes()).is_some());
    if marks.take(FEWEST).count() < FEWEST {
        return None;
    }
    let mut lines = text::lines(document).map(str::trim);
    let told = |line: &str| grammar::read(line).is_some();
    if lines.any(told) {
        return None;
    }
    let mut report = Map::new();
    for name in ["procName", "procPath"] {
        if let Some(value) = behind(document, name).and_then(whole) {
            report.insert(name.to_owned(), value);
        }
    }
    let head = whole(document).unwrap_or_default();
    Some(apple_json::write(&head, &Value::Object(report)))
}

/// A row of a stack in Apple's columns: `2  Orbit      orbit::dock::open`.
fn is_row(line: &str) -> bool {
    let line = text::trim(line);
    line.starts_with(|c: char| c.is_ascii_digit())
        && grammar::read_as(grammar::Printers::Apple, line).is_some()
}

/// Such rows of one stack, counted from 0 on.
fn rows(document: &str) -> String {
    let mut out = String::new();
    let mut next = 0_usize;
    for line in text::lines(document).map(text::trim) {
        let number = text::digits(line).and_then(|(number, _)| number.parse().ok());
        if number == Some(next) && is_row(line) {
            out.extend([line, "\n"]);
            next += 1;
        } else if number == Some(0) && next > 1 && is_row(line) {
            break;
        }
    }
    out
}

/// Whether a document without frames is the part of a report that says how the process ended.
fn says_why(document: &str) -> bool {
    let has = |mark: &str| memmem::find(document.as_bytes(), mark.as_bytes()).is_some();
    if !document.starts_with(['{', '}']) {
        // Some of its fields, perhaps below a person's words.
        let framed = |line| grammar::read(text::trim(line)).is_some();
        let fields = has("\"exception\"")
            && has("\"EXC_")
            && text::lines(document).any(|line| {
                let line = line.trim_start();
                FIELDS.iter().any(|field| line.starts_with(field))
            })
            && !text::lines(document).any(|line| framed(line) && !is_row(line));
        if fields || !document.starts_with('"') {
            return fields;
        }
    }
    let ended = has("\"termination\"") && has("\"namespace\"")
        || has("\"exception\"") && has("\"type\":\"EXC_");
    let marks = [
        "\"faultingThread\"",
        "\"threadState\"",
        "\"procName\"",
        "\"usedImages\"",
        "\"procRole\"",
    ];
    ended && marks.iter().any(|mark| has(mark))
}

/// What stands behind a field's name.
fn behind<'a>(document: &'a str, name: &str) -> Option<&'a str> {
    memmem::find_iter(document.as_bytes(), name).find_map(|at| {
        let rest = document[at + name.len()..].strip_prefix('"')?.trim_start();
        let quoted = document[..at].ends_with('"');
        Some(rest.strip_prefix(':')?.trim_start()).filter(|_| quoted)
    })
}

/// The value that a text begins with; `None` where it is cut.
fn whole(text: &str) -> Option<Value> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    values.next()?.ok()
}

/// The same, where an object that is cut ends with what is whole of it.
fn as_far_as_it_goes(text: &str) -> Option<Value> {
    const LONGEST: usize = 4096;
    whole(text).or_else(|| {
        let object = text.starts_with('{') && text.len() <= LONGEST;
        let closed = object.then(|| json_cut::closed(text)).flatten()?;
        closed.iter().find_map(|object| whole(object))
    })
}

/// The objects of a list, up to where it is cut, and what stands behind the last of them.
fn list(text: &str) -> Option<(Vec<Value>, &str)> {
    Some(objects(text.strip_prefix('[')?))
}

/// Objects with commas between them.
fn objects(text: &str) -> (Vec<Value>, &str) {
    let mut out = Vec::new();
    let mut rest = text.trim_start();
    while rest.starts_with('{') && out.len() < MOST {
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
        let Some(Ok(value)) = values.next() else {
            break;
        };
        let end = values.byte_offset();
        out.push(value);
        rest = rest.get(end..).unwrap_or_default().trim_start();
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
    }
    (out, rest)
}

/// The threads: those that are whole, and the frames of the two that the cuts go through.
fn threads(document: &str) -> Vec<Value> {
    let (mut out, rest) = match behind(document, "threads").and_then(list) {
        Some((list, rest)) => (list, rest),
        None => from_the_middle(behind_raised(document)),
    };
    // The last one, cut in its frames or behind them.
    let next_list = text::find(rest, "\"usedImages\"").unwrap_or(rest.len());
    let rest = &rest[..next_list];
    if rest.starts_with('{')
        && let Some((frames, _)) = behind(rest, "frames").and_then(list)
        && !frames.is_empty()
    {
        let mut thread = thread(frames);
        for name in ["triggered", "name", "queue", "id"] {
            if let Some(value) = behind(rest, name).and_then(whole) {
                thread.insert(name.to_owned(), value);
            }
        }
        out.push(Value::Object(thread));
    }
    out
}

/// What follows the backtrace of an exception whose frames are the first ones: these are no thread's.
fn behind_raised(document: &str) -> &str {
    let raised = behind(document, "lastExceptionBacktrace");
    let first = text::find(document, FRAME);
    match raised.filter(|raised| first > Some(document.len() - raised.len())) {
        Some(raised) => list(raised).map_or(raised, |(_, rest)| rest),
        None => document,
    }
}

/// Threads of a text that begins inside of one.
fn from_the_middle(document: &str) -> (Vec<Value>, &str) {
    // The first thread may be cut in its state, in front of its frames, or in them.
    let first = text::find(document, FRAME).unwrap_or_default();
    let open = document[..first].rfind('{').unwrap_or(first);
    let front = document.get(..open).unwrap_or_default();
    let (mut frames, mut rest) = objects(document.get(open..).unwrap_or_default());
    frames.retain(|frame| frame.get("imageOffset").is_some());
    let mut cut = thread(frames);
    if let Some(end) = text::find(rest, "}") {
        let tail = &rest[..end];
        for name in ["triggered", "name", "queue"] {
            let value = behind(tail, name)
                .or_else(|| behind(front, name))
                .and_then(whole);
            if let Some(value) = value {
                cut.insert(name.to_owned(), value);
            }
        }
    }
    // Behind it: the state, and the next thread.
    let next = memmem::find_iter(rest.as_bytes(), "},")
        .map(|at| rest[at + 2..].trim_start())
        .find(|next| {
            let head = text::head(next, 40);
            head.starts_with('{')
                && [
                    "\"id\"",
                    "\"triggered\"",
                    "\"frames\"",
                    "\"name\"",
                    "\"queue\"",
                ]
                .iter()
                .any(|name| head[1..].trim_start().starts_with(name))
        });
    rest = next.unwrap_or_default();
    let (threads, rest) = objects(rest);
    let empty = apple_json::list(&Value::Object(cut.clone()), "frames").is_empty();
    let mut out = Vec::new();
    if !empty || !threads.is_empty() {
        out.push(Value::Object(cut));
    }
    out.extend(threads);
    (out, rest)
}

fn thread(frames: Vec<Value>) -> Map<String, Value> {
    let mut out = Map::new();
    out.insert("frames".to_owned(), Value::Array(frames));
    out
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn what_is_whole_is_kept() {
        let text = "Index\":1},{\"imageOffset\":4,\"symbol\":\"f\",\"symbolLocation\":2,\"imageIndex\":1}]},\
                    {\"triggered\":true,\"id\":7,\"frames\":[{\"imageOffset\":8,\"symbol\":\"g\",\"symbolLocation\":2,\"imageIndex\":0},{\"imag";
        let out = render(text).unwrap();
        assert!(out.contains("Thread 0:\n0   image 1 "), "{out}");
        assert!(out.contains("Thread 1 Crashed:\n0   image 0 "), "{out}");
        for other in ["\"imageOffset\" \"imageOffset\"", "{\"imageOffset\":1", ""] {
            assert_eq!(render(other), None, "{other}");
        }
    }
}
