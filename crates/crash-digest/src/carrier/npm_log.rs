//! npm's own log of a run that failed: every line has a number and a level, and those of the error's stack `stack` besides,
//! `4290 verbose stack Error: EPERM: operation not permitted, mkdir '/srv/dock'`, `4290 verbose stack     at Error (native)`.

use super::log_field::LOGGED;
use crate::text;

/// A line of the stack.
pub(super) const MARK: &str = " verbose stack ";
/// What npm says of the error besides, the most telling first: `4297 error code EPERM`.
const PROPERTIES: [&str; 2] = ["code", "errno"];
/// Lines of a stack that are kept.
const MOST: usize = 200;

/// The stack, above it the error's code where its words leave that out, and words around the log; `None` where the text is no
/// such log.
pub(super) fn render(document: &str) -> Option<String> {
    if !text::has(document, MARK) {
        return None;
    }
    let mut stack = Vec::new();
    let mut errors = Vec::new();
    let mut rest = String::new();
    for line in text::lines(document) {
        match numbered(line) {
            Some(("verbose", said)) => {
                if let Some(said) = said.strip_prefix("stack ") {
                    stack.push(said);
                    stack.truncate(MOST);
                }
            }
            Some(("error", said)) => errors.push(said),
            Some(_) => {}
            // A person's words around it.
            None => rest.extend([line, "\n"]),
        }
    }
    let first = *stack.first()?;
    let mut out = String::with_capacity(document.len().min(1 << 16));
    // The error's first line may name it, too: `Error: EPERM: operation not permitted`.
    for property in PROPERTIES {
        let value = errors
            .iter()
            .find_map(|said| said.strip_prefix(property)?.strip_prefix(' '));
        if let Some(value) = value.map(str::trim)
            && !text::has(first, value)
        {
            out.extend([LOGGED, "error ", property, " ", value, "\n"]);
            break;
        }
    }
    for line in &stack {
        out.extend([*line, "\n"]);
    }
    out.push('\n');
    Some(out + &rest)
}

/// The level of a line and what it says: `4297 error code EPERM`.
fn numbered(line: &str) -> Option<(&str, &str)> {
    let (_, rest) = text::digits(line)?;
    let (level, said) = rest.strip_prefix(' ')?.split_once(' ')?;
    matches!(
        level,
        "silly" | "verbose" | "info" | "http" | "timing" | "notice" | "warn" | "error"
    )
    .then_some((level, said))
}
