//! Threads beside the one that is told: where its heading is cut off, or nothing says which of a few threads matters.

use crate::cut::begins_inside;
use crate::format::Format;
use crate::model::{Related, Stack, WITHOUT_HEADING};
use crate::threads::{Thread, ThreadDump};

/// Threads whose stacks are told.
const MOST: usize = 4;
/// A stack of so many bytes is no thread's of a few: reading it again would cost as much as the text.
const LONGEST: usize = 1 << 18;
/// Threads that are named.
const MOST_NAMED: usize = 8;

/// What is told of them.
#[derive(Default)]
pub(super) struct Others<'d, 'a> {
    /// Threads that are in the text and have no heading in it.
    pub without_heading: usize,
    /// In words, why others stand beside it.
    pub said: Option<String>,
    /// Those whose stacks are told.
    pub told: Vec<&'d Thread<'a>>,
}

/// What is told of the other threads; the frames of what was thrown, of which something is `named`, are no thread's of a dump.
pub(super) fn told<'d, 'a>(
    dump: &'d ThreadDump<'a>,
    stack: &Stack<'_>,
    text: &str,
    named: bool,
) -> Others<'d, 'a> {
    let threads = &dump.threads;
    let short = |thread: &&Thread<'_>| thread.text.len() <= LONGEST;
    let first = || threads.iter().filter(short).take(MOST).collect();
    if is_without_heading(stack, dump, text) {
        return Others {
            without_heading: 1,
            said: (!named).then(|| following(threads)),
            told: if named { Vec::new() } else { first() },
        };
    }
    let rest = |related: &Related<'_>| related.thread == Some(WITHOUT_HEADING);
    let other = |thread: &&Thread<'_>| {
        thread.id != stack.facts.thread_id || Some(thread.name) != stack.facts.thread
    };
    let told = !named && nothing_tells_which(stack, dump);
    Others {
        without_heading: usize::from(!threads.is_empty() && stack.related.iter().any(rest)),
        said: None,
        told: threads
            .iter()
            .filter(other)
            .take(if told { MOST } else { 0 })
            .collect(),
    }
}

/// Which threads follow the one whose heading is cut off.
fn following(threads: &[Thread<'_>]) -> String {
    let named: Vec<String> = threads.iter().take(MOST_NAMED).map(Thread::label).collect();
    let follow = if threads.len() == 1 {
        "another thread follows"
    } else {
        "other threads follow"
    };
    let more = match threads.len() - named.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let named = named.join(", ");
    format!("the heading of this thread is cut off; {follow}: {named}{more}")
}

/// Whether the frames are of a thread whose heading was cut off, in front of those that have theirs.
fn is_without_heading(stack: &Stack<'_>, dump: &ThreadDump<'_>, text: &str) -> bool {
    let nameless = stack.facts.thread.is_none() && stack.facts.thread_id.is_none();
    let called = |thread: &Thread<'_>| !thread.name.is_empty() || thread.id.is_some();
    let threads = &dump.threads;
    nameless
        && !stack.frames.is_empty()
        && !threads.is_empty()
        && threads.iter().all(called)
        && (threads.len() == 1 || begins_inside(text))
}

/// Whether the text is of a few threads, none of which ended in anything or is an app's main one: the first is told, and no more
/// than the others is it what the text is about.
fn nothing_tells_which(stack: &Stack<'_>, dump: &ThreadDump<'_>) -> bool {
    let facts = &stack.facts;
    let dumped = matches!(
        stack.format,
        Format::Trace | Format::Harmony | Format::Minidump
    );
    dumped
        && facts.signal.is_none()
        && facts.abort_message.is_none()
        && facts.thread != Some("main")
        && (2..=MOST + 1).contains(&dump.threads.len())
        && !dump.threads.iter().any(|thread| thread.faulting)
        && dump.threads.iter().all(|thread| thread.text.len() <= LONGEST)
        // Its waits are told with the places.
        && dump.deadlocks().is_empty()
}
