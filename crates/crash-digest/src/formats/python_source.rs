//! The line of source that Python prints below a frame.

use super::python_words::is_code;

/// Whether the line behind a frame can be its source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Source {
    /// No frame stands above.
    #[default]
    None,
    /// By its indent.
    Indented,
    /// A form cut the indents off.
    Flat,
}

impl Source {
    /// Whether a line with so much in front is it.
    pub(super) fn has(self, line: &str, indent: usize) -> bool {
        let marks = || line.bytes().all(|byte| matches!(byte, b'^' | b'~' | b' '));
        self != Self::None && (indent > 0 || self == Self::Flat && is_code(line) || marks())
    }
}
