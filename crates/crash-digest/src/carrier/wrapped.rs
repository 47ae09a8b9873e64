//! Lines that a mail or a terminal broke at a column, joined again: `at com.acme.Ship.fire(Ship.java:` and `31)`.

use crate::grammar::{self, Printers};
use crate::text;

/// Longer documents come from programs, which do not break their lines.
const LONGEST: usize = 1 << 20;
/// Lines of the head that are looked at for a first broken one.
const HEAD: usize = 400;
/// How a line ends whose frame stands on the next; .NET has the word in the languages of Windows.
pub(super) const BROKEN: [&str; 12] = [
    " at\n",
    " at \n",
    " at\r",
    "\nat\n",
    "\nat \n",
    "\nat\r",
    " \u{65bc}\n",
    " \u{65bc} \n",
    " \u{65bc}\r",
    " \u{5728}\n",
    " \u{5728} \n",
    " \u{5728}\r",
];
/// A broken line is at least so long.
const SHORTEST: usize = 16;
/// A frame is broken into at most so many lines.
const MOST: usize = 4;

/// The text with its frames in one line each; `None` where none is broken.
pub(super) fn join(document: &str) -> Option<String> {
    if document.len() > LONGEST {
        return None;
    }
    let head: Vec<&str> = text::lines(document).take(HEAD + MOST).collect();
    let looked_at = head.len().min(HEAD);
    if !(0..looked_at).any(|at| joined(&head, at).is_some()) {
        return None;
    }
    let lines: Vec<&str> = text::lines(document).collect();
    let mut out = String::with_capacity(document.len());
    let mut at = 0;
    while at < lines.len() {
        if let Some((line, count)) = joined(&lines, at) {
            out.push_str(&line);
            at += count;
        } else {
            out.push_str(lines[at]);
            at += 1;
        }
        out.push('\n');
    }
    Some(out)
}

/// The text with `at` in front of its frame, where the break stood behind it: `no bay at` and `com.acme.Ship.fire(Ship.java:31)`.
/// `None` where there is none.
pub(super) fn behind_at(document: &str) -> Option<String> {
    if document.len() > LONGEST || !BROKEN.iter().any(|mark| text::has(document, mark)) {
        return None;
    }
    let lines: Vec<&str> = text::lines(document).collect();
    let mut out = String::with_capacity(document.len());
    let (mut found, mut moved) = (false, false);
    for (at, line) in lines.iter().enumerate() {
        let empty = line.trim().is_empty();
        let said = without_at(line).filter(|_| is_frame_behind(&lines, at));
        // Of the blank lines between nothing is left: what stands below belongs to the line above.
        if !(moved && empty) {
            if std::mem::take(&mut moved) {
                // The frame that was left out behind the last one has its word as well: `… at ...`.
                let frame = said.or_else(|| without_at(line)).unwrap_or(line);
                out.extend(["at ", frame.trim_start()]);
            } else if said == Some("") {
                // The word stood alone: of its line nothing is left.
                (found, moved) = (true, true);
                continue;
            } else {
                out.push_str(said.unwrap_or(line));
            }
            out.push('\n');
        }
        moved |= said.is_some();
        found |= moved;
    }
    found.then_some(out)
}

/// How a row of Python goes on.
pub(super) const PYTHON: &str = "\", line ";

/// The text with Python's rows in one line each that a terminal broke inside of a name or a path: `File "dock.py", line 31, in
/// open_ba` and `y` below it. `None` where none is broken.
pub(super) fn python(document: &str) -> Option<String> {
    /// A terminal is at least so wide.
    const NARROWEST: usize = 60;
    if document.len() > LONGEST || !text::has(document, "File \"") {
        return None;
    }
    let lines: Vec<&str> = text::lines(document).collect();
    let mut out = String::with_capacity(document.len());
    let mut found = false;
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at].trim_end();
        out.push_str(line);
        at += 1;
        let row = line.len() >= NARROWEST && line.trim_start().starts_with("File \"");
        if let Some(next) = lines.get(at).filter(|_| row)
            && indent(next) == 0
            && let Some(source) = lines.get(at + 1)
            && indent(source) > indent(line)
            && is_rest(line.trim_start(), next.trim_end())
        {
            out.push_str(next.trim_end());
            found = true;
            at += 1;
        }
        out.push('\n');
    }
    found.then_some(out)
}

/// Whether a line is the rest of a row of Python: of its function's name, or of all that makes it a row.
fn is_rest(row: &str, rest: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'>');
    if text::has(row, PYTHON) && text::has(row, ", in ") {
        // What was raised begins with a capital.
        return !rest.is_empty()
            && rest.bytes().all(plain)
            && !rest.starts_with(|c: char| c.is_ascii_uppercase());
    }
    let read = |line: &str| grammar::read_as(Printers::Python, line).is_some();
    !read(row) && !rest.starts_with("File \"") && read(&format!("{row}{rest}"))
}

/// How a row of Lua goes on behind its place.
pub(super) const LUA: [&str; 7] = [
    "in function ",
    "in main chunk",
    "in upvalue ",
    "in method ",
    "in local ",
    "in field ",
    "in global ",
];

/// The text with Lua's rows in one line each that were broken behind their place: `init.lua:31:` and `in function 'open'` below it.
/// `None` where none is broken.
pub(super) fn lua(document: &str) -> Option<String> {
    let named = |line: &str| LUA.iter().any(|words| line.starts_with(words));
    if document.len() > LONGEST || !text::has(document, ":\n") && !text::has(document, ":\r\n") {
        return None;
    }
    let mut out = String::with_capacity(document.len());
    let (mut found, mut open) = (false, false);
    for line in text::lines(document) {
        let said = line.trim();
        if open && named(said) {
            out.truncate(out.trim_end().len());
            out.extend([" ", said, "\n"]);
            (found, open) = (true, false);
            continue;
        }
        open = said
            .strip_suffix(':')
            .is_some_and(|place| text::file_line(place).1.is_some() && !place.starts_with('['))
            || said == "[C]:";
        out.extend([line.trim_end(), "\n"]);
    }
    found.then_some(out)
}

/// How what a sanitizer found of undefined behaviour is told.
pub(super) const UNDEFINED: &str = ": runtime error: ";

/// The text with what was found on one line, where a mail broke it in front of the type that it ends in: `dock.c:31:9: runtime error:
/// signed integer overflow: 953447384 +` and `1908859798 cannot be represented in type 'int'`. `None` where none is broken.
pub(super) fn undefined(document: &str) -> Option<String> {
    const WIDEST: usize = 200;
    const TYPE: &str = " type '";
    if document.len() > LONGEST {
        return None;
    }
    let mut out = String::with_capacity(document.len());
    let (mut found, mut open) = (false, false);
    for line in text::lines(document) {
        let said = line.trim();
        if std::mem::take(&mut open)
            && text::has(said, TYPE)
            && said.len() <= WIDEST
            && !text::has(said, UNDEFINED)
        {
            out.truncate(out.trim_end().len());
            out.extend([" ", said, "\n"]);
            found = true;
            continue;
        }
        open = text::has(said, UNDEFINED) && !text::has(said, TYPE);
        out.extend([line.trim_end(), "\n"]);
    }
    found.then_some(out)
}

/// How the line begins that says what a memory detector of Android found.
pub(super) const CAUSE: &str = "Cause: [";

/// The text with what a detector found on one line, where a page broke it and indented the rest: `Cause: [GWP-ASan]: Use After Free,
/// 8 bytes into a 64-byte` and `allocation at 0x7b4c123450`. `None` where none is broken.
pub(super) fn causes(document: &str) -> Option<String> {
    if document.len() > LONGEST {
        return None;
    }
    let mut out = String::with_capacity(document.len());
    let (mut found, mut open) = (false, None);
    for line in text::lines(document) {
        let said = line.trim();
        if open.is_some_and(|front| indent(line) > front && goes_on(said)) {
            out.truncate(out.trim_end().len());
            out.extend([" ", said, "\n"]);
            found = true;
            continue;
        }
        open = said.starts_with(CAUSE).then(|| indent(line));
        out.extend([line.trim_end(), "\n"]);
    }
    found.then_some(out)
}

/// Whether words go on, where registers, frames and labels do not: `x19 0000007a3f012340`.
fn goes_on(said: &str) -> bool {
    let (first, rest) = text::word(said);
    let (second, _) = text::word(rest);
    let register = !second.starts_with("0x") && second.len() >= 8 && text::hex(second).is_some();
    first.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && !said.ends_with(':')
        && !register
        && !text::has(said, ": ")
}

/// A line without the word at its end, and without the dots that stand there for further frames: `no bay at`, `open() at ...`.
fn without_at(line: &str) -> Option<&str> {
    let line = line.trim_end();
    let line = line
        .strip_suffix("...")
        .or_else(|| line.strip_suffix('…'))
        .map_or(line, str::trim_end);
    [" at", " \u{65bc}", " \u{5728}"]
        .iter()
        .find_map(|word| line.strip_suffix(word))
        .or_else(|| (line == "at").then_some(""))
}

/// Whether the next line that is not blank is a frame, were `at` in front of it.
fn is_frame_behind(lines: &[&str], at: usize) -> bool {
    let mut behind = lines.iter().skip(at + 1).take(MOST);
    let next = behind.find(|line| !line.trim().is_empty());
    next.is_some_and(|line| {
        let line = text::trim(without_at(line).unwrap_or(line));
        let placed = line.ends_with(')') || text::has(line, ":line ");
        !line.starts_with("at ") && placed && grammar::read(&format!("at {line}")).is_some()
    })
}

/// A frame that is broken at this line, whole again, and how many lines it takes.
fn joined(lines: &[&str], at: usize) -> Option<(String, usize)> {
    let first = lines[at];
    let start = text::trim(first);
    if start.starts_with("pid: ") {
        return head(lines, at);
    }
    if start.len() < SHORTEST || !may_begin(start) {
        return None;
    }
    let native = is_native(start);
    let named_below = || {
        native
            && lines
                .get(at + 1)
                .is_some_and(|next| is_symbol(text::trim(next)))
    };
    let place = lines.get(at + 1).map(|next| text::trim(next));
    let placed_below = place.is_some_and(|place| is_placeless(start) && is_place(place));
    if grammar::read(start).is_some() && !is_open(start) && !named_below() && !placed_below {
        return None;
    }
    let mut whole = first.trim_end().to_owned();
    let indent = indent(first);
    // Of a native frame the library may be all that is known.
    let nameless = |whole: String, count: usize| {
        let frame = grammar::read(text::trim(&whole)).filter(|_| native && count > 1)?;
        frame.module.is_some().then_some((whole, count))
    };
    for count in 2..=MOST {
        let Some(next) = lines.get(at + count - 1) else {
            return nameless(whole, count - 1);
        };
        let rest = text::trim(next);
        // What is indented further belongs to the frame by its printer's will.
        let part =
            native && (rest.starts_with('/') || is_symbol(rest)) || count == 2 && placed_below;
        let continues = !rest.is_empty()
            && (self::indent(next) <= indent || part)
            && !may_begin(rest)
            && (part || grammar::read(rest).is_none());
        if !continues {
            return nameless(whole, count - 1);
        }
        // The break may be between words or inside one: a whole place tells which.
        let candidate = [" ", ""]
            .into_iter()
            .map(|between| format!("{whole}{between}{rest}"))
            .filter_map(|line| {
                let frame = grammar::read(text::trim(&line))?;
                let placed = frame.line.is_some();
                (frame.function.is_some() && !is_open(&line)).then_some((placed, line))
            })
            .reduce(|best, other| if other.0 && !best.0 { other } else { best });
        if let Some((_, line)) = candidate {
            return Some((line, count));
        }
        whole.push(' ');
        whole.push_str(rest);
    }
    None
}

/// The head of a tombstone that was broken in front of the name of the process or of its mark: `pid: 31, tid: 42, name: Render >>>`
/// and `com.acme.orbit <<<`.
fn head(lines: &[&str], at: usize) -> Option<(String, usize)> {
    let mut whole = lines[at].trim_end().to_owned();
    if whole.ends_with("<<<") || !text::has(&whole, "tid: ") {
        return None;
    }
    for count in 2..=MOST {
        let rest = text::trim(lines.get(at + count - 1)?);
        if rest.is_empty() || text::has(rest, ": ") && !text::has(rest, ">>>") || may_begin(rest) {
            return None;
        }
        whole.extend([" ", rest]);
        if rest.ends_with("<<<") {
            return text::has(&whole, ">>> ").then_some((whole, count));
        }
    }
    None
}

/// Whether a frame of Android ends behind its address or its library: `#00 pc 0000000000042f89`, `#01 pc 00042f89 /lib/libc.so`.
fn is_native(line: &str) -> bool {
    let Some((_, rest)) = line.strip_prefix('#').and_then(text::digits) else {
        return false;
    };
    rest.trim_start().starts_with("pc ") && !line.ends_with([')', ']'])
}

/// Whether a sanitizer's frame ends behind the name: `#3 0x5609704afa02 in orbit_dock_open`.
fn is_placeless(line: &str) -> bool {
    let named = || {
        let (_, rest) = line.strip_prefix('#').and_then(text::digits)?;
        let (address, rest) = text::word(rest.trim_start().strip_prefix("0x")?);
        text::hex(address)?;
        rest.strip_prefix("in ")
    };
    named().is_some_and(|name| {
        let whole = !name.contains(' ') || name.ends_with(')') && text::has(name, "::");
        whole && !text::has(name, "+0x") && text::file_line(name).1.is_none()
    })
}

/// Whether a line is its place alone: `/home/ci/orbit/dock.c:31:9`, `(/lib64/libasan.so.5+0x10dc58)`.
fn is_place(line: &str) -> bool {
    let (file, number) = text::file_line(line);
    let source = number.is_some() && file.contains('/') && file.contains('.');
    let module = line.starts_with("(/") && text::has(line, "+0x") && line.ends_with(')');
    (source || module) && !line.contains(' ')
}

/// What stands behind the library: `(orbit::Dock::open(int)+12)`, `(BuildId: 0c1f)`, and no remark of several words.
fn is_symbol(line: &str) -> bool {
    let Some(inner) = line
        .strip_prefix('(')
        .and_then(|line| line.strip_suffix(')'))
    else {
        return false;
    };
    !inner.is_empty()
        && (!inner.contains(' ')
            || text::has(inner, "::")
            || text::has(inner, "BuildId: ")
            || inner.ends_with(|c: char| c.is_ascii_digit()) && text::has(inner, "+")
            || inner
                .find('(')
                .is_some_and(|open| open > 0 && !inner[..open].contains(' ')))
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Whether a line begins as frames do.
fn may_begin(line: &str) -> bool {
    match line.as_bytes() {
        [b'#', digit, ..] => digit.is_ascii_digit(),
        [b'a', b't', b' ', ..] => true,
        [b'0'..=b'9', ..] => text::digits(line).is_some_and(|(_, rest)| {
            rest.starts_with("  ") && text::has(rest, "0x") || rest.starts_with(": 0x")
        }),
        _ => line.starts_with("frame #") || line.starts_with("* frame #"),
    }
}

/// Whether the line ends where no frame does: inside a bracket, behind a word that announces, at an address.
fn is_open(line: &str) -> bool {
    let bytes = line.as_bytes();
    let opened = memchr::memchr_iter(b'(', bytes).count();
    let closed = memchr::memchr_iter(b')', bytes).count();
    let last = line.rsplit([' ', '\t']).next().unwrap_or(line);
    let marked = last.starts_with("0x") && last.len() >= 10;
    let behind_pc = last.len() >= 8 && line.starts_with('#') && text::has(line, "pc ");
    let address = (marked || behind_pc) && text::hex(last).is_some();
    opened > closed
        || matches!(last, "at" | "in" | "from" | "+")
        || line.ends_with([',', ':'])
        || address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_frames_are_joined_and_others_left() {
        let text =
            "at com.acme.orbit.FragmentStore.add(FragmentStore.java:\n92)\nat a.b.C.d(C.java:1)\n";
        assert_eq!(
            join(text).unwrap(),
            "at com.acme.orbit.FragmentStore.add(FragmentStore.java:92)\nat a.b.C.d(C.java:1)\n"
        );
        let text = "0   libsystem_kernel.dylib  0x00000001aa0b0198\nsemaphore_wait_trap + 8\n";
        assert_eq!(
            join(text).unwrap(),
            "0   libsystem_kernel.dylib  0x00000001aa0b0198 semaphore_wait_trap + 8\n"
        );
        for whole in [
            "   0: orbit::battle::Stage::run_all_things\n             at src/battle.rs:42:9\n",
            "#00 0x0000000000159aa0 /data/app/x/liborbit.so (_ZN5Orbit4Ship4FireEv+8)\nOrbit::Ship::Fire()\n/home/ci/Ship.cpp:31:9\n",
            "at com.acme.orbit.FragmentStore.add(FragmentStore.java:12)\nnot a frame\n",
        ] {
            assert_eq!(join(whole), None, "{whole}");
        }
    }
}
