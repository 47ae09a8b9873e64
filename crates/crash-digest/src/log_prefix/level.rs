//! The levels of loggers.

use crate::text;

/// Whether a level says that something failed; `None` for words that are none.
pub(super) fn named(word: &str) -> Option<bool> {
    const FAILED: [&str; 17] = [
        "error",
        "err",
        "fatal",
        "critical",
        "crit",
        "severe",
        "alert",
        "emergency",
        "emerg",
        "panic",
        "dpanic",
        "warn",
        "warning",
        "erro",
        "fata",
        "wrn",
        "ftl",
    ];
    const QUIET: [&str; 16] = [
        "info",
        "information",
        "inf",
        "debug",
        "dbg",
        "debg",
        "trace",
        "verbose",
        "notice",
        "log",
        "config",
        "fine",
        "display",
        "dbug",
        "vrb",
        "trc",
    ];
    if word.len() > 12 {
        return None;
    }
    let is = |level: &&str| word.eq_ignore_ascii_case(level);
    if FAILED.iter().any(is) {
        Some(true)
    } else if QUIET.iter().any(is) {
        Some(false)
    } else {
        None
    }
}

/// Whether a word is written in capitals.
pub(super) fn is_upper(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// A level that has a pair of brackets to itself, its letter as well.
pub(super) fn in_brackets(text: &str) -> Option<bool> {
    match text {
        "E" | "F" | "W" => Some(true),
        "I" | "D" | "V" | "T" => Some(false),
        _ => named(text),
    }
}

/// The letter of a level in front of a time: `E, [2026-11-22T08:10:11.123456 #4711]` of Ruby, `E 2026-11-22T08:10:11Z` of
/// Google Cloud. What stands behind it.
pub(super) fn letter(line: &str) -> Option<&str> {
    let rest = line.strip_prefix(['E', 'W', 'I', 'F', 'D', 'N', 'C', 'A'])?;
    let next = rest.strip_prefix(',').unwrap_or(rest);
    let at_time = next.strip_prefix(' ')?.trim_start_matches(['[', ' ']);
    super::time::read(at_time).map(|_| next)
}

/// A level as a word: in capitals, or small before a colon behind a time. What stands behind it, and whether a mark follows it.
pub(super) fn word(line: &str, timed: bool) -> Option<(bool, &str, bool)> {
    let end = line
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(line.len());
    let (word, rest) = line.split_at(end);
    let failed = named(word)?;
    if is_upper(word) {
        // GameMaker's own: `ERROR in action number 1 of Step Event for object Tug:`.
        let fits = rest.is_empty()
            || rest.starts_with([' ', ':', '\t', '|', '[', ','])
                && !rest.starts_with(" in action number ");
        // logrus counts the seconds: `ERRO[0012] `.
        if let Some((count, behind)) = rest.strip_prefix('[').and_then(text::digits)
            && let Some(behind) = behind.strip_prefix(']')
            && count.len() >= 4
        {
            return Some((failed, behind, true));
        }
        return fits.then_some((failed, rest, false));
    }
    // Small: `2026-11-22T08:10:11Z error: `; as a column: `<TAB>error<TAB>`, `4711 5108 Info Dock`.
    let small = timed
        && (rest.starts_with(": ")
            || rest.starts_with('\t')
            || rest.starts_with(" |")
            || rest.starts_with('|'));
    let column =
        timed && word.starts_with(|c: char| c.is_ascii_uppercase()) && rest.starts_with("  ");
    (small || column).then_some((failed, rest, false))
}

/// Luanti's level and thread: `ERROR[Main]: `. Level, thread, and what stands behind.
pub(super) fn of_thread(line: &str) -> Option<(bool, &str, &str)> {
    let (level, rest) = line.split_once('[')?;
    let failed = named(level).filter(|_| is_upper(level) && level.len() >= 4)?;
    let (thread, rest) = rest.split_once("]: ")?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let fits = thread.len() <= 24
        && thread.starts_with(|c: char| c.is_ascii_alphabetic())
        && thread.bytes().all(plain);
    fits.then_some((failed, thread, rest))
}

/// Levels that need no time beside them: `ERROR:orbit.dock:no bay`, `fail: Orbit.Dock[0]`, klog's `E1122 08:10:11.123456 1 dock.go:77] `.
pub(super) fn alone(line: &str) -> Option<(bool, &str)> {
    let bytes = line.as_bytes();
    match bytes {
        [
            b'E' | b'W' | b'I' | b'F',
            b'0'..=b'9',
            b'0'..=b'9',
            b'0'..=b'9',
            b'0'..=b'9',
            ..,
        ] => {
            let (date, rest) = text::word(line);
            let (clock, _) = text::word(rest);
            let (front, said) = text::split_once(rest, "] ")?;
            let fits = date[1..].bytes().all(|byte| byte.is_ascii_digit())
                && matches!(date.len(), 5 | 9)
                && clock.as_bytes().get(2) == Some(&b':')
                && front.contains(':')
                && front.len() < 120;
            fits.then_some((bytes[0] != b'I', said))
        }
        [b'f' | b'c' | b'w' | b'i' | b'd', _, _, _, b':', b' ', ..] => {
            let failed = match &line[..4] {
                "fail" | "crit" | "warn" => true,
                "info" | "dbug" => false,
                _ => return None,
            };
            let (logger, rest) = line[6..].split_once('[')?;
            let (_, rest) = text::digits(rest)?;
            let rest = rest.strip_prefix(']')?;
            (!logger.contains(' ')).then(|| (failed, rest.strip_prefix(' ').unwrap_or(rest)))
        }
        _ => {
            let (word, rest) = line.split_once(':')?;
            // Monolog's channel: `production.ERROR: no bay`.
            if let Some((channel, level)) = word.rsplit_once('.')
                && is_upper(level)
                && let Some(failed) = named(level)
                && channel
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            {
                return Some((failed, rest.strip_prefix(' ')?));
            }
            let failed = named(word).filter(|_| is_upper(word))?;
            let (logger, said) = rest.split_once(':')?;
            let plain = !logger.is_empty()
                && logger.len() <= 60
                && !said.starts_with(':')
                && logger
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_'));
            plain.then_some((failed, said))
        }
    }
}
