//! What was killed for the memory that it took: by the kernel, by whoever runs its container.

use crate::model::{Builder, Exception, LOGGED_AS_WARNING};
use crate::text;

/// Takes such a line; `false` where it is none.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    match line.as_bytes() {
        [b'[', ..] if text::has(line, " ms: ") && collected(out, line) => true,
        [b'R', b'e', b'a', b's', ..] => of_container(out, line),
        [b'E', b'x', b'i', b't', b' ', ..] => exit_code(out, line),
        [b'W', b'a', b'r', b'n', b'i', b'n', b'g', b' ', b' ', ..] => event(out, line),
        [b'L', b'a', b's', b't', b' ', b'S', ..] if line.starts_with("Last State:") => {
            last_state(out, line)
        }
        [b'R', b'e', b's', b't', ..] if line.starts_with("Restart Count:") => {
            if is_of_container(out) {
                let count = line["Restart Count:".len()..].trim();
                out.stack.facts.reason("restart count", count);
            }
            out.stack.unrecognized.push(line);
            true
        }
        [b'o', b'o', b'm', b'-', ..] if line.starts_with("oom-kill:constraint=") => {
            out.stack.unrecognized.push(line);
            true
        }
        [.., b'.'] if line.ends_with("killed by the OOM killer.") => {
            out.stack.facts.reason("", line);
            true
        }
        [b'O' | b'M' | b'K' | b'k' | b'[' | b'0'..=b'9', ..] => killed(out, line),
        // Behind a date, where a log's other lines are none: `Aug 18 03:19:11 moon kernel: Killed process …`.
        [b'A'..=b'Z', b'a'..=b'z', b'a'..=b'z', b' ', ..] if killed(out, line) => true,
        [..] => {
            let asked = text::find(line, " invoked oom-killer: ");
            if let Some(at) = asked {
                let (said, asked) = line.split_at(at + " invoked oom-killer: ".len());
                let facts = &mut out.stack.facts;
                facts.reason("", said.trim_end_matches([':', ' ']));
                facts.reason("asked for", asked);
            }
            asked.is_some()
        }
    }
}

/// A row of a cluster's events: `Warning  BackOff  33s (x70 over 15m)  kubelet, moon  Back-off restarting failed container`.
fn event<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let row = line["Warning".len()..].trim_start();
    let columns: Vec<&str> = row
        .split("  ")
        .map(str::trim)
        .filter(|column| !column.is_empty())
        .take(5)
        .collect();
    let age = columns.get(1);
    let aged = age.is_some_and(|age| {
        matches!(*age, "<unknown>" | "<invalid>")
            || age.starts_with(|c: char| c.is_ascii_digit())
                && text::digits(age).is_some_and(|(_, unit)| unit.starts_with(['s', 'm', 'h', 'd']))
    });
    let known = aged && columns.len() == 4;
    if known {
        out.stack.facts.reason(LOGGED_AS_WARNING, row);
        out.cut();
    }
    known
}

/// V8's last collections, in front of the end of the process: `[31:0x2c70] 1200 ms: Mark-sweep 2046.7 (2083.3) -> 2045.8 (2083.8) MB, …`.
/// The last one counts.
fn collected<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    const LABEL: &str = "last collection";
    let Some((_, said)) = text::split_once(line, " ms: ") else {
        return false;
    };
    let end = text::find(said, " MB").map(|at| at + " MB".len());
    let known = said.starts_with("Mark-") || said.starts_with("Scavenge ");
    let Some(end) = end.filter(|_| known && text::has(said, " -> ")) else {
        return false;
    };
    let facts = &mut out.stack.facts;
    match facts.reasons.iter_mut().find(|known| known.label == LABEL) {
        Some(last) => last.text = &said[..end],
        None => facts.reason(LABEL, &said[..end]),
    }
    true
}

/// The kernel: `Out of memory: Kill process 1312 (orbit) score 497 or sacrifice child`,
/// `Memory cgroup out of memory: Killed process 1312 (orbit) total-vm:2133696kB, anon-rss:256140kB`, both behind a time or not.
fn killed<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some((at, rest)) = ["Killed process ", "Kill process "]
        .iter()
        .find_map(|mark| text::find(line, mark).map(|at| (at, &line[at + mark.len()..])))
    else {
        return false;
    };
    let Some((_, rest)) = text::digits(rest) else {
        return false;
    };
    let rest = rest.trim_start_matches([' ', ',']);
    let Some((name, behind)) = rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) else {
        return false;
    };
    let front = &line[..at];
    let why = ["Out of memory", "Memory cgroup out of memory"]
        .into_iter()
        .find(|why| text::has(front, why));
    if why.is_none() && !text::has(behind, "total-vm:") {
        return false;
    }
    let facts = &mut out.stack.facts;
    facts.process = facts.process.or(Some(name));
    let sizes = text::find(line, "total-vm:").unwrap_or(line.len());
    facts.reason("memory", &line[sizes..]);
    // Behind the first line the kernel says the same of the process and its memory.
    let told = !out.is_empty() && out.section().exception.name.is_some();
    if !told && !out.has_frames() {
        let said = Exception {
            name: Some(why.unwrap_or("Out of memory")),
            message: line[at..sizes.max(at)].trim_end(),
        };
        out.sure(said, line);
    } else if !told {
        out.stack.facts.reason("", &line[at..]);
    }
    out.cut();
    true
}

/// Of a container: `Reason:       OOMKilled` below `Last State:     Terminated`.
fn of_container<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let known = line
        .strip_prefix("Reason:")
        .is_some_and(|reason| reason.trim() == "OOMKilled")
        && !out.has_frames();
    if known {
        let said = Exception {
            name: Some("OOMKilled"),
            message: "the container was killed for the memory that it took",
        };
        out.sure(said, line);
        out.cut();
        return true;
    }
    // kubectl says it of a container that waits to be started again.
    let waits = line
        .strip_prefix("Reason:")
        .is_some_and(|reason| reason.trim() == "CrashLoopBackOff");
    if waits {
        out.stack.facts.reason("waits", "CrashLoopBackOff");
        return true;
    }
    // Why it ended otherwise: `Reason:       Error`, `Reason:       ContainerCannotRun`.
    let ended = is_of_container(out) && line.starts_with("Reason:");
    if ended {
        let reason = text::word(line["Reason:".len()..].trim_start()).0;
        out.stack.facts.reason("reason", reason);
    }
    ended
}

/// kubectl describes how a container ended before: `Last State:     Terminated`.
const ENDED: &str = "container terminated";

fn last_state<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let state = line["Last State:".len()..].trim();
    if state != "Terminated" || out.has_frames() {
        out.stack.unrecognized.push(line);
        return true;
    }
    // What was described before it is no exception.
    if !out.is_empty() && out.section().exception.name.is_none() {
        out.drop_unnamed();
    }
    let unnamed = out.is_empty() || out.section().exception.is_empty();
    if unnamed {
        let said = Exception {
            name: Some(ENDED),
            message: "",
        };
        out.sure(said, line);
    }
    out.cut();
    true
}

fn is_of_container(out: &mut Builder<'_>) -> bool {
    !out.is_empty()
        && !out.has_frames()
        && matches!(out.section().exception.name, Some("OOMKilled" | ENDED))
}

/// The exit code below such a reason: `Exit Code:    137`.
fn exit_code<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some(code) = line.strip_prefix("Exit Code:").map(str::trim) else {
        return false;
    };
    let known = is_of_container(out);
    if known {
        out.stack.facts.reason("exit code", code);
    }
    known
}
