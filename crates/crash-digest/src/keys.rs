//! Custom keys: what the game noted down before it died.

use super::text;

/// A key and its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key<'a> {
    /// A letter and digits some maps put before the name: `C03`; alone it is the name, too.
    pub code: Option<&'a str>,
    /// The name without the code: `testkey`.
    pub name: &'a str,
    /// Its value, as it is.
    pub value: &'a str,
}

impl<'a> Key<'a> {
    /// A key that came as a file of its own.
    pub fn new(name: &'a str, value: &'a str) -> Self {
        let (code, name) = code(name.trim());
        Self {
            code,
            name,
            value: value.trim(),
        }
    }

    /// Whether the game set it, rather than the SDK: it has a name beside its code.
    pub fn is_named(&self) -> bool {
        self.code != Some(self.name)
    }
}

/// Reads `A23:3.2.5;A24:Android 4.4.2,level 16;C03_testkey:testvalue;`.
///
/// Values may hold colons and, since nothing is escaped, semicolons: what follows one without the look of a key still
/// belongs to the value.
pub fn parse_map(text: &str) -> Vec<Key<'_>> {
    let text = text::trim(text);
    let mut keys: Vec<Key<'_>> = Vec::new();
    let mut start = 0;
    let mut from = 0;
    while from <= text.len() {
        let end = memchr::memchr(b';', &text.as_bytes()[from..]).map_or(text.len(), |at| from + at);
        let rest = text.get(end + 1..).unwrap_or_default();
        // A new key, or the end: what was read so far is one entry.
        if rest.is_empty() || begins_key(rest) {
            if let Some((name, value)) = text[start..end].split_once(':') {
                keys.push(Key::new(name, value));
            } else if let name = text[start..end].trim_matches([';', ' '])
                && !name.is_empty()
            {
                keys.push(Key {
                    code: None,
                    name,
                    value: "",
                });
            }
            start = end + 1;
        }
        from = end + 1;
    }
    keys
}

/// Whether the text begins with `name:`, a name being short and without blanks.
fn begins_key(text: &str) -> bool {
    const LONGEST: usize = 100;
    let text = text.trim_start_matches(['\r', '\n']);
    let end = text
        .bytes()
        .take(LONGEST + 1)
        .position(|byte| matches!(byte, b':' | b';' | b' ' | b'\n' | b'/'));
    end.is_some_and(|end| end > 0 && text.as_bytes()[end] == b':')
}

/// `C03_testkey` is `testkey` of code `C03`.
fn code(name: &str) -> (Option<&str>, &str) {
    let [letter, tens, ones, rest @ ..] = name.as_bytes() else {
        return (None, name);
    };
    if !(letter.is_ascii_uppercase() && tens.is_ascii_digit() && ones.is_ascii_digit()) {
        return (None, name);
    }
    match rest {
        [] => (Some(name), name),
        [b'_', _, ..] => (Some(&name[..3]), &name[4..]),
        _ => (None, name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_hold_codes_names_and_values() {
        let keys = parse_map(
            "A23:3.2.5;A24:Android 4.4.2,level 16;F09:1;C03_testkey:testvalue;C04_URL:http://a/b;c d;C05_x:;",
        );
        let seen: Vec<_> = keys
            .iter()
            .map(|key| (key.code, key.name, key.value))
            .collect();
        assert_eq!(
            seen,
            [
                (Some("A23"), "A23", "3.2.5"),
                (Some("A24"), "A24", "Android 4.4.2,level 16"),
                (Some("F09"), "F09", "1"),
                (Some("C03"), "testkey", "testvalue"),
                (Some("C04"), "URL", "http://a/b;c d"),
                (Some("C05"), "x", ""),
            ]
        );
        assert!(!keys[0].is_named() && keys[3].is_named());
    }

    #[test]
    fn odd_maps_do_not_break() {
        assert_eq!(parse_map(""), []);
        assert_eq!(parse_map(";;;").len(), 0);
        assert_eq!(
            parse_map("lonely"),
            [Key {
                code: None,
                name: "lonely",
                value: ""
            }]
        );
        assert_eq!(
            Key::new("APP_ID", "a81f"),
            Key {
                code: None,
                name: "APP_ID",
                value: "a81f"
            }
        );
    }
}
