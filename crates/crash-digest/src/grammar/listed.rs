//! Lists that engines, mods and libraries print by themselves: Godot's `[2] f(int) (a.cpp:31)`, mod loggers'
//! `[3] MSVCP140.dll f (MSVCP140.dll+0x12)`, Boost's `0# f at a.cpp:19`, launchers' `0000000037580C4A: ?? () in Moon.exe`.

use super::plain;
use super::shared::{named, path_of, plus};
use crate::frame::Frame;
use crate::text;

/// A number in square brackets, then the frame.
pub(super) fn bracketed(line: &str) -> Option<Frame<'_>> {
    let (_, rest) = text::digits(line.strip_prefix('[')?.trim_start())?;
    let rest = rest.trim_start().strip_prefix(']')?;
    // A logger of mods marks what it found by scanning the stack: `[ 0][P] 0x7FF6D2A1B2C3 Moon.exe+006B2C3`.
    let rest = ["[P]", "[S]"]
        .iter()
        .find_map(|mark| rest.strip_prefix(mark))
        .unwrap_or(rest);
    // `[0]Ship.fire@src/game.js:10` is a script engine's.
    let rest = rest.strip_prefix([' ', '\t'])?.trim();
    if let Some(address) = rest.strip_prefix("0x").and_then(text::hex) {
        return Some(Frame {
            address: Some(address),
            ..Frame::default()
        });
    }
    // Godot on Windows, in front of a function that it has no name of.
    if rest == "<couldn't map PC to fn name>" {
        return Some(Frame::default());
    }
    if let Some(frame) = mod_logger(rest) {
        return Some(frame);
    }
    if let Some(frame) = path_and_address(rest) {
        return Some(frame);
    }
    if let Some(frame) = godot_offset(rest) {
        return Some(frame);
    }
    // Godot on Apple's systems hands the system's rows on: `[2] 2   libsystem_platform.dylib  0x0001836a _sigtramp + 56`.
    if let Some((_, row)) = text::digits(rest)
        && row.starts_with(' ')
        && let Some(frame) = super::apple::numbered(row.trim_start())
    {
        return Some(frame);
    }
    in_columns(rest).or_else(|| godot_placed(rest))
}

/// A game's own columns: `orbit   0x000000010916fcc7 (Ship::Fire(int) const + 375)`, `ntdll   7FFB9A46AD6C RtlUserThreadStart + 44`.
fn in_columns(rest: &str) -> Option<Frame<'_>> {
    let (module, rest) = text::word(rest);
    let (digits, symbol) = text::word(rest.trim_start());
    let digits = digits.strip_prefix("0x").unwrap_or(digits);
    let address = text::hex(digits).filter(|_| digits.len() >= 8)?;
    let symbol = symbol.trim();
    let inner = symbol
        .strip_prefix('(')
        .and_then(|symbol| symbol.strip_suffix(')'))
        .unwrap_or(symbol);
    let (symbol, offset) = plus(inner);
    let plain = !module.is_empty() && !module.contains(['(', '[', ':', '=', ',']);
    (plain && (inner.is_empty() || offset.is_some())).then_some(Frame {
        address: Some(address),
        module: Some(module),
        function: named(symbol),
        offset,
        ..Frame::default()
    })
}

/// Godot 4.7 puts address, module and offset first: `7ff7bf706421 (main+4126421) - f(int) (a.cpp:31)`, without symbols
/// `ntdll.dll+121732) - no debug info in PE/COFF executable`, `… - /opt/orbit.x86_64() [0x4922009]`.
fn godot_offset(rest: &str) -> Option<Frame<'_>> {
    let (address, rest) = text::word(rest);
    let address = text::hex(address)?;
    let (place, symbol) = rest.strip_prefix('(')?.split_once(") - ")?;
    let (module, offset) = place.rsplit_once('+')?;
    let offset = text::hex(offset)?;
    let symbol = symbol.trim();
    let told = if symbol.starts_with("no debug info") || symbol.starts_with("no symbols") {
        None
    } else {
        godot_placed(symbol)
    };
    let told = told.unwrap_or_default();
    // The program itself has the name `main` here, and its path behind the mark.
    let module = told.module.unwrap_or(module);
    Some(Frame {
        address: Some(address),
        module: Some(module),
        offset: Some(offset),
        ..told
    })
}

/// `f(int) (a.cpp:31)`, `/lib/libc.so.6(+0x3bcf0) [0x7ff6] (??:0)`, `Moon::open()`, `MSVCP140.dll f (MSVCP140.dll+0x12)`.
fn godot_placed(rest: &str) -> Option<Frame<'_>> {
    // Since 4.7: `Moon::open() at ./scene/moon.cpp:31 (discriminator 2)`, `_end at ??:0`.
    let plain_place = text::rsplit_once(rest, " (discriminator ").map_or(rest, |(place, _)| place);
    if let Some((symbol, place)) = text::rsplit_once(plain_place, " at ")
        && let (file, Some(number)) = text::file_line(place)
        && (file == "??" || file.contains('.') && !file.contains(' '))
    {
        return Some(Frame {
            function: named(symbol),
            file: path_of(file).filter(|file| *file != "??"),
            line: Some(number).filter(|number| *number > 0),
            ..Frame::default()
        });
    }
    // Since 4.5 that stands inside: `Moon::open(String const&) (/moon/scene/moon.cpp:31 (discriminator 2))`.
    let placed = (plain_place.len() < rest.len() && rest.ends_with("))"))
        .then(|| text::rsplit_once(plain_place, " ("))
        .flatten();
    let Some((front, inner)) = placed.or_else(|| text::last_group(rest, b'(', b')')) else {
        return plain::glibc(rest);
    };
    let front = front.trim_end();
    // `MSVCP140.dll f (MSVCP140.dll+0x12B09)`
    if let Some((module, offset)) = text::rsplit_once(inner, "+0x") {
        let symbol = front.strip_prefix(module)?.trim();
        return Some(Frame {
            module: Some(module),
            function: named(symbol).filter(|name| !name.starts_with("Ordinal")),
            offset: text::hex(offset),
            ..Frame::default()
        });
    }
    // Godot puts the place last: `/lib/libc.so.6(+0x3bcf0) [0x7ff6] (??:0)`, `f(int) (a.cpp:31)`.
    let (file, number) = text::file_line(inner);
    if number.is_none() && !inner.ends_with(":?") {
        // A signature alone: `[1] Moon::handle(sigaction*, int, void*)`, `[3] Object* ClassDB::creator<Moon>()`.
        let signature = text::has(front, "::") || inner.ends_with('*') || text::has(inner, "*, ");
        let typed = inner.is_empty() || inner.contains(['*', '&', ',', ':']);
        if signature && typed && !text::has(rest, ": ") && rest.ends_with(')') {
            return Some(Frame {
                function: named(rest),
                ..Frame::default()
            });
        }
        return plain::glibc(rest);
    }
    // A place has an ending or a folder: `(boss: 2)` has neither.
    if !file.contains(['.', '/', '?', '<']) {
        return None;
    }
    let file = path_of(file.trim_end_matches(":?")).filter(|file| !file.starts_with('<'));
    let frame = match plain::glibc(front) {
        Some(frame) => frame,
        None => Frame {
            function: Some(named(front).filter(|name| {
                text::has(name, "::") || name.ends_with(')') || !name.contains(' ')
            })?),
            ..Frame::default()
        },
    };
    Some(Frame {
        file,
        line: number.filter(|_| file.is_some()),
        ..frame
    })
}

/// Crash loggers of mods: `0x7FF6CBEE41E1 Moon.exe+06441E1`, with an instruction or a place behind it,
/// `0x7FFF8328259D KERNEL32.DLL+001259D BaseThreadInitThunk`, `0x7FFC29EFD0C7     (Menu.dll+6D0C7)`.
fn mod_logger(rest: &str) -> Option<Frame<'_>> {
    let (address, rest) = text::word(rest);
    let address = Some(text::hex(address.strip_prefix("0x")?)?);
    let (place, rest) = text::word(rest.trim_start());
    let place = place
        .strip_prefix('(')
        .map_or(place, |place| place.trim_end_matches(')'));
    let (module, offset) = place.rsplit_once('+')?;
    let frame = Frame {
        address,
        module: Some(module),
        offset: Some(text::hex(offset)?),
        ..Frame::default()
    };
    if !is_program(module) {
        return None;
    }
    // Behind the instruction: ` |  D:\\moon\\Sky.cpp:522 ?Draw@Sky@@QEAAXXZ`.
    if let Some((_, told)) = text::split_once(rest, " |  ") {
        let told = told.split(" (mangled: ").next().unwrap_or(told);
        let (place, symbol) = told.rsplit_once(' ').unwrap_or(("", told));
        let (file, line) = text::file_line(place);
        let placed = line.is_some();
        return Some(Frame {
            function: named(if placed { symbol } else { told }.trim_end_matches(')')),
            file: path_of(file).filter(|_| placed),
            line,
            ..frame
        });
    }
    // An instruction has blanks and no more than that: `mov rax, [rdx+0x48]`, `-> 36559+0x3A6`.
    let symbol = rest.trim();
    let name = text::has(symbol, "::") || !symbol.contains([' ', '\t', ',']) && !symbol.is_empty();
    let name = name && !matches!(symbol, "nop" | "ret" | "int3" | "leave");
    Some(Frame {
        function: named(symbol).filter(|_| name),
        ..frame
    })
}

/// Behind `stack dump `: `[0] C:\menu\Menu.dll+0x3F0DC 0x7FFBF5FEF0DC`.
pub(super) fn dump(line: &str) -> Option<Frame<'_>> {
    bracketed(line.strip_prefix("stack dump ")?)
}

/// `C:\Program Files\Moon\Moon.exe+0x167059B 0x7FF7061C059B`.
fn path_and_address(rest: &str) -> Option<Frame<'_>> {
    let (front, address) = text::rsplit_once(rest, " 0x")?;
    let (module, offset) = text::rsplit_once(front, "+0x")?;
    Some(Frame {
        module: Some(module),
        offset: Some(text::hex(offset)?),
        address: Some(text::hex(address)?),
        ..Frame::default()
    })
}

/// Behind the number of a fatal box: `. [0x7ff6a0a6] ship_fire +217, ship_guns.c line 36`, `. [0x7ffc6c20] ntdll`.
pub(super) fn dotted(rest: &str) -> Option<Frame<'_>> {
    let (address, rest) = rest.strip_prefix(". [0x")?.split_once(']')?;
    let address = text::hex(address)?;
    let (symbol, place) = text::split_once(rest, ", ").unwrap_or((rest, ""));
    let symbol = symbol.trim();
    let frame = Frame {
        address: Some(address),
        ..Frame::default()
    };
    let Some((name, offset)) = symbol.rsplit_once(" +") else {
        return (!symbol.is_empty() && !symbol.contains(' ')).then_some(Frame {
            module: Some(symbol),
            ..frame
        });
    };
    let (file, line) = text::split_once(place, " line ").unwrap_or((place, ""));
    Some(Frame {
        function: named(name),
        offset: Some(offset.parse().ok()?),
        file: path_of(file).filter(|file| !file.is_empty()),
        line: line.parse().ok(),
        ..frame
    })
}

/// A launcher's `0000000037580C4A: ?? () in Moonfort64.exe`, with the name of the function where it is known.
pub(super) fn address_first(line: &str) -> Option<Frame<'_>> {
    let (address, rest) = text::split_once(line, ": ")?;
    if address.len() < 8 {
        return None;
    }
    let address = text::hex(address)?;
    let (symbol, module) = text::rsplit_once(rest, " in ")?;
    let symbol = symbol.strip_suffix(" ()").unwrap_or(symbol);
    let (symbol, offset) = plus(symbol);
    is_program(module).then_some(Frame {
        address: Some(address),
        module: Some(module),
        function: named(symbol),
        offset,
        ..Frame::default()
    })
}

/// glog: `@     0x7f1d2a3b4c5d (unknown)`, `@  0x40288a mf::Vault::open()`. Abseil has the frame's size in between:
/// `@     0x55d0c0ffee00        112  mf::Vault::open()`.
pub(super) fn glog(line: &str) -> Option<Frame<'_>> {
    let (address, rest) = text::word(line.strip_prefix('@')?.trim_start());
    // Windows prints all of its digits and no mark.
    let marked = address.starts_with("0x") || address.len() == 16;
    let address = text::hex(address).filter(|_| marked)?;
    let mut rest = rest.trim();
    if let Some((size, name)) = text::split_once(rest, "  ")
        && (size == "(unknown)" || size.bytes().all(|byte| byte.is_ascii_digit()))
    {
        rest = name.trim_start();
    }
    Some(Frame {
        address: Some(address),
        function: named(rest).filter(|name| *name != "(unknown)"),
        ..Frame::default()
    })
}

/// C++'s name and nothing else behind a number: `#03 mf::Vault::~Vault()`, `#04 mf::Ring<mf::Hold,...>::free(...)`.
pub(super) fn name_alone(rest: &str) -> Option<Frame<'_>> {
    // What stood before the name was left out: `#02 ... mf::Vault::open`.
    if let Some(name) = rest.strip_prefix("... ") {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_:~<>".contains(&byte);
        return (text::has(name, "::") && name.bytes().all(plain)).then_some(Frame {
            function: Some(name),
            ..Frame::default()
        });
    }
    let (name, _) = text::last_group(rest, b'(', b')')?;
    let fits = rest.ends_with(')')
        && text::has(name, "::")
        && !name.contains([' ', '(', '/', '\\', '"', '\''])
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '~');
    fits.then_some(Frame {
        function: Some(rest),
        ..Frame::default()
    })
}

/// A program or a library by its ending.
pub(super) fn is_program(module: &str) -> bool {
    let lower = module.to_ascii_lowercase();
    [".exe", ".dll", ".so", ".dylib"]
        .iter()
        .any(|end| lower.ends_with(end))
        || text::has(&lower, ".so.")
}

/// A console emulator's list: `0x80012AB9C (from main.nso)`, `0x800DB8 (nn::init::Start(void (*)()) from sdk.nso)`.
pub(super) fn from_module(line: &str) -> Option<Frame<'_>> {
    let (address, inner) = text::split_once(line, " (")?;
    let inner = inner.trim_end().strip_suffix(')')?;
    let (name, module) = match inner.strip_prefix("from ") {
        Some(module) => ("", module),
        None => text::rsplit_once(inner, " from ")?,
    };
    if module.is_empty() || module.contains(' ') {
        return None;
    }
    Some(Frame {
        module: Some(module),
        function: named(name),
        address: Some(text::hex(address.strip_prefix("0x")?)?),
        ..Frame::default()
    })
}

/// OpenJ9: `Java_orbit_Dock_open+0x1f (0x00007FF574FD05A9 [liborbit.so+0x5a9])`, without a symbol from the bracket on.
pub(super) fn openj9(line: &str) -> Option<Frame<'_>> {
    let at = text::find(line, "(0x")?;
    let (address, rest) = text::split_once(line[at + 1..].strip_suffix("])")?, " [")?;
    let (module, offset) = rest.rsplit_once('+')?;
    let function = line[..at].trim_end();
    if function.contains(' ') || module.contains(' ') {
        return None;
    }
    let function = function
        .rsplit_once("+0x")
        .map_or(function, |(name, _)| name);
    Some(Frame {
        address: text::hex(address),
        module: Some(module),
        offset: text::hex(offset),
        function: named(function),
        ..Frame::default()
    })
}

/// Module, name with offset and address: `lib/orbit.so : Ship::fire()+0x4f6 [0x7f5cbe731526]`, `orbit : +0x15a5980 [0x7f…]`.
pub(super) fn own_handler(rest: &str) -> Option<Frame<'_>> {
    let (module, rest) = text::split_once(rest, " : ")?;
    let (place, address) = rest
        .strip_suffix(']')
        .and_then(|rest| text::split_once(rest, " ["))?;
    let (name, offset) = plus(place);
    Some(Frame {
        function: Some(name).filter(|name| !name.is_empty()),
        module: Some(module),
        offset,
        address: Some(text::hex(address)?),
        ..Frame::default()
    })
}

#[cfg(test)]
mod tests {
    use super::super::read;

    #[test]
    fn the_lists_of_engines_and_loggers() {
        let cases = [
            (
                "[2] Moon::open(String const&) (/home/mf/vault.cpp:31)",
                Some("Moon::open(String const&)"),
                None,
                Some(31),
            ),
            (
                "[1] /lib/libc.so.6(+0x3bcf0) [0x7ff6e7c3bcf0] (??:0)",
                None,
                Some("/lib/libc.so.6"),
                None,
            ),
            ("[0]     0x7FFD5785A15B", None, None, None),
            (
                "[3]    MSVCP140.dll Conc::_chore (MSVCP140.dll+0x12B09)",
                Some("Conc::_chore"),
                Some("MSVCP140.dll"),
                None,
            ),
            (
                "stack dump [2]\t C:\\Program Files (x86)\\Moon.exe+0x167059B 0x7FF7061C059B",
                None,
                Some("C:\\Program Files (x86)\\Moon.exe"),
                None,
            ),
            (
                "0# mf::Vault::open(int) at /mf/src/vault.cpp:19",
                Some("mf::Vault::open(int)"),
                None,
                Some(19),
            ),
            (
                "2# 0x00007F1D2A3B4C5D in /lib/libc.so.6",
                None,
                Some("/lib/libc.so.6"),
                None,
            ),
            (
                "0000000037580C4A: ?? () in Moonfort64.exe",
                None,
                Some("Moonfort64.exe"),
                None,
            ),
        ];
        for (line, function, module, number) in cases {
            let frame = read(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(
                (frame.function, frame.module, frame.line),
                (function, module, number),
                "{line}"
            );
        }
        for line in [
            "[1] error(-1): no debug info in PE/COFF executable",
            "[12] see the wiki (page 3)",
            "[3] wave (boss: 2)",
            "1# fixed in 2.0",
            "12345678: seen in town",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
