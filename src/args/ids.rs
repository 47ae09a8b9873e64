//! Ids of issues and crash reports, in every form people paste.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::Value;

use super::lenient::{brief, inline_schema};

/// An issue: 32 hexadecimal digits, with or without colons, or a pasted console address. Case is kept:
/// mobile ids are upper case, PC ids lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IssueId(GivenId);

/// A crash report's id, in the same forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CrashId(GivenId);

#[derive(Debug, Clone, PartialEq, Eq)]
struct GivenId {
    id: String,
    page: Option<ConsolePage>,
}

/// The app of a console address: `…/crash-reporting/crashes/{app}/{issue}?pid={platform}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConsolePage {
    /// The service's id of the app.
    pub app: String,
    /// The service's number of the platform, where the address has it.
    pub platform: Option<u16>,
}

impl IssueId {
    /// 32 digits without colons.
    pub(crate) fn as_str(&self) -> &str {
        &self.0.id
    }

    /// The app of the address that was given.
    pub(crate) fn page(&self) -> Option<&ConsolePage> {
        self.0.page.as_ref()
    }
}

impl CrashId {
    /// An id in any of its forms; `Err` says what it is instead.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        given_id(text, Kind::Crash).map(Self)
    }

    /// 32 digits without colons.
    pub(crate) fn as_str(&self) -> &str {
        &self.0.id
    }

    /// The app of the address that was given.
    pub(crate) fn page(&self) -> Option<&ConsolePage> {
        self.0.page.as_ref()
    }

    /// The vendor's `crashHash`: a colon after every two digits.
    pub(crate) fn hash(&self) -> String {
        let id = self.as_str();
        let pairs: Vec<&str> = (0..id.len())
            .step_by(2)
            .filter_map(|at| id.get(at..at + 2))
            .collect();
        pairs.join(":")
    }
}

impl From<&IssueId> for CrashId {
    /// For an id that may be a crash's instead.
    fn from(id: &IssueId) -> Self {
        Self(id.0.clone())
    }
}

/// Which of the ids of an address is meant, and the tool that lists such ids.
#[derive(Clone, Copy)]
enum Kind {
    Issue,
    Crash,
}

impl Kind {
    const fn hint(self) -> &'static str {
        match self {
            Self::Issue => {
                "crashsight_list_top_issues {\"window\": \"30d\", \"limit\": 100} lists issues with their whole ids; `project` names another"
            }
            Self::Crash => {
                "crashsight_list_issue_crashes {\"issue\": …} lists crashes with their whole ids"
            }
        }
    }
}

/// Finds the id in what was given: the first of an address, or its last.
fn given_id(text: &str, kind: Kind) -> Result<GivenId, String> {
    // Browsers copy colons encoded, and older consoles route behind `#`.
    let decoded = percent_decode_str(text.trim()).decode_utf8_lossy();
    let text = decoded.replacen("/#/", "/", 1);
    let text = text.as_str();
    let plain: String = text.chars().filter(|c| *c != ':').collect();
    if is_id(&plain) {
        return Ok(GivenId {
            id: plain,
            page: None,
        });
    }
    let path = text.split(['?', '#']).next().unwrap_or_default();
    let mut ids = path
        .split('/')
        .map(|part| part.replace(':', ""))
        .filter(|part| is_id(part));
    // …/crashes/{app}/{issue}/{issue}/report-id/{crash}: the issue is the first id, the crash the last.
    let found = match kind {
        Kind::Issue => ids.next(),
        Kind::Crash => ids.next_back(),
    };
    let shown = crate::reply::inline(text, 60);
    let hint = kind.hint();
    if let Some(id) = found {
        let page = console_page(text);
        return Ok(GivenId { id, page });
    }
    Err(if is_rank(text) {
        format!("`{shown}` is a place in a list, not an id\nhint: {hint}")
    } else if is_prefix(&plain) {
        format!("`{shown}` is a part of an id: all 32 digits are needed\nhint: {hint}")
    } else {
        format!(
            "expected an id of 32 hexadecimal digits or a console address, not `{shown}`\nhint: {hint}"
        )
    })
}

fn is_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// `Top1`, `#3`, `No. 2`, `第1`, `1`.
fn is_rank(text: &str) -> bool {
    let text = text.to_lowercase();
    let number = ["top", "#", "no.", "第"]
        .iter()
        .find_map(|word| text.strip_prefix(word))
        .unwrap_or(&text);
    let number = number.trim().trim_end_matches(['名', '个', '.']);
    (1..=3).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit())
}

/// A few digits of an id, as consoles and chats shorten it.
fn is_prefix(plain: &str) -> bool {
    let digits = plain.trim_end_matches(['…', '.', '*']);
    (4..32).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit())
}

/// App and platform of a console address.
fn console_page(address: &str) -> Option<ConsolePage> {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let (_, rest) = path.split_once("/crash-reporting/")?;
    let app = rest.split('/').nth(1)?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    if app.is_empty() || app.len() > 64 || !app.bytes().all(plain) {
        return None;
    }
    let query = query.split('#').next().unwrap_or_default();
    let platform = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("pid="))
        .and_then(|number| number.parse().ok());
    Some(ConsolePage {
        app: app.to_owned(),
        platform,
    })
}

impl<'de> Deserialize<'de> for IssueId {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = lenient_text(source)?;
        given_id(&text, Kind::Issue)
            .map(Self)
            .map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for CrashId {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = lenient_text(source)?;
        Self::parse(&text).map_err(D::Error::custom)
    }
}

/// Text, or a number: a rank or a prefix of digits alone is refused with its own words.
fn lenient_text<'de, D: Deserializer<'de>>(source: D) -> Result<String, D::Error> {
    match Value::deserialize(source)? {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        other => Err(D::Error::custom(format!(
            "expected an id, not {}",
            brief(&other)
        ))),
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
        assert!(error.contains("all 32 digits are needed"), "{error}");
        let page = issue(&report).page().cloned().unwrap();
        assert_eq!((page.app.as_str(), page.platform), ("d98b9f7eec", Some(1)));
        assert_eq!(issue(id).page(), None);
        for encoded in [
            colons.replace(':', "%3a"),
            issue_page.replace(id, &colons.replace(':', "%3A")),
            issue_page.replace("/crash-reporting", "/#/crash-reporting"),
        ] {
            assert_eq!(issue(&encoded).as_str(), id, "{encoded}");
            let page = issue(&encoded).page().cloned();
            assert_eq!(page.is_some(), encoded.starts_with("https"), "{encoded}");
        }
    }

    #[test]
    fn what_is_no_id_is_refused_with_the_call_that_lists_ids() {
        let issue = |text: serde_json::Value| from_value::<IssueId>(text).unwrap_err().to_string();
        for rank in [
            json!("Top1"),
            json!("top 12"),
            json!("#3"),
            json!("第2"),
            json!(3),
        ] {
            let error = issue(rank.clone());
            assert!(error.contains("is a place in a list"), "{rank}: {error}");
            assert!(
                error.contains("crashsight_list_top_issues"),
                "{rank}: {error}"
            );
        }
        for prefix in [
            json!("A0FD0710"),
            json!("a0fd07…"),
            json!("A0:FD:07:10"),
            json!(12_345_678),
        ] {
            let error = issue(prefix.clone());
            assert!(error.contains("is a part of an id"), "{prefix}: {error}");
        }
        let error = issue(json!("the login crash"));
        assert!(error.contains("expected an id of 32"), "{error}");
        let error = from_value::<CrashId>(json!("#1")).unwrap_err().to_string();
        assert!(error.contains("crashsight_list_issue_crashes"), "{error}");
    }
}
