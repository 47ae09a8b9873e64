//! A log in which something failed without a crash: lines with levels, as words in columns, `level=error` of logfmt, `"@l"` and
//! `"level":50` of JSON. What failed first and worst is told, and what else did; what was only warned of is no failure.

use std::borrow::Cow;

use serde_json::Value;

use super::layers::SIGCHAIN;
use super::log_field::{ALSO, value};
use super::warned::WARNED;
use super::{engine_log, json_document};
use crate::grammar;
use crate::log_prefix::{self, level, level::Level};
use crate::model;
use crate::text;

/// A log with levels that matter has one of these.
pub(super) const MARKS: [&str; 12] = [
    "ERR",
    "rror",
    "WARN",
    "arn",
    "WRN",
    "FATAL",
    "atal",
    "CRIT",
    "SEVERE",
    "\"level\":",
    "\"@l\":",
    "EMERG",
];
/// Lines that are told.
const MOST: usize = 6;
/// Lines without a level that a log may have in front of as many with one.
const FEW: usize = 8;
/// A logger's line is no longer, in bytes.
const WIDEST: usize = 1 << 16;
/// A message is told to here, in bytes, and over so many lines.
const LONGEST: usize = 1000;
const MOST_LINES: usize = 8;

/// A line with a level.
struct Entry<'a> {
    level: Level,
    thread: Option<Cow<'a, str>>,
    said: Cow<'a, str>,
}

/// What failed, the worst first; `None` where the text is no such log, or something in it tells of a crash.
pub(super) fn render(document: &str) -> Option<String> {
    // HarmonyOS' handler of signals says how the process ended, whatever was logged around it.
    if memchr::memmem::find(document.as_bytes(), SIGCHAIN.as_bytes()).is_some() {
        return None;
    }
    let (mut levelled, mut others) = (0_usize, 0_usize);
    let mut told: Vec<Entry<'_>> = Vec::new();
    let mut more = 0_usize;
    let mut open = false;
    for line in text::lines(document) {
        let trimmed = text::trim(line);
        if trimmed.is_empty() {
            open = false;
            continue;
        }
        let Some(entry) = entry(trimmed) else {
            if trimmed.starts_with("```") {
                continue;
            }
            others += 1;
            if others > FEW && others > levelled
                || tells(trimmed)
                || grammar::read(trimmed).is_some()
            {
                return None;
            }
            if let Some(last) = told.last_mut().filter(|_| open) {
                goes_on(last, trimmed);
            }
            continue;
        };
        levelled += 1;
        if grammar::read(entry.said.trim()).is_some() || engine_log::is_nginx(trimmed) {
            return None;
        }
        open = entry.level > Level::Warned;
        if entry.level == Level::Quiet {
            continue;
        }
        if tells(&entry.said) {
            return None;
        }
        let known = told.iter().any(|known| known.said == entry.said);
        // The worst one may stand behind many others.
        let worst = told.iter().all(|known| known.level < entry.level);
        if known {
            open = false;
        } else if told.len() < MOST || worst {
            told.push(entry);
        } else {
            open = false;
            more += usize::from(entry.level > Level::Warned);
        }
    }
    (levelled >= others && !told.is_empty()).then(|| printed(&told, more))
}

/// The worst one as what ended something, the others beside it.
fn printed(told: &[Entry<'_>], more: usize) -> String {
    let worst = told.iter().map(|entry| entry.level).max();
    let first = told.iter().position(|entry| Some(entry.level) == worst);
    let failed = worst > Some(Level::Warned);
    let mut out = String::new();
    if let Some(first) = first.map(|at| &told[at]).filter(|_| failed) {
        if let Some(thread) = &first.thread {
            out.extend(["Exception in thread \"", thread.trim(), "\"\n"]);
        }
        // The level said that it failed, where the words do not.
        let told = model::tells_of_failure(&first.said);
        let level = if told { "" } else { "ERROR: " };
        out.extend([level, &first.said, "\n\n"]);
    }
    for (at, entry) in told.iter().enumerate() {
        let mark = if entry.level > Level::Warned {
            ALSO
        } else {
            WARNED
        };
        let beside = Some(at) != first || !failed;
        if beside && (entry.level > Level::Warned || !failed) {
            out.extend([mark, entry.said.lines().next().unwrap_or_default(), "\n"]);
        }
    }
    if more > 0 {
        out.extend([ALSO, &more.to_string(), " more lines of errors\n"]);
    }
    out
}

/// A line without a level below one that failed is more of its message.
fn goes_on(last: &mut Entry<'_>, line: &str) {
    let lines = last.said.lines().count();
    if lines < MOST_LINES && last.said.len() + line.len() < LONGEST {
        let said = last.said.to_mut();
        said.push('\n');
        said.push_str(line);
    }
}

/// Whether a line tells of a crash or of what was thrown: other readers know more of it.
fn tells(said: &str) -> bool {
    const WORDS: [&str; 25] = [
        "An engine assumption '",
        "A fatal error occurred: ",
        "xception",
        "SIG",
        "ignal ",
        "panic",
        "Crash",
        "CRASH",
        "crasher",
        "crashed with",
        "with reason",
        "tack trace",
        "tacktrace",
        "raceback",
        "***",
        "ssert",
        "egmentation",
        "core dumped",
        "Caused by",
        "ncaught",
        "nhandled",
        "atal error",
        "error happened",
        ".lua:",
        "DETAIL: ",
    ];
    WORDS.iter().any(|word| text::has(said, word))
        || crate::model::read_exception(said).name.is_some()
}

/// A line taken apart; `None` where it has no level.
fn entry(line: &str) -> Option<Entry<'_>> {
    if line.len() > WIDEST {
        return None;
    }
    if line.starts_with('{') {
        return line.ends_with('}').then(|| of_json(line))?;
    }
    if text::has(line, "level=") || text::has(line, "lvl=") || text::has(line, "severity=") {
        return of_pairs(line);
    }
    let prefix = log_prefix::read(line).filter(|prefix| prefix.level.is_some())?;
    let front = &line[..line.len() - prefix.said.len()];
    // `Fatal: no bay` is what a program says of itself, with or without a time in front.
    let word = text::rsplit_once(front.trim_end(), " ").map_or(front.trim_end(), |(_, word)| word);
    let spoken = word.strip_suffix(':').is_some_and(|word| {
        word.bytes().all(|byte| byte.is_ascii_alphabetic())
            && word.bytes().any(|byte| byte.is_ascii_lowercase())
    });
    if spoken {
        return None;
    }
    Some(Entry {
        level: prefix.level?,
        thread: prefix.thread.map(Cow::Borrowed),
        said: Cow::Borrowed(prefix.said.trim()),
    })
}

/// A field's level: a word, a letter, or one of the numbers of bunyan and pino.
fn read_level(field: &str) -> Option<Level> {
    let Ok(number) = field.parse::<u32>() else {
        return level::alone(field);
    };
    match number {
        60.. => Some(Level::Fatal),
        50.. => Some(Level::Failed),
        40.. => Some(Level::Warned),
        10.. => Some(Level::Quiet),
        _ => None,
    }
}

const LEVELS: [&str; 9] = [
    "level",
    "@l",
    "severity",
    "lvl",
    "Level",
    "levelname",
    "log.level",
    "LogLevel",
    // MongoDB's letter.
    "s",
];
const MESSAGES: [&str; 6] = ["msg", "message", "@m", "@mt", "event", "Message"];
const ERRORS: [&str; 4] = ["err", "error", "exception", "reason"];
const PLACES: [&str; 2] = ["caller", "source"];
const THREADS: [&str; 3] = ["thread_name", "thread", "threadName"];

/// An object of a logger.
fn of_json(line: &str) -> Option<Entry<'_>> {
    let object = json_document::parse(line)?;
    // Rust's tracing has the message among its fields.
    let fields = object.get("fields").unwrap_or(&Value::Null);
    let field = |names: &[&str]| {
        let known = |name: &&str| object.get(*name).or_else(|| fields.get(*name));
        names.iter().find_map(|name| known(name).and_then(said))
    };
    // Serilog leaves the level of information out.
    let level = match field(&LEVELS) {
        Some(level) => read_level(&level)?,
        None => object.get("@t").map(|_| Level::Quiet)?,
    };
    let message = field(&MESSAGES).map(|message| filled(&message, &object));
    let thread = field(&THREADS).filter(|name| name.bytes().any(|byte| byte.is_ascii_alphabetic()));
    Some(Entry {
        level,
        thread: thread.map(Cow::Owned),
        said: Cow::Owned(joined(
            message,
            field(&ERRORS).or_else(|| printed_error(&object)),
            field(&PLACES),
        )),
    })
}

/// An error that is an object without a message, as it was logged: `{"tag":"stream:error","attrs":{"code":"401"}}`.
fn printed_error(object: &Value) -> Option<String> {
    let mut found = ERRORS.iter().filter_map(|name| object.get(*name));
    let error = found.find(|error| error.as_object().is_some_and(|fields| !fields.is_empty()))?;
    // In one order, whether the parser keeps that of the text or not.
    let mut error = error.clone();
    error.sort_all_objects();
    let printed = error.to_string();
    Some(text::head(&printed, LONGEST).to_owned())
}

/// What a field says; of an error that is an object its message.
fn said(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Object(fields) => fields
            .get("message")
            .and_then(Value::as_str)
            .map(str::to_owned),
        _ => None,
    }
}

/// A template with its values: `Checks for '{Name}' failed` of Serilog.
fn filled(template: &str, object: &Value) -> String {
    let mut out = String::new();
    // Each mark looks for its end.
    let (mut rest, tail) = template.split_at(text::head(template, LONGEST).len());
    while let Some((front, behind)) = rest.split_once('{') {
        out.push_str(front);
        let value = behind
            .split_once('}')
            .and_then(|(name, after)| Some((object.get(name).and_then(said)?, after)));
        if let Some((value, after)) = value.filter(|_| out.len() < LONGEST) {
            out.push_str(&value);
            rest = after;
        } else {
            out.push('{');
            rest = behind;
        }
    }
    out + rest + tail
}

/// Pairs of logfmt.
fn of_pairs(line: &str) -> Option<Entry<'_>> {
    // Each name stands behind a blank.
    let line = format!(" {line}");
    let field = |names: &[&str]| names.iter().find_map(|name| value(&line, name));
    let level = read_level(&field(&LEVELS)?)?;
    let message = field(&MESSAGES);
    message.is_some().then(|| Entry {
        level,
        thread: None,
        said: Cow::Owned(joined(message, field(&ERRORS), field(&PLACES))),
    })
}

/// `no bay: end of file (dock.go:31)`.
fn joined(message: Option<String>, error: Option<String>, place: Option<String>) -> String {
    let mut out = message.unwrap_or_default();
    if let Some(error) = error.filter(|error| !error.is_empty() && *error != out) {
        if !out.is_empty() {
            out.push_str(": ");
        }
        out.push_str(error.trim());
    }
    if let Some(place) = place.filter(|place| text::file_line(place).1.is_some()) {
        out.extend([" (", &place, ")"]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_of_objects_and_pairs() {
        let cases = [
            (
                r#"{"level":50,"msg":"no bay","err":{"type":"Error","message":"eof"}}"#,
                Some((Level::Failed, "no bay: eof")),
            ),
            (
                r#"{"@t":"2026-11-22","@mt":"Dock {Bay} of {Moon}","@l":"Warning","Bay":7}"#,
                Some((Level::Warned, "Dock 7 of {Moon}")),
            ),
            (
                r#"level=error ts=1 caller=dock.go:31 msg="no bay" err="end of file""#,
                Some((Level::Failed, "no bay: end of file (dock.go:31)")),
            ),
            (
                r#"{"@t":"2026-11-22","@mt":"open"}"#,
                Some((Level::Quiet, "open")),
            ),
            (
                r#"{"timestamp":"2026-11-22","level":"ERROR","fields":{"message":"no bay"},"target":"orbit"}"#,
                Some((Level::Failed, "no bay")),
            ),
            (
                r#"{"t":{"$date":"2026-11-22"},"s":"E","c":"DOCK","id":31,"msg":"no bay"}"#,
                Some((Level::Failed, "no bay")),
            ),
            (r#"{"name":"orbit"}"#, None),
            ("level=error", None),
        ];
        for (line, read) in cases {
            let entry = entry(line);
            let entry = entry
                .as_ref()
                .map(|entry| (entry.level, entry.said.as_ref()));
            assert_eq!(entry, read, "{line}");
        }
    }
}
