//! Blanks that a form or a list put in front of a whole text.

use crate::text;

/// The text without the blanks that all of its lines begin with; `None` where there are none.
pub(super) fn dedent(text: &str) -> Option<String> {
    // Frames alone are indented by their printer.
    let mut head = text::lines(text)
        .map(text::trim)
        .filter(|line| !line.is_empty())
        .take(64);
    if head.all(|line| crate::grammar::read(line).is_some()) {
        return None;
    }
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let least = text::lines(text)
        .filter(|line| !line.trim().is_empty())
        .map(indent)
        .try_fold(usize::MAX, |least, indent| {
            (indent > 0).then(|| least.min(indent))
        })?;
    if least == usize::MAX {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    for line in text::lines(text) {
        out.push_str(line.get(least.min(indent(line))..).unwrap_or_default());
        out.push('\n');
    }
    Some(out)
}
