//! A request and an answer as plain data: built by `catalog`, signed by `provider`, sent by `client`.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::secret::Secret;

/// The services behind the tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProviderId {
    /// Tencent CrashSight, crash analytics.
    CrashSight,
    /// Agora Analytics, call quality.
    Agora,
    /// Getui, push reports.
    Getui,
}

impl ProviderId {
    /// The word that begins the names of its tools and stands in the configuration.
    pub fn word(self) -> &'static str {
        match self {
            Self::CrashSight => "crashsight",
            Self::Agora => "agora",
            Self::Getui => "getui",
        }
    }

    /// Its name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::CrashSight => "CrashSight",
            Self::Agora => "Agora",
            Self::Getui => "Getui",
        }
    }
}

/// The two methods the services speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// A read without a body.
    Get,
    /// JSON in the body.
    Post,
}

impl Method {
    /// As it stands on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// How long an answer stays true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CachePolicy {
    /// Never ask memory: writes, and whatever depends on them.
    NoStore,
    /// A minute: counts that still grow.
    OneMinute,
    /// An hour: what an app is made of, which changes when people change it.
    OneHour,
    /// Hours: days that have ended, when the service still folds in late reports.
    CompleteDays,
    /// Never changes: one crash that was reported.
    Immutable,
}

/// A limit of one endpoint beside the account's: `calls` in any `per`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Calls allowed.
    pub calls: usize,
    /// In a sliding time of this length.
    pub per: Duration,
}

/// One unsigned request. Two equal requests of one account have the same answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The account that signs it, by its name in the configuration.
    pub account: Arc<str>,
    /// The vendor's name of the operation; memory of the form that worked hangs on it.
    pub operation: &'static str,
    /// GET or POST.
    pub method: Method,
    /// Path below the base address, segments already percent-encoded.
    pub path: String,
    /// Query parameters, not yet encoded.
    pub query: Vec<(&'static str, String)>,
    /// JSON body; `None` sends none.
    pub body: Option<Map<String, Value>>,
    /// Field (of the body, or of the query where there is none) that takes a fresh id whenever the request leaves.
    pub stamp: Option<&'static str>,
    /// The documented form, tried once when the service answers 404 or 405 to this one.
    pub fallback: Option<Box<Request>>,
    /// How long its answer stays true.
    pub keep: CachePolicy,
    /// CallLimits of this endpoint alone.
    pub rate: &'static [Rate],
    /// What it asks, apart from a range that moves with the clock: while the endpoint's slot is taken, an
    /// older answer to the same question stands in.
    pub question: Option<String>,
    /// How long the service may take.
    pub timeout: Duration,
}

impl Request {
    /// A read that sends its parameters in path and query.
    pub fn get(account: Arc<str>, operation: &'static str, path: String) -> Self {
        Self {
            account,
            operation,
            method: Method::Get,
            path,
            query: Vec::new(),
            body: None,
            stamp: None,
            fallback: None,
            keep: CachePolicy::OneMinute,
            rate: &[],
            question: None,
            timeout: Duration::from_secs(30),
        }
    }

    /// A call that sends `body`, which must be a JSON object.
    pub fn post(account: Arc<str>, operation: &'static str, path: String, body: Value) -> Self {
        let Value::Object(body) = body else {
            unreachable!("a body is written as an object literal")
        };
        Self {
            method: Method::Post,
            body: Some(body),
            ..Self::get(account, operation, path)
        }
    }

    /// Adds a query parameter.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// Names the field that takes a fresh id.
    #[must_use]
    pub fn stamped(mut self, field: &'static str) -> Self {
        self.stamp = Some(field);
        self
    }

    /// Says how long the answer stays true.
    #[must_use]
    pub fn keep(mut self, keep: CachePolicy) -> Self {
        self.keep = keep;
        self
    }

    /// Names the endpoint's own limits.
    #[must_use]
    pub fn rate(mut self, rate: &'static [Rate]) -> Self {
        self.rate = rate;
        self
    }

    /// Says what it asks, for an older answer to stand in.
    #[must_use]
    pub fn asks(mut self, question: impl Into<String>) -> Self {
        self.question = Some(question.into());
        self
    }

    /// Gives the other form; it keeps this one's `keep` and time-out.
    #[must_use]
    pub fn or(mut self, mut other: Self) -> Self {
        other.keep = self.keep;
        other.timeout = self.timeout;
        self.fallback = Some(Box::new(other));
        self
    }

    /// What makes two requests the same question, fresh ids left out.
    pub fn key(&self) -> String {
        let query: Vec<String> = self
            .query
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let body = self
            .body
            .as_ref()
            .map(|body| Value::Object(body.clone()).to_string())
            .unwrap_or_default();
        format!(
            "{} {} {}?{} {body}",
            self.account,
            self.method.word(),
            self.path,
            query.join("&"),
        )
    }
}

/// A request ready to leave: signed, with nothing left to add. Its URL carries a signature and is never logged.
pub struct SignedRequest {
    /// GET or POST.
    pub method: Method,
    /// The whole address, query encoded.
    pub url: String,
    /// Headers beside those every request has.
    pub headers: Vec<(&'static str, String)>,
    /// The body's bytes.
    pub body: Option<Vec<u8>>,
    /// How long the service may take.
    pub timeout: Duration,
}

/// A token and how long it holds.
#[derive(Debug, Clone)]
pub struct AccessToken {
    /// What every call shows; never logged.
    pub value: Secret,
    /// When it was given.
    pub since: Timestamp,
    /// When it ends.
    pub until: Timestamp,
}

/// What came back, decompressed.
#[derive(Debug, Clone)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`, if any.
    pub content_type: Option<String>,
    /// `Date` of the service in Unix seconds, if it sent one: a wrong clock shows here.
    pub date: Option<i64>,
    /// `Retry-After` in seconds, if it sent one.
    pub retry_after: Option<u64>,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// A copy to look at, without a long body.
    #[must_use]
    pub fn clone_short(&self) -> Self {
        const SHORT: usize = 4096;
        let body = if self.body.len() <= SHORT {
            self.body.clone()
        } else {
            Vec::new()
        };
        Self {
            status: self.status,
            content_type: self.content_type.clone(),
            date: self.date,
            retry_after: self.retry_after,
            body,
        }
    }
}

/// Percent-encodes one path segment or query value (RFC 3986, everything but unreserved characters).
pub fn encode(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_encoded() {
        assert_eq!(encode("3.7.0-beta_1~x"), "3.7.0-beta_1~x");
        assert_eq!(encode("a/b?c=d&中 +"), "a%2Fb%3Fc%3Dd%26%E4%B8%AD%20%2B");
    }
}
