//! Windows: `module!function+0x12 [file @ line]` as `WinDbg`, Unreal, Unity and `minidump_stackwalk` write it.

use memchr::memchr;

use super::super::frame::Frame;
use super::super::text;
use super::native::{named, plus};

/// Behind a leading address: Unreal's call stack, Unity's crash handler, a bare address.
pub(super) fn addressed(line: &str) -> Option<Frame<'_>> {
    let (first, rest) = text::word(line);
    let address = text::hex(first)?;
    let frame = if rest.is_empty() {
        Frame::default()
    } else if let Some(rest) = rest.strip_prefix('(') {
        // Unity: `0x00007FFA0B1C (UnityPlayer) Camera::Render`, also with the place: `[render.cpp:12]`.
        let (module, rest) = rest.split_once(") ")?;
        let (front, file, line) = place(rest.trim());
        Frame {
            module: Some(module),
            function: named(front),
            file,
            line,
            ..Frame::default()
        }
    } else {
        module_function(rest)?
    };
    Some(Frame {
        address: Some(address),
        ..frame
    })
}

/// Behind a frame's number: `libUE4.so!FName::ToString() [UnrealNames.cpp : 123 + 0x5]`, `libfoo.so + 0x1234`,
/// and `WinDbg`'s columns ``00000000`0012f8a0 00007ff6`12345678 ntdll!NtWaitForSingleObject+0x14``.
pub(super) fn numbered(rest: &str) -> Option<Frame<'_>> {
    if let Some(bang) = memchr(b'!', rest.as_bytes()) {
        // Apart from WinDbg's columns nothing but the module stands before the mark.
        let start = rest[..bang].rfind([' ', '\t']).map_or(0, |at| at + 1);
        let columns = &rest[..start];
        if !columns
            .split_whitespace()
            .all(|word| text::hex(word).is_some() || is_filler(word))
        {
            return None;
        }
        return module_function(&rest[start..]);
    }
    let (module, at) = rest
        .split_once(" + 0x")
        .or_else(|| rest.rsplit_once("+0x"))?;
    let offset = text::hex(at.trim())?;
    let module = module.rsplit([' ', '\t']).next()?;
    if module.is_empty() {
        return None;
    }
    Some(Frame {
        module: Some(module),
        offset: Some(offset),
        ..Frame::default()
    })
}

/// `WinDbg` marks inlined frames with ``(Inline Function) --------`--------``.
fn is_filler(word: &str) -> bool {
    matches!(word, "(Inline" | "Function)")
        || word.bytes().all(|byte| matches!(byte, b'-' | b'`' | b':'))
}

/// `module!function+0x12 [file @ line]`, or a module and an offset alone.
pub(super) fn module_function(line: &str) -> Option<Frame<'_>> {
    let Some(bang) = memchr(b'!', line.as_bytes()) else {
        let (module, at) = line.split_once("+0x")?;
        let offset = text::hex(at.trim_end())?;
        let plausible = !module.is_empty() && !module.contains([' ', '(', '\t']);
        return plausible.then_some(Frame {
            module: Some(module),
            offset: Some(offset),
            ..Frame::default()
        });
    };
    let (module, rest) = (&line[..bang], &line[bang + 1..]);
    if module.is_empty()
        || !module
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-.+".contains(&byte))
    {
        return None;
    }
    let first = *rest.as_bytes().first()?;
    if !(first.is_ascii_alphanumeric() || b"_<~?`-+$@:".contains(&first)) {
        return None;
    }
    let (front, file, line) = place(rest.trim_end());
    let library = [".exe", ".dll", ".so", ".dylib"]
        .iter()
        .any(|end| module.ends_with(end));
    let marked = front.len() < rest.trim_end().len()
        || front.contains(['(', ':', '<'])
        || front.contains("+0x");
    if !library && !marked && front.contains([' ', '.', ',']) {
        return None;
    }
    if let Some(address) = front.strip_prefix("0x").and_then(text::hex) {
        return Some(Frame {
            module: Some(module),
            address: Some(address),
            file,
            line,
            ..Frame::default()
        });
    }
    let (function, offset) = if front.contains("+0x") || front.contains("+ 0x") {
        plus(front)
    } else {
        (front, None)
    };
    Some(Frame {
        module: Some(module),
        function: named(function),
        file,
        line,
        offset,
        ..Frame::default()
    })
}

/// Splits ` [D:\ws\Pawn.cpp @ 123]`, ` [Pawn.cpp:123]`, ` [Pawn.cpp : 123 + 0x5]` and ` []` off.
fn place(text: &str) -> (&str, Option<&str>, Option<u32>) {
    let Some((front, inner)) = text::last_group(text, b'[', b']') else {
        return (text, None, None);
    };
    // `operator[]` and `Foo[abi:v1]` are no places: a blank stands before a place.
    if !front.ends_with([' ', '\t']) {
        return (text, None, None);
    }
    let front = front.trim_end();
    if inner.is_empty() {
        return (front, None, None);
    }
    if let Some((file, line)) = inner.rsplit_once(" @ ") {
        return (front, Some(file), line.trim().parse().ok());
    }
    if let Some((file, rest)) = inner.split_once(" : ") {
        return (
            front,
            Some(file),
            text::digits(rest.trim_start()).and_then(|(line, _)| line.parse().ok()),
        );
    }
    let (file, line) = text::file_line(inner);
    (front, Some(file), line)
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
