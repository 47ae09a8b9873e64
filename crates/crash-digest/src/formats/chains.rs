//! A call chain in one line: `History: Ship::Fire <- World::Tick <- MainLoop` of old Unreal games, and games' own
//! `Call chain: Game.Run -> World.Tick -> Ship.Fire`.

use crate::frame::Frame;
use crate::grammar;
use crate::model::Builder;
use crate::text;

/// Takes such a line where no frame was read before it.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if out.has_frames() {
        return false;
    }
    let Some((label, chain)) = text::split_once(line, ": ") else {
        return false;
    };
    if !is_label(label) {
        return false;
    }
    let inner_first = text::has(chain, " <- ");
    let arrow = if inner_first { " <- " } else { " -> " };
    let mut frames: Vec<Frame<'_>> = Vec::new();
    for part in chain.split(arrow) {
        let Some(frame) = call(part.trim()) else {
            return false;
        };
        frames.push(frame);
    }
    if frames.len() < 3 {
        return false;
    }
    if !inner_first {
        frames.reverse();
    }
    for frame in frames {
        out.frame(frame);
    }
    true
}

fn is_label(label: &str) -> bool {
    [
        "history",
        "call chain",
        "callchain",
        "call stack",
        "callstack",
        "stack",
        "stack trace",
        "stacktrace",
        "backtrace",
        "trace",
    ]
    .iter()
    .any(|known| label.eq_ignore_ascii_case(known))
}

/// `Ship::Fire`, `Ship.Fire()`, `MainLoop`, and of a script `(Mover Map.Mover3, Function Engine.Mover.Touch)`.
fn call(part: &str) -> Option<Frame<'_>> {
    let script = part
        .strip_prefix('(')
        .and_then(|inner| inner.strip_suffix(')'))
        .and_then(|inner| text::split_once(inner, "Function "));
    if let Some((_, name)) = script {
        return Some(Frame {
            raw: part,
            function: Some(name),
            ..Frame::default()
        });
    }
    if let Some(frame) = grammar::read(part) {
        return Some(frame);
    }
    let name = part.split('(').next().unwrap_or(part);
    let named = name.len() >= 2
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_:.~<>$".contains(&byte))
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    named.then_some(Frame {
        raw: part,
        function: Some(name),
        ..Frame::default()
    })
}
