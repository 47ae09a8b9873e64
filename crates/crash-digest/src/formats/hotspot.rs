//! `HotSpot`'s hs_err file.

use super::heads;
use super::reader::{Line, Reader};
use crate::grammar::{self, Printers};
use crate::model::{Builder, Exception};
use crate::text;

/// How much a line speaks for this format.
pub(super) fn score(line: &str) -> u32 {
    match line.as_bytes() {
        [b'#', ..] if line.contains("has been detected by the Java Runtime") => 12,
        [b'#', ..] if line.contains("Problematic frame") => 5,
        [b'N', ..] if line.starts_with("Native frames: (J=") => 8,
        [b'C', ..] if line.starts_with("Current thread (") => 5,
        _ => 0,
    }
}

/// Reads an error file: the native frames hold the Java ones between them.
#[derive(Default)]
pub(super) struct Hotspot {
    stack: bool,
    problematic: bool,
    done: bool,
}

impl<'a> Reader<'a> for Hotspot {
    fn line(&mut self, out: &mut Builder<'a>, line: Line<'a>) {
        let line = line.text;
        if let Some(rest) = line.strip_prefix('#') {
            let rest = rest.trim();
            self.problematic |= rest.starts_with("Problematic frame");
            if rest.starts_with("SIG")
                || rest.starts_with("EXCEPTION_")
                || rest.starts_with("Internal Error")
                || rest.starts_with("Out of Memory")
            {
                let (signal, _) = text::word(rest);
                if rest.starts_with("SIG") || rest.starts_with("EXC") {
                    out.stack.facts.signal = Some(signal);
                } else {
                    out.section().exception = Exception {
                        name: None,
                        message: rest,
                    };
                }
            }
            return;
        }
        if let Some(rest) = line.strip_prefix("Current thread (") {
            out.stack.facts.thread = text::after(rest, "\"", b"\"");
            return;
        }
        if line.starts_with("Native frames: (") || line.starts_with("Java frames: (") {
            self.stack = !self.done;
            // The Java frames repeat what stands between the native ones.
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
            facts.code =
                text::after(rest, "si_code:", b",").and_then(|code| text::after(code, "(", b")"));
            facts.fault_address =
                text::after(rest, "si_addr:", b" ,").filter(|address| address.starts_with("0x"));
            return;
        }
        if out.has_frames() || !heads::read(&mut out.stack.facts, line) {
            out.stack.unrecognized.push(line);
        }
    }

    fn blank(&mut self, out: &mut Builder<'a>) {
        self.stack &= !out.has_frames();
    }
}
