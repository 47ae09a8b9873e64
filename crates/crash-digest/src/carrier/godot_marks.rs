//! Marks of bold type that Godot's logger puts around the kind of an error where it has no colours: `**SCRIPT ERROR**: no bay`.

use crate::text;

/// What has them.
pub(super) const MARKS: [&str; 4] = [
    "**ERROR**: ",
    "**SCRIPT ERROR**: ",
    "**SHADER ERROR**: ",
    "**WARNING**: ",
];

/// The text without them; `None` where there are none.
pub(super) fn render(document: &str) -> Option<String> {
    let mut out: Option<String> = None;
    for mark in MARKS {
        let text = out.as_deref().unwrap_or(document);
        if text::has(text, mark) {
            out = Some(text.replace(mark, &mark.replace('*', "")));
        }
    }
    out
}
