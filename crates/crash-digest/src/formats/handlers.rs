//! What games' own handlers say in a line: emulators, mod loaders, engines with a handler for signals.

use super::{caused, godot, studio};
use crate::code_tables;
use crate::frame::Frame;
use crate::model::{Builder, Exception, Facts, tells_of_crash};
use crate::text;
use crate::windows_exceptions;

/// Takes such a line; `false` where it is none.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    thread_ended(out, line)
        || studio::line(out, line)
        || caused::line(out, line)
        || of_shell(out, line)
        || of_shell_alone(out, line)
        || shouted(out, line)
        || seen_by_procdump(out, line)
        || in_a_box(out, line)
        || received(out, line)
        || of_nwnx(out, line)
}

/// The signals by what the C library calls them.
const SIGNALS: [(&str, &str); 7] = [
    ("Aborted", "SIGABRT"),
    ("Segmentation fault", "SIGSEGV"),
    ("Bus error", "SIGBUS"),
    ("Illegal instruction", "SIGILL"),
    ("Floating point exception", "SIGFPE"),
    ("Trace/breakpoint trap", "SIGTRAP"),
    ("Killed", "SIGKILL"),
];

/// The signal that the C library calls so.
pub(super) fn signal_called(said: &str) -> Option<&'static str> {
    let found = SIGNALS.iter().find(|(words, _)| *words == said);
    found.map(|(_, signal)| *signal)
}

/// The code of a record of Windows, `c0000005 (Access violation)`: what was told of an earlier exception is not of this one.
pub(super) fn exception_code<'a>(facts: &mut Facts<'a>, value: &'a str) {
    let code = text::word(value).0;
    let name = text::after(value, "(", b")");
    if name.is_none() && facts.signal.is_some() && facts.code == Some(code) {
        return;
    }
    facts.signal = name.or(Some(value));
    facts.code = Some(code).filter(|code| facts.signal != Some(code));
}

/// A shell's line of the program that it ran: `Aborted                    ./orbit -x`, `zsh: abort      ./orbit -x`,
/// `[1]    4711 segmentation fault  ./orbit -x`.
fn signal_of_job(line: &str) -> Option<&'static str> {
    /// What zsh calls signals otherwise.
    const OF_ZSH: [(&str, &str); 3] = [
        ("abort", "SIGABRT"),
        ("illegal hardware instruction", "SIGILL"),
        ("trace trap", "SIGTRAP"),
    ];
    let said = match line.as_bytes().first()? {
        b'A'..=b'T' => line,
        b'z' => line.strip_prefix("zsh: ")?,
        b'[' => {
            let (number, rest) = line[1..].split_once(']')?;
            let (_, said) = text::digits(rest.trim_start_matches([' ', '+', '-']))?;
            number.parse::<u32>().ok().map(|_| said.trim_start())?
        }
        _ => return None,
    };
    let zsh = said.len() < line.len();
    let names = SIGNALS.iter().chain(OF_ZSH.iter().filter(|_| zsh));
    names
        .filter(|(word, _)| {
            let behind = said.get(word.len()..).unwrap_or_default();
            let command = behind.trim_start();
            let apart = behind.len() - command.len() >= if zsh { 2 } else { 4 };
            let same = if zsh {
                str::eq_ignore_ascii_case
            } else {
                |a: &str, b: &str| a == b
            };
            apart
                && !command.is_empty()
                && said.get(..word.len()).is_some_and(|said| same(said, word))
        })
        .map(|(_, signal)| *signal)
        .next()
}

/// fish: `fish: Job 1, './orbit -x' terminated by signal SIGSEGV (Address boundary error)`.
fn signal_of_fish(line: &str) -> Option<&'static str> {
    let (_, said) = text::split_once(line.strip_prefix("fish: ")?, " terminated by signal ")?;
    let name = text::word(said).0;
    let found = SIGNALS.iter().find(|(_, signal)| *signal == name);
    found.map(|(_, signal)| *signal)
}

/// What a shell says of the program that its script ran, `/srv/start.sh: line 31:  4711 Aborted    (core dumped) ./orbit -x`, or
/// that was typed, `Aborted                    ./orbit -x`.
fn of_shell<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let typed = || signal_of_job(line).or_else(|| signal_of_fish(line));
    let read = || {
        let (_, rest) = text::split_once(line, ": line ")?;
        let (_, rest) = text::digits(rest)?;
        let (_, said) = text::digits(rest.strip_prefix(':')?.trim_start())?;
        let said = said.strip_prefix(' ')?;
        SIGNALS.iter().find(|(word, _)| {
            said.strip_prefix(word)
                .is_some_and(|rest| rest.starts_with("  ") || rest.starts_with(" (core"))
        })
    };
    let Some(signal) = read().map(|(_, signal)| *signal).or_else(typed) else {
        return false;
    };
    if !out.is_empty() && ended_by_signal(out) {
        out.stack.facts.signal = out.stack.facts.signal.or(Some(signal));
    }
    if out.is_fresh() && out.section().exception.name.is_none() {
        // What the program itself said of its end stays.
        if !tells_of_crash(text::head(out.section().exception.message, 400)) {
            out.section().exception = Exception::default();
        }
        out.stack.facts.signal = out.stack.facts.signal.or(Some(signal));
    }
    out.stack.facts.reason("", line);
    out.cut();
    true
}

/// Whether what the program said of its end may be what a signal ended: of a virtual machine's exception the process may have died
/// otherwise.
fn ended_by_signal(out: &Builder<'_>) -> bool {
    let exception = out.stack.sections.first().map(|section| section.exception);
    let name = exception.and_then(|exception| exception.name);
    name.is_none_or(|name| text::has(name, "::") || text::has(name, "Assert"))
        || out.is_sure_of("terminate called ")
}

/// The signal as a shell calls it and no more, below what the program said of its end: `Aborted`,
/// `Segmentation fault (core dumped)`.
fn of_shell_alone<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let said = line.strip_suffix(" (core dumped)").unwrap_or(line);
    let Some(signal) = signal_called(said).filter(|_| out.is_fresh() && !out.is_empty()) else {
        return false;
    };
    let exception = out.section().exception;
    // It is all that is known of the end where the lines above tell of none.
    if exception.name.is_none() && !tells_of_crash(text::head(exception.message, 400)) {
        return false;
    }
    if ended_by_signal(out) {
        out.stack.facts.signal = out.stack.facts.signal.or(Some(signal));
    }
    out.stack.facts.reason("ended", line);
    out.cut();
    true
}

/// RPCS3: `·F 0:01:07.611030 SIG: Thread terminated due to fatal error: Verification failed (object: 0x0)`.
fn thread_ended<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let said = text::split_once(line, "Thread terminated due to fatal error: ");
    let Some((_, said)) = said.filter(|_| !out.has_frames()) else {
        return false;
    };
    let (name, message) = text::split_once(said, " (").map_or((said, ""), |(name, rest)| {
        (name, rest.strip_suffix(')').unwrap_or(rest))
    });
    out.section().exception = Exception {
        name: Some(name),
        message,
    };
    out.cut();
    true
}

/// Its place on the next line: `(in file D:\\ws\\ship.cpp:61[:3], in function 'bool Ship::fire(uint)')`.
pub(super) fn place<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let read = || {
        let rest = line.strip_prefix("(in file ")?;
        let (place, rest) = text::split_once(rest, ", in function '").unwrap_or((rest, ""));
        let place = place.split('[').next()?.trim_end_matches(')');
        let (file, number) = text::file_line(place);
        let function = rest.rsplit_once('\'').map(|(function, _)| function);
        Some(Frame {
            raw: line,
            function,
            file: Some(file),
            line: Some(number?),
            ..Frame::default()
        })
    };
    match read() {
        Some(frame) => out.frame(frame),
        None => return false,
    }
    true
}

/// A game's own: `Looks like orbit 1.5 crashed with signal SIGSEGV (11) - sorry!`, `Orbit received SIGSEGV!`; a mod loader's in any language: `…: c0000005 (EXCEPTION_ACCESS_VIOLATION) …`.
fn shouted<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if let Some((front, rest)) = text::split_once(line, " crashed with signal SIG")
        && let Some((name, _)) = rest.split_once(" (")
        && !out.has_frames()
    {
        let from = front.len() + " crashed with signal ".len();
        out.section().exception = Exception {
            name: line.get(from..from + "SIG".len() + name.len()),
            message: "",
        };
        out.stack.facts.reason("", line);
        out.cut();
        return true;
    }
    if let Some((name, rest)) = text::split_once(line, " received SIG")
        && let Some(signal) = rest.strip_suffix('!')
        && !name.contains(' ')
        && !signal.contains(' ')
    {
        out.stack.facts.signal = line.get(name.len() + " received ".len()..line.len() - 1);
        out.cut();
        return true;
    }
    if let Some((front, rest)) = text::split_once(line, " (EXCEPTION_")
        && let Some((name, _)) = rest.split_once(')')
        && text::rsplit_once(front, " ").is_some_and(|(_, code)| text::hex(code).is_some())
        && !out.has_frames()
    {
        let from = front.len() + 2;
        out.stack.facts.signal = line.get(from..from + "EXCEPTION_".len() + name.len());
        out.cut();
        return true;
    }
    false
}

/// Windows' old box: `The instruction at "0x006CFAE5" referenced memory at "0xAE808008".`, `The memory could not be "read".`
/// Handlers of games write both sentences in one line, without the marks.
pub(super) fn referenced<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let (said, access) = text::split_once(line, "The memory could not be ").unwrap_or((line, ""));
    let address = said
        .strip_prefix("The instruction at ")
        .and_then(|said| text::split_once(said, " referenced memory at "))
        .and_then(|(_, at)| at.trim_start_matches('"').split(['"', '.', ' ']).next());
    if address.is_none() && !said.is_empty() {
        return false;
    }
    let facts = &mut out.stack.facts;
    facts.fault_address = address.or(facts.fault_address);
    let access = access.trim_matches(['"', '.', ' ']);
    if !access.is_empty() {
        facts.reason("memory could not be", access);
    }
    out.cut();
    true
}

/// Another crash behind the stack of the engine's own handler: `CrashHandlerException: Program crashed`.
pub(super) fn again_of_godot<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let of_engine = |frame: &Frame<'_>| {
        frame.raw.starts_with('[') && !frame.file.is_some_and(|file| file.starts_with("res://"))
    };
    let again = out.stack.frames.first().is_some_and(of_engine)
        && (line.starts_with("CrashHandlerException: ") || line.starts_with("handle_crash: "));
    if again {
        out.further(line);
    }
    again
}

/// Godot's handler: `handle_crash: Program crashed with signal 11`. What ended the program has a stack of its own behind that
/// of a script's error.
pub(super) fn of_godot<'a>(out: &mut Builder<'a>, number: &'a str) {
    let of_script = |frame: &Frame<'_>| frame.file.is_some_and(|file| file.starts_with("res://"));
    if out.has_frames() && !out.is_beside() && of_script(&out.stack.frames[0]) {
        out.set_aside_named();
    }
    if !out.has_frames() {
        // What the engine complained of before did not end it.
        if out.is_fresh() && !out.is_empty() && out.section().exception.name.is_none() {
            let said = out.section().exception.message;
            for said in godot::fatal_last(said) {
                out.stack.facts.reason("logged before", said);
            }
            out.drop_unnamed();
        }
        let signal = number
            .trim()
            .parse()
            .ok()
            .and_then(code_tables::signal_name);
        out.stack.facts.signal = out.stack.facts.signal.or(signal);
    }
}

/// `ProcDump`'s lines, behind their time: `Exception: E06D7363.msc`, `Unhandled: C0000005.ACCESS_VIOLATION`. The last one ended
/// the program.
fn seen_by_procdump<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let rest = line
        .strip_prefix("Exception: ")
        .or_else(|| line.strip_prefix("Unhandled: "));
    let Some((code, name)) = rest.and_then(|rest| rest.split_once('.')) else {
        return false;
    };
    if code.len() != 8 || text::hex(code).is_none() || out.has_frames() {
        return false;
    }
    // What stood before is the tool's own head.
    if out.is_fresh() && out.section().exception.name.is_none() {
        out.section().exception = Exception::default();
    }
    out.stack.facts.signal = windows_exceptions::windows_exception(code).or(Some(name));
    out.stack.unrecognized.push(line);
    out.cut();
    true
}

/// A game's box of two lines: `Unhandled exception: c0000005`, `At address:      004f0ed7`.
fn in_a_box<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if out.has_frames() {
        return false;
    }
    if let Some(code) = line.strip_prefix("Unhandled exception: ") {
        let signal = windows_exceptions::windows_exception(code.trim());
        out.stack.facts.signal = signal.or(out.stack.facts.signal);
        if signal.is_some() {
            out.cut();
        }
        return signal.is_some();
    }
    let address = line.strip_prefix("At address: ").map(str::trim);
    if let Some(address) = address.filter(|address| text::hex(address).is_some()) {
        out.stack.facts.reason("at address", address);
        out.cut();
        return true;
    }
    false
}

/// NWNX begins its report with the signal's number, in hexadecimal: `exception = b`.
fn of_nwnx<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some(number) = line.strip_prefix("exception = ").and_then(text::hex) else {
        return false;
    };
    let signal = i64::try_from(number)
        .ok()
        .and_then(code_tables::signal_name);
    let known = signal.is_some() && !out.has_frames() && text::has(out.text, "GenericCrashHandler");
    if known {
        let facts = &mut out.stack.facts;
        facts.signal = facts.signal.or(signal);
        out.cut();
    }
    known
}

/// A log's line at whose end a game's handler names the signal: `198.992 Error CrashHandler.cpp:548: Received SIGSEGV`.
fn received<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if !line.ends_with(|c: char| c.is_ascii_uppercase()) || out.has_frames() {
        return false;
    }
    let Some((front, signal)) = text::rsplit_once(line, ": Received ") else {
        return false;
    };
    let known = SIGNALS.iter().any(|(_, name)| *name == signal);
    if known && out.is_fresh() && out.section().exception.name.is_none() {
        let facts = &mut out.stack.facts;
        facts.signal = facts.signal.or(Some(signal));
        // Of time, level and place the place tells who it was.
        let place = text::rsplit_once(front, " ").map_or(front, |(_, place)| place);
        let placed = text::file_line(place).1.is_some();
        facts.reason("told by", if placed { place } else { front });
        out.cut();
    }
    known
}

/// A program's own handler, which knows the signal's number alone: `Error: signal 11:`, `Caught signal 6`, `Received signal 11`.
pub(super) fn by_number(out: &mut Builder<'_>, line: &str) -> bool {
    // `Orbit received fatal signal 6 (Aborted)` stays what was said.
    if let Some(number) = text::after(line, " fatal signal ", b"")
        && let Some((number, _)) = text::digits(number)
        && let Some(signal) = number.parse().ok().and_then(code_tables::signal_name)
        && !out.has_frames()
    {
        out.stack.facts.signal = out.stack.facts.signal.or(Some(signal));
        return false;
    }
    let rest = [
        "Error: ",
        "ERROR: ",
        "Caught ",
        "caught ",
        "Got ",
        "Received ",
    ]
    .iter()
    .find_map(|start| line.strip_prefix(start))
    .unwrap_or(line);
    let number = rest
        .strip_prefix("signal ")
        .or_else(|| rest.strip_prefix("Signal "))
        .and_then(text::digits)
        .filter(|(_, behind)| matches!(behind.trim(), "" | ":" | "." | "!"));
    let signal = number.and_then(|(number, _)| code_tables::signal_name(number.parse().ok()?));
    let known = signal.filter(|_| !out.has_frames());
    if known.is_some() {
        out.stack.facts.signal = out.stack.facts.signal.or(known);
        out.cut();
    }
    known.is_some()
}
