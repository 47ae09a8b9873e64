//! Python: the innermost frame stands last, the exception behind it.

use super::reader::{Line, Reader};
use crate::frame::Frame;
use crate::grammar::{self, Printers};
use crate::model::{Builder, Exception, Part, read_exception};
use crate::text;

/// How much a line speaks for this format.
pub(super) fn score(line: &str) -> u32 {
    match line.as_bytes() {
        [b'T', ..] if line.starts_with("Traceback (most recent call last)") => 8,
        [b'F', ..] if line.starts_with("File \"") && text::has(line, "\", line ") => 5,
        _ => 0,
    }
}

/// Reads tracebacks; an earlier one is the cause of a later one.
#[derive(Default)]
pub(super) struct Python<'a> {
    frames: Vec<Frame<'a>>,
    /// Behind a frame its source line is no news.
    source: bool,
    tracebacks: Vec<(Exception<'a>, Vec<Frame<'a>>)>,
    /// `most recent call first`, as `faulthandler` prints.
    reversed: bool,
    /// The last heading that was seen.
    heading: Option<&'a str>,
    /// The words before the first frame.
    before: Option<&'a str>,
    /// A blank line stood behind the exception: what follows is no more of its message.
    ended: bool,
    /// Ren'Py's short tracebacks, before the full ones that repeat them.
    short: Vec<(Exception<'a>, Vec<Frame<'a>>)>,
}

impl<'a> Reader<'a> for Python<'a> {
    fn line(&mut self, out: &mut Builder<'a>, line: Line<'a>) {
        let indent = line.indent;
        let line = line.text;
        if let Some(frame) = grammar::read_as(Printers::Python, line) {
            self.frames.push(frame);
            self.source = true;
            return;
        }
        if text::has(line, "most recent call first") {
            self.reversed = true;
            return;
        }
        // Ren'Py prints the game's own frames first, and then all of them again.
        if line == "Full traceback:" || line.starts_with("-- Full Traceback") {
            self.close(Exception::default());
            if !self.tracebacks.is_empty() {
                self.short = std::mem::take(&mut self.tracebacks);
            }
            return;
        }
        // The rules between the exceptions of a group: `+-+---------------- 1 ----------------`.
        if line.starts_with("+-") {
            return;
        }
        if text::has(line, "most recent call last") {
            self.heading = Some(line);
        }
        if line.starts_with("Traceback (most recent call last)") {
            self.close(Exception::default());
            return;
        }
        if line.starts_with("During handling of the above")
            || line.starts_with("The above exception was the direct cause")
        {
            return;
        }
        if self.source
            && (indent > 0 || line.bytes().all(|byte| matches!(byte, b'^' | b'~' | b' ')))
        {
            return;
        }
        let fatal = out
            .stack
            .sections
            .last()
            .is_some_and(|section| !section.exception.is_empty());
        if !self.frames.is_empty() && fatal {
            return out.stack.unrecognized.push(line);
        }
        // What a service left out of the list: `...`.
        if !line.bytes().any(|byte| byte.is_ascii_alphanumeric()) {
            return;
        }
        if !self.frames.is_empty() {
            self.source = false;
            let exception = read_exception(line);
            let exception = if exception.name.is_none() {
                // Python's types need no ending: `KeyError: 'x'`, `app.Stop`.
                let (name, message) = text::split_once(line, ": ").unwrap_or((line, ""));
                if name.contains(' ') {
                    exception
                } else {
                    Exception {
                        name: Some(name),
                        message,
                    }
                }
            } else {
                exception
            };
            return self.close(exception);
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
        match self.tracebacks.last_mut() {
            Some((exception, _)) if !self.ended && exception.name.is_some() => {
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
            self.reversed = true;
            exception = self.before.map(read_exception).unwrap_or_default();
        }
        self.close(exception);
        // The text may end before the full ones.
        if self.tracebacks.is_empty() {
            self.tracebacks = std::mem::take(&mut self.short);
        }
        let count = self.tracebacks.len();
        let fatal = out.stack.sections.last().map(|section| section.exception);
        for (at, (exception, mut frames)) in std::mem::take(&mut self.tracebacks)
            .into_iter()
            .rev()
            .enumerate()
        {
            if !self.reversed {
                frames.reverse();
            }
            let part = if at == 0 { Part::Main } else { Part::Cause };
            let exception = if exception.is_empty() && at + 1 == count {
                fatal.unwrap_or_default()
            } else {
                exception
            };
            if at == 0 {
                out.stack.sections.clear();
            }
            out.open(part, exception);
            for frame in frames {
                out.frame(frame);
            }
        }
    }
}

/// Whether a frame is of Python's own code.
fn is_script(frame: &Frame<'_>) -> bool {
    frame.file.is_none_or(|file| {
        [".py", ".rpy", ".pyx", ".pyc", ".rpyc", ".rpym", ".pyo", ">"]
            .iter()
            .any(|end| file.ends_with(end))
            || !text::base_name(file).contains('.')
    })
}

impl<'a> Python<'a> {
    fn close(&mut self, exception: Exception<'a>) {
        self.ended = false;
        if !self.frames.is_empty() || !exception.is_empty() {
            self.tracebacks
                .push((exception, std::mem::take(&mut self.frames)));
        }
    }
}
