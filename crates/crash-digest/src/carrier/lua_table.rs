//! An error that a Lua program wrote down as a table: `{ message = "…", errors = { "main.lua:8: …", }, }`.

/// More than this is a save file, not a report.
const LONGEST: usize = 1 << 18;
/// Keys whose texts are the error itself and its stack, the most telling first.
const TELLING: [&str; 12] = [
    "error",
    "err",
    "errors",
    "exception",
    "errorMessage",
    "error_message",
    "reason",
    "message",
    "msg",
    "traceback",
    "stack",
    "trace",
];

/// The errors as text, then what else the table says of them; `None` where the document is another.
pub(super) fn render(document: &str) -> Option<String> {
    if document.len() > LONGEST {
        return None;
    }
    let texts = texts(document)?;
    let mut out = String::new();
    for key in TELLING {
        for (_, text) in texts.iter().filter(|(name, _)| *name == key) {
            out.push_str(text.trim_end());
            out.push('\n');
        }
    }
    (out.contains(".lua:") || out.contains("stack traceback") || out.contains("attempt to "))
        .then_some(out)
}

/// The texts of the table, each with the key of the innermost named table or field it stands in.
fn texts(document: &str) -> Option<Vec<(&str, String)>> {
    let mut keys: Vec<&str> = Vec::new();
    let mut key = "";
    let mut out = Vec::new();
    let mut named = false;
    let mut rest = document;
    loop {
        rest = rest.trim_start();
        match *rest.as_bytes().first()? {
            b'{' => {
                let inherited = keys.last().copied().unwrap_or_default();
                keys.push(if key.is_empty() { inherited } else { key });
                key = "";
                rest = &rest[1..];
            }
            b'}' => {
                keys.pop()?;
                rest = &rest[1..];
                if keys.is_empty() {
                    return (named && !out.is_empty()).then_some(out);
                }
            }
            b',' | b';' => {
                key = "";
                rest = &rest[1..];
            }
            b'"' | b'\'' => {
                let (text, behind) = quoted(rest)?;
                let name = if key.is_empty() { keys.last()? } else { key };
                out.push((name, text));
                rest = behind;
            }
            b'[' => {
                // `["error"] = …`, `[1] = …`
                let (name, behind) = rest[1..].split_once(']')?;
                key = name.trim().trim_matches(['"', '\'']);
                if key.bytes().all(|byte| byte.is_ascii_digit()) {
                    key = "";
                }
                rest = behind.trim_start().strip_prefix('=')?;
                named = true;
            }
            byte if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.') => {
                let end = rest.find(|c: char| {
                    !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '+'))
                })?;
                let behind = rest[end..].trim_start();
                if let Some(value) = behind.strip_prefix('=') {
                    key = &rest[..end];
                    named = true;
                    rest = value;
                } else {
                    rest = behind;
                }
            }
            _ => return None,
        }
    }
}

/// A quoted text with its escapes undone, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut letters = text.char_indices();
    let (_, quote) = letters.next()?;
    let mut out = String::new();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => match letters.next()?.1 {
                'n' => out.push('\n'),
                't' => out.push('\t'),
                'r' => {}
                other => out.push(other),
            },
            _ if letter == quote => return Some((out, &text[at + 1..])),
            other => out.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_come_first() {
        let table = "{\n  time = 7.5,\n  message = \"died\",\n  [\"errors\"] = {\n    \"main.lua:8: attempt to call nil\",\n  },\n}";
        assert_eq!(
            render(table).as_deref(),
            Some("main.lua:8: attempt to call nil\ndied\n")
        );
        assert_eq!(render("{ name = \"a\", level = 3 }"), None);
        assert_eq!(render("{ {} } x"), None);
        assert_eq!(render("{\"a\": 1}"), None);
    }
}
