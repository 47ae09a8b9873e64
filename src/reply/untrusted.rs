//! Text that a vendor's client uploaded: evidence, never our voice.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

use super::sanitize;

/// Text of a service or of its clients. It has no `Display`, its `Debug` shows nothing, and it reaches a
/// reader only through the sanitizer: in a cell, in a fence, or as a string of data.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Untrusted(String);

/// The longest text that data carries, in characters.
const DATA: usize = 8_000;

impl Untrusted {
    /// Takes a text as it arrived.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text as it arrived, for comparing and parsing, never for printing.
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// One sanitized line of at most so many characters.
    pub fn line(&self, max_chars: usize) -> String {
        sanitize::inline(&self.0, max_chars)
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }
}

impl std::fmt::Debug for Untrusted {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "[untrusted, {} bytes]", self.0.len())
    }
}

impl From<&str> for Untrusted {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Untrusted {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl Serialize for Untrusted {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&sanitize::block(&self.0, DATA))
    }
}

impl JsonSchema for Untrusted {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Untrusted".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string"})
    }
}
