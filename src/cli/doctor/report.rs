//! One line a check, counted; a sentence and an exit code at the end.

use crate::cli::exit::Exit;
use crate::cli::output::print_line;
use crate::error::Error;

/// What came of the checks so far.
#[derive(Debug, Default)]
pub(super) struct Checks {
    passed: usize,
    warned: usize,
    failed: usize,
    /// Failures that pass by themselves.
    later: usize,
    /// Whether what was asked for makes no sense.
    misused: bool,
}

impl Checks {
    pub(super) fn ok(&mut self, what: &str, text: &str) {
        self.passed += 1;
        line("ok", what, text);
    }

    /// Works, and may not be meant.
    pub(super) fn warn(&mut self, what: &str, text: &str) {
        self.warned += 1;
        line("warn", what, text);
    }

    /// Does not work until somebody mends it.
    pub(super) fn fail(&mut self, what: &str, text: &str) {
        self.failed += 1;
        line("fail", what, text);
    }

    /// A call's failure: whose move it is decides whether to try again or to mend something.
    pub(super) fn failure(&mut self, what: &str, whose: &str, failure: &Error) {
        let text = format!("{whose}: {failure}");
        if Exit::from(failure) == Exit::TryLater {
            self.later += 1;
            line("fail", what, &text);
        } else {
            self.fail(what, &text);
        }
    }

    /// A project of the command line that cannot be asked about.
    pub(super) fn unasked(&mut self, name: &str, failure: &Error) {
        self.misused = Exit::from(failure) == Exit::Usage;
        self.failure("project", name, failure);
    }

    fn exit(&self) -> Exit {
        match (self.failed, self.later) {
            _ if self.misused => Exit::Usage,
            (0, 0) => Exit::Success,
            (0, _) => Exit::TryLater,
            _ => Exit::Failed,
        }
    }

    /// The sentence at the end.
    pub(super) fn close(&self) -> Exit {
        let exit = self.exit();
        let told = match (exit, self.warned) {
            (Exit::Success, 0) => format!("All is well: {} checks passed.", self.passed),
            (Exit::Success, 1) => "It works; one line above deserves a look.".to_owned(),
            (Exit::Success, warned) => format!("It works; {warned} lines above deserve a look."),
            (Exit::TryLater, _) => {
                "The service did not answer as it should: try again later, or check the network."
                    .to_owned()
            }
            _ if self.failed == 1 => "One check failed: mend it and run this again.".to_owned(),
            _ => format!(
                "{} checks failed: mend the first one and run this again.",
                self.failed
            ),
        };
        print_line(&format!("\n{told}"));
        exit
    }
}

/// Always one line: a hint on a line of its own moves up, and vendor text loses its breaks.
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
    fn what_must_be_mended_outweighs_what_passes() {
        let mut checks = Checks::default();
        checks.warn("a", "b");
        assert_eq!(checks.exit(), Exit::Success);
        checks.failure("a", "b", &Error::Unreachable("no".to_owned()));
        assert_eq!(checks.exit(), Exit::TryLater);
        checks.fail("a", "b");
        assert_eq!(checks.exit(), Exit::Failed);
    }
}
