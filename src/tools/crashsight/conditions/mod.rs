//! Conditions on reports, which five operations share (docs/vendor/crashsight.md §9): read from arguments and checked,
//! written for the service, and compared with the rows that it returns.

mod condition;
mod field;

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::filters::Filters;
use crate::args::{List, ReportKind, ShortText};
use crate::error::Error;
use crate::reply::counted;
use crate::tools::output::Output;

pub(crate) use condition::Condition;
use field::FIELDS;
pub(crate) use field::Field;

/// Conditions that a title names.
const MAX_TITLES: usize = 4;

/// The `conditions` argument: all of them hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Conditions(Vec<Condition>);

impl<'de> Deserialize<'de> for Conditions {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let list = List::<Condition, 20>::deserialize(source)?;
        Ok(Self(list.to_vec()))
    }
}

impl JsonSchema for Conditions {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Conditions".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<&str> = FIELDS.iter().map(|known| known.name).collect();
        json_schema!({
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "field": {"type": "string", "enum": names},
                    "is": {"type": "array", "items": {"type": "string"}},
                    "contains": {"type": "string"},
                    "not": {"type": "boolean"}
                },
                "required": ["field"],
                "additionalProperties": false
            }
        })
    }
}

impl Conditions {
    /// These and one more.
    #[must_use]
    pub(crate) fn and(mut self, condition: Condition) -> Self {
        self.0.push(condition);
        self
    }

    /// These, and reports whose stack has this text where one is given.
    #[must_use]
    pub(crate) fn and_keyword(self, keyword: Option<&ShortText>) -> Self {
        match keyword {
            Some(keyword) => self.and(Condition::stack_contains(keyword.as_str())),
            None => self,
        }
    }

    /// Whether a condition is about this field.
    pub(crate) fn has(&self, field: Field) -> bool {
        self.0.iter().any(|condition| condition.field == field)
    }

    /// The versions asked for, by the `versions` argument or by a condition: both are read alike.
    pub(crate) fn versions(&self, argument: &[ShortText]) -> Result<Vec<String>, Error> {
        let mut versions: Vec<String> = Vec::new();
        versions.extend(argument.iter().map(|word| word.as_str().to_owned()));
        for selected in self.0.iter().filter_map(Condition::versions) {
            if !versions.is_empty() {
                return Err(Error::invalid_arguments(
                    "versions are given twice: once is enough, as `versions` or as one condition",
                ));
            }
            versions.extend_from_slice(selected);
        }
        Ok(versions)
    }

    /// The conditions without those that [`Conditions::versions`] returns.
    pub(crate) fn without_versions(&self) -> Self {
        let others = self.0.iter().filter(|one| one.versions().is_none());
        Self(others.cloned().collect())
    }

    /// In the service's search grammar.
    pub(crate) fn wire(&self) -> Vec<Value> {
        self.0.iter().map(Condition::wire).collect()
    }

    /// As the flat fields of `queryCrashList`, where it has one for each of them.
    pub(crate) fn flat(&self) -> Option<Vec<(&'static str, &str)>> {
        let mut fields: Vec<(&'static str, &str)> = Vec::new();
        for condition in &self.0 {
            let field = condition.flat()?;
            if fields.iter().any(|(name, _)| *name == field.0) {
                return None;
            }
            fields.push(field);
        }
        Some(fields)
    }

    /// Whether a value has several forms in reports: the search grammar compares all of them, a flat field one.
    pub(crate) fn has_forms(&self) -> bool {
        self.0.iter().any(Condition::has_forms)
    }

    /// Whether a row may match, by its values of each field.
    pub(crate) fn admit<'r>(&self, values: impl Fn(Field) -> Vec<&'r str>) -> bool {
        let mut conditions = self.0.iter();
        conditions.all(|condition| condition.admits(&values(condition.field)))
    }

    /// Says with what a value is compared, where nothing matched: a name that people use is none that devices report.
    pub(crate) fn explain_nothing<A>(&self, output: &mut Output<A>) {
        let compared = [
            (Field::Model, "model", "`23127PN0CC`, also `SM-*`"),
            (
                Field::OsVersion,
                "os_version",
                "`Android 14,level 34`, also `Android 14,*`",
            ),
        ];
        for (field, dimension, example) in compared {
            if self.has(field) {
                output.note(format!(
                    "`{dimension}` is compared with what devices report, as {example}; crashsight_list_top_dimensions lists the values"
                ));
                output.suggest(
                    "crashsight_list_top_dimensions",
                    json!({"dimension": dimension}),
                );
            }
        }
    }

    /// For a title.
    pub(crate) fn titles(&self) -> Vec<String> {
        let shown = self.0.iter().take(MAX_TITLES);
        let mut titles: Vec<String> = shown.map(Condition::title).collect();
        if let Some(more @ 1..) = self.0.len().checked_sub(MAX_TITLES) {
            titles.push(format!("and {}", counted(more, "more condition")));
        }
        titles
    }
}

/// The condition on versions; `-1` is every version.
pub(super) fn of_versions(filters: &Filters) -> Value {
    json!({"field": "version", "queryType": "TERMS_WILDCARD", "terms": filters.version_list()})
}

/// Reports uploaded within so many minutes before now.
pub(super) fn uploaded_within(minutes: i64) -> Value {
    json!({"field": "crashUploadTime", "queryType": "RANGE_RELATIVE_DATETIME", "gte": minutes * 60_000})
}

/// Reports of a kind.
pub(super) fn of_kind(kind: ReportKind) -> Value {
    let category = kind.wire().to_uppercase();
    json!({"field": "exceptionCategory", "queryType": "TERMS", "terms": [category]})
}

#[cfg(test)]
mod tests;
