//! What Erlang and Elixir say behind two stars: a process that ended, its reason.

use crate::frame::Frame;
use crate::grammar;
use crate::model::{Builder, Exception};
use crate::text;

/// `{function_clause,[{orbit_ship,fire,[undefined],[{file,"src/orbit_ship.erl"},{line,88}]},`: the reason and its first frame.
pub(super) fn erlang<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some((reason, rest)) = line.trim_start_matches('{').split_once(",[{") else {
        return false;
    };
    let from = line.len() - rest.len() - 1;
    let Some(frame) = grammar::erlang(&line[from..]) else {
        return false;
    };
    named(out, reason, "");
    out.frame(Frame {
        raw: &line[from..],
        ..frame
    });
    true
}

/// How the name of the process begins that crashed.
const PROCESSES: [&str; 12] = [
    "Ancestors: [",
    "Supervisor {",
    "Generic server ",
    "GenServer ",
    "Task #PID<",
    "State machine ",
    "Process ",
    "gen_server ",
    "gen_fsm ",
    "gen_statem ",
    "CRASH REPORT Process ",
    "Kernel pid terminated",
];

/// `** Generic server orbit_match terminating`, `** When Server state == …`, `** Reason for termination ==`.
pub(super) fn head<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let rest = &line[3..];
    if PROCESSES.iter().any(|start| rest.starts_with(start)) {
        out.stack.facts.reason("", rest);
        return true;
    }
    [
        "Last message in was",
        "When Server state ==",
        "Reason for termination",
        "Reason for termination ==",
    ]
    .iter()
    .any(|start| rest.starts_with(start))
}

/// `(FunctionClauseError) no function clause matching in Orbit.Ship.fire/1`.
pub(super) fn elixir<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let rest = &line[4..];
    let alone = || Some((rest.strip_suffix(')')?, ""));
    match text::split_once(rest, ") ").or_else(alone) {
        Some((name, message)) if !name.contains(' ') => {
            // A log tells of each process.
            if out.has_frames() && !out.is_fresh() {
                out.further(&line[3..]);
            }
            named(out, name, message);
            out.cut();
            true
        }
        _ => false,
    }
}

/// Which argument it was, below a blank line: `* 1st argument: the table identifier does not refer to an existing ETS table`.
pub(super) fn argument<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let known = out.is_fresh()
        && text::has(line, " argument: ")
        && text::has(out.section().exception.message, " given argument");
    if known {
        let message = out.span(
            out.stack
                .sections
                .last()
                .map_or("", |last| last.exception.message),
            line,
        );
        out.section().exception.message = message;
    }
    known
}

/// The arguments that no clause took, each below its number: `The following arguments were given to Orbit.Dock.open/2:`, `# 1`, `nil`.
pub(super) fn given<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    /// So many lines of them are looked at.
    const MOST: usize = 40;
    let text = out.text;
    let behind = text::place(text, line).map(|at| &text[at + line.len()..]);
    let Some(behind) =
        behind.filter(|_| line.starts_with("The following arguments were given to "))
    else {
        return false;
    };
    let rows = text::lines(behind)
        .map(text::trim)
        .filter(|row| !row.is_empty());
    let (mut first, mut last, mut valued) = ("", "", true);
    for row in rows.take(MOST) {
        let number = row.strip_prefix("# ").and_then(text::digits);
        if number.is_some_and(|(_, rest)| rest.is_empty()) {
            first = if first.is_empty() { row } else { first };
            valued = false;
        } else if first.is_empty()
            || valued && grammar::read(row).is_some()
            || row.starts_with("Attempted function clauses")
        {
            break;
        } else {
            (last, valued) = (row, true);
        }
    }
    if !last.is_empty() {
        let arguments = out.span(first, last);
        out.stack.facts.reason("arguments given", arguments);
    }
    out.cut();
    true
}

/// Names the exception that is being read, in place of words before it.
fn named<'a>(out: &mut Builder<'a>, name: &'a str, message: &'a str) {
    if out.is_fresh() {
        out.section().exception = Exception {
            name: Some(name).filter(|name| !name.is_empty()),
            message,
        };
    }
}
