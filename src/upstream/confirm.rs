//! A write is asked for twice: the first call shows what would be sent and gives a value, the same call
//! with that value sends it, once.
//!
//! The value is an HMAC under the account's own credential over who asks, the request itself and a slot of
//! ten minutes, so that it holds between two runs of the command line and between replicas, cannot be made
//! up, and confirms nothing but what was shown.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde_json::Value;

use crate::error::Error;
use crate::project::Account;
use crate::reply::{Cell, Code, Fact, Reply};
use crate::request::{ProviderId, Request};
use crate::secret::hmac_sha256_hex;

/// What to ask before a write is sent.
#[derive(Debug, Clone)]
pub struct ConfirmationRequest {
    /// What would be sent, and where to.
    pub message: String,
    /// The same call with this value as `confirm` sends it.
    pub value: String,
}

/// Whether writes are asked for twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Confirm {
    /// Always.
    #[default]
    Always,
    /// Never, for scripts.
    Never,
}

/// Seconds of a slot. A value holds for this one and the one before: ten to twenty minutes.
const SLOT: i64 = 600;

/// Writes that were confirmed: a value that has sent one sends no second.
#[derive(Default)]
pub(crate) struct UsedConfirmations(Mutex<HashMap<String, (u32, Timestamp)>>);

impl UsedConfirmations {
    /// Nothing when the value confirms this very request; the value to ask for when none came.
    pub(crate) fn check(
        &self,
        account: Option<&Arc<Account>>,
        caller: &str,
        request: &Request,
        given: Option<&Value>,
        now: Timestamp,
    ) -> Result<Option<String>, Error> {
        let account = account.ok_or_else(|| Error::invalid_arguments("the account is gone"))?;
        let key = account.credentials()?.secret();
        let what = format!("{caller}\n{}", request.key());
        let mut sent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sent.retain(|_, (_, at)| now.duration_since(*at).as_secs() < 2 * SLOT);
        let times = sent.get(&what).map_or(0, |(times, _)| *times);
        let slot = now.as_second().div_euclid(SLOT);
        let value = |slot: i64, times: u32| {
            let mut digest = hmac_sha256_hex(key, &format!("{slot}\n{times}\n{what}"));
            digest.truncate(16);
            digest
        };
        let fits =
            |given: &str, times| given == value(slot, times) || given == value(slot - 1, times);
        match given
            .and_then(Value::as_str)
            .map(str::trim)
            .filter(|given| !given.is_empty())
        {
            None => Ok(Some(value(slot, times))),
            Some(given) if fits(given, times) => {
                sent.insert(what.clone(), (times + 1, now));
                Ok(None)
            }
            Some(given) if (0..times).any(|earlier| fits(given, earlier)) => {
                Err(Error::invalid_arguments(
                    "this `confirm` has been used: the write was sent, and may have happened\n\
                     hint: look before you send it again; a call without it gives a new one",
                ))
            }
            Some(_) => Err(Error::invalid_arguments(
                "`confirm` does not belong to this request, or is older than ten minutes\n\
                 hint: call without it to get a new one",
            )),
        }
    }
}

impl UsedConfirmations {
    /// Returns the value of a write that certainly did not happen: refused before it left, or by the service.
    pub(crate) fn give_back(&self, caller: &str, request: &Request) {
        let what = format!("{caller}\n{}", request.key());
        let mut sent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((times, _)) = sent.get_mut(&what) {
            *times = times.saturating_sub(1);
        }
    }
}

/// Whether a write that failed so certainly did not happen.
pub(crate) fn proves_not_done(error: &Error) -> bool {
    match error {
        Error::InvalidArguments(_)
        | Error::Credentials { .. }
        | Error::RateLimited { .. }
        | Error::Rejected { .. } => true,
        Error::Unreachable(_) | Error::UnexpectedResponse(_) => false,
    }
}

/// Where a request goes, for whoever is asked.
fn line(request: &Request) -> String {
    let query: Vec<String> = request
        .query
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let mark = if query.is_empty() { "" } else { "?" };
    let line = format!(
        "{} {}{mark}{}",
        request.method.word(),
        request.path,
        query.join("&")
    );
    crate::reply::inline(&line, SHOWN)
}

/// What would be sent, and how to send it.
pub(crate) fn preview(tool: &str, request: &Request, value: &str) -> Reply {
    let mut reply = Reply::titled([format!("{tool}: nothing is sent yet")]);
    reply.facts([Fact::new("would send", Cell::word(line(request)))]);
    if let Some(body) = &request.body {
        reply.code(Code::head("", Value::Object(body.clone()).to_string()));
    }
    reply.note(format!("to send it, make the same call with \"confirm\":\"{value}\" within ten minutes, if the user agrees"));
    reply
}

/// The longest request that a question shows whole, in characters.
const SHOWN: usize = 1_000;

/// The same, for a person who is asked.
pub(crate) fn question(
    provider: ProviderId,
    request: &Request,
    value: String,
) -> ConfirmationRequest {
    let mut message = format!("Send this to {}? {}", provider.title(), line(request));
    if let Some(body) = &request.body {
        let body = Value::Object(body.clone()).to_string();
        message = format!("{message} {}", crate::reply::inline(&body, SHOWN));
    }
    ConfirmationRequest { message, value }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Credentials;
    use crate::secret::Secret;
    use serde_json::json;

    fn account(key: &str) -> Arc<Account> {
        Arc::new(Account {
            name: "cn".into(),
            provider: crate::request::ProviderId::CrashSight,
            base: String::new(),
            source: crate::project::CredentialSource::Simulator,
            credentials: Ok(Credentials::CrashSight {
                user_id: "1".to_owned(),
                api_key: Secret::new(key),
            }),
            zone: jiff::tz::TimeZone::UTC,
        })
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn request(tag: &str) -> Request {
        Request::post(
            "cn".into(),
            "addTag",
            "/addTag".to_owned(),
            json!({"tag": tag}),
        )
    }

    fn ask(
        sent: &UsedConfirmations,
        tag: &str,
        given: Option<&str>,
        second: i64,
    ) -> Result<Option<String>, Error> {
        let given = given.map(|text| json!(text));
        let account = account("k");
        sent.check(
            Some(&account),
            "mei",
            &request(tag),
            given.as_ref(),
            at(second),
        )
    }

    #[test]
    fn a_value_confirms_one_request_for_ten_minutes() {
        let value = ask(&UsedConfirmations::default(), "a", None, 6_000)
            .unwrap()
            .unwrap();
        let later =
            |tag, given, second| ask(&UsedConfirmations::default(), tag, Some(given), second);
        assert_eq!(later("a", &value, 6_000).unwrap(), None);
        assert_eq!(later("a", &value, 6_599 + 600).unwrap(), None);
        assert!(later("a", &value, 6_600 + 600).is_err(), "too old");
        assert!(later("b", &value, 6_000).is_err(), "another request");
        assert!(later("a", "0000", 6_000).is_err(), "made up");
    }

    #[test]
    fn a_value_sends_once_and_the_next_is_another() {
        let sent = UsedConfirmations::default();
        let first = ask(&sent, "a", None, 6_000).unwrap().unwrap();
        assert_eq!(ask(&sent, "a", Some(&first), 6_001).unwrap(), None);
        let again = ask(&sent, "a", Some(&first), 6_002).unwrap_err();
        assert!(again.to_string().contains("has been used"), "{again}");
        let second = ask(&sent, "a", None, 6_003).unwrap().unwrap();
        assert_ne!(first, second);
        assert_eq!(ask(&sent, "a", Some(&second), 6_004).unwrap(), None);
    }

    #[test]
    fn a_write_that_was_refused_returns_its_value() {
        let sent = UsedConfirmations::default();
        let value = ask(&sent, "a", None, 6_000).unwrap().unwrap();
        assert_eq!(ask(&sent, "a", Some(&value), 6_001).unwrap(), None);
        sent.give_back("mei", &request("a"));
        assert_eq!(ask(&sent, "a", Some(&value), 6_002).unwrap(), None);
        assert!(ask(&sent, "a", Some(&value), 6_003).is_err());
        let limited = Error::RateLimited {
            retry_after: std::time::Duration::from_secs(1),
        };
        assert!(proves_not_done(&limited));
        assert!(!proves_not_done(&Error::Unreachable("reset".to_owned())));
    }

    #[test]
    fn another_key_or_caller_gives_another_value() {
        let ask = |key, caller| {
            let account = account(key);
            let sent = UsedConfirmations::default();
            sent.check(Some(&account), caller, &request("a"), None, at(6_000))
                .unwrap()
        };
        assert_ne!(ask("k", "mei"), ask("other", "mei"));
        assert_ne!(ask("k", "mei"), ask("k", "ci"));
    }

    #[test]
    fn what_is_shown_names_the_query_too() {
        let request = request("a").with("appid", "57a2");
        let question = question(ProviderId::Agora, &request, "v".to_owned());
        assert_eq!(
            question.message,
            "Send this to Agora? POST /addTag?appid=57a2 {\"tag\":\"a\"}"
        );
    }
}
