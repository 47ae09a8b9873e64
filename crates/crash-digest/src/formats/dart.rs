//! Dart without names: builds whose symbols were split off, and the virtual machine's own dump.

use super::plain;
use super::reader::{Line, Reader};
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
pub(super) struct Dart;

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
            return out.frame(frame);
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
