//! A name inside of its module, and its place in the source, as debuggers and engines on Windows print both:
//! `orbit!Dock::open+0x14 [d:\ws\dock.cpp @ 31]`.

use memchr::memchr;

use super::shared::{named, path_of, plus};
use crate::frame::Frame;
use crate::text;

/// `module!function+0x12 [file @ line]`, or a module and an offset alone.
pub(super) fn module_function(line: &str) -> Option<Frame<'_>> {
    let Some(bang) = memchr(b'!', line.as_bytes()) else {
        let (module, at) = text::split_once(line, "+0x")?;
        let offset = text::hex(at.trim_end())?;
        let plausible = !module.is_empty() && !module.contains([' ', '(', '\t']);
        return plausible.then_some(Frame {
            module: Some(module),
            offset: Some(offset),
            ..Frame::default()
        });
    };
    let (module, rest) = (&line[..bang], &line[bang + 1..]);
    if module.is_empty()
        || !module
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-.+".contains(&byte))
    {
        return None;
    }
    // What has no name is told by the nearest constant: ``ntdll! ?? ::FNODOBFM::`string'+0x2335``.
    let rest = rest.strip_prefix(" ?? ").unwrap_or(rest);
    let first = *rest.as_bytes().first()?;
    let left_out = rest.starts_with("[snip]");
    if !(left_out || first.is_ascii_alphanumeric() || b"_<~?`-+$@:".contains(&first)) {
        return None;
    }
    let rest = without_remarks(rest.trim_end());
    // What somebody left out stands in no brackets of a place.
    if text::has(rest, "[snip]") {
        return Some(Frame {
            module: Some(module),
            function: Some(rest).filter(|rest| *rest != "[snip]"),
            ..Frame::default()
        });
    }
    let (front, file, line) = if text::has(rest, NOTES[0]) || text::has(rest, NOTES[1]) {
        noted(rest)
    } else {
        place(rest)
    };
    let lower = module.len() >= 4 && module.is_char_boundary(module.len() - 4);
    let library = lower
        && [".exe", ".dll", ".so", "ylib"].iter().any(|end| {
            let from = module.len() - end.len();
            module.is_char_boundary(from) && module[from..].eq_ignore_ascii_case(end)
        });
    let marked = front.len() < rest.len()
        || front.contains(['(', ':', '<'])
        || text::has(front, "+0x")
        || text::has(front, " + 0x");
    if !library && !marked && front.contains([' ', '.', ',']) {
        return None;
    }
    if let Some(address) = front.strip_prefix("0x").and_then(text::hex) {
        return Some(Frame {
            module: Some(module),
            address: Some(address),
            file,
            line,
            ..Frame::default()
        });
    }
    let (function, offset) = if text::has(front, "+0x") || text::has(front, "+ 0x") {
        plus(front.trim_end())
    } else if let Some((function, offset)) = front
        .rsplit_once('+')
        .filter(|(function, _)| !function.ends_with("operator"))
        && let Some(offset) = text::hex(offset)
    {
        (function, Some(offset))
    } else {
        (front, None)
    };
    Some(Frame {
        module: Some(module),
        function: named(function),
        file,
        line,
        offset,
        ..Frame::default()
    })
}

/// A module with nothing behind its mark, as printers write it that know no symbol there: `MSHTML!`.
pub(super) fn module_alone(word: &str) -> Option<Frame<'_>> {
    let module = word.strip_suffix('!')?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.+".contains(&byte);
    (!module.is_empty() && module.bytes().all(plain)).then(|| Frame {
        module: Some(module),
        ..Frame::default()
    })
}

/// A name without what `BugId` remarks behind its offset, which it may not know:
/// `Dock::open + 0x44 (this frame is irrelevant to this bug)`, `Dock::open + ? (the exact offset is not known) (id: 8fe)`.
fn without_remarks(rest: &str) -> &str {
    const REMARKS: [&str; 3] = ["(the exact ", "(this frame ", "(id: "];
    if !rest.ends_with(')') {
        return rest;
    }
    let Some((front, behind)) = text::split_once(rest, " + ") else {
        return rest;
    };
    let (offset, remarks) = text::word(behind);
    let remarked = REMARKS.iter().any(|start| remarks.starts_with(start));
    match remarked {
        true if offset == "?" => front,
        true if text::offset(offset).is_some() => &rest[..front.len() + " + ".len() + offset.len()],
        _ => rest,
    }
}

/// What `kv` notes behind a name: `(FPO: [Non-Fpo])`, `(CONV: cdecl)`.
const NOTES: [&str; 2] = [" (FPO: ", " (CONV: "];

/// A name with such notes behind it, and its place behind these: `Dock::open+0x14 (FPO: [1,2,0]) (CONV: cdecl) [d:\ws\dock.cpp @ 31]`.
fn noted(rest: &str) -> (&str, Option<&str>, Option<u32>) {
    let ends = NOTES.iter().filter_map(|note| text::find(rest, note));
    let end = ends.min().unwrap_or(rest.len());
    let (front, notes) = rest.split_at(end);
    let placed =
        text::rsplit_once(notes, ") [").map(|(_, inner)| &notes[notes.len() - inner.len() - 2..]);
    let (_, file, line) = placed.map_or((front, None, None), place);
    (front, file, line)
}

/// Behind `at`, an engine's own trace in .NET's words: `Orbit.exe!AShip::Fire() in D:\ws\Ship.cpp:line 31`.
pub(super) fn behind_at(rest: &str) -> Option<Frame<'_>> {
    memchr(b'!', rest.as_bytes())?;
    let placed = text::rsplit_once(rest, " in ").and_then(|(call, place)| {
        let (file, line) = text::file_line(place);
        Some((call, path_of(file)?, line?))
    });
    let Some((call, file, line)) = placed else {
        return module_function(rest);
    };
    Some(Frame {
        file: Some(file),
        line: Some(line),
        ..module_function(call)?
    })
}

/// Splits ` [D:\ws\Pawn.cpp @ 123]`, ` [Pawn.cpp:123]`, ` [Pawn.cpp : 123 + 0x5]` and ` []` off.
pub(super) fn place(text: &str) -> (&str, Option<&str>, Option<u32>) {
    // Unreal closes a bracket that it never opened on Apple's systems: `Orbit!f()   [UnknownFile])`.
    let text = match text.strip_suffix(')') {
        Some(rest) if rest.ends_with(']') => rest,
        _ => text,
    };
    let Some((front, inner)) = text::last_group(text, b'[', b']') else {
        // A logger's own: `orbit.exe!Ship::fire + 0x41 (C:\\ws\\ship.cpp:31)`.
        return match text::last_group(text, b'(', b')') {
            Some((front, inner)) if front.ends_with(' ') && text.ends_with(')') => {
                let (file, line) = text::file_line(inner);
                match path_of(file).filter(|_| line.is_some()) {
                    Some(file) => (front.trim_end(), Some(file), line),
                    None => (text, None, None),
                }
            }
            _ => (text, None, None),
        };
    };
    // `operator[]` and `Foo[abi:v1]` are no places: a blank stands before a place.
    if !front.ends_with([' ', '\t']) {
        return (text, None, None);
    }
    let front = front.trim_end();
    if inner.is_empty() || inner == "UnknownFile" {
        return (front, None, None);
    }
    if let Some((file, line)) = inner
        .rsplit_once(" @ ")
        .or_else(|| text::rsplit_once(inner, ", line "))
        .or_else(|| text::rsplit_once(inner, ":line "))
    {
        return (front, path_of(file), line.trim().parse().ok());
    }
    if let Some((file, rest)) = text::split_once(inner, " : ") {
        // Symbol servers add the revision: `nsThread.cpp:9519a923633720f5 : 1095 + 0x10c`.
        let file = match file.rsplit_once(':') {
            Some((front, revision)) if revision.len() >= 12 && text::hex(revision).is_some() => {
                front
            }
            _ => file,
        };
        return (
            front,
            Some(file),
            text::digits(rest.trim_start()).and_then(|(line, _)| line.parse().ok()),
        );
    }
    let (file, line) = text::file_line(inner);
    (front, path_of(file), line)
}
