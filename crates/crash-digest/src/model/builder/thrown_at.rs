//! The place that an exception was thrown at, where the message alone names it: the innermost frame.

use crate::frame::{Frame, Language};
use crate::grammar;
use crate::model::facts::Reason;
use crate::model::stack::{ExceptionFrames, Stack};
use crate::model::thrown::Exception;
use crate::text;

/// Puts that place on top of its stack, unless one of its frames stands there.
pub(super) fn complete<'a>(stack: &mut Stack<'a>, whole: &'a str) {
    behind_dashes(stack);
    inspected(stack);
    of_unreal(stack);
    let source = of_source(stack);
    let [section] = &mut stack.sections[..] else {
        return of_chain(stack, whole);
    };
    if let Some(event) = lua_hook(&mut section.exception) {
        stack.facts.reason("hook", event);
    }
    let Some((place, language)) = resource(section)
        .or_else(|| in_brackets(section, &stack.frames))
        .or_else(|| source.map(|place| (Place::Whole(place), Language::Script)))
        .or_else(|| place(section, &stack.frames, whole))
        .or_else(|| of_facts(section, &stack.frames, &stack.facts.reasons))
        .or_else(|| {
            of_panic(
                section,
                stack.frames.is_empty(),
                &stack.facts.reasons,
                &stack.unrecognized,
            )
        })
    else {
        return;
    };
    insert(stack, 0, place, language);
}

/// Unreal puts the place in front of the message, which may be long: `[File:D:/ws/Dock.cpp] [Line: 803] ⏎ no bay`.
fn of_unreal(stack: &mut Stack<'_>) {
    /// A shorter message is told whole.
    const LONG: usize = 300;
    let [section] = &mut stack.sections[..] else {
        return;
    };
    let said = section.exception.message;
    if said.len() > LONG
        && let Some(at) = text::find(said, "] [Line: ").filter(|_| said.starts_with("[File:"))
        && let Some((_, rest)) = text::split_once(&said[at + 1..], "]")
        && !rest.trim().is_empty()
    {
        section.exception.message = rest.trim();
        stack
            .facts
            .reason("at", said[..said.len() - rest.len()].trim());
    }
}

/// Of an exception and its causes, each with its own place: PHP's.
fn of_chain<'a>(stack: &mut Stack<'a>, whole: &'a str) {
    for at in 0..stack.sections.len() {
        let section = &mut stack.sections[at];
        let first = stack.frames.get(section.frames.start);
        if first.is_some_and(|first| first.language == Language::Script)
            && let Some((place, language)) = place(section, &stack.frames, whole)
        {
            insert(stack, at, place, language);
        }
    }
}

/// Puts a place on top of a section's frames.
fn insert<'a>(stack: &mut Stack<'a>, at: usize, place: Place<'a>, language: Language) {
    let (file, line) = match place {
        Place::Whole(place) => text::file_line(place),
        Place::Parts(file, line) | Place::Inside(file, line, _) => (file, line.parse().ok()),
    };
    let evaluated = matches!(place, Place::Inside(..));
    let there = |frame: &Frame<'_>| {
        !evaluated
            && frame.line == line
            && frame
                .file
                .is_some_and(|known| text::base_name(known) == text::base_name(file))
    };
    let section = &mut stack.sections[at];
    let range = section.frames.clone();
    let known = stack.frames.get(range).unwrap_or_default();
    if line.is_none() || known.iter().any(there) {
        return;
    }
    let frame = Frame {
        raw: match place {
            Place::Whole(place) => place,
            Place::Parts(file, _) | Place::Inside(file, ..) => file,
        },
        function: match place {
            Place::Inside(.., inner) => Some(inner),
            _ => None,
        },
        file: Some(file),
        line,
        language,
        ..Frame::default()
    };
    stack.frames.insert(section.frames.start, frame);
    section.frames.end += 1;
    for later in &mut stack.sections[at + 1..] {
        later.frames = later.frames.start + 1..later.frames.end + 1;
    }
    // What was left out of the middle stands one frame further.
    if stack.omitted > 0 {
        stack.omitted_before += 1;
    }
}

/// The file that Node could not read, which stands above its source; of other errors the first frame says it.
fn of_source<'a>(stack: &mut Stack<'a>) -> Option<&'a str> {
    let reasons = &mut stack.facts.reasons;
    let at = reasons.iter().position(|reason| reason.label == "source")?;
    let place = reasons.remove(at).text;
    let name = stack.sections.first()?.exception.name?;
    (name == "SyntaxError").then_some(place)
}

/// A place as printed.
#[derive(Clone, Copy)]
enum Place<'a> {
    /// `/srv/orbit/Dock.php:23`.
    Whole(&'a str),
    /// File and line apart.
    Parts(&'a str, &'a str),
    /// The same, and what it evaluated: `eval()'d code on line 79`.
    Inside(&'a str, &'a str, &'a str),
}

/// The place in the message, which loses it.
fn place<'a>(
    section: &mut ExceptionFrames<'a>,
    frames: &[Frame<'a>],
    whole: &'a str,
) -> Option<(Place<'a>, Language)> {
    let exception = &mut section.exception;
    let language = frames
        .get(section.frames.start)
        .map_or(Language::Script, |first| first.language);
    match language {
        Language::Script => {
            // Of a text without a type all of it is the message, or all of it is the name.
            let said = if exception.message.is_empty() {
                exception.name
            } else {
                Some(exception.message)
            };
            let (message, place) = said.and_then(|said| php(said).or_else(|| dumped(said)))?;
            if exception.message.is_empty() {
                *exception = with_type(message, whole);
            } else {
                exception.message = message;
                if exception.name.is_none() {
                    *exception = with_type(message, whole);
                }
            }
            Some((place, language))
        }
        Language::Lua => {
            let place = hook(exception.message)?;
            Some((Place::Whole(place), language))
        }
        _ => None,
    }
}

/// The place that a dump has on lines of its own.
fn of_facts<'a>(
    section: &ExceptionFrames<'a>,
    frames: &[Frame<'a>],
    reasons: &[Reason<'a>],
) -> Option<(Place<'a>, Language)> {
    let first = frames.get(section.frames.start)?;
    let script = first.language == Language::Script && !section.exception.is_empty();
    let place = Place::Parts(reason(reasons, "file")?, reason(reasons, "line")?);
    script.then_some((place, first.language))
}

/// The place of a panic without a backtrace, where nothing else ended the program.
fn of_panic<'a>(
    section: &ExceptionFrames<'a>,
    alone: bool,
    reasons: &[Reason<'a>],
    lines: &[&str],
) -> Option<(Place<'a>, Language)> {
    let ended = lines.iter().any(|line| ends(line))
        || reasons
            .iter()
            .any(|reason| reason.label == "ended" && ends(reason.text));
    if section.exception.name != Some("panic") || !alone || ended {
        return None;
    }
    let place = reason(reasons, "at").filter(|place| text::has(place, ".rs:"))?;
    Some((Place::Whole(place), Language::Native))
}

/// Whether a line tells of the signal that a program ended by.
fn ends(line: &str) -> bool {
    line.ends_with("(core dumped)")
}

fn reason<'a>(reasons: &[Reason<'a>], label: &str) -> Option<&'a str> {
    let found = reasons.iter().find(|reason| reason.label == label);
    found.map(|reason| reason.text)
}

/// The type that PHP names in front: `Uncaught Error: Call to a member function open() on null`.
fn with_type<'a>(message: &'a str, whole: &'a str) -> Exception<'a> {
    let mark = "Error: ";
    let name = text::with_mark(whole, message, mark.len())
        .filter(|named| named.starts_with(mark))
        .map(|named| &named[.."Error".len()]);
    match name {
        Some(_) => Exception { name, message },
        None => Exception {
            name: Some(message),
            message: "",
        },
    }
}

/// PHP: `Call to a member function open() on null in /srv/orbit/src/Dock.php:23`, `… in C:\star dock\Dock.php on line 23`.
/// Message and place.
fn php(message: &str) -> Option<(&str, Place<'_>)> {
    if let Some(found) = perl(message).or_else(|| monolog(message)) {
        return Some(found);
    }
    // The heading of frames that stood on the same line.
    let message = message.strip_suffix(" Stack trace:").unwrap_or(message);
    let (front, place) = text::rsplit_once(message, " in ")?;
    let (file, place) = match text::split_once(place, " on line ") {
        // A server's log has the request behind it: `… on line 31, referer: https://acme.com/dock`.
        Some((file, line)) => {
            let line = text::split_once(line, ", referer: ").map_or(line, |(line, _)| line);
            evaluated(place).unwrap_or((file, Place::Parts(file, line)))
        }
        None => evaluated(place).unwrap_or((text::file_line(place).0, Place::Whole(place))),
    };
    // `… null given, called in /srv/Ship.php on line 196 and defined in /srv/Dock.php:23`.
    let front = front.strip_suffix(" and defined").unwrap_or(front);
    let php = matches!(
        file.as_bytes(),
        [.., b'.', b'p', b'h', b'p'] | [.., b'.', b'i', b'n', b'c']
    );
    // A script without an ending, where the words are PHP's: `… in /srv/orbit on line 10`.
    let worded = matches!(place, Place::Parts(..)) && file.starts_with('/') && !file.ends_with('/');
    let path =
        !file.contains(' ') || file.starts_with('/') || file.as_bytes().get(1) == Some(&b':');
    // The caller's place.
    let caller = front.ends_with(" called");
    ((php || worded) && path && !caller).then_some((front, place))
}

/// Monolog, behind what Laravel and Symfony log: `no bay at /srv/orbit/app/Dock.php:31`.
fn monolog(message: &str) -> Option<(&str, Place<'_>)> {
    let (front, place) = text::rsplit_once(message, " at ")?;
    let (file, line) = text::file_line(place);
    let php = matches!(file.as_bytes(), [.., b'.', b'p', b'h', b'p']);
    (php && line.is_some() && !file.contains(' ')).then_some((front, Place::Whole(place)))
}

/// Perl: `Can't call method "gate" on an undefined value at /srv/lib/Dock.pm line 31.`
fn perl(message: &str) -> Option<(&str, Place<'_>)> {
    let (front, place) = text::rsplit_once(message, " at ")?;
    let (file, line) = text::split_once(place.strip_suffix('.')?, " line ")?;
    let known = [".pm", ".pl", ".cgi", ".t"]
        .iter()
        .any(|end| file.ends_with(end));
    known.then_some((front, Place::Parts(file, line)))
}

/// A file that evaluated a text, and the line in that text: `/srv/orbit/Api.php(93) : eval()'d code on line 79`.
fn evaluated(place: &str) -> Option<(&str, Place<'_>)> {
    let (outer, _) = text::split_once(place, " : eval()'d code")?;
    let (path, line) = text::last_group(outer, b'(', b')')?;
    let inner = &place[outer.len() + " : ".len()..];
    Some((path, Place::Inside(path, line, inner)))
}

/// `PocketMine`: `"Argument 1 must be of the type string" (EXCEPTION) in "src/network/Stream" at line 66`.
fn dumped(message: &str) -> Option<(&str, Place<'_>)> {
    let (front, place) = text::rsplit_once(message, ") in \"")?;
    let (front, kind) = front.rsplit_once(" (")?;
    let (file, line) = text::split_once(place, "\" at line ")?;
    let known = kind
        .bytes()
        .all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    let said = front
        .strip_prefix('"')
        .and_then(|said| said.strip_suffix('"'));
    known.then_some((said.unwrap_or(front), Place::Parts(file, line)))
}

/// `FiveM`: `SCRIPT ERROR: @orbit/server/main.lua:65: attempt to …`. The message is what stands behind the place.
fn resource<'a>(section: &mut ExceptionFrames<'a>) -> Option<(Place<'a>, Language)> {
    let exception = &mut section.exception;
    let named = exception.name.is_some_and(|name| name.starts_with('@'));
    let said = match exception.name {
        Some(name) if named && exception.message.is_empty() => name,
        None => exception.message,
        _ => return None,
    };
    let rest = said.strip_prefix("SCRIPT ERROR: ");
    if let Some(message) = rest {
        exception.message = message;
    }
    let rest = rest.unwrap_or(said).strip_prefix('@')?;
    let at = text::find(rest, ".lua:")? + ".lua:".len();
    let (line, behind) = text::digits(&rest[at..])?;
    let place = &rest[..at + line.len()];
    if place.contains(' ') || !behind.starts_with([':', ' ']) {
        return None;
    }
    *exception = Exception {
        name: None,
        message: behind.trim_start_matches([':', ' ']),
    };
    Some((Place::Whole(place), Language::Lua))
}

/// Garry's Mod of old says at its end which hook it ran: `… (a nil value)(Hook: DockOpened)`.
fn lua_hook<'a>(exception: &mut Exception<'a>) -> Option<&'a str> {
    let (message, event) = text::rsplit_once(exception.message.strip_suffix(')')?, "(Hook: ")?;
    let known = !event.is_empty() && !event.contains([' ', ')']) && text::has(message, ".lua:");
    known.then(|| {
        exception.message = message.trim_end();
        event
    })
}

/// Garry's Mod of old: `Lua Error: [\gamemode\sv_dock.lua:71] attempt to …`. The message is what stands behind the place.
fn in_brackets<'a>(
    section: &mut ExceptionFrames<'a>,
    frames: &[Frame<'a>],
) -> Option<(Place<'a>, Language)> {
    let exception = &mut section.exception;
    let of_lua = frames
        .get(section.frames.start)
        .is_none_or(|first| first.language == Language::Lua);
    let (place, message) = text::split_once(exception.message.strip_prefix('[')?, "] ")?;
    let (file, line) = text::file_line(place);
    let known = of_lua
        && exception.name.is_none()
        && line.is_some()
        && matches!(file.as_bytes(), [.., b'.', b'l', b'u', b'a']);
    if !known || message.is_empty() {
        return None;
    }
    exception.message = message;
    Some((Place::Whole(place), Language::Lua))
}

/// Garry's Mod: `Hook 'DockTabs' Failed: [addons/orbit/lua/dock.lua:760] attempt to …`.
fn hook(message: &str) -> Option<&str> {
    let (_, rest) = text::split_once(message, "' Failed: [")?;
    let (place, _) = text::split_once(rest, "] ")?;
    text::has(place, ".lua:").then_some(place)
}

/// Unity's players write the first frame behind the message, `no bay - Orbit.Dock..ctor (Orbit.Bay bay)`, and loggers that join
/// what its callback brings: `no bay : Orbit.Dock.Open () (at Assets/Dock.cs:31)`.
fn behind_dashes<'a>(stack: &mut Stack<'a>) {
    for at in 0..stack.sections.len() {
        let section = &mut stack.sections[at];
        let said = section.exception.message;
        let start = section.frames.start;
        let managed = stack
            .frames
            .get(start)
            .is_some_and(|first| first.language == Language::CSharp);
        if !managed || !said.ends_with(')') {
            continue;
        }
        let row = |row: &'a str| {
            let called = Some(row).filter(|row| text::has(row, " ("));
            let frame = called.and_then(grammar::read);
            frame.filter(|frame| frame.language == Language::CSharp)
        };
        // A frame has neither, the message may have both.
        let parts = [
            text::split_once(said, " - "),
            text::rsplit_once(said, " : "),
        ];
        let mut parts = parts.into_iter().flatten();
        let Some((message, frame)) = parts.find_map(|(message, end)| Some((message, row(end)?)))
        else {
            continue;
        };
        section.exception.message = message;
        section.frames.end += 1;
        stack.frames.insert(start, frame);
        for later in &mut stack.sections[at + 1..] {
            later.frames = later.frames.start + 1..later.frames.end + 1;
        }
    }
}

/// Older Node's inspection of an error behind a log's words: `08:10 Caught: { ShipError: no bay`.
fn inspected(stack: &mut Stack<'_>) {
    let Some(section) = stack.sections.first_mut() else {
        return;
    };
    let of_v8 = stack
        .frames
        .first()
        .is_some_and(|first| first.language == Language::Script && first.raw.starts_with("at "));
    if !of_v8 || section.exception.name.is_some() || section.exception.message.contains('\n') {
        return;
    }
    let Some((front, error)) = text::split_once(section.exception.message, " { ") else {
        return;
    };
    if let Some((name, message)) = text::split_once(error, ": ")
        && name.ends_with("Error")
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
    {
        section.exception = Exception {
            name: Some(name),
            message,
        };
        stack
            .facts
            .reason("logged as", front.trim_end_matches([':', ' ']));
    }
}
