//! Defold's log: what failed because of a script's error, behind its stack: `ERROR:GAMEOBJECT: Could not instantiate dock.goc.`

use crate::frame::Language;
use crate::model::Builder;

/// More of them say nothing new.
const MOST: usize = 3;
/// What they are told as.
const LABEL: &str = "also logged";

/// Takes such a line; `false` where it is none.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some((domain, said)) = line
        .strip_prefix("ERROR:")
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
    let reasons = &out.stack.facts.reasons;
    if reasons
        .iter()
        .filter(|reason| reason.label == LABEL)
        .count()
        < MOST
    {
        out.stack.facts.reason(LABEL, said);
    }
    true
}
