//! Lua's heading of frames, and places between its rows that hosts and people print in forms of their own.

use crate::frame::Language;
use crate::grammar;
use crate::model::{Builder, is_placed_in_lua, tells_of_crash};
use crate::text;

/// Lua's heading: what stands above it is the message, and a second one is of the error's way up.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    // Between an add-on's rows: `Orbit/dock.lua:17:`; right below one also without the colon.
    let row = line.ends_with(':') || line.ends_with(|c: char| c.is_ascii_digit());
    if row
        && is_below_lua(out, line)
        && let Some(frame) = grammar::place_alone(line)
    {
        out.frame(frame);
        return true;
    }
    if !matches!(line, "stack traceback:" | "LUA ERROR stack traceback:") {
        return false;
    }
    let behind = out
        .last_frame()
        .is_some_and(|last| last.language == Language::Lua);
    if behind {
        let title = said_above(out, line).unwrap_or(line);
        out.further(title);
    } else if !out.has_frames() {
        out.message_ends();
        from_lua_place(out);
    }
    true
}

/// Whether frames of Lua stand above, right above a line without a colon whose first word is a path.
fn is_below_lua(out: &mut Builder<'_>, line: &str) -> bool {
    let whole = out.text;
    let Some(last) = out
        .last_frame()
        .filter(|last| last.language == Language::Lua)
    else {
        return false;
    };
    let from = text::place(whole, last.raw).map(|at| at + last.raw.len());
    let between = || whole.get(from?..text::place(whole, line)?);
    line.ends_with(':')
        || text::word(line).0.contains('/')
            && between()
                .is_some_and(|text| text.trim().is_empty() && text.matches('\n').count() == 1)
}

/// The next error behind the frames of one, on the line above its own frames' heading.
fn said_above<'a>(out: &Builder<'a>, heading: &str) -> Option<&'a str> {
    let said = *out.stack.unrecognized.last()?;
    let from = text::place(out.text, said)? + said.len();
    let to = text::place(out.text, heading)?;
    let above = out.text.get(from..to)?.trim().is_empty();
    let tells = text::has(said, ".lua:") || is_placed_in_lua(said) || tells_of_crash(said);
    (above && tells).then_some(said)
}

/// Lua's message begins with its place, `dock.lua:12: no bay`: lines of a log in front of it are none of it.
fn from_lua_place(out: &mut Builder<'_>) {
    let exception = &mut out.section().exception;
    if exception.name.is_some() || !exception.message.contains('\n') {
        return;
    }
    let message = exception.message;
    let ends = message.match_indices('\n').map(|(at, _)| at + 1);
    let from = std::iter::once(0)
        .chain(ends)
        .rfind(|&from| is_placed_in_lua(message[from..].lines().next().unwrap_or_default()));
    // What a host says of the error names it, or the script.
    let said = |front: &str| {
        [".lua", "rror", "ailed", "xception"]
            .iter()
            .any(|word| text::has(front, word))
    };
    if let Some(from) = from.filter(|&from| !said(&message[..from])) {
        exception.message = &message[from..];
    }
}
