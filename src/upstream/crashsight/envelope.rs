//! The envelopes of CrashSight: what is around a payload, and what counts as a yes.
//!
//! Eight shapes are known (docs/vendor/crashsight.md, "Envelopes"). Success needs positive evidence: a code
//! that means yes, or a payload with a key of its own. Everything else is a refusal or not understood, and
//! never "nothing there".

use serde_json::{Map, Value};

use crate::error::Error;
use crate::upstream::refusal::{
    NO_CODE, as_code, has_own_key, is_filled, is_framework_page, is_success, level, message,
    refusal,
};

type Object = Map<String, Value>;

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
    if is_framework_page(&root) {
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
                return Err(refusal(&[&ret, &root], code, clean).into());
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
                    return Err(refusal(&[&root], code, clean).into());
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
                code => return Err(refusal(&[&root], code.unwrap_or(NO_CODE), clean).into()),
            }
            (root.remove("data").unwrap_or(Value::Null), None)
        }
    };
    if let Some(code) = outer.no {
        return Err(refusal(&[&root], code, clean).into());
    }
    if payload.is_null() && inner_words.or_else(|| message(&root)).is_some() {
        return Err(refusal(&[&root], NO_CODE, clean).into());
    }
    if !outer.yes {
        return Err(Error::unexpected_response(anyhow::anyhow!(
            "the response has no sign of success\n{}",
            crate::reply::fenced(&clean(&Value::Object(root).to_string()), 200)
        )));
    }
    Ok(payload)
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
            code: Some(code),
            message: clean(format!("{} {}", text("error"), text("message")).trim()),
            trace: None,
        },
    }
}
