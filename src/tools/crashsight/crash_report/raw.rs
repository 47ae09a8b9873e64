//! Lines of a response as JSON, without printing the whole: lines are kept or dropped as they are written.

use std::collections::VecDeque;
use std::io::{self, Write};

use crash_digest::log::LineRange;
use serde_json::Value;

use super::excerpt::{AROUND, ExcerptLine, FoundLines, MATCHES, Wanted, is_match};
use crate::reply::End;

/// Bytes of a line that are kept where nothing is searched for in it.
const LINE_BYTES: usize = 4_096;

/// A response is printed up to so many bytes even beyond the wanted lines, so that they can be counted.
const PRINTED_ANYWAY: usize = 1 << 20;

/// The wanted lines of several values, printed one after the other.
pub(super) fn lines(values: &[&Value], wanted: &Wanted) -> FoundLines {
    let mut sink = Sink {
        wanted,
        range: wanted.range(End::Head),
        line: Vec::new(),
        cut: 0,
        number: 0,
        kept: VecDeque::new(),
        before: VecDeque::new(),
        after: 0,
        matched: 0,
        written: 0,
        stopped: false,
    };
    for value in values {
        let printed = serde_json::to_writer_pretty(&mut sink, value);
        if printed.is_err() || sink.end_line().is_err() {
            break;
        }
    }
    FoundLines {
        total: (!sink.stopped).then_some(sink.number),
        matched: wanted.search.is_some().then_some(sink.matched),
        lines: sink.kept.into(),
    }
}

struct Sink<'a> {
    wanted: &'a Wanted,
    range: LineRange,
    /// The line being written.
    line: Vec<u8>,
    /// Characters of it that are not kept.
    cut: usize,
    /// The number of the last whole line.
    number: usize,
    kept: VecDeque<ExcerptLine>,
    /// The last lines before a match.
    before: VecDeque<ExcerptLine>,
    /// Lines still wanted after a match.
    after: usize,
    matched: usize,
    /// Bytes written so far.
    written: usize,
    stopped: bool,
}

impl Sink<'_> {
    fn extend(&mut self, bytes: &[u8]) {
        let most = match self.wanted.search {
            Some(_) => bytes.len(),
            None => bytes.len().min(LINE_BYTES.saturating_sub(self.line.len())),
        };
        let (kept, rest) = bytes.split_at(most);
        self.line.extend_from_slice(kept);
        let is_start = |byte: &&u8| **byte & 0xC0 != 0x80;
        self.cut += rest.iter().filter(is_start).count();
    }

    /// Takes the line written so far; an error once no later line is wanted.
    fn end_line(&mut self) -> io::Result<()> {
        self.number += 1;
        let number = self.number;
        let line = std::mem::take(&mut self.line);
        let text = String::from_utf8_lossy(&line);
        let cut = std::mem::take(&mut self.cut);
        if let Some(pattern) = &self.wanted.search {
            let matched = is_match(pattern, &text);
            let line = ExcerptLine::new(number, &text, Some(matched));
            if matched {
                self.matched += 1;
            }
            if matched && self.matched <= MATCHES {
                self.kept.extend(self.before.drain(..));
                self.kept.push_back(line);
                self.after = AROUND;
            } else if self.after > 0 {
                self.after -= 1;
                self.kept.push_back(line);
            } else {
                self.before.push_back(line);
                if self.before.len() > AROUND {
                    self.before.pop_front();
                }
            }
            return Ok(());
        }
        match self.range {
            LineRange::Lines(first, last) => {
                if (first..=last).contains(&number) {
                    self.kept
                        .push_back(ExcerptLine::of_longer(number, &text, cut));
                }
                if number > last && self.written > PRINTED_ANYWAY {
                    self.stopped = true;
                    return Err(io::Error::other("no later line is wanted"));
                }
            }
            LineRange::Last(count) => {
                self.kept
                    .push_back(ExcerptLine::of_longer(number, &text, cut));
                if self.kept.len() > count {
                    self.kept.pop_front();
                }
            }
        }
        Ok(())
    }
}

impl Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written += bytes.len();
        let mut pieces = bytes.split(|byte| *byte == b'\n');
        if let Some(first) = pieces.next() {
            self.extend(first);
        }
        for piece in pieces {
            self.end_line()?;
            self.extend(piece);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crash_digest::log::Pattern;
    use serde_json::json;

    use super::*;

    fn found(lines_wanted: Option<&str>, search: Option<&str>) -> (Vec<usize>, Option<usize>) {
        let rows: Vec<Value> = (0..1_000).map(|n| json!(n)).collect();
        let long = json!(["x".repeat(PRINTED_ANYWAY), 1, 2]);
        let wanted = Wanted {
            lines: lines_wanted.map(|lines| lines.parse().unwrap()),
            search: search.map(|search| Pattern::parse(search).unwrap()),
            search_text: None,
        };
        let found = lines(&[&json!(rows), &long], &wanted);
        let numbers = found.lines.iter().map(|line| line.number).collect();
        (numbers, found.total)
    }

    #[test]
    fn only_the_wanted_lines_are_kept() {
        assert_eq!(found(Some("2..4"), None), (vec![2, 3, 4], None));
        assert_eq!(
            found(Some("last 2"), None),
            (vec![1_006, 1_007], Some(1_007))
        );
        assert_eq!(
            found(None, Some("/^ *500,$/")),
            (vec![500, 501, 502, 503, 504], Some(1_007))
        );
        assert_eq!(found(None, None).0.len(), 60);
    }
}
