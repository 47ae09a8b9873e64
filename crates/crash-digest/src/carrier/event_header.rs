//! What Windows' viewer of events prints above the text of an event, and lines of a record that somebody's page broke.

use std::borrow::Cow;

/// What such a text has.
pub(super) const MARKS: [&str; 2] = ["Event ID:", "Faulting application name:"];

/// How lines of the header begin: `Task Category: Application Crashing Events`.
#[rustfmt::skip]
const LABELS: [&str; 14] = [
    "Log Name:", "Source:", "Date:", "Date/Time:", "Event ID:", "Task Category:", "Level:", "Keywords:", "User:", "Computer:",
    "Description:", "OpCode:", "Opcode:", "Logged:",
];
/// A header has at least so many.
const FEWEST: usize = 4;
/// Lines of a record that are looked at.
const RECORD: usize = 24;

/// The text without the header and with its records' lines whole; `None` where neither is to do.
pub(super) fn render(document: &str) -> Option<String> {
    let lines: Vec<&str> = crate::text::lines(document).collect();
    let mut out: Vec<Cow<'_, str>> = Vec::with_capacity(lines.len());
    let mut changed = false;
    // Lines of a record that are left.
    let mut record = 0;
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let line = &behind_columns(line);
        changed |= line.len() < lines[at].len();
        let trimmed = line.trim();
        if let Some(count) = header(&lines[at..]) {
            changed = true;
            record = 0;
            // What stands above is somebody's; what the event says begins a paragraph.
            out.push("".into());
            at += count;
            // `Description: Faulting application name: quay.exe, …` begins the record itself.
            let said = lines[at - 1].trim().strip_prefix("Description:");
            if let Some(said) = said.map(str::trim).filter(|said| !said.is_empty()) {
                record = if is_record(said) { RECORD } else { 0 };
                out.push(said.into());
            }
            continue;
        }
        if is_record(trimmed) {
            record = RECORD;
        } else if trimmed.is_empty() {
            record = 0;
        } else if record > 0
            && let Some(last) = out.last_mut()
            && goes_on(last, trimmed)
        {
            *last = format!("{} {trimmed}", last.trim_end()).into();
            changed = true;
            record -= 1;
            at += 1;
            continue;
        }
        record = record.saturating_sub(1);
        out.push((*line).into());
        at += 1;
    }
    changed.then(|| out.join("\n") + "\n")
}

/// How many lines the header takes that begins here.
fn header(lines: &[&str]) -> Option<usize> {
    let labelled = |line: &&&str| LABELS.iter().any(|label| line.trim().starts_with(label));
    // Nearly all lines end here.
    lines.first().filter(|line| labelled(line))?;
    let count = lines.iter().take(LABELS.len()).take_while(labelled).count();
    let header = &lines[..count];
    let event = header
        .iter()
        .any(|line| line.trim().starts_with("Event ID:"));
    (count >= FEWEST && event).then_some(count)
}

const RECORD_BEGINS: &str = "Faulting application name:";

fn is_record(line: &str) -> bool {
    line.starts_with(RECORD_BEGINS)
}

/// A record that stands in quotes in the last column of an exported table: `1000 (100) "Faulting application name: quay.exe`.
fn behind_columns(line: &str) -> &str {
    match crate::text::find(line, RECORD_BEGINS) {
        Some(at) if line[..at].ends_with(['"', '\t']) => &line[at..],
        _ => line,
    }
}

/// Whether a line is the rest of the one above: of a list with commas, behind a label, or of a path.
fn goes_on(last: &str, line: &str) -> bool {
    let last = last.trim();
    let labelled = line
        .split_once(": ")
        .is_some_and(|(label, _)| label.starts_with(|c: char| c.is_ascii_uppercase()))
        || line.ends_with(':');
    let path = || {
        (last.starts_with("Faulting application path:")
            || last.starts_with("Faulting module path:"))
            && line.get(1..3) != Some(":\\")
            && line.contains('\\')
    };
    !labelled && (last.starts_with("Faulting ") && last.ends_with([',', ':']) || path())
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn a_header_comes_off_and_a_record_is_whole() {
        let text = "Log Name: Application\nSource: Application Error\nEvent ID: 1000\nTask Category: Application Crashing Events\n\
                    Description:\nFaulting application name: quay.exe, version: 1.2.3.0, time stamp:\n0x538e9f1f\nException code: 0xc0000005\n";
        assert_eq!(
            render(text).as_deref(),
            Some(
                "\nFaulting application name: quay.exe, version: 1.2.3.0, time stamp: 0x538e9f1f\nException code: 0xc0000005\n"
            )
        );
        for other in [
            "Source: Quay\nLevel: 3\nUser: me\n",
            "Faulting application name: quay.exe, version: 1.2.3.0, time stamp: 0x538e9f1f\nException code: 0xc0000005\n",
        ] {
            assert_eq!(render(other), None, "{other}");
        }
    }
}
