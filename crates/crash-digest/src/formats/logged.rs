//! What a log said beside a stack, or without one, as its carrier renders it.

use crate::carrier::{
    ALSO_LOGGED, LOGGED, LOGGED_APART, LOGGED_NEXT, LOGGED_QUIETLY, LOGGED_WARNING,
};
use crate::model::{Builder, LOGGED_AS_WARNING};

/// What the lines of a log say around their stacks, as their carrier renders them.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if let Some(title) = line.strip_prefix(LOGGED_NEXT) {
        out.further(title);
    } else if line == LOGGED_QUIETLY {
        out.quiet();
    } else if line == LOGGED_APART {
        out.cut();
    } else if let Some(said) = line.strip_prefix(LOGGED) {
        // Behind the frames it is what was said of another failure.
        if out.has_frames() {
            out.stack.unrecognized.push(said);
        } else {
            out.stack.facts.reason("logged as", said);
        }
    } else {
        return false;
    }
    true
}

/// What else a log said, as its carrier renders it.
pub(super) fn beside<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let labels = [
        (ALSO_LOGGED, "also logged"),
        (LOGGED_WARNING, LOGGED_AS_WARNING),
    ];
    let told = labels
        .into_iter()
        .find_map(|(mark, label)| Some((label, line.strip_prefix(mark)?)));
    if let Some((label, said)) = told {
        out.stack.facts.reason(label, said);
    }
    told.is_some()
}
