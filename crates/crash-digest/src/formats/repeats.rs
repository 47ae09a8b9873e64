//! Rows that a text prints again: a debugger's frame that was asked for, a console's summary below the stack; and rows whose
//! numbers begin again, which are another stack's.

use crate::frame::Frame;
use crate::model::Builder;
use crate::text;

/// Whether a numbered row is printed again behind the stack that it is of: a debugger was asked for that frame.
pub(super) fn is_repeated(out: &Builder<'_>, line: &str) -> bool {
    let frames = &out.stack.frames;
    let first = frames.first().and_then(|first| number(first.raw));
    let at = number(line)
        .zip(first)
        .and_then(|(at, first)| at.checked_sub(first));
    !out.is_beside()
        && at
            .and_then(|at| frames.get(at))
            .is_some_and(|frame| frame.raw == line)
}

/// The number of a row: `#3  0x00007f93 in dock_open`.
fn number(row: &str) -> Option<usize> {
    text::digits(row.strip_prefix('#')?)?.0.parse().ok()
}

/// A native row whose number does not go on with the one above: a handler that several threads ran in printed their stacks,
/// one among the other.
pub(super) fn begins_another<'a>(out: &mut Builder<'a>, frame: &Frame<'a>) {
    let native = |raw: &str| {
        let address = text::digits(raw.get(1..).unwrap_or_default());
        address.is_some_and(|(_, rest)| rest.trim_start().starts_with("0x"))
    };
    let Some(at) = number(frame.raw).filter(|_| native(frame.raw)) else {
        return;
    };
    let Some(last) = out.last_frame().map(|last| last.raw) else {
        return;
    };
    if !native(last) || number(last).is_none_or(|last| last < at) {
        return;
    }
    let alone = !out.is_beside() && out.stack.frames.len() == 1 && number(last) == Some(at);
    let before = out.stack.related.len();
    out.further(if alone { last } else { frame.raw });
    // Of one whose first row alone was printed nobody knows the rest.
    if alone && out.stack.related.len() > before {
        let first = std::mem::take(&mut out.stack.frames);
        out.stack.related[before].frames = first;
        out.crash();
    }
}

/// Whether a row stands below a stack of rows that say `at`, and is one of them without it: a console's summary.
pub(super) fn is_summary(out: &Builder<'_>, frame: &Frame<'_>) -> bool {
    const MOST: usize = 64;
    let frames = &out.stack.frames;
    !out.is_beside()
        && frame.file.is_some()
        && !frame.raw.starts_with("at ")
        && frames
            .last()
            .is_some_and(|last| last.raw.starts_with("at "))
        && frames.iter().take(MOST).any(|known| {
            (known.function, known.file, known.line) == (frame.function, frame.file, frame.line)
        })
}
