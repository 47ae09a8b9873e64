//! Windows: `module!function+0x12 [file @ line]` as `WinDbg`, Unreal, Unity and `minidump_stackwalk` write it.

use memchr::memchr;

use super::csharp;
use super::module_names::{module_alone, module_function, place};
use super::shared::{named, path_of, plus};
use crate::frame::{Frame, Language, Note};
use crate::text;

/// Behind a leading address: Unreal's call stack, Unity's crash handler, a bare address.
pub(super) fn addressed(line: &str) -> Option<Frame<'_>> {
    let (first, rest) = text::word(line);
    // Of a Swift server's own handler: `0x55f9ab8f1485, App.Ship.fire(Swift.String) -> () at /app/Ship.swift:459`.
    if let Some(first) = first.strip_suffix(',')
        && let Some((function, place)) = text::rsplit_once(rest, " at ")
        && let (file, Some(line)) = text::file_line(place)
    {
        return Some(Frame {
            address: text::hex(first),
            function: named(function),
            file: path_of(file),
            line: Some(line),
            ..Frame::default()
        });
    }
    let address = text::hex(first)?;
    // A list of libraries: `0xf772b000      (unknown)`.
    if rest == "(unknown)" && first.ends_with("000") {
        return None;
    }
    let frame = if rest.is_empty() {
        Frame::default()
    } else if rest.starts_with('(') {
        unity(rest)?
    } else if let Some(frame) = unreal_android(rest) {
        frame
    } else {
        module_function(rest).or_else(|| module_alone(rest))?
    };
    Some(Frame {
        address: Some(address).filter(|address| *address != 0),
        ..frame
    })
}

/// Behind a frame's number: `libUE4.so!FName::ToString() [UnrealNames.cpp : 123 + 0x5]`, `libfoo.so + 0x1234`,
/// and `WinDbg`'s columns ``00000000`0012f8a0 00007ff6`12345678 ntdll!NtWaitForSingleObject+0x14``.
pub(super) fn numbered(rest: &str) -> Option<Frame<'_>> {
    if memchr(b'!', rest.as_bytes()).is_some() {
        // Apart from WinDbg's columns nothing but the module stands before the mark.
        return columns(rest).or_else(|| module_function(rest));
    }
    let (module, at) = rest
        .split_once(" + 0x")
        .or_else(|| text::rsplit_once(rest, "+0x"))?;
    let offset = text::hex(at.trim())?;
    // A program's name may hold blanks, and what Linux maps: `dalvik-main space (deleted)`; columns in front are numbers.
    let named = module.to_ascii_lowercase().ends_with(".exe") || module.ends_with(" (deleted)");
    let spaced = named
        && module
            .split(' ')
            .all(|word| !word.is_empty() && text::hex(word).is_none() && !word.contains('`'));
    let module = if spaced {
        module
    } else {
        module.rsplit([' ', '\t']).next()?
    };
    // An offset in brackets that the text ends inside of is Wine's: `in orbit (+0xd9`.
    if module.is_empty() || module.ends_with('(') {
        return None;
    }
    Some(Frame {
        module: Some(module),
        offset: Some(offset),
        ..Frame::default()
    })
}

/// `WinDbg`'s rows begin with addresses or a frame's number: `002deb48 5553b18a 0599f91c moon!mf::Vault::open+0x76`.
pub(super) fn columns(line: &str) -> Option<Frame<'_>> {
    // A module without symbols has no mark: `0000000c`9e2ff0b0 00007ff6`b2e008f2 : … : moon+0x14f8d4`.
    let end = memchr(b'!', line.as_bytes()).unwrap_or(line.len());
    let start = line[..end].rfind([' ', '\t']).map_or(0, |at| at + 1);
    let columns = &line[..start];
    let mut count = 0;
    for word in columns.split_whitespace() {
        count += 1;
        if text::hex(word).is_none() && !is_filler(word) {
            return None;
        }
    }
    if count == 0 || end == line.len() && count < 2 {
        return None;
    }
    // No module holds the place: ``00000000`0014af18 000007fe`fcef1430 0xc0972dc2``.
    if end == line.len()
        && let Some(address) = line[start..].strip_prefix("0x").and_then(text::hex)
    {
        return Some(Frame {
            address: Some(address),
            ..Frame::default()
        });
    }
    let mut frame = match module_function(&line[start..]) {
        Some(frame) => frame,
        // The one column is where it is: `00007FFE8390D669 MSHTML!`.
        None if count == 1 => Frame {
            address: Some(text::hex(columns.trim()).filter(|_| columns.trim().len() >= 8)?),
            ..module_alone(&line[start..])?
        },
        None => module_alone(&line[start..])?,
    };
    if columns.contains("(Inline") {
        frame.note = Note::Inlined;
    }
    Some(frame)
}

/// `WinDbg` marks inlined frames with ``(Inline Function) --------`--------``.
fn is_filler(word: &str) -> bool {
    matches!(word, "(Inline" | "(Inline)" | "Function)")
        || word.bytes().all(|byte| matches!(byte, b'-' | b'`' | b':'))
}

/// Behind Unity's address: `(UnityPlayer) Camera::Render`, `(Mono JIT Code) [Vault.cs:42] Moonfort.Vault:Open (single)`,
/// `(GameAssembly) Battle_Update_m3F0A [D:/ws/Assembly-CSharp.cpp:902]`.
fn unity(rest: &str) -> Option<Frame<'_>> {
    // No module holds the address, and no function: `((<unknown>)) (function-name not available)`.
    if let Some(rest) = rest.strip_prefix("((") {
        let (none, rest) = rest.split_once(")) ")?;
        let fits = matches!(none, "<unknown>" | "module-name not available");
        return fits.then(|| Frame {
            function: named(rest),
            ..Frame::default()
        });
    }
    let rest = rest.strip_prefix('(')?;
    // Nothing behind the module: `0x00007FF6A95A6668 (Orbit)`.
    let (module, rest) = text::split_once(rest, ") ")
        .or_else(|| Some((rest.strip_suffix(')')?, "")).filter(|(module, _)| *module != "null"))?;
    // `d3d11` has the digits of an address as well; addresses are longer.
    if module.contains(['(', '|', ',']) || module.len() >= 6 && text::hex(module).is_some() {
        return None;
    }
    let rest = rest.trim();
    // Visual Studio's sentence in a language that has the place first: `0x00007FF8 (hull.dll) (orbit.exe 中)处有未经处理的异常: …`.
    if !rest.is_ascii() && (rest.starts_with('(') || text::has(rest, ": 0x")) {
        return None;
    }
    let (leading, rest) = match rest
        .strip_prefix('[')
        .and_then(|rest| text::split_once(rest, "] "))
    {
        Some((place, rest)) => (Some(place), rest.trim_start()),
        None => (None, rest),
    };
    // Newer handlers put it last: `mono_runtime_invoke (at C:/build/mono/metadata/object.c:3115)`.
    let (rest, leading) = match text::rsplit_once(rest, " (at ") {
        Some((front, place)) if leading.is_none() && place.ends_with(')') => {
            (front, Some(&place[..place.len() - 1]))
        }
        _ => (rest, leading),
    };
    let managed = module == "Mono JIT Code" || module.starts_with("Mono");
    let (front, file, line) = place(rest);
    let (file, line) = match leading {
        Some(place) => {
            let (file, line) = text::file_line(place);
            (path_of(file), line)
        }
        None => (file, line),
    };
    let function = if managed {
        csharp::wrapper(front)
            .and_then(|frame| frame.function)
            .or_else(|| named(front.split(" (").next().unwrap_or(front)))
    } else {
        named(front)
    };
    Some(Frame {
        module: (!managed).then_some(module),
        function,
        file,
        line,
        language: if managed {
            Language::CSharp
        } else {
            Language::Native
        },
        ..Frame::default()
    })
}

/// Behind Unreal's address on Android: `libUE4.so(0x000000000E73FD60)!AShip::Fire(bool)  [D:/ws/Ship.cpp:31]`.
fn unreal_android(rest: &str) -> Option<Frame<'_>> {
    let (module, rest) = text::split_once(rest, "(0x")?;
    if module.contains(' ') || module.is_empty() {
        return None;
    }
    let (offset, rest) = rest.split_once(')')?;
    let offset = text::hex(offset);
    let rest = rest.strip_prefix('!')?;
    let (front, file, line) = place(rest.trim_end());
    let function = named(front);
    Some(Frame {
        module: Some(module),
        function,
        file,
        line: line.filter(|_| file.is_some()),
        offset,
        ..Frame::default()
    })
}

/// Unreal on Apple's systems: `AShip::Fire() Address = 0x10889f447 (filename not found) [in Orbit-Mac-Shipping]`, with
/// symbols `[/ws/Ship.cpp, line 31]` in the middle.
pub(super) fn unreal_apple(line: &str) -> Option<Frame<'_>> {
    let (name, rest) = text::split_once(line, " Address = ")?;
    let (address, rest) = text::word(rest);
    let (front, module) = text::last_group(rest, b'[', b']')?;
    let place = text::last_group(front, b'[', b']').map(|(_, place)| place);
    let (file, number) = match place.and_then(|place| text::rsplit_once(place, ", line ")) {
        Some((file, number)) => (path_of(file), number.parse().ok()),
        None => (None, None),
    };
    Some(Frame {
        address: Some(text::hex(address)?),
        module: Some(module.strip_prefix("in ")?),
        function: named(name).filter(|name| *name != "Unknown()"),
        file,
        line: number.filter(|_| file.is_some()),
        ..Frame::default()
    })
}

/// `00  0x0000000002796bb3  PlatformCrashHandler(int, siginfo_t*, void*) [/ue/Crash.cpp, line 741]`: Unreal on Linux;
/// also `libfoo.so!f() [x.cpp:1]` behind the address.
pub(super) fn unreal_numbered(rest: &str) -> Option<Frame<'_>> {
    let (_, rest) = text::digits(rest)?;
    let (address, rest) = text::word(rest.trim_start());
    let address = address.starts_with("0x").then(|| text::hex(address))??;
    if let Some(frame) = module_function(rest) {
        return Some(Frame {
            address: Some(address),
            ..frame
        });
    }
    // The frame of a library without symbols is glibc's: `/lib/libpthread.so.0(+0x11390) [0x7fd7]`.
    if rest.starts_with('/')
        && let Some(frame) = super::plain::glibc(rest)
    {
        return Some(frame);
    }
    let (front, file, line) = place(rest);
    let (front, offset) = plus(front);
    (file.is_some()
        || front.ends_with(')')
        || rest.is_empty()
        || front.starts_with("UnknownFunction"))
    .then_some(Frame {
        address: Some(address),
        function: named(front),
        file,
        line,
        offset,
        ..Frame::default()
    })
}

#[cfg(test)]
mod tests {
    use super::super::read;

    type Parts<'a> = (
        Option<&'a str>,
        Option<&'a str>,
        Option<&'a str>,
        Option<u32>,
        Option<u64>,
    );

    #[test]
    fn the_forms_debuggers_and_engines_print() {
        let cases: &[(&str, Parts<'_>)] = &[
            (
                r"Starfall_Win64_Shipping!UObject::ProcessEvent+0x1a [D:\ws\ScriptCore.cpp @ 1234]",
                (
                    Some("UObject::ProcessEvent"),
                    Some("Starfall_Win64_Shipping"),
                    Some(r"D:\ws\ScriptCore.cpp"),
                    Some(1234),
                    Some(26),
                ),
            ),
            (
                r"[Callstack] 0x00007ff6abcd Starfall-Win64-Shipping.exe!APawn::Tick() [D:\ws\Pawn.cpp:12]",
                (
                    Some("APawn::Tick()"),
                    Some("Starfall-Win64-Shipping.exe"),
                    Some(r"D:\ws\Pawn.cpp"),
                    Some(12),
                    None,
                ),
            ),
            (
                "0x00007ff6abcd KERNEL32.DLL!UnknownFunction []",
                (None, Some("KERNEL32.DLL"), None, None, None),
            ),
            (
                "0x00007FF6A2 (UnityPlayer) Camera::Render",
                (
                    Some("Camera::Render"),
                    Some("UnityPlayer"),
                    None,
                    None,
                    None,
                ),
            ),
            (
                " 0  libUE4.so!FName::ToString() [UnrealNames.cpp : 123 + 0x5]",
                (
                    Some("FName::ToString()"),
                    Some("libUE4.so"),
                    Some("UnrealNames.cpp"),
                    Some(123),
                    None,
                ),
            ),
            (
                " 1  libfoo.so + 0x1234",
                (None, Some("libfoo.so"), None, None, Some(0x1234)),
            ),
            (
                "00 00000000`0012f8a0 00007ff6`12345678 ntdll!NtWait+0x14",
                (Some("NtWait"), Some("ntdll"), None, None, Some(20)),
            ),
            (
                "Starfall.exe+0x12ab",
                (None, Some("Starfall.exe"), None, None, Some(0x12ab)),
            ),
        ];
        for (line, parts) in cases {
            let frame = read(line.trim()).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(
                (
                    frame.function,
                    frame.module,
                    frame.file,
                    frame.line,
                    frame.offset
                ),
                *parts,
                "{line}"
            );
        }
    }

    #[test]
    fn exclamations_are_not_frames() {
        for line in [
            "Boom! it broke",
            "hello!",
            "What a day! yes.",
            "0x12 is no handle",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
