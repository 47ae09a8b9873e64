//! What Flutter's box of an error says around the message: what was being done, and the widget that caused it.

use crate::model::{Builder, read_exception};
use crate::text;

/// Older versions name the widget of the app around it.
const LABELS: [&str; 2] = [
    "The relevant error-causing widget was",
    "User-created ancestor of the error-causing widget was",
];
/// The widget's name and its place.
const MOST: usize = 2;

/// Takes the label, and tells the lines below it: `Hud`, `Hud:file:///src/orbit/lib/hud.dart:42:17`.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if line.starts_with("The following ") {
        thrown(out, line);
        return false;
    }
    // Which library caught it: `══╡ EXCEPTION CAUGHT BY WIDGETS LIBRARY ╞══════`.
    if line.starts_with('═')
        && !out.has_frames()
        && let Some((_, by)) = text::split_once(line, "EXCEPTION CAUGHT BY ")
    {
        let by = by.trim_end_matches(['═', '╞', ' ']);
        out.stack.facts.reason("caught by", by);
        return false;
    }
    let Some(rest) = LABELS.iter().find_map(|label| line.strip_prefix(label)) else {
        return false;
    };
    let below = text::place(out.text, line).and_then(|at| out.text.get(at + line.len()..));
    let widget = text::lines(below.unwrap_or_default())
        .skip(1)
        .map(str::trim)
        .take_while(|line| !line.is_empty() && !line.starts_with("When the exception was"))
        .take(MOST);
    let here = rest.trim_matches([':', ' ']);
    let mut widget = [here]
        .into_iter()
        .filter(|here| !here.is_empty())
        .chain(widget);
    if let Some(first) = widget.next() {
        // Below the widget with its place explanations may follow.
        let placed = text::has(first, ".dart:");
        let last = widget.last().filter(|_| !placed).unwrap_or(first);
        let widget = out.span(first, last);
        out.stack.facts.reason("error-causing widget", widget);
    }
    out.cut();
    true
}

/// What was being done, without the properties of the widget: `The following StateError was thrown building Hud(dirty):`.
fn thrown<'a>(out: &mut Builder<'a>, line: &'a str) {
    let doing = text::split_once(line, " was thrown ").map(|(_, doing)| {
        let doing = doing.split('(').next().unwrap_or(doing);
        doing.trim_end_matches(':')
    });
    // A text that was thrown names no type: the whole line is told.
    let typed = read_exception(line).name.is_some();
    let doing = doing.filter(|doing| doing.contains(' '));
    if let Some(doing) = doing.filter(|_| typed && !out.has_frames()) {
        out.stack.facts.reason("thrown", doing);
    }
}
