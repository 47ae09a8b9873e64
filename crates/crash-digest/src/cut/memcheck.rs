//! How Valgrind's tools name what they found.

use crate::text;

/// The starts of such lines: the error's stack follows.
const ERRORS: [&str; 12] = [
    "Invalid read of size ",
    "Invalid write of size ",
    "Invalid free() ",
    "Conditional jump or move depends on ",
    "Use of uninitialised value of size ",
    "Mismatched free() ",
    "Jump to the invalid address ",
    "Source and destination overlap in ",
    "Syscall param ",
    "Argument '",
    "Uninitialised byte(s) found during client check request",
    "Possible data race during ",
];

/// Whether a line names an error: `Syscall param read(buf) points to unaddressable byte(s)`.
pub(crate) fn is_error(line: &str) -> bool {
    let begins = ERRORS.iter().any(|start| line.starts_with(start));
    begins
        && match line.as_bytes() {
            [b'S', b'y', ..] => line.ends_with(" byte(s)"),
            [b'A', ..] => line.contains("' of function "),
            _ => true,
        }
}

/// The thread that the next error is of: `Thread 2:`, `Thread 3 moon-worker:`.
pub(crate) fn thread(line: &str) -> Option<&str> {
    let (id, name) = text::digits(line.strip_prefix("Thread ")?.strip_suffix(':')?)?;
    let named = name
        .strip_prefix(' ')
        .is_some_and(|name| !name.contains(' '));
    (name.is_empty() || named).then_some(id)
}
