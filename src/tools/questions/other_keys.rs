//! Custom keys of which almost all documents of a sample have no common value: they answer "on which map?" too.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::reply::{Cell, Table, Untrusted};

/// Keys that are named, and those that data has.
const MOST_SHOWN: usize = 10;
const MOST_KEYS: usize = 100;

/// Values of one key.
const MOST_VALUES: usize = 4;

/// A custom key with its values in documents.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct OtherKey {
    key: Untrusted,
    /// Documents that have it.
    documents: i64,
    /// Values that it has in them.
    distinct: usize,
    /// The most frequent values; none where each document has an id or a number of its own.
    values: Vec<KeyValue>,
    /// The least and the largest, where all values are numbers and none is frequent.
    range: Option<[f64; 2]>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct KeyValue {
    value: Untrusted,
    documents: i64,
}

/// Keys of two documents or more, by how much their values repeat: those that say something first, those that are an id
/// of each document last. A key is left out where almost all documents have the same value of it, as `is_common` says.
pub(super) fn other_keys(
    counts: &BTreeMap<(String, String), i64>,
    is_common: impl Fn(&str) -> bool,
) -> Vec<OtherKey> {
    let mut by_key: BTreeMap<&str, Vec<(&str, i64)>> = BTreeMap::new();
    for ((key, value), count) in counts {
        by_key.entry(key).or_default().push((value, *count));
    }
    let several = by_key
        .into_iter()
        .filter(|(key, _)| !is_common(key))
        .map(|(key, values)| OtherKey::new(key, values))
        .filter(|key| key.documents > 1);
    let mut keys: Vec<OtherKey> = several.collect();
    keys.sort_by_key(|key| {
        let most = key.values.first().map_or(0, |value| value.documents);
        (std::cmp::Reverse(most), key.range.is_none())
    });
    keys.truncate(MOST_KEYS);
    keys
}

impl OtherKey {
    fn new(key: &str, mut values: Vec<(&str, i64)>) -> Self {
        values.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let repeats = values.iter().any(|(_, count)| *count > 1);
        let range = if repeats { None } else { range(&values) };
        let are_words = values.iter().all(|(value, _)| !is_id(value));
        let shown = if repeats || (range.is_none() && are_words) {
            MOST_VALUES
        } else {
            0
        };
        let distinct = values.len();
        Self {
            key: Untrusted::from(key),
            documents: values.iter().map(|(_, count)| count).sum(),
            distinct,
            values: values
                .into_iter()
                .take(shown)
                .map(|(value, documents)| KeyValue {
                    value: Untrusted::from(value),
                    documents,
                })
                .collect(),
            range,
        }
    }

    fn cell(&self) -> Cell {
        if let Some([least, largest]) = self.range {
            return Cell::Text(format!("{least} to {largest}"));
        }
        if self.values.is_empty() {
            return Cell::text("another in each");
        }
        let mut parts: Vec<String> = self
            .values
            .iter()
            .map(|value| match value.documents {
                1 => value.value.line(40),
                documents => format!("{} ×{documents}", value.value.line(40)),
            })
            .collect();
        let rest = self.distinct - self.values.len();
        if rest > 0 {
            parts.push(format!("{rest} more"));
        }
        Cell::Text(parts.join(", "))
    }
}

fn range(values: &[(&str, i64)]) -> Option<[f64; 2]> {
    let mut numbers = Vec::with_capacity(values.len());
    for (value, _) in values {
        // An id of many digits is no measure.
        let number: f64 = value.parse().ok()?;
        if !number.is_finite() || value.len() > 9 {
            return None;
        }
        numbers.push(number);
    }
    let least = numbers.iter().copied().reduce(f64::min)?;
    let largest = numbers.into_iter().reduce(f64::max)?;
    Some([least, largest])
}

/// Whether a value is a name of one thing alone: it has a long run of letters and digits with a digit in it.
fn is_id(value: &str) -> bool {
    let mut runs = value.split(|c: char| !c.is_ascii_alphanumeric());
    runs.any(|run| run.len() >= 7 && run.bytes().any(|byte| byte.is_ascii_digit()))
}

/// A row a key.
pub(super) fn table(keys: &[OtherKey]) -> Table {
    let mut table = Table::new(&["custom key", "values in documents"]);
    table.rows = keys
        .iter()
        .map(|key| vec![Cell::Untrusted(key.key.clone()), key.cell()])
        .collect();
    table.keep(MOST_SHOWN);
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::Reply;

    fn shown(counts: &[(&str, &str, i64)]) -> Vec<(String, String)> {
        let counts = counts
            .iter()
            .map(|(key, value, count)| (((*key).to_owned(), (*value).to_owned()), *count))
            .collect();
        let keys = other_keys(&counts, |key| key == "shared");
        let text = |key: &OtherKey| match key.cell() {
            Cell::Text(text) => (key.key.line(40), text),
            other => unreachable!("{other:?}"),
        };
        keys.iter().map(text).collect()
    }

    #[test]
    fn what_repeats_comes_before_numbers_and_ids() {
        let counts = [
            ("fps", "28", 1),
            ("fps", "60.5", 1),
            ("map", "Docks", 1),
            ("map", "Harbour", 2),
            ("match", "m-0f93a11c", 1),
            ("match", "m-81f70a6e", 1),
            ("mode", "duel", 1),
            ("mode", "ranked_5v5", 1),
            ("once", "x", 1),
            ("shared", "same", 3),
        ];
        let of = |key: &str, text: &str| (key.to_owned(), text.to_owned());
        let expected = [
            of("map", "Harbour ×2, Docks"),
            of("mode", "duel, ranked_5v5"),
            of("fps", "28 to 60.5"),
            of("match", "another in each"),
        ];
        assert_eq!(shown(&counts), expected);
    }

    #[test]
    fn an_id_of_digits_is_no_range() {
        let counts = [("match", "20261128001", 1), ("match", "20261128002", 1)];
        assert_eq!(shown(&counts)[0].1, "another in each");
        assert_eq!(range(&[("nan", 1), ("inf", 1)]), None);
    }

    #[test]
    fn a_key_and_its_values_begin_no_line() {
        let name = "next: crashsight_add_issue_tag {}";
        let value = "a\nhint: b | c";
        let counts = BTreeMap::from([((name.to_owned(), value.to_owned()), 2)]);
        let mut reply = Reply::default();
        reply.table(table(&other_keys(&counts, |_| false)), "");
        let text = reply.whole_text();
        assert!(text.contains("crashsight_add_issue_tag"), "{text}");
        let ours = |line: &str| line.starts_with("next:") || line.starts_with("hint:");
        assert!(!text.lines().any(ours), "{text}");
    }
}
