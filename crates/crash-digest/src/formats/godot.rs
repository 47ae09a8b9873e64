//! Godot's scripts: the place of an error where no stack is printed, below the message in version 3, in front of it in the editor.

use crate::frame::{Frame, Language};
use crate::grammar;
use crate::model::{Builder, Exception, RelatedKind, read_exception};
use crate::text;

/// Takes such a line; `false` where it is none.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    match line.as_bytes() {
        [b'E', b' ', b'0'..=b'9', ..] => in_debugger(out, line),
        [b'E' | b'S' | b'r', ..] => in_front(out, line),
        _ => false,
    }
}

/// Whether a line may stand there: most lines are none.
pub(super) fn may_take(line: &str) -> bool {
    matches!(
        line.as_bytes(),
        [b'A' | b'a', b't', b':', ..] | [b'S', b'C', ..] | [b'G', b'D', ..] | [b'<', ..]
    )
}

/// Takes a line between an error and its frames, which the grammars may know as well.
pub(super) fn around<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if line.starts_with("At: res://") {
        return below(out, line);
    }
    if line.starts_with("at: ") {
        return at(out, line);
    }
    if line.starts_with("SCRIPT ERROR: ") {
        return again(out, line);
    }
    if line.starts_with("GDScript backtrace (most recent call first)") {
        return backtrace(out);
    }
    let Some((label, row)) = line.strip_prefix('<').and_then(|rest| rest.split_once('>')) else {
        return false;
    };
    let known = [" Error", " Source"]
        .iter()
        .find_map(|end| label.strip_suffix(end))
        .is_some_and(|language| matches!(language, "GDScript" | "C#" | "C++"));
    if label == "Stack Trace"
        && let Some(frame) = grammar::read(row.trim())
    {
        out.frame(frame);
        return true;
    }
    if known && !out.has_frames() {
        out.cut();
    }
    known
}

/// Version 4: `at: _process (res://docks/dock.gd:31)`.
fn at<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some((name, place)) = line
        .strip_prefix("at: ")
        .and_then(|call| text::last_group(call, b'(', b')'))
        .filter(|(_, place)| place.starts_with("res://"))
    else {
        return false;
    };
    let begun = if out.is_further() {
        out.last_frame().is_none()
    } else {
        !out.has_frames()
    };
    if begun {
        let (file, number) = text::file_line(place);
        out.cut();
        out.frame(Frame {
            raw: line,
            function: Some(name.trim_end()),
            file: Some(file),
            line: number,
            language: Language::Script,
            ..Frame::default()
        });
    }
    true
}

/// The calls begin with the place that was named above them.
fn backtrace(out: &mut Builder<'_>) -> bool {
    let place = |frames: &[Frame<'_>]| matches!(frames, [one] if one.raw.starts_with("at: "));
    if out.is_further()
        && let Some(last) = out.stack.related.last_mut()
    {
        if place(&last.frames) {
            last.frames.clear();
        }
    } else if place(&out.stack.frames) {
        out.drop_main_frames();
    }
    true
}

/// The next error of the same log.
fn again<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let behind = out
        .stack
        .frames
        .first()
        .is_some_and(|first| first.file.is_some_and(|file| file.starts_with("res://")));
    if behind {
        end(out);
        out.further(line);
    }
    behind
}

/// A log says the same error again and again: it is told once.
pub(super) fn end(out: &mut Builder<'_>) {
    let Some((last, before)) = out.stack.related.split_last() else {
        return;
    };
    if last.kind != RelatedKind::Further || !last.title.starts_with("SCRIPT ERROR: ") {
        return;
    }
    let rows = |other: &[Frame<'_>]| {
        other.len() == last.frames.len()
            && other
                .iter()
                .zip(&last.frames)
                .all(|(one, other)| one.raw == other.raw)
    };
    let first = out.is_sure_of(last.title) && rows(&out.stack.frames);
    if first
        || before
            .iter()
            .any(|known| known.title == last.title && rows(&known.frames))
    {
        out.stack.related.pop();
    }
}

/// `E 0:00:01:234   _ready: Invalid call.`, `E 0:00:01:0123   void Orbit.Dock.Open(): System.NullReferenceException: no bay`: time,
/// function and message.
fn in_debugger<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let (time, said) = text::word(&line["E ".len()..]);
    let clock = time
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b':');
    let Some((function, message)) = text::split_once(said, ": ").filter(|_| clock) else {
        return false;
    };
    // A type of Java's stands there as well.
    let named = is_name(function) && !function.contains('.');
    if !named && !function.ends_with(')') {
        return false;
    }
    if out.has_frames() {
        out.further(line);
    } else {
        out.sure(read_exception(message), line);
    }
    true
}

/// The place below the message, `At: res://ships/ship.gd:31.`; the function stands in front of the message:
/// `SCRIPT ERROR: _process: Invalid call.`
fn below<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let place = line
        .strip_prefix("At: ")
        .filter(|place| place.starts_with("res://"));
    let Some(place) = place.filter(|_| !out.has_frames()) else {
        return false;
    };
    let (file, number) = text::file_line(place.trim_end_matches('.'));
    let mut function = None;
    let exception = &mut out.section().exception;
    let said = exception.message;
    let said = said.strip_prefix("SCRIPT ERROR: ").unwrap_or(said);
    if let Some((name, message)) = said.split_once(": ")
        && exception.name.is_none()
        && is_name(name)
    {
        function = Some(name);
        exception.message = message;
    }
    out.frame(Frame {
        raw: line,
        function,
        file: Some(file),
        line: number,
        language: Language::Script,
        ..Frame::default()
    });
    true
}

/// A function of a script.
fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_.".contains(&byte))
}

/// `ERROR: res://dock/dock.gd:31 - Invalid call.`, one line of each error: the first is the text's own.
fn in_front<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let said = ["SCRIPT ERROR: ", "ERROR: "]
        .iter()
        .find_map(|label| line.strip_prefix(label))
        .unwrap_or(line);
    let Some((place, message)) = said
        .starts_with("res://")
        .then(|| text::split_once(said, " - "))
        .flatten()
    else {
        return false;
    };
    let (file, number) = text::file_line(place);
    if number.is_none() || file.contains(": ") {
        return false;
    }
    if let Some(first) = out.stack.frames.first() {
        let own = first.raw == said;
        if !own {
            out.stack.facts.reason("also reported", said);
        }
        return true;
    }
    let name = None;
    out.sure(Exception { name, message }, line);
    out.cut();
    out.frame(Frame {
        raw: said,
        file: Some(file),
        line: number,
        language: Language::Script,
        ..Frame::default()
    });
    true
}
