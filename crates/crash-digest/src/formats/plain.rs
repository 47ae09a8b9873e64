//! Exceptions and stacks as runtimes and engines print them: Java, C#, Lua, JavaScript, Rust, Unity, and mixtures.

use super::listed_causes::ListedCauses;
use super::reader::{Line, Reader};
use super::{
    alone, chains, checks, heads, inside, metadata, names_alone, notices, runtimes, script_hosts,
    sections, titles,
};
use crate::grammar::{self, Printers};
use crate::model::{Builder, Exception, Part};
use crate::text;

/// Reads a text of no format in particular.
#[derive(Default)]
pub(super) struct Plain<'a> {
    lines: usize,
    /// Qualified names alone on their lines, which are a stack where there are several.
    names: Vec<&'a str>,
    /// Such names were frames: more of them are.
    listing: bool,
    /// Another report's exception behind the frames: what is numbered from 0 again is its stack.
    another: Option<&'a str>,
    /// Whether the text has a first frame with its number: another report's stack is told by it.
    numbered: Option<bool>,
    causes: ListedCauses,
    /// Node's list of the errors of a group is being read.
    group: bool,
}

impl<'a> Reader<'a> for Plain<'a> {
    fn line(&mut self, out: &mut Builder<'a>, line: Line<'a>) {
        self.lines += 1;
        let line = line.text;
        if self.lines <= 3
            && !out.has_frames()
            && (alone::thread(out, line) || alone::fault_address(out, line))
        {
            return;
        }
        let begun = self.listing || !self.names.is_empty();
        let name = names_alone::begins(line) || begun && names_alone::goes_on(line);
        if name && self.listing {
            return out.frame(names_alone::frame(line));
        }
        if name && !out.has_frames() && self.names.len() < MOST_NAMES {
            return self.names.push(line);
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
            if self.causes.line(out, line) || self.of_group(out, line) {
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

/// More names alone are no stack.
const MOST_NAMES: usize = 4096;

impl<'a> Plain<'a> {
    /// Whether the text has a first frame with its number.
    fn numbered(&mut self, out: &Builder<'a>) -> bool {
        *self
            .numbered
            .get_or_insert_with(|| FIRST.iter().any(|number| text::has(out.text, number)))
    }

    /// `[errors]: [` behind a group's frames, and each error of the list.
    fn of_group(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        if matches!(line, "[errors]: [" | "errors: [") && out.has_frames() {
            self.group = true;
        } else if self.group && line.starts_with(']') {
            self.group = false;
        } else if self.group
            && let Some((name, _)) = text::split_once(line, ": ")
            && (name.ends_with("Error") || text::has(name, "Error ["))
            && name.starts_with(|c: char| c.is_ascii_uppercase())
        {
            out.named(Part::Cause, line.trim_end_matches(" {"));
            return true;
        }
        false
    }

    /// Three names or more are frames, fewer are words.
    fn flush(&mut self, out: &mut Builder<'a>) {
        self.listing = self.names.len() >= 3;
        for name in self.names.drain(..) {
            if self.listing {
                out.frame(names_alone::frame(name));
            } else {
                read(out, name, Printers::Any);
            }
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
    if node(out, line)
        || checks::line(out, line)
        || notices::line(out, line)
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
    if sections::line(out, line)
        || heads::read(&mut out.stack.facts, line)
        || metadata::is_heading(line)
    {
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

/// Node's warnings, `(node:26720) UnhandledPromiseRejectionWarning: TypeError: …`, what was thrown that is no error, and the
/// mark below the line of the source that threw.
fn node<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    match line.as_bytes() {
        [b'(', b'n', ..] => {
            let rest = line
                .strip_prefix("(node:")
                .and_then(|rest| rest.split_once(") "));
            let warned = rest.filter(|(_, rest)| rest.starts_with("Unhandled"));
            if let Some((_, rest)) = warned {
                out.words(rest);
            }
            warned.is_some()
        }
        // What was thrown was printed inside of its promise, and is printed again.
        [b'}', b' ', b'r', ..] if line.starts_with("} reason: ") && out.has_frames() => {
            out.further(&line[10..]);
            true
        }
        [b'[', b'U', ..] if out.is_fresh() && line.starts_with("[UnhandledPromiseRejection: ") => {
            let reason = text::after(line, " rejected with the reason ", b"");
            let reason = reason.unwrap_or(&line[28..]).trim_end_matches(" {");
            out.section().exception = Exception {
                name: Some(&line[1..26]),
                message: reason
                    .trim_end_matches([']', '.', '"'])
                    .trim_start_matches('"'),
            };
            out.cut();
            true
        }
        [b'^', ..] if line.bytes().all(|byte| byte == b'^') && out.is_fresh() => {
            out.section().exception = Exception::default();
            true
        }
        _ => false,
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
        // Of a signal that was sent it is the sender.
        let address = rest.split(')').next().filter(|at| at.starts_with("0x"));
        facts.fault_address = address.filter(|_| signal != "SIGABRT");
        return true;
    }
    let known = [
        "Aborted at ",
        "Check failure stack trace",
        "StackTrace Information",
    ]
    .iter()
    .any(|start| rest.starts_with(start));
    if known {
        out.cut();
    }
    known
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

/// `0x104000000 - 0x1045fffff Starfall arm64 <2f5b…>` starts like a bare address.
pub(super) fn is_image(line: &str) -> bool {
    line.starts_with("0x") && text::has(line, " - 0x")
        || line.starts_with("0x")
            && text::has(line, " - ")
            && line.contains('<')
            && line.ends_with(|c: char| c.is_ascii_alphanumeric())
            && text::has(line, "> /")
}
