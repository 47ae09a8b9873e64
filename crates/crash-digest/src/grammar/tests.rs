//! Whether the fast reading of usual frames and the grammars of their printers agree.

use super::*;

/// Lines of crash reports that begin as a usual frame does, each form once.
const LINES: &str = include_str!("usual_frames.txt");

/// What the grammars of its printers read.
fn in_full(line: &str) -> Option<Frame<'_>> {
    let frame = match line.strip_prefix("at ").map(str::trim_start) {
        Some(rest) => android::listed(rest).or_else(|| called(rest)),
        None if line.ends_with('\'') => any(line),
        None => android::numbered(line.strip_prefix("native: ").unwrap_or(line)),
    };
    frame.map(|frame| Frame { raw: line, ..frame })
}

#[test]
fn a_usual_frame_is_read_as_its_grammar_reads_it() {
    let mut usual = 0;
    for line in LINES.lines() {
        let Some(frame) = super::usual(line) else {
            continue;
        };
        usual += 1;
        assert_eq!(Some(frame), in_full(line), "{line}");
        // The form with another sign anywhere in it, and cut there.
        for (at, _) in line.char_indices().skip(3) {
            for sign in ["(", ")", "+", ":", ".", " ", "/", "0", "x", "[", "-", ""] {
                let other = format!(
                    "{}{sign}{}",
                    &line[..at],
                    &line[at + usize::from(sign.is_empty())..]
                );
                if let Some(frame) = super::usual(&other) {
                    assert_eq!(Some(frame), in_full(&other), "{other}");
                }
            }
        }
    }
    assert!(usual > 60, "{usual} of {} lines", LINES.lines().count());
}
