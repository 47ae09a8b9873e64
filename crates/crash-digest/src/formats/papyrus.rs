//! Papyrus, the scripts of Bethesda's games: their log has `stack:` between what went wrong and the calls, one report after the
//! other.

use crate::model::Builder;
use crate::text;

/// Takes such a line; `false` where it is none.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if line == "stack:" {
        out.cut();
        return true;
    }
    if !line.starts_with(['[', 'e', 'E', 'w', 'W']) || !behind_rows(out) {
        return false;
    }
    // The log's time: `[06/30/2026 - 09:16:01AM] `.
    let said = match line
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("] "))
    {
        Some((time, said)) if time.starts_with(|c: char| c.is_ascii_digit()) => said,
        _ => line,
    };
    let level = said.split(':').next().unwrap_or_default();
    let begins = ["error", "warning"]
        .iter()
        .any(|known| level.eq_ignore_ascii_case(known));
    if begins || said.len() < line.len() {
        out.further(said);
    }
    begins || said.len() < line.len()
}

/// Whether the last frame is a row of Papyrus'.
fn behind_rows(out: &mut Builder<'_>) -> bool {
    out.last_frame()
        .is_some_and(|last| text::has(last.raw, "() - \"") && text::has(last.raw, "\" Line "))
}
