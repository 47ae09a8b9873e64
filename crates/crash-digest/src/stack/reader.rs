//! Reads a stack line by line: what each line is depends on what came before, and only here.

use super::super::frame::{Frame, Language};
use super::super::{grammar, text, threads};
use super::{Exception, ExceptionFrames, Part, Stack, exception, images, locks};

/// More inner exceptions than this are not told apart.
const DEEPEST: usize = 64;

pub(super) fn read(text: &str) -> Stack<'_> {
    let mut reader = Reader {
        text,
        ..Reader::default()
    };
    // One allocation for a thread of a dump; a whole report grows as it needs.
    reader.stack.frames.reserve((text.len() / 100).min(256));
    for line in text::lines(text) {
        let line = text::trim(line);
        if !line.is_empty() && !reader.line(line) {
            break;
        }
    }
    reader.finish()
}

#[derive(Default)]
struct Reader<'a> {
    text: &'a str,
    stack: Stack<'a>,
    /// Outer exceptions whose frames come after those of the inner ones.
    outer: Vec<Exception<'a>>,
    /// Inside a thread that is not the crashed one.
    skipping: bool,
    /// The crashed thread has been found; everything of other threads is not ours.
    settled: bool,
    /// The last thread's name, when it came on a line of its own.
    name: Option<&'a str>,
}

impl<'a> Reader<'a> {
    /// Takes one line; `false` when nothing after it belongs to this stack.
    fn line(&mut self, line: &'a str) -> bool {
        if let Some(header) = threads::header(line) {
            self.header(line, &header);
            return true;
        }
        // Tombstones put the other threads behind a rule.
        if line.starts_with("--- --- ---") {
            return self.stack.frames.is_empty();
        }
        if self.skipping {
            // Apple's list of images stands behind all threads.
            self.skipping = !(line.starts_with("Binary Images")
                || line.starts_with("Last Exception Backtrace"));
            if self.skipping {
                return true;
            }
        }
        match grammar::read(line) {
            Some(frame) if !is_image(line) => self.frame(line, frame),
            _ => self.other(line),
        }
        true
    }

    fn header(&mut self, line: &'a str, header: &threads::Header<'a>) {
        self.stack.facts.read(line);
        if header.name_only {
            self.name = header.name;
            return;
        }
        let in_use = self
            .stack
            .sections
            .iter()
            .any(|section| section.part == Part::Main && !section.frames.is_empty());
        self.skipping = self.settled || (in_use && !header.faulting);
        if header.faulting && !self.settled {
            self.settled = true;
            if in_use {
                // What was read so far is another thread's, apart from where the exception was raised.
                self.stack.locks.clear();
                let at = self
                    .stack
                    .sections
                    .iter()
                    .position(|section| section.part == Part::Main)
                    .unwrap_or_default();
                let keep = self.stack.sections[at].frames.start;
                self.stack.frames.truncate(keep);
                self.stack.sections.truncate(at);
            }
        }
        if !self.skipping {
            let name = header.name.or(self.name);
            self.stack.facts.thread = name.or(self.stack.facts.thread);
            self.stack.facts.thread_id = header.id.or(self.stack.facts.thread_id);
            if self
                .stack
                .sections
                .last()
                .is_some_and(|section| section.part == Part::Original)
            {
                self.open(Part::Main, Exception::default());
            }
        }
        self.name = None;
    }

    fn frame(&mut self, line: &'a str, frame: Frame<'a>) {
        if frame.language == Language::Native
            && let Some(module) = frame.module
            && let Some(build) = text::after(line, "(BuildId: ", b")")
        {
            self.stack.facts.build(module, build);
        }
        // The section opens first: it begins with this frame.
        self.section();
        self.stack.frames.push(frame);
        let end = self.stack.frames.len();
        self.section().frames.end = end;
    }

    /// The section that is being read; the first one opens itself.
    fn section(&mut self) -> &mut ExceptionFrames<'a> {
        if self.stack.sections.is_empty() {
            self.open(Part::Main, Exception::default());
        }
        self.stack
            .sections
            .last_mut()
            .expect("a section was opened above")
    }

    fn open(&mut self, part: Part, exception: Exception<'a>) {
        let at = self.stack.frames.len();
        self.stack.sections.push(ExceptionFrames {
            part,
            exception,
            frames: at..at,
            elided: 0,
        });
    }

    /// Opens a section named in `line`; inner exceptions behind ` ---> ` come first, as their frames do.
    fn named(&mut self, part: Part, line: &'a str) {
        let mut line = line;
        while let Some((front, inner)) = line
            .split_once(" ---> ")
            .filter(|_| self.outer.len() < DEEPEST)
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

    fn other(&mut self, line: &'a str) {
        let frames = self.stack.frames.len();
        match line.as_bytes()[0] {
            b'-' => {
                if let Some(lock) = locks::read(line, frames.saturating_sub(1)) {
                    self.stack.locks.push(lock);
                    return;
                }
                if line.starts_with("--- End of inner exception stack trace") {
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
                    return;
                }
                if let Some(inner) = line.strip_prefix("---> ")
                    && self.outer.len() < DEEPEST
                {
                    // The exception just named is the outer one; its frames come after those of the inner.
                    let named = self
                        .stack
                        .sections
                        .pop_if(|section| section.frames.is_empty());
                    let outer = named.map(|section| section.exception).unwrap_or_default();
                    self.outer.push(outer);
                    self.named(Part::Cause, inner);
                    return;
                }
                if line.starts_with("--- End of stack trace from previous location") {
                    return;
                }
            }
            b'.' => {
                if let Some((more, _)) = line.strip_prefix("... ").and_then(text::digits) {
                    self.section().elided = more.parse().unwrap_or_default();
                    return;
                }
            }
            b'C' if line.starts_with("Caused by: ") => return self.named(Part::Cause, &line[11..]),
            b'S' if line.starts_with("Suppressed: ") => {
                return self.named(Part::Suppressed, &line[12..]);
            }
            b'R' if line.starts_with("Rethrow as ") => {
                self.section().part = Part::Cause;
                return self.named(Part::Main, &line[11..]);
            }
            b'L' if line.starts_with("Last Exception Backtrace") => {
                return self.open(Part::Original, Exception::default());
            }
            b'(' if line.starts_with("(0x") => return self.addresses(line),
            b'a' if line.starts_with("at ") && self.place(line) => return,
            _ => {}
        }
        if self.stack.facts.read(line) || is_heading(line) {
            return;
        }
        self.words(line);
    }

    /// A line of words: the exception, more of its message, or nothing known.
    fn words(&mut self, line: &'a str) {
        // `EXCEPTION_ACCESS_VIOLATION reading address 0x10`
        if let Some(rest) = text::after(line, "EXCEPTION_", b"")
            && let Some(address) = text::after(rest, " address ", b" ")
        {
            self.stack.facts.fault_address = Some(address);
        }
        let fresh = self
            .stack
            .sections
            .last()
            .is_none_or(|section| section.frames.is_empty());
        if is_metadata(line) || !fresh {
            self.stack.unrecognized.push(line);
            return;
        }
        if self.stack.sections.is_empty() {
            return self.named(Part::Main, line);
        }
        let text = self.text;
        let section = self.section();
        if section.exception.is_empty() {
            section.exception = exception::read(line);
        } else if section.exception.name.is_none()
            && !section.exception.message.contains('\n')
            && exception::read(line).name.is_some()
        {
            // A banner stood before the exception: `*** Starfall has crashed ***`.
            section.exception = exception::read(line);
        } else {
            let end = line.as_ptr() as usize - text.as_ptr() as usize + line.len();
            let message = section.exception.message;
            let start = if message.is_empty() {
                end - line.len()
            } else {
                message.as_ptr() as usize - text.as_ptr() as usize
            };
            section.exception.message = text.get(start..end).unwrap_or(message);
        }
    }

    /// `(0x1a2b3c4d5 0x1a2b3c4e6 …)`: where the exception was raised, without symbols.
    fn addresses(&mut self, line: &'a str) {
        for word in line.trim_matches(['(', ')']).split_whitespace() {
            if let Some(address) = text::hex(word) {
                self.frame(
                    word,
                    Frame {
                        raw: word,
                        address: Some(address),
                        ..Frame::default()
                    },
                );
            }
        }
    }

    /// Rust's backtraces put the place on a line of its own: `at src/battle.rs:42:9`.
    fn place(&mut self, line: &'a str) -> bool {
        let (file, number) = text::file_line(&line[3..]);
        match self.stack.frames.last_mut() {
            Some(frame)
                if frame.file.is_none()
                    && number.is_some()
                    && frame.language == Language::Native =>
            {
                (frame.file, frame.line) = (Some(file), number);
                true
            }
            _ => false,
        }
    }

    fn finish(mut self) -> Stack<'a> {
        images::assign_images(&mut self.stack.frames, self.text);
        // An exception without frames of its own still stands; an empty section says nothing.
        self.stack
            .sections
            .retain(|section| !section.frames.is_empty() || !section.exception.is_empty());
        self.stack
    }
}

/// `0x104000000 - 0x1045fffff Starfall arm64 <2f5b…>` starts like a bare address.
fn is_image(line: &str) -> bool {
    line.starts_with("0x") && text::has(line, " - 0x")
}

fn is_heading(line: &str) -> bool {
    const HEADINGS: [&str; 16] = [
        "stack traceback",
        "backtrace",
        "Stack trace",
        "Stack Trace",
        "stack trace",
        "Stacktrace",
        "Stack",
        "Callstack",
        "[Callstack]",
        "Traceback",
        "Call stack",
        "Binary Images",
        "stack backtrace",
        "[Crash]",
        "Application Specific Information",
        "Child-SP          RetAddr               Call Site",
    ];
    let line = line
        .trim_end_matches(':')
        .trim_matches(['-', '=', '*', '#', ' ']);
    line.is_empty() || HEADINGS.contains(&line) || line.starts_with("Traceback (most recent")
}

/// Lines of a report's head and of its registers: true, but not the exception.
fn is_metadata(line: &str) -> bool {
    const LABELS: [&str; 27] = [
        "Operating system",
        "CPU",
        "GPU",
        "Found by",
        "ExceptionInformation",
        "Build fingerprint",
        "Revision",
        "ABI",
        "Timestamp",
        "Process uptime",
        "Cmdline",
        "uid",
        "Incident Identifier",
        "CrashReporter Key",
        "Hardware Model",
        "Path",
        "Identifier",
        "Version",
        "Code Type",
        "Role",
        "Parent Process",
        "Coalition",
        "Date/Time",
        "Launch Time",
        "OS Version",
        "Release Type",
        "Report Version",
    ];
    let label = line.split(':').next().unwrap_or_default().trim_end();
    // What virtual machines print between a thread's first line and its frames.
    if line.starts_with(['|', '(']) && !line.starts_with("(0x") || label == "java.lang.Thread.State"
    {
        return true;
    }
    if LABELS.contains(&label)
        || line.starts_with("*** *** ***")
        || label == "Baseband Version"
        || label == "Exception Note"
    {
        return true;
    }
    // `    x0  0000007b5c1a2b30  x1  …`, `    rax 0000…`.
    let (first, rest) = text::word(line);
    let (second, _) = text::word(rest);
    first.len() <= 4 && second.len() >= 8 && text::hex(second).is_some()
}
