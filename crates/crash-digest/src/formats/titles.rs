//! A whole report in one line: titles of Linux's reporter, assertions of Steam and of Source's games.

use crate::grammar;
use crate::model::{Builder, Exception, panic_place};
use crate::text;

/// Takes such a line; `false` where it is none, or where the crash is known already.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if world_server(out, line) {
        return true;
    }
    // Geode, of Geometry Dash's mods.
    if line.starts_with("Whoopsies! An unhandled exception") && out.is_fresh() {
        out.cut();
        return true;
    }
    // The sentence of a box that has a title of its own.
    if line.starts_with("A fatal exception (code 0x") && out.is_fresh() {
        out.stack.facts.reason("", line);
        return true;
    }
    if out.is_fresh() && (old_unreal(out, line) || script_error(out, line)) {
        return true;
    }
    let panics = line.starts_with("thread '") && text::has(line, "' panicked at ")
        || line.starts_with("panicked at ");
    if panics {
        out.end_of_earlier();
    }
    if out.is_fresh()
        && (panics || line.starts_with("thread '"))
        && out.section().exception.name.is_none()
    {
        panicked(out, line);
        return false;
    }
    if !out.is_fresh() || !out.section().exception.is_empty() {
        return false;
    }
    title(out, line) || assertion(out, line)
}

/// A world server: `/srv/orbit/hooks.cpp:70: Error: Assertion in OnEvent failed: !level`, behind its time, and the first frame
/// of the stack behind its time as well.
fn world_server<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let rest = match line.as_bytes() {
        [
            b'2',
            b'0',
            _,
            _,
            b'-',
            _,
            _,
            b'-',
            _,
            _,
            b' ',
            _,
            _,
            b':',
            ..,
        ] => line.get(20..).unwrap_or(line),
        _ => line,
    };
    let drive = rest.as_bytes().get(1..3) == Some(b":\\");
    if !rest.starts_with(['/', '.']) && !drive {
        return false;
    }
    if rest.len() < line.len()
        && let Some(frame) = grammar::read(rest)
    {
        out.frame(frame);
        return true;
    }
    let Some((place, what)) = text::split_once(rest, ": Error: ") else {
        return false;
    };
    let Some((name, message)) = text::split_once(what, " failed: ") else {
        return false;
    };
    let known = name.starts_with("Assertion in ") && !out.has_frames();
    if known {
        out.section().exception = Exception {
            name: Some(&what[..name.len() + 7]),
            message,
        };
        out.stack.facts.reason("at", place);
        out.cut();
    }
    known
}

/// `orbit crashed with SIGSEGV in orbit::Ship::fire()`, `orbit crashed with OSError in save(): [Errno 28] No space left`.
fn title<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some((program, rest)) = text::split_once(line, " crashed with ") else {
        return false;
    };
    let (name, place) = text::word(rest);
    let (name, message) = match name.strip_suffix(':') {
        Some(name) => (name, place),
        None => (name, ""),
    };
    let known = name.starts_with("SIG") && name.bytes().all(|byte| byte.is_ascii_uppercase())
        || name.ends_with("Error")
        || name.ends_with("Exception");
    if program.is_empty() || program.contains([' ', ':']) || !known {
        return false;
    }
    let place = place.trim_start().strip_prefix("in ");
    let (place, message) = match place.map(|place| place.split_once("): ").unwrap_or((place, ""))) {
        Some((place, behind)) => (Some(place.trim_end_matches(['(', ')'])), behind),
        None => (None, message),
    };
    out.stack.facts.process = out.stack.facts.process.or(Some(program));
    out.section().exception = Exception {
        name: Some(name),
        message,
    };
    if let Some(place) = place.filter(|place| !place.is_empty()) {
        out.stack.facts.reason("crashed in", place);
    }
    out.cut();
    true
}

/// `src/fleet/dock.cpp (123) : Assertion Failed: ship != NULL`
fn assertion<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let mark = " : Assertion Failed: ";
    let Some((place, message)) = text::split_once(line, mark) else {
        return false;
    };
    let numbered = place
        .strip_suffix(')')
        .and_then(|place| place.rsplit_once(" ("))
        .is_some_and(|(_, number)| number.bytes().all(|byte| byte.is_ascii_digit()));
    if !numbered {
        return false;
    }
    out.section().exception = Exception {
        name: Some(&line[place.len() + 3..place.len() + 19]),
        message,
    };
    out.stack.facts.reason("at", place);
    out.cut();
    true
}

/// Rust: `thread 'Compute Task Pool (3)' panicked at src/main.rs:7:33:`, `thread '<unnamed>' (196493) panicked at …`, and of
/// the first ones `thread '<main>' panicked at …`.
fn panicked<'a>(out: &mut Builder<'a>, line: &'a str) {
    let Some((thread, place)) = text::split_once(line, "panicked at ") else {
        return;
    };
    // The message stands on the next line, or before the place.
    let below = place.strip_suffix(':');
    let place = below.or_else(|| panic_place(place).map(|(_, place)| place));
    if let Some(place) = place.filter(|_| !out.has_frames()) {
        out.stack.facts.reason("at", place);
    }
    let Some((name, rest)) = thread
        .strip_prefix("thread '")
        .and_then(|thread| thread.trim_end().rsplit_once('\''))
    else {
        return;
    };
    let facts = &mut out.stack.facts;
    facts.thread = facts
        .thread
        .or(Some(name).filter(|name| !matches!(*name, "<unnamed>" | "<unknown>")));
    facts.thread_id = facts.thread_id.or_else(|| text::after(rest, "(", b")"));
}

/// The log of Unreal's first games: `Critical: Error setting display mode: …` between `Log: …`, `Init: …` and `Exit: …`.
fn old_unreal<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if let Some(message) = line.strip_prefix("Critical: ") {
        if out.section().exception.is_empty() {
            out.section().exception = crate::model::read_exception(message);
        } else {
            out.stack.facts.reason("", message);
        }
        out.cut();
        return true;
    }
    let routine = ["Log: ", "Init: ", "Exit: ", "DevAudio: ", "ScriptLog: "]
        .iter()
        .any(|label| line.starts_with(label));
    if routine {
        out.stack.unrecognized.push(line);
        out.cut();
    }
    routine
}

/// LÖVE's own `Error: hold.lua:36: …` behind what went wrong before it: the stack is of the later one.
fn script_error<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let known = line.starts_with("Error: ") && text::has(line, ".lua:");
    let before = out.section().exception;
    if !known || before.name.is_some() || !text::has(before.message, ".lua:") {
        return false;
    }
    out.stack.facts.reason("before", before.message);
    out.section().exception = crate::model::read_exception(line);
    true
}
