//! The first line of Flutter's box of an error, which names what was thrown and is broken at a column: joined again.

use crate::text;

const BEGINS: &str = "The following ";
pub(super) const THROWN: &str = " was thrown";
/// Lines that the head is broken into.
const MOST: usize = 6;

/// The text with each such head on one line; `None` where none is broken.
pub(super) fn join(document: &str) -> Option<String> {
    let mut rest = document;
    let mut out = String::new();
    let mut found = false;
    while let Some(at) = text::find(rest, THROWN) {
        let start = rest[..at].rfind('\n').map_or(0, |at| at + 1);
        let head = rest[start..at].trim_start().starts_with(BEGINS);
        let taken = if head { broken(&rest[start..]) } else { None };
        if let Some(lines) = taken {
            out.push_str(&rest[..start]);
            out.push_str(&joined(&rest[start..start + lines]));
            rest = &rest[start + lines..];
            found = true;
        } else {
            let end = at + THROWN.len();
            out.push_str(&rest[..end]);
            rest = &rest[end..];
        }
    }
    out.push_str(rest);
    found.then_some(out)
}

/// How many bytes a head takes that ends on a later line than its first; `None` where it is whole or never ends.
fn broken(text: &str) -> Option<usize> {
    let (mut open, mut taken) = (0_usize, 0);
    for (at, line) in text.split_inclusive('\n').take(MOST).enumerate() {
        let words = line.trim();
        if words.is_empty() {
            return None;
        }
        open += words.matches(['(', '[']).count();
        open = open.saturating_sub(words.matches([')', ']']).count());
        taken += line.len();
        if open == 0 && words.ends_with(':') {
            return (at > 0).then_some(taken);
        }
    }
    None
}

/// The lines as one.
fn joined(lines: &str) -> String {
    let mut out = String::with_capacity(lines.len());
    for (at, line) in lines.lines().enumerate() {
        if at > 0 {
            out.push(' ');
        }
        out.push_str(if at > 0 { line.trim() } else { line.trim_end() });
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_over_lines_is_one_line() {
        let text = "══╡ x ╞══\nThe following _CastError was thrown building Hud(dirty, dependencies: [_Theme],\nstate:\n_HudState#a8ba3):\nno bay\n";
        assert_eq!(
            join(text).unwrap(),
            "══╡ x ╞══\nThe following _CastError was thrown building Hud(dirty, dependencies: [_Theme], state: _HudState#a8ba3):\nno bay\n"
        );
        for whole in [
            "The following StateError was thrown building Hud(dirty):\nno bay\n",
            "The following StateError was thrown building Hud(dirty\n\nno bay:\n",
            "Nothing was thrown here\n",
        ] {
            assert_eq!(join(whole), None, "{whole}");
        }
    }
}
