//! Apple's `JetsamEvent` files, whole or one process of them quoted: which process the system ended for its memory, and why.

use std::fmt::Write as _;

use memchr::memmem;
use serde_json::Value;

use super::apple_json::text;
use crate::text;

/// Every process of such a file has its pages of memory.
pub(super) const MARK: &str = "\"rpages\"";
const REASON: &str = "\"reason\"";
/// In the head of a whole file.
const LARGEST: &str = "\"largestProcess\"";
/// Processes that are looked at.
const MOST: usize = 4096;
/// A process takes fewer bytes.
const LONGEST: usize = 1 << 14;

/// The end of the first process with a reason, in the words of Apple's reports; `None` where no process has one, and the text
/// does not say which was the largest.
pub(super) fn render(document: &str) -> Option<String> {
    let fields = |mark| memmem::find_iter(document.as_bytes(), mark).take(MOST);
    let whole = fields(MARK)
        .chain(fields("\"killDelta\""))
        .filter_map(|at| around(document, at))
        .find(|process| text(process, "reason").is_some());
    let ended = match &whole {
        Some(process) => Ended::of(process),
        None => Ended::cut(document).or_else(|| Ended::unknown(document))?,
    };
    Some(ended.write(document))
}

/// In the head of an older system's table of processes.
pub(super) const TABLE: &str = "Largest process:";

/// The same of an older system's text: `Orbit <cbc5…>  61032  61032  200  [per-process-limit]  (frontmost) (resume)`, of the first
/// ones `Orbit <cbc5…>  38263 (jettisoned) (active)`. What was in use goes before what ran behind it.
pub(super) fn of_table(document: &str) -> Option<String> {
    let (_, rest) = text::split_once(document, TABLE)?;
    let (largest, table) = rest.split_once('\n')?;
    let headed = ["rpages", "resident pages"];
    headed.iter().find(|column| text::has(table, column))?;
    let ended = |line| row(line).filter(|row| row.reason.is_some());
    let mut first = None;
    let mut used = None;
    for line in text::lines(table) {
        let row = ended(line);
        first = first.or(row);
        used = used.or(row.filter(|_| text::has(line, "(frontmost)")));
        if used.is_some() {
            break;
        }
    }
    let ended = used.or(first)?;
    let mut out = ended.write("");
    let largest = largest.trim();
    if !largest.is_empty() && ended.name != Some(largest) {
        out.insert_str(
            out.trim_end().len(),
            &format!("; the largest process was {largest}"),
        );
    }
    Some(out)
}

/// A row of that table.
fn row(line: &str) -> Option<Ended<'_>> {
    let (name, rest) = text::split_once(text::trim(line), " <")?;
    let (_, rest) = rest.split_once('>')?;
    let (pages, rest) = text::digits(rest.trim_start())?;
    let why = text::after(rest, "[", b"]").filter(|why| !why.is_empty());
    let jettisoned = text::has(rest, "(jettisoned)").then_some("jettisoned");
    Some(Ended {
        name: Some(name.trim()),
        id: None,
        reason: why.or(jettisoned),
        pages: pages.parse().ok(),
    })
}

/// How a process ended, as far as the text has it.
#[derive(Clone, Copy)]
struct Ended<'a> {
    name: Option<&'a str>,
    id: Option<u64>,
    reason: Option<&'a str>,
    pages: Option<u64>,
}

impl<'a> Ended<'a> {
    /// Of an object that is whole.
    fn of(process: &'a Value) -> Self {
        let number = |name| process.get(name).and_then(Value::as_u64);
        Self {
            name: text(process, "name"),
            id: number("pid"),
            reason: text(process, "reason"),
            pages: number("rpages"),
        }
    }

    /// Of one that pasting tore or cut off: its fields may stand on several lines each.
    fn cut(document: &'a str) -> Option<Self> {
        let process = memmem::find_iter(document.as_bytes(), REASON)
            .take(MOST)
            .map(|at| part_around(document, at))
            .find(|part| text::has(part, MARK))?;
        let number = |name| text::digits(field(process, name)?)?.0.parse().ok();
        Some(Self {
            name: string(process, "\"name\""),
            id: number("\"pid\""),
            reason: Some(string(process, REASON)?),
            pages: number(MARK),
        })
    }

    /// Of one that is not in the text, whose head is.
    fn unknown(document: &str) -> Option<Self> {
        text::find(document, LARGEST)?;
        Some(Self {
            name: None,
            id: None,
            reason: None,
            pages: None,
        })
    }

    fn write(&self, document: &str) -> String {
        let mut out = String::from("Exception Type: JETSAM\n");
        if let Some(name) = self.name {
            let _ = write!(out, "Process: {}", first_line(name));
            if let Some(id) = self.id {
                let _ = write!(out, " [{id}]");
            }
            out.push('\n');
        }
        out.push_str("Termination Reason: JETSAM");
        if let Some(reason) = self.reason {
            let _ = write!(out, " {}", first_line(reason));
        }
        match (self.name, self.id) {
            (None, Some(id)) => {
                let _ = write!(out, ", of process {id}, whose name is not in the text");
            }
            (None, None) => out.push_str(", of which process is not in the text"),
            _ => {}
        }
        if let Some(pages) = self.pages {
            let _ = write!(out, ", {pages} pages of memory");
            if let Some(size) = page_size(document) {
                let _ = write!(out, " ({} MB)", pages.saturating_mul(size) >> 20);
            }
        }
        // The largest is not always the one that was ended.
        if let Some(largest) = string(document, LARGEST).filter(|name| self.name != Some(name)) {
            let _ = write!(out, "; the largest process was {}", first_line(largest));
        }
        out.push('\n');
        out
    }
}

fn first_line(said: &str) -> &str {
    said.lines().next().unwrap_or_default()
}

/// The object that a field stands in, as far as it is there.
fn part_around(document: &str, at: usize) -> &str {
    let from = at.saturating_sub(LONGEST);
    let bytes = document.as_bytes();
    let mut depth = 0_usize;
    let open = (from..at).rev().find(|&at| match bytes[at] {
        b'}' => {
            depth += 1;
            false
        }
        b'{' if depth == 0 => true,
        b'{' => {
            depth -= 1;
            false
        }
        _ => false,
    });
    let open = open.unwrap_or(from);
    let mut depth = 0_usize;
    let end = (at..bytes.len().min(at + LONGEST)).find(|&at| match bytes[at] {
        b'{' => {
            depth += 1;
            false
        }
        b'}' if depth == 0 => true,
        b'}' => {
            depth -= 1;
            false
        }
        _ => false,
    });
    let end = end.unwrap_or(bytes.len().min(at + LONGEST));
    // Bytes of a longer text may end inside of a letter.
    document.get(open..end).unwrap_or_default()
}

/// What stands behind the name of a field, perhaps on the next line.
fn field<'a>(object: &'a str, name: &str) -> Option<&'a str> {
    let (_, behind) = text::split_once(object, name)?;
    Some(behind.trim_start().strip_prefix(':')?.trim_start())
}

/// The same of a field that is a text.
fn string<'a>(object: &'a str, name: &str) -> Option<&'a str> {
    let (value, _) = field(object, name)?.strip_prefix('"')?.split_once('"')?;
    Some(value).filter(|value| !value.is_empty())
}

/// The object that a field stands in.
fn around(document: &str, at: usize) -> Option<Value> {
    // No brace is a part of another letter.
    let from = at.saturating_sub(LONGEST);
    let open = from + memchr::memrchr(b'{', &document.as_bytes()[from..at])?;
    let object = text::head(&document[open..], 2 * LONGEST);
    let mut values = serde_json::Deserializer::from_str(object).into_iter::<Value>();
    let object = values.next()?.ok()?;
    // Later systems leave the pages out.
    let of_process = ["rpages", "killDelta", "lifetimeMax"]
        .iter()
        .any(|field| object.get(field).is_some());
    of_process.then_some(object)
}

/// `"pageSize" : 16384` in the head of a whole file.
fn page_size(document: &str) -> Option<u64> {
    let value = text::after(document, "\"pageSize\"", b"")?;
    let number = value.trim_start_matches([' ', ':']);
    text::digits(number)?.0.parse().ok()
}
