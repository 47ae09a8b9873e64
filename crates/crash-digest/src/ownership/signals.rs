//! Handlers of signals and of panics on top of a stack: what they did tells nothing of why.

use super::Ownership;
use super::origin::CodeOrigin;
use super::paths::is_crash_kit;
use crate::frame::{Frame, Language};
use crate::model::{CALLED_BY, Stack};

/// A handler calls few functions.
const DEEPEST: usize = 16;

/// How many frames on top are of a handler, the one that the system called it by included; 0 where there is none.
fn handled(stack: &Stack<'_>) -> usize {
    // Go runs what was deferred on top of the panic.
    let called = |frame: &Frame<'_>| {
        frame.function.is_some_and(|name| {
            CALLED_BY.contains(&name) || name == "panic" && frame.language == Language::Go
        })
    };
    let top = &stack.frames[..stack.frames.len().min(DEEPEST)];
    top.iter().position(called).map_or(0, |at| at + 1)
}

impl Ownership<'_> {
    /// How many frames on top tell nothing, since a handler called them; 0 where it crashed itself.
    pub(super) fn handled_on_top(&self, stack: &Stack<'_>) -> usize {
        let on_top = handled(stack);
        // What Go deferred ran because of the panic.
        let crashed = on_top > 0
            && stack.frames.first().is_some_and(|top| {
                top.language != Language::Go
                    && match self.classify(top) {
                        CodeOrigin::Own => true,
                        // A kit does not print itself: one that stands there crashed, too.
                        CodeOrigin::ThirdParty => {
                            top.file
                                .is_some_and(|file| is_crash_kit(&file.to_ascii_lowercase()))
                                && self.tells_nothing(&stack.frames[on_top..])
                        }
                        _ => false,
                    }
            });
        if crashed { 0 } else { on_top }
    }

    /// Whether frames are of the system and of runtimes alone.
    fn tells_nothing(&self, frames: &[Frame<'_>]) -> bool {
        let known = [
            CodeOrigin::System,
            CodeOrigin::Runtime,
            CodeOrigin::Boilerplate,
        ];
        frames
            .iter()
            .all(|frame| known.contains(&self.classify(frame)))
    }
}
