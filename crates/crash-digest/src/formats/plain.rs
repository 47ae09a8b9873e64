//! Exceptions and stacks as runtimes and engines print them: Java, C#, Lua, JavaScript, Rust, Unity, and mixtures.

use super::listed_causes::ListedCauses;
use super::reader::{Line, Reader};
use super::{
    chains, heads, inside, metadata, names_alone, notices, runtimes, script_hosts, titles,
};
use crate::frame::{Frame, Language};
use crate::grammar::{self, Printers};
use crate::model::{Builder, Exception, Part, RelatedKind};
use crate::text;

/// Reads a text of no format in particular.
#[derive(Default)]
pub(super) struct Plain<'a> {
    lines: usize,
    names: names_alone::Names<'a>,
    /// Another report's exception behind the frames: what is numbered from 0 again is its stack.
    another: Option<&'a str>,
    /// Whether the text has a first frame with its number: another report's stack is told by it.
    numbered: Option<bool>,
    causes: ListedCauses,
}

impl<'a> Reader<'a> for Plain<'a> {
    fn line(&mut self, out: &mut Builder<'a>, line: Line<'a>) {
        self.lines += 1;
        let line = line.text;
        if self.lines <= 3
            && !out.has_frames()
            && (thread_alone(out, line) || fault_address_alone(out, line))
        {
            return;
        }
        if self.names.take(out, line) {
            return;
        }
        self.flush(out);
        // A script engine's first frame at the end of the message: `… of null [0]Ship.fire@src/game.js:10`.
        if memchr::memchr(b'@', line.as_bytes()).is_some()
            && let Some((front, _)) = text::split_once(line, " [0]")
            && let Some(frame) = grammar::read(&line[front.len() + 1..])
        {
            other(out, front);
            return out.frame(frame);
        }
        // GameMaker names only the first place of its list.
        if line.starts_with("gml_") && out.has_frames() && names_alone::goes_on(line) {
            return out.frame(names_alone::frame(line));
        }
        if !out.has_frames()
            && let Some((front, frames)) = inside::split(line)
        {
            other(out, front);
            return frames.into_iter().for_each(|frame| out.frame(frame));
        }
        let behind = out.has_frames() && !out.is_beside();
        if behind
            && FIRST.iter().any(|number| {
                line.starts_with(number) && out.stack.frames[0].raw.starts_with(number)
            })
            && let Some(another) = self.another.take()
        {
            out.further(another);
        }
        if !framed(out, line, Printers::Any) {
            if self.causes.line(out, line) {
                return;
            }
            if behind && self.numbered(out) && crate::model::tells_of_crash(line) {
                self.another = Some(line);
            }
            other(out, line);
        }
    }

    fn end(&mut self, out: &mut Builder<'a>) {
        self.flush(out);
    }
}

/// How the first frame of a numbered stack begins.
const FIRST: [&str; 3] = ["#0 ", "[1] ", "[0] "];

impl<'a> Plain<'a> {
    /// Whether the text has a first frame with its number.
    fn numbered(&mut self, out: &Builder<'a>) -> bool {
        *self
            .numbered
            .get_or_insert_with(|| FIRST.iter().any(|number| text::has(out.text, number)))
    }

    /// Names that were no stack are words.
    fn flush(&mut self, out: &mut Builder<'a>) {
        for name in self.names.end(out) {
            read(out, name, Printers::Any);
        }
    }
}

/// One line: a frame, an exception, a lock, a fact, or words.
pub(super) fn read<'a>(out: &mut Builder<'a>, line: &'a str, printers: Printers) {
    if !framed(out, line, printers) {
        other(out, line);
    }
}

/// Takes a frame; `false` where the line is none.
fn framed<'a>(out: &mut Builder<'a>, line: &'a str, printers: Printers) -> bool {
    match grammar::read_as(printers, line) {
        Some(frame) if !is_image(line) => {
            // GameMaker names the place with the reason, and begins its list with it again.
            if line.starts_with("gml_")
                && let [first] = out.stack.frames[..]
                && (first.function, first.line) == (frame.function, frame.line)
            {
                return true;
            }
            if line.starts_with('#') {
                if is_repeated(out, line) {
                    return true;
                }
                if line.starts_with("#0 ") {
                    inside::java_in_dart(out, &frame);
                }
            }
            out.frame(frame);
            // .NET ends the copy of an inner exception with an arrow.
            if out.is_beside() && line.ends_with("<---") {
                out.crash();
            }
            true
        }
        _ => false,
    }
}

/// Whether a numbered row is printed again behind the stack that it is of: a debugger was asked for that frame.
fn is_repeated(out: &Builder<'_>, line: &str) -> bool {
    let number = |row: &str| {
        text::digits(row.strip_prefix('#')?)?
            .0
            .parse::<usize>()
            .ok()
    };
    let frames = &out.stack.frames;
    let first = frames.first().and_then(|first| number(first.raw));
    let at = number(line)
        .zip(first)
        .and_then(|(at, first)| at.checked_sub(first));
    !out.is_beside()
        && at
            .and_then(|at| frames.get(at))
            .is_some_and(|frame| frame.raw == line)
}

/// A line that is no frame.
pub(super) fn other<'a>(out: &mut Builder<'a>, line: &'a str) {
    // A mail's one line of two: `Process: com.acme.orbit, PID: 2201 java.lang.IllegalStateException: …`.
    if line.starts_with("Process: ")
        && let Some(at) = text::find(line, ", PID: ")
        && let Some((_, rest)) = text::digits(&line[at + 7..])
        && !rest.trim().is_empty()
    {
        out.stack.facts.process = Some(&line[9..at]);
        return out.words(rest.trim());
    }
    // Node's warnings: `(node:26720) UnhandledPromiseRejectionWarning: TypeError: …`.
    if let Some((_, rest)) = line
        .strip_prefix("(node:")
        .and_then(|rest| rest.split_once(") "))
        && rest.starts_with("Unhandled")
    {
        return out.words(rest);
    }
    if notices::line(out, line)
        || titles::line(out, line)
        || chains::line(out, line)
        || script_hosts::line(out, line)
        || runtimes::line(out, line)
    {
        return;
    }
    if line.starts_with("FATAL EXCEPTION: ") {
        out.fatal();
    }
    if section(out, line) || heads::read(&mut out.stack.facts, line) || metadata::is_heading(line) {
        return;
    }
    if is_image(line) && out.image(line) || glog(out, line) || swift(out, line) {
        return;
    }
    // `EXCEPTION_ACCESS_VIOLATION reading address 0x10`
    if let Some(rest) = text::after(line, "EXCEPTION_", b"")
        .or_else(|| text::after(line, "SIGSEGV: ", b"").filter(|_| text::has(line, "memory")))
        && let Some(address) =
            text::after(rest, " address ", b" ").or_else(|| text::after(rest, " at 0x", b" "))
    {
        out.stack.facts.fault_address = Some(address);
    }
    if metadata::is_metadata(line) {
        out.stack.unrecognized.push(line);
        out.cut();
    } else {
        out.words(line);
    }
}

/// glog's frame around a stack: `*** Aborted at 1763798411 (unix time) …`,
/// `*** SIGSEGV (@0x18) received by PID 4711 (TID 0x7f1d2a3b4700) from PID 24; stack trace: ***`.
fn glog<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some(rest) = line.strip_prefix("*** ") else {
        return false;
    };
    if let Some((signal, rest)) = text::split_once(rest, " (@")
        && signal.starts_with("SIG")
        && text::has(rest, " received by PID ")
    {
        let facts = &mut out.stack.facts;
        facts.signal = Some(signal);
        facts.fault_address = rest.split(')').next().filter(|at| at.starts_with("0x"));
        return true;
    }
    rest.starts_with("Aborted at ") || rest.starts_with("Check failure stack trace")
}

/// Swift's own words around a backtrace: `*** Program crashed: Bad pointer dereference at 0x0 ***`.
fn swift<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some(rest) = line
        .strip_prefix("*** ")
        .map(|rest| rest.trim_end_matches(" ***"))
        .or_else(|| line.strip_prefix("💣 "))
    else {
        return false;
    };
    if text::has(rest, ": Backtracing from 0x") {
        return true;
    }
    let name = ["Program crashed", "Swift runtime failure"]
        .into_iter()
        .find(|name| rest.starts_with(name));
    let Some(name) = name.filter(|_| !out.has_frames()) else {
        return false;
    };
    let message = rest[name.len()..].trim_start_matches([':', ' ']);
    out.stack.facts.fault_address = text::after(message, " at 0x", b" ").and_then(|address| {
        let at = address.as_ptr() as usize - line.as_ptr() as usize - 2;
        line.get(at..at + 2 + address.len())
    });
    out.section().exception = Exception {
        name: Some(&rest[..name.len()]),
        message,
    };
    out.cut();
    true
}

/// Where .NET ends an inner exception's frames, in other languages.
const INNER_ENDS: [&str; 3] = [
    "--- 内部异常堆栈跟踪的结尾",
    "--- Ende der internen Ausnahme",
    "--- Fin de la trace de la pile d'exception interne",
];

/// Lines that begin or end a section, name a lock, or continue the frame above.
pub(super) fn section<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    match line.as_bytes()[0] {
        b'-' => {
            if out.lock(line) {
                return true;
            }
            if line.starts_with("--- End of inner exception stack trace") {
                out.end_of_inner();
                return true;
            }
            if let Some(inner) = line.strip_prefix("---> ") {
                match inner.strip_prefix("(Inner Exception #") {
                    // AggregateException prints its inner ones again, behind everything else.
                    Some(_) => out.related(RelatedKind::InnerException, line, None),
                    None => out.inner_of_last(inner),
                }
                return true;
            }
            if INNER_ENDS.iter().any(|start| line.starts_with(start)) {
                out.end_of_inner();
                return true;
            }
            if line.starts_with("--- End of stack trace from previous location")
                || line.starts_with("---- End of")
                || line.starts_with("--- End of managed ")
                || line.starts_with("--- 引发异常的上一位置")
                || line.starts_with("--- Ende der Stapelüberwachung")
            {
                return true;
            }
        }
        b'.' => {
            if let Some((more, _)) = line.strip_prefix("... ").and_then(text::digits) {
                out.section().elided = more.parse().unwrap_or_default();
                return true;
            }
        }
        b'C' if line.starts_with("Caused by: ") => {
            let cause = &line[11..];
            // Unity throws a tombstone as an error: the tombstone follows.
            if metadata::is_metadata(cause) {
                return true;
            }
            out.named(Part::Cause, cause);
            watchdog(out, cause);
            return true;
        }
        // Windows' event log: the innermost first, each as a section.
        b'E' if line.starts_with("Exception Info: exception code ") && out.has_frames() => {
            // .NET's own record of a crash outside of its code: it has no name.
            out.stack.facts.reason("", &line[16..]);
            return true;
        }
        b'E' if line.starts_with("Exception Info: ") && out.has_frames() => {
            out.section().part = Part::Cause;
            out.named(Part::Main, &line[16..]);
            return true;
        }
        b'T' if line.starts_with("This exception was originally thrown at this call stack") => {
            out.open(Part::Cause, Exception::default());
            return true;
        }
        b'M' if line.starts_with("Message=") && !out.is_empty() => {
            out.exception_message(&line[8..]);
            return true;
        }
        b's' if line.starts_with("stack traceback:  ")
            || line.starts_with("stack traceback:\t") =>
        {
            for part in line[16..].split("  ").flat_map(|part| part.split('\t')) {
                if let Some(frame) = grammar::read(part.trim()) {
                    out.frame(frame);
                }
            }
            return true;
        }
        b'S' if line.starts_with("Suppressed: ") => {
            out.named(Part::Suppressed, &line[12..]);
            return true;
        }
        b'R' if line.starts_with("Rethrow as ") => {
            out.section().part = Part::Cause;
            out.named(Part::Main, &line[11..]);
            return true;
        }
        b'L' if line.starts_with("Last Exception Backtrace") => {
            out.open(Part::Original, Exception::default());
            return true;
        }
        b'(' if line.starts_with("(0x") => {
            addresses(out, line);
            return true;
        }
        b'a' if line.starts_with("at ") => return place(out, line),
        b'[' if line.ends_with(']') && out.has_frames() => return bracketed_place(out, line),
        _ => {}
    }
    false
}

/// `ANRError$$$_Thread: main (state = TIMED_WAITING)`: a watchdog's report is about the thread it names.
fn watchdog<'a>(out: &mut Builder<'a>, cause: &'a str) {
    if let Some((class, rest)) = text::split_once(cause, ": ")
        && class.ends_with("$_Thread")
        && let Some((name, state)) = text::split_once(rest, " (state = ")
    {
        let facts = &mut out.stack.facts;
        facts.thread = Some(name);
        facts.thread_state = Some(state.trim_end_matches(')'));
    }
}

/// `(0x1a2b3c4d5 0x1a2b3c4e6 …)`: where the exception was raised, without symbols.
fn addresses<'a>(out: &mut Builder<'a>, line: &'a str) {
    let words = || line.trim_matches(['(', ')']).split_whitespace();
    out.expect(words().count());
    for word in words() {
        if let Some(address) = text::hex(word) {
            out.frame(Frame {
                raw: word,
                address: Some(address),
                ..Frame::default()
            });
        }
    }
}

/// Crash loggers of mods put the place below: `[C:\\dev\\moon\\Vault.cpp:601]`.
fn bracketed_place<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let (file, number) = text::file_line(&line[1..line.len() - 1]);
    match out.last_frame() {
        Some(frame) if frame.file.is_none() && number.is_some() && file.contains(['/', '\\']) => {
            (frame.file, frame.line) = (Some(file), number);
            true
        }
        _ => false,
    }
}

/// Rust's backtraces put the place on a line of its own: `at src/battle.rs:42:9`.
fn place<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let (file, number) = text::file_line(&line[3..]);
    match out.last_frame() {
        Some(frame)
            if frame.file.is_none() && number.is_some() && frame.language == Language::Native =>
        {
            (frame.file, frame.line) = (Some(file), number);
            true
        }
        // The place of a frame that was cut off in front.
        None if number.is_some() && file.contains(['/', '\\']) => {
            out.stack.unrecognized.push(line);
            true
        }
        _ => false,
    }
}

/// The thread's name alone on the first line: `main`, `main (waiting)`.
pub(super) fn thread_alone<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if line == "main" {
        out.stack.facts.thread = Some(line);
        return true;
    }
    if let Some((name, id)) = named_id(line).filter(|(name, _)| out.is_empty() || *name == "main") {
        (out.stack.facts.thread, out.stack.facts.thread_id) = (Some(name), Some(id));
        return true;
    }
    let Some(header) = crate::cut::named_state(line) else {
        return false;
    };
    out.thread(&header);
    true
}

/// `main(1)`, `# RenderThread(219)`, `network_thread - 26608(26608)`: the console's name of a thread.
fn named_id(line: &str) -> Option<(&str, &str)> {
    let (name, id) = text::last_group(line.strip_prefix("# ").unwrap_or(line), b'(', b')')?;
    let name = name.trim();
    let number = !id.is_empty() && id.len() <= 7 && id.bytes().all(|byte| byte.is_ascii_digit());
    let plain = !name.is_empty()
        && name.len() <= 60
        && !name.contains(['.', ':', '(', '=', '/', '!', '"'])
        && (name.split(' ').count() == 1 || text::has(name, " - "));
    (number && plain).then_some((name, id))
}

/// Reports in three parts put the fault address on a line of its own, between the signal and the frames.
pub(super) fn fault_address_alone<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some(section) = out.stack.sections.last() else {
        return false;
    };
    let name = section.exception.name.unwrap_or(section.exception.message);
    let signal =
        name.starts_with("SIG") || text::has(name, "EXC_") || text::has(name, "EXCEPTION_");
    if !(signal && line.starts_with("0x") && text::hex(line).is_some()) {
        return false;
    }
    let facts = &mut out.stack.facts;
    facts.fault_address = Some(line);
    let (name, code) = match name.split_once('(') {
        Some((name, code)) => (name.trim_end(), Some(code.trim_end_matches(')'))),
        None => (name, None),
    };
    facts.signal = facts.signal.or(Some(name));
    facts.code = facts.code.or(code);
    true
}

/// `0x104000000 - 0x1045fffff Starfall arm64 <2f5b…>` starts like a bare address.
pub(super) fn is_image(line: &str) -> bool {
    line.starts_with("0x") && text::has(line, " - 0x")
        || line.starts_with("0x")
            && text::has(line, " - ")
            && line.contains('<')
            && line.ends_with(|c: char| c.is_ascii_alphanumeric())
            && text::has(line, "> /")
}
