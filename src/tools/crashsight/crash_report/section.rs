//! The sections of a crash report by name: the only place that spells them.

use crate::reply::inline;

/// What part of a report is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Section {
    /// The crashed thread's stack, frame by frame.
    Stack,
    /// The stack's text as the service has it.
    StackText,
    /// Every thread with its index.
    Threads,
    /// One thread, by index or name.
    Thread(String),
    /// Every log with its index.
    Logs,
    /// One log, by index or name.
    Log(String),
    /// Custom keys with their whole values.
    Keys,
    /// The report's own fields.
    Device,
    /// Every file with its index.
    Attachments,
    /// One file, by index or name.
    Attachment(String),
    /// Every file that was uploaded with the report, with its index.
    Files,
    /// One of these files, by index or name.
    File(String),
    /// The service's response as JSON.
    Raw,
}

/// Every form, for completions.
pub(crate) const SECTION_NAMES: &[&str] = &[
    "stack",
    "stack:raw",
    "threads",
    "thread:0",
    "logs",
    "log:0",
    "keys",
    "device",
    "attachments",
    "attachment:0",
    "files",
    "file:0",
    "raw",
];

/// The description of the argument.
pub(crate) const SECTION_ARGUMENT: &str = "stack, stack:raw, threads, thread:3, logs, log:0, keys, device, attachments, attachment:2, files, file:0, raw";

impl Section {
    /// Reads a section's name.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (word, which) = match text.split_once(':') {
            Some((word, which)) => (word.trim(), Some(which.trim().to_owned())),
            None => (text, None),
        };
        Ok(match (word.to_lowercase().as_str(), which) {
            ("stack", None) => Self::Stack,
            ("stack", Some(which)) if which == "raw" => Self::StackText,
            ("threads", None) => Self::Threads,
            ("thread", Some(which)) => Self::Thread(which),
            ("logs", None) => Self::Logs,
            ("log", Some(which)) => Self::Log(which),
            ("keys", None) => Self::Keys,
            ("device", None) => Self::Device,
            ("attachments", None) => Self::Attachments,
            ("attachment", Some(which)) => Self::Attachment(which),
            ("files", None) => Self::Files,
            ("file", Some(which)) => Self::File(which),
            ("raw", None) => Self::Raw,
            _ => {
                return Err(format!(
                    "a section is one of {SECTION_ARGUMENT}, not `{}`",
                    inline(text, 40)
                ));
            }
        })
    }

    /// Its kind in one word.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Stack => "stack",
            Self::StackText => "stack_text",
            Self::Threads => "threads",
            Self::Thread(_) => "thread",
            Self::Logs => "logs",
            Self::Log(_) => "log",
            Self::Keys => "keys",
            Self::Device => "device",
            Self::Attachments => "attachments",
            Self::Attachment(_) => "attachment",
            Self::Files => "files",
            Self::File(_) => "file",
            Self::Raw => "raw",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_the_lists_is_a_section() {
        for name in SECTION_NAMES
            .iter()
            .copied()
            .chain(SECTION_ARGUMENT.split(", "))
        {
            assert!(Section::parse(name).is_ok(), "{name}");
        }
        assert!(Section::parse("frames").is_err());
    }
}
