//! A call through a null pointer, where the stack alone tells of it: its first frame is at no address.

use crate::model::stack::Stack;
use crate::text;

/// A handler of the program itself calls few functions above the frame that the system called it by.
const DEEPEST: usize = 16;
/// The frames that a system calls a handler by.
pub(crate) const CALLED_BY: [&str; 5] = [
    "<signal handler called>",
    "__restore_rt",
    "__kernel_rt_sigreturn",
    "_sigtramp",
    "__sigtramp",
];

/// The program counter was null where it crashed, `3   ???   000000000000000000 0 + 0`, and so was the fault address.
pub(super) fn note(stack: &mut Stack<'_>) {
    let facts = &stack.facts;
    let null = facts.pc.is_none()
        && facts
            .fault_address
            .is_some_and(|address| text::hex(address) == Some(0));
    if !null {
        return;
    }
    let top = &stack.frames[..stack.frames.len().min(DEEPEST)];
    let handler = top
        .iter()
        .position(|frame| frame.function.is_some_and(|name| CALLED_BY.contains(&name)));
    let crashed = stack.frames.get(handler.map_or(0, |at| at + 1));
    let nowhere = crashed.is_some_and(|frame| {
        frame.address == Some(0)
            && frame.function.is_none()
            && frame.module.is_none_or(|module| module == "???")
    });
    if nowhere {
        stack.facts.pc = Some("0");
    }
}
