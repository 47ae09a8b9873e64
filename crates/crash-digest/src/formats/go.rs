//! Go: a panic and the goroutines behind it; function and place stand on two lines.

use super::plain;
use super::reader::{Line, Reader};
use crate::frame::{Frame, Language};
use crate::model::{Builder, Exception, RelatedKind};
use crate::text;

/// How much a line speaks for this format.
pub(super) fn score(line: &str) -> u32 {
    match line.as_bytes() {
        [b'g', ..] if line.starts_with("goroutine ") && line.contains('[') => 8,
        [b'p', ..] if line.starts_with("panic: ") => 2,
        [b'c', ..] if line.starts_with("created by ") => 2,
        [b'W', ..] if line == "WARNING: DATA RACE" => 6,
        _ => u32::from(text::has(line, ".go:")),
    }
}

/// Reads a panic; the goroutine was chosen before.
#[derive(Default)]
pub(super) struct Go<'a> {
    /// A function whose place follows.
    function: Option<&'a str>,
}

impl<'a> Reader<'a> for Go<'a> {
    fn line(&mut self, out: &mut Builder<'a>, line: Line<'a>) {
        let line = line.text;
        if let Some(function) = self.function.take() {
            let place = line.split(" +0x").next().unwrap_or(line).trim();
            let (file, number) = text::file_line(place);
            let known = number.is_some();
            let raw = if known {
                out.span(function, line)
            } else {
                function
            };
            out.frame(Frame {
                raw,
                function: Some(name(function)),
                file: known.then_some(file),
                line: number,
                language: Language::Go,
                ..Frame::default()
            });
            if known {
                return;
            }
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
        if out.is_fresh() && !out.is_beside() {
            if let Some(access) = line
                .strip_suffix(':')
                .filter(|line| {
                    text::has(line, " by ")
                        && line.ends_with(|c: char| c.is_ascii_digit() || c == 'e')
                })
                .filter(|line| line.starts_with("Write ") || line.starts_with("Read "))
            {
                out.stack.facts.reason("", access);
                return;
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
                if out.section().exception.is_empty() {
                    out.section().exception = Exception {
                        name: Some(name),
                        message,
                    };
                } else {
                    out.stack.facts.reason(name, message);
                }
                return;
            }
            if let Some(rest) = line.strip_prefix("[signal ") {
                let facts = &mut out.stack.facts;
                facts.signal = rest.split([':', ' ']).next();
                facts.fault_address = text::after(rest, "addr=", b" ]");
                return;
            }
        }
        if is_function(line) {
            self.function = Some(line);
        } else if !(line.starts_with("...") || line.starts_with("exit status")) {
            plain::other(out, line);
        }
    }

    fn end(&mut self, out: &mut Builder<'a>) {
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

/// The function without its arguments.
fn name(function: &str) -> &str {
    match text::last_group(function, b'(', b')') {
        Some((front, _)) if !front.is_empty() && !front.ends_with('.') => front,
        _ => function,
    }
}
