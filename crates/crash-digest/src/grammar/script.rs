//! JavaScript and TypeScript, and Dart, which prints the same form.

use memchr::memrchr;

use super::consoles;
use super::shared::named;
use crate::frame::{Frame, Language};
use crate::text;

/// Behind `at`, or behind Dart's number: `Battle.tick (assets/main/index.js:1:234)`, `src/app.js:1:2`.
pub(super) fn javascript(rest: &str) -> Option<Frame<'_>> {
    let rest = rest.strip_prefix("async ").unwrap_or(rest);
    // Mini games of WeChat add what they run on behind the last frame: `(env: Windows,mg,1.06; lib: 3.2.5)`.
    let rest = match text::rsplit_once(rest, "(env: ") {
        Some((front, _)) => front.trim_end(),
        None => rest,
    };
    let (function, place) = match text::last_group(rest, b'(', b')') {
        Some((function, place)) if function.ends_with(' ') => (function.trim_end(), place),
        // ArkTS leaves out the name of a function that has none: `at (entry/src/main/ets/Dock.ets:31:7)`.
        Some(("", place)) if text::file_line(place).1.is_some() => ("", place),
        Some(_) => return None,
        // Of Dart's builds for browsers: `Lamp.read @ http://host/packages/orbit/lamp.dart.lib.js:31:5`.
        None => text::split_once(rest, " @ ").unwrap_or(("", rest)),
    };
    if let Some(frame) = web_assembly(function, place) {
        return Some(frame);
    }
    if place.starts_with("wasm://") {
        return wasm_offset(function, place);
    }
    // `Promise.all (index 0)`
    if function.starts_with("Promise.") && place.starts_with("index ") {
        return Some(Frame {
            function: Some(function),
            language: Language::Script,
            ..Frame::default()
        });
    }
    // Hermes says that it is one, Unreal's scripts that the file is in an archive: `(Pak: ..\Content\orbit\ship.js:31)`.
    let place = ["address at ", "Pak: "]
        .iter()
        .find_map(|word| place.strip_prefix(word))
        .unwrap_or(place);
    // `eval at load (game.js:1:2), <anonymous>:31:4`: the place inside of what was evaluated is the last one.
    let place = match place.strip_prefix("eval at ") {
        Some(inner) => text::rsplit_once(inner, "), ").map_or(inner, |(_, place)| place),
        None => place,
    };
    let (file, line) = text::file_line(place);
    // Dart's frames of constructors can have a file without a line: `new Stack (package:flutter/src/widgets/basic.dart)`.
    let dart = ["package:", "dart:", "file:"]
        .iter()
        .any(|scheme| place.starts_with(scheme))
        && place.rsplit('.').next() == Some("dart")
        && !function.is_empty();
    if !dart && !is_script(file, place) && !matches!(place, "native" | "<anonymous>") {
        return None;
    }
    let file = (dart || line.is_some()).then_some(file);
    // `HarmonyOS` names the module behind the function: `open entry (entry/src/main/ets/pages/Dock.ets:31:7)`.
    let function = match function.rsplit_once(' ') {
        Some((name, module)) if is_module(place, module) => name,
        _ => function,
    };
    // Emscripten adds the name it reads: `__ZN4Ship4FireEv [Ship::Fire()]`, and the object it found the function in.
    let plain = function.strip_prefix("Array.").unwrap_or(function);
    let compiled = is_compiled(plain);
    let function = if compiled {
        text::split_once(plain, " [").map_or(plain, |(name, _)| name)
    } else {
        function
    };
    Some(Frame {
        function: named(function),
        file,
        line,
        language: if compiled {
            Language::Native
        } else {
            Language::Script
        },
        ..Frame::default()
    })
}

/// WebAssembly in older V8, which has the offset for a column: `orbit::Vault::open(Ship*) (wasm://wasm/082c18aa:1:2391)`.
fn wasm_offset<'a>(function: &'a str, place: &'a str) -> Option<Frame<'a>> {
    let (front, offset) = place.rsplit_once(':')?;
    let (module, _) = front
        .strip_suffix(":1")?
        .rsplit_once('-')
        .unwrap_or((front, ""));
    let module = text::base_name(module);
    Some(Frame {
        function: named(function),
        module: Some(module).filter(|module| text::has(module, ".wasm")),
        offset: Some(offset.parse().ok()?),
        language: Language::Native,
        ..Frame::default()
    })
}

/// Whether a file of `HarmonyOS` is of this module, `entry` or `entry|entry|1.0.0`.
fn is_module(place: &str, module: &str) -> bool {
    let behind = place.strip_prefix(module);
    behind.is_some_and(|behind| behind.starts_with(['/', '|'])) && text::has(place, "/ets/")
}

/// A function without a name, by its place alone: `https://host/js/orbit.js:5:685516`, `index.android.bundle:5:685516`.
pub(super) fn address(line: &str) -> Option<Frame<'_>> {
    let (file, number) = text::file_line(line);
    let columns = line
        .rsplit(':')
        .take(2)
        .all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    let script = text::has(file, ".js") || file.ends_with(".bundle");
    let script = script && !file.contains([' ', '@', '(']);
    (columns && number.is_some() && script).then(|| Frame {
        file: Some(file),
        line: number,
        language: Language::Script,
        ..Frame::default()
    })
}

/// Safari's console, copied: `(anonymous function) (dock.js:429)`, `open (dock.js:510)`.
pub(super) fn safari(line: &str) -> Option<Frame<'_>> {
    let (name, place) = text::last_group(line, b'(', b')')?;
    let name = name.strip_suffix(' ')?;
    let (file, number) = text::file_line(place);
    let anonymous = name == "(anonymous function)";
    let fits =
        number.is_some() && is_script(file, place) && (anonymous || !name.contains([' ', '(']));
    fits.then(|| Frame {
        function: named(name).filter(|_| !anonymous),
        file: Some(file),
        line: number,
        language: Language::Script,
        ..Frame::default()
    })
}

/// A row of V8's own view of a heap that is full, behind its number:
/// `fire [00000109C2E0] [C:\orbit\ship.js:~979] [pc=0000013D](this=0x00ea <JSGlobal Object>,…)`.
pub(super) fn v8(rest: &str) -> Option<Frame<'_>> {
    let (row, _) = text::split_once(rest, "(this=")?;
    let row = row.strip_prefix("builtin exit frame: ").unwrap_or(row);
    let (name, mut places) = match text::find(row, " [") {
        Some(at) => row.split_at(at),
        None => (row, ""),
    };
    let name = name.split_once("(aka ").map_or(name, |(name, _)| name);
    let name = name.trim().trim_end_matches("(/* anonymous */)");
    let mut frame = Frame {
        function: named(name).filter(|name| *name != "/* anonymous */"),
        language: Language::Script,
        ..Frame::default()
    };
    while let Some((inner, behind)) = places
        .strip_prefix(" [")
        .and_then(|inner| inner.split_once(']'))
    {
        if let Some((file, line)) = inner.rsplit_once(':')
            && let Ok(line) = line.trim_start_matches('~').parse()
        {
            (frame.file, frame.line) = (Some(file), Some(line));
        }
        places = behind;
    }
    Some(frame)
}

/// A name as a compiler spelled it: of C++, or of IL2CPP with its number behind, `_Ship_Fire_m846962723`.
fn is_compiled(name: &str) -> bool {
    name.starts_with("__Z")
        || name.starts_with("_Z")
        || name.starts_with('_')
            && name.rsplit_once("_m").is_some_and(|(_, number)| {
                number.len() >= 8 && number.bytes().all(|byte| byte.is_ascii_hexdigit())
            })
}

/// `orbit.wasm:Vault_Open (wasm-function[223]:0x1a2b3c)`, `orbit.wasm:wasm-function[12345]:0x4f1a20`.
fn web_assembly<'a>(function: &'a str, place: &'a str) -> Option<Frame<'a>> {
    let place = place.strip_prefix('<').unwrap_or(place);
    let at = text::find(place, "wasm-function[")?;
    let close = at + place[at..].find(']')?;
    let offset = text::hex(
        place[close + 1..]
            .trim_start_matches(':')
            .trim_end_matches('>'),
    );
    // Rust's names have the module in front: `orbit_bg.wasm.orbit::Vault::open`.
    let function = function
        .split_once(".wasm.")
        .map_or(function, |(_, name)| name);
    let (module, name) = match text::rsplit_once(function, ".wasm:") {
        Some((front, name)) => (Some(&function[..front.len() + 5]), name),
        None => (
            place[..at]
                .strip_suffix(':')
                .filter(|module| text::has(module, ".wasm")),
            function,
        ),
    };
    // What was compiled keeps its name, as its compiler spelled it.
    let compiled = name.starts_with("__Z")
        || name.starts_with("_Z")
        || text::has(name, "_m")
        || text::has(name, "::") && name.ends_with([')', 't']);
    Some(Frame {
        function: named(name).or(Some(&place[at..=close])),
        module,
        offset,
        language: if compiled {
            Language::Native
        } else {
            Language::Script
        },
        ..Frame::default()
    })
}

/// `SpiderMonkey` marks functions without a name by where they stand: `Bay.find/<`, `open/</<`.
fn is_lambda(name: &str) -> bool {
    let mut parts = name.split('<');
    let first = parts.next().unwrap_or_default();
    !name.contains([' ', ':', '>'])
        && !first.is_empty()
        && parts.all(|part| part.is_empty() || part == "/" || part.starts_with('/'))
}

/// `JavaScriptCore` and Hermes: `tick@assets/main/index.js:12:3`, `@src/app.js:1:2`, `onFire@1650:1204`, `apply@-1`;
/// Cocos numbers them: `[0]Ship.fire@src/game.js:10`.
pub(super) fn at_sign(line: &str) -> Option<Frame<'_>> {
    let numbered = line.strip_prefix('[').and_then(|rest| {
        let (_, rest) = text::digits(rest)?;
        rest.strip_prefix(']')
    });
    let line = numbered.unwrap_or(line);
    let at = memrchr(b'@', line.as_bytes())?;
    let (function, place) = (&line[..at], line[at + 1..].trim_end_matches(')'));
    if function.ends_with([' ', '\t']) && place.starts_with([' ', '\t']) {
        return consoles::spaced(function.trim_end(), place.trim_start());
    }
    // Firefox: `orbit.wasm.orbit::Vault::open@http://host/orbit.wasm:wasm-function[19958]:0x237b1ad`.
    // Where the page made it: `@blob:http://host/1f2e line 3 > WebAssembly.instantiate:wasm-function[927]:0x89709`.
    if text::has(place, ".wasm:wasm-function[")
        || place.starts_with(":wasm-function[")
        || text::has(place, "WebAssembly.instantiate:wasm-function[")
    {
        let place = text::rsplit_once(place, " > ").map_or(place, |(_, place)| place);
        return web_assembly(function, place);
    }
    // A property's: `get TextInput@1:103370`.
    let plain = ["get ", "set "]
        .iter()
        .find_map(|kind| function.strip_prefix(kind))
        .unwrap_or(function);
    if plain.contains([' ', '<', ':'])
        && !is_lambda(plain)
        && !matches!(
            plain,
            "global code" | "<unknown>" | "<anonymous>" | "<global>"
        )
        && !function.ends_with("address at")
        && !text::has(function, " (address at")
    {
        return None;
    }
    if let Some(frame) = bundle(function, place) {
        return Some(frame);
    }
    if place == "[native code]" && !function.is_empty() && !function.contains(' ') {
        return Some(Frame {
            function: named(function),
            language: Language::Script,
            ..Frame::default()
        });
    }
    let (mut file, mut number) = text::file_line(place);
    // Who pasted a list may have hit a key: `[9]tick@jsb-adapter/jsb-builtin.js:2156s`.
    if numbered.is_some()
        && number.is_none()
        && let Some(place) = place.strip_suffix(|c: char| c.is_ascii_alphabetic())
    {
        (file, number) = text::file_line(place);
    }
    // What Cocos evaluated from a text: `anonymous@(no filename):0`.
    let nowhere = file == "(no filename)";
    let known = nowhere || file.len() < place.len() && is_script(file, place);
    if number.is_none() || !known || function.len() > 200 {
        return None;
    }
    Some(Frame {
        function: named(function).filter(|name| nowhere || *name != "anonymous"),
        file: Some(file).filter(|_| !nowhere),
        line: number.filter(|_| !nowhere),
        language: Language::Script,
        ..Frame::default()
    })
}

/// A bundle's own positions: segment and column, `1650:1204`, or `-1` where there is none. They need a function's name.
fn bundle<'a>(function: &'a str, place: &'a str) -> Option<Frame<'a>> {
    let (first, second) = place.split_once(':').unwrap_or((place, "0"));
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let position = number(first) && number(second) && place.contains(':');
    if !position && place != "-1" {
        return None;
    }
    let function = function.split(" (").next().unwrap_or(function);
    let bare = ["get ", "set "]
        .iter()
        .find_map(|kind| function.strip_prefix(kind))
        .unwrap_or(function);
    // Without a name where the module itself runs: `@52:156`, `global code@472:3`.
    let plain = bare == "global code"
        || bare.is_empty() && position
        || !bare.is_empty()
            && bare
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_$.<>?[]".contains(&byte));
    plain.then(|| Frame {
        function: named(function).filter(|name| *name != "anonymous"),
        file: Some(place).filter(|_| position),
        language: Language::Script,
        ..Frame::default()
    })
}

/// Ludei's player: `dock.js at 586:1`.
pub(super) fn at_position(line: &str) -> Option<Frame<'_>> {
    let (file, place) = text::split_once(line, " at ")?;
    let (number, column) = place.split_once(':')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = !file.contains(' ') && digits(number) && digits(column) && is_script(file, line);
    fits.then(|| Frame {
        file: Some(file),
        line: number.parse().ok(),
        language: Language::Script,
        ..Frame::default()
    })
}

/// Perl: `Orbit::Dock::open("bay", 7) called at /srv/bin/land.pl line 12`; Symfony's console:
/// `Orbit\Dock->open() at /srv/src/Main.php:7`.
pub(super) fn perl(line: &str) -> Option<Frame<'_>> {
    let (call, place) = text::rsplit_once(line, " at ")?;
    let (call, (file, number)) = match call.strip_suffix(" called") {
        Some(call) => {
            let (file, number) = text::split_once(place, " line ")?;
            let (number, rest) = text::digits(number)?;
            (call, (file, rest.is_empty().then(|| number.parse().ok())?))
        }
        None if call.ends_with("()") && text::has(place, ".php:") => (call, text::file_line(place)),
        None => return None,
    };
    let name = call.split('(').next().unwrap_or(call);
    (number.is_some() && !name.is_empty() && !name.contains(' ')).then_some(Frame {
        function: Some(name),
        file: Some(file),
        line: number,
        language: Language::Script,
        ..Frame::default()
    })
}

/// Code that a host gave to an engine as a text, under a name without an ending: `chunk:4:44`, `open (chunk:4:44)`.
pub(super) fn chunk(rest: &str) -> Option<Frame<'_>> {
    let (function, place) = match text::last_group(rest, b'(', b')') {
        Some((function, place)) => (function.strip_suffix(' ')?, place),
        None => ("", rest),
    };
    let (front, column) = place.rsplit_once(':')?;
    let (name, line) = front.rsplit_once(':')?;
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let fits = number(column)
        && number(line)
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(plain)
        && !function.contains(' ');
    let line = line.parse().ok().filter(|_| fits)?;
    Some(Frame {
        function: named(function),
        file: Some(name),
        line: Some(line),
        language: Language::Script,
        ..Frame::default()
    })
}

/// Metro's consoles, the place first: `src/dock.js:31:7 in open`, `[native code]:null in callFunction`, `src/dock.js:31:7 in <anonymous>`.
pub(super) fn place_first(rest: &str) -> Option<Frame<'_>> {
    let (place, name) = text::split_once(rest, " in ")?;
    let native = matches!(place, "[native code]:null" | "native");
    let (file, line) = text::file_line(place);
    let known = native || line.is_some() && is_script(file, place);
    let name = name.trim();
    // A sentence goes on with more words.
    let plain = ["async ", "get ", "set ", "new "]
        .iter()
        .find_map(|kind| name.strip_prefix(kind))
        .unwrap_or(name);
    (known && !plain.is_empty() && !plain.contains(' ')).then(|| Frame {
        function: named(name).filter(|name| !matches!(*name, "<anonymous>" | "anonymous")),
        file: Some(file).filter(|_| !native),
        line: line.filter(|_| !native),
        language: Language::Script,
        ..Frame::default()
    })
}

/// Whether a file is a script's by its ending.
pub(super) fn is_file(file: &str) -> bool {
    [".js", ".ts"].iter().any(|end| file.ends_with(end))
}

/// A script's file ends in `.js` and the like, or carries line and column.
fn is_script(file: &str, place: &str) -> bool {
    if file.len() == place.len() || file.contains(' ') && !file.contains(['/', '\\']) {
        return false;
    }
    // Development servers add a version: `phaser.js?v=71e869a5`.
    let file = file.split('?').next().unwrap_or(file);
    [
        ".js", ".mjs", ".cjs", ".ts", ".tsx", ".jsc", ".jsx", ".dart", ".bundle", ".ets", ".abc",
        ".hbc", ".vue", ".lua.txt",
    ]
    .iter()
    .any(|end| file.ends_with(end))
        || [
            "http", "file:", "blob:", "webpack", "node:", "package:", "dart:",
        ]
        .iter()
        .any(|start| file.starts_with(start))
        || file == "<anonymous>"
        || file.ends_with(".jsbundle")
}

#[cfg(test)]
mod tests {
    use super::super::read as script_frame;

    #[test]
    fn the_forms_script_engines_print() {
        let cases = [
            (
                "at Battle.tick (assets/main/index.js:1:234)",
                Some("Battle.tick"),
                Some("assets/main/index.js"),
                Some(1),
            ),
            ("at async src/app.js:5:2", None, Some("src/app.js"), Some(5)),
            (
                "tick@assets/main/index.js:12:3",
                Some("tick"),
                Some("assets/main/index.js"),
                Some(12),
            ),
            (
                "#0      Hud.build (package:starfall/hud.dart:5:3)",
                Some("Hud.build"),
                Some("package:starfall/hud.dart"),
                Some(5),
            ),
        ];
        for (line, function, file, number) in cases {
            let frame = script_frame(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(
                (frame.function, frame.file, frame.line),
                (function, file, number),
                "{line}"
            );
        }
    }

    #[test]
    fn messages_are_not_frames() {
        for line in [
            "mail me@starfall.example",
            "at last (we won)",
            "at dock.js:31 in the morning",
            "at noon in dock.js:31",
        ] {
            assert_eq!(script_frame(line), None, "{line}");
        }
    }
}
