//! Tabulators as an editor draws them, copied with the text: `>--at com.acme.Dock.open(Dock.java:7)`.

use crate::text;

/// What stands for a tabulator.
pub(super) const MARKS: [&str; 4] = ["^I", "»", "→", ">-"];

/// The text with its tabulators; `None` where no two frames stand behind such a mark.
pub(super) fn restore(document: &str) -> Option<String> {
    let frames = text::lines(document).filter(|line| tab(line).is_some());
    if frames.take(2).count() < 2 {
        return None;
    }
    let mut out = String::with_capacity(document.len());
    for line in text::lines(document) {
        match tab(line) {
            Some(frame) => out.extend(["\t", frame]),
            None => out.push_str(line),
        }
        out.push('\n');
    }
    Some(out)
}

/// The frame behind a drawn tabulator: an arrow or a quotation mark and its tail, `>---`, `»   `, `→`, `^I`.
fn tab(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let rest = MARKS.iter().find_map(|mark| line.strip_prefix(mark))?;
    let frame = rest.trim_start_matches(['-', ' ', '·', '.']);
    let begins = ["at ", "... ", "Caused by: "];
    begins
        .iter()
        .any(|start| frame.starts_with(start))
        .then_some(frame)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawn_tabulators_become_tabulators() {
        let text = "a.Lost: no dock\n>--at a.Dock.open(Dock.java:7)\n»   at a.Dock.b(Dock.java:8)\n^Iat a.C.d(C.java:1)\n";
        assert_eq!(
            restore(text).as_deref(),
            Some(
                "a.Lost: no dock\n\tat a.Dock.open(Dock.java:7)\n\tat a.Dock.b(Dock.java:8)\n\tat a.C.d(C.java:1)\n"
            )
        );
        assert_eq!(restore("-> at the dock\n> - at noon\n"), None);
    }
}
