//! Rows that stand in no stack of `WinDbg`'s, without the heading of its columns: they are frames where a text has no others.

use crate::frame::Frame;
use crate::model::{Builder, RelatedKind};
use crate::text;

/// More stacks than this are not told apart.
const MOST: usize = 8;
/// A stack that somebody quotes has at least so many rows.
const FEWEST: usize = 2;

/// Such rows.
#[derive(Default)]
pub(super) struct Loose<'a> {
    frames: Vec<Frame<'a>>,
    /// Which of them is where the debugger stopped.
    stopped: Option<usize>,
    /// What a person said behind the last row.
    said: Option<&'a str>,
    /// Where another stack begins, and what leads to it.
    others: Vec<(usize, &'a str)>,
}

impl<'a> Loose<'a> {
    /// Takes a row.
    pub(super) fn push(&mut self, frame: Frame<'a>) {
        if let Some(said) = self.said.take() {
            let begins = self.others.last().map_or(0, |(at, _)| *at);
            if self.frames.len() >= begins + FEWEST && self.others.len() < MOST {
                self.others.push((self.frames.len(), said));
            }
        }
        self.frames.push(frame);
    }

    /// Where the debugger stopped, the last time that it did.
    pub(super) fn stopped(&mut self, place: Frame<'a>) {
        if let Some(before) = self.stopped.and_then(|at| self.frames.get_mut(at)) {
            *before = place;
        } else {
            self.stopped = Some(self.frames.len());
            self.push(place);
        }
    }

    /// Words between rows: where a person leads from one stack to another, a line that names a thread tells most of it.
    pub(super) fn words(&mut self, line: &'a str) {
        if self.frames.len() >= FEWEST
            && is_sentence(line)
            && self.said.is_none_or(|said| thread(said).is_none())
        {
            self.said = Some(line);
        }
    }

    /// The rows as frames: the first stack is the text's, others stand beside it.
    pub(super) fn end(self, out: &mut Builder<'a>) {
        let mut others = self.others.into_iter().peekable();
        let count = self.frames.len();
        for (at, frame) in self.frames.into_iter().enumerate() {
            if let Some((_, said)) = others.next_if(|(begins, _)| *begins == at)
                && others.peek().map_or(count, |(next, _)| *next) >= at + FEWEST
            {
                out.related(RelatedKind::Further, said, thread(said));
            }
            out.frame(frame);
        }
    }
}

/// Whether a line is words alone, and several of them.
fn is_sentence(line: &str) -> bool {
    let plain = |word: &str| {
        let word = word.trim_matches(['.', ',', ':', ';', '!', '?', '(', ')', '"', '*']);
        word.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'\'' | b'-' | b'/' | b'`'))
    };
    let words = line.split(' ').filter(|word| !word.is_empty());
    line.starts_with(|c: char| c.is_ascii_alphabetic())
        && line.split(' ').count() >= 5
        && words.into_iter().all(plain)
}

/// The thread that a sentence names: `In my case thread 196 is one of them`.
fn thread(said: &str) -> Option<&str> {
    let rest = text::after(said, "hread ", b"")?;
    text::digits(rest.trim_start_matches('#')).map(|(number, _)| number)
}
