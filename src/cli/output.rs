//! Standard output of the subcommands.

use std::io::{ErrorKind, Write as _};
use std::sync::OnceLock;

/// The first failed write to standard output; `main` turns it into exit code 1.
pub(super) static STDOUT_ERROR: OnceLock<std::io::Error> = OnceLock::new();

/// Prints a line. A closed pipe (`call … | head`) is not an error.
pub(super) fn print_line(text: &str) {
    if let Err(error) = writeln!(std::io::stdout(), "{text}")
        && error.kind() != ErrorKind::BrokenPipe
    {
        let _ = STDOUT_ERROR.set(error);
    }
}
