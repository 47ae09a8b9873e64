//! A document of JSON inside a crash text, unless it is one of so many values that it would take a hundred times its
//! bytes as a document.

use serde_json::Value;

use crate::text;

/// The most values of a report: threads of frames of a few fields.
const MOST: usize = 500_000;

/// The document that a text is.
pub(super) fn parse(text: &str) -> Option<Value> {
    may_parse(text).then(|| serde_json::from_str(text).ok())?
}

/// The documents of a text, one behind the other.
pub(super) fn parse_all(text: &str) -> Option<impl Iterator<Item = serde_json::Result<Value>>> {
    may_parse(text).then(|| serde_json::Deserializer::from_str(text).into_iter())
}

fn may_parse(text: &str) -> bool {
    begins(text.trim_start()) && values(text) <= MOST
}

/// Whether a document of JSON begins here, and no line of a log: `[2026.11.22-08.10.11:123]`.
fn begins(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(['{', '[']) else {
        return false;
    };
    let rest = rest.trim_start();
    let number = text::head(rest, 64);
    let end = number
        .bytes()
        .position(|byte| !(byte.is_ascii_digit() || b"+-.eE".contains(&byte)));
    let number = &number[..end.unwrap_or(number.len())];
    number.is_empty() && !rest.is_empty() || number.parse::<f64>().is_ok()
}

/// The marks outside strings that begin a value or follow one.
fn values(text: &str) -> usize {
    let (mut in_string, mut escaped, mut count) = (false, false, 0);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            b',' | b':' | b'[' | b'{' if !in_string => count += 1,
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_of_too_many_values_is_none() {
        let list = |values: usize| format!("[{}0]", "0,".repeat(values));
        assert!(parse(&list(1000)).is_some());
        assert!(parse(&list(MOST)).is_none());
        let text = format!("{{\"log\":\"\\\"{}\"}}", ",".repeat(MOST));
        assert!(parse(&text).is_some(), "text is one value");
        assert!(parse("{} {}").is_none());
        assert_eq!(
            parse_all("{}\n{} x").map(|all| all.flatten().count()),
            Some(2)
        );
    }
}
