//! Calls run together on one line, as forms and chats lose line breaks: `… no ship at a.Ship.fire(Ship.java:31) at a.Main.run(…)`.

use memchr::memmem;

use crate::grammar;
use crate::text;

/// What stands between two such calls.
pub(super) const MARKS: [&str; 5] = [BETWEEN, ")\tat ", ":0 at ", ":line ", "kfun:"];
/// What Android's runtime has in front of each line that it logs, as it stands between lines that were run together.
pub(super) const TAG: &str = " AndroidRuntime: ";
/// What stands between two calls of a line.
pub(super) const BETWEEN: &str = ") at ";
/// Shorter lines hold no two calls.
const SHORTEST: usize = 60;
/// Lines that are looked at for calls of their own.
const HEAD: usize = 400;
/// What begins a line of its own beside calls.
const LABELS: [&str; 6] = [
    "Caused by: ",
    "Suppressed: ",
    "---> ",
    "--- End of",
    "FATAL EXCEPTION: ",
    "Process: ",
];

/// The text with the calls on lines of their own; `None` where none are run together, or where others stand on lines.
pub(super) fn render(document: &str) -> Option<String> {
    if memmem::find_iter(document.as_bytes(), TAG).nth(2).is_some() {
        return tagged(document);
    }
    let marked = |mark: &&str| memmem::find(document.as_bytes(), mark.as_bytes()).is_some();
    MARKS.iter().find(|mark| marked(mark))?;
    if text::lines(document).take(HEAD).any(is_call) {
        return None;
    }
    let broken = |line: &str| {
        // A debugger's row has one place of its own behind `at`.
        let row = line.len() < SHORTEST || line.trim_start().starts_with('#');
        if row { None } else { broken(line) }
    };
    let mut out = String::new();
    for (at, line) in text::lines(document).enumerate() {
        let restored = broken(line);
        // Nothing is copied where no line is to be changed.
        if restored.is_some() && out.is_empty() {
            out.reserve(document.len() + 256);
            for line in text::lines(document).take(at) {
                out.extend([line, "\n"]);
            }
        }
        if restored.is_some() || !out.is_empty() {
            out.extend([restored.as_deref().unwrap_or(line), "\n"]);
        }
    }
    (!out.is_empty()).then_some(out)
}

/// The text with the calls of a line apart where others stand on lines of their own; `None` where no line holds two.
pub(super) fn apart(document: &str) -> Option<String> {
    if !text::has(document, BETWEEN) {
        return None;
    }
    let holds_two = |line: &str| {
        let line = text::trim(line);
        let mut calls = line.split_inclusive(BETWEEN);
        let call = |part: &str| {
            let part = part.strip_suffix(" at ").unwrap_or(part);
            grammar::read(&format!("at {part}")).is_some_and(|frame| {
                // .NET without sources names no file, but type and parameters.
                let called = || {
                    frame
                        .function
                        .is_some_and(|name| name.matches('.').count() >= 2)
                };
                frame.file.is_some() || part.ends_with(')') && text::has(part, "(") && called()
            })
        };
        let first = calls.next().and_then(|first| first.strip_prefix("at "));
        first.is_some_and(|first| first.ends_with(BETWEEN) && call(first)) && calls.all(call)
    };
    let together = |line: &str| {
        text::trim(line).starts_with("at ") && text::has(line, BETWEEN) && holds_two(line)
    };
    // Nothing is copied where no line is to be changed.
    text::lines(document).find(|line| together(line))?;
    let mut out = String::with_capacity(document.len() + 64);
    for line in text::lines(document) {
        if together(line) {
            out.push_str(&line.replace(BETWEEN, ")\nat "));
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
    Some(out)
}

/// Lines of Android's log run together, told by their tag: `AndroidRuntime: Process: com.acme.orbit, PID: 31 AndroidRuntime: …`.
fn tagged(document: &str) -> Option<String> {
    let tag = TAG.trim_start();
    let together = |line: &str| line.starts_with(tag) && text::has(line, TAG);
    text::lines(document)
        .any(together)
        .then(|| document.replace(TAG, &format!("\n{tag}")))
}

fn is_call(line: &str) -> bool {
    let line = text::trim(line);
    line.starts_with("at ") && grammar::read(line).is_some()
}

/// A line broken before its calls and labels; `None` where it holds fewer than two calls.
fn broken(line: &str) -> Option<String> {
    let mut places: Vec<usize> = ["at ", "... "]
        .iter()
        .chain(&LABELS)
        .flat_map(|begin| memmem::find_iter(line.as_bytes(), begin))
        .filter(|at| *at > 0 && matches!(line.as_bytes()[at - 1], b' ' | b'\t'))
        .collect();
    places.sort_unstable();
    let ends = places.iter().skip(1).copied().chain([line.len()]);
    let pieces: Vec<(usize, &str)> = places
        .iter()
        .zip(ends)
        .filter_map(|(from, to)| Some((*from, line.get(*from..to)?.trim())))
        .collect();
    let mut calls = 0;
    let mut breaks = Vec::new();
    for &(at, piece) in &pieces {
        let elided = || {
            let more = piece.strip_prefix("... ").and_then(text::digits);
            more.is_some_and(|(_, rest)| rest.starts_with(" more"))
        };
        if is_call(piece) {
            calls += 1;
            breaks.push(at);
        } else if elided() || LABELS.iter().any(|label| piece.starts_with(label)) {
            breaks.push(at);
        }
    }
    let first = pieces.iter().position(|(_, piece)| is_call(piece));
    let head = first.map_or("", |first| &line[..pieces[first].0]);
    if calls < 2 || !names_exception(head) {
        return None;
    }
    let mut out = String::with_capacity(line.len() + breaks.len());
    let mut from = 0;
    for to in breaks.into_iter().chain([line.len()]) {
        let part = line.get(from..to)?.trim();
        from = to;
        if part.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push('\n');
        }
        // The exception stands behind the process: `Process: com.acme.orbit, PID: 2201 java.lang.…`.
        match behind_process(part) {
            Some((process, rest)) => out.extend([process, "\n", rest]),
            None => out.push_str(part),
        }
    }
    Some(out)
}

/// Whether what stands in front of the first call is what was thrown, and no sentence in which calls are mentioned.
fn names_exception(head: &str) -> bool {
    let words = ["Exception", "Error", "EXCEPTION"];
    words.iter().any(|word| text::has(head, word))
        || crate::model::read_exception(head.trim()).name.is_some()
}

fn behind_process(part: &str) -> Option<(&str, &str)> {
    let (_, rest) = text::split_once(part.strip_prefix("Process: ")?, ", PID: ")?;
    let (_, behind) = text::digits(rest)?;
    let rest = behind.trim_start();
    (!rest.is_empty()).then(|| (part[..part.len() - rest.len()].trim_end(), rest))
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn calls_come_on_lines() {
        let text = "FATAL EXCEPTION: main Process: a.b, PID: 22 a.b.Lost: no ship at a.b.Ship.fire(Ship.java:31)\tat a.b.Main.run(Main.java:2) Caused by: a.b.Gone: x at a.b.Dock.open(Dock.java:9) ... 10 more";
        assert_eq!(
            render(text).as_deref(),
            Some(
                "FATAL EXCEPTION: main\nProcess: a.b, PID: 22\na.b.Lost: no ship\nat a.b.Ship.fire(Ship.java:31)\n\
                 at a.b.Main.run(Main.java:2)\nCaused by: a.b.Gone: x\nat a.b.Dock.open(Dock.java:9)\n... 10 more\n"
            )
        );
        for other in [
            "it stops at a.b.Ship.fire(Ship.java:31) and then at a.b.Main.run(Main.java:2) again, each time",
            "x\n\tat a.b.Ship.fire(Ship.java:31)\n\tat a.b.Main.run(Main.java:2)\n",
            "On a crash the game shows at a.b.Ship.fire(Ship.java:31) at a.b.Main.run(Main.java:2) in the console, as I said",
            "(yesterday at noon) at home at work (a) at the dock (b) at sea, at least",
            "",
        ] {
            assert_eq!(render(other), None, "{other}");
        }
    }
}
