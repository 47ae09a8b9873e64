//! Words before the frames, and what they say of an exception.

use crate::model::telling::Telling;

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
