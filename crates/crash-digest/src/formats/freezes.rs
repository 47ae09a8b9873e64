//! The events that make up a freeze of `HarmonyOS`: the watchdog's, of user input, of a life cycle, of an app's own thread.

use crate::cut;
use crate::model::Builder;
use crate::text;

/// What their names end in: the warning, and the event that ends the app.
const ENDS: [&str; 6] = ["_3S", "_6S", "_BLOCK", "_TIMEOUT", "_HICOLLIE", "_WARNING"];

/// The event's name: `STRINGID:THREAD_BLOCK_6S`, `EVENTNAME = APP_INPUT_BLOCK`, `DOMAIN = AAFWK EVENTNAME THREAD_BLOCK_3S`.
pub(super) fn name(line: &str) -> Option<&str> {
    let labelled = value(line, "STRINGID").or_else(|| value(line, "EVENTNAME"));
    let name = labelled.or_else(|| {
        let (_, name) = text::split_once(value(line, "DOMAIN")?, " EVENTNAME")?;
        Some(name.trim_start_matches([' ', '=', ':']))
    })?;
    let (name, _) = text::word(name);
    let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let fits = name.bytes().all(plain) && ENDS.iter().any(|end| name.ends_with(end));
    fits.then_some(name)
}

/// Takes a line of an event above the frames; `false` where it is none.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if out.has_frames() || out.is_beside() {
        return false;
    }
    if let Some(name) = name(line) {
        // The warning comes first, and the report's head named what followed it.
        let known = out.section().exception.name;
        if known.is_none_or(is_warning) {
            out.exception_name(name);
            out.cut();
        }
        return true;
    }
    let named = ["PACKAGE_NAME", "PROCESS_NAME", "PROCESS NAME"];
    if let Some(process) = named.iter().find_map(|label| value(line, label)) {
        let (process, _) = text::word(process);
        let facts = &mut out.stack.facts;
        facts.process = facts.process.or(Some(process));
        facts.bundle = facts.bundle.or(Some(process));
        return true;
    }
    if let Some(said) = value(line, "MSG") {
        // What the main thread had to do is said behind it.
        let said = ["EventHandler dump", "mainHandler dump", "Main handler dump"]
            .iter()
            .find_map(|dump| text::split_once(said, dump))
            .map_or(said, |(said, _)| said)
            .trim();
        let said = without_time(said);
        if !said.is_empty() {
            out.stack.facts.reason("", said);
        }
        return true;
    }
    if let Some(id) = cut::runner_thread(line) {
        let facts = &mut out.stack.facts;
        facts.thread_id = facts.thread_id.or(Some(id));
        return true;
    }
    // Which event of the user's was not handled, and for how long the thread stood.
    let told = line.starts_with("Wait Event(") || line.starts_with("this thread has blocked ");
    if told {
        out.stack.facts.reason("", line);
    }
    told
}

/// What is said behind the time that a message begins with: `Fault time:2026/04/18-14:22:52 App main thread is not response!`.
fn without_time(said: &str) -> &str {
    said.strip_prefix("Fault time:")
        .map_or(said, |rest| text::word(rest.trim_start()).1.trim())
}

/// Whether a message is the time alone, and goes on in the next line.
pub(super) fn is_said_below(line: &str) -> bool {
    value(line, "MSG").is_some_and(|said| !said.is_empty() && without_time(said).is_empty())
}

/// Whether an event warns of the one that ends the app: `THREAD_BLOCK_3S`, `LIFECYCLE_HALF_TIMEOUT`.
fn is_warning(name: &str) -> bool {
    name.ends_with("_3S") || name.ends_with("_HALF_TIMEOUT") || name.ends_with("_WARNING")
}

/// What stands behind a label, in any of its writings: `PID:7`, `PID = 7`, `PID 7`.
fn value<'a>(line: &'a str, label: &str) -> Option<&'a str> {
    let rest = line.strip_prefix(label)?;
    let value = rest.trim_start_matches([' ', ':', '=']);
    (value.len() < rest.len()).then_some(value)
}
