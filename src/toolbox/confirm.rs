//! A write is asked for twice: the first call shows what would be sent and gives a value, the same call
//! with that value sends it.
//!
//! The value is an HMAC under the account's own credential over account, tool, arguments and a slot of
//! ten minutes, so that it holds between two runs of the command line and between replicas, and cannot
//! be made up.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::project::Account;
use crate::reply::{Cell, Code, Fact, Reply};
use crate::secret::hmac_sha256_hex;
use crate::wire::{ProviderId, Request};

/// What to ask before a write is sent.
#[derive(Debug, Clone)]
pub struct Question {
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

/// The arguments with their names in order.
pub(super) fn canonical(arguments: &Map<String, Value>) -> String {
    let mut pairs: Vec<(&String, &Value)> = arguments.iter().collect();
    pairs.sort_by_key(|(name, _)| name.as_str());
    pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect::<Vec<_>>()
        .join(
            "
",
        )
}

/// Nothing when the value confirms this very call; the value to ask for when none came.
pub(super) fn check(
    account: Option<&Arc<Account>>,
    tool: &str,
    canonical: &str,
    given: Option<&Value>,
    now: Timestamp,
) -> Result<Option<String>, Failure> {
    let account = account.ok_or_else(|| Failure::arguments("the account is gone"))?;
    let key = account.credentials()?.secret();
    let slot = now.as_second().div_euclid(SLOT);
    let value = |slot: i64| {
        let mut digest = hmac_sha256_hex(
            key,
            &format!("{}\n{tool}\n{slot}\n{canonical}", account.name),
        );
        digest.truncate(16);
        digest
    };
    match given
        .and_then(Value::as_str)
        .map(str::trim)
        .filter(|given| !given.is_empty())
    {
        None => Ok(Some(value(slot))),
        Some(given) if given == value(slot) || given == value(slot - 1) => Ok(None),
        Some(_) => Err(Failure::arguments(
            "`confirm` does not belong to these arguments, or is older than ten minutes\n\
             hint: call without it to get a new one",
        )),
    }
}

/// What would be sent, and how to send it.
pub(super) fn preview(tool: &str, request: &Request, value: &str) -> Reply {
    let mut reply = Reply::titled([format!("{tool}: nothing is sent yet")]);
    reply.facts([Fact::new(
        "would send",
        Cell::word(format!("{} {}", request.method.word(), request.path)),
    )]);
    if let Some(body) = &request.body {
        reply.code(Code::head("", Value::Object(body.clone()).to_string()));
    }
    reply.note(format!("to send it, make the same call with \"confirm\":\"{value}\" within ten minutes, if the user agrees"));
    reply
}

/// The longest request that a question shows whole, in characters.
const SHOWN: usize = 1_000;

/// The same, for a person who is asked.
pub(super) fn question(provider: ProviderId, request: &Request, value: String) -> Question {
    let mut message = format!(
        "Send this to {}? {} {}",
        provider.title(),
        request.method.word(),
        request.path
    );
    if let Some(body) = &request.body {
        let body = Value::Object(body.clone()).to_string();
        message = format!("{message} {}", crate::reply::inline(&body, SHOWN));
    }
    Question { message, value }
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
            provider: crate::wire::ProviderId::CrashSight,
            base: String::new(),
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

    #[test]
    fn a_value_confirms_one_call_for_ten_minutes() {
        let account = account("k");
        let ask = |canonical: &str, given: Option<&str>, second| {
            let given = given.map(|text| json!(text));
            check(Some(&account), "add", canonical, given.as_ref(), at(second))
        };
        let value = ask("tag=a", None, 6_000).unwrap().unwrap();
        assert_eq!(ask("tag=a", Some(&value), 6_000).unwrap(), None);
        assert_eq!(ask("tag=a", Some(&value), 6_599 + 600).unwrap(), None);
        assert!(ask("tag=a", Some(&value), 6_600 + 600).is_err(), "too old");
        assert!(
            ask("tag=b", Some(&value), 6_000).is_err(),
            "other arguments"
        );
        assert!(ask("tag=a", Some("0000"), 6_000).is_err(), "made up");
    }

    #[test]
    fn another_key_gives_another_value() {
        let ask = |key| check(Some(&account(key)), "add", "", None, at(6_000)).unwrap();
        assert_ne!(ask("k"), ask("other"));
    }

    #[test]
    fn the_order_of_arguments_does_not_matter() {
        let one = json!({"a": 1, "b": 2});
        let other = json!({"b": 2, "a": 1});
        assert_eq!(
            canonical(one.as_object().unwrap()),
            canonical(other.as_object().unwrap())
        );
    }
}
