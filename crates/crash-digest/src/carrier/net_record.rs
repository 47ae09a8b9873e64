//! .NET's record in the event log, copied from a list or a table that joined its lines: `Application: orbit.exe CoreCLR
//! Version: 8.0.1 Description: … Exception Info: System.NullReferenceException: no bay`.

use crate::text;

/// What the record ends with, behind another label.
pub(super) const MARK: &str = " Exception Info: ";
/// Labels that begin a line of their own.
const LABELS: [&str; 6] = [
    " Framework Version: ",
    " CoreCLR Version: ",
    " .NET Version: ",
    " Description: ",
    " Message: ",
    MARK,
];
/// A joined record is at most so long.
const LONGEST: usize = 4000;

/// The text with each label on its own line; `None` where no record is joined.
pub(super) fn render(document: &str) -> Option<String> {
    let joined = |line: &str| {
        line.starts_with("Application: ")
            && text::has(text::head(line, LONGEST), MARK)
            && text::has(text::head(line, LONGEST), " Description: ")
    };
    text::has(document, MARK).then_some(())?;
    text::lines(document)
        .any(|line| joined(text::trim(line)))
        .then_some(())?;
    let mut out = String::with_capacity(document.len() + 64);
    for line in text::lines(document) {
        if !joined(text::trim(line)) {
            out.extend([line, "\n"]);
            continue;
        }
        let mut rest = text::trim(line);
        for label in LABELS {
            if let Some(at) = text::find(rest, label) {
                let (front, behind) = rest.split_at(at);
                out.extend([front.trim_end(), "\n"]);
                rest = behind.trim_start();
            }
        }
        out.extend([rest, "\n"]);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn labels_get_lines_of_their_own() {
        let text = "Application: quay.exe Framework Version: v4.0.30319 Description: It ended. Exception Info: System.Exception\n   at Quay.Run()\n";
        assert_eq!(
            render(text).as_deref(),
            Some(
                "Application: quay.exe\nFramework Version: v4.0.30319\nDescription: It ended.\nException Info: System.Exception\n   at Quay.Run()\n"
            )
        );
        assert_eq!(render("Application: quay.exe\nException Info: x\n"), None);
    }
}
