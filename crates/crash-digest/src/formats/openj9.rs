//! OpenJ9's report of a crash in native code: numbers, registers, the module, and a backtrace where there is one.
//!
//! Shape: <https://eclipse.dev/openj9/docs/dump_javacore/>, and what the virtual machine prints to its error stream.

use super::reader::{Line, Reader};
use super::{metadata, plain};
use crate::code_tables;
use crate::frame::Frame;
use crate::grammar;
use crate::model::{Builder, Exception};
use crate::text;
use crate::windows_exceptions;

/// How much a line speaks for this format.
pub(super) fn score(line: &str) -> u32 {
    match line.as_bytes() {
        [b'J', b'9', ..] if line.starts_with("J9Generic_Signal_Number=") => 12,
        [b'T', ..] if line.starts_with("Type=") && text::has(line, " vmState=") => 8,
        _ => 0,
    }
}

/// Reads the report.
#[derive(Default)]
pub(super) struct OpenJ9<'a> {
    /// The frame that the head names, for a report without a backtrace.
    faulting: Frame<'a>,
    /// Where the program stood.
    counter: Option<u64>,
    /// The backtrace has begun, 1, and ended, 2.
    backtrace: u8,
}

impl<'a> Reader<'a> for OpenJ9<'a> {
    fn line(&mut self, out: &mut Builder<'a>, line: Line<'a>) {
        let line = line.text;
        if text::has(line, "--- Stack Backtrace ---") {
            self.backtrace = 1;
            return;
        }
        if self.backtrace == 1 {
            if line.starts_with("-----") {
                self.backtrace = 2;
            } else if let Some(frame) = grammar::read(line) {
                out.frame(frame);
            } else {
                out.stack.unrecognized.push(line);
            }
            return;
        }
        if line == "Unhandled exception" || line.starts_with("JVMDUMP") || self.head(out, line) {
            return;
        }
        if metadata::is_registers(line) || self.backtrace == 0 && is_register(line) {
            return;
        }
        plain::other(out, line);
    }

    fn end(&mut self, out: &mut Builder<'a>) {
        let known = self.faulting.module.is_some() || self.faulting.function.is_some();
        if known && !out.has_frames() {
            out.frame(Frame {
                address: self.counter,
                ..self.faulting
            });
        }
    }
}

impl<'a> OpenJ9<'a> {
    fn head(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        if let Some((kind, _)) = line
            .strip_prefix("Type=")
            .map(|rest| text::split_once(rest, " vmState=").unwrap_or((rest, "")))
        {
            out.section().exception = Exception {
                name: Some(kind),
                message: "",
            };
            out.cut();
            return true;
        }
        let value = |label| text::after(line, label, b" ");
        let mut known = false;
        for (label, value) in line.split(' ').filter_map(|word| word.split_once('=')) {
            known |= signal(out, label, value);
        }
        for label in ["RIP=", "EIP=", "PC=", "pc="] {
            if let Some(counter) = line.strip_prefix(label) {
                self.counter = text::hex(text::word(counter).0);
                known = true;
            }
        }
        if let Some(module) = line.strip_prefix("Module=") {
            self.faulting.module = Some(module);
            self.faulting.raw = line;
            known = true;
        }
        if let Some(symbol) = text::after(line, " Symbol=", b" ") {
            self.faulting.function = Some(symbol);
            known = true;
        }
        if let Some(offset) = value("Offset_in_DLL=") {
            self.faulting.offset = text::hex(offset);
            known = true;
        }
        if let Some(start) = line.strip_prefix("Symbol_address=") {
            let start = text::hex(text::word(start).0);
            self.faulting.offset = start
                .zip(self.counter)
                .and_then(|(start, at)| at.checked_sub(start));
            known = true;
        }
        if let Some(method) = line
            .strip_prefix("Method_being_compiled=")
            .or_else(|| line.strip_prefix("Compiled_method="))
        {
            let label = if line.starts_with('M') {
                "while compiling"
            } else {
                "compiled method"
            };
            if !matches!(method, "" | "unknown (In Data Segment)") {
                out.stack.facts.reason(label, method);
            }
            known = true;
        }
        known
            || ["Target=", "CPU=", "Module_base_address=", "Handler1="]
                .iter()
                .any(|start| line.starts_with(start))
    }
}

/// The numbers of the signal; `false` where the label is another.
fn signal<'a>(out: &mut Builder<'a>, label: &str, value: &'a str) -> bool {
    let facts = &mut out.stack.facts;
    match label {
        // In hexadecimal.
        "Signal_Number" => {
            let number = text::hex(value).and_then(|number| i64::try_from(number).ok());
            facts.signal = number.and_then(code_tables::signal_name).or(facts.signal);
        }
        "Signal_Code" => {
            facts.code = match (facts.signal, text::hex(value)) {
                (Some("SIGSEGV"), Some(1)) => Some("SEGV_MAPERR"),
                (Some("SIGSEGV"), Some(2)) => Some("SEGV_ACCERR"),
                (_, Some(0x80)) => Some("SI_KERNEL"),
                _ => facts.code,
            };
        }
        "Windows_ExceptionCode" | "ExceptionCode" => {
            facts.signal = windows_exceptions::windows_exception(value).or(Some(value));
        }
        "InaccessibleAddress" | "InaccessibleReadAddress" | "InaccessibleWriteAddress" => {
            facts.fault_address = Some(value);
        }
        _ => return false,
    }
    true
}

/// The same rows in a javacore, as its carrier renders them.
pub(super) fn javacore<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    OpenJ9::default().head(out, line)
}

/// `RDI=00000000015A2700 RSI=000000000166FEE0`, `xmm0 0000000000000000 (f: 0.000000, d: 0.000000e+00)`.
fn is_register(line: &str) -> bool {
    let (first, _) = text::word(line);
    let set = |part: &str| {
        part.split_once('=').is_some_and(|(name, value)| {
            name.len() <= 8 && text::hex(value.trim_start_matches("0x")).is_some()
        })
    };
    set(first) || text::has(line, " (f: ") && (first.starts_with("xmm") || first.starts_with('D'))
}
