//! Server entries of client configurations: a command that the client starts, or a URL.

mod command;
mod existing;
mod redact;
mod url;

pub(super) use self::command::CommandEntry;
pub(in crate::cli) use self::existing::ExistingEntry;
pub(super) use self::redact::redact;
pub(super) use self::url::UrlEntry;

use serde_json::Value;

use super::clients::ConfigFormat;

/// The server entry to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ServerEntry {
    /// The client starts this executable.
    Command(CommandEntry),
    /// The client sends requests to a server.
    Url(UrlEntry),
}

impl ServerEntry {
    /// Merges this entry into an existing one, and keeps what the user added to it.
    pub(super) fn merge_into(&self, found: &Value, format: ConfigFormat) -> Value {
        match self {
            Self::Command(entry) => entry.merge_into(found, format),
            Self::Url(entry) => entry.merge_into(found, format),
        }
    }
}
