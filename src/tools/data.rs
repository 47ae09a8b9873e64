//! Data of an answer as programs receive it: what is not there is absent, and nothing exceeds the ceiling.

use serde_json::{Value, json};

/// The largest data of one reply, in bytes of JSON.
const CEILING: usize = 40_000;

/// Removes nulls, and cuts the longest lists where the whole is too large; `truncated` then says so.
pub(super) fn finish(data: &mut Value) {
    remove_nulls(data);
    let mut truncated = false;
    while size(data) > CEILING && shorten_longest(data) {
        truncated = true;
    }
    if truncated && let Some(fields) = data.as_object_mut() {
        fields.insert("truncated".to_owned(), json!(true));
    }
}

/// Removes nulls: what is not there is absent.
pub(super) fn remove_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, field| !field.is_null());
            fields.values_mut().for_each(remove_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(remove_nulls),
        _ => {}
    }
}

/// An estimate of a value's length as JSON, without printing it.
fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len() + 2,
        Value::Array(items) => items.iter().map(|item| size(item) + 1).sum::<usize>() + 2,
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| name.len() + 4 + size(value);
            fields.iter().map(field).sum::<usize>() + 2
        }
        _ => 8,
    }
}

/// Shortens the largest list or text by a tenth; `false` when there is nothing left to cut.
fn shorten_longest(data: &mut Value) -> bool {
    let Some(path) = longest(data) else {
        return false;
    };
    match data.pointer_mut(&path) {
        Some(Value::Array(items)) => {
            items.truncate(items.len() - items.len().div_ceil(10));
            true
        }
        Some(Value::String(text)) => {
            let mut end = text.len() - text.len() / 10;
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            text.truncate(end);
            true
        }
        _ => false,
    }
}

/// The JSON pointer of the list of more than one item, or of the text of more than 1,000 bytes, that is largest.
fn longest(data: &Value) -> Option<String> {
    fn visit(value: &Value, path: &str, best: &mut Option<(usize, String)>) {
        let mut offer = |bytes: usize| {
            if best.as_ref().is_none_or(|(most, _)| bytes > *most) {
                *best = Some((bytes, path.to_owned()));
            }
        };
        match value {
            Value::String(text) if text.len() > 1_000 => offer(text.len()),
            Value::Array(items) if items.len() > 1 => offer(size(value)),
            _ => {}
        }
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    visit(item, &format!("{path}/{index}"), best);
                }
            }
            Value::Object(fields) => {
                for (name, field) in fields {
                    let name = name.replace('~', "~0").replace('/', "~1");
                    visit(field, &format!("{path}/{name}"), best);
                }
            }
            _ => {}
        }
    }
    let mut best = None;
    visit(data, "", &mut best);
    best.map(|(_, path)| path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_absent() {
        let mut data = json!({"a": null, "b": [{"c": null, "d": 1}]});
        finish(&mut data);
        assert_eq!(data, json!({"b": [{"d": 1}]}));
    }

    #[test]
    fn the_ceiling_is_kept_and_announced() {
        let rows: Vec<Value> = (0..50_000)
            .map(|n| json!({"issue": n, "name": "x"}))
            .collect();
        let mut data = json!({"answer": {"rows": rows}});
        finish(&mut data);
        assert_eq!(data["truncated"], json!(true));
        assert!(data.to_string().len() <= CEILING);
        assert!(data["answer"]["rows"].as_array().unwrap().len() > 900);
    }
}
