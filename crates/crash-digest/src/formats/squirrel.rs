//! Squirrel: what went wrong, above its rows, `AN ERROR HAS OCCURRED [the index 'bay' does not exist]`; and Northstar, a loader of
//! mods that runs it, where the game itself crashed.

use crate::frame::Frame;
use crate::grammar;
use crate::model::{Builder, Exception};
use crate::text;

/// What a script's error says of its line.
const SOURCE: &str = "line of source";

/// What a game says of its script.
const SCRIPT: [&str; 2] = [
    "An error occured in the script: ",
    "An error occurred in the script: ",
];

/// Takes such a line; `false` where it is none.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    match line.as_bytes() {
        [b'A', b'N', b' ', ..] => occurred(out, line),
        [b'A', b'n', b' ', ..] => match SCRIPT.iter().find_map(|said| line.strip_prefix(said)) {
            Some(message) => named(out, line, message),
            None => false,
        },
        // A mod's name in front: `[Orbit] AN ERROR HAS OCCURRED [no bay]`.
        [b'[', ..] => match text::split_once(line, "] AN ERROR HAS ") {
            Some((tag, _)) if !tag[1..].contains('[') => occurred(out, &line[tag.len() + 2..]),
            _ => false,
        },
        [b'Y', ..] => match line.strip_prefix("Your script made an error: ") {
            Some(message) => named(out, line, message),
            None => false,
        },
        [b'-', b'>', b' ', ..] => source(out, line),
        [b'N', ..] if line.starts_with("Northstar ") => northstar(out, line),
        [b'C' | b'A' | b'E', ..] => access(out, line),
        _ => false,
    }
}

/// Of older versions the second word is spelled `OCCURED`. Without a message the words themselves are told.
fn occurred<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let message = line
        .strip_prefix("AN ERROR HAS OCCURED [")
        .or_else(|| line.strip_prefix("AN ERROR HAS OCCURRED ["));
    let message = message.map(|message| message.strip_suffix(']').unwrap_or(message));
    let message = message.map(|message| match message {
        "" => line.split(" [").next().unwrap_or(line),
        message => message,
    });
    message.is_some_and(|message| named(out, line, message))
}

/// The first one is the text's own.
fn named<'a>(out: &mut Builder<'a>, line: &'a str, message: &'a str) -> bool {
    if out.has_frames() {
        out.further(line);
    } else {
        let name = None;
        out.sure(Exception { name, message }, line);
        out.cut();
    }
    true
}

/// Respawn's games show the line that failed: `-> dock.bay--`.
fn source<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let known = !out.has_frames() && out.is_sure_of("SCRIPT ERROR: ");
    if known {
        out.stack.facts.reason(SOURCE, &line["-> ".len()..]);
        out.cut();
    }
    known
}

/// What Northstar's handler says first. A script's error above it was reported, and ended nothing.
fn northstar<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let begins = line.starts_with("Northstar has crashed!");
    if begins {
        if out.has_frames() {
            out.set_aside_named();
            out.stack
                .facts
                .reasons
                .retain(|reason| reason.label != SOURCE);
        }
        out.report(line);
        out.cut();
    }
    begins || line.starts_with("Northstar version: ")
}

/// What it was and where, below: `Cause: Access Violation`, `Access Violation: Attempted to read from: 0x10`,
/// `EXCEPTION_ACCESS_VIOLATION`, `At: orbit.dll + 0x53eb`.
fn access<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if !out.is_sure_of("Northstar has crashed!") || out.is_beside() {
        return false;
    }
    if let Some(place) = line.strip_prefix("At: ")
        && let Some(frame) = grammar::read(place)
        && !out.has_frames()
    {
        out.frame(Frame { raw: line, ..frame });
        return true;
    }
    let cause = line.strip_prefix("Cause: ").unwrap_or(line);
    let (name, access) = text::split_once(cause, ": ").unwrap_or((cause, ""));
    let known = cause.len() < line.len() && !out.has_frames()
        || name == "Access Violation"
        || name.starts_with("EXCEPTION_") && !name.contains(' ');
    if known {
        let message = "";
        let name = Some(name);
        out.section().exception = Exception { name, message };
        out.cut();
        super::runtimes::attempted(out, access);
    }
    known
}
