//! A process whose end nothing names: the C library raises a signal in the frames on top, or Unity's handler wrote of a crash.

use crate::frame::{Frame, Language};
use crate::model::Builder;
use crate::text;

/// Frames that the C library puts on top.
const MOST: usize = 4;
/// Those of a sanitizer below them.
const MOST_OF_SANITIZER: usize = 16;

/// Where nothing says how the process ended, `abort` among the first frames does.
pub(super) fn told_by_frames(out: &mut Builder<'_>) {
    let frames = &out.stack.frames;
    let raised = frames.iter().take(MOST).any(raises);
    // A sanitizer ends the process so for a signal that it does not name in its frames.
    let for_another = |frame: &Frame<'_>| {
        frame
            .function
            .is_some_and(|name| text::has(name, "ReportDeadlySignal"))
    };
    let raised = raised && !frames.iter().take(MOST_OF_SANITIZER).any(for_another);
    if out.stack.facts.signal.is_none() && raised {
        out.stack.facts.signal_by_frames = true;
        out.ended_in("SIGABRT");
    }
}

/// The same where nothing else is said, which tells more.
pub(super) fn told_by_frames_alone(out: &mut Builder<'_>) {
    let stack = &out.stack;
    let mut sections = stack.sections.iter();
    let said = sections.any(|section| !section.exception.is_empty());
    if !said && stack.facts.abort_message.is_none() && stack.facts.cause.is_none() {
        told_by_frames(out);
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
        Some("abort" | "__GI_abort" | "__libc_android_abort") => true,
        Some(
            "raise" | "__GI_raise" | "__pthread_kill_implementation" | "__pthread_kill_internal",
        ) => sent.iter().any(|sent| text::has(frame.raw, sent)),
        _ => false,
    }
}
