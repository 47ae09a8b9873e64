//! Faults: single answers, every n-th answer, and request forms that are not deployed.
//!
//! Nothing fails unless a caller asks for it.

use std::collections::VecDeque;
use std::num::NonZeroU64;
use std::str::FromStr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What goes wrong with one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// This status with this JSON (or other) text.
    Status {
        /// The HTTP status.
        status: u16,
        /// The body as it stands.
        body: String,
    },
    /// A gateway's HTML page with this status.
    Html(u16),
    /// The service's own error page: `{timestamp,status,error,message,path}`.
    Spring(u16),
    /// The right answer, cut in the middle: the declared length never arrives.
    Truncated,
    /// The right answer, compressed with gzip.
    Gzip,
    /// `302 Found` to this address.
    Redirect(String),
    /// The right answer, this much later.
    Delay(Duration),
    /// A body of this many megabytes, streamed without a declared length.
    Flood(usize),
    /// The connection closes before a byte is sent.
    Dropped,
    /// The right answer with a `Date` this many seconds off.
    DateSkew(i64),
    /// `429 Too Many Requests`, with `Retry-After` in seconds when given.
    TooManyRequests(Option<u32>),
}

/// A fault that recurs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultRule {
    /// What goes wrong.
    pub fault: Fault,
    /// With every how many-th request, from 1.
    pub every: NonZeroU64,
}

impl FromStr for FaultRule {
    type Err = String;

    /// `FAULT` for every request, or `FAULT@N` for every N-th. Faults: `status:503`, `html:502`,
    /// `spring:500`, `truncated`, `gzip`, `redirect:URL`, `delay:MS`, `flood:MB`, `dropped`, `skew:SECONDS`,
    /// `rate-limit` and `rate-limit:SECONDS`.
    fn from_str(text: &str) -> Result<Self, String> {
        let (fault, every) = match text.rsplit_once('@') {
            Some((fault, every)) if every.bytes().all(|digit| digit.is_ascii_digit()) => {
                let every = every.parse();
                let every = every.map_err(|_| format!("`{text}`: N of `FAULT@N` is 1 or more"));
                (fault, every?)
            }
            _ => (text, NonZeroU64::MIN),
        };
        Ok(Self {
            fault: fault.parse()?,
            every,
        })
    }
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        fn number<T: FromStr>(text: &str, argument: Option<&str>) -> Result<T, String> {
            let number = argument.and_then(|argument| argument.parse().ok());
            number.ok_or_else(|| format!("`{text}` needs a number, as in `status:503`"))
        }
        let (name, argument) = match text.split_once(':') {
            Some((name, argument)) => (name, Some(argument)),
            None => (text, None),
        };
        let status = || -> Result<u16, String> {
            let status: u16 = number(text, argument)?;
            let is_valid = (200..=599).contains(&status);
            is_valid
                .then_some(status)
                .ok_or_else(|| format!("`{text}`: a status is 200 to 599"))
        };
        Ok(match (name, argument) {
            ("status", _) => Self::Status {
                status: status()?,
                body: String::new(),
            },
            ("html", _) => Self::Html(status()?),
            ("spring", _) => Self::Spring(status()?),
            ("truncated", None) => Self::Truncated,
            ("gzip", None) => Self::Gzip,
            ("redirect", Some(address)) => Self::Redirect(address.to_owned()),
            ("delay", _) => Self::Delay(Duration::from_millis(number(text, argument)?)),
            ("flood", _) => Self::Flood(number(text, argument)?),
            ("dropped", None) => Self::Dropped,
            ("skew", _) => Self::DateSkew(number(text, argument)?),
            ("rate-limit", None) => Self::TooManyRequests(None),
            ("rate-limit", _) => Self::TooManyRequests(Some(number(text, argument)?)),
            _ => {
                return Err(format!(
                    "unknown fault `{text}`: expected status, html, spring, truncated, gzip, redirect, \
                     delay, flood, dropped, skew or rate-limit"
                ));
            }
        })
    }
}

/// A request form that is not deployed, until cleared.
#[derive(Debug, Clone)]
struct DisabledForm {
    method: String,
    prefix: String,
    status: u16,
}

/// The faults of one simulator: single ones, recurring ones, and disabled forms.
#[derive(Debug, Default)]
pub struct Faults {
    queue: Mutex<VecDeque<Fault>>,
    disabled: Mutex<Vec<DisabledForm>>,
    rules: Vec<FaultRule>,
}

impl Faults {
    /// Recurring faults.
    pub(crate) fn new(rules: Vec<FaultRule>) -> Self {
        Self {
            rules,
            ..Self::default()
        }
    }

    /// Adds a fault for the next answer that has none yet.
    pub fn push(&self, fault: Fault) {
        lock(&self.queue).push_back(fault);
    }

    /// Answers `method` requests whose path begins with `prefix` with `status`, until [`Faults::clear`].
    /// The arguments select one form of an operation: `("POST", "/uniform/openapi/crashDoc", 405)` leaves
    /// the `GET`, and `("GET", "/uniform/openapi/noteList/", 404)` leaves the query form.
    pub fn disable_form(&self, method: &str, prefix: &str, status: u16) {
        lock(&self.disabled).push(DisabledForm {
            method: method.to_owned(),
            prefix: prefix.to_owned(),
            status,
        });
    }

    /// Drops the single faults not yet used and enables every form.
    pub fn clear(&self) {
        lock(&self.queue).clear();
        lock(&self.disabled).clear();
    }

    /// The fault for the `request`-th request, counted from 1.
    pub(crate) fn next(&self, request: u64) -> Option<Fault> {
        let single = lock(&self.queue).pop_front();
        let recurs = |rule: &&FaultRule| request.is_multiple_of(rule.every.get());
        single.or_else(|| Some(self.rules.iter().find(recurs)?.fault.clone()))
    }

    /// The status of a disabled form.
    pub(crate) fn disabled_status(&self, method: &str, path: &str) -> Option<u16> {
        lock(&self.disabled)
            .iter()
            .find(|form| form.method == method && path.starts_with(&form.prefix))
            .map(|form| form.status)
    }
}

/// A list stays usable after a panic of the thread that held it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_faults_come_in_order_and_only_once() {
        let faults = Faults::default();
        faults.push(Fault::Gzip);
        faults.push(Fault::Dropped);
        assert_eq!(faults.next(1), Some(Fault::Gzip));
        assert_eq!(faults.next(2), Some(Fault::Dropped));
        assert_eq!(faults.next(3), None);
    }

    #[test]
    fn recurring_faults_count_requests() {
        let faults = Faults::new(vec!["dropped@2".parse().expect("a rule")]);
        let seen: Vec<_> = (1..=4).map(|request| faults.next(request)).collect();
        assert_eq!(
            seen,
            [None, Some(Fault::Dropped), None, Some(Fault::Dropped)]
        );
    }

    #[test]
    fn rules_are_read_or_refused() {
        let rule = |text: &str| text.parse::<FaultRule>();
        let fault = |text: &str| rule(text).expect("a rule").fault;
        assert_eq!(fault("rate-limit:30@3"), Fault::TooManyRequests(Some(30)));
        assert_eq!(fault("skew:-90"), Fault::DateSkew(-90));
        let redirect = Fault::Redirect("http://a@b/".to_owned());
        assert_eq!(fault("redirect:http://a@b/"), redirect);
        for text in [
            "",
            "status",
            "status:99",
            "gzip:1",
            "delay:x",
            "html:502@0",
            "nonsense",
        ] {
            assert!(rule(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_disabled_form_leaves_the_other_one_enabled() {
        let faults = Faults::default();
        faults.disable_form("POST", "/a/crashDoc", 405);
        assert_eq!(faults.disabled_status("POST", "/a/crashDoc"), Some(405));
        assert_eq!(faults.disabled_status("GET", "/a/crashDoc"), None);
        faults.clear();
        assert_eq!(faults.disabled_status("POST", "/a/crashDoc"), None);
    }
}
