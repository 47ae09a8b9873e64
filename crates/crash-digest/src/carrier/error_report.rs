//! Windows' own error reports as files, `Report.wer`: names and values by number, written as the lines that Windows shows.

use std::fmt::Write as _;

use crate::text;

/// The report in lines, `Exception Code: c0000005`; `None` when it is another document.
pub(super) fn render(document: &str) -> Option<String> {
    if !document.starts_with("Version=") || !text::has(text::head(document, 400), "EventType=") {
        return None;
    }
    let mut out = String::from("Problem signature:\n");
    let mut name = "";
    for line in text::lines(document) {
        let Some((key, value)) = text::trim(line).split_once('=') else {
            continue;
        };
        if key == "EventType" {
            let _ = writeln!(out, "Problem Event Name: {value}");
        } else if key.starts_with("Sig[") && key.ends_with("].Name") {
            name = value;
        } else if key.starts_with("Sig[") && key.ends_with("].Value") && !name.is_empty() {
            let _ = writeln!(out, "{name}: {value}");
            name = "";
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_come_together() {
        let text = "Version=1\r\nEventType=APPCRASH\r\nSig[0].Name=Application Name\r\nSig[0].Value=Orbit.exe\r\n\
                    DynamicSig[1].Name=OS Version\r\nSig[6].Name=Exception Code\r\nSig[6].Value=c0000005\r\n";
        assert_eq!(
            render(text).unwrap(),
            "Problem signature:\nProblem Event Name: APPCRASH\nApplication Name: Orbit.exe\nException Code: c0000005\n"
        );
        assert_eq!(render("Version=1\nName=orbit\n"), None);
    }
}
