//! Bugsnag's rows as people copy them off its page, the place before the call: `Dock.java:31 com.acme.Dock.open()`,
//! `Unknown Source com.acme.Dock.close()`, and of Unity with parameters in front, `System.Int32 bay Orbit.Dock.Open()`.

use std::fmt::Write as _;

use crate::text;

/// How such rows end.
pub(super) const ENDS: [&str; 2] = ["()\n", "()\r"];
/// Places of which one stands in such a text.
const PLACES: [&str; 4] = ["Unknown Source", "Native Method ", ".java:", ".kt:"];
/// Fewer rows are words.
const FEWEST: usize = 3;
/// Lines of the head that are looked at for the exception.
const HEAD: usize = 8;

/// The text with such rows as Java and C# print them; `None` where there are none.
pub(super) fn render(document: &str) -> Option<String> {
    let some_of = |words: &[&str]| words.iter().any(|word| text::has(document, word));
    if !some_of(&ENDS) || !some_of(&PLACES) {
        return None;
    }
    let places = text::lines(document).filter(|line| placed(line).is_some());
    if places.take(FEWEST).count() < FEWEST {
        return None;
    }
    let mut out = String::with_capacity(document.len() + 64);
    let mut begun = false;
    for (number, line) in text::lines(document).enumerate() {
        let row = placed(line).or_else(|| begun.then(|| with_parameters(line)).flatten());
        if let Some(row) = row {
            begun = true;
            out.push_str(&row);
        } else if let Some((name, message)) = line.split_once(" \u{b7} ")
            && number < HEAD
            && !name.contains(' ')
        {
            // What was thrown, and what it said behind a dot.
            let _ = write!(out, "{name}: {message}");
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
    Some(out)
}

/// What stands between a signal and its meaning in the page's title: `SIGSEGV · Segmentation violation`.
pub(super) const DOT: &str = " \u{b7} ";

/// The text of a native crash with its title as others print it; `None` where none stands in its head above frames of libraries.
pub(super) fn native(document: &str) -> Option<String> {
    let mut head = text::lines(document).take(HEAD);
    let title = head.find(|line| {
        let name = line.trim_start().split_once(DOT).map(|(name, _)| name);
        name.is_some_and(is_signal)
    })?;
    let at = text::place(document, title)?;
    let below = &document[at + title.len()..];
    text::has(below, ".so:").then(|| {
        let title = title.replacen(DOT, ": ", 1);
        [&document[..at], &title, below].concat()
    })
}

fn is_signal(name: &str) -> bool {
    name.len() <= 9 && name.starts_with("SIG") && name.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// A row whose place is one of Java's.
fn placed(line: &str) -> Option<String> {
    let (place, call) = parts(line)?;
    let (file, number) = text::file_line(place);
    let of_file = [".java", ".kt"].iter().any(|end| file.ends_with(end));
    let fits = match place {
        "Native Method" | "Unknown Source" => true,
        _ => number.is_some() && (file == "Unknown Source" || of_file && !file.contains(' ')),
    };
    fits.then(|| format!("    at {call}({place})"))
}

/// A row of C# between those of Java: parameters with their types, or nothing that is known.
fn with_parameters(line: &str) -> Option<String> {
    let (front, call) = parts(line)?;
    let typed = |parameter: &str| {
        let mut words = parameter.split_whitespace();
        let of = words.next().is_some_and(|of| of.contains('.'));
        of && words.next().is_some() && words.next().is_none()
    };
    let parameters = if front == "unknown" { "" } else { front };
    let fits = parameters.is_empty() || parameters.split(", ").all(typed);
    fits.then(|| format!("  at {call} ({parameters})"))
}

/// What stands in front of the call, and the call without its brackets.
fn parts(line: &str) -> Option<(&str, &str)> {
    let line = text::trim(line).strip_suffix("()")?;
    let (front, call) = line.rsplit_once(' ')?;
    let word = |byte: u8| byte.is_ascii_alphanumeric() || b"._$<>-`".contains(&byte);
    (call.contains('.') && call.bytes().all(word)).then_some((front, call))
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn rows_are_printed_as_their_runtimes_do() {
        let text = "a.B \u{b7} no bay\n\nNative Method com.acme.Dock.open()\nUnknown Source:9 com.acme.Dock.a()\nDock.java:7 com.acme.Dock.main()\nunknown Orbit.Dock.Check()\nSystem.Int32 bay, System.String name Orbit.Dock..ctor()\nand a word()\n";
        assert_eq!(
            render(text).as_deref(),
            Some(
                "a.B: no bay\n\n    at com.acme.Dock.open(Native Method)\n    at com.acme.Dock.a(Unknown Source:9)\n    \
                 at com.acme.Dock.main(Dock.java:7)\n  at Orbit.Dock.Check ()\n  \
                 at Orbit.Dock..ctor (System.Int32 bay, System.String name)\nand a word()\n"
            )
        );
        assert_eq!(
            render("Dock.java:7 com.acme.Dock.main()\nthe end()\n"),
            None
        );
    }
}
