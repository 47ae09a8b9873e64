//! Argument types: each parses leniently where that is harmless (`"20"` for 20, one value for a list),
//! refuses the rest in words, and writes the schema that says the same.

mod choice;
mod enums;
mod ids;
mod numbers;
mod text;

pub use choice::{Choice, ChoiceSet};
pub use enums::{Devices, ReportKind, Sort, Status, StepArg, SystemExits};
pub use ids::{CrashId, IssueId};
pub use numbers::{LenientBool, Limit, Offset, Uid};
pub use text::{List, ProjectName, ShortText};

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
use inline_schema;

/// A value for an error text: short, without the content of lists and objects.
fn brief(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        Value::String(text) => format!("`{}`", crate::reply::inline(text, 60)),
        other => other.to_string(),
    }
}
