//! What did not answer: Android's reasons, and an app's own watchdog of its main thread, which prints each thread of the
//! process as a cause of the one before.

use crate::model::{Builder, Exception, Part, RelatedKind};
use crate::text;

/// `ANRError$$$_Thread: main (state = TIMED_WAITING)` as a cause: the first is the thread that did not answer, those
/// behind it are what other threads did. `false` where the cause is no thread.
pub(super) fn thread<'a>(out: &mut Builder<'a>, cause: &'a str) -> bool {
    let Some((class, rest)) = text::split_once(cause, ": ") else {
        return false;
    };
    let Some((name, state)) = text::split_once(rest, " (state = ") else {
        return false;
    };
    if !class.ends_with("$_Thread") {
        return false;
    }
    if out.has_frames() {
        out.related(RelatedKind::Further, cause, Some(name));
        return true;
    }
    let facts = &mut out.stack.facts;
    // What threw is the watchdog's own thread.
    if let Some(watchdog) = facts.thread.filter(|thread| *thread != name) {
        facts.reason("thrown on thread", watchdog);
    }
    facts.thread = Some(name);
    facts.thread_state = Some(state.trim_end_matches(')'));
    out.named(Part::Cause, cause);
    true
}

/// Whether the system says so why something did not answer: `Input dispatching timed out (…)`, `executing service a.b/.C`.
pub(super) fn is_reason(text: &str) -> bool {
    [
        "Input dispatching timed out",
        "executing service ",
        "Broadcast of Intent {",
        "Context.startForegroundService() did not ",
        "No response to on",
        "ContentProvider not responding",
        // Crashlytics, and what Google's console found in the trace.
        "ANR triggered by ",
        "The main thread is ",
    ]
    .iter()
    .any(|start| text.starts_with(start))
}

/// A reason without a form's quotation mark, a console's title in bold or a person's Markdown.
pub(super) fn without_mark(text: &str) -> &str {
    const MARKS: [&str; 9] = [
        "\"", "**ANR** ", "ANR: ", "ANR ", "`", "**", "### ", "## ", "# ",
    ];
    let said = MARKS
        .iter()
        .find_map(|mark| text.strip_prefix(mark))
        .unwrap_or(text)
        .trim_end_matches(['`', '*']);
    if is_reason(said) { said } else { text }
}

/// A console's title above native frames that says why an app did not answer, perhaps with a mark in front; `false` where the line
/// is none. What follows it is the console's.
pub(super) fn title<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let open = !out.has_frames() && out.stack.facts.signal.is_none() && out.is_fresh();
    let reason = if open { without_mark(line) } else { "" };
    if !is_reason(reason) || out.section().exception.name.is_some() {
        return false;
    }
    out.section().exception = Exception {
        name: Some("ANR"),
        message: reason,
    };
    out.cut();
    true
}
