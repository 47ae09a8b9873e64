//! Runtimes that games and their servers are made with besides the common ones: Wine, Valgrind, PHP, Ruby, Erlang and
//! Zig, GameMaker, Roblox, Defold, Atmosphère, and browsers' consoles.

use super::apple;
use super::shared::{is_unreadable, named, path_of};
use crate::frame::{Frame, Language};
use crate::text;

/// Behind a number, an address and more: Wine's and Defold's frames.
pub(super) fn counted(rest: &str) -> Option<Frame<'_>> {
    let (address, rest) = text::word(rest);
    let address = text::hex(address.strip_prefix("0x").or(address.strip_prefix("0X"))?)?;
    wine(address, rest).or_else(|| defold(address, rest))
}

/// Wine's debugger: `Ship_Fire+0x55(slot=0x3) [/src/ship.cpp:244] in orbit (0x0012f9d8)`, `in orbit (+0xd9204) (0x0012f9a8)`,
/// `(0x0032d008)`: the frame's own address stands at the end.
fn wine(address: u64, rest: &str) -> Option<Frame<'_>> {
    if let Some(module) = cut_in_wine(rest) {
        return Some(Frame {
            address: Some(address),
            module: Some(module),
            ..Frame::default()
        });
    }
    let (front, base) = text::last_group(rest, b'(', b')')?;
    let base = base.strip_prefix("0x").unwrap_or(base);
    if base.len() < 8 || text::hex(base).is_none() || !rest.ends_with(')') {
        return None;
    }
    let front = front.trim_end();
    let mut frame = Frame {
        address: Some(address),
        ..Frame::default()
    };
    let Some((front, module)) = front
        .rsplit_once(" in ")
        .or_else(|| front.strip_prefix("in ").map(|module| ("", module)))
    else {
        return front.is_empty().then_some(frame);
    };
    match text::last_group(module, b'(', b')') {
        Some((module, offset)) if offset.starts_with("+0x") => {
            frame.module = Some(module.trim_end());
            frame.offset = text::hex(&offset[3..]);
        }
        _ => frame.module = Some(module),
    }
    let mut symbol = front.trim();
    if let Some((shorter, place)) = text::last_group(symbol, b'[', b']') {
        let (file, line) = text::file_line(place);
        (frame.file, frame.line) = (path_of(file), line);
        symbol = shorter.trim_end();
    }
    let name = text::split_once(symbol, "+0x").map_or(symbol, |(name, _)| name);
    // Without symbols the nearest exported one stands in, or the module's entry.
    frame.function = named(name).filter(|name| *name != "EntryPoint");
    Some(frame)
}

/// The module of a row without symbols that the text ends inside of: `in orbit (+0xd92`, `in orbit (+0xd9204) (0x0012`.
fn cut_in_wine(rest: &str) -> Option<&str> {
    let (module, place) = text::split_once(rest.strip_prefix("in ")?, " (+")?;
    let plain = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b'x' | b')' | b'(' | b' ');
    (!place.ends_with(')') && !module.is_empty() && place.bytes().all(plain)).then_some(module)
}

/// Defold: `dmCrash::GenerateCallstack D:\engine\backtrace_win32.cpp:144`, `lua_setfield <unknown>:0`.
fn defold(address: u64, rest: &str) -> Option<Frame<'_>> {
    let (name, file, line) = if let Some(name) = rest.strip_suffix(" <unknown>:0") {
        (name, None, None)
    } else {
        let (front, line) = text::file_line(rest);
        line?;
        // The path begins with a root or a drive.
        let at = text::find(front, " /").or_else(|| {
            front
                .find(":\\")
                .and_then(|at| front[..at].rfind(' ').filter(|blank| blank + 2 == at))
        })?;
        (&front[..at], Some(&front[at + 1..]), line)
    };
    (!name.is_empty() && name.len() < 400).then_some(Frame {
        function: named(name),
        file,
        line: line.filter(|_| file.is_some()),
        address: Some(address),
        ..Frame::default()
    })
}

/// Wine's first frame: `=>0 0x004d9204 in orbit (+0xd9204) (0x0012f9a8)`.
pub(super) fn arrow(line: &str) -> Option<Frame<'_>> {
    let (_, rest) = text::digits(line.strip_prefix("=>")?)?;
    let rest = rest.trim_start();
    counted(rest).or_else(|| nowhere(rest))
}

/// Wine's call through a null pointer: `0000000000000000 (0000000000000000)`, `0x0000000000000000 (0x0000000000000000)`.
fn nowhere(rest: &str) -> Option<Frame<'_>> {
    let (address, base) = text::word(rest);
    let base = base.strip_prefix('(')?.strip_suffix(')')?;
    text::hex(base)?;
    Some(Frame {
        address: Some(text::hex(address).filter(|_| matches!(address.len(), 8 | 10 | 16 | 18))?),
        ..Frame::default()
    })
}

/// Behind `at` or `by`: Valgrind's `0x403C12: orbit::Fleet::size() const (fleet.cpp:146)`, `0x4C2EDEB: free (in /usr/lib/x.so)`.
pub(super) fn valgrind(rest: &str) -> Option<Frame<'_>> {
    let (address, rest) = rest.strip_prefix("0x")?.split_once(": ")?;
    let address = text::hex(address)?;
    let (front, place) = text::last_group(rest, b'(', b')')?;
    let front = front.strip_suffix(' ')?;
    let mut frame = Frame {
        function: named(front),
        address: Some(address),
        ..Frame::default()
    };
    if let Some(module) = place.strip_prefix("in ") {
        frame.module = Some(module);
    } else {
        let (file, line) = text::file_line(place);
        (frame.file, frame.line) = (path_of(file), Some(line?));
    }
    Some(frame)
}

/// Kotlin/Native behind `at`: `3   shared   0x10766f09b   kfun:com.acme.orbit.Dock#launch(com.acme.orbit.Ship){} + 351`.
pub(super) fn kotlin_native(rest: &str) -> Option<Frame<'_>> {
    let (_, rest) = text::digits(rest)?;
    let frame = apple::numbered(rest.strip_prefix(' ')?.trim_start())?;
    let function = frame.function.map(|name| {
        let name = name.strip_prefix("kfun:").unwrap_or(name);
        name.split(['(', '{']).next().unwrap_or(name)
    });
    Some(Frame { function, ..frame })
}

/// What was evaluated has no file of its own: `/srv/Api.php(93) : eval()'d code(2): open()`.
const EVALUATED: &str = " : eval()'d code";

/// Behind `#` and a number: PHP's `/srv/src/Match.php(170): Orbit\Ship->fire(Object(Orbit\Gun), 12)`,
/// `[internal function]: {closure}()`, `{main}`.
pub(super) fn php(rest: &str) -> Option<Frame<'_>> {
    let script = |function, file, line| Frame {
        function,
        file,
        line,
        language: Language::Script,
        ..Frame::default()
    };
    if rest == "{main}" {
        return Some(script(Some(rest), None, None));
    }
    // Of a backtrace that was printed: `Orbit\Dock->open() called at [/srv/src/Dock.php:31]`.
    if let Some((call, place)) = rest
        .strip_suffix(']')
        .and_then(|rest| text::rsplit_once(rest, " called at ["))
    {
        let (file, line) = text::file_line(place);
        return line.and(Some(script(call.split('(').next(), Some(file), line)));
    }
    let from = text::rfind(rest, EVALUATED).map_or(0, |at| at + EVALUATED.len());
    let (behind, call) = text::split_once(&rest[from..], ": ")?;
    let place = &rest[..from + behind.len()];
    let place = place.split(EVALUATED).next().unwrap_or(place);
    let name = call.split('(').next().filter(|_| call.ends_with(')'));
    if place == "[internal function]" {
        return Some(script(name, None, None));
    }
    let (file, line) = text::last_group(place, b'(', b')')?;
    // A folder of Windows' may have blanks.
    let path = !file.contains(' ') || text::has(file, ":\\");
    // Who pasted it may have made the number unreadable: `Dock.php(xx): …`.
    let lost = is_unreadable(line) && name.is_some() && text::has(file, ".php");
    let (line, behind) = if lost { ("", "") } else { text::digits(line)? };
    let is_php = behind.is_empty() && file.contains(['/', '\\', '.']) && path;
    is_php.then(|| script(name, Some(file), line.parse().ok()))
}

/// Ruby as a service lists it: `app/jobs/dock_job.rb:12 - perform`.
pub(super) fn ruby_listed(line: &str) -> Option<Frame<'_>> {
    let (place, name) = text::split_once(line, " - ")?;
    let (file, number) = text::file_line(place);
    let ruby = matches!(file.as_bytes(), [.., b'.', b'r', b'b']) && !file.contains(' ');
    (ruby && number.is_some() && !name.is_empty()).then_some(Frame {
        function: Some(name),
        file: Some(file),
        line: number,
        language: Language::Script,
        ..Frame::default()
    })
}

/// Ruby: `from /srv/lib/match.rb:14:in `block in tick'`.
pub(super) fn ruby(line: &str) -> Option<Frame<'_>> {
    ruby_place(line.strip_prefix("from ")?)
}

/// A place of Ruby's: `/srv/lib/match.rb:14:in `block in tick'`, with a quote of either kind.
pub(crate) fn ruby_place(text: &str) -> Option<Frame<'_>> {
    let (place, name) = text
        .split_once(":in `")
        .or_else(|| text::split_once(text, ":in '"))?;
    let (file, line) = text::file_line(place);
    let name = name.strip_suffix('\'')?;
    Some(Frame {
        function: Some(name),
        file: Some(file),
        line: Some(line?),
        language: Language::Script,
        ..Frame::default()
    })
}

/// Erlang: `{orbit_match,handle_info,2,[{file,"src/orbit_match.erl"},{line,14}]},`.
pub(crate) fn erlang(line: &str) -> Option<Frame<'_>> {
    let inner = line.trim_start_matches(['[', '{']);
    let (head, rest) = text::split_once(inner, "[{file,\"")?;
    let (file, rest) = text::split_once(rest, "\"},{line,")?;
    let (number, rest) = text::digits(rest)?;
    let (_, behind) = head.split_once(',')?;
    let end = head.len() - behind.len() + behind.find(',')?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_,@'-/".contains(&byte);
    (rest.starts_with("}]}") && head[..end].bytes().all(plain)).then_some(Frame {
        function: Some(&head[..end]),
        file: Some(file),
        line: number.parse().ok(),
        language: Language::Script,
        ..Frame::default()
    })
}

/// Erlang's shell: `in call from orbit_match:handle_info/2 (src/orbit_match.erl, line 14)`, `in function  orbit_ship:fire/1`.
pub(super) fn erlang_call(line: &str) -> Option<Frame<'_>> {
    let rest = line
        .strip_prefix("in function ")
        .or_else(|| line.strip_prefix("in call from "))?;
    let (name, place) = text::word(rest.trim_start());
    let (module, function) = name.split_once(':')?;
    if module.is_empty() || function.is_empty() {
        return None;
    }
    let place = place
        .strip_prefix('(')
        .and_then(|place| place.strip_suffix(')'));
    let (file, number) = match place.and_then(|place| text::split_once(place, ", line ")) {
        Some((file, number)) => (Some(file), number.parse().ok()),
        None => match place.map(text::file_line) {
            Some((file, number)) => (Some(file), number),
            None => (None, None),
        },
    };
    Some(Frame {
        function: Some(name),
        file,
        line: number,
        language: Language::Script,
        ..Frame::default()
    })
}

/// Zig: `/srv/orbit/src/fleet.zig:88:21: 0x10341fe in ship (orbit)`.
pub(super) fn zig(line: &str) -> Option<Frame<'_>> {
    let (place, rest) = text::split_once(line, ": 0x")?;
    let (address, rest) = text::split_once(rest, " in ")?;
    let address = text::hex(address)?;
    let (name, module) = text::last_group(rest, b'(', b')')?;
    let (file, number) = text::file_line(place);
    Some(Frame {
        function: named(name),
        module: named(module),
        file: path_of(file.trim_start_matches(['?', ':'])),
        line: number,
        address: Some(address),
        ..Frame::default()
    })
}

/// GameMaker: `gml_Script_fire (line 336) - if (x.issolid)`, `called from - gml_Object_objShip_Step_0 (line 8)`.
pub(super) fn game_maker(line: &str) -> Option<Frame<'_>> {
    let line = line.strip_prefix("called from - ").unwrap_or(line);
    let line = line.strip_prefix("at ").unwrap_or(line);
    let (name, rest) = line
        .strip_prefix("gml_")
        .and_then(|_| text::split_once(line, " (line "))?;
    // `(line -1)`: not known.
    let (number, known) = match rest.strip_prefix('-') {
        Some(rest) => (text::digits(rest)?.0, false),
        None => (text::digits(rest)?.0, true),
    };
    (!name.contains(' ')).then_some(Frame {
        function: Some(name),
        line: number.parse().ok().filter(|_| known),
        language: Language::Script,
        ..Frame::default()
    })
}

/// Roblox: `Script 'Players.Ann.ShipController', Line 88 - function fire  -  Studio - ShipController:88`.
pub(super) fn roblox(line: &str) -> Option<Frame<'_>> {
    let (script, rest) = line.strip_prefix("Script '")?.split_once("', Line ")?;
    let (number, rest) = text::digits(rest)?;
    let rest = rest.split("  -  ").next().unwrap_or(rest);
    Some(Frame {
        function: rest
            .strip_prefix(" - ")
            .and_then(|rest| rest.split_once(' '))
            .filter(|(kind, _)| {
                matches!(
                    *kind,
                    "function" | "global" | "local" | "upvalue" | "method" | "field"
                )
            })
            .and_then(|(_, name)| named(name)),
        file: Some(script),
        line: number.parse().ok(),
        language: Language::Script,
        ..Frame::default()
    })
}

/// Atmosphère: `ReturnAddress[00]:       0000002a3ee624d4 (orbit + 0x2624d4)`, and the counter itself: `PC: …`.
pub(super) fn atmosphere(line: &str) -> Option<Frame<'_>> {
    let (label, rest) = line.split_once(':')?;
    let is_frame = label == "PC" || label.starts_with("ReturnAddress[");
    let (address, place) = text::word(rest.trim_start());
    let (module, offset) = place
        .strip_prefix('(')?
        .strip_suffix(')')?
        .split_once(" + 0x")?;
    is_frame.then_some(Frame {
        module: Some(module),
        address: Some(text::hex(address)?),
        offset: Some(text::hex(offset)?),
        ..Frame::default()
    })
}

/// A browser's console: `fire https://play.example/js/ship.js:88`, `requestAnimationFrame* https://…`.
pub(super) fn console(line: &str) -> Option<Frame<'_>> {
    let (name, place) = line.rsplit_once(' ')?;
    // Firefox says who asked for it: `promise callback*Dock/open< https://…`.
    let name = ["promise callback*", "async*"]
        .iter()
        .find_map(|mark| name.strip_prefix(mark))
        .unwrap_or(name);
    let (file, number) = text::file_line(place);
    let is_place = (place.starts_with("http://") || place.starts_with("https://"))
        && !place.contains(' ')
        && (text::has(file, ".js") || text::has(file, ".html"));
    let name = name.trim_end_matches('*');
    let is_name = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"_$.<>/".contains(&byte));
    (is_place && is_name).then_some(Frame {
        function: named(name).filter(|name| *name != "<anonymous>"),
        file: Some(file),
        line: Some(number?),
        language: Language::Script,
        ..Frame::default()
    })
}

/// A symbol server's columns behind tabulators: `Orbit`, `ShipView.m:244`, `-[ShipView fire:] (in Orbit)`.
pub(super) fn tabbed(line: &str) -> Option<Frame<'_>> {
    let mut columns = line.split('\t');
    let (module, place, symbol) = (columns.next()?, columns.next()?, columns.next()?);
    let (symbol, image) = text::last_group(symbol, b'(', b')')?;
    if columns.next().is_some() || image.strip_prefix("in ")?.is_empty() || module.is_empty() {
        return None;
    }
    let (file, number) = text::file_line(place);
    let offset = text::digits(place).filter(|(_, rest)| rest.is_empty());
    let symbol = symbol.trim_end();
    Some(Frame {
        function: named(symbol).filter(|name| *name != "missing"),
        module: Some(module),
        file: number.and(Some(file)),
        line: number,
        offset: offset.and_then(|(offset, _)| offset.parse().ok()),
        ..Frame::default()
    })
}

#[cfg(test)]
mod tests {
    use super::super::read as any_frame;

    #[test]
    fn each_runtime_prints_a_form_of_its_own() {
        for (line, function, file, number) in [
            (
                "1 0x004b5556 Ship_Fire+0x55(slot=0x300c6) [/src/ship.cpp:244] in orbit (0x0012f9d8)",
                Some("Ship_Fire"),
                Some("/src/ship.cpp"),
                Some(244),
            ),
            (
                "=>0 0x004d9204 in orbit (+0xd9204) (0x0012f9a8)",
                None,
                None,
                None,
            ),
            (
                "5 0x7FF6B04A30B0 InitializeShip /upload/ship/src/ship.cpp:653",
                Some("InitializeShip"),
                Some("/upload/ship/src/ship.cpp"),
                Some(653),
            ),
            (
                "by 0x40489A: orbit::Match::tick(float) (match.cpp:706)",
                Some("orbit::Match::tick(float)"),
                Some("match.cpp"),
                Some(706),
            ),
            (
                "#1 /srv/src/Match.php(170): Orbit\\Ship->fire(Object(Orbit\\Gun), 12)",
                Some("Orbit\\Ship->fire"),
                Some("/srv/src/Match.php"),
                Some(170),
            ),
            (
                "from /srv/lib/match.rb:14:in `block in tick'",
                Some("block in tick"),
                Some("/srv/lib/match.rb"),
                Some(14),
            ),
            (
                "(orbit 0.1.0) lib/orbit/ship.ex:88: Orbit.Ship.fire(nil)",
                Some("Orbit.Ship.fire"),
                Some("lib/orbit/ship.ex"),
                Some(88),
            ),
            (
                "{orbit_match,handle_info,2,[{file,\"src/orbit_match.erl\"},{line,14}]},",
                Some("orbit_match,handle_info"),
                Some("src/orbit_match.erl"),
                Some(14),
            ),
            (
                "/srv/src/fleet.zig:88:21: 0x10341fe in ship (orbit)",
                Some("ship"),
                Some("/srv/src/fleet.zig"),
                Some(88),
            ),
            (
                "called from - gml_Script_move (line 5) - f();",
                Some("gml_Script_move"),
                None,
                Some(5),
            ),
            (
                "Script 'Players.Ann.Main', Line 14 - function go  -  Studio - Main:14",
                Some("go"),
                Some("Players.Ann.Main"),
                Some(14),
            ),
            (
                "fire https://play.example/js/ship.js:88",
                Some("fire"),
                Some("https://play.example/js/ship.js"),
                Some(88),
            ),
            (
                "Orbit\tShipView.m:244\t-[ShipView fire:] (in Orbit)",
                Some("-[ShipView fire:]"),
                Some("ShipView.m"),
                Some(244),
            ),
        ] {
            let frame = any_frame(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(
                (frame.function, frame.file, frame.line),
                (function, file, number),
                "{line}"
            );
        }
    }

    #[test]
    fn sentences_are_not_frames() {
        for line in [
            "1 0x10 of the players left (0x12)",
            "by 0x10: the value is bad",
            "#1 of 3: done (see notes)",
            "from the docs: in `main'",
            "see https://play.example/js/ship.js",
            "PC: works (as designed)",
            "a\tb\tc",
            "note: see lib/ship.ex: later",
        ] {
            assert_eq!(any_frame(line), None, "{line}");
        }
    }
}
