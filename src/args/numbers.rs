//! Numbers of rows, and yes or no.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::Value;

use super::lenient::{brief, inline_schema};

/// How many rows: `DEFAULT` when absent, never over `MOST`, the vendor's ceiling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limit<const DEFAULT: u32, const MOST: u32>(u32);

impl<const DEFAULT: u32, const MOST: u32> Limit<DEFAULT, MOST> {
    /// The vendor's ceiling.
    pub(crate) const MOST: Self = Self(MOST);

    /// The number.
    pub(crate) fn get(self) -> u32 {
        self.0
    }

    /// As a number of rows in memory.
    pub(crate) fn rows(self) -> usize {
        self.0 as usize
    }
}

impl<const DEFAULT: u32, const MOST: u32> Default for Limit<DEFAULT, MOST> {
    fn default() -> Self {
        Self(DEFAULT)
    }
}

impl<'de, const DEFAULT: u32, const MOST: u32> Deserialize<'de> for Limit<DEFAULT, MOST> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(source)?;
        match whole(&value) {
            Some(rows) if (1..=u64::from(MOST)).contains(&rows) => {
                Ok(Self(u32::try_from(rows).map_err(D::Error::custom)?))
            }
            _ => Err(D::Error::custom(format!(
                "expected 1 to {MOST}, not {}",
                brief(&value)
            ))),
        }
    }
}

impl<const DEFAULT: u32, const MOST: u32> JsonSchema for Limit<DEFAULT, MOST> {
    inline_schema!("Limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT});
}

/// Limit to leave out at the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Offset(u32);

impl Offset {
    /// The number.
    pub(crate) fn get(self) -> u32 {
        self.0
    }
}

impl<'de> Deserialize<'de> for Offset {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(source)?;
        whole(&value)
            .filter(|offset| *offset <= 1_000_000)
            .and_then(|offset| u32::try_from(offset).ok())
            .map(Self)
            .ok_or_else(|| {
                D::Error::custom(format!("expected 0 to 1000000, not {}", brief(&value)))
            })
    }
}

impl JsonSchema for Offset {
    inline_schema!("Offset", {"type": "integer", "minimum": 0, "maximum": 1_000_000});
}

/// Yes or no; `"true"` counts as yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LenientBool(pub bool);

impl<'de> Deserialize<'de> for LenientBool {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        match Value::deserialize(source)? {
            Value::Bool(flag) => Ok(Self(flag)),
            Value::String(text) if text.eq_ignore_ascii_case("true") => Ok(Self(true)),
            Value::String(text) if text.eq_ignore_ascii_case("false") => Ok(Self(false)),
            other => Err(D::Error::custom(format!(
                "expected true or false, not {}",
                brief(&other)
            ))),
        }
    }
}

impl JsonSchema for LenientBool {
    inline_schema!("LenientBool", {"type": "boolean"});
}

/// A user id that is a number of 32 bits, as call services have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Uid(u32);

impl Uid {
    /// The number.
    pub(crate) fn get(self) -> u32 {
        self.0
    }
}

impl<'de> Deserialize<'de> for Uid {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(source)?;
        whole(&value)
            .and_then(|number| u32::try_from(number).ok())
            .map(Self)
            .ok_or_else(|| {
                D::Error::custom(format!(
                    "expected a user id from 0 to {}, not {}",
                    u32::MAX,
                    brief(&value)
                ))
            })
    }
}

impl JsonSchema for Uid {
    inline_schema!("Uid", {"type": "integer", "minimum": 0, "maximum": u32::MAX});
}

/// A number that counts something, in any of the forms clients send.
fn whole(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64().or_else(|| {
            // 20.0 is 20; 20.5 is a mistake.
            number
                .as_f64()
                .filter(|n| n.fract() == 0.0 && (0.0..1e9).contains(n))
                .and_then(|n| format!("{n:.0}").parse().ok())
        }),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_value, json};

    #[test]
    fn numbers_accept_their_string_form_and_nothing_else() {
        type Ceiling = Limit<10, 100>;
        for value in [json!(20), json!("20"), json!(20.0), json!(" 20 ")] {
            assert_eq!(
                from_value::<Ceiling>(value.clone()).unwrap().get(),
                20,
                "{value}"
            );
        }
        for value in [
            json!(0),
            json!(101),
            json!(-1),
            json!("x"),
            json!(2.5),
            json!([]),
            json!(null),
        ] {
            let error = from_value::<Ceiling>(value.clone())
                .unwrap_err()
                .to_string();
            assert!(error.contains("expected 1 to 100"), "{value}: {error}");
        }
    }

    #[test]
    fn a_uid_is_a_number_of_32_bits() {
        for value in [json!(4_294_967_295_u32), json!("4294967295")] {
            assert_eq!(from_value::<Uid>(value).unwrap().get(), u32::MAX);
        }
        for value in [
            json!(4_294_967_296_u64),
            json!(-1),
            json!("bob"),
            json!(1.5),
        ] {
            let error = from_value::<Uid>(value).unwrap_err().to_string();
            assert!(error.contains("expected a user id"), "{error}");
        }
    }
}
