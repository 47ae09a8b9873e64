//! Frames as consoles of services and of browsers show them: module, address and symbol in columns; name and place with a
//! spaced mark between.

use super::shared::{named, path_of, plus};
use crate::frame::{Frame, Language};
use crate::text;

/// Sentry's module takes so many columns, of a longer name as many as it has; the address stands right behind them.
const MODULE_COLUMN: usize = 20;
const LONGEST_MODULE: usize = 120;

/// Sentry's columns: `vulkan.adreno       0x7abd07622c orbit::Ship::Fire (ship.cpp:31)`, `KERNELBASE +0x00c7f7a RaiseException`.
/// Its endings are taken off the module but for a few.
pub(super) fn columns(line: &str) -> Option<Frame<'_>> {
    let at = address_column(line)?;
    let front = &line[..at];
    let relative = front.ends_with(" +");
    let module = front.strip_suffix('+').unwrap_or(front).trim_end();
    let (digits, symbol) = text::word(&line[at + 2..]);
    let number = text::hex(digits)?;
    // Apple's programs have no ending; the columns stand apart: `Orbit             0x100f9dde8  dock_open`.
    let apart = front.ends_with("  ") && line[at..].starts_with("0x1") && digits.len() >= 9;
    let apart = apart && line[at + 2 + digits.len()..].starts_with("  ");
    let plain = !module.is_empty()
        && module.len() <= LONGEST_MODULE
        && module
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-+".contains(&byte));
    if !plain || !relative && digits.len() < 8 {
        return None;
    }
    let symbol = symbol.trim();
    let (symbol, file, line) = placed(symbol);
    let in_columns =
        front.len() == MODULE_COLUMN || front.len() > MODULE_COLUMN && !front.ends_with(' ');
    if !relative && !is_image(module) && !apart && !in_columns && line.is_none() {
        return None;
    }
    // A log's sentence goes on in words.
    let word = !symbol.contains(' ')
        || text::has(symbol, "::")
        || symbol.ends_with(')')
        || is_method(symbol);
    let (symbol, offset) = plus(symbol);
    (word || offset.is_some() || line.is_some()).then(|| Frame {
        module: Some(module),
        function: named(symbol),
        file,
        line: line.filter(|_| file.is_some()),
        address: Some(number).filter(|_| !relative),
        offset: if relative { Some(number) } else { offset },
        ..Frame::default()
    })
}

/// Where such a row's address begins: behind a blank or a plus, or right behind a module that fills its column.
fn address_column(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    let mut marks = memchr::memchr_iter(b'x', bytes).filter(|at| *at >= 2 && bytes[at - 1] == b'0');
    let at = marks.find(|&at| match bytes[at - 2] {
        b' ' | b'\t' => true,
        b'+' => at >= 3 && matches!(bytes[at - 3], b' ' | b'\t'),
        _ => at > MODULE_COLUMN && at <= LONGEST_MODULE && !bytes[..at].contains(&b' '),
    })?;
    Some(at - 1)
}

/// The same of an address that no module is known of: `0x7abd07622c null`, `0x7abd07622c orbit::Ship::Fire (ship.cpp:31)`.
pub(super) fn address_alone(line: &str) -> Option<Frame<'_>> {
    let (digits, symbol) = text::word(line.strip_prefix("0x")?);
    let address = text::hex(digits).filter(|_| digits.len() >= 8)?;
    let (name, file, line) = placed(symbol);
    // A sentence has a place behind it as well, but other words than a name.
    let called = !name.is_empty() && (!name.contains(' ') || name.ends_with(')'));
    (symbol == "null" || called && line.is_some()).then(|| Frame {
        address: Some(address),
        function: named(name),
        file,
        line: line.filter(|_| file.is_some()),
        ..Frame::default()
    })
}

/// Recovered panics of Go's servers: a place and its address, the function below: `/app/core/stdio.go:85 (0xdbf052)`.
pub(super) fn go_place(line: &str) -> Option<Frame<'_>> {
    let (place, address) = text::last_group(line, b'(', b')')?;
    let address = text::hex(address.strip_prefix("0x")?)?;
    let (file, line) = text::file_line(place.trim_end());
    let go = file.rsplit_once('.').is_some_and(|(_, end)| end == "go");
    let fits = go && !file.contains(' ');
    let line = line?;
    fits.then_some(Frame {
        file: Some(file),
        line: Some(line),
        address: Some(address),
        language: Language::Go,
        ..Frame::default()
    })
}

/// Behind a number, Apple's rows without addresses: `UnityFramework      Ship_Fire + 120`, `Orbit       main + 60 (main.mm:28)`,
/// `UnityFramework      (Missing)`, `Orbit   -[Ship fire:] (Ship.m:45:17)`.
pub(super) fn without_address(rest: &str) -> Option<Frame<'_>> {
    let (module, symbol) = text::split_once(rest, "  ")
        .or_else(|| rest.split_once('\t'))
        .or_else(|| widest(rest))?;
    let (module, symbol) = (module.trim_end(), symbol.trim());
    let known = !matches!(module, "(Missing)" | "???");
    if module.is_empty() || module.split(' ').count() > 3 || module.contains([':', ',', '=']) {
        return None;
    }
    // Fabric has no offsets on Android: `libmoon.so    moon::Gate::open(Fort*, int)`.
    let called = (is_dylib(module) || module.rsplit('.').next() == Some("so"))
        && symbol.ends_with(')')
        && symbol
            .find('(')
            .is_some_and(|at| at > 0 && !symbol[..at].contains(' '));
    let widest = is_dylib(module) && !symbol.contains(' ');
    let module = Some(module).filter(|_| known);
    if symbol == "(Missing)" {
        return Some(Frame {
            module,
            ..Frame::default()
        });
    }
    let (symbol, file, line) = placed(symbol);
    let (function, offset) = match text::rsplit_once(symbol, " + ") {
        Some((function, offset)) => (function, Some(offset.parse().ok()?)),
        // Any table has such columns: the place or the form of the name must tell.
        None if line.is_some() || called || is_method(symbol) || widest => (symbol, None),
        None => return None,
    };
    Some(Frame {
        module,
        function: named(function),
        file,
        line: line.filter(|line| file.is_some() && *line > 0),
        offset,
        ..Frame::default()
    })
}

/// The same in a report that is Apple's, where a name alone is a symbol: `2  UIKitCore    UIApplicationMain`.
pub(super) fn name_in_column(line: &str) -> Option<Frame<'_>> {
    let (number, rest) = text::digits(line)?;
    let rest = rest.strip_prefix(' ').filter(|_| number.len() <= 3)?;
    let rest = rest.trim_start();
    let (module, symbol) = text::split_once(rest, "  ").or_else(|| widest(rest))?;
    let symbol = symbol.trim();
    let begins = symbol.starts_with(|c: char| c.is_ascii_alphabetic() || "_$?<@~*".contains(c));
    let fits = begins && !module.is_empty() && !module.contains([' ', ':', ',', '=']);
    fits.then(|| Frame {
        module: Some(module).filter(|module| *module != "???"),
        function: named(symbol),
        ..Frame::default()
    })
}

/// The widest module of such columns has one blank behind it: `libsystem_pthread.dylib _start_wqthread`. Words have one as well:
/// the module's ending or the form of the symbol must tell.
fn widest(rest: &str) -> Option<(&str, &str)> {
    let (module, symbol) = rest.split_once(' ')?;
    let tells = is_dylib(module) && !symbol.is_empty() && !symbol.contains(' ')
        || symbol.starts_with(['-', '+', '_']) && is_method(placed(symbol).0);
    tells.then_some((module, symbol))
}

/// Whether a module is one of Apple's libraries, which no word of a table is called like.
fn is_dylib(module: &str) -> bool {
    module.rsplit('.').next() == Some("dylib") && !module.contains(' ')
}

/// Objective-C's methods, and names that begin as no word does: `-[Ship fire:]`, `_objc_msgSendSuper2`.
fn is_method(symbol: &str) -> bool {
    (symbol.starts_with("-[") || symbol.starts_with("+[")) && symbol.ends_with(']')
        || symbol.starts_with('_') && !symbol.contains(' ')
}

/// An emulator's rows of the program it runs, with tabs between: address, module and offset, symbol:
/// `0x000000000c752e24`, `nnSdk:0x110e24`, `nn::init::Start():0x0054`.
pub(super) fn guest(line: &str) -> Option<Frame<'_>> {
    let mut columns = line.split('\t');
    let address = text::hex(columns.next()?.strip_prefix("0x")?)?;
    let (module, offset) = columns.next()?.trim().rsplit_once(":0x")?;
    let symbol = columns.next().unwrap_or_default().trim();
    let (symbol, at) = symbol
        .rsplit_once(":0x")
        .map_or((symbol, None), |(symbol, at)| (symbol, text::hex(at)));
    let function = named(symbol);
    Some(Frame {
        address: Some(address),
        module: Some(module),
        function,
        offset: function.map_or(text::hex(offset), |_| at),
        ..Frame::default()
    })
}

/// A game's own columns: offset, name and place, the module behind a bar: `[  0x389ff] fire at src/ship.c:31  | orbit(+0x389ff)`.
pub(super) fn barred(line: &str) -> Option<Frame<'_>> {
    let (offset, rest) = line.strip_prefix('[')?.split_once("] ")?;
    text::hex(offset.trim().strip_prefix("0x")?)?;
    let (front, module) = text::rsplit_once(rest, " | ")?;
    let (module, offset) = text::last_group(module, b'(', b')')?;
    let (symbol, place) = text::rsplit_once(front, " at ")?;
    let (file, line) = text::file_line(place.trim());
    let file = path_of(file);
    Some(Frame {
        module: Some(module),
        function: named(symbol.trim()),
        file,
        line: line.filter(|line| file.is_some() && *line > 0),
        offset: text::offset(offset),
        ..Frame::default()
    })
}

/// A mod loader's list: `* C:\Games\Orbit\hull.dll + 4a05e`, perhaps with the symbol in brackets.
pub(super) fn starred(line: &str) -> Option<Frame<'_>> {
    let (module, rest) = text::rsplit_once(line.strip_prefix("* ")?, " + ")?;
    let (offset, symbol) = text::word(rest);
    let offset = text::hex(offset)?;
    let lower = module.to_ascii_lowercase();
    let known = [".dll", ".exe", ".so", ".dylib"]
        .iter()
        .any(|end| lower.ends_with(end));
    let symbol = symbol
        .strip_prefix('(')
        .and_then(|symbol| symbol.strip_suffix(')'))
        .unwrap_or_default();
    let (symbol, at) = plus(symbol);
    let function = named(symbol);
    known.then_some(Frame {
        module: Some(module),
        function,
        offset: function.map_or(Some(offset), |_| at),
        ..Frame::default()
    })
}

/// Behind `at`, a service's text of native frames: name, module, offset: `mf::Vault::open   (libmoon)   +0x0c1464`.
pub(super) fn named_module_offset(rest: &str) -> Option<Frame<'_>> {
    let (front, offset) = text::rsplit_once(rest, " +0x")?;
    let (name, module) = text::last_group(front, b'(', b')')?;
    let fits = name.ends_with("  ") && !module.is_empty() && !module.contains(' ');
    fits.then_some(Frame {
        function: named(name),
        module: Some(module),
        offset: Some(text::hex(offset)?),
        ..Frame::default()
    })
}

/// Rows of App Center and of HockeyApp: `Dock.open() (Dock.mm:160);Orbit`, `Dock;open;Dock.m;17`, `-;main;main.m;17`.
pub(super) fn semicolons(line: &str) -> Option<Frame<'_>> {
    memchr::memchr(b';', line.as_bytes())?;
    let mut parts = line.split(';');
    let (first, second, third, fourth) = (parts.next()?, parts.next()?, parts.next(), parts.next());
    if parts.next().is_some() || first.is_empty() || second.is_empty() {
        return None;
    }
    let source = |file: &str| {
        let end = file.rsplit_once('.').map_or("", |(_, end)| end);
        matches!(end, "m" | "mm" | "swift" | "c" | "cpp" | "cc" | "h")
    };
    if let (Some(file), Some(number)) = (third, fourth) {
        return (source(file) && !second.contains(' ')).then_some(Frame {
            function: Some(second),
            file: Some(file),
            line: Some(number.parse().ok()?),
            ..Frame::default()
        });
    }
    let (symbol, file, number) = placed(first);
    let fits = third.is_none() && file.is_some_and(source) && !second.contains(' ');
    (fits && number.is_some()).then_some(Frame {
        function: named(symbol),
        module: Some(second),
        file,
        line: number,
        ..Frame::default()
    })
}

/// C++ functions with their arguments and places, and nothing else: `Ship::Fire(int, void**) (ship.cpp:31)`.
pub(super) fn called_at(line: &str) -> Option<Frame<'_>> {
    const ENDS: [&str; 9] = ["cpp", "h", "c", "cc", "mm", "m", "hpp", "inl", "cxx"];
    let (symbol, inner) = text::last_group(line, b'(', b')')?;
    let (file, number) = text::file_line(inner);
    let symbol = symbol.trim_end();
    let name = symbol.split(['(', '<']).next()?;
    let source = file
        .rsplit_once('.')
        .is_some_and(|(_, end)| ENDS.contains(&end));
    let plain = symbol.ends_with(')')
        && !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_:~".contains(&byte));
    (source && plain && number.is_some()).then_some(Frame {
        function: Some(symbol),
        file: path_of(file),
        line: number,
        ..Frame::default()
    })
}

/// A symbol, and the place behind it: `Ship::Fire (ship.cpp:31)`.
fn placed(symbol: &str) -> (&str, Option<&str>, Option<u32>) {
    match text::last_group(symbol, b'(', b')') {
        Some((front, inner)) if front.ends_with(' ') => match text::file_line(inner) {
            (file, Some(line)) => (front.trim_end(), path_of(file), Some(line)),
            _ => (symbol, None, None),
        },
        _ => (symbol, None, None),
    }
}

/// What a process loads has an ending: `base.apk`, `vulkan.adreno`, `libc.so`, `Orbit.exe`.
fn is_image(module: &str) -> bool {
    module
        .rsplit_once('.')
        .is_some_and(|(name, end)| !name.is_empty() && end.len() <= 8)
}

/// A browser's console: `doRun @ orbit.framework.js.gz:4301`, `$main @ orbit.wasm.gz:0x2a9c5a2`,
/// `<WASM UNNAMED> @ wasm-044f3a8e-6288:61`; a program that came without a name is called by its hash:
/// `$Dock::open(int) @ 0598f57e:0x2b89f1`.
pub(super) fn spaced<'a>(function: &'a str, place: &'a str) -> Option<Frame<'a>> {
    // Names of C++ have all their parameters.
    const LONGEST: usize = 2000;
    if place.contains(' ') || function.is_empty() || function.len() > LONGEST {
        return None;
    }
    let function = named(function)
        .filter(|name| !matches!(*name, "(anonymous)" | "anonymous" | "<WASM UNNAMED>"));
    if let Some((module, offset)) = text::rsplit_once(place, ":0x")
        && (text::has(module, ".wasm") || is_hashed(module))
    {
        return Some(Frame {
            function,
            module: Some(module),
            offset: Some(text::hex(offset)?),
            ..Frame::default()
        });
    }
    let (file, line) = text::file_line(place);
    let script = [".js", ".ts", ".mjs", ".html"]
        .iter()
        .any(|end| text::has(file, end))
        || file.starts_with("wasm-");
    let line = line.filter(|_| script && function.is_none_or(|name| name.len() <= 200))?;
    Some(Frame {
        function,
        file: Some(file),
        line: Some(line),
        language: Language::Script,
        ..Frame::default()
    })
}

/// Whether V8 called a compiled program by its hash, perhaps behind its name: `0598f57e`, `orbit-0598f57e`.
fn is_hashed(module: &str) -> bool {
    let hash = module.rsplit('-').next().unwrap_or(module);
    hash.len() == 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::super::read;

    #[test]
    fn columns_and_spaced_marks() {
        for (line, function, module, file, number) in [
            (
                "base.apk            0x7ae054beb8 orbit::Ship::Fire (ship.cpp:31)",
                Some("orbit::Ship::Fire"),
                Some("base.apk"),
                Some("ship.cpp"),
                Some(31),
            ),
            (
                "KERNELBASE +0x00c7f7a RaiseException",
                Some("RaiseException"),
                Some("KERNELBASE"),
                None,
                None,
            ),
            (
                "libc.so  0x7ae054beb8 abort",
                Some("abort"),
                Some("libc.so"),
                None,
                None,
            ),
            (
                "libOrbit            0x7ae054beb8 abort",
                Some("abort"),
                Some("libOrbit"),
                None,
                None,
            ),
            (
                "liborbit_dock_controller0x7ae054beb8 orbit::Ship::Fire(int) (ship.cpp:31)",
                Some("orbit::Ship::Fire(int)"),
                Some("liborbit_dock_controller"),
                Some("ship.cpp"),
                Some(31),
            ),
            ("0x7dda6c1080 null", None, None, None, None),
            (
                "$InitPlayer(int, char**) @ orbit.wasm.gz:0x2a887e9",
                Some("$InitPlayer(int, char**)"),
                Some("orbit.wasm.gz"),
                None,
                None,
            ),
            (
                "(anonymous) @ orbit.framework.js.gz:4301",
                None,
                None,
                Some("orbit.framework.js.gz"),
                Some(4301),
            ),
        ] {
            let frame = read(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(
                (frame.function, frame.module, frame.file, frame.line),
                (function, module, file, number),
                "{line}"
            );
        }
        for line in [
            "0x7ae054beb8 null and void",
            "0x7ae054beb8 null (was a ship)",
            "library 0x7ae054beb8 freed",
            "texture 0x7ae054beb8 was freed",
            "ship.prefab 0x7ae054beb8 was loaded twice",
            "gain +0x10 to all of you",
            "meet @ the pub:8",
            "mira @ orbit.example:8080",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
