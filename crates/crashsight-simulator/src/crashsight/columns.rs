//! Rows as columns and values, or as results.

use serde_json::{Map, Value, json};

use super::query::Query;

/// How an operation writes "nothing": the manual's examples differ.
#[derive(Clone, Copy)]
pub(crate) enum Nothing {
    /// `null`.
    Null,
    /// The text `"null"`.
    Text,
}

/// Rows in the form of `type`.
pub(crate) fn table(
    query: &Query<'_>,
    columns: &[&str],
    rows: Vec<Vec<Value>>,
    nothing: Nothing,
) -> Value {
    let nothing = match nothing {
        Nothing::Null => Value::Null,
        Nothing::Text => "null".into(),
    };
    let data = if query.params.text("type").as_deref() == Some("pretty") {
        let object = |row: Vec<Value>| -> Map<String, Value> {
            columns
                .iter()
                .map(|column| (*column).to_owned())
                .zip(row)
                .collect()
        };
        let results: Vec<Map<String, Value>> = rows.into_iter().map(object).collect();
        json!({"columns": null, "values": null, "results": results})
    } else {
        json!({"columns": columns, "values": rows, "results": null})
    };
    json!({"errmsg": nothing, "data": data, "cost": 0})
}
