//! Docker's log file: each line of a program in an object of its own, `{"log":"at …\n","stream":"stderr","time":"…"}`.

use serde_json::Value;

use super::apple_json::text as field;
use super::{error_json, json_document};
use crate::text;

/// The program's own lines; `None` where the text is no such file.
pub(super) fn render(document: &str) -> Option<String> {
    if let Some(entry) = error_json::with_spelled_breaks(document) {
        return Some(entry);
    }
    let first = text::lines(document).next()?;
    (text::has(first, "\"log\"") && text::has(first, "\"stream\"")).then_some(())?;
    let mut out = String::with_capacity(document.len());
    for line in text::lines(document) {
        let entry: Option<Value> = json_document::parse(line);
        let said = entry.as_ref().and_then(|entry| field(entry, "log"));
        match said {
            Some(said) => out.push_str(said),
            None => out.extend([line, "\n"]),
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_program() {
        let log = "{\"log\":\"no bay\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-22T08:10:11Z\"}\ncut off\n";
        assert_eq!(render(log).as_deref(), Some("no bay\ncut off\n"));
        assert_eq!(render("{\"message\":\"x\"}"), None);
    }
}
