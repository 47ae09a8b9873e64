//! Documents of JSON that were cut off behind, as forms and logs cut them: closed where they end.

use super::{error_json, json_frames, kit_json};

/// Longer documents are no form's.
const LONGEST: usize = 1 << 18;

/// The report that is whole up to the cut, as text; `None` where the document is whole or of another kind.
pub(super) fn render(document: &str) -> Option<String> {
    let closed = closed(document)?;
    let readers = [kit_json::render, error_json::render, json_frames::render];
    let of = |document: &String| readers.iter().find_map(|read| read(document));
    closed.iter().find_map(of)
}

/// The document with an end, at the cut itself and behind the last value that is whole.
pub(super) fn closed(document: &str) -> Option<[String; 2]> {
    if document.len() > LONGEST {
        return None;
    }
    let (mut open, mut in_string, mut escape) = (Vec::new(), false, None);
    let mut value = None;
    for (at, byte) in document.bytes().enumerate() {
        match byte {
            // Of `\u00e9` the digits are the escape's as well.
            _ if escape.is_some_and(|from| at == from + 1) => {
                escape = escape.filter(|_| byte == b'u');
            }
            _ if escape.is_some_and(|from| at < from + 5) => {}
            b'\\' if in_string => escape = Some(at),
            b'"' => {
                in_string = !in_string;
                escape = None;
            }
            _ if in_string => escape = None,
            b'{' => open.push('}'),
            b'[' => open.push(']'),
            b'}' | b']' => {
                open.pop()?;
                if open.is_empty() {
                    return None;
                }
                value = Some((at + 1, open.len()));
            }
            b',' => value = Some((at, open.len())),
            _ => {}
        }
    }
    let end = escape.filter(|_| in_string).unwrap_or(document.len());
    let mut here = document[..end].trim_end_matches(',').to_owned();
    if in_string {
        here.push('"');
    }
    here.extend(open.iter().rev());
    let mut before = String::new();
    if let Some((at, depth)) = value {
        before.push_str(&document[..at]);
        before.extend(open[..depth].iter().rev());
    }
    Some([here, before])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_documents_are_closed() {
        let cases = [
            (r#"{"a":"x\"#, r#"{"a":"x"}"#),
            (r#"{"a":["x\u00"#, r#"{"a":["x"]}"#),
            (r#"{"a":"\u00e9x","#, r#"{"a":"\u00e9x"}"#),
            (r#"{"a":{"b":1,"c""#, r#"{"a":{"b":1}}"#),
        ];
        for (cut, whole) in cases {
            let closed = closed(cut).unwrap();
            let parsed = |text: &String| serde_json::from_str::<serde_json::Value>(text).ok();
            let whole: serde_json::Value = serde_json::from_str(whole).unwrap();
            assert_eq!(closed.iter().find_map(parsed), Some(whole), "{cut}");
        }
        for other in [r#"{"a":1}"#, "{}} x", "]"] {
            assert_eq!(closed(other), None, "{other}");
        }
    }
}
