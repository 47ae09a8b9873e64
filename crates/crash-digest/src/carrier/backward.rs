//! backward-cpp's stacks: the newest frame last, with lines of the source between the frames.
//!
//! `#6    Source "/mf/vault.cpp", line 112, in main [0x5654477fa86f]` is read as a debugger's frame, and the order turned.

use std::fmt::Write as _;

use crate::text;

/// How the places begin that this printer names.
pub(super) const PLACES: [&str; 2] = ["Object \"", "Source \""];

/// The text with a debugger's frames in their place; `None` where it holds no such stack.
pub(super) fn render(text: &str) -> Option<String> {
    if !PLACES.iter().any(|place| text::has(text, place)) {
        return None;
    }
    let prefix = text::lines(text).find_map(prefix)?;
    let mut front = String::new();
    let mut frames = Vec::new();
    let mut behind = String::new();
    for line in text::lines(text) {
        // Of another program of the same launch.
        let Some(rest) = line.strip_prefix(prefix) else {
            if frames.is_empty() {
                let _ = writeln!(front, "{line}");
            }
            continue;
        };
        let bare = text::trim(rest);
        if let Some(frame) = frame(bare) {
            frames.push(frame);
        } else if frames.is_empty() {
            let heading = bare.starts_with("Stack trace (most recent call last)");
            if !heading {
                let _ = writeln!(front, "{rest}");
            }
        } else if let Some((signal, address)) = signal(bare) {
            let _ = match address {
                Some(address) => writeln!(front, "stop reason = {signal} (address={address})"),
                None => writeln!(front, "stop reason = {signal}"),
            };
        } else if !is_source(bare) && !bare.starts_with("BFD: ") {
            let _ = writeln!(behind, "{rest}");
        }
    }
    if frames.len() < 2 {
        return None;
    }
    for (number, frame) in frames.iter().rev().enumerate() {
        let _ = writeln!(front, "#{number}  {frame}");
    }
    front.push_str(&behind);
    Some(front)
}

/// What stands in front of a frame: nothing, or a launcher's name of the process.
fn prefix(line: &str) -> Option<&str> {
    let at = memchr::memchr(b'#', line.as_bytes())?;
    frame(text::trim(&line[at..]))?;
    let prefix = &line[..at];
    (prefix.trim().is_empty() || prefix.starts_with('[')).then_some(prefix.trim_start_matches(' '))
}

/// `#8    Object "/lib/libc.so.6", at 0x7f42, in abort`; of inlined functions `| Source "…", line 3, in f`.
fn frame(line: &str) -> Option<String> {
    let rest = match line.strip_prefix('#') {
        Some(rest) => text::digits(rest)?.1,
        None => line,
    };
    let rest = rest.trim_start_matches([' ', '|']);
    let place = PLACES.iter().find(|place| rest.starts_with(**place))?;
    let (file, rest) = rest[place.len()..].split_once("\", ")?;
    if let Some(rest) = rest.strip_prefix("at 0x") {
        let (address, name) = rest.split_once(", in")?;
        text::hex(address)?;
        let name = called(name);
        return Some(match file {
            "" => format!("0x{address} in {name}"),
            _ => format!("0x{address} in {name} from {file}"),
        });
    }
    let (line, name) = text::digits(rest.strip_prefix("line ")?)?;
    let name = name.strip_prefix(", in")?;
    let (name, address) = match text::rsplit_once(name, " [0x") {
        Some((name, address)) => (name, Some(address.trim_end_matches(']'))),
        None => (name, None),
    };
    let name = called(name);
    Some(match address {
        Some(address) => format!("0x{address} in {name} at {file}:{line}"),
        None => format!("{name} at {file}:{line}"),
    })
}

/// A name as a debugger prints it: with its brackets.
fn called(name: &str) -> String {
    let name = name.trim();
    if name.is_empty() {
        "?? ()".to_owned()
    } else if name.contains('(') {
        name.to_owned()
    } else {
        format!("{name} ()")
    }
}

/// A row of the source: `> 112:   throw …`, `109:   open();`.
fn is_source(line: &str) -> bool {
    let line = line.trim_start_matches(['|', ' ', '>']);
    text::digits(line).is_some_and(|(_, rest)| rest.starts_with(':'))
}

/// The last line: `Segmentation fault (Address not mapped to object [0x18])`.
fn signal(line: &str) -> Option<(&'static str, Option<&str>)> {
    let names = [
        ("Segmentation fault (", "SIGSEGV"),
        ("Aborted (", "SIGABRT"),
        ("Bus error (", "SIGBUS"),
        ("Floating point exception (", "SIGFPE"),
        ("Illegal instruction (", "SIGILL"),
    ];
    let (_, told) = names
        .iter()
        .find(|(start, _)| line.starts_with(start) && !line.ends_with("(core dumped)"))?;
    let address = text::after(line, "[0x", b"]")
        .map(|address| text::with_mark(line, address, "0x".len()).unwrap_or(address));
    Some((
        told,
        address.filter(|_| line.starts_with("Seg") || line.starts_with("Bus")),
    ))
}
