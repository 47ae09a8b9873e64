//! The lines of a log that matter: errors and warnings near the crash before chatter, the last lines always.

use std::collections::HashMap;
use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use super::line::{self, Level};
use super::lines::Log;
use crate::frame::Frame;
use crate::ownership::{CodeOrigin, OwnershipRules};
use crate::{grammar, text};

/// Lines further back than this before the crash are not weighed against each other.
const WINDOW: usize = 4000;
/// Errors further back that are looked at.
const EARLIER: usize = 200;
/// Lines behind an error that can be its stack.
const STACK: usize = 40;
/// So many bytes decide whether two lines say the same.
const SAME: usize = 256;

/// A line of a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogLine<'a> {
    /// Its number in the log, from 1.
    pub number: usize,
    /// What it says, without time, process and thread ids; as long as it is.
    pub text: &'a str,
    /// How level_of it is.
    pub level: Level,
    /// How long after the crash it was written, negative before; where times can be read.
    pub since: Option<SignedDuration>,
    /// How many lines of the window say the same but for their numbers; this is the last.
    pub times: usize,
    /// Lines of a stack that followed and are not shown.
    pub stack: usize,
    /// Of these the one that tells most: its number in the log, and its text.
    pub frame: Option<(usize, &'a str)>,
}

/// A log in a few lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Digest<'a> {
    /// The lines that matter, in order.
    pub lines: Vec<LogLine<'a>>,
    /// How many lines the log has.
    pub total: usize,
    /// How many errors and fatal errors, over the whole log.
    pub errors: usize,
    /// How many warnings, over the whole log.
    pub warnings: usize,
    /// How many lines were written after the crash, by what is not the game any more.
    pub after: usize,
    /// The log's clock seems to be this far off the zone that was given; `since` makes up for it.
    pub shift: Option<SignedDuration>,
}

impl<'a> Log<'a> {
    /// At most `most` lines: the last ones before the crash, and errors and warnings near it.
    ///
    /// `offset` is the zone of the device's clock, where lines do not tell their own.
    pub fn digest(&self, crash: Option<Timestamp>, offset: Offset, most: usize) -> Digest<'a> {
        let mut digest = Digest {
            total: self.len(),
            ..Digest::default()
        };
        let mut newest = None;
        let mut end = self.len();
        let mut late = true;
        let mut recent = Recent::before(self.len());
        let levels: Vec<Level> = (1..=self.len())
            .map(|number| {
                let raw = self.line(number).unwrap_or_default();
                let head = text::head(raw, SAME);
                let parts = line::read(head);
                recent.add(number, (head.len() == raw.len()).then_some(parts));
                let level = parts.level;
                // The lines of a call stack repeat the level of what it belongs to.
                if level >= Level::Error
                    && (is_blank(parts.message) || stack_frame(parts.message, false).is_some())
                {
                    return Level::Debug;
                }
                digest.errors += usize::from(level >= Level::Error);
                digest.warnings += usize::from(level == Level::Warning);
                level
            })
            .collect();
        if let Some(crash) = crash {
            let since = |number: usize| line::read(self.line(number)?).stamp?.since(crash, offset);
            newest = (1..=self.len()).rev().take(200).find_map(since);
            digest.shift = newest.and_then(shift);
            // A reporter that writes on after the crash must not push the game's lines out.
            let allowed = SignedDuration::from_secs(2)
                .checked_add(digest.shift.unwrap_or_default())
                .unwrap_or(SignedDuration::MAX);
            while late && end > 1 && self.len() - end < WINDOW {
                match since(end) {
                    Some(at) if at > allowed => end -= 1,
                    Some(_) => late = false,
                    None => match (1..end).rev().take(50).find_map(since) {
                        Some(at) if at > allowed => end -= 1,
                        _ => late = false,
                    },
                }
            }
        }
        if late && newest.is_some() {
            // All of it is later: the clocks do not agree, and the order of lines is all there is.
            end = self.len();
        }
        digest.after = self.len() - end;
        let clock = crash.filter(|_| newest.is_some());
        let candidates = self.candidates(end, &levels, &recent);
        digest.lines = choose(candidates, most)
            .into_iter()
            .map(|one| {
                let since = clock
                    .and_then(|crash| {
                        line::read(self.line(one.number)?)
                            .stamp?
                            .since(crash, offset)
                    })
                    .and_then(|since| since.checked_sub(digest.shift.unwrap_or_default()));
                LogLine { since, ..one }
            })
            .collect();
        digest
    }

    /// The lines of the window before `end` and the errors before it, each sentence once, stacks folded into the line above.
    fn candidates(&self, end: usize, levels: &[Level], recent: &Recent<'a>) -> Vec<LogLine<'a>> {
        let first = end.saturating_sub(WINDOW) + 1;
        let mut lines: Vec<Option<LogLine<'a>>> = Vec::new();
        let mut known: HashMap<(u64, Level), usize> = HashMap::new();
        let earlier = (1..first)
            .rev()
            .filter(|number| levels[number - 1] >= Level::Error)
            .take(EARLIER);
        let mut earlier: Vec<usize> = earlier.collect();
        earlier.reverse();
        // Behind an error comes its stack.
        let mut numbers: Vec<usize> =
            Vec::with_capacity((end + 1).saturating_sub(first) + earlier.len());
        for error in earlier {
            numbers.extend(
                error.max(numbers.last().map_or(0, |last| last + 1))..(error + STACK).min(first),
            );
        }
        numbers.extend(first..=end);
        let mut stack_may_follow = false;
        for number in numbers {
            let Some(raw) = self.line(number) else {
                continue;
            };
            let parts = recent.get(number).unwrap_or_else(|| line::read(raw));
            if is_blank(parts.message) {
                continue;
            }
            let level = levels.get(number - 1).copied().unwrap_or(Level::Info);
            if let Some(frame) = stack_frame(parts.message, stack_may_follow)
                && let Some(Some(above)) = lines.last_mut()
            {
                above.stack += 1;
                stack_may_follow = true;
                if above.frame.is_none() && tells(&frame) {
                    above.frame = Some((number, frame.raw));
                }
                continue;
            }
            let continued = without_tag(without_tag(parts.message)).trim_start();
            if continued.starts_with("... ") || is_symbol_noise(parts.message) {
                if let Some(Some(above)) = lines.last_mut() {
                    above.stack += usize::from(stack_may_follow);
                }
                continue;
            }
            if number < first && level < Level::Error {
                continue;
            }
            stack_may_follow = names_exception(continued) || continued.starts_with("Crash!!!");
            let mut one = LogLine {
                number,
                text: parts.message,
                level,
                since: None,
                times: 1,
                stack: 0,
                frame: None,
            };
            let place = lines.len();
            let before = known.insert((sentence_hash(parts.message), level), place);
            if let Some(earlier) = before.and_then(|before| lines[before].take()) {
                one.times += earlier.times;
            }
            lines.push(Some(one));
        }
        lines.into_iter().flatten().collect()
    }
}

/// The last lines taken apart once: they are looked at twice. Those of a whole log would be as large as it.
struct Recent<'a> {
    /// The number of the line before the first.
    before: usize,
    parts: Vec<Option<line::Parts<'a>>>,
}

impl<'a> Recent<'a> {
    /// Of a log of so many lines.
    fn before(lines: usize) -> Self {
        let before = lines.saturating_sub(2 * WINDOW);
        Self {
            before,
            parts: Vec::with_capacity(lines - before),
        }
    }

    /// The next line; nothing where it was not read to its end.
    fn add(&mut self, number: usize, parts: Option<line::Parts<'a>>) {
        if number > self.before {
            self.parts.push(parts);
        }
    }

    fn get(&self, number: usize) -> Option<line::Parts<'a>> {
        let at = number.checked_sub(self.before + 1)?;
        *self.parts.get(at)?
    }
}

/// Whether a line says nothing behind its tags.
fn is_blank(message: &str) -> bool {
    message.is_empty() || without_tag(without_tag(message)).trim().is_empty()
}

/// The frame of a stack's line. A line that only looks like a call needs an error above it: `Foo.Quit(1)` is a message.
fn stack_frame(message: &str, behind_error: bool) -> Option<Frame<'_>> {
    let line = text::trim(without_tag(without_tag(message)));
    let frame = grammar::read(line)?;
    let printed = frame.line.is_some()
        || frame.address.is_some()
        || frame.module.is_some()
        || line.starts_with("at ")
        || line.starts_with('#');
    (printed || behind_error).then_some(frame)
}

/// Whether a frame is worth naming beside its error.
fn tells(frame: &Frame<'_>) -> bool {
    frame.function.is_some() && OwnershipRules::default().origin(frame) == CodeOrigin::Own
}

/// What a symbol server says between the lines of a stack.
fn is_symbol_noise(line: &str) -> bool {
    line.starts_with("ERROR: SymGetSymFromAddr")
        || line.starts_with("SymInit:")
        || text::has(line, "SymType: '")
        || line.starts_with("OS-Version: ")
        || line.starts_with("========== ")
}

/// Whether a line names an exception, behind which a stack follows.
fn names_exception(line: &str) -> bool {
    line.split(':').next().is_some_and(|name| {
        !name.contains(' ') && (name.ends_with("Exception") || name.ends_with("Error"))
    })
}

/// Equal for sentences that differ in some words and numbers: the first words and the count of words decide.
fn sentence_hash(message: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    let mut count = 0_usize;
    let mut letters = 0;
    for word in text::head(message, SAME).split_whitespace() {
        count += 1;
        if letters < 4 && !word.bytes().any(|byte| byte.is_ascii_digit()) {
            letters += 1;
            word.hash(&mut hasher);
        }
    }
    if count < 8 {
        // Short lines differ by their words alone.
        dedup_hash(message).hash(&mut hasher);
    }
    count.hash(&mut hasher);
    hasher.finish()
}

/// The most telling `most` lines, in order.
fn choose(lines: Vec<LogLine<'_>>, most: usize) -> Vec<LogLine<'_>> {
    let len = lines.len();
    let always = most.div_ceil(3).min(6);
    let mut ranked: Vec<(usize, LogLine<'_>)> = lines
        .into_iter()
        .enumerate()
        .map(|(at, one)| (score(&one, len - at, always), one))
        .collect();
    // Equal scores: the later line is nearer to the crash.
    ranked.sort_by_key(|(score, one)| std::cmp::Reverse((*score, one.number)));
    ranked.truncate(most);
    let mut lines: Vec<LogLine<'_>> = ranked.into_iter().map(|(_, one)| one).collect();
    lines.sort_by_key(|one| one.number);
    lines
}

/// `from_end` is 1 for the last line; the last `always` lines are kept whatever they say.
fn score(one: &LogLine<'_>, from_end: usize, always: usize) -> usize {
    let near = 100 - from_end.min(2000) / 20;
    let level_of = match one.level {
        Level::Fatal => 750,
        Level::Error => 480,
        Level::Warning => 150,
        Level::Info => 40,
        Level::Debug => 0,
    };
    // A line that comes every second was there when nothing crashed, too.
    let often = match one.times {
        0..=2 => 0,
        3..=20 => 40,
        _ => 100,
    };
    let last = if from_end <= always && one.level > Level::Debug {
        420
    } else if from_end <= 2 {
        250
    } else {
        0
    };
    // The reporter at work says nothing about the crash.
    let reporter = [
        "CrashReport",
        "CrashSight",
        "crashsight",
        "Bugly",
        "[UploadManager]",
    ]
    .iter()
    .any(|word| text::has(text::head(one.text, 80), word));
    if reporter || one.text.starts_with("-----") {
        near / 4
    } else {
        (near + level_of + last).saturating_sub(often)
    }
}

/// A whole number of half hours between the log's end and the crash is a zone, not a pause.
fn shift(newest: SignedDuration) -> Option<SignedDuration> {
    const HALF_HOUR: i64 = 1800;
    let seconds = newest.as_secs();
    let halves = (seconds + seconds.signum() * 60) / HALF_HOUR;
    let left = seconds - halves * HALF_HOUR;
    (halves != 0 && halves.abs() <= 28 && left.abs() <= 60)
        .then(|| SignedDuration::from_secs(halves * HALF_HOUR))
}

/// Behind the tag: `AndroidRuntime: \tat com.starfall.…`.
fn without_tag(message: &str) -> &str {
    let message = message.trim_start_matches(' ');
    match message.split_once(':') {
        Some((tag, rest))
            if tag.len() <= 40
                && (rest.is_empty() || rest.starts_with([' ', '\t']))
                && !tag.trim_end().contains(' ') =>
        {
            rest
        }
        _ => message,
    }
}

/// Equal for lines that say the same but for numbers.
fn dedup_hash(message: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    let mut number = false;
    for byte in text::head(message, SAME).bytes() {
        let digit = byte.is_ascii_digit();
        if !(digit && number) {
            (if digit { b'0' } else { byte }).hash(&mut hasher);
        }
        number = digit;
    }
    hasher.finish()
}

impl fmt::Display for LogLine<'_> {
    /// `1042 -1.5s E LogNet: lost connection (×3, then 12 stack lines)`
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ", self.number)?;
        if let Some(since) = self.since {
            write!(formatter, "{} ", relative(since))?;
        }
        let letter = match self.level {
            Level::Debug => "D",
            Level::Info => "I",
            Level::Warning => "W",
            Level::Error => "E",
            Level::Fatal => "F",
        };
        write!(formatter, "{letter} {}", self.text)?;
        if self.times == 1 && self.stack == 0 {
            return Ok(());
        }
        formatter.write_str(" (")?;
        if self.times > 1 {
            write!(formatter, "×{}", self.times)?;
        }
        if self.stack > 0 {
            let comma = if self.times > 1 { ", " } else { "" };
            write!(formatter, "{comma}then {} stack lines", self.stack)?;
            if let Some((number, frame)) = self.frame {
                write!(formatter, ", {number}: {}", text::head(frame, 120))?;
            }
        }
        formatter.write_str(")")
    }
}

/// `-1.5s`, `+0.2s`, `-3m12s`, `-2h05m`.
fn relative(since: SignedDuration) -> String {
    let sign = if since.is_negative() { '-' } else { '+' };
    let seconds = since.unsigned_abs().as_secs();
    match seconds {
        0..=59 => format!("{sign}{:.1}s", since.abs().as_secs_f64()),
        60..=3599 => format!("{sign}{}m{:02}s", seconds / 60, seconds % 60),
        _ => format!("{sign}{}h{:02}m", seconds / 3600, seconds % 3600 / 60),
    }
}
