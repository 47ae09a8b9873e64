//! Agora Analytics: HTTP Basic, a query string, and one code in the body that decides.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Map, Value};

use super::body;
use super::provider::{self, Provider, redact};
use super::refusal;
use crate::error::Error;
use crate::project::{Account, Credentials};
use crate::request::{ProviderId, Rate, Request, Response, SignedRequest, encode};
use crate::secret::base64;

/// The service.
pub(super) struct Agora;

impl Provider for Agora {
    /// Every limit is an endpoint's own (docs/vendor/agora.md §4).
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
            return Err(provider::wrong_provider(account));
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

    fn parse_response(
        &self,
        account: &Account,
        response: &mut Response,
        now: Timestamp,
    ) -> Result<Value, Error> {
        let clean = |text: &str| redact(account, text);
        // A refusal by a gateway in front of the service may have no JSON at all: its status still says enough.
        let mut root = match body::json(response, &clean) {
            Ok(Value::Object(root)) => root,
            Ok(_) if response.status == 200 => {
                return Err(Error::unexpected_response(anyhow::anyhow!(
                    "expected an object from Agora"
                )));
            }
            Err(error) if response.status == 200 => return Err(error),
            _ => Map::new(),
        };
        let code = root.get("code").and_then(|code| match code {
            Value::String(text) => text.trim().parse().ok(),
            other => other.as_i64(),
        });
        match code {
            Some(200) if response.status == 200 => {}
            // Success has one sign, and it is `code`.
            None if response.status == 200 => {
                return Err(match refusal::find(&root, refusal::NO_CODE, &clean) {
                    Some(refusal) if text(&root, "message").is_empty() => refusal.into(),
                    Some(_) => refused(account, response, &root, refusal::NO_CODE, now),
                    None => Error::unexpected_response(anyhow::anyhow!(
                        "the response has no `code`\n{}",
                        crate::reply::fenced(&clean(&Value::Object(root).to_string()), 200)
                    )),
                });
            }
            _ => {
                let status = i64::from(response.status);
                let code = code.filter(|code| *code != 200).unwrap_or(status);
                return Err(refused(account, response, &root, code, now));
            }
        }
        // Series are in `data`, calls beside the code.
        Ok(root.remove("data").unwrap_or_else(|| {
            root.remove("code");
            root.remove("message");
            Value::Object(root)
        }))
    }
}

fn text<'a>(root: &'a Map<String, Value>, field: &str) -> &'a str {
    root.get(field)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .trim()
}

/// What a code means (docs/vendor/agora.md, "Codes").
fn refused(
    account: &Account,
    response: &Response,
    root: &Map<String, Value>,
    code: i64,
    now: Timestamp,
) -> Error {
    let clean = |text: &str| redact(account, text);
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
    let said = if message.is_empty() || words.contains("no auth") {
        String::new()
    } else {
        format!("\n{}", crate::reply::fenced(&clean(message), 300))
    };
    if words.contains("no auth") || code == 403 {
        return credentials(format!(
            "this customer may not use this endpoint for this app ({code})\n\
             hint: check the app id and that {} belong to the same Agora account; the analytics API must be enabled \
             by Agora, and big-channel endpoints need separate approval{said}",
            account.source
        ));
    }
    if words.contains("qpd limit") {
        return Error::rate_limited(until_midnight(now));
    }
    if words.contains("qps limit") || code == 429 {
        return Error::too_many_requests(response.retry_after);
    }
    if words.contains("time range limit") || words.contains("time length limit") {
        return Error::invalid_arguments(
            "range exceeds what this Agora plan allows\nhint: ask for a shorter and later `window`",
        );
    }
    if words.contains("latency limit") {
        return Error::invalid_arguments(
            "the range is too recent for Agora: its data is some minutes late\n\
             hint: ask for a `window` that ended a few minutes ago",
        );
    }
    match code {
        401 => credentials(format!(
            "authentication failed (401): customer id and secret do not match\n\
             hint: check {}; both are in Agora's console under RESTful API{said}",
            account.source
        )),
        404 | 405 if message.is_empty() && matches!(response.status, 404 | 405) => {
            Error::NotAvailable {
                status: response.status,
            }
        }
        500..=599 => Error::unavailable(format!("Agora, code {code}"), response.retry_after),
        _ => Error::Rejected {
            code: (code != refusal::NO_CODE).then_some(code),
            message: if message.is_empty() {
                body::excerpt(&response.body, &clean)
            } else {
                clean(message)
            },
            trace: root.get("requestId").and_then(Value::as_str).map(&clean),
        },
    }
}

/// Calls a day are counted on the service's UTC clock (docs/vendor/agora.md §3).
fn until_midnight(now: Timestamp) -> Duration {
    now.to_zoned_datetime(TimeZone::UTC)
        .date()
        .checked_add(1.day())
        .and_then(|day| day.to_zoned_datetime(TimeZone::UTC))
        .ok()
        .and_then(|midnight| Duration::try_from(midnight.timestamp() - now).ok())
        .unwrap_or(Duration::from_secs(3600))
}

#[cfg(test)]
mod tests;
