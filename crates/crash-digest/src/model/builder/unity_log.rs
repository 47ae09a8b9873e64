//! Stacks below the lines of Unity's log: its player prints one for whatever a game logs, error or not.

use super::Builder;
use crate::frame::Frame;
use crate::model::exception;

/// How the frames begin through which a game logs: `UnityEngine.Debug:LogWarning(Object)`, in Mono's form with a point.
const LOGGERS: [&str; 4] = [
    "UnityEngine.StackTraceUtility",
    "UnityEngine.DebugLogHandler",
    "UnityEngine.Logger",
    "UnityEngine.Debug",
];

/// Whether a stack that begins so is a logged line's.
pub(super) fn is_logger(frame: &Frame<'_>) -> bool {
    frame.raw.starts_with("UnityEngine.")
        && LOGGERS.iter().any(|start| {
            let rest = frame.raw.strip_prefix(start);
            rest.is_some_and(|rest| rest.starts_with([':', '.']))
        })
}

impl<'a> Builder<'a> {
    /// The frame is a logger's: of the lines above it the last one is what was logged.
    pub(super) fn logged_by_unity(&mut self) {
        let message = self.section().exception.message;
        let last = message.trim_end().lines().next_back().unwrap_or_default();
        if self.section().exception.name.is_none() && last.len() < message.len() {
            self.section().exception = exception::read(last.trim());
        }
    }

    /// Whether all that was read is what a game logged, and the line names what was thrown.
    pub(super) fn only_logged(&self, line: &str) -> bool {
        let logged = self.stack.frames.first().is_some_and(is_logger);
        logged && exception::names_thrown(line)
    }

    /// The frame is a logger's behind other frames: another line was logged, the last one between them.
    pub(super) fn logged_again(&mut self, frame: &Frame<'a>) {
        if !is_logger(frame) {
            return;
        }
        let title = self.stack.unrecognized.last().copied();
        let before = self.last_frame().map(|before| before.raw);
        if let (Some(title), Some(before)) = (title, before) {
            let at = |part| crate::text::place(self.text, part);
            if at(title) > at(before) {
                self.further(title);
            }
        }
    }
}
