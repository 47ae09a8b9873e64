//! Several reports in one text: which is the text's own, and what is set beside it.

use super::logged::is_logger;
use super::{Builder, Part, RelatedKind};
use crate::frame::{Frame, Language};
use crate::model::related::WITHOUT_HEADING;
use crate::model::telling::Telling;
use crate::model::thrown::Exception;
use crate::text;

impl<'a> Builder<'a> {
    /// The frame is the first of a report that was named behind the frames of another.
    pub(super) fn begins_further(&mut self, frame: &Frame<'a>) {
        let filed = self.filed.take().is_some();
        self.led = None;
        let Some(named) = self.later.take() else {
            if !is_logger(frame) && (filed || self.begins_again(frame)) {
                let title = self.said_behind_frames().unwrap_or(frame.raw);
                return self.further(title);
            }
            return self.logged_again(frame);
        };
        let unnamed = self
            .stack
            .sections
            .iter()
            .all(|section| section.exception.is_empty());
        if unnamed && !self.beside && self.words.line.is_empty() {
            // The text begins inside of an earlier report's stack.
            let first = self.stack.frames.first().map_or("", |frame| frame.raw);
            self.set_aside_as(RelatedKind::Earlier, first);
            self.named(Part::Main, named);
        } else if self.only_logged(named) {
            let before = self.stack.related.len();
            self.set_aside_named();
            // It was the first in the text.
            if self.stack.related.len() > before {
                self.stack.related.rotate_right(1);
            }
            self.named(Part::Main, named);
        } else {
            self.further(named);
        }
    }

    /// Whether the frame is the first of another stack: nobody counts one stack twice, and behind an empty line its first place
    /// does not stand in the middle of it.
    fn begins_again(&self, frame: &Frame<'a>) -> bool {
        let Some(section) = self.stack.sections.last().filter(|_| !self.beside) else {
            return false;
        };
        let frames = &self.stack.frames;
        let (Some(first), Some(last)) = (frames.get(section.frames.start), frames.last()) else {
            return false;
        };
        if self.parted && is_same_place(first, frame) {
            return !is_same_place(first, last);
        }
        // Most stacks have no numbers, and most rows another one: they begin otherwise.
        let begins = |row: &'a str| {
            let row = row.strip_prefix("* ").unwrap_or(row);
            row.as_bytes().first_chunk::<2>()
        };
        if begins(frame.raw) != begins(first.raw) {
            return false;
        }
        number(frame.raw)
            .filter(|again| number(first.raw) == Some(*again))
            .is_some_and(|again| number(last.raw).is_some_and(|last| last > again))
    }

    /// A report begins behind frames of one whose head is cut off: those are set aside, nobody knows what they are of.
    pub(crate) fn end_of_earlier(&mut self) {
        let mut sections = self.stack.sections.iter();
        let unnamed = sections.all(|section| section.exception.is_empty());
        if unnamed && self.has_frames() && !self.beside && self.words.line.is_empty() {
            let first = self.stack.frames.first().map_or("", |frame| frame.raw);
            self.set_aside_as(RelatedKind::Earlier, first);
        }
    }

    /// The text begins inside of a dump of threads: the frames so far are of one of these, whichever it is.
    pub(crate) fn end_of_dumped(&mut self) {
        let sections = &self.stack.sections;
        // The end of a row above them is words.
        let unnamed = self.words.telling == Telling::Words
            && sections
                .iter()
                .all(|section| section.exception.name.is_none())
            || sections.iter().all(|section| section.exception.is_empty());
        if unnamed && self.has_frames() && !self.beside {
            self.set_aside_as(RelatedKind::Thread, "");
            if let Some(related) = self.stack.related.last_mut() {
                related.thread = Some(WITHOUT_HEADING);
            }
        }
    }

    /// Unity's line of where it logged ends a stack: `(Filename: ./Runtime/Misc/Plugins.cpp Line: 306)`.
    pub(crate) fn filed(&mut self, line: &'a str) {
        let report = !self.beside || self.is_further();
        self.filed = Some(line).filter(|_| report && self.last_frame().is_some());
    }

    /// Another report begins in the same text: the native crash is the text's own, an exception stands beside it.
    pub(crate) fn further(&mut self, line: &'a str) {
        self.later = None;
        self.related(RelatedKind::Further, line, None);
    }

    /// A further report without frames is told by its words, where the one in front of it says something else.
    /// Native reports are told apart by their threads, and a signal alone is of one of these.
    pub(super) fn note_further(&mut self) {
        if self.stack.facts.signal.is_some() {
            return;
        }
        let own = self.stack.sections.first().map_or("", |section| {
            let exception = section.exception;
            if exception.message.is_empty() {
                exception.name.unwrap_or_default()
            } else {
                exception.message
            }
        });
        let own = own.lines().next().unwrap_or_default();
        let (facts, related) = (&mut self.stack.facts, &self.stack.related);
        // The same, and not with more behind it: `Program crashed`, `Program crashed with signal 11`.
        let same = |title: &str| {
            let behind = text::find(title, own).map(|at| &title[at + own.len()..]);
            behind.is_some_and(|behind| !behind.starts_with(" with signal "))
        };
        for further in related {
            let told = further.kind == RelatedKind::Further && further.frames.is_empty();
            // A heading leads to what it tells.
            if told
                && !further.title.is_empty()
                && !further.title.ends_with(':')
                && (own.is_empty() || !same(further.title))
            {
                facts.reason("also in this text", further.title);
            }
        }
    }

    /// A heading says that frames follow: what was named behind others has a stack of its own, even where it is cut off.
    pub(crate) fn frames_follow(&mut self) {
        self.led = self.later;
    }

    /// What was named behind frames, and whose own stack is cut off, is told by its words; behind a stack without a head as well
    /// where it has none: nobody knows whether the frames are of it.
    pub(super) fn note_later(&mut self) {
        let mut sections = self.stack.sections.iter();
        let unnamed = sections.all(|section| section.exception.is_empty());
        let headless = unnamed && self.has_frames() && self.stack.facts.signal.is_none();
        let later = self.later.take().filter(|_| headless);
        if let Some(named) = self.led.take().or(later) {
            self.stack.facts.reason("also in this text", named);
        }
    }

    /// What was read so far is another report's: its end, or an earlier one.
    pub(crate) fn set_aside(&mut self, title: &'a str) {
        self.set_aside_as(RelatedKind::Further, title);
    }

    pub(super) fn set_aside_as(&mut self, kind: RelatedKind, title: &'a str) {
        self.related(kind, title, None);
        let frames = std::mem::take(&mut self.stack.frames);
        if let Some(related) = self.stack.related.last_mut() {
            related.frames = frames;
        }
        self.stack.sections.clear();
        self.stack.locks.clear();
        self.beside = false;
    }

    /// The native crash begins: an exception that was printed before it stands beside it.
    pub(crate) fn native_begins(&mut self) {
        let managed = self
            .stack
            .frames
            .iter()
            .all(|frame| frame.language != Language::Native);
        let named = self
            .stack
            .sections
            .first()
            .map(|section| section.exception)
            .filter(|exception| exception.name.is_some());
        let Some(exception) = named.filter(|_| managed && self.has_frames()) else {
            return;
        };
        let title = self.title(exception);
        self.set_aside(title);
    }

    /// What was read so far is an earlier report, under the name of its exception.
    pub(crate) fn set_aside_named(&mut self) {
        let earlier = self.stack.sections.first().map(|section| section.exception);
        let title = earlier.map_or("", |earlier| self.title(earlier));
        let first = self.stack.frames.first().map_or("", |frame| frame.raw);
        self.set_aside(if title.is_empty() { first } else { title });
    }

    /// Name and message as they stand in the text.
    pub(super) fn title(&self, exception: Exception<'a>) -> &'a str {
        match exception.name {
            Some(name) if !exception.message.is_empty() => self.span(name, exception.message),
            Some(name) => name,
            None => exception.message,
        }
    }
}

/// Whether two frames are the same place; of those without a name only the same row is.
fn is_same_place(one: &Frame<'_>, other: &Frame<'_>) -> bool {
    let same = (one.function, one.module) == (other.function, other.module)
        && (one.file, one.line) == (other.file, other.line);
    one.raw == other.raw || one.function.is_some() && same
}

/// The number that a row begins with: `#0 0x1f3c in f`, `00 0018f9b0 …`, `=>0 0x01d7e59d …`, `[2] f`, `frame #3: …`.
fn number(row: &str) -> Option<u32> {
    let row = row.strip_prefix("* ").unwrap_or(row);
    let row = row.strip_prefix("frame ").unwrap_or(row);
    let row = row.trim_start_matches(['#', '[', '=', '>']);
    let (number, rest) = text::digits(row)?;
    let fits = number.len() <= 3 && rest.starts_with([' ', '\t', ':', ']', '#']);
    fits.then(|| number.parse().ok())?
}
