//! Native code on Android, Linux and Apple systems, and Rust's own backtraces.

use super::super::frame::Frame;
use super::super::text;
use super::{script, windows};

/// Lines that start with `#` and a number: Android's `#00 pc …`, gdb's and the sanitizers' `#0 0x… in f`, Dart's.
pub(super) fn numbered(line: &str) -> Option<Frame<'_>> {
    let (_, rest) = text::digits(line.strip_prefix('#')?)?;
    let rest = rest.trim_start();
    if let Some(rest) = rest.strip_prefix("pc ") {
        return android(rest.trim_start());
    }
    if rest.starts_with("0x") {
        let (address, rest) = text::word(rest);
        let address = text::hex(address);
        let frame = match rest.strip_prefix("in ") {
            Some(rest) => gdb(rest),
            None => android_rest(rest),
        };
        return Some(Frame { address, ..frame });
    }
    script::javascript(rest)
        .or_else(|| windows::module_function(rest))
        .or_else(|| (text::has(rest, " at ") || text::has(rest, " from ")).then(|| gdb(rest)))
}

/// `000000000004a1b8  /system/lib64/libc.so (abort+164)`, glibc's `./Starfall(main+0x12) [0x55d0]`, `libfoo.so+0x12`.
pub(super) fn bare(line: &str) -> Option<Frame<'_>> {
    let line = line.strip_prefix("pc ").unwrap_or(line);
    let (first, rest) = text::word(line);
    if first.len() >= 8 && rest.starts_with('/') {
        return text::hex(first).is_some().then(|| android(line))?;
    }
    if let Some((module, at)) = first.split_once("+0x")
        && rest.is_empty()
        && module.contains('.')
    {
        let offset = text::hex(at)?;
        return Some(Frame {
            module: Some(module),
            offset: Some(offset),
            ..Frame::default()
        });
    }
    let (front, address) = text::last_group(line, b'[', b']')?;
    let address = address.starts_with("0x").then(|| text::hex(address))??;
    let (module, inner) = text::last_group(front, b'(', b')')?;
    if module.is_empty() || module.contains(' ') {
        return None;
    }
    let (function, offset) = plus(inner);
    Some(Frame {
        module: Some(module),
        function: named(function),
        offset,
        address: Some(address),
        ..Frame::default()
    })
}

/// Behind `#00 pc`: an address, a module, and what the unwinder or the vendor's symbol server added.
fn android(rest: &str) -> Option<Frame<'_>> {
    let (address, rest) = text::word(rest);
    let address = text::hex(address)?;
    Some(Frame {
        address: Some(address),
        ..android_rest(rest)
    })
}

fn android_rest(rest: &str) -> Frame<'_> {
    let mut rest = rest.trim_end();
    // The vendor's symbol server puts the architecture last: `… (SparseArray.h:254) [arm64-v8a]`.
    if let Some((front, inner)) = text::last_group(rest, b'[', b']')
        && !front.is_empty()
        && ["arm", "x86", "mips", "riscv", "i686"]
            .iter()
            .any(|cpu| inner.starts_with(cpu))
    {
        rest = front.trim_end();
    }
    let (module, mut rest) = module(rest);
    while let Some((front, inner)) = text::last_group(rest, b'(', b')') {
        if inner.starts_with("BuildId:")
            || inner.starts_with("deleted")
            || inner.starts_with("offset 0x")
        {
            rest = front.trim_end();
        } else {
            break;
        }
    }
    // `(deleted)` and `(offset 0x1a000)` can also stand before the function.
    while let Some(close) = rest
        .find(") ")
        .filter(|_| rest.starts_with("(deleted") || rest.starts_with("(offset 0x"))
    {
        rest = rest[close + 1..].trim_start();
    }
    let mut frame = Frame {
        module,
        ..Frame::default()
    };
    if rest.is_empty() {
        return frame;
    }
    match text::last_group(rest, b'(', b')') {
        Some(("", inner)) => {
            let (path, line) = text::file_line(inner);
            if line.is_some() {
                (frame.file, frame.line) = (Some(path), line);
            } else {
                let (function, offset) = plus(inner);
                (frame.function, frame.offset) = (named(function), offset);
            }
        }
        Some((front, inner)) if text::file_line(inner).1.is_some() => {
            let (path, line) = text::file_line(inner);
            (frame.file, frame.line) = (path_of(path), line);
            let (function, offset) = plus(front.trim_end());
            (frame.function, frame.offset) = (named(function), offset);
        }
        _ => {
            let (function, offset) = plus(rest);
            (frame.function, frame.offset) = (named(function), offset);
        }
    }
    frame
}

/// The module at the front. Names with blanks come in brackets: `[anon:dalvik-classes.dex extracted in memory]`.
fn module(rest: &str) -> (Option<&str>, &str) {
    let close = match rest.as_bytes().first() {
        Some(b'[') => rest.find(']'),
        Some(b'<') => rest.find('>'),
        _ => None,
    };
    let (module, rest) = match close {
        Some(at) => (&rest[..=at], rest[at + 1..].trim_start()),
        None => text::word(rest),
    };
    let known = !module.is_empty() && !matches!(module, "???" | "??" | "<unknown>" | "unknown");
    (known.then_some(module), rest)
}

/// Behind `in`: `Foo::bar(int) /src/foo.cpp:12:3`, `abort (/lib/libc.so.6+0x12)`, `f (x=1) at a.c:12`, `f () from lib.so`.
fn gdb(rest: &str) -> Frame<'_> {
    if let Some((function, place)) = rest.rsplit_once(" at ") {
        let (file, line) = text::file_line(place);
        return Frame {
            function: named(function),
            file: Some(file),
            line,
            ..Frame::default()
        };
    }
    if let Some((function, module)) = rest.rsplit_once(" from ") {
        return Frame {
            function: named(function),
            module: Some(module),
            ..Frame::default()
        };
    }
    if let Some((function, inner)) = text::last_group(rest, b'(', b')')
        && inner.contains('/')
    {
        let (module, offset) = plus(inner);
        return Frame {
            function: named(function.trim_end()),
            module: Some(module),
            offset,
            ..Frame::default()
        };
    }
    if let Some((function, place)) = rest.rsplit_once(' ') {
        let (file, line) = text::file_line(place);
        if line.is_some() {
            return Frame {
                function: named(function),
                file: Some(file),
                line,
                ..Frame::default()
            };
        }
    }
    Frame {
        function: named(rest),
        ..Frame::default()
    }
}

/// Behind the number in Apple's reports: `UIKitCore  0x1a2b3c4d5 -[UIView layout] + 120 (UIView.m:12)`.
pub(super) fn apple(rest: &str) -> Option<Frame<'_>> {
    let at = rest.find("0x").filter(|&at| at > 0)?;
    let front = rest[..at].trim_end();
    if front.len() == at
        || front.is_empty()
        || front.ends_with(['+', '-', ':', '@'])
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
    if let Some((shorter, inner)) = text::last_group(rest, b'(', b')') {
        let (file, line) = text::file_line(inner);
        if line.is_some() {
            (frame.file, frame.line) = (path_of(file), line);
            rest = shorter.trim_end();
        }
    }
    let (symbol, offset) = plus(rest);
    frame.offset = offset;
    // `atos` writes the image once more: `-[Foo bar] (in Starfall)`.
    let symbol = symbol
        .split_once(" (in ")
        .map_or(symbol, |(symbol, _)| symbol);
    // Without symbols the base of the image or its name stands in: `0x104000000 + 1234`, `Starfall + 1234`.
    if symbol != front {
        frame.function = named(symbol);
    }
    Some(frame)
}

/// Behind `12: ` in Rust's own backtrace; the place follows on a line of its own.
pub(super) fn rust(name: &str) -> Option<Frame<'_>> {
    let name = match name.split_once(" - ") {
        Some((address, name)) if address.starts_with("0x") => name.trim_start(),
        _ => name,
    };
    let plausible =
        name.contains("::") || name == "main" || (name.contains('_') && !name.contains(' '));
    let clean = plausible && !name.ends_with([':', '.']);
    clean.then(|| Frame {
        function: named(name),
        ..Frame::default()
    })
}

/// `abort+164` and `foo + 0x12` to name and offset; `operator+` stays whole.
pub(super) fn plus(text: &str) -> (&str, Option<u64>) {
    let Some((front, back)) = text.rsplit_once('+') else {
        return (text, None);
    };
    match text::offset(back) {
        Some(offset) if !front.trim_end().ends_with("operator") => (front.trim_end(), Some(offset)),
        _ => (text, None),
    }
}

/// A function's name, unless it only says that there is none.
pub(super) fn named(text: &str) -> Option<&str> {
    let text = text.trim();
    let placeholder = matches!(
        text,
        "" | "?"
            | "??"
            | "???"
            | "<unknown>"
            | "unknown"
            | "UnknownFunction"
            | "<redacted>"
            | "(null)"
            | "null"
            | "__mh_execute_header"
            | "_mh_execute_header"
            | "<deduplicated_symbol>"
            | "?? ()"
            | "()"
            | "[unknown]"
    );
    let address = text.starts_with("0x") && text::hex(text).is_some();
    let told = text.starts_with("(function-name not available)") || text.starts_with("(Unknown)");
    // Qualcomm's drivers carry scrambled names: `!!!0000!a1b2c3!4d5e6f!`.
    let scrambled = text.starts_with("!!!");
    (!placeholder && !address && !told && !scrambled).then_some(text)
}

fn path_of(path: &str) -> Option<&str> {
    (!matches!(path, "" | "<compiler-generated>" | "??" | "?")).then_some(path)
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
    fn the_forms_unwinders_and_symbol_servers_print() {
        let cases: &[(&str, Parts<'_>)] = &[
            (
                r"#00 pc 0000000002f0248c libUE4.so Reset (D:/SF\Engine\Core\Public\Containers/SparseArray.h:254) [arm64-v8a]",
                (
                    Some("Reset"),
                    Some("libUE4.so"),
                    Some(r"D:/SF\Engine\Core\Public\Containers/SparseArray.h"),
                    Some(254),
                    None,
                ),
            ),
            (
                "#01 pc 000000000004a1b8  /system/lib64/libc.so (abort+164) (BuildId: ab12)",
                (
                    Some("abort"),
                    Some("/system/lib64/libc.so"),
                    None,
                    None,
                    Some(164),
                ),
            ),
            (
                "#02 pc 0000000000012340  /data/app/a/base.apk (offset 0x1a000) (Foo::bar(int)+8)",
                (
                    Some("Foo::bar(int)"),
                    Some("/data/app/a/base.apk"),
                    None,
                    None,
                    Some(8),
                ),
            ),
            (
                "#03 pc 00000000004f  libUE4.so TArray<int, A>::At(int) const (C:/P (x86)/A.h:7) [arm64-v8a]",
                (
                    Some("TArray<int, A>::At(int) const"),
                    Some("libUE4.so"),
                    Some("C:/P (x86)/A.h"),
                    Some(7),
                    None,
                ),
            ),
            (
                "native: #04 pc 0000beef  <anonymous:7f00>",
                (None, Some("<anonymous:7f00>"), None, None, None),
            ),
            (
                "3   UIKitCore  0x00000001a2b3c4d5 -[UIView layout] + 120 (UIView.m:12)",
                (
                    Some("-[UIView layout]"),
                    Some("UIKitCore"),
                    Some("UIView.m"),
                    Some(12),
                    Some(120),
                ),
            ),
            (
                "4   Starfall  0x0000000104001234 0x104000000 + 4660",
                (None, Some("Starfall"), None, None, Some(4660)),
            ),
            (
                "4   Star Fall  0x0000000104001234 Star Fall + 4660",
                (None, Some("Star Fall"), None, None, Some(4660)),
            ),
            (
                "#1 0x55d0aa in sf::Save::write() /src/save.cpp:88:3",
                (
                    Some("sf::Save::write()"),
                    None,
                    Some("/src/save.cpp"),
                    Some(88),
                    None,
                ),
            ),
            (
                "./Starfall(main+0x12) [0x55d0]",
                (Some("main"), Some("./Starfall"), None, None, Some(18)),
            ),
            (
                "12: core::panicking::panic_fmt",
                (Some("core::panicking::panic_fmt"), None, None, None, None),
            ),
        ];
        for (line, parts) in cases {
            let frame = read(line).unwrap_or_else(|| panic!("{line}"));
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
}
