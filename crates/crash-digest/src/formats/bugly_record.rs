//! What Bugly and kits like it log of a crash above its stack: `# CRASH THREAD: main(17308)`.

use crate::model::{Builder, Facts};
use crate::text;

/// The last row of the record: what ended the program follows.
pub(super) const STACK: &str = "# CRASH STACK:";

/// Rows of the record begin so behind the mark.
const LABELS: [&str; 14] = [
    "You can use ",
    "PKG NAME:",
    "APP VER:",
    "SDK VER:",
    "LAUNCH TIME:",
    "CRASH ",
    "REPORT ID:",
    "RUNTIME AVAIL RAM:",
    "RUNTIME TOTAL RAM:",
    "EXCEPTION FIRED BY ",
    "EXCEPTION ANR MESSAGE:",
    "EXCEPTION TYPE:",
    "EXCEPTION THREAD:",
    "PROCESS:",
];

/// Takes a row of such a record; `false` where the line is none.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if !line.starts_with('#') {
        return false;
    }
    if line.starts_with("#+++++++") {
        out.stack.unrecognized.push(line);
        out.cut();
        return true;
    }
    let Some(row) = line
        .strip_prefix("# ")
        .filter(|row| LABELS.iter().any(|label| row.starts_with(label)))
    else {
        return false;
    };
    // Below frames it is of another crash.
    let above = !out.has_frames() && !out.is_beside();
    if !(above && told(&mut out.stack.facts, row)) {
        out.stack.unrecognized.push(line);
    }
    out.cut();
    true
}

/// Thread, process and address of the crash.
fn told<'a>(facts: &mut Facts<'a>, row: &'a str) -> bool {
    let Some((label, value)) = row.split_once(':') else {
        return false;
    };
    let value = value.trim();
    if value.is_empty() || value == "UNKNOWN" {
        return false;
    }
    match label {
        "CRASH THREAD" => {
            let (name, id) = match text::last_group(value, b'(', b')') {
                Some((name, id)) if id.bytes().all(|byte| byte.is_ascii_digit()) => {
                    (name, Some(id))
                }
                _ => (value, None),
            };
            facts.thread = facts.thread.or(Some(name.trim()));
            facts.thread_id = facts.thread_id.or(id);
        }
        "CRASH PROCESS" | "PKG NAME" => facts.process = facts.process.or(Some(value)),
        "CRASH ADDR" => facts.fault_address = facts.fault_address.or(Some(value)),
        _ => return false,
    }
    true
}
