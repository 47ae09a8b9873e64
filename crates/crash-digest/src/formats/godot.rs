//! Godot's scripts: the place of an error where no stack is printed, below the message in version 3, in front of it in the editor.

use crate::frame::{Frame, Language};
use crate::model::{Builder, Exception};
use crate::text;

/// Takes such a line; `false` where it is none.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    match line.as_bytes() {
        [b'E' | b'S' | b'r', ..] => in_front(out, line),
        _ => false,
    }
}

/// The place below the message, `At: res://ships/ship.gd:31.`; the function stands in front of the message:
/// `SCRIPT ERROR: _process: Invalid call.`
pub(super) fn below<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
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
