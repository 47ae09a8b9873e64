//! What Apple's kernel logs where it ends a program for what it took: `EXC_RESOURCE -> Orbit[2776] exceeded mem limit: ActiveHard
//! 3072 MB (fatal)`, `memorystatus: killing_specific_process pid 2776 [Orbit] (per-process-limit 10)`.

use crate::model::{Builder, Exception};
use crate::text;

const EXCEEDED: &str = "EXC_RESOURCE -> ";
const KILLING: &str = "memorystatus: killing_";

/// Reads such a line behind whatever the log put in front; `false` where it is none.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if let Some((front, rest)) = text::split_once(line, EXCEEDED) {
        return exceeded(out, line, (front, rest));
    }
    let Some((_, rest)) = text::split_once(line, KILLING) else {
        return violated(out, line);
    };
    // Programs that do nothing are ended all day long.
    if rest.starts_with("idle_process") {
        out.stack.unrecognized.push(line);
        return true;
    }
    let process = text::after(rest, " [", b"]").or_else(|| text::after(rest, "[", b"]"));
    let process = process.filter(|name| !name.is_empty());
    let why = &line[line.len() - rest.len() - "killing_".len()..];
    told(out, line, process, (Some("JETSAM"), why));
    true
}

/// `Orbit[2776] exceeded mem limit: …`; of wakeups the process stands in front: `process Orbit[31] caught causing excessive
/// wakeups. EXC_RESOURCE -> WAKEUPS`.
fn exceeded<'a>(out: &mut Builder<'a>, line: &'a str, (front, rest): (&'a str, &'a str)) -> bool {
    let numbered = |said: &'a str| {
        let (name, behind) = said.split_once('[')?;
        let (_, behind) = text::digits(behind)?;
        Some((name, behind.strip_prefix(']')?.trim_start()))
    };
    let caught = || numbered(text::split_once(front, "process ")?.1);
    let (process, why) = match (numbered(rest), caught()) {
        (Some(told), _) => told,
        (None, Some((name, _))) => (name, rest),
        _ => return false,
    };
    told(out, line, Some(process), (Some("EXC_RESOURCE"), why));
    true
}

/// A limit that was passed, and the program goes on: `process Orbit[31] caught waking the CPU 45005 times over ~3 seconds, … and
/// violating a limit of …`, `Orbit[31] () used 90.00 seconds of CPU over 149 seconds (…), violating a CPU usage limit of …`.
fn violated<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some((said, limit)) = text::split_once(line, "violating a ") else {
        return false;
    };
    let limited = text::has(limit, "limit of ");
    let (front, why) = match text::split_once(said, "] caught ") {
        Some((front, _)) => (front, &line[front.len() + "] ".len()..]),
        None => match text::split_once(said, "] () ") {
            Some((front, _)) => (front, &line[front.len() + "] () ".len()..]),
            None => return false,
        },
    };
    let named = text::rsplit_once(front, "[")
        .filter(|(_, id)| id.bytes().all(|byte| byte.is_ascii_digit()));
    let Some((name, _)) = named.filter(|_| limited) else {
        return false;
    };
    let name = text::rsplit_once(name, "process ").map_or(name, |(_, name)| name);
    let why = why.trim_end_matches('.');
    // Apple's own service says it again in other words.
    let sections = &out.stack.sections;
    let known = sections
        .last()
        .is_some_and(|section| text::has(section.exception.message, "violating a "));
    if known {
        out.stack.facts.reason("kernel", why);
    } else {
        told(out, line, Some(name.trim()), (None, why));
    }
    true
}

fn told<'a>(
    out: &mut Builder<'a>,
    line: &'a str,
    process: Option<&'a str>,
    (name, why): (Option<&'a str>, &'a str),
) {
    if out.has_frames() {
        return out.stack.unrecognized.push(line);
    }
    let facts = &mut out.stack.facts;
    facts.process = facts.process.or(process);
    if out.section().exception.name.is_some() {
        let at = text::find(line, EXCEEDED).unwrap_or(line.len() - why.len());
        return out.stack.facts.reason("kernel", &line[at..]);
    }
    // What a log or a person said before is none of it.
    out.drop_unnamed();
    let message = why.trim();
    out.sure(Exception { name, message }, line);
    out.cut();
}
