//! What the argument types share: a schema written in place, and a value in an error text.

use serde_json::Value;

/// The schema of a type that is always written in place.
macro_rules! inline_schema {
    ($name:literal, $($schema:tt)+) => {
        fn inline_schema() -> bool {
            true
        }
        fn schema_name() -> Cow<'static, str> {
            $name.into()
        }
        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!($($schema)+)
        }
    };
}
pub(super) use inline_schema;

/// A value for an error text: short, without the content of lists and objects.
pub(super) fn brief(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        Value::String(text) => format!("`{}`", crate::reply::inline(text, 60)),
        other => other.to_string(),
    }
}
