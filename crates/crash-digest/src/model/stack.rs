//! One stack: frames in print order, grouped by the exception they belong to.

use std::ops::Range;

use super::facts::Facts;
use super::locks::Lock;
use super::related::Related;
use super::thrown::Exception;
use crate::format::Format;
use crate::frame::Frame;
use crate::text;

/// Which part of a report a run of frames is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The stack of the exception, signal or thread itself.
    Main,
    /// `Caused by:`, or the inner exception of C#.
    Cause,
    /// `Suppressed:`.
    Suppressed,
    /// `Last Exception Backtrace:`: where the exception was thrown, while the crashed thread only shows `abort`.
    Original,
}

/// An exception and its frames.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExceptionFrames<'a> {
    /// What it is.
    pub part: Part,
    /// Its name and message, as far as the text carries them.
    pub exception: Exception<'a>,
    /// Its frames, as indices into [`Stack::frames`].
    pub frames: Range<usize>,
    /// `... 12 more`: frames the printer left out because the enclosing exception has them too.
    pub elided: usize,
}

/// A stack as read from a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stack<'a> {
    /// The format it was read as.
    pub format: Format,
    /// Every frame of the crash's own stack in print order, over all sections.
    pub frames: Vec<Frame<'a>>,
    /// Frames left out of the middle of [`frames`](Self::frames), and where: a text of many megabytes that is all frames
    /// would take several times its size.
    pub omitted: usize,
    /// The index of the first frame behind those left out.
    pub omitted_before: usize,
    /// Exceptions in print order; frames belong to exactly one.
    pub sections: Vec<ExceptionFrames<'a>>,
    /// Signal, fault address, abort message, process and thread, build ids.
    pub facts: Facts<'a>,
    /// Locks held or waited for, by frame.
    pub locks: Vec<Lock<'a>>,
    /// Stacks beside the crash's own: where memory was freed, where a thread was created.
    pub related: Vec<Related<'a>>,
    /// Lines that are neither frames nor anything else known, in print order.
    pub unrecognized: Vec<&'a str>,
}

impl<'a> Stack<'a> {
    /// The exception the report is named after: the outermost.
    pub fn exception(&self) -> Option<&Exception<'a>> {
        let main = self
            .sections
            .iter()
            .find(|section| section.part == Part::Main && !section.exception.is_empty());
        main.or_else(|| {
            self.sections
                .iter()
                .find(|section| !section.exception.is_empty())
        })
        .map(|section| &section.exception)
    }

    /// The section that tells why: where the exception was raised, the innermost cause, or the only one.
    pub fn root(&self) -> Option<usize> {
        let with_frames = |section: &ExceptionFrames<'_>| !section.frames.is_empty();
        let last = |part| {
            let fits = |section: &ExceptionFrames<'_>| section.part == part && with_frames(section);
            self.sections.iter().rposition(fits)
        };
        let first = self.sections.iter().position(with_frames);
        if let Some(raised) = last(Part::Original) {
            return Some(raised);
        }
        // Mono and .NET print the innermost exception first, everybody else last.
        match first.map(|at| self.sections[at].part) {
            Some(Part::Cause) => first,
            Some(_) => last(Part::Cause).or_else(|| last(Part::Main)).or(first),
            None => (!self.sections.is_empty()).then_some(0),
        }
    }

    /// The exception of the section that tells why, where it is another than the outermost.
    pub fn root_cause(&self) -> Option<&Exception<'a>> {
        let root = &self.sections.get(self.root()?)?.exception;
        (!root.is_empty() && self.exception() != Some(root)).then_some(root)
    }

    /// What else was logged as an error, where nothing of the stack says it.
    pub(crate) fn also_logged(&mut self, said: &'a str) {
        /// No shorter words are compared with a part of a line.
        const SHORTEST: usize = 12;
        let facts = &self.facts;
        let thrown = self.sections.iter().flat_map(|section| {
            let exception = section.exception;
            [exception.message, exception.name.unwrap_or_default()]
        });
        let told = thrown
            .chain(facts.reasons.iter().map(|reason| reason.text))
            .chain(self.related.iter().map(|related| related.title))
            .chain(facts.abort_message)
            .chain(facts.cause);
        let same = |told: &str| {
            let first = told.lines().next().unwrap_or_default().trim();
            text::has(told, said) || first.len() >= SHORTEST && text::has(said, first)
        };
        let mut told = told.filter(|told| !told.is_empty());
        if !told.any(same) {
            self.facts.reason("also logged", said);
        }
    }

    /// One line that says how it died: `SIGSEGV (SEGV_MAPERR) at 0x10`, `java.lang.RuntimeException: no ship`.
    ///
    /// An outer exception is followed by the innermost cause, which is what an engineer reads first.
    pub fn headline(&self) -> String {
        let outer = self.exception();
        let mut out = outer.map(ToString::to_string).unwrap_or_default();
        if let Some(root) = self.root_cause() {
            out.push_str(" <- ");
            out.push_str(&root.to_string());
        }
        let signal = self.facts.signal_line();
        if out.is_empty() {
            return signal;
        }
        if signal.is_empty() {
            return out;
        }
        // The signal's name is often the exception's as well: `SIGSEGV(SEGV_MAPERR)`.
        let same = outer
            .and_then(|outer| outer.name)
            .zip(self.facts.signal)
            .is_some_and(|(name, signal)| name.starts_with(signal) || name.contains(signal));
        if same
            && self.root_cause().is_none()
            && outer.is_some_and(|outer| outer.message.is_empty())
        {
            return signal;
        }
        format!("{out} [{signal}]")
    }
}
