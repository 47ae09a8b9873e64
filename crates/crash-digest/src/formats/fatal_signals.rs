//! `Fatal signal` lines of Android's log: the last one in front of a report is its own, others are of processes that ended
//! before or afterwards.

use crate::model::Builder;
use crate::text;

/// The lines of a text, so far.
#[derive(Default)]
pub(super) struct FatalSignals<'a> {
    last: Option<&'a str>,
}

impl<'a> FatalSignals<'a> {
    /// Looks at a line; `true` where it is of another process's end, behind this report's frames.
    pub(super) fn line(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        let Some((thread, _)) = ids(line) else {
            return false;
        };
        let facts = &mut out.stack.facts;
        if !out.stack.frames.is_empty() {
            // A handler of the app's own names no thread; the system's line of the same end has the same signal.
            let same = |signal| text::has(line, signal);
            let other = match (facts.thread_id, facts.signal) {
                (Some(known), _) => known != thread,
                (None, signal) => signal.is_some_and(|signal| !same(signal)),
            };
            if other {
                facts.reason("later", line);
            }
            return other;
        }
        let earlier = self.last.replace(line);
        if let Some(earlier) = earlier.filter(|earlier| ids(earlier) != ids(line)) {
            facts.reason("earlier", earlier);
            (facts.thread, facts.thread_id) = (None, None);
            (facts.signal, facts.code, facts.fault_address) = (None, None, None);
        }
        false
    }

    /// The process by the name that the kernel keeps, its last letters alone, where nothing else names it.
    pub(super) fn end(&self, out: &mut Builder<'a>) {
        let process = self.last.and_then(|line| text::after(line, ", pid ", b""));
        let name = process.and_then(|process| text::after(process, "(", b")"));
        let facts = &mut out.stack.facts;
        if out.stack.frames.is_empty() {
            facts.process = facts.process.or(name);
        }
    }
}

/// Thread and process of `Fatal signal 11 (SIGSEGV), code 1 (SEGV_MAPERR), fault addr 0x0 in tid 99 (Render), pid 7 (orbit)`,
/// of `Fatal signal 11 (SIGSEGV) at 0x00000010 (code=1), thread 99 (Render)` the thread alone.
fn ids(line: &str) -> Option<(&str, Option<&str>)> {
    let rest = line.strip_prefix("Fatal signal ")?;
    let number = |label| text::digits(text::after(rest, label, b"")?).map(|(id, _)| id);
    let thread = number(" in tid ").or_else(|| number("), thread "))?;
    Some((thread, number(", pid ")))
}
