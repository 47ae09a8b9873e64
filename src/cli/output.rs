//! Standard output: what commands print.

use std::io::{ErrorKind, Write as _};
use std::sync::OnceLock;

/// Why a part of what was said is lost; it shows in how the process exits.
pub(super) static LOST: OnceLock<std::io::Error> = OnceLock::new();

/// Prints what a command says. Whoever reads may have gone: `call … | head` is no fault.
pub(super) fn say(text: &str) {
    if let Err(error) = writeln!(std::io::stdout(), "{text}")
        && error.kind() != ErrorKind::BrokenPipe
    {
        let _ = LOST.set(error);
    }
}
