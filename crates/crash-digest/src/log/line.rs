//! What one line of a log is: its time, how level_of it is, and what it says.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::timestamp::Stamp;
use crate::text;

/// How level_of a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Debug and verbose.
    Debug,
    /// Information, and lines that do not say.
    Info,
    /// Warnings.
    Warning,
    /// Errors.
    Error,
    /// Fatal errors, assertions, the crash itself.
    Fatal,
}

/// A line taken apart.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parts<'a> {
    pub stamp: Option<Stamp>,
    pub level: Level,
    /// What it says, without time, process and thread ids.
    pub message: &'a str,
}

/// A level stands near the start of a line, or not at all.
const NEAR: usize = 96;

/// Takes a line apart.
pub(super) fn read(line: &str) -> Parts<'_> {
    let line = text::trim(line);
    let (stamp, rest) = match Stamp::read(line) {
        Some((stamp, rest)) => (Some(stamp), rest.trim_ascii_start()),
        None => (None, line),
    };
    if let Some((level, message)) = logcat(rest) {
        return Parts {
            stamp,
            level: level.max(level_of(message)),
            message,
        };
    }
    // Columns of Android Studio and of Unity's package: the level stands behind tag and package.
    if stamp.is_some()
        && let Some(parts) = crate::carrier::read_logcat(line)
        && let Some(level) = letter_level(parts.level)
    {
        let tag = text::place(line, parts.tag);
        let behind = tag.map(|tag| line[tag + parts.tag.len()..].trim_start());
        let threadtime = behind.is_some_and(|rest| rest.starts_with([':', '(']));
        if !threadtime {
            return Parts {
                stamp,
                level: level.max(level_of(parts.message)),
                message: parts.message.trim_start_matches(' '),
            };
        }
    }
    // Unreal's frame counter: `[2026.11.22-08.10.11:123][ 45]LogNet: …`.
    let message = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((inner, message))
            if !inner.is_empty()
                && inner
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte == b' ') =>
        {
            message.trim_start()
        }
        _ => rest,
    };
    // The letter of a level behind the time is no part of the message.
    let bare = match message.as_bytes() {
        [letter, b' ', ..] if stamp.is_some() && letter_level(*letter).is_some() => {
            message[2..].trim_start()
        }
        _ => message,
    };
    Parts {
        stamp,
        level: stamped_level(stamp.is_some(), message).max(level_of(message)),
        message: bare,
    }
}

/// Behind the time in logcat: `4883  5108 D Tag: message`; in its brief form the whole line: `E/Tag( 4883): message`.
fn logcat(rest: &str) -> Option<(Level, &str)> {
    if let [letter, b'/', ..] = rest.as_bytes() {
        let level = letter_level(*letter)?;
        return Some((level, &rest[2..]));
    }
    let (_, after) = text::digits(rest)?;
    let after = after.trim_start();
    let after = text::digits(after).map_or(after, |(_, after)| after.trim_start());
    match after.as_bytes() {
        [letter, b' ', ..] => Some((letter_level(*letter)?, after[2..].trim_start())),
        _ => None,
    }
}

const fn letter_level(letter: u8) -> Option<Level> {
    match letter {
        b'V' | b'D' => Some(Level::Debug),
        b'I' => Some(Level::Info),
        b'W' => Some(Level::Warning),
        b'E' => Some(Level::Error),
        b'F' | b'A' => Some(Level::Fatal),
        _ => None,
    }
}

/// A message can be worse than the level it was printed with.
fn level_of(message: &str) -> Level {
    static WORST: LazyLock<AhoCorasick> = LazyLock::new(|| {
        AhoCorasick::new([
            "FATAL EXCEPTION",
            "Fatal signal",
            "Assertion failed",
            "Crash!!!",
        ])
        .expect("four short words fit")
    });
    if WORST.is_match(text::head(message, NEAR)) {
        Level::Fatal
    } else {
        Level::Debug
    }
}

/// A letter alone behind a time is a level: `2026-11-22 08:00:00 I Loader: …`.
fn stamped_level(stamped: bool, message: &str) -> Level {
    if stamped
        && let [letter, b' ', ..] = message.as_bytes()
        && let Some(level) = letter_level(*letter)
    {
        return level;
    }
    if message.starts_with("ERROR: SymGetSymFromAddr") {
        return Level::Debug;
    }
    worded(text::head(message, NEAR))
}

/// The level of lines that write it as a word, each word checked to stand alone: `ErrorCode` is none.
fn worded(near: &str) -> Level {
    const WORDS: [(&str, Level); 9] = [
        ("fatal", Level::Fatal),
        ("assertion failed", Level::Fatal),
        ("critical", Level::Fatal),
        ("error", Level::Error),
        ("exception", Level::Error),
        ("warning", Level::Warning),
        ("warn", Level::Warning),
        ("debug", Level::Debug),
        ("verbose", Level::Debug),
    ];
    static SEARCHED: LazyLock<AhoCorasick> = LazyLock::new(|| {
        AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostFirst)
            .build(WORDS.map(|(word, _)| word))
            .expect("nine short words fit")
    });
    let bytes = near.as_bytes();
    for found in SEARCHED.find_iter(near) {
        let (word, level) = WORDS[found.pattern().as_usize()];
        let at = found.start();
        let inside = at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_');
        let behind = bytes.get(found.end()).copied().unwrap_or(b' ');
        // `NullReferenceException: …` ends in its word; `error` inside of another word says nothing.
        let type_name = inside && word == "exception" && bytes[at] == b'E' && behind == b':';
        let whole = !(inside || behind.is_ascii_alphanumeric() || behind == b'_');
        if type_name || (whole && is_label(bytes, at, word.len())) {
            return level;
        }
    }
    match bytes {
        [b'[', letter, b']', ..] => letter_level(*letter).unwrap_or(Level::Info),
        _ => Level::Info,
    }
}

/// A level is a label: first on the line, in brackets, in capitals, or before a colon. `no error so far` is not.
fn is_label(bytes: &[u8], at: usize, len: usize) -> bool {
    let before = at.checked_sub(1).map(|before| bytes[before]);
    let behind = bytes.get(at + len).copied();
    let capitals = bytes[at..at + len].iter().all(u8::is_ascii_uppercase);
    let bracketed = matches!(before, Some(b'[' | b'<' | b'(' | b'|'))
        && matches!(behind, Some(b']' | b'>' | b')' | b'|' | b':'));
    capitals || bracketed || behind == Some(b':') || (before.is_none() && len != "exception".len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_in_the_forms_loggers_print() {
        let cases = [
            (
                "05-07 17:20:13.626  4883  5108 E CrashTest: boom",
                Level::Error,
                "CrashTest: boom",
            ),
            (
                "E/Unity   ( 4883): boom",
                Level::Error,
                "Unity   ( 4883): boom",
            ),
            (
                "[2026.11.22-08.10.11:123][ 45]LogNet: Warning: slow",
                Level::Warning,
                "LogNet: Warning: slow",
            ),
            (
                "2026-11-22 08:10:11 [ERROR] disk full",
                Level::Error,
                "[ERROR] disk full",
            ),
            ("08:10:11 no error so far", Level::Info, "no error so far"),
            ("ErrorCode is 0", Level::Info, "ErrorCode is 0"),
            (
                "NullReferenceException: ship",
                Level::Error,
                "NullReferenceException: ship",
            ),
            ("Fatal error!", Level::Fatal, "Fatal error!"),
            ("[W] low memory", Level::Warning, "[W] low memory"),
        ];
        for (line, level, message) in cases {
            let parts = read(line);
            assert_eq!((parts.level, parts.message), (level, message), "{line}");
        }
    }
}
