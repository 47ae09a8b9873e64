//! The place that an exception was thrown at, where the message alone names it: the innermost frame.

use crate::frame::{Frame, Language};
use crate::model::stack::{Part, Stack};
use crate::text;

/// Apple's report may have the backtrace of the exception that nothing caught, and not its name.
pub(super) fn uncaught(stack: &mut Stack<'_>) {
    let mut sections = stack.sections.iter();
    let original =
        sections.any(|section| section.part == Part::Original && !section.frames.is_empty());
    let named = stack
        .sections
        .iter()
        .any(|section| !section.exception.is_empty());
    if original && !named && stack.facts.reasons.is_empty() {
        let uncaught = "told by its backtrace alone, which one is not in the text";
        stack.facts.reason("uncaught exception", uncaught);
    }
}

/// Puts that place on top of the only stack, unless one of its frames stands there.
pub(super) fn complete(stack: &mut Stack<'_>) {
    let [section] = &mut stack.sections[..] else {
        return;
    };
    let Some(first) = stack.frames.get(section.frames.start) else {
        return;
    };
    let exception = &mut section.exception;
    let place = match first.language {
        Language::Script => {
            // Of a text without a type all of it is the message, or all of it is the name.
            let said = if exception.message.is_empty() {
                exception.name
            } else {
                Some(exception.message)
            };
            said.and_then(php).map(|(message, place)| {
                if exception.message.is_empty() {
                    exception.name = Some(message);
                } else {
                    exception.message = message;
                }
                place
            })
        }
        Language::Lua => resource(exception.message)
            .or_else(|| exception.name.and_then(resource))
            .or_else(|| hook(exception.message)),
        _ => None,
    };
    let Some(place) = place else {
        return;
    };
    let (file, line) = text::file_line(place);
    let there = |frame: &Frame<'_>| {
        frame.line == line
            && frame
                .file
                .is_some_and(|known| text::base_name(known) == text::base_name(file))
    };
    if line.is_none() || stack.frames.iter().any(there) {
        return;
    }
    let frame = Frame {
        raw: place,
        file: Some(file),
        line,
        language: first.language,
        ..Frame::default()
    };
    stack.frames.insert(section.frames.start, frame);
    section.frames.end += 1;
    // What was left out of the middle stands one frame further.
    if stack.omitted > 0 {
        stack.omitted_before += 1;
    }
}

/// PHP: `Call to a member function open() on null in /srv/orbit/src/Dock.php:23`. Message and place.
fn php(message: &str) -> Option<(&str, &str)> {
    let (front, place) = text::rsplit_once(message, " in ")?;
    let (file, line) = text::file_line(place);
    // `… null given, called in /srv/Ship.php on line 196 and defined in /srv/Dock.php:23`.
    let front = front.strip_suffix(" and defined").unwrap_or(front);
    let php = matches!(file.as_bytes(), [.., b'.', b'p', b'h', b'p']);
    (line.is_some() && php && !file.contains(' ')).then_some((front, place))
}

/// `FiveM`: `SCRIPT ERROR: @orbit/server/main.lua:65: attempt to …`.
fn resource(message: &str) -> Option<&str> {
    let rest = message.strip_prefix("SCRIPT ERROR: ").unwrap_or(message);
    let rest = rest.strip_prefix('@')?;
    let at = text::find(rest, ".lua:")? + ".lua:".len();
    let (line, behind) = text::digits(&rest[at..])?;
    let place = &rest[..at + line.len()];
    (behind.starts_with(':') && !place.contains(' ')).then_some(place)
}

/// Garry's Mod: `Hook 'DockTabs' Failed: [addons/orbit/lua/dock.lua:760] attempt to …`.
fn hook(message: &str) -> Option<&str> {
    let (_, rest) = text::split_once(message, "' Failed: [")?;
    let (place, _) = text::split_once(rest, "] ")?;
    text::has(place, ".lua:").then_some(place)
}
