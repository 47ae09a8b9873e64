//! An exception that only its backtrace tells of.

use crate::model::stack::{Part, Stack};

/// Apple's report may have the backtrace of the exception that nothing caught, and not its name.
pub(super) fn note(stack: &mut Stack<'_>) {
    let mut sections = stack.sections.iter();
    let original =
        sections.any(|section| section.part == Part::Original && !section.frames.is_empty());
    let named = stack
        .sections
        .iter()
        .any(|section| !section.exception.is_empty());
    if original && !named && stack.facts.reasons.is_empty() {
        let uncaught = "told by its backtrace alone, which one is not in the text";
        stack.facts.reason("uncaught exception", uncaught);
    }
}
