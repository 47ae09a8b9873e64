//! Ids of issues and crash reports, in every form people paste.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de::Error as _};

use super::lenient::inline_schema;

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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_value, json};

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
