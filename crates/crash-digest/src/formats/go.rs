//! Go: a panic and the goroutines behind it; function and place stand on two lines.

use super::plain;
use super::reader::{Line, Reader};
use super::requests;
use crate::code_tables;
use crate::cut::Header;
use crate::frame::{Frame, Language};
use crate::grammar;
use crate::model::{Builder, Exception, RelatedKind};
use crate::text;
use crate::windows_exceptions;

/// How much a line speaks for this format.
pub(super) fn score(line: &str) -> u32 {
    match line.as_bytes() {
        [b'g', ..] if line.starts_with("goroutine ") && line.contains('[') => 8,
        [b'p', ..] if line.starts_with("panic: ") => 2,
        _ if line.ends_with("panic recovered:") => 4,
        [b'c', ..] if line.starts_with("created by ") => 2,
        [b'W', ..] if line == "WARNING: DATA RACE" => 6,
        _ if text::has(line, ".go:") => {
            // A place alone on its line, from a root, of a build with trimmed paths, or bare.
            let first = line.as_bytes()[0];
            let alone = first == b'/' || first.is_ascii_uppercase() || !line.contains(' ');
            1 + u32::from(alone && text::file_line(line).1.is_some())
        }
        // zap's `orbit/dock.(*Bay).Open` above the place.
        [.., last] if last.is_ascii_alphanumeric() && text::has(line, ".(*") => {
            2 * u32::from(is_bare(line))
        }
        _ => 0,
    }
}

/// Reads a panic; the goroutine was chosen before.
#[derive(Default)]
pub(super) struct Go<'a> {
    /// A function whose place follows.
    function: Option<&'a str>,
    /// A name without arguments, which is a function when a place follows.
    bare: Option<&'a str>,
    /// A server took a panic on: its message follows.
    recovered: bool,
    /// Whether the text names a panic anywhere, once that was asked.
    named: Option<bool>,
    /// The words behind the last frame: what the next stack of a wrapped error says.
    said: Option<&'a str>,
}

impl<'a> Reader<'a> for Go<'a> {
    fn line(&mut self, out: &mut Builder<'a>, line: Line<'a>) {
        let line = match logged(line.text) {
            Some(said) if said.failed => {
                if said.fields.is_some() && out.is_fresh() && !out.has_frames() {
                    let error = said.fields.and_then(error_of).unwrap_or_default();
                    out.stack.facts.reason("error", error);
                    let exception = Exception {
                        name: None,
                        message: said.message,
                    };
                    out.sure(exception, said.message);
                    return out.cut();
                }
                said.message
            }
            // What the server wrote before.
            Some(_) => return out.stack.unrecognized.push(line.text),
            None => line.text,
        };
        // Forms break the line before the arguments.
        if line.starts_with("(0x")
            && line.ends_with(')')
            && let Some(name) = self.bare.take()
        {
            self.function = Some(name);
            return;
        }
        if self.place(out, line) || self.recovered(out, line) {
            return;
        }
        // The text begins between a function and its place.
        if !out.has_frames()
            && !names_exception(out)
            && let Some((place, _)) = text::split_once(line, " +0x")
            && let (file, Some(number)) = text::file_line(place)
            && matches!(file.as_bytes(), [.., b'.', b'g', b'o'])
            && !file.contains(' ')
            && !*self.named.get_or_insert_with(|| names_later(out))
        {
            return out.frame(Frame {
                raw: line,
                file: Some(file),
                line: Some(number),
                language: Language::Go,
                ..Frame::default()
            });
        }
        if let Some(creator) = line.strip_prefix("created by ") {
            let creator = creator.split(" in goroutine ").next().unwrap_or(creator);
            out.related(RelatedKind::CreatedBy, line, None);
            self.function = Some(creator);
            return;
        }
        if let Some(kind) = race(line) {
            out.related(kind, line, text::after(line, "goroutine ", b": ("));
            return;
        }
        if line == "WARNING: DATA RACE" && out.is_fresh() {
            out.exception_name(&line[9..]);
            return out.cut();
        }
        if reason(out, line) {
            return;
        }
        if is_function(line) || cut_off(line).is_some() {
            self.function = Some(line);
        } else if is_bare(line) {
            self.bare = Some(line);
        } else if !(line.starts_with("...") || line.starts_with("exit status")) {
            self.said = Some(line);
            plain::other(out, line);
        }
    }

    fn end(&mut self, out: &mut Builder<'a>) {
        if let Some(name) = self.bare.take() {
            plain::other(out, name);
        }
        if let Some(function) = self.function.take() {
            out.frame(Frame {
                raw: function,
                function: Some(name(function)),
                language: Language::Go,
                ..Frame::default()
            });
        }
    }
}

impl<'a> Go<'a> {
    /// The place of a function that stood on the line before.
    fn place(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        if let Some(name) = self.bare.take() {
            let place = line.split(" +0x").next().unwrap_or(line);
            let source = text::has(place, ".go:") || text::has(place, ".s:");
            let placed = source && text::file_line(place).1.is_some();
            if placed || is_cut_place(out, line) {
                self.function = Some(name);
            } else {
                plain::other(out, name);
            }
        }
        if let Some(function) = self.function.take() {
            let place = line.split(" +0x").next().unwrap_or(line).trim();
            let (file, number) = text::file_line(place);
            let known = number.is_some();
            // A console's width ended the line inside of the path.
            let cut = !known && is_path(line);
            let raw = if known || cut {
                out.span(function, line)
            } else {
                function
            };
            let said = self.said.take();
            if let Some(said) = said.filter(|_| is_ended(out)) {
                out.further(said);
            }
            out.frame(Frame {
                raw,
                function: Some(name(function)),
                file: known.then_some(file),
                line: number,
                language: Language::Go,
                ..Frame::default()
            });
            if known || cut {
                return true;
            }
        }
        false
    }

    /// A panic that a server took on: its message, its places with their addresses, and the functions below these.
    fn recovered(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        if line.ends_with("panic recovered:") && out.is_fresh() {
            self.recovered = true;
            return true;
        }
        // gin prints the request and its headers in front of the message.
        if self.recovered && requests::is_request(line) {
            out.stack.facts.reason("panic recovered, request", line);
            return true;
        }
        if self.recovered && requests::is_header(line) {
            out.stack.unrecognized.push(line);
            return true;
        }
        let recovered = std::mem::take(&mut self.recovered);
        if let Some(message) = line
            .strip_prefix("panic recovered: ")
            .or_else(|| Some(line).filter(|_| recovered))
            .filter(|_| out.is_fresh())
        {
            out.section().exception = Exception {
                name: Some("panic"),
                message,
            };
            return true;
        }
        if let Some(frame) = grammar::read(line).filter(|frame| frame.language == Language::Go) {
            out.frame(frame);
            return true;
        }
        // Below such a place: `(*Ship).Fire: s.hull.Hit()`.
        if let Some(frame) = out.last_frame()
            && frame.language == Language::Go
            && frame.function.is_none()
            && let Some((function, _)) = text::split_once(line, ": ")
            && !function.contains(' ')
        {
            frame.function = Some(function);
            return true;
        }
        false
    }
}

/// Whether the last frame is the outermost of its goroutine, in a stack that is told as a report: an error that was wrapped prints
/// one stack below the other.
fn is_ended(out: &mut Builder<'_>) -> bool {
    let report = !out.is_beside() || out.is_further();
    let last = out.last_frame().and_then(|last| last.function);
    report && last.is_some_and(|name| name == "runtime.goexit")
}

/// Whether a line is a path and nothing else.
fn is_path(line: &str) -> bool {
    line.len() > 1 && line.starts_with('/') && !line.contains(' ')
}

/// Whether the text ends inside of a place: `/go/pkg/mod/github.com/acme/orbit@v0.1`.
fn is_cut_place(out: &Builder<'_>, line: &str) -> bool {
    let last = || {
        let at = text::place(out.text, line)?;
        out.text.get(at + line.len()..)
    };
    is_path(line)
        && text::file_line(line).1.is_none()
        && last().is_some_and(|rest| rest.trim().is_empty())
}

/// Whether the text began inside of the first goroutine, which is the one that ended the program: this one only waits.
pub(super) fn is_cut(out: &Builder<'_>, header: &Header<'_>) -> bool {
    out.has_frames()
        && !names_exception(out)
        && header.state.is_some_and(|state| state != "running")
}

/// Whether the text names one anywhere.
fn names_later(out: &Builder<'_>) -> bool {
    ["panic: ", "fatal error: ", " panic serving "]
        .iter()
        .any(|mark| text::has(out.text, mark))
}

/// Whether a panic was named.
fn names_exception(out: &Builder<'_>) -> bool {
    let sections = &out.stack.sections;
    sections
        .iter()
        .any(|section| section.exception.name.is_some())
}

/// A server of Go's own, `http: panic serving 127.0.0.1:52746: no bay`, `http2: panic serving …`: whom it served and the message.
fn served(line: &str) -> Option<(&str, &str)> {
    const MARK: &str = ": panic serving ";
    let at = text::find(line, MARK)?;
    let (client, message) = text::split_once(&line[at + MARK.len()..], ": ")?;
    let server = line[..at].rsplit(' ').next().unwrap_or_default();
    let end = at + MARK.len() + client.len();
    Some((&line[at - server.len()..end], message))
}

/// What the panic or the race says of itself.
fn reason<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if out.is_fresh() && !out.is_beside() {
        if let Some(access) = line
            .strip_suffix(':')
            .filter(|line| {
                text::has(line, " by ") && line.ends_with(|c: char| c.is_ascii_digit() || c == 'e')
            })
            .filter(|line| line.starts_with("Write ") || line.starts_with("Read "))
        {
            out.stack.facts.reason("", access);
            return true;
        }
        // A server that goes on: `2025/12/06 13:59:52 http: panic serving 127.0.0.1:52746: runtime error: …`.
        if let Some((said, message)) = served(line) {
            out.stack.facts.reason("recovered by", said);
            out.section().exception = Exception {
                name: Some("panic"),
                message,
            };
            out.cut();
            return true;
        }
        if let Some(message) = observed(line) {
            out.section().exception = Exception {
                name: Some("panic"),
                message,
            };
            out.cut();
            return true;
        }
        if let Some(message) = line
            .strip_prefix("panic: ")
            .or_else(|| line.strip_prefix("fatal error: "))
        {
            let name = if line.starts_with('p') {
                "panic"
            } else {
                "fatal error"
            };
            let message = message.split(" [recovered]").next().unwrap_or(message);
            let message = logged_panic(out, message).unwrap_or(message);
            // What a log said before it is no exception.
            if out.section().exception.name.is_none() {
                out.section().exception = Exception {
                    name: Some(name),
                    message,
                };
            } else if out.section().exception.message != message {
                out.stack.facts.reason(name, message);
            }
            return true;
        }
        if let Some(rest) = line.strip_prefix("[signal ") {
            let facts = &mut out.stack.facts;
            facts.signal = rest.split([':', ' ']).next().map(signal_name);
            facts.fault_address = text::after(rest, "addr=", b" ]");
            return true;
        }
    }
    false
}

/// Kubernetes' controllers: `Observed a panic: "no bay" (no bay)`, `"Observed a panic" panic="no bay" stacktrace=<`.
fn observed(line: &str) -> Option<&str> {
    let rest = &line[text::find(line, "Observed a panic")?..];
    text::after(rest, "Observed a panic\" panic=\"", b"\"")
        .or_else(|| text::after(rest, "Observed a panic: \"", b"\""))
        .or_else(|| rest.strip_prefix("Observed a panic: "))
}

/// Logrus panics with its entry, `panic: (*logrus.Entry) 0xc0001a2000`: what the entry says stands in the line of the log above.
fn logged_panic<'a>(out: &Builder<'a>, message: &str) -> Option<&'a str> {
    let entry = ["(*logrus.Entry)", "&logrus.Entry"];
    entry.iter().find(|entry| message.starts_with(**entry))?;
    let before = &out.text[..text::place(out.text, message)?];
    let from = ["level=panic", "\"level\":\"panic\"", "PANI["]
        .iter()
        .filter_map(|mark| text::rfind(before, mark))
        .max()?;
    let line = before[from..].lines().next()?;
    text::after(line, "msg=\"", b"\"")
        .or_else(|| text::after(line, "\"msg\":\"", b"\""))
        .or_else(|| text::after(line, "msg=", b" "))
        .or_else(|| {
            let (_, said) = text::split_once(line.strip_prefix("PANI[")?, "] ")?;
            said.split("  ").next()
        })
}

/// Go before 1.9 and on Windows prints the number: `0xb`, `0xc0000005`.
fn signal_name(printed: &str) -> &str {
    if let Some(name) = windows_exceptions::windows_exception(printed) {
        return name;
    }
    let number = printed.strip_prefix("0x").and_then(text::hex);
    number
        .and_then(|number| i64::try_from(number).ok())
        .and_then(code_tables::signal_name)
        .unwrap_or(printed)
}

/// The race detector's other stacks: `Previous read at 0x00c000478a38 by goroutine 79:`, `Goroutine 68 (running) created at:`.
fn race(line: &str) -> Option<RelatedKind> {
    if line.starts_with("Previous ") && text::has(line, " by ") && line.ends_with(':') {
        return Some(RelatedKind::PreviousAccess);
    }
    (line.starts_with("Goroutine ") && line.ends_with(" created at:"))
        .then_some(RelatedKind::CreatedBy)
}

/// `moonfort/vault.(*Ring).Open(0xc000010000, 0x3)`: a qualified name with arguments, which is all of the line.
fn is_function(line: &str) -> bool {
    let Some((front, _)) = text::last_group(line, b'(', b')') else {
        return false;
    };
    !front.is_empty() && front.contains('.') && !front.contains(' ') || front == "panic"
}

/// The name where a console's width ended the line inside of the arguments: `moonfort/vault.(*Ring).Open(0xc0000100`.
fn cut_off(line: &str) -> Option<&str> {
    let (front, arguments) = line.rsplit_once('(')?;
    let of_arguments = |byte: u8| byte.is_ascii_hexdigit() || b"x, {}.".contains(&byte);
    let fits = arguments.starts_with("0x") && arguments.bytes().all(of_arguments);
    let qualified = front.contains('.') && !front.contains(' ') && !front.starts_with('(');
    (fits && qualified).then_some(front)
}

/// A qualified name alone, as loggers print it: `moonfort/vault.(*Ring).Open`, `runtime.gopanic`.
fn is_bare(line: &str) -> bool {
    line.len() <= 200
        && line.contains('.')
        && line.ends_with(|c: char| c.is_ascii_alphanumeric())
        && !line.contains([' ', '\t', ':'])
        && (line.contains('/') || line.starts_with("runtime.") || line.starts_with("main."))
}

/// A logger's columns with tabulators between, or with the blanks that a terminal shows for them.
struct Logged<'a> {
    failed: bool,
    message: &'a str,
    /// What it says besides, as an object: `{"controller": "dock", "error": "no bay"}`.
    fields: Option<&'a str>,
}

/// Time, `ERROR`, `server/server.go:60`, `panic recovered: …` and perhaps fields.
fn logged(line: &str) -> Option<Logged<'_>> {
    let tabs = memchr::memchr(b'\t', line.as_bytes()).is_some();
    let blanks = || line.starts_with(|c: char| c.is_ascii_digit()) && text::has(line, "  ");
    if !tabs && !blanks() {
        return None;
    }
    let columns = line.split(if tabs { "\t" } else { "  " });
    let columns: Vec<&str> = columns
        .map(str::trim)
        .filter(|column| !column.is_empty())
        .collect();
    let level = columns.iter().position(|column| {
        matches!(
            *column,
            "DEBUG" | "INFO" | "WARN" | "ERROR" | "DPANIC" | "PANIC" | "FATAL"
        )
    })?;
    let failed = !matches!(columns[level], "DEBUG" | "INFO" | "WARN");
    let (last, front) = columns[level + 1..].split_last()?;
    match front.last() {
        Some(message) if last.starts_with('{') => Some(Logged {
            failed,
            message,
            fields: Some(last),
        }),
        _ => Some(Logged {
            failed,
            message: last,
            fields: None,
        }),
    }
}

/// The error among the fields.
fn error_of(fields: &str) -> Option<&str> {
    let (_, rest) = text::split_once(fields, "\"error\":")?;
    let rest = rest.trim_start().strip_prefix('"')?;
    let mut escaped = false;
    let end = rest.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    Some(&rest[..end.unwrap_or(rest.len())])
}

/// The function without its arguments.
fn name(function: &str) -> &str {
    match text::last_group(function, b'(', b')') {
        Some((front, _)) if !front.is_empty() && !front.ends_with('.') => front,
        _ => cut_off(function).unwrap_or(function),
    }
}
