//! Ubuntu's report of a crash without its whole stack: the frames below `StacktraceTop:` have no numbers, ` f (n=7) at a.cpp:31`.

use crate::text;

/// What stands above the frames.
pub(super) const HEAD: &str = "StacktraceTop:";
/// Labels of the report that say nothing of why.
const LABELS: [&str; 5] = [
    "SourcePackage:",
    "UpgradeStatus:",
    "ProcEnviron:",
    "ProcMaps:",
    "UserGroups:",
];

/// The text with the frames as gdb numbers them; `None` where there are none, or where the whole stack is in the text as well.
pub(super) fn render(text: &str) -> Option<String> {
    let at = text::find(text, HEAD)?;
    if !text[..at].ends_with('\n') && at > 0 || text::has(text, "\n#0 ") {
        return None;
    }
    let (front, rest) = (&text[..at], &text[at + HEAD.len()..]);
    let mut out = String::with_capacity(text.len() + 64);
    let told = |line: &&str| !LABELS.iter().any(|label| line.starts_with(label));
    for line in text::lines(front).filter(told) {
        out.push_str(line);
        out.push('\n');
    }
    out.push_str("StacktraceTop:\n");
    let mut lines = text::lines(rest).skip(1);
    let mut count = 0_usize;
    let mut behind = None;
    for line in lines.by_ref() {
        let fits = line.starts_with(' ') && text::has(line, " (");
        if !fits {
            behind = Some(line);
            break;
        }
        out.push('#');
        out.push_str(&count.to_string());
        out.push_str("  ");
        out.push_str(line.trim_start());
        out.push('\n');
        count += 1;
    }
    for line in behind.into_iter().chain(lines).filter(told) {
        out.push_str(line);
        out.push('\n');
    }
    (count > 0).then_some(out)
}
