//! Conditions on reports, which five operations share (docs/vendor/crashsight.md §9): read from arguments and checked,
//! written for the service, and compared with the rows that it returns.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::filters::{Filters, unknown_country};
use super::{countries, versions};
use crate::args::{CrashId, IssueId, LenientBool, List, ReportKind, ShortText};
use crate::error::Error;
use crate::project::closest_match;
use crate::reply::{counted, inline};

/// What a condition is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Version,
    Model,
    OsVersion,
    Country,
    User,
    Device,
    Issue,
    Crash,
    ExceptionType,
    /// Exception, message and stack of a report, as text.
    Stack,
    /// Whether the service takes the report for one of memory.
    Oom,
}

/// What a field is compared with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// Whole values, or patterns with `*`.
    Patterns,
    /// Whole values.
    Values,
    /// Codes or names of countries.
    Countries,
    IssueIds,
    CrashIds,
    ExceptionTypes,
    YesOrNo,
    /// A part of the text.
    Text,
}

/// A field by its names.
struct Known {
    field: Field,
    /// As an argument.
    name: &'static str,
    /// As the service has it. Of version, exceptionType, crashDetail, userId and oomStatus there are examples; the
    /// others are the names of the same values in the service's reports.
    wire: &'static str,
    takes: Takes,
}

const fn known(field: Field, name: &'static str, wire: &'static str, takes: Takes) -> Known {
    Known {
        field,
        name,
        wire,
        takes,
    }
}

const FIELDS: &[Known] = &[
    known(Field::Version, "version", "version", Takes::Patterns),
    known(Field::Model, "model", "model", Takes::Patterns),
    known(Field::OsVersion, "os_version", "osVersion", Takes::Patterns),
    known(Field::Country, "country", "country", Takes::Countries),
    known(Field::User, "user", "userId", Takes::Values),
    known(Field::Device, "device", "deviceId", Takes::Values),
    known(Field::Issue, "issue", "issueId", Takes::IssueIds),
    known(Field::Crash, "crash", "crashId", Takes::CrashIds),
    known(
        Field::ExceptionType,
        "exception_type",
        "exceptionType",
        Takes::ExceptionTypes,
    ),
    known(Field::Stack, "stack", "crashDetail", Takes::Text),
    known(Field::Oom, "oom", "oomStatus", Takes::YesOrNo),
];

/// `exceptionType` (docs/vendor/crashsight.md §8).
const EXCEPTION_TYPES: [&str; 9] = [
    "Crash",
    "Native",
    "ExtensionCrash",
    "AllCrash",
    "ANR",
    "AllCatched",
    "Unity3D",
    "Lua",
    "JS",
];

/// Reports that ran out of memory, and the others.
const IS_OOM: &str = "ONLY_IS_OOM";
const IS_NOT_OOM: &str = "ONLY_NOT_IS_OOM";

/// Conditions that a title names.
const MAX_TITLES: usize = 4;

/// One condition.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Typed")]
pub(crate) struct Condition {
    field: Field,
    test: Test,
    negated: bool,
}

/// How a field is compared.
#[derive(Debug, Clone, PartialEq)]
enum Test {
    /// With one of these values, as the service writes them.
    Is(Vec<String>),
    Contains(String),
}

/// A condition as it is given.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Typed {
    field: ShortText,
    #[serde(default)]
    is: List<Operand>,
    contains: Option<ShortText>,
    not: Option<LenientBool>,
}

/// Short text; `true` without quotes counts as text.
struct Operand(String);

impl<'de> Deserialize<'de> for Operand {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = match Value::deserialize(source)? {
            Value::Bool(flag) => flag.to_string(),
            other => {
                let text = ShortText::deserialize(other).map_err(D::Error::custom)?;
                text.as_str().to_owned()
            }
        };
        Ok(Self(text))
    }
}

impl TryFrom<Typed> for Condition {
    type Error = String;

    fn try_from(typed: Typed) -> Result<Self, String> {
        let known = by_name(typed.field.as_str())?;
        let name = known.name;
        let negated = typed.not.is_some_and(|LenientBool(not)| not);
        let test = match (known.takes, typed.contains, &*typed.is) {
            (_, Some(_), [_, ..]) => {
                return Err(format!("`{name}`: give `is` or `contains`, not both"));
            }
            (Takes::Text, Some(text), []) => Test::Contains(text.as_str().to_owned()),
            (Takes::Text, None, _) => {
                return Err(format!(
                    "`{name}` is searched as text: {{\"field\":\"{name}\",\"contains\":\"…\"}}"
                ));
            }
            (Takes::Patterns, Some(_), []) => {
                return Err(format!(
                    "`contains` is for `stack`: for `{name}` give `is` with `*` before and after the text"
                ));
            }
            (_, Some(_), []) => {
                return Err(format!(
                    "`contains` is for `stack`: `{name}` takes whole values in `is`"
                ));
            }
            (_, None, []) => {
                return Err(format!(
                    "`{name}` has no value: {{\"field\":\"{name}\",\"is\":[\"…\"]}}"
                ));
            }
            (takes, None, given) => {
                let mut values = Vec::new();
                for value in given {
                    values.extend(read_value(takes, name, &value.0)?);
                }
                if takes == Takes::YesOrNo && values.len() > 1 {
                    return Err(format!("`{name}` is true or false, not both"));
                }
                Test::Is(values)
            }
        };
        Ok(Self {
            field: known.field,
            test,
            negated,
        })
    }
}

/// The field of that name, ours or the service's.
fn by_name(typed: &str) -> Result<&'static Known, String> {
    let plain = |name: &str| name.replace(['_', '-', ' '], "").to_lowercase();
    let wanted = plain(typed);
    let is_named = |known: &&Known| plain(known.name) == wanted || plain(known.wire) == wanted;
    FIELDS.iter().find(is_named).ok_or_else(|| {
        let names: Vec<&str> = FIELDS.iter().map(|known| known.name).collect();
        let near = closest_match(typed, names.iter().copied())
            .map_or_else(String::new, |near| format!(", perhaps `{near}`"));
        format!(
            "no field is called `{}`{near}; fields: {}",
            inline(typed, 40),
            names.join(", ")
        )
    })
}

/// A value as the service takes it; a country may have two names.
fn read_value(takes: Takes, name: &str, typed: &str) -> Result<Vec<String>, String> {
    let one = |text: &str| Ok(vec![text.to_owned()]);
    match takes {
        Takes::Patterns => one(typed),
        Takes::Values | Takes::Text if typed.contains('*') => Err(format!(
            "`{name}` takes whole values without `*`, not `{}`",
            inline(typed, 60)
        )),
        Takes::Values | Takes::Text => one(typed),
        Takes::Countries => {
            let known = countries::console_name(typed);
            let known = known.ok_or_else(|| unknown_country(typed).to_string())?;
            let names = std::iter::once(known).chain(countries::shorter_name(known));
            let mut names: Vec<String> = names.map(str::to_owned).collect();
            // Which of its names the service compares here is not documented.
            if known != typed {
                names.push(typed.to_owned());
            }
            Ok(names)
        }
        Takes::IssueIds => {
            let id: IssueId = parse_id(typed)?;
            one(id.as_str())
        }
        Takes::CrashIds => {
            let id: CrashId = parse_id(typed)?;
            one(id.as_str())
        }
        Takes::ExceptionTypes => {
            let known = EXCEPTION_TYPES
                .iter()
                .find(|word| word.eq_ignore_ascii_case(typed));
            let word = known.ok_or_else(|| {
                let near = closest_match(typed, EXCEPTION_TYPES.iter().copied())
                    .map_or_else(String::new, |near| format!(", perhaps `{near}`"));
                format!(
                    "`{name}` is not `{}`{near}; types: {}",
                    inline(typed, 40),
                    EXCEPTION_TYPES.join(", ")
                )
            })?;
            one(word)
        }
        Takes::YesOrNo => match typed.to_lowercase().as_str() {
            "true" | "yes" | "1" => one(IS_OOM),
            "false" | "no" | "0" => one(IS_NOT_OOM),
            _ if typed == IS_OOM || typed == IS_NOT_OOM => one(typed),
            _ => Err(format!(
                "`{name}` is `true` or `false`, not `{}`",
                inline(typed, 40)
            )),
        },
    }
}

fn parse_id<T: serde::de::DeserializeOwned>(typed: &str) -> Result<T, String> {
    serde_json::from_value(json!(typed)).map_err(|error| error.to_string())
}

impl Condition {
    /// Reports whose stack has this text.
    pub(crate) fn stack_contains(text: &str) -> Self {
        Self {
            field: Field::Stack,
            test: Test::Contains(text.to_owned()),
            negated: false,
        }
    }

    /// Reports that ran out of memory.
    pub(crate) fn is_oom() -> Self {
        Self {
            field: Field::Oom,
            test: Test::Is(vec![IS_OOM.to_owned()]),
            negated: false,
        }
    }

    fn known(&self) -> &'static Known {
        let known = FIELDS.iter().find(|known| known.field == self.field);
        known.expect("every field is in the table")
    }

    /// In the service's search grammar.
    fn wire(&self) -> Value {
        let field = self.known().wire;
        let mut wire = match &self.test {
            Test::Contains(text) => {
                json!({"field": field, "queryType": "TEXT_MATCH_PHRASE", "text": text, "not": self.negated})
            }
            Test::Is(values) if self.field == Field::Version || has_pattern(values) => {
                json!({"field": field, "queryType": "TERMS_WILDCARD", "terms": values})
            }
            Test::Is(values) => match &values[..] {
                [one] => json!({"field": field, "queryType": "TERM", "term": one}),
                several => json!({"field": field, "queryType": "TERMS", "terms": several}),
            },
        };
        if self.negated {
            wire["not"] = json!(true);
        }
        wire
    }

    /// As the one field that `queryCrashList` has for it in its flat form, where it has one.
    fn flat(&self) -> Option<(&'static str, &str)> {
        let value = match &self.test {
            _ if self.negated => return None,
            Test::Contains(text) => text,
            Test::Is(values) => match &values[..] {
                [one] if !one.contains('*') => one,
                _ => return None,
            },
        };
        let name = match self.field {
            Field::Model => "model",
            Field::OsVersion => "osVersion",
            Field::User => "userId",
            Field::Device => "deviceId",
            Field::Crash => "crashId",
            Field::Stack => "keyword",
            _ => return None,
        };
        Some((name, value))
    }

    /// Whether a row with these values of the field may match. A row without any may.
    fn admits(&self, found: &[&str]) -> bool {
        let Test::Is(wanted) = &self.test else {
            return true;
        };
        let plain = |text: &str| text.replace(':', "").to_lowercase();
        let equal = |wanted: &String| {
            found.iter().any(|found| {
                versions::matches(&plain(wanted), &plain(found))
                    || (self.field == Field::Country
                        && countries::console_name(found).is_some_and(|name| name == wanted.as_str()))
            })
        };
        found.is_empty() || wanted.iter().any(equal) != self.negated
    }

    fn title(&self) -> String {
        let not = if self.negated { "not " } else { "" };
        match &self.test {
            Test::Contains(text) => format!("{not}with `{}` in the stack", inline(text, 60)),
            Test::Is(values) if self.field == Field::Oom => {
                let is_oom = values.iter().any(|value| value == IS_OOM) != self.negated;
                let word = if is_oom {
                    "out of memory"
                } else {
                    "not out of memory"
                };
                word.to_owned()
            }
            Test::Is(values) => {
                let shown: Vec<String> = values.iter().take(3).map(|v| inline(v, 60)).collect();
                let more = match values.len().saturating_sub(3) {
                    0 => String::new(),
                    more => format!(" or {more} more"),
                };
                format!("{not}{} {}{more}", self.known().name.replace('_', " "), shown.join(" or "))
            }
        }
    }
}

fn has_pattern(values: &[String]) -> bool {
    values.iter().any(|value| value.contains('*'))
}

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
        for condition in self.0.iter().filter(|condition| is_of_versions(condition)) {
            if !versions.is_empty() {
                return Err(Error::invalid_arguments(
                    "versions are given twice: once is enough, as `versions` or as one condition",
                ));
            }
            if let Test::Is(values) = &condition.test {
                versions.extend(values.iter().cloned());
            }
        }
        Ok(versions)
    }

    /// The conditions without those that [`Conditions::versions`] returns.
    pub(crate) fn without_versions(&self) -> Self {
        let others = self.0.iter();
        Self(others.filter(|c| !is_of_versions(c)).cloned().collect())
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

    /// Whether a row may match, by its values of each field.
    pub(crate) fn admit<'r>(&self, values: impl Fn(Field) -> Vec<&'r str>) -> bool {
        let mut conditions = self.0.iter();
        conditions.all(|condition| condition.admits(&values(condition.field)))
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

/// Whether a condition selects versions, which are then read against those of the app.
fn is_of_versions(condition: &Condition) -> bool {
    condition.field == Field::Version && !condition.negated
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
mod tests {
    use super::*;
    use serde_json::from_value;

    fn read(conditions: Value) -> Result<Conditions, String> {
        from_value(conditions).map_err(|error| error.to_string())
    }

    #[test]
    fn conditions_are_written_in_the_services_grammar() {
        let id = "A0FD07100BE7F136ABD1E227D44E71ED";
        for (given, wire) in [
            (
                json!({"field": "model", "is": ["Pixel 8"]}),
                json!({"field": "model", "queryType": "TERM", "term": "Pixel 8"}),
            ),
            (
                json!({"field": "model", "is": "Pixel*"}),
                json!({"field": "model", "queryType": "TERMS_WILDCARD", "terms": ["Pixel*"]}),
            ),
            (
                json!({"field": "osVersion", "is": ["13", "14"], "not": true}),
                json!({"field": "osVersion", "queryType": "TERMS", "terms": ["13", "14"], "not": true}),
            ),
            (
                json!({"field": "stack", "contains": "Spawn(Actor*)"}),
                json!({"field": "crashDetail", "queryType": "TEXT_MATCH_PHRASE", "text": "Spawn(Actor*)", "not": false}),
            ),
            (
                json!({"field": "oom", "is": [true]}),
                json!({"field": "oomStatus", "queryType": "TERM", "term": "ONLY_IS_OOM"}),
            ),
            (
                json!({"field": "exceptionType", "is": ["lua"]}),
                json!({"field": "exceptionType", "queryType": "TERM", "term": "Lua"}),
            ),
            (
                json!({"field": "issue", "is": ["A0:FD:07:10:0B:E7:F1:36:AB:D1:E2:27:D4:4E:71:ED"]}),
                json!({"field": "issueId", "queryType": "TERM", "term": id}),
            ),
            (
                json!({"field": "country", "is": ["US"]}),
                json!({"field": "country", "queryType": "TERMS", "terms": ["美国", "US"]}),
            ),
        ] {
            assert_eq!(read(json!([given])).unwrap().wire(), [wire], "{given}");
        }
    }

    #[test]
    fn what_cannot_be_searched_is_refused_with_what_can() {
        for (given, expected) in [
            (
                json!({"field": "modle", "is": ["x"]}),
                "no field is called `modle`, perhaps `model`; fields: version, model",
            ),
            (json!({"field": "model"}), "`model` has no value: {"),
            (json!({"field": "model", "is": []}), "`model` has no value"),
            (json!({"field": "model", "is": [""]}), "not an empty string"),
            (json!({"field": "stack", "is": ["f"]}), "is searched as text"),
            (
                json!({"field": "model", "contains": "Pixel"}),
                "for `model` give `is` with `*`",
            ),
            (
                json!({"field": "user", "contains": "1"}),
                "`user` takes whole values in `is`",
            ),
            (
                json!({"field": "user", "is": ["1*"]}),
                "takes whole values without `*`",
            ),
            (
                json!({"field": "stack", "is": ["a"], "contains": "b"}),
                "not both",
            ),
            (json!({"field": "issue", "is": ["#3"]}), "a place in a list"),
            (json!({"field": "oom", "is": ["maybe"]}), "`true` or `false`"),
            (json!({"field": "oom", "is": [true, false]}), "not both"),
            (
                json!({"field": "exception_type", "is": ["Luaa"]}),
                "perhaps `Lua`",
            ),
            (json!({"field": "country", "is": ["Chnia"]}), "perhaps China"),
            (json!({"field": "model", "like": "x"}), "unknown field `like`"),
        ] {
            let error = read(json!([given])).unwrap_err();
            assert!(error.contains(expected), "{given}: {error}");
        }
        let many = vec![json!({"field": "user", "is": ["1"]}); 21];
        assert!(read(json!(many)).unwrap_err().contains("at most 20"));
    }

    #[test]
    fn versions_are_taken_out_and_read_as_the_argument_is() {
        let both = json!([{"field": "version", "is": ["3.7"]}, {"field": "version", "is": ["3.7.0"], "not": true}]);
        let conditions = read(both).unwrap();
        assert_eq!(conditions.versions(&[]).unwrap(), ["3.7"]);
        assert_eq!(conditions.without_versions().wire().len(), 1);
        let argument: Vec<ShortText> = from_value(json!(["3.6"])).unwrap();
        assert!(conditions.versions(&argument).is_err(), "twice");
    }

    #[test]
    fn only_what_has_a_flat_field_is_written_flat() {
        for (given, flat) in [
            (
                json!([{"field": "model", "is": ["Pixel 8"]}, {"field": "stack", "contains": "f"}]),
                Some(vec![("model", "Pixel 8"), ("keyword", "f")]),
            ),
            (json!([]), Some(vec![])),
            (json!([{"field": "model", "is": ["a", "b"]}]), None),
            (json!([{"field": "model", "is": ["a*"]}]), None),
            (json!([{"field": "model", "is": ["a"], "not": true}]), None),
            (json!([{"field": "oom", "is": ["true"]}]), None),
            (
                json!([{"field": "stack", "contains": "a"}, {"field": "stack", "contains": "b"}]),
                None,
            ),
        ] {
            assert_eq!(read(given.clone()).unwrap().flat(), flat, "{given}");
        }
    }

    #[test]
    fn rows_are_compared_with_what_was_asked_for() {
        for (condition, value, admitted) in [
            (json!({"field": "model", "is": ["pixel*"]}), "Pixel 8", true),
            (json!({"field": "model", "is": ["Pixel*"]}), "MI 9", false),
            (
                json!({"field": "model", "is": ["MI 9"], "not": true}),
                "MI 9",
                false,
            ),
            (json!({"field": "country", "is": ["US"]}), "美国", true),
            (json!({"field": "country", "is": ["United States"]}), "US", true),
            (json!({"field": "country", "is": ["US"]}), "日本", false),
            (json!({"field": "user", "is": ["17"]}), "17", true),
        ] {
            let conditions = read(json!([condition])).unwrap();
            assert_eq!(conditions.admit(|_| vec![value]), admitted, "{condition}");
            assert!(conditions.admit(|_| Vec::new()), "{condition}: not known");
        }
    }
}
