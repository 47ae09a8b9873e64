//! Windows' own record of a program that did not answer: of its event log, and of its problem reports.

use crate::model::{Builder, Exception};
use crate::text;

/// How the names of such events begin.
const HANG: &str = "AppHang";

/// How the same event begins in older systems.
const HANGING: &str = "Hanging application ";

/// Takes such a line; `false` where it is none.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    match line.as_bytes().first() {
        Some(b'T') if line.starts_with("The program ") => closed(out, line),
        Some(b'W') => waited_on(out, line),
        Some(b'H') if line.starts_with(HANGING) => older(out, line),
        Some(b'P') if line.starts_with("P1: ") => program(out, line),
        _ => text::has(line, HANG) && event(out, line),
    }
}

/// Event 1002: `The program orbit.exe version 1.2.0.4 stopped interacting with Windows and was closed. …`, labels below it.
fn closed<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some((program, rest)) = text::split_once(&line["The program ".len()..], " version ") else {
        return false;
    };
    let Some((_, closed)) = text::split_once(rest, " stopped interacting with Windows") else {
        return false;
    };
    if !out.is_fresh() {
        return false;
    }
    // The advice behind it is no more of what happened.
    let advice = text::find(closed, ". ").map_or(0, |at| closed.len() - at - 1);
    out.stack.facts.process = Some(program);
    out.section().exception = Exception {
        name: None,
        message: &line[..line.len() - advice],
    };
    out.cut();
    true
}

/// `Problem Event Name: AppHangXProcB1`, in any language: the value is the same in all of them.
fn event<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some((_, value)) = line.rsplit_once([':', '：']) else {
        return false;
    };
    let value = value.trim();
    let of_hang = value.strip_prefix("Mo").unwrap_or(value);
    let known = of_hang.strip_prefix(HANG).is_some_and(|rest| {
        rest.len() <= 12 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    if !known || !out.is_fresh() {
        return false;
    }
    out.drop_unnamed();
    out.exception_name(value);
    out.cut();
    true
}

/// Event 1002 of older systems: `Hanging application orbit.exe, version 1.2.0.0, hang module hungapp, version 0.0.0.0, …`.
fn older<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some((program, _)) = text::split_once(&line[HANGING.len()..], ", version ") else {
        return false;
    };
    if !out.is_fresh() {
        return false;
    }
    out.stack.facts.process = Some(program);
    out.section().exception = Exception {
        name: None,
        message: line,
    };
    out.cut();
    true
}

/// A problem report by number: the first value is the program.
fn program<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let sections = &out.stack.sections;
    let name = sections.first().and_then(|first| first.exception.name);
    let known = name.is_some_and(|name| name.trim_start_matches("Mo").starts_with(HANG));
    if known {
        let facts = &mut out.stack.facts;
        facts.process = facts.process.or(Some(line[4..].trim()));
    }
    known
}

/// Another program that did not answer this one.
fn waited_on<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some(name) = line.strip_prefix("Waiting on Application Name:") else {
        return false;
    };
    out.stack.facts.reason("waiting on", name);
    true
}
