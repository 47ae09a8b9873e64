//! Prints one line per check, then a summary, and determines the exit code.

use anstyle::AnsiColor;

use crate::cli::exit::Exit;
use crate::cli::output::print_line;
use crate::cli::terminal::print_styled;
use crate::error::Error;

/// Results of the checks so far.
#[derive(Debug, Default)]
pub(super) struct Checks {
    passed: usize,
    warned: usize,
    failed: usize,
    /// Temporary failures.
    temporary: usize,
    /// Whether the command line is wrong.
    usage_error: bool,
}

impl Checks {
    pub(super) fn ok(&mut self, what: &str, text: &str) {
        self.passed += 1;
        line("ok", what, text);
    }

    /// A fact, which is not counted as a check.
    #[expect(
        clippy::unused_self,
        reason = "every line is printed through the checks"
    )]
    pub(super) fn note(&self, what: &str, text: &str) {
        line("note", what, text);
    }

    /// Works, but may be unintended.
    pub(super) fn warn(&mut self, what: &str, text: &str) {
        self.warned += 1;
        line("warn", what, text);
    }

    /// Does not work until fixed.
    pub(super) fn fail(&mut self, what: &str, text: &str) {
        self.failed += 1;
        line("fail", what, text);
    }

    /// Does not work now, but may later.
    pub(super) fn temporary(&mut self, what: &str, text: &str) {
        self.temporary += 1;
        line("fail", what, text);
    }

    /// A failed call, temporary or to be fixed.
    pub(super) fn failure(&mut self, what: &str, whose: &str, failure: &Error) {
        let text = format!("{whose}: {failure}");
        if Exit::from(failure) == Exit::TryLater {
            self.temporary(what, &text);
        } else {
            self.fail(what, &text);
        }
    }

    /// A project from the command line that cannot be checked.
    pub(super) fn skipped(&mut self, name: &str, failure: &Error) {
        self.usage_error = Exit::from(failure) == Exit::Usage;
        self.failure("project", name, failure);
    }

    fn exit(&self) -> Exit {
        match (self.failed, self.temporary) {
            _ if self.usage_error => Exit::Usage,
            (0, 0) => Exit::Success,
            (0, _) => Exit::TryLater,
            _ => Exit::Failed,
        }
    }

    /// Prints the summary and returns the exit code.
    pub(super) fn summary(&self) -> Exit {
        let exit = self.exit();
        let failed = self.failed + self.temporary;
        let mut counts = vec![format!("{} passed", self.passed)];
        if self.warned > 0 {
            let plural = if self.warned == 1 { "" } else { "s" };
            counts.push(format!("{} warning{plural}", self.warned));
        }
        if failed > 0 {
            counts.push(format!("{failed} failed"));
        }
        let counts = counts.join(", ");
        let summary = match exit {
            Exit::Success if self.warned == 0 => format!("all {} checks passed", self.passed),
            Exit::Success => counts,
            Exit::TryLater => {
                format!("{counts}: temporary, try again later or check the network")
            }
            _ => format!("{counts}: fix the first failure and run doctor again"),
        };
        print_line(&format!("\n{summary}"));
        exit
    }
}

/// Prints one line; line breaks in hints and vendor text are removed.
fn line(word: &str, what: &str, text: &str) {
    let text: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    let text = crate::reply::inline(&text.join("; "), 600);
    let style = match word {
        "ok" => AnsiColor::Green,
        "warn" => AnsiColor::Yellow,
        "note" => AnsiColor::Cyan,
        _ => AnsiColor::Red,
    }
    .on_default();
    print_styled(&format!("{style}{word:<5}{style:#} {what:<12} {text}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permanent_failures_outweigh_temporary_ones() {
        let mut checks = Checks::default();
        checks.warn("a", "b");
        assert_eq!(checks.exit(), Exit::Success);
        checks.failure("a", "b", &Error::unreachable("no"));
        assert_eq!(checks.exit(), Exit::TryLater);
        checks.fail("a", "b");
        assert_eq!(checks.exit(), Exit::Failed);
    }
}
