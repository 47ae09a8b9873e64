//! The bodies that one call reads: how much they are together, and the bodies themselves where they are wanted as they
//! came.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::value_count::ValueCount;
use crate::error::Error;
use crate::request::Response;

/// A body as the service sent it.
#[derive(Debug, Clone)]
pub struct RawResponse {
    /// The vendor's name of the operation.
    pub operation: &'static str,
    /// HTTP status.
    pub status: u16,
    /// The body, decompressed.
    pub body: Vec<u8>,
}

/// What one call has read. Requests of a call leave side by side: each alone within the limit, they would take the
/// memory of all.
#[derive(Debug, Default)]
pub(super) struct CallBodies {
    bytes: AtomicUsize,
    /// See [`ValueCount::units`].
    units: AtomicUsize,
    raw: Option<Mutex<Vec<RawResponse>>>,
}

impl CallBodies {
    /// Keeps bodies before they are parsed.
    pub(super) fn collecting() -> Self {
        Self {
            raw: Some(Mutex::default()),
            ..Self::default()
        }
    }

    pub(super) fn is_collecting(&self) -> bool {
        self.raw.is_some()
    }

    pub(super) fn collect(&self, operation: &'static str, response: &Response) {
        if let Some(raw) = &self.raw {
            let mut all = raw.lock().unwrap_or_else(PoisonError::into_inner);
            all.push(RawResponse {
                operation,
                status: response.status,
                body: response.body.clone(),
            });
        }
    }

    /// The bodies so far.
    pub(super) fn collected(&self) -> Vec<RawResponse> {
        let all = self.raw.as_ref().map(Mutex::lock);
        all.map_or_else(Vec::new, |all| {
            all.unwrap_or_else(PoisonError::into_inner).clone()
        })
    }
}

/// One body that is being read. What failed on the way counts no longer.
pub(super) struct Reading {
    call: Arc<CallBodies>,
    limit: usize,
    values: ValueCount,
    bytes: usize,
    is_whole: bool,
}

impl Reading {
    /// A body of a call whose bodies may have `limit` bytes together.
    pub(super) fn new(call: Arc<CallBodies>, limit: usize) -> Self {
        Self {
            call,
            limit,
            values: ValueCount::default(),
            bytes: 0,
            is_whole: false,
        }
    }

    /// Counts the next piece.
    ///
    /// # Errors
    ///
    /// The bodies of the call are too large, or hold too many values.
    pub(super) fn add(&mut self, piece: &[u8]) -> Result<(), Error> {
        let units = self.values.units();
        self.values.add(piece);
        self.bytes += piece.len();
        let grown = self.values.units() - units;
        let bytes = self.call.bytes.fetch_add(piece.len(), Ordering::Relaxed) + piece.len();
        let units = self.call.units.fetch_add(grown, Ordering::Relaxed) + grown;
        if bytes > self.limit {
            return Err(Error::TooLarge { limit: self.limit });
        }
        let limit = ValueCount::limit(self.limit);
        if units > limit {
            return Err(Error::TooManyValues { limit });
        }
        Ok(())
    }

    /// The body was read to its end.
    pub(super) fn finish(mut self) {
        self.is_whole = true;
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        if !self.is_whole {
            self.call.bytes.fetch_sub(self.bytes, Ordering::Relaxed);
            self.call
                .units
                .fetch_sub(self.values.units(), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bodies_of_a_call_count_together_and_those_that_fail_do_not() {
        let call = Arc::new(CallBodies::default());
        let reading = || Reading::new(Arc::clone(&call), 10);
        let mut first = reading();
        first.add(b"123456").unwrap();
        let mut beside = reading();
        beside.add(b"1234").unwrap();
        assert!(matches!(
            beside.add(b"5"),
            Err(Error::TooLarge { limit: 10 })
        ));
        drop(beside);
        first.add(b"789").unwrap();
        first.finish();
        reading().add(b"0").unwrap();
        let mut last = reading();
        assert!(last.add(b"01").is_err());
    }

    #[test]
    fn values_count_together() {
        let call = Arc::new(CallBodies::default());
        let many = ",".repeat(ValueCount::limit(1 << 20) / 2 + 1);
        let mut first = Reading::new(Arc::clone(&call), 1 << 20);
        first.add(many.as_bytes()).unwrap();
        first.finish();
        let mut second = Reading::new(call, 1 << 20);
        assert!(matches!(
            second.add(many.as_bytes()),
            Err(Error::TooManyValues { .. })
        ));
    }
}
