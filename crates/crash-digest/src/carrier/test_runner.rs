//! What pytest prints of a test that failed, its sources between: `>   return bay + 1`, `E   TypeError: …`, `orbit/dock.py:71: TypeError`.
//!
//! It is printed again as the traceback that Python itself would have shown.

use std::fmt::Write as _;

use memchr::memmem;

use super::log_field::{FURTHER, LOGGED};
use crate::text;

/// A test that failed.
#[derive(Default)]
struct Failure<'a> {
    test: &'a str,
    /// Its tracebacks, each with the sentence that leads to the next.
    told: String,
    frames: Vec<(&'a str, &'a str, &'a str)>,
    error: Vec<&'a str>,
    /// What the last place says was raised.
    name: &'a str,
    /// The function that the sources above a place are of.
    function: &'a str,
}

/// The tracebacks; `None` where the text has no such failure.
pub(super) fn render(document: &str) -> Option<String> {
    if !document.starts_with("E   ") {
        memmem::find(document.as_bytes(), b"\nE   ")?;
    }
    let mut front = String::new();
    let mut failures: Vec<Failure<'_>> = vec![Failure::default()];
    for line in text::lines(document) {
        let failure = failures.last_mut()?;
        if let Some(test) = heading(line) {
            failures.push(Failure {
                test,
                ..Failure::default()
            });
        } else if line.starts_with("====") && text::has(line, " short test summary") {
            break;
        } else if !failure.line(line) && failures.len() == 1 && failures[0].frames.is_empty() {
            front.extend([line, "\n"]);
        }
    }
    let mut told = failures
        .into_iter()
        .filter_map(|mut failure| failure.close("").then_some((failure.test, failure.told)));
    let (test, first) = told.next()?;
    let mut out = String::new();
    if !test.is_empty() {
        let _ = writeln!(out, "{LOGGED}{test}");
    }
    out.push_str(&first);
    for (test, further) in told {
        let _ = write!(out, "\n{FURTHER}{test}\n{further}");
    }
    out.push('\n');
    out.push_str(&front);
    Some(out)
}

/// The name of a test between two rules: `_____ test_open _____`.
fn heading(line: &str) -> Option<&str> {
    let rule = line.starts_with("____") && line.trim_end().ends_with("____");
    let test = line.trim_matches(['_', ' ']);
    (rule && !test.is_empty()).then_some(test)
}

impl<'a> Failure<'a> {
    /// Takes a line; `false` where it says nothing of the failure.
    fn line(&mut self, line: &'a str) -> bool {
        if let Some(error) = line.strip_prefix("E ") {
            self.error.push(error.get(2..).unwrap_or(error).trim_end());
            return true;
        }
        let bare = line.trim();
        if bare.starts_with("During handling of the above")
            || bare.starts_with("The above exception was")
        {
            return self.close(bare);
        }
        if let Some(def) = bare
            .strip_prefix("async ")
            .unwrap_or(bare)
            .strip_prefix("def ")
        {
            self.function = def.split('(').next().unwrap_or(def);
            return true;
        }
        let Some((path, number, behind)) = place(line) else {
            return false;
        };
        let function = match behind.strip_prefix("in ") {
            Some(function) => function,
            None => std::mem::take(&mut self.function),
        };
        self.name = behind.strip_prefix("in ").map_or(behind, |_| "");
        self.frames.push((path, number, function));
        true
    }

    /// Writes what was read so far as a traceback, with the sentence behind it; `false` where there is none.
    fn close(&mut self, sentence: &str) -> bool {
        let error = std::mem::take(&mut self.error);
        let frames = std::mem::take(&mut self.frames);
        let name = std::mem::take(&mut self.name);
        let Some((first, further)) = error.split_first() else {
            return false;
        };
        if frames.is_empty() {
            return false;
        }
        self.told.push_str("Traceback (most recent call last):\n");
        for (path, number, function) in frames {
            let _ = write!(self.told, "  File \"{path}\", line {number}");
            if !function.is_empty() {
                let _ = write!(self.told, ", in {function}");
            }
            self.told.push('\n');
        }
        let first = first.trim();
        let name = if name.is_empty() {
            "AssertionError"
        } else {
            name
        };
        let named = crate::model::names_exception(first)
            || first.starts_with(name)
            || text::split_once(first, ": ").is_some_and(|(front, _)| front.ends_with(name));
        if !named {
            let _ = write!(self.told, "{name}: ");
        }
        self.told.extend([first, "\n"]);
        for line in further {
            self.told.extend([*line, "\n"]);
        }
        if !sentence.is_empty() {
            let _ = write!(self.told, "\n{sentence}\n\n");
        }
        true
    }
}

/// A place, and what was raised there or the function: `orbit/dock.py:71: TypeError`, `orbit/dock.py:71: in open`.
fn place(line: &str) -> Option<(&str, &str, &str)> {
    let at = text::find(line, ".py:")? + ".py".len();
    let path = line.get(..at).filter(|path| !path.contains(' '))?;
    let (number, rest) = text::digits(line.get(at + 1..)?)?;
    let behind = rest.strip_prefix(':')?.trim();
    let fits = behind.is_empty()
        || behind.starts_with("in ")
        || !behind.contains(' ') && behind.starts_with(|c: char| c.is_ascii_alphabetic());
    fits.then_some((path, number, behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_becomes_a_traceback() {
        let text = "____ test_open ____\n\n    def test_open():\n>       open(None)\n\ntests/t.py:12:\n_ _ _\n\n    def open(bay):\n>       assert bay\nE       assert None\n\ndock.py:71: AssertionError\n";
        assert_eq!(
            render(text).as_deref(),
            Some(
                "Logged as: test_open\nTraceback (most recent call last):\n  File \"tests/t.py\", line 12, in test_open\n  File \"dock.py\", line 71, in open\nAssertionError: assert None\n\n"
            )
        );
        assert_eq!(render("x\nE   no frames\n"), None);
        assert_eq!(render("E   é\n"), None);
    }
}
