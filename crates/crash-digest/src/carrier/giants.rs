//! The log of GIANTS' engine, which prints an error of its scripts without a stack, again with every tick:
//! `Error: Running LUA method 'update'.` and below it `C:/mods/orbit/dock.lua:31: attempt to index a nil value`.

use super::log_field::{ALSO, FURTHER, LOGGED};
use crate::grammar;
use crate::text;

/// The line above the error.
pub(super) const MARK: &str = "Error: Running LUA method '";
/// Errors that are told apart.
const MOST: usize = 8;

/// The text with each error once, and its place as Lua prints it; `None` where there is no such error, or a stack.
pub(super) fn render(document: &str) -> Option<String> {
    if !text::has(document, MARK) {
        return None;
    }
    if text::has(document, "LUA call stack:") {
        return beside(document);
    }
    let mut errors: Vec<Error<'_>> = Vec::new();
    let mut rest = String::new();
    let mut method = None;
    for line in text::lines(document) {
        let said = without_time(text::trim(line));
        if said.starts_with(MARK) {
            method = Some(&said["Error: ".len()..]);
        } else if let Some(error) = error(said, method) {
            method = None;
            let same = |known: &Error<'_>| {
                (known.file, known.line, known.message) == (error.file, error.line, error.message)
            };
            if let Some(at) = errors.iter().position(same) {
                errors[at].method = errors[at].method.or(error.method);
            } else if errors.len() < MOST {
                errors.push(error);
            }
        } else if grammar::read(said).is_none() {
            rest.extend([line, "\n"]);
        }
    }
    if errors.is_empty() {
        return None;
    }
    let mut out = String::with_capacity(document.len());
    for (number, error) in errors.iter().enumerate() {
        if let Some(method) = error.method {
            out.extend([if number == 0 { LOGGED } else { FURTHER }, method, "\n"]);
        }
        let Error {
            file,
            line,
            message,
            ..
        } = error;
        out.extend([
            message,
            "\nstack traceback:\n\t",
            file,
            ":",
            line,
            ": in ?\n\n",
        ]);
    }
    Some(out + &rest)
}

/// The text with errors on lines of their own that a paste ran together behind a stack: `… Error: Running LUA method 'update'.
/// a.lua:31: no bay 2026-01-02 10:48 Error: Running LUA method 'draw'. …`.
fn beside(document: &str) -> Option<String> {
    let mut out = String::with_capacity(document.len());
    let mut found = false;
    for line in text::lines(document) {
        let mut ends = line.match_indices(MARK).map(|(at, _)| at + "Error: ".len());
        let mut rest = ends.next();
        let mut told = false;
        while let Some(from) = rest {
            rest = ends.next();
            let said = line[from..rest.unwrap_or(line.len())].trim_end();
            // Of the next one its time and the word in front are no part of this.
            let said = said.strip_suffix("Error:").map_or(said, |front| {
                front.trim_end_matches(|c: char| c.is_ascii_digit() || " -:".contains(c))
            });
            if text::has(said, ".lua") {
                out.extend([ALSO, said, "\n"]);
                told = true;
            }
        }
        if !told {
            out.extend([line, "\n"]);
        }
        found |= told;
    }
    found.then_some(out)
}

/// An error of a script, and what the engine was about to run.
struct Error<'a> {
    file: &'a str,
    line: &'a str,
    message: &'a str,
    method: Option<&'a str>,
}

/// `2026-01-02 10:48 `.
fn without_time(line: &str) -> &str {
    let time = line.get(..17).filter(|time| {
        time.bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b':' | b' '))
            && time.ends_with(' ')
    });
    time.map_or(line, |time| line[time.len()..].trim_start())
}

/// `C:/mods/orbit/dock.lua:31: attempt to …`, of older games `C:/mods/orbit/dock.lua(31) : attempt to …`.
fn error<'a>(said: &'a str, method: Option<&'a str>) -> Option<Error<'a>> {
    let (file, rest) = said.split_at(text::find(said, ".lua")? + ".lua".len());
    let (line, rest) = text::digits(rest.strip_prefix([':', '('])?)?;
    let message = rest
        .strip_prefix(": ")
        .or_else(|| rest.strip_prefix(") : "))?;
    let path = !file.starts_with(['\'', '"', '[']) && !file.contains(": ");
    path.then_some(Error {
        file,
        line,
        message,
        method,
    })
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn an_error_is_told_once() {
        let text = "2026-01-02 10:48 Error: Running LUA method 'update'.\n2026-01-02 10:48 C:/a b/dock.lua:31: attempt to index a nil value\n\
                    2026-01-02 10:48 Error: Running LUA method 'update'.\n2026-01-02 10:48 C:/a b/dock.lua:31: attempt to index a nil value\n";
        assert_eq!(
            render(text).as_deref(),
            Some(
                "Logged as: Running LUA method 'update'.\nattempt to index a nil value\nstack traceback:\n\tC:/a b/dock.lua:31: in ?\n\n"
            )
        );
        assert_eq!(render("Error: Running LUA method 'draw'.\n"), None);
    }
}
