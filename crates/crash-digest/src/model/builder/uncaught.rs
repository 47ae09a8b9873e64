//! An exception that only its backtrace tells of.

use crate::frame::{Frame, Language};
use crate::model::facts::Reason;
use crate::model::stack::{Part, Stack};
use crate::text;

/// So near to the top C++ ends a process that threw.
const NEAR: usize = 12;

/// Apple's report may have the backtrace of the exception that nothing caught, and not its name.
pub(super) fn note(stack: &mut Stack<'_>) {
    let mut sections = stack.sections.iter();
    let original =
        sections.any(|section| section.part == Part::Original && !section.frames.is_empty());
    let named = stack
        .sections
        .iter()
        .any(|section| !section.exception.is_empty());
    // How the process ended says nothing of what was thrown.
    let ended = |reason: &Reason<'_>| {
        matches!(reason.label, "termination" | "terminated by") || reason.text == "abort() called"
    };
    if original && !named && stack.facts.reasons.iter().all(ended) {
        let uncaught = "told by its backtrace alone, which one is not in the text";
        stack.facts.reason("uncaught exception", uncaught);
    }
    if !named
        && stack.facts.abort_message.is_none()
        && stack.frames.iter().take(NEAR).any(terminates)
    {
        let ended = "C++'s handler of an exception that nothing caught, by the frame's own symbol";
        stack.facts.reason("ended by", ended);
    }
}

/// Whether the unwinder's symbol is C++'s handler, where a tool looked up another name for the same address:
/// `liborbit.so (__gnu_cxx::__verbose_terminate_handler()+228): Routine js_dock at jsb.cpp:6071`.
fn terminates(frame: &Frame<'_>) -> bool {
    const HANDLERS: [&str; 2] = ["terminate_handler", "std::terminate("];
    frame.language == Language::Native
        && frame.file.is_some()
        && text::has(frame.raw, ": Routine ")
        && HANDLERS.iter().any(|handler| {
            text::has(frame.raw, handler)
                && !frame.function.is_some_and(|name| text::has(name, handler))
        })
}
