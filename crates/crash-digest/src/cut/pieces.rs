//! Cuts a document into threads and what stands around them.

use super::header::{self, Header};
use super::memcheck;
use crate::grammar::{self, Printers};
use crate::text;

/// A part of a document: a thread, or what stands before, between and behind threads.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Piece<'a> {
    /// The thread's heading; `None` for what is no thread.
    pub header: Option<Header<'a>>,
    /// The heading as printed.
    pub heading: &'a str,
    /// The lines behind the heading.
    pub text: &'a str,
    /// The process it belongs to, from 1; 0 where the document names none.
    pub process: usize,
}

/// Cuts a document.
pub(crate) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut cutter = Cutter {
        text,
        pieces: Vec::new(),
        open: Piece::default(),
        start: 0,
        name: None,
        process: 0,
        skipped: false,
        listed: false,
        headed: false,
        called: None,
    };
    for line in text::lines(text) {
        // Frames make up nearly all of a dump; only a few first letters can begin a thread or end one.
        let trimmed = text::trim(line);
        let (Some(first), Some(last)) = (trimmed.as_bytes().first(), trimmed.as_bytes().last())
        else {
            continue;
        };
        let begins = matches!(
            first,
            b'"' | b'T' | b'F' | b'p' | b'.' | b'#' | b'0'
                ..=b'9'
                    | b'B'
                    | b'j'
                    | b'J'
                    | b'l'
                    | b'L'
                    | b'g'
                    | b'C'
                    | b'O'
                    | b'P'
                    | b's'
                    | b'S'
                    | b'R'
                    | b'*'
                    | b't'
                    | 0xc3..
        );
        // Play Console's headings end in a number.
        let numbered = || last.is_ascii_digit() && text::has(trimmed, "tid=");
        // A rule, which a lock below a frame is not: `- locked <0x0d6c>`.
        let ruled =
            *first == b'-' && (trimmed.starts_with("--") || trimmed.starts_with("- thread #"));
        if begins || ruled || *last == b')' || numbered() {
            cutter.line(line, trimmed);
        }
    }
    cutter.close(text.len());
    cutter.pieces
}

/// `ndk-stack`'s heading of each report that it reads.
pub(crate) const OF_NDK_STACK: &str = "********** Crash dump: ***";

/// The machine's own threads are no more.
const MOST_WITHOUT_CALLS: usize = 64;

/// Whether a call stands in the text.
fn has_calls(text: &str) -> bool {
    text::lines(text).any(|line| text::trim(line).starts_with("at "))
}

struct Cutter<'a> {
    text: &'a str,
    pieces: Vec<Piece<'a>>,
    open: Piece<'a>,
    /// Where the open piece's lines begin.
    start: usize,
    /// The next thread's name, when it stands on a line of its own.
    name: Option<&'a str>,
    process: usize,
    /// The last heading was followed by another of the same thread.
    skipped: bool,
    /// A thread with a whole heading was seen.
    headed: bool,
    /// Whether calls stand above a list of deadlocks, once that was looked for.
    called: Option<bool>,
    /// Threads begin with their name alone: `jstack`'s stacks of a deadlock, where the dump around them is cut off.
    listed: bool,
}

impl<'a> Cutter<'a> {
    fn line(&mut self, line: &'a str, trimmed: &'a str) {
        let at = line.as_ptr() as usize - self.text.as_ptr() as usize;
        // A tombstone behind another's threads is another process's.
        let again = (trimmed.starts_with("*** *** ***") || trimmed.starts_with(OF_NDK_STACK))
            && (self.open.header.is_some() || !self.pieces.is_empty());
        if trimmed.starts_with("----- pid ") || again {
            self.close(at);
            self.process += 1;
            self.open = Piece {
                process: self.process,
                ..Piece::default()
            };
            self.start = at;
        } else if trimmed.starts_with("Found ") && text::has(trimmed, " Java-level deadlock") {
            // The end of a dump: the machine's own threads above have no calls, and the stacks are those that follow.
            let threads = self.open.header.is_some() || !self.pieces.is_empty();
            if threads && self.called.is_none() && self.pieces.len() < MOST_WITHOUT_CALLS {
                self.called = Some(has_calls(&self.text[..at]));
            }
            if self.called == Some(false) {
                self.close(at);
                self.open = Piece {
                    process: self.process,
                    ..Piece::default()
                };
            }
        } else if trimmed.starts_with(['J', '#'])
            // A person may make a heading of it.
            && trimmed
                .trim_start_matches(['#', ' '])
                .starts_with("Java stack information for the threads listed above")
        {
            self.listed = self.called == Some(false)
                || !self.pieces.iter().any(|piece| piece.header.is_some());
        } else if let Some(header) =
            header::read(trimmed).or_else(|| self.name_alone(trimmed, at + line.len()))
        {
            // `#00 pc …` and Java's frames can end like a heading; only frames of the open thread do.
            if trimmed.starts_with('#')
                && !trimmed.starts_with("##")
                && !text::has(trimmed, " Id: ")
                || header.state.is_some()
                    && header.id.is_none()
                    && header.name.is_some_and(|name| name.contains('.'))
                    && grammar::read_as(Printers::Java, trimmed).is_some()
            {
                return;
            }
            // Valgrind's errors stand one below the other, whatever threads they are of.
            if memcheck::thread(trimmed).is_some() && self.is_before_error(at + line.len()) {
                return;
            }
            if header.name_only {
                self.close(at);
                self.name = header.name;
                self.open = Piece {
                    process: self.process,
                    ..Piece::default()
                };
                self.start = at + line.len();
                return;
            }
            let doubled = self.open.header.is_some_and(|open| {
                open.name == header.name
                    && open.id == header.id
                    && self.text[self.start..at].trim().is_empty()
            });
            if doubled {
                self.skipped = true;
            } else {
                self.close(at);
            }
            self.headed = true;
            self.open = Piece {
                header: Some(Header {
                    name: header.name.or(self.name.take()),
                    ..header
                }),
                heading: trimmed,
                text: "",
                process: self.process,
            };
            self.name = None;
            self.start = at + line.len();
        } else if self.ends(trimmed) {
            self.close(at);
            self.open = Piece {
                process: self.process,
                ..Piece::default()
            };
            self.start = at;
        } else if let Some(header) = &mut self.open.header
            && let Some(state) = trimmed
                .strip_prefix("java.lang.Thread.State: ")
                .or_else(|| watchdog_state(trimmed))
        {
            header.state = Some(state);
        }
    }

    /// Whether the line from there on names an error that Valgrind found.
    fn is_before_error(&self, at: usize) -> bool {
        let next = self
            .text
            .get(at..)
            .and_then(|rest| text::lines(rest).find(|line| !line.trim().is_empty()));
        next.is_some_and(|line| memcheck::is_error(text::trim(line)))
    }

    /// A heading of a thread's name alone: below the words that announce such stacks, or directly above a frame where no thread
    /// has a whole heading. The line ends at `end`.
    fn name_alone(&mut self, line: &'a str, end: usize) -> Option<Header<'a>> {
        let name = line.strip_prefix('"')?.strip_suffix("\":")?;
        self.listed |= !self.headed && self.is_before_call(end);
        self.listed.then(|| Header {
            name: Some(name),
            ..Header::default()
        })
    }

    /// Whether a frame of Java stands in the line below.
    fn is_before_call(&self, at: usize) -> bool {
        let mut below = self.text.get(at..).map(text::lines).into_iter().flatten();
        // The end of the line itself.
        let next = below.find(|line| !line.trim().is_empty());
        next.is_some_and(|line| text::trim(line).starts_with("at "))
    }

    /// Lines behind which no frame of the open thread stands.
    fn ends(&self, line: &str) -> bool {
        // Frames are told by their first letter.
        if !matches!(
            line.as_bytes().first(),
            Some(b'B' | b'-' | b'L' | b'O' | b's' | b'T' | b'r')
        ) {
            return false;
        }
        let list = [
            "Binary Images",
            "----- end",
            "Loaded modules",
            "Last Exception",
            "Other thread info",
            "siginfo:",
            "Thread 0 crashed with",
            "rax ",
        ];
        self.open.header.is_some() && list.iter().any(|start| line.starts_with(start))
            || line.starts_with("Last Exception")
    }

    fn close(&mut self, end: usize) {
        self.skipped = false;
        let text = self.text.get(self.start..end).unwrap_or_default();
        let piece = std::mem::take(&mut self.open);
        if piece.header.is_some() || !text.trim().is_empty() {
            self.pieces.push(Piece { text, ..piece });
        }
        self.start = end;
    }
}

/// A server's watchdog: `PID: 81 | Suspended: false | Native: true | State: RUNNABLE | Blocked Time: -1`.
fn watchdog_state(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("PID: ")?;
    text::after(rest, "| State: ", b"|")
}
