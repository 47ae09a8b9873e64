//! What a format's reader takes: lines, one by one.

use crate::model::Builder;

/// A line of a text: trimmed, with the columns of white space that stood before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    pub text: &'a str,
    pub indent: usize,
}

/// Takes the lines of one report, in order.
pub(super) trait Reader<'a> {
    /// Takes one line that is not blank.
    fn line(&mut self, out: &mut Builder<'a>, line: Line<'a>);

    /// A blank line.
    fn blank(&mut self, _out: &mut Builder<'a>) {}

    /// The text has ended.
    fn end(&mut self, _out: &mut Builder<'a>) {}
}
