//! Handlers of crashes in Haxe's games: rows of places, and below them what was thrown, `Uncaught Error: Null Object Reference`.

use crate::frame::{Frame, Language};
use crate::grammar;
use crate::model::{Builder, Exception, RelatedKind, read_exception};
use crate::text;

/// How they name what was thrown.
const THROWN: [&str; 3] = [
    "Uncaught Error: ",
    "Uncaught Exception: ",
    "Uncaught exception: ",
];

/// How a program that was compiled to C++ names a call, and what was thrown below its calls.
const CALLED: &str = "Called from ";
const BEHIND: &str = "Error : ";

/// What is read of such a report.
#[derive(Default)]
pub(super) struct Haxe<'a> {
    /// What was thrown has been said behind the rows: further ones are another report's.
    said: Option<&'a str>,
}

impl<'a> Haxe<'a> {
    /// Takes a line of such a report; `false` where it is none.
    pub(super) fn line(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        if line.starts_with("Uncaught ") {
            return self.thrown(out, line);
        }
        if line.starts_with(BEHIND) {
            return Self::thrown_in_cpp(out, line);
        }
        if self.said.is_none() || !text::has(line, ".hx") {
            return false;
        }
        let Some(frame) = grammar::read(line).filter(is_row) else {
            return false;
        };
        if let Some(said) = self.said.take() {
            out.further(said);
        }
        out.frame(frame);
        true
    }

    /// Whether the line may be of one.
    pub(super) fn may_take(&self, line: &str) -> bool {
        line.starts_with("Uncaught ") || line.starts_with(BEHIND) || self.said.is_some()
    }

    /// Programs that were compiled to C++ can list their calls from the outermost one on.
    pub(super) fn end(out: &mut Builder<'a>) {
        let frames = &out.stack.frames;
        let outermost = frames.len() > 1
            && frames.iter().all(|frame| frame.raw.starts_with(CALLED))
            && (frames[0].raw == "Called from hxcpp::__hxcpp_main" || begins_first(frames));
        if outermost && out.stack.sections.len() <= 1 {
            out.stack.frames.reverse();
        }
        Self::thrown_above_rows(out);
    }

    /// A handler that prints rows with a hash has what was thrown right above them, whatever its words: a person's before count less.
    fn thrown_above_rows(out: &mut Builder<'a>) {
        let Some(first) = out.stack.frames.first() else {
            return;
        };
        if !first.raw.starts_with("in ") || !text::has(first.raw, ".hx#") {
            return;
        }
        let at = text::place(out.text, first.raw).unwrap_or_default();
        let above = out.text[..at].trim_end_matches([' ', '\t']);
        let above = above.strip_suffix('\n').unwrap_or(above);
        let above =
            text::trim(&above[memchr::memrchr(b'\n', above.as_bytes()).map_or(0, |at| at + 1)..]);
        if let [section] = &mut out.stack.sections[..]
            && section.exception.name.is_none()
            && above.bytes().any(|byte| byte.is_ascii_alphanumeric())
            && !above.ends_with(':')
            && !section.exception.message.ends_with(above)
        {
            section.exception.message = above;
        }
    }

    /// What was thrown stands behind their calls: `Error : Null Object Reference`.
    fn thrown_in_cpp(out: &mut Builder<'a>, line: &'a str) -> bool {
        let known = !out.is_beside()
            && out
                .last_frame()
                .is_some_and(|last| last.raw.starts_with(CALLED))
            && out.section().exception.is_empty();
        if known {
            out.section().exception = Exception {
                name: Some("Error"),
                message: line[BEHIND.len()..].trim(),
            };
        }
        known
    }

    /// What was thrown, below its rows; words of a person above them are none of it.
    fn thrown(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        let known = THROWN.iter().any(|start| line.starts_with(start))
            && out.last_frame().is_some_and(|last| is_row(last));
        if !known {
            return above(out, line);
        }
        if out.is_further() {
            again(out, line);
        } else if !out.is_beside() && !out.is_sure_of("Uncaught ") {
            out.sure(read_exception(line), line);
            out.cut();
        } else {
            return false;
        }
        self.said = Some(line);
        true
    }
}

/// Whether the program's start stands in front of what it calls: `ApplicationMain`, which is made for each program, and below it
/// the program's own `Main.main` or `Main.new`, which never call the start.
fn begins_first(frames: &[Frame<'_>]) -> bool {
    let of_start = |frame: &Frame<'_>| frame.file == Some("ApplicationMain.hx");
    let [first, behind @ ..] = frames else {
        return false;
    };
    let main = |frame: &Frame<'_>| {
        let name = frame.function.unwrap_or_default();
        matches!(name, "Main.main" | "Main::main" | "Main.new" | "Main::new")
    };
    of_start(first) && behind.iter().any(main) && !behind.last().is_some_and(of_start)
}

/// Above its rows it takes the place of a heading, `Orbit CRASHED!`, and of nothing that says what it was.
fn above<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let heading = !out.has_frames() && !out.is_empty() && {
        let held = out.section().exception;
        held.name.is_none() && held.message.ends_with('!') && !text::has(held.message, ": ")
    };
    let known = heading && THROWN.iter().any(|start| line.starts_with(start));
    if known {
        out.sure(read_exception(line), line);
    }
    known
}

/// A further report has its own words, or is the first one once more.
fn again<'a>(out: &mut Builder<'a>, line: &'a str) {
    let rows = &out.stack.frames;
    let last = out.stack.related.last_mut();
    if let Some(last) = last.filter(|last| last.kind == RelatedKind::Further) {
        last.title = line;
        let same = last.frames.len() == rows.len()
            && last
                .frames
                .iter()
                .zip(rows)
                .all(|(one, other)| one.raw == other.raw);
        if same {
            out.stack.related.pop();
            out.crash();
        }
    }
}

/// Whether a frame is a row of a place in Haxe.
fn is_row(frame: &Frame<'_>) -> bool {
    frame.language == Language::Script
        && (frame
            .file
            .is_some_and(|file| matches!(file.as_bytes(), [.., b'.', b'h', b'x']))
            || frame.raw.ends_with(']') && text::has(frame.raw, "() [line "))
}
