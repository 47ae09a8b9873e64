//! How the kernels' reports begin: what happened, and at which address.

use crate::model::{Builder, Exception};
use crate::text;

/// How Linux begins, and what it is called; the longest first.
const BEGINS: [&str; 16] = [
    "BUG: ",
    "watchdog: BUG: ",
    "NMI watchdog: BUG: ",
    "rcu: INFO: ",
    "UBSAN: ",
    "INFO: rcu",
    "INFO: task ",
    "Kernel panic - not syncing: ",
    "Unable to handle kernel ",
    "kernel BUG at ",
    "Internal error: Oops",
    "general protection fault, ",
    "general protection fault: ",
    "stack segment: ",
    "invalid opcode: ",
    "divide error: ",
];

/// Whether a report of its own begins.
pub(super) fn is_head(line: &str) -> bool {
    // An oops ends so.
    !line.starts_with("Kernel panic - not syncing: Fatal exception")
        && (BEGINS.iter().any(|start| line.starts_with(start))
            || oops(line).is_some()
            || text::has(line, " invoked oom-killer: "))
}

/// What happened, where the line says no more than which oops it was on others: `Oops: Kernel access of bad area, sig: 11 [#8]`,
/// `Oops: general protection fault, probably for non-canonical address 0xdead000000000122: 0000 [#1] SMP`.
fn oops(line: &str) -> Option<&str> {
    let said = line.strip_prefix("Oops: ")?;
    let coded = said.starts_with("Oops: ") || said.starts_with(|c: char| c.is_ascii_digit());
    (!coded).then_some(said)
}

/// What a log was cut in front of.
pub(super) fn has_head(line: &str) -> bool {
    [
        "RIP: 0010:",
        "Call Trace:",
        "Call trace:",
        "Backtrace (CPU ",
        "NIP [",
        "Oops: ",
        "CPU: ",
        "NMI backtrace for cpu ",
    ]
    .iter()
    .any(|start| line.starts_with(start))
}

/// The first line of a report: what happened, and at which address.
pub(super) fn begins<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    // `panic(cpu 2 caller 0xffffff8015e09f6a): Kernel trap at 0xffffff801629f1e7, type 14=page fault, registers:`
    if line.starts_with("panic(cpu ") {
        let said = text::split_once(line, "): ").map_or("", |(_, said)| said);
        let said = said.strip_suffix(", registers:").unwrap_or(said);
        if out.section().exception.name.is_none() {
            out.section().exception = Exception {
                name: Some("kernel panic"),
                message: said,
            };
        } else {
            out.stack.facts.reason("kernel panic", said);
        }
        return true;
    }
    // What was warned of before is no reason, but where there is nothing else.
    if let Some(said) = line.strip_prefix("WARNING: ").filter(|_| out.is_empty()) {
        let place = if said.starts_with("CPU: ") {
            text::split_once(said, " at ").map_or("", |(_, place)| place)
        } else {
            text::split_once(said, ", CPU#").map_or(said, |(place, _)| place)
        };
        out.section().exception = Exception {
            name: Some("WARNING"),
            message: place,
        };
        return true;
    }
    if let Some(name) = oops(line).filter(|_| out.section().exception.name.is_none()) {
        out.section().exception.name = Some(name);
        return true;
    }
    let Some(start) = BEGINS.iter().find(|start| line.starts_with(**start)) else {
        return false;
    };
    let said = match *start {
        "BUG: "
        | "watchdog: BUG: "
        | "NMI watchdog: BUG: "
        | "rcu: INFO: "
        | "Kernel panic - not syncing: " => &line[start.len()..],
        "INFO: rcu" | "INFO: task " => &line["INFO: ".len()..],
        _ => line,
    };
    // `INFO: task quay:4711 blocked for more than 120 seconds.`
    if let Some(task) = said.strip_prefix("task ")
        && out.is_empty()
        && let Some((name, id)) = text::word(task).0.rsplit_once(':')
    {
        out.stack.facts.process = Some(name);
        out.stack.facts.thread_id = Some(id);
    }
    let place = [
        ", address: ",
        " for address: ",
        " at virtual address ",
        " dereference at ",
        " request at ",
        " data at address ",
        " on read at ",
        " on write at ",
    ]
    .iter()
    .find_map(|label| text::split_once(said, label).map(|parts| (*label, parts)));
    let facts = &mut out.stack.facts;
    if let Some((_, (_, address))) = place {
        facts.fault_address = facts.fault_address.or(Some(text::word(address).0));
        facts.address_apart = true;
    }
    // `… NULL pointer dereference at 0000000000000250`
    let name = place.map_or(said, |(label, (front, _))| {
        let kept = text::find(label, " at ").unwrap_or_default();
        &said[..front.len() + kept]
    });
    let first = out.section().exception.name.is_none();
    if first {
        let label = if start.starts_with("Kernel panic") {
            "kernel panic"
        } else {
            ""
        };
        out.section().exception = if label.is_empty() {
            Exception {
                name: Some(name),
                message: "",
            }
        } else {
            Exception {
                name: Some(label),
                message: name,
            }
        };
    } else {
        // On ARM: `Internal error: Oops: 17 [#2] ARM`.
        let said = said.strip_prefix("Internal error: ").unwrap_or(said);
        out.stack.facts.reason("", said);
    }
    true
}
