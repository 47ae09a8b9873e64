//! What a log says by its level that it failed, beside the stack of the same text: other readers take the lines around a stack for
//! none of its message, and where a carrier has taken the levels off they are told no more.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::logcat;
use crate::log_prefix::{self, level::Level};
use crate::{grammar, model, text};

/// So much of a report is looked at: a log goes on behind it.
const WINDOW: usize = 1 << 18;
/// Lines that are told.
const MOST: usize = 3;
/// Of a report that a logger wrote line by line more have the level, and half of all.
const FEW: usize = 3;
/// Lines that are taken apart.
const LOOKED_AT: usize = 400;
/// A level stands in the front of a line, in bytes.
const FRONT: usize = 160;
/// A message is told to here, in bytes.
const LONGEST: usize = 300;

/// Levels of what failed, as loggers write them.
static LEVELS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::new([
        "ERROR",
        "FATAL",
        "CRITICAL",
        "SEVERE",
        "EMERG",
        "ERRO[",
        "[error]",
        "[fatal]",
        "[crit]",
        "[ERR]",
        "|Error|",
        "|Fatal|",
        " Error ",
        "\terror\t",
        "\tfatal\t",
        ":error]",
        ":crit]",
    ])
    .ok()
});

/// A line with such a level.
#[derive(Clone, Copy)]
struct Entry<'a> {
    level: Level,
    said: &'a str,
}

/// What a line is.
enum Line<'a> {
    Failed(Entry<'a>),
    /// A frame that the logger wrote with the level.
    LoggedFrame,
    /// A frame, or what is thrown.
    OfStack,
    Other,
}

/// What was logged as an error and has no stack of its own, the worst first.
pub(crate) fn errors_beside(report: &str) -> Vec<&str> {
    let window = text::head(report, WINDOW);
    let Some(levels) = LEVELS.as_ref().filter(|levels| levels.is_match(window)) else {
        return Vec::new();
    };
    let mut told: Vec<Entry<'_>> = Vec::new();
    let mut run = Vec::new();
    let (mut looked_at, mut lines, mut failed) = (0_usize, 0_usize, 0_usize);
    for raw in text::lines(window) {
        let line = text::trim(raw);
        if line.is_empty() {
            continue;
        }
        lines += 1;
        let marked = levels.is_match(text::head(line, FRONT)) && looked_at < LOOKED_AT;
        looked_at += usize::from(marked);
        // Most lines have no level, and none that does above them.
        if !marked && run.is_empty() {
            continue;
        }
        let read = if marked { read(line) } else { bare(line) };
        match read {
            Line::Failed(entry) => {
                failed += 1;
                run.push(entry);
            }
            // The logger wrote the report itself line by line, and nobody knows which lines are not of it.
            Line::LoggedFrame => return Vec::new(),
            Line::OfStack => {
                // It is of the line right above it; what PHP warned of with a trace ended nothing.
                run.pop_if(|last| !last.said.starts_with("PHP "));
                end(&mut run, &mut told);
            }
            Line::Other => end(&mut run, &mut told),
        }
    }
    end(&mut run, &mut told);
    // The logger wrote the whole report with the level.
    if failed > FEW && failed * 2 >= lines {
        return Vec::new();
    }
    told.sort_by_key(|entry| std::cmp::Reverse(entry.level));
    let said = told.into_iter().take(MOST);
    said.map(|entry| text::head(entry.said, LONGEST)).collect()
}

/// The same of a text without its carrier, by words: `PHP Warning:  … on line 31`, `ERROR: no bay`.
pub(crate) fn failures_in_words(plain: &str) -> Vec<&str> {
    const WORDS: [&str; 4] = ["PHP Warning:  ", "ERROR: ", ": Failure", "***"];
    let window = text::head(plain, WINDOW);
    if !WORDS.iter().any(|word| text::has(window, word)) {
        return Vec::new();
    }
    let mut told: Vec<&str> = Vec::new();
    let mut last: Option<&str> = None;
    for line in text::lines(window).map(text::trim) {
        // What stands right above a stack is its own, but for what PHP warned of.
        if let Some(said) = last.take()
            && (said.starts_with("PHP ") || !line.starts_with("at: ") && !is_of_stack(line))
            && !told.contains(&said)
        {
            told.push(said);
        }
        if told.len() == MOST {
            break;
        }
        last = in_words(line).map(|entry| text::head(entry.said, LONGEST));
    }
    told.extend(last.filter(|said| told.len() < MOST && !told.contains(said)));
    told
}

/// The lines that follow each other end: each is told once.
fn end<'a>(run: &mut Vec<Entry<'a>>, told: &mut Vec<Entry<'a>>) {
    for entry in run.drain(..) {
        let known = told.iter().any(|known| known.said == entry.said);
        let worse = told.iter().all(|known| known.level < entry.level);
        if !known && (told.len() < MOST || worse) {
            told.push(entry);
        }
    }
}

/// A line in front of which a level may stand.
fn read(line: &str) -> Line<'_> {
    if logcat::read(line).is_some() {
        return Line::Other;
    }
    let Some((level, said)) = levelled(line) else {
        return bare(line);
    };
    let failed = level > Level::Warned;
    let message = text::trim(said);
    if failed && grammar::read(message).is_some() {
        return Line::LoggedFrame;
    }
    let tells = failed
        && message.len() >= 8
        && message.contains(' ')
        && message.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '\'' | '"' | '`'))
        && !message.ends_with(':')
        && !text::has(message, "{\"")
        && !is_of_stack(message)
        && !["SymGet", "FindPlugIns ", "ERROR"]
            .iter()
            .any(|start| message.starts_with(start))
        && !said.starts_with("  ");
    if tells {
        Line::Failed(Entry {
            level,
            said: message,
        })
    } else {
        Line::Other
    }
}

/// A line without a level.
fn bare(line: &str) -> Line<'_> {
    // Godot's place of an error stands below it.
    if line.starts_with("at: ") || is_of_stack(line) {
        Line::OfStack
    } else {
        Line::Other
    }
}

/// What says itself that it failed: PHP's `PHP Warning:  … on line 31`, a test's `dock_test.cpp:31: Failure` and
/// `[  FAILED  ] Dock.Opens (0 ms)`, a tool's `ERROR: no bay`.
fn in_words(line: &str) -> Option<Entry<'_>> {
    let php = || line.starts_with("PHP Warning:  ") && text::has(line, " on line ");
    let test = || {
        line.starts_with("[  FAILED  ] ") && text::has(line, " ms)")
            || line
                .strip_suffix(": Failure")
                .is_some_and(|place| text::file_line(place).1.is_some())
    };
    let said = match line.as_bytes() {
        [b'P', ..] if php() => line,
        [b'E', b'R', b'R', b'O', b'R', b':', b' ', ..] => {
            let said = line["ERROR: ".len()..].trim();
            // What the debugger of Windows says of itself.
            let of_tool = ["FindPlugIns ", "SymGet"];
            let known = of_tool.iter().any(|start| said.starts_with(start));
            let tells = said.contains(' ') && !said.ends_with(':');
            Some(said).filter(|said| tells && !known && !is_of_stack(said))?
        }
        [b'[', ..] | [.., b'e'] if test() => line,
        // CTest: `1/1 Test #15: Dock.Opens ...***Failed    4.56 sec`.
        [.., b's', b'e', b'c'] if text::has(line, " Test ") && text::has(line, ".***") => line,
        _ => return None,
    };
    Some(Entry {
        level: Level::Failed,
        said,
    })
}

/// Whether a line is a frame, or names what was thrown or where its stack begins.
fn is_of_stack(said: &str) -> bool {
    text::has(said, "raceback")
        || text::has(said, "tack trace")
        || said.starts_with("Caused by")
        || grammar::read(said).is_some()
        || model::names_exception(said.split([':', ' ']).next().unwrap_or_default())
        || model::read_exception(said).name.is_some()
}

/// The level in front of a line, behind who wrote it and when, and what it says.
fn levelled(line: &str) -> Option<(Level, &str)> {
    /// A journal and a program's logger, one inside of the other.
    const DEEPEST: usize = 3;
    let mut rest = line;
    for _ in 0..DEEPEST {
        let Some(prefix) = log_prefix::read(rest) else {
            rest = behind_name(rest)?;
            continue;
        };
        let Some(level) = prefix.level else {
            rest = prefix.said.trim_start();
            continue;
        };
        return Some((level, behind_columns(prefix.said)));
    }
    None
}

/// The line behind the name of the program that a runner of several puts in front: `[dock_node-2] `, `dock_1  | `.
fn behind_name(line: &str) -> Option<&str> {
    let plain = |name: &str| {
        let name = name.trim_end();
        !name.is_empty()
            && name.len() <= 60
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte))
    };
    if let Some((name, rest)) = line
        .strip_prefix('[')
        .and_then(|line| line.split_once("] "))
    {
        return plain(name).then_some(rest);
    }
    let (name, rest) = text::split_once(text::head(line, 80), " | ")
        .map(|(name, _)| (name, &line[name.len() + 3..]))?;
    plain(name).then_some(rest)
}

/// What stands behind the columns of a logger: `[1784893478.073542912] [dock]: no bay`.
fn behind_columns(said: &str) -> &str {
    let mut rest = said;
    while let Some((_, behind)) = rest.trim_start().strip_prefix('[').and_then(|column| {
        text::head(column, 80)
            .find(']')
            .map(|at| column.split_at(at + 1))
    }) {
        rest = behind.strip_prefix(':').unwrap_or(behind);
    }
    if rest.len() < said.len() {
        rest.trim_start()
    } else {
        said
    }
}
