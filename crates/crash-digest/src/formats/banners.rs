//! What crash handlers put around a stack: glog's frame, Swift's words.

use super::handlers;
use crate::frame::Frame;
use crate::grammar;
use crate::model::{Builder, Exception};
use crate::text;

/// glog's frame around a stack: `*** Aborted at 1763798411 (unix time) …`,
/// `*** SIGSEGV (@0x18) received by PID 4711 (TID 0x7f1d2a3b4700) from PID 24; stack trace: ***`.
pub(super) fn glog<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some(rest) = line.strip_prefix("*** ") else {
        return counter(out, line) || placed(out, line);
    };
    if let Some((signal, rest)) = text::split_once(rest, " (@")
        && signal.starts_with("SIG")
        && text::has(rest, " received by PID ")
    {
        let facts = &mut out.stack.facts;
        facts.signal = Some(signal);
        // Of a signal that was sent it is the sender.
        let address = rest.split(')').next().filter(|at| at.starts_with("0x"));
        let sender = address.and_then(|address| sender(signal, address, rest));
        facts.fault_address = address.filter(|_| signal != "SIGABRT" && sender.is_none());
        facts.reason("sent by process", sender.unwrap_or_default());
        let thread = text::after(rest, "(TID ", b")");
        facts.thread_id = facts.thread_id.or(thread);
        return true;
    }
    // The handler itself was hit by another signal, and its stack is printed as well.
    if out.stack.facts.signal.is_some() && out.has_frames() && signalled(rest).is_some() {
        out.further(line);
        return true;
    }
    if let Some(signal) = signalled(rest) {
        let facts = &mut out.stack.facts;
        facts.signal = Some(signal);
        // Folly: `(0x18) received by PID 4711 (pthread TID 0x7f00) (linux TID 4712) (code: address not mapped to object)`.
        if let Some((front, rest)) = text::split_once(rest, ") received by PID ") {
            let address = front
                .rsplit_once(" (0x")
                .map(|(signal, _)| signal.len() + 2);
            facts.fault_address = address.and_then(|at| front.get(at..));
            facts.thread_id = text::after(rest, "(linux TID ", b")");
            if let Some(code) = text::after(rest, "(code: ", b")") {
                facts.reason("", code);
            }
        }
        out.cut();
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

/// The other process that sent the signal: its number and its user's share the place of the address, `(@0x3e8000172d8) received by
/// PID 94953 … from PID 94936`. Of a fault the number is a part of the address and no process.
fn sender<'a>(signal: &str, address: &str, rest: &'a str) -> Option<&'a str> {
    let own = text::after(rest, " received by PID ", b" ")?;
    let sender = text::after(rest, " from PID ", b";")?;
    let at = text::hex(address.strip_prefix("0x")?)?;
    let (user, process) = (at >> 32, at & u64::from(u32::MAX));
    let of_user = user > 0 || matches!(signal, "SIGABRT" | "SIGTERM" | "SIGINT" | "SIGQUIT");
    // Programs and libraries lie from 0x5500… and 0x7f00… on.
    let sent = of_user && user < 0x5500 && sender.parse() == Ok(process);
    (sent && sender != own).then_some(sender)
}

/// The signal that a handler's banner names: Abseil's `SIGSEGV received at time=1763798411 on cpu 3 ***`, Folly's
/// `Signal 11 (SIGSEGV) (0x18) received by PID 4711 …`, catchsegv's `Segmentation fault`.
fn signalled(rest: &str) -> Option<&str> {
    if let Some((signal, _)) = text::split_once(rest, " received at time=") {
        return Some(signal).filter(|signal| signal.starts_with("SIG"));
    }
    if rest.starts_with("Signal ") && text::has(rest, ") received by PID ") {
        return text::after(rest, "(", b")").filter(|signal| signal.starts_with("SIG"));
    }
    handlers::signal_called(rest)
}

/// The frame that Abseil names in front of the stack, which begins with the handler's caller: `PC: @     0x55d0  (unknown)  f()`.
fn counter<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some(rest) = line.strip_prefix("PC: ") else {
        return false;
    };
    let frame = text::has(rest, "  (unknown)  ").then(|| grammar::read(rest));
    let first = !out.has_frames() || out.is_further();
    if let Some(frame) = frame.flatten().filter(|_| first) {
        out.frame(frame);
    } else if first && let Some(name) = rest.strip_prefix('@').and_then(counted) {
        out.stack.facts.reason("crashed in", name);
    }
    true
}

/// glog's own: `PC: @     0x55d0 orbit::Dock::open()`, which its stack below need not have.
fn counted(rest: &str) -> Option<&str> {
    let (address, name) = text::word(rest.trim_start());
    text::hex(address.strip_prefix("0x")?)?;
    let name = name.trim();
    (!name.is_empty() && !name.starts_with('(')).then_some(name)
}

/// Folly writes a frame's place on the next line: `./src/Crane.cpp:31`.
fn placed<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let (file, number) = text::file_line(line);
    let Some(last) = out
        .last_frame()
        .filter(|last| last.raw.starts_with('@') && last.file.is_none() && last.function.is_some())
    else {
        return false;
    };
    let fits = number.is_some() && file.contains('/') && !line.contains([' ', '(']);
    if fits {
        (last.file, last.line) = (Some(file), number);
    }
    fits
}

/// Android's runtime where it ends the process: `JNI ERROR (app bug): accessed stale Local 0x9`, also below what was thrown before.
pub(super) fn art<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    // Which call of JNI it was, and which method made it.
    if ["in call to ", "from "]
        .iter()
        .any(|start| line.starts_with(start))
    {
        let first = out.stack.sections.first();
        let name = first.and_then(|first| first.exception.name);
        let said = [name, out.stack.facts.abort_message];
        let known = said
            .iter()
            .flatten()
            .any(|said| said.starts_with("JNI DETECTED"));
        if known {
            out.stack.facts.reason("", line);
        }
        return known;
    }
    let error = line.starts_with("JNI ERROR (app bug): ")
        || line.starts_with("No pending exception expected: ")
        || line.starts_with("JNI DETECTED ERROR IN APPLICATION: ") && out.has_frames();
    if error {
        // Its dump of threads may go before, and the text begin inside of it: none of these frames is what aborts.
        let dumped = |frame: &Frame<'_>| frame.raw.starts_with("native: ");
        let facts = &out.stack.facts;
        let unknown = facts.thread.is_none() && facts.abort_message.is_none();
        if unknown && out.stack.frames.first().is_some_and(dumped) {
            out.end_of_dumped();
        }
        out.stack.facts.abort_message.get_or_insert(line);
    }
    let aborts = line.starts_with("Runtime aborting");
    // It stands below what it aborts for; without that it is all there is.
    if aborts && out.stack.facts.abort_message.is_none() && out.section().exception.is_empty() {
        out.stack.facts.abort_message = Some(line);
    }
    error
        || aborts
        || line == "Aborting thread:"
        || line.starts_with("Dumping all threads without ")
}

/// glibc's last words: `*** Error in `/srv/orbit': double free or corruption (!prev): 0x02b02980 ***`,
/// `*** glibc detected *** /srv/orbit: corrupted double-linked list: 0x02b02980 ***`,
/// `*** stack smashing detected ***: /srv/orbit terminated`.
pub(super) fn glibc<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    // What the program printed before may stand on the same line: `Reading the map...*** Error in `…`.
    let begins = [
        "*** Error in `",
        "*** glibc detected *** ",
        "*** stack smashing detected ***: ",
        "*** buffer overflow detected ***: ",
    ];
    let at = if line.starts_with("*** ") || !line.contains("*** ") {
        0
    } else {
        begins
            .iter()
            .find_map(|begin| text::find(line, begin))
            .unwrap_or_default()
    };
    let Some(rest) = line[at..].strip_prefix("*** ") else {
        return false;
    };
    let named = rest
        .strip_prefix("Error in `")
        .and_then(|rest| text::split_once(rest, "': "))
        .or_else(|| text::split_once(rest.strip_prefix("glibc detected *** ")?, ": "));
    let (program, message) = if let Some((program, rest)) = named {
        let rest = rest.trim_end_matches([' ', '*']);
        // Where the block lies, which another tool may know: `…: 0x02b02980`.
        let message = match text::rsplit_once(rest, ": 0x") {
            Some((message, address)) if text::hex(address).is_some() => {
                let block = &rest[message.len() + ": ".len()..];
                out.stack.facts.reason("pointer", block);
                message
            }
            _ => rest,
        };
        (program, message)
    } else if let Some((message, program)) = text::split_once(rest, " ***: ")
        && message.ends_with(" detected")
    {
        let program = program.strip_suffix("terminated").unwrap_or(program);
        (program.trim_end(), message)
    } else {
        return false;
    };
    let known = !program.is_empty() && !program.starts_with('<');
    out.stack.facts.program = out.stack.facts.program.or(Some(program).filter(|_| known));
    let exception = Exception {
        name: None,
        message,
    };
    if !out.has_frames() {
        out.sure(exception, &line[at..]);
        out.cut();
    }
    true
}

/// What glibc says of a heap that is broken, before it aborts: `malloc(): corrupted top size`.
pub(super) fn heap<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let starts = [
        "malloc(): ",
        "free(): ",
        "realloc(): ",
        "munmap_chunk(): ",
        "malloc_consolidate(): ",
        "double free or corruption",
        "corrupted size vs. prev_size",
        "corrupted double-linked list",
    ];
    let known = !out.has_frames() && starts.iter().any(|start| line.starts_with(start));
    if known {
        let facts = &mut out.stack.facts;
        facts.abort_message = facts.abort_message.or(Some(line));
        out.cut();
    }
    known
}

/// Swift's own words around a backtrace: `*** Program crashed: Bad pointer dereference at 0x0 ***`.
pub(super) fn swift<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some(rest) = line
        .strip_prefix("*** ")
        .map(|rest| rest.trim_end_matches(" ***"))
        .or_else(|| line.strip_prefix("💣 "))
    else {
        return false;
    };
    if let Some((signal, _)) = text::split_once(rest, ": Backtracing from 0x") {
        if signal.starts_with("Signal ") {
            out.stack.facts.reason("", signal);
        }
        return true;
    }
    let name = ["Program crashed", "Swift runtime failure"]
        .into_iter()
        .find(|name| rest.starts_with(name));
    let Some(name) = name.filter(|_| !out.has_frames()) else {
        return false;
    };
    let message = rest[name.len()..].trim_start_matches([':', ' ']);
    // What the program said before it ended itself.
    let said = out.section().exception;
    if said.name.is_none() && !said.message.is_empty() && !said.message.contains('\n') {
        out.stack.facts.reason("", said.message);
    }
    // An abort has the process's number in the place of an address.
    let sent = message.starts_with("Aborted");
    out.stack.facts.fault_address = text::after(message, " at 0x", b" ")
        .and_then(|address| text::with_mark(line, address, "0x".len()));
    if sent {
        out.stack.facts.fault_address = None;
    }
    out.section().exception = Exception {
        name: Some(&rest[..name.len()]),
        message,
    };
    out.cut();
    true
}

/// What Swift says before it ends the program, perhaps behind a log's words: `Orbit/Dock.swift:31: Fatal error: no ship`.
pub(super) fn swift_said<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some((exception, place)) = ended(line) else {
        return false;
    };
    let known = out.stack.sections.last().map(|section| section.exception);
    // The console and the log have it, one behind the other.
    if known == Some(exception) {
        return true;
    }
    if !out.is_fresh() || known.is_some_and(|known| known.name.is_some()) {
        return false;
    }
    out.sure(exception, line);
    out.stack.facts.reason("at", place);
    out.cut();
    true
}

fn ended(line: &str) -> Option<(Exception<'_>, &str)> {
    let (front, rest) = text::split_once(line, ".swift:")?;
    let (number, said) = text::digits(rest)?;
    let said = said.strip_prefix(": ")?;
    let name = ["Fatal error", "Precondition failed", "Assertion failed"]
        .into_iter()
        .find(|name| said.starts_with(name))?;
    let (name, message) = said.split_at(name.len());
    let message = match message.strip_prefix(": ") {
        Some(message) => message,
        None if message.is_empty() => "",
        None => return None,
    };
    let begin = front.rfind(' ').map_or(0, |at| at + 1);
    let place = &line[begin..front.len() + ".swift:".len() + number.len()];
    Some((
        Exception {
            name: Some(name),
            message,
        },
        place,
    ))
}
