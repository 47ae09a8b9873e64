//! Reports of Android's runtime in one log, each under `FATAL EXCEPTION: main` and `Process: com.acme.orbit, PID: 4100`: the
//! app's own is the crash, whichever stands first.

use crate::text;

const HEADING: &str = "FATAL EXCEPTION: ";

/// The wanted process's report, what stands before it and what stands behind it; `None` where it is the first, or not there.
pub(super) fn in_order<'a>(text: &'a str, wanted: Option<&str>) -> Option<[&'a str; 3]> {
    let wanted = wanted?;
    let mut reports = memchr::memmem::find_iter(text.as_bytes(), HEADING)
        .filter(|at| *at == 0 || text.as_bytes()[at - 1] == b'\n')
        .map(|at| (at, process(&text[at..])));
    let (_, first) = reports.next()?;
    if first? == wanted {
        return None;
    }
    let (start, _) = reports.find(|(_, process)| *process == Some(wanted))?;
    let end = reports.next().map_or(text.len(), |(at, _)| at);
    Some([&text[start..end], &text[..start], &text[end..]])
}

/// The process on the line below the heading.
fn process(report: &str) -> Option<&str> {
    let line = text::lines(report).nth(1)?;
    let process = text::trim(line).strip_prefix("Process: ")?;
    process.split(',').next()
}

/// The wanted process's report where every tombstone of the log is another's, and the first of these.
pub(super) fn beside_tombstones<'a>(
    text: &'a str,
    wanted: Option<&str>,
) -> Option<(&'a str, &'a str)> {
    let wanted = wanted?;
    let start = memchr::memmem::find_iter(text.as_bytes(), HEADING)
        .filter(|at| *at == 0 || text.as_bytes()[at - 1] == b'\n')
        .find(|at| process(&text[*at..]) == Some(wanted))?;
    let mut others = memchr::memmem::find_iter(text.as_bytes(), ">>> ")
        .filter_map(|at| text::after(&text[at..], ">>> ", b" <"))
        .peekable();
    let first = *others.peek()?;
    // Another process of the same app ends with `:push`.
    if others.any(|other| other.split(':').next() == Some(wanted)) {
        return None;
    }
    let report = &text[start..];
    let end = ["\n*** *** ***", "\nFATAL EXCEPTION: ", "\nFatal signal "]
        .iter()
        .filter_map(|end| text::find(report, end))
        .min();
    Some((&report[..end.unwrap_or(report.len())], first))
}
