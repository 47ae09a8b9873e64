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
