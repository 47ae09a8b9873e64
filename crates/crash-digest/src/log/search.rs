//! Search in a log: text or a regular expression, with the lines around each hit.

use regex::{Regex, RegexBuilder};

use super::lines::Log;

/// A compiled expression may take this much memory; the engine's time is linear in the text.
const LARGEST: usize = 1 << 20;
/// Longer patterns are a mistake.
const LONGEST: usize = 1000;

/// What to look for.
#[derive(Debug, Clone)]
pub struct Pattern(Regex);

impl Pattern {
    /// Plain text, in any case.
    pub fn text(text: &str) -> Result<Self, String> {
        Self::build(&regex::escape(text))
    }

    /// A regular expression, in any case unless it says `(?-i)`.
    pub fn regex(expression: &str) -> Result<Self, String> {
        Self::build(expression)
    }

    /// `/expression/` or plain text.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text
            .strip_prefix('/')
            .and_then(|rest| rest.strip_suffix('/'))
            .filter(|inner| !inner.is_empty())
        {
            Some(expression) => Self::regex(expression),
            None => Self::text(text),
        }
    }

    fn build(expression: &str) -> Result<Self, String> {
        if expression.trim().is_empty() || expression.len() > LONGEST {
            return Err(format!(
                "a pattern must have 1 to {LONGEST} characters, not {}",
                expression.len()
            ));
        }
        let regex = RegexBuilder::new(expression)
            .case_insensitive(true)
            .multi_line(true)
            .size_limit(LARGEST)
            .dfa_size_limit(LARGEST)
            .build();
        regex.map(Self).map_err(|error| {
            // The last line says what is wrong; those before draw where.
            let error = error.to_string();
            let reason = error.lines().last().unwrap_or_default();
            format!(
                "not a regular expression: {}",
                reason.trim_start_matches("error: ")
            )
        })
    }
}

/// A line of a search's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit<'a> {
    /// Its number, from 1.
    pub number: usize,
    /// The whole line.
    pub text: &'a str,
    /// Whether the pattern is in it; else it is there for context.
    pub matched: bool,
}

/// What a search found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found<'a> {
    /// Lines with a match and those around them, in order, each once.
    pub lines: Vec<Hit<'a>>,
    /// How many lines match in all, shown or not.
    pub matched: usize,
    /// How many of them are shown.
    pub shown: usize,
}

impl<'a> Log<'a> {
    /// The first `most` lines that match, with `context` lines before and after each.
    pub fn search(&self, pattern: &Pattern, context: usize, most: usize) -> Found<'a> {
        let mut found = Found::default();
        let mut byte = 0;
        let mut next = 1;
        while byte <= self.text.len() && !self.is_empty() {
            let Some(hit) = pattern.0.find_at(self.text, byte) else {
                break;
            };
            let number = self.number_at(hit.start()).max(1);
            if found.matched >= most {
                found.matched += 1;
            } else {
                found.matched += 1;
                found.shown += 1;
                let first = number.saturating_sub(context).max(next);
                let last = number.saturating_add(context).min(self.len());
                for line in first..=last {
                    found.lines.extend(self.line(line).map(|text| Hit {
                        number: line,
                        text,
                        matched: line == number,
                    }));
                }
                // A hit among the context of the one before is already there.
                if number < next
                    && let Some(line) = found
                        .lines
                        .iter_mut()
                        .rev()
                        .find(|line| line.number == number)
                {
                    line.matched = true;
                }
                next = next.max(last + 1);
            }
            // One hit a line is enough.
            match self.starts.get(number) {
                Some(&start) => byte = start,
                None => break,
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn context_overlaps_without_repeating() {
        let log = Log::new("a\nHIT 1\nhit 2\nb\nc\nd\nhit 3\n");
        let found = log.search(&Pattern::text("hit").unwrap(), 1, 2);
        let lines: Vec<_> = found
            .lines
            .iter()
            .map(|hit| (hit.number, hit.matched))
            .collect();
        assert_eq!(lines, [(1, false), (2, true), (3, true), (4, false)]);
        assert_eq!((found.matched, found.shown), (3, 2));
    }

    #[test]
    fn expressions_are_bounded_and_explain_themselves() {
        assert!(Pattern::parse("/hit [0-9]+/").is_ok());
        assert_eq!(
            Pattern::parse("/hit (/").unwrap_err(),
            "not a regular expression: unclosed group"
        );
        assert!(Pattern::regex("(a{1000}){1000}").is_err());
        assert!(Pattern::text("").is_err());
        let many = "a".repeat(100_000);
        assert_eq!(
            Log::new(&many)
                .search(&Pattern::regex("(a+)+$x").unwrap(), 0, 5)
                .matched,
            0
        );
    }
}
