//! The parameters of a request from query, path and body.

use serde_json::{Map, Value};

/// The parameters of a request by name.
#[derive(Debug, Default)]
pub(crate) struct Params(Map<String, Value>);

impl Params {
    /// Adds the query.
    pub(crate) fn add_query(&mut self, pairs: Vec<(String, String)>) {
        for (name, value) in pairs {
            self.0.insert(name, Value::String(value));
        }
    }

    /// Adds `name/value/name/value`; `false` when a name lacks its value.
    pub(crate) fn add_segments(&mut self, segments: &[String]) -> bool {
        for pair in segments.chunks(2) {
            let [name, value] = pair else { return false };
            self.0.insert(name.clone(), Value::String(value.clone()));
        }
        true
    }

    /// Adds a JSON body; anything but an object adds nothing.
    pub(crate) fn add_body(&mut self, body: Value) {
        if let Value::Object(fields) = body {
            self.0.extend(fields);
        }
    }

    /// An object inside, such as `filters` or `params`; empty when absent.
    pub(crate) fn inner(&self, name: &str) -> Self {
        let fields = self.0.get(name).and_then(Value::as_object);
        Self(fields.cloned().unwrap_or_default())
    }

    /// Whether there is a parameter by this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A text; numbers count as text, and an empty text as absent.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.0
            .get(name)
            .and_then(plain)
            .filter(|text| !text.is_empty())
    }

    /// A whole number; its text form counts.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.text(name)?.parse().ok()
    }

    /// A count of rows: absent, zero and negative mean `default`.
    pub(crate) fn rows(&self, name: &str, default: usize) -> usize {
        let rows = self
            .number(name)
            .and_then(|rows| usize::try_from(rows).ok());
        rows.filter(|rows| *rows > 0).unwrap_or(default)
    }

    /// A switch; its text form counts, and absent is off.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.text(name)
            .is_some_and(|text| text.eq_ignore_ascii_case("true"))
    }

    /// A list: an array, a JSON-encoded array in a text, or one lone value.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        match self.0.get(name) {
            Some(Value::Array(items)) => items.iter().filter_map(plain).collect(),
            Some(Value::String(text)) if text.trim_start().starts_with('[') => {
                let items: Vec<Value> = serde_json::from_str(text).unwrap_or_default();
                items.iter().filter_map(plain).collect()
            }
            Some(value) => plain(value)
                .filter(|text| !text.is_empty())
                .into_iter()
                .collect(),
            None => Vec::new(),
        }
    }

    /// Objects of a list.
    pub(crate) fn objects(&self, name: &str) -> Vec<Self> {
        let items = self
            .0
            .get(name)
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        items
            .filter_map(|item| Some(Self(item.as_object()?.clone())))
            .collect()
    }
}

/// Text, number or switch as text.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn one_list_has_three_forms() {
        let mut params = Params::default();
        params.add_body(json!({"a": ["1", 2], "b": "[\"1\",\"2\"]", "c": "1", "d": "", "e": "[]"}));
        assert_eq!(params.list("a"), ["1", "2"]);
        assert_eq!(params.list("b"), ["1", "2"]);
        assert_eq!(params.list("c"), ["1"]);
        assert!(params.list("d").is_empty() && params.list("e").is_empty());
        assert!(params.list("absent").is_empty());
    }

    #[test]
    fn segments_come_in_pairs() {
        let mut params = Params::default();
        let segments = ["appId", "x", "platformId", "1"].map(str::to_owned);
        assert!(params.add_segments(&segments));
        assert_eq!(params.number("platformId"), Some(1));
        assert!(!params.add_segments(&segments[..3]));
    }
}
