//! Julia: the stack that its runtime prints at a signal, `fire at /orbit/src/ships.jl:31 [inlined]`, and that of an exception,
//! `[1] fire(s::Ship)` with `@ Orbit.Ships ~/orbit/src/ships.jl:31` below.

use super::plain;
use super::reader::{Line, Reader};
use crate::code_tables::signal_name;
use crate::frame::{Frame, Language, Note};
use crate::model::Builder;
use crate::text;

/// How much a line speaks for this format.
pub(super) fn score(line: &str) -> u32 {
    match line.as_bytes() {
        [b'i', ..] if line.starts_with("in expression starting at ") => 4,
        [b'w', ..] if text::has(line, ", in expression starting on line ") => 4,
        [b'u', ..] if line.starts_with("unknown function (ip: 0x") => 3,
        [b'@', b' ', ..] if text::has(line, ".jl:") => 4,
        [b's' | b'[', ..] if signal(line).is_some() => 2,
        _ => 0,
    }
}

/// Reads both kinds of stack.
#[derive(Default)]
pub(super) struct Julia;

impl<'a> Reader<'a> for Julia {
    fn line(&mut self, out: &mut Builder<'a>, line: Line<'a>) {
        let line = line.text;
        if let Some(signal) = signal(line).filter(|_| !out.has_frames()) {
            out.stack.facts.signal = Some(signal);
            return out.cut();
        }
        if line.starts_with("in expression starting at ") || line.starts_with("while loading ") {
            out.stack.facts.reason("", line);
            return out.cut();
        }
        if line.starts_with("Allocations: ") || line.starts_with("Stacktrace:") {
            return out.cut();
        }
        if let Some(frame) = frame(line) {
            return out.frame(frame);
        }
        if let Some(place) = line.strip_prefix("@ ")
            && let Some(frame) = out.last_frame()
            && frame.line.is_none()
        {
            let (module, path) = place.split_once(' ').unwrap_or(("", place));
            let (file, number) = text::file_line(path.trim_start());
            (frame.file, frame.line) = (Some(file), number);
            frame.module = Some(module).filter(|module| !module.is_empty());
            return;
        }
        plain::other(out, line);
    }
}

/// `signal (11.1): Segmentation fault`, `[3585] signal 11 (1): Segmentation fault`.
fn signal(line: &str) -> Option<&'static str> {
    let rest = match line.strip_prefix('[') {
        Some(rest) => text::digits(rest)?.1.strip_prefix("] ")?,
        None => line,
    };
    let rest = rest.strip_prefix("signal ")?;
    let (number, rest) = text::digits(rest.strip_prefix('(').unwrap_or(rest))?;
    let known = rest.starts_with(['.', ')']) || rest.starts_with(" (");
    let number = number
        .parse()
        .ok()
        .filter(|_| known && text::has(rest, "): "))?;
    signal_name(number)
}

fn frame(line: &str) -> Option<Frame<'_>> {
    if let Some(rest) = line.strip_prefix("unknown function (ip: 0x") {
        let (digits, rest) = rest.split_once(')')?;
        return Some(Frame {
            raw: line,
            address: text::hex(digits),
            module: rest.strip_prefix(" at ").map(|at| text::word(at).0),
            ..Frame::default()
        });
    }
    if let Some(rest) = line.strip_prefix('[') {
        let (_, rest) = text::digits(rest)?;
        let name = rest.strip_prefix("] ")?;
        // What takes arguments is a call; the file itself has none: `top-level scope`.
        let name = name.split('(').next().unwrap_or(name).trim();
        return (!name.is_empty()).then_some(Frame {
            raw: line,
            function: Some(name),
            language: Language::Script,
            ..Frame::default()
        });
    }
    let (rest, note) = match line.strip_suffix(" [inlined]") {
        Some(rest) => (rest, Note::Inlined),
        None => (line, Note::None),
    };
    let name_from = rest.strip_prefix("# ").unwrap_or(rest);
    let (name, place) = text::split_once(name_from, " at ")?;
    if name.is_empty() || name.contains(' ') {
        return None;
    }
    if let Some(module) = place.strip_suffix(" (unknown line)") {
        return Some(Frame {
            raw: line,
            function: Some(name),
            module: Some(module),
            note,
            ..Frame::default()
        });
    }
    let (file, number) = text::file_line(place);
    let script = [".jl", "]", "<missing>"]
        .iter()
        .any(|end| file.ends_with(end));
    number.map(|number| Frame {
        raw: line,
        function: Some(name),
        file: Some(file).filter(|file| !file.ends_with("<missing>")),
        line: Some(number).filter(|_| !file.ends_with("<missing>")),
        language: if script {
            Language::Script
        } else {
            Language::Native
        },
        note,
        ..Frame::default()
    })
}
