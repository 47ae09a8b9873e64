//! Schemas as every client takes them: draft 2020-12, everything in place, no keyword that makes one drop a tool.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

/// The schema of a tool's arguments.
pub(super) fn input<A: JsonSchema>() -> Map<String, Value> {
    of::<A>()
}

/// The schema of a tool's data: what surrounds every answer, and the answer's own type.
pub(super) fn output<A: JsonSchema>() -> Map<String, Value> {
    let mut answer = of::<A>();
    answer.remove("description");
    let text = json!({"type": "string"});
    let schema = json!({
        "type": "object",
        "properties": {
            "tool": text,
            "project": text,
            "range": {
                "type": "object",
                "properties": {
                    "from": text,
                    "to": text,
                    "offset": text,
                    "partial": {"type": "boolean"},
                },
                "required": ["from", "to", "offset", "partial"],
            },
            "as_of": text,
            "simulated": {"type": "boolean"},
            "answer": answer,
            "notes": {"type": "array", "items": text},
            "next": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"tool": text, "arguments": {"type": "object"}},
                    "required": ["tool", "arguments"],
                },
            },
            "truncated": {"type": "boolean"},
        },
        "required": ["tool", "as_of", "simulated", "answer", "notes", "next"],
    });
    match schema {
        Value::Object(schema) => schema,
        _ => Map::new(),
    }
}

/// A write that was not sent has no answer, and what would be sent where it waits for a confirmation.
pub(super) fn unsent(output: &mut Map<String, Value>) {
    if let Some(Value::Array(required)) = output.get_mut("required") {
        required.retain(|name| name != "answer");
    }
    if let Some(Value::Object(properties)) = output.get_mut("properties") {
        let text = json!({"type": "string"});
        let change = json!({
            "type": "object",
            "properties": {"name": text, "value": text},
            "required": ["name", "value"],
        });
        let confirmation = json!({
            "type": "object",
            "properties": {
                "request": text,
                "body": {"type": "object"},
                "changes": {"type": "array", "items": change},
                "confirm": text,
            },
            "required": ["request", "confirm"],
        });
        properties.insert("confirmation".to_owned(), confirmation);
    }
}

fn of<A: JsonSchema>() -> Map<String, Value> {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    settings.meta_schema = None;
    let schema = settings.into_generator().into_root_schema_for::<A>();
    let mut schema = match schema.to_value() {
        Value::Object(schema) => schema,
        _ => Map::new(),
    };
    schema.remove("title");
    // Without arguments schemars leaves the key out, and some clients want it.
    schema
        .entry("properties")
        .or_insert_with(|| Value::Object(Map::new()));
    plain(&mut schema);
    schema
}

/// Takes off what schemars writes and clients stumble over: `null` beside a type, `format`, defaults of
/// nothing. What remains is still true: a value that is left out is accepted everywhere.
fn plain(schema: &mut Map<String, Value>) {
    schema.remove("format");
    if schema.get("default").is_some_and(is_empty_default) {
        schema.remove("default");
    }
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|word| word != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    // `Option<Inline>` comes as anyOf [schema, null].
    if let Some(Value::Array(mut options)) = schema.remove("anyOf") {
        options.retain(|option| option.get("type") != Some(&Value::String("null".to_owned())));
        if let [Value::Object(only)] = options.as_mut_slice() {
            for (key, value) in std::mem::take(only) {
                schema.entry(key).or_insert(value);
            }
        } else {
            schema.insert("anyOf".to_owned(), Value::Array(options));
        }
    }
    if let Some(Value::Array(words)) = schema.get_mut("enum") {
        words.retain(|word| !word.is_null());
    }
    if let Some(Value::String(description)) = schema.get_mut("description") {
        *description = description.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    if let Some(Value::Object(items)) = schema.get_mut("items") {
        plain(items);
    }
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        for property in properties.values_mut() {
            if let Value::Object(property) = property {
                plain(property);
            }
        }
    }
}

fn is_empty_default(default: &Value) -> bool {
    match default {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Number(number) => number.as_i64() == Some(0),
        _ => false,
    }
}
