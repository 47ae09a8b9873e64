//! Scripts inside a game: Lua, JavaScript and TypeScript, Dart.

use memchr::memrchr;

use super::super::frame::{Frame, Language};
use super::super::text;
use super::native::named;

/// `Scripts/battle.lua:12: in function 'Tick'`, `[C]: in function 'error'`, `[string "Battle"]:7: in main chunk`.
pub(super) fn lua(line: &str) -> Option<Frame<'_>> {
    let (place, what) = match line.find(": in ") {
        Some(at) => (&line[..at], &line[at + 5..]),
        None => line
            .split_once(": at 0x")
            .filter(|(place, _)| *place == "[C]")?,
    };
    let (place, number) = text::file_line(place);
    let file = match place {
        "[C]" | "=[C]" => None,
        _ => Some(
            place
                .strip_prefix("[string \"")
                .and_then(|rest| rest.strip_suffix("\"]"))
                .unwrap_or(place),
        ),
    };
    if file.is_some() && number.is_none() {
        return None;
    }
    let module = file.is_none().then_some("[C]");
    Some(Frame {
        function: lua_name(what),
        module,
        file,
        line: number,
        language: Language::Lua,
        ..Frame::default()
    })
}

/// `function 'Tick'`, `upvalue 'f'`, `main chunk`, `?`.
fn lua_name(what: &str) -> Option<&str> {
    if what.starts_with("main chunk") {
        return Some("main chunk");
    }
    // Lua 5.1 quotes `like this', later ones 'like this'.
    // `function <a.lua:10>` has no name, only the place where it begins.
    let from = what.find(['\'', '`'])?;
    let rest = &what[from + 1..];
    let to = rest.find('\'').unwrap_or(rest.len());
    named(&rest[..to])
}

/// `(...tail calls...)`, `(tail call): ?`: Lua forgot who called.
pub(super) fn tail_call(line: &str) -> Option<Frame<'_>> {
    let known = line.starts_with("(...tail call") || line.starts_with("(tail call)");
    known.then(|| Frame {
        language: Language::Lua,
        module: Some("[C]"),
        ..Frame::default()
    })
}

/// Behind `at`, or behind Dart's number: `Battle.tick (assets/main/index.js:1:234)`, `src/app.js:1:2`.
pub(super) fn javascript(rest: &str) -> Option<Frame<'_>> {
    let rest = rest.strip_prefix("async ").unwrap_or(rest);
    let (function, place) = match text::last_group(rest, b'(', b')') {
        Some((function, place)) if function.ends_with(' ') => (function.trim_end(), place),
        Some(_) => return None,
        None => ("", rest),
    };
    let (file, line) = text::file_line(place);
    if !is_script(file, place) && !matches!(place, "native" | "<anonymous>") {
        return None;
    }
    let file = line.is_some().then_some(file);
    Some(Frame {
        function: named(function),
        file,
        line,
        language: Language::Script,
        ..Frame::default()
    })
}

/// `JavaScriptCore`: `tick@assets/main/index.js:12:3`, `@src/app.js:1:2`.
pub(super) fn at_sign(line: &str) -> Option<Frame<'_>> {
    let at = memrchr(b'@', line.as_bytes())?;
    let (function, place) = (&line[..at], &line[at + 1..]);
    let (file, number) = text::file_line(place);
    if number.is_none() || !is_script(file, place) || function.len() > 200 {
        return None;
    }
    Some(Frame {
        function: named(function),
        file: Some(file),
        line: number,
        language: Language::Script,
        ..Frame::default()
    })
}

/// A script's file ends in `.js` and the like, or carries line and column.
fn is_script(file: &str, place: &str) -> bool {
    if file.len() == place.len() || file.contains(' ') && !file.contains('/') {
        return false;
    }
    [
        ".js", ".mjs", ".cjs", ".ts", ".tsx", ".jsc", ".jsx", ".dart", ".bundle",
    ]
    .iter()
    .any(|end| file.ends_with(end))
        || ["http", "file:", "webpack", "node:", "package:", "dart:"]
            .iter()
            .any(|start| file.starts_with(start))
        || file == "<anonymous>"
}

#[cfg(test)]
mod tests {
    use super::super::read;

    #[test]
    fn the_forms_script_engines_print() {
        let cases = [
            (
                "Scripts/battle.lua:12: in function 'Battle.tick'",
                Some("Battle.tick"),
                Some("Scripts/battle.lua"),
                Some(12),
            ),
            ("[C]: in function 'error'", Some("error"), None, None),
            ("[C]: in ?", None, None, None),
            (
                "...ts/ui/shop.lua:9: in upvalue 'buy'",
                Some("buy"),
                Some("...ts/ui/shop.lua"),
                Some(9),
            ),
            (
                "[string \"Battle\"]:7: in main chunk",
                Some("main chunk"),
                Some("Battle"),
                Some(7),
            ),
            (
                "x.lua:3: in function <x.lua:1>",
                None,
                Some("x.lua"),
                Some(3),
            ),
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
            let frame = read(line).unwrap_or_else(|| panic!("{line}"));
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
            "Scripts/battle.lua:12: attempt to index a nil value (field 'hp')",
            "mail me@starfall.example",
            "at last (we won)",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
