//! Android and HarmonyOS: `#00 pc 0000000000051f4c  /system/lib64/libc.so (abort+168) (BuildId: 0c1f)`.

use super::android_symbol::{symbol, without_tags};
use super::shared::{is_library, named, plus, without_note};
use super::{dart, script};
use crate::frame::{Frame, Language};
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
        return script::javascript(without_note(rest.trim_start()));
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
                ..symbol(without_tags(rest.trim_end()))
            },
            ("...", rest) => symbol(without_tags(rest.trim_end())),
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

/// The same where a page took the mark in front of the number: `09 pc 0001fe53  /data/app/x/liborbit.so (dock_open+34)`.
pub(super) fn without_mark(line: &str) -> Option<Frame<'_>> {
    let (number, rest) = text::digits(line)?;
    let rest = rest.trim_start().strip_prefix("pc ")?.trim_start();
    (number.len() <= 3).then(|| behind_pc(without_note(rest)))?
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
    let whole = rest;
    let (address, rest) = text::word(rest);
    // Old systems of HarmonyOS have the address in memory behind the one in the file: `0000332c(0042d32c) /data/orbit(f+15)`.
    let address = match address
        .strip_suffix(')')
        .and_then(|both| both.split_once('('))
    {
        Some((file, memory)) if text::hex(memory).is_some() => file,
        _ => address,
    };
    let known = text::hex(address);
    // HarmonyOS may know no address: `pc libdock.z.so(orbit::Dock::open(int)+300)`.
    if known.is_none()
        && let Some((library, _)) = whole.split_once('(')
        && is_library(library)
        && !library.contains(' ')
    {
        return Some(module_and_symbol(whole));
    }
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

fn module_and_symbol(rest: &str) -> Frame<'_> {
    let (module, rest) = module(without_tags(rest.trim_end()));
    Frame {
        module,
        ..symbol(rest)
    }
}

/// Bugsnag: `/data/data/com.acme.orbit/lib-0/liborbit.so:176776 orbit::Dock::open()`, an address where it has no name, also
/// without the directory, `liborbit.so:176776 dock_open`.
pub(super) fn offset_and_symbol(line: &str) -> Option<Frame<'_>> {
    let at = text::find(line, ".so:")? + 3;
    let (module, rest) = (&line[..at], &line[at + 1..]);
    let (number, symbol) = text::digits(rest)?;
    let symbol = symbol.strip_prefix(' ')?.trim();
    let address = symbol.starts_with("0x") && !symbol.contains(' ');
    // A library alone may begin a sentence.
    let called = module.starts_with('/')
        || number.len() >= 3 && (!symbol.contains(' ') || symbol.ends_with(')'));
    (called && !module.contains(' ') && !symbol.is_empty()).then(|| Frame {
        module: Some(module),
        function: named(symbol).filter(|_| !address),
        address: number.parse().ok(),
        ..Frame::default()
    })
}

/// The module at the front. Names with blanks come in brackets; HarmonyOS puts no blank behind the module.
fn module(rest: &str) -> (Option<&str>, &str) {
    /// What stands in its place where it is not known.
    const NONE: [&str; 7] = [
        "???",
        "??",
        "<unknown>",
        "unknown",
        "Not",
        "[Unknown]",
        "Unknown",
    ];
    let close = match rest.as_bytes().first() {
        Some(b'[') => rest.find(']'),
        Some(b'<') => rest.find('>'),
        // HarmonyOS' two words of an address in no library: `#00 pc 0000000000000000 Not mapped`.
        Some(b'N') if rest.starts_with("Not mapped") => {
            return (None, rest["Not mapped".len()..].trim_start());
        }
        _ => None,
    };
    let (module, rest) = if let Some(at) = close {
        (&rest[..=at], rest[at + 1..].trim_start())
    } else if let Some(apart) = with_blanks(rest) {
        apart
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
    let known = !module.is_empty() && !NONE.contains(&module);
    (known.then_some(module), rest)
}

/// A path with blanks, of a tool on a desk, and what stands behind it: `C:\Orbit Builds\liborbit.so (dock_open+8)`.
fn with_blanks(rest: &str) -> Option<(&str, &str)> {
    let (word, behind) = text::word(rest);
    let rooted = word.starts_with('/') || matches!(word.as_bytes(), [_, b':', b'/' | b'\\', ..]);
    let named = behind.starts_with(['(', '[']) && !behind.starts_with("(x86)");
    if named || behind.is_empty() || !rooted || is_library(word) {
        return None;
    }
    let from = rest.len() - behind.len();
    let end = from + text::find(behind, ".so")? + ".so".len();
    let (path, symbol) = rest.split_at(end);
    let more = &path[from..];
    let fits = more.contains(['/', '\\'])
        && !text::has(more, "::")
        && (!more.contains('(') || text::has(more, "(x86)"))
        && (symbol.is_empty() || symbol.starts_with(' '));
    fits.then(|| (path, symbol.trim_start()))
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

/// A tool's list of a tombstone's frames, behind `at`: `(abort+156) (libc.so)`, `dock_open (src/main/dock.c:5:3)`.
pub(super) fn listed(rest: &str) -> Option<Frame<'_>> {
    // Most are Java's, with another kind of file: `(Ship.kt:31)`.
    let place = rest.trim_end_matches(|c: char| c == ')' || c == ':' || c.is_ascii_digit());
    let kind = place.rsplit_once('.').map_or("", |(_, kind)| kind);
    if matches!(kind, "java" | "kt") {
        return None;
    }
    // Java's frames have no blank in front and another kind of file, and they are many.
    let open = memchr::memrchr(b'(', rest.as_bytes())?;
    let inner = &rest.as_bytes()[open..];
    let native = || {
        let kind = memchr::memrchr(b'.', inner).and_then(|dot| inner.get(dot + 1));
        matches!(kind, Some(b's' | b'c' | b'h'))
    };
    if !rest[..open].ends_with(' ') && !native() {
        return None;
    }
    let (front, inner) = text::last_group(rest, b'(', b')')?;
    let Some(front) = front.strip_suffix(' ').map(str::trim_end) else {
        return in_brackets(front, inner);
    };
    if front.starts_with('(') && front.ends_with(')') {
        return is_library(inner).then(|| Frame {
            module: Some(inner),
            ..symbol(front)
        });
    }
    let (file, line) = text::file_line(inner);
    let kind = file.rsplit_once('.').map_or("", |(_, kind)| kind);
    let native = matches!(
        kind,
        "c" | "cc" | "cpp" | "cxx" | "h" | "hpp" | "inl" | "rs" | "S"
    );
    (native && line.is_some() && !front.is_empty()).then(|| Frame {
        function: named(front),
        file: Some(file),
        line,
        ..Frame::default()
    })
}

/// Bugsnag's text form, in Java's manner: `dock_open(/data/app/x/lib/arm/liborbit.so:27562)` with the place in the library,
/// `0xb6c73514(/system/lib/libc.so:95508)`, `unknown_symbol(C:/src/dock.cpp:45)`.
fn in_brackets<'a>(front: &'a str, inner: &'a str) -> Option<Frame<'a>> {
    let (path, number) = text::file_line(inner);
    let number = number?;
    let kind = path.rsplit_once('.').map_or("", |(_, kind)| kind);
    let library = kind == "so";
    if !library && !matches!(kind, "c" | "cc" | "cpp" | "cxx" | "h" | "hpp") || front.is_empty() {
        return None;
    }
    let function = named(front).filter(|name| *name != "unknown_symbol");
    Some(if library {
        Frame {
            module: Some(path),
            function,
            address: Some(u64::from(number)),
            ..Frame::default()
        }
    } else {
        Frame {
            function,
            file: Some(path),
            line: Some(number),
            ..Frame::default()
        }
    })
}

/// Whether a line that begins with a path may be of these: what stands behind the library is in brackets.
pub(super) fn has_library(line: &str) -> bool {
    let forms = ["pc ", ".so (", ".odex ("];
    forms.iter().any(|form| text::has(line, form))
}

/// A library and its symbol alone on a line: `/data/app/x/liborbit.so (_ZN5Orbit4Ship4FireEv+76)`.
pub(super) fn path_and_symbol(line: &str) -> Option<Frame<'_>> {
    if line.starts_with("/data/")
        && let Some(frame) = without_address(line)
    {
        return Some(frame);
    }
    named_alone(line)
}

/// A library by its path and the name of a function, all that a person or a page has left of a frame:
/// `/lib/arm64/liborbit.so (dock_open)`, `/oat/arm64/base.odex (com.acme.orbit.Dock.open)`.
fn named_alone(line: &str) -> Option<Frame<'_>> {
    let (module, behind) = line.strip_suffix(')')?.split_once(" (")?;
    let letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_:.$~".contains(&byte);
    let fits = line.starts_with('/')
        && !module.contains(' ')
        && is_library(module)
        && behind.starts_with(letter)
        && behind.bytes().all(plain)
        // A word alone may be said of the library: `(deleted)`, `(loaded)`.
        && behind.contains(['_', '.', ':'])
        && !behind.ends_with(['.', ':']);
    fits.then(|| Frame {
        module: Some(module),
        function: named(behind),
        ..Frame::default()
    })
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
