//! JSON, with comments or without: edited in its syntax tree, checked by its values.

use anyhow::{Context as _, bail, ensure};
use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstInputValue, CstObject, CstRootNode};
use serde_json::{Map, Value, json};

use crate::cli::install::clients::ConfigFormat;
use crate::cli::install::entry::ServerEntry;

/// Comments and trailing commas are what clients with comments accept; nothing else.
const JSON: ParseOptions = ParseOptions {
    allow_comments: true,
    allow_trailing_commas: true,
    allow_loose_object_property_names: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// The text with the entry below `key`.
pub(super) fn merged(
    text: &str,
    key: &str,
    format: ConfigFormat,
    name: &str,
    entry: &ServerEntry,
) -> anyhow::Result<String> {
    let before = read(text)?;
    let found = before.get(key).and_then(|servers| servers.get(name));
    let value = entry.merge_into(found.unwrap_or(&Value::Null), format);
    if found == Some(&value) {
        return Ok(text.to_owned());
    }
    let (mark, body) = match text.strip_prefix('\u{feff}') {
        Some(body) => ("\u{feff}", body),
        None => ("", text),
    };
    let body = if body.trim().is_empty() { "{}\n" } else { body };
    let root = CstRootNode::parse(body, &JSON).context("not JSON")?;
    let object = root
        .object_value_or_create()
        .context("not a JSON object at the top")?;
    if found.is_some() {
        let server = object
            .object_value(key)
            .and_then(|servers| servers.object_value(name))
            .with_context(|| format!("`{name}` is there and no object"))?;
        lay_over(&server, &value);
    } else {
        let servers = object
            .object_value_or_create(key)
            .with_context(|| format!("`{key}` holds no servers by name"))?;
        servers.append(name, input(&value));
    }
    let after = format!("{mark}{root}");
    // What was meant, worked out a second way: a slip of the editor must not reach the file.
    let mut meant = before;
    if meant.is_null() {
        meant = json!({});
    }
    let mut servers = match meant.get(key) {
        Some(Value::Object(servers)) => servers.clone(),
        _ => Map::new(),
    };
    servers.insert(name.to_owned(), value);
    if let Some(root) = meant.as_object_mut() {
        root.insert(key.to_owned(), Value::Object(servers));
    }
    ensure!(
        read(&after)? == meant,
        "the file would not say what it should afterwards"
    );
    Ok(after)
}

/// The text without the entry; an empty list of servers stays.
pub(super) fn removed(text: &str, key: &str, name: &str) -> anyhow::Result<String> {
    let mut meant = read(text)?;
    let (mark, body) = match text.strip_prefix('\u{feff}') {
        Some(body) => ("\u{feff}", body),
        None => ("", text),
    };
    let root = CstRootNode::parse(body, &JSON).context("not JSON")?;
    let entry = root
        .object_value()
        .and_then(|object| object.object_value(key))
        .and_then(|servers| servers.get(name));
    entry.context("the entry is not there")?.remove();
    let after = format!("{mark}{root}");
    if let Some(servers) = meant.get_mut(key).and_then(Value::as_object_mut) {
        servers.shift_remove(name);
    }
    ensure!(
        read(&after)? == meant,
        "the file would not say what it should afterwards"
    );
    Ok(after)
}

/// A file with this entry and nothing else.
pub(super) fn alone(key: &str, name: &str, entry: &Value) -> Option<String> {
    let root = CstRootNode::parse("{}\n", &JSON).ok()?;
    let servers = root.object_value_or_create()?.object_value_or_create(key)?;
    servers.append(name, input(entry));
    Some(root.to_string())
}

/// Sets the fields that differ and removes those that are not in `value`; the others and comments stay.
fn lay_over(object: &CstObject, value: &Value) {
    let Some(fields) = value.as_object() else {
        return;
    };
    for property in object.properties() {
        let name = property.name().and_then(|name| name.decoded_value().ok());
        if name.is_some_and(|name| !fields.contains_key(&name)) {
            property.remove();
        }
    }
    for (name, value) in fields {
        match object.get(name) {
            None => {
                object.append(name, input(value));
            }
            Some(property) => {
                let same = property
                    .value()
                    .and_then(|there| there.to_serde_value())
                    .is_some_and(|there| there == *value);
                match property.object_value() {
                    _ if same => {}
                    Some(inner) if value.is_object() => lay_over(&inner, value),
                    _ => property.set_value(input(value)),
                }
            }
        }
    }
}

fn input(value: &Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(yes) => CstInputValue::Bool(*yes),
        Value::Number(number) => CstInputValue::Number(number.to_string()),
        Value::String(text) => CstInputValue::String(text.clone()),
        Value::Array(items) => CstInputValue::Array(items.iter().map(input).collect()),
        Value::Object(fields) => CstInputValue::Object(
            fields
                .iter()
                .map(|(name, value)| (name.clone(), input(value)))
                .collect(),
        ),
    }
}

/// Null where the file is empty.
pub(super) fn read(text: &str) -> anyhow::Result<Value> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let root = CstRootNode::parse(body, &JSON).map_err(|error| {
        anyhow::anyhow!(
            "not JSON: line {}, column {}: {}",
            error.line_display(),
            error.column_display(),
            error.kind()
        )
    })?;
    match root.to_serde_value() {
        None => Ok(Value::Null),
        Some(value @ Value::Object(_)) => Ok(value),
        Some(_) => bail!("not a JSON object at the top"),
    }
}
