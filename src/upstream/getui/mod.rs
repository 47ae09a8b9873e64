//! Getui: a signature traded for a token, and a code in the body that decides, whatever the HTTP status.

use std::time::Duration;

use anyhow::anyhow;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::body;
use super::provider::{self, Login, Provider, redact};
use super::refusal;
use crate::error::Error;
use crate::project::{Account, Credentials};
use crate::request::{
    AccessToken, Method, ProviderId, Rate, Request, Response, SignedRequest, encode,
};
use crate::secret::{Secret, sha256_hex};

/// Getui limits its reports and publishes no number (docs/vendor/getui.md §3). One call a second is ours: enough for a
/// conversation, far from what code 10005 punishes.
const RATES: &[Rate] = &[Rate {
    calls: 60,
    per: Duration::from_secs(60),
}];

/// A token holds a day (docs/vendor/getui.md §1) where an answer does not say.
const LIFE: SignedDuration = SignedDuration::from_hours(24);

/// `sign`: SHA-256 over key, time in milliseconds and master secret, in lowercase hex (docs/vendor/getui.md §1).
pub(super) fn signature(app_key: &Secret, milliseconds: i64, master_secret: &Secret) -> String {
    sha256_hex(&format!(
        "{}{milliseconds}{}",
        app_key.expose(),
        master_secret.expose()
    ))
}

/// The service.
pub(super) struct Getui;

impl Provider for Getui {
    fn rates(&self) -> &'static [Rate] {
        RATES
    }

    fn sign(
        &self,
        account: &Account,
        request: &Request,
        _: Timestamp,
        _: &str,
    ) -> Result<SignedRequest, Error> {
        let mut url = address(account, &request.path)?;
        for (at, (name, value)) in request.query.iter().enumerate() {
            url.push(if at == 0 { '?' } else { '&' });
            url.push_str(name);
            url.push('=');
            // Lists are joined by plain commas.
            url.push_str(&encode(value).replace("%2C", ","));
        }
        Ok(SignedRequest {
            method: request.method,
            url,
            headers: vec![json_header()],
            body: None,
            timeout: request.timeout,
        })
    }

    fn parse_response(
        &self,
        account: &Account,
        answer: &mut Response,
        _: Timestamp,
    ) -> Result<Value, Error> {
        let clean = |text: &str| redact(account, text);
        let mut root = envelope(account, answer, &clean)?;
        match code(&root, answer, &clean)? {
            0 => Ok(root.remove("data").unwrap_or(Value::Null)),
            code => Err(refused(account, answer, &root, code)),
        }
    }

    fn login(&self) -> Option<&'static dyn Login> {
        Some(&Getui)
    }
}

impl Login for Getui {
    fn request(&self, account: &Account, now: Timestamp) -> Result<SignedRequest, Error> {
        let Credentials::Getui {
            app_key,
            master_secret,
            ..
        } = account.credentials()?
        else {
            return Err(provider::wrong_provider(account));
        };
        let milliseconds = now.as_millisecond();
        let body = json!({
            "sign": signature(app_key, milliseconds, master_secret),
            "timestamp": milliseconds.to_string(),
            "appkey": app_key.expose(),
        });
        Ok(SignedRequest {
            method: Method::Post,
            url: address(account, "/auth")?,
            headers: vec![json_header()],
            body: Some(body.to_string().into_bytes()),
            timeout: Duration::from_secs(15),
        })
    }

    fn parse(
        &self,
        account: &Account,
        answer: &mut Response,
        now: Timestamp,
    ) -> Result<AccessToken, Error> {
        // Such a response may hold a token, and a gateway may repeat the request.
        let clean = |_: &str| "(a login response)".to_owned();
        let root = envelope(account, answer, &clean)?;
        match code(&root, answer, &clean)? {
            0 => {}
            // What concerns the account, the address or the pace has its own words.
            code @ (2 | 301 | 10002 | 10003 | 500..=599) => {
                return Err(refused(account, answer, &root, code));
            }
            code => {
                return Err(credentials(format!(
                    "login failed (code {code}): app key and master secret do not match this app\n\
                     hint: check {}, and that this machine's clock is right; the signature carries the time",
                    account.source
                )));
            }
        }
        let data = root.get("data");
        let token = data
            .and_then(|data| data.get("token"))
            .and_then(Value::as_str)
            .filter(|token| !token.is_empty())
            .ok_or_else(|| {
                Error::unexpected_response(anyhow!("the login response has no token"))
            })?;
        let until = data
            .and_then(|data| data.get("expire_time"))
            .and_then(|time| match time {
                Value::String(text) => text.trim().parse().ok(),
                other => other.as_i64(),
            })
            .and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok())
            .or_else(|| now.checked_add(LIFE).ok())
            .unwrap_or(now);
        Ok(AccessToken {
            value: Secret::new(token),
            since: now,
            until,
        })
    }

    fn apply(&self, signed: &mut SignedRequest, token: &Secret) {
        signed.headers.push(("token", token.expose().to_owned()));
    }

    fn is_token_rejected(&self, answer: &Response) -> bool {
        // A refusal is short; a long response is left whole.
        let mut short = answer.clone_truncated();
        object(&mut short, &str::to_owned).is_ok_and(|root| number(&root) == Some(10001))
    }
}

/// `{base}/v2/{appId}{path}`
fn address(account: &Account, path: &str) -> Result<String, Error> {
    let Credentials::Getui { app_id, .. } = account.credentials()? else {
        return Err(provider::wrong_provider(account));
    };
    Ok(format!("{}/v2/{}{path}", account.base, encode(app_id)))
}

fn json_header() -> (&'static str, String) {
    ("Content-Type", "application/json;charset=utf-8".to_owned())
}

fn object(answer: &mut Response, clean: body::Clean<'_>) -> Result<Map<String, Value>, Error> {
    match body::json(answer, clean)? {
        Value::Object(root) => Ok(root),
        _ => Err(Error::unexpected_response(anyhow!(
            "expected an object from Getui (HTTP {})",
            answer.status
        ))),
    }
}

fn envelope(
    account: &Account,
    answer: &mut Response,
    clean: body::Clean<'_>,
) -> Result<Map<String, Value>, Error> {
    object(answer, clean).map_err(|error| match answer.status {
        429 => Error::too_many_requests(answer.retry_after),
        500..=599 => Error::unavailable(
            format!("Getui, HTTP {}", answer.status),
            answer.retry_after,
        ),
        404 | 405 => Error::NotAvailable {
            status: answer.status,
        },
        401 | 403 => credentials(format!(
            "refused before Getui (HTTP {}), as by a gateway or proxy\nhint: check the network and {}",
            answer.status,
            account.source
        )),
        400..=499 => Error::Rejected {
            code: Some(i64::from(answer.status)),
            message: body::excerpt(&answer.body, clean),
            trace: None,
        },
        _ => error,
    })
}

/// The code, a number or its text. Success has one sign, and it is this code: without it only an HTTP status
/// that is no success says something.
fn code(
    root: &Map<String, Value>,
    answer: &Response,
    clean: body::Clean<'_>,
) -> Result<i64, Error> {
    match (number(root), answer.status) {
        (Some(0), status) if !(200..300).contains(&status) => Ok(i64::from(status)),
        (Some(code), _) => Ok(code),
        (None, 200..=299) => Err(refusal::find(root, refusal::NO_CODE, clean).map_or_else(
            || {
                Error::unexpected_response(anyhow!(
                    "the response has no `code`\n{}",
                    crate::reply::fenced(&clean(&Value::Object(root.clone()).to_string()), 200)
                ))
            },
            Error::from,
        )),
        (None, status) => Ok(i64::from(status)),
    }
}

fn number(root: &Map<String, Value>) -> Option<i64> {
    root.get("code").and_then(|code| match code {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_i64(),
    })
}

fn credentials(hint: String) -> Error {
    Error::Credentials {
        provider: ProviderId::Getui,
        hint,
    }
}

/// What a code means (docs/vendor/getui.md §2). HTTP 401 alone means nothing: tokens, rights and rates share it.
fn refused(account: &Account, answer: &Response, root: &Map<String, Value>, code: i64) -> Error {
    match code {
        2 => Error::unavailable("Getui is starting up", answer.retry_after),
        301 => credentials(
            "the app belongs to another data centre (code 301)\n\
             hint: set GETUI_BASE_URL, or base_url of the account, to the address that Getui's console shows"
                .to_owned(),
        ),
        10001 => credentials(format!(
            "login token rejected twice (code 10001)\n\
             hint: check {}; another process may be invalidating it",
            account.source
        )),
        10002 => credentials(
            "this app id or this machine's address is blocked (code 10002)\n\
             hint: ask Getui's support to lift the block"
                .to_owned(),
        ),
        10003 | 10005 | 429 => Error::too_many_requests(answer.retry_after),
        10004 => credentials(
            "this app may not see message details (code 10004)\n\
             hint: Getui opens loss details on request; the other reports need no such right"
                .to_owned(),
        ),
        500..=599 => Error::unavailable(format!("Getui, code {code}"), answer.retry_after),
        _ => refusal::refusal(&[root], code, &|text| redact(account, text)).into(),
    }
}

#[cfg(test)]
mod tests;
