//! Android and HarmonyOS: `#00 pc 0000000000051f4c  /system/lib64/libc.so (abort+168) (BuildId: 0c1f)`.

use super::shared::{is_library, named, path_of, plus, without_note};
use super::{dart, script};
use crate::frame::{Frame, Language, Note};
use crate::text;

/// Reads a line that begins with `#` and a number, when what follows is of Android's unwinders.
pub(super) fn numbered(line: &str) -> Option<Frame<'_>> {
    let line = line.strip_prefix('#')?;
    // HarmonyOS's dumps of a freeze leave a blank: `# 00 pc …`.
    let (_, rest) = text::digits(line.strip_prefix(' ').unwrap_or(line))?;
    let rest = rest
        .trim_start()
        .strip_prefix(": ")
        .unwrap_or(rest)
        .trim_start();
    if let Some(rest) = after_pc(rest) {
        return behind_pc(without_note(rest));
    }
    // HarmonyOS puts script frames among native ones: `#01 at spin (entry/src/main/ets/pages/Ship.ets:16:10)`.
    if let Some(rest) = rest.strip_prefix("at ") {
        return script::javascript(rest.trim_start());
    }
    if let Some(frame) = dart::relative(rest) {
        return Some(frame);
    }
    // The console's columns: `#00 libUE4.so                     pc 000000000220bc54  AShip::Fire(int) (…/Ship.cpp:31)`.
    if let Some((module, rest)) = at_column(rest)
        && is_module(module.trim_end())
    {
        let frame = match text::word(rest.trim_start()) {
            (address, rest) if text::hex(address).is_some() => Frame {
                address: text::hex(address),
                ..symbol(without_cpu(rest.trim_end()))
            },
            ("...", rest) => symbol(without_cpu(rest.trim_end())),
            _ => return None,
        };
        return Some(Frame {
            module: Some(module.trim_end()),
            ..frame
        });
    }
    let whole = rest;
    // ndk-stack: `#00 0x0000000000159aa0 /data/app/x/liborbit.so (_ZN5Orbit4Ship4FireEv+8)`.
    let (address, rest) = text::word(rest);
    if address.starts_with("0x")
        && !rest.starts_with('(')
        && (rest.starts_with('/') || rest.starts_with('[') || is_library(text::word(rest).0))
    {
        return Some(Frame {
            address: Some(text::hex(address)?),
            ..module_and_symbol(rest)
        });
    }
    without_address(whole).or_else(|| lined_up(whole))
}

/// What stands before and behind the column `pc`; pages have tabulators between their columns.
fn at_column(rest: &str) -> Option<(&str, &str)> {
    let forms = [" pc ", "\tpc ", "\tpc\t"];
    forms.iter().find_map(|form| text::split_once(rest, form))
}

/// `pc ` or `pc:` in front of the address.
fn after_pc(rest: &str) -> Option<&str> {
    let rest = rest.strip_prefix("pc")?;
    let rest = rest.strip_prefix(':').unwrap_or(rest);
    rest.starts_with([' ', '\t']).then(|| rest.trim_start())
}

/// Behind `pc`: an address, a module, and what the unwinder or the symbol server added.
pub(super) fn behind_pc(rest: &str) -> Option<Frame<'_>> {
    let (address, rest) = text::word(rest);
    let known = text::hex(address);
    if known.is_none() && address != "..." {
        return None;
    }
    // A console that leaves addresses out has Java's frames by their name alone: `pc ...  com.acme.Ship.fire`.
    if known.is_none()
        && !rest.contains(['/', ' ', '('])
        && !is_library(rest)
        && rest.bytes().filter(|byte| *byte == b'.').count() >= 2
    {
        return Some(Frame {
            function: named(rest),
            language: Language::Java,
            ..Frame::default()
        });
    }
    Some(Frame {
        address: known,
        ..module_and_symbol(rest)
    })
}

/// What stands in a console's first column: a library, perhaps cut, or a path.
fn is_module(text: &str) -> bool {
    !text.is_empty()
        && !text.contains(' ')
        && (is_library(text) || text.starts_with('/') || text.ends_with("..."))
}

/// The vendor's symbol server puts the architecture last: `… (SparseArray.h:254) [arm64-v8a]`, perhaps with a build id
/// behind it: `[armeabi-v7a::544b]`.
fn without_cpu(rest: &str) -> &str {
    match text::last_group(rest, b'[', b']') {
        Some((front, inner))
            if ["arm", "x86", "mips", "riscv", "i686", "aarch"]
                .iter()
                .any(|cpu| inner.starts_with(cpu)) =>
        {
            front.trim_end()
        }
        _ => rest,
    }
}

fn module_and_symbol(rest: &str) -> Frame<'_> {
    let (module, rest) = module(without_cpu(rest.trim_end()));
    Frame {
        module,
        ..symbol(rest)
    }
}

/// Bugsnag: `/data/data/com.acme.orbit/lib-0/liborbit.so:176776 orbit::Dock::open()`, an address where it has no name.
pub(super) fn offset_and_symbol(line: &str) -> Option<Frame<'_>> {
    let at = text::find(line, ".so:")? + 3;
    let (module, rest) = (&line[..at], &line[at + 1..]);
    let (number, symbol) = text::digits(rest)?;
    let symbol = symbol.strip_prefix(' ')?.trim();
    let address = symbol.starts_with("0x") && !symbol.contains(' ');
    (!module.contains(' ') && !symbol.is_empty()).then(|| Frame {
        module: Some(module),
        function: named(symbol).filter(|_| !address),
        address: number.parse().ok(),
        ..Frame::default()
    })
}

/// The module at the front. Names with blanks come in brackets; HarmonyOS puts no blank behind the module.
fn module(rest: &str) -> (Option<&str>, &str) {
    let close = match rest.as_bytes().first() {
        Some(b'[') => rest.find(']'),
        Some(b'<') => rest.find('>'),
        _ => None,
    };
    let (module, rest) = if let Some(at) = close {
        (&rest[..=at], rest[at + 1..].trim_start())
    } else {
        let (word, behind) = text::word(rest);
        match memchr::memchr(b'(', word.as_bytes()) {
            Some(open) if open > 0 && !word[..open].contains("::") => {
                (&rest[..open], &rest[open..])
            }
            // Unreal's tool puts a mark behind it: `libUE4.so: Routine AShip::Fire() at …`.
            _ => match word.strip_suffix(':') {
                Some(library) if is_library(library) => (library, behind),
                _ => (word, behind),
            },
        }
    };
    let known =
        !module.is_empty() && !matches!(module, "???" | "??" | "<unknown>" | "unknown" | "Not");
    (known.then_some(module), rest)
}

/// Behind the module: symbol, build id, offset of the archive, in any order.
fn symbol(rest: &str) -> Frame<'_> {
    let mut rest = rest.trim();
    // Cut at the end of the text or of a column.
    if !rest.ends_with(')')
        && let Some(at) = text::rfind(rest, "(BuildId")
    {
        rest = rest[..at].trim_end();
    }
    rest = up_to_build_id(rest);
    let mut frame = Frame::default();
    // ndk-stack: `(_ZN…+692): Routine AShip::Fire() at D:/ws/Ship.cpp:63`.
    if let Some(at) = text::rfind(rest, "): ") {
        let (front, told) = (&rest[..=at], rest[at + 3..].trim_start());
        let told = told.strip_prefix("Routine ").unwrap_or(told);
        if let Some((function, place)) = text::rsplit_once(told, " at ") {
            frame = symbol(front);
            let (file, line) = text::file_line(without_discriminator(place));
            let file = path_of(file);
            (frame.file, frame.line) = (file, line.filter(|_| file.is_some()));
            // Both are of one address. Where they differ, the one with a place was looked up in the library with symbols.
            let routine = named(function).filter(|_| frame.file.is_some());
            frame.function = routine.or(frame.function).or_else(|| named(function));
            return frame;
        }
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
        let remark = inner.starts_with("BuildId:")
            || inner.starts_with("deleted")
            || inner.starts_with("offset 0x")
            || inner.starts_with("load base")
            || is_build_id(inner);
        if !remark {
            break;
        }
        rest = front.trim_end();
        group = text::last_group(rest, b'(', b')');
    }
    // `(deleted)` and `(offset 0x1a000)` can also stand before the function.
    while let Some(close) = (rest.starts_with("(deleted") || rest.starts_with("(offset 0x"))
        .then(|| rest.find(") "))
        .flatten()
    {
        rest = rest[close + 1..].trim_start();
        group = text::last_group(rest, b'(', b')');
    }
    if rest.is_empty() {
        return frame;
    }
    match group {
        Some(("", inner)) => {
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
                let (function, offset) = plus(inner);
                frame.function = named(function);
                // An offset into nothing: `((null)+0)`.
                frame.offset = offset.filter(|_| frame.function.is_some());
            }
        }
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
                let (function, offset) = plus(front.trim_end());
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
            let (function, offset) = plus(rest);
            (frame.function, frame.offset) = (named(function), offset);
        }
    }
    frame
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

/// HarmonyOS prints build ids bare: 32 or 40 hexadecimal digits.
fn is_build_id(text: &str) -> bool {
    matches!(text.len(), 16 | 32 | 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// `foo.cpp:12 (discriminator 3)`.
fn without_discriminator(place: &str) -> &str {
    place
        .split_once(" (discriminator")
        .map_or(place, |(place, _)| place)
}

/// `000000000004a1b8  /system/lib64/libc.so (abort+164)`: tombstones of old crash kits.
pub(super) fn bare(line: &str) -> Option<Frame<'_>> {
    let (first, rest) = text::word(line);
    let fits = first.len() >= 8
        && (rest.starts_with('/') || rest.starts_with("[anon"))
        && text::hex(first).is_some();
    fits.then(|| behind_pc(line))?
}

/// GrapheneOS's reports put the address behind the symbol, in one bracket:
/// `/system/lib64/libc.so (abort+164, pc 64a24)`, `/data/app/x/base.apk!liborbit.so (pc 27c3d00)`.
pub(super) fn module_first(line: &str) -> Option<Frame<'_>> {
    let (module, inner) = text::last_group(line, b'(', b')')?;
    let (symbol, address) = match text::rsplit_once(inner, ", pc ") {
        Some((symbol, address)) => (symbol, address),
        None => ("", inner.strip_prefix("pc ")?),
    };
    let (function, offset) = plus(symbol);
    Some(Frame {
        module: Some(module.trim_end()).filter(|module| !module.is_empty()),
        address: Some(text::hex(address)?),
        function: named(function),
        offset,
        ..Frame::default()
    })
}

/// A library and its symbol alone on a line: `/data/app/x/liborbit.so (_ZN5Orbit4Ship4FireEv+76)`.
pub(super) fn path_and_symbol(line: &str) -> Option<Frame<'_>> {
    line.starts_with("/data/")
        .then(|| without_address(line))
        .flatten()
}

/// A library and its symbol without an address: `#06 liborbit.so (SDL_main+560)`.
fn without_address(rest: &str) -> Option<Frame<'_>> {
    let (module, behind) = text::word(rest);
    let (front, inner) = text::last_group(behind, b'(', b')')?;
    let fits = front.is_empty() && is_library(module) && plus(inner).1.is_some();
    fits.then(|| Frame {
        module: Some(module),
        ..symbol(behind)
    })
}

/// Library, address and name in columns that were lined up: `liborbit.so   0x4dbfa4  orbit::Dock::open()`, without an address
/// `libc.so         abort`.
fn lined_up(rest: &str) -> Option<Frame<'_>> {
    let (module, _) = text::word(rest);
    let behind = &rest[module.len()..];
    let wide = behind.starts_with("  ") || behind.starts_with('\t');
    if !is_library(module) || !wide || module.contains(['(', ':']) {
        return None;
    }
    let behind = behind.trim();
    let (first, name) = text::word(behind);
    let address = first.strip_prefix("0x").and_then(text::hex);
    let name = if address.is_some() {
        name.trim()
    } else {
        behind
    };
    // What found the name is said behind it: `[LLVM symbolizer name; dock.cc:220]`.
    let name = text::split_once(name, " [").map_or(name, |(name, _)| name);
    let called = !name.contains(' ') || name.contains('(') || text::has(name, "::");
    (called && (address.is_some() || !name.is_empty())).then_some(Frame {
        module: Some(module),
        address,
        function: named(name),
        ..Frame::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_symbols_and_places_come_apart() {
        let cases = [
            (
                "#00 pc 0000000002f0248c libUE4.so Reset (D:/SF\\Core\\Containers/SparseArray.h:254) [arm64-v8a]",
                Some("Reset"),
                Some("libUE4.so"),
                Some(254),
            ),
            (
                "#01 pc 000000000004a1b8  /system/lib64/libc.so (abort+164) (BuildId: ab12)",
                Some("abort"),
                Some("/system/lib64/libc.so"),
                None,
            ),
            (
                "#02 pc 0000000000012340  /data/app/a/base.apk (offset 0x1a000) (Foo::bar(int)+8)",
                Some("Foo::bar(int)"),
                Some("/data/app/a/base.apk"),
                None,
            ),
            (
                "#03 pc 00000000004f  libUE4.so TArray<int, A>::At(int) const (C:/P (x86)/A.h:7) [arm64-v8a]",
                Some("TArray<int, A>::At(int) const"),
                Some("libUE4.so"),
                Some(7),
            ),
            (
                "#00 pc 0000000000001a2c /data/el1/liborbit.so(Orbit::Load(std::map<int, int> const&, int)+12)(0123456789abcdef0123456789abcdef)",
                Some("Orbit::Load(std::map<int, int> const&, int)"),
                Some("/data/el1/liborbit.so"),
                None,
            ),
            (
                "#03 pc 0000000000004d60 /system/bin/appspawn(fedcba9876543210fedcba9876543210)",
                None,
                Some("/system/bin/appspawn"),
                None,
            ),
            (
                "#00 libUE4.so                     pc 000000000220bc54  AShip::Fire(int) (Project/Ship.cpp:31) [arm64-v8a]",
                Some("AShip::Fire(int)"),
                Some("libUE4.so"),
                Some(31),
            ),
            (
                "#01 /data/app/v.b-SIMPtHZsE7.1/c...  pc 00000000007c1a08  ((null)+0) [arm64-v8a]",
                None,
                Some("/data/app/v.b-SIMPtHZsE7.1/c..."),
                None,
            ),
            (
                "#01 pc 051a5e80  /lib/arm/libUE4.so (_ZN4AFoo4TickEf+28): Routine AFoo::Tick(float) at D:/ws/Foo.cpp:63",
                Some("AFoo::Tick(float)"),
                Some("/lib/arm/libUE4.so"),
                Some(63),
            ),
            (
                "#00    pc 0015146c    /data/app/lib/arm/liborbit.so [armeabi-v7a::544b1eb43a9b]",
                None,
                Some("/data/app/lib/arm/liborbit.so"),
                None,
            ),
        ];
        for (line, function, module, number) in cases {
            let frame = numbered(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(
                (frame.function, frame.module, frame.line),
                (function, module, number),
                "{line}"
            );
        }
    }
}
