//! `HotSpot`'s hs_err file.

use super::heads;
use super::reader::{Line, Reader};
use crate::frame::{Frame, Language};
use crate::grammar::{self, Printers};
use crate::model::{Builder, Exception, Facts};
use crate::text;
use crate::windows_exceptions::windows_exception;

/// How much a line speaks for this format.
pub(super) fn score(line: &str) -> u32 {
    match line.as_bytes() {
        _ if text::has(line, "has been detected by the Java Runtime") => 12,
        [b'#' | b'P', ..] if text::has(line, "Problematic frame:") => 5,
        [b'N', ..] if line.starts_with("Native frames: (J=") => 8,
        [b'C', ..] if line.starts_with("Current thread (") => 5,
        _ => 0,
    }
}

/// Reads an error file: the native frames hold the Java ones between them.
#[derive(Default)]
pub(super) struct Hotspot<'a> {
    stack: bool,
    /// The next line of the head is the frame that faulted.
    problematic: bool,
    /// That frame, for a text that is the head alone.
    problem: Option<Frame<'a>>,
    done: bool,
}

impl<'a> Reader<'a> for Hotspot<'a> {
    fn line(&mut self, out: &mut Builder<'a>, line: Line<'a>) {
        // Some make a comment of it: `//# Problematic frame:`.
        let line = line.text.strip_prefix("//").unwrap_or(line.text);
        // Forms take the head's `#` for a heading's.
        let head = !out.has_frames() && !self.done && self.problem.is_none();
        if line.starts_with('#') || head {
            let rest = line.trim_start_matches('#').trim();
            if std::mem::take(&mut self.problematic)
                && let Some(frame) = grammar::read_as(Printers::Hotspot, rest)
            {
                self.problem = Some(frame);
                return;
            }
            self.problematic = rest.starts_with("Problematic frame");
            if rest.starts_with("SIG")
                || rest.starts_with("EXCEPTION_")
                || rest.starts_with("Internal Error")
                || rest.starts_with("Out of Memory")
            {
                let (signal, _) = text::word(rest);
                if rest.starts_with("SIG") || rest.starts_with("EXC") {
                    out.stack.facts.signal = Some(signal);
                } else {
                    // `Out of Memory Error (os_linux.cpp:2630), pid=1, tid=31`
                    let message = text::split_once(rest, ", pid=").map_or(rest, |(why, _)| why);
                    out.section().exception = Exception {
                        name: None,
                        message,
                    };
                }
                // `SIGSEGV (0xb) at pc=0x00007ff4a90265e9, pid=1012, tid=4711`
                let facts = &mut out.stack.facts;
                if let Some(at) = text::find(rest, "pc=0x") {
                    facts.reason("at", &rest[at..]);
                } else if let Some(at) = text::find(rest, "pid=") {
                    facts.reason("", &rest[at..]);
                }
                facts.thread_id = text::after(rest, "tid=", b", ").or(facts.thread_id);
                return;
            }
            if let Some(version) = rest.strip_prefix("JRE version: ") {
                out.stack.facts.reason("JRE", version);
                return;
            }
            if line.starts_with('#') || self.problematic {
                reported(out, line);
                return;
            }
        }
        if reported(out, line) {
            return;
        }
        if let Some(rest) = line.strip_prefix("Current thread (") {
            // `JavaThread "exec-3" daemon [_thread_in_native, id=2525, stack(…)]`
            let state = text::after(rest, "[_thread_", b",").filter(|state| state.len() <= 24);
            out.stack.facts.thread_state = state.or(out.stack.facts.thread_state);
            // Threads of the machine itself have no name but their kind: `VMThread [stack: …`.
            out.stack.facts.thread = text::after(rest, "\"", b"\"").or_else(|| {
                let (_, kind) = text::split_once(rest, "): ")?;
                let kind = text::word(kind.trim()).0;
                kind.ends_with("Thread").then_some(kind)
            });
            return;
        }
        if line.starts_with("Native frames: (") || line.starts_with("Java frames: (") {
            // The Java frames often repeat what stands between the native ones.
            let java = |frame: &Frame<'_>| frame.language == Language::Java;
            self.stack = !self.done || !out.stack.frames.iter().any(java);
            self.done = true;
            return;
        }
        if self.stack
            && let Some(frame) = grammar::read_as(Printers::Hotspot, line)
        {
            return out.frame(frame);
        }
        if let Some(rest) = line.strip_prefix("siginfo:") {
            let facts = &mut out.stack.facts;
            facts.signal = text::after(rest, "(SIG", b")")
                .map(|_| text::after(rest, "(", b")").unwrap_or_default())
                .or(facts.signal);
            // Before Java 7: `si_signo=SIGSEGV: si_errno=0, si_code=1 (SEGV_MAPERR), si_addr=0x00007f0f57fff010`.
            facts.signal = text::after(rest, "si_signo=", b":,").or(facts.signal);
            facts.code = text::after(rest, "si_code:", b",")
                .or_else(|| text::after(rest, "si_code=", b","))
                .and_then(|code| text::after(code, "(", b")"))
                .or(facts.code);
            // Windows: `EXCEPTION_ACCESS_VIOLATION (0xc0000005), reading address 0x10`, `…, data execution prevention violation
            // at address 0x10`.
            facts.fault_address = text::after(rest, "si_addr:", b" ,")
                .or_else(|| text::after(rest, "si_addr=", b" ,"))
                .or_else(|| text::after(rest, " address ", b" ,"))
                .filter(|address| address.starts_with("0x"));
            if let Some((_, access)) = text::split_once(rest, ", ")
                && text::has(access, " address ")
            {
                facts.reason("", access);
            }
            of_windows(facts, rest);
            return;
        }
        if out.has_frames() || !heads::read(&mut out.stack.facts, line) {
            out.stack.unrecognized.push(line);
        }
    }

    fn blank(&mut self, out: &mut Builder<'a>) {
        self.stack &= !out.has_frames();
    }

    fn end(&mut self, out: &mut Builder<'a>) {
        // Stubs are the machine's own, which is another library on Windows: `v  ~StubRoutines::call_stub`.
        let of_windows =
            |frame: &Frame<'_>| frame.module.is_some_and(|module| text::has(module, ".dll"));
        if out.stack.frames.iter().any(of_windows) {
            for stub in &mut out.stack.frames {
                if stub.raw.starts_with("v ") {
                    stub.module = Some("jvm.dll");
                }
            }
        }
        if let Some(frame) = self.problem.filter(|_| !out.has_frames()) {
            out.frame(frame);
        }
    }
}

/// What the machine says of the crash as a whole, and that it failed again while it wrote a part of the file.
fn reported<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let said = line.trim_start_matches(['#', ' ']);
    let failed = line.strip_prefix("[error occurred during error reporting ");
    let facts = &mut out.stack.facts;
    if said.starts_with("The crash happened outside the Java Virtual Machine") {
        facts.reason("", said);
    } else if let Some(rest) = failed {
        let rest = rest.strip_suffix(']').unwrap_or(rest);
        facts.reason("error while reporting", rest);
    } else {
        return false;
    }
    true
}

/// Java 8 on Windows: `ExceptionCode=0xc0000005, ExceptionInformation=0x0000000000000008 0x00007fffafc869a0`; what it has words
/// for, `reading address 0x10`, stands in the place of the numbers.
fn of_windows<'a>(facts: &mut Facts<'a>, said: &'a str) {
    let Some(code) = text::after(said, "ExceptionCode=", b", ") else {
        return;
    };
    let name = windows_exception(code);
    facts.signal = facts.signal.or(name);
    let Some((_, values)) = text::split_once(said, "ExceptionInformation=") else {
        return;
    };
    let mut values = values.split_ascii_whitespace();
    // An access tells how, and where.
    if name == windows_exception("0xc0000005")
        && let (Some(access), Some(address)) = (values.next(), values.next())
        && address.starts_with("0x")
    {
        facts.fault_address = facts.fault_address.or(Some(address));
        if text::hex(access) == Some(8) {
            facts.reason("", "data execution prevention violation");
        }
    }
}
