//! A managed exception, and below it the native stack of the same crash, as Xamarin's apps for Apple's systems end.

use crate::frame::{Frame, Language};
use crate::model::Builder;
use crate::text;

/// Whether a frame with the number 0 is the first of the native stack: those before it are .NET's.
pub(super) fn ends_before(out: &Builder<'_>, frame: &Frame<'_>) -> bool {
    let managed =
        |frame: &Frame<'_>| frame.language == Language::CSharp && frame.raw.starts_with("at ");
    frame.language == Language::Native
        && frame.module.is_some()
        && !out.is_beside()
        && out.stack.frames.first().is_some_and(managed)
        && out.stack.frames.last().is_some_and(managed)
}

/// The heading above it, `Native stacktrace`; the frame's own line where there is none.
pub(super) fn heading<'a>(text: &'a str, line: &'a str) -> &'a str {
    let above = text::place(text, line).map(|at| text[..at].trim_end());
    let above = above
        .and_then(|above| above.lines().next_back())
        .map(text::trim);
    above
        .filter(|above| above.len() <= 40)
        .and_then(|above| above.strip_suffix(':'))
        .unwrap_or(line)
}
