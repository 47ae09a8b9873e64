//! One condition: read from arguments, written for the service, compared with a row.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::super::{countries, versions};
use super::field::{FIELDS, Field, IS_OOM, Known, Takes, by_name, os_versions, read_value};
use crate::args::{LenientBool, List, ShortText};
use crate::reply::inline;
use crate::upstream::redact::is_pseudonym;

/// One condition.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Typed")]
pub(crate) struct Condition {
    pub(super) field: Field,
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

    /// Its field by its names.
    fn known(&self) -> &'static Known {
        let known = FIELDS.iter().find(|known| known.field == self.field);
        known.expect("every field is in the table")
    }

    /// The versions that it selects, which are then read against those of the app.
    pub(super) fn versions(&self) -> Option<&[String]> {
        match &self.test {
            Test::Is(values) if self.field == Field::Version && !self.negated => Some(values),
            _ => None,
        }
    }

    /// In the service's search grammar.
    pub(super) fn wire(&self) -> Value {
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
    pub(super) fn flat(&self) -> Option<(&'static str, &str)> {
        let value = match &self.test {
            _ if self.negated => return None,
            Test::Contains(text) => text,
            Test::Is(values) => match &values[..] {
                [one] if !one.contains('*') => one,
                [given, ..] if self.has_forms() => given,
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

    /// Whether one value was given, and the others are the forms in which reports may have it.
    pub(super) fn has_forms(&self) -> bool {
        match &self.test {
            Test::Is(values) if self.field == Field::OsVersion && values.len() > 1 => {
                os_versions(&values[0]) == *values
            }
            _ => false,
        }
    }

    /// Whether a row with these values of the field may match. A row without any may.
    pub(super) fn admits(&self, found: &[&str]) -> bool {
        let Test::Is(wanted) = &self.test else {
            return true;
        };
        // Which pseudonym an id has is not known here; the service has compared the id.
        let is_hidden = |found: &&str| is_pseudonym(found);
        if found.iter().any(is_hidden) && !wanted.iter().any(|wanted| is_pseudonym(wanted)) {
            return true;
        }
        let plain = |text: &str| text.replace(':', "").to_lowercase();
        let equal = |wanted: &String| {
            found.iter().any(|found| {
                versions::matches(&plain(wanted), &plain(found))
                    || (self.field == Field::Country
                        && countries::console_name(found)
                            .is_some_and(|name| name == wanted.as_str()))
            })
        };
        found.is_empty() || wanted.iter().any(equal) != self.negated
    }

    /// For a title.
    pub(super) fn title(&self) -> String {
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
                // Of the names of a country the console's; of the forms of an OS what was given.
                let is_shown = |value: &&String| match self.field {
                    Field::Country => countries::console_name(value) == Some(value.as_str()),
                    Field::OsVersion => values.len() == 1 || !is_os_form(value, values),
                    _ => true,
                };
                let values: Vec<&String> = values.iter().filter(is_shown).collect();
                let shown: Vec<String> = values.iter().take(3).map(|v| inline(v, 60)).collect();
                let more = match values.len().saturating_sub(3) {
                    0 => String::new(),
                    more => format!(" or {more} more"),
                };
                format!(
                    "{not}{} {}{more}",
                    self.known().name.replace('_', " "),
                    shown.join(" or ")
                )
            }
        }
    }
}

/// Whether one of the values was made from another of them: `Android 14,*` from `14`.
fn is_os_form(value: &str, values: &[String]) -> bool {
    let made =
        |given: &String| given != value && os_versions(given).iter().any(|form| form == value);
    values.iter().any(made)
}

fn has_pattern(values: &[String]) -> bool {
    values.iter().any(|value| value.contains('*'))
}
