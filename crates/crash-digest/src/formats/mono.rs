//! Mono's native crash report, as Unity's players and servers print it: a native and a managed stack.

use super::plain;
use super::reader::{Line, Reader};
use crate::grammar::{self, Printers};
use crate::model::{Builder, Exception, RelatedKind};
use crate::text;

/// How much a line speaks for this format.
pub(super) fn score(line: &str) -> u32 {
    match line.as_bytes() {
        [b'N', ..]
            if line.starts_with("Native Crash Reporting")
                || line.starts_with("Native stacktrace:") =>
        {
            6
        }
        [b'M', ..] if line.starts_with("Managed Stacktrace:") => 6,
        [b'G', ..] if line.starts_with("Got a SIG") => 6,
        // Where native code was called, atop the managed stack that an app of Xamarin's logs.
        [b'a', ..] if line.starts_with("at <unknown> <0x") => 6,
        [b'D', ..] if line.starts_with("Debug info from gdb:") => 4,
        _ => 0,
    }
}

/// Reads both stacks.
#[derive(Default)]
pub(super) struct Mono {
    skip: bool,
}

impl<'a> Reader<'a> for Mono {
    fn line(&mut self, out: &mut Builder<'a>, line: Line<'a>) {
        let line = line.text;
        if let Some(rest) = line.strip_prefix("Got a ")
            && text::has(line, "while executing")
        {
            out.stack.facts.signal = rest.split_whitespace().next();
            return;
        }
        if line.starts_with("Native stacktrace:") {
            self.skip = false;
            // Older ones print the managed stack first.
            if out.has_frames() {
                return out.related(RelatedKind::Native, line.trim_end_matches(':'), None);
            }
            return out.crash();
        }
        if line.starts_with("Managed Stacktrace:") {
            self.skip = false;
            if out.has_frames() {
                out.related(RelatedKind::Managed, line.trim_end_matches(':'), None);
            }
            return;
        }
        // gdb's listing repeats the native stack with every thread; memory and settings tell nothing.
        if line.starts_with("Debug info from gdb:")
            || line.starts_with("Memory around")
            || line.starts_with("Basic Fault Address")
            || line.starts_with("Telemetry Dumper")
            || line.starts_with("External Debugger Dump")
        {
            self.skip = true;
            return;
        }
        if let Some((_, assertion)) = text::split_once(line, "* Assertion at ") {
            out.stack
                .facts
                .reason("assertion at", assertion.trim_end_matches([',', ' ']));
            return;
        }
        if line == "Stacktrace:" && !out.has_frames() {
            out.drop_words();
            return;
        }
        if self.skip || is_prose(line) {
            return;
        }
        match grammar::read_as(Printers::Any, line) {
            Some(frame) => out.frame(frame),
            None if line.starts_with("at <unknown>") => {}
            None => plain::other(out, line),
        }
    }

    fn end(&mut self, out: &mut Builder<'a>) {
        // Without a native side the managed one is the crash's own.
        if !out.has_frames()
            && let Some(managed) = out.stack.related.pop()
        {
            out.open(crate::model::Part::Main, Exception::default());
            for frame in managed.frames {
                out.frame(frame);
            }
        }
    }
}

fn is_prose(line: &str) -> bool {
    line.starts_with("====")
        || line.starts_with("Native Crash Reporting")
        || line == "Stacktrace:"
        || line.starts_with("a fatal error in the mono runtime")
        || line.starts_with("used by your application")
}
