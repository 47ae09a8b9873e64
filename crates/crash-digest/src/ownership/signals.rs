//! Handlers of signals and of panics on top of a stack: what they did tells nothing of why.

use crate::frame::{Frame, Language};
use crate::model::{CALLED_BY, Stack};

/// A handler calls few functions.
const DEEPEST: usize = 16;

/// How many frames on top are of a handler, the one that the system called it by included; 0 where there is none.
pub(super) fn handled(stack: &Stack<'_>) -> usize {
    // Go runs what was deferred on top of the panic.
    let called = |frame: &Frame<'_>| {
        frame.function.is_some_and(|name| {
            CALLED_BY.contains(&name) || name == "panic" && frame.language == Language::Go
        })
    };
    let top = &stack.frames[..stack.frames.len().min(DEEPEST)];
    top.iter().position(called).map_or(0, |at| at + 1)
}
