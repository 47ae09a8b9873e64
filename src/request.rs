//! A request and its response as plain data: built by `tools`, signed and sent by `upstream`.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::reply::Untrusted;
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
    /// The prefix of its tools' names and its name in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CrashSight => "crashsight",
            Self::Agora => "agora",
            Self::Getui => "getui",
        }
    }

    /// Its name for people.
    pub fn display_name(self) -> &'static str {
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
    /// As sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// How long a response may be answered from the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CachePolicy {
    /// Not at all: what must be read anew each time.
    NoStore,
    /// One minute: counts that still grow.
    OneMinute,
    /// One hour: what changes only when people change it.
    OneHour,
    /// Hours: days that are complete, although the service still folds in late reports.
    CompleteDays,
    /// Until evicted: days whose late reports are in.
    ClosedDays,
    /// Until evicted: one crash that was reported.
    Immutable,
}

impl CachePolicy {
    /// Of rows that people change as well, such as the state of an issue: never kept for good.
    #[must_use]
    pub fn with_states(self) -> Self {
        match self {
            Self::ClosedDays => Self::CompleteDays,
            other => other,
        }
    }
}

/// A limit of one endpoint beside the account's: `calls` in any `per`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Calls allowed.
    pub calls: usize,
    /// In a sliding time of this length.
    pub per: Duration,
}

/// What a field of a body is filled with when the request is signed, because only then it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stamp {
    /// The time, as the service writes times.
    Time,
    /// The id of the user whose credentials sign.
    User,
}

impl Stamp {
    /// What a preview shows in its place.
    fn placeholder(self) -> &'static str {
        match self {
            Self::Time => "(time of sending)",
            Self::User => "(user id of the account)",
        }
    }
}

/// One unsigned request. Two equal requests of one account have the same response.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The account that signs it, by its name in the configuration.
    pub account: Arc<str>,
    /// The vendor's name of the operation. Whether the request writes is decided by this name alone.
    pub operation: &'static str,
    /// GET or POST.
    pub method: Method,
    /// Path below the base URL, segments already percent-encoded.
    pub path: String,
    /// Query parameters, not yet encoded.
    pub query: Vec<(&'static str, String)>,
    /// JSON body; `None` sends none.
    pub body: Option<Map<String, Value>>,
    /// Field (of the body, or of the query where there is none) that takes a fresh id at each attempt.
    pub nonce: Option<&'static str>,
    /// Fields of the body that are filled when it is signed; no part of the question.
    pub stamps: &'static [(&'static str, Stamp)],
    /// The documented form, tried once when the service answers 404 or 405 to this one. Reads only.
    pub fallback: Option<Box<Request>>,
    /// How long its response may be cached. Reads only.
    pub cache: CachePolicy,
    /// Limits of this endpoint alone.
    pub rates: &'static [Rate],
    /// The question without the part that moves with the clock: while the endpoint is rate-limited, an
    /// older response to the same question is used.
    pub stale_key: Option<String>,
    /// How long the service may take.
    pub timeout: Duration,
    /// Whether it leaves a part of the limit to calls that a person waits for.
    pub yields: bool,
}

impl Request {
    /// A request that sends its parameters in path and query.
    pub fn get(account: Arc<str>, operation: &'static str, path: String) -> Self {
        Self {
            account,
            operation,
            method: Method::Get,
            path,
            query: Vec::new(),
            body: None,
            nonce: None,
            stamps: &[],
            fallback: None,
            cache: CachePolicy::OneMinute,
            rates: &[],
            stale_key: None,
            timeout: Duration::from_secs(30),
            yields: false,
        }
    }

    /// A request that sends `body`, which must be a JSON object.
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
    pub fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// Names the field that takes a fresh id.
    #[must_use]
    pub fn with_nonce(mut self, field: &'static str) -> Self {
        self.nonce = Some(field);
        self
    }

    /// Names the fields that are filled when it is signed.
    #[must_use]
    pub fn with_stamps(mut self, stamps: &'static [(&'static str, Stamp)]) -> Self {
        self.stamps = stamps;
        self
    }

    /// Sets how long the response, in either form, may be cached.
    #[must_use]
    pub fn cache(mut self, policy: CachePolicy) -> Self {
        self.cache = policy;
        if let Some(fallback) = &mut self.fallback {
            fallback.cache = policy;
        }
        self
    }

    /// Sets the endpoint's own limits, the narrowest last.
    #[must_use]
    pub fn rates(mut self, rates: &'static [Rate]) -> Self {
        self.rates = rates;
        self
    }

    /// Sets the question that an older response may answer.
    #[must_use]
    pub fn stale_key(mut self, question: impl Into<String>) -> Self {
        self.stale_key = Some(question.into());
        self
    }

    /// Leaves a part of the limit to calls that a person waits for: one of many requests of a long call.
    #[must_use]
    pub(crate) fn yielding(mut self) -> Self {
        self.yields = true;
        if let Some(fallback) = &mut self.fallback {
            fallback.yields = true;
        }
        self
    }

    /// Sets how long the service may take.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Adds the other form; it takes this one's cache policy and time-out.
    #[must_use]
    pub fn with_fallback(mut self, mut other: Self) -> Self {
        other.cache = self.cache;
        other.timeout = self.timeout;
        self.fallback = Some(Box::new(other));
        self
    }

    /// What makes two requests the same question, fresh ids left out.
    pub fn cache_key(&self) -> String {
        format!("{} {}", self.account, self.question())
    }

    /// The same without the account's name.
    pub(crate) fn question(&self) -> String {
        let body = self
            .body
            .as_ref()
            .map(|body| Value::Object(body.clone()).to_string())
            .unwrap_or_default();
        format!("{} {body}", self.line())
    }

    /// The body as a preview shows it: what is filled at signing is named.
    pub(crate) fn preview_body(&self) -> Option<Map<String, Value>> {
        let mut body = self.body.clone()?;
        for (field, stamp) in self.stamps {
            body.insert((*field).to_owned(), stamp.placeholder().into());
        }
        Some(body)
    }

    /// Method, path and query in one line, unencoded and without credentials.
    pub fn line(&self) -> String {
        let query: Vec<String> = self
            .query
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mark = if query.is_empty() { "" } else { "?" };
        format!(
            "{} {}{mark}{}",
            self.method.as_str(),
            self.path,
            query.join("&")
        )
    }
}

/// A write that waits for a yes: what would be sent, and the value that sends it.
#[derive(Debug, Clone, PartialEq)]
pub struct ConfirmationRequest {
    /// The service that would change.
    pub provider: ProviderId,
    /// What would happen: `send` a request, or `run` a program.
    pub action: &'static str,
    /// Method, path and query; or the command line.
    pub line: String,
    /// The body, if any.
    pub body: Option<Map<String, Value>>,
    /// What would change, in words: a name and its value.
    pub changes: Vec<(&'static str, Untrusted)>,
    /// The same call with this value as `confirm` sends it.
    pub value: String,
}

impl ConfirmationRequest {
    /// The longest part of a request that a question shows, in characters.
    const SHOWN: usize = 1_000;

    /// The question for a person.
    pub fn message(&self) -> String {
        let line = crate::reply::inline(&self.line, Self::SHOWN);
        let provider = self.provider.display_name();
        let mut message = match self.action {
            "run" => format!("Run this for {provider}? {line}"),
            _ => format!("Send this to {provider}? {line}"),
        };
        for (name, value) in &self.changes {
            message.extend([" · ", name, ": ", &value.line(200)]);
        }
        if let Some(body) = &self.body {
            let body = Value::Object(body.clone()).to_string();
            message.push(' ');
            message.push_str(&crate::reply::inline(&body, Self::SHOWN));
        }
        message
    }
}

/// A request ready to send: signed, with nothing left to add. Its URL carries a signature and is never logged.
pub struct SignedRequest {
    /// GET or POST.
    pub method: Method,
    /// The whole URL, query encoded.
    pub url: String,
    /// Headers in addition to those of every request.
    pub headers: Vec<(&'static str, String)>,
    /// The body's bytes.
    pub body: Option<Vec<u8>>,
    /// How long the service may take.
    pub timeout: Duration,
}

/// An access token and its validity.
#[derive(Debug, Clone)]
pub(crate) struct AccessToken {
    /// Sent with every call; never logged.
    pub value: Secret,
    /// When it was issued.
    pub since: Timestamp,
    /// When it expires.
    pub until: Timestamp,
}

impl AccessToken {
    /// For a store; to be sealed.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let (since, until) = (self.since.as_millisecond(), self.until.as_millisecond());
        format!("{since} {until} {}", self.value.expose()).into_bytes()
    }

    /// Of a store.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut parts = std::str::from_utf8(bytes).ok()?.splitn(3, ' ');
        let mut time = || Timestamp::from_millisecond(parts.next()?.parse().ok()?).ok();
        let (since, until) = (time()?, time()?);
        Some(Self {
            value: Secret::new(parts.next()?),
            since,
            until,
        })
    }
}

/// A response, decompressed.
#[derive(Debug, Clone)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`, if any.
    pub content_type: Option<String>,
    /// `Date` of the service in Unix seconds, if it sent one: shows a wrong clock.
    pub date: Option<i64>,
    /// `Retry-After` in seconds, if it sent one, as seconds or as a date.
    pub retry_after: Option<u64>,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// A copy whose body is empty when it is long.
    #[must_use]
    pub fn clone_truncated(&self) -> Self {
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

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Percent-encodes one path segment or query value.
pub(crate) fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_shows_the_query_too() {
        let request = Request::post(
            "rtc".into(),
            "x",
            "/addTag".to_owned(),
            serde_json::json!({"tag": "a"}),
        )
        .query("appid", "57a2");
        let question = ConfirmationRequest {
            provider: ProviderId::Agora,
            action: "send",
            line: request.line(),
            body: request.body,
            changes: vec![("state", "unprocessed → processed".into())],
            value: "v".to_owned(),
        };
        assert_eq!(
            question.message(),
            "Send this to Agora? POST /addTag?appid=57a2 · state: unprocessed → processed {\"tag\":\"a\"}"
        );
    }

    #[test]
    fn segments_are_encoded() {
        assert_eq!(encode("3.7.0-beta_1~x"), "3.7.0-beta_1~x");
        assert_eq!(encode("a/b?c=d&中 +"), "a%2Fb%3Fc%3Dd%26%E4%B8%AD%20%2B");
    }
}
