//! Agora Analytics: HTTP Basic, a query string, and one code in the body that decides.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Map, Value};

use super::body;
use super::provider::{self, Provider};
use crate::error::Error;
use crate::project::{Account, Credentials};
use crate::request::{ProviderId, Rate, Request, Response, SignedRequest, encode};
use crate::secret::base64;

/// The service.
pub(super) struct Agora;

impl Provider for Agora {
    /// Every limit is an endpoint's own (seed 002, the tables named "API 限制").
    fn rates(&self) -> &'static [Rate] {
        &[]
    }

    fn sign(
        &self,
        account: &Account,
        request: &Request,
        _: Timestamp,
        _: &str,
    ) -> Result<SignedRequest, Error> {
        let Credentials::Agora {
            customer_id,
            customer_secret,
        } = account.credentials()?
        else {
            return Err(provider::foreign(account));
        };
        // The documents join metrics by plain commas.
        let query: Vec<String> = request
            .query
            .iter()
            .map(|(name, value)| format!("{name}={}", encode(value).replace("%2C", ",")))
            .collect();
        let pair = base64(&format!("{customer_id}:{}", customer_secret.expose()));
        let mut headers = vec![
            ("Authorization", format!("Basic {pair}")),
            ("Accept", "application/json".to_owned()),
        ];
        if request.body.is_some() {
            headers.push(("Content-Type", "application/json".to_owned()));
        }
        Ok(SignedRequest {
            method: request.method,
            url: format!("{}{}?{}", account.base, request.path, query.join("&")),
            headers,
            body: request
                .body
                .clone()
                .map(|body| Value::Object(body).to_string().into_bytes()),
            timeout: request.timeout,
        })
    }

    fn open(
        &self,
        account: &Account,
        answer: &mut Response,
        now: Timestamp,
    ) -> Result<Value, Error> {
        // A refusal by the gateway before the service may have no JSON at all: its status still says enough.
        let mut root = match body::json(answer, str::to_owned) {
            Ok(Value::Object(root)) => root,
            Ok(_) if answer.status == 200 => {
                return Err(Error::unexpected_response(anyhow::anyhow!(
                    "Agora sent JSON that is no object"
                )));
            }
            Err(failure) if answer.status == 200 => return Err(failure),
            _ => Map::new(),
        };
        let code = root
            .get("code")
            .and_then(|code| match code {
                Value::String(text) => text.trim().parse().ok(),
                other => other.as_i64(),
            })
            .unwrap_or_else(|| i64::from(answer.status));
        if code != 200 {
            return Err(refused(account, answer, &root, code, now));
        }
        // Series lie in `data`, calls beside the code.
        Ok(root.remove("data").unwrap_or_else(|| {
            root.remove("code");
            root.remove("message");
            Value::Object(root)
        }))
    }
}

/// What a code means (seed 002 lines 966-975; 300 and its messages: FACTS 2.1).
fn refused(
    account: &Account,
    answer: &Response,
    root: &Map<String, Value>,
    code: i64,
    now: Timestamp,
) -> Error {
    let message = root
        .get("message")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .trim();
    let credentials = |hint: String| Error::Credentials {
        provider: ProviderId::Agora,
        hint,
    };
    let words = message.to_lowercase();
    if words.contains("no auth") || code == 403 {
        return credentials(format!(
            "this customer may not use this endpoint for this app ({code})\n\
             hint: check the app id and that {} belong to the same Agora account; Agora's sales open the analytics API, \
             and the big-channel endpoints apart",
            account.source
        ));
    }
    if words.contains("qpd limit") {
        return Error::RateLimited {
            retry_after: until_midnight(now),
        };
    }
    if words.contains("qps limit") || code == 429 {
        return Error::RateLimited {
            retry_after: Duration::from_secs(answer.retry_after.unwrap_or(60).clamp(1, 600)),
        };
    }
    if words.contains("time range limit") || words.contains("time length limit") {
        return Error::invalid_arguments(
            "Agora says that this account's plan does not reach back so far, or not over so long a range\n\
             hint: ask for a shorter and later `window`",
        );
    }
    if words.contains("latency limit") {
        return Error::invalid_arguments(
            "Agora says that the range is too recent: its data are some minutes late\n\
             hint: ask for a `window` that ended a few minutes ago",
        );
    }
    match code {
        401 => credentials(format!(
            "customer id and secret were refused (401)\nhint: check {}; both are in Agora's console under RESTful API",
            account.source
        )),
        404 | 405 if answer.status == 404 || answer.status == 405 => Error::Rejected {
            code,
            message: format!(
                "this endpoint is not there any more, or not at this address (HTTP {})",
                answer.status
            ),
            trace: None,
        },
        500..=599 => Error::Unreachable(format!(
            "Agora is in trouble (code {code}): try again in a minute"
        )),
        _ => Error::Rejected {
            code,
            message: if message.is_empty() {
                body::excerpt(&answer.body, str::to_owned)
            } else {
                message.to_owned()
            },
            trace: root
                .get("requestId")
                .and_then(Value::as_str)
                .map(str::to_owned),
        },
    }
}

/// Calls a day are counted on the service's UTC clock (FACTS 2.1).
fn until_midnight(now: Timestamp) -> Duration {
    now.to_zoned(TimeZone::UTC)
        .date()
        .checked_add(1.day())
        .and_then(|day| day.to_zoned(TimeZone::UTC))
        .ok()
        .and_then(|midnight| Duration::try_from(midnight.timestamp() - now).ok())
        .unwrap_or(Duration::from_secs(3600))
}

#[cfg(test)]
mod tests;
