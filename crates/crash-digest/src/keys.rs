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

/// Reads keys in the shapes games send them: a map of codes, a JSON object, `{a=b, c=d}`, a pair a line.
pub fn parse_map(text: &str) -> Vec<Key<'_>> {
    let text = text::trim(text);
    if let Some(inner) = text
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
    {
        let json = json_object(inner);
        return if json.is_empty() {
            pairs(inner, &[',', ';', '\n'])
        } else {
            json
        };
    }
    let equals = text.find('=');
    let colon = text.find(':');
    let lines = text.lines().filter(|line| !line.trim().is_empty()).count();
    // `k=v` pairs: an equals sign stands before any colon.
    if equals.is_some_and(|equals| colon.is_none_or(|colon| equals < colon)) {
        let separators: &[char] = if lines > 1 {
            &['\n']
        } else {
            &[';', '&', ',', '|']
        };
        return pairs(text, separators);
    }
    // A pair a line: `scene: Battle_07`.
    if lines > 1 && !text.contains(';') {
        let mut keys = Vec::with_capacity(lines);
        keys.extend(
            text.lines()
                .filter_map(|line| line.split_once(':'))
                .map(|(name, value)| Key::new(name, value)),
        );
        return keys;
    }
    code_map(text)
}

/// The members of a JSON object without its braces; nested values stay as they are. None where it is no JSON.
fn json_object(inner: &str) -> Vec<Key<'_>> {
    // One allocation for a large map: a list that doubles would take twice its size.
    let members = memchr::memchr_iter(b',', inner.as_bytes()).count() + 1;
    let mut keys = Vec::with_capacity(members.min(inner.len() / 8 + 1));
    let mut rest = inner.trim_start();
    while let Some((name, after)) = json_string(rest) {
        let Some(after) = after.trim_start().strip_prefix(':') else {
            return Vec::new();
        };
        let after = after.trim_start();
        let (value, after) = match json_string(after) {
            Some(string) => string,
            None => json_value(after),
        };
        keys.push(Key::new(name, value));
        rest = after
            .trim_start()
            .strip_prefix(',')
            .unwrap_or_default()
            .trim_start();
    }
    keys
}

/// A string in quotation marks, its escapes left in place, and what follows it.
fn json_string(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('"')?;
    let bytes = inner.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return Some((&inner[..at], &inner[at + 1..])),
            _ => at += 1,
        }
    }
    None
}

/// A number, a word, or a nested value up to the comma behind it.
fn json_value(text: &str) -> (&str, &str) {
    let mut depth = 0_usize;
    let mut quoted = false;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => return (text[..at].trim_end(), &text[at..]),
            _ => {}
        }
    }
    (text.trim_end(), "")
}

/// `scene=Battle_07, gold=1203`; what follows a separator without the look of a pair still belongs to the value.
fn pairs<'a>(text: &'a str, separators: &[char]) -> Vec<Key<'a>> {
    let mut keys = Vec::new();
    let mut start = 0;
    for (at, separator) in text.match_indices(separators) {
        let rest = &text[at + separator.len()..];
        if begins_pair(rest) {
            keys.extend(pair(&text[start..at]));
            start = at + separator.len();
        }
    }
    keys.extend(pair(&text[start..]));
    keys
}

/// Whether the text begins with a short name and an equals sign.
fn begins_pair(text: &str) -> bool {
    const LONGEST: usize = 100;
    let text = text.trim_start();
    let end = text
        .bytes()
        .take(LONGEST)
        .position(|byte| matches!(byte, b'=' | b' ' | b',' | b';' | b'\n' | b'&'));
    end.is_some_and(|end| end > 0 && text.as_bytes()[end] == b'=')
}

fn pair(text: &str) -> Option<Key<'_>> {
    let text = text.trim();
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    (!name.trim().is_empty()).then(|| Key::new(name, value))
}

/// `A23:3.2.5;A24:Android 4.4.2,level 16;C03_testkey:testvalue;`.
///
/// Values may hold colons and, since nothing is escaped, semicolons: what follows one without the look of a key still
/// belongs to the value.
fn code_map(text: &str) -> Vec<Key<'_>> {
    let entries = memchr::memchr_iter(b';', text.as_bytes()).count() + 1;
    let mut keys: Vec<Key<'_>> = Vec::with_capacity(entries.min(text.len() / 8 + 1));
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
    fn every_shape_of_a_map() {
        let read = |text| {
            parse_map(text)
                .iter()
                .map(|key| (key.name, key.value))
                .collect::<Vec<_>>()
        };
        let expected = [("scene", "Battle_07"), ("gold", "1203"), ("net", "wifi")];
        for text in [
            r#"{"scene":"Battle_07","gold":1203,"net":"wifi"}"#,
            r#"{ "scene" : "Battle_07", "gold" : "1203", "net" : "wifi" }"#,
            "{scene=Battle_07, gold=1203, net=wifi}",
            "scene=Battle_07;gold=1203;net=wifi",
            "scene=Battle_07\ngold=1203\nnet=wifi",
            "scene: Battle_07\ngold: 1203\nnet: wifi\n",
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        assert_eq!(
            read(r#"{"a":{"b":[1,2]},"c":"x\"y"}"#),
            [("a", r#"{"b":[1,2]}"#), ("c", r#"x\"y"#)]
        );
        assert_eq!(read("{"), [("{", "")]);
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
