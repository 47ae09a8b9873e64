//! `WinDbg`'s `!analyze` listing and `k` stacks.

use super::reader::{Line, Reader};
use super::{metadata, plain};
use crate::frame::Frame;
use crate::grammar::{self, Printers};
use crate::model::Builder;
use crate::text;

/// How much a line speaks for this format.
pub(super) fn score(line: &str) -> u32 {
    match line.as_bytes() {
        [b'F', ..] if line.starts_with("FAULTING_IP") || line.starts_with("FAILURE_BUCKET_ID") => 6,
        [b'S', ..] if line.starts_with("STACK_TEXT") || line.starts_with("SYMBOL_NAME") => 6,
        [b'E', ..]
            if line.starts_with("EXCEPTION_RECORD")
                || line.starts_with("ExceptionAddress:")
                || line.starts_with("EXCEPTION_CODE") =>
        {
            5
        }
        [b'#' | b' ' | b'C', ..] if text::has(line, "Child-SP") || text::has(line, "ChildEBP") => 6,
        [b'E', ..] if line.starts_with("ExceptionCode:") => 3,
        [b'T', ..] if line.starts_with("This dump file has an exception of interest") => 6,
        [b'(', ..] if event(line).is_some() => 6,
        _ => 0,
    }
}

/// Reads a listing: only what stands in a stack is a frame.
#[derive(Default)]
pub(super) struct Windbg<'a> {
    /// Inside `STACK_TEXT` or below the columns' heading.
    stack: bool,
    /// Frames outside of any stack: of texts that carry nothing else.
    loose: Vec<Frame<'a>>,
    /// The instruction that faulted, which may carry the place that the stack leaves out.
    faulting: Option<Frame<'a>>,
}

/// `(14d4.37a0): Access violation - code c0000005 (first/second chance not available)`.
fn event(line: &str) -> Option<&str> {
    let (ids, rest) = line.strip_prefix('(')?.split_once("): ")?;
    let (process, thread) = ids.split_once('.')?;
    let known = text::hex(process).is_some() && text::hex(thread).is_some();
    (known && text::has(rest, " - code ")).then_some(rest)
}

/// What the debugger says of itself when it opens a dump.
fn is_banner(line: &str) -> bool {
    [
        "****",
        "Response ",
        "Deferred ",
        "Symbol search path",
        "Executable search path",
        "Windows ",
        "Loading ",
        "This dump file",
        "The stored exception",
        "For analysis of this file",
        "Microsoft (R)",
        "Copyright",
        "....",
    ]
    .iter()
    .any(|start| line.starts_with(start))
        || metadata::is_metadata(line)
}

impl<'a> Reader<'a> for Windbg<'a> {
    fn line(&mut self, out: &mut Builder<'a>, line: Line<'a>) {
        let line = line.text;
        if line.starts_with("STACK_TEXT")
            || text::has(line, "Child-SP")
            || text::has(line, "ChildEBP")
        {
            self.stack = !out.has_frames();
            return;
        }
        if let Some(event) = event(line) {
            let (name, code) = text::split_once(event, " - code ").unwrap_or((event, ""));
            out.stack.facts.signal = out.stack.facts.signal.or(Some(name));
            let code = text::word(code).0;
            out.stack.facts.code = out
                .stack
                .facts
                .code
                .or(Some(code).filter(|code| !code.is_empty()));
            return;
        }
        // Where the debugger stopped: `moon!mf::Vault::open+0x14:`, its instruction below.
        let stopped = line.strip_suffix(':').filter(|line| text::has(line, "+0x"));
        let frame = grammar::read_as(Printers::Windbg, stopped.unwrap_or(line));
        let label = line.split(':').next().unwrap_or_default();
        let labelled = label.len() > 3
            && label.len() < line.len()
            && label
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte == b'_' || byte.is_ascii_digit());
        if let Some(frame) = frame.filter(|_| !labelled) {
            if self.stack {
                out.frame(frame);
            } else {
                let listing = frame
                    .raw
                    .starts_with(|c: char| c.is_ascii_hexdigit() && !c.is_ascii_alphabetic());
                if !listing {
                    self.faulting = self.faulting.or(Some(frame));
                }
                self.loose.push(frame);
            }
            return;
        }
        if labelled {
            self.stack = false;
        }
        match label {
            "EXCEPTION_CODE" => {
                let value = text::after(line, ") ", b"").or_else(|| text::after(line, ": ", b""));
                out.stack.facts.signal = out.stack.facts.signal.or(value);
            }
            "ERROR_CODE" | "EXCEPTION_CODE_STR" => {
                let value = text::split_once(line, ": ").map(|(_, value)| value.trim());
                let text = value
                    .filter(|value| !text::has(value, "<Unable") && !text::has(value, "{    }"));
                out.stack.facts.signal = out.stack.facts.signal.or(text);
            }
            "PROCESS_NAME" => {
                out.stack.facts.process = line.split_once(':').map(|(_, value)| value.trim());
            }
            "READ_ADDRESS" | "WRITE_ADDRESS" => {
                let value = line
                    .split_once(':')
                    .map(|(_, value)| text::word(value.trim()).0);
                out.stack.facts.fault_address = out.stack.facts.fault_address.or(value);
            }
            _ if labelled => {}
            _ if super::heads::read(&mut out.stack.facts, line) => {}
            _ if self.stack || out.has_frames() => out.stack.unrecognized.push(line),
            _ if text::digits(line).is_some()
                || line.starts_with(|c: char| c.is_ascii_hexdigit())
                    && text::hex(text::word(line).0).is_some() =>
            {
                out.stack.unrecognized.push(line);
            }
            _ if is_banner(line) => {}
            _ if line.starts_with("NumberParameters")
                || line.starts_with("Parameter[")
                || metadata::is_registers(line)
                || line.contains('=') => {}
            _ => plain::other(out, line),
        }
    }

    fn blank(&mut self, out: &mut Builder<'a>) {
        self.stack &= !out.has_frames();
    }

    fn end(&mut self, out: &mut Builder<'a>) {
        if !out.has_frames() {
            for frame in std::mem::take(&mut self.loose) {
                out.frame(frame);
            }
        } else if let Some(faulting) = self.faulting
            && let Some(first) = out.stack.frames.first_mut()
            && first.function == faulting.function
            && first.file.is_none()
        {
            (first.file, first.line) = (faulting.file, faulting.line);
        }
    }
}
