//! What Node, Bun and Deno print around an error: warnings, the line of source that threw, and the error's own properties.

use crate::model::{Builder, Exception, Part};
use crate::text;

/// So many properties of an error are told, files that asked for a module among them.
const MOST: usize = 6;

/// What stands in braces behind an error's last frame: `at run (orbit.js:31:5) {`, `  code: 'EADDRINUSE',`, `}`.
#[derive(Default)]
pub(super) struct Properties {
    /// Where the frame stands in memory whose braces were opened last.
    of: usize,
    /// Braces and brackets that are open, those behind the frame included.
    depth: usize,
    told: usize,
    /// Files that asked for a module are being read, each for the one above it.
    required: bool,
    /// The list of the errors of a group is being read.
    group: bool,
}

impl Properties {
    /// Takes a line behind frames that is a property or names another error; `false` where it is none.
    pub(super) fn line<'a>(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        if !out.has_frames() {
            return false;
        }
        if self.of_group(out, line) {
            return true;
        }
        let opened = out.last_frame().filter(|last| last.raw.ends_with(" {"));
        if let Some(at) = opened.map(|last| last.raw.as_ptr() as usize)
            && at != self.of
        {
            (self.of, self.depth) = (at, 1);
        }
        let depth = self.depth;
        if depth == 0 {
            return false;
        }
        if line.starts_with(['}', ']']) {
            self.depth -= 1;
        } else if line.ends_with(['{', '[']) {
            self.depth += 1;
            self.required = line == "requireStack: [";
        }
        let line = line.trim_end_matches(',');
        if depth == 1 && is_plain(line) {
            let value = text::split_once(line, ": ").map_or("", |(_, value)| value);
            self.tell(out, line, value);
            return true;
        }
        if depth == 2 && self.required && line.starts_with('\'') {
            // What of installed packages asked first says what is missing, what of one's own asked says where to look.
            let file = line.trim_matches('\'');
            if !text::has(file, "/node_modules/") {
                out.stack.facts.reason("required by", file);
            }
            return true;
        }
        false
    }

    /// `[errors]: [` behind a group's frames, and each error of the list.
    fn of_group<'a>(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        if matches!(line, "[errors]: [" | "errors: [") {
            self.group = true;
        } else if self.group && line.starts_with(']') {
            self.group = false;
        } else if self.group
            && let Some((name, _)) = text::split_once(line, ": ")
            && (name.ends_with("Error") || text::has(name, "Error ["))
            && name.starts_with(|c: char| c.is_ascii_uppercase())
        {
            out.named(Part::Cause, line.trim_end_matches(" {"));
            return true;
        }
        false
    }

    /// Tells a property, unless the message has its value: `listen EADDRINUSE: address already in use :::3000`.
    fn tell<'a>(&mut self, out: &mut Builder<'a>, line: &'a str, value: &str) {
        if self.told >= MOST {
            return;
        }
        let value = value.trim_matches(['\'', '"']);
        let said =
            |part: &crate::model::ExceptionFrames<'_>| text::has(part.exception.message, value);
        let known = value.len() > 1 && out.stack.sections.iter().any(said);
        if !known {
            self.told += 1;
            out.stack.facts.reason("", line);
        }
    }
}

/// Whether a line is a property with a value in one piece: `errno: -98`. What is not set says nothing.
fn is_plain(line: &str) -> bool {
    let Some((name, value)) = text::split_once(line, ": ") else {
        return false;
    };
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$');
    let quoted = [b'\'', b'"', b'`'];
    let in_quotes = value.len() > 2
        && quoted.contains(&value.as_bytes()[0])
        && value.ends_with(value.as_bytes()[0] as char);
    let number = value
        .trim_start_matches('-')
        .starts_with(|c: char| c.is_ascii_digit())
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    name.bytes().all(is_name) && (in_quotes || number || matches!(value, "true" | "false"))
}

/// How lines begin that name a property of an error.
const PROPERTIES: [&str; 3] = ["code: \"", "errno: ", "syscall: \""];

/// Node's warnings, `(node:26720) UnhandledPromiseRejectionWarning: TypeError: …`, what was thrown that is no error, and the
/// mark below the line of the source that threw.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    match line.as_bytes() {
        [b'(', b'n', ..] => {
            let rest = line
                .strip_prefix("(node:")
                .and_then(|rest| rest.split_once(") "));
            let warned = rest.filter(|(_, rest)| rest.starts_with("Unhandled"));
            if let Some((_, rest)) = warned {
                out.words(rest);
            }
            warned.is_some()
        }
        // What was thrown was printed inside of its promise, and is printed again.
        [b'}', b' ', b'r', ..] if line.starts_with("} reason: ") && out.has_frames() => {
            out.further(&line[10..]);
            true
        }
        [b'[', b'U', ..] | [b'U', ..] if out.is_fresh() && is_rejection(line) => {
            let line = line.trim_start_matches('[');
            let reason = text::after(line, " rejected with the reason ", b"");
            let reason = reason.unwrap_or(&line[27..]).trim_end_matches(" {");
            out.section().exception = Exception {
                name: Some(&line[..25]),
                message: reason
                    .trim_end_matches([']', '.', '"'])
                    .trim_start_matches('"'),
            };
            out.cut();
            true
        }
        // Above the frames each file asked for the one above it.
        [b'-', b' ', ..] if out.is_fresh() && is_required(out, &line[2..]) => {
            let file = &line[2..];
            if !text::has(file, "/node_modules/") {
                out.stack.facts.reason("required by", file);
            }
            out.cut();
            true
        }
        // Above the line that failed, Node's own that nothing caught it.
        [b't', ..] if line.starts_with("triggerUncaughtException(err, ") && out.is_fresh() => {
            let promised = text::has(line, "true /* fromPromise */");
            if promised {
                let facts = &mut out.stack.facts;
                facts.reason("thrown", "in a promise, where nothing handled it");
            }
            out.stack.unrecognized.push(line);
            true
        }
        // Bun lists what else the error has: `code: "ERR_NO_BAY"`.
        [b'c' | b'e' | b's', ..] if PROPERTIES.iter().any(|name| line.starts_with(name)) => {
            let known = out.is_fresh()
                && !out.is_empty()
                && out
                    .section()
                    .exception
                    .name
                    .is_some_and(|name| name.ends_with("rror"));
            if known {
                out.stack.facts.reason("", line.trim_end_matches(','));
            }
            known
        }
        [b'^', ..] if line.bytes().all(|byte| byte == b'^') && out.is_fresh() => {
            // In front of the line of source stands where it is: a file that could not be read is in no frame.
            let said = out.section().exception;
            // Deno's line names the exception, and its source follows.
            let named = said.name.filter(|name| {
                let before = |mark: &str| {
                    text::with_mark(out.text, name, mark.len())
                        .is_some_and(|marked| marked.starts_with(mark))
                };
                before("Uncaught ") || before("(in promise) ") || before("error: ")
            });
            if named.is_some() {
                let message = said.message.lines().next().unwrap_or_default();
                out.section().exception = Exception { message, ..said };
                out.cut();
                return true;
            }
            let lines = said
                .name
                .unwrap_or_default()
                .lines()
                .chain(said.message.lines());
            if let Some(place) = lines.map(str::trim).rfind(|line| is_script_place(line)) {
                out.stack.facts.reason("source", place);
            }
            out.section().exception = Exception::default();
            true
        }
        _ => false,
    }
}

/// What was no error is printed in brackets, and above the frames of Node itself without them.
fn is_rejection(line: &str) -> bool {
    line.trim_start_matches('[')
        .starts_with("UnhandledPromiseRejection: ")
}

/// `/srv/orbit/dock.js:31`, which may have blanks; `file:///srv/orbit/dock.mjs:31`.
fn is_script_place(line: &str) -> bool {
    let (file, number) = text::file_line(line);
    let path = file.starts_with('/') || file.starts_with("file:") || file.get(1..3) == Some(":\\");
    number.is_some()
        && path
        && [".js", ".mjs", ".cjs", ".ts"]
            .iter()
            .any(|end| file.ends_with(end))
}

/// Whether a row names a file of those that led to a module that was not found.
fn is_required(out: &Builder<'_>, file: &str) -> bool {
    let section = out.stack.sections.last();
    (file.starts_with('/') || file.get(1..3) == Some(":\\"))
        && section
            .is_some_and(|section| section.exception.message.starts_with("Cannot find module"))
}
