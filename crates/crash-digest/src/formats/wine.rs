//! Wine: its page fault, the registers and memory around its backtrace, and its lists of modules and processes.

use crate::model::{Builder, Exception};
use crate::text;

/// Wine's registers and memory around its backtrace.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let known = matches!(line, "Register dump:" | "Stack dump:")
        || line.starts_with("CS:0")
        || line.starts_with("EIP:0") && text::has(line, "ESP:")
        || line.starts_with("EAX:") && text::has(line, "EBX:")
        || line.starts_with("ESI:") && text::has(line, "EDI:");
    if known {
        out.cut();
    }
    known
}

/// `Unhandled exception: page fault on read access to 0x00000000 in 64-bit code (0x006ffff9e7f1d8).`, and the line before
/// it, which says the same: `wine: Unhandled page fault on read access to 00000000 at address 004D9204 (thread 0024)`.
pub(super) fn page_fault<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let rest = line.strip_prefix("wine: ").unwrap_or(line);
    // Forms cut the first letter off.
    let rest = rest
        .strip_prefix("Unhandled ")
        .or_else(|| rest.strip_prefix("nhandled "))
        .unwrap_or(rest);
    let rest = rest.strip_prefix("exception: ").unwrap_or(rest);
    if !rest.starts_with("page fault on ") || out.has_frames() {
        return false;
    }
    let (what, behind) = text::split_once(rest, " to ").unwrap_or((rest, ""));
    out.stack.facts.fault_address = Some(text::word(behind).0).filter(|at| !at.is_empty());
    out.stack.facts.address_apart = true;
    if let Some(thread) = text::after(line, "(thread ", b")") {
        out.stack.facts.thread_id = Some(thread);
    }
    if out.is_fresh() {
        out.section().exception = Exception {
            name: Some(what),
            message: "",
        };
    }
    out.cut();
    true
}

/// The program in Wine's list of modules, by the address that linkers put it at:
/// `PE  400000- 3985000  Export  star dock`.
pub(super) fn module<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some((start, rest)) = line
        .strip_prefix("PE")
        .and_then(|rest| rest.trim_start().split_once('-'))
    else {
        return false;
    };
    let (_, rest) = text::word(rest.trim_start());
    let (kind, name) = text::word(rest.trim_start());
    let known = matches!(
        kind,
        "Deferred" | "Export" | "Dwarf" | "PDB" | "COFF" | "Stabs"
    );
    let at_base = matches!(text::hex(start), Some(0x40_0000 | 0x1_4000_0000));
    if known && at_base && out.stack.facts.program.is_none() {
        out.stack.facts.program = Some(name.trim());
    }
    known
}

/// The process that is debugged, in Wine's list of them: `00000008 (D) C:\Games\Orbit\orbit.exe`.
pub(super) fn process<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some((id, program)) = text::split_once(line, " (D) ") else {
        return false;
    };
    let known = text::hex(id).is_some() && program.to_ascii_lowercase().ends_with(".exe");
    if known {
        out.stack.facts.program = Some(program);
    }
    known
}
