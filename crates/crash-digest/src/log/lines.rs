//! The lines of a log by number. Nothing is copied.

use memchr::memchr_iter;

use super::line_range::LineRange;

/// A log and where its lines begin. Lines are numbered from 1, as editors do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log<'a> {
    pub(super) text: &'a str,
    pub(super) starts: Vec<usize>,
}

impl<'a> Log<'a> {
    /// Finds the lines of a text.
    pub fn new(text: &'a str) -> Self {
        let mut starts = Vec::new();
        if !text.is_empty() {
            starts.push(0);
            starts.extend(
                memchr_iter(b'\n', text.as_bytes())
                    .map(|at| at + 1)
                    .filter(|&at| at < text.len()),
            );
        }
        Self { text, starts }
    }

    /// How many lines there are.
    pub const fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether there is no line.
    pub const fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// The line of this number, from 1, without its end.
    pub fn line(&self, number: usize) -> Option<&'a str> {
        let at = number.checked_sub(1)?;
        let start = *self.starts.get(at)?;
        let end = self.starts.get(at + 1).copied().unwrap_or(self.text.len());
        let line = &self.text[start..end];
        let line = line.strip_suffix('\n').unwrap_or(line);
        Some(line.strip_suffix('\r').unwrap_or(line))
    }

    /// The lines of a slice with their numbers; what lies beyond the log is left out.
    pub fn slice(&self, span: &LineRange) -> impl Iterator<Item = (usize, &'a str)> {
        span.within(self.len())
            .filter_map(|number| Some((number, self.line(number)?)))
    }

    /// The number of the line a byte of the text is in.
    pub(super) fn number_at(&self, byte: usize) -> usize {
        self.starts.partition_point(|&start| start <= byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_count_from_one_and_slices_stay_inside() {
        let log = Log::new("a\r\nb\n\nd\n");
        assert_eq!(log.len(), 4);
        assert_eq!(
            (log.line(1), log.line(3), log.line(5), log.line(0)),
            (Some("a"), Some(""), None, None)
        );
        let slice = |text: &str| {
            log.slice(&text.parse().unwrap())
                .map(|(number, _)| number)
                .collect::<Vec<_>>()
        };
        assert_eq!(slice("2..3"), [2, 3]);
        assert_eq!(slice("3..99"), [3, 4]);
        assert_eq!(slice("last 2"), [3, 4]);
        assert_eq!(Log::new("").len(), 0);
    }
}
