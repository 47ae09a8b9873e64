//! Dumps of a virtual machine's threads: ANR traces of ART and Dalvik, `jstack`, an app's own ANR report.
//!
//! Threads are cut apart by `threads`; the lines of one are plain, and those before them are a head.

use super::plain::Plain;
use super::reader::{Line, Reader};
use super::{banners, exit_info, heads, metadata, openj9, watchdogs};
use crate::grammar;
use crate::model::Builder;
use crate::text;

/// How much a line speaks for this format.
pub(super) fn score(line: &str) -> u32 {
    match line.as_bytes() {
        [b'"', ..] if crate::cut::header(line).is_some() => {
            // ART's own heading; native frames below it are of the dump as well.
            if text::has(line, " prio=") && text::has(line, " tid=") {
                8
            } else {
                5
            }
        }
        [b'T' | 0xc3.., ..]
            if (text::has(line, "\" tid=") || line.starts_with("Type \""))
                && crate::cut::header(line).is_some() =>
        {
            8
        }
        // Crashlytics: `main (native): tid=1 systid=28493`; frames of the system's libraries outnumber it.
        [.., b'0'..=b'9'] if text::has(line, "tid=") && crate::cut::header(line).is_some() => 24,
        [b'-', ..] if line.starts_with("----- pid ") => 5,
        [b'D', ..] if line.starts_with("DALVIK THREADS") => 8,
        [b'F', ..] if line.starts_with("Full thread dump") => 8,
        [b'C', ..] if line.starts_with("Current Thread: ") => 6,
        [b'J', ..] if line.starts_with("Java stack information for the threads listed above") => 8,
        [b'F', ..] if line.starts_with("Found one Java-level deadlock") => 8,
        [b'A', ..] if line.starts_with("ANR in ") => 5,
        [b'C', ..] if line.starts_with("Cmd line:") || line == "Crash type: 'anr'" => 4,
        _ => 0,
    }
}

/// The name of a class alone, perhaps at the end of what somebody quotes: `com.acme.orbit.DockActivity"`.
fn class_alone(line: &str) -> Option<&str> {
    let name = line.trim_end_matches(['"', '\'', '`', '\u{201d}']);
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'$' | b'/');
    let (package, class) = name.rsplit_once(['.', '/'])?;
    let fits = package.contains('.')
        && class.starts_with(|c: char| c.is_ascii_uppercase())
        && name.bytes().all(plain);
    fits.then_some(name)
}

/// A console's title, of what did not answer: `ANR com.acme.orbit.DockService`.
fn unanswered<'a>(out: &mut Builder<'a>, component: &'a str) {
    if out.section().exception.is_empty() {
        out.section().exception = crate::model::Exception {
            name: Some("ANR"),
            message: component,
        };
    }
    out.cut();
}

/// Reads the head of a dump, and then one thread.
#[derive(Default)]
pub(super) struct Trace<'a> {
    lines: Plain<'a>,
    /// The system's log says which process did not answer.
    unanswered: bool,
    /// Lines of the processor's use that were seen.
    usage: usize,
    /// The line above says why an app did not answer.
    reasoned: bool,
}

impl<'a> Trace<'a> {
    /// The system's log: `ANR in com.acme.orbit (com.acme.orbit/.DockActivity)`, the reason on a line of its own.
    fn system_log(&mut self, out: &mut Builder<'a>, unanswered: &'a str) {
        let (process, activity) = text::word(unanswered);
        out.stack.facts.process = out.stack.facts.process.or(Some(process));
        self.unanswered = true;
        if out.section().exception.is_empty() {
            out.section().exception.name = Some("ANR");
        }
        if !activity.is_empty() {
            let activity = activity.trim_matches(['(', ')']);
            out.stack.facts.reason("activity", activity);
        }
    }
}

impl<'a> Reader<'a> for Trace<'a> {
    fn line(&mut self, out: &mut Builder<'a>, line: Line<'a>) {
        let head = out.stack.facts.thread.is_none() && !out.has_frames();
        if !head {
            return self.lines.line(out, line);
        }
        let text = line.text;
        // The end of a process before, and why Android says that this one ended.
        if text.starts_with("----- end ") || exit_info::line(out, text) {
            return;
        }
        if is_own(text) {
            return out.stack.unrecognized.push(text);
        }
        let text = watchdogs::without_mark(text);
        if let Some(component) = text.strip_prefix("ANR ").and_then(class_alone) {
            return unanswered(out, component);
        }
        // The console names the activity on a line of its own below.
        if std::mem::replace(&mut self.reasoned, watchdogs::is_reason(text))
            && let Some(activity) = class_alone(text)
        {
            return out.stack.facts.reason("activity", activity);
        }
        if let Some(name) = text
            .strip_prefix("Cmd line:")
            .or_else(|| text.strip_prefix("Cmdline:"))
        {
            out.stack.facts.process = Some(name.trim());
        } else if text == "Crash type: 'anr'" {
            out.exception_name("ANR");
        } else if let Some(reason) = text
            .strip_prefix("Subject:")
            .or_else(|| text.strip_prefix("Reason:"))
        {
            // Of the system's log it is the message of the ANR.
            if self.unanswered && out.section().exception.message.is_empty() {
                out.section().exception.message = reason.trim();
            } else {
                out.stack.facts.reason("", reason);
            }
        } else if let Some((server, version)) = text::split_once(text, " version: git-") {
            // `Paper version: git-Paper-1534 (MC: 1.12.2)`.
            if !server.contains(' ') && !version.is_empty() {
                out.stack.facts.reason("", text);
            }
        } else if text.starts_with("The server has not responded for ")
            || text.starts_with("The server has stopped responding")
            || text.starts_with("Out of memory on a ") && text.ends_with("-byte allocation.")
        {
            out.exception_message(text);
        } else if let Some(said) = text.strip_prefix("Throwing OutOfMemoryError ") {
            // ART's reason for the dump of one thread, and again where its own words are too much.
            let name = Some("OutOfMemoryError");
            let message = text::after(said, "\"", b"\"").unwrap_or(said);
            if out.section().exception.is_empty() {
                out.section().exception = crate::model::Exception { name, message };
            }
        } else if let Some(unanswered) = text.strip_prefix("ANR in ") {
            self.system_log(out, unanswered);
        } else if self.unanswered
            && ["Load: ", "Frozen: ", "PID: "]
                .iter()
                .any(|label| text.starts_with(label))
        {
            out.stack.facts.reason("", text);
        } else if self.unanswered && (text.starts_with("CPU usage from ") || self.usage > 0) {
            // What kept the machine busy: the first three rows.
            if self.usage < 4 && (self.usage == 0 || text::has(text, "% ")) {
                out.stack.facts.reason("", text);
            } else {
                out.stack.unrecognized.push(text);
            }
            self.usage += 1;
        } else if watchdogs::is_reason(text) && !text.starts_with("Input dispatching timed out") {
            // Play Console's title.
            out.section().exception = crate::model::Exception {
                name: Some("ANR"),
                message: text,
            };
            let service = text.strip_prefix("executing service ");
            let package = service.and_then(|service| service.split('/').next());
            out.stack.facts.process = out.stack.facts.process.or(package);
            out.cut();
        } else if text.starts_with("Input dispatching timed out") {
            let exception = &mut out.section().exception;
            if exception.is_empty() {
                *exception = crate::model::Exception {
                    name: Some("ANR"),
                    message: text,
                };
                out.cut();
            } else {
                out.stack.facts.reason("", text);
            }
        } else if banners::art(out, text) {
            // The machine ends the process itself.
        } else if text.contains('=') && openj9::javacore(out, text) {
            // The signal and address of a javacore.
        } else if let frame = grammar::read(text)
            && (frame.is_some()
                || crate::model::read_exception(text).name.is_some() && !text.ends_with(':'))
        {
            self.lines.read(out, text, frame);
        } else if !heads::read(&mut out.stack.facts, text) && !metadata::is_heading(text) {
            out.stack.unrecognized.push(text);
        }
    }
}

/// What ART says of a thread above its frames: `| group="main" sCount=1`.
fn is_own(line: &str) -> bool {
    let labels = ["group=", "sysTid=", "state=", "stack=", "held mutexes="];
    let said = line.strip_prefix("| ");
    said.is_some_and(|said| labels.iter().any(|label| said.starts_with(label)))
}
