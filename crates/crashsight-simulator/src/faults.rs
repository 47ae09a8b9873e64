//! What tests ask to go wrong: answers spoilt one by one, and forms closed until further notice.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// One way to spoil one answer.
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

/// A form that is not deployed, until cleared.
#[derive(Debug, Clone)]
struct Closed {
    method: String,
    prefix: String,
    status: u16,
}

/// The faults of one simulator: a queue of answers to spoil, and the closed forms.
#[derive(Debug, Default)]
pub struct Faults {
    queue: Mutex<VecDeque<Fault>>,
    closed: Mutex<Vec<Closed>>,
}

impl Faults {
    /// Spoils the next answer that no earlier fault has claimed.
    pub fn push(&self, fault: Fault) {
        lock(&self.queue).push_back(fault);
    }

    /// Answers 404 or 405 to `method` requests whose path begins with `prefix`, until
    /// [`Faults::clear`]. A form is closed by what tells it from the other form:
    /// `("POST", "/uniform/openapi/crashDoc")` leaves the `GET`, and
    /// `("GET", "/uniform/openapi/noteList/")` leaves the query form.
    pub fn close(&self, method: &str, prefix: &str, status: u16) {
        lock(&self.closed).push(Closed {
            method: method.to_owned(),
            prefix: prefix.to_owned(),
            status,
        });
    }

    /// Forgets what was asked for and not yet used, and opens every form again.
    pub fn clear(&self) {
        lock(&self.queue).clear();
        lock(&self.closed).clear();
    }

    /// The fault for the request at hand.
    pub(super) fn next(&self) -> Option<Fault> {
        lock(&self.queue).pop_front()
    }

    /// The status of a closed form.
    pub(super) fn closed(&self, method: &str, path: &str) -> Option<u16> {
        lock(&self.closed)
            .iter()
            .find(|closed| closed.method == method && path.starts_with(&closed.prefix))
            .map(|closed| closed.status)
    }
}

/// A list stays usable when a test that held it has panicked.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_come_in_order_and_only_once() {
        let faults = Faults::default();
        faults.push(Fault::Gzip);
        faults.push(Fault::Dropped);
        assert_eq!(faults.next(), Some(Fault::Gzip));
        assert_eq!(faults.next(), Some(Fault::Dropped));
        assert_eq!(faults.next(), None);
    }

    #[test]
    fn a_closed_form_leaves_the_other_one_open() {
        let faults = Faults::default();
        faults.close("POST", "/a/crashDoc", 405);
        assert_eq!(faults.closed("POST", "/a/crashDoc"), Some(405));
        assert_eq!(faults.closed("GET", "/a/crashDoc"), None);
        faults.clear();
        assert_eq!(faults.closed("POST", "/a/crashDoc"), None);
    }
}
