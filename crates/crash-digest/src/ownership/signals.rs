//! Handlers of signals and of panics on top of a stack: what they did tells nothing of why.

use super::Ownership;
use super::origin::CodeOrigin;
use super::paths::is_crash_kit;
use crate::frame::{Frame, Language};
use crate::model::{CALLED_BY, Stack};
use crate::text;

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

/// How many frames on top are of a program's own handler, which wrote the stack down itself: what walks a stack or writes it, and
/// below that what handles a signal, `Logger::writeStackTrace`, `CrashHandler::onSignal`. 0 where it does not begin so: a handler
/// alone may be where it crashed.
fn written_down(stack: &Stack<'_>) -> usize {
    const TOLD: [&str; 6] = ["tack", "race", "handle", "Handle", "ignal", "rash"];
    let mut handled = 0;
    for (at, frame) in stack.frames.iter().take(DEEPEST).enumerate() {
        let printed = frame.function.unwrap_or_default();
        if frame.language != Language::Native || !TOLD.iter().any(|part| text::has(printed, part)) {
            break;
        }
        let name = frame.name();
        if at > 0 && handles(&name) {
            handled = at + 1;
        } else if !writes_stack(&name, at == 0) {
            break;
        }
    }
    handled
}

/// The last two parts of a name, without underscores and in lower case: `crashhandler` and `writestacktrace`.
fn parts(name: &str) -> (String, String) {
    let plain = |part: &str| part.replace('_', "").to_ascii_lowercase();
    let name = name.split(['(', '<', ' ']).next().unwrap_or(name);
    let (class, method) = text::rsplit_once(name, "::").unwrap_or(("", name));
    let class = text::rsplit_once(class, "::").map_or(class, |(_, class)| class);
    (plain(class), plain(method))
}

/// Whether a function handles signals or what nobody caught.
fn handles(name: &str) -> bool {
    #[rustfmt::skip]
    const HANDLERS: [&str; 12] = [
        "signalhandler", "crashhandler", "sighandler", "segvhandler", "segfaulthandler", "faulthandler", "handlesignal", "handlecrash",
        "onsignal", "oncrash", "unhandledexception", "exceptionfilter",
    ];
    let (_, method) = parts(name);
    HANDLERS.iter().any(|handler| method.contains(handler))
}

/// Whether a function walks a stack or writes it down, or is of a class that does nothing else; below the first, of a handler's.
fn writes_stack(name: &str, first: bool) -> bool {
    #[rustfmt::skip]
    const STACKS: [&str; 6] = ["stacktrace", "backtrace", "callstack", "stackwalk", "walkstack", "stackdump"];
    let stack = |part: &str| STACKS.iter().any(|stack| part.contains(stack));
    let (class, method) = parts(name);
    stack(&class) || stack(&method) || !first && class.ends_with("crashhandler")
}

impl Ownership<'_> {
    /// How many frames on top tell nothing, since a handler called them; 0 where it crashed itself.
    pub(super) fn handled_on_top(&self, stack: &Stack<'_>) -> usize {
        let on_top = handled(stack);
        if on_top == 0 {
            return written_down(stack);
        }
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
