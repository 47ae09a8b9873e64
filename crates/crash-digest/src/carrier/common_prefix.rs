//! The prefix that the lines of a report have in common, whatever tool put it there: `npm ERR! `, `     [exec] `, `[INFO] `,
//! `kernel: `, ` 31 `, ` * `, `2026-11-22T08:10:11.123Z<TAB>3f2a1b7c-…<TAB>ERROR<TAB>`. No table knows them: lines that stand
//! together begin the same, numbers left aside, and behind it there are frames where before there were none. A prefix that
//! frames alone have is found by [`super::unknown`].

use super::backward;
use super::layers::{self, Carrier};
use super::logcat::read as read_logcat;
use crate::frame::Frame;
use crate::grammar::{self, Printers};
use crate::log_prefix;
use crate::text;

/// Lines of the head that are looked at.
const HEAD: usize = 400;
/// Lines of which frames are looked for.
const SAMPLE: usize = 64;
/// A prefix is at most so long, in bytes.
const LONGEST: usize = 160;
/// Prefixes that are tried: each costs a reading of lines.
const MOST_TRIED: usize = 8;
/// Lines that must have it, one below the other.
const FEWEST: usize = 3;

/// Readers of these know more of what stands in front: Python's groups of exceptions, `SourceMod`, AMX Mod X.
const READ_OTHERWISE: [&str; 3] = ["Exception Group Traceback", "[SM] ", "[AMXX] "];

/// The text without what is in front of its lines; `None` where frames begin theirs, or where a log of a known form is around them.
pub(super) fn without(text: &str) -> Option<String> {
    let lines: Vec<&str> = text::lines(text)
        .filter(|line| !line.trim().is_empty())
        .take(HEAD)
        .collect();
    let mut from = 0;
    let mut tried = 0;
    let prefix = loop {
        let rest = lines.get(from..)?;
        let [first, second, ..] = rest else {
            return None;
        };
        let mut prefix = Prefix::shared(first, second);
        let mut count = 1;
        while count < rest.len() && !prefix.is_empty() {
            let shorter = prefix.shared_with(rest[count]);
            if shorter.is_empty() {
                break;
            }
            prefix = shorter;
            count += 1;
        }
        tried += usize::from(count >= FEWEST);
        if tried > MOST_TRIED {
            return None;
        }
        if count >= FEWEST
            && let Some((frames, prefix)) =
                prefix.in_front_of_frames(&rest[..count.min(SAMPLE)], count == lines.len())
            && (count == lines.len()
                || lines.iter().filter(|line| read(line).is_some()).count() < frames)
        {
            break prefix;
        }
        from += count.saturating_sub(1).max(1);
    };
    let known = layers::of(text);
    let bytes = |said: &dyn Fn(&str) -> usize| lines.iter().map(|line| said(line)).sum::<usize>();
    let as_known = bytes(&|line| layers::strip_line(line, &known).len());
    let whole = bytes(&|line| prefix.strip(line).map_or(line.len(), str::len));
    // A log of a known form says more of its lines, where its form is all that is in front of them.
    let of_lines = |layer: &Carrier| matches!(layer, Carrier::EngineLog | Carrier::Listing);
    let alone = known.is_empty() || known.iter().all(of_lines) && whole < as_known;
    let logcat = lines.iter().any(|line| read_logcat(line).is_some());
    if logcat || !alone || READ_OTHERWISE.iter().any(|mark| text::has(text, mark)) {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut first = true;
    for line in text::lines(text) {
        let said = prefix.strip(line);
        if said.is_some() && first {
            first = false;
            // A logger names the thread that wrote it.
            if let Some(thread) = log_prefix::read(line).and_then(|prefix| prefix.thread) {
                out.extend(["Exception in thread \"", thread.trim(), "\"\n"]);
            }
        }
        // Another record of the log, perhaps of another level, is no more of the one above it.
        let other = said.is_none()
            && log_prefix::read(line).is_some_and(|other| other.said.len() < line.len());
        if other {
            out.push('\n');
        }
        out.push_str(said.unwrap_or(line));
        out.push('\n');
        if other {
            out.push('\n');
        }
    }
    Some(out)
}

/// A part of a prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Byte(u8),
    /// A number and the blanks that line it up.
    Number,
}

/// How lines begin.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Prefix(Vec<Part>);

/// The next part of a line and what stands behind it. Numbers are lined up where they begin a line or stand in brackets.
fn part(before: Option<u8>, line: &[u8]) -> Option<(Part, &[u8])> {
    let aligned = matches!(before, None | Some(b'['));
    let blank = |byte: &&u8| aligned && **byte == b' ';
    let blanks = line.iter().take_while(blank).count();
    let digit = |byte: &&u8| byte.is_ascii_digit();
    let digits = line[blanks..].iter().take_while(digit).count();
    if digits > 0 {
        return Some((Part::Number, &line[blanks + digits..]));
    }
    line.split_first()
        .map(|(byte, rest)| (Part::Byte(*byte), rest))
}

/// The parts of a line, each with what stands behind it.
fn parts(line: &str) -> impl Iterator<Item = (Part, &[u8])> {
    let mut rest = text::head(line, LONGEST).as_bytes();
    let mut before = None;
    std::iter::from_fn(move || {
        let (part, behind) = part(before, rest)?;
        before = match part {
            Part::Byte(byte) => Some(byte),
            Part::Number => Some(b'0'),
        };
        rest = behind;
        Some((part, behind))
    })
}

impl Prefix {
    fn shared(one: &str, other: &str) -> Self {
        let same = parts(one).zip(parts(other));
        let same = same.map_while(|((a, _), (b, _))| (a == b).then_some(a));
        Self::of(same)
    }

    fn shared_with(&self, line: &str) -> Self {
        // The blank at the end of an empty line is often cut.
        if self.is_alone(line) {
            return self.clone();
        }
        let same = self.0.iter().zip(parts(line));
        Self::of(same.map_while(|(a, (b, _))| (*a == b).then_some(b)))
    }

    /// Up to where a word can begin.
    fn of(parts: impl Iterator<Item = Part>) -> Self {
        let mut parts: Vec<Part> = parts.collect();
        let end = (0..parts.len()).rev().find(|at| ends(&parts, *at));
        parts.truncate(end.map_or(0, |at| at + 1));
        let blank = |part: &Part| matches!(part, Part::Byte(b' ' | b'\t'));
        // Rows of a stack begin so themselves: `#06 `.
        let marks = parts.iter().rposition(|part| !blank(part));
        if let Some(at) = marks.and_then(|at| at.checked_sub(1))
            && parts[at..at + 2] == [Part::Byte(b'#'), Part::Number]
        {
            parts.truncate(at);
        }
        if parts.iter().all(blank) {
            parts.clear();
        }
        Self(parts)
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it is a number, or has a sign that is of no word: `C  [libjvm.so+0x1f]` and `15 Thread 0x7f01` begin with words.
    fn is_marked(&self) -> bool {
        let word = |part: &Part| matches!(part, Part::Byte(byte) if byte.is_ascii_alphanumeric());
        let mark =
            |part: &Part| matches!(part, Part::Byte(byte) if b"\t:]|>)}!*/+;-".contains(byte));
        let marked = self.0.iter().any(mark);
        !self.is_empty() && (marked || !self.0.iter().any(word))
    }

    /// Whether a line has nothing behind it.
    fn is_alone(&self, line: &str) -> bool {
        let blank = |part: &&Part| **part == Part::Byte(b' ');
        let blanks = self.0.iter().rev().take_while(blank).count();
        let marks = &self.0[..self.0.len() - blanks];
        blanks > 0 && parts(line).map(|(part, _)| part).eq(marks.iter().copied())
    }

    /// The prefix behind which frames say most, in the shortest names; `None` where lines say as much as they are, or more where
    /// it stands in front of `all` of them.
    fn in_front_of_frames(&self, lines: &[&str], all: bool) -> Option<(usize, Self)> {
        let counted = self.0.first() == Some(&Part::Number);
        let read = if counted { read_counted } else { read };
        let raw = Reading::of(lines.iter().copied(), read);
        let mut best = raw;
        let mut found = None;
        // A time is whole: `08:10:11`.
        let in_time = |at: &usize| self.0.get(*at) == Some(&Part::Number);
        let glued = |at: &usize| matches!(self.0[at - 1], Part::Byte(b':' | b',')) && in_time(at);
        for cut in (1..=self.0.len()).filter(|at| ends(&self.0, at - 1) && !glued(at)) {
            let prefix = Self::of(self.0[..cut].iter().copied());
            let reading = Reading::of(lines.iter().filter_map(|line| prefix.strip(line)), read);
            if prefix.is_marked() && reading.is_better_than(&best, found.is_some()) {
                best = reading;
                found = Some(prefix);
            }
        }
        // Frames and other lines have nothing in common but what a tool put there.
        let whole = Reading::of(lines.iter().filter_map(|line| self.strip(line)), read);
        let others = (1..lines.len()).contains(&whole.frames) && self.is_marked();
        if others
            && whole.frames >= best.frames
            && (found.is_some() || all && whole.facts >= raw.facts)
        {
            return Some((whole.frames, self.clone()));
        }
        let mut prefix = found?;
        // What lines are indented by together is of the prefix.
        let indent = self.0[prefix.0.len()..].iter().copied();
        let blank = |part: &Part| matches!(part, Part::Byte(b' ' | b'\t'));
        prefix.0.extend(indent.take_while(blank));
        Some((best.frames, prefix))
    }

    /// What stands behind it; `None` where the line begins otherwise.
    fn strip<'a>(&self, line: &'a str) -> Option<&'a str> {
        if self.is_alone(line) {
            return Some("");
        }
        let mut rest = line.len();
        let mut found = parts(line);
        for known in &self.0 {
            let (_, behind) = found.next().filter(|(part, _)| part == known)?;
            rest = behind.len() + line.len() - text::head(line, LONGEST).len();
        }
        line.get(line.len() - rest..)
    }
}

fn read(line: &str) -> Option<Frame<'_>> {
    let line = text::trim(line);
    grammar::read(line).or_else(|| grammar::read_as(Printers::Apple, line))
}

/// The same behind a number that all lines have, as CTest's of its test: rows of backward-cpp are read by a carrier of their own.
fn read_counted(line: &str) -> Option<Frame<'_>> {
    read(line).or_else(|| {
        backward::is_row(text::trim(line)).then_some(Frame {
            module: Some(line),
            address: Some(0),
            ..Frame::default()
        })
    })
}

/// What lines say, read as frames.
#[derive(Debug, Clone, Copy, Default)]
struct Reading {
    frames: usize,
    /// Facts of the frames: where a line is read wrongly, there are fewer.
    facts: usize,
    /// Bytes of their names: what is taken for a part of a name makes it longer.
    names: usize,
}

impl Reading {
    fn of<'a>(
        lines: impl Iterator<Item = &'a str>,
        read: fn(&'a str) -> Option<Frame<'a>>,
    ) -> Self {
        let mut reading = Self::default();
        for frame in lines.filter_map(read) {
            let told = [
                frame.function.is_some(),
                frame.module.is_some(),
                frame.file.is_some(),
                frame.line.is_some(),
                frame.address.is_some(),
            ];
            let told = told.into_iter().filter(|told| *told).count();
            // A number alone may be anything, as a register's.
            if told < 2 {
                continue;
            }
            reading.frames += 1;
            reading.facts += 1 + told;
            let names = [frame.function, frame.module, frame.file];
            reading.names += names.into_iter().flatten().map(str::len).sum::<usize>();
        }
        reading
    }

    /// Whether it says more than the other; or as much in less, where that `counts`.
    fn is_better_than(&self, other: &Self, counts: bool) -> bool {
        self.frames >= other.frames
            && (self.facts > other.facts
                || counts && self.facts == other.facts && self.names < other.names)
    }
}

/// Whether a word can begin behind a part. Marks of patches and comments begin a line: in it they stand in names.
fn ends(parts: &[Part], at: usize) -> bool {
    match parts[at] {
        Part::Byte(byte) => b" \t:]|>)},".contains(&byte) || at == 0 && b"+*#;!".contains(&byte),
        Part::Number => false,
    }
}
