//! What a JSON text costs as a document, counted while it is read: 59 KB of gzip can be 60 MB of `0,`, and those 2.4 GB
//! of values.

/// Units of any text that is small, whatever the limit of its bytes.
const FEW: usize = 1 << 16;

/// Counts units outside strings. Exact for a text that is JSON as far as it goes, and a parser stops where it is not.
#[derive(Debug, Default)]
pub(crate) struct ValueCount {
    in_string: bool,
    escaped: bool,
    units: usize,
}

impl ValueCount {
    /// The units that a text of at most so many bytes may have: documents stay below four times those bytes.
    pub(crate) fn limit(max_bytes: usize) -> usize {
        (max_bytes / 64).max(FEW)
    }

    /// Counts the next bytes of the text.
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if self.in_string {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => self.in_string = false,
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => self.in_string = true,
                b',' | b':' => self.units += 1,
                // Their first allocation holds four.
                b'[' => self.units += 2,
                b'{' => self.units += 4,
                _ => {}
            }
        }
    }

    /// The units so far.
    pub(crate) fn units(&self) -> usize {
        self.units
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Memory of one unit in bytes: an element of a list that has grown by doubling.
    const UNIT: usize = 144;

    fn units(pieces: &[&str]) -> usize {
        let mut count = ValueCount::default();
        for piece in pieces {
            count.add(piece.as_bytes());
        }
        count.units()
    }

    #[test]
    fn what_is_inside_a_string_is_no_value() {
        assert_eq!(units(&["[0,0,0]"]), 4);
        assert_eq!(units(&[r#"{"a":"[,,{:]","b":"\"[[[["}"#]), 7);
        assert_eq!(units(&[r#"["\\",[]]"#]), 5);
        assert_eq!(units(&["[\"\\", "\",[[", "\",{}]"]), 7, "in pieces");
    }

    /// What a document takes, at least: what its vectors and texts hold.
    fn memory(value: &serde_json::Value) -> usize {
        use serde_json::Value;
        let below = match value {
            Value::Array(items) => items.iter().map(memory).sum(),
            Value::Object(fields) => fields
                .iter()
                .map(|(key, value)| key.len() + 56 + memory(value))
                .sum(),
            Value::String(text) => text.len(),
            _ => 0,
        };
        below + size_of::<Value>()
    }

    #[test]
    fn a_unit_covers_what_a_value_takes() {
        for element in [
            "0,",
            "[],",
            "{},",
            "[0],",
            r#""","#,
            r#"{"":0},"#,
            r#"{"":{"":{}}},"#,
            "[[[[]]]],",
        ] {
            let list = format!("[{}0]", element.repeat(1000));
            let value = serde_json::from_str(&list).unwrap();
            let counted = units(&[&list]) * UNIT;
            assert!(
                memory(&value) <= counted,
                "{element} {} {counted}",
                memory(&value)
            );
        }
        let keys: Vec<String> = (0..1000).map(|key| format!("\"{key}\":0,")).collect();
        let object = format!("{{{}\"\":0}}", keys.concat());
        let value = serde_json::from_str(&object).unwrap();
        assert!(memory(&value) <= units(&[&object]) * UNIT);
    }
}
