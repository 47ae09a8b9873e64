//! The line of a Java logger above an exception: its thread, and what it said.
//!
//! `[10:56:10] [Server thread/ERROR]: Could not pass event Fire to Orbit v2.1` of game servers,
//! `2026-05-18 22:58:07.204 ERROR 27272 --- [exec-3] o.a.c.Dock : no dock` of Spring,
//! `22:58:07.204 [exec-3] ERROR com.acme.Dock - no dock` of Logback,
//! `2026-05-18 22:58:07,204 ERROR [exec-3] com.acme.Dock - no dock` of Log4j.

use memchr::memmem;

use super::log_field::LOGGED;
use super::logcat;
use crate::grammar;
use crate::log_prefix;
use crate::model::names_exception;
use crate::text;

/// Lines of the head that are looked at.
const HEAD: usize = 400;
/// What stands above Python's frames, which name their exception last.
const PYTHON: &str = "Traceback (most recent call last)";
/// What stands above Lua's.
const LUA: &str = "stack traceback:";

/// The text with thread and words in lines that are read as such; `None` where no exception stands below such a line.
pub(super) fn render(document: &str) -> Option<String> {
    memmem::find(document.as_bytes(), b"at ")
        .or_else(|| memmem::find(document.as_bytes(), PYTHON.as_bytes()))
        .or_else(|| memmem::find(document.as_bytes(), b"** ("))
        .or_else(|| memmem::find(document.as_bytes(), b"Exception: "))
        .or_else(|| memmem::find(document.as_bytes(), LUA.as_bytes()))?;
    let mut lines = text::lines(document).take(HEAD).peekable();
    // What was said in the line above, at the same time.
    let mut above: Option<&str> = None;
    if let Some(logged) = by_android(document) {
        return Some(logged);
    }
    while let Some(line) = lines.next() {
        let Some((thread, said)) = entry(text::trim(line)) else {
            above = None;
            continue;
        };
        let first = above.filter(|above| at_once(above, line));
        let names_thread = said.starts_with("Exception in thread \"");
        above = Some(line).filter(|_| !names_thread);
        if is_category(text::trim(line))
            && let Some(sentence) =
                lines.next_if(|next| next.starts_with(' ') && !names(text::trim(next)))
        {
            let below = lines
                .peek()
                .map(|next| text::trim(next))
                .unwrap_or_default();
            if !names(below) {
                continue;
            }
            let from = text::place(document, line)?;
            let to = text::place(document, sentence)? + sentence.len();
            let said = text::trim(sentence);
            return Some([&document[..from], LOGGED, said, &document[to..]].concat());
        }
        while lines.next_if(|next| next.trim().is_empty()).is_some() {}
        let below = lines
            .peek()
            .map(|next| text::trim(next))
            .unwrap_or_default();
        if !reported(said, below) || names_thread || thread.contains("Watchdog") {
            continue;
        }
        // Behind each line of Lua's stack stands the same in front.
        if is_of_lua(below) {
            let (at, said) = (text::place(document, line)?, text::place(document, said)?);
            let front = &document[at..said];
            let thread = ["Exception in thread \"", thread, "\"\n"].concat();
            return Some([&document[..at], front, &thread, &document[at..]].concat());
        }
        let from = first.unwrap_or(line);
        let mut out = String::with_capacity(document.len() + 64);
        out.push_str(&document[..text::place(document, from)?]);
        if !thread.is_empty() {
            let quotes = if below.starts_with(PYTHON) || said.starts_with(PYTHON) {
                ["", ":\n"]
            } else {
                ["\"", "\"\n"]
            };
            out.extend(["Exception in thread ", quotes[0], thread, quotes[1]]);
        }
        if let Some((_, said)) = first.and_then(|first| entry(text::trim(first))) {
            out.extend([LOGGED, said, "\n"]);
        }
        if let Some(task) = raised(said).filter(|_| below.starts_with(PYTHON)) {
            out.extend([LOGGED, task, "\n"]);
            out.push_str(said);
        } else if let Some(at) = before_name(said).filter(|_| !names(said) && is_frame(below)) {
            out.extend([LOGGED, &said[..at - 2], "\n", &said[at..]]);
        } else if names(said) || said.is_empty() {
            out.push_str(said);
        } else {
            out.extend([LOGGED, said]);
        }
        out.push_str(&document[text::place(document, line)? + line.len()..]);
        return Some(out);
    }
    None
}

/// What an app logged with an exception, where it is the only line with the log's columns: `E/Dock: No bay was free.`
fn by_android(document: &str) -> Option<String> {
    let mut lines = text::lines(document).filter(|line| !line.trim().is_empty());
    let (line, below) = (text::trim(lines.next()?), lines.next()?);
    let failed = matches!(line.as_bytes(), [b'E' | b'W', b'/', ..]);
    let parts = Some(line).filter(|_| failed).and_then(logcat::read)?;
    let said = text::trim(parts.message);
    let apart = |line: &str| logcat::read(line).is_none();
    let fits = !said.is_empty()
        && !names(said)
        && below.starts_with([' ', '\t'])
        && names(text::trim(below))
        && apart(below)
        && lines.all(apart);
    let end = text::place(document, line)? + line.len();
    fits.then(|| [LOGGED, said, &document[end..]].concat())
}

/// The first line of what .NET's console logger writes, the words stand indented below: `fail: Orbit.Dock[1]`.
fn is_category(line: &str) -> bool {
    let category = line
        .strip_prefix("fail: ")
        .or_else(|| line.strip_prefix("crit: "))
        .and_then(|rest| rest.strip_suffix(']'));
    category
        .and_then(|rest| rest.split_once('['))
        .is_some_and(|(name, number)| {
            !name.is_empty()
                && !name.contains(' ')
                && !number.is_empty()
                && number.bytes().all(|byte| byte.is_ascii_digit())
        })
}

/// Whether two lines were written at the same time, by the same thread.
fn at_once(above: &str, line: &str) -> bool {
    let said =
        |line: &str| log_prefix::read(line).map_or(0, |prefix| line.len() - prefix.said.len());
    let time = said(above).min(said(line)).min(8);
    time > 4 && above.as_bytes()[..time] == line.as_bytes()[..time]
}

/// Whether a report stands there: named by the logger's words, or by the line below.
fn reported(said: &str, below: &str) -> bool {
    let own = names(said) && !below.is_empty();
    match entry(below) {
        // Every line of the report is the logger's.
        Some((_, said)) => {
            own && (said.starts_with("File \"")
                || grammar::read(said).is_some()
                || is_of_lua(below))
        }
        None => own || names(below) || is_frame(below) && before_name(said).is_some(),
    }
}

/// Whether a logger's line with a thread goes on with Lua's error, or begins its stack.
fn is_of_lua(line: &str) -> bool {
    entry(line).is_some_and(|(thread, said)| {
        !thread.is_empty() && (said.starts_with(LUA) || text::has(said, ".lua:"))
    })
}

fn is_frame(line: &str) -> bool {
    line.starts_with("at ") && grammar::read(line).is_some()
}

/// Whether a line names what was thrown, or begins the report that does; a frame of C# looks like a type with a code.
fn names(line: &str) -> bool {
    names_exception(line) && !(line.ends_with(')') && grammar::read(line).is_some())
        || line.starts_with(PYTHON)
        || line.starts_with("** (")
}

/// What is said in front of what was raised: `Task dock.open[7] raised unexpected: KeyError('bay')`.
fn raised(said: &str) -> Option<&str> {
    let at = text::find(said, "Error(").or_else(|| text::find(said, "Exception("))?;
    let front = &said[..at];
    let word = front.rfind(' ')?;
    Some(front[..word].trim_end_matches(':'))
}

/// What is said in front of the exception that the same line ends with: `Request failed, id: 7: com.acme.Lost: no bay`.
fn before_name(said: &str) -> Option<usize> {
    /// A sentence is no longer.
    const LONGEST: usize = 400;
    // These words announce the exception itself.
    let announced = ["FATAL UNHANDLED", "Unhandled ", "Uncaught ", "Fatal "];
    if announced.iter().any(|words| said.starts_with(words)) {
        return None;
    }
    let head = text::head(said, LONGEST);
    let mut ends = head.match_indices(": ").map(|(at, _)| at + 2);
    ends.find(|&at| {
        let name = said[at..].split([':', ' ']).next().unwrap_or_default();
        name.contains('.') && names_exception(name)
    })
}

/// Thread and message of a logger's line that tells of a failure.
fn entry(line: &str) -> Option<(&str, &str)> {
    // Bukkit's own words, pasted without the logger's.
    if line.starts_with("Could not pass event ") {
        return Some(("", line));
    }
    if let Some(record) = line.strip_prefix("[#|") {
        return of_glassfish(record);
    }
    let prefix = log_prefix::read(line)?;
    // A logger without levels says it by what it names: `[08:10:11] Tick failed: Orbit.DockException: no bay`.
    let named = || {
        let said = prefix.said.trim();
        line.starts_with('[')
            && prefix.level.is_none()
            && said.starts_with(|c: char| c.is_ascii_uppercase())
            && before_name(said).is_some()
            && !names(said)
    };
    (prefix.failed() || named()).then_some(())?;
    Some((prefix.thread.unwrap_or_default(), prefix.said.trim()))
}

/// GlassFish's record, its fields between bars: `[#|2026-11-22T08:10:11.123+0200|SEVERE|sun-appserver2.1|com.acme.Dock|
/// _ThreadID=24;_ThreadName=exec-3;|no dock`.
fn of_glassfish(record: &str) -> Option<(&str, &str)> {
    let mut fields = record.splitn(6, '|');
    let level = log_prefix::level::named(fields.nth(1)?)?;
    let named = fields.nth(2)?;
    let said = fields.next()?.trim_end_matches("|#]").trim();
    let thread = text::after(named, "_ThreadName=", b";").unwrap_or_default();
    (level >= log_prefix::level::Level::Warned).then_some((thread, said))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_and_words_of_loggers() {
        let cases = [
            (
                "[10:56:10] [Server thread/ERROR]: Could not pass event Fire to Orbit",
                Some(("Server thread", "Could not pass event Fire to Orbit")),
            ),
            (
                "2026-05-18 22:58:07.204 ERROR 27272 --- [exec-3] o.a.c.Dock    : no dock",
                Some(("exec-3", "no dock")),
            ),
            (
                "22:58:07.204 [exec-3] ERROR com.acme.Dock - no dock",
                Some(("exec-3", "no dock")),
            ),
            (
                "2026-05-18 22:58:07,204 ERROR [exec-3] com.acme.Dock - no dock",
                Some(("exec-3", "no dock")),
            ),
            ("[10:56:10] [Server thread/INFO]: Ann joins", None),
            ("at com.acme.Dock.open(Dock.java:31)", None),
        ];
        for (line, read) in cases {
            assert_eq!(entry(line), read, "{line}");
        }
    }
}
