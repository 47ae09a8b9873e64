//! Sentry's console, copied: a frame's module, its offset and its function each on a line of its own.

use crate::text;

/// Lines of the head that are looked at.
const HEAD: usize = 400;

/// The text with each frame on one line, `KERNELBASE +0x00c7f7a RaiseException`; `None` where there are no two.
pub(super) fn join(document: &str) -> Option<String> {
    let offsets = text::lines(document)
        .take(HEAD)
        .filter(|line| is_offset(line.trim()))
        .count();
    if offsets < 2 {
        return None;
    }
    let lines: Vec<&str> = text::lines(document)
        .filter(|line| !line.trim().is_empty())
        .collect();
    let is_frame = |at: usize| {
        lines.get(at).is_some_and(|line| is_module(line.trim()))
            && lines.get(at + 1).is_some_and(|line| is_offset(line.trim()))
    };
    let mut out = String::with_capacity(document.len());
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        if is_frame(at) {
            out.extend([line.trim(), " ", lines[at + 1].trim()]);
            at += 2;
            // The next frame follows at once where the function is not known.
            if !is_frame(at) && lines.get(at).is_some_and(|line| !is_button(line)) {
                out.extend([" ", lines[at].trim()]);
                at += 1;
            }
        } else if line.trim() == "Registers" {
            // Names and values, a line each.
            at += 1;
            while lines.get(at + 1).is_some_and(|line| is_value(line.trim())) {
                at += 2;
            }
            continue;
        } else {
            at += 1;
            if is_button(line) {
                continue;
            }
            out.push_str(line);
        }
        out.push('\n');
    }
    Some(out)
}

/// `+0x00c7f7a` alone.
fn is_offset(line: &str) -> bool {
    line.strip_prefix("+0x")
        .is_some_and(|digits| !digits.is_empty() && text::hex(digits).is_some())
}

/// `0x00007ff6ab12cd34` alone.
fn is_value(line: &str) -> bool {
    line.strip_prefix("0x")
        .is_some_and(|digits| text::hex(digits).is_some())
}

/// A module's name alone.
fn is_module(line: &str) -> bool {
    !line.is_empty()
        && line.len() <= 120
        && line
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-+".contains(&byte))
        && !is_offset(line)
}

/// What the page has between frames.
fn is_button(line: &str) -> bool {
    matches!(
        line.trim(),
        "Registers" | "Show More" | "Show Less" | "In App" | "Called from:"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_rows_become_one() {
        let text = "EXCEPTION_ACCESS_VIOLATION\n\nKERNELBASE\n+0x00c7f7a\nRaiseException\n\nRegisters\nrip\n0x00007ff6ab12cd34\n\n\
                    Show More\nOrbit\n+0x13\nOrbit\n+0x14\nShip::Fire (ship.cpp:31)\n";
        assert_eq!(
            join(text).as_deref(),
            Some(
                "EXCEPTION_ACCESS_VIOLATION\nKERNELBASE +0x00c7f7a RaiseException\nOrbit +0x13\n\
                 Orbit +0x14 Ship::Fire (ship.cpp:31)\n"
            )
        );
        let text =
            "Orbit\n+0x13\nRegisters\nrip\n0x7ff6\nrsp\n0x10\nwhat follows stays\nOrbit\n+0x14\n";
        assert_eq!(
            join(text).as_deref(),
            Some("Orbit +0x13\nwhat follows stays\nOrbit +0x14\n")
        );
        assert_eq!(join("gain\n+0x10\nper turn\n"), None);
    }
}
