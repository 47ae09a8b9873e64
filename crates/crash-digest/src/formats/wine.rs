//! Wine: its page fault, the registers and memory around its backtrace, and its lists of modules and processes.

use crate::model::{Builder, Exception};
use crate::text;
use crate::windows_exceptions;

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

/// Takes what nothing handled.
pub(super) fn unhandled<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    page_fault(out, line) || named(out, line)
}

/// `Unhandled exception: page fault on read access to 0x00000000 in 64-bit code (0x006ffff9e7f1d8).`, and the line before
/// it, which says the same: `wine: Unhandled page fault on read access to 00000000 at address 004D9204 (thread 0024)`.
fn page_fault<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
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
    out.stack.facts.address_apart = true;
    let address = Some(text::word(behind).0).filter(|at| !at.is_empty());
    faulted(out, line, |out| {
        let known = out.stack.facts.fault_address;
        known == address && out.section().exception.name == Some(what)
    });
    out.stack.facts.fault_address = address;
    if out.is_fresh() {
        let fault = Exception {
            name: Some(what),
            message: "",
        };
        let before = std::mem::replace(&mut out.section().exception, fault);
        // A library of the game had thrown, and Wine saw what came of it.
        if let Some(name) = before.name.filter(|name| *name != what) {
            out.stack.facts.reason("thrown before", name);
        }
    }
    out.cut();
    true
}

/// Any other: `Unhandled exception: divide by zero in 64-bit code (0x0000000140001450).`, `wine: Unhandled exception
/// 0xe0434352 in thread 24 at address 7B0124DE (thread 0024), starting debugger...`.
fn named<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let rest = line.strip_prefix("wine: ").unwrap_or(line);
    let Some(rest) = rest
        .strip_prefix("Unhandled ")
        .filter(|_| !out.has_frames())
    else {
        return false;
    };
    let rest = rest.strip_prefix("exception").unwrap_or(rest);
    let rest = rest.trim_start_matches([':', ' ']);
    let place = text::split_once(rest, "-bit code (0x")
        .and_then(|(front, _)| text::rsplit_once(front, " in "))
        .or_else(|| text::split_once(rest, " at address ").filter(|_| text::has(rest, "(thread ")));
    let Some((what, _)) = place else {
        return false;
    };
    let what = text::split_once(what, " in thread ").map_or(what, |(what, _)| what);
    let what = what.strip_suffix(" in wow64").unwrap_or(what);
    // `C++ exception(object = 0x0032f8a4, type = 0x00a1)`
    let (name, message) = what
        .strip_suffix(')')
        .and_then(|what| what.split_once('('))
        .unwrap_or((what, ""));
    let name = windows_exceptions::windows_exception(name).or(Some(name));
    faulted(out, line, |out| out.section().exception.name == name);
    if out.section().exception.name.is_none() {
        out.section().exception = Exception { name, message };
    }
    out.cut();
    true
}

/// The thread that a line names: of several that fail alike, as each waits for a debugger, the first began it.
fn faulted<'a>(
    out: &mut Builder<'a>,
    line: &'a str,
    is_again: impl FnOnce(&mut Builder<'a>) -> bool,
) {
    let Some(thread) = text::after(line, "(thread ", b")") else {
        return;
    };
    let first = out.stack.facts.thread_id;
    if first.is_none_or(|first| first == thread) || !is_again(out) {
        out.stack.facts.thread_id = Some(thread);
    } else {
        let facts = &mut out.stack.facts;
        facts.reason("", "the same fault was logged of other threads as well");
    }
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
        return thread(out, line);
    };
    let known = text::hex(id).is_some() && program.to_ascii_lowercase().ends_with(".exe");
    if known {
        out.stack.facts.program = Some(program);
    }
    known
}

/// The thread that is debugged, in the same list: `00000026    0 <==`.
fn thread<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some((front, _)) = text::split_once(line, " <==").filter(|_| out.has_frames()) else {
        return false;
    };
    let (id, priority) = text::word(front);
    let known = matches!(id.len(), 4 | 8)
        && text::hex(id).is_some()
        && priority.trim().parse::<i32>().is_ok();
    if known {
        let facts = &mut out.stack.facts;
        facts.thread_id = facts.thread_id.or(Some(id));
    }
    known
}
