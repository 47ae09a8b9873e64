//! CrashSight: a signed query, and what a status means. Envelopes are unwrapped in `envelope`.

mod envelope;

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::body;
use super::provider::{self, Provider, redact};
use super::refusal;
use crate::error::Error;
use crate::project::{Account, Credentials};
use crate::request::{ProviderId, Rate, Request, Response, SignedRequest, Stamp, encode};
use crate::secret::{Secret, base64, hmac_sha256_hex};

/// 25 calls a minute and user, all operations together (SDK README and client.py, 2026-04-15).
const RATES: &[Rate] = &[Rate {
    calls: 25,
    per: Duration::from_secs(60),
}];

/// Seconds; clocks further apart are reported as the cause of a rejected signature.
const MAX_SKEW_S: i64 = 90;

/// `userSecret`: Base64 of the lowercase hex of HMAC-SHA256 over `localUserId_t` (docs/vendor/crashsight.md §2).
pub(super) fn signature(user_id: &str, api_key: &Secret, unix: i64) -> String {
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
            return Err(provider::wrong_provider(account));
        };
        let unix = now.as_second();
        let mut query: Vec<(&str, &str)> = request
            .query
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let mut body = request.body.clone();
        match (&mut body, request.nonce) {
            (Some(body), Some(field)) => {
                body.insert(field.to_owned(), Value::String(id.to_owned()));
            }
            (None, Some(field)) => query.push((field, id)),
            (_, None) => {}
        }
        for (field, stamp) in request.stamps {
            let value = match stamp {
                Stamp::User => user_id.clone(),
                Stamp::Time => {
                    let now = now.to_zoned_datetime(account.zone.clone());
                    now.strftime("%Y-%m-%d %H:%M:%S").to_string()
                }
            };
            body.get_or_insert_default()
                .insert((*field).to_owned(), Value::String(value));
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

    fn parse_response(
        &self,
        account: &Account,
        response: &mut Response,
        now: Timestamp,
    ) -> Result<Value, Error> {
        let clean = |text: &str| redact_signature(&redact(account, text));
        match response.status {
            200..=299 => envelope::unwrap(body::json(response, &clean)?, &clean),
            _ => Err(status_error(account, response, now, &clean)),
        }
    }
}

/// What a status that is no success means, with the service's words where the body has some.
fn status_error(
    account: &Account,
    response: &mut Response,
    now: Timestamp,
    clean: &dyn Fn(&str) -> String,
) -> Error {
    let status = response.status;
    let refusal = body::json(response, clean)
        .ok()
        .and_then(|body| refusal::find(body.as_object()?, i64::from(status), clean))
        .filter(|refusal| !refusal.words.is_empty());
    let words = refusal.as_ref().map_or_else(String::new, |refusal| {
        format!("\n{}", crate::reply::fenced(&refusal.words, 300))
    });
    let credentials = |hint: String| Error::Credentials {
        provider: ProviderId::CrashSight,
        hint: format!("{hint}{words}"),
    };
    match status {
        401 => {
            let ahead = response.date.map_or(0, |theirs| now.as_second() - theirs);
            if ahead.abs() > MAX_SKEW_S {
                return credentials(format!(
                    "system clock is {} {} the service's; correct it (requests are signed with the time)",
                    crate::reply::duration(ahead.abs()),
                    if ahead > 0 { "ahead of" } else { "behind" },
                ));
            }
            credentials(format!(
                "authentication failed (401): user id and API key do not match\nhint: check {}",
                account.source
            ))
        }
        403 => credentials(format!(
            "this user has no permission for the app (403)\n\
             hint: check `project`, or ask the app's administrator to add the user of {}",
            account.source
        )),
        429 => Error::too_many_requests(response.retry_after),
        404 | 405 => match refusal {
            Some(refusal) => refusal.into(),
            None => Error::NotAvailable { status },
        },
        500..=599 => {
            Error::unavailable(format!("HTTP {status}"), response.retry_after).with_words(&words)
        }
        _ => match refusal {
            Some(refusal) => refusal.into(),
            None => Error::Rejected {
                code: Some(i64::from(status)),
                message: body::excerpt(&response.body, clean),
                trace: None,
            },
        },
    }
}

/// A text that may repeat the requested URL, as error pages of proxies do, without the signature.
fn redact_signature(text: &str) -> String {
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

#[cfg(test)]
mod tests;
