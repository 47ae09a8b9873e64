//! Lenient reading of an answer: every field may be missing, null, `"null"`, or a number as text.

use anyhow::bail;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::reply::Untrusted;

/// Larger numbers are no counts of anything; sums of thousands of smaller ones stay within 64 bits.
const MOST: i64 = 1_000_000_000_000_000;

/// Objects of at most so many fields are searched from the front.
const FEW_FIELDS: usize = 24;

/// A place in an answer. Reading on from a place that is not there finds nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct JsonRef<'a>(Option<&'a Value>);

impl<'a> JsonRef<'a> {
    /// The whole answer.
    pub fn new(value: &'a Value) -> Self {
        Self(Some(value).filter(|value| !value.is_null()))
    }

    /// The field of that name.
    #[must_use]
    pub fn get(self, key: &str) -> Self {
        let fields = self.0.and_then(Value::as_object);
        let value = fields.and_then(|fields| {
            // Rows have few fields: comparing their names takes a fraction of hashing the one looked for.
            if fields.len() <= FEW_FIELDS {
                let mut all = fields.iter();
                all.find(|(name, _)| *name == key).map(|(_, value)| value)
            } else {
                fields.get(key)
            }
        });
        Self(value.filter(|value| !value.is_null()))
    }

    /// The first of these fields that says something.
    #[must_use]
    pub fn any(self, keys: &[&str]) -> Self {
        keys.iter()
            .map(|key| self.get(key))
            .find(|node| node.exists() && (node.text().is_some() || !node.is_text()))
            .unwrap_or(Self(None))
    }

    fn is_text(self) -> bool {
        matches!(self.0, Some(Value::String(_)))
    }

    /// Whether it is an object.
    pub fn is_object(self) -> bool {
        self.0.is_some_and(Value::is_object)
    }

    /// Whether something is there.
    pub fn exists(self) -> bool {
        self.0.is_some()
    }

    /// The value itself.
    pub fn value(self) -> Option<&'a Value> {
        self.0
    }

    /// Text that says something: not empty, not a word for nothing.
    pub fn text(self) -> Option<&'a str> {
        self.0
            .and_then(Value::as_str)
            .map(str::trim)
            .filter(|text| {
                !matches!(
                    *text,
                    "" | "null" | "NULL" | "undefined" | "NO_STATS_DATA" | "#$cv#$"
                )
            })
    }

    /// Text or a number, as text that a vendor's client may have uploaded.
    pub fn untrusted(self) -> Option<Untrusted> {
        self.label().map(Untrusted::new)
    }

    /// Text, or a number as text: ids that the vendor types either way.
    pub fn label(self) -> Option<String> {
        self.text().map(str::to_owned).or_else(|| match self.0 {
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => None,
        })
    }

    /// A whole number, also from text.
    pub fn count(self) -> Option<i64> {
        match self.0? {
            Value::Number(number) => number
                .as_i64()
                .or_else(|| number.as_f64().and_then(rounded)),
            Value::String(text) => {
                let text = text.trim();
                text.parse()
                    .ok()
                    .or_else(|| text.parse().ok().and_then(rounded))
            }
            _ => None,
        }
        .filter(|count: &i64| (-MOST..=MOST).contains(count))
    }

    /// Whether anything in it is more than a default: some text, a number that is not zero.
    pub fn says_something(self) -> bool {
        match self.0 {
            None | Some(Value::Null | Value::Bool(_)) => false,
            Some(Value::String(_)) => self.text().is_some(),
            Some(Value::Number(_)) => self.count() != Some(0),
            Some(Value::Array(items)) => {
                items.iter().any(|item| JsonRef::new(item).says_something())
            }
            Some(Value::Object(_)) => self.entries().any(|(_, value)| value.says_something()),
        }
    }

    /// A number with a fraction, also from text.
    pub fn number(self) -> Option<f64> {
        match self.0? {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok().filter(|n: &f64| n.is_finite()),
            _ => None,
        }
    }

    /// Yes or no, also from text and numbers.
    pub fn flag(self) -> Option<bool> {
        match self.0? {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) => match text.trim().to_lowercase().as_str() {
                "true" | "1" | "yes" => Some(true),
                "false" | "0" | "no" => Some(false),
                _ => None,
            },
            Value::Number(number) => number.as_i64().map(|n| n != 0),
            _ => None,
        }
    }

    /// The elements of a list. Nothing is an empty list; one object is a list of one (docs/vendor/crashsight.md §5).
    pub fn list(self) -> impl Iterator<Item = JsonRef<'a>> {
        let slice = match self.0 {
            Some(Value::Array(items)) => items.as_slice(),
            Some(one @ Value::Object(_)) => std::slice::from_ref(one),
            _ => &[],
        };
        slice.iter().map(JsonRef::new)
    }

    /// The entries of an object.
    pub fn entries(self) -> impl Iterator<Item = (&'a str, JsonRef<'a>)> {
        self.0
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .map(|(key, value)| (key.as_str(), JsonRef::new(value)))
    }

    /// A moment in any of the forms met (docs/vendor/crashsight.md §6): text in the site's zone, ISO with an offset, Unix
    /// seconds or milliseconds. Zero is none.
    pub fn instant(self, site: &TimeZone) -> Option<Timestamp> {
        if let Some(number) = self.count() {
            return match number {
                // `20260930`: a day. As seconds it would be in 1970.
                19_000_101..=21_001_231 => {
                    let day = Date::strptime("%Y%m%d", number.to_string()).ok()?;
                    Some(day.to_zoned_datetime(site.clone()).ok()?.timestamp())
                }
                1_000_000_000..100_000_000_000 => Timestamp::from_second(number).ok(),
                100_000_000_000.. => Timestamp::from_millisecond(number).ok(),
                _ => None,
            };
        }
        let text = self.text()?;
        if let Some(at) = plain_time(text) {
            return Some(at.to_zoned_datetime(site.clone()).ok()?.timestamp());
        }
        // Some clients write a no-break space between date and time.
        let text = text.replace(|c: char| c.is_whitespace(), " ");
        let text = text.as_str();
        if let Ok(at) = Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", text) {
            return Some(at);
        }
        if let Ok(at) = text.parse::<Timestamp>() {
            return Some(at);
        }
        // `2021-06-15 11:54:36 199`: the milliseconds stand apart.
        let at = match text.get(..19) {
            Some(head) => DateTime::strptime("%Y-%m-%d %H:%M:%S", head).ok()?,
            None => DateTime::from(Date::strptime("%Y-%m-%d", text).ok()?),
        };
        Some(at.to_zoned_datetime(site.clone()).ok()?.timestamp())
    }

    /// The list an answer must hold; nothing at all is an empty one, another shape is an error.
    pub fn rows(self) -> anyhow::Result<Vec<JsonRef<'a>>> {
        match self.0 {
            None | Some(Value::Array(_) | Value::Object(_)) => Ok(self.list().collect()),
            Some(Value::String(text)) if text.is_empty() || text == "null" => Ok(Vec::new()),
            Some(other) => bail!("expected a list of rows, not {}", shape(other)),
        }
    }

    /// The rows below a field, or the answer itself where it is the list: both are met. Without that field,
    /// totals alone are an empty list; anything else is an answer that is not understood, and not one of
    /// nothing.
    pub fn rows_of(self, field: &str) -> anyhow::Result<Vec<JsonRef<'a>>> {
        let Some(Value::Object(fields)) = self.0 else {
            return self.rows();
        };
        let elsewhere = |value: &Value| match value {
            Value::Array(items) => !items.is_empty(),
            Value::Object(fields) => !fields.is_empty(),
            Value::String(text) => !text.is_empty(),
            _ => false,
        };
        if !fields.contains_key(field) && fields.values().any(elsewhere) {
            let names: Vec<&str> = fields.keys().take(5).map(String::as_str).collect();
            bail!("no `{field}` came, but {}", names.join(", "));
        }
        self.get(field).rows()
    }

    /// Whether an object has a field, whatever is in it.
    pub fn has(self, field: &str) -> bool {
        let fields = self.0.and_then(Value::as_object);
        fields.is_some_and(|fields| fields.contains_key(field))
    }

    /// The object that an answer is, or the only one of a list.
    #[must_use]
    pub fn only(self) -> Self {
        match self.0 {
            Some(Value::Array(items)) if items.len() == 1 => items.first().map_or(self, Self::new),
            _ => self,
        }
    }

    /// The object an answer must be.
    pub fn object(self) -> anyhow::Result<Self> {
        match self.0 {
            Some(Value::Object(_)) => Ok(self),
            Some(other) => bail!("expected an object, not {}", shape(other)),
            None => bail!("expected an object, and the answer was empty"),
        }
    }
}

/// The rows of a column-style answer: `results` where `type` is `pretty`, else `columns` and `values`
/// (docs/vendor/crashsight.md §5, shape 5). Both come as `Row`, read by column name.
pub(crate) fn column_rows(data: JsonRef<'_>) -> anyhow::Result<Vec<Row<'_>>> {
    if let Some(Value::Array(items)) = data.value()
        && items
            .iter()
            .any(|item| !item.is_object() && !item.is_null())
    {
        bail!(
            "expected rows, not a list of {}",
            items.first().map_or("nothing", shape)
        );
    }
    let columns_came = ["columns", "values"].iter().any(|field| data.has(field));
    let results = match data.get("results") {
        results if results.exists() || columns_came => results.rows()?,
        _ => data.rows_of("results")?,
    };
    if !results.is_empty() {
        return Ok(results
            .into_iter()
            .filter(|row| row.says_something())
            .map(Row::Object)
            .collect());
    }
    let columns: Vec<&str> = data.get("columns").list_of_text();
    let Some(values) = data.get("values").value().and_then(Value::as_array) else {
        return Ok(Vec::new());
    };
    // One row may come without the list around it.
    if !values.is_empty() && !values.iter().any(Value::is_array) {
        return Ok(vec![Row::Cells(columns, values)]);
    }
    Ok(values
        .iter()
        .filter_map(Value::as_array)
        .map(|cells| Row::Cells(columns.clone(), cells))
        .collect())
}

/// A number without its fraction.
fn rounded(number: f64) -> Option<i64> {
    number
        .is_finite()
        .then(|| format!("{number:.0}").parse().ok())
        .flatten()
}

/// A row of a column-style answer.
pub(crate) enum Row<'a> {
    /// `results[]`
    Object(JsonRef<'a>),
    /// `columns` and one of `values[]`
    Cells(Vec<&'a str>, &'a [Value]),
}

impl<'a> Row<'a> {
    /// The first of these columns that says something.
    pub(crate) fn any(&self, columns: &[&str]) -> JsonRef<'a> {
        let mut columns = columns.iter().map(|column| self.get(column));
        let first = columns.find(|value| value.label().is_some());
        first.unwrap_or(JsonRef(None))
    }

    /// Whether anything in it is more than a default.
    pub(crate) fn says_something(&self) -> bool {
        match self {
            Self::Object(node) => node.says_something(),
            Self::Cells(_, cells) => cells.iter().any(|cell| JsonRef::new(cell).says_something()),
        }
    }

    /// The value of a column.
    pub(crate) fn get(&self, column: &str) -> JsonRef<'a> {
        match self {
            Self::Object(node) => node.get(column),
            Self::Cells(columns, cells) => columns
                .iter()
                .position(|name| *name == column)
                .and_then(|at| cells.get(at))
                .map_or(JsonRef(None), JsonRef::new),
        }
    }
}

impl<'a> JsonRef<'a> {
    /// The texts of a list.
    pub fn list_of_text(self) -> Vec<&'a str> {
        match self.0 {
            Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }
}

/// A time as the service writes most of them, `2021-06-15 11:54:36 199`: other forms take long to be tried.
fn plain_time(text: &str) -> Option<DateTime> {
    let (head, rest) = text.as_bytes().split_at_checked(19)?;
    let number = |from: usize, to: usize| {
        let digits = head.get(from..to)?.iter();
        digits.into_iter().try_fold(0_i16, |number, byte| {
            let digit = byte.is_ascii_digit().then(|| i16::from(byte - b'0'))?;
            Some(number * 10 + digit)
        })
    };
    let at = |from: usize| i8::try_from(number(from, from + 2)?).ok();
    let marks = [(4, b'-'), (7, b'-'), (10, b' '), (13, b':'), (16, b':')];
    let is_plain = marks.iter().all(|(at, mark)| head[*at] == *mark)
        && rest
            .iter()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'.'));
    if !is_plain {
        return None;
    }
    let (year, month) = (number(0, 4)?, at(5)?);
    DateTime::new(year, month, at(8)?, at(11)?, at(14)?, at(17)?, 0).ok()
}

/// What a value is, for an error text.
fn shape(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn odd_types_read_the_same() {
        let value = json!({"a": "12", "b": 12, "c": 12.0, "d": null, "e": "null", "f": "", "g": "true", "h": 1});
        let node = JsonRef::new(&value);
        for key in ["a", "b", "c"] {
            assert_eq!(node.get(key).count(), Some(12), "{key}");
        }
        for text in ["12.0", " 12 "] {
            assert_eq!(JsonRef::new(&json!(text)).count(), Some(12), "{text}");
        }
        for none in [json!("NaN"), json!(1e300), json!(i64::MAX), json!([12])] {
            assert_eq!(JsonRef::new(&none).count(), None, "{none}");
        }
        for key in ["d", "e", "f", "z"] {
            assert_eq!(node.get(key).text(), None, "{key}");
            assert_eq!(node.get(key).count(), None, "{key}");
        }
        assert_eq!(node.get("g").flag(), Some(true));
        assert_eq!(node.get("h").flag(), Some(true));
        assert_eq!(node.get("z").get("y").list().count(), 0);
    }

    #[test]
    fn every_form_of_time_is_the_same_moment() {
        let site = crate::time_range::zone("+08:00").unwrap();
        let expected = Timestamp::from_second(1_617_970_885).unwrap();
        for value in [
            json!("2021-04-09 20:21:25 663"),
            json!("2021-04-09 20:21:25"),
            json!("2021-04-09\u{a0}20:21:25\u{202f}663"),
            json!("2021-04-09T12:21:25.663+0000"),
            json!(1_617_970_885_663_i64),
            json!("1617970885663"),
            json!(1_617_970_885),
        ] {
            let at = JsonRef::new(&value).instant(&site).unwrap();
            assert_eq!(at.as_second(), expected.as_second(), "{value}");
        }
        for value in [
            json!(0),
            json!(""),
            json!("soon"),
            json!("中文中文中文中文中文"),
            json!(null),
        ] {
            assert_eq!(JsonRef::new(&value).instant(&site), None, "{value}");
        }
    }

    #[test]
    fn an_answer_of_another_shape_is_no_answer_of_nothing() {
        let rows = |data: &Value| JsonRef::new(data).rows_of("list").map(|rows| rows.len());
        for (empty, count) in [
            (json!(null), 0),
            (json!({}), 0),
            (json!({"list": null, "other": [1]}), 0),
            (json!({"total": 0, "rate": 0.5}), 0),
            (json!({"list": [{"a": 1}]}), 1),
            (json!([{"a": 1}, {"a": 2}]), 2),
        ] {
            assert_eq!(rows(&empty).unwrap(), count, "{empty}");
        }
        for strange in [
            json!({"items": [{"a": 1}]}),
            json!({"message": "rate limit"}),
            json!({"total": 3, "data": {"a": 1}}),
        ] {
            let error = rows(&strange).unwrap_err().to_string();
            assert!(error.starts_with("no `list` came, but "), "{error}");
        }
        for strange in [json!(["a", "b"]), json!({"items": [1]}), json!(3)] {
            assert!(column_rows(JsonRef::new(&strange)).is_err(), "{strange}");
        }
    }

    #[test]
    fn rows_come_from_results_or_columns() {
        let pretty = json!({"columns": "null", "values": null, "results": {"user": "a"}});
        let columns =
            json!({"columns": ["time", "user"], "values": [["t", "a"], ["t2"]], "results": null});
        let users = |data: &Value| {
            column_rows(JsonRef::new(data))
                .unwrap()
                .iter()
                .map(|row| row.get("user").text().unwrap_or("-").to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(users(&pretty), ["a"]);
        assert_eq!(users(&columns), ["a", "-"]);
        assert_eq!(users(&Value::Null), Vec::<String>::new());
        assert_eq!(users(&json!([{"user": "a"}, {"user": "b"}])), ["a", "b"]);
        assert_eq!(
            users(&json!({"results": "null", "columns": ["user"], "values": [["a"]]})),
            ["a"]
        );
        assert_eq!(
            users(&json!({"columns": ["time", "user"], "values": ["t", "a"]})),
            ["a"]
        );
        assert_eq!(
            users(&json!({"results": [{"user": "", "n": 0}]})),
            Vec::<String>::new()
        );
        assert!(column_rows(JsonRef::new(&json!({"results": "html"}))).is_err());
        assert!(column_rows(JsonRef::new(&json!("html"))).is_err());
    }
}
