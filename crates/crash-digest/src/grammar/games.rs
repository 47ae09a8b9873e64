//! Makers and consoles of games that print frames in a form of their own: Flash, FiveM, Garry's Mod, Cangjie, Nim,
//! D, Crystal, and Chromium's handler inside of games.

use super::shared::{named, path_of, plus};
use crate::frame::{Frame, Language};
use crate::text;

/// Whether a file's name ends so.
fn has_end(file: &str, end: &str) -> bool {
    file.rsplit_once('.').is_some_and(|(_, last)| last == end)
}

/// Unity's first handlers: `(0x0089BC43) (Orbit): (filename not available): Ship::Fire + 0xa743`.
pub(super) fn old_unity(line: &str) -> Option<Frame<'_>> {
    let (address, rest) = text::split_once(line.strip_prefix('(')?, ") (")?;
    let address = text::hex(address)?;
    let (module, rest) = text::split_once(rest, "): (")?;
    let (place, symbol) = text::split_once(rest, "): ")?;
    let (symbol, offset) = super::shared::plus(symbol.trim());
    let (file, number) = text::file_line(place);
    let managed = module.eq_ignore_ascii_case("Mono JIT Code");
    let frame = match super::csharp::wrapper(symbol) {
        Some(frame) => frame,
        None if managed => Frame {
            function: symbol.split(" (").next().and_then(named),
            language: Language::CSharp,
            ..Frame::default()
        },
        None => Frame {
            function: named(symbol),
            module: Some(module),
            ..Frame::default()
        },
    };
    Some(Frame {
        address: Some(address),
        offset,
        file: path_of(file).filter(|_| number.is_some()),
        line: number,
        ..frame
    })
}

/// Geode's rows: `- C:\Games\Geode.dll + 34997e (Layer::init + 62 | /src/Layer.cpp:57)`, `- 000001AA8EC82482 (Hook handler)`.
pub(super) fn geode(line: &str) -> Option<Frame<'_>> {
    let row = line.strip_prefix("- ")?;
    let (place, inner) = match text::last_group(row, b'(', b')') {
        Some((place, inner)) => (place.trim_end(), Some(inner)),
        None => (row, None),
    };
    let Some((module, offset)) = text::rsplit_once(place, " + ") else {
        let handler = inner == Some("Hook handler");
        return (handler && place.len() == 16).then_some(Frame {
            address: text::hex(place),
            ..Frame::default()
        });
    };
    let offset = text::hex(offset)?;
    let library = [".dll", ".exe", ".geode", ".so", ".dylib"];
    if !library.iter().any(|end| module.ends_with(end)) {
        return None;
    }
    let (symbol, place) = inner.map_or(("", ""), |inner| {
        text::split_once(inner, " | ").unwrap_or((inner, ""))
    });
    let (function, _) = plus(symbol);
    let (file, number) = text::file_line(place);
    Some(Frame {
        module: Some(module),
        offset: Some(offset),
        function: named(function),
        file: path_of(file).filter(|_| number.is_some()),
        line: number,
        ..Frame::default()
    })
}

/// C&C Generals: `dock.cpp(31) : Dock::open(); 0x004C5901`, `<Unknown>(-1) : Dock::open(); 0x004C5901`.
pub(super) fn generals(line: &str) -> Option<Frame<'_>> {
    let line = line
        .strip_prefix("Stack Dump:")
        .map_or(line, str::trim_start);
    let (place, rest) = text::split_once(line, " : ")?;
    let (file, number) = text::last_group(place, b'(', b')')?;
    let number: i64 = number.parse().ok()?;
    let (name, address) = text::rsplit_once(rest, " 0x")?;
    let name = name.trim_end().trim_end_matches(';').trim_end_matches("()");
    (address.len() == 8).then_some(())?;
    Some(Frame {
        address: Some(text::hex(address)?),
        function: named(name).filter(|name| *name != "<Unknown>"),
        file: Some(file).filter(|file| *file != "<Unknown>"),
        line: u32::try_from(number).ok(),
        ..Frame::default()
    })
}

/// SuperTuxKart and others: `main_loop.cpp:MainLoop::run:242`.
pub(super) fn file_first(line: &str) -> Option<Frame<'_>> {
    let (file, rest) = line.split_once(':')?;
    let (function, number) = rest.rsplit_once(':')?;
    let source = ["cpp", "c", "cc", "h", "hpp", "inl", "mm"];
    let known = source.iter().any(|end| has_end(file, end));
    let fits = known && !line.contains([' ', '/', '\\']) && !function.is_empty();
    let number = number.parse().ok().filter(|_| fits)?;
    Some(Frame {
        file: Some(file),
        function: Some(function),
        line: Some(number),
        ..Frame::default()
    })
}

/// X-Ray's newer handler: `! Module: [C:\\xrEngine.exe], AddrPC.Offset: [00007FF6AAA9D481], Fun: [Ship::fire()] + [41 byte(s)],
/// File-->Line: [D:\\ws\\ship.cpp-->154]`.
pub(super) fn x_ray(line: &str) -> Option<Frame<'_>> {
    let (module, rest) =
        text::split_once(line.strip_prefix("! Module: [")?, "], AddrPC.Offset: [")?;
    let (address, rest) = rest.split_once(']')?;
    let function = text::after(rest, "Fun: [", b"]");
    let place = text::split_once(rest, "File-->Line: [").and_then(|(_, rest)| rest.split_once(']'));
    let (file, number) = place
        .and_then(|(place, _)| text::split_once(place, "-->"))
        .unwrap_or_default();
    let file = path_of(file);
    Some(Frame {
        address: Some(text::hex(address)?),
        module: Some(module),
        function: function
            .map(|name| name.trim_end_matches("()"))
            .and_then(named),
        line: number.parse().ok().filter(|_| file.is_some()),
        file,
        ..Frame::default()
    })
}

/// Behind `at`: `com.acme.orbit::Ship/fire()[C:\ws\src\Ship.as:31]`, `flash.utils::Timer/tick()`, of a property
/// `fl.motion::Tween/set time()`, and a constructor by its place: `com.acme.orbit::Ship()[C:\ws\src\Ship.as:12]`.
pub(super) fn flash(rest: &str) -> Option<Frame<'_>> {
    let (name, place) = text::split_once(rest, "()")?;
    // A function without a name, in a player without the debugger: `MethodInfo-278()`.
    if let Some(number) = name.strip_prefix("MethodInfo-")
        && place.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
    {
        return Some(Frame {
            function: Some(name),
            language: Language::Script,
            ..Frame::default()
        });
    }
    // Who typed it may have put brackets behind the place as well: `main()[main.as:31]()`.
    let inner = place
        .strip_prefix('[')
        .and_then(|place| place.strip_suffix("()").unwrap_or(place).strip_suffix(']'));
    let placed = inner.and_then(|inner| match text::file_line(inner) {
        (file, Some(line)) => Some((file, line)),
        _ => None,
    });
    let property = ["/get ", "/set "]
        .iter()
        .find_map(|kind| text::split_once(name, kind));
    let (owner, last) = property.unwrap_or((name, ""));
    let plain = |part: &str| {
        part.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_$.:/<>-".contains(&byte))
    };
    // A class of no package is told by its place: `Dock()[C:\orbit\Dock.as:31]`.
    // Without a place it has its package in front, or none: `Dock/open()`.
    let packed = text::has(name, "::") || !name.contains(['.', ':', '<', '-']);
    let called = placed.is_some() || place.is_empty() && name.contains('/') && packed;
    let fits = called && !owner.is_empty() && plain(owner) && plain(last);
    fits.then_some(Frame {
        function: Some(name),
        file: placed.map(|(file, _)| file),
        line: placed.map(|(_, line)| line),
        language: Language::Script,
        ..Frame::default()
    })
}

/// `FiveM`: `> fire (@orbit/client/ship.lua:31)`, also with its marks of colours: `^3> fire^7 (^5@orbit/ship.lua^7:31)`.
pub(super) fn resource(line: &str) -> Option<Frame<'_>> {
    let line = without_colour(line).strip_prefix("> ")?;
    let (name, place) = text::last_group(line, b'(', b')')?;
    let place = without_colour(place);
    // Of Node, which runs scripts: `> tick (node:internal/process/task_queues:96)`.
    let of_node = Some(place)
        .filter(|place| place.starts_with("node:") && !name.trim_start().starts_with("at "));
    let place = place.strip_prefix('@').or(of_node)?;
    let (mut file, mut number) = text::file_line(place);
    // The colon may be lost: `@orbit/dist/build.js25045`.
    if number.is_none() {
        file = place.trim_end_matches(|c: char| c.is_ascii_digit());
        let script = has_end(file, "js") || has_end(file, "lua");
        number = place[file.len()..].parse().ok().filter(|_| script);
    }
    let name = name.trim_end();
    let name = match name.as_bytes() {
        [.., b'^', b'0'..=b'9'] => &name[..name.len() - 2],
        _ => name,
    };
    Some(Frame {
        function: named(name),
        file: Some(match file.as_bytes() {
            [.., b'^', b'0'..=b'9'] => &file[..file.len() - 2],
            _ => file,
        }),
        line: Some(number?),
        language: Language::Lua,
        ..Frame::default()
    })
}

/// `^3text` is `text`.
fn without_colour(text: &str) -> &str {
    match text.as_bytes() {
        [b'^', b'0'..=b'9', ..] => &text[2..],
        _ => text,
    }
}

/// Behind a number, Garry's Mod: `. fire - addons/orbit/lua/ship.lua:31`, older `. addons/orbit/lua/ship.lua:31 (fire)`.
pub(super) fn garrys(rest: &str) -> Option<Frame<'_>> {
    let rest = rest.strip_prefix(". ")?;
    let (name, place) = text::split_once(rest, " - ").or_else(|| {
        let (place, name) = text::last_group(rest, b'(', b')')?;
        Some((name, place.trim_end()))
    })?;
    if place == "(tail call):-1" {
        return Some(Frame {
            language: Language::Lua,
            ..Frame::default()
        });
    }
    if place == "[C]:-1" && !name.trim().contains(' ') {
        return Some(Frame {
            function: named(name),
            module: Some("[C]"),
            language: Language::Lua,
            ..Frame::default()
        });
    }
    let (file, number) = text::file_line(place);
    // A folder of add-ons is named by its maker.
    let path = !file.contains(' ') || file.starts_with("addons/");
    let fits = has_end(file, "lua") && path && !name.trim().contains(' ');
    fits.then_some(Frame {
        function: named(name),
        file: Some(file),
        line: Some(number?),
        language: Language::Lua,
        ..Frame::default()
    })
}

/// Behind `at`, Cangjie on `HarmonyOS`: `orbit.fire(Int64)(/orbit/src/ship.cj:31)`.
pub(super) fn cangjie(rest: &str) -> Option<Frame<'_>> {
    let (call, place) = text::last_group(rest, b'(', b')')?;
    let (file, number) = text::file_line(place);
    let (name, _) = text::last_group(call, b'(', b')')?;
    has_end(file, "cj").then_some(Frame {
        function: named(name),
        file: Some(file),
        line: Some(number?),
        language: Language::Script,
        ..Frame::default()
    })
}

/// Nim: `/src/orbit/ship.nim(31) fire`.
pub(super) fn nim(line: &str) -> Option<Frame<'_>> {
    let at = text::find(line, ".nim(")?;
    let (number, rest) = text::digits(&line[at + 5..])?;
    Some(Frame {
        function: named(rest.strip_prefix(") ")?),
        file: Some(&line[..at + 4]),
        line: number.parse().ok(),
        ..Frame::default()
    })
}

/// D: `source/ship.d:31 void orbit.ship.fire(int) [0x55d0a1b2]`, `??:? __libc_start_main [0x7f1d2a3b]`.
pub(super) fn d(line: &str) -> Option<Frame<'_>> {
    let (front, address) = text::last_group(line, b'[', b']')?;
    let address = text::hex(address.strip_prefix("0x")?)?;
    let (place, name) = front.trim_end().split_once(' ')?;
    let (file, number) = text::file_line(place);
    let fits = place == "??:?" || number.is_some() && has_end(file, "d");
    let name = name.split('(').next().unwrap_or(name);
    fits.then_some(Frame {
        function: named(name.rsplit(' ').next().unwrap_or(name)),
        file: number.and(path_of(file)),
        line: number,
        address: Some(address),
        ..Frame::default()
    })
}

/// Chromium on Windows, and drivers of browsers: `GetHandleVerifier [0x01C2AF15+662837]`, `(No symbol) [0x00E0CCA1]`, with symbols
/// `orbit::Dock::Open [0x00E74503+48] (C:\b\dock.cc:31)`. The number behind the address counts from the name.
pub(super) fn chromium_of_windows(line: &str) -> Option<Frame<'_>> {
    let (front, place) = match text::last_group(line, b'(', b')') {
        Some((front, place)) if front.ends_with("] ") => (front.trim_end(), Some(place)),
        _ => (line, None),
    };
    let (name, inner) = text::last_group(front, b'[', b']')?;
    let name = name.strip_suffix(' ')?;
    let inner = inner.strip_prefix("0x")?;
    let unnamed = name == "(No symbol)";
    let (address, offset) = match inner.split_once('+') {
        Some((address, offset)) => (address, Some(offset.parse().ok()?)),
        None if unnamed => (inner, None),
        None => return None,
    };
    let (file, number) = place.map_or((None, None), |place| {
        let (file, number) = text::file_line(place);
        (path_of(file).filter(|_| number.is_some()), number)
    });
    let fits = !name.is_empty() && place.is_none() == file.is_none();
    fits.then_some(Frame {
        // An export that has a number for a name.
        function: named(name).filter(|name| !unnamed && !is_ordinal(name)),
        address: Some(text::hex(address)?),
        offset,
        file,
        line: number,
        ..Frame::default()
    })
}

fn is_ordinal(name: &str) -> bool {
    name.strip_prefix("Ordinal").is_some_and(|number| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Behind `from`, Crystal: `src/ship.cr:31:5 in 'fire'`.
pub(super) fn crystal(rest: &str) -> Option<Frame<'_>> {
    let (place, name) = text::split_once(rest, " in '")?;
    let (file, number) = text::file_line(place);
    has_end(file, "cr").then_some(Frame {
        function: named(name.strip_suffix('\'')?),
        file: Some(file),
        line: Some(number?),
        ..Frame::default()
    })
}

/// Behind `#` and a number, Chromium's handler: `0x55d0a2c3d4e5 orbit::Ship::Fire()`, `0x55d0a2c3d4e5 <unknown>`,
/// `0x55d0a2c3d4e5 orbit::Ship::Fire() [../../ship.cc:31:4]`.
pub(super) fn chromium(rest: &str) -> Option<Frame<'_>> {
    if rest == "<unknown>" {
        return Some(Frame::default());
    }
    let (name, place) = match text::last_group(rest, b'[', b']') {
        Some((name, place)) => (name.trim_end(), Some(place)),
        None => (rest, None),
    };
    let (file, line) = place.map_or((None, None), |place| {
        let (file, line) = text::file_line(place);
        (path_of(file).filter(|_| line.is_some()), line)
    });
    let fits = name.ends_with(')') && !name.starts_with('(') || text::has(name, "::");
    let plain = !name.contains(": ") && (place.is_none() || line.is_some());
    (fits && plain).then(|| Frame {
        function: named(name),
        file,
        line,
        ..Frame::default()
    })
}

#[cfg(test)]
mod tests {
    use super::super::read as any_frame;

    #[test]
    fn each_prints_a_form_of_its_own() {
        for (line, function, file, number) in [
            (
                "at com.acme.orbit::Ship/fire()[C:\\ws\\Ship.as:31]",
                Some("com.acme.orbit::Ship/fire"),
                Some("C:\\ws\\Ship.as"),
                Some(31),
            ),
            (
                "Called from orbit.Ship.fire (orbit/Ship.hx line 31)",
                Some("orbit.Ship.fire"),
                Some("orbit/Ship.hx"),
                Some(31),
            ),
            (
                "^3> fire^7 (^5@orbit/client/ship.lua^7:31)",
                Some("fire"),
                Some("orbit/client/ship.lua"),
                Some(31),
            ),
            (
                "> fire (@orbit/client/ship.lua:31)",
                Some("fire"),
                Some("orbit/client/ship.lua"),
                Some(31),
            ),
            (
                "1. fire - addons/orbit/lua/ship.lua:31",
                Some("fire"),
                Some("addons/orbit/lua/ship.lua"),
                Some(31),
            ),
            (
                "at orbit.fire(Int64)(/orbit/src/ship.cj:31)",
                Some("orbit.fire"),
                Some("/orbit/src/ship.cj"),
                Some(31),
            ),
            (
                "source/ship.d:31 void orbit.ship.fire(int) [0x55d0a1b2]",
                Some("orbit.ship.fire"),
                Some("source/ship.d"),
                Some(31),
            ),
            (
                "from src/ship.cr:31:5 in 'fire'",
                Some("fire"),
                Some("src/ship.cr"),
                Some(31),
            ),
            (
                "#4 0x55d0a2c3d4e5 orbit::Ship::Fire()",
                Some("orbit::Ship::Fire()"),
                None,
                None,
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
            "Called from the bridge (page 3 line x)",
            "> quoted (@mira:12 said)",
            "1. open the shop - see wiki:12",
            "from London in 'May'",
            "#1 0x12 is the address: see (b)",
            "at the pub/bar()",
        ] {
            assert_eq!(any_frame(line), None, "{line}");
        }
    }
}
