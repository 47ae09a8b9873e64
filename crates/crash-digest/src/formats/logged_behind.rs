//! Defold's log: what failed because of a script's error, behind its stack: `ERROR:GAMEOBJECT: Could not instantiate dock.goc.`,
//! `FATAL:ENGINE: The dock could not be opened.` And Flash's: `SecurityDomain 'app:/Orbit.swf' tried to access incompatible
//! context 'http://acme.com/dock'`. And what `SQLite` says of itself.

use crate::frame::Language;
use crate::model::Builder;
use crate::text;

/// More of them say nothing new.
const MOST: usize = 3;
/// What they are told as.
const LABEL: &str = "also logged";

/// Takes such a line; `false` where it is none.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if line.ends_with(']') && is_of_sqlite(line) {
        also_logged(out, line);
        return true;
    }
    if line.starts_with("SecurityDomain '") {
        return of_flash(out, line);
    }
    let Some((domain, said)) = ["ERROR:", "FATAL:"]
        .iter()
        .find_map(|level| line.strip_prefix(level))
        .and_then(|rest| rest.split_once(": "))
    else {
        return false;
    };
    let known = !domain.is_empty()
        && domain
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    let behind = !out.is_beside()
        && out
            .last_frame()
            .is_some_and(|last| last.language == Language::Lua);
    if !known || !behind {
        return false;
    }
    // A script's error has a stack of its own below it.
    if domain == "SCRIPT" {
        out.further(line);
        return true;
    }
    also_logged(out, said);
    true
}

/// What SQLite logs of its own source, in front of what its caller throws: `misuse at line 4711 of [0a1b2c3d4e]`.
fn is_of_sqlite(line: &str) -> bool {
    let place = text::split_once(line, " at line ").and_then(|(_, place)| text::digits(place));
    let version = place.and_then(|(_, rest)| rest.strip_prefix(" of [")?.strip_suffix(']'));
    version.is_some_and(|version| version.len() >= 8 && text::hex(version).is_some())
}

/// What Flash's debugger says behind an error in a script.
fn of_flash<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let behind = text::has(line, "' tried to access incompatible context '")
        && out
            .last_frame()
            .is_some_and(|last| last.language == Language::Script);
    if behind {
        also_logged(out, line);
    }
    behind
}

fn also_logged<'a>(out: &mut Builder<'a>, said: &'a str) {
    let reasons = &out.stack.facts.reasons;
    let told = reasons.iter().filter(|reason| reason.label == LABEL);
    if told.count() < MOST {
        out.stack.facts.reason(LABEL, said);
    }
}
