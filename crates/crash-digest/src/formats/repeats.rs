//! Rows that a text prints again: a debugger's frame that was asked for, a console's summary below the stack.

use crate::frame::Frame;
use crate::model::Builder;
use crate::text;

/// Whether a numbered row is printed again behind the stack that it is of: a debugger was asked for that frame.
pub(super) fn is_repeated(out: &Builder<'_>, line: &str) -> bool {
    let number = |row: &str| {
        text::digits(row.strip_prefix('#')?)?
            .0
            .parse::<usize>()
            .ok()
    };
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
