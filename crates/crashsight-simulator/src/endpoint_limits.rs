//! Limits of single endpoints: so many calls in any sliding time.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// So many calls in so long a time.
pub(crate) struct Limit {
    pub(crate) calls: usize,
    pub(crate) per: Duration,
}

impl Limit {
    pub(crate) const fn new(calls: usize, seconds: u64) -> Self {
        Self {
            calls,
            per: Duration::from_secs(seconds),
        }
    }
}

/// Calls that passed, by endpoint.
#[derive(Default)]
pub(crate) struct EndpointCounter(Mutex<HashMap<String, VecDeque<Instant>>>);

impl EndpointCounter {
    /// Counts a call, or returns the limit that it would exceed.
    pub(crate) fn admit<'a>(
        &self,
        endpoint: &str,
        limits: &'a [Limit],
        at: Instant,
    ) -> Result<(), &'a Limit> {
        let mut passed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let calls = passed.entry(endpoint.to_owned()).or_default();
        for limit in limits {
            let recent = calls
                .iter()
                .rev()
                .take_while(|call| at.duration_since(**call) < limit.per)
                .count();
            if recent >= limit.calls {
                return Err(limit);
            }
        }
        calls.push_back(at);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_of_an_endpoint_counts() {
        let limits = [Limit::new(1, 60), Limit::new(2, 86_400)];
        let passed = EndpointCounter::default();
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let admit = |endpoint, at| {
            let broken = passed.admit(endpoint, &limits, at).err();
            broken.map(|limit| limit.per.as_secs())
        };
        assert_eq!(admit("usage", start), None);
        assert_eq!(admit("usage", after(59)), Some(60));
        assert_eq!(admit("scale", after(59)), None);
        assert_eq!(admit("usage", after(60)), None);
        assert_eq!(admit("usage", after(200)), Some(86_400));
    }
}
