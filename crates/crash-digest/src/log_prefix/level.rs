//! The levels of loggers.

use crate::text;

/// How bad a line is by its level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// Nothing failed.
    Quiet,
    /// It was warned of.
    Warned,
    Failed,
    /// It ended something.
    Fatal,
}

/// The level that a word names, in any case; `None` for words that are none.
pub(crate) fn named(word: &str) -> Option<Level> {
    let mut small = [0; 12];
    let small = small.get_mut(..word.len())?;
    small.copy_from_slice(word.as_bytes());
    small.make_ascii_lowercase();
    Some(match &*small {
        b"fatal" | b"fata" | b"ftl" | b"critical" | b"crit" | b"emergency" | b"emerg"
        | b"alert" | b"panic" | b"dpanic" => Level::Fatal,
        b"error" | b"err" | b"erro" | b"eror" | b"severe" => Level::Failed,
        b"warning" | b"warn" | b"wrn" => Level::Warned,
        b"information" | b"info" | b"inf" | b"debug" | b"dbg" | b"debg" | b"dbug" | b"trace"
        | b"trc" | b"verbose" | b"vrb" | b"notice" | b"log" | b"config" | b"fine" | b"display" => {
            Level::Quiet
        }
        _ => return None,
    })
}

/// Whether a word is written in capitals.
pub(super) fn is_upper(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// A level that has a pair of brackets or a field to itself, its letter as well.
pub(crate) fn alone(text: &str) -> Option<Level> {
    match text {
        "F" => Some(Level::Fatal),
        "E" => Some(Level::Failed),
        "W" => Some(Level::Warned),
        "I" | "D" | "V" | "T" => Some(Level::Quiet),
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
pub(super) fn word(line: &str, timed: bool) -> Option<(Level, &str, bool)> {
    let end = line
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(line.len());
    let (word, rest) = line.split_at(end);
    let level = named(word)?;
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
            return Some((level, behind, true));
        }
        return fits.then_some((level, rest, false));
    }
    // Small: `2026-11-22T08:10:11Z error: `; as a column: `<TAB>error<TAB>`, `4711 5108 Info Dock`.
    let small = timed
        && (rest.starts_with(": ")
            || rest.starts_with('\t')
            || rest.starts_with(" |")
            || rest.starts_with('|'));
    let column =
        timed && word.starts_with(|c: char| c.is_ascii_uppercase()) && rest.starts_with("  ");
    (small || column).then_some((level, rest, false))
}

/// Luanti's level and thread: `ERROR[Main]: `. Level, thread, and what stands behind.
pub(super) fn of_thread(line: &str) -> Option<(Level, &str, &str)> {
    let (word, rest) = line.split_once('[')?;
    let level = named(word).filter(|_| is_upper(word) && word.len() >= 4)?;
    let (thread, rest) = rest.split_once("]: ")?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let fits = thread.len() <= 24
        && thread.starts_with(|c: char| c.is_ascii_alphabetic())
        && thread.bytes().all(plain);
    fits.then_some((level, thread, rest))
}

/// Levels that need no time beside them: `ERROR:orbit.dock:no bay`, `fail: Orbit.Dock[0]`, klog's `E1122 08:10:11.123456 1 dock.go:77] `.
pub(super) fn without_time(line: &str) -> Option<(Level, &str)> {
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
            fits.then_some((alone(&line[..1])?, said))
        }
        [b'f' | b'c' | b'w' | b'i' | b'd', _, _, _, b':', b' ', ..] => {
            let level = match &line[..4] {
                "crit" => Level::Fatal,
                "fail" => Level::Failed,
                "warn" => Level::Warned,
                "info" | "dbug" => Level::Quiet,
                _ => return None,
            };
            let (logger, rest) = line[6..].split_once('[')?;
            let (_, rest) = text::digits(rest)?;
            let rest = rest.strip_prefix(']')?;
            (!logger.contains(' ')).then(|| (level, rest.strip_prefix(' ').unwrap_or(rest)))
        }
        _ => {
            let (word, rest) = line.split_once(':')?;
            // Monolog's channel: `production.ERROR: no bay`.
            if let Some((channel, word)) = word.rsplit_once('.')
                && is_upper(word)
                && let Some(level) = named(word)
                && channel
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            {
                return Some((level, rest.strip_prefix(' ')?));
            }
            let level = named(word).filter(|_| is_upper(word))?;
            let (logger, said) = rest.split_once(':')?;
            let plain = !logger.is_empty()
                && logger.len() <= 60
                && !said.starts_with(':')
                && logger
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_'));
            plain.then_some((level, said))
        }
    }
}
