//! What one line of Erlang tells of a process that crashed: a logger's own sentence, a crash report that a logger wrote on
//! one line, the end of a whole node.

use super::erlang_terms::{parts, reason_and_stack};
use crate::text;

/// One process that crashed.
#[derive(Default)]
pub(super) struct Report {
    /// Which it was.
    pub(super) process: String,
    /// `badmatch`, `exception error`.
    pub(super) name: String,
    pub(super) message: String,
    pub(super) frames: Vec<String>,
}

/// A reason without its stack: `{badmatch,x}` is named by its first part.
pub(super) fn named(reason: &str) -> (String, String) {
    let reason = reason.trim();
    let atom = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_lowercase())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    if atom(reason) {
        return (reason.to_owned(), String::new());
    }
    match parts(reason).unwrap_or_default().split_first() {
        Some((name, rest)) if atom(name) && reason.starts_with('{') => {
            ((*name).to_owned(), rest.join(","))
        }
        _ => ("exit".to_owned(), reason.to_owned()),
    }
}

/// The reason of a server's end.
pub(super) fn of_term(term: &str) -> Report {
    // Newer systems put the class in front: `error:badarg`.
    let class = ["error", "exit", "throw"].into_iter().find_map(|class| {
        let rest = term.trim().strip_prefix(class)?.strip_prefix(':')?;
        (!rest.starts_with(' ')).then_some((class, rest))
    });
    let term = class.map_or(term, |(_, rest)| rest);
    let (reason, frames) =
        reason_and_stack(term).unwrap_or_else(|| (term.trim().to_owned(), Vec::new()));
    let (mut name, mut message) = named(&reason);
    // As the process' own report tells it: `exception exit: timeout`; an error's reason names it.
    if let Some((class, _)) = class.filter(|(class, _)| *class != "error" && message.is_empty()) {
        message = std::mem::replace(&mut name, class.to_owned());
    }
    Report {
        name,
        message,
        frames,
        ..Report::default()
    }
}

/// Which child a supervisor names as its offender, there or on the next lines: ` of dock`, of `[{pid,<0.39.0>},{id,dock},…]`.
pub(super) fn child(offender: &str, below: &[&str]) -> String {
    let named = |line: &str| {
        let name =
            text::after(line, "{id,", b"},").or_else(|| text::after(line, "{name,", b"},"))?;
        Some(format!(" of {name}"))
    };
    let mut below = below.iter().take(3).copied();
    named(offender)
        .or_else(|| below.find_map(named))
        .unwrap_or_default()
}

/// A logger's line: `gen_server dock terminated with reason: bad argument in call to … in dock:open/1 line 124`,
/// `CRASH REPORT Process dock with 0 neighbours crashed with reason: …`.
pub(super) fn logged(line: &str) -> Option<Report> {
    if let Some(report) = of_process(line) {
        return Some(report);
    }
    let mark = [" with reason: ", " exit with reason "]
        .into_iter()
        .find(|mark| text::has(line, mark))?;
    let (front, reason) = text::split_once(line, mark)?;
    let process = [
        "gen_server ",
        "gen_fsm ",
        "gen_statem ",
        "CRASH REPORT Process ",
        "Supervisor ",
    ]
    .iter()
    .find_map(|start| text::find(front, start).map(|at| front.split_at(at)))?;
    let (before, process) = process;
    // lager's own column: `06:23:10.131 <0.56.0> gen_server dock terminated`.
    let id = before.trim_end().rsplit(' ').next();
    let id = id.filter(|id| id.starts_with("<0.") && id.ends_with('>'));
    let id = id.map(|id| format!(", {id}")).unwrap_or_default();
    let reason = text::rsplit_once(reason, " in context ").map_or(reason, |(reason, _)| reason);
    // Where the server's own loop ended says nothing.
    let reason = text::rsplit_once(reason, " in gen_")
        .or_else(|| text::rsplit_once(reason, " in p1_"))
        .filter(|(_, behind)| text::has(behind, ":terminate/"))
        .map_or(reason, |(reason, _)| reason);
    let (mut message, mut frames) = (reason, Vec::new());
    if let Some((front, number)) = text::rsplit_once(reason, " line ")
        && number.bytes().all(|byte| byte.is_ascii_digit())
    {
        let call = match text::rsplit_once(front, " in ") {
            Some((front, call)) if !call.contains(' ') => {
                message = front;
                Some(call)
            }
            _ => text::split_once(front, " matching ").map(|(_, call)| {
                message = front;
                call.split('(').next().unwrap_or(call)
            }),
        };
        if let Some((module, _)) = call.and_then(|call| call.split_once(':')) {
            let call = call.unwrap_or_default();
            frames.push(format!("in function {call} ({module}.erl, line {number})"));
        }
    }
    let (name, message) = match parts(message) {
        Some(_) => named(message),
        None => ("error".to_owned(), message.to_owned()),
    };
    Some(Report {
        process: format!("{process}{id}"),
        name,
        message,
        frames,
    })
}

/// `Error in process <0.39.0> on node 'orbit@moon' with exit value: {badarg,[…]}`, in newer systems on two lines.
fn of_process(line: &str) -> Option<Report> {
    let at = text::find(line, "Error in process ")?;
    let (front, term) = text::split_once(&line[at..], " with exit value:")?;
    let term = term.trim();
    let (_, process) = text::split_once(front, " in p")?;
    let report = of_term(term);
    (!term.is_empty() && !report.frames.is_empty()).then(|| Report {
        process: format!("P{process} ended"),
        ..report
    })
}

/// `Kernel pid terminated (application_controller) ({application_start_failure,moon,…})`, also as a tuple with a text inside.
pub(super) fn kernel(line: &str) -> Option<Report> {
    let rest = &line[text::find(line, "Kernel pid terminated")?..];
    let from = rest
        .find("{application_")
        .or_else(|| rest.find("({").map(|at| at + 1))?;
    let term = rest[from..].trim_end_matches([')', '"', ' ']);
    let term = match term.strip_suffix("\"}") {
        Some(term) => term.replace("\\\"", "\""),
        None if text::has(term, "\\\"") => term.trim_end_matches("\"}").replace("\\\"", "\""),
        None => term.to_owned(),
    };
    let mut report = of_term(&term);
    report.process = format!("Kernel pid terminated: {}", text::head(&term, 80));
    Some(report)
}

/// A crash report on one line: `crasher: initial call: dock:init/1, pid: <0.39.0>, registered_name: [], error: {{badmatch,x},[…]}, ancestors: […]`,
/// `… exception error: no case clause matching 7 in function  dock:open/1 (src/dock.erl, line 7) in call from …, ancestors: […]`.
pub(super) fn crasher(line: &str) -> Option<Report> {
    let (_, rest) = text::split_once(line, "crasher: initial call: ")?;
    let (call, rest) = text::split_once(rest, ", pid: ")?;
    let name = text::after(rest, "registered_name: ", b",").filter(|name| *name != "[]");
    let process = match name {
        Some(name) => format!("Process {name} crashed"),
        None => format!("Process of {call} crashed"),
    };
    let (at, mark) = ["error: ", "exit: ", "throw: "]
        .iter()
        .filter_map(|mark| Some((text::find(rest, &format!(" {mark}"))? + 1, *mark)))
        .min_by_key(|(at, _)| *at)?;
    let reason = &rest[at + mark.len()..];
    let reason = text::split_once(reason, ", ancestors: ").map_or(reason, |(reason, _)| reason);
    if reason.starts_with('{') {
        let report = of_term(reason);
        return Some(Report { process, ..report });
    }
    let mut calls = text::split_once(reason, " in function ");
    let (message, _) = calls.unwrap_or((reason, ""));
    let mut frames = Vec::new();
    while let Some((_, call)) = calls {
        calls = text::split_once(call, " in call from ");
        let call = calls.map_or(call, |(call, _)| call);
        frames.push(format!("in function {}", call.trim()));
    }
    Some(Report {
        process,
        name: mark.trim_end_matches([':', ' ']).to_owned(),
        message: message.to_owned(),
        frames,
    })
}

/// A label of a crash report.
pub(super) fn is_label(line: &str) -> bool {
    const LABELS: [&str; 18] = [
        "initial call:",
        "pid:",
        "registered_name:",
        "ancestors:",
        "message_queue_len:",
        "messages:",
        "links:",
        "dictionary:",
        "trap_exit:",
        "status:",
        "heap_size:",
        "stack_size:",
        "reductions:",
        "neighbours:",
        "neighbour:",
        "error_handler:",
        "process_label:",
        "client:",
    ];
    LABELS.iter().any(|label| line.starts_with(label))
}

/// `exception error: …`: the class and the rest.
pub(super) fn class(line: &str) -> Option<(&str, &str)> {
    let rest = line.strip_prefix("exception ")?;
    let (class, message) = rest
        .split_once(": ")
        .or_else(|| Some((rest.strip_suffix(':')?, "")))?;
    matches!(class, "error" | "exit" | "throw").then_some((class, message))
}
