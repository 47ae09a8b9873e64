//! Forms of a line or two that name a process, a thread or a reason: mails, consoles' titles, a game's own report.

use super::watchdogs;
use crate::carrier::ISSUE_CONTEXT;
use crate::grammar;
use crate::model::{Builder, Exception};
use crate::text;
use crate::windows_exceptions::windows_exception;

/// Takes such a line; `false` where it is none, or where the exception stands on it as well.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    mail(out, line)
        || generals(out, line)
        || unanswered(out, line)
        || blocking(out, line)
        || watchdog(out, line)
        || thread(out, line)
        || labelled(out, line)
        || context(out, line)
}

/// Where a tracker's title says that it happened: `**SIGABRT** in **DockActivity**`.
fn context<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let context = line.strip_prefix(ISSUE_CONTEXT);
    if let Some(context) = context {
        out.stack.facts.reason("in", context);
        out.cut();
    }
    context.is_some()
}

/// An app's own page: `Exception: java.lang.IllegalStateException`, and `Message: no ship` below it.
fn labelled<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some((label, value)) = text::split_once(line, ": ").filter(|_| out.is_fresh()) else {
        return false;
    };
    let exception = &mut out.section().exception;
    match label {
        "Exception" | "Exception type" | "Exception class" | "Error type" | "Type"
            if exception.is_empty() && value.contains('.') && crate::model::is_type(value) =>
        {
            exception.name = Some(value);
        }
        // OpenTTD's report names the code as Windows does, its own as well, below a heading: `Exception:  E1212012`.
        "Exception" if exception.name.is_none() && is_code(value.trim()) => {
            let name = Some(value.trim());
            *exception = Exception { name, message: "" };
            let facts = &mut out.stack.facts;
            facts.signal = facts.signal.or(windows_exception(value.trim()));
        }
        "Location" if exception.name.is_some_and(is_code) => {
            out.stack.facts.reason("at", value.trim());
        }
        // A game's report has the label where nothing was said.
        "Message" if value.trim() == "<none>" => {}
        "Message" | "Reason" | "Description"
            if exception
                .name
                .is_some_and(|name| name.contains('.') || is_code(name))
                && exception.message.is_empty() =>
        {
            exception.message = value.trim();
        }
        // Cataclysm's report: `MESSAGE: SIGSEGV: Segmentation fault`.
        "MESSAGE" if value.starts_with("SIG") && text::has(value, ": ") => {
            let signal = value.split(':').next();
            out.drop_words();
            out.stack.facts.signal = signal;
        }
        _ => return false,
    }
    out.cut();
    true
}

/// Whether a word is an exception's code on Windows: `C0000005`, `0xE1212012`.
fn is_code(word: &str) -> bool {
    let digits = word.strip_prefix("0x").unwrap_or(word);
    digits.len() == 8
        && digits.starts_with(['C', 'c', 'E', 'e', '8'])
        && text::hex(digits).is_some()
}

/// A mail's one line of two: `Process: com.acme.orbit, PID: 2201 java.lang.IllegalStateException: …`.
fn mail<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if line.starts_with("Process: ")
        && let Some(at) = text::find(line, ", PID: ")
        && let Some((_, rest)) = text::digits(&line[at + 7..])
        && !rest.trim().is_empty()
    {
        out.stack.facts.process = Some(&line[9..at]);
        out.words(rest.trim());
        return true;
    }
    false
}

/// C&C Generals: `Release Crash at Sun Jul 20 18:48:32 2025`, `; Reason Uncaught Exception in …`, `…Error code: EXCEPTION_…`.
fn generals<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if let Some(reason) = line.strip_prefix("; Reason ").filter(|_| !out.has_frames()) {
        out.section().exception.message = reason;
    } else if let Some(code) =
        text::after(line, "Error code: ", b" ").filter(|code| code.starts_with("EXCEPTION_"))
    {
        out.stack.facts.signal = Some(code);
    } else if !line.starts_with("Release Crash at ") && !line.starts_with("Debug Crash at ") {
        return false;
    }
    out.cut();
    true
}

/// A console's title of an ANR, with the reason that stood above it in short: `ANR Input dispatching timed out (Waiting …)`.
fn unanswered<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some(reason) = line.strip_prefix("ANR ").filter(|_| !out.has_frames()) else {
        return false;
    };
    let known = watchdogs::is_reason(reason);
    if known {
        let exception = Exception {
            name: Some("ANR"),
            message: reason,
        };
        out.sure(exception, line);
    }
    known
}

/// Google's console between the frames that it is about: `> **This native synchronization routine is blocking the main thread,
/// causing an ANR. Learn more**`.
fn blocking<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let known = line.starts_with(['>', '*', 'T'])
        && text::has(line, "blocking the main thread, causing an ANR");
    if known {
        let said = line.trim_matches(['>', '*', ' ']);
        let said = said.strip_suffix("Learn more").unwrap_or(said);
        out.stack.facts.reason("ANR", said);
    }
    known
}

/// A Minecraft server's watchdog, above the stack: `Locked on:com.acme.Bag.take(Bag.java:31)`.
fn watchdog<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let place = line.strip_prefix("Locked on:");
    let known = place.is_some_and(|place| grammar::read(place).is_some());
    if known {
        out.stack.unrecognized.push(line);
    }
    known
}

/// Space Engineers' log: `2026-11-22 08:10:11.166 - Thread:  26 ->  Exception occured: System.NullReferenceException: no bay`.
fn space_engineers<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let told = line
        .starts_with(|c: char| c.is_ascii_digit())
        .then(|| text::split_once(line, " - Thread:"))
        .flatten();
    let Some((id, said)) = told
        .and_then(|(_, rest)| text::split_once(rest, " -> "))
        .map(|(id, said)| (id.trim(), said.trim()))
        .filter(|_| !out.has_frames())
    else {
        return false;
    };
    let said = said.strip_prefix("Exception occured: ").unwrap_or(said);
    let known = text::digits(id).is_some_and(|(_, rest)| rest.is_empty())
        && crate::model::names_exception(said);
    if known {
        out.stack.facts.thread_id = Some(id);
        out.words(said);
    }
    known
}

/// `Exception in thread "pool-8-thread-4"`, alone or in front of the exception.
fn thread<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if space_engineers(out, line) {
        return true;
    }
    let named = line
        .strip_prefix("Exception in thread \"")
        .and_then(|rest| rest.split_once('"'));
    let Some((name, rest)) = named.filter(|_| !out.has_frames()) else {
        return false;
    };
    out.stack.facts.thread = out.stack.facts.thread.or(Some(name));
    let alone = rest.trim().is_empty();
    if alone {
        out.cut();
    }
    alone
}
