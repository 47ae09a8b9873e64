//! Causes and reasons apart from the error: lists of Rust's error reports, the reason behind a store's frames.

use crate::model::{Builder, Exception, Part, read_exception};
use crate::text;

/// What the lines below the last heading are.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Below {
    #[default]
    Nothing,
    /// Rows of an error and what caused it, the outermost first: `0: no bay`, `1: no such file`.
    Errors,
    /// The exception's name and message, behind the frames.
    Reason,
}

/// Orleans counts an exception and those inside of it: `Exc level 0: System.AggregateException: …`, `Exc level 1: …`.
fn level<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some((number, said)) = line
        .strip_prefix("Exc level ")
        .and_then(text::digits)
        .and_then(|(number, rest)| Some((number, rest.strip_prefix(": ")?)))
    else {
        return false;
    };
    if number != "0" && !out.is_empty() {
        out.named(Part::Cause, said);
    } else if out.has_frames() {
        out.further(said);
    } else {
        out.sure(read_exception(said), said);
    }
    true
}

/// Reads them line by line.
#[derive(Debug, Default)]
pub(super) struct ListedCauses {
    below: Below,
}

impl ListedCauses {
    /// Takes a line; `false` where it is none of a report of this kind.
    pub(super) fn line<'a>(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        let below = std::mem::take(&mut self.below);
        match line.as_bytes() {
            b"Caused by:" => self.below = Below::Errors,
            b"Error:" if out.is_empty() => self.below = Below::Errors,
            b"### Reason ###" | b"## Reason" | b"### Reason"
                if out.has_frames() && out.section().exception.name.is_none() =>
            {
                self.below = Below::Reason;
            }
            [b'E', b'x', b'c', b' ', ..] if level(out, line) => {}
            _ => {
                return match below {
                    Below::Errors => self.error(out, line),
                    Below::Reason if read_exception(line).name.is_some() || !line.contains(' ') => {
                        let known = read_exception(line);
                        out.section().exception = if known.name.is_some() {
                            known
                        } else {
                            Exception {
                                name: Some(line),
                                message: "",
                            }
                        };
                        true
                    }
                    _ => report(out, line),
                };
            }
        }
        true
    }

    /// A row of the list, or the only one without a number; `false` where the list has ended.
    fn error<'a>(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        let row = text::digits(line).and_then(|(_, rest)| rest.strip_prefix(": "));
        let single = out.stack.facts.reasons.is_empty() && !out.is_empty();
        let Some(row) = row.or(single.then_some(line)) else {
            return report(out, line);
        };
        let row = row.trim();
        if crate::grammar::read(line).is_some() || row.starts_with("at ") {
            return false;
        }
        self.below = Below::Errors;
        if out.is_empty() {
            out.section().exception = Exception {
                name: None,
                message: row,
            };
            out.cut();
        } else {
            out.stack.facts.reason("caused by", row);
        }
        true
    }
}

/// color-eyre: `The application panicked (crashed).`, `Message:  no bay`, `Location: src/dock.rs:31`, `⋮ 8 frames hidden ⋮`;
/// human-panic: `Panic occurred in file 'src/dock.rs' at line 31` and quotation marks of its file.
fn report<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if line.starts_with('⋮') && line.ends_with('⋮') || matches!(line, "'''" | "\"\"\"") {
        out.cut();
        return true;
    }
    if line.starts_with("The application panicked (crashed)") && out.is_fresh() {
        out.section().exception = Exception {
            name: Some("panic"),
            message: "",
        };
        return true;
    }
    let panicked = out.is_fresh() && !out.is_empty() && {
        let exception = out.section().exception;
        exception.name == Some("panic") && !exception.message.contains('\n')
    };
    if panicked && let Some(place) = line.strip_prefix("Location: ") {
        out.stack.facts.reason("at", place);
        out.cut();
        return true;
    }
    if panicked
        && let Some(message) = line.strip_prefix("Message: ")
        && out.section().exception.message.is_empty()
    {
        out.section().exception.message = message.trim_start();
        return true;
    }
    false
}
