//! Android's log in the formats of `logcat -v`, of Android Studio old and new, and of Unity's package.

use super::log_source::{CRASH_TAGS, is_date, is_domain, is_other, without_source};
use super::logcat_in_tools;
use crate::text;

/// The tag of who logs under none: it is a program of its own among those of the log.
pub(super) const NAMELESS: &str = ":";

/// A line of the log, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Logcat<'a> {
    /// One of `V D I W E F A`.
    pub level: u8,
    /// The program's tag.
    pub tag: &'a str,
    /// What it wrote.
    pub message: &'a str,
}

impl<'a> Logcat<'a> {
    const fn of((level, tag, message): (u8, &'a str, &'a str)) -> Self {
        Self {
            level,
            tag,
            message,
        }
    }
}

/// Reads a line in any format.
pub(crate) fn read(line: &str) -> Option<Logcat<'_>> {
    let line = line.trim_end_matches('\r');
    let trimmed = line.trim_start();
    // ACRA puts its field's name in front of the first line.
    let trimmed = trimmed.strip_prefix("LOGCAT=").unwrap_or(trimmed);
    let bytes = trimmed.as_bytes();
    if bytes.len() < 4 {
        return None;
    }
    if bytes[0].is_ascii_digit() {
        return dated(trimmed);
    }
    if let Some(written) = logcat_in_tools::read(trimmed) {
        return Some(Logcat::of(written));
    }
    if bytes[1] == b'/' && level(bytes[0]).is_some() {
        return brief(trimmed, false);
    }
    if bytes[1] == b'('
        && let Some(logged) = of_process(trimmed)
    {
        return Some(logged);
    }
    // Threadtime whose columns in front were cut off: `E ActivityManager: ANR in com.acme.orbit`.
    if bytes[1] == b' '
        && let Some(level) = level(bytes[0])
        && let Some((tag, message)) = text::split_once(&trimmed[2..], ": ")
        && (CRASH_TAGS.contains(&tag.trim_end())
            || is_domain(tag)
            || matches!(
                tag.trim_end(),
                "ActivityManager" | "Unity" | "flutter" | "ReactNativeJS" | "godot"
            ))
    {
        return Some(Logcat {
            level,
            tag: tag.trim_end(),
            message: without_source(message),
        });
    }
    if let Some(logged) = level_alone(trimmed).filter(|logged| !is_other(logged.message)) {
        return Some(logged);
    }
    // Flutter's own console, which other platforms have as well.
    if let Some(message) = trimmed.strip_prefix("flutter:") {
        return Some(Logcat {
            level: b'I',
            tag: "flutter",
            message: message.strip_prefix(' ').unwrap_or(message),
        });
    }
    // ART's source alone is left of the columns: `runtime.cc:709] All threads:`.
    if bytes[0].is_ascii_lowercase() {
        let message = without_source(trimmed);
        if message.len() < trimmed.len() {
            return Some(Logcat {
                level: b'F',
                tag: "art",
                message,
            });
        }
    }
    // `Stack frame 10-26 13:32:59.041: A/DEBUG(27008):     #00 pc …` is ndk-stack's.
    if let Some(rest) = trimmed.strip_prefix("Stack frame ") {
        return dated(rest).or_else(|| brief(rest, false));
    }
    undated(line)
}

/// Whether a line is a crash handler's own, at its level: `E/AndroidRuntime: FATAL EXCEPTION: main`.
pub(super) fn is_crash(line: &str) -> bool {
    read(line).is_some_and(|parts| {
        let unanswered = parts.tag == "ActivityManager" && parts.message.starts_with("ANR in ");
        let thrown = || parts.tag == "Unity" && crate::model::names_exception(parts.message);
        let fatal = matches!(parts.level, b'F' | b'A') && !parts.tag.is_empty();
        // In full columns whatever is named; its frames can follow without them.
        let named = || {
            line.starts_with(|c: char| c.is_ascii_digit())
                && !parts.tag.is_empty()
                && crate::model::names_thrown(parts.message)
        };
        unanswered
            || fatal
            || named()
            // HarmonyOS: the stack stands below it without columns.
            || parts.message.ends_with(" Backtrace:") && is_domain(parts.tag)
            // Older ones log what was thrown as information.
            || matches!(parts.level, b'E' | b'I') && thrown()
            || matches!(parts.level, b'E' | b'F' | b'A')
                && matches!(
                    parts.tag,
                    "AndroidRuntime"
                        | "DEBUG"
                        | "libc"
                        | "CRASH"
                        | "CrashReport"
                        | "flutter"
                        | "unknown:ReactNative"
                        | "Capacitor/Console"
                )
    })
}

/// Lines that the log puts between its buffers.
pub(super) fn is_separator(line: &str) -> bool {
    // ACRA puts its field's name in front of the first line.
    let line = line.strip_prefix("LOGCAT=").unwrap_or(line);
    line.starts_with("--------- beginning of")
}

fn level(byte: u8) -> Option<u8> {
    matches!(byte, b'V' | b'D' | b'I' | b'W' | b'E' | b'F' | b'A').then_some(byte)
}

/// `01-02 03:04:05.671`, `2026-01-02 03:04:05.526`, `2026/12/19 16:11:57.341` in front.
fn dated(line: &str) -> Option<Logcat<'_>> {
    let (date, rest) = text::word(line);
    // Studio's compact view: `17:51:37.025  A  message`.
    if let [_, _, b':', _, _, b':', _, _, ..] = date.as_bytes()
        && let Some(parts) = level_alone(rest)
    {
        return Some(parts);
    }
    // The same with the process: `17:51:37.025 4100-4155 com.acme.orbit   A  message`.
    if let [_, _, b':', _, _, b':', ..] = date.as_bytes()
        && date.len() >= 8
        && let (ids, after) = text::word(rest)
        && let Some((pid, tid)) = ids.split_once('-')
        && is_number(pid)
        && is_number(tid)
    {
        return studio(after);
    }
    let (time, rest) = text::word(rest);
    let is_time = time.len() >= 8 && time.as_bytes()[2] == b':' && time.as_bytes()[5] == b':';
    if !is_date(date) || !is_time {
        return None;
    }
    if rest.as_bytes().get(1) == Some(&b'/') {
        return brief(rest, true);
    }
    if let Some(written) = logcat_in_tools::columns(rest) {
        return Some(Logcat::of(written));
    }
    // Studio's without the process; tag and package stand once for lines that follow each other:
    // `2026-01-02 03:04:05.526      A  message`.
    if let Some(parts) = level_alone(rest) {
        return Some(parts);
    }
    let (first, after) = text::word(rest);
    if first.starts_with(|c: char| c.is_ascii_alphabetic()) && rest[first.len()..].starts_with("  ")
    {
        return studio(rest);
    }
    // Studio, old: `9426-9426/com.acme.orbit A/libc: Fatal signal`; new: `4883-5108  MoonNet   com.moonfort.game   I  message`.
    if let Some((pid, tid)) = first.split_once('-')
        && is_number(pid)
    {
        return if tid.contains('/') {
            brief(after, true)
        } else if is_number(tid) {
            studio(after)
        } else {
            None
        };
    }
    // Threadtime, perhaps with a user in front: `4100  4100 F DEBUG   : message`.
    let mut rest = rest;
    let mut numbers = 0;
    for _ in 0..3 {
        let (word, after) = text::word(rest);
        let user = numbers == 0 && (word == "root" || word == "system" || word.starts_with("u0_"));
        if !is_number(word) && !user {
            break;
        }
        numbers += 1;
        rest = after;
    }
    if numbers < 2 {
        return None;
    }
    let (word, after) = text::word(rest);
    if let [letter] = word.as_bytes() {
        let level = level(*letter)?;
        return column(level, after).or_else(|| tagged(level, after, true, true));
    }
    // Unity: `13670 12964 Error CRASH message`.
    let level = match word {
        "Verbose" | "Debug" => b'D',
        "Info" => b'I',
        "Warn" | "Warning" => b'W',
        "Error" => b'E',
        "Fatal" | "Assert" => b'F',
        _ => return None,
    };
    let (tag, message) = after.split_once(' ').unwrap_or((after, ""));
    Some(Logcat {
        level,
        tag,
        message,
    })
}

/// What is left of Studio's columns where only the level was copied: `E  message`.
fn level_alone(rest: &str) -> Option<Logcat<'_>> {
    let [letter, b' ', b' ', ..] = rest.as_bytes() else {
        return None;
    };
    level(*letter).map(|level| Logcat {
        level,
        tag: &rest[..0],
        message: without_source(&rest[3..]),
    })
}

/// `F/DEBUG   ( 4100): message`, `F/DEBUG: message`, perhaps behind other columns.
fn brief(line: &str, behind: bool) -> Option<Logcat<'_>> {
    let bytes = line.as_bytes();
    let level = level(*bytes.first()?)?;
    if bytes.get(1) != Some(&b'/') {
        return None;
    }
    tagged(level, &line[2..], false, behind)
}

/// `-v process` has the tag last: `F( 4100) pid: 14, tid: 18  (DEBUG)`.
fn of_process(line: &str) -> Option<Logcat<'_>> {
    let level = level(*line.as_bytes().first()?)?;
    let (_, rest) = text::digits(line[2..].trim_start())?;
    let message = rest.strip_prefix(") ")?;
    let (message, tag) = text::rsplit_once(message.strip_suffix(')')?, "  (")?;
    let fits = !tag.is_empty() && !tag.contains([' ', '(', ')']);
    fits.then_some(Logcat {
        level,
        tag,
        message: without_source(message),
    })
}

/// A reader's column of tags, without a colon: `DEBUG              pid: 14, tid: 18`.
fn column(level: u8, rest: &str) -> Option<Logcat<'_>> {
    let (tag, message) = text::split_once(rest, "   ").or_else(|| rest.split_once('\t'))?;
    let front = message.trim_start();
    let fits = !tag.is_empty()
        && !tag.contains([' ', ':', '(', ')'])
        && !front.is_empty()
        && !front.starts_with([':', '(']);
    fits.then_some(Logcat {
        level,
        tag,
        message: without_source(message),
    })
}

/// `tag: message`, the tag padded and perhaps with the process in brackets, `behind` other columns.
fn tagged(level: u8, rest: &str, spaced: bool, behind: bool) -> Option<Logcat<'_>> {
    // Studio of 2014 and 2015 prints a colon of another width.
    let (tag, message) = match rest.split_once('\u{fe55}') {
        Some((tag, message)) if !tag.contains(": ") => (tag, message.trim_start_matches(' ')),
        _ => {
            let at = rest
                .find(": ")
                .or_else(|| rest.strip_suffix(':').map(str::len))?;
            (&rest[..at], rest.get(at + 2..).unwrap_or_default())
        }
    };
    let tag = tag.trim_end();
    let (tag, behind) = match text::last_group(tag, b'(', b')') {
        Some((tag, pid)) if is_number(pid.trim()) => (tag.trim_end(), true),
        _ => (tag, behind),
    };
    // A program may log under no name, where other columns are there: `6126  6248 I         : message`, `I/        ( 6126): message`.
    let nameless = behind && tag.is_empty();
    let tag = if nameless { NAMELESS } else { tag };
    // With other columns tags may be of several words: `E/Web Console( 4100): no bay`.
    let fits = tag.len() <= 80 && (spaced || behind || !tag.contains(' ')) && !tag.is_empty();
    fits.then_some(Logcat {
        level,
        tag,
        message: without_source(message),
    })
}

/// Studio's new columns: tag, package and level, each padded with two blanks or more.
fn studio(rest: &str) -> Option<Logcat<'_>> {
    let (tag, rest) = text::split_once(rest, "  ")?;
    let mut rest = rest.trim_start();
    for _ in 0..2 {
        if let [letter, b' ', b' ', ..] = rest.as_bytes()
            && let Some(level) = level(*letter)
        {
            return Some(Logcat {
                level,
                tag: tag.trim(),
                message: without_source(&rest[3..]),
            });
        }
        // A level at the end of a line: an empty message.
        if let [letter] = rest.as_bytes() {
            return level(*letter).map(|level| Logcat {
                level,
                tag: tag.trim(),
                message: "",
            });
        }
        let (package, after) = rest.split_once(' ')?;
        if package.is_empty() || package.contains(['(', ':', '"']) {
            return None;
        }
        rest = after.trim_start();
    }
    None
}

/// Studio's columns without time and process: `DEBUG   crash_dump64   A  message`, or blank columns that repeat.
fn undated(line: &str) -> Option<Logcat<'_>> {
    let indent = line.len() - line.trim_start().len();
    if indent >= 16 {
        let rest = line.trim_start();
        // pidcat sets its tags to the right: `                  CRASH  E  signal 11 (SIGSEGV), …`.
        if let Some((tag, behind)) = text::split_once(rest, "  ")
            && let [letter, b' ', b' ', ..] = behind.as_bytes()
            && !tag.contains([' ', ':', '('])
            && tag.len() > 1
        {
            return level(*letter).map(|level| Logcat {
                level,
                tag,
                message: &behind[3..],
            });
        }
        return level_alone(rest);
    }
    // A long name leaves pidcat less room: `         dalvikvm-heap  E  Out of memory on a 4711-byte allocation.`
    let (tag, rest) = text::split_once(line.trim_start(), "  ")?;
    let plain = !tag.is_empty() && !tag.contains([' ', ':', '(', '#', '"']) && tag.len() <= 40;
    if !plain {
        return None;
    }
    let rest = rest.trim_start();
    // Without the package as well: `AndroidRuntime          E  FATAL EXCEPTION: main`.
    if let [letter, b' ', b' ', ..] = rest.as_bytes() {
        return level(*letter).map(|level| Logcat {
            level,
            tag,
            message: without_source(&rest[3..]),
        });
    }
    let (package, after) = text::split_once(rest, "  ")?;
    let after = after.trim_start();
    let [letter, b' ', b' ', ..] = after.as_bytes() else {
        return None;
    };
    let named = package
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b':' | b'-'));
    let level = level(*letter)?;
    named.then(|| Logcat {
        level,
        tag,
        message: &after[3..],
    })
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_of_the_log() {
        let cases = [
            (
                "01-02 03:04:05.671  4100  4100 F DEBUG   : backtrace:",
                b'F',
                "DEBUG",
                "backtrace:",
            ),
            (
                "2026-01-02 03:04:05.671  1000  4100  4100 F DEBUG   : x",
                b'F',
                "DEBUG",
                "x",
            ),
            (
                "01-02 03:04:05.671 F/DEBUG   ( 4100): x",
                b'F',
                "DEBUG",
                "x",
            ),
            ("F/DEBUG   ( 4100):     #00 pc", b'F', "DEBUG", "    #00 pc"),
            ("I/wrap.sh (412): x", b'I', "wrap.sh", "x"),
            (
                "2026-01-02 03:04:05.526 9426-9426/com.acme.orbit A/libc: Fatal signal 6",
                b'A',
                "libc",
                "Fatal signal 6",
            ),
            (
                "2026-01-02 03:04:06.184 27030-27030/? A/DEBUG:     #00 pc",
                b'A',
                "DEBUG",
                "    #00 pc",
            ),
            (
                "2026-11-22 08:09:00.000  4883-5108  MoonNet                 com.moonfort.game                    I  heartbeat 0",
                b'I',
                "MoonNet",
                "heartbeat 0",
            ),
            (
                "DEBUG   crash_dump64   A      #00 pc 0001",
                b'A',
                "DEBUG",
                "    #00 pc 0001",
            ),
            (
                "2026/12/19 16:11:57.341 13670 12964 Error CRASH       #00 pc",
                b'E',
                "CRASH",
                "      #00 pc",
            ),
            (
                "A/art: art/runtime/runtime.cc:655] Runtime aborting...",
                b'A',
                "art",
                "Runtime aborting...",
            ),
            (
                "01-02 03:04:05.671  4100  4100 E AndroidRuntime: \tat a.b(C.java:1)",
                b'E',
                "AndroidRuntime",
                "\tat a.b(C.java:1)",
            ),
        ];
        for (line, level, tag, message) in cases {
            assert_eq!(
                read(line),
                Some(Logcat {
                    level,
                    tag,
                    message
                }),
                "{line}"
            );
        }
        for line in [
            "at com.acme.Ship.fire(Ship.kt:31)",
            "#00 pc 0001  /lib/x.so",
            "2026-01-02 03:04:05 I Loader: x",
            "E is for Error",
            "Exception: x",
            "A/B test",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
