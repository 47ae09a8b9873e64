//! Words that turn out to be no exception: what was typed, what a person says, settings.

use super::words::{is_led_in, is_placed_in_lua};
use super::{Builder, Log};
use crate::log_prefix;
use crate::model::related::Related;
use crate::model::telling::{self, Telling};
use crate::model::thrown::Exception;
use crate::model::{LOGGED_AS_WARNING, exception, speech};
use crate::text;

impl Builder<'_> {
    /// What was typed at a shell's prompt is no exception: `# gdb ./orbit core.31`; nor what a script wrote above the debugger's words.
    pub(crate) fn drop_command(&mut self) {
        if ["# ", "$ ", "% "]
            .iter()
            .any(|prompt| self.words.line.starts_with(prompt))
        {
            self.drop_words();
        } else if telling::is_crash_log(self.words.line) {
            self.drop_unnamed();
        }
    }

    /// Drops the frames from this one on, which the last section holds.
    pub(crate) fn drop_frames_from(&mut self, at: usize) {
        if let Some(last) = self.stack.sections.last_mut()
            && last.frames.start <= at
            && self.outermost.is_empty()
        {
            self.stack.frames.truncate(at);
            last.frames.end = at.min(last.frames.end);
        }
    }

    /// What a log said is told once where the exception says the same.
    pub(super) fn drop_said_again(&mut self) {
        let sections = &self.stack.sections;
        let reasons = &mut self.stack.facts.reasons;
        reasons.retain(|reason| {
            reason.label != "also logged"
                || !sections
                    .iter()
                    .any(|section| text::has(section.exception.message, reason.text))
        });
    }

    /// What was said before has no name: it is none of what the report names.
    pub(crate) fn drop_unnamed(&mut self) {
        if let [section] = &mut self.stack.sections[..]
            && section.exception.name.is_none()
        {
            let said = std::mem::take(&mut section.exception).message;
            if !said.is_empty() {
                self.stack.unrecognized.push(said);
            }
        }
    }

    /// What was said before is a log's, where it is no program's own last word: each of its first lines is told beside the crash.
    pub(crate) fn log_before(&mut self) {
        /// More of them say nothing new.
        const MOST: usize = 3;
        let [section] = &self.stack.sections[..] else {
            return;
        };
        let Exception { name, message } = section.exception;
        let last_words = || {
            let ends = [
                "fatal",
                "panic",
                "check failed",
                "assert",
                "uncaught",
                "unhandled",
                "crash",
            ];
            telling::says_signal(message)
                || ends.iter().any(|end| text::has_in_any_case(message, end))
        };
        if self.has_frames() || name.is_some() || message.is_empty() || last_words() {
            return;
        }
        self.drop_unnamed();
        self.cut();
        let failed = |line: &&str| {
            let (label, said) = text::split_once(line, ": ").unwrap_or_default();
            !said.is_empty()
                && label.split(' ').count() <= 4
                && telling::tells_of_crash(line)
                && !speech::is_spoken(line)
        };
        for line in text::lines(message)
            .map(text::trim)
            .filter(failed)
            .take(MOST)
        {
            self.stack.facts.reason("also logged", line);
        }
    }

    /// Words that say nothing of a crash are no exception of this text.
    pub(crate) fn drop_words(&mut self) {
        let held = self.words.telling == Telling::Words && !self.words.line.is_empty();
        if let [section, ..] = &mut self.stack.sections[..]
            && held
            && section.exception.name.is_none()
            && begins(section.exception.message, self.words.line)
        {
            let said = std::mem::take(&mut section.exception).message;
            // Lines that lead to one that tells.
            let lines = || text::lines(said).map(str::trim);
            if let (Some(first), Some(last)) = (
                lines().find(|line| telling::tells_of_crash(line)),
                lines().last(),
            ) {
                self.stack.sections[0].exception = exception::read(self.span(first, last));
            } else {
                self.stack.unrecognized.push(said);
            }
        }
    }

    /// A sentence above native frames is somebody's, whatever it says of the crash: their report names a signal or nothing.
    pub(crate) fn drop_sentence(&mut self) {
        let said = self.stack.sections.first().is_some_and(|section| {
            begins(section.exception.message, self.words.line) && section.exception.name.is_none()
        });
        let spoken = || {
            speech::is_sentence(self.words.line) && !telling::begins_assertion(self.words.line)
                || speech::is_spoken(self.words.line)
        };
        if said && self.words.telling < Telling::Named && self.has_frames() && spoken() {
            self.drop_unnamed();
        }
    }

    /// Whether the words are settings, of a text without frames: `Version Code: 1`, `Version Name: 1.0`, `"isLocked" : 0,`.
    fn are_settings(&self) -> bool {
        let labelled = |line: &str| {
            line.split_once([':', '=']).is_some_and(|(label, _)| {
                let label = label.trim_matches([' ', '"']);
                let plain =
                    |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'_' | b'-');
                label.len() <= 40 && label.bytes().all(plain)
            })
        };
        let said = self
            .stack
            .sections
            .first()
            .map_or("", |section| section.exception.message);
        !self.has_frames()
            && said.contains('\n')
            && said.lines().all(labelled)
            && !said.lines().any(telling::tells_of_crash)
    }

    /// Whether frames follow the words, or one of their lines says at least that something failed; the words of most languages
    /// are not known.
    fn fails(&self) -> bool {
        let said = self
            .stack
            .sections
            .first()
            .map_or("", |section| section.exception.message);
        let beside = || {
            self.stack
                .related
                .iter()
                .any(|related| !related.frames.is_empty())
        };
        // What a service or a person gives as the whole of a report is what was thrown.
        let alone = || self.text.trim().lines().nth(1).is_none();
        self.has_frames() || beside() || telling::tells_of_failure(said) || alone()
    }

    /// The text is a log in which no line has the level of an error.
    pub(crate) fn quiet(&mut self) {
        self.log = Log::Quiet;
    }

    /// Whether a log's line is taken for the exception that was no error by its level, and does not say that the program ended.
    fn is_quiet(&self) -> bool {
        let quiet = || log_prefix::read(self.words.line).is_some_and(|line| line.is_quiet());
        let said = self
            .stack
            .sections
            .first()
            .map_or("", |section| section.exception.message);
        let beside = |related: &Related<'_>| !related.frames.is_empty();
        self.words.telling < Telling::Named
            && !self.has_frames()
            && !self.stack.related.iter().any(beside)
            && (self.log == Log::Quiet || quiet())
            && !telling::says_end(said)
    }

    /// Words that say nothing of a crash are no exception where the report says itself how it ended.
    pub(super) fn drop_prose(&mut self) {
        // Most stacks of a dump have no words at all.
        let held = self.stack.sections.first().is_some_and(|section| {
            section.exception.name.is_none()
                && !section.exception.message.is_empty()
                && begins(section.exception.message, self.words.line)
        });
        if !held {
            return;
        }
        if self.is_quiet() {
            return self.drop_unnamed();
        }
        let facts = &self.stack.facts;
        let ended = facts.signal.is_some()
            || facts.abort_message.is_some()
            || facts.cause.is_some()
            || facts.reasons.iter().any(|reason| {
                !matches!(
                    reason.label,
                    "build id"
                        | "logged as"
                        | "also logged"
                        | LOGGED_AS_WARNING
                        | "ended"
                        | "event"
                        | "engine"
                        | "located"
                        | "thrown"
                        | "caught by"
                )
            });
        // A line of a program's text.
        let code =
            self.words.line.ends_with([';', '{', '}']) && self.words.telling == Telling::Words;
        // A sentence above a stack is no exception.
        let words = telling::words(self.words.line);
        let sentence = self.words.apart && words >= 4 && !is_placed_in_lua(self.words.line);
        // `Getting reports of a crash on older phones.`: a person's words above a report that says itself what it was.
        // C's assertion ends as a sentence does: `orbit: dock.c:31: dock_open: Assertion `bay != NULL' failed.`
        let asserted = self.words.line.ends_with("' failed.");
        let speech = ended
            && !asserted
            && (words >= 7 && self.words.line.ends_with(['.', '?', '!'])
                || words >= 3 && self.words.line.ends_with(':'))
            || self
                .stack
                .sections
                .first()
                .is_some_and(|section| is_led_in(section.exception.message));
        let speech = speech
            || is_log_title(self.words.line)
            || is_prose(self.words.line)
            || speech::is_listed(self.words.line)
            || ended && speech::is_shown(self.words.line)
            || facts.signal.is_some()
                && self.stack.sections.first().is_some_and(|section| {
                    let mut said = text::lines(section.exception.message).map(text::trim);
                    said.all(speech::tells_nothing_more)
                })
            || self.words.telling == Telling::Words && is_version(self.words.line)
            || self.words.telling == Telling::Words && speech::is_spoken(self.words.line);
        match self.words.telling {
            Telling::Named => return,
            Telling::Crash if !speech => return,
            Telling::Words
                if !ended
                    && !sentence
                    && !code
                    && !speech
                    && !self.are_settings()
                    && self.fails() =>
            {
                return;
            }
            _ => {}
        }
        if let Some(section) = self.stack.sections.first_mut() {
            let said = std::mem::take(&mut section.exception).message;
            // A person may quote it: "I get `Unhandled Exception: EXCEPTION_ACCESS_VIOLATION …` when …".
            section.exception = exception::quoted(said)
                .map(exception::read)
                .unwrap_or_default();
            self.stack.unrecognized.push(said);
            // A person may say which signal it was.
            let facts = &mut self.stack.facts;
            facts.signal = facts.signal.or_else(|| telling::signal_in(said));
        }
    }
}

/// Whether the words only say that a log or a stack follows: `crash log`, `Full stack trace`.
fn is_log_title(line: &str) -> bool {
    const WORDS: [&str; 14] = [
        "crash",
        "crashes",
        "error",
        "exception",
        "stack",
        "trace",
        "full",
        "complete",
        "the",
        "my",
        "here",
        "is",
        "app",
        "console",
    ];
    const LOGS: [&str; 7] = [
        "log",
        "logs",
        "logcat",
        "trace",
        "stacktrace",
        "backtrace",
        "report",
    ];
    const LONGEST: usize = 40;
    if line.len() > LONGEST {
        return false;
    }
    let lower = line.to_ascii_lowercase();
    let mut words = lower
        .split([' ', ':', '-'])
        .filter(|word| !word.is_empty())
        .rev();
    words.next().is_some_and(|last| LOGS.contains(&last))
        && words.next().is_some_and(|word| WORDS.contains(&word))
        && words.all(|word| WORDS.contains(&word))
}

/// Whether a person tells others of a crash, in sentences: what a program prints below says more of it.
pub(super) fn is_prose(line: &str) -> bool {
    const PERSON: [&str; 8] = [
        " I ", "I'm ", " we ", "We ", " my ", " our ", "this ", "This ",
    ];
    let words = telling::words(line);
    let long = words >= 12 && text::has(line, ". ") || words >= 7 && line.ends_with(':');
    telling::is_asked(line) || long && PERSON.iter().any(|word| text::has(line, word))
}

/// Whether a program says which one it is: `Orbit 3.2.4 (Jul 12 2026 16:54:00, Linux x86_64)`.
fn is_version(line: &str) -> bool {
    let mut words = line.split(' ');
    let number = |word: &str| {
        let word = word.strip_prefix('v').unwrap_or(word);
        word.contains('.') && word.split('.').all(|part| part.parse::<u32>().is_ok())
    };
    let named = words
        .next()
        .is_some_and(|name| name.starts_with(|c: char| c.is_alphabetic()));
    named
        && words.next().is_some_and(number)
        && words.next().is_none_or(|next| next.starts_with(['(', '[']))
        && !telling::tells_of_failure(line)
}

/// Whether a message begins inside of the line: a mark in front of it is not kept.
fn begins(message: &str, line: &str) -> bool {
    line.as_bytes().as_ptr_range().contains(&message.as_ptr())
}
