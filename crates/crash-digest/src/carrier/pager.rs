//! The question a debugger's pager puts between the rows, or in the middle of one.

use crate::text;

/// The questions, by age.
pub(super) const QUESTIONS: [&str; 2] = [
    "---Type <return> to continue, or q <return> to quit---",
    "--Type <RET> for more, q to quit, c to continue without paging--",
];

/// The text without them; `None` where there is none.
///
/// A row that was interrupted goes on in the next line.
pub(super) fn without(text: &str) -> Option<String> {
    let question = QUESTIONS
        .into_iter()
        .find(|question| text::has(text, question))?;
    let mut out = String::with_capacity(text.len());
    for (at, part) in text.split(question).enumerate() {
        if at == 0 {
            out.push_str(part);
            continue;
        }
        // What was typed as the answer, and the end of its line.
        let part = part.strip_prefix("c\n").unwrap_or(part);
        out.push_str(
            part.trim_start_matches(['\r', ' '])
                .trim_start_matches('\n'),
        );
    }
    Some(out)
}
