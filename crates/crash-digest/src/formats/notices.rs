//! Single lines that say why: of loaders, of Chromium's handler, of virtual machines, of RPG Maker, of Linux's reporter.

use crate::code_tables::signal_name;
use crate::frame::{Frame, Language};
use crate::grammar;
use crate::model::{Builder, Exception, read_exception};
use crate::text;

/// Takes such a line; `false` where it is none.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    // The message of RPG Maker's error stands below its place.
    if let [frame] = out.stack.frames[..]
        && frame.raw.starts_with("Script '")
        && out.section().exception.message.is_empty()
    {
        out.exception_message(line);
        return true;
    }
    match line.as_bytes().first() {
        Some(b'E') => diagnostics(out, line),
        Some(b'R' | b'W') => received_signal(out, line) || is_repeat(line) || accessed(out, line),
        Some(b'L' | b'S') => loader(out, line) || script(out, line),
        Some(b'#') => check(out, line),
        Some(b'T') => title(out, line),
        Some(b'A') => godot(out, line),
        Some(b'G') => line.starts_with("GDScript backtrace (most recent call first)"),
        Some(b'*') => line.starts_with("*** First throw call stack"),
        _ => false,
    }
}

/// Chromium: `Received signal 11 SEGV_MAPERR 000000000018`.
fn received_signal<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some(rest) = line.strip_prefix("Received signal ") else {
        return false;
    };
    let (number, rest) = text::word(rest);
    let Some(signal) = number.parse().ok().and_then(signal_name) else {
        return false;
    };
    let (code, address) = text::word(rest);
    let facts = &mut out.stack.facts;
    facts.signal = Some(signal);
    facts.code = Some(code).filter(|code| !code.is_empty());
    facts.fault_address = Some(address).filter(|address| text::hex(address).is_some());
    out.cut();
    true
}

/// Unreal's old diagnostics: `Exception was "EXCEPTION_ACCESS_VIOLATION reading address 0x18"`.
fn diagnostics<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let quoted = line
        .strip_prefix("Exception was \"")
        .and_then(|rest| rest.strip_suffix('"'));
    let Some(quoted) = quoted.filter(|_| !out.has_frames()) else {
        return false;
    };
    out.section().exception = read_exception(quoted);
    out.cut();
    true
}

/// Unity's handler on Windows: `Read from location 0000000000000018 caused an access violation.`
fn accessed<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let place = line
        .strip_prefix("Read from location ")
        .or_else(|| line.strip_prefix("Write to location "));
    let Some(place) = place else {
        return false;
    };
    out.stack.facts.fault_address = Some(text::word(place).0);
    out.stack.facts.reason("", line.trim_end_matches('.'));
    true
}

/// .NET says how often the frames below stand there: `Repeat 2 times:`.
fn is_repeat(line: &str) -> bool {
    let times = line.strip_prefix("Repeat ").and_then(text::digits);
    times.is_some_and(|(_, rest)| rest == " times:")
}

/// Apple's loader: `Library not loaded: @rpath/Harbour.framework/Harbour`, `Symbol not found: _fire`.
fn loader<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let known = line.starts_with("Library not loaded: ") || line.starts_with("Symbol not found: ");
    if known {
        out.stack.facts.reason("", line);
    }
    known
}

/// RPG Maker: `Script 'Game_Ship' line 31: NoMethodError occurred.`; the message follows.
fn script<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some((script, rest)) = line
        .strip_prefix("Script '")
        .and_then(|rest| text::split_once(rest, "' line "))
    else {
        return false;
    };
    let Some((number, rest)) = text::digits(rest) else {
        return false;
    };
    let name = rest
        .strip_prefix(": ")
        .and_then(|rest| rest.strip_suffix(" occurred."));
    let Some(name) = name.filter(|_| out.is_empty()) else {
        return false;
    };
    out.section().exception = Exception {
        name: Some(name),
        message: "",
    };
    out.frame(Frame {
        raw: line,
        file: Some(script),
        line: number.parse().ok(),
        language: Language::Script,
        ..Frame::default()
    });
    true
}

/// V8: `# Check failed: node->IsInUse().`, below `# Fatal error in file.cc, line 12`.
fn check<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let rest = line.trim_start_matches(['#', ' ']);
    let Some(message) = rest.strip_prefix("Check failed: ") else {
        // The place alone, perhaps empty: `# Fatal error in , line 0`.
        return rest.starts_with("Fatal error in ") && text::has(rest, ", line ");
    };
    if out.has_frames() {
        return false;
    }
    out.section().exception = Exception {
        name: Some(&rest[..12]),
        message,
    };
    out.cut();
    true
}

/// Linux's reporter: `Title: orbit crashed with SIGSEGV in orbit::Ship::fire()`.
fn title<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let title = line
        .strip_prefix("Title: ")
        .filter(|title| text::has(title, " crashed with "));
    if let Some(title) = title {
        out.stack.facts.reason("", title);
    }
    title.is_some()
}

/// Godot 3: `At: res://ships/ship.gd:31.`
fn godot<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let place = line
        .strip_prefix("At: ")
        .filter(|place| place.starts_with("res://"));
    let Some(place) = place.filter(|_| !out.has_frames()) else {
        return false;
    };
    if grammar::read(line).is_some() {
        return false;
    }
    let (file, number) = text::file_line(place.trim_end_matches('.'));
    out.frame(Frame {
        raw: line,
        file: Some(file),
        line: number,
        language: Language::Script,
        ..Frame::default()
    });
    true
}
