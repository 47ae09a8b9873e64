//! What says no in a body: codes, flags and words, in the forms that the services and what stands before them
//! are known for. A gateway answers for all three services, so all three read it here.

use serde_json::{Map, Value};

use crate::error::Error;

type Object = Map<String, Value>;

/// Fields that belong to an envelope. Any other key is a payload's own.
const ENVELOPE: &[&str] = &[
    "code",
    "cost",
    "data",
    "errCode",
    "err_code",
    "errcode",
    "errmsg",
    "error",
    "errorCode",
    "error_code",
    "message",
    "msg",
    "path",
    "requestId",
    "requestid",
    "ret",
    "retcode",
    "status",
    "statusCode",
    "success",
    "timestamp",
    "traceId",
    "trace_id",
];

/// Fields that carry a code. `status` is one only around a payload, never inside it.
const CODES: &[&str] = &[
    "code",
    "statusCode",
    "errcode",
    "errCode",
    "err_code",
    "error_code",
    "retcode",
];

/// What the fields of one level say.
#[derive(Default)]
pub(super) struct Verdict {
    /// A code that means yes was seen.
    pub(super) yes: bool,
    /// The first field that says no, and its code.
    pub(super) no: Option<i64>,
}

/// The codes that mean yes. 100000 is lastCrashInfo's.
pub(super) fn is_success(code: i64) -> bool {
    matches!(code, 0 | 200 | 100_000)
}

/// The code of a refusal without a number.
pub(super) const NO_CODE: i64 = -1;

/// A refusal in a service's own words.
#[derive(Debug, PartialEq)]
pub(super) struct Refusal {
    pub(super) code: i64,
    /// Empty where there is only a code.
    pub(super) words: String,
    pub(super) trace: Option<String>,
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Rejected {
            code: (refusal.code != NO_CODE).then_some(refusal.code),
            message: refusal.words,
            trace: refusal.trace,
        }
    }
}

/// The refusal in a body without a sign of success; `None` where nothing in it says no.
pub(super) fn find(root: &Object, status: i64, clean: &dyn Fn(&str) -> String) -> Option<Refusal> {
    // The web framework's page is no word of the service.
    if is_framework_page(root) {
        return None;
    }
    let empty = Map::new();
    let ret = root.get("ret").and_then(Value::as_object).unwrap_or(&empty);
    let failed = root.get("ret").and_then(Value::as_bool) == Some(false);
    let code = level(ret, false).no.or(level(root, true).no);
    let code = code.or(failed.then_some(NO_CODE));
    let refusal = refusal(&[ret, root], code.unwrap_or(status), clean);
    (code.is_some() || !refusal.words.is_empty()).then_some(refusal)
}

/// `{timestamp, status, error, message, path}`: the page of the web framework, not of the service.
pub(super) fn is_framework_page(root: &Object) -> bool {
    ["error", "path", "timestamp"]
        .iter()
        .all(|name| root.contains_key(*name))
}

/// Reads the codes of one level.
pub(super) fn level(level: &Object, status_is_code: bool) -> Verdict {
    let mut verdict = Verdict::default();
    let status = status_is_code.then_some("status");
    for name in CODES.iter().copied().chain(status) {
        let Some(value) = level.get(name) else {
            continue;
        };
        match (as_code(value), value) {
            (Some(code), _) if is_success(code) => verdict.yes = true,
            (Some(code), _) => verdict.refuse(code),
            // A word beside a payload may be the payload's: `status` of a row is one.
            (None, Value::String(word)) if is_word(word) && name != "status" => {
                verdict.refuse(NO_CODE);
            }
            (None, Value::String(word)) if is_word(word) && !has_own_key(level) => {
                verdict.refuse(NO_CODE);
            }
            _ => {}
        }
    }
    match level.get("success") {
        Some(Value::Bool(true)) => verdict.yes = true,
        Some(Value::Bool(false)) => verdict.refuse(NO_CODE),
        _ => {}
    }
    let named = |name: &str| match level.get(name) {
        Some(Value::String(text)) => {
            is_word(text) && as_code(&level[name]).is_none_or(|c| !is_success(c))
        }
        Some(Value::Object(fields)) => !fields.is_empty(),
        Some(Value::Number(_)) => as_code(&level[name]).is_some_and(|code| !is_success(code)),
        Some(Value::Bool(error)) => *error,
        _ => false,
    };
    if named("errorCode") || named("error") {
        verdict.refuse(NO_CODE);
    }
    verdict
}

impl Verdict {
    fn refuse(&mut self, code: i64) {
        // A number says more than a word that has none.
        if self.no.is_none_or(|known| known == NO_CODE) {
            self.no = Some(code);
        }
    }
}

/// A code as a number, from text too; `ok` and `success` are a yes in words.
pub(super) fn as_code(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => Some(number.as_i64().unwrap_or(NO_CODE)),
        Value::String(text) => match text.trim().to_lowercase().as_str() {
            "ok" | "success" => Some(0),
            text => text.parse().ok(),
        },
        _ => None,
    }
}

fn is_word(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && text != "null"
}

pub(super) fn has_own_key(level: &Object) -> bool {
    level.keys().any(|key| !ENVELOPE.contains(&key.as_str()))
}

pub(super) fn is_filled(value: &Value) -> bool {
    match value {
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        _ => false,
    }
}

/// The message of a level, unless it only says that all is well.
pub(super) fn message(level: &Object) -> Option<String> {
    let text = text(level, &["message", "errmsg", "msg"])?;
    let lower = text.to_lowercase();
    let well = matches!(lower.as_str(), "ok" | "200" | "succ" | "succeed" | "done")
        || lower.starts_with("success")
        || lower.ends_with("success")
        || text.ends_with("成功");
    (!well).then_some(text)
}

fn text(level: &Object, names: &[&str]) -> Option<String> {
    names
        .iter()
        .filter_map(|name| match level.get(*name) {
            Some(Value::String(text)) => Some(text.trim().to_owned()),
            Some(Value::Object(fields)) => fields
                .get("message")
                .and_then(Value::as_str)
                .map(str::to_owned),
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => None,
        })
        .find(|text| is_word(text))
}

/// The words and the trace of these levels, the most specific first.
pub(super) fn refusal(levels: &[&Object], code: i64, clean: &dyn Fn(&str) -> String) -> Refusal {
    let first = |names: &[&str]| levels.iter().find_map(|level| text(level, names));
    let message = levels
        .iter()
        .find_map(|level| message(level))
        .or_else(|| first(&["error"]));
    let detail = first(&["errorCode"]).filter(|detail| message.as_ref() != Some(detail));
    // A code in words is all that some refusals have.
    let word = levels
        .iter()
        .flat_map(|level| CODES.iter().filter_map(|name| level.get(*name)))
        .chain(levels.iter().filter_map(|level| level.get("status")))
        .filter(|value| as_code(value).is_none())
        .find_map(Value::as_str)
        .filter(|word| is_word(word))
        .map(str::to_owned);
    let words = match (message, detail.or(word)) {
        (Some(message), Some(detail)) => format!("{message} ({detail})"),
        (one, other) => one.or(other).unwrap_or_default(),
    };
    Refusal {
        code,
        words: clean(&words),
        trace: first(&["traceId", "trace_id", "requestid", "requestId"]).map(|trace| clean(&trace)),
    }
}
