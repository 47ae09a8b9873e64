//! Android's log as tools write it down that have a form of their own.

use super::log_source::without_source;
use crate::text;

/// Level, tag and message of a line.
type Written<'a> = (u8, &'a str, &'a str);

/// A line of `LSPosed`'s or `RenderDoc`'s log.
pub(super) fn read(line: &str) -> Option<Written<'_>> {
    match line.as_bytes() {
        [b'[', b' ', b'0'..=b'9', ..] => in_brackets(line),
        [b'A', b'n', b'd', b'r', b'o', b'i', b'd', b' ', ..] => of_debugger(line),
        _ => None,
    }
}

/// `LSPosed`: time, user, process and thread with level and tag in one pair of brackets,
/// `[ 2026-04-12T07:12:54.751     2000:  9444:  9444 F/libc            ] Fatal signal 11 (SIGSEGV)`.
fn in_brackets(line: &str) -> Option<Written<'_>> {
    let (inner, message) = text::split_once(line.strip_prefix("[ ")?, " ]")?;
    let (front, tag) = inner.trim_end().split_once('/')?;
    let (front, letter) = front.rsplit_once(' ')?;
    let [level @ (b'V' | b'D' | b'I' | b'W' | b'E' | b'F' | b'A')] = letter.as_bytes() else {
        return None;
    };
    let (time, ids) = text::word(front);
    let number = |id: &str| id.trim().parse::<u32>().is_ok();
    let fits = time.contains(':') && ids.split(':').count() == 3 && ids.split(':').all(number);
    let message = message.strip_prefix(' ').unwrap_or(message);
    (fits && !tag.is_empty()).then(|| (*level, tag, without_source(message)))
}

/// `RenderDoc`: the tag where it has its own source file, `Android  PID  4711: [15:05:15]     DEBUG(0) - Fatal   - #00 pc …`.
fn of_debugger(line: &str) -> Option<Written<'_>> {
    let rest = line["Android".len()..].trim_start().strip_prefix("PID ")?;
    let (_, rest) = text::digits(rest.trim_start())?;
    let (time, rest) = text::split_once(rest.strip_prefix(": [")?, "] ")?;
    let (source, rest) = text::split_once(rest.trim_start(), " - ")?;
    let (word, message) = text::split_once(rest, " - ").or_else(|| {
        let word = rest.strip_suffix(" -")?;
        Some((word, ""))
    })?;
    let level = match word.trim_end() {
        "Debug" => b'D',
        "Log" => b'I',
        "Warning" => b'W',
        "Error" => b'E',
        "Fatal" => b'F',
        _ => return None,
    };
    let (tag, _) = text::last_group(source.trim_end(), b'(', b')')?;
    time.contains(':')
        .then(|| (level, tag.trim_end(), without_source(message)))
}

/// Visual Studio's columns behind the time, with tabulators between: device, `Error`, process, tag, message.
pub(super) fn columns(rest: &str) -> Option<Written<'_>> {
    let (_device, rest) = rest.split_once('\t')?;
    let (word, rest) = rest.split_once('\t')?;
    let level = match word {
        "Verbose" => b'V',
        "Debug" => b'D',
        "Info" => b'I',
        "Warning" => b'W',
        "Error" => b'E',
        "Fatal" | "Assert" => b'F',
        _ => return None,
    };
    let (pid, rest) = rest.split_once('\t')?;
    let (tag, message) = rest.split_once('\t')?;
    let number = !pid.is_empty() && pid.bytes().all(|byte| byte.is_ascii_digit());
    number.then_some((level, tag, message))
}
