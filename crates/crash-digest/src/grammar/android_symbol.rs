//! Behind the module of an Android frame: symbol and place, build id, offset of the archive, the tags of a console.

use super::module_names;
use super::shared::{is_library, named, path_of, plus, without_discriminator};
use crate::frame::{Frame, Note};
use crate::text;

/// Behind the module: symbol, build id, offset of the archive, in any order.
pub(super) fn symbol(rest: &str) -> Frame<'_> {
    let mut rest = rest.trim();
    if let Some((function, offset)) = alone(rest).or_else(|| in_front_of_id(rest)) {
        let function = named(function);
        return Frame {
            function,
            offset: offset.filter(|_| function.is_some()),
            ..Frame::default()
        };
    }
    // Cut at the end of the text or of a column.
    if !rest.ends_with(')')
        && let Some(at) = text::rfind(rest, "(BuildId")
        && !rest[at..].contains(')')
    {
        rest = rest[..at].trim_end();
    }
    rest = up_to_build_id(rest);
    let mut frame = Frame::default();
    if let Some((front, told)) = looked_up(rest) {
        return routine(front, told);
    }
    // Google's console, older: `(offset 0x1000) (dmScript::f(int)) (SourceCode: /src/script.cpp:1478)`.
    let mut group = text::last_group(rest, b'(', b')');
    if let Some((front, inner)) = group
        && let Some(place) = inner.strip_prefix("SourceCode: ")
    {
        let (file, line) = text::file_line(place);
        let file = path_of(file);
        return Frame {
            file,
            line: line.filter(|_| file.is_some()),
            ..symbol(front)
        };
    }
    while let Some((front, inner)) = group {
        let remark = || {
            let starts = ["BuildId:", "deleted", "load base", "load bias", "MD5:"];
            starts.iter().any(|start| inner.starts_with(start))
                || is_offset(inner)
                || is_build_id(inner)
                || inner.strip_prefix("in ").is_some_and(is_library)
        };
        if !remark() {
            break;
        }
        rest = front.trim_end();
        group = text::last_group(rest, b'(', b')');
    }
    // `(deleted)`, `(offset 0x1a000)` and the build id can also stand before the function.
    let remarks = ["(deleted", "(offset ", "(BuildId: "];
    let is_remark = |rest: &str| {
        remarks.iter().any(|start| rest.starts_with(start))
            && (!rest.starts_with("(offset ") || rest[1..].split(')').next().is_some_and(is_offset))
    };
    while let Some(close) = is_remark(rest).then(|| rest.find(") ")).flatten() {
        rest = rest[close + 1..].trim_start();
        group = text::last_group(rest, b'(', b')');
    }
    if rest.is_empty() {
        return frame;
    }
    if let Some((front, place)) = placed_behind(rest) {
        return Frame {
            file: Some(place.0),
            line: Some(place.1),
            ..symbol(front)
        };
    }
    match group {
        Some(("", inner)) => return in_brackets(inner),
        Some((front, inner)) => {
            // `(D:/ws/Ship.cpp:40 [Inline: operator()])`
            let (place, inline) = match text::last_group(inner, b'[', b']') {
                Some((place, inline)) => (place.trim_end(), inline.strip_prefix("Inline: ")),
                None => (inner, None),
            };
            let (path, line) = text::file_line(place);
            if line.is_some() {
                (frame.file, frame.line) = (path_of(path), line);
                frame.note = inline.map_or(Note::None, Note::Contains);
                let (function, offset) = plus(unwrapped(front.trim_end()));
                (frame.function, frame.offset) = (named(function), offset);
            } else if place.rsplit('.').next() == Some("cs") && !place.contains(' ') {
                // A page that knows the file of IL2CPP's code, and no line.
                (frame.file, frame.function) = (path_of(place), named(front.trim_end()));
            } else {
                let (function, offset) = plus(rest);
                (frame.function, frame.offset) = (named(function), offset);
            }
        }
        // A person's word for the library: compilers print names in ASCII.
        None if !rest.is_ascii() && !rest.contains(['+', ':']) => {}
        None => {
            let (function, offset) = plus(unwrapped(rest));
            (frame.function, frame.offset) = (named(function), offset);
        }
    }
    frame
}

/// What a single bracket holds: a name and an offset, or a name and its place.
fn in_brackets(inner: &str) -> Frame<'_> {
    let mut frame = Frame::default();
    let (path, line) = text::file_line(inner);
    if line.is_some() {
        // Google's console: `(mdct_forward mdct.c:745)`; Unity: `(Dock_Open_m3F at /src/orbit/Dock.cs:31)`.
        let apart = text::rsplit_once(path, " at ").or_else(|| path.rsplit_once(' '));
        let (function, path) = match apart {
            Some((function, file)) if !function.contains(['/', '\\']) => (function, file),
            _ => ("", path),
        };
        frame.function = named(function);
        (frame.file, frame.line) = (path_of(path), line);
    } else {
        // Breakpad's symbols: `(dock_open [src/orbit/dock.c : 31 + 0x4])`.
        let (inner, file, line) = bracketed_place(inner);
        (frame.file, frame.line) = (file, line);
        let (function, offset) = without_plus(inner).unwrap_or_else(|| plus(inner));
        frame.function = named(function);
        // An offset into nothing: `((null)+0)`.
        frame.offset = offset.filter(|_| frame.function.is_some());
    }
    frame
}

/// A name without the brackets around it: `(dock_open+8)`, `[dock_open+8]`.
fn unwrapped(name: &str) -> &str {
    for (open, close) in [(b'(', b')'), (b'[', b']')] {
        if name.as_bytes().first() == Some(&open)
            && let Some(("", inner)) = text::last_group(name, open, close)
            && !inner.is_empty()
        {
            return inner;
        }
    }
    name
}

/// A name in brackets and its place without any: `(dock_open+8) at dock.c:31`, `(dock_open) src/dock.c:31`.
fn placed_behind(rest: &str) -> Option<(&str, (&str, u32))> {
    if !rest.starts_with('(') || !rest.ends_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let (front, place) = text::rsplit_once(rest, ") ")?;
    let place = place.strip_prefix("at ").unwrap_or(place);
    let (file, line) = text::file_line(place);
    let named = file.contains('.') && !file.contains(' ');
    Some((&rest[..=front.len()], (file, line.filter(|_| named)?)))
}

/// Most of them: a name and the place in it, and nothing else: `(orbit::Dock::open(int)+168)`.
fn alone(rest: &str) -> Option<(&str, Option<u64>)> {
    let inner = rest.strip_prefix('(')?.strip_suffix(')')?;
    let in_name = inner.trim_end_matches(|c: char| c.is_ascii_digit());
    if in_name.len() == inner.len() || !in_name.ends_with('+') {
        return None;
    }
    matches!(text::last_group(rest, b'(', b')'), Some(("", _))).then(|| plus(inner))
}

/// The same with something right behind it, which is a build id in whatever way it was shortened: `(dock_open+8)(0c1f)`.
fn in_front_of_id(rest: &str) -> Option<(&str, Option<u64>)> {
    let at = text::rfind(rest, ")(")?;
    alone(&rest[..=at])
}

/// A form that decodes what is sent to it makes a blank of the plus: `_ZN5orbit4Dock4openEv 57`.
fn without_plus(symbol: &str) -> Option<(&str, Option<u64>)> {
    let (name, offset) = symbol.rsplit_once(' ')?;
    let number = !offset.is_empty() && offset.bytes().all(|byte| byte.is_ascii_digit());
    let whole = !name.is_empty() && !name.contains([' ', '+', '/']);
    (number && whole).then(|| (name, offset.parse().ok()))
}

/// What `ndk-stack` found for a frame, behind a colon: `(_ZN…+692): Routine AShip::Fire() at D:/ws/Ship.cpp:63`, or that it found
/// nothing: `(_ZN…+692): Unable to open symbol file ./liborbit.so. Error (2): No such file or directory`.
fn looked_up(rest: &str) -> Option<(&str, &str)> {
    if is_told(rest) {
        return Some(("", rest));
    }
    // Few frames have one.
    memchr::memchr(b':', rest.as_bytes())?;
    text::find(rest, "): ")?;
    let told = |at: usize| (&rest[..=at], rest[at + 3..].trim_start());
    let mut ends = rest.match_indices("): ");
    if let Some((at, _)) = ends.find(|(at, _)| is_told(told(*at).1)) {
        return Some(told(at));
    }
    text::rfind(rest, "): ")
        .map(told)
        .filter(|(_, told)| text::rsplit_once(told, " at ").is_some())
}

/// Whether these are `ndk-stack`'s words.
fn is_told(words: &str) -> bool {
    ["Routine ", "Unable to "]
        .iter()
        .any(|start| words.starts_with(start))
}

/// A frame's own symbol, and what was looked up for it.
fn routine<'a>(front: &'a str, told: &'a str) -> Frame<'a> {
    let mut frame = symbol(front);
    let routine = told.strip_prefix("Routine ");
    let apart = text::rsplit_once(routine.unwrap_or(told), " at ")
        .or_else(|| text::rsplit_once(routine?, " in "));
    // The tool's own failure is no name: `Routine ndk-stack: ./liborbit.so: File format not recognized`.
    let Some((function, place)) = apart else {
        return frame;
    };
    let (file, line) = text::file_line(without_discriminator(place));
    let file = path_of(file);
    (frame.file, frame.line) = (file, line.filter(|_| file.is_some()));
    // Both are of one address. Where they differ, the one with a place was looked up in the library with symbols.
    let said_in_full = frame.function.is_some_and(|own| ends_in(own, function));
    let routine = named(function).filter(|_| frame.file.is_some() && !said_in_full);
    frame.function = routine.or(frame.function).or_else(|| named(function));
    frame
}

/// Whether a symbol names the routine with the classes it is in: `orbit::Dock::Dock()` or `_ZN5orbit4DockC2Ev` for `Dock`.
fn ends_in(symbol: &str, routine: &str) -> bool {
    let routine = routine.split('(').next().unwrap_or(routine);
    if routine.is_empty() || text::has(routine, "::") {
        return false;
    }
    if symbol.starts_with("_Z") {
        let mut parts = symbol.match_indices(routine);
        return parts.any(|(at, _)| {
            let digits = symbol[..at].trim_end_matches(|c: char| c.is_ascii_digit());
            symbol[digits.len()..at].parse() == Ok(routine.len())
        });
    }
    let symbol = symbol.split('(').next().unwrap_or(symbol);
    symbol
        .strip_suffix(routine)
        .is_some_and(|classes| classes.ends_with("::"))
}

/// Consoles put tags last, in any order: the architecture, perhaps with a build id behind it, and the version of the library,
/// `… (Dock.cpp:31) [arm64-v8a]`, `… [armeabi-v7a::544b]`, `… (dock_open+4) [armeabi-v7a] [3.7.47]`.
pub(super) fn without_tags(rest: &str) -> &str {
    let mut rest = rest;
    while let Some((front, inner)) = text::last_group(rest, b'[', b']')
        && (is_processor(inner)
            || !front.is_empty() && is_version(inner)
            || front.trim_end().ends_with(']') && is_number(inner))
    {
        rest = front.trim_end();
    }
    rest
}

fn is_processor(tag: &str) -> bool {
    ["arm", "x86", "mips", "riscv", "i686", "aarch"]
        .iter()
        .any(|cpu| tag.starts_with(cpu))
}

/// A version of one number, behind another tag.
fn is_number(tag: &str) -> bool {
    !tag.is_empty() && tag.bytes().all(|byte| byte.is_ascii_digit())
}

/// `3.7.47`, `v2.0.1-beta`, `version:3.7`: a name begins with no number.
fn is_version(tag: &str) -> bool {
    let number = tag.strip_prefix("version").unwrap_or(tag);
    let number = number.trim_start_matches([':', ' ']);
    let number = number.strip_prefix(['v', 'V']).unwrap_or(number);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-+()".contains(&byte);
    number.starts_with(|c: char| c.is_ascii_digit())
        && number.contains('.')
        && number.bytes().all(plain)
}

/// A name and its place in square brackets, where a number stands in them: `dock_open [clone .cold]` has none.
fn bracketed_place(inner: &str) -> (&str, Option<&str>, Option<u32>) {
    if !inner.ends_with(']') {
        return (inner, None, None);
    }
    match module_names::place(inner) {
        place @ (_, _, Some(_)) => place,
        _ => (inner, None, None),
    }
}

/// HarmonyOS ends a frame with its build id. What stands behind it is a person's, `(Dock::open()+8)(0f…) our library`, or the rest
/// of another line, `(0f…) (Dock*)+8)(1e…)`.
fn up_to_build_id(rest: &str) -> &str {
    if !rest.starts_with('(') {
        return rest;
    }
    if rest.as_bytes().get(1).is_some_and(u8::is_ascii_hexdigit) {
        let first = rest.find(')').map_or("", |close| &rest[1..close]);
        if is_build_id(first) {
            return &rest[..first.len() + 2];
        }
    }
    if rest.ends_with(')') {
        return rest;
    }
    let ended = text::rfind(rest, ")").map_or("", |close| &rest[..=close]);
    match text::last_group(ended, b'(', b')') {
        Some((_, inner)) if is_build_id(inner) => ended,
        _ => rest,
    }
}

/// The offset of a library in an archive: `offset 0x1a000`, of ART `offset 32000`.
fn is_offset(inner: &str) -> bool {
    let offset = inner.strip_prefix("offset ");
    offset.is_some_and(|offset| text::hex(offset).is_some())
}

/// HarmonyOS prints build ids bare: 32 or 40 hexadecimal digits.
fn is_build_id(text: &str) -> bool {
    matches!(text.len(), 16 | 32 | 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
