//! CrashSight: a signed query, and eight shapes of envelope.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::body;
use super::provider::{self, Provider};
use crate::error::Error;
use crate::project::{Account, Credentials};
use crate::request::{ProviderId, Rate, Request, Response, SignedRequest, encode};
use crate::secret::{Secret, base64, hmac_sha256_hex};

/// 25 calls a minute and user, all operations together (SDK README and client.py, 2026-04-15).
const RATES: &[Rate] = &[Rate {
    calls: 25,
    per: Duration::from_secs(60),
}];

/// Clocks further apart than this are named as the cause of a refused signature.
const SKEW: i64 = 90;

/// `userSecret`: Base64 of the lowercase hex of HMAC-SHA256 over `localUserId_t` (seed 000 lines 60-83).
pub fn signature(user_id: &str, api_key: &Secret, unix: i64) -> String {
    base64(&hmac_sha256_hex(api_key, &format!("{user_id}_{unix}")))
}

/// The service.
pub(super) struct CrashSight;

impl Provider for CrashSight {
    fn rates(&self) -> &'static [Rate] {
        RATES
    }

    fn sign(
        &self,
        account: &Account,
        request: &Request,
        now: Timestamp,
        id: &str,
    ) -> Result<SignedRequest, Error> {
        let Credentials::CrashSight { user_id, api_key } = account.credentials()? else {
            return Err(provider::foreign(account));
        };
        let unix = now.as_second();
        let mut query: Vec<(&str, &str)> = request
            .query
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let mut body = request.body.clone();
        match (&mut body, request.stamp) {
            (Some(body), Some(field)) => {
                body.insert(field.to_owned(), Value::String(id.to_owned()));
            }
            (None, Some(field)) => query.push((field, id)),
            (_, None) => {}
        }
        let secret = signature(user_id, api_key, unix);
        let unix = unix.to_string();
        query.extend([
            ("userSecret", secret.as_str()),
            ("localUserId", user_id.as_str()),
            ("t", unix.as_str()),
        ]);
        let query: Vec<String> = query
            .iter()
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        Ok(SignedRequest {
            method: request.method,
            url: format!("{}{}?{}", account.base, request.path, query.join("&")),
            headers: vec![
                ("Content-Type", "application/json".to_owned()),
                ("Accept-Encoding", "*".to_owned()),
            ],
            body: body.map(|body| Value::Object(body).to_string().into_bytes()),
            timeout: request.timeout,
        })
    }

    fn open(
        &self,
        account: &Account,
        answer: &mut Response,
        now: Timestamp,
    ) -> Result<Value, Error> {
        status(account, answer, now)?;
        envelope(body::json(answer, unsigned)?)
    }
}

/// What the HTTP status says by itself.
fn status(account: &Account, answer: &Response, now: Timestamp) -> Result<(), Error> {
    let credentials = |hint: String| {
        Err(Error::Credentials {
            provider: ProviderId::CrashSight,
            hint,
        })
    };
    match answer.status {
        200..=299 => Ok(()),
        401 => {
            let ahead = answer.date.map_or(0, |theirs| now.as_second() - theirs);
            if ahead.abs() > SKEW {
                return credentials(format!(
                    "the signature was refused (401), and this machine's clock is {} {} the service's\n\
                     hint: set the clock; the signature carries the time",
                    crate::reply::duration(ahead.abs()),
                    if ahead > 0 { "ahead of" } else { "behind" },
                ));
            }
            credentials(format!(
                "the signature was refused (401): user id and key do not belong together\n\
                 hint: check {}",
                account.source
            ))
        }
        403 => credentials(format!(
            "this user has no permission for the app (403)\n\
             hint: check `project`, or ask the app's administrator to add the user of {}",
            account.source
        )),
        429 => Err(Error::RateLimited {
            retry_after: Duration::from_secs(answer.retry_after.unwrap_or(60).clamp(1, 600)),
        }),
        404 | 405 => Err(Error::Rejected {
            code: i64::from(answer.status),
            message: String::new(),
            trace: None,
        }),
        code @ 500..=599 => Err(Error::Unreachable(format!(
            "the service is in trouble (HTTP {code}): try again in a minute"
        ))),
        code => Err(Error::Rejected {
            code: i64::from(code),
            message: body::excerpt(&answer.body, unsigned),
            trace: None,
        }),
    }
}

/// A text that may repeat the address that was asked, as error pages of proxies do, without the signature.
fn unsigned(text: &str) -> String {
    const FIRST: &str = "userSecret";
    let mut parts = text.split(FIRST);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        // The signature's three parameters follow one another.
        let end = part
            .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | ')' | ']'))
            .unwrap_or(part.len());
        out.push('…');
        out.push_str(&part[end..]);
    }
    out
}

/// The codes that mean yes; 100000 is lastCrashInfo's (seed 000 line 2275).
fn yes(code: i64) -> bool {
    matches!(code, 0 | 200 | 100_000)
}

/// Opens the eight shapes of FACTS 1.5, in the order of `meta.crashsight.unwrap_order`.
fn envelope(body: Value) -> Result<Value, Error> {
    let mut root = match body {
        Value::Object(root) => root,
        Value::Array(_) | Value::Null => return Ok(body),
        // A word is no answer: read as one it would say that nothing was found.
        word => {
            return Err(Error::unexpected_response(anyhow::anyhow!(
                "one bare value came where an object was expected\n{}",
                crate::reply::fenced(&unsigned(&word.to_string()), 200)
            )));
        }
    };
    if root.contains_key("error") && root.contains_key("path") && root.contains_key("timestamp") {
        return Err(spring(&root));
    }
    match root.remove("ret") {
        Some(Value::Object(mut ret)) => {
            refusal(&ret, &["code", "statusCode"])?;
            refusal(&root, &["status", "code"])?;
            Ok(match ret.remove("data") {
                Some(data) => data,
                None => Value::Object(ret),
            })
        }
        Some(list @ Value::Array(_)) => {
            refusal(&root, &["status", "code"])?;
            Ok(list)
        }
        Some(Value::Null) | None => {
            // A bare issue has a state of its own in `status`.
            let codes: &[&str] = if root.contains_key("issueId") {
                &["code", "statusCode"]
            } else {
                &["code", "statusCode", "status"]
            };
            refusal(&root, codes)?;
            if root.contains_key("code") {
                return Ok(root.remove("data").unwrap_or(Value::Null));
            }
            if root.contains_key("status") && root.contains_key("data") {
                return Ok(root.remove("data").unwrap_or(Value::Null));
            }
            if root
                .keys()
                .all(|key| matches!(key.as_str(), "status" | "traceId" | "message" | "errorCode"))
            {
                return Ok(Value::Null);
            }
            Ok(Value::Object(root))
        }
        Some(scalar) => {
            root.insert("ret".to_owned(), scalar);
            refusal(&root, &["ret", "status", "code"])?;
            Ok(root.remove("data").unwrap_or(Value::Null))
        }
    }
}

/// The first of these fields that says no.
fn refusal(level: &Map<String, Value>, codes: &[&str]) -> Result<(), Error> {
    for name in codes {
        let code = match level.get(*name) {
            Some(Value::Number(number)) => number.as_i64().unwrap_or(-1),
            // Codes come as text now and then; words are no codes (a payload may have a `status`).
            Some(Value::String(text)) => match text.trim().parse() {
                Ok(code) => code,
                Err(_) => continue,
            },
            _ => continue,
        };
        // A payload's own `status` (issueInfo: 0 to 2) never reaches here: it lies below `ret`.
        if !yes(code) {
            return Err(refused(level, code));
        }
    }
    Ok(())
}

fn refused(level: &Map<String, Value>, code: i64) -> Error {
    let text = |names: &[&str]| {
        names
            .iter()
            .filter_map(|name| level.get(*name).and_then(Value::as_str))
            .map(str::trim)
            .find(|text| !text.is_empty() && *text != "null")
            .map(unsigned)
    };
    let message = text(&["message", "errmsg", "msg"]);
    let detail = text(&["errorCode"]);
    Error::Rejected {
        code,
        message: match (message, detail) {
            (Some(message), Some(detail)) => format!("{message} ({detail})"),
            (one, other) => one.or(other).unwrap_or_default(),
        },
        trace: text(&["traceId", "trace_id", "requestid"]),
    }
}

/// `{timestamp, status, error, message, path}`: the frame around the service spoke, not the service.
fn spring(root: &Map<String, Value>) -> Error {
    let code = root.get("status").and_then(Value::as_i64).unwrap_or(500);
    let text = |name: &str| root.get(name).and_then(Value::as_str).unwrap_or_default();
    if code >= 500 {
        return Error::Unreachable(format!(
            "the service is in trouble (an error page with status {code}): try again in a minute"
        ));
    }
    Error::Rejected {
        code,
        message: match code {
            // The path is not there: said in our words.
            404 | 405 => String::new(),
            _ => unsigned(&format!("{} {}", text("error"), text("message"))),
        },
        trace: None,
    }
}

#[cfg(test)]
mod tests;
