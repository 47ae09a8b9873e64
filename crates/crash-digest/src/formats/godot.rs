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
        [b'A' | b'a', b't', b':', ..]
            | [b'S', b'C', ..]
            | [b'G', b'D', ..]
            | [b'<', ..]
            | [b'E' | b'U', b'R' | b'S', ..]
            | [b'D', b'e', b'b', b'u', b'g', b'g', ..]
            | [b'*', b'F', b'r', ..]
            | [b'F', b'r', b'a', b'm', b'e', b' ', ..]
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
    if line.starts_with(SCRIPT_ERROR) && again(out, line)
        || ERRORS.iter().any(|label| line.starts_with(label)) && another(out, line)
    {
        return true;
    }
    if let Some(said) = line.strip_prefix("Debugger Break, Reason: '") {
        return stopped(out, line, said);
    }
    if let Some(row) = line.trim_start_matches('*').strip_prefix("Frame ") {
        return debugged(out, line, row);
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
        // Where the engine's own code checked it, and what: no frame of the script's.
        let row = row.trim();
        let said = |said: &str| out.stack.facts.reasons.iter().any(|one| one.text == said);
        let told = out.stack.exception().is_some_and(|own| own.message == row);
        if label.starts_with("C++") && !row.is_empty() && !told && !said(row) {
            out.stack.facts.reason("engine", row);
        }
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

/// How its log names an error of a script.
pub(super) const SCRIPT_ERROR: &str = "SCRIPT ERROR: ";
/// How its log names errors.
const ERRORS: [&str; 3] = ["ERROR: ", "USER ERROR: ", SCRIPT_ERROR];

/// Another error behind one with its place in the engine and no stack: the one that a script's stack follows is the text's own.
fn another<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    /// So far below the heading of the stack may stand.
    const NEAR: usize = 3;
    const LABEL: &str = "also logged";
    /// More of them say nothing new.
    const MOST: usize = 3;
    let before = match out.stack.sections.last() {
        Some(section) if !out.has_frames() => section.exception.message,
        _ => return false,
    };
    let placed = text::rsplit_once(before, "\n")
        .is_some_and(|(_, last)| last.trim_start().starts_with("at: "));
    if !placed {
        return false;
    }
    let reasons = &out.stack.facts.reasons;
    let told = reasons
        .iter()
        .filter(|reason| reason.label == LABEL)
        .count();
    let below = text::place(out.text, line).and_then(|at| out.text.get(at + line.len()..));
    let mut below = text::lines(below.unwrap_or_default()).take(NEAR);
    if below.any(|line| text::has(line, "GDScript backtrace (") || text::has(line, "(res://")) {
        out.drop_unnamed();
        let said = text::lines(before).next().unwrap_or(before);
        if told < MOST {
            out.stack.facts.reason(LABEL, said.trim());
        }
        return false;
    }
    out.cut();
    let said = line.strip_prefix(ERRORS[0]).unwrap_or(line);
    if told < MOST {
        out.stack.facts.reason(LABEL, said);
    } else {
        out.stack.unrecognized.push(line);
    }
    true
}

/// The first of the errors that the engine logged in front of its end, and the one that it says it ended for:
/// `ERROR: get: FATAL: Index p_index=33 out of size (size()=33)`.
pub(super) fn fatal_last(said: &str) -> impl Iterator<Item = &str> {
    let first = said.lines().next().unwrap_or_default();
    let fatal = |line: &&str| text::has(line, "FATAL: ");
    let last = said.lines().skip(1).filter(fatal).last().map(|line| {
        let line = text::trim(line);
        let known = ERRORS.iter().find_map(|label| line.strip_prefix(label));
        known.unwrap_or(line)
    });
    [Some(first), last].into_iter().flatten()
}

/// Its debugger in a terminal says why a script stopped: `Debugger Break, Reason: 'no bay'`.
fn stopped<'a>(out: &mut Builder<'a>, line: &'a str, said: &'a str) -> bool {
    if out.has_frames() {
        out.further(line);
    } else {
        let said = said.strip_suffix('\'').unwrap_or(said);
        out.sure(read_exception(said), line);
        out.cut();
    }
    true
}

/// And where, the frame that it shows with a mark: `*Frame 0 - res://dock/dock.gd:31 in function 'open_bay'`.
fn debugged<'a>(out: &mut Builder<'a>, line: &'a str, row: &'a str) -> bool {
    let frame = || {
        let (_, row) = text::digits(row)?;
        let (place, function) = text::split_once(row.strip_prefix(" - ")?, " in function '")?;
        let (file, number) = text::file_line(place);
        Some(Frame {
            raw: line,
            function: Some(function.strip_suffix('\'')?),
            file: Some(file),
            line: Some(number?),
            language: Language::Script,
            ..Frame::default()
        })
    };
    let Some(frame) = frame() else {
        return false;
    };
    out.frame(frame);
    true
}

/// A log says the same error again and again: it is told once.
pub(super) fn end(out: &mut Builder<'_>) {
    let Some((last, before)) = out.stack.related.split_last() else {
        return;
    };
    if last.kind != RelatedKind::Further || !last.title.starts_with(SCRIPT_ERROR) {
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
    // The function and the message may follow: `res://docks/dock.gd:31:_process() - no bay`, of an export `res://dock.gdc:31`.
    let scheme = "res:".len();
    let end = memchr::memchr(b':', &place.as_bytes()[scheme..]).map_or(place.len(), |at| {
        let number = scheme + at + 1;
        number + text::digits(&place[number..]).map_or(0, |(number, _)| number.len())
    });
    let (file, number) = text::file_line(place[..end].trim_end_matches('.'));
    let mut function = place[end..]
        .strip_prefix(':')
        .and_then(|call| text::split_once(call, "()"))
        .map(|(name, _)| name);
    let exception = &mut out.section().exception;
    let said = exception.message;
    let said = said.strip_prefix(SCRIPT_ERROR).unwrap_or(said);
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
    let said = [SCRIPT_ERROR, "ERROR: "]
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
