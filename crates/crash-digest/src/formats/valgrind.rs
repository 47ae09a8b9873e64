//! Valgrind: the errors that Memcheck finds, each with its stack and those of the memory, and how the program ended.

use crate::cut::memcheck;
use crate::model::{Builder, RelatedKind};
use crate::text;

/// `Address 0x52087e0 is 48 bytes inside a block of size 560 free'd`, `Block was alloc'd at`,
/// `Process terminating with default action of signal 11 (SIGSEGV)`, `Access not within mapped region at address 0x18`.
/// Takes a line that is no frame by itself; `false` where it is none of Valgrind's.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if let Some(signal) = line.strip_prefix("Process terminating with default action of signal ") {
        let name = text::after(signal, "(", b")");
        out.stack.facts.signal = name;
        // A fault is what Memcheck named before it; an abort ends the program somewhere else.
        if out.has_frames() && name == Some("SIGABRT") {
            out.set_aside_named();
            // The address is the earlier error's, whose block is told beside it.
            let of_block = |text: &str| text.ends_with(" free'd") || text.ends_with(" alloc'd");
            let reasons = &mut out.stack.facts.reasons;
            reasons.retain(|known| !(known.text.starts_with("Address 0x") && of_block(known.text)));
        } else if out.has_frames() {
            out.further(line);
        }
        return true;
    }
    // The text was cut inside of the line.
    if line.starts_with("Process terminating") && out.has_frames() {
        out.stack.facts.reason("ended", line);
        let related = out.stack.related.iter().rev();
        let before = related
            .map(|related| related.title)
            .find(|title| memcheck::is_error(title));
        out.stack
            .facts
            .reason("ended behind", before.unwrap_or_default());
        return true;
    }
    if memcheck::is_error(line) {
        out.report(line);
        return true;
    }
    if let Some(thread) = memcheck::thread(line) {
        if !out.has_frames() {
            out.stack.facts.thread_id = Some(thread);
        }
        return true;
    }
    if let Some(address) = line.strip_prefix("Access not within mapped region at address ") {
        out.stack.facts.fault_address = Some(address);
        return true;
    }
    let kind = match line {
        _ if line.starts_with("Block was alloc'd") => RelatedKind::AllocatedBy,
        _ if !line.starts_with("Address 0x") => return false,
        _ if line.ends_with(" free'd") && !text::has(line, " is not ") => RelatedKind::FreedBy,
        _ if line.ends_with(" alloc'd") => RelatedKind::AllocatedBy,
        _ => {
            // Of the errors in a text the first is told.
            if !out.is_further() {
                out.stack.facts.reason("", line);
            }
            return true;
        }
    };
    if line.starts_with('A') && !out.is_further() {
        out.stack.facts.reason("", line);
    }
    out.related(kind, line, None);
    true
}
