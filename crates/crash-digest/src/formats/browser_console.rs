//! Rows of a browser's console below what was printed there: who called, `openBay @ dock.js:31`, behind the place that printed it
//! and its words, `dock.js:31 no bay is left`.

use super::godot;
use crate::frame::{Frame, Language};
use crate::grammar;
use crate::model::{Builder, RelatedKind, names_exception, read_exception};
use crate::text;

/// Lines of one message above its rows.
const MOST: usize = 8;

/// What an error's place in the engine is told as.
const PLACE: &str = "at";

/// Rows of a console that said V8's frames once more.
#[derive(Default)]
pub(super) struct BrowserConsole {
    again: usize,
}

impl BrowserConsole {
    /// Looks at a row before it is read as a frame; `true` where it says one of V8's frames once more.
    pub(super) fn row<'a>(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        if line.starts_with("at ") {
            return false;
        }
        let Some((_, place)) = line.rsplit_once('@').filter(|(front, place)| {
            front.ends_with([' ', '\t']) && place.starts_with([' ', '\t'])
        }) else {
            return false;
        };
        if let Some((first, said)) = printed(out, line, place.trim()) {
            begins(out, line, first, said);
            return false;
        }
        self.says_again(out, line)
    }

    /// Chrome's console goes on with who asked for the call: `Scenes.update @ orbit.js:1910`. V8 keeps ten calls; behind fewer the
    /// console's rows are the rest of the stack.
    fn says_again<'a>(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        let row = !out.is_beside()
            && out.last_frame().is_some_and(|last| {
                last.raw.starts_with("at ") && last.language == Language::Script
            });
        let Some(frame) = Some(line).filter(|_| row).and_then(grammar::read) else {
            return false;
        };
        let frames = &out.stack.frames;
        let same = frames
            .get(self.again)
            .is_some_and(|known| known.line == frame.line && known.file == frame.file);
        if same && frame.line.is_some() {
            self.again += 1;
            return true;
        }
        if self.again > 0 || frames.len() >= 10 {
            out.related(RelatedKind::AskedForBy, line, None);
        }
        false
    }
}

/// What was printed above its first row: the line that begins with the row's own place, and all that was said.
fn printed<'a>(out: &Builder<'a>, row: &'a str, place: &str) -> Option<(&'a str, &'a str)> {
    let above = &out.text[..text::place(out.text, row)?];
    let above = &above[..memchr::memrchr(b'\n', above.as_bytes())?];
    for line in above.lines().rev().take(MOST) {
        let line = text::trim(line);
        if let Some(said) = line.strip_prefix(place)
            && said.starts_with([' ', '\t'])
        {
            let said = said.trim_start();
            let last = above.lines().next_back()?;
            return Some((line, out.span(said, text::trim(last))));
        }
        if line.is_empty() || text::has(line, "@ ") || line.starts_with("at ") {
            return None;
        }
    }
    None
}

/// Whether the line is more of Godot's error above it: `At: core/vector.h:138:get() - no bay`, `at: get (core/vector.h:138)`.
fn goes_on(said: &str) -> bool {
    said.starts_with("At: ")
        || said.starts_with("at: ")
        || said.starts_with("GDScript backtrace (")
        || said.starts_with('[') && text::has(said, "] ") && text::has(said, " (res://")
}

/// Takes the rows off that begin with this one: they come again.
fn again<'a>(out: &mut Builder<'a>, row: &'a str) {
    /// Calls of a script above the rows.
    const MOST: usize = 256;
    let place = |frames: &[Frame<'_>]| frames.iter().take(MOST).position(|frame| frame.raw == row);
    if out.is_further()
        && let Some(last) = out.stack.related.last_mut()
    {
        let at = place(&last.frames).unwrap_or(last.frames.len());
        last.frames.truncate(at);
    } else if let Some(at) = place(&out.stack.frames) {
        out.drop_frames_from(at);
    }
}

/// The rows below are of what was said in the line `first`, and not of what stood before.
fn begins<'a>(out: &mut Builder<'a>, row: &'a str, first: &'a str, said: &'a str) {
    // Godot prints the place of an error behind it, and the calls of its script, each with the same rows once more: those stand
    // for all.
    if goes_on(said) {
        again(out, row);
        let call = Some(said).filter(|said| said.starts_with('['));
        if let Some(frame) = call.and_then(grammar::read) {
            out.frame(frame);
        } else if !godot::around(out, said)
            && !out.is_beside()
            && let Some((_, place)) = said.split_once("t: ")
        {
            out.stack.facts.reason(PLACE, place);
        }
        return;
    }
    // What names an exception is told apart by its name.
    if names_exception(first) {
        return;
    }
    let script = |line: &str| line.starts_with(godot::SCRIPT_ERROR);
    let unnamed = out
        .stack
        .sections
        .iter()
        .all(|section| section.exception.is_empty());
    if out.has_frames() && (unnamed || script(said) && !out.is_sure_of(godot::SCRIPT_ERROR)) {
        if unnamed {
            out.report(said);
        } else {
            out.set_aside_named();
            // That one's place.
            out.stack.facts.reasons.retain(|known| known.label != PLACE);
        }
        out.sure(read_exception(said), said);
    } else if out.has_frames() {
        out.further(said);
    } else if out.section().exception.name.is_none() {
        out.sure(read_exception(said), said);
    }
}
