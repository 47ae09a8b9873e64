//! Lines of a log above frames: Unity's player prints a stack below whatever a game logs, error or not; of others the lines are
//! no message.

use super::Builder;
use super::words::{rejected, said_by_sanitizer};
use crate::frame::Frame;
use crate::log_prefix;
use crate::model::exception;
use crate::model::related::RelatedKind;
use crate::model::telling::Telling;
use crate::model::thrown::Exception;

/// How the frames begin through which a game logs: `UnityEngine.Debug:LogWarning(Object)`, in Mono's form with a point.
const LOGGERS: [&str; 4] = [
    "UnityEngine.StackTraceUtility",
    "UnityEngine.DebugLogHandler",
    "UnityEngine.Logger",
    "UnityEngine.Debug",
];

/// Whether a stack that begins so is a logged line's.
pub(super) fn is_logger(frame: &Frame<'_>) -> bool {
    let raw = frame.raw.strip_prefix("at ").unwrap_or(frame.raw);
    raw.starts_with("UnityEngine.")
        && LOGGERS.iter().any(|start| {
            let rest = raw.strip_prefix(start);
            rest.is_some_and(|rest| rest.starts_with([':', '.']))
        })
}

impl<'a> Builder<'a> {
    /// What the words so far tell beside an exception that takes their place.
    pub(super) fn keeps_of_words(&mut self, current: Exception<'a>) {
        let line = self.words.line;
        let facts = &mut self.stack.facts;
        if let Some(said) = said_by_sanitizer(current, line) {
            facts.reason("", said);
        }
        // The runtime's own end, above what a log has of another program: `Internal CLR error. (0x80131506 (COR_…))`.
        if line.starts_with("Internal CLR error") {
            facts.reason("also logged", line);
        }
        // It stood in a line of its own.
        if let Some(said) = rejected(line) {
            facts.reason("", said);
        }
    }

    /// The first frame follows what was read of words.
    pub(super) fn frames_begin(&mut self, first: &Frame<'_>) {
        if is_logger(first) {
            self.logged_by_unity();
        } else {
            self.drop_log();
        }
    }

    /// The words in front of the exception's name may say that a promise was rejected with it.
    pub(super) fn note_rejection(&mut self) {
        let named = self.stack.sections.first().is_some_and(|section| {
            section
                .exception
                .name
                .is_some_and(|name| !name.contains("ejection"))
        });
        let known = self
            .stack
            .facts
            .reasons
            .iter()
            .any(|reason| rejected(reason.text).is_some());
        if named
            && !known
            && let Some(said) = rejected(self.words.line)
        {
            self.stack.facts.reason("", said);
        }
    }

    /// The frame is a logger's: of the lines above it the last one is what was logged.
    fn logged_by_unity(&mut self) {
        let message = self.section().exception.message;
        let last = message.trim_end().lines().next_back().unwrap_or_default();
        if self.section().exception.name.is_none() && last.len() < message.len() {
            self.section().exception = exception::read(last.trim());
        }
    }

    /// Many lines of which none tells of a crash are a log's, not a message, and so is one that has no error's level.
    pub(super) fn drop_log(&mut self) {
        const MANY: usize = 6;
        let Exception { name, message } = self.section().exception;
        if self.words.telling != Telling::Words || name.is_some() || message.is_empty() {
            return;
        }
        let first = message.lines().next().unwrap_or_default();
        let of_log = || log_prefix::read(first).is_some_and(|line| line.is_quiet());
        if message.lines().nth(MANY - 1).is_some() || of_log() {
            self.section().exception = Exception::default();
        }
    }

    /// Whether all that was read is what a game logged, and the line names what was thrown.
    pub(super) fn only_logged(&self, line: &str) -> bool {
        let logged = self.stack.frames.first().is_some_and(is_logger);
        logged && exception::names_thrown(line)
    }

    /// The last line behind all frames so far, of those that are none of a reader's.
    pub(super) fn said_behind_frames(&mut self) -> Option<&'a str> {
        let text = self.text;
        let at = |part| crate::text::place(text, part);
        let last = self.last_frame()?.raw;
        let said = self.stack.unrecognized.last().copied();
        said.filter(|said| at(said) > at(last))
    }

    /// The frame is a logger's behind other frames: another line was logged, the last one between them, or, apart by a blank line,
    /// who logged what was thrown. Inside of a stack a logger calls others of its own.
    pub(super) fn logged_again(&mut self, frame: &Frame<'a>) {
        if !is_logger(frame) {
            return;
        }
        let text = self.text;
        let at = |part| crate::text::place(text, part);
        let Some(before) = self.last_frame().filter(|before| !is_logger(before)) else {
            return;
        };
        let before = before.raw;
        if let Some(title) = self.said_behind_frames() {
            return self.further(title);
        }
        let between = at(before)
            .zip(at(frame.raw))
            .and_then(|(start, end)| text.get(start + before.len()..end));
        let apart = between.is_some_and(|between| {
            between.trim().is_empty() && memchr::memchr_iter(b'\n', between.as_bytes()).count() > 1
        });
        if apart && !self.beside {
            self.related(RelatedKind::LoggedBy, frame.raw, None);
        }
    }
}
