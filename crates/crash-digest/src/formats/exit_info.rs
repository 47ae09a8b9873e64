//! Android's record of why a process ended, in one line or in the rows of `dumpsys`:
//! `ApplicationExitInfo(timestamp=… process=com.acme.orbit reason=6 (ANR) subreason=0 (UNKNOWN) status=0 … description=…`.

use crate::code_tables::signal_name;
use crate::model::{Builder, Exception, RelatedKind};
use crate::text;

/// Takes such a line; `false` where it is none.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    const STARTS: [&str; 4] = [
        "ApplicationExitInfo",
        "timestamp=",
        "process=",
        "importance=",
    ];
    if !STARTS.iter().any(|start| line.starts_with(start)) {
        return false;
    }
    let ended =
        text::split_once(line, "process=").and_then(|(_, rest)| text::split_once(rest, " reason="));
    let described = text::split_once(line, " description=").map(|(_, rest)| said(rest));
    let head = line.starts_with("ApplicationExitInfo #") && line.ends_with(':')
        || line.starts_with("timestamp=") && text::has(line, " pid=");
    if ended.is_none() && described.is_none() && !head {
        return false;
    }
    out.cut();
    // The newest is the first of the list: what is told of an older one is none of it.
    let told = !out.is_empty() && out.section().exception.name.is_some();
    if ended.is_some() && told && !out.has_frames() && !out.is_beside() {
        out.related(RelatedKind::Further, line, None);
        return true;
    }
    if out.has_frames() || out.is_beside() {
        out.stack.unrecognized.push(line);
        return true;
    }
    if let Some((process, rest)) = ended
        && out.section().exception.name.is_none()
    {
        let end = [" subreason=", " status="]
            .iter()
            .find_map(|end| text::find(rest, end));
        let (reason, rest) = rest.split_at(end.unwrap_or(rest.len()));
        out.section().exception = Exception {
            name: Some(named(reason)),
            message: "",
        };
        let facts = &mut out.stack.facts;
        facts.process = facts.process.or(Some(process));
        // The status of what a signal ended is the signal.
        if text::has(reason, "NATIVE") || text::has(reason, "SIGNALED") {
            let status = text::after(rest, "status=", b" ").and_then(|status| status.parse().ok());
            facts.signal = facts.signal.or(status.and_then(signal_name));
        }
    }
    if let Some(described) = described.filter(|described| *described != "null") {
        out.exception_message(described);
    }
    true
}

/// `ANR` of `6 (ANR)`.
fn named(reason: &str) -> &str {
    let named = reason
        .split_once(" (")
        .and_then(|(_, name)| name.strip_suffix(')'));
    named.unwrap_or(reason)
}

/// The description without the fields behind it.
fn said(rest: &str) -> &str {
    let end = [" state=", " trace="]
        .iter()
        .filter_map(|end| text::rfind(rest, end))
        .min();
    &rest[..end.unwrap_or(rest.len())]
}
