//! Whether the fast reading of usual frames and the grammars of their printers agree.

use std::path::Path;

use super::*;

/// Every line of a folder's texts that begins as a usual frame does.
fn lines_of(folder: &Path, lines: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            lines_of(&path, lines);
        } else if let Ok(text) = std::fs::read_to_string(path) {
            let begins = |line: &&str| {
                ["at ", "#", "native: #"]
                    .iter()
                    .any(|by| line.starts_with(by))
            };
            lines.extend(
                text.lines()
                    .map(text::trim)
                    .filter(begins)
                    .map(str::to_owned),
            );
        }
    }
}

/// What the grammars of its printers read.
fn in_full(line: &str) -> Option<Frame<'_>> {
    let frame = match line.strip_prefix("at ").map(str::trim_start) {
        Some(rest) => android::listed(rest).or_else(|| called(rest)),
        None => android::numbered(line.strip_prefix("native: ").unwrap_or(line)),
    };
    frame.map(|frame| Frame { raw: line, ..frame })
}

#[test]
fn a_usual_frame_is_read_as_its_grammar_reads_it() {
    let mut lines = Vec::new();
    lines_of(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/shapes"),
        &mut lines,
    );
    let mut usual = 0;
    for line in &lines {
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
    assert!(usual > 200, "{usual} of {} lines", lines.len());
}
