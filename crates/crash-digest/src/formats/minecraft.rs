//! The sections of Minecraft's crash report behind its walkthrough: `-- Head --`, `-- Entity being ticked --`, each with details
//! and the frames that belong to it.

use crate::model::{Builder, RelatedKind};

/// What a section of something that is being ticked names it by.
const NAMED: [&str; 4] = ["Entity Type: ", "Block type: ", "Block: ", "Name: "];

/// Takes such a line; `false` where it is none.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if !out.is_further() {
        return false;
    }
    let title = |out: &Builder<'a>| out.stack.related.last().map_or("", |last| last.title);
    if let Some(name) = section(line) {
        // What was being done has frames of its own; those of all other sections are the stack, once more.
        if name.ends_with(TICKING) {
            open(out, line);
        }
        return true;
    }
    if section(title(out)).is_none() && !is_walkthrough(title(out)) {
        return false;
    }
    if let Some(thread) = line.strip_prefix("Thread: ") {
        out.stack.facts.thread = out.stack.facts.thread.or(Some(thread.trim()));
        return true;
    }
    let ticked = section(title(out)).is_some();
    let named = ticked && NAMED.iter().any(|label| line.starts_with(label));
    let reasons = &out.stack.facts.reasons;
    if named && !reasons.iter().any(|known| known.label == TICKED) {
        out.stack.facts.reason(TICKED, line);
        return true;
    }
    false
}

/// How the section of what was being done is called: `Entity being ticked`, `Block entity being ticked`.
const TICKING: &str = " being ticked";
/// The label of what was being ticked.
const TICKED: &str = "ticked";

/// The name of a section: `-- Entity being ticked --`.
fn section(line: &str) -> Option<&str> {
    let name = line.strip_prefix("-- ")?.strip_suffix(" --")?;
    (!name.is_empty() && name != "Thread Dump").then_some(name)
}

fn is_walkthrough(title: &str) -> bool {
    title.starts_with("A detailed walkthrough of the error")
}

/// The section's own frames follow; one before it that had none is no stack.
fn open<'a>(out: &mut Builder<'a>, line: &'a str) {
    let last = out.stack.related.last_mut();
    match last.filter(|last| last.frames.is_empty()) {
        Some(last) => last.title = line,
        None => out.related(RelatedKind::Further, line, None),
    }
}
