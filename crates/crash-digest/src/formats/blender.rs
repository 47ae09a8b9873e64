//! Blender's handler on Windows, and what others made of it: a few lines on the console, and a record in a file.

use crate::model::Builder;
use crate::text;

/// Takes such a line; `false` where it is none.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if !matches!(
        line.as_bytes().first(),
        Some(b'A' | b'E' | b'M' | b'P' | b'W')
    ) {
        return false;
    }
    let Some((label, value)) = line.split_once(':') else {
        return false;
    };
    let (label, value) = (label.trim_end(), value.trim());
    if matches!(label, "Error" | "ExceptionCode") {
        return named(out, value);
    }
    let known = out
        .stack
        .facts
        .signal
        .is_some_and(|signal| signal.starts_with(EXCEPTION));
    known && fact(out, label, value)
}

/// How Windows' exceptions are called.
const EXCEPTION: &str = "EXCEPTION_";

/// `Error   : EXCEPTION_ACCESS_VIOLATION`, `ExceptionCode         : EXCEPTION_ACCESS_VIOLATION (0xc0000005)`.
fn named<'a>(out: &mut Builder<'a>, value: &'a str) -> bool {
    let name = text::word(value).0;
    let known = name.starts_with(EXCEPTION)
        && name
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    if !known || out.has_frames() {
        return false;
    }
    // What the console or somebody said above is none of it.
    out.drop_unnamed();
    out.cut();
    out.stack.facts.signal = Some(name);
    true
}

/// What the record says besides.
fn fact<'a>(out: &mut Builder<'a>, label: &'a str, value: &'a str) -> bool {
    let facts = &mut out.stack.facts;
    let violation = || facts.signal == Some("EXCEPTION_ACCESS_VIOLATION");
    match label {
        // `Parameters[0] (action)  : 0x0000000000000000 (read)`, of older ones without the words.
        "Parameters[0]" | "Parameters[0] (action)" if violation() => {
            let access = match text::hex(text::word(value).0) {
                Some(0) => "read",
                Some(1) => "write",
                Some(8) => "execute",
                _ => return true,
            };
            facts.reason("access", access);
        }
        "Parameters[1]" | "Parameters[1] (address)" if violation() => {
            facts.fault_address = Some(value);
        }
        "Address" | "Exception Address" => {
            // A call to nowhere.
            if text::hex(value) == Some(0) {
                facts.pc = facts.pc.or(Some(value));
            } else if value.starts_with("0x") {
                facts.reason("at", value);
            }
        }
        "Module" | "Exception Module" => {
            let program = value.to_ascii_lowercase().ends_with(".exe");
            facts.process = facts.process.or(Some(value).filter(|_| program));
        }
        "Exception Record" | "Exception Flags" | "Exception Parameters" => {}
        "Writing" if value.ends_with(".crash.txt") => {}
        _ => return false,
    }
    true
}
