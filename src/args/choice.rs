//! Closed sets of words that stand for something else: metrics, sides, kinds of report.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de::Error as _};

use super::text::ShortText;

/// A closed set of words, each of which stands for something.
pub(crate) trait ChoiceSet: 'static {
    /// What a word stands for.
    type Item: 'static;
    /// The words, in the order in which they are offered.
    const ITEMS: &'static [(&'static str, Self::Item)];
}

/// One word of a menu.
#[derive(Debug)]
pub(crate) struct Choice<M: ChoiceSet>(pub &'static M::Item);

impl<'de, M: ChoiceSet> Deserialize<'de> for Choice<M> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let typed = ShortText::deserialize(source)?;
        M::ITEMS
            .iter()
            .find(|(word, _)| word.eq_ignore_ascii_case(typed.as_str()))
            .map(|(_, item)| Self(item))
            .ok_or_else(|| {
                let words: Vec<String> = M::ITEMS
                    .iter()
                    .map(|(word, _)| format!("`{word}`"))
                    .collect();
                D::Error::custom(format!(
                    "unknown variant `{}`, expected one of {}",
                    crate::reply::inline(typed.as_str(), 60),
                    words.join(", ")
                ))
            })
    }
}

impl<M: ChoiceSet> JsonSchema for Choice<M> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Choice".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words: Vec<&str> = M::ITEMS.iter().map(|(word, _)| *word).collect();
        json_schema!({"type": "string", "enum": words})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_value, json};

    #[derive(Debug)]
    struct Fruit;

    impl ChoiceSet for Fruit {
        type Item = u8;
        const ITEMS: &'static [(&'static str, u8)] = &[("apple", 1), ("pear", 2)];
    }

    #[test]
    fn every_word_is_read_and_no_other() {
        for (word, item) in Fruit::ITEMS {
            assert_eq!(from_value::<Choice<Fruit>>(json!(word)).unwrap().0, item);
        }
        assert_eq!(from_value::<Choice<Fruit>>(json!(" Pear ")).unwrap().0, &2);
        let error = from_value::<Choice<Fruit>>(json!("peer")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown variant `peer`, expected one of `apple`, `pear`"
        );
        let schema = Choice::<Fruit>::json_schema(&mut SchemaGenerator::default());
        assert_eq!(schema.get("enum"), Some(&json!(["apple", "pear"])));
    }
}
