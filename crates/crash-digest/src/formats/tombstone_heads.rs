//! Which crash the head of a tombstone is of: that of the frames above it, or one whose frames follow.

use crate::cut::Piece;
use crate::frame::{Frame, Language};
use crate::grammar::{self, Printers};
use crate::model::Builder;
use crate::text;

/// Whether a thread without frames is the head of the crash whose frames stand above it: its signal is the same, and no thread is
/// known yet.
pub(super) fn is_head_of(out: &Builder<'_>, piece: &Piece<'_>) -> bool {
    let facts = &out.stack.facts;
    let signal = || {
        let mut lines = text::lines(text::head(piece.text, 1 << 12)).map(text::trim);
        let line = lines.find(|line| line.starts_with("signal "))?;
        text::after(line, "(", b")")
    };
    let frames = || {
        let mut lines = text::lines(piece.text).map(text::trim);
        lines.any(|line| grammar::read_as(Printers::Android, line).is_some())
    };
    out.has_frames()
        && facts.thread.is_none()
        && facts.thread_id.is_none()
        && piece.heading.starts_with("pid: ")
        && facts.signal.is_some_and(|known| signal() == Some(known))
        && !frames()
}

/// A log may begin inside the backtrace of an earlier report, or in ART's dump of a thread: its last frames, without its head.
pub(super) fn end_of_earlier<'a>(out: &mut Builder<'a>, line: &'a str) {
    let first = out.stack.frames.first();
    let facts = &out.stack.facts;
    let unknown = facts.signal.is_none() && facts.thread.is_none() && facts.abort_message.is_none();
    if unknown && first.is_some_and(|frame| frame.raw.starts_with("native: ")) {
        return out.end_of_dumped();
    }
    let cut = first.is_some_and(|frame| {
        let number = frame.raw.strip_prefix('#').and_then(text::digits);
        number.is_some_and(|(number, _)| number.parse().is_ok_and(|number: u32| number > 0))
    });
    if cut && out.stack.facts.signal.is_none() {
        out.set_aside(line);
    }
}

/// A report's signal stands above its frames; `true` where it is another report's, behind those of a signal.
pub(super) fn signalled<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if out.has_frames() && !out.is_beside() && out.stack.facts.signal.is_some() {
        out.further(line);
        return true;
    }
    without_signal(out, line);
    // What stood before it is somebody's, what follows is the report's.
    out.cut();
    false
}

/// A console's list of crashes may have one of which no signal is known: its frames are none of the next one's, which begins with
/// its signal and has frames of its own.
fn without_signal<'a>(out: &mut Builder<'a>, line: &'a str) {
    let native = |frame: &Frame<'_>| frame.language == Language::Native;
    let unknown = out.stack.facts.signal.is_none()
        && out.stack.facts.abort_message.is_none()
        && !out.is_beside()
        && out.stack.frames.first().is_some_and(native);
    // A bound, for a text of many such lines.
    let behind =
        || text::place(out.text, line).map_or("", |at| text::head(&out.text[at..], 1 << 16));
    if unknown && text::has(behind(), " pc ") {
        let first = out.stack.frames.first().map_or("", |frame| frame.raw);
        out.set_aside(first);
    }
}
