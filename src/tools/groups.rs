//! Every operation of every service. No I/O, no credential, no address, no status code.

use super::{agora, crashsight, getui};

use crate::tools::tool::Tool;

/// Every operation, chapter by chapter.
pub fn tools() -> impl Iterator<Item = &'static Tool> {
    crashsight::chapters()
        .into_iter()
        .chain(agora::chapters())
        .chain(getui::chapters())
        .flatten()
}
