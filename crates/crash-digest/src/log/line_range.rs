//! Which lines of a log somebody asks for.

use std::ops::RangeInclusive;
use std::str::FromStr;

/// Lines asked for: `120..200` with both ends, `120..`, `120`, `last 50`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineRange {
    /// From the first number to the last, both included, from 1.
    Lines(usize, usize),
    /// The last so many.
    Last(usize),
}

impl LineRange {
    /// The line numbers inside a log of `len` lines.
    pub fn within(self, len: usize) -> RangeInclusive<usize> {
        match self {
            Self::Lines(first, last) => first.max(1)..=last.min(len),
            Self::Last(count) => len.saturating_sub(count) + 1..=len,
        }
    }
}

impl FromStr for LineRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "lines must be `120..200` or `last 50`, not `{}`",
                super::super::text::head(text, 40)
            )
        };
        let number = |text: &str| text.trim().parse::<usize>().map_err(|_| wrong());
        let text = text.trim();
        if let Some(count) = text.strip_prefix("last") {
            return number(count).map(Self::Last);
        }
        let Some((first, last)) = text.split_once("..").or_else(|| text.split_once('-')) else {
            return number(text).map(|line| Self::Lines(line, line));
        };
        let first = if first.trim().is_empty() {
            1
        } else {
            number(first)?
        };
        let last = last.trim_start_matches('=');
        let last = if last.trim().is_empty() {
            usize::MAX
        } else {
            number(last)?
        };
        if first == 0 || last < first {
            return Err(wrong());
        }
        Ok(Self::Lines(first, last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_people_write() {
        assert_eq!("120..200".parse(), Ok(LineRange::Lines(120, 200)));
        assert_eq!("120..=200".parse(), Ok(LineRange::Lines(120, 200)));
        assert_eq!("120-200".parse(), Ok(LineRange::Lines(120, 200)));
        assert_eq!("7".parse(), Ok(LineRange::Lines(7, 7)));
        assert_eq!("5..".parse(), Ok(LineRange::Lines(5, usize::MAX)));
        assert_eq!("last 50".parse(), Ok(LineRange::Last(50)));
        assert_eq!(
            "9..3".parse::<LineRange>(),
            Err("lines must be `120..200` or `last 50`, not `9..3`".to_owned())
        );
        assert!("0..3".parse::<LineRange>().is_err() && "some".parse::<LineRange>().is_err());
    }
}
