//! The envelopes of CrashSight: what is around a payload, and what counts as a yes.
//!
//! Eight shapes are known (docs/vendor/crashsight.md, "Envelopes"). Success needs positive evidence: a code
//! that means yes, or a payload with a key of its own. Everything else is a refusal or not understood, and
//! never "nothing there".

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
struct Verdict {
    /// A code that means yes was seen.
    yes: bool,
    /// The first field that says no, and its code.
    no: Option<i64>,
}

/// The codes that mean yes. 100000 is lastCrashInfo's.
fn is_success(code: i64) -> bool {
    matches!(code, 0 | 200 | 100_000)
}

/// Unwraps a payload. `Null` is a payload: an understood response with nothing in it.
pub(super) fn unwrap(body: Value, clean: &dyn Fn(&str) -> String) -> Result<Value, Error> {
    let mut root = match body {
        Value::Object(root) => root,
        Value::Array(items) if !items.is_empty() => return Ok(Value::Array(items)),
        other => {
            return Err(Error::unexpected_response(anyhow::anyhow!(
                "expected an object with a sign of success, not\n{}",
                crate::reply::fenced(&clean(&other.to_string()), 200)
            )));
        }
    };
    if root.contains_key("error") && root.contains_key("path") && root.contains_key("timestamp") {
        return Err(spring_error(&root, clean));
    }
    let ret = root.remove("ret");
    // A bare issue has a state of its own in `status`.
    let own_status = root.contains_key("issueId");
    let mut outer = level(&root, !own_status);
    let (payload, inner_words) = match ret {
        Some(Value::Object(mut ret)) => {
            let inner = level(&ret, false);
            if let Some(code) = inner.no {
                return Err(rejected(&[&ret, &root], code, clean));
            }
            outer.yes |= inner.yes || has_own_key(&ret);
            let words = message(&ret);
            let payload = match ret.remove("data") {
                Some(data) => data,
                None if has_own_key(&ret) => Value::Object(ret),
                None => Value::Null,
            };
            (payload, words)
        }
        Some(list @ Value::Array(_)) => {
            outer.yes |= list.as_array().is_some_and(|items| !items.is_empty());
            (list, None)
        }
        Some(Value::Null) | None => {
            let payload = if has_own_key(&root) {
                if let Some(code) = outer.no {
                    return Err(rejected(&[&root], code, clean));
                }
                return Ok(Value::Object(root));
            } else {
                root.remove("data").unwrap_or(Value::Null)
            };
            outer.yes |= is_filled(&payload);
            (payload, None)
        }
        Some(scalar) => {
            match as_code(&scalar) {
                Some(code) if is_success(code) => outer.yes = true,
                code => return Err(rejected(&[&root], code.unwrap_or(-1), clean)),
            }
            (root.remove("data").unwrap_or(Value::Null), None)
        }
    };
    if let Some(code) = outer.no {
        return Err(rejected(&[&root], code, clean));
    }
    if payload.is_null() && inner_words.or_else(|| message(&root)).is_some() {
        return Err(rejected(&[&root], -1, clean));
    }
    if !outer.yes {
        return Err(Error::unexpected_response(anyhow::anyhow!(
            "the response has no sign of success\n{}",
            crate::reply::fenced(&clean(&Value::Object(root).to_string()), 200)
        )));
    }
    Ok(payload)
}

/// The refusal in a body that came with an HTTP status of its own; `None` where the body has no words.
pub(super) fn refusal(
    body: &Value,
    status: u16,
    clean: &dyn Fn(&str) -> String,
) -> Option<(i64, String, Option<String>)> {
    let root = body.as_object()?;
    // The web framework's page is no word of the service.
    if root.contains_key("error") && root.contains_key("path") && root.contains_key("timestamp") {
        return None;
    }
    let empty = Map::new();
    let ret = root.get("ret").and_then(Value::as_object).unwrap_or(&empty);
    let code = level(ret, false)
        .no
        .or(level(root, true).no)
        .unwrap_or_else(|| i64::from(status));
    match rejected(&[ret, root], code, clean) {
        Error::Rejected {
            code,
            message,
            trace,
        } if !message.is_empty() => Some((code, message, trace)),
        _ => None,
    }
}

/// Reads the codes of one level.
fn level(level: &Object, status_is_code: bool) -> Verdict {
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
            (None, Value::String(word)) if is_word(word) && name != "status" => verdict.refuse(-1),
            (None, Value::String(word)) if is_word(word) && !has_own_key(level) => {
                verdict.refuse(-1);
            }
            _ => {}
        }
    }
    match level.get("success") {
        Some(Value::Bool(true)) => verdict.yes = true,
        Some(Value::Bool(false)) => verdict.refuse(-1),
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
        verdict.refuse(-1);
    }
    verdict
}

impl Verdict {
    fn refuse(&mut self, code: i64) {
        // A number says more than a word that has none.
        if self.no.is_none_or(|known| known == -1) {
            self.no = Some(code);
        }
    }
}

/// A code as a number, from text too; `ok` and `success` are a yes in words.
fn as_code(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => Some(number.as_i64().unwrap_or(-1)),
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

fn has_own_key(level: &Object) -> bool {
    level.keys().any(|key| !ENVELOPE.contains(&key.as_str()))
}

fn is_filled(value: &Value) -> bool {
    match value {
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        _ => false,
    }
}

/// The message of a level, unless it only says that all is well.
fn message(level: &Object) -> Option<String> {
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

fn rejected(levels: &[&Object], code: i64, clean: &dyn Fn(&str) -> String) -> Error {
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
    Error::Rejected {
        code,
        message: clean(&words),
        trace: first(&["traceId", "trace_id", "requestid", "requestId"]).map(|trace| clean(&trace)),
    }
}

/// `{timestamp, status, error, message, path}`: the page of the web framework, not of the service.
fn spring_error(root: &Object, clean: &dyn Fn(&str) -> String) -> Error {
    let code = root.get("status").and_then(as_code).unwrap_or(500);
    let text = |name: &str| root.get(name).and_then(Value::as_str).unwrap_or_default();
    match code {
        500.. => Error::unavailable(format!("an error page with status {code}"), None),
        404 => Error::NotAvailable { status: 404 },
        405 => Error::NotAvailable { status: 405 },
        _ => Error::Rejected {
            code,
            message: clean(format!("{} {}", text("error"), text("message")).trim()),
            trace: None,
        },
    }
}
