//! `Fatal signal` lines of Android's log: the last one in front of a report is its own, others are of processes that ended
//! before or afterwards.

use crate::model::Builder;
use crate::text;

/// The lines of a text, so far.
#[derive(Default)]
pub(super) struct FatalSignals<'a> {
    last: Option<&'a str>,
    /// The thread that Android's runtime said it ended for: `FATAL EXCEPTION: main`.
    thrown: Option<&'a str>,
    /// Its process.
    ended: Option<&'a str>,
}

impl<'a> FatalSignals<'a> {
    /// Looks at a line; `true` where it is of another process's end, behind this report's frames.
    pub(super) fn line(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        let Some((thread, process)) = ids(line) else {
            self.of_exception(out, line);
            return false;
        };
        let facts = &mut out.stack.facts;
        if !out.stack.frames.is_empty() {
            // A handler of the app's own names no thread; the system's line of the same end has the same signal.
            let same = |signal| text::has(line, signal);
            let elsewhere = self
                .ended
                .zip(process)
                .map(|(ended, process)| ended != process);
            let other = match (facts.thread_id, facts.signal) {
                _ if elsewhere.is_some() => elsewhere == Some(true),
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

    /// `Process: com.acme.orbit, PID: 6726` below `FATAL EXCEPTION: main`: signals so far of other processes are not what ended it.
    fn of_exception(&mut self, out: &mut Builder<'a>, line: &'a str) {
        if let Some(thread) = line.strip_prefix("FATAL EXCEPTION: ") {
            self.thrown = Some(thread);
        }
        let process = line.strip_prefix("Process: ");
        let id = process.and_then(|process| text::digits(text::after(process, ", PID: ", b"")?));
        let Some((id, _)) = id.filter(|_| self.thrown.is_some() && !out.has_frames()) else {
            return;
        };
        self.ended = Some(id);
        let signalled = self.last.and_then(ids).and_then(|(_, process)| process);
        if signalled.is_none_or(|process| process == id) {
            return;
        }
        let facts = &mut out.stack.facts;
        facts.reason("earlier", self.last.take().unwrap_or_default());
        (facts.thread, facts.thread_id) = (self.thrown, None);
        (facts.signal, facts.code, facts.fault_address) = (None, None, None);
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
