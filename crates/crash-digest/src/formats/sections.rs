//! Lines that begin or end a part of a report: causes, inner exceptions, places below their frames.

use super::{metadata, watchdogs};
use crate::frame::{Frame, Language};
use crate::grammar;
use crate::model::{Builder, Exception, Part, RelatedKind, names_exception};
use crate::text;
use crate::windows_exceptions::windows_exception;

/// Where .NET ends an inner exception's frames, in other languages.
const INNER_ENDS: [&str; 3] = [
    "--- 内部异常堆栈跟踪的结尾",
    "--- Ende der internen Ausnahme",
    "--- Fin de la trace de la pile d'exception interne",
];

/// `Caused by: x`; Google's console leaves the colon out: `Caused by java.lang.IllegalStateException: no ship`. No frame
/// begins so.
#[inline]
pub(super) fn is_cause(line: &str) -> bool {
    let Some(rest) = line.strip_prefix("Caused by") else {
        return false;
    };
    rest.starts_with(": ")
        || rest.strip_prefix(' ').is_some_and(|rest| {
            let (class, behind) = text::word(rest);
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._$".contains(&byte);
            let name = class.strip_suffix(':').unwrap_or(class);
            (class != name || behind.is_empty()) && name.contains('.') && name.bytes().all(plain)
        })
}

/// Exceptions of one chain in PHP, Laravel's log: `[previous exception] [object] (PDOException(code: 0): no bay at /srv/Dock.php:31)`.
pub(super) fn is_previous(line: &str) -> bool {
    line.starts_with("[previous exception] [object] (") || line.starts_with("Next ")
}

/// PHP begins with what the exception came from: `Next Orbit\NoBay: no bay in /srv/Dock.php:31` behind its frames.
fn next<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let behind_main = |frame: &mut Frame<'_>| frame.raw.ends_with("{main}");
    let Some((name, message)) = text::split_once(&line["Next ".len()..], ": ") else {
        return false;
    };
    let known = !name.contains(' ')
        && text::has(message, " in ")
        && !out.is_beside()
        && out.last_frame().is_some_and(behind_main);
    if known {
        out.section().part = Part::Cause;
        let exception = Exception {
            name: Some(name),
            message,
        };
        out.open(Part::Main, exception);
    }
    known
}

/// Visual Studio's window: `Message=no dock`, `Additional information: no dock`.
fn visual_studio<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if let Some(message) = line.strip_prefix("Additional information: ") {
        if out.is_fresh() {
            out.exception_message(message);
        }
        return out.is_fresh();
    }
    // A dump's page says in a sentence what its code means.
    if let Some(said) = line.strip_prefix("Exception Information:") {
        let said = said.trim();
        if out.section().exception.is_empty() && out.stack.facts.signal.is_none() {
            out.exception_message(said);
        } else {
            out.stack.facts.reason("", said);
        }
        return true;
    }
    let Some(message) = line.strip_prefix("Message=").filter(|_| !out.is_empty()) else {
        return false;
    };
    // Behind the name stand words in its language: `System.NullReferenceException wurde nicht behandelt.`
    let exception = &mut out.section().exception;
    let (name, _) = text::word(exception.message);
    if exception.name.is_none() && name.contains('.') && names_exception(name) {
        *exception = Exception {
            name: Some(name),
            message: "",
        };
    }
    out.exception_message(message);
    true
}

/// `Caused by: com.acme.Lost: no bay`.
fn cause<'a>(out: &mut Builder<'a>, line: &'a str) {
    let cause = line[9..].trim_start_matches([':', ' ']);
    if !names_exception(cause) && metadata::is_metadata(cause) {
        return;
    }
    // Unity throws a tombstone as an error: the tombstone follows, or was cut off.
    if let Some(front) = cause.strip_suffix("*** *** ***") {
        let name = front.trim_end_matches(['*', ' ']).trim_end_matches(':');
        if !tombstone_follows(out.text, line) && names_exception(name) {
            out.named(Part::Cause, name);
            out.cut();
        }
    } else if !watchdogs::thread(out, cause) {
        out.named(Part::Cause, cause);
    }
}

/// Whether a tombstone goes on below its first line to where it says who ended, or to its frames.
fn tombstone_follows(whole: &str, line: &str) -> bool {
    /// Versions, the build and the machine stand between.
    const MOST: usize = 24;
    let below = text::place(whole, line).map_or("", |at| &whole[at + line.len()..]);
    text::lines(below).take(MOST).map(text::trim).any(|line| {
        ["pid: ", "signal ", "#0", "at "]
            .iter()
            .any(|start| line.starts_with(start))
    })
}

/// Lines that begin or end a section, name a lock, or continue the frame above.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    // Empty: a heading's words may have been marks alone.
    match line.as_bytes().first().copied().unwrap_or_default() {
        b'-' => return dashed(out, line),
        b'.' => {
            if let Some((more, _)) = line.strip_prefix("... ").and_then(text::digits) {
                out.section().elided = more.parse().unwrap_or_default();
                return true;
            }
        }
        // The causes of another report are not this one's.
        b'C' | b'S' if out.is_further() && (is_cause(line) || line.starts_with("Suppressed: ")) => {
            out.stack.unrecognized.push(line);
            return true;
        }
        b'C' if is_cause(line) => {
            cause(out, line);
            return true;
        }
        b'N' if line.starts_with("Next ") && next(out, line) => return true,
        // Laravel's log has a stack of its own for what an exception came from.
        b'[' if is_previous(line) && out.has_frames() => {
            out.named(Part::Cause, line);
            return true;
        }
        // Windows' event log: the innermost first, each as a section.
        b'E' if line.starts_with("Exception Info: exception code ") => {
            outside_of_net(out, line);
            return true;
        }
        b'E' if line.starts_with("Exception Info: ") && out.has_frames() => {
            if raised_by_net(out) {
                out.named(Part::Main, &line[16..]);
                return true;
            }
            out.section().part = Part::Cause;
            out.named(Part::Main, &line[16..]);
            return true;
        }
        b'T' if line.starts_with("This exception was originally thrown at this call stack") => {
            out.open(Part::Cause, Exception::default());
            return true;
        }
        b'A' | b'E' | b'M' if visual_studio(out, line) => return true,
        // A form's three labels.
        b'M' if line.starts_with("Message: ") && out.is_fresh() && !out.is_beside() => {
            let exception = &mut out.section().exception;
            if exception.name.is_none() || exception.message.is_empty() {
                exception.message = &line[9..];
                out.cut();
            }
            return true;
        }
        b'I' if line.trim_end() == "InnerException:" => return true,
        b'S' if line.starts_with("Stack Trace:")
            && let Some(frame) = grammar::read(line[12..].trim_start()) =>
        {
            out.frame(frame);
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
        // Node prints an error's cause behind its frames, and those of a group as a list.
        b'[' if line.starts_with("[cause]: ") && out.has_frames() => {
            out.named(Part::Cause, line[9..].trim_end_matches(" {"));
            return true;
        }
        b'[' if line.ends_with(']') && out.has_frames() => return bracketed_place(out, line),
        _ => {}
    }
    false
}

/// .NET's arrows and rules, and the locks of Java's dumps.
fn dashed<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if out.lock(line) {
        return true;
    }
    // What an inner one that is printed again was caused by.
    let again = line.starts_with("---> ") && !line.starts_with("---> (Inner Exception #");
    if out.is_again() && (again || line.starts_with("--- End of inner exception")) {
        out.stack.unrecognized.push(line);
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
    false
}

/// `(0x1a2b3c4d5 0x1a2b3c4e6 …)`: where the exception was raised, without symbols.
fn addresses<'a>(out: &mut Builder<'a>, line: &'a str) {
    let inner = line.trim_matches(['(', ')']);
    // One for each blank, and one more.
    out.expect(memchr::memchr_iter(b' ', inner.as_bytes()).count() + 1);
    for word in inner.split_ascii_whitespace() {
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

/// .NET's own record of a crash outside of its code, `Exception Info: exception code c0000005, exception address 00007FFB`: it has no
/// name but the code's.
fn outside_of_net<'a>(out: &mut Builder<'a>, line: &'a str) {
    let code = text::after(line, "exception code ", b",").unwrap_or_default();
    let named = windows_exception(code).filter(|_| !out.has_frames());
    if named.is_some() {
        out.drop_unnamed();
        out.cut();
    }
    let facts = &mut out.stack.facts;
    facts.signal = facts.signal.or(named);
    facts.reason("", &line["Exception Info: ".len()..]);
}

/// Windows' own record of a crash says where .NET raised it, which is no frame of the exception: it becomes a fact.
fn raised_by_net(out: &mut Builder<'_>) -> bool {
    let [raised] = out.stack.frames[..] else {
        return false;
    };
    if raised.function.is_some() || !raised.raw.starts_with("Fault") {
        return false;
    }
    out.drop_main_frames();
    let module = raised.module.unwrap_or_default();
    out.stack.facts.reason("faulting module", module);
    out.stack.sections.clear();
    true
}
