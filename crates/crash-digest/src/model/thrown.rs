//! What was thrown: a name and a message, and what names look like.

use std::fmt;

use crate::text;

/// Name and message of an exception; either may be missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Exception<'a> {
    /// Its type: `java.lang.RuntimeException`, `SIGSEGV(SEGV_MAPERR)`, `Assertion failed`.
    pub name: Option<&'a str>,
    /// Its message, perhaps over several lines; empty when there is none.
    pub message: &'a str,
}

impl Exception<'_> {
    /// Whether there is neither name nor message.
    pub const fn is_empty(&self) -> bool {
        self.name.is_none() && self.message.is_empty()
    }
}

impl fmt::Display for Exception<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.name, self.message) {
            (Some(name), "") => formatter.write_str(name),
            (Some(name), message) => write!(formatter, "{name}: {message}"),
            (None, message) => formatter.write_str(message),
        }
    }
}

/// A name that only exceptions have; `Exception` and `Error` alone announce one.
pub(super) fn is_thrown(name: &str) -> bool {
    (name.ends_with("Exception") || name.ends_with("Error") || name.ends_with(".Throwable"))
        && !matches!(name, "Exception" | "Error")
}

/// Whether the text can be the name of a type that is thrown: no blanks, and qualified or ending as such names do.
pub(crate) fn is_type(text: &str) -> bool {
    // .NET adds the system's code: `System.Net.Sockets.SocketException (111)`.
    let text = text::split_once(text, " (")
        .filter(|(_, code)| code.ends_with(')'))
        .map_or(text, |(name, _)| name);
    let fits = text.len() <= 200
        && text.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && text.bytes().all(|byte| {
            byte.is_ascii_alphanumeric() || byte >= 0x80 || b"_.$`+()/<>-".contains(&byte)
        });
    let ends = [
        "Exception",
        "Error",
        "Fault",
        "Failure",
        "Violation",
        "Abort",
        "Panic",
        "Rejection",
        "Exit",
        "ANR",
        "Throwable",
        "NotResponding",
        "OutOfMemory",
    ];
    // `battle.lua:12` and `Save.write()` are places and calls.
    let qualified = text.contains('.')
        && !text.contains('/')
        && !text.contains('(')
        && text
            .rsplit('.')
            .next()
            .is_some_and(|last| last.starts_with(|c: char| c.is_ascii_uppercase()));
    // A screen or a service of an app is none.
    let component = ["Activity", "Service", "Fragment", "Application", "Receiver"];
    let component = component.iter().any(|end| text.ends_with(end));
    // Nor is a word of single letters: `S.T.A.R`.
    let spelled = || text.split('.').all(|part| part.len() <= 1);
    fits && (qualified && !component && !spelled() || ends.iter().any(|end| text.ends_with(end)))
}
