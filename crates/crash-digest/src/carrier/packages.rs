//! The package that Studio's log prints in front of each process's lines: it names the process that a report is of.

use std::collections::HashSet;

use super::{hilog, logcat};
use crate::frame::{Frame, Language};
use crate::grammar;
use crate::text;

/// How reports themselves name their process.
const SAID: [&str; 5] = ["Process: ", ">>> ", "Cmd line: ", "Cmdline: ", "ANR in "];

/// The package of the process that wrote the report, by lines with these tags; `None` where the report says it itself.
pub(super) fn of_report<'a>(text: &'a str, tags: &HashSet<&str>) -> Option<&'a str> {
    only(text, tags).or_else(|| died(text))
}

/// The package that the system says of who logged an exception, where nothing else names it: `Process com.acme.orbit (pid 510) has
/// died.`
fn died(text: &str) -> Option<&str> {
    if !text::has(text, ") has died") || SAID.iter().any(|label| text::has(text, label)) {
        return None;
    }
    let thrower = text::lines(text)
        .filter(|line| text::has(line, "AndroidRuntime"))
        .find_map(|line| Some((line, logcat::read(line)?)))
        .filter(|(_, parts)| parts.tag == "AndroidRuntime")
        .map(|(line, _)| line)?;
    let ended = text::lines(text).filter(|line| text::has(line, ") has died"));
    ended.take(64).find_map(|line| {
        let said = logcat::read(line)?.message.strip_prefix("Process ")?;
        let (package, rest) = text::split_once(said, " (pid ")?;
        let (pid, _) = text::digits(rest)?;
        // In brackets behind the tag, or in a column.
        let of_thrower = thrower
            .split(|c: char| !c.is_ascii_digit())
            .any(|number| number == pid);
        (of_thrower && !package.contains(' ')).then_some(package)
    })
}

/// The one package whose process wrote the report; `None` where several did, or where its frames are none that Android prints.
fn only<'a>(text: &'a str, tags: &HashSet<&str>) -> Option<&'a str> {
    let of_harmony = hilog::is_of(tags);
    let mut packages = text::lines(text).filter_map(|line| {
        let package = of(line);
        if package.is_none() && !of_harmony {
            return None;
        }
        let parts = logcat::read(line)?;
        let package = package.or_else(|| hilog::process(parts.tag))?;
        let message = text::trim(parts.message);
        let told = matches!(parts.level, b'E' | b'F' | b'A') || grammar::read(message).is_some();
        (told && tags.contains(parts.tag)).then_some(package)
    });
    let first = packages.next()?;
    let one = packages.all(|other| other == first);
    let said = || SAID.iter().any(|label| text::has(text, label));
    let framed = || {
        text::lines(text).any(|line| {
            let message = logcat::read(line).map_or(line, |parts| parts.message);
            grammar::read(text::trim(message)).is_some_and(|frame| is_of_android(&frame))
        })
    };
    // A signal is Android's own, with frames or without, and so is an assertion of its C library's.
    let ended = || text::has(text, "Fatal signal ") || text::has(text, ": assertion \"");
    (one && !said() && (ended() || framed())).then_some(first)
}

/// The process that the system says to have died, or to have been started, with the number of the one that wrote the only fatal
/// signal: `Process com.acme.orbit (pid 4755) has died`, `Start proc 4755:com.acme.orbit/u0a200 for activity`. `None` where the
/// report says it itself.
pub(super) fn of_signal(text: &str) -> Option<&str> {
    const SIGNAL: &str = "Fatal signal ";
    text::find(text, SIGNAL)?;
    let told = ["(pid ", "Start proc "]
        .iter()
        .any(|told| text::has(text, told));
    if !told || SAID.iter().any(|label| text::has(text, label)) {
        return None;
    }
    let mut signals = text::lines(text)
        .filter(|line| text::has(line, SIGNAL))
        .map(number);
    let pid = signals.next()??;
    if !signals.all(|other| other == Some(pid)) {
        return None;
    }
    let mut named = text::lines(text).filter_map(|line| {
        let (name, told) = named(line)?;
        (told == pid).then_some(name)
    });
    let name = named.next()?;
    named.all(|other| other == name).then_some(name)
}

/// The process that wrote a line: in the system's own words, in brackets behind the tag, or in the columns.
fn number(line: &str) -> Option<&str> {
    fn digits(text: &str) -> Option<&str> {
        text::digits(text).map(|(number, _)| number)
    }
    if let Some(said) = text::after(line, ", pid ", b"").and_then(digits) {
        return Some(said);
    }
    let (front, _) = text::split_once(line, ": ")?;
    if let Some((_, number)) = text::last_group(front, b'(', b')') {
        return digits(number.trim());
    }
    let (_, rest) = text::word(line.trim_start());
    let (_, rest) = text::word(rest);
    digits(rest)
}

/// A process and its number in the words of the system.
fn named(line: &str) -> Option<(&str, &str)> {
    let (name, pid) = if let Some((front, rest)) = text::split_once(line, " (pid ") {
        let (pid, rest) = text::digits(rest)?;
        rest.starts_with(") has died").then_some(())?;
        (text::rsplit_once(front, "Process ")?.1, pid)
    } else {
        let (pid, rest) = text::digits(text::split_once(line, "Start proc ")?.1)?;
        let (name, _) = rest.strip_prefix(':')?.split_once('/')?;
        (name, pid)
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b':');
    (name.contains('.') && name.bytes().all(plain)).then_some((name, pid))
}

/// Java's frames, those of Android's libraries, Dart's and `ArkTS`'.
fn is_of_android(frame: &Frame<'_>) -> bool {
    frame.language == Language::Java
        || frame
            .module
            .is_some_and(|module| module.rsplit('.').next() == Some("so"))
        || frame
            .file
            .is_some_and(|file| text::has(file, ".dart") || text::has(file, ".ets"))
}

/// Of a line: `2026-01-02 03:04:05.526 9426-9426/com.acme.orbit E/art: …`, or in columns,
/// `2026-01-02 03:04:05.526  4883-5108  Dock   com.acme.orbit   I  …`.
fn of(line: &str) -> Option<&str> {
    let (_, rest) = text::word(line.trim_start());
    let (_, rest) = text::word(rest);
    let (ids, rest) = text::word(rest);
    let (pid, tid) = ids.split_once('-')?;
    let (tid, package) = if let Some(known) = tid.split_once('/') {
        known
    } else {
        let (_, rest) = text::split_once(rest, "  ")?;
        (tid, text::word(rest.trim_start()).0)
    };
    let part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic())
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let named = package.contains('.') && package.split('.').all(part);
    (number(pid) && number(tid) && named).then_some(package)
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn packages_of_both_forms() {
        let cases = [
            (
                "2026-01-02 03:04:05.526 9426-9426/com.acme.orbit E/art: x",
                Some("com.acme.orbit"),
            ),
            (
                "2026-01-02 03:04:05.526  4883-5108  Dock                com.acme.orbit        I  x",
                Some("com.acme.orbit"),
            ),
            ("2026-01-02 03:04:05.526 9426-9426/? E/art: x", None),
            ("01-02 03:04:05.671  4100  4100 F DEBUG   : x", None),
        ];
        for (line, package) in cases {
            assert_eq!(of(line), package, "{line}");
        }
    }
}
