//! TOML: edited in its document, comments and order kept, checked by its values.

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use toml_edit::{DocumentMut, Item, Table, TableLike};

use crate::cli::install::clients::ConfigFormat;
use crate::cli::install::entry::ServerEntry;

/// The text with the entry below `key`.
pub(super) fn merged(
    text: &str,
    key: &str,
    format: ConfigFormat,
    name: &str,
    entry: &ServerEntry,
) -> anyhow::Result<String> {
    let mut document = parse(text)?;
    let before = plain(document.as_item());
    let found = before.get(key).and_then(|servers| servers.get(name));
    let value = entry.merge_into(found.unwrap_or(&Value::Null), format);
    if found == Some(&value) {
        return Ok(text.to_owned());
    }
    put_entry(&mut document, key, name, &value)?;
    let after = line_ends_of(text, document.to_string());
    let again = read(&after)?;
    ensure!(
        again.get(key).and_then(|servers| servers.get(name)) == Some(&value),
        "the file would not say what it should afterwards"
    );
    Ok(after)
}

/// Line ends and byte order mark as before: the editor knows neither.
fn line_ends_of(text: &str, mut after: String) -> String {
    if text.matches("\r\n").count() * 2 > text.matches('\n').count() {
        after = after.replace("\r\n", "\n").replace('\n', "\r\n");
    }
    if text.starts_with(MARK) && !after.starts_with(MARK) {
        after.insert(0, MARK);
    }
    after
}

/// The text without the entry.
pub(super) fn removed(text: &str, key: &str, name: &str) -> anyhow::Result<String> {
    let mut document = parse(text)?;
    let servers = document.get_mut(key).and_then(Item::as_table_like_mut);
    let entry = servers.and_then(|servers| servers.remove(name));
    entry.context("the entry is not there")?;
    let after = line_ends_of(text, document.to_string());
    let again = read(&after)?;
    ensure!(
        again
            .get(key)
            .and_then(|servers| servers.get(name))
            .is_none(),
        "the file would not say what it should afterwards"
    );
    Ok(after)
}

/// A file with this entry and nothing else.
pub(super) fn alone(key: &str, name: &str, entry: &Value) -> String {
    let mut document = DocumentMut::new();
    match put_entry(&mut document, key, name, entry) {
        Ok(()) => document.to_string(),
        Err(_) => String::new(),
    }
}

fn put_entry(
    document: &mut DocumentMut,
    key: &str,
    name: &str,
    entry: &Value,
) -> anyhow::Result<()> {
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
    lay_over_table(server, entry);
    Ok(())
}

/// Sets the fields that differ and removes those that are not in `value`; the others and comments stay.
fn lay_over_table(table: &mut dyn TableLike, value: &Value) {
    let is_gone = |name: &str| value.get(name).is_none();
    let gone: Vec<String> = table
        .iter()
        .map(|(name, _)| name.to_owned())
        .filter(|name| is_gone(name))
        .collect();
    for name in gone {
        table.remove(&name);
    }
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

/// A value in the place of another keeps the comments around it.
fn put(table: &mut dyn TableLike, name: &str, mut value: toml_edit::Value) {
    match table.get_mut(name).and_then(Item::as_value_mut) {
        Some(there) => {
            *value.decor_mut() = there.decor().clone();
            *there = value;
        }
        None => {
            table.insert(name, Item::Value(value));
        }
    }
}

/// The byte order mark that some editors begin a file with.
const MARK: char = '\u{feff}';

/// The file's values.
pub(super) fn read(text: &str) -> anyhow::Result<Value> {
    Ok(plain(parse(text)?.as_item()))
}

fn parse(text: &str) -> anyhow::Result<DocumentMut> {
    text.parse().map_err(|error: toml_edit::TomlError| {
        let start = error.span().map_or(0, |span| span.start);
        let line = text.get(..start).unwrap_or(text).matches('\n').count() + 1;
        anyhow::anyhow!("not TOML: line {line}: {}", error.message())
    })
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
