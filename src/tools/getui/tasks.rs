//! The `tasks` argument: up to 200 task ids, one by one or comma-joined as the vendor writes them.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::Value;

use crate::request::encode;

/// Task ids of one call (docs/vendor/getui.md §3).
const MOST: usize = 200;
/// Longer is a paste by mistake.
const LONGEST: usize = 128;

/// Task ids, at least one.
#[derive(Debug)]
pub(super) struct Tasks(Vec<String>);

impl Tasks {
    /// As given, none empty.
    pub(super) fn ids(&self) -> &[String] {
        &self.0
    }

    /// As one segment of a path: each encoded, the commas kept.
    pub(super) fn joined(&self) -> String {
        let ids: Vec<String> = self.0.iter().map(|id| encode(id)).collect();
        ids.join(",")
    }
}

impl<'de> Deserialize<'de> for Tasks {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let texts = match Value::deserialize(source)? {
            Value::Array(values) => values,
            // Some clients send the list as JSON text.
            Value::String(text) if text.trim_start().starts_with('[') => {
                serde_json::from_str(&text).map_err(|_| D::Error::custom("expected a list"))?
            }
            one => vec![one],
        };
        let mut ids = Vec::new();
        for text in &texts {
            let Value::String(text) = text else {
                return Err(D::Error::custom("expected task ids, as text"));
            };
            let split = text.split(',').map(str::trim).filter(|id| !id.is_empty());
            ids.extend(split.map(str::to_owned));
        }
        if ids.is_empty() {
            return Err(D::Error::custom(
                "expected at least one task id, as the push returned it (`RASL_…`)",
            ));
        }
        if ids.len() > MOST {
            return Err(D::Error::custom(format!(
                "expected at most {MOST} task ids, not {}",
                ids.len()
            )));
        }
        let odd = |id: &&String| id.len() > LONGEST || id.chars().any(char::is_control);
        if let Some(id) = ids.iter().find(odd) {
            return Err(D::Error::custom(format!(
                "a task id has at most {LONGEST} characters and no control characters: `{}`",
                crate::reply::inline(id, 60)
            )));
        }
        Ok(Self(ids))
    }
}

impl JsonSchema for Tasks {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Tasks".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "array", "items": {"type": "string"}})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_value, json};

    #[test]
    fn ids_come_one_by_one_or_joined() {
        let joined = |value| from_value::<Tasks>(value).map(|tasks| tasks.joined());
        assert_eq!(joined(json!("RASL_1")).unwrap(), "RASL_1");
        assert_eq!(joined(json!("RASL_1, RASL_2,")).unwrap(), "RASL_1,RASL_2");
        assert_eq!(joined(json!(["a/b", "c,d"])).unwrap(), "a%2Fb,c,d");
        assert_eq!(joined(json!("[\"a\"]")).unwrap(), "a");
        assert!(joined(json!(vec!["RASL_0520_aBcDeFgH12345678"; 200])).is_ok());
        assert!(joined(json!(vec!["RASL_0520_aBcDeFgH12345678"; 200].join(","))).is_ok());
        for wrong in [
            json!([]),
            json!(","),
            json!(7),
            json!(vec!["a"; 201]),
            json!(vec!["a"; 201].join(",")),
            json!("a\nb"),
            json!("x".repeat(129)),
        ] {
            assert!(joined(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
