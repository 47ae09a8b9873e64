//! Every operation of every service. No I/O, no credential, no address, no status code.

pub mod crashsight;

use crate::operation::Tool;

/// Every operation, chapter by chapter.
pub fn tools() -> impl Iterator<Item = &'static Tool> {
    crashsight::chapters().into_iter().flatten()
}
