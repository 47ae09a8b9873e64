//! What Apple's loader says of a library or a symbol that it did not find.

use crate::model::{Builder, Reason};

/// Apple's loader: `Library not loaded: @rpath/Harbour.framework/Harbour`, `Symbol not found: _fire`.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let known = line.starts_with("Library not loaded: ") || line.starts_with("Symbol not found: ");
    if known {
        out.stack.facts.reason("", line);
    }
    known || of_loader(out, line)
}

/// What it says below: `Referenced from: /Applications/Orbit.app/Contents/MacOS/Orbit`, `Reason: image not found`.
pub(super) fn of_loader<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let told = |reason: &Reason<'a>| {
        let missing = reason.text;
        missing.starts_with("Library not loaded: ") || missing.starts_with("Symbol not found: ")
    };
    for (start, label) in [
        ("Referenced from: ", "referenced from"),
        ("Reason: ", "reason"),
    ] {
        let Some(said) = line.strip_prefix(start) else {
            continue;
        };
        if out.has_frames() || !out.stack.facts.reasons.iter().any(told) {
            return false;
        }
        out.stack.facts.reason(label, said);
        return true;
    }
    false
}
