//! Lua: `Scripts/battle.lua:12: in function 'Tick'`, `[C]: in ?`, with and without line numbers.

use super::shared::named;
use crate::frame::{Frame, Language};
use crate::text;

/// Reads one line of a `stack traceback:`.
pub(super) fn read(line: &str) -> Option<Frame<'_>> {
    // Blizzard's report: `Stack: Interface/AddOns/Orbit/Ship.lua:31: in function `fire'`.
    let line = line.strip_prefix("Stack: ").unwrap_or(line);
    if let Some(frame) = tail_call(line) {
        return Some(frame);
    }
    if matches!(
        line,
        "[C]"
            | "[C]: ?"
            | "[C]:-1: ?"
            | "[C]:-1: in ?"
            | "[C]: in ?"
            | "=[C]: ?"
            | "=[C]: in ?"
            | "[string \"=[C]\"]: ?"
    ) {
        return Some(Frame {
            language: Language::Lua,
            module: Some("[C]"),
            ..Frame::default()
        });
    }
    if let Some(frame) = kind_in_brackets(line)
        .or_else(|| chunk_alone(line))
        .or_else(|| called(line))
    {
        return Some(frame);
    }
    let (place, what) = match text::find(line, ": in ") {
        Some(at) => (&line[..at], &line[at + 5..]),
        None => text::split_once(line, ": at 0x")
            .filter(|(place, _)| *place == "[C]" || place.starts_with("[builtin"))?,
    };
    // Defold gives C's functions a line, too: `[C]:-1: in function __sub`.
    let place = place.strip_suffix(":-1").unwrap_or(place);
    let (place, number) = text::file_line(place);
    let chunk = place
        .strip_prefix("[string \"")
        .and_then(|rest| rest.strip_suffix("\"]"));
    let file = match place {
        "[C]" | "=[C]" => None,
        // LuaJIT prints builtin functions as `[builtin#29]`.
        _ if place.starts_with("[builtin") => None,
        _ => Some(chunk.unwrap_or(place)),
    };
    // Without a line only a chunk's name in quotes, or what follows, makes it a frame.
    let plain = file.is_none()
        || number.is_some()
        || chunk.is_some()
        || is_function(what) && !place.contains(' ');
    if !plain {
        return None;
    }
    Some(Frame {
        function: function(what),
        module: file.is_none().then_some("[C]"),
        file,
        line: number,
        language: Language::Lua,
        ..Frame::default()
    })
}

/// The rows of games' own handlers: `File 'lib/dock.lua', line 12, in function 'open'`, `… in call to main chunk`.
pub(super) fn row(line: &str) -> Option<Frame<'_>> {
    let (file, rest) = text::split_once(line.strip_prefix("File '")?, "', line ")?;
    let (number, rest) = text::digits(rest)?;
    let what = rest.trim_start_matches([',', ' ']);
    let what = what.strip_prefix("in ").unwrap_or(what);
    Some(Frame {
        function: function(what.strip_prefix("call to ").unwrap_or(what)),
        file: Some(file),
        line: number.parse().ok(),
        language: Language::Lua,
        ..Frame::default()
    })
}

/// Behind a number: `lib/dock.lua:26 in anonymous function()`, `lib/dock.lua:31 in function open()`.
pub(super) fn numbered(rest: &str) -> Option<Frame<'_>> {
    let (place, what) = text::split_once(rest, " in ")?;
    let (file, line) = text::file_line(place);
    if line.is_none() || !text::has(file, ".lua") || file.contains(' ') {
        return None;
    }
    let what = what.trim_start();
    let name = ["function ", "method ", "local ", "upvalue ", "field "]
        .iter()
        .find_map(|kind| what.strip_prefix(kind))
        .unwrap_or(what);
    let name = name.split('(').next().unwrap_or(name);
    let name = name.trim_matches(['\'', '`', '"', ' ']);
    Some(Frame {
        function: named(name).filter(|name| !name.starts_with("anonymous")),
        file: Some(file),
        line,
        language: Language::Lua,
        ..Frame::default()
    })
}

/// Lua 4, behind a number: `method `open' at line 31 [file `dock.lua']`, `function <20:file `dock.lua'> at line 31`,
/// `main of file `dock.lua' at line 7`, `function `dofile' [C]`.
pub(super) fn of_four(rest: &str) -> Option<Frame<'_>> {
    let bytes = rest.as_bytes();
    let (b'f' | b'm' | b'`', b']' | b'0'..=b'9' | b'\'') = (bytes.first()?, bytes.last()?) else {
        return None;
    };
    let (front, chunk) = match text::last_group(rest, b'[', b']') {
        Some((front, chunk)) => (front.trim_end(), Some(chunk)),
        None => (rest, None),
    };
    let (what, line) = match text::rsplit_once(front, " at line ") {
        Some((what, line)) => (what, Some(line.parse().ok()?)),
        None => (front, None),
    };
    // A function without a name, and the text that was run, have their chunk in the name's place.
    let begun = what
        .strip_prefix("function <")
        .and_then(|what| text::digits(what.strip_suffix('>')?)?.1.strip_prefix(':'));
    let main = what.strip_prefix("main of ");
    let chunk = chunk.or(begun).or(main)?;
    if chunk == "C" {
        let name = what
            .strip_prefix("function `")
            .and_then(|name| name.strip_suffix('\''))?;
        return Some(Frame {
            function: named(name),
            language: Language::Lua,
            module: Some("[C]"),
            ..Frame::default()
        });
    }
    let quoted = |kind: &str, close: char| chunk.strip_prefix(kind)?.strip_suffix(close);
    let file = quoted("file `", '\'').or_else(|| quoted("string \"", '"'))?;
    let name = match (begun, main) {
        (None, None) => Some(text::after(what, "`", b"'")?),
        (_, main) => main.map(|_| "main chunk"),
    };
    Some(placed(name, file, line))
}

/// StackTracePlus, of many games' own handlers: `(3) Lua method 'open' at file 'dock.lua:34' (from mod with id orbit)`,
/// `(4) main chunk of file 'main.lua' at line 878`, `(5) global C function 'require'`, `(6) Lua field 'run' at line 7 of chunk 'a'`.
pub(super) fn listed(line: &str) -> Option<Frame<'_>> {
    let (_, rest) = text::digits(line.strip_prefix('(')?)?;
    let rest = rest.strip_prefix(") ")?.trim();
    let quoted = |text: &'static str| text::after(rest, text, b"'");
    let native = Frame {
        language: Language::Lua,
        module: Some("[C]"),
        ..Frame::default()
    };
    if rest == "tail call" {
        return Some(native);
    }
    if let Some(chunk) = rest.strip_prefix("main chunk of ") {
        let (chunk, number) = text::split_once(chunk, " at line ")?;
        let file = chunk.strip_prefix("[string \"").map_or_else(
            || text::after(chunk, "file '", b"'"),
            |name| name.strip_suffix("\"]"),
        )?;
        let line = text::digits(number)?.0.parse().ok();
        return Some(placed(rest.get(..10), file, line));
    }
    let (kind, _) = text::word(rest);
    if kind == "C" || text::word(rest[kind.len()..].trim_start()).0 == "C" {
        let name = quoted("C function '")?;
        return Some(Frame {
            function: named(name).filter(|name| !name.starts_with("function: ")),
            ..native
        });
    }
    if !matches!(kind, "Lua" | "LÖVE") {
        return None;
    }
    let (what, behind) = text::split_once(rest, " at ")?;
    let name = text::after(what, "'", b"'").and_then(named);
    let name = name.filter(|name| !name.starts_with('('));
    if let Some(file) = text::after(behind, "file '", b"'") {
        let (file, line) = text::file_line(file);
        return Some(placed(name, file, line));
    }
    let (number, chunk) = text::digits(behind.strip_prefix("line ")?)?;
    let chunk = chunk.strip_prefix(" of chunk ")?;
    let file = chunk.trim_matches(['\'', '"']);
    Some(placed(name, file, number.parse().ok()))
}

fn placed<'a>(function: Option<&'a str>, file: &'a str, line: Option<u32>) -> Frame<'a> {
    Frame {
        function,
        file: Some(file),
        line,
        language: Language::Lua,
        ..Frame::default()
    }
}

/// Klei's games: `scripts/dock.lua:31 in (method) Open (Lua) <20-40>`, `=[C]:-1 in (field) fire (C) <-1--1>`.
fn kind_in_brackets(line: &str) -> Option<Frame<'_>> {
    let (place, rest) = text::split_once(line, " in (")?;
    let (kind, rest) = rest.split_once(") ")?;
    let name = [" (Lua)", " (C)"]
        .iter()
        .find_map(|mark| text::split_once(rest, mark))?
        .0;
    if kind.contains(' ') {
        return None;
    }
    let (file, number) = text::file_line(place);
    let native = place.starts_with("=[C]");
    (native || number.is_some()).then(|| Frame {
        function: named(name),
        module: native.then_some("[C]"),
        file: Some(file).filter(|_| !native),
        line: number.filter(|_| !native),
        language: Language::Lua,
        ..Frame::default()
    })
}

/// Error windows of add-ons: `[string "@Orbit/dock.lua"]:31: open()`, `[string "@Orbit/dock.lua"]:8:`.
fn chunk_alone(line: &str) -> Option<Frame<'_>> {
    let (file, rest) = text::split_once(line.strip_prefix("[string \"@")?, "\"]:")?;
    let (number, rest) = text::digits(rest)?;
    let name = rest.strip_prefix(':')?.trim();
    let called = name.strip_suffix("()");
    let fits = name.is_empty() || called.is_some_and(|name| !name.contains(' '));
    fits.then(|| Frame {
        function: called.and_then(named),
        file: Some(file),
        line: number.parse().ok(),
        language: Language::Lua,
        ..Frame::default()
    })
}

/// An add-on's report: `Orbit/dock.lua:31: Open()`, `[C]: Hide()`.
fn called(line: &str) -> Option<Frame<'_>> {
    let (place, name) = text::rsplit_once(line.strip_suffix("()")?, ": ")?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':');
    if name.is_empty() || !name.bytes().all(plain) {
        return None;
    }
    let native = Frame {
        function: named(name),
        module: Some("[C]"),
        language: Language::Lua,
        ..Frame::default()
    };
    if place == "[C]" {
        return Some(native);
    }
    let (file, line) = text::file_line(place);
    let known = line.is_some() && text::has(file, ".lua");
    known.then(|| placed(named(name), file, line))
}

/// Roblox: `Orbit.Packages.Pack:100 function parse`.
pub(super) fn dotted(line: &str) -> Option<Frame<'_>> {
    let (place, name) = text::split_once(line, " function ")?;
    let (file, number) = text::file_line(place);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    let fits = number.is_some()
        && file.contains('.')
        && file.bytes().all(plain)
        && !name.is_empty()
        && name.bytes().all(plain);
    fits.then(|| placed(named(name), file, number))
}

/// GIANTS' engine: `=C:/mods/orbit/dock.lua (35) : link`, `dataS/scripts/Vehicle.lua (30)`, in newer games
/// `=dataS/scripts/Vehicle.lua:30 link`. Of what is no script it prints no line, but -1 without its sign: `=[C] (4294967295) : xpcall`.
pub(super) fn giants(line: &str) -> Option<Frame<'_>> {
    if let Some(rest) = line.strip_prefix("=[C]") {
        let (_, rest) = text::digits(rest.strip_prefix(" (").or(rest.strip_prefix(':'))?)?;
        let name = rest.trim_start_matches(')').trim_start_matches([' ', ':']);
        return (!name.contains(' ')).then_some(Frame {
            function: named(name),
            module: Some("[C]"),
            language: Language::Lua,
            ..Frame::default()
        });
    }
    let newer = || {
        let (file, rest) = text::split_once(line.strip_prefix('=')?, ".lua:")?;
        let file = &line[1..1 + file.len() + ".lua".len()];
        let (number, name) = text::digits(rest)?;
        let apart = name.is_empty() || name.starts_with(' ');
        let name = name.trim();
        let fits = apart && !name.contains(' ') && file.contains(['/', '\\']);
        fits.then(|| placed(named(name), file, number.parse().ok()))
    };
    if let Some(frame) = newer() {
        return Some(frame);
    }
    let at = text::find(line, ".lua (")? + ".lua".len();
    let (file, rest) = line.split_at(at);
    let (number, rest) = text::digits(rest.strip_prefix(" (")?)?;
    let name = match rest.strip_prefix(')')? {
        "" => "",
        rest => rest.strip_prefix(" : ")?,
    };
    let file = file.strip_prefix('=').unwrap_or(file);
    let fits = !name.contains(' ') && (file.contains('/') || file.contains('\\'));
    fits.then(|| placed(named(name), file, number.parse().ok()))
}

/// A place alone between such rows: `Orbit/dock.lua:17:`, `[string "*:OnClick"]:4:`, by hand `data/dock.lua:17`.
pub(crate) fn place_alone(line: &str) -> Option<Frame<'_>> {
    let (file, number) = text::file_line(line.strip_suffix(':').unwrap_or(line));
    let chunk = file
        .strip_prefix("[string \"")
        .and_then(|rest| rest.strip_suffix("\"]"));
    let known = number.is_some() && (text::has(file, ".lua") || chunk.is_some());
    known.then(|| Frame {
        raw: line,
        ..placed(None, chunk.unwrap_or(file), number)
    })
}

fn is_function(what: &str) -> bool {
    [
        "function '",
        "function `",
        "function \"",
        "function <",
        "method '",
        "method `",
        "upvalue '",
        "upvalue `",
        "local '",
        "local `",
        "field '",
        "field `",
        "main chunk",
    ]
    .iter()
    .any(|start| what.starts_with(start))
}

/// `function 'Tick'`, `upvalue 'f'`, `main chunk`, `?`.
fn function(what: &str) -> Option<&str> {
    if what.starts_with("main chunk") {
        return Some("main chunk");
    }
    // Lua 5.1 quotes `like this', later ones 'like this'.
    // `function <a.lua:10>` has no name, only the place where it begins.
    let from = match what.find(['\'', '`']) {
        None if what.starts_with("function \"") => what.find('"')?,
        None => return unquoted(what),
        Some(from) => from,
    };
    let (mark, rest) = what[from..].split_at(1);
    let close = if mark == "\"" { '"' } else { '\'' };
    let to = rest.find(close).unwrap_or(rest.len());
    named(&rest[..to])
}

/// Some hosts leave the quotes out: `function open`, `method Dock:open`.
fn unquoted(what: &str) -> Option<&str> {
    let (kind, name) = what.trim_end().rsplit_once(' ')?;
    let known = matches!(
        kind,
        "function"
            | "method"
            | "local"
            | "upvalue"
            | "field"
            | "global"
            | "metamethod"
            | "local function"
            | "global function"
    );
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':');
    named(name).filter(|name| known && name.bytes().all(plain))
}

/// `(...tail calls...)`, `(tail call): ?`: Lua forgot who called.
fn tail_call(line: &str) -> Option<Frame<'_>> {
    let known = line.starts_with("(...tail call") || line.starts_with("(tail call)");
    known.then(|| Frame {
        language: Language::Lua,
        function: text::after(line, "(", b")"),
        ..Frame::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_lua() {
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
                "[string \"game.ship\"]: in function 'remove'",
                Some("remove"),
                Some("game.ship"),
                None,
            ),
            ("[C]: ?", None, None, None),
            (
                "ship_main:64: in function <ship_main:51>",
                None,
                Some("ship_main"),
                Some(64),
            ),
        ];
        for (line, name, file, number) in cases {
            let frame = read(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(
                (frame.function, frame.file, frame.line),
                (name, file, number),
                "{line}"
            );
        }
        for (line, name, file, number) in [
            (
                "(3) Lua method 'open' at file 'dock.lua:34' (from mod with id orbit)",
                Some("open"),
                Some("dock.lua"),
                Some(34),
            ),
            (
                "(8) Lua function '?' at Steamodded file 'src/x.lua:35'  (best guess)",
                None,
                Some("src/x.lua"),
                Some(35),
            ),
            (
                "(4) main chunk of file 'main.lua' at line 878",
                Some("main chunk"),
                Some("main.lua"),
                Some(878),
            ),
            ("(6) global C function 'xpcall'", Some("xpcall"), None, None),
            ("(3)  C function 'function: 0x0c8f2780'", None, None, None),
            (
                "(9) Lua field 'run' at line 7 of chunk '\"a\"'",
                Some("run"),
                Some("a"),
                Some(7),
            ),
        ] {
            let frame = listed(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(
                (frame.function, frame.file, frame.line),
                (name, file, number),
                "{line}"
            );
        }
        for line in [
            "Scripts/battle.lua:12: attempt to index a nil value (field 'hp')",
            "noted: in short, it broke",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
