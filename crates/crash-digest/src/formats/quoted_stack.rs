//! A Java stack inside of an abort message.

use crate::text;

/// Lines of an abort message, at most.
pub(super) const MOST_LINES: usize = 60;

/// Whether the Java lines below an abort message's first line are part of it: ART quotes the exception that was pending,
/// with its stack, and says below it in which call. The quotation's end stands behind them.
pub(super) fn is_quoted(text: &str, message: &str) -> bool {
    const FARTHEST: usize = 1 << 14;
    let Some(rest) = text::place(text, message).and_then(|at| text.get(at..)) else {
        return false;
    };
    let rest = text::head(rest, FARTHEST);
    let end = text::lines(rest).skip(1).map(text::trim).take(MOST_LINES);
    for line in end {
        if line.ends_with('\'') {
            return true;
        }
        if line.starts_with('#') || line == "backtrace:" || line.starts_with("*** ***") {
            return false;
        }
    }
    false
}
