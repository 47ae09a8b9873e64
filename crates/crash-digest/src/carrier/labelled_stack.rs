//! A stack right behind a label in a log's words: C#'s begins with blanks, `no bay, stack=  at Orbit.Dock.Open () [0x00040]`.

use memchr::memmem;

use crate::grammar;
use crate::text;

/// What stands between the label and the first frame: Mono's blanks, .NET's.
pub(super) const MARKS: [&str; 4] = ["=  at ", ":  at ", "=   at ", ":   at "];

/// How Go's stack begins, where a log's words stand in front.
const GOROUTINE: &str = ": goroutine ";

/// What each of these ends in.
const BLANKS: &[u8] = b"  at ";

/// Stacks that are set apart.
const MOST: usize = 64;

/// The text with each such stack on lines of its own; `None` where there is none.
pub(super) fn render(text: &str) -> Option<String> {
    // Two blanks and the word are in each mark; what stands in front of them tells it from an indented frame.
    let mut places: Vec<usize> = memmem::find_iter(text.as_bytes(), BLANKS)
        .filter_map(|blanks| {
            let front = text.get(..blanks)?;
            let label = front.strip_suffix(' ').unwrap_or(front);
            label.ends_with(['=', ':']).then(|| label.len() - 1)
        })
        .take(MOST)
        .collect();
    places.retain(|&at| is_frame(text, at));
    let headings = memmem::find_iter(text.as_bytes(), GOROUTINE).take(MOST);
    places.extend(headings.filter(|&at| is_heading(&text[at + GOROUTINE.len()..])));
    places.sort_unstable();
    places.first()?;
    let mut out = String::with_capacity(text.len() + places.len());
    let mut done = 0;
    for at in places {
        let start = text[done..at]
            .rfind('\n')
            .map_or(done, |end| done + end + 1);
        out.push_str(&text[done..start]);
        let front = &text[start..at];
        let heading = text[at..].starts_with(GOROUTINE);
        out.push_str(if heading { front } else { said(front) });
        out.push('\n');
        done = at + 1 + usize::from(heading);
    }
    out.push_str(&text[done..]);
    Some(out)
}

/// Whether a goroutine's number and state end the line: `1 [running, locked to thread]:`.
fn is_heading(rest: &str) -> bool {
    let line = rest.split('\n').next().unwrap_or_default().trim_end();
    let state = text::digits(line).and_then(|(_, rest)| rest.strip_prefix(" ["));
    state.is_some_and(|state| state.ends_with("]:") && state.len() < 80)
}

/// Whether a frame follows the mark. What stands before the next frame as well is what a log puts before every line.
fn is_frame(text: &str, mark: usize) -> bool {
    let mut lines = text[mark + 1..].split('\n');
    let first = lines.next().unwrap_or_default();
    let next = lines.next().unwrap_or_default();
    let repeated = MARKS.iter().any(|mark| text::has(next, mark));
    !repeated && grammar::read(text::trim(first)).is_some()
}

/// What the log said in front of the label, which stays where it stands alone.
fn said(front: &str) -> &str {
    let label = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
    let said = front.trim_end_matches(label).trim_end();
    let said = said.trim_end_matches([',', ';', '|', '-']).trim_end();
    if said.is_empty() { front } else { said }
}
