//! Dart without names: builds whose symbols were split off, and the virtual machine's own dump.

use super::plain;
use super::reader::{Line, Reader};
use crate::frame::Frame;
use crate::grammar::{self, Printers};
use crate::model::{Builder, Exception};
use crate::text;

/// How much a line speaks for this format.
pub(super) fn score(line: &str) -> u32 {
    match line.as_bytes() {
        [b'W', ..] if line.starts_with("Warning: This VM has been configured") => 9,
        [b'b', ..] if line.starts_with("build_id: '") => 6,
        [b'#', ..] if text::has(line, " abs 0") => 5,
        [b'p', b'c', b' ', ..] if text::has(line, " fp 0x") => 5,
        _ => 0,
    }
}

/// Reads frames by address, and the build they are of.
#[derive(Default)]
pub(super) struct Dart {
    /// The system has another name for the compiled program than Android and Linux.
    elsewhere: bool,
}

impl<'a> Reader<'a> for Dart {
    fn line(&mut self, out: &mut Builder<'a>, line: Line<'a>) {
        let line = line.text;
        // The head of the stack: `*** *** ***`, `pid: 4100, tid: 4155, name 1.ui`.
        if line.ends_with("*** *** ***") {
            return out.cut();
        }
        if let Some(id) = line.strip_prefix("build_id: ") {
            out.stack.facts.reason("build id", id.trim_matches('\''));
            return;
        }
        // The virtual machine's own dump begins: a test runner's lines stand above it.
        if line == "===== CRASH =====" && !out.has_frames() {
            out.drop_unnamed();
            return out.cut();
        }
        if line.starts_with("si_signo=") && signal(out, line) {
            return out.cut();
        }
        if let Some(os) = line.strip_prefix("os: ") {
            self.elsewhere = ["windows", "ios", "macos"]
                .iter()
                .any(|name| os.starts_with(name));
        }
        if let Some(id) = text::after(line, "thread=", b",")
            && (line.starts_with("thread=") || line.starts_with("pid="))
        {
            out.stack.facts.thread_id = out.stack.facts.thread_id.or(Some(id));
            isolate(out, line, "isolate_group=", "isolate group");
            isolate(out, line, " isolate=", "isolate");
            return;
        }
        if line.starts_with("Warning: This VM")
            || line.starts_with("-- End of DumpStackTrace")
            || line.starts_with("version=")
            || line.starts_with("pid=")
            || line.starts_with("os=")
            || line.starts_with("os: ")
            || line.starts_with("isolate_")
            || line.starts_with("vm_")
        {
            return;
        }
        if let Some(frame) = grammar::read_as(Printers::Any, line) {
            return out.frame(if self.elsewhere {
                in_snapshot(frame)
            } else {
                frame
            });
        }
        // `../../third_party/dart/runtime/vm/dart_api_impl.cc: 5036: error: expected: klass.has_pragma()`
        if out.is_fresh() && text::has(line, ": error: ") {
            out.section().exception = Exception {
                name: None,
                message: line,
            };
            return;
        }
        plain::other(out, line);
    }
}

/// What ran on the thread, without its address: `isolate_group=dock(0x7f1d), isolate=(nil)(0x0)`.
fn isolate<'a>(out: &mut Builder<'a>, line: &'a str, mark: &str, label: &'static str) {
    let Some((_, value)) = text::split_once(line, mark) else {
        return;
    };
    let value = value.split(", isolate").next().unwrap_or(value);
    let name = text::rsplit_once(value, "(0x").map_or("", |(name, _)| name);
    if !matches!(name, "" | "(nil)") {
        out.stack.facts.reason(label, name);
    }
}

/// `si_signo=Segmentation fault(11), si_code=1, si_addr=0x8`.
fn signal<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let facts = &mut out.stack.facts;
    let Some(name) = text::after(line, "si_signo=", b",").filter(|_| facts.signal.is_none()) else {
        return false;
    };
    facts.signal = Some(name);
    facts.fault_address = text::after(line, "si_addr=", b", ");
    if let Some(at) = text::find(line, "si_code=") {
        facts.code = line[at..].split(',').next();
    }
    true
}

/// A place counted from the start of the snapshot, where nobody knows the name of the library that holds it:
/// `#00 abs 0000020f005645d6 virt 00000000005645d6 _kDartIsolateSnapshotInstructions+0x399b56`.
fn in_snapshot(frame: Frame<'_>) -> Frame<'_> {
    let counted = text::rsplit_once(frame.raw, "+0x")
        .filter(|_| frame.module == Some("libapp.so"))
        .and_then(|(front, offset)| {
            let symbol = front.rsplit(' ').next()?;
            Some((symbol, text::hex(offset)?))
        });
    match counted {
        Some((symbol, offset)) => Frame {
            module: Some(symbol),
            offset: Some(offset),
            ..frame
        },
        None => frame,
    }
}
