//! A line of a log, read part by part.

use super::level::{self, Level};
use super::time;
use super::token::{
    LONGEST, behind_level, is_dyno, is_frame_mark, is_member, is_name, is_path, is_place,
    is_single, is_thread, is_thrown, matching, named_thread,
};
use crate::text;

/// More parts than any logger prints.
const MOST: usize = 12;

/// What has been read of a line.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Reader<'a> {
    /// What stands behind it.
    pub(super) rest: &'a str,
    pub(super) timed: bool,
    pub(super) level: Option<Level>,
    /// The level stood in brackets or before a colon: no word of a sentence.
    pub(super) bracketed: bool,
    pub(super) thread: Option<&'a str>,
    /// A name in brackets: the thread's where the logger's follows.
    perhaps_thread: Option<&'a str>,
    /// A mark that only a message follows.
    ended: bool,
}

impl<'a> Reader<'a> {
    /// A line with its parts read.
    pub(super) fn of(line: &'a str) -> Self {
        let mut reader = Self {
            rest: line,
            ..Self::default()
        };
        reader.parts();
        reader
    }

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
            Some(b'(') if self.level.is_some() => self.group('(', ')'),
            Some(b'{') if self.timed => self.group('{', '}'),
            Some(b'<') => self.erlang() || self.group('<', '>'),
            Some(b'0'..=b'9') => self.time() || self.number() || self.word(),
            Some(_) => self.time() || self.word(),
            None => false,
        }
    }

    fn time(&mut self) -> bool {
        if self.timed && self.level.is_some() {
            return false;
        }
        let Some(rest) = time::read(self.rest) else {
            return false;
        };
        (self.rest, self.timed) = (rest, true);
        true
    }

    /// The worst one counts.
    fn level(&mut self, level: Level) {
        self.level = self.level.max(Some(level));
    }

    /// A process or a thread by its number: another part must follow.
    fn number(&mut self) -> bool {
        let Some((number, rest)) = text::digits(self.rest) else {
            return false;
        };
        // How long the program has run, in NLog's columns: `299537ms|`.
        if let Some(rest) = rest.strip_prefix("ms").filter(|rest| rest.starts_with('|')) {
            self.rest = rest;
            return true;
        }
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

    /// Erlang's process and the place: `<0.603.0>@dock:open:77`.
    fn erlang(&mut self) -> bool {
        let Some((_, place)) = matching(self.rest, '<', '>') else {
            return false;
        };
        let known = self.level.is_some() && place.starts_with('@');
        if known {
            self.rest = text::word(place).1;
            self.ended = true;
        }
        known
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
        // pino-pretty's process: `ERROR (31): no bay`.
        let id = open == '(' && rest.starts_with(": ");
        if id && text.bytes().all(|byte| byte.is_ascii_digit()) {
            self.rest = rest;
        } else if let Some(behind) = time::read(text) {
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
                if within.level.is_none() {
                    return false;
                }
            }
            self.level = within.level.or(self.level);
            self.bracketed |= within.level.is_some();
            self.thread = self.thread.or(within.thread);
            self.timed = true;
        } else if self.pair(text) {
            self.bracketed = true;
        } else if self.beside_time(text) {
            self.timed = true;
        } else if self.level.is_some() && behind_level(text) || self.before_level(text, rest) {
            self.bracketed |= is_path(text);
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

    /// A thread or a level beside the time, a bar between them: `6e33c990|08:41:06`, `08:41:06 | WARN`.
    fn beside_time(&mut self, text: &'a str) -> bool {
        let Some((left, right)) = text.split_once('|') else {
            return false;
        };
        let (left, right) = (left.trim(), right.trim());
        let is_time = |part: &str| time::read(part).is_some_and(str::is_empty);
        let field = if is_time(right) { left } else { right };
        if !is_time(right) && !is_time(left) || field.is_empty() || field.contains([' ', '|']) {
            return false;
        }
        match level::named(field) {
            Some(level) => {
                self.level(level);
                self.bracketed = true;
            }
            None => self.thread = self.thread.or(named_thread(field)),
        }
        true
    }

    /// A level by itself or beside the thread's or the process's name: `ERROR`, `Server thread/ERROR`, `ERROR/MainProcess`,
    /// `Error  : Unity Log`.
    fn pair(&mut self, text: &'a str) -> bool {
        if let Some(level) = level::alone(text) {
            self.level(level);
            return true;
        }
        let sides = [text.rsplit_once('/'), text.split_once(':')]
            .into_iter()
            .flatten()
            .map(|(left, right)| (left.trim(), right.trim()))
            .find(|(left, right)| level::named(left).is_some() || level::named(right).is_some());
        let Some((left, right)) = sides else {
            return false;
        };
        match (level::named(left), level::named(right)) {
            (None, Some(level)) => {
                self.level(level);
                // `Server thread/ERROR`, but Apache's `wsgi:error`.
                self.thread = self
                    .thread
                    .or(named_thread(left).filter(|_| text.contains('/')));
            }
            (Some(level), None) => {
                self.level(level);
                if text.contains('/') && !right.contains(['.', '(', '/']) {
                    self.thread = self.thread.or(named_thread(right));
                }
            }
            _ => return false,
        }
        true
    }

    /// Whether a pair of brackets stands between the time and a level that follows.
    fn before_level(&self, text: &str, rest: &str) -> bool {
        if self.level.is_some() || is_frame_mark(text) {
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
                return level::named(word).is_some()
                    && (self.timed || colon || level::is_upper(word));
            }
        }
        false
    }

    /// A level, a logger, a process.
    fn word(&mut self) -> bool {
        let end = self.rest.find([' ', '\t', '|']).unwrap_or(self.rest.len());
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
        if self.level.is_none() {
            if let Some((level, thread, behind)) = level::of_thread(self.rest) {
                self.level(level);
                self.thread = self.thread.or(Some(thread));
                (self.bracketed, self.ended) = (true, true);
                self.rest = behind;
                return true;
            }
            if let Some((level, behind, marked)) = level::word(self.rest, self.timed) {
                self.level(level);
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
        if let Some((name, word)) = word
            .strip_suffix(':')
            .and_then(|word| word.rsplit_once('.'))
            && level::is_upper(word)
            && let Some(level) = level::named(word)
            && is_name(name)
        {
            self.level(level);
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
                && id.bytes().all(|byte| {
                    byte.is_ascii_alphanumeric() || byte == b'.' || byte == b':' || byte == b'-'
                });
            if fits && (word.ends_with(':') || rest.starts_with(' ')) {
                self.rest = rest;
                self.ended = word.ends_with(':');
                return true;
            }
            return false;
        }
        // Containers: `2026-11-22T08:10:11.123456789Z stderr F `.
        if matches!(word, "stderr" | "stdout")
            && (rest.starts_with(" F ") || rest.starts_with(" P "))
        {
            self.rest = &rest[2..];
            self.ended = true;
            return true;
        }
        // A host of programs, behind the machine or alone: `moon app/web.1 `, `heroku/router: `.
        let next = rest.trim_start();
        if is_dyno(word.trim_end_matches(':')) {
            self.rest = rest;
            self.ended = true;
            return true;
        }
        let zone = matches!(
            word,
            "AM" | "PM" | "UTC" | "GMT" | "CET" | "CEST" | "PST" | "PDT" | "EST" | "EDT" | "BST"
        );
        let pair = word.starts_with("pid=")
            || word.starts_with("tid=")
            || word.starts_with("TID-")
            || word.starts_with("request_id=");
        let host = {
            let program = next.split(' ').next().unwrap_or_default();
            is_name(word)
                && (program.ends_with("]:")
                    && program.contains('[')
                    && is_name(program.split('[').next().unwrap_or_default())
                    || is_dyno(program.trim_end_matches(':')))
        };
        let dashed = is_name(word) && {
            let behind = rest.trim_start_matches([' ', '-', '|']);
            let next = behind.split([' ', '|']).next().unwrap_or_default();
            rest.trim_start().starts_with(['-', '|'])
                && level::named(next.trim_end_matches(':')).is_some()
        };
        // A request of Lambda's, in columns.
        let request = word.len() == 36 && word.bytes().filter(|byte| *byte == b'-').count() == 4;
        // Fly's region behind the machine: `app[148ed123] ams [info] `.
        let region = word.len() == 3 && rest.starts_with(" [");
        if zone || pair || host || dashed || region || request {
            self.rest = rest;
            return true;
        }
        false
    }

    /// The logger behind the level.
    fn logger(&mut self, word: &'a str, rest: &'a str) -> bool {
        // Supervisor: `DEBG 'orbit' stderr output: `.
        if let Some((_, said)) =
            text::split_once(self.rest, "' stderr output:").filter(|_| word.starts_with('\''))
        {
            self.rest = said;
            return true;
        }
        // A thread's number in a column of its own: `|TID:1:     |`.
        if word.starts_with("TID:") {
            self.rest = rest.trim_start();
            return true;
        }
        // Rust's `tracing`.
        if word.starts_with("ThreadId(") {
            self.rest = rest;
            return true;
        }
        let bare = word.strip_suffix(':').unwrap_or(word);
        // `[ERROR] lua/dock.lua:31: attempt to …`: the error's own place.
        let numbered = bare.rsplit_once(':').is_some_and(|(file, line)| {
            !file.contains(':')
                && !line.is_empty()
                && line.bytes().all(|byte| byte.is_ascii_digit())
        });
        // NLog names the method that wrote the line, in whatever the compiler made of it.
        if rest.starts_with('|') && self.timed && is_member(word) {
            self.rest = rest;
            return true;
        }
        if !is_name(bare) || is_thrown(bare) || numbered && !is_place(bare) {
            return false;
        }
        let padded = rest.trim_start();
        let dashed = !word.ends_with(':')
            && (padded.starts_with(": ") || padded.starts_with("- ") || padded.starts_with("| "));
        // The thread between level and logger: `ERROR exec-3 com.acme.Dock - no bay`.
        let (next, behind) = text::word(padded);
        let between = self.timed && is_thread(word) && is_name(next) && is_path(next);
        if between && behind.starts_with(['-', ':']) {
            self.thread = self.thread.or(Some(word));
            self.rest = rest;
            return true;
        }
        let in_tabs = rest.starts_with(['\t', '|']);
        let colon = word.ends_with(':')
            && (is_path(bare)
                || bare
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
                || self.timed && is_single(bare));
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
        // A pattern without the logger: `WARN NettyWorker_5 - no bay`.
        if padded.starts_with("- ") && is_thread(bare) {
            self.thread = self.thread.or(Some(bare));
        }
        // Spring's logger has a column of its own, in which a long name lost its beginning: `rListener$Consumer : `.
        let column = padded.starts_with(": ") && (rest.starts_with("  ") || bare.len() >= 38);
        self.thread = self
            .thread
            .or(self.perhaps_thread.filter(|_| is_path(bare) || column));
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
                self.ended |= ends && self.level.is_some() && !self.goes_on();
                return;
            }
        }
        // A column can be empty: `||ERROR|`.
        self.rest = if self.rest.starts_with('|') {
            self.rest.trim_start_matches('|')
        } else {
            self.rest
                .strip_prefix([' ', '\t', ':'])
                .unwrap_or(self.rest)
        };
    }

    /// Whether behind a mark that a message follows another part does: `[main] - ERROR - `, `ERROR: [dock] `.
    fn goes_on(&self) -> bool {
        let next = self.rest.split([' ', '\t']).next().unwrap_or_default();
        is_place(next)
    }
}
