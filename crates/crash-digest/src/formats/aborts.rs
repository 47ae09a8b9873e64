//! A process whose end nothing names: the C library raises a signal in the frames on top, or Unity's handler wrote of a crash.

use crate::frame::{Frame, Language};
use crate::model::Builder;
use crate::text;

/// Frames that the C library puts on top.
const MOST: usize = 4;

/// Where nothing says how the process ended, `abort` among the first frames does.
pub(super) fn told_by_frames(out: &mut Builder<'_>) {
    if out.stack.facts.signal.is_none() && out.stack.frames.iter().take(MOST).any(raises) {
        out.ended_in("SIGABRT");
    }
}

/// How Unity's player and its editor begin what they write of a crash.
pub(super) const UNITY: &str = "Crash!!!";

/// Where the text ends before the stack, nothing else says that the program crashed.
pub(super) fn told_by_unity(out: &mut Builder<'_>) {
    if !out.has_frames() && out.stack.unrecognized.contains(&UNITY) {
        let facts = &mut out.stack.facts;
        facts.reason("", "Unity's handler began to write of a crash: Crash!!!");
    }
}

/// Whether the C library raises SIGABRT in the frame.
fn raises(frame: &Frame<'_>) -> bool {
    let sent = ["sig=6", "signo=6", "@entry=6,", "@entry=6)"];
    if frame.language != Language::Native {
        return false;
    }
    match frame.function {
        Some("abort" | "__GI_abort") => true,
        Some(
            "raise" | "__GI_raise" | "__pthread_kill_implementation" | "__pthread_kill_internal",
        ) => sent.iter().any(|sent| text::has(frame.raw, sent)),
        _ => false,
    }
}
