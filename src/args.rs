//! Argument types: each parses leniently where that is harmless (`"20"` for 20, one value for a list),
//! refuses the rest in words, and writes the schema that says the same.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::Value;

/// The schema of a type that is always written in place.
macro_rules! inline_schema {
    ($name:literal, $($schema:tt)+) => {
        fn inline_schema() -> bool {
            true
        }
        fn schema_name() -> Cow<'static, str> {
            $name.into()
        }
        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!($($schema)+)
        }
    };
}

/// What kind of report is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Crashes.
    #[default]
    Crash,
    /// Application not responding, Android and iOS.
    Anr,
    /// Caught and script errors: Lua, JS, C#.
    Error,
}

impl JsonSchema for Kind {
    inline_schema!("Kind", {"type": "string", "enum": ["crash", "anr", "error"]});
}

impl Kind {
    /// The vendor's `type`.
    pub fn wire(self) -> &'static str {
        match self {
            Self::Crash => "crash",
            Self::Anr => "anr",
            Self::Error => "error",
        }
    }

    /// The vendor's `exceptionTypeList` of the same reports (`operations.json`, crashList).
    pub fn exception_types(self) -> &'static str {
        match self {
            Self::Crash => "Crash,Native,ExtensionCrash",
            Self::Anr => "ANR",
            Self::Error => "AllCatched,Unity3D,Lua,JS",
        }
    }

    /// For titles: `crash`, `ANR`, `error`.
    pub fn title(self) -> &'static str {
        match self {
            Self::Crash => "crash",
            Self::Anr => "ANR",
            Self::Error => "error",
        }
    }

    /// For counts: `crashes`, `ANRs`, `errors`.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Crash => "crashes",
            Self::Anr => "ANRs",
            Self::Error => "errors",
        }
    }
}

/// Which devices count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Devices {
    /// Everything.
    #[default]
    All,
    /// Physical devices alone.
    Real,
    /// Emulators alone.
    Emulator,
}

impl JsonSchema for Devices {
    inline_schema!("Devices", {"type": "string", "enum": ["all", "real", "emulator"]});
}

impl Devices {
    /// The vendor's `vm`.
    pub fn vm(self) -> u8 {
        match self {
            Self::All => 0,
            Self::Real => 1,
            Self::Emulator => 2,
        }
    }

    /// For titles; nothing for all.
    pub fn title(self) -> Option<&'static str> {
        match self {
            Self::All => None,
            Self::Real => Some("real devices"),
            Self::Emulator => Some("emulators"),
        }
    }
}

/// Issue states, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nobody took it up.
    Unprocessed,
    /// Closed.
    Processed,
    /// Somebody is on it.
    InProgress,
}

impl JsonSchema for Status {
    inline_schema!("Status", {"type": "string", "enum": ["unprocessed", "processed", "in_progress"]});
}

impl Status {
    /// The vendor's number (FACTS 1.8: seed 000 and the SDK after its fix of 2026-04-15).
    pub fn wire(self) -> &'static str {
        match self {
            Self::Unprocessed => "0",
            Self::Processed => "1",
            Self::InProgress => "2",
        }
    }
}

/// Whether reports that match the system-exit keywords count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SystemExits {
    /// They do not count.
    #[default]
    Without,
    /// Only they count.
    Only,
    /// Both.
    All,
}

impl JsonSchema for SystemExits {
    inline_schema!("SystemExits", {"type": "string", "enum": ["without", "only", "all"]});
}

impl SystemExits {
    /// The vendor's `topIssueDataType`.
    pub fn wire(self) -> &'static str {
        match self {
            Self::Without => "unSystemExit",
            Self::Only => "SystemExit",
            Self::All => "",
        }
    }
}

/// Order of issues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Last report first.
    #[default]
    Latest,
    /// Longest without a report first.
    Oldest,
    /// By devices, falling.
    MostDevices,
    /// By devices, rising.
    FewestDevices,
    /// By reports, falling.
    MostCrashes,
    /// By reports, rising.
    FewestCrashes,
}

impl JsonSchema for Sort {
    inline_schema!("Sort", {"type": "string", "enum": ["latest", "oldest", "most_devices", "fewest_devices", "most_crashes", "fewest_crashes"]});
}

impl Sort {
    /// The vendor's `sortField` and `sortOrder`.
    pub fn wire(self) -> (&'static str, &'static str) {
        match self {
            Self::Latest => ("uploadTime", "desc"),
            Self::Oldest => ("uploadTime", "asc"),
            Self::MostDevices => ("imeiCount", "desc"),
            Self::FewestDevices => ("imeiCount", "asc"),
            Self::MostCrashes => ("crashNum", "desc"),
            Self::FewestCrashes => ("crashNum", "asc"),
        }
    }

    /// For titles.
    pub fn title(self) -> &'static str {
        match self {
            Self::Latest => "latest first",
            Self::Oldest => "oldest first",
            Self::MostDevices => "most devices first",
            Self::FewestDevices => "fewest devices first",
            Self::MostCrashes => "most crashes first",
            Self::FewestCrashes => "fewest crashes first",
        }
    }
}

/// The length of one step of a trend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// One row a day.
    #[default]
    Day,
    /// One row an hour.
    Hour,
}

impl JsonSchema for Step {
    inline_schema!("Step", {"type": "string", "enum": ["day", "hour"]});
}

/// A closed set of words, each of which stands for something.
pub trait Menu: 'static {
    /// What a word stands for.
    type Item: 'static;
    /// The words, in the order in which they are offered.
    const ITEMS: &'static [(&'static str, Self::Item)];
}

/// One word of a menu.
#[derive(Debug)]
pub struct Pick<M: Menu>(pub &'static M::Item);

impl<'de, M: Menu> Deserialize<'de> for Pick<M> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let typed = Word::deserialize(source)?;
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

impl<M: Menu> JsonSchema for Pick<M> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Pick".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words: Vec<&str> = M::ITEMS.iter().map(|(word, _)| *word).collect();
        json_schema!({"type": "string", "enum": words})
    }
}

/// A user id that is a number of 32 bits, as call services have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uid(u32);

impl Uid {
    /// The number.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl<'de> Deserialize<'de> for Uid {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(source)?;
        whole(&value)
            .and_then(|number| u32::try_from(number).ok())
            .map(Self)
            .ok_or_else(|| {
                D::Error::custom(format!(
                    "expected a user id from 0 to {}, not {}",
                    u32::MAX,
                    brief(&value)
                ))
            })
    }
}

impl JsonSchema for Uid {
    inline_schema!("Uid", {"type": "integer", "minimum": 0, "maximum": u32::MAX});
}

/// A short text that must say something: a keyword, a tag, a version, a user id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word(String);

/// Longer is a paste by mistake.
const LONGEST_WORD: usize = 256;

impl Word {
    /// The text, without white space around it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = match Value::deserialize(source)? {
            Value::String(text) => text,
            // Ids made of digits arrive as numbers.
            Value::Number(number) => number.to_string(),
            other => {
                return Err(D::Error::custom(format!(
                    "expected text, not {}",
                    brief(&other)
                )));
            }
        };
        let text = text.trim();
        if text.is_empty() {
            return Err(D::Error::custom("expected text, not an empty string"));
        }
        if text.chars().count() > LONGEST_WORD {
            return Err(D::Error::custom(format!(
                "expected at most {LONGEST_WORD} characters, not {}",
                text.chars().count()
            )));
        }
        if text.chars().any(char::is_control) {
            return Err(D::Error::custom("expected text without control characters"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl JsonSchema for Word {
    inline_schema!("Word", {"type": "string"});
}

/// A list of up to `MOST` values; a lone value is a list of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List<T, const MOST: usize = 50>(Vec<T>);

impl<T, const MOST: usize> Default for List<T, MOST> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T, const MOST: usize> std::ops::Deref for List<T, MOST> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<const MOST: usize> List<Word, MOST> {
    /// The texts, for a request.
    pub fn texts(&self) -> Vec<&str> {
        self.0.iter().map(Word::as_str).collect()
    }
}

impl<'de, T: serde::de::DeserializeOwned, const MOST: usize> Deserialize<'de> for List<T, MOST> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let values = match Value::deserialize(source)? {
            Value::Array(values) => values,
            // Some clients send the list as JSON text.
            Value::String(text) if text.trim_start().starts_with('[') => {
                serde_json::from_str(&text).map_err(|_| D::Error::custom("expected a list"))?
            }
            Value::Null => Vec::new(),
            one => vec![one],
        };
        if values.len() > MOST {
            return Err(D::Error::custom(format!(
                "expected at most {MOST} values, not {}",
                values.len()
            )));
        }
        values
            .into_iter()
            .map(|value| serde_json::from_value(value).map_err(D::Error::custom))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl<T: JsonSchema, const MOST: usize> JsonSchema for List<T, MOST> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("List_{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "array", "items": T::json_schema(generator)})
    }
}

/// How many rows: `DEFAULT` unless told, never over `MOST`, the vendor's ceiling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rows<const DEFAULT: u32, const MOST: u32>(u32);

impl<const DEFAULT: u32, const MOST: u32> Rows<DEFAULT, MOST> {
    /// The number.
    pub fn get(self) -> u32 {
        self.0
    }

    /// As a number of rows in memory.
    pub fn rows(self) -> usize {
        self.0 as usize
    }
}

impl<const DEFAULT: u32, const MOST: u32> Default for Rows<DEFAULT, MOST> {
    fn default() -> Self {
        Self(DEFAULT)
    }
}

impl<'de, const DEFAULT: u32, const MOST: u32> Deserialize<'de> for Rows<DEFAULT, MOST> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(source)?;
        match whole(&value) {
            Some(rows) if (1..=u64::from(MOST)).contains(&rows) => {
                Ok(Self(u32::try_from(rows).map_err(D::Error::custom)?))
            }
            _ => Err(D::Error::custom(format!(
                "expected 1 to {MOST}, not {}",
                brief(&value)
            ))),
        }
    }
}

impl<const DEFAULT: u32, const MOST: u32> JsonSchema for Rows<DEFAULT, MOST> {
    inline_schema!("Rows", {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT});
}

/// Rows to leave out at the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Offset(u32);

impl Offset {
    /// The number.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl<'de> Deserialize<'de> for Offset {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(source)?;
        whole(&value)
            .filter(|offset| *offset <= 1_000_000)
            .and_then(|offset| u32::try_from(offset).ok())
            .map(Self)
            .ok_or_else(|| {
                D::Error::custom(format!("expected 0 to 1000000, not {}", brief(&value)))
            })
    }
}

impl JsonSchema for Offset {
    inline_schema!("Offset", {"type": "integer", "minimum": 0, "maximum": 1_000_000});
}

/// Yes or no; `"true"` counts as yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flag(pub bool);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        match Value::deserialize(source)? {
            Value::Bool(flag) => Ok(Self(flag)),
            Value::String(text) if text.eq_ignore_ascii_case("true") => Ok(Self(true)),
            Value::String(text) if text.eq_ignore_ascii_case("false") => Ok(Self(false)),
            other => Err(D::Error::custom(format!(
                "expected true or false, not {}",
                brief(&other)
            ))),
        }
    }
}

impl JsonSchema for Flag {
    inline_schema!("Flag", {"type": "boolean"});
}

/// An issue: 32 hexadecimal digits, with or without colons, or a pasted console address. Case is kept:
/// mobile ids are upper case, PC ids lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueId(String);

/// A crash report's id, in the same forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrashId(String);

impl IssueId {
    /// 32 digits without colons.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl CrashId {
    /// 32 digits without colons.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The vendor's `crashHash`: a colon after every two digits (seed 000, lastCrashInfo shows both).
    pub fn hash(&self) -> String {
        let pairs: Vec<&str> = (0..self.0.len())
            .step_by(2)
            .filter_map(|at| self.0.get(at..at + 2))
            .collect();
        pairs.join(":")
    }
}

/// Finds the id in what was given: the first of an address, or its last.
fn hex_id(text: &str, last: bool) -> Result<String, String> {
    let text = text.trim();
    let plain: String = text.chars().filter(|c| *c != ':').collect();
    if is_id(&plain) {
        return Ok(plain);
    }
    let path = text.split(['?', '#']).next().unwrap_or_default();
    let mut ids = path
        .split('/')
        .map(|part| part.replace(':', "").replace("%3A", ""))
        .filter(|part| is_id(part));
    // …/crashes/{app}/{issue}/{issue}/report-id/{crash}: the issue comes first, the crash last.
    let found = if last { ids.next_back() } else { ids.next() };
    found.ok_or_else(|| {
        format!(
            "expected an id of 32 hexadecimal digits or a console address, not `{}`",
            crate::reply::inline(text, 60)
        )
    })
}

fn is_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

impl<'de> Deserialize<'de> for IssueId {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = String::deserialize(source)?;
        hex_id(&text, false).map(Self).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for CrashId {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = String::deserialize(source)?;
        hex_id(&text, true).map(Self).map_err(D::Error::custom)
    }
}

impl JsonSchema for IssueId {
    inline_schema!("IssueId", {"type": "string"});
}

impl JsonSchema for CrashId {
    inline_schema!("CrashId", {"type": "string"});
}

/// A project by name, alias or `appId@platform`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectName(Word);

impl ProjectName {
    /// As given.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl<'de> Deserialize<'de> for ProjectName {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        Word::deserialize(source).map(Self)
    }
}

impl JsonSchema for ProjectName {
    inline_schema!("ProjectName", {"type": "string"});
}

/// A number that counts something, in any of the forms clients send.
fn whole(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64().or_else(|| {
            // 20.0 is 20; 20.5 is a mistake.
            number
                .as_f64()
                .filter(|n| n.fract() == 0.0 && (0.0..1e9).contains(n))
                .and_then(|n| format!("{n:.0}").parse().ok())
        }),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A value for an error text: short, without the content of lists and objects.
fn brief(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        Value::String(text) => format!("`{}`", crate::reply::inline(text, 60)),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_value, json};

    #[test]
    fn numbers_accept_their_string_form_and_nothing_else() {
        type Limit = Rows<10, 100>;
        for value in [json!(20), json!("20"), json!(20.0), json!(" 20 ")] {
            assert_eq!(
                from_value::<Limit>(value.clone()).unwrap().get(),
                20,
                "{value}"
            );
        }
        for value in [
            json!(0),
            json!(101),
            json!(-1),
            json!("x"),
            json!(2.5),
            json!([]),
            json!(null),
        ] {
            let error = from_value::<Limit>(value.clone()).unwrap_err().to_string();
            assert!(error.contains("expected 1 to 100"), "{value}: {error}");
        }
    }

    #[test]
    fn every_word_of_a_schema_is_read() {
        fn words<T: JsonSchema + serde::de::DeserializeOwned>() -> usize {
            let schema = T::json_schema(&mut SchemaGenerator::default());
            let words = schema
                .get("enum")
                .and_then(Value::as_array)
                .unwrap()
                .clone();
            for word in &words {
                assert!(from_value::<T>(word.clone()).is_ok(), "{word}");
            }
            words.len()
        }
        assert_eq!(
            (words::<Kind>(), words::<Devices>(), words::<Status>()),
            (3, 3, 3)
        );
        assert_eq!(
            (words::<SystemExits>(), words::<Sort>(), words::<Step>()),
            (3, 6, 2)
        );
    }

    #[test]
    fn a_lone_value_is_a_list_of_one() {
        let texts = |value| from_value::<List<Word, 3>>(value).map(|list| list.texts().join("|"));
        assert_eq!(texts(json!("a")).unwrap(), "a");
        assert_eq!(texts(json!(["a", "b"])).unwrap(), "a|b");
        assert_eq!(texts(json!("[\"a\",\"b\"]")).unwrap(), "a|b");
        assert_eq!(texts(json!(null)).unwrap(), "");
        assert_eq!(texts(json!(12)).unwrap(), "12");
        assert!(texts(json!(["a", "b", "c", "d"])).is_err());
        assert!(texts(json!([""])).is_err());
    }

    #[test]
    fn ids_come_plain_with_colons_or_in_an_address() {
        let id = "A0FD07100BE7F136ABD1E227D44E71ED";
        let crash = "0CFD07100BE7F136ABD1E227D44E71EE";
        let colons = "A0:FD:07:10:0B:E7:F1:36:AB:D1:E2:27:D4:4E:71:ED";
        let issue_page =
            format!("https://crashsight.qq.com/crash-reporting/crashes/d98b9f7eec/{id}?pid=1");
        let report = format!(
            "https://crashsight.qq.com/crash-reporting/crashes/d98b9f7eec/{id}/{id}/report-id/{crash}?pid=1"
        );
        let issue = |text: &str| from_value::<IssueId>(json!(text)).unwrap();
        assert_eq!(issue(id).as_str(), id);
        assert_eq!(issue(colons).as_str(), id);
        assert_eq!(issue(&issue_page).as_str(), id);
        assert_eq!(issue(&report).as_str(), id);
        let found = from_value::<CrashId>(json!(report)).unwrap();
        assert_eq!(found.as_str(), crash);
        assert_eq!(from_value::<CrashId>(json!(id)).unwrap().hash(), colons);
        let error = from_value::<IssueId>(json!("A0FD"))
            .unwrap_err()
            .to_string();
        assert!(error.contains("32 hexadecimal digits"), "{error}");
    }
}
