//! Words before the frames, and what they say of an exception.

use super::Builder;
use crate::model::telling::Telling;
use crate::model::thrown::Exception;

/// Words before the frames.
#[derive(Default)]
pub(super) struct Words<'a> {
    /// How much they say of an exception.
    pub(super) telling: Telling,
    /// The line that they begin with.
    pub(super) line: &'a str,
    /// Their paragraph has ended.
    pub(super) ended: bool,
    /// Lines of another kind stood behind them.
    pub(super) cut: bool,
    /// A blank line stood between them and the first frame.
    pub(super) apart: bool,
}

impl Builder<'_> {
    /// Frames follow many lines of which none tells of a crash: they are a log's, not a message.
    pub(super) fn drop_log(&mut self) {
        const MANY: usize = 6;
        let exception = self.section().exception;
        if self.words.telling == Telling::Words
            && exception.name.is_none()
            && exception.message.lines().count() >= MANY
        {
            self.section().exception = Exception::default();
        }
    }
}
