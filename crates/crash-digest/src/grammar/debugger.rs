//! gdb and the sanitizers: `#1 0x55d0 in sf::Save::write (this=0x0) at save.cpp:88`.

use super::shared::{named, path_of, plus, without_discriminator};
use super::symbolized;
use crate::frame::{Frame, Language};
use crate::text;

/// Reads a line that begins with `#` and a number.
pub(super) fn numbered(line: &str) -> Option<Frame<'_>> {
    let (_, rest) = text::digits(line.strip_prefix('#')?)?;
    let blank = rest.starts_with([' ', '\t']);
    let rest = rest.trim();
    if !blank || rest.is_empty() {
        return None;
    }
    // Samp's crash detector leaves the mark out: `#0 f738c180 in fire () from plugins/orbit.so`.
    let bare = rest.len() > 12
        && rest.as_bytes()[..8].iter().all(u8::is_ascii_hexdigit)
        && rest[8..].starts_with(" in ");
    if rest.starts_with("0x") || bare {
        let (address, rest) = text::word(rest);
        let address = Some(text::hex(address)?);
        if let Some(rest) = rest.strip_prefix("in ") {
            return Some(Frame {
                address,
                ..function(rest.trim_start())
            });
        }
        // Sanitizers without symbols: `#0 0x72a34990b7  (/data/app/liborbit.so+0x64a0b7) (BuildId: aa11)`.
        if rest.starts_with('(')
            && let Some((module, offset)) = in_module(rest)
        {
            return Some(Frame {
                address,
                module: Some(module),
                offset,
                ..symbolized::behind_library(rest)
            });
        }
        if rest.is_empty() {
            return Some(Frame {
                address,
                ..Frame::default()
            });
        }
        // An app's own handler knows the modules alone: `#0   0x00007FF6CE317351  orbit.exe`.
        return is_module(rest)
            .then(|| Frame {
                module: Some(rest),
                ..Frame::default()
            })
            .or_else(|| core_dump(rest))
            .or_else(|| super::games::chromium(rest))
            .map(|frame| Frame { address, ..frame });
    }
    // And names the server's own functions so: `#0 native fclose () in orbit03svr`.
    if let Some(native) = rest.strip_prefix("native ") {
        return native_of_pawn(native);
    }
    if rest == "<signal handler called>" {
        return Some(Frame {
            function: Some(rest),
            ..Frame::default()
        });
    }
    if let Some(frame) = listed(rest) {
        return Some(frame);
    }
    // `addr2line` of an address that it knows nothing of, and of one whose place it does not know.
    let nowhere = [" at ??:0", " at ??:?", " at ??:0:0", " ??:0:0"]
        .iter()
        .any(|place| rest.ends_with(place));
    if nowhere && rest.starts_with("?? ") {
        return Some(Frame::default());
    }
    let frame = function(rest.strip_prefix("in ").unwrap_or(rest));
    // Without an address only a place or a module makes it a frame: prose is numbered, too.
    let placed = frame.line.is_some()
        || frame.module.is_some()
        || nowhere
        || rest.ends_with(":?") && frame.file.is_some();
    (frame.function.is_some() && placed || frame.module.is_some() && frame.offset.is_some())
        .then_some(frame)
}

/// Behind `native`: `fclose () in orbit03svr`, `SetBay (31, 7) from plugins/orbit.so`, `fclose ()`.
fn native_of_pawn(rest: &str) -> Option<Frame<'_>> {
    let (name, behind) = text::split_once(rest, " (")?;
    let (_, place) = text::rsplit_once(behind, ")")?;
    let place = place.trim_start();
    let module = place
        .strip_prefix("in ")
        .or_else(|| place.strip_prefix("from "));
    let fits = !name.contains(' ') && (place.is_empty() || module.is_some());
    fits.then(|| Frame {
        function: named(name),
        module,
        ..Frame::default()
    })
}

/// Whether a word is the name of a library or program alone.
fn is_module(word: &str) -> bool {
    let kind = word.rsplit_once('.').map_or("", |(_, kind)| kind);
    !word.contains([' ', '(', ':'])
        && matches!(kind, "exe" | "dll" | "DLL" | "EXE" | "so" | "dylib" | "asi")
}

/// The list of an editor around gdb, which puts brackets behind every name: `orbit::Dock::open(int)() at dock.cpp:31`,
/// `SDL_LowerBlit() at /usr/lib/libSDL-1.2.so.0`, `??() at`.
fn listed(rest: &str) -> Option<Frame<'_>> {
    let (front, place) = match rest.strip_suffix("() at") {
        Some(front) => (front, ""),
        None => text::rsplit_once(rest, "() at ")?,
    };
    let (file, line) = text::file_line(place.trim());
    let module = line.is_none() && (place.starts_with('/') || place.get(1..3) == Some(":\\"));
    let fits = !front.is_empty() && (place.is_empty() || module || line.is_some());
    fits.then(|| Frame {
        function: named(front).filter(|name| *name != "??"),
        module: Some(place).filter(|_| module),
        file: path_of(file).filter(|_| line.is_some()),
        line,
        ..Frame::default()
    })
}

/// Behind the address in systemd's journal: `pthread_cond_wait@@GLIBC_2.3.2 (libpthread.so.0)`, `n/a (i965_dri.so)`,
/// `poll (libc.so.6 + 0x11499f)`, `n/a (n/a + 0x0)`; a pager cuts it at the terminal's edge: `poll (libc.so.6 + 0x1>`.
fn core_dump(rest: &str) -> Option<Frame<'_>> {
    let cut = || text::rsplit_once(rest.strip_suffix('>')?, "(");
    let (front, inner) = text::last_group(rest, b'(', b')').or_else(cut)?;
    let (module, offset) = plus(inner);
    let symbol = front.trim_end();
    // The offset may be cut in the middle.
    let (module, offset) = match text::split_once(module, " +") {
        Some((module, _)) => (module, None),
        None => (module, offset.filter(|_| !rest.ends_with('>'))),
    };
    let fits = front.ends_with(' ')
        && (symbol == "n/a" || !symbol.contains([' ', '/']))
        && !module.is_empty()
        && !module.contains([' ', ',', '=', ':']);
    let unknown = module == "n/a";
    fits.then(|| Frame {
        module: Some(module).filter(|_| !unknown),
        function: named(symbol),
        offset: offset.filter(|_| !unknown),
        ..Frame::default()
    })
}

/// Where gdb stopped: `0x000000000068c039 in mf::fail () at debug.cpp:23`, `mf::fail () at debug.cpp:23`.
pub(super) fn stopped(line: &str) -> Option<Frame<'_>> {
    let (first, rest) = text::word(line);
    let (address, rest) = match first.strip_prefix("0x").and_then(text::hex) {
        Some(address) => (Some(address), rest.strip_prefix("in ")?),
        None => (None, line),
    };
    let frame = function(rest);
    let called =
        text::has(rest, " (") && (address.is_some() || frame.line.is_some() || goes_on(rest));
    (called && frame.function.is_some()).then_some(Frame { address, ..frame })
}

/// Whether the arguments go on in the next line: `mf::fail (ship=0x0,`.
fn goes_on(rest: &str) -> bool {
    rest.ends_with(',')
        && text::split_once(rest, " (").is_some_and(|(_, rest)| text::has(rest, "="))
}

/// `(/lib/libfoo.so+0x12) (BuildId: ab)`: module and offset.
fn in_module(rest: &str) -> Option<(&str, Option<u64>)> {
    let inner = rest.strip_prefix('(')?;
    let close = inner.find(')')?;
    let (module, offset) = plus(&inner[..close]);
    let fits = offset.is_some() && !module.is_empty() || module.starts_with('/');
    fits.then_some((module, offset))
}

/// Behind `in`, in the forms of gdb and of the sanitizers.
fn function(rest: &str) -> Frame<'_> {
    let mut frame = Frame::default();
    let mut rest = rest.trim_end();
    // ` (moonfort+0x4f1a20) (BuildId: ab)` stands last.
    while let Some((front, inner)) = text::last_group(rest, b'(', b')') {
        let front = front.trim_end();
        if inner.starts_with("BuildId:") && !front.is_empty() {
            rest = front;
            continue;
        }
        let (module, offset) = plus(inner);
        let is_module = offset.is_some()
            && !module.is_empty()
            && (!module.contains([',', '=', ' ']) || text::has(module, ":\\"))
            || inner.starts_with('/');
        if is_module && !front.is_empty() {
            (frame.module, frame.offset) = (Some(without_cpu(module)), offset);
            rest = front;
        }
        break;
    }
    // A symbolizer without symbols: `mf::Vault::open() in ??:0:0`.
    if let Some(name) = rest
        .strip_suffix(" in ??:0:0")
        .or_else(|| rest.strip_suffix(" at ??:0:0"))
        .or_else(|| rest.strip_suffix(" ??:0:0"))
    {
        frame.function = named(without_arguments(name));
        return frame;
    }
    // ThreadSanitizer: `pthread_create <null> (libtsan.so.0+0x2be1b)`, `<null> <null> (…)`.
    rest = rest.strip_suffix("<null>").map_or(rest, str::trim_end);
    // AddressSanitizer's older name of where its own functions are: `__interceptor_malloc _asan_rtl_`.
    rest = rest.strip_suffix(" _asan_rtl_").unwrap_or(rest);
    if rest == "<null>" {
        return frame;
    }
    if let Some(mono) = mono(rest) {
        return mono;
    }
    // `usleep ??:? (orbit+0x92987)`, `fire hull.c:? (orbit+0x92990)`: the line is not known.
    if let Some((function, place)) = rest.rsplit_once(' ')
        && let Some(file) = place
            .strip_suffix(":?")
            .or_else(|| place.strip_suffix(":0"))
        && frame.module.is_some()
    {
        return Frame {
            function: named(without_arguments(function)),
            file: path_of(file).filter(|file| *file != "??"),
            ..frame
        };
    }
    if let Some(of_module) = at_module(rest) {
        return of_module;
    }
    if let Some((front, file, line)) = behind_at(rest) {
        return Frame {
            function: named(without_arguments(front)),
            file,
            line,
            ..frame
        };
    }
    // `?? () from /games/Star Fall/libhull.so`: a path may hold blanks, behind arguments.
    if let Some((function, module)) = text::rsplit_once(rest, " from ")
        && (!module.contains(' ')
            || function.ends_with(')')
                && (module.starts_with('/') || module.get(1..3) == Some(":\\")))
    {
        return Frame {
            function: named(without_arguments(function)),
            module: Some(module),
            ..frame
        };
    }
    // Windows: `Foo::bar C:\Program Files (x86)\VC\foo.cpp:12`.
    if let Some(at) = drive(rest) {
        let (file, line) = text::file_line(&rest[at..]);
        return Frame {
            function: named(without_arguments(rest[..at].trim_end())),
            file: path_of(file),
            line,
            ..frame
        };
    }
    // `Foo::bar(int) /src/foo.cpp:12:3`
    if let Some((function, place)) = rest.rsplit_once(' ') {
        let (file, line) = text::file_line(place);
        if line.is_some() || place.starts_with('/') && place.contains('.') && !function.is_empty() {
            return Frame {
                function: named(without_arguments(function)),
                file: path_of(file),
                line,
                ..frame
            };
        }
    }
    let (symbol, offset) = symbol_and_offset(rest, &frame);
    Frame {
        function: named(without_arguments(symbol)),
        offset,
        ..frame
    }
}

/// The offset in the function stands before that in the module: `pthread_start+0xdf (libsystem.dylib:x86_64+0x68fb)`.
fn symbol_and_offset<'a>(rest: &'a str, frame: &Frame<'_>) -> (&'a str, Option<u64>) {
    match plus(rest) {
        (symbol, offset) if frame.module.is_none() => (symbol, offset),
        (symbol, Some(_)) if text::has(rest, "+0x") && !rest.starts_with("wasm-function[") => {
            (symbol, frame.offset)
        }
        _ => (rest, frame.offset),
    }
}

/// Where a path with a drive begins: ` C:\`.
fn drive(rest: &str) -> Option<usize> {
    let at = text::find(rest, ":\\")?;
    let fits = at >= 2
        && rest.as_bytes()[at - 1].is_ascii_alphabetic()
        && rest.as_bytes()[at - 2] == b' '
        && text::file_line(rest).1.is_some();
    fits.then(|| at - 1)
}

/// Apple's sanitizers name the architecture behind the module: `libtbb.dylib:x86_64`.
fn without_cpu(module: &str) -> &str {
    match module.rsplit_once(':') {
        Some((front, cpu))
            if ["x86", "arm", "i386"]
                .iter()
                .any(|known| cpu.starts_with(known)) =>
        {
            front
        }
        _ => module,
    }
}

/// `f (x=1) at a.c:12`: the last ` at ` whose rest is a place.
fn behind_at(rest: &str) -> Option<(&str, Option<&str>, Option<u32>)> {
    let (front, place) = text::rsplit_once(rest, " at ")?;
    // `addr2line` may know the file alone.
    if let Some(file) = place.strip_suffix(":?") {
        return Some((front.trim_end(), path_of(file), None));
    }
    let (file, line) = text::file_line(without_discriminator(place.trim()));
    let fits = line.is_some() || path_of(file).is_none();
    let file = path_of(file);
    fits.then_some((front.trim_end(), file, line.filter(|_| file.is_some())))
}

/// Newer gdb says `at` of libraries, too: ` () at /usr/lib/libhull.so.6`, `??? () at C:\\hull.dll`.
fn at_module(rest: &str) -> Option<Frame<'_>> {
    let (front, module) = text::rsplit_once(rest, " at ")?;
    let absolute = module.starts_with('/') || module.get(1..3) == Some(":\\");
    let kind = module.rsplit_once('.').map_or("", |(_, kind)| kind);
    let library = text::has(module, ".so") || matches!(kind, "dll" | "exe");
    let fits = front.ends_with(')') && absolute && library && text::file_line(module).1.is_none();
    // What is left of a frame without a name is its brackets.
    let name = front.trim_end().strip_suffix("()").unwrap_or(front);
    fits.then(|| Frame {
        function: named(without_arguments(name)),
        module: Some(module),
        ..Frame::default()
    })
}

/// gdb writes arguments behind a blank: `mf::Vault::open (this=0x0, slot=3)`; sanitizers print types without one.
pub(super) fn without_arguments(function: &str) -> &str {
    let function = function.trim();
    let Some((front, inner)) = text::last_group(function, b'(', b')') else {
        // A wrapped frame, cut in its arguments.
        return match text::find(function, " (") {
            Some(at) if function[at..].contains('=') => &function[..at],
            _ => function,
        };
    };
    let gdb =
        front.ends_with([' ', '\n', '\t']) || inner.contains('=') && !text::has(inner, "operator");
    if gdb && !front.trim().is_empty() {
        front.trim_end()
    } else {
        function
    }
}

/// Mono below gdb: `UnityEngine.Debug:LogError (object) + 0x71 (0x2ef31908 0x2ef31960) [0x8f48b40 - Unity Child Domain]`.
pub(super) fn mono(rest: &str) -> Option<Frame<'_>> {
    let (front, domain) = text::last_group(rest, b'[', b']')?;
    if !domain.starts_with("0x") || !text::has(domain, " - ") {
        return None;
    }
    let front = match text::last_group(front.trim_end(), b'(', b')') {
        Some((front, inner)) if inner.starts_with("0x") => front.trim_end(),
        _ => front.trim_end(),
    };
    let (symbol, offset) = plus(front);
    let symbol = match super::csharp::wrapper(symbol) {
        Some(frame) => frame.function?,
        None => without_arguments(symbol),
    };
    Some(Frame {
        function: named(symbol),
        offset,
        language: Language::CSharp,
        ..Frame::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_alone_holds_no_drive() {
        assert_eq!(drive(":\\ship.cpp:31"), None);
        assert_eq!(drive("f () at C:\\ship.cpp:31"), Some(8));
    }

    #[test]
    fn names_lose_their_arguments_and_keep_their_places() {
        let cases = [
            (
                "#1 0x55d0aa in sf::Save::write() /src/save.cpp:88:3",
                Some("sf::Save::write()"),
                None,
                Some("/src/save.cpp"),
                Some(88),
            ),
            (
                "#0  0xf89d8b57 in __GI_raise (sig=6) at ../sysdeps/raise.c:26",
                Some("__GI_raise"),
                None,
                Some("../sysdeps/raise.c"),
                Some(26),
            ),
            (
                "#2  0x0 in poll () from /lib/libc.so.6",
                Some("poll"),
                Some("/lib/libc.so.6"),
                None,
                None,
            ),
            (
                "#0  mf::Vault::open (this=0x0) at vault.cpp:19",
                Some("mf::Vault::open"),
                None,
                Some("vault.cpp"),
                Some(19),
            ),
            (
                "#0 mf::Vault::count() /src/vault.cpp:47:10 (moonfort+0x4f1a20)",
                Some("mf::Vault::count()"),
                Some("moonfort"),
                Some("/src/vault.cpp"),
                Some(47),
            ),
            (
                "#0 0x72a34990b7  (/data/liborbit.so+0x64a0b7) (BuildId: aa11)",
                None,
                Some("/data/liborbit.so"),
                None,
                None,
            ),
            (
                "#1 0x1 in f (/lib/x.so+0x12)",
                Some("f"),
                Some("/lib/x.so"),
                None,
                None,
            ),
            (
                "#1  0x2ef31989 in  UnityEngine.Debug:LogError (object) + 0x71 (0x2ef31908 0x2ef31960) [0x8f48b40 - Unity Child Domain]",
                Some("UnityEngine.Debug:LogError"),
                None,
                None,
                None,
            ),
        ];
        for (line, function, module, file, number) in cases {
            let frame = numbered(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(
                (frame.function, frame.module, frame.file, frame.line),
                (function, module, file, number),
                "{line}"
            );
        }
    }

    #[test]
    fn numbered_prose_is_no_frame() {
        for line in [
            "#1 fixed the crash at startup",
            "#12 is a duplicate",
            "#3 thanks to all from the forum",
            "#1",
        ] {
            assert_eq!(numbered(line), None, "{line}");
        }
    }
}
