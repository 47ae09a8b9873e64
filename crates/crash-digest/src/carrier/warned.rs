//! A native stack that a program wrote into the system's log as a warning: it went on running, and nothing crashed.

use super::log_source::CRASH_TAGS;
use super::logcat::Logcat;
use crate::text;

/// What the line above such a stack said, or what a log warned of in which nothing failed.
pub(crate) const WARNED: &str = "Logged as a warning: ";

/// How a log tells of an end, which what it warned of does not change.
const ENDS: [&str; 4] = [
    "(SIG",
    "FATAL EXCEPTION",
    "Reason:Signal",
    "Abort message: ",
];

/// What was said in front of the first native frame of a log.
#[derive(Default)]
pub(super) struct Warned<'a> {
    /// Tag and words of the last two entries, the newest first.
    before: [Option<(&'a str, &'a str)>; 2],
    said: Option<&'a str>,
    framed: bool,
}

impl<'a> Warned<'a> {
    /// An entry without a frame.
    pub(super) fn entry(&mut self, entry: Logcat<'a>) {
        if !self.framed && !entry.message.is_empty() {
            self.before = [Some((entry.tag, entry.message)), self.before[0]];
        }
    }

    /// A frame, in this entry or in a line below it. Words may look like a call; frames have a number or stand behind `at`.
    pub(super) fn frame(&mut self, entry: Logcat<'a>, frame: &str) {
        let numbered = frame.starts_with('#');
        if !numbered && !frame.starts_with("at ") {
            return self.entry(entry);
        }
        if std::mem::replace(&mut self.framed, true)
            || !numbered
            || entry.level != b'W'
            || CRASH_TAGS.contains(&entry.tag)
        {
            return;
        }
        let of_tag = || {
            let before = self.before.iter().flatten();
            before
                .filter(|(tag, _)| *tag == entry.tag)
                .map(|(_, said)| text::trim(said))
        };
        self.said = of_tag()
            .find(|said| !is_heading(said))
            .or_else(|| of_tag().next())
            .or(Some(entry.tag));
    }

    /// The words, where the log tells of no end.
    pub(super) fn said(&self, document: &str) -> Option<&'a str> {
        let ended = || ENDS.iter().any(|end| text::has(document, end));
        self.said.filter(|_| !ended())
    }
}

/// `Backtrace:` and the thread say nothing of why.
fn is_heading(said: &str) -> bool {
    said.ends_with("acktrace:") || text::has(said, "Tid:") && text::has(said, "Name:")
}
