//! Short texts, and lists of them.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::Value;

use super::lenient::{brief, inline_schema};

/// A short text that must say something: a keyword, a tag, a version, a user id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ShortText(String);

/// Longer is a paste by mistake.
const LONGEST_WORD: usize = 256;

impl ShortText {
    /// The text, without white space around it.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for ShortText {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for ShortText {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = match Value::deserialize(source)? {
            Value::String(text) => text,
            // Version 3.10 as a number is 3.1, which is another.
            Value::Number(number) if number.is_f64() => {
                return Err(D::Error::custom(format!(
                    "expected text, not the number {number}: write it in quotes, as in \"3.10\""
                )));
            }
            // Ids made of digits arrive as numbers.
            Value::Number(number) => number.to_string(),
            other => {
                return Err(D::Error::custom(format!(
                    "expected text, not {}",
                    brief(&other)
                )));
            }
        };
        let text = text.trim();
        if text.is_empty() {
            return Err(D::Error::custom("expected text, not an empty string"));
        }
        if text.chars().count() > LONGEST_WORD {
            return Err(D::Error::custom(format!(
                "expected at most {LONGEST_WORD} characters, not {}",
                text.chars().count()
            )));
        }
        if text.chars().any(char::is_control) {
            return Err(D::Error::custom("expected text without control characters"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl JsonSchema for ShortText {
    inline_schema!("ShortText", {"type": "string"});
}

/// A text of several lines, of at most `MOST` characters: a note, a description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LongText<const MOST: usize>(String);

impl<const MOST: usize> LongText<MOST> {
    /// The text, without white space around it.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de, const MOST: usize> Deserialize<'de> for LongText<MOST> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(source)?;
        let Value::String(text) = &value else {
            let problem = format!("expected text, not {}", brief(&value));
            return Err(D::Error::custom(problem));
        };
        let text = text.trim().replace("\r\n", "\n");
        let length = text.chars().count();
        if length == 0 {
            return Err(D::Error::custom("expected text, not an empty string"));
        }
        if length > MOST {
            return Err(D::Error::custom(format!(
                "expected at most {MOST} characters, not {length}"
            )));
        }
        let allowed = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
        if !text.chars().all(allowed) {
            return Err(D::Error::custom("expected text without control characters"));
        }
        Ok(Self(text))
    }
}

impl<const MOST: usize> JsonSchema for LongText<MOST> {
    inline_schema!("LongText", {"type": "string"});
}

/// The address of a web page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WebAddress(String);

/// The longest address that browsers and trackers share.
const LONGEST_ADDRESS: usize = 2_000;

impl WebAddress {
    /// The address.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for WebAddress {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(source)?;
        let text = value.as_str().unwrap_or_default().trim();
        let rest = ["https://", "http://"]
            .iter()
            .find_map(|scheme| text.strip_prefix(scheme));
        let is_address = rest.is_some_and(|rest| rest.starts_with(char::is_alphanumeric))
            && text.len() <= LONGEST_ADDRESS
            && !text.chars().any(|c| c.is_whitespace() || c.is_control());
        if !is_address {
            return Err(D::Error::custom(format!(
                "expected an address that begins with https://, not {}",
                brief(&value)
            )));
        }
        Ok(Self(text.to_owned()))
    }
}

impl JsonSchema for WebAddress {
    inline_schema!("WebAddress", {"type": "string"});
}

/// A text of several lines, as pasted: a stack, a crash report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PastedText(String);

/// Longer than any stack: a whole log by mistake.
const LONGEST_PASTE: usize = 200_000;

impl PastedText {
    /// As given.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for PastedText {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = match Value::deserialize(source)? {
            Value::String(text) => text,
            other => {
                return Err(D::Error::custom(format!(
                    "expected text, not {}",
                    brief(&other)
                )));
            }
        };
        if text.trim().is_empty() {
            return Err(D::Error::custom("expected text, not an empty string"));
        }
        if text.len() > LONGEST_PASTE {
            return Err(D::Error::custom(format!(
                "expected at most {LONGEST_PASTE} bytes, not {}: the crashed thread's stack is enough",
                text.len()
            )));
        }
        Ok(Self(text))
    }
}

impl JsonSchema for PastedText {
    inline_schema!("PastedText", {"type": "string"});
}

/// A list of up to `MOST` values; a lone value is a list of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct List<T, const MOST: usize = 50>(Vec<T>);

impl<T, const MOST: usize> Default for List<T, MOST> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T, const MOST: usize> std::ops::Deref for List<T, MOST> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<const MOST: usize> List<ShortText, MOST> {
    /// The texts, for a request.
    pub(crate) fn texts(&self) -> Vec<&str> {
        self.0.iter().map(ShortText::as_str).collect()
    }
}

impl<'de, T: serde::de::DeserializeOwned, const MOST: usize> Deserialize<'de> for List<T, MOST> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let values = match Value::deserialize(source)? {
            Value::Array(values) => values,
            // Some clients send the list as JSON text.
            Value::String(text) if text.trim_start().starts_with('[') => {
                serde_json::from_str(&text).map_err(|_| D::Error::custom("expected a list"))?
            }
            Value::Null => Vec::new(),
            one => vec![one],
        };
        if values.len() > MOST {
            return Err(D::Error::custom(format!(
                "expected at most {MOST} value{}, not {}",
                if MOST == 1 { "" } else { "s" },
                values.len()
            )));
        }
        values
            .into_iter()
            .map(|value| serde_json::from_value(value).map_err(D::Error::custom))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl<T: JsonSchema, const MOST: usize> JsonSchema for List<T, MOST> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("List_{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let items = T::json_schema(generator);
        if MOST == 1 {
            return json_schema!({"type": "array", "items": items, "maxItems": 1});
        }
        json_schema!({"type": "array", "items": items})
    }
}

/// A project by name, alias or `appId@platform`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectName(ShortText);

impl ProjectName {
    /// The name of a configured project.
    pub(crate) fn new(name: &str) -> Option<Self> {
        let name = name.trim();
        (!name.is_empty()).then(|| Self(ShortText(name.to_owned())))
    }

    /// As given.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl<'de> Deserialize<'de> for ProjectName {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        ShortText::deserialize(source).map(Self)
    }
}

impl JsonSchema for ProjectName {
    inline_schema!("ProjectName", {"type": "string", "description": "name, alias or appId@android"});
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_value, json};

    #[test]
    fn a_long_text_keeps_its_lines_and_has_an_end() {
        let text = |value| from_value::<LongText<8>>(value).map(|text| text.as_str().to_owned());
        assert_eq!(text(json!(" a\r\nb ")).unwrap(), "a\nb");
        assert_eq!(text(json!("八个字八个字八个")).unwrap().chars().count(), 8);
        for refused in [
            json!("123456789"),
            json!("  "),
            json!(3),
            json!("a\u{1b}[0m"),
        ] {
            assert!(text(refused.clone()).is_err(), "{refused}");
        }
    }

    #[test]
    fn an_address_is_one_of_a_web_page() {
        let read = |text: &str| from_value::<WebAddress>(json!(text)).is_ok();
        assert!(read("https://tapd.example/20388111/bugs/view?bug_id=102"));
        for refused in [
            "1020388111",
            "TAPD-1",
            "javascript:alert(1)",
            "https://",
            "https://a b",
            "https://a\nnext: x",
        ] {
            assert!(!read(refused), "{refused}");
        }
    }

    #[test]
    fn a_lone_value_is_a_list_of_one() {
        let texts =
            |value| from_value::<List<ShortText, 3>>(value).map(|list| list.texts().join("|"));
        assert_eq!(texts(json!("a")).unwrap(), "a");
        assert_eq!(texts(json!(["a", "b"])).unwrap(), "a|b");
        assert_eq!(texts(json!("[\"a\",\"b\"]")).unwrap(), "a|b");
        assert_eq!(texts(json!(null)).unwrap(), "");
        assert_eq!(texts(json!(12)).unwrap(), "12");
        assert!(texts(json!(["a", "b", "c", "d"])).is_err());
        assert!(texts(json!([""])).is_err());
        let error = texts(serde_json::from_str("[3.10]").unwrap()).unwrap_err();
        assert!(error.to_string().contains("in quotes"), "{error}");
    }
}
