//! backward-cpp's stacks: the newest frame last, with lines of the source between the frames.
//!
//! `#6    Source "/mf/vault.cpp", line 112, in main [0x5654477fa86f]` is read as a debugger's frame, and the order turned.

use std::fmt::Write as _;

use crate::code_tables::signal_name;
use crate::text;

/// How the places begin that this printer names.
pub(super) const PLACES: [&str; 2] = ["Object \"", "Source \""];

/// The text with a debugger's frames in their place; `None` where it holds no such stack.
pub(super) fn render(text: &str) -> Option<String> {
    if !PLACES.iter().any(|place| text::has(text, place)) {
        return None;
    }
    let whole = rejoined(text);
    let text = whole.as_deref().unwrap_or(text);
    let prefix = text::lines(text).find_map(prefix)?;
    let mut front = String::new();
    let mut thread = None;
    let (mut frames, mut numbers) = (Vec::new(), Vec::new());
    let mut exit = None;
    let mut behind = String::new();
    for line in text::lines(text) {
        if let Some((name, code)) =
            died(line).filter(|(name, _)| prefix.is_empty() || text::has(prefix, name))
        {
            let _ = writeln!(front, "Target 0: ({name}) stopped.");
            exit = exit.or(code);
            continue;
        }
        // Of another program of the same launch.
        let Some(rest) = line.strip_prefix(prefix) else {
            if frames.is_empty() {
                let _ = writeln!(front, "{line}");
            }
            continue;
        };
        let bare = text::trim(rest);
        if let Some(frame) = frame(bare) {
            let number = bare.strip_prefix('#').and_then(text::digits);
            numbers.push(number.and_then(|(number, _)| number.parse::<usize>().ok()));
            frames.push(frame);
        } else if frames.is_empty() {
            match bare.strip_prefix(HEADING) {
                Some(of) => thread = text::after(of, " in thread ", b":").or(thread),
                None => _ = writeln!(front, "{rest}"),
            }
        } else if let Some((signal, address)) = signal(bare) {
            exit = None;
            let _ = match address {
                Some(address) => writeln!(front, "stop reason = {signal} (address={address})"),
                None => writeln!(front, "stop reason = {signal}"),
            };
        } else if !is_source(bare) && !bare.starts_with("BFD: ") {
            let _ = writeln!(behind, "{rest}");
        }
    }
    // One alone is a stack where its heading says so.
    if frames.len() < 2 && !text::has(text, HEADING) {
        return None;
    }
    if let Some(thread) = thread {
        let _ = writeln!(front, "[Current thread is {thread}]");
    }
    if let Some(signal) = exit {
        let _ = writeln!(front, "stop reason = {signal}");
    }
    // The newest has the number 0, and a text may be cut above it.
    let first = numbers.last().copied().flatten().unwrap_or_default();
    let whole = numbers
        .iter()
        .rev()
        .zip(first..)
        .all(|(number, expected)| *number == Some(expected));
    let first = if whole { first } else { 0 };
    for (number, frame) in (first..).zip(frames.iter().rev()) {
        let _ = writeln!(front, "#{number}  {frame}");
    }
    front.push_str(&behind);
    Some(front)
}

/// How the stack is headed, perhaps with the thread's number behind it: ` in thread 4711:`.
const HEADING: &str = "Stack trace (most recent call last)";

/// The text with rows in one line each that a terminal broke: `#0  Object "/lib/liborbit.so", at 0x7f42, in` and
/// `orbit::Dock::open(int)` below it. `None` where none is broken.
fn rejoined(text: &str) -> Option<String> {
    let begins = |line: &str| {
        let rest = line.strip_prefix('#').and_then(text::digits);
        rest.is_some_and(|(_, rest)| {
            let rest = rest.trim_start_matches([' ', '|']);
            PLACES.iter().any(|place| rest.starts_with(place))
        })
    };
    let mut lines = text::lines(text).peekable();
    let mut out = String::with_capacity(text.len());
    let mut found = false;
    while let Some(line) = lines.next() {
        let row = line.trim_end();
        out.push_str(row);
        if begins(text::trim(line))
            && (row.ends_with(" in") || frame(text::trim(line)).is_none())
            && let Some(rest) = lines.peek().map(|next| text::trim(next))
            && !rest.starts_with(['#', '`'])
            && signal(rest).is_none()
            && !is_source(rest)
            && (is_called(rest)
                || frame(&format!("{} {rest}", text::trim(line)))
                    .is_some_and(|_| !row.ends_with(" in")))
        {
            out.extend([" ", rest]);
            found = true;
            lines.next();
        }
        out.push('\n');
    }
    found.then_some(out)
}

/// Whether a line is a function's name: `orbit::Dock::open(int)`, `start_thread`, of a source `main [0x5654477fa86f]`.
fn is_called(line: &str) -> bool {
    let name = text::rsplit_once(line, " [0x").map_or(line, |(name, _)| name);
    let (front, arguments) = name.split_once('(').unwrap_or((name, ")"));
    let last = front.rsplit("::").next().unwrap_or(front);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'~' | b'>');
    let placed =
        name.contains("::") || name.contains('(') || name.len() < line.len() || name.contains('_');
    placed && !last.is_empty() && last.bytes().all(plain) && arguments.contains(')')
}

/// Which program a launcher of ROS says to have died, and the signal that its code tells of: `[orbit_node-3] process has died [pid 112,
/// exit code -11]`, behind its level in newer ones.
fn died(line: &str) -> Option<(&str, Option<&'static str>)> {
    let (front, behind) = text::split_once(line, "process has died [pid ")?;
    let front = front.trim_end_matches([':', ' ']);
    let name = front.strip_suffix(']')?.rsplit_once('[')?.1;
    let code = text::after(behind, "exit code -", b",]");
    let signal = code.and_then(|code| signal_name(code.parse().ok()?));
    (!name.is_empty()).then_some((name, signal))
}

/// What stands in front of a frame: nothing, or a launcher's name of the process.
fn prefix(line: &str) -> Option<&str> {
    let at = memchr::memchr(b'#', line.as_bytes())?;
    frame(text::trim(&line[at..]))?;
    let prefix = &line[..at];
    (prefix.trim().is_empty() || prefix.starts_with('[')).then_some(prefix.trim_start_matches(' '))
}

/// Whether a line is a numbered frame.
pub(super) fn is_row(line: &str) -> bool {
    line.starts_with('#')
        && PLACES.iter().any(|place| text::has(line, place))
        && frame(line).is_some()
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
    // glibc prints a null pointer as `(nil)`.
    let address = text::after(line, "[0x", b"]")
        .map(|address| text::with_mark(line, address, "0x".len()).unwrap_or(address))
        .or_else(|| text::has(line, "[(nil)]").then_some("0x0"));
    Some((
        told,
        address.filter(|_| line.starts_with("Seg") || line.starts_with("Bus")),
    ))
}
