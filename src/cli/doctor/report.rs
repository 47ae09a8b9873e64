//! Prints one line per check, then a summary, and determines the exit code.

use crate::cli::exit::Exit;
use crate::cli::output::print_line;
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

    /// A failed call, temporary or to be fixed.
    pub(super) fn failure(&mut self, what: &str, whose: &str, failure: &Error) {
        let text = format!("{whose}: {failure}");
        if Exit::from(failure) == Exit::TryLater {
            self.temporary += 1;
            line("fail", what, &text);
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
        let summary = match (exit, self.warned) {
            (Exit::Success, 0) => format!("all {} checks passed", self.passed),
            (Exit::Success, 1) => "1 warning".to_owned(),
            (Exit::Success, warned) => format!("{warned} warnings"),
            (Exit::TryLater, _) => {
                "temporary failure: try again later, or check the network".to_owned()
            }
            _ if self.failed == 1 => "1 check failed: fix it and run doctor again".to_owned(),
            _ => format!(
                "{} checks failed: fix the first one and run doctor again",
                self.failed
            ),
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
    print_line(&format!("{word:<5} {what:<12} {text}"));
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
