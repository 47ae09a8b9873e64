//! The line that names the signal of a native crash: number, name, code, address of the fault, thread.

use super::handlers::signal_called;
use crate::model::Facts;
use crate::text;

/// `signal 11 (SIGSEGV), code 1 (SEGV_MAPERR), fault addr 0x10`, also `signal: 11 (SIGSEGV), code: 1 …` and
/// `Fatal signal 11 (SIGSEGV) … in tid 99 (RenderThread), pid 7 (com.starfall)`.
pub(super) fn signal<'a>(facts: &mut Facts<'a>, line: &'a str) -> bool {
    let Some(rest) = text::after(line, "ignal", b"") else {
        return false;
    };
    let rest = rest.trim_start_matches([':', ' ']);
    if !rest.starts_with(|c: char| c.is_ascii_digit()) || !text::has(rest, "(SIG") {
        return called(facts, line);
    }
    facts.signal = text::after(rest, "(", b"),").or(facts.signal);
    facts.code = text::after(rest, "code", b",")
        .or_else(|| text::after(rest, "Code", b","))
        // An older Android's: `Fatal signal 11 (SIGSEGV) at 0x00000010 (code=1), thread 1250 (Render)`.
        .map(|code| {
            code.strip_prefix('=')
                .map_or(code, |code| code.trim_end_matches(')'))
        })
        .map(|code| code.trim_start_matches([':', ' ']))
        // Older systems name the thread right behind it, in brackets as a name of the code is: `code -6 in tid 99 (Render)`.
        .map(|code| text::split_once(code, " in tid ").map_or(code, |(code, _)| code))
        .map(|code| code.split(" fault").next().unwrap_or(code))
        // A code that has no name is told by its number: `code 128 (?)`.
        .map(|code| match text::after(code, "(", b") ") {
            Some("?") => text::word(code).0,
            named => named.unwrap_or(code),
        })
        .filter(|code| !code.is_empty())
        .or(facts.code);
    // `fault addr --------` when the signal has none.
    facts.fault_address = text::after(rest, "fault addr", b",")
        .or_else(|| text::after(rest, "faultAddr", b","))
        // Of a signal that was sent it is the sender's number: `Fatal signal 6 (SIGABRT) at 0x000004e2 (code=-6)`.
        .or_else(|| {
            let at = text::after(rest, ") at ", b" (");
            at.filter(|at| at.starts_with("0x") && !text::has(rest, "(code=-"))
        })
        .map(|address| address.trim_start_matches([':', ' ']))
        .map(|address| text::word(address).0)
        .filter(|address| !address.starts_with('-') && !address.is_empty())
        .or(facts.fault_address);
    // A newer tombstone says what the access was: `fault addr 0x10 (write)`.
    let access =
        text::after(rest, "fault addr", b"").and_then(|said| text::last_group(said, b'(', b')'));
    if let Some((_, access @ ("read" | "write"))) = access {
        facts.reason("access", access);
    }
    let thread = text::after(rest, " in tid ", b",");
    if let Some(thread) = thread.or_else(|| text::after(rest, "), thread ", b",")) {
        facts.thread_id = text::digits(thread).map(|(id, _)| id).or(facts.thread_id);
        facts.thread = facts.thread.or_else(|| text::after(thread, "(", b")"));
    }
    true
}

/// Handlers that name the signal as the C library does: `signal 11 (Segmentation fault), address is 0x10 from 0x7f5cb6d96980`.
fn called<'a>(facts: &mut Facts<'a>, line: &'a str) -> bool {
    let read = || {
        let (_, rest) = text::digits(line.get("signal ".len()..)?)?;
        let (words, rest) = rest.strip_prefix(" (")?.split_once(')')?;
        Some((signal_called(words)?, rest))
    };
    let known = line.starts_with("signal ") || line.starts_with("Signal ");
    let Some((signal, rest)) = known.then(read).flatten() else {
        return false;
    };
    facts.signal = facts.signal.or(Some(signal));
    let address = text::after(rest, "address is ", b" ,");
    facts.fault_address = facts.fault_address.or(address);
    true
}
