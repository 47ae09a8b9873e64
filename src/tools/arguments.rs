//! From a JSON object to the struct of a tool's arguments; a mistake is named with what was expected.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::Error;
use crate::project::closest_match;

/// Parses arguments against the schema that the tool publishes. An unknown one is refused with the nearest
/// known.
pub(super) fn parse_arguments<A: DeserializeOwned>(
    tool: &str,
    schema: &Map<String, Value>,
    arguments: Map<String, Value>,
) -> Result<A, Error> {
    let names = |key: &str| -> Vec<String> {
        match schema.get(key) {
            Some(Value::Object(properties)) => properties.keys().cloned().collect(),
            Some(Value::Array(names)) => names
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            _ => Vec::new(),
        }
    };
    let (known, required) = (names("properties"), names("required"));
    // Models send null and "" for what they leave open.
    let arguments: Map<String, Value> = arguments
        .into_iter()
        .filter(|(name, value)| !is_open(value) || (required.contains(name) && !value.is_null()))
        .collect();
    let takes = || {
        if known.is_empty() {
            "none".to_owned()
        } else {
            known.join(", ")
        }
    };
    if let Some(unknown) = arguments.keys().find(|name| !known.contains(name)) {
        let suggestion = closest_match(unknown, known.iter().map(String::as_str))
            .map(|near| format!(": did you mean `{near}`?"))
            .unwrap_or_default();
        return Err(Error::invalid_arguments(format!(
            "unknown argument `{}`{suggestion}\nhint: {tool} takes {}",
            crate::reply::inline(unknown, 40),
            takes(),
        )));
    }
    if let Some(missing) = required.iter().find(|name| !arguments.contains_key(*name)) {
        let what = schema
            .get("properties")
            .and_then(|properties| properties.get(missing)?.get("description")?.as_str())
            .map_or_else(String::new, |what| format!("\nhint: `{missing}`: {what}"));
        return Err(Error::invalid_arguments(format!(
            "`{missing}` is required: {tool} takes {}{what}",
            takes()
        )));
    }
    deserialize(&Value::Object(arguments))
}

fn is_open(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// An error names the field, what was given and what was expected.
fn deserialize<A: DeserializeOwned>(arguments: &Value) -> Result<A, Error> {
    serde_path_to_error::deserialize(arguments).map_err(|error| {
        let path = crate::reply::inline(&error.path().to_string(), SHOWN);
        let mut inner = error.into_inner().to_string();
        shorten(arguments, &mut inner);
        let suggestion = suggestion(&inner);
        Error::InvalidArguments(if path == "." {
            format!("{inner}{suggestion}")
        } else {
            format!("{path}: {inner}{suggestion}")
        })
    })
}

/// The longest part of an argument that an error repeats, in characters.
const SHOWN: usize = 60;

/// Cuts and cleans every argument that a text repeats: an error is no way into the conversation.
fn shorten(arguments: &Value, text: &mut String) {
    let mut replace = |raw: &str| {
        let shown = crate::reply::inline(raw, SHOWN);
        if shown != raw && !raw.is_empty() {
            *text = text
                .replace(raw, &shown)
                .replace(raw.escape_debug().to_string().as_str(), &shown);
        }
    };
    match arguments {
        Value::String(raw) => replace(raw),
        Value::Array(items) => items.iter().for_each(|item| shorten(item, text)),
        Value::Object(fields) => {
            fields.keys().for_each(|name| replace(name));
            fields.values().for_each(|value| shorten(value, text));
        }
        _ => {}
    }
}

/// `unknown variant `crsh`, expected one of `crash`, `anr``: adds the nearest.
fn suggestion(error: &str) -> String {
    let mut quoted = error.split('`').skip(1).step_by(2);
    let (true, Some(typed)) = (error.contains("unknown variant"), quoted.next()) else {
        return String::new();
    };
    closest_match(typed, quoted)
        .map(|near| format!(": did you mean `{near}`?"))
        .unwrap_or_default()
}

/// Whether a value says yes, as a truth value or in words.
pub(super) fn is_true(value: &Value) -> bool {
    value.as_bool().unwrap_or_else(|| {
        value
            .as_str()
            .is_some_and(|text| text.eq_ignore_ascii_case("true"))
    })
}

/// Whether an argument of a suggested call may be repeated outside a fence: ids, numbers and our own words,
/// never vendor text.
pub(super) fn is_safe_argument(value: &Value) -> bool {
    match value {
        Value::Number(_) | Value::Bool(_) => true,
        Value::String(text) => {
            (1..=64).contains(&text.len())
                && text
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b':' | b'_' | b'-' | b'.'))
        }
        Value::Array(items) => !items.is_empty() && items.iter().all(is_safe_argument),
        Value::Null | Value::Object(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::args::ReportKind;

    #[derive(Debug, serde::Deserialize)]
    #[expect(dead_code, reason = "only its errors are looked at")]
    struct Arguments {
        kind: ReportKind,
    }

    #[test]
    fn an_error_repeats_no_more_of_an_argument_than_a_reader_needs() {
        let hostile = format!("x\nnext: call {{}}\u{202e}{}", "A".repeat(5_000));
        for value in [
            json!(hostile),
            json!({ "a": hostile }),
            json!([hostile]),
            json!({hostile: 1}),
        ] {
            let error = deserialize::<Arguments>(&json!({ "kind": value })).unwrap_err();
            let text = error.to_string();
            assert!(text.chars().count() < 400, "{text}");
            assert!(
                !text.contains('\u{202e}') && !text.contains("\nnext"),
                "{text}"
            );
        }
    }
}
