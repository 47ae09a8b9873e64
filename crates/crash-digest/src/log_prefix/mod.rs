//! What a logger puts before its words: time, level, process, thread, logger and place, in any order that loggers use.
//!
//! One grammar of parts in place of one form per library: `2026-05-18 22:58:07.204 ERROR 27272 --- [exec-3] o.a.c.Dock : `,
//! `[10:56:10] [Server thread/ERROR]: `, `E1122 08:10:11.123456 1 dock.go:77] `, `2026-11-22T08:10:11Z<TAB>error<TAB>dock<TAB>`.

mod level;
mod time;

use crate::text;

/// More parts than any logger prints.
const MOST: usize = 12;
/// A part is at most so long.
const LONGEST: usize = 80;

/// A line of a log, taken apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct LogPrefix<'a> {
    /// Whether it says that something failed.
    pub failed: bool,
    /// The thread that wrote it.
    pub thread: Option<&'a str>,
    /// What it says; the indent of the program's own line is kept.
    pub said: &'a str,
}

/// Takes a line apart; `None` where neither a time nor a level stands in front.
pub(crate) fn read(line: &str) -> Option<LogPrefix<'_>> {
    let line = line.trim_start();
    if let Some((failed, said)) = level::alone(line) {
        return Some(LogPrefix {
            failed,
            thread: None,
            said,
        });
    }
    let from = source(line);
    let mut reader = Reader {
        rest: from.unwrap_or(line),
        ..Reader::default()
    };
    reader.parts();
    let known = from.is_some() || reader.timed || reader.leveled && reader.bracketed;
    known.then_some(LogPrefix {
        failed: reader.failed,
        thread: reader.thread,
        said: reader.rest,
    })
}

/// A line behind the name of the program that a runner of several passes it on from: `orbit-api-1  | `, `0|orbit  | `,
/// `08:10:11 web.1  | `, `[Nest] 4711  - `, `App 4711 stderr: `, `(dock pid=4711) `, `[pod/orbit-6f7d/api] `.
fn source(line: &str) -> Option<&str> {
    let one = |rest| str::strip_prefix(rest, ' ').unwrap_or(rest);
    if let Some(rest) = line.strip_prefix("[Nest] ") {
        let (_, rest) = text::digits(rest)?;
        return rest.trim_start().strip_prefix("- ");
    }
    if let Some(rest) = line.strip_prefix("App ") {
        let (_, rest) = text::digits(rest)?;
        let rest = rest
            .strip_prefix(" stderr:")
            .or_else(|| rest.strip_prefix(" output:"))?;
        return Some(one(rest));
    }
    if let Some((inner, rest)) = matching(line, '(', ')') {
        let pid = inner.split_once(" pid=").is_some_and(|(_, id)| id.starts_with(|c: char| c.is_ascii_digit()));
        return pid.then(|| one(rest));
    }
    if let Some((inner, rest)) = matching(line, '[', ']') {
        return inner.starts_with("pod/").then(|| one(rest));
    }
    let (front, rest) = line.split_once('|').filter(|(front, _)| front.len() < LONGEST)?;
    // PM2 counts its programs: `0|orbit  | `.
    let (front, rest) = match rest.split_once('|') {
        Some((name, rest)) if front.bytes().all(|byte| byte.is_ascii_digit()) => (name, rest),
        _ => (front, rest),
    };
    let name = match time::read(front) {
        Some(name) => name.trim(),
        None => front.trim_end(),
    };
    let named = front.ends_with(' ') && name.len() >= 2 && is_name(name) && name.starts_with(|c: char| c.is_ascii_alphabetic());
    named.then(|| one(rest))
}

/// What has been read of a line.
#[derive(Debug, Clone, Copy, Default)]
struct Reader<'a> {
    /// What stands behind it.
    rest: &'a str,
    timed: bool,
    leveled: bool,
    /// The level stood in brackets or before a colon: no word of a sentence.
    bracketed: bool,
    failed: bool,
    thread: Option<&'a str>,
    /// A name in brackets: the thread's where the logger's follows.
    perhaps_thread: Option<&'a str>,
    /// A mark that only a message follows.
    ended: bool,
}

impl<'a> Reader<'a> {
    /// Reads part after part; the rest is the message.
    fn parts(&mut self) {
        for _ in 0..MOST {
            let start = *self;
            // One blank belongs to the prefix, further ones to the message unless another part follows.
            self.rest = self.rest.trim_start_matches([' ', '\t']);
            if self.ended || self.rest.is_empty() || !self.part() {
                *self = start;
                break;
            }
            self.separator();
        }
    }

    /// Reads one part.
    fn part(&mut self) -> bool {
        match self.rest.as_bytes().first() {
            Some(b'[') => self.group('[', ']'),
            Some(b'(') if self.leveled => self.group('(', ')'),
            Some(b'{') if self.timed => self.group('{', '}'),
            Some(b'<') => self.group('<', '>'),
            Some(b'0'..=b'9') => self.time() || self.number(),
            Some(_) => self.time() || self.word(),
            None => false,
        }
    }

    fn time(&mut self) -> bool {
        if self.timed && self.leveled {
            return false;
        }
        let Some(rest) = time::read(self.rest) else {
            return false;
        };
        (self.rest, self.timed) = (rest, true);
        true
    }

    fn level(&mut self, failed: bool) {
        self.leveled = true;
        self.failed |= failed;
    }

    /// A process or a thread by its number: another part must follow.
    fn number(&mut self) -> bool {
        let Some((number, rest)) = text::digits(self.rest) else {
            return false;
        };
        let follows = rest.trim_start_matches([' ', '-', '\t']);
        let fits = self.timed && number.len() <= 10 && rest.starts_with([' ', '\t', '|']);
        let goes_on = follows.starts_with(['[', '|']) && rest.trim_start() != follows
            || follows.starts_with("TID-")
            || follows
                .split([' ', '\t'])
                .find(|word| !word.bytes().all(|byte| byte.is_ascii_digit()))
                .is_some_and(|word| level::named(word.trim_end_matches(':')).is_some());
        if !fits || !goes_on {
            return false;
        }
        self.rest = rest;
        true
    }

    /// What stands in brackets.
    fn group(&mut self, open: char, close: char) -> bool {
        let Some((inner, rest)) = matching(self.rest, open, close) else {
            return false;
        };
        let ends = rest.is_empty() || rest.starts_with([' ', ':', '[', '\t', '(', '-', '{']);
        if !ends || inner.is_empty() || inner.len() > LONGEST {
            return false;
        }
        let text = inner.trim();
        if let Some(behind) = time::read(text) {
            // Time and level in one pair: `[08:10:11 ERROR]`, `[2026-11-22 08:10:11,123: ERROR/MainProcess]`.
            let mut within = Reader {
                rest: behind.trim_start_matches([':', ' ', ',']),
                timed: true,
                ..Self::default()
            };
            // Ruby's process, Ray's letter, process and thread: `#4711`, `E 4711 4712`.
            let ids = |text: &str| {
                text.bytes()
                    .all(|byte| byte.is_ascii_digit() || matches!(byte, b'#' | b' '))
            };
            let bare = within.rest.trim_start_matches(['E', 'W', 'I', 'F', 'D']);
            if !ids(bare) && !within.pair(within.rest) {
                within.parts();
                if !within.leveled {
                    return false;
                }
            }
            self.leveled |= within.leveled;
            self.failed |= within.failed;
            self.bracketed |= within.leveled;
            self.thread = self.thread.or(within.thread);
            self.timed = true;
        } else if self.pair(text) {
            self.bracketed = true;
        } else if self.leveled && behind_level(text) || self.before_level(text, rest) {
            let name = named_thread(text).filter(|name| !is_path(name));
            if open == '(' {
                self.thread = self.thread.or(name);
            } else {
                self.perhaps_thread = name.or(self.perhaps_thread);
            }
        } else {
            return false;
        }
        self.rest = rest;
        true
    }

    /// A level by itself or beside the thread's or the process's name: `ERROR`, `Server thread/ERROR`, `ERROR/MainProcess`,
    /// `Error  : Unity Log`.
    fn pair(&mut self, text: &'a str) -> bool {
        if let Some(failed) = level::in_brackets(text) {
            self.level(failed);
            return true;
        }
        let sides = text
            .rsplit_once('/')
            .or_else(|| text.split_once(':'))
            .map(|(left, right)| (left.trim(), right.trim()));
        let Some((left, right)) = sides else {
            return false;
        };
        match (level::named(left), level::named(right)) {
            (None, Some(failed)) => {
                self.level(failed);
                self.thread = self.thread.or(named_thread(left));
            }
            (Some(failed), None) => {
                self.level(failed);
                if text.contains('/') && !right.contains(['.', '(']) {
                    self.thread = self.thread.or(named_thread(right));
                }
            }
            _ => return false,
        }
        true
    }

    /// Whether a pair of brackets stands between the time and a level that follows.
    fn before_level(&self, text: &str, rest: &str) -> bool {
        if self.leveled || is_frame_mark(text) {
            return false;
        }
        let mut next = rest.trim_start_matches([' ', ':', '-', '|', '\t']);
        for _ in 0..3 {
            if let Some((inner, behind)) = matching(next, '[', ']') {
                let mut reader = Reader::default();
                if reader.pair(inner.trim()) {
                    return true;
                }
                next = behind.trim_start_matches([' ', ':', '-', '|', '\t']);
            } else {
                let word = next.split([' ', '\t', '|']).next().unwrap_or(next);
                let (word, colon) = match word.strip_suffix(':') {
                    Some(word) => (word, true),
                    None => (word, false),
                };
                return level::named(word).is_some() && (self.timed || colon || level::is_upper(word));
            }
        }
        false
    }

    /// A level, a logger, a process.
    fn word(&mut self) -> bool {
        let end = self
            .rest
            .find([' ', '\t', '|'])
            .unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        if word.len() > LONGEST {
            return false;
        }
        if !self.timed
            && let Some(rest) = level::letter(self.rest)
        {
            self.rest = rest;
            return true;
        }
        if !self.leveled {
            if let Some((failed, behind, marked)) = level::word(self.rest, self.timed) {
                self.level(failed);
                self.bracketed |= marked;
                self.rest = behind;
                return true;
            }
            // `main.CRITICAL: `, `dock - ERROR - `, `pid=4711 tid=abc WARN: `.
            return self.timed && self.between(word, rest);
        }
        self.logger(word, rest)
    }

    /// What stands between the time and the level.
    fn between(&mut self, word: &'a str, rest: &'a str) -> bool {
        if let Some((name, level)) = word.strip_suffix(':').and_then(|word| word.rsplit_once('.'))
            && level::is_upper(level)
            && let Some(failed) = level::named(level)
            && is_name(name)
        {
            self.level(failed);
            self.rest = rest;
            self.ended = true;
            return true;
        }
        // Journals: host, program and its number.
        if let Some((name, id)) = word
            .trim_end_matches(':')
            .strip_suffix(']')
            .and_then(|word| word.split_once('['))
        {
            let fits = is_name(name)
                && !id.is_empty()
                && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b':' || byte == b'-');
            if fits && (word.ends_with(':') || rest.starts_with(' ')) {
                self.rest = rest;
                self.ended = word.ends_with(':');
                return true;
            }
            return false;
        }
        // Containers: `2026-11-22T08:10:11.123456789Z stderr F `.
        if matches!(word, "stderr" | "stdout") && (rest.starts_with(" F ") || rest.starts_with(" P ")) {
            self.rest = &rest[2..];
            self.ended = true;
            return true;
        }
        let zone = matches!(word, "AM" | "PM" | "UTC" | "GMT" | "CET" | "CEST" | "PST" | "PDT" | "EST" | "EDT" | "BST");
        let pair = word.starts_with("pid=") || word.starts_with("tid=") || word.starts_with("TID-") || word.starts_with("request_id=");
        let host = {
            let next = rest.trim_start();
            let program = next.split(' ').next().unwrap_or_default();
            is_name(word)
                && program.ends_with("]:")
                && program.contains('[')
                && is_name(program.split('[').next().unwrap_or_default())
        };
        let dashed = is_name(word) && {
            let behind = rest.trim_start_matches([' ', '-', '|']);
            let next = behind.split([' ', '|']).next().unwrap_or_default();
            rest.trim_start().starts_with(['-', '|']) && level::named(next.trim_end_matches(':')).is_some()
        };
        if zone || pair || host || dashed {
            self.rest = rest;
            return true;
        }
        false
    }

    /// The logger behind the level.
    fn logger(&mut self, word: &'a str, rest: &'a str) -> bool {
        // Rust's `tracing`.
        if word.starts_with("ThreadId(") {
            self.rest = rest;
            return true;
        }
        let bare = word.strip_suffix(':').unwrap_or(word);
        if !is_name(bare) || is_thrown(bare) {
            return false;
        }
        let padded = rest.trim_start();
        let dashed = !word.ends_with(':') && (padded.starts_with(": ") || padded.starts_with("- ") || padded.starts_with("| "));
        let in_tabs = rest.starts_with(['\t', '|']);
        let colon = word.ends_with(':') && (is_path(bare) || bare.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') || self.timed && is_single(bare));
        // discord.py: `ERROR    discord.client Ignoring …`, Tomcat: `SEVERE [main] com.acme.Dock.open no …`.
        let parts = bare.split('.').count();
        let named = parts >= 3 && !padded.starts_with('(')
            || parts == 2 && !bare.bytes().any(|byte| byte.is_ascii_uppercase());
        let blank = rest.starts_with(' ') && named && bare.split('.').all(is_single);
        let bracket = !word.ends_with(':') && is_path(bare) && padded.starts_with('[');
        if !(dashed || in_tabs || colon || blank || bracket) {
            return false;
        }
        self.rest = rest;
        self.thread = self.thread.or(self.perhaps_thread.filter(|_| is_path(bare)));
        if word.ends_with(':') {
            // Another may follow: `ThreadId(01) dock: src/dock.rs:77: `.
            self.ended = !is_place(rest.trim_start());
        }
        true
    }

    /// What stands between parts: marks with blanks around them, or one blank.
    fn separator(&mut self) {
        let padded = self.rest.trim_start_matches(' ');
        for mark in ["--- ", "-- : ", "- ", "| ", ": "] {
            if let Some(rest) = padded.strip_prefix(mark) {
                self.rest = rest;
                let ends = matches!(mark, "- " | ": " | "-- : ");
                self.ended |= ends && self.leveled && !self.goes_on();
                return;
            }
        }
        // A column can be empty: `||ERROR|`.
        self.rest = if self.rest.starts_with('|') {
            self.rest.trim_start_matches('|')
        } else {
            self.rest.strip_prefix([' ', '\t', ':']).unwrap_or(self.rest)
        };
    }

    /// Whether behind a mark that a message follows another part does: `[main] - ERROR - `, `ERROR: [dock] `.
    fn goes_on(&self) -> bool {
        let next = self.rest.split([' ', '\t']).next().unwrap_or_default();
        is_place(next)
    }
}

/// The place in the source that wrote the line: `src/dock.rs:77:`, `dock.go:77`; of languages whose errors do not begin like that.
fn is_place(text: &str) -> bool {
    let word = text.split([' ', '\t']).next().unwrap_or_default();
    let word = word.trim_end_matches([':', ']']);
    word.rsplit_once(':').is_some_and(|(file, line)| {
        line.bytes().all(|byte| byte.is_ascii_digit())
            && !line.is_empty()
            && [".go", ".rs", ".cpp", ".cc", ".py"].iter().any(|end| file.ends_with(end))
    })
}

/// The text in the brackets at the beginning, pairs within included, and what stands behind.
fn matching(text: &str, open: char, close: char) -> Option<(&str, &str)> {
    if !text.starts_with(open) {
        return None;
    }
    let mut depth = 0_usize;
    for (at, c) in text::head(text, 2 * LONGEST).char_indices() {
        if c == open {
            depth += 1;
        } else if c == close {
            depth -= 1;
            if depth == 0 {
                return Some((&text[1..at], &text[at + 1..]));
            }
        }
    }
    // Tomcat names its logger `C.[.[.[/].[dispatcher]`: the pairs do not close.
    text[1..].split_once(close)
}

/// What a stack's own line begins with.
fn is_frame_mark(text: &str) -> bool {
    text == "C"
        || text.starts_with("string ")
        || text.starts_with("0x")
        || text.starts_with("Callstack")
        || text.starts_with("native")
        || text.starts_with("frame ")
        || text.starts_with("Inline")
        || text == "LUA ERROR"
        || text.bytes().all(|byte| byte == b' ' || byte == b'.' || byte.is_ascii_digit()) && text.contains(['.', ' '])
}

/// Whether brackets behind a level hold a logger, a thread, a request.
fn behind_level(text: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || " ._-/:$#@,=+()<>".contains(c) || c == '[' || c == ']';
    !is_frame_mark(text)
        && !text.bytes().all(|byte| byte.is_ascii_digit())
        && text.chars().all(plain)
        && text.split(' ').count() <= 4
        && text.bytes().any(|byte| byte.is_ascii_alphanumeric())
}

/// The name of a thread, where it is none of a logger, a number or a place.
fn named_thread(text: &str) -> Option<&str> {
    let name = text.chars().any(char::is_alphabetic)
        && !text.starts_with(['#', '-', '{'])
        && !text.contains(['=', ',', '{'])
        && !is_place(text);
    name.then_some(text)
}

/// One word of letters.
fn is_single(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$')
}

/// A name with parts: `com.acme.Dock`, `orbit::dock`, `src/dock.rs:77`.
fn is_path(text: &str) -> bool {
    text.contains("::") || is_place(text) || text.contains(".[") || text.split('.').count() >= 2 && !text.contains("..") && !text.ends_with('.')
}

fn is_name(text: &str) -> bool {
    // Tomcat's container: `o.a.c.c.C.[.[.[/].[dock]`.
    let in_pairs = text.contains(".[");
    !text.is_empty()
        && text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-$:/@#()".contains(&byte) || in_pairs && matches!(byte, b'[' | b']'))
}

/// Whether a word is the type of what was thrown, or begins what is said of it.
fn is_thrown(text: &str) -> bool {
    const WORDS: [&str; 16] = [
        "Uncaught", "Unhandled", "Exception", "Caused", "Traceback", "Assertion", "Fatal", "panic", "panicked", "error",
        "fatal", "runtime", "exception", "at", "in", "SIGSEGV",
    ];
    let last = text.rsplit(['.', ':', '/']).next().unwrap_or(text);
    WORDS.contains(&text)
        || ["Error", "Exception", "Fault", "Failure", "Panic", "Interrupt", "Throwable", "Exit"]
            .iter()
            .any(|end| last.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_loggers_put_in_front() {
        let failed = [
            ("[10:56:10] [Server thread/ERROR]: no dock", "Server thread"),
            ("[22Nov2026 08:10:11.123] [Server thread/ERROR] [net.minecraft/]: no dock", "Server thread"),
            ("[08:10:11 ERROR]: no dock", ""),
            ("2026-05-18 22:58:07.204 ERROR 27272 --- [exec-3] o.a.c.Dock    : no dock", "exec-3"),
            ("2026-05-18T22:58:07.204+01:00 ERROR 27272 --- [orbit] [exec-3] com.acme.Dock : no dock", "exec-3"),
            ("2020-05-18 22:58:07.204 ERROR 27272 --- [exec-3] o.a.c.c.C.[.[.[/].[dock]    : no dock", "exec-3"),
            ("22:58:07.204 [exec-3] ERROR com.acme.Dock - no dock", "exec-3"),
            ("2026-05-18 22:58:07,204 ERROR [exec-3] com.acme.Dock - no dock", "exec-3"),
            ("08:10:11,123 ERROR [com.acme.Dock] (default task-1) no dock", "default task-1"),
            ("2026-11-22 08:10:11,123 [12] ERROR Orbit.Dock - no dock", ""),
            ("2026-11-22 08:10:11.1234|ERROR|Orbit.Dock|no dock", ""),
            ("2026-11-22 08:10:11.1234||ERROR|Orbit.Dock|no dock", ""),
            ("2026-11-22 08:10:11,123 - orbit.dock - ERROR - no dock", ""),
            ("2026-11-22 08:10:11.123 | ERROR    | orbit.dock:open:31 - no dock", ""),
            ("ERROR:orbit.dock:no dock", ""),
            ("[2026-11-22 08:10:11 +0000] [4711] [ERROR] no dock", ""),
            ("2026-11-22 08:10:11 ERROR    discord.client no dock", ""),
            ("2026-11-22T08:10:11.123+0800\terror\tdock\torbit/dock.go:77\tno dock", ""),
            ("E1122 08:10:11.123456       1 dock.go:77] no dock", ""),
            ("ERRO[0012] no dock", ""),
            ("[2026-11-22T08:10:11Z ERROR orbit::dock] no dock", ""),
            ("2026-11-22T08:10:11.123456Z ERROR ThreadId(01) orbit::dock: src/dock.rs:77: no dock", ""),
            ("[2026-11-22 08:10:11] production.ERROR: no dock", ""),
            ("E, [2026-11-22T08:10:11.123456 #4711] ERROR -- : no dock", ""),
            ("[2026-11-22 08:10:11,123: ERROR/MainProcess] no dock", "MainProcess"),
            ("[2026-11-22, 08:10:11 UTC] {dock.py:1937} ERROR - no dock", ""),
            ("22-Nov-2026 08:10:11.123 SEVERE [main] com.acme.Dock.open no dock", "main"),
            ("[2026-11-22 08:10:11.123] [orbit] [error] [dock.cpp:77] no dock", ""),
            ("[Nest] 4711  - 11/22/2026, 8:10:11 AM   ERROR [Dock] no dock", ""),
            ("[2026-11-22T08:10:11,123][ERROR][o.a.d.Dock               ] [node-1] no dock", ""),
            ("[Error  : Unity Log] no dock", ""),
            ("08:10:11.123 [error] no dock", ""),
            ("fail: Orbit.Dock[0] no dock", ""),
        ];
        for (line, thread) in failed {
            let prefix = read(line).unwrap_or_default();
            assert_eq!(
                (prefix.said, prefix.thread.unwrap_or_default(), prefix.failed),
                ("no dock", thread, true),
                "{line}"
            );
        }
        let quiet = [
            "Nov 22 08:10:11 moon orbit[4711]: no dock",
            "2026-11-22T08:10:11+0000 moon orbit[4711]: no dock",
            "2026-11-22T08:10:11.123Z no dock",
            "2026/11/22 08:10:11 no dock",
            "11/22/2026 8:10:11 AM no dock",
            "[08:10:11] [Server thread/INFO]: no dock",
        ];
        for line in quiet {
            let prefix = read(line).unwrap_or_default();
            assert_eq!((prefix.said, prefix.failed), ("no dock", false), "{line}");
        }
    }

    #[test]
    fn lines_of_stacks_and_sentences_have_no_prefix() {
        let lines = [
            "[C]: in function 'error'",
            "[string \"a\"]:1: in main chunk",
            "[0]Ship.fire@src/game.js:10",
            "at com.acme.Dock.open(Dock.java:31)",
            "TypeError: no dock",
            "Error: no dock",
            "init.lua:31: attempt to index a nil value",
            "[0x525b] mono",
            "[Callstack] 0x1",
            "Error while running event dock",
            "ERROR in action number 1",
            "INFO about ships",
            "10:31 at the dock",
        ];
        for line in lines {
            assert_eq!(read(line).map(|prefix| prefix.said), None, "{line}");
        }
    }
}
