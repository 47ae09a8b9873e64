//! Python: the innermost frame stands last, the exception behind it.

use super::python_source::Source;
use super::python_words::{
    called, ends, in_thread, is_log, is_script, left_out, raised, requested, said_before, served,
    title, unmarked,
};
use super::reader::{Line, Reader};
use super::requests;
use crate::carrier::{LOGGED, LOGGED_NEXT};
use crate::cut::Piece;
use crate::frame::Frame;
use crate::grammar::{self, Printers};
use crate::model::{Builder, Exception, Part, read_exception};
use crate::text;

/// How much a line speaks for this format.
pub(super) fn score(line: &str) -> u32 {
    match line.as_bytes() {
        [b'T', ..] if line.starts_with(HEADING) => 8,
        [b'+', ..] if text::has(line, HEADING) => 8,
        [b'F', ..] if line.starts_with("File \"") && text::has(line, "\", line ") => 5,
        _ => 0,
    }
}

/// How a traceback begins.
const HEADING: &str = "Traceback (most recent call last)";

/// How a traceback belongs to those before it.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Link {
    /// Not at all: of another error of the same log.
    #[default]
    Apart,
    /// A sentence says that the one before caused it, or was being handled.
    Caused,
    /// One of the exceptions of the group before.
    OfGroup,
}

/// An exception and its frames, outermost first.
struct Traceback<'a> {
    exception: Exception<'a>,
    frames: Vec<Frame<'a>>,
    link: Link,
    /// The thread that a line above it names.
    thread: Option<&'a str>,
}

/// What the next line begins.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Next {
    #[default]
    Any,
    /// An exception of a group, perhaps without a traceback.
    Member,
}

/// Where the innermost frame stands.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Order {
    #[default]
    Last,
    /// `most recent call first`, as `faulthandler` prints.
    First,
}

/// Reads tracebacks; an earlier one may be the cause of a later one.
#[derive(Default)]
pub(super) struct Python<'a> {
    frames: Vec<Frame<'a>>,
    /// Behind a frame its source line is no news.
    source: Source,
    /// The indent of the heading, a log may put blanks in front of all lines; and of the last frame.
    base: usize,
    of_frames: usize,
    tracebacks: Vec<Traceback<'a>>,
    /// How the next one belongs to those before.
    link: Link,
    /// Groups that are open.
    depth: usize,
    /// What the next line begins.
    next: Next,
    order: Order,
    /// The last heading that was seen.
    heading: Option<&'a str>,
    /// The thread of the next one.
    thread: Option<&'a str>,
    /// The words before the first frame.
    before: Option<&'a str>,
    /// What a log says in the line above a traceback: `Callback raised exception: KeyError('dock')`.
    above: Option<&'a str>,
    /// Django's headline: `OperationalError at /api/dock`, and the message on the next line.
    headline: Option<Exception<'a>>,
    /// A blank line stood behind the exception: what follows is no more of its message.
    ended: bool,
    /// Ren'Py's short tracebacks, before the full ones that repeat them.
    short: Vec<Traceback<'a>>,
    /// Several lines of a log hold one each: the first is the text's own.
    logged: bool,
}

impl<'a> Reader<'a> for Python<'a> {
    fn line(&mut self, out: &mut Builder<'a>, line: Line<'a>) {
        let (line, indent) = unmarked(line);
        if line.is_empty() {
            return;
        }
        // Loguru draws the values below a line of source.
        if line.starts_with(['│', '└']) && !self.frames.is_empty() {
            return;
        }
        if let Some(frame) = grammar::read_as(Printers::Python, line) {
            self.frames.push(frame);
            self.source = if indent == 0 {
                Source::Flat
            } else {
                Source::Indented
            };
            (self.next, self.of_frames) = (Next::Any, indent);
            return;
        }
        // The thread that crashed ran none of Python's code.
        if line == "<no Python frame>" && self.frames.is_empty() {
            return out.stack.facts.reason("crashed thread", line);
        }
        if text::has(line, "most recent call last") {
            self.heading = Some(line);
            self.base = indent;
        }
        if self.heads(line) || self.links(line) || self.of_task(out, line) {
            return;
        }
        if self.is_source(line, indent) {
            return;
        }
        if let Some(title) = line.strip_prefix(LOGGED_NEXT) {
            self.close(Exception::default());
            self.logged = true;
            return out.stack.unrecognized.push(title);
        }
        if self.of_thread(line) {
            return;
        }
        if let Some(said) = line.strip_prefix(LOGGED) {
            return out.stack.facts.reason("logged as", said);
        }
        let fatal = out
            .stack
            .sections
            .last()
            .is_some_and(|section| !section.exception.is_empty());
        if !self.frames.is_empty() && fatal {
            return out.stack.unrecognized.push(line);
        }
        // A frame that is cut off.
        if line.starts_with("File \"") && !self.frames.is_empty() {
            return;
        }
        // What a service left out of the list: `...`.
        if !line.bytes().any(|byte| byte.is_ascii_alphanumeric()) {
            return;
        }
        if !self.frames.is_empty() || std::mem::take(&mut self.next) == Next::Member {
            self.source = Source::None;
            return self.close(raised(line));
        }
        self.above = Some(line);
        if let Some(name) = requested(line) {
            self.headline = Some(Exception {
                name: Some(name),
                message: "",
            });
            return;
        }
        if let Some(headline) = self
            .headline
            .as_mut()
            .filter(|headline| headline.message.is_empty())
        {
            headline.message = line;
            return;
        }
        let words = line.trim_start_matches('`');
        if self.before.is_none() || words.starts_with("SIG") {
            self.before = Some(words);
        }
        // A test runner's own words may stand in front.
        if let Some((_, rest)) = text::split_once(line, "Fatal Python error: ") {
            out.section().exception = Exception {
                name: Some("Fatal Python error"),
                message: rest,
            };
            return;
        }
        self.ended |= is_log(line);
        match self.tracebacks.last_mut() {
            Some(Traceback { exception, .. }) if !self.ended && exception.name.is_some() => {
                let message = if exception.message.is_empty() {
                    line
                } else {
                    out.span(exception.message, line)
                };
                exception.message = message;
            }
            _ => out.stack.unrecognized.push(line),
        }
    }

    fn blank(&mut self, _out: &mut Builder<'a>) {
        self.ended = true;
    }

    fn end(&mut self, out: &mut Builder<'a>) {
        // A service prints native stacks in Python's form, as they are, with the reason in front.
        let native = self.heading.is_none() && self.frames.iter().all(|frame| !is_script(frame));
        let mut exception = Exception::default();
        if native && self.tracebacks.is_empty() && !self.frames.is_empty() {
            self.order = Order::First;
            exception = self.before.map(read_exception).unwrap_or_default();
        }
        // The text ends before what was raised, which the log said above.
        if exception.is_empty()
            && let Some(above) = self.above.filter(|_| !self.frames.is_empty())
        {
            exception = called(above)
                .or_else(|| said_before(above))
                .unwrap_or_default();
        }
        if exception.is_empty() && !self.frames.is_empty() {
            exception = self.headline.unwrap_or_default();
        }
        self.close(exception);
        // The text may end before the full ones, or inside of the first, where only the short one tells what was raised.
        let named = |tracebacks: &[Traceback<'_>]| {
            let mut all = tracebacks.iter();
            all.any(|traceback| !traceback.exception.is_empty())
        };
        let mut cut = Vec::new();
        if self.tracebacks.is_empty() || named(&self.short) && !named(&self.tracebacks) {
            cut = std::mem::replace(&mut self.tracebacks, std::mem::take(&mut self.short));
        }
        let mut errors = self.errors();
        if errors.is_empty() {
            out.stack.facts.thread = out.stack.facts.thread.or(self.thread);
            return;
        }
        if let [.., before, last] = &errors[..]
            && is_beginning(last, before)
        {
            errors.pop();
        }
        let own = if self.logged { 0 } else { errors.len() - 1 };
        let own = errors.remove(own);
        let thread = || own.iter().find_map(|traceback| traceback.thread);
        out.stack.facts.thread = out.stack.facts.thread.or_else(thread);
        let count = own.len();
        let fatal = out.stack.sections.last().map(|section| section.exception);
        for (at, traceback) in own.into_iter().enumerate() {
            let part = if at == 0 { Part::Main } else { Part::Cause };
            let exception = if traceback.exception.is_empty() && at + 1 == count {
                fatal.unwrap_or_default()
            } else {
                traceback.exception
            };
            if at == 0 {
                out.stack.sections.clear();
            }
            out.open(part, exception);
            for frame in self.ordered(traceback.frames) {
                out.frame(frame);
            }
        }
        // Of a script that the full ones do not name only the short one tells.
        let known = out.stack.frames.iter();
        let known: Vec<_> = known.map(place).collect();
        let apart = |frame: &Frame<'_>| !known.contains(&place(frame));
        let script = self.short.pop();
        if let Some(short) = script.filter(|short| short.frames.iter().any(apart)) {
            let said = "While running game code";
            let said = Some(said).filter(|said| text::has(out.text, said));
            out.further(said.unwrap_or("Short traceback"));
            for frame in self.ordered(short.frames) {
                out.frame(frame);
            }
        }
        for traceback in cut {
            out.further("Full traceback");
            for frame in self.ordered(traceback.frames) {
                out.frame(frame);
            }
        }
        for error in errors {
            let Some(first) = error.into_iter().next() else {
                continue;
            };
            let title = title(out, first.exception);
            out.further(first.thread.filter(|_| title.is_empty()).unwrap_or(title));
            for frame in self.ordered(first.frames) {
                out.frame(frame);
            }
        }
    }
}

/// The threads beside one that ran none of Python's code.
pub(super) fn beside<'a>(out: &mut Builder<'a>, pieces: &[Piece<'a>]) {
    const MOST: usize = 3;
    let of_thread = |piece: &&Piece<'a>| piece.header.is_some();
    for piece in pieces.iter().filter(of_thread).take(MOST) {
        let lines = text::lines(piece.text).map(text::trim);
        let mut frames = lines.filter_map(|line| grammar::read_as(Printers::Python, line));
        if let Some(first) = frames.next() {
            out.further(text::trim(piece.heading));
            out.frame(first);
            frames.for_each(|frame| out.frame(frame));
        }
    }
}

impl<'a> Python<'a> {
    /// A line of source below a frame, or the end of what runs Python's programs on Android, where what was raised was lost.
    fn is_source(&self, line: &str, indent: usize) -> bool {
        // What was raised stands further out than the frames, whatever a form put in front.
        let out = indent <= self.base || indent < self.of_frames;
        let named = indent > 0 && out && crate::model::names_exception(line);
        let ended = !self.frames.is_empty() && line.starts_with("Python for android ended");
        !named && self.source.has(line, indent) || ended
    }

    /// Which thread it was.
    fn of_thread(&mut self, line: &'a str) -> bool {
        let thread = in_thread(line);
        // The one above is unfinished.
        if thread.is_some() && !self.frames.is_empty() {
            self.close(Exception::default());
        }
        self.thread = thread.or(self.thread);
        thread.is_some()
    }

    /// Which task it was; its line holds what was raised as well.
    fn of_task(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        if (self.frames.is_empty() || self.heading.is_none()) && left_out(out, line) {
            // What is left out behind the rows called them.
            if !self.frames.is_empty() {
                self.order = Order::First;
            }
            return true;
        }
        if self.frames.is_empty() && served(out, line) {
            return true;
        }
        if self.frames.is_empty() && !self.tracebacks.is_empty() && ends(out, line) {
            self.ended = true;
            return true;
        }
        let told = self.frames.is_empty() && requests::task(out, line);
        self.above = Some(line).filter(|_| told).or(self.above);
        told
    }

    fn close(&mut self, exception: Exception<'a>) {
        (self.ended, self.next) = (false, Next::Any);
        // What was said above this one is of no later one.
        self.above = self.above.filter(|_| exception.is_empty());
        if !self.frames.is_empty() || !exception.is_empty() {
            let apart = match self.depth {
                0 => Link::Apart,
                _ => Link::OfGroup,
            };
            self.tracebacks.push(Traceback {
                exception,
                frames: std::mem::take(&mut self.frames),
                link: std::mem::replace(&mut self.link, apart),
                thread: self.thread.take(),
            });
        }
    }

    /// Lines that begin a traceback.
    fn heads(&mut self, line: &str) -> bool {
        if text::has(line, "most recent call first") {
            self.order = Order::First;
            return true;
        }
        // Ren'Py prints the game's own frames first, and then all of them again.
        if line == "Full traceback:" || line.starts_with("-- Full Traceback") {
            self.close(Exception::default());
            if !self.tracebacks.is_empty() {
                self.short = std::mem::take(&mut self.tracebacks);
            }
            return true;
        }
        let of_group = line.starts_with("+ ") || line.starts_with("Exception Group ");
        if line.starts_with(HEADING) || of_group && text::has(line, HEADING) {
            self.close(Exception::default());
            return true;
        }
        // What a process that worked for this one raised stands in quotes.
        matches!(line, "\"\"\"" | "'''")
    }

    /// Lines between tracebacks.
    fn links(&mut self, line: &str) -> bool {
        // `+-+---------------- 1 ----------------`, `+---------------- 2 ----------------`, and without a number at the end.
        if line.starts_with("+-") && line.ends_with("--") {
            self.close(Exception::default());
            if line.starts_with("+-+-") {
                self.depth += 1;
            }
            self.link = Link::OfGroup;
            if line.bytes().any(|byte| byte.is_ascii_digit()) {
                self.next = Next::Member;
            } else {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 {
                    self.link = Link::Apart;
                }
            }
            return true;
        }
        let known = line.starts_with("During handling of the above")
            || line.starts_with("The above exception ") && text::has(line, " the direct cause of");
        if known {
            self.close(Exception::default());
            if self.depth == 0 {
                self.link = Link::Caused;
            }
        }
        known
    }

    /// The errors of the text, each with its causes behind it; the same one is told once.
    fn errors(&mut self) -> Vec<Vec<Traceback<'a>>> {
        let mut errors: Vec<Vec<Traceback<'a>>> = Vec::new();
        for traceback in std::mem::take(&mut self.tracebacks) {
            match errors.last_mut() {
                Some(error) if traceback.link == Link::OfGroup => error.push(traceback),
                Some(error) if traceback.link == Link::Caused => error.insert(0, traceback),
                Some(error) if is_same(&error[0], &traceback) => {}
                _ => errors.push(vec![traceback]),
            }
        }
        errors
    }

    /// Frames, innermost first.
    fn ordered(&self, mut frames: Vec<Frame<'a>>) -> Vec<Frame<'a>> {
        if self.order == Order::Last {
            frames.reverse();
        }
        frames
    }
}

/// The file without its folders, which the short traceback names otherwise, and the line.
fn place<'a>(frame: &Frame<'a>) -> (&'a str, Option<u32>) {
    (text::base_name(frame.file.unwrap_or_default()), frame.line)
}

/// Whether the text ends inside of a traceback that began like the one before it.
fn is_beginning(cut: &[Traceback<'_>], whole: &[Traceback<'_>]) -> bool {
    let ([cut], Some(whole)) = (cut, whole.last()) else {
        return false;
    };
    let same = cut
        .frames
        .iter()
        .zip(&whole.frames)
        .all(|(one, other)| one.raw == other.raw);
    cut.exception.is_empty() && cut.frames.len() <= whole.frames.len() && same
}

/// Whether a log printed the same again.
fn is_same(one: &Traceback<'_>, other: &Traceback<'_>) -> bool {
    let places = |traceback: &Traceback<'_>| {
        let last = traceback.frames.last();
        (traceback.frames.len(), last.map(|frame| frame.line))
    };
    let of_thread = !one.exception.is_empty() || one.thread == other.thread;
    one.exception == other.exception && places(one) == places(other) && of_thread
}
