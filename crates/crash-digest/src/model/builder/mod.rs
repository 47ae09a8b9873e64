//! Builds a stack from what a format's reader finds: frames, exceptions, threads, stacks beside the crash's own.

mod dropped;
mod further;
mod install_path;
mod lines;
mod logged;
mod null_call;
mod thrown_at;
mod uncaught;
mod words;

use std::collections::VecDeque;

use super::images::Image;
use super::related::{Related, RelatedKind};
use super::stack::{ExceptionFrames, Part, Stack};
use super::telling::Telling;
use super::thrown::Exception;
use super::{exception, images, locks};
use crate::cut::Header;
use crate::frame::{Frame, Language};
use crate::log_prefix;
use crate::text;
pub(crate) use null_call::CALLED_BY;
pub(crate) use words::is_placed_in_lua;
use words::{Words, once};

/// More inner exceptions than this are not told apart.
const DEEPEST: usize = 64;
/// Frames take at most so many quarters of the text's size, and at least so many are kept.
const QUARTERS: usize = 5;
const FEWEST_KEPT: usize = 1 << 14;
/// Of a longer stack so many outermost frames are kept.
const OUTERMOST: usize = 256;
/// More stacks beside the crash's own are counted with the last.
const MOST_RELATED: usize = 32;
/// Frames of each of them that are kept.
const MOST_BESIDE: usize = 1 << 12;
/// Exceptions that are told apart; the frames of more of them follow those of the last, under the root's name.
const MOST_SECTIONS: usize = 1 << 12;

/// A text of this size has its lines counted before it is read.
const HUGE: usize = 1 << 20;

/// What the levels of the lines say.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Log {
    /// Some tell of an error, or there are none.
    #[default]
    Any,
    /// No line is an error.
    Quiet,
}

/// A stack under construction.
#[derive(Default)]
pub(crate) struct Builder<'a> {
    pub(crate) text: &'a str,
    /// What was built so far.
    pub(crate) stack: Stack<'a>,
    /// Outer exceptions whose frames come after those of the inner ones.
    outer: Vec<Exception<'a>>,
    /// Frames that are kept of one stack, besides the outermost.
    most_frames: usize,
    /// The outermost frames of a longer stack, so far.
    outermost: VecDeque<Frame<'a>>,
    /// An empty line stood behind the last frame.
    parted: bool,
    /// Unity's line behind the last frame that says where it was logged.
    filed: Option<&'a str>,
    /// Frames go to the last related stack instead of the crash's own.
    beside: bool,
    /// The words before the frames, taken for the exception.
    words: Words<'a>,
    /// The signal that a crash handler raised again.
    ended_in: Option<&'static str>,
    /// An exception that was named behind the frames: the next frame is of its own report.
    later: Option<&'a str>,
    /// The same, where a heading of frames stood below it.
    led: Option<&'a str>,
    /// A command was typed behind the words: what another program says that failed goes before them.
    typed: bool,
    /// Whether the text is a log in which no line says that something failed.
    log: Log,
    /// A heading said that the next exception ended the program; the second, that the one behind frames did.
    fatal: [bool; 2],
}

impl<'a> Builder<'a> {
    /// A builder for a text, which messages over several lines are cut from.
    pub(crate) fn new(text: &'a str) -> Self {
        let mut builder = Self {
            text,
            ..Self::default()
        };
        builder.most_frames = (text.len() / 4 * QUARTERS / size_of::<Frame<'_>>()).max(FEWEST_KEPT);
        // One allocation for a thread of a dump, and for a huge text; others grow as they need.
        let expected = if text.len() > HUGE {
            memchr::memchr_iter(b'\n', text.as_bytes()).count() + 1
        } else {
            (text.len() / 56).min(256)
        };
        builder
            .stack
            .frames
            .reserve_exact(expected.min(builder.most_frames + OUTERMOST));
        builder
    }

    /// So many frames follow: one allocation, where growing would take twice as much at its peak.
    pub(crate) fn expect(&mut self, frames: usize) {
        let most = self.most_frames + OUTERMOST;
        let more = frames.min(most.saturating_sub(self.stack.frames.len()));
        self.stack.frames.reserve_exact(more);
    }

    /// The crash's own frames begin or go on.
    pub(crate) fn crash(&mut self) {
        self.beside = false;
    }

    /// Whether frames go to a stack beside the crash's own.
    pub(crate) fn is_beside(&self) -> bool {
        self.beside
    }

    /// Whether frames go to another report of the same text.
    pub(crate) fn is_further(&self) -> bool {
        let last = self.stack.related.last();
        self.beside && last.is_some_and(|last| last.kind == RelatedKind::Further)
    }

    /// Whether frames go to an inner exception that is printed once more.
    pub(crate) fn is_again(&self) -> bool {
        let last = self.stack.related.last();
        self.beside && last.is_some_and(|last| last.kind == RelatedKind::InnerException)
    }

    /// Whether the crash's own stack has frames.
    pub(crate) fn has_frames(&self) -> bool {
        !self.stack.frames.is_empty()
    }

    /// Opens a stack beside the crash's own.
    pub(crate) fn related(&mut self, kind: RelatedKind, title: &'a str, thread: Option<&'a str>) {
        self.beside = true;
        if self.stack.related.len() < MOST_RELATED {
            self.stack.related.push(Related {
                kind,
                title,
                thread,
                frames: Vec::new(),
                omitted: 0,
            });
        }
    }

    /// Adds a frame to the stack that is being read.
    pub(crate) fn frame(&mut self, frame: Frame<'a>) {
        self.begins_further(&frame);
        self.parted = false;
        if frame.language == Language::Native
            && let Some(module) = frame.module
            && let Some(build) = text::after(frame.raw, "(BuildId: ", b")")
        {
            self.stack.facts.build(module, build);
        }
        if self.beside
            && let Some(related) = self.stack.related.last_mut()
        {
            if related.frames.len() < MOST_BESIDE {
                related.frames.push(frame);
            } else {
                related.omitted += 1;
            }
            return;
        }
        // The section opens first: it begins with this frame.
        self.section();
        if self.stack.frames.is_empty() {
            self.words.apart = self.words.ended && !self.words.cut;
            self.frames_begin(&frame);
        }
        if self.stack.frames.len() >= self.most_frames {
            if self.outermost.len() == OUTERMOST {
                self.outermost.pop_front();
                self.stack.omitted += 1;
            }
            self.outermost.push_back(frame);
            return;
        }
        self.stack.frames.push(frame);
        let end = self.stack.frames.len();
        self.section().frames.end = end;
    }

    /// Whether the process ended itself: a thread of that report follows what its message quoted.
    pub(crate) fn aborts(&self) -> bool {
        self.stack.facts.abort_message.is_some()
    }

    /// The last frame read, wherever it went.
    pub(crate) fn last_frame(&mut self) -> Option<&mut Frame<'a>> {
        if self.beside
            && let Some(related) = self.stack.related.last_mut()
        {
            return related.frames.last_mut().filter(|_| related.omitted == 0);
        }
        self.outermost
            .back_mut()
            .or_else(|| self.stack.frames.last_mut())
    }

    /// The section that is being read; the first one opens itself.
    pub(crate) fn section(&mut self) -> &mut ExceptionFrames<'a> {
        if self.stack.sections.is_empty() {
            self.open(Part::Main, Exception::default());
        }
        self.stack
            .sections
            .last_mut()
            .expect("a section was opened above")
    }

    /// Opens a section.
    pub(crate) fn open(&mut self, part: Part, exception: Exception<'a>) {
        self.beside = false;
        let at = self.stack.frames.len();
        if self.stack.sections.len() >= MOST_SECTIONS
            && let Some(last) = self.stack.sections.last_mut()
        {
            (last.part, last.exception) = (part, exception);
            return;
        }
        self.stack.sections.push(ExceptionFrames {
            part,
            exception,
            frames: at..at,
            elided: 0,
        });
    }

    /// Opens a section named in `line`; inner exceptions behind ` ---> ` come first, as their frames do.
    pub(crate) fn named(&mut self, part: Part, line: &'a str) {
        let mut line = once(line);
        while let Some((front, inner)) =
            text::split_once(line, " ---> ").filter(|_| self.outer.len() < DEEPEST)
        {
            self.outer.push(exception::read(front));
            line = inner;
        }
        let part = if self.outer.is_empty() {
            part
        } else {
            Part::Cause
        };
        self.open(part, exception::read(line));
    }

    /// `--- End of inner exception stack trace`: the frames of the exception around it follow.
    pub(crate) fn end_of_inner(&mut self) {
        let exception = self.outer.pop().unwrap_or_default();
        self.section().part = Part::Cause;
        self.open(
            if self.outer.is_empty() {
                Part::Main
            } else {
                Part::Cause
            },
            exception,
        );
    }

    /// `---> X: y` on a line of its own: the exception just named is the outer one.
    pub(crate) fn inner_of_last(&mut self, inner: &'a str) {
        if self.outer.len() >= DEEPEST {
            return;
        }
        let named = self
            .stack
            .sections
            .pop_if(|section| section.frames.is_empty());
        self.outer
            .push(named.map(|section| section.exception).unwrap_or_default());
        self.named(Part::Cause, inner);
    }

    /// Sets the name of the exception that is being read.
    pub(crate) fn exception_name(&mut self, name: &'a str) {
        let name = name.trim();
        if !name.is_empty() {
            self.section().exception.name = Some(name);
        }
    }

    /// Sets the message of the exception that is being read, where it has none.
    pub(crate) fn exception_message(&mut self, message: &'a str) {
        let section = self.section();
        if section.exception.message.is_empty() {
            section.exception.message = message.trim();
        }
    }

    /// Whether nothing was read yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.stack.sections.is_empty()
    }

    /// Whether the section that is being read has no exception and no frame yet.
    pub(crate) fn is_fresh(&self) -> bool {
        self.stack
            .sections
            .last()
            .is_none_or(|section| section.frames.is_empty())
    }

    /// The text from the beginning of `first` to the end of `last`, both parts of the text.
    pub(crate) fn span(&self, first: &'a str, last: &'a str) -> &'a str {
        let at = |part| crate::text::place(self.text, part);
        let start = if first.is_empty() {
            at(last)
        } else {
            at(first)
        };
        let span = start
            .zip(at(last))
            .and_then(|(start, of_last)| self.text.get(start..of_last + last.len()));
        span.unwrap_or(last)
    }

    /// Keeps a lock line; `false` when it is none.
    pub(crate) fn lock(&mut self, line: &'a str) -> bool {
        let frames = self.stack.frames.len();
        match locks::read(line, frames.saturating_sub(1)) {
            Some(lock) => {
                self.stack.locks.push(lock);
                true
            }
            None => false,
        }
    }

    /// The thread whose frames follow is the crash's.
    pub(crate) fn thread(&mut self, header: &Header<'a>) {
        let facts = &mut self.stack.facts;
        facts.thread = header.name.or(facts.thread);
        facts.thread_id = header.id.or(facts.thread_id);
        facts.thread_state = header.state.or(facts.thread_state);
        facts.thread_system_id = header.system_id.or(facts.thread_system_id);
        self.beside = false;
        if self
            .stack
            .sections
            .last()
            .is_some_and(|section| section.part == Part::Original)
        {
            self.open(Part::Main, Exception::default());
        }
    }

    /// Drops frames of another thread that were read before the crashed one was found.
    pub(crate) fn drop_main_frames(&mut self) {
        let main = self
            .stack
            .sections
            .iter()
            .position(|section| section.part == Part::Main && !section.frames.is_empty());
        if let Some(at) = main {
            self.stack.locks.clear();
            let keep = self.stack.sections[at].frames.start;
            self.stack.frames.truncate(keep);
            self.outermost.clear();
            self.stack.omitted = 0;
            self.stack.sections.truncate(at + 1);
            self.stack.sections[at].frames = keep..keep;
        }
    }

    /// An image of the process.
    pub(crate) fn image(&mut self, line: &'a str) -> bool {
        let Some(image) = Image::read(line) else {
            return false;
        };
        self.stack.facts.image(image, text::after(line, "<", b">"));
        true
    }

    /// The signal that a handler ends in, whatever was raised first: it tells where nothing else does.
    pub(crate) const fn ended_in(&mut self, signal: &'static str) {
        self.ended_in = Some(signal);
    }

    /// The stack, with bare addresses given their place.
    pub(crate) fn finish(mut self) -> Stack<'a> {
        if !self.outermost.is_empty() {
            let outermost = std::mem::take(&mut self.outermost);
            self.stack.omitted_before = self.stack.frames.len();
            self.stack.frames.extend(outermost);
            let end = self.stack.frames.len();
            self.section().frames.end = end;
        }
        // The text ends inside of an inner exception: those around it are named all the same.
        while let Some(exception) = self.outer.pop() {
            let part = if self.outer.is_empty() {
                Part::Main
            } else {
                Part::Cause
            };
            let beside = std::mem::take(&mut self.beside);
            self.open(part, exception);
            self.beside = beside;
        }
        self.drop_prose();
        self.drop_said_again();
        self.note_rejection();
        // A log's line says which thread wrote it.
        if self.stack.frames.is_empty()
            && self.stack.facts.thread.is_none()
            && self.words.telling == Telling::Named
        {
            self.stack.facts.thread =
                log_prefix::read(self.words.line).and_then(|line| line.thread);
        }
        if self.stack.frames.is_empty() && !self.stack.sections.is_empty() {
            self.drop_log();
        }
        if self.stack.facts.process.is_none() {
            self.stack.facts.process = install_path::process_of(&self.stack);
        }
        let facts = &mut self.stack.facts;
        facts.bundle =
            (facts.bundle).or_else(|| install_path::package_of_activity(&self.stack.sections));
        let named = |section: &ExceptionFrames<'_>| section.exception.name.is_some();
        if !self.stack.sections.iter().any(named) {
            self.stack.facts.signal = self.stack.facts.signal.or(self.ended_in);
        }
        // A debugger stopped somewhere else than the run before it, which a handler told of.
        if let (Some(ended), Some(signal)) = (self.ended_in, self.stack.facts.signal)
            && !text::has(signal, ended)
        {
            self.stack.facts.reason("a handler told of", ended);
        }
        let why = self.stack.frames.first().and_then(|frame| frame.function);
        // AppKit's way of ending an app for an exception that nothing caught.
        if why == Some("-[NSApplication _crashOnException:]")
            && let [section] = &self.stack.sections[..]
            && section.exception.is_empty()
        {
            let uncaught = "reported by AppKit, which one is not in the text";
            self.stack.facts.reason("uncaught exception", uncaught);
        }
        // Swift's frame says why, where nothing else does.
        if let Some(message) = why.and_then(|why| why.strip_prefix("Swift runtime failure: "))
            && let [section] = &mut self.stack.sections[..]
            && section.exception.is_empty()
        {
            section.exception = Exception {
                name: why.map(|why| &why[.."Swift runtime failure".len()]),
                message,
            };
        }
        uncaught::note(&mut self.stack);
        null_call::note(&mut self.stack);
        thrown_at::complete(&mut self.stack, self.text);
        self.note_further();
        self.note_later();
        images::assign_images(&mut self.stack.frames, &self.stack.facts.images);
        // An exception without frames of its own still stands; an empty section says nothing.
        self.stack
            .sections
            .retain(|section| !section.frames.is_empty() || !section.exception.is_empty());
        self.stack
            .related
            .retain(|related| !related.frames.is_empty());
        self.stack
    }
}
