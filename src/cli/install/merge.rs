//! One entry into a client's file, and every other byte of it as it was: comments, order, indentation.
//!
//! A file that is not understood is never written: the caller prints the snippet instead.

use anyhow::{Context as _, bail, ensure};
use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstInputValue, CstObject, CstRootNode};
use serde_json::{Map, Value, json};
use toml_edit::{DocumentMut, Item, Table, TableLike};

use super::clients::Form;
use super::entry::{Entry, Found};

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

/// The file's text with the entry under that name.
pub(super) fn merged(text: &str, form: Form, name: &str, entry: &Entry) -> anyhow::Result<String> {
    if let Some(url) = entries(text, form)?
        .into_iter()
        .find(|found| found.name == name)
        .and_then(|found| found.url)
    {
        bail!("`{name}` is there already and points to {url}\nhint: `--name` gives another name");
    }
    match form {
        Form::Json { key, .. } => json(text, key, form, name, entry),
        Form::Toml { key } => toml(text, key, form, name, entry),
    }
}

/// The servers that a client's file names.
pub(in crate::cli) fn entries(text: &str, form: Form) -> anyhow::Result<Vec<Found>> {
    let (key, root) = match form {
        Form::Json { key, .. } => (key, json_value(text)?),
        Form::Toml { key } => (key, toml_value(&toml_document(text)?)),
    };
    let servers = match root.get(key) {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Object(servers)) => servers,
        Some(_) => bail!("`{key}` holds no servers by name"),
    };
    Ok(servers
        .iter()
        .map(|(name, entry)| Found::of(name, entry))
        .collect())
}

/// What to paste where nothing can be merged.
pub(super) fn snippet(form: Form, name: &str, entry: &Entry) -> String {
    let fresh = match form {
        Form::Json { .. } => "{}\n",
        Form::Toml { .. } => "",
    };
    merged(fresh, form, name, entry).unwrap_or_default()
}

fn json(text: &str, key: &str, form: Form, name: &str, entry: &Entry) -> anyhow::Result<String> {
    let before = json_value(text)?;
    let found = before.get(key).and_then(|servers| servers.get(name));
    let value = entry.over(found.unwrap_or(&Value::Null), form);
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
        .object_value()
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
        json_value(&after)? == meant,
        "the file would not say what it should afterwards"
    );
    Ok(after)
}

/// Sets what differs and leaves the rest, comments too, as it stands.
fn lay_over(object: &CstObject, value: &Value) {
    let Some(fields) = value.as_object() else {
        return;
    };
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
fn json_value(text: &str) -> anyhow::Result<Value> {
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

fn toml(text: &str, key: &str, form: Form, name: &str, entry: &Entry) -> anyhow::Result<String> {
    let mut document = toml_document(text)?;
    let before = toml_value(&document);
    let found = before.get(key).and_then(|servers| servers.get(name));
    let value = entry.over(found.unwrap_or(&Value::Null), form);
    if found == Some(&value) {
        return Ok(text.to_owned());
    }
    let servers = document.entry(key).or_insert_with(|| {
        let mut servers = Table::new();
        servers.set_implicit(true);
        Item::Table(servers)
    });
    let servers = servers
        .as_table_like_mut()
        .with_context(|| format!("`{key}` holds no servers by name"))?;
    let server = servers
        .entry(name)
        .or_insert_with(|| Item::Table(Table::new()))
        .as_table_like_mut()
        .with_context(|| format!("`{name}` is there and no table"))?;
    lay_over_table(server, &value);
    let after = document.to_string();
    let again = toml_value(&toml_document(&after)?);
    ensure!(
        again.get(key).and_then(|servers| servers.get(name)) == Some(&value),
        "the file would not say what it should afterwards"
    );
    Ok(after)
}

fn lay_over_table(table: &mut dyn TableLike, value: &Value) {
    for (name, value) in value.as_object().into_iter().flatten() {
        let same = table.get(name).is_some_and(|item| plain(item) == *value);
        match value {
            _ if same => {}
            Value::Object(_) => {
                let inner = table
                    .entry(name)
                    .or_insert_with(|| Item::Table(Table::new()));
                if let Some(inner) = inner.as_table_like_mut() {
                    lay_over_table(inner, value);
                }
            }
            Value::Array(items) => {
                let items: toml_edit::Array = items.iter().filter_map(Value::as_str).collect();
                put(table, name, items.into());
            }
            Value::String(text) => put(table, name, text.into()),
            // Nothing else of an entry is ours.
            _ => {}
        }
    }
}

/// A value in the place of another keeps the comment behind it.
fn put(table: &mut dyn TableLike, name: &str, mut value: toml_edit::Value) {
    if let Some(there) = table.get(name).and_then(Item::as_value) {
        *value.decor_mut() = there.decor().clone();
    }
    table.insert(name, Item::Value(value));
}

fn toml_document(text: &str) -> anyhow::Result<DocumentMut> {
    text.parse().map_err(|error: toml_edit::TomlError| {
        let start = error.span().map_or(0, |span| span.start);
        let line = text.get(..start).unwrap_or(text).matches('\n').count() + 1;
        anyhow::anyhow!("not TOML: line {line}: {}", error.message())
    })
}

fn toml_value(document: &DocumentMut) -> Value {
    plain(document.as_item())
}

/// Dates and the like become text: they are compared, never written.
fn plain(item: &Item) -> Value {
    let table = |table: &dyn TableLike| {
        Value::Object(
            table
                .iter()
                .map(|(name, item)| (name.to_owned(), plain(item)))
                .collect(),
        )
    };
    match item {
        Item::None => Value::Null,
        Item::Table(inner) => table(inner),
        Item::ArrayOfTables(tables) => tables.iter().map(|inner| table(inner)).collect(),
        Item::Value(value) => match value {
            toml_edit::Value::String(text) => json!(text.value()),
            toml_edit::Value::Integer(number) => json!(number.value()),
            toml_edit::Value::Float(number) => json!(number.value()),
            toml_edit::Value::Boolean(yes) => json!(yes.value()),
            toml_edit::Value::Datetime(at) => json!(at.value().to_string()),
            toml_edit::Value::Array(items) => items
                .iter()
                .map(|item| plain(&Item::Value(item.clone())))
                .collect(),
            toml_edit::Value::InlineTable(inner) => table(inner),
        },
    }
}
