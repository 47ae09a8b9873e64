//! What `addr2line` and `llvm-symbolizer` print: a function on one line and its place on the next, or both on one with `-p`.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt::Write as _;

use crate::grammar;
use crate::text;

/// What is in such a text: the ends of native sources in front of a line's number, or that the place is not known.
pub(super) const PLACES: [&str; 11] = [
    "??:", ".c:", ".cc:", ".cpp:", ".cxx:", ".h:", ".hpp:", ".inl:", ".rs:", ".S:", ".m",
];

/// Sources of compilers whose symbols these tools read.
const SOURCES: [&str; 19] = [
    "c", "cc", "cpp", "cxx", "c++", "h", "hh", "hpp", "hxx", "inl", "ipp", "tcc", "rs", "S", "s",
    "asm", "m", "mm", "swift",
];

/// How the tools are called.
const TOOLS: [&str; 2] = ["addr2line ", "llvm-symbolizer "];

/// Frames that make a stack: one pair may be anything, unless the tool was called above it.
const FEWEST: usize = 2;

/// Lines that are looked at for frames of another.
const HEAD: usize = 60;

/// The text with each pair as a frame, `#0 orbit::Dock::open(int) at src/dock.cpp:31`; `None` where there are no two in a row or
/// where other frames stand beside them. Without `-f` the tool knows places alone, one for each address that it was called with.
pub(super) fn render(document: &str) -> Option<String> {
    // A debugger's places stand below its frames.
    let of_debugger = |line: &str| line.starts_with('#') && grammar::read(line).is_some();
    if text::lines(document)
        .take(HEAD)
        .map(text::trim)
        .any(of_debugger)
        && !TOOLS.iter().any(|tool| text::holds(document, tool))
    {
        return None;
    }
    let mut lines = text::lines(document).map(text::trim);
    lines.find(|line| is_place(line) || on_one_line(line).is_some())?;
    let lines: Vec<&str> = text::lines(document).map(text::trim).collect();
    if let Some(named) = behind_frames(document, &lines) {
        return Some(named);
    }
    let mut out = String::with_capacity(document.len() + document.len() / 8);
    let (mut at, mut frames, mut in_a_row, mut most) = (0, 0_usize, 0_usize, 0_usize);
    let mut fewest = FEWEST;
    // What the tool was called with, the next first.
    let mut asked: VecDeque<&str> = VecDeque::new();
    while at < lines.len() {
        let of_call = asked.front().copied();
        let place_alone = || {
            let place = of_call.is_some() && is_place(lines[at]);
            place.then_some((1, None, "??", lines[at]))
        };
        if let Some((used, address, name, place)) = frame(&lines[at..]).or_else(place_alone) {
            let _ = write!(out, "#{frames} ");
            asked.pop_front();
            if let Some(address) = address {
                out.extend([address, " in "]);
            } else if let Some(address) = of_call {
                let mark = if address.starts_with("0x") { "" } else { "0x" };
                out.extend([mark, address, " in "]);
            }
            out.extend([name, " at ", place, "\n"]);
            (frames, in_a_row, at) = (frames + 1, in_a_row + 1, at + used);
            most = most.max(in_a_row);
            continue;
        }
        let line = lines[at];
        if let Some(addresses) = addresses_of(line) {
            let below = &lines[at + 1..];
            fewest = 1;
            asked = if answers(below, addresses.len()) {
                addresses.into()
            } else {
                VecDeque::new()
            };
            at += 1;
            in_a_row = 0;
            continue;
        }
        if !line.is_empty() {
            in_a_row = 0;
            if grammar::read(line).is_some() {
                return None;
            }
        }
        // How the tool was called.
        if !(is_call(line)
            && lines
                .get(at + 1..)
                .is_some_and(|rest| frame(rest).is_some()))
        {
            out.extend([line, "\n"]);
        }
        at += 1;
    }
    (most >= fewest).then_some(out)
}

/// What the tool knew of an address: the name, and the place.
type Answer<'a> = (&'a str, &'a str);

/// The text with what the tool answered behind the frames that it was asked for, as `ndk-stack` prints it; `None` where it was
/// asked for no frame of the text, each of which names its library and the address in it.
fn behind_frames(document: &str, lines: &[&str]) -> Option<String> {
    if !TOOLS.iter().any(|tool| text::holds(document, tool)) {
        return None;
    }
    let mut known: HashMap<(&str, u64), Answer<'_>> = HashMap::new();
    let mut answers_at = HashSet::new();
    for (at, line) in lines.iter().enumerate() {
        let Some((library, addresses)) = library_of(line).zip(addresses_of(line)) else {
            continue;
        };
        let below = &lines[at + 1..];
        if !answers(below, addresses.len()) {
            continue;
        }
        let mut next = 0;
        for address in addresses {
            let (used, _, name, place) =
                frame(&below[next..]).unwrap_or((1, None, "??", below[next]));
            answers_at.extend(at + 1 + next..at + 1 + next + used);
            next += used;
            if let Some(address) = text::hex(address).filter(|_| !place.starts_with("??")) {
                known.insert((library, address), (name, place));
            }
        }
        answers_at.insert(at);
    }
    if known.is_empty() {
        return None;
    }
    let mut out = String::with_capacity(document.len() + document.len() / 8);
    let mut asked = false;
    for (at, (line, trimmed)) in text::lines(document).zip(lines).enumerate() {
        if answers_at.contains(&at) {
            continue;
        }
        out.push_str(line);
        let frame = Some(trimmed)
            .filter(|line| line.starts_with('#'))
            .and_then(|line| grammar::read(line));
        let place = frame.and_then(|frame| Some((frame.module_name()?, frame.address?)));
        let answer =
            place.and_then(|(module, address)| known.get(&(text::base_name(module), address)));
        if let Some((name, place)) = answer {
            out.truncate(out.trim_end().len());
            out.extend([": Routine ", name, " at ", place]);
            asked = true;
        }
        out.push('\n');
    }
    asked.then_some(out)
}

/// The library that the tool was called for: `-e obj/local/liborbit.so`, `-Cfe liborbit.so`, `--obj=liborbit.so`.
fn library_of(line: &str) -> Option<&str> {
    let (_, options) = TOOLS.iter().find_map(|tool| text::split_once(line, tool))?;
    let named = options
        .split_ascii_whitespace()
        .map(|word| word.strip_prefix("--obj=").unwrap_or(word))
        .find(|word| word.rsplit('.').next() == Some("so"))?;
    Some(text::base_name(named))
}

/// The addresses that the tool was called with: `addr2line -e liborbit.so 0001fc18 00016503`; `None` where the line is no call.
fn addresses_of(line: &str) -> Option<Vec<&str>> {
    let (_, options) = TOOLS.iter().find_map(|tool| text::split_once(line, tool))?;
    if !options.starts_with('-') && text::hex(text::word(options).0).is_none() {
        return None;
    }
    let hexadecimal = |word: &&str| word.len() >= 3 && text::hex(word).is_some();
    let mut addresses: Vec<&str> = options
        .split_ascii_whitespace()
        .rev()
        .take_while(hexadecimal)
        .collect();
    addresses.reverse();
    Some(addresses)
}

/// Whether the lines below a call are one answer to each address: functions that were inlined are more.
fn answers(lines: &[&str], addresses: usize) -> bool {
    let (mut at, mut found) = (0, 0);
    while at < lines.len() && found <= addresses {
        let used = match frame(&lines[at..]) {
            Some((used, ..)) => used,
            None if is_place(lines[at]) => 1,
            None => break,
        };
        (at, found) = (at + used, found + 1);
    }
    found == addresses
}

/// How many lines the next frame takes, its address, name and place.
fn frame<'a>(lines: &[&'a str]) -> Option<(usize, Option<&'a str>, &'a str, &'a str)> {
    let first = *lines.first()?;
    if let Some((address, name, place)) = on_one_line(first) {
        return Some((1, address, name, place));
    }
    // `-a` has the address on a line of its own.
    let address = Some(first).filter(|line| is_address(line));
    let skipped = usize::from(address.is_some());
    let (name, place) = (*lines.get(skipped)?, *lines.get(skipped + 1)?);
    (is_place(place) && is_name(name)).then_some((skipped + 2, address, name, place))
}

/// With `-p`: `orbit::Dock::open(int) at src/dock.cpp:31`, the address in front with `-a`, ` (inlined by) main at src/main.cpp:8`.
fn on_one_line(line: &str) -> Option<(Option<&str>, &str, &str)> {
    if !matches!(line.as_bytes().last(), Some(b'0'..=b'9' | b'?' | b')')) {
        return None;
    }
    // Of what it does not know the tool has no ` at `: `?? ??:0`, `0x00000600: ?? ??:0`.
    if let Some(front) = [" ??:0", " ??:?"]
        .iter()
        .find_map(|end| line.strip_suffix(end))
        && let Some(address) = front.strip_suffix("??")
    {
        let address = address.strip_suffix(": ");
        let fits = front == "??" || address.is_some_and(is_address);
        return fits.then_some((address, "??", "??:0"));
    }
    let (front, place) = text::rsplit_once(line, " at ")?;
    let front = front.strip_prefix("(inlined by) ").unwrap_or(front);
    let (address, name) = match text::split_once(front, ": ") {
        Some((address, name)) if is_address(address) => (Some(address), name),
        _ => (None, front),
    };
    (is_place(place) && is_name(name)).then_some((address, name, place))
}

/// `src/dock.cpp:31`, `src/dock.cpp:31:9`, `dock.c:?`, `??:0`, with `(discriminator 2)` behind it.
fn is_place(line: &str) -> bool {
    if !matches!(line.as_bytes().last(), Some(b'0'..=b'9' | b'?' | b')')) {
        return false;
    }
    let place = text::split_once(line, " (discriminator ").map_or(line, |(place, _)| place);
    let (file, number) = match place.strip_suffix(":?") {
        Some(file) => (file, Some(0)),
        None => text::file_line(place),
    };
    let source = || {
        let name = text::base_name(file);
        let kind = name.rsplit_once('.').map_or("", |(_, kind)| kind);
        SOURCES.contains(&kind) && !name.contains(' ')
    };
    // Headers of C++'s library have no ending: `/usr/include/c++/v1/memory:2649`.
    let header = || {
        let name = text::base_name(file);
        let plain = name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        file.starts_with('/') && text::has(file, "/c++/") && !name.is_empty() && plain
    };
    number.is_some() && (file == "??" || (source() || header()) && !text::has(file, ": "))
}

fn is_address(word: &str) -> bool {
    word.strip_prefix("0x")
        .is_some_and(|digits| !digits.is_empty() && text::hex(digits).is_some())
}

/// A function's name, and no sentence: blanks stand behind a bracket or in a few names alone.
fn is_name(line: &str) -> bool {
    let called = [
        "operator",
        "non-virtual ",
        "virtual ",
        "vtable ",
        "-[",
        "+[",
    ];
    let fits = line.starts_with(|c: char| c.is_ascii_alphabetic() || "_~?<{$-+[(".contains(c))
        && line.bytes().all(|byte| byte >= b' ')
        && !line.ends_with([':', '.', ','])
        && !text::has(line, ": ");
    let whole = !line.contains(' ')
        || line.contains(['(', '<'])
        || called.iter().any(|start| line.starts_with(start));
    fits && whole && !is_place(line) && !is_call(line)
}

/// `$ addr2line -f -C -e liborbit.so 0x600`.
pub(super) fn is_call(line: &str) -> bool {
    TOOLS.iter().any(|tool| text::has(line, tool))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_become_frames() {
        let text = "$ addr2line -f -C -e liborbit.so 0x600 0x700 0x800\n??\n??:0\norbit::Dock::open(int) const\n\
                    /home/ci/orbit/dock.cpp:31 (discriminator 2)\nmain\nmain.c:?\n";
        assert_eq!(
            render(text).as_deref(),
            Some(
                "#0 0x600 in ?? at ??:0\n#1 0x700 in orbit::Dock::open(int) const at /home/ci/orbit/dock.cpp:31 \
                 (discriminator 2)\n#2 0x800 in main at main.c:?\n"
            )
        );
        let text = "mf@build:~$ aarch64-linux-android-addr2line -e obj/liborbit.so 0001fc18 00016503\n\
                    /ws/dock.cpp:246\n/ndk/include/jni.h:905\n";
        assert_eq!(
            render(text).as_deref(),
            Some(
                "#0 0x0001fc18 in ?? at /ws/dock.cpp:246\n#1 0x00016503 in ?? at /ndk/include/jni.h:905\n"
            )
        );
        let text =
            "$ addr2line -Cfie liborbit.so 650\n\nopen()\n/ws/dock.cpp:6\nmain\n/ws/main.cpp:7\n";
        assert_eq!(
            render(text).as_deref(),
            Some("\n#0 open() at /ws/dock.cpp:6\n#1 main at /ws/main.cpp:7\n")
        );
        let text = "0x00000600: dock_open at dock.c:31\n (inlined by) bay_open at bay.c:7:2\n";
        assert_eq!(
            render(text).as_deref(),
            Some("#0 0x00000600 in dock_open at dock.c:31\n#1 bay_open at bay.c:7:2\n")
        );
    }

    #[test]
    fn one_pair_and_places_beside_frames_stay() {
        for text in [
            "dock_open\ndock.c:31\n",
            "It fails at dock.c:31\nand again at dock.c:32\n",
            "#0 0x600 in dock_open dock.c:31\nbay_open\nbay.c:7\nmain\nmain.c:3\n",
            "thread 'main' panicked at src/main.rs:3:5\nnote: run at src/main.rs:4:5\n",
        ] {
            assert_eq!(render(text), None, "{text}");
        }
    }
}
