//! C libraries, virtual machines and servers: glibc's and Mono's `./moon(main+0x12) [0x55d0]`, Rust's and HotSpot's own.

use super::far::LONGEST;
use super::shared::{named, path_of, plus};
use crate::frame::{Frame, Language, Note};
use crate::text;

/// glibc: `./Starfall(main+0x12) [0x55d0]`, `mono(+0xc8514) [0x525b]`, `/lib/libc.so.6 [0x7f]`; `libfoo.so+0x12` alone. A program
/// that asks for the places as well may put them in front: `dock.c:31 (discriminator 4) bin/orbit(open+0x12) [0x4070]`.
pub(super) fn glibc(line: &str) -> Option<Frame<'_>> {
    let Some((file, number, rest)) = place_in_front(line) else {
        return row(line);
    };
    row(rest).map(|frame| Frame {
        file: path_of(file),
        line: Some(number),
        ..frame
    })
}

/// File, line and what stands behind them, where that ends as a frame of glibc does.
fn place_in_front(line: &str) -> Option<(&str, u32, &str)> {
    if !line.ends_with(']') {
        return None;
    }
    let (place, rest) = text::word(line);
    let (file, Some(number)) = text::file_line(place) else {
        return None;
    };
    let mut rest = rest.trim_start();
    if let Some(behind) = rest.strip_prefix("(discriminator ") {
        rest = behind.split_once(')')?.1.trim_start();
    }
    let known = file.contains('.') && !rest.starts_with('[');
    known.then_some((file, number, rest))
}

fn row(line: &str) -> Option<Frame<'_>> {
    let (first, rest) = text::word(line);
    if let Some((module, at)) = text::split_once(first, "+0x")
        && rest.is_empty()
        && module.contains('.')
        && let Some(offset) = text::hex(at)
    {
        return Some(Frame {
            module: Some(module),
            offset: Some(offset),
            ..Frame::default()
        });
    }
    // A server's own handler adds the name: `/srv/raylet(+0x4ef157) [0x5619] ray::Node::Start()`.
    if line.starts_with(['/', '.'])
        && let Some((front, function)) = text::split_once(line, "] ")
        && front.contains(") [0x")
        && let Some(frame) = row(&line[..=front.len()])
    {
        // Ruby adds the place: `/srv/libruby.so(rb_bug+0x49) [0xb75d] error.c:277`.
        if let (file, Some(number)) = text::file_line(function.trim())
            && !file.contains(' ')
            && frame.function.is_some()
        {
            return Some(Frame {
                file: path_of(file),
                line: Some(number),
                ..frame
            });
        }
        return Some(Frame {
            function: named(function.trim()).or(frame.function),
            ..frame
        });
    }
    if line.starts_with('/') && line.ends_with(|c: char| c.is_ascii_digit()) {
        return inlined(line);
    }
    let (front, address) = text::last_group(line, b'[', b']')?;
    if front.ends_with([')', ' '])
        && let Some(frame) = with_base(front, address)
    {
        return Some(frame);
    }
    let address = address.starts_with("0x").then(|| text::hex(address))??;
    if front.is_empty() {
        return Some(Frame {
            address: Some(address),
            ..Frame::default()
        });
    }
    let (module, inner) =
        text::last_group(front.trim_end(), b'(', b')').unwrap_or((front.trim_end(), ""));
    // A program without symbols: `mono() [0x4b73d8]`.
    let called = front.trim_end().ends_with("()") && address > 0xfff;
    let library = module.starts_with(['/', '.'])
        || text::has(module, ".so")
        || !inner.is_empty()
        || called
        || is_bare(front, line);
    let (function, offset) = plus(inner);
    let module = match module.find(' ') {
        Some(blank) => {
            let called = offset.is_some() && !inner.contains(' ');
            Some(module)
                .filter(|_| called)
                .and_then(|_| of_title(module, blank))?
        }
        None => module,
    };
    if module.is_empty() || module.contains([',', '=']) || !library {
        return None;
    }
    Some(Frame {
        module: Some(module),
        function: named(function),
        offset,
        address: Some(address),
        ..Frame::default()
    })
}

/// The base of the library between it and the name: `libdock.so[f6fc7000](dock_open+1c)[f6fde1de]`. All its numbers are hexadecimal.
fn with_base<'a>(front: &'a str, address: &str) -> Option<Frame<'a>> {
    let number = |digits: &str| text::hex(digits).filter(|_| digits.len() >= 6);
    let (front, inner) = text::last_group(front.trim_end(), b'(', b')')?;
    let (module, base) = text::last_group(front.trim_end(), b'[', b']')?;
    let module = module.trim_end();
    let (address, base) = (number(address)?, number(base)?);
    let inside = address.checked_sub(base)?;
    let (name, at) = match inner.rsplit_once('+') {
        Some((name, at)) if text::hex(at).is_some() => (name, text::hex(at)),
        _ => (inner, None),
    };
    let function = named(name);
    let fits = !module.is_empty() && !module.contains([' ', '(', '[']);
    fits.then_some(Frame {
        module: Some(module),
        function,
        offset: function.map_or(Some(inside), |_| at),
        address: Some(address),
        ..Frame::default()
    })
}

/// What was inlined has no address of its own in Ruby's rows: `/srv/libruby.so.3.2(rb_vm_bugreport) /tmp/ruby/vm_dump.c:1080`, where
/// the file is not known `/srv/oci8lib.so(Init_oci8lib) (null):0`.
fn inlined(line: &str) -> Option<Frame<'_>> {
    let (module, place) = text::split_once(line, ") ")?;
    let (module, function) = module.rsplit_once('(')?;
    let (file, number) = text::file_line(place);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let known = !module.contains(' ')
        && !function.is_empty()
        && function.bytes().all(plain)
        && (file == "(null)" || file.starts_with(['/', '.']) && !file.contains(' '));
    let number = number.filter(|_| known)?;
    let placed = file != "(null)";
    Some(Frame {
        module: Some(module),
        function: Some(function),
        file: path_of(file).filter(|_| placed),
        line: Some(number).filter(|_| placed),
        ..Frame::default()
    })
}

/// A program in which nothing was found, without brackets even, as glibc's own handler prints it: `orbit[0x4b071d]`.
fn is_bare(module: &str, line: &str) -> bool {
    // An element of a list has a small number, `ships[0x12]`, a register all of its digits: `pc[0x00004b071d]`.
    const SHORTEST: usize = "[0x400000]".len();
    let word = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.+".contains(&byte);
    line.len() >= module.len() + SHORTEST
        && line.ends_with(']')
        && !line[module.len()..].starts_with("[0x0")
        && module.starts_with(|c: char| c.is_ascii_alphabetic())
        && module.bytes().all(word)
}

/// The program of a process whose title has blanks, the first of them at `blank`: servers write what they do behind their name,
/// `/usr/bin/orbit-server *:6379`, `postgres: app orbit 10.0.0.7(31) idle`. A folder may have blanks, too: `/games/Star Fall/hull.so`.
fn of_title(title: &str, blank: usize) -> Option<&str> {
    let (program, rest) = (&title[..blank], title[blank..].trim_start());
    if let Some(name) = program.strip_suffix(':') {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
        return (!name.is_empty() && name.bytes().all(plain)).then_some(name);
    }
    if !title.starts_with(['/', '.']) {
        return None;
    }
    let doing = rest.starts_with(['*', '[', '-', ':']) || text::has(rest, ":");
    Some(if doing { program } else { title })
}

/// SerenityOS: `0xc0116a5b  Kernel::Scheduler::pick_next() +1236`.
pub(super) fn serenity(line: &str) -> Option<Frame<'_>> {
    let (address, rest) = text::split_once(line, "  ")?;
    let (function, offset) = text::rsplit_once(rest, " +")?;
    Some(Frame {
        address: Some(text::hex(address.strip_prefix("0x")?)?),
        function: named(function.trim()),
        offset: Some(offset.parse().ok()?),
        ..Frame::default()
    })
}

/// Mono's newer reporter: `0x7e77829393e2 - /opt/moonfort/libmonobdwgc-2.0.so : mono_x`, `0x7e - mono : `,
/// `0x7e - Unknown`.
pub(super) fn mono(line: &str) -> Option<Frame<'_>> {
    let (address, rest) = text::split_once(line, " - ")?;
    let address = address.starts_with("0x").then(|| text::hex(address))??;
    if rest == "Unknown" {
        return Some(Frame {
            address: Some(address),
            ..Frame::default()
        });
    }
    let (module, symbol) = text::split_once(rest, " :").unwrap_or((rest, ""));
    let module = module.trim();
    let fits = module.starts_with(['/', '.'])
        || text::has(module, ".so")
        || text::has(module, ".dll")
        // A program that was found in `PATH` has no folder: `0x5f5d - orbit : `.
        || text::has(rest, " : ")
        || rest.ends_with(" :");
    if !fits || module.starts_with("0x") {
        return None;
    }
    let (symbol, offset) = plus(symbol.trim());
    Some(Frame {
        address: Some(address),
        module: Some(module),
        function: named(symbol),
        offset,
        ..Frame::default()
    })
}

/// Behind `12: ` in Node's native stack: `0x10486f7c0 node::Abort() [/opt/node]`, `00007FF65675C92B v8::Isolate::Get+78795`,
/// `0x1113aa5  [node]`.
pub(super) fn node(rest: &str) -> Option<Frame<'_>> {
    let (address, rest) = text::word(rest);
    let digits = address.strip_prefix("0x").unwrap_or(address);
    let address = (digits.len() >= 6).then(|| text::hex(digits))??;
    let rest = rest.trim();
    let (front, module) = match text::last_group(rest, b'[', b']') {
        Some((front, module)) if front.is_empty() || front.ends_with(' ') => {
            (front.trim_end(), Some(module))
        }
        _ => (rest, None),
    };
    let (symbol, offset) = plus(front);
    let word = text::has(symbol, "::") || !symbol.contains(' ');
    (word && !symbol.starts_with('-')).then(|| Frame {
        address: Some(address),
        module,
        function: named(symbol),
        offset,
        ..Frame::default()
    })
}

/// Behind `12: ` in handlers of Windows programs: `ntdll.dll+0xa6e40 (memset)`, `materialsystem.dll+0x2ac76`.
pub(super) fn module_offset(rest: &str) -> Option<Frame<'_>> {
    let (place, rest) = text::word(rest);
    let (module, offset) = text::split_once(place, "+0x")?;
    let symbol = match rest.trim() {
        "" => "",
        rest => rest.strip_prefix('(')?.strip_suffix(')')?,
    };
    let library = module.contains('.') && !module.contains('(');
    library.then_some(Frame {
        module: Some(module),
        function: named(symbol),
        offset: Some(text::hex(offset)?),
        ..Frame::default()
    })
}

/// Swift's own backtrace: `0x00005c76c4306a32 Message.jsonString(options:) + 386 in issueServer at /src/M.swift:35:52`, with
/// `[ra]`, `[inlined]`, `[system]` and `[thunk]` in front; `0x00007f86059fccce <unknown> in libc.so.6`.
pub(super) fn swift(rest: &str) -> Option<Frame<'_>> {
    let mut rest = rest;
    let mut note = Note::default();
    while let Some(inner) = rest.strip_prefix('[') {
        let (mark, after) = inner.split_once(']')?;
        match mark {
            "inlined" => note = Note::Inlined,
            "ra" | "system" | "thunk" | "async" => {}
            _ => return None,
        }
        rest = after.trim_start();
    }
    let (address, rest) = text::word(rest);
    let address = text::hex(address.strip_prefix("0x")?)?;
    let rest = rest.trim_start();
    let (front, place) = match text::rsplit_once(rest, " at ") {
        Some((front, place)) if text::has(front, " in ") => (front, place),
        _ => (rest, ""),
    };
    let (symbol, module) = text::rsplit_once(front, " in ")?;
    let (symbol, offset) = plus(symbol);
    let (file, line) = text::file_line(place);
    let file = path_of(file).filter(|file| !file.ends_with('>'));
    (!module.contains(' ') && !module.is_empty()).then(|| Frame {
        address: Some(address),
        module: Some(module),
        function: named(symbol),
        file,
        line: line.filter(|_| file.is_some()),
        offset,
        note,
        ..Frame::default()
    })
}

/// Behind `12: ` in Rust's own backtrace; the place follows on a line of its own.
pub(super) fn rust(rest: &str) -> Option<Frame<'_>> {
    let (address, name) = match text::split_once(rest, " - ") {
        Some((address, name)) if address.starts_with("0x") => {
            (Some(text::hex(address.trim())?), name.trim_start())
        }
        _ => (None, rest),
    };
    // An address behind the name: `orbit::ship::fire::h2a1b2c3d4e5f6071 (0x5596ba11b856)`.
    let (name, address) = match text::last_group(name, b'(', b')') {
        Some((front, inner)) if front.ends_with(' ') && inner.starts_with("0x") => {
            (front.trim_end(), address.or(text::hex(inner)))
        }
        _ => (name, address),
    };
    // Firefox's and others: `12: 0x7f01 (libfoo.so+0x12)`.
    let plausible = address.is_some()
        || text::has(name, "::")
        || name == "main"
        || name == "<unknown>"
        || (name.contains('_') && !name.contains(' '));
    let clean = plausible && !name.ends_with([':', '.']) && !name.is_empty();
    clean.then(|| Frame {
        address,
        function: named(name),
        ..Frame::default()
    })
}

/// HotSpot: `C  [libvault.so+0xab08]  mf_vault_open+0x34`, `j  com.moonfort.Vault.open(I)V+0`,
/// `J 512 c2 com.moonfort.World.tick()V (33 bytes) @ 0x00007f02 [0x00007f01+0x10]`, `v  ~StubRoutines::call_stub`.
pub(super) fn hotspot(line: &str) -> Option<Frame<'_>> {
    let (mark, rest) = text::word(line);
    match mark {
        "C" | "V" => {
            let rest = rest.trim_start();
            // Code that no library holds: `C  0x000000000000a786`.
            if let Some(address) = rest.strip_prefix("0x").and_then(text::hex) {
                return Some(Frame {
                    address: Some(address),
                    ..Frame::default()
                });
            }
            let (inner, symbol) = rest.strip_prefix('[')?.split_once(']')?;
            let (module, at) = plus(inner);
            // Newer ones find the place: `dock_open+0x20  (dock.c:31)`.
            let symbol = symbol.trim();
            let (symbol, place) = match text::last_group(symbol, b'(', b')') {
                Some((front, inner)) if front.ends_with(' ') => (front.trim_end(), inner),
                _ => (symbol, ""),
            };
            let (file, line) = text::file_line(place);
            let (symbol, offset) = plus(symbol);
            let function = named(symbol);
            Some(Frame {
                module: Some(module),
                function,
                file: path_of(file).filter(|_| line.is_some()),
                line,
                offset: if function.is_some() { offset } else { at },
                ..Frame::default()
            })
        }
        "j" | "J" | "A" => {
            let method = rest
                .split_whitespace()
                .find(|word| word.contains('.') && word.contains('('))?;
            let name = method.split('(').next().unwrap_or(method);
            Some(Frame {
                function: named(name),
                language: Language::Java,
                ..Frame::default()
            })
        }
        "v" if rest.starts_with('~') => Some(Frame {
            function: named(rest.split(['+', ' ']).next().unwrap_or(rest)),
            ..Frame::default()
        }),
        _ => None,
    }
}

/// Address and place in the image behind the name, where one was found: `open_dock+0x8C@0x77417398[orbit.exe+0x17398]`,
/// `@0x5CD6A5[orbit.exe+0x1CD6A5]`. The name is the nearest one that the image exports.
pub(super) fn address_and_image(line: &str) -> Option<Frame<'_>> {
    let (front, place) = text::last_group(line, b'[', b']')?;
    let (symbol, address) = text::rsplit_once(front, "@0x")?;
    let (module, at) = text::rsplit_once(place, "+0x")?;
    let (address, at) = (text::hex(address)?, text::hex(at)?);
    if symbol.contains(' ') || module.is_empty() || module.contains([' ', ',', '=']) {
        return None;
    }
    let (symbol, offset) = plus(symbol);
    let near = offset.is_none_or(|offset| offset < LONGEST);
    let function = named(symbol).filter(|_| near);
    Some(Frame {
        module: Some(module),
        function,
        offset: if function.is_some() { offset } else { Some(at) },
        address: Some(address),
        ..Frame::default()
    })
}

/// Blender's rows: `orbit.exe           :0x00007FF75F6E4AA0  orbit::Dock::open D:\\ws\\dock.cc:31`, `…  Symbols not available`. The
/// address is the function's own where there is one.
pub(super) fn blender(line: &str) -> Option<Frame<'_>> {
    let (module, rest) = text::split_once(line, ":0x")?;
    let module = module.trim_end();
    let (address, symbol) = text::split_once(rest, "  ")?;
    let fits = matches!(address.len(), 8 | 16)
        && module.contains('.')
        && !module.contains([':', '(', '"', '=']);
    let address = text::hex(address).filter(|_| fits)?;
    let symbol = symbol.trim();
    let at = symbol
        .find(":\\")
        .and_then(|drive| symbol[..drive].rfind(' ').filter(|at| at + 2 == drive));
    let (symbol, place) = at.map_or((symbol, ""), |at| (&symbol[..at], &symbol[at + 1..]));
    let (file, line) = text::file_line(place);
    Some(Frame {
        module: Some(module),
        function: named(symbol.trim_end()).filter(|name| *name != "Symbols not available"),
        file: path_of(file).filter(|_| line.is_some()),
        line,
        address: Some(address),
        ..Frame::default()
    })
}

/// Python's `File "/srv/moonfort/app.py", line 12, in serve`.
pub(super) fn python(line: &str) -> Option<Frame<'_>> {
    let rest = line.strip_prefix("File \"")?;
    let (file, rest) = text::split_once(rest, "\", line ")?;
    let (number, rest) = text::digits(rest)?;
    // `faulthandler` leaves the comma out.
    let function = rest
        .strip_prefix(", in ")
        .or_else(|| rest.strip_prefix(" in "))
        .and_then(named);
    Some(Frame {
        function,
        file: path_of(file),
        line: number.parse().ok(),
        language: Language::Script,
        ..Frame::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_runtimes() {
        let frame = glibc("mono(+0xc8514) [0x525b05818934]").unwrap();
        assert_eq!(
            (frame.module, frame.function, frame.offset),
            (Some("mono"), None, Some(0xc_8514))
        );
        let frame = glibc("./Starfall(main+0x12) [0x55d0]").unwrap();
        assert_eq!(
            (frame.module, frame.function),
            (Some("./Starfall"), Some("main"))
        );
        let frame = mono("0x7e77829393e2 - /opt/moonfort/libmonobdwgc-2.0.so :").unwrap();
        assert_eq!(
            (frame.module, frame.function),
            (Some("/opt/moonfort/libmonobdwgc-2.0.so"), None)
        );
        let frame = rust("    0x7ee60d808234 - BaseThreadInitThunk".trim()).unwrap();
        assert_eq!(frame.function, Some("BaseThreadInitThunk"));
        assert_eq!(rust("0x7ee8a8f4f622 - <unknown>").unwrap().function, None);
        let frame = hotspot(
            "J 512 c2 com.moonfort.World.tick()V (33 bytes) @ 0x00007f02 [0x00007f01+0x10]",
        )
        .unwrap();
        assert_eq!(frame.function, Some("com.moonfort.World.tick"));
        let frame = python("File \"/srv/moonfort/app.py\", line 12, in serve").unwrap();
        assert_eq!((frame.function, frame.line), (Some("serve"), Some(12)));
        for line in ["value [0x12]", "set x = (1) [0x2]", "1.2 [0x1]"] {
            assert_eq!(glibc(line), None, "{line}");
        }
    }
}
