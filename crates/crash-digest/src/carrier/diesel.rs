//! The crash file of the Diesel engine's games: what happened, the script's stack with calls in front of their places, and the
//! engine's own stack, mostly without names. A game appends each crash to the same file.

use super::log_field::{FURTHER, LOGGED};
use crate::text;

/// How each crash begins.
pub(super) const MARK: &str = "Application has crashed: ";
/// Crashes that are told; the file grows with each.
const MOST: usize = 8;

/// The last crash as Lua prints one, those before it beside it; `None` where no script ran.
pub(super) fn render(document: &str) -> Option<String> {
    let mut crashes: Vec<Crash<'_>> = Vec::new();
    let mut part = Part::Other;
    for line in text::lines(document).map(text::trim) {
        if let Some(what) = line.strip_prefix(MARK) {
            crashes.push(Crash {
                what,
                ..Crash::default()
            });
            part = Part::Words;
            continue;
        }
        let Some(crash) = crashes.last_mut() else {
            continue;
        };
        if line.is_empty() {
            continue;
        }
        if line.eq_ignore_ascii_case("script stack") || line == "Script stack:" {
            part = Part::Script;
        } else if line.starts_with("-----") || line.ends_with(':') {
            part = Part::Other;
        } else if let Some(thread) = line.strip_prefix("Current thread: ") {
            crash.thread = Some(thread);
        } else if part == Part::Words {
            crash.said.push(line);
        } else if part == Part::Script
            && let Some(call) = call(line)
        {
            crash.calls.push(call);
        }
    }
    let from = crashes.len().saturating_sub(MOST);
    let mut crashes = crashes.into_iter().skip(from).rev();
    let last = crashes.next().filter(|last| !last.calls.is_empty())?;
    let mut out = String::with_capacity(document.len());
    if let Some(thread) = last.thread {
        out.extend(["Exception in thread \"", thread, "\"\n"]);
    }
    if last.said.is_empty() {
        out.extend([MARK, last.what, "\n"]);
    } else {
        out.extend([LOGGED, MARK, last.what, "\n"]);
    }
    for line in &last.said {
        out.extend([*line, "\n"]);
    }
    last.stack(&mut out);
    for earlier in crashes {
        let title = earlier.said.first().copied();
        out.extend([FURTHER, title.unwrap_or(earlier.what), "\n"]);
        earlier.stack(&mut out);
    }
    Some(out)
}

/// What is being read of a crash.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// What it was, in one line or several.
    Words,
    /// The script's stack.
    Script,
    /// The engine's stack, the machine.
    Other,
}

/// One crash of the file.
#[derive(Default)]
struct Crash<'a> {
    what: &'a str,
    said: Vec<&'a str>,
    thread: Option<&'a str>,
    calls: Vec<(&'a str, &'a str)>,
}

impl Crash<'_> {
    fn stack(&self, out: &mut String) {
        out.push_str("stack traceback:\n");
        for (name, place) in &self.calls {
            match *name {
                "" => out.extend(["\t", place, ": in ?\n"]),
                name => out.extend(["\t", place, ": in function '", name, "'\n"]),
            }
        }
        out.push('\n');
    }
}

/// Name and place of a row: `stun_hit()  lib/units/cop/copdamage.lua:1470`, or the place alone.
fn call(row: &str) -> Option<(&str, &str)> {
    let (name, place) = match row.split_once("()") {
        Some((name, place)) => (name, place.trim_start()),
        None => ("", row),
    };
    let (file, line) = text::file_line(place);
    let fits = line.is_some()
        && file.rsplit('.').next() == Some("lua")
        && !place.contains(' ')
        && !name.contains(' ');
    fits.then_some((name, place))
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn the_last_crash_stands_first() {
        let file = "\n\nApplication has crashed: access violation\n\n-----\n\nCallstack:\n\n  game  (???)  ???\n\n-----\n\n\
            Current thread: Main\nScript stack:\n   open()  lib/dock.lua:31   \n   lib/bay.lua:7\n\n-----\n\n\
            Application has crashed: C++ exception\n[string \"lib/ship.lua\"]:12: no bay\n\n\nSCRIPT STACK\n\nland() lib/ship.lua:9\n";
        assert_eq!(
            render(file).as_deref(),
            Some(
                "Logged as: Application has crashed: C++ exception\n[string \"lib/ship.lua\"]:12: no bay\nstack traceback:\n\
                 \tlib/ship.lua:9: in function 'land'\n\nLogged next: access violation\nstack traceback:\n\
                 \tlib/dock.lua:31: in function 'open'\n\tlib/bay.lua:7: in ?\n\n"
            )
        );
        assert_eq!(render("Application has crashed: no\n"), None);
    }
}
