//! Squirrel's report in a host's log: what stands in front of its rows, and the values of the variables below them. A loader of
//! mods that hosts it logs a crash of the game itself in the same way.

use crate::text;

/// How each of its rows begins.
const MARK: &str = "*FUNCTION";
const CRASHED: &str = "Northstar has crashed!";
pub(super) const MARKS: [&str; 2] = [MARK, CRASHED];

/// Parts of a log's line that stand in brackets, and how long one is at most.
const MOST: usize = 5;
const LONGEST: usize = 24;

/// OpenTTD's words for `AN ERROR HAS OCCURRED`.
const OF_SCRIPT: &str = "Your script made an error: ";

/// The text with the rows in front of their lines and without the variables; `None` where there are no rows.
pub(super) fn render(document: &str) -> Option<String> {
    let mut out = String::with_capacity(document.len());
    let (mut variables, mut found) = (false, false);
    for line in text::lines(document) {
        let said = said(line);
        found |= said.starts_with(CRASHED);
        if said == "LOCALS" {
            variables = true;
        } else if said.starts_with(MARK) || matches!(said, "CALLSTACK" | "DIAGPRINTS") {
            variables = false;
            found |= said.starts_with(MARK);
        } else if variables && (is_variable(said) || said.is_empty()) {
            continue;
        } else {
            variables = false;
        }
        if !matches!(said, "LOCALS" | "CALLSTACK" | "DIAGPRINTS") {
            out.extend([said, "\n"]);
        }
    }
    found.then_some(out)
}

/// What a line says behind the log's own words: `[08:10:11] [info] [SERVER SCRIPT] CALLSTACK`, `dbg: [script] [3] [S] *FUNCTION …`.
fn said(line: &str) -> &str {
    let trimmed = line.trim();
    if let Some(at) = [MARK, OF_SCRIPT]
        .iter()
        .find_map(|mark| text::find(trimmed, mark))
    {
        return &trimmed[at..];
    }
    // Time, level and the part of the game, each in brackets.
    let mut said = trimmed;
    for _ in 0..MOST {
        let Some((part, rest)) = said.strip_prefix('[').and_then(|rest| rest.split_once(']'))
        else {
            break;
        };
        if part.len() > LONGEST || is_variable(said) {
            break;
        }
        said = rest.trim_start();
    }
    said
}

/// A variable and its value: `[bay] 31`, `[this] TABLE`, `[name] "dock"`.
fn is_variable(line: &str) -> bool {
    /// What Squirrel calls values that it does not print, and a host's own.
    const KINDS: [&str; 17] = [
        "NULL",
        "TABLE",
        "ARRAY",
        "CLOSURE",
        "NATIVECLOSURE",
        "GENERATOR",
        "USERDATA",
        "USERPOINTER",
        "THREAD",
        "CLASS",
        "INSTANCE",
        "WEAKREF",
        "ENTITY",
        "STRUCT",
        "VECTOR",
        "true",
        "false",
    ];
    let Some((name, value)) = line
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("] "))
    else {
        return false;
    };
    let (kind, _) = text::word(value);
    let named = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_@.".contains(&byte));
    let number = |value: &str| {
        let digits = value.strip_prefix('-').unwrap_or(value);
        !digits.is_empty()
            && digits
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.')
    };
    named && (KINDS.contains(&kind) || value.starts_with(['"', '<', '(']) || number(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_and_what_a_log_puts_in_front_are_left_out() {
        let text = "[08:10:11] [info] [SERVER SCRIPT] SCRIPT ERROR: [SERVER] no bay\n\
                    [08:10:11] [info] [SERVER SCRIPT]\nCALLSTACK\n*FUNCTION [open()] dock.nut line [31]\n\n\
                    [08:10:11] [info] [SERVER SCRIPT] LOCALS\n[bay] 31\n[this] TABLE\n\
                    [08:10:12] [error] [dock] all gone\n";
        let out = render(text).unwrap();
        assert!(out.starts_with("SCRIPT ERROR: [SERVER] no bay\n"), "{out}");
        assert!(
            out.contains("\n*FUNCTION [open()] dock.nut line [31]\n"),
            "{out}"
        );
        assert!(!out.contains("[bay]") && out.contains("all gone"), "{out}");
        assert_eq!(render("AN ERROR HAS OCCURED [no bay]\n"), None);
    }
}
