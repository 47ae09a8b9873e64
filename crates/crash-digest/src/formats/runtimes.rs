//! What runtimes besides the common ones say around their frames: the reason, other stacks, and lines without a meaning.

use super::{beam, kernel_faults, minecraft, valgrind, wine};
use crate::frame::{Frame, Language};
use crate::grammar;
use crate::model::{Builder, Exception, RelatedKind};
use crate::text;
use crate::windows_exceptions;

/// Takes a line that is no frame by itself; `false` where it is none of theirs.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    match line.as_bytes() {
        [
            b'A' | b'B' | b'P' | b'I' | b'C' | b'U' | b'M' | b'J' | b'S' | b'T',
            ..,
        ] if valgrind::line(out, line) => true,
        [b'*', b'*', b' ', b'{', ..] => beam::erlang(out, &line[3..]),
        [b'*', b'*', b' ', b'(', ..] => beam::elixir(out, line),
        [b'*', b'*', b' ', ..] => beam::head(out, line),
        [b'*', b' ', b'1'..=b'9', ..] => beam::argument(out, line),
        [b'T', b'h', b'e', b' ', b'f', ..] if beam::given(out, line) => true,
        [b'A', ..] if line.starts_with("A detailed walkthrough of the error, its code path") => {
            // Minecraft prints the same frames again, by the part of the game they belong to.
            if out.has_frames() {
                out.further(line);
            }
            true
        }
        [b'-', b'-', b' ', ..] | [b'T' | b'E' | b'B' | b'N', ..] if minecraft::line(out, line) => {
            true
        }
        [b'-', ..] if line == "-- Thread Dump --" => {
            if out.has_frames() {
                out.further(line);
            }
            true
        }
        [b'F' | b'E' | b'A' | b'P' | b'<', ..] if faulting(out, line) => true,
        [b'I' | b'F', ..] if IGNORED.iter().any(|start| line.starts_with(start)) => {
            out.cut();
            true
        }
        [b'n' | b'E' | b's', ..]
            if line.starts_with("note: run with `RUST_BACKTRACE")
                || line.starts_with("note: Some details are omitted")
                || line == "stack backtrace:"
                || line.starts_with("Encountered a panic in system `") =>
        {
            if line.starts_with('E') {
                out.stack.facts.reason("", line);
            }
            out.cut();
            true
        }
        [b'R' | b'S' | b'E' | b'C', ..] if wine::line(out, line) => true,
        [
            b'A' | b'P' | b'R' | b'T' | b'E' | b'X' | b'F' | b'L' | b'S' | b'U' | b'C',
            ..,
        ] if atmosphere(out, line) => true,
        [b'P', b'E', ..] if wine::module(out, line) => true,
        [b'S', ..]
            if line.starts_with("Stack Begin  -")
                || line.starts_with("Stack End  -")
                || matches!(line, "Stack Begin" | "Stack End" | "Stack Traceback") =>
        {
            out.cut();
            true
        }
        [b'U' | b'n' | b'w', ..] if wine::unhandled(out, line) => true,
        [b'T' | b'B', ..] if xcode(out, line) => true,
        [b'A', ..] if attempted(out, line) => true,
        [.., b')'] if line.ends_with(" (async)") && out.has_frames() => true,
        [b'_' | b'#' | b'-', ..] if is_rule(line) => true,
        [b'0'..=b'9', ..] if tcmalloc(out, line) || wine::process(out, line) => true,
        [b't', ..] if line.starts_with("thrown in ") && out.has_frames() => true,
        [b'Q' | b'C', ..]
            if ["Query fault", "Code: "]
                .iter()
                .any(|start| line.starts_with(start)) =>
        {
            true
        }
        _ => ruby(out, line) || kernel_faults::line(out, line) || joined(out, line),
    }
}

/// What runtimes say before their reason.
const IGNORED: [&str; 3] = [
    "INFO:CRASH: ",
    "Function doesn't have or inherit @Throws annotation",
    "It is considered unexpected and unhandled instead",
];

/// A line of one mark alone: GameMaker's frame around its report.
fn is_rule(line: &str) -> bool {
    let first = line.as_bytes()[0];
    line.len() >= 20 && line.bytes().all(|byte| byte == first)
}

/// Windows' own record of a crash, of the event log and of its problem reports: module, offset and code, no frames.
fn faulting<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some((label, value)) = line.split_once(':') else {
        return false;
    };
    let value = value.trim();
    let name = value.split(", version").next().unwrap_or(value);
    match label {
        // The event log's own XML, around the text of .NET's record.
        "<Data>Application" if value.to_ascii_lowercase().ends_with(".exe") => {
            out.stack.facts.process = Some(value);
        }
        "Faulting application name" | "Faulting application" | "Application Name" => {
            out.stack.facts.process = Some(name);
        }
        // Behind .NET's own record of the same crash, which has the stack.
        "Faulting module name" | "Faulting module" | "Fault Module Name" if out.has_frames() => {
            // The same record again, as XML; Windows' number of a stack is no module.
            if !name.starts_with("StackHash")
                && out
                    .last_frame()
                    .is_none_or(|last| last.module != Some(name))
            {
                out.stack.facts.reason("faulting module", name);
            }
        }
        "Faulting module name" | "Faulting module" | "Fault Module Name" => {
            // Windows' number of a stack stands in for a module that it did not find.
            let known = name != "unknown" && !name.starts_with("StackHash");
            out.frame(Frame {
                raw: line,
                module: known.then_some(name),
                ..Frame::default()
            });
        }
        // A game's own, on Linux.
        "Faulting Memory Ref/Instruction" => out.stack.facts.fault_address = Some(value),
        "Exception Code" | "Exception code" => {
            let code = text::word(value).0;
            // A handler's heading is none, where the code says what it was.
            if windows_exceptions::windows_exception(code).is_some() && !out.has_frames() {
                out.drop_unnamed();
                out.cut();
            }
            out.stack.facts.signal = windows_exceptions::windows_exception(code).or(Some(value));
        }
        "Exception Data" if value == "00000008" => {
            out.stack
                .facts
                .reason("", "execution of memory that holds no code (DEP)");
        }
        "Fault offset" | "Fault Offset" | "Exception Offset" | "Error offset" => {
            let offset = text::hex(value.trim_start_matches("0x"));
            match out.last_frame() {
                // Outside of all modules it is the address.
                Some(frame) if frame.module.is_none() && frame.function.is_none() => {
                    frame.address = frame.address.or(offset);
                }
                Some(frame) if frame.function.is_none() && frame.offset.is_none() => {
                    frame.offset = offset;
                }
                Some(_) => {}
                None => out.stack.facts.reason("fault offset", value),
            }
        }
        // A buffer that was overrun, or data that ran, which the code alone does not say.
        "Problem Event Name" | "Event Name" if value.starts_with("BEX") => {
            out.stack.facts.reason("event", value);
        }
        _ => {
            return label.starts_with("Fault")
                || label.starts_with("Problem ")
                || matches!(
                    label,
                    "Application Version"
                        | "Application Timestamp"
                        | "Event Name"
                        | "Exception Data"
                );
        }
    }
    true
}

/// Where Xcode stopped: `Thread 1: EXC_BAD_ACCESS (code=1, address=0x109)`, `BackgroundWorker (11): EXC_BAD_ACCESS (code=257, …)`,
/// `Thread 1: signal SIGABRT`.
fn xcode<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some((thread, what)) = line.split_once(": ") else {
        return false;
    };
    let (name, rest) = text::word(what.strip_prefix("signal ").unwrap_or(what));
    let known = name.starts_with("EXC_") && rest.starts_with("(code=")
        || what.starts_with("signal SIG") && rest.is_empty();
    if !known || out.has_frames() {
        return false;
    }
    // What the console said above is none of it.
    out.drop_words();
    let facts = &mut out.stack.facts;
    facts.signal = Some(name);
    facts.fault_address = text::after(rest, "address=", b",)").or(facts.fault_address);
    match (
        thread.strip_prefix("Thread "),
        text::last_group(thread, b'(', b')'),
    ) {
        (Some(id), _) => facts.thread_id = Some(id),
        (None, Some((name, id))) => {
            (facts.thread, facts.thread_id) = (Some(name.trim_end()), Some(id));
        }
        _ => {}
    }
    out.cut();
    true
}

/// Crash loggers of mods beside their stack: `Attempted to write to 0x170A4AA3000`, `Attempted to read from: 0x10`.
pub(super) fn attempted<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let address = ["read from ", "write to ", "execute "]
        .iter()
        .find_map(|what| {
            let rest = line.strip_prefix("Attempted to ")?;
            let (doing, address) = rest.split_at_checked(what.len())?;
            // A colon may follow.
            let address = address.strip_prefix(' ').unwrap_or(address);
            let words = doing.trim_end_matches([':', ' ']) == what.trim_end();
            words.then_some(address)
        });
    let Some(address) = address.filter(|address| text::hex(address).is_some()) else {
        return false;
    };
    if !out.is_beside() {
        out.stack.facts.fault_address = out.stack.facts.fault_address.or(Some(address));
        out.stack.facts.reason("", line);
    }
    true
}

/// Atmosphère's report: what was raised and where, between registers and labels.
fn atmosphere<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if line.starts_with("Atmosph") && text::has(line, "Crash Report (") {
        out.cut();
        return true;
    }
    let Some((label, value)) = line.split_once(':') else {
        return false;
    };
    let value = value.trim();
    let is_address = value.len() == 16 && text::hex(value).is_some();
    match label {
        "Type"
            if value.ends_with(" Abort")
                || matches!(
                    value,
                    "User Break" | "Undefined Instruction" | "Trap" | "Unknown"
                ) =>
        {
            out.stack.facts.signal = Some(value);
        }
        "Address" if is_address && out.stack.facts.fault_address.is_none() && !out.has_frames() => {
            out.stack.facts.fault_address = Some(value);
        }
        "Process Name" if !value.is_empty() => {
            out.stack.facts.process = Some(value.trim_matches('\''));
        }
        "Thread ID" if is_address => {
            out.stack.facts.thread_id = Some(value.trim_start_matches('0'));
        }
        "Result" if value.starts_with("0x") => out.stack.facts.reason("result", value),
        "Fault Address"
        | "LR"
        | "FP"
        | "SP"
        | "Process ID"
        | "Program ID"
        | "Process Flags"
        | "User Exception Address"
        | "Stack Region" => {}
        "Process Info"
        | "Exception Info"
        | "Crashed Thread Info"
        | "Registers"
        | "Module Info"
        | "Stack Dump"
            if value.is_empty() => {}
        _ if label.starts_with("X[") && value.starts_with(|c: char| c.is_ascii_hexdigit()) => {}
        _ => return false,
    }
    true
}

/// `1089044 segv_handler.cc:171] Error originates from memory allocated in thread 1089001 at:`: GWP-ASan of tcmalloc.
fn tcmalloc<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some((_, rest)) = line
        .split_once("segv_handler.cc:")
        .and_then(|(_, rest)| text::split_once(rest, "] "))
    else {
        return false;
    };
    let thread = text::after(rest, " in thread ", b" ");
    let lower = rest.to_ascii_lowercase();
    if text::has(&lower, "memory allocated in thread") {
        out.related(RelatedKind::AllocatedBy, rest, thread);
    } else if text::has(&lower, "memory was freed in thread") {
        out.related(RelatedKind::FreedBy, rest, thread);
    } else if let Some((name, _)) = text::split_once(rest, " occurs in thread ") {
        out.crash();
        out.stack.facts.thread_id = thread;
        named(out, name, "");
    } else if let Some(access) = rest.strip_prefix(">>> ") {
        out.stack.facts.reason("", access);
    }
    true
}

/// Ruby's first line: `/srv/lib/ship.rb:88:in `fire': undefined method `mass' for nil:NilClass (NoMethodError)`.
fn ruby<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if out.has_frames() || !line.ends_with(')') {
        return false;
    }
    let Some((place, rest)) = text::split_once(line, "': ") else {
        return false;
    };
    let place = &line[..=place.len()];
    let Some((message, class)) = text::last_group(rest, b'(', b')') else {
        return false;
    };
    let Some(frame) = grammar::ruby_place(place) else {
        return false;
    };
    named(out, class, message.trim_end());
    out.frame(Frame {
        raw: place,
        ..frame
    });
    true
}

/// A browser's error on one line: `RuntimeError: x at wasm://wasm/09:wasm-function[72223]:0x15dea2d at wasm://…`.
fn joined<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some(start) = text::find(line, " at wasm://") else {
        return false;
    };
    out.words(&line[..start]);
    for part in line[start + 1..].split(" at ") {
        let part = part.strip_prefix("at ").unwrap_or(part).trim();
        let module = part.strip_prefix("wasm://wasm/").unwrap_or(part);
        let Some((_, function)) = text::split_once(module, ":wasm-function[") else {
            continue;
        };
        let Some((number, offset)) = text::split_once(function, "]:0x") else {
            continue;
        };
        let from = part.len() - function.len() - "wasm-function[".len();
        let to = part.len() - function.len() + number.len() + 1;
        out.frame(Frame {
            raw: part,
            function: part.get(from..to),
            offset: text::hex(offset),
            language: Language::Script,
            ..Frame::default()
        });
    }
    true
}

/// Names the exception that is being read, in place of words before it.
fn named<'a>(out: &mut Builder<'a>, name: &'a str, message: &'a str) {
    if !out.is_fresh() {
        return;
    }
    out.section().exception = Exception {
        name: Some(name).filter(|name| !name.is_empty()),
        message,
    };
}
