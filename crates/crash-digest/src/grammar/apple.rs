//! Apple: `3   UIKitCore   0x00000001a2b3c4d5 -[UIView layout] + 120 (UIView.m:12)`, and what crash kits make of it.

use super::shared::{named, path_of, plus};
use crate::frame::{Frame, Language, Note};
use crate::text;

/// Behind the number.
pub(super) fn numbered(rest: &str) -> Option<Frame<'_>> {
    let at = address_column(rest)?;
    let front = rest[..at].trim_end();
    if front.len() == at
        || front.is_empty()
        || front.ends_with(['+', '-', ':', '@', ',', '|', '(', '"'])
        || front.contains('!')
    {
        return None;
    }
    let (address, rest) = text::word(&rest[at..]);
    let address = text::hex(address)?;
    let module = (front != "???").then_some(front);
    let mut frame = Frame {
        module,
        address: Some(address),
        ..Frame::default()
    };
    let mut rest = rest.trim_end();
    if let Some(front) = rest.strip_suffix("[inlined]") {
        frame.note = Note::Inlined;
        rest = front.trim_end();
    }
    // What a service found out stands behind the hidden name: `_hidden#34_ (__hidden#36_:80) -[MFDock open] (in Orbit) + 16`.
    if rest.starts_with("_hidden#")
        && let Some((_, known)) = text::split_once(rest, ") ")
    {
        rest = known;
    }
    if let Some(told) = told_elsewhere(rest) {
        return Some(Frame {
            module,
            address: Some(address),
            ..told
        });
    }
    // KSCrash and others: `0x1a33d4000 + 1212972 (-[Vault open] + 132)`.
    if let Some((base, inner)) = text::last_group(rest, b'(', b')')
        && base.trim_start().starts_with("0x")
        && !inner.starts_with("in ")
    {
        let (symbol, offset) = plus(inner);
        let (file, line) = text::file_line(inner);
        if line.is_some() && offset.is_none() {
            (frame.file, frame.line) = (path_of(file), line);
        } else {
            frame.function = named(symbol);
            frame.offset = match frame.function {
                Some(_) => offset,
                None => plus(base.trim_end()).1,
            };
            return Some(frame);
        }
        rest = base.trim_end();
    }
    rest = places(&mut frame, rest);
    // Newer macOS: `mf::Vault::open() + 44 in Moonfort`? and symbolicators: `start + 2360 (start.c:0)`.
    let (symbol, offset) = plus(rest);
    frame.offset = offset;
    // `CFNetwork`'s own symbolicator: `symbol (.cold.1)` stays; a place behind ` at ` is Swift's: `open(key:) + 12 at /src/V.swift:9:3`.
    let symbol = match text::rsplit_once(rest, " at ") {
        Some((front, place)) if text::file_line(place).1.is_some() => {
            let (file, line) = text::file_line(place);
            (frame.file, frame.line) = (path_of(file), line);
            let (symbol, offset) = plus(front);
            frame.offset = offset;
            symbol
        }
        _ => symbol,
    };
    let symbol = symbol
        .split_once(" (in ")
        .map_or(symbol, |(symbol, _)| symbol);
    // Crashlytics writes Dart's frames in Apple's columns, with the line for an offset.
    if frame
        .file
        .is_some_and(|file| file.rsplit('.').next() == Some("dart"))
    {
        frame.language = Language::Script;
        (frame.offset, frame.address) = (None, None);
        frame.function = named(symbol);
        return Some(frame);
    }
    // Kotlin/Native: `kfun:com.acme.orbit.Dock#launch(com.acme.orbit.Ship){} + 351`.
    let symbol = match symbol.strip_prefix("kfun:") {
        Some(name) => name.split(['(', '{']).next().unwrap_or(name),
        None => symbol,
    };
    // Without symbols the base of the image or its name stands in: `0x104000000 + 1234`, `Starfall + 1234`.
    if symbol != front {
        // A call to a wild address has itself for a name: `???  000000000000000000 0 + 0`.
        frame.function = named(symbol).filter(|name| name.bytes().any(|byte| byte != b'0'));
        let base = symbol.starts_with("0x") || symbol.starts_with('/');
        if frame.function.is_none() && !base {
            // An offset into a function that has no name.
            frame.offset = None;
        }
    }
    Some(frame)
}

/// A service's row without its module: `Dock.open(_:) + 8 (Dock.swift:59)`.
pub(super) fn alone(line: &str) -> Option<Frame<'_>> {
    let (front, place) = text::last_group(line, b'(', b')')?;
    let (file, number) = text::file_line(place);
    let (symbol, offset) = plus(front.trim_end());
    (offset.is_some() && number.is_some() && !file.contains(' ')).then(|| Frame {
        function: named(symbol),
        offset,
        file: path_of(file),
        line: number,
        ..Frame::default()
    })
}

/// Takes places in brackets off the end: `(Foo.m:12)`, `(in Starfall)`.
fn places<'a>(frame: &mut Frame<'a>, rest: &'a str) -> &'a str {
    let mut rest = rest;
    while let Some((shorter, inner)) = text::last_group(rest, b'(', b')') {
        let (file, line) = text::file_line(inner);
        // Swift's compiler has no line of source, and for its number services print anything: `(<compiler-generated>:4371640976)`.
        let generated = inner.starts_with("<compiler-generated>");
        if line.is_some() && !inner.contains(' ') || inner.ends_with(":?") || generated {
            frame.file = path_of(file).filter(|_| !generated);
            frame.line = line.filter(|_| frame.file.is_some());
            rest = shorter.trim_end();
        } else if frame.file.is_none()
            && !inner.contains(' ')
            && [".c", ".m", ".mm", ".cpp", ".swift", ".cc"]
                .iter()
                .any(|end| inner.ends_with(end))
            && is_whole(shorter.trim_end(), inner)
        {
            frame.file = path_of(inner);
            rest = shorter.trim_end();
        } else if inner.starts_with("in ") && !shorter.trim().is_empty() {
            // `atos` writes the image once more: `-[Foo bar] (in Starfall) (Foo.m:12)`.
            rest = shorter.trim_end();
        } else {
            break;
        }
    }
    rest
}

/// Whether a name, or its offset, ends in front of a file in brackets: `open() + 12 (Dock.m)`. Swift's names have brackets and
/// arrows of their own, and no offset: `specialized Dock.open(Int) -> () (Dock.swift)`.
fn is_whole(front: &str, file: &str) -> bool {
    let swift = matches!(file.as_bytes(), [.., b's', b'w', b'i', b'f', b't']);
    plus(front).1.is_some() || swift && !front.is_empty()
}

/// Names and places in forms of their own: behind two slashes, in square brackets, behind base and offset.
fn told_elsewhere(rest: &str) -> Option<Frame<'_>> {
    // Cr4shed: `0x1a33d4000 + 1212972     // -[Vault open]`.
    if let Some((base, name)) = text::split_once(rest, "// ")
        && base.starts_with("0x")
    {
        let function = named(name);
        return Some(Frame {
            offset: plus(base.trim_end()).1.filter(|_| function.is_none()),
            function,
            ..Frame::default()
        });
    }
    // Some symbolicators leave the offset out and give the place: `mf_open + [vault.cpp : 266]`.
    if let Some((symbol, place)) = text::last_group(rest, b'[', b']')
        && let Some(symbol) = symbol.strip_suffix(" + ")
        && let Some((file, line)) = text::split_once(place, " : ")
        && let Ok(line) = line.trim().parse()
    {
        return Some(Frame {
            function: named(symbol),
            file: path_of(file),
            line: Some(line),
            ..Frame::default()
        });
    }
    // The image's base and offset, and the name that was found later: `0x105000000 + 2293548 +[Vault shared] (in Orbit)`.
    let named = match text::last_group(rest, b'(', b')') {
        Some((front, inner)) if inner.starts_with("in ") => front.trim_end(),
        _ => rest,
    };
    behind_base(named).map(|name| Frame {
        function: Some(name),
        ..Frame::default()
    })
}

/// The name behind `0x105000000 + 2293548 `.
fn behind_base(rest: &str) -> Option<&str> {
    let (base, rest) = rest.strip_prefix("0x")?.split_once(" + ")?;
    let (_, name) = text::digits(rest)?;
    let name = named(name.strip_prefix(' ')?)?;
    (text::hex(base).is_some() && !name.starts_with('(')).then_some(name)
}

/// A row whose image could not be told: `1`, a wide gap, `0x0000000102198f39 mf::Vault::open(int) + 41`.
pub(super) fn without_image(line: &str) -> Option<Frame<'_>> {
    let (_, rest) = text::digits(line)?;
    let row = rest.trim_start();
    let gap = rest.len() - row.len();
    if gap == 0 || !row.starts_with("0x") {
        return None;
    }
    // `minidump_stackwalk` of an address in no module: `0  0xc`.
    if let Some(address) = text::hex(row) {
        return Some(Frame {
            address: Some(address),
            ..Frame::default()
        });
    }
    if gap < 10 {
        return None;
    }
    let (address, symbol) = text::word(row);
    let (symbol, offset) = plus(symbol.trim());
    Some(Frame {
        address: Some(text::hex(address)?),
        function: named(symbol),
        offset: Some(offset?),
        ..Frame::default()
    })
}

/// Where the column of addresses begins: behind the module, at least four digits wide.
fn address_column(rest: &str) -> Option<usize> {
    // A call through a null pointer prints without the mark: `???   000000000000000000 0 + 0`.
    if let Some(at) = text::find(rest, " 0000000000000000").map(|at| at + 1)
        && rest[at..]
            .bytes()
            .take_while(|byte| *byte != b' ')
            .all(|byte| byte == b'0')
    {
        return Some(at);
    }
    if let Some(at) = text::find(rest, "\t0000000000000000").map(|at| at + 1)
        && text::word(&rest[at..]).0.bytes().all(|byte| byte == b'0')
    {
        return Some(at);
    }
    let at = text::find(rest, "0x").filter(|&at| at > 0)?;
    let digits = rest[at + 2..]
        .bytes()
        .take_while(u8::is_ascii_hexdigit)
        .count();
    let behind = rest.as_bytes().get(at + 2 + digits).copied();
    let front = rest[..at].trim_end();
    // `Thread 0x7eee (LWP 9) "vault" 0x00` and tables carry blanks, colons and bars in front of an address.
    let column = digits >= 4 || rest[..at].ends_with("  ") || rest[..at].ends_with('\t');
    let plain = front != "Thread"
        && !front.contains(['|', '=', '"', ',', ';'])
        && !front.ends_with(" at")
        && front.split(' ').count() <= 4;
    (column && plain && matches!(behind, None | Some(b' ' | b'\t'))).then_some(at)
}

/// Samples of a CPU report: `44  ??? (lib + 17300) [0x1d2966834]`, `40  mf::tick() + 12 (Moonfort + 26648) [0x100b6]`.
pub(super) fn sampled<'a>(samples: &str, rest: &'a str) -> Option<Frame<'a>> {
    let (front, address) = text::last_group(rest, b'[', b']')?;
    let address = text::hex(address)?;
    let (symbol, inner) = text::last_group(front, b'(', b')')?;
    let (module, offset) = plus(inner);
    let offset = Some(offset?);
    let (symbol, _) = plus(symbol.trim());
    Some(Frame {
        module: Some(module),
        function: named(symbol),
        address: Some(address),
        offset,
        note: Note::Samples(samples.parse().ok()?),
        ..Frame::default()
    })
}

/// Module, offset and name in columns: `libsystem_kernel.dylib +0x1804 _mach_msg2_trap`.
pub(super) fn offset_column(rest: &str) -> Option<Frame<'_>> {
    let (module, rest) = text::split_once(rest, " +0x")?;
    if module.is_empty() || module.contains(' ') {
        return None;
    }
    let (offset, function) = rest.split_once(' ').unwrap_or((rest, ""));
    Some(Frame {
        module: Some(module),
        function: named(function),
        offset: Some(text::hex(offset)?),
        ..Frame::default()
    })
}

/// A library and the place of the source, as a console finds them on Android: `liborbit.so out/arm64/../../orbit/dock.cc:28`,
/// without a line `liborbit.so ld-temp.o:?`.
pub(super) fn place_in_library(rest: &str) -> Option<Frame<'_>> {
    let (module, place) = text::word(rest);
    let place = place.trim();
    if module.rsplit('.').next() != Some("so") || place.is_empty() || place.contains(' ') {
        return None;
    }
    let (file, line) = text::file_line(place);
    let unknown = place.ends_with(":?");
    (line.is_some() && file.contains('.') || unknown).then(|| Frame {
        module: Some(module),
        file: path_of(file).filter(|_| !unknown),
        line,
        ..Frame::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_apple_and_of_crash_kits() {
        let cases = [
            (
                "UIKitCore  0x00000001a2b3c4d5 -[UIView layout] + 120 (UIView.m:12)",
                Some("-[UIView layout]"),
                Some("UIView.m"),
                Some(120),
            ),
            (
                "Starfall  0x0000000104001234 0x104000000 + 4660",
                None,
                None,
                Some(4660),
            ),
            (
                "Star Fall  0x0000000104001234 Star Fall + 4660",
                None,
                None,
                Some(4660),
            ),
            (
                "Moonfort  0x105e300b4 mf::Ring::find[abi:ne200100](int const&) + 4 (ring.h:1393) [inlined]",
                Some("mf::Ring::find[abi:ne200100](int const&)"),
                Some("ring.h"),
                Some(4),
            ),
            (
                "Moonfort  0x1055f6d98 <deduplicated_symbol> + 112",
                None,
                None,
                None,
            ),
            (
                "libobjc.A.dylib  0x00000001b4e580e4 0x1b4e50000 + 32996 (objc_exception_throw + 60)",
                Some("objc_exception_throw"),
                None,
                Some(60),
            ),
            (
                "CoreFoundation  0x00000001a34fc22c 0x1a33d4000 + 1212972 (<redacted> + 132)",
                None,
                None,
                Some(1_212_972),
            ),
            (
                "Moonfort  0x0000599e2019ad92 <unavailable> + 35594468",
                None,
                None,
                None,
            ),
        ];
        for (line, function, file, offset) in cases {
            let frame = numbered(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(
                (frame.function, frame.file, frame.offset),
                (function, file, offset),
                "{line}"
            );
        }
        for line in [
            "Thread 0x7eee601ef800 (LWP 9471) \"vault\" 0x00007eeeea in epoll_wait ()",
            "vertices at 0x1f20 were lost",
            "| 0x3D02B3F0 | 0x01042B2C",
            "x 0x12",
        ] {
            assert_eq!(numbered(line), None, "{line}");
        }
    }
}
